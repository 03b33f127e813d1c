#include "offhook/message/message_model.hpp"

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;

TEST_CASE("Message is modelled for dialogs and sessions", "[message]") {
    using Model = MessageModel<Message>;
    const auto invite = Message::parse(samples::invite);
    REQUIRE(invite);
    CHECK(Model::status(*invite) == 0);
    CHECK(Model::method(*invite) == "INVITE");
    CHECK(Model::request_uri(*invite) == "sip:bob@biloxi.example.com");
    CHECK(Model::header(*invite, Header::cseq, 0) == "314159 INVITE");
    CHECK(Model::header(*invite, Header::cseq, 1) == std::nullopt);
    CHECK(Model::body(*invite) == "hello");

    Message ok = Model::response(*invite, 200, "OK", "tag");
    CHECK(Model::status(ok) == 200);
    CHECK(Model::header(ok, Header::to, 0) == "Bob <sip:bob@biloxi.example.com>;tag=tag");

    Message bye = Model::request("BYE", "sip:a");
    Model::add(bye, "X", "y");
    Model::set_body(bye, "a/b", "c");
    CHECK(bye.bytes()
          == "BYE sip:a SIP/2.0\r\nX: y\r\nContent-Type: a/b\r\nContent-Length: 1\r\n"
             "\r\nc");
}

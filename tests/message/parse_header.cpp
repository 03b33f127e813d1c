#include "offhook/message/parse_header.hpp"

#include "offhook/message/cseq.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/via.hpp"

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;

TEST_CASE("typed values are read from a message's first line of the name", "[message]") {
    const auto message = Message::parse(samples::invite);
    REQUIRE(message);
    CHECK(parse_header<CSeq>(*message, Header::cseq)->number == 314159);
    CHECK(parse_header<Via>(*message, Header::via)->branch() == "z9hG4bK776asdhds");
    CHECK(parse_header<NameAddr>(*message, "record-route")->uri == "sip:p2.example.com;lr");
}

TEST_CASE("the error of a typed value counts from the beginning of the message", "[message]") {
    const auto message = Message::parse("BYE sip:a SIP/2.0\r\nVia: , SIP/2.0\r\nCSeq: 1\r\n\r\n");
    REQUIRE(message);
    CHECK(parse_header<CSeq>(*message, Header::cseq).error() == ParseError{"CSeq: LWS", 42});
    CHECK(parse_header<Via>(*message, Header::via).error() == ParseError{"Via: sent-protocol", 33});
    CHECK(parse_header<NameAddr>(*message, Header::to).error()
          == ParseError{"message-header: missing", 44});
}

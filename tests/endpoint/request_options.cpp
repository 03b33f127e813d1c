#include "offhook/endpoint/request_options.hpp"

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

// RFC 3261 §10.2: "A UA MUST increment the CSeq value by one for each REGISTER request with the
// same Call-ID."
TEST_CASE("a request can follow another with its Call-ID and the next number",
          "[endpoint][rfc3261][10.2.4]") {
    Wire bob;
    RequestOptions options;
    options.method = "REGISTER";
    options.target = "sip:192.0.2.9";
    options.to = "<sip:bob@biloxi.example>";
    bob.endpoint.request(bob.now, options);
    bob.drain();
    const Message first = bob.take_only();
    options.call_id = value(first, Header::call_id);
    options.cseq = 2;
    bob.endpoint.request(bob.now, options);
    bob.drain();
    const Message second = bob.take_only();
    CHECK(value(second, Header::call_id) == value(first, Header::call_id));
    CHECK(value(second, Header::cseq) == "2 REGISTER");
    CHECK(value(second, Header::to) == "<sip:bob@biloxi.example>");

    RequestId id;
    options.cseq = 0x80000000;
    CHECK(bob.endpoint.try_request(bob.now, options, id).code == Errc::bad_argument);
    options.cseq = 0x7fffffff;
    for (const char* bad : {" a@b", "a b", "a@", "a\r\n b", "a\r\nVia: b"}) {
        options.call_id = bad;
        CHECK(bob.endpoint.try_request(bob.now, options, id).code == Errc::bad_argument);
    }
    bob.drain();
    CHECK(bob.sent.empty());
}

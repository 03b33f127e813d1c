#include "offhook/transaction/trying.hpp"

#include "layer.hpp"

using namespace offhook;
using namespace offhook::test;

// RFC 3261 §17.2.1: made as §8.2.6 says, but without a tag.
TEST_CASE("a 100 Trying is its request's header fields, and no tag of ours",
          "[transaction][rfc3261][17.2.1][8.2.6]") {
    Sketch sketch;
    sketch.more = "Via: SIP/2.0/TCP far.example.com;branch=z9hG4bKfar|Subject: hello|";
    CHECK(build_trying(request("INVITE", sketch), 200ms)
          == "SIP/2.0 100 Trying\r\n"
             "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
             "From: Alice <sip:alice@example.com>;tag=alice\r\n"
             "To: <sip:bob@example.com>\r\n"
             "Call-ID: call@example.com\r\n"
             "CSeq: 1 INVITE\r\n"
             "Via: SIP/2.0/TCP far.example.com;branch=z9hG4bKfar\r\n"
             "Content-Length: 0\r\n"
             "\r\n");
}

// RFC 3261 §8.2.6.1: a Timestamp comes back, with the delay in seconds.
TEST_CASE("a 100 Trying brings the Timestamp back with the delay",
          "[transaction][rfc3261][8.2.6.1]") {
    Sketch sketch;
    sketch.more = "Timestamp: 54.25|";
    const auto timestamp = [](const Message& request, Duration delay) {
        return std::string(Message::parse(build_trying(request, delay))
                               ->header(Header::timestamp)
                               .value_or("none"));
    };
    const Message invite = request("INVITE", sketch);
    CHECK(timestamp(invite, 200ms) == "54.25 0.200");
    CHECK(timestamp(invite, 3500ms) == "54.25 3.500");
    CHECK(timestamp(invite, 3005ms) == "54.25 3.005");
    CHECK(timestamp(request("INVITE"), 200ms) == "none");
    sketch.more = "Timestamp: 54.25 0.1|"; // a request should hold none, so it is left as it is
    CHECK(timestamp(request("INVITE", sketch), 200ms) == "54.25 0.1");
}

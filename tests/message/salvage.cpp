#include "offhook/message/salvage.hpp"

#include <string>

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;
using namespace std::string_literals;

// RFC 3261 §8.2.6: a 400 needs Via, From, To, Call-ID and CSeq of the request, whatever else is
// broken in it.
TEST_CASE("a broken request leaves what its answer needs", "[message][rfc3261][8.2.6]") {
    for (const std::string& text :
         {samples::request("l: 9999\r\n"), samples::request("no colon here\r\n"),
          samples::request("X: \0\r\n"s), samples::request("X: a\rb\r\n"),
          samples::request("", "", "OPTIONS sip:a SIP/2.0  "), samples::request("", "", "OPTIONS"),
          samples::request("To : second\r\n"), "\r\n\r\n" + samples::request("(: x\r\n"),
          samples::request().substr(0, samples::request().size() - 2),
          samples::request().substr(0, samples::request().size() - 4)}) {
        CAPTURE(text);
        const auto request = salvage(text);
        REQUIRE(request);
        CHECK(request->method() == "OPTIONS");
        CHECK(request->fields().size() == 6);
        CHECK(Message::response(*request, 400, "Bad Request", "t").bytes()
              == "SIP/2.0 400 Bad Request\r\n"
                 "Via: SIP/2.0/UDP host.example.com;branch=z9hG4bKx\r\n"
                 "From: <sip:alice@example.com>;tag=1\r\n"
                 "To: <sip:bob@example.com>;tag=t\r\n"
                 "Call-ID: a@b\r\n"
                 "CSeq: 1 OPTIONS\r\n"
                 "Content-Length: 0\r\n\r\n");
    }
}

TEST_CASE("each Via is salvaged, in its order, folded or compact", "[message][rfc3261][8.2.6.2]") {
    const auto request = salvage(samples::request("v : SIP/2.0/TCP\r\n\tb\r\nVIA:c\r\nl: -1\r\n"));
    REQUIRE(request);
    CHECK(request->count(Header::via) == 3);
    CHECK(request->header(Header::via, 1) == "SIP/2.0/TCP \tb");
    CHECK(request->header(Header::via, 2) == "c");
}

TEST_CASE("what is no request, or lacks what an answer needs, leaves nothing", "[message]") {
    CHECK_FALSE(salvage(""));
    CHECK_FALSE(salvage("\r\n\r\n"));
    CHECK_FALSE(salvage("X"));
    CHECK_FALSE(salvage(samples::request("l: x\r\n", "", "SIP/2.0 200 OK")));
    CHECK_FALSE(salvage(samples::request("l: x\r\n", "", "")));
    CHECK_FALSE(salvage(samples::request("l: x\r\n", "", "ACK sip:a SIP/2.0")));
    CHECK(salvage(samples::request("l: x\r\n", "", "ack sip:a SIP/2.0")));
    for (const char* needed : {"Via:", "From:", "To:", "Call-ID:", "CSeq:"})
        CHECK_FALSE(salvage(samples::with(samples::request("l: x\r\n"), needed, "X:")));
    // A value with NUL would go into the answer.
    CHECK_FALSE(salvage(samples::with(samples::request(), "a@b", "a\0b"s)));
    // What stands in the body is no header field.
    CHECK_FALSE(salvage(samples::with(samples::request(), "To: ", "\r\nTo: ")));
}

// MESSAGE outside of sessions, and what INFO may not do there.

#include "offhook/endpoint/operations.hpp"

#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

EndpointConfig with_messages() {
    EndpointConfig config = bobs_config();
    config.methods = {"MESSAGE", "INFO"};
    return config;
}

RequestOptions to_carol(std::string user = "carol") {
    RequestOptions options;
    options.method = "MESSAGE";
    options.target = "sip:" + user + "@192.0.2.9";
    options.body = {"text/plain", "Watson, come here.", {}};
    return options;
}

} // namespace

// RFC 3428 §4: no Contact; the body of type text/plain that everybody must be able to send.
TEST_CASE("a MESSAGE outside of sessions leaves without Contact, and its response is told",
          "[endpoint][rfc3428][4]") {
    Wire bob(with_messages());
    bob.endpoint.request(bob.now, to_carol());
    bob.drain();
    const Message message = bob.take_only();
    CHECK(message.method() == "MESSAGE");
    CHECK(message.count(Header::contact) == 0);
    CHECK(value(message, Header::content_type) == "text/plain");
    CHECK(message.body() == "Watson, come here.");
    for (const char* const name : {"Contact", "m"}) {
        RequestOptions contact = to_carol("dave");
        contact.fields = {{name, "<sip:bob@192.0.2.1>"}};
        CHECK_THROWS_AS(bob.endpoint.request(bob.now, contact), BadArgument);
    }
    bob.receive(response(message, 202));
    CHECK(bob.take_events() == Lines{"Response 202"});
    CHECK(bob.is_empty() == false); // Timer K
    bob.run_for(5s);
    CHECK(bob.is_empty());
}

// RFC 3428 §8: "A UAC MUST NOT initiate a new out-of-dialog MESSAGE transaction to a given URI if
// there is a previous out-of-dialog transaction pending for the same URI."
TEST_CASE("one MESSAGE to a URI waits for the response to the one before",
          "[endpoint][rfc3428][8]") {
    Wire bob(with_messages());
    bob.endpoint.request(bob.now, to_carol());
    CHECK_THROWS_AS(bob.endpoint.request(bob.now, to_carol()), RequestPending);
    bob.endpoint.request(bob.now, to_carol("dave"));
    RequestOptions options = to_carol();
    options.method = "OPTIONS";
    bob.endpoint.request(bob.now, options);
    bob.endpoint.request(bob.now, options);
    bob.drain();
    const auto first = Message::parse(bob.sent[0].bytes);
    REQUIRE(first);
    SECTION("which comes") {
        bob.receive(response(*first, 200));
    }
    SECTION("or never will") {
        bob.run_for(32s);
    }
    CHECK_NOTHROW(bob.endpoint.request(bob.now, to_carol()));
}

// RFC 3428 §7: "A UAS that supports the MESSAGE method MUST be prepared to receive and render
// bodies of type "text/plain"".
TEST_CASE("text is taken in a MESSAGE, whatever else is", "[endpoint][rfc3428][7]") {
    Wire bob(with_messages());
    bob.receive(request({.method = "MESSAGE", .type = "Text/Plain;charset=utf-8", .body = "Hi"}));
    CHECK(bob.take_events() == Lines{"Request MESSAGE"});
    bob.take_sent();
    bob.receive(request({.method = "MESSAGE",
                         .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK2",
                         .call_id = "2",
                         .type = "text/html",
                         .body = "Hi"}));
    CHECK(bob.take_sent() == Lines{"415 MESSAGE"});
    CHECK(bob.take_events().empty());
}

// RFC 3428 §7
TEST_CASE("the 2xx to a MESSAGE outside of sessions holds what RFC 3428 allows",
          "[endpoint][rfc3428][7]") {
    Wire bob(with_messages());
    bob.receive(request({.method = "MESSAGE", .type = "text/plain", .body = "Watson, come here."}));
    const auto message = bob.last<event::Request>();
    CHECK(message.request.body() == "Watson, come here.");
    MessageOptions contact;
    contact.fields = {{"Contact", "<sip:bob@192.0.2.1>"}};
    MessageOptions body;
    body.body = {"text/plain", "Coming.", {}};
    for (const int status : {200, 202}) {
        CHECK_THROWS_AS(bob.endpoint.respond(bob.now, message, status, contact), BadArgument);
        CHECK_THROWS_AS(bob.endpoint.respond(bob.now, message, status, body), BadArgument);
    }
    bob.drain();
    CHECK(bob.sent.empty());
    bob.endpoint.respond(bob.now, message, 202);
    bob.drain();
    const Message success = bob.take_only();
    CHECK(success.status() == 202);
    CHECK(success.count(Header::contact) == 0);
    CHECK(success.body().empty());
}

// RFC 6086 §4.2.1: "A UA MUST NOT send an INFO request outside an invite dialog usage".
TEST_CASE("no INFO leaves outside of a session", "[endpoint][rfc6086][4.2.1]") {
    Wire bob(with_messages());
    RequestOptions options = to_carol();
    options.method = "INFO";
    CHECK_THROWS_AS(bob.endpoint.request(bob.now, options), BadArgument);
    bob.drain();
    CHECK(bob.sent.empty());
    CHECK(bob.is_empty());
}

#include "offhook/endpoint/outgoing.hpp"

#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

// RFC 3261 §20.41, §20.35
TEST_CASE("User-Agent goes out in every request and Server in every response",
          "[endpoint][rfc3261][20.41]") {
    EndpointConfig config = bobs_config();
    config.user_agent = "Bob/1";
    Wire bob(config);
    const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    const auto first = Message::parse(bob.sent[0].bytes);
    bob.receive(response(*first, 200, "p1", peers_contact, "v=0"));
    bob.endpoint.session(id).bye(bob.now);
    bob.receive(invite());
    bob.endpoint.session(bob.last<event::Incoming>().session).progress(bob.now);
    bob.receive(request({.method = "OPTIONS", .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2"}));
    REQUIRE(bob.sent.size() == 5);
    for (const Transmit& transmit : bob.sent) {
        const auto message = Message::parse(transmit.bytes);
        CAPTURE(transmit.bytes);
        CHECK(value(*message, Header::user_agent) == (message->is_request() ? "Bob/1" : ""));
        CHECK(value(*message, Header::server) == (message->is_request() ? "" : "Bob/1"));
        CHECK(message->count(Header::via) == 1);
    }
}

// RFC 3261 §8.1.1: an INVITE is filled in from the configuration, unless the call says otherwise.
TEST_CASE("a call takes from the configuration what it does not say",
          "[endpoint][rfc3261][8.1.1]") {
    EndpointConfig config = bobs_config();
    config.methods = {"MESSAGE"};
    config.extensions = {"x-known"};
    Wire bob(config);
    bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    const Message plain = bob.take_only();
    CHECK(value(plain, Header::from).starts_with("\"Bob\" <sip:bob@biloxi.example>;tag="));
    CHECK(value(plain, Header::contact) == "<sip:bob@192.0.2.1:5060>");
    CHECK(value(plain, Header::allow)
          == "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE");
    CHECK(value(plain, Header::supported)
          == "100rel, timer, replaces, norefersub, tdialog, 199, x-known");
    CHECK_FALSE(validate_request(plain));

    InviteOptions options;
    options.target = "sips:carol@192.0.2.9";
    options.from = "sip:anna@biloxi.example";
    options.contact = "<sips:anna@192.0.2.1>";
    options.offer = Body::sdp("v=0");
    options.fields = {{"Allow", "INVITE, ACK, BYE"}, {"Supported", "other"}};
    bob.endpoint.invite(bob.now, options);
    bob.drain();
    const Message special = bob.take_only();
    CHECK(bob.last_sent.flow == Flow{Transport::tls, at("192.0.2.1", 5061), at("192.0.2.9", 5061)});
    CHECK(value(special, Header::from).starts_with("<sip:anna@biloxi.example>;tag="));
    CHECK(value(special, Header::contact) == "<sips:anna@192.0.2.1>");
    CHECK(value(special, Header::allow) == "INVITE, ACK, BYE");
    CHECK(value(special, Header::supported) == "other");
    CHECK(special.count(Header::allow) == 1);
}

// RFC 3261 §13.3.1.4: what a session needs of time reaches the one deadline, and is dropped with
// it.
TEST_CASE("the deadline follows what the sessions wait for", "[endpoint]") {
    Wire bob;
    bob.receive(invite());
    auto session = bob.endpoint.session(bob.last<event::Incoming>().session);
    CHECK(bob.endpoint.poll_timeout() == bob.now + 200ms); // the 100
    session.progress(bob.now);
    CHECK(bob.endpoint.poll_timeout() == bob.now + 1min); // the 180 again
    session.accept(bob.now, {.body = Body::sdp("v=0")});
    CHECK(bob.endpoint.poll_timeout() == bob.now + 500ms); // the 200 again
    bob.drain();
    bob.receive(request({.method = "ACK",
                         .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2",
                         .to = "<sip:bob@biloxi.example>;tag="
                               + tag_of(*Message::parse(bob.sent.back().bytes), Header::to)}));
    CHECK(bob.endpoint.poll_timeout() == bob.now + 32s); // Timer L
    bob.run_for(32s);
    CHECK_FALSE(bob.endpoint.poll_timeout());
    CHECK(bob.endpoint.counts() == Endpoint::Counts{.sessions = 1, .index = 1});
}

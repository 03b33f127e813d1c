// What many peers, or one that pretends to be many, may leave behind: nothing.

#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

TEST_CASE("a hundred connections that share Call-ID and tag are a hundred calls at most",
          "[fault][rfc3261][8.2.2.2]") {
    Wire bob;
    for (std::uint64_t i = 1; i <= 100; ++i) {
        const std::string n = std::to_string(i);
        bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bK" + n, .cseq = n}),
                    Wire::tcp(i));
    }
    CHECK(bob.endpoint.counts().sessions <= 100);
    for (const Event& event : std::exchange(bob.events, {}))
        if (const auto* const incoming = std::get_if<event::Incoming>(&event))
            bob.endpoint.session(incoming->session).hang_up(bob.now);
    for (std::uint64_t i = 1; i <= 100; ++i)
        bob.endpoint.connection_closed(bob.now, Wire::tcp(i));
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

TEST_CASE("connections that fall silent in the middle of a message cost nothing once they close",
          "[fault][rfc3261][18.3]") {
    Wire bob;
    for (std::uint64_t i = 1; i <= 60; ++i)
        bob.receive("INVITE sip:bob@192.0.2.1 SIP/2.0\r\nVia: SIP", Wire::tcp(i));
    bob.run_for(1h);
    CHECK(bob.is_empty()); // no timer, no transaction
    for (std::uint64_t i = 1; i <= 60; ++i)
        bob.endpoint.connection_closed(bob.now, Wire::tcp(i));
    // A number that comes again is a new stream.
    bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bK1"}), Wire::tcp(1));
    CHECK(bob.take_events() == Lines{"Incoming"});
}

TEST_CASE("datagrams of a thousand sources leave nothing behind", "[fault][rfc3261][18.2.1]") {
    Wire bob;
    for (int i = 0; i < 1000; ++i) {
        const std::string host =
            "198.51." + std::to_string(i / 250) + "." + std::to_string(i % 250);
        const std::string n = std::to_string(i);
        bob.receive(request({.method = "OPTIONS",
                             .via = "SIP/2.0/UDP " + host + ";branch=z9hG4bK" + n,
                             .call_id = n}),
                    {Transport::udp, at("192.0.2.1"), at(host)});
    }
    CHECK(bob.take_sent().size() == 1000);
    CHECK(bob.endpoint.counts().sessions == 0);
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

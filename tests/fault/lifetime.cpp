// Ends in the middle of something else: whoever ends a call, a subscription or a connection from
// within what tells of it finds nothing that is gone already.

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

TEST_CASE("a subscription that Expires 0 has ended is not there for a refresh",
          "[fault][rfc6665][4.2.1.4]") {
    EndpointConfig config = bobs_config();
    config.methods = {"SUBSCRIBE"};
    config.events = {"presence"};
    Wire bob(config);
    Sketch s{.method = "SUBSCRIBE",
             .more = "Event: presence|Expires: 600|Contact: <sip:alice@192.0.2.9>|"};
    bob.receive(request(s));
    const SubscriptionId id = bob.last<event::SubscriptionIncoming>().subscription;
    bob.endpoint.subscription(id).accept(bob.now);
    bob.drain();
    REQUIRE(bob.sent.size() == 2); // 200 and NOTIFY
    s.to = value(*Message::parse(bob.sent[0].bytes), Header::to);
    bob.receive(response(*Message::parse(bob.sent[1].bytes), 200, "a1"));
    bob.take_sent();

    s.via += "a";
    s.cseq = "2";
    s.more = "Event: presence|Expires: 0|Contact: <sip:alice@192.0.2.9>|";
    bob.receive(request(s));
    REQUIRE(bob.sent.size() == 2);
    const Message last = *Message::parse(bob.sent[1].bytes);
    CHECK(bob.take_sent() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    bob.receive(response(last, 200, "a1"));
    s.via += "b";
    s.cseq = "3";
    s.more = "Event: presence|Expires: 600|Contact: <sip:alice@192.0.2.9>|";
    bob.receive(request(s));
    CHECK(bob.take_sent() == Lines{"481 SUBSCRIBE"});
    CHECK_THROWS_AS(bob.endpoint.subscription(id).notify(bob.now), Error);
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

TEST_CASE("a request that fails while it is being sent is told of once",
          "[fault][rfc3261][17.1.4]") {
    Wire bob;
    const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9;transport=tcp");
    while (const auto transmit = bob.endpoint.poll_transmit())
        bob.endpoint.transmit_failed(bob.now, transmit->flow);
    bob.drain();
    CHECK(bob.take_events() == Lines{"Terminated local transport"});
    CHECK(bob.endpoint.session(id).state() == State::terminated);
    CHECK(bob.is_empty());
}

namespace {

/// A call that one of the two ends from within the n-th event that it hears, or, for 0, Alice after
/// a second. How many events that one has heard; nothing is left.
int events_of_call(std::size_t who, int nth) {
    World world(1, {.latency = 10ms});
    const std::size_t alice = world.add("alice", "192.0.2.1");
    const std::size_t bob = world.add("bob", "192.0.2.2");
    int events = 0;
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        const bool now = agent == who && ++events == nth;
        std::visit(
            [&](const auto& told) {
                if constexpr (requires { told.session; })
                    if (now) w.net[agent].session(told.session).hang_up(w.net.now());
            },
            event);
        if (agent == bob && !now) accept_calls(w, agent, event);
    };
    const SessionId call =
        world.net[alice].invite(world.net.now(), "sip:192.0.2.2", Body::sdp("v=0\r\n"));
    world.run_for(1s);
    world.net[alice].session(call).hang_up(world.net.now());
    world.run_out();
    return events;
}

} // namespace

TEST_CASE("a call may be ended from within any event that tells of it", "[fault][rfc3261][15]") {
    for (const std::size_t who : {std::size_t{0}, std::size_t{1}}) {
        const int all = events_of_call(who, 0);
        CHECK(all >= 3);
        for (int nth = 1; nth <= all; ++nth) {
            INFO("agent " << who << ", event " << nth);
            CHECK(events_of_call(who, nth) >= nth);
        }
    }
}

TEST_CASE("what an application does when it hears of a timeout finds the request gone",
          "[fault][rfc3261][17.1.1.2]") {
    Wire bob;
    const SessionId first = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9");
    bob.drain();
    SessionId second;
    while (!second) {
        bob.now = *bob.endpoint.poll_timeout();
        bob.endpoint.handle_timeout(bob.now);
        while (const auto event = bob.endpoint.poll_event()) {
            const auto* const ended = std::get_if<event::Terminated>(&*event);
            if (!ended) continue;
            CHECK(ended->session == first);
            CHECK_THROWS_AS(bob.endpoint.session(first).cancel(bob.now), SessionTerminated);
            bob.endpoint.session(first).hang_up(bob.now);
            second = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9");
        }
        bob.drain();
    }
    CHECK(second != first);
    CHECK(bob.endpoint.session(second).state() == State::initial);
    bob.endpoint.session(second).hang_up(bob.now);
    bob.run_for(128s);
    CHECK(bob.is_empty());
}

TEST_CASE("ten calls on one connection outlive it, and end", "[fault][rfc3261][18.2.2]") {
    Wire bob;
    std::vector<SessionId> calls;
    for (int i = 0; i < 10; ++i) {
        const std::string n = std::to_string(i);
        bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bK" + n,
                            .call_id = "call" + n}),
                    Wire::tcp());
        calls.push_back(bob.last<event::Incoming>().session);
    }
    bob.endpoint.session(calls[0]).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.endpoint.connection_closed(bob.now, Wire::tcp());
    bob.drain();
    for (std::size_t i = 1; i < 5; ++i)
        bob.endpoint.session(calls[i]).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    for (std::size_t i = 5; i < 10; ++i)
        bob.endpoint.session(calls[i]).reject(bob.now, 486);
    bob.drain();
    // What is sent now fails as well: there is nobody.
    for (int second = 0; second < 300; ++second) {
        for (const Transmit& transmit : std::exchange(bob.sent, {}))
            bob.endpoint.transmit_failed(bob.now, transmit.flow);
        bob.drain();
        bob.run_for(1s);
    }
    CHECK(bob.is_empty());
}

// Whole calls between endpoints, over each transport, and through each accident.

#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;

World two(sim::Link link = {}) {
    World world(1, link);
    world.add("alice", "192.0.2.1");
    world.add("bob", "192.0.2.2");
    return world;
}

SessionId call(World& world, std::string_view target = "sip:bob@192.0.2.2") {
    return world.net[alice].invite(world.net.now(), target, Body::sdp("v=0\r\ns=offer\r\n"));
}

SessionId incoming(const World& world) {
    for (const Event& event : world.events[bob])
        if (const auto* const found = std::get_if<event::Incoming>(&event)) return found->session;
    FAIL("no call came");
    return {};
}

} // namespace

// RFC 3261 §4, §13, §15: figure 1, over each transport and both families, hung up by either side.
TEST_CASE("a call is placed, answered and ended over every transport", "[endpoint][rfc3261][13]") {
    struct Way {
        const char* target;
        const char* alices;
        const char* bobs;
        std::size_t pieces;
    };
    const Way way =
        GENERATE(Way{"sip:bob@192.0.2.2", "192.0.2.1", "192.0.2.2", 0},
                 Way{"sip:bob@[2001:db8::2]", "2001:db8::1", "2001:db8::2", 0},
                 Way{"sip:bob@192.0.2.2;transport=tcp", "192.0.2.1", "192.0.2.2", 0},
                 Way{"sip:bob@192.0.2.2;transport=tcp", "192.0.2.1", "192.0.2.2", 1},
                 Way{"sip:bob@[2001:db8::2];transport=tcp", "2001:db8::1", "2001:db8::2", 7});
    const bool caller_ends = GENERATE(true, false);
    CAPTURE(way.target, way.pieces, caller_ends);
    World world(1, {.pieces = way.pieces});
    world.add("alice", way.alices);
    world.add("bob", way.bobs);
    world.on_event = accept_calls;
    const SessionId id = call(world, way.target);
    world.run_for(1s);
    CHECK(world.take_events(alice) == Lines{"Ringing 180", "Answered 200", "Answer", "Confirmed"});
    const SessionId other = incoming(world);
    CHECK(std::get<event::Incoming>(world.events[bob][0]).offer.content == "v=0\r\ns=offer\r\n");
    CHECK(world.take_events(bob) == Lines{"Incoming", "Confirmed"});
    CHECK(world.net[alice].session(id).state() == State::confirmed);

    const std::size_t ends = caller_ends ? alice : bob;
    world.net[ends]
        .session(caller_ends ? id : other)
        .bye(world.net.now(), {.reason = "Q.850;cause=16"});
    world.run_for(1s);
    CHECK(world.take_events(ends) == Lines{"Terminating", "Terminated local bye"});
    CHECK(std::get<event::Terminated>(world.events[1 - ends][0]).reason == "Q.850;cause=16");
    CHECK(world.take_events(1 - ends) == Lines{"Terminated remote bye"});
    CHECK(world.wire() == Lines{"INVITE", "180", "200", "ACK", "BYE", "200"});
    CHECK(world.net.connections() == (way.target[std::string_view(way.target).size() - 1] == 'p'));
    world.run_out();
}

// RFC 3261 §13.2.1, §13.2.2.4: the offer in the 2xx, the answer in the ACK.
TEST_CASE("a call without an offer is answered with one", "[endpoint][rfc3261][13.2.1]") {
    World world = two();
    world.on_event = [](World& w, std::size_t agent, const Event& event) {
        accept_calls(w, agent, event);
        if (const auto* const offer = std::get_if<event::Offer>(&event))
            w.net[agent].session(offer->session).ack(w.net.now(), {.body = Body::sdp("v=0\r\n")});
    };
    const SessionId id = world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2");
    world.run_for(1s);
    CHECK(world.take_events(alice) == Lines{"Ringing 180", "Answered 200", "Offer", "Confirmed"});
    CHECK(world.take_events(bob) == Lines{"Incoming", "Answer", "Confirmed"});
    world.net[alice].session(id).hang_up(world.net.now());
    world.run_out();
}

// RFC 3261 §13.2.2.4: where the application owes the answer and is silent, the call ends all the
// same.
TEST_CASE("an offer in a 2xx that nobody answers ends the call", "[endpoint][rfc3261][13.2.2.4]") {
    World world = two();
    world.on_event = accept_calls;
    world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2");
    world.run_out();
    CHECK(world.take_events(alice).back().starts_with("Terminated"));
    CHECK(world.take_events(bob).back().starts_with("Terminated"));
}

// RFC 3261 §9, §15.1.1
TEST_CASE("a call is given up in every phase", "[endpoint][rfc3261][9]") {
    World world = two();
    SessionId id;
    SECTION("ringing: CANCEL") {
        id = call(world);
        world.run_for(100ms);
        world.net[bob].session(incoming(world)).progress(world.net.now());
        world.run_for(100ms);
        world.net[alice].session(id).cancel(world.net.now(), {.reason = "SIP;cause=200"});
        world.run_for(100ms);
        CHECK(world.take_events(alice) == Lines{"Ringing 180", "Terminated local cancelled"});
        CHECK(std::get<event::Cancelled>(world.events[bob][1]).reason == "SIP;cause=200");
        CHECK(world.take_events(bob)
              == Lines{"Incoming", "Cancelled", "Terminated remote cancelled"});
        CHECK(world.wire() == Lines{"INVITE", "180", "CANCEL", "200", "487", "ACK"});
    }
    SECTION("not yet ringing: CANCEL waits for the 100") {
        id = call(world);
        world.net[alice].session(id).hang_up(world.net.now());
        world.run_for(1s);
        CHECK(world.wire() == Lines{"INVITE", "100", "CANCEL", "200", "487", "ACK"});
    }
    SECTION("answered meanwhile: ACK and BYE") {
        world.net.add_rule({.begins = "SIP/2.0 200", .lose = false, .delay = 100ms});
        world.net.add_rule({.begins = "CANCEL", .lose = false, .delay = 100ms});
        world.on_event = accept_calls;
        id = call(world);
        world.run_for(20ms);
        world.net[alice].session(id).cancel(world.net.now());
        world.run_for(1s);
        CHECK(world.take_events(alice)
              == Lines{"Ringing 180", "Terminating", "Terminated local cancelled"});
        CHECK(world.take_events(bob) == Lines{"Incoming", "Confirmed", "Terminated remote bye"});
        CHECK(world.wire() == Lines{"INVITE", "180", "200", "CANCEL", "ACK", "BYE", "200", "200"});
    }
    SECTION("accepted, and hung up before the ACK") {
        world.on_event = [](World& w, std::size_t agent, const Event& event) {
            accept_calls(w, agent, event);
            if (const auto* const it = std::get_if<event::Incoming>(&event))
                w.net[agent].session(it->session).hang_up(w.net.now());
        };
        id = call(world);
        world.run_for(1s);
        CHECK(world.wire() == Lines{"INVITE", "180", "200", "ACK", "BYE", "200"});
        CHECK(world.take_events(bob)
              == Lines{"Incoming", "Confirmed", "Terminating", "Terminated local bye"});
    }
    SECTION("by both at once") {
        world.on_event = accept_calls;
        id = call(world);
        world.run_for(1s);
        world.net[alice].session(id).bye(world.net.now());
        world.net[bob].session(incoming(world)).bye(world.net.now());
        world.run_for(1s);
        CHECK(world.take_events(alice).back().starts_with("Terminated"));
        CHECK(world.take_events(bob).back().starts_with("Terminated"));
        CHECK(world.count("BYE") == 2);
    }
    SECTION("refused") {
        id = call(world);
        world.run_for(10ms);
        world.net[bob].session(incoming(world)).reject(world.net.now(), 486);
        world.run_for(1s);
        CHECK(world.take_events(alice) == Lines{"Rejected 486", "Terminated remote rejected"});
        CHECK(world.wire() == Lines{"INVITE", "486", "ACK"});
    }
    SECTION("redirected") {
        id = call(world);
        world.run_for(10ms);
        world.net[bob].session(incoming(world)).redirect(world.net.now(), {"<sip:x@192.0.2.3>"});
        world.run_for(1s);
        CHECK(value(std::get<event::Redirected>(world.events[alice][0]).message, Header::contact)
              == "<sip:x@192.0.2.3>");
        CHECK(world.take_events(alice) == Lines{"Redirected 302", "Terminated remote redirected"});
    }
    CHECK(world.net[alice].session(id).state() == State::terminated);
    world.run_out();
}

// RFC 3261 §13.3.1.4, §13.2.2.4, RFC 6026 §7.1
TEST_CASE("a 2xx is repeated until its ACK comes, and each is acknowledged",
          "[endpoint][rfc3261][13.3.1.4]") {
    World world = two();
    world.on_event = accept_calls;
    SECTION("the ACK is lost three times") {
        world.net.add_rule({.begins = "ACK ", .times = 3});
        const SessionId id = call(world);
        world.run_for(5s);
        CHECK(world.count("200") == 4); // after 0.5, 1 and 2 s more
        CHECK(world.count("ACK") == 4);
        CHECK(world.take_events(bob) == Lines{"Incoming", "Confirmed"});
        CHECK(world.take_events(alice)
              == Lines{"Ringing 180", "Answered 200", "Answer", "Confirmed"});
        world.net[alice].session(id).bye(world.net.now());
    }
    SECTION("it never comes: 64*T1 later BYE may leave, and does") {
        world.net.add_rule({.begins = "ACK ", .times = 1000});
        call(world);
        world.run_for(33s);
        CHECK(world.count("200") == 12); // 11 of the INVITE, the last of the BYE
        CHECK(world.take_events(bob)
              == Lines{"Incoming", "AckTimeout", "Terminating", "Terminated local ack timeout"});
        CHECK(world.take_events(alice).back() == "Terminated remote bye");
    }
    SECTION("INVITE and 2xx cross again and again") {
        world.net.usual_link({.latency = 700ms});
        const SessionId id = call(world);
        world.run_for(10s);
        CHECK(world.count("INVITE") == 2);
        CHECK(world.take_events(alice)
              == Lines{"Ringing 180", "Answered 200", "Answer", "Confirmed"});
        CHECK(world.take_events(bob) == Lines{"Incoming", "Confirmed"});
        world.net[alice].session(id).bye(world.net.now());
    }
    world.run_out();
}

// RFC 3261 §17.1.1.2, §8.1.3.1, §15.1.1
TEST_CASE("a call to nobody ends in 64*T1", "[endpoint][rfc3261][17.1.1.2]") {
    World world = two();
    SECTION("silence from the beginning") {
        call(world, "sip:bob@192.0.2.77");
        world.run_out();
        CHECK(world.take_events(alice) == Lines{"Terminated local timeout"});
        CHECK(world.count("INVITE") == 7);
    }
    SECTION("TCP, where nobody listens") {
        call(world, "sip:bob@192.0.2.77;transport=tcp");
        world.run_for(1s);
        CHECK(world.take_events(alice) == Lines{"Terminated local transport"});
    }
    SECTION("silence from the middle on: BYE is not answered") {
        world.on_event = accept_calls;
        const SessionId id = call(world);
        world.run_for(1s);
        world.net.cut(alice, bob);
        world.net[alice].session(id).bye(world.net.now());
        const SessionId other = incoming(world);
        world.run_for(32s);
        CHECK(world.take_events(alice).back() == "Terminated local bye");
        world.net[bob].session(other).hang_up(world.net.now());
    }
    SECTION("silence while it rings: CANCEL by itself after three minutes") {
        call(world);
        world.run_for(1s);
        world.net.cut(alice, bob);
        world.run_for(10min);
        CHECK(world.take_events(alice) == Lines{"Terminated local timeout"});
        CHECK(world.take_events(bob) == Lines{"Incoming", "Terminated local timeout"});
    }
    SECTION("the callee vanishes after its 2xx") {
        world.net.add_rule({.begins = "ACK ", .times = 1});
        world.on_event = [&](World& w, std::size_t agent, const Event& event) {
            accept_calls(w, agent, event);
            if (std::holds_alternative<event::Confirmed>(event) && agent == alice)
                w.net.cut(alice, bob);
        };
        const SessionId id = call(world);
        world.run_for(40s);
        world.net[alice].session(id).hang_up(world.net.now());
        world.run_for(40s);
        CHECK(world.take_events(alice).back() == "Terminated local bye");
        CHECK(world.take_events(bob).back() == "Terminated local ack timeout");
    }
    world.run_out();
}

// RFC 3261 §18.2.2, §8.1.3.1: a connection that breaks, in each phase.
TEST_CASE("a call outlives its connection, or ends as a transport error",
          "[endpoint][rfc3261][18]") {
    World world = two();
    const char* const tcp = "sip:bob@192.0.2.2;transport=tcp";
    SECTION("before the answer") {
        call(world, tcp);
        world.run_for(100ms);
        world.net.close_connections(alice, bob);
        world.run_for(100ms);
        CHECK(world.take_events(alice) == Lines{"Terminated local transport"});
        CHECK(world.take_events(bob) == Lines{"Incoming"});
        world.net[bob]
            .session(world.net.size() ? SessionId{0, 1} : SessionId{})
            .hang_up(world.net.now());
    }
    SECTION("after it: the next request opens another one") {
        world.on_event = accept_calls;
        const SessionId id = call(world, tcp);
        world.run_for(1s);
        world.net.close_connections(alice, bob);
        world.run_for(1s);
        CHECK(world.net.connections() == 0);
        SECTION("of the caller") {
            world.net[alice].session(id).bye(world.net.now());
        }
        SECTION("of the callee") {
            world.net[bob].session(incoming(world)).bye(world.net.now());
        }
        world.run_for(1s);
        CHECK(world.net.connections() == 1);
        CHECK(world.count("BYE") == 1);
        CHECK(world.take_events(alice).back().ends_with("bye"));
        CHECK(world.take_events(bob).back().ends_with("bye"));
    }
    SECTION("as the 2xx leaves: it is repeated on another one") {
        call(world, tcp);
        world.run_for(100ms);
        world.net[bob].session(incoming(world)).progress(world.net.now());
        world.run_for(100ms);
        world.net.cut(alice, bob);
        world.net[bob].session(incoming(world)).accept(world.net.now(), {.body = Body::sdp("v=0")});
        world.run_for(100ms);
        world.net.cut(alice, bob, false);
        world.run_for(40s);
        CHECK(world.take_events(alice).back() == "Terminated local transport");
        CHECK(world.take_events(bob).back() == "Terminated local ack timeout");
    }
    SECTION("with the BYE under way") {
        world.on_event = accept_calls;
        const SessionId id = call(world, tcp);
        world.run_for(1s);
        world.net.cut(alice, bob);
        world.net[alice].session(id).bye(world.net.now());
        world.run_for(1s);
        CHECK(world.take_events(alice).back() == "Terminated local bye");
        world.net[bob].session(incoming(world)).hang_up(world.net.now());
    }
    world.run_out();
}

// RFC 3261 §8.1.1.8, §12.1.1: a call by SIPS has SIPS Contacts at both ends.
TEST_CASE("a call by SIPS stays so to its end", "[endpoint][rfc3261][12.1.1]") {
    World world;
    for (const char* host : {"192.0.2.1", "192.0.2.2"}) {
        EndpointConfig config = World::config("ua", at(host));
        config.listeners.push_back({Transport::tls, at(host), {}});
        world.add(config, host);
    }
    world.on_event = accept_calls;
    const SessionId id = call(world, "sips:bob@192.0.2.2:5060");
    world.run_for(1s);
    world.net[alice].session(id).bye(world.net.now());
    world.run_for(1s);
    CHECK(world.wire() == Lines{"INVITE", "180", "200", "ACK", "BYE", "200"});
    for (const trace::Record& record : world.net.trace().records()) {
        CHECK(record.transport == Transport::tls);
        const auto message = Message::parse(record.text);
        if (message->count(Header::contact))
            CHECK(value(*message, Header::contact).starts_with("<sips:ua@192.0.2."));
        if (message->is_request()) CHECK(message->request_uri().starts_with("sips:"));
        CHECK(value(*message, Header::via).starts_with("SIP/2.0/TLS "));
    }
    world.run_out();
}

// Whatever is lost: each state ends, and leaves nothing. Every message of the call in turn, and all
// of its kind from then on.
TEST_CASE("a call ends whichever of its messages are lost", "[endpoint]") {
    const std::string begins = GENERATE("INVITE", "SIP/2.0 180", "SIP/2.0 200", "ACK", "BYE",
                                        "CANCEL", "SIP/2.0 487", "SIP/2.0");
    const int times = GENERATE(1, 2, 1000);
    const bool answered = GENERATE(true, false);
    const std::string transport = GENERATE("udp", "tcp");
    CAPTURE(begins, times, answered, transport);
    World world = two();
    if (answered) world.on_event = accept_calls;
    world.net.add_rule({.begins = begins, .times = times});
    const SessionId id = call(world, "sip:bob@192.0.2.2;transport=" + transport);
    world.run_for(3s);
    world.net[alice].session(id).hang_up(world.net.now());
    world.run_for(100s);
    for (const Event& event : world.events[bob])
        if (const auto* const it = std::get_if<event::Incoming>(&event))
            world.net[bob].session(it->session).hang_up(world.net.now());
    world.run_out();
    CHECK(world.take_events(alice).back().starts_with("Terminated"));
    const Lines other = world.take_events(bob);
    CHECK((other.empty() || other.back().starts_with("Terminated")));
}

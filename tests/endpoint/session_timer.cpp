// The session timer between two endpoints, hours of it.

#include "offhook/endpoint/endpoint.hpp"

#include <string>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;

using Use = SessionTimerPolicy::Use;
using Side = SessionTimerPolicy::Side;

World two(SessionTimerPolicy at_alice, SessionTimerPolicy at_bob, sim::Link link = {}) {
    World world(1, link);
    for (const auto& [user, host, policy] :
         {std::tuple{"alice", "192.0.2.1", at_alice}, std::tuple{"bob", "192.0.2.2", at_bob}}) {
        EndpointConfig config = World::config(user, at(host));
        config.features.timer = policy;
        world.add(std::move(config), host);
    }
    world.on_event = accept_calls;
    return world;
}

SessionId call(World& world) {
    const SessionId id = world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2",
                                                 Body::sdp("v=0\r\ns=offer\r\n"));
    world.run_for(1s);
    return id;
}

} // namespace

// RFC 4028 §7, §9
TEST_CASE("a call over hours is refreshed by the side that both agreed on, and ends with its BYE",
          "[endpoint][rfc4028][7.2][9]") {
    const bool by_alice = GENERATE(true, false);
    SessionTimerPolicy asking{};
    if (by_alice) asking.refresher = Side::self;
    SessionTimerPolicy asked{.use = Use::on_request};
    if (!by_alice) asked.refresher = Side::self;
    World world = two(asking, asked);
    const SessionId id = call(world);
    CHECK(world.take_events(alice).back()
          == (by_alice ? "Refreshed 1800 by us" : "Refreshed 1800 by peer"));
    CHECK(world.take_events(bob).back()
          == (by_alice ? "Refreshed 1800 by peer" : "Refreshed 1800 by us"));
    world.run_for(3 * 1800s);
    CHECK(world.count("UPDATE") == 6);
    CHECK(world.count("INVITE") == 1);
    CHECK(world.count("BYE") == 0);
    Lines ours(6, "Refreshed 1800 by us"), theirs;
    for (int i = 0; i < 6; ++i)
        theirs.insert(theirs.end(), {"Updated", "Refreshed 1800 by peer"});
    CHECK(world.take_events(by_alice ? alice : bob) == ours);
    CHECK(world.take_events(by_alice ? bob : alice) == theirs);
    world.net[alice].session(id).bye(world.net.now());
    world.run_out();
    CHECK(world.take_events(alice).back() == "Terminated local bye");
    CHECK(world.take_events(bob).back() == "Terminated remote bye");
}

// RFC 4028 §10: each side finds out for itself that the other one is gone.
TEST_CASE("a call whose network is gone ends at both sides, and leaves nothing behind",
          "[endpoint][rfc4028][10]") {
    World world = two({}, {.use = Use::on_request});
    call(world);
    world.run_for(900s);
    world.take_events(alice);
    world.take_events(bob);
    sim::Link dead;
    dead.loss = 1;
    world.net.usual_link(dead);
    world.run_for(30min); // the other one's BYE leaves after 1768 s
    world.run_out();
    const Lines at_alice = world.take_events(alice);
    const Lines at_bob = world.take_events(bob);
    CHECK((at_alice.back() == "Terminated local peer lost"
           || at_alice.back() == "Terminated local expired"));
    CHECK((at_bob.back() == "Terminated local peer lost"
           || at_bob.back() == "Terminated local expired"));
    CHECK(at_alice.back() != at_bob.back()); // the refresher finds nobody, the other one waits
}

// RFC 4028 §9, §7.3
TEST_CASE("endpoints agree on the longer of their minimal intervals by way of 422",
          "[endpoint][rfc4028][6][7.3]") {
    World world = two({.interval = 300s}, {.use = Use::on_request, .minimum = 600s});
    call(world);
    CHECK(world.count("422") == 1);
    CHECK(world.count("INVITE") == 2);
    CHECK(world.take_events(alice).back().starts_with("Refreshed 600 by "));
    CHECK(world.take_events(bob).back().starts_with("Refreshed 600 by "));
    world.run_for(1800s);
    CHECK(world.count("UPDATE") == 6);
    CHECK(world.count("422") == 1);
}

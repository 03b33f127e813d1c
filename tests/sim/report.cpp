#include "offhook/sim/report.hpp"

#include "../catch.hpp"
#include "../support/world.hpp"

#include <cstdlib>
#include <utility>

using namespace offhook;
using namespace offhook::test;

TEST_CASE("a report has the seed and the ladder", "[sim][report]") {
    World world(77, {.latency = 10ms});
    const std::size_t alice = world.add("alice", "192.0.2.1");
    world.add("bob", "192.0.2.2");
    world.net[alice].invite(world.net.now(), "sip:192.0.2.2");
    world.run_for(5ms);
    const std::string text = sim::report(world.net);
    CHECK(text.starts_with("seed 77\n"));
    CHECK(text.find("INVITE") != text.npos);
}

TEST_CASE("the environment can give the seed", "[sim][report]") {
    CHECK(sim::number_from("OFFHOOK_NO_SUCH_VARIABLE", 5) == 5);
    CHECK(sim::number_from("PATH", 5) == 5); // no number
    for (const auto& [text, seed] : {std::pair("12", 12u), {"12x", 5u}, {"", 5u}, {"-1", 5u}}) {
        CAPTURE(text);
        REQUIRE(setenv("OFFHOOK_TEST_SEED", text, 1) == 0);
        CHECK(sim::number_from("OFFHOOK_TEST_SEED", 5) == seed);
    }
}

TEST_CASE("a call outlives the sleep of one side, and what was due comes at once",
          "[sim][endpoint]") {
    World world(1, {.latency = 10ms});
    EndpointConfig config = World::config("alice", at("192.0.2.1"));
    config.features.timer.use = SessionTimerPolicy::Use::always;
    config.features.timer.interval = 90s;
    const std::size_t alice = world.add(config, "192.0.2.1");
    const std::size_t bob = world.add("bob", "192.0.2.2");
    world.on_event = [bob](World& w, std::size_t agent, const Event& event) {
        if (agent == bob) accept_calls(w, agent, event);
    };
    const SessionId call =
        world.net[alice].invite(world.net.now(), "sip:192.0.2.2", Body::sdp("v=0\r\n"));
    world.run_for(1s);
    world.take_events(alice);

    SECTION("a short one: the refresh is due") {
        world.net.jump(alice, 50s);
        world.run_for(1s);
        CHECK(world.take_events(alice) == Lines{"Refreshed 90 by us"});
        CHECK(world.net[alice].session(call).state() == State::confirmed);
    }
    SECTION("a long one: the session has expired") {
        world.net.jump(alice, 1h);
        world.run_for(1s);
        CHECK(world.net[alice].session(call).state() == State::terminated);
    }
    world.net[alice].session(call).hang_up(world.net.now(alice));
    world.run_out();
}

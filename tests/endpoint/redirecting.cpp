// Redirections that an application follows through an Endpoint.

#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/guard.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;

/// Alice follows the best target; whoever stands in `elsewhere` sends calls on, and the last one
/// answers.
struct Detoured {
    World world;
    std::vector<std::vector<std::string>> elsewhere;
    std::vector<Lines> offered = {};

    explicit Detoured(std::vector<std::vector<std::string>> contacts, EndpointConfig config)
        : elsewhere(std::move(contacts)) {
        config.features.on_redirect = SessionFeatures::Decision::ask;
        world.add(std::move(config), "192.0.2.1");
        for (std::size_t i = 0; i <= elsewhere.size(); ++i) {
            const std::string host = "192.0.2." + std::to_string(i + 2);
            world.add("bob", host);
        }
        world.on_event = [this](World& w, std::size_t agent, const Event& event) {
            if (const auto* const e = std::get_if<event::Redirected>(&event)) {
                offered.push_back(e->targets);
                if (!e->targets.empty())
                    w.net[alice].session(e->session).follow(w.net.now(), e->targets.front());
                return;
            }
            const auto* const incoming = std::get_if<event::Incoming>(&event);
            if (incoming && agent <= elsewhere.size())
                w.net[agent].session(incoming->session).redirect(w.net.now(), elsewhere[agent - 1]);
            else
                accept_calls(w, agent, event);
        };
    }
    static EndpointConfig alices() { return World::config("alice", at("192.0.2.1")); }
    SessionId call() {
        return world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2",
                                       Body::sdp("v=0\r\ns=offer\r\n"));
    }
};

} // namespace

// RFC 3261 §8.1.3.4, §21.3
TEST_CASE("a call follows two redirections to whoever answers",
          "[endpoint][redirect][rfc3261][8.1.3.4][21.3.1]") {
    Detoured to(
        {{"<sip:bob@192.0.2.9>;q=0.1", "<sip:bob@192.0.2.3>;q=0.7"}, {"<sip:bob@192.0.2.4>"}},
        Detoured::alices());
    const SessionId id = to.call();
    to.world.run_for(1s);
    CHECK(to.offered
          == std::vector<Lines>{{"sip:bob@192.0.2.3", "sip:bob@192.0.2.9"},
                                {"sip:bob@192.0.2.4", "sip:bob@192.0.2.9"}});
    CHECK(to.world.take_events(alice)
          == Lines{"Redirected 302", "Redirected 302", "Ringing 180", "Answered 200", "Answer",
                   "Confirmed"});
    CHECK(to.world.count("INVITE") == 3);
    CHECK(to.world.net[alice].session(id).dialog()->remote_party().find("sip:bob@192.0.2.2")
          != std::string::npos);
    to.world.net[alice].session(id).bye(to.world.net.now());
    to.world.run_out();
}

TEST_CASE("two servers that redirect to each other end the call",
          "[endpoint][redirect][rfc3261][8.1.3.4]") {
    Detoured to({{"<sip:bob@192.0.2.3>"}, {"<sip:bob@192.0.2.2>"}}, Detoured::alices());
    to.call();
    to.world.run_out();
    CHECK(to.offered == std::vector<Lines>{{"sip:bob@192.0.2.3"}, {}});
    CHECK(to.world.count("INVITE") == 2);
    CHECK(to.world.take_events(alice)
          == Lines{"Redirected 302", "Redirected 302", "Terminated remote redirected"});
}

TEST_CASE("a server that thinks up targets without end is followed a bounded number of times",
          "[endpoint][redirect]") {
    EndpointConfig config = Detoured::alices();
    config.limits.redirections = 4;
    Detoured to({}, config);
    int calls = 0;
    const auto follow = to.world.on_event;
    to.world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        if (const auto* const e = std::get_if<event::Incoming>(&event))
            return w.net[agent]
                .session(e->session)
                .redirect(w.net.now(), {"<sip:" + std::to_string(++calls) + "@192.0.2.2>"});
        follow(w, agent, event);
    };
    to.call();
    to.world.run_out();
    CHECK(calls == 5);
    CHECK(to.world.take_events(alice).back() == "Terminated remote redirected");
}

TEST_CASE("a target that does not answer leads to the next one",
          "[endpoint][redirect][rfc3261][8.1.3.1][8.1.3.4]") {
    Detoured to({{"<sip:bob@192.0.2.77>", "<sip:bob@192.0.2.3>;q=0.2"}}, Detoured::alices());
    const SessionId id = to.call();
    to.world.run_for(40s);
    CHECK(to.world.take_events(alice)
          == Lines{"Redirected 302", "Redirected 408", "Ringing 180", "Answered 200", "Answer",
                   "Confirmed"});
    to.world.net[alice].session(id).bye(to.world.net.now());
    to.world.run_out();
}

TEST_CASE("a target that wants credentials gets its own", "[endpoint][redirect][auth]") {
    EndpointConfig config = Detoured::alices();
    config.accounts.set({"biloxi.example", "bob", "zanzibar"});
    Detoured to({{"<sip:bob@192.0.2.3>"}}, config);
    Guard<> guard;
    std::vector<DigestStanding> verdicts;
    const auto act = to.world.on_event;
    to.world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        if (const auto* const e = std::get_if<event::Incoming>(&event)) {
            const DigestVerdict verdict = guard.verdict(w.net.now(), e->invite);
            verdicts.push_back(verdict.standing);
            if (verdict.standing != DigestStanding::accepted) {
                const Demand demand = demand_of(guard.server, w.net.now(), verdict);
                return w.net[agent]
                    .session(e->session)
                    .reject(w.net.now(), demand.status, demand.options);
            }
        }
        act(w, agent, event);
    };
    const SessionId id = to.call();
    to.world.run_for(1s);
    CHECK(to.world.take_events(alice)
          == Lines{"Redirected 302", "Ringing 180", "Answered 200", "Answer", "Confirmed"});
    // Who is redirected to has not asked yet, whatever realm it turns out to be.
    CHECK(verdicts
          == std::vector{DigestStanding::challenge, DigestStanding::accepted,
                         DigestStanding::challenge, DigestStanding::accepted});
    to.world.net[alice].session(id).bye(to.world.net.now());
    to.world.run_out();
}

TEST_CASE("a redirected call can be given up by the application", "[endpoint][redirect]") {
    Detoured to({{"<sip:bob@192.0.2.3>"}}, Detoured::alices());
    const auto act = to.world.on_event;
    to.world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        if (std::get_if<event::Redirected>(&event) == nullptr) act(w, agent, event);
    };
    const SessionId id = to.call();
    to.world.run_for(1s);
    CHECK(to.world.take_events(alice) == Lines{"Redirected 302"});
    CHECK_THROWS_AS(to.world.net[alice].session(id).follow(to.world.net.now(), "sip:x@192.0.2.8"),
                    Error);
    to.world.net[alice].session(id).hang_up(to.world.net.now());
    to.world.run_out();
    CHECK(to.world.take_events(alice) == Lines{"Terminated local cancelled"});
}

#include "offhook/endpoint/challenging.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/guard.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;

/// Bob answers only those whom he knows: he calls himself bob, with the password zanzibar.
template <class Server = DigestServer>
struct Watchman {
    Guard<Server> guard;
    std::vector<DigestStanding> verdicts = {};

    void operator()(World& world, std::size_t agent, const Event& event) {
        const auto* const incoming = std::get_if<event::Incoming>(&event);
        if (agent != bob || !incoming) return;
        const TimePoint now = world.net.now();
        const DigestVerdict verdict = guard.verdict(now, incoming->invite);
        verdicts.push_back(verdict.standing);
        auto session = world.net[bob].session(incoming->session);
        if (verdict.standing == DigestStanding::accepted)
            return session.accept(now, {.body = Body::sdp("v=0\r\ns=answer\r\n")});
        const Demand demand = demand_of(guard.server, now, verdict);
        session.reject(now, demand.status, demand.options);
    }
};

World two(std::string_view password = "zanzibar") {
    World world;
    EndpointConfig config = World::config("alice", at("192.0.2.1"));
    config.accounts.set({"biloxi.example", "bob", std::string(password)});
    world.add(config, "192.0.2.1");
    world.add("bob", "192.0.2.2");
    return world;
}

SessionId call(World& world) {
    return world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0\r\n"));
}

const std::vector<DigestStanding> asked_and_accepted = {DigestStanding::challenge,
                                                        DigestStanding::accepted};

template <class Server>
void call_with_credentials(Challenger by) {
    World world = two();
    Watchman<Server> watchman{Guard<Server>(by)};
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        watchman(w, agent, event);
    };
    const SessionId id = call(world);
    world.run_for(1s);
    CHECK(watchman.verdicts == asked_and_accepted);
    CHECK(world.take_events(alice) == Lines{"Answered 200", "Answer", "Confirmed"});
    const std::string status = std::to_string(challenge_status(by));
    CHECK(world.wire() == Lines{"INVITE", status, "ACK", "INVITE", "200", "ACK"});
    world.net[alice].session(id).bye(world.net.now());
    world.run_out();
}

} // namespace

// RFC 3261 §22.2, §22.3
TEST_CASE("a callee asks for credentials, and a caller that has them is answered",
          "[endpoint][auth][rfc3261][22.2]") {
    const auto by = GENERATE(Challenger::user_agent, Challenger::proxy);
    SECTION("MD5") {
        call_with_credentials<BasicDigestServer<Md5>>(by);
    }
    SECTION("SHA-256") {
        call_with_credentials<BasicDigestServer<Sha256>>(by);
    }
    SECTION("both") {
        call_with_credentials<DigestServer>(by);
    }
}

TEST_CASE("a caller with a wrong password is asked once and then given up",
          "[endpoint][auth][rfc3261][22.1]") {
    World world = two("wrong");
    Watchman<> watchman{Guard<>()};
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        watchman(w, agent, event);
    };
    call(world);
    world.run_out();
    CHECK(watchman.verdicts == std::vector{DigestStanding::challenge, DigestStanding::challenge});
    CHECK(world.take_events(alice) == Lines{"Rejected 401", "Terminated remote rejected"});
}

TEST_CASE("a call is authenticated through loss and repetition", "[endpoint][auth]") {
    World world = two();
    world.net.usual_link({.loss = 0.3, .duplication = 0.3});
    Watchman<> watchman{Guard<>()};
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        watchman(w, agent, event);
    };
    const SessionId id = call(world);
    world.run_for(20s);
    CHECK(watchman.verdicts == asked_and_accepted);
    CHECK(world.take_events(alice) == Lines{"Answered 200", "Answer", "Confirmed"});
    world.net[alice].session(id).bye(world.net.now());
    world.run_out();
}

// RFC 3261 §22.1, §22.4: what a response to the verdict says.
TEST_CASE("a demand has the challenges, or says what is wrong with the credentials",
          "[endpoint][auth][rfc3261][22.2]") {
    const TimePoint now = TimePoint() + 1h;
    Guard<> guard(GENERATE(Challenger::user_agent, Challenger::proxy));
    const Challenger by = guard.server.options().by;
    const auto sent = [&](std::string_view credentials) {
        return *Message::parse(request({.method = "OPTIONS",
                                        .more = std::string(name_of(credentials_header(by))) + ": "
                                                + std::string(credentials) + "|"}));
    };
    SECTION("none") {
        const auto verdict = guard.verdict(now, *Message::parse(request({})));
        const Demand demand = demand_of(guard.server, now, verdict);
        CHECK(demand.status == challenge_status(by));
        REQUIRE(demand.options.fields.size() == 2);
        for (const HeaderField& field : demand.options.fields) {
            CHECK(field.name == name_of(challenge_header(by)));
            const auto challenge = Challenge::parse(field.value);
            REQUIRE(challenge);
            CHECK(challenge->realm() == "biloxi.example");
            CHECK_FALSE(challenge->stale());
        }
    }
    // Credentials must never lead further than to a challenge where their realm is not ours.
    SECTION("for a realm that never asked") {
        const auto verdict = guard.verdict(
            now,
            sent("Digest username=\"bob\", realm=\"other\", nonce=\"1\", uri=\"sip:bob@192.0.2.1\""
                 ", response=\"00000000000000000000000000000000\""));
        CHECK(verdict.standing == DigestStanding::challenge);
        CHECK(demand_of(guard.server, now, verdict).status == challenge_status(by));
    }
    SECTION("with a nonce that is not ours") {
        const auto verdict = guard.verdict(
            now, sent("Digest username=\"bob\", realm=\"biloxi.example\", nonce=\"1\", qop=auth, "
                      "nc=00000001, cnonce=\"1\", uri=\"sip:bob@192.0.2.1\", "
                      "response=\"00000000000000000000000000000000\""));
        const Demand demand = demand_of(guard.server, now, verdict);
        CHECK(demand.status == challenge_status(by));
        CHECK(Challenge::parse(demand.options.fields.at(0).value)->stale());
    }
    SECTION("malformed") {
        const Demand demand = demand_of(
            guard.server, now,
            guard.verdict(now, sent("Digest realm=\"biloxi.example\", username=\"bob\"")));
        CHECK(demand.status == 400);
        CHECK(demand.options.phrase == "Bad digest-response: nonce");
        CHECK(demand.options.fields.empty());
    }
}

TEST_CASE("a request outside of calls is asked for credentials as well", "[endpoint][auth]") {
    World world;
    EndpointConfig config = World::config("alice", at("192.0.2.1"));
    config.accounts.set({"biloxi.example", "bob", "zanzibar"});
    world.add(config, "192.0.2.1");
    EndpointConfig registrar = World::config("bob", at("192.0.2.2"));
    registrar.methods = {"REGISTER"};
    world.add(registrar, "192.0.2.2");
    Guard<> guard;
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        const auto* const asked = std::get_if<event::Request>(&event);
        if (agent != bob || !asked) return;
        const auto verdict = guard.verdict(w.net.now(), asked->request);
        if (verdict.standing == DigestStanding::accepted)
            return void(w.net[bob].respond(w.net.now(), *asked, 200));
        const Demand demand = demand_of(guard.server, w.net.now(), verdict);
        w.net[bob].respond(w.net.now(), *asked, demand.status, demand.options);
    };
    world.net[alice].request(world.net.now(), {.method = "REGISTER", .target = "sip:192.0.2.2"});
    world.run_out();
    CHECK(world.take_events(alice) == Lines{"Response 200"});
    CHECK(world.wire() == Lines{"REGISTER", "401", "REGISTER", "200"});
}

#include "offhook/endpoint/events.hpp"

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

static_assert(
    std::is_copy_constructible_v<Event> && std::is_nothrow_move_constructible_v<RequestId>);

namespace {

/// The session that an event is about, if it is about one.
SessionId session_of(const Event& event) {
    return std::visit(
        [](const auto& e) {
            if constexpr (requires { e.session; })
                return e.session;
            else
                return SessionId{};
        },
        event);
}

} // namespace

TEST_CASE("every event of a call names its session", "[endpoint]") {
    World world;
    world.add("alice", "192.0.2.1");
    world.add("bob", "192.0.2.2");
    world.on_event = accept_calls;
    std::vector<SessionId> calls;
    for (int i = 0; i < 3; ++i)
        calls.push_back(
            world.net[0].invite(world.net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0")));
    world.run_for(1s);
    for (const SessionId id : calls)
        world.net[0].session(id).bye(world.net.now());
    world.run_for(1s);
    for (const SessionId id : calls) {
        Lines lines;
        for (const Event& event : world.events[0])
            if (session_of(event) == id) lines.push_back(describe(event));
        CHECK(lines
              == Lines{"Ringing 180", "Answered 200", "Answer", "Confirmed", "Terminating",
                       "Terminated local bye"});
    }
    for (const Event& event : world.events[1])
        CHECK(session_of(event));
    world.run_out();
}

TEST_CASE("an event owns what it carries", "[endpoint]") {
    std::optional<Event> kept;
    {
        Wire bob;
        std::string text =
            invite({.more = "Subject: lunch|", .type = "application/sdp", .body = "v=0"});
        bob.receive(text, Wire::tcp());
        kept = std::move(bob.events.front());
        text.assign(text.size(), '#');
    }
    const auto& incoming = std::get<event::Incoming>(*kept);
    CHECK(incoming.offer == Body::sdp("v=0"));
    CHECK(value(incoming.invite, Header::subject) == "lunch");
    CHECK(incoming.invite.body() == "v=0");
    CHECK(incoming.flow == Wire::tcp());
}

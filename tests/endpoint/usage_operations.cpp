#include "offhook/endpoint/usage_operations.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;
constexpr std::size_t carol = 2;

/// A call of alice to bob, who takes REFER and SUBSCRIBE.
struct Transfer : World {
    Transfer() {
        add("alice", "192.0.2.1");
        EndpointConfig config = World::config("bob", at("192.0.2.2"));
        config.methods = {"REFER", "SUBSCRIBE"};
        config.features.events = "dialog";
        add(std::move(config), "192.0.2.2");
        add("carol", "192.0.2.3");
        on_event = accept_calls;
        call = net[alice].invite(net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0\r\ns=offer\r\n"));
        run_for(1s);
        for (const Event& event : events[bob])
            if (const auto* const came = std::get_if<event::Incoming>(&event))
                answered = came->session;
    }
    auto at_alice() { return net[alice].session(call); }
    auto at_bob() { return net[bob].session(answered); }
    template <class E>
    const E* told(std::size_t agent) const {
        const E* last = nullptr;
        for (const Event& event : events[agent])
            if (const auto* const found = std::get_if<E>(&event)) last = found;
        return last;
    }

    SessionId call, answered;
};

} // namespace

// RFC 3515 §4.1: a blind transfer, hung up by who referred before its end is known.
TEST_CASE("a call is transferred by REFER, and its end told after the BYE",
          "[endpoint][refer][rfc3515][4.1][rfc5057][4.1]") {
    Transfer world;
    const UsageId usage = world.at_alice().refer(world.net.now(), "sip:carol@192.0.2.3");
    world.run_for(1s);
    const auto* const referred = world.told<event::Referred>(bob);
    REQUIRE(referred);
    CHECK(referred->session == world.answered);
    CHECK(referred->refer_to == "<sip:carol@192.0.2.3>");
    const UsageId theirs = referred->usage;
    world.at_bob().respond(world.net.now(), referred->transaction, 202);
    world.run_for(1s);
    const auto* notified = world.told<event::Notified>(alice);
    REQUIRE(notified);
    CHECK(notified->usage == usage);
    CHECK(notified->status == 100);

    world.at_alice().bye(world.net.now());
    const SessionId second = world.net[bob].invite(world.net.now(), "sip:carol@192.0.2.3",
                                                   Body::sdp("v=0\r\ns=offer\r\n"));
    world.run_for(1s);
    CHECK(world.told<event::Terminated>(bob));
    CHECK(world.net[bob].session(second).state() == State::confirmed);
    world.at_bob().notify(world.net.now(), theirs, 200);
    world.run_for(1s);
    CHECK(world.told<event::Notified>(alice)->status == 200);
    CHECK(world.told<event::UsageEnded>(alice)->usage == usage);
    CHECK(world.told<event::UsageEnded>(alice)->session == world.call);
    world.net[bob].session(second).bye(world.net.now());
    CHECK(world.told<event::Incoming>(carol));
    world.run_out();
}

// RFC 6665 §4.1.2, §4.2.2
TEST_CASE("an endpoint subscribes in a call, is notified, and unsubscribes",
          "[endpoint][subscribe][rfc6665][4.1.2]") {
    Transfer world;
    const UsageId usage = world.at_alice().subscribe(world.net.now(), "dialog", 600s);
    world.run_for(1s);
    const auto* const subscribed = world.told<event::Subscribed>(bob);
    REQUIRE(subscribed);
    const UsageId theirs = subscribed->usage;
    world.at_bob().respond(world.net.now(), subscribed->transaction, 200);
    world.run_for(1s);
    REQUIRE(world.told<event::Notified>(alice));
    world.at_bob().notify(world.net.now(), theirs, {.body = {"text/plain", "busy", {}}});
    world.run_for(1s);
    CHECK(world.told<event::Notified>(alice)->body.content == "busy");
    const bool by_us = GENERATE(true, false);
    if (by_us)
        world.at_alice().unsubscribe(world.net.now(), usage);
    else
        world.at_bob().end_subscription(world.net.now(), theirs, TerminationReason::noresource);
    world.run_for(1s);
    CHECK(world.told<event::UsageEnded>(alice)->usage == usage);
    CHECK(world.told<event::UsageEnded>(bob)->usage == theirs);
    CHECK(world.at_alice().state() == State::confirmed);
    world.at_alice().bye(world.net.now());
    world.run_out();
}

TEST_CASE("a REFER to an endpoint that takes none gets 405, and so does a stray NOTIFY",
          "[endpoint][refer][rfc3515][2.4.2]") {
    Transfer world;
    world.at_bob().refer(world.net.now(), "sip:carol@192.0.2.3");
    world.run_for(1s);
    REQUIRE(world.told<event::UsageEnded>(bob));
    CHECK(world.told<event::UsageEnded>(bob)->end.status == 405);
    const auto id =
        world.at_bob().request(world.net.now(), "NOTIFY",
                               {.fields = {{"Event", "refer"}, {"Subscription-State", "active"}}});
    world.run_for(1s);
    REQUIRE(world.told<event::Responded>(bob));
    CHECK(world.told<event::Responded>(bob)->request == id);
    CHECK(world.told<event::Responded>(bob)->status == 405);
    world.at_bob().bye(world.net.now());
    world.run_out();
}

TEST_CASE("operations on subscriptions of a session that is gone are refused",
          "[endpoint][refer][subscribe]") {
    Transfer world;
    world.at_alice().bye(world.net.now());
    world.run_out();
    auto session = world.at_alice();
    const TimePoint now = world.net.now();
    CHECK_THROWS_AS(session.refer(now, "sip:x@y"), SessionTerminated);
    CHECK_THROWS_AS(session.subscribe(now, "dialog", 60s), SessionTerminated);
    CHECK_THROWS_AS(session.unsubscribe(now, 1), UnknownHandle);
    CHECK_THROWS_AS(session.notify(now, 1, 200), UnknownHandle);
    CHECK_THROWS_AS(session.notify(now, 1, MessageOptions{}), UnknownHandle);
    CHECK_THROWS_AS(session.end_subscription(now, 1, TerminationReason::giveup), UnknownHandle);
    CHECK_FALSE(session.can_refer());
}

#include "offhook/session/usages.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

const std::string carol = "<sip:carol@chicago.example>";

/// A subscription at either side, active: the peer's to "dialog" is 1, ours to "presence" 2.
template <class M>
Agent<M> with_both(Role role) {
    auto agent = subscribing_agent<M>(role);
    agent.receive(
        from_peer_with(agent, "SUBSCRIBE", 1000, {{"Event", "dialog"}, {"Expires", "600"}}), 9);
    agent.session.respond(agent.now, 9, 200);
    answered(agent, "NOTIFY", 200);
    agent.session.subscribe(agent.now, "presence", 900s);
    answered(agent, "SUBSCRIBE", 200, {{"Expires", "900"}});
    agent.receive(notify_of_peer(agent, 1001, "presence", "active;expires=900"), 5);
    agent.wire();
    agent.told();
    return agent;
}

/// The call ends, by either side.
template <class M>
void end_call(Agent<M>& agent, bool by_us) {
    if (by_us) {
        agent.session.bye(agent.now);
        answered(agent, "BYE", 200);
    } else {
        agent.receive(from_peer_with(agent, "BYE", 1002, {}), 10);
    }
    CHECK(agent.state() == State::terminated);
    agent.wire();
    agent.told();
}

} // namespace

// RFC 5057 §4.1: BYE ends the usage that the INVITE made, and no other.
TEMPLATE_TEST_CASE("the subscriptions of a call go on after BYE until they end",
                   "[session][subscribe][usages][rfc5057][4.1][5.3]", Message, PlainMessage) {
    auto agent = with_both<TestType>(GENERATE(Role::uac, Role::uas));
    end_call(agent, GENERATE(true, false));
    agent.run_for(40s); // what the call itself waits for is over
    CHECK_FALSE(agent.session.done());

    agent.session.notify(agent.now, 1, with(Body{"text/plain", "x", {}}));
    CHECK(agent.wire() == Lines{"NOTIFY"});
    answered(agent, "NOTIFY", 200);
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1003, {{"Event", "dialog"}}), 11);
    CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    answered(agent, "NOTIFY", 200);
    agent.receive(notify_of_peer(agent, 1004, "presence", "active;expires=800"), 12);
    CHECK(agent.wire() == Lines{"200 NOTIFY"});
    CHECK(agent.told() == Lines{"Resubscribed for 3600", "Notified active;expires=800"});

    // What is none of theirs meets no dialog.
    std::uint32_t number = 1010;
    for (const char* const method :
         {"BYE", "INVITE", "UPDATE", "PRACK", "INFO", "OPTIONS", "REFER", "X-ANY"}) {
        agent.receive(from_peer_with(agent, method, ++number, {{"Refer-To", carol}}), 13);
        CHECK(agent.wire() == Lines{std::string("481 ") + method});
    }
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1050, {{"Event", "dialog;id=2"}}), 14);
    agent.receive(notify_of_peer(agent, 1051, "dialog", "active"), 14);
    CHECK(agent.wire() == Lines{"481 SUBSCRIBE", "481 NOTIFY"});
    CHECK_THROWS_AS(agent.session.refer(agent.now, carol), SessionTerminated);
    CHECK_THROWS_AS(agent.session.subscribe(agent.now, "dialog", 600s), SessionTerminated);

    agent.session.unsubscribe(agent.now, 2);
    CHECK(field(agent.last("SUBSCRIBE").message, Header::expires) == "0");
    answered(agent, "SUBSCRIBE", 200);
    agent.receive(notify_of_peer(agent, 1060, "presence", "terminated"), 15);
    agent.session.end_subscription(agent.now, 1, TerminationReason::noresource);
    agent.wire();
    agent.told();
    CHECK_FALSE(agent.session.done());
    answered(agent, "NOTIFY", 200);
    CHECK(agent.session.done());
    CHECK_FALSE(agent.session.poll_timeout());
    agent.receive(notify_of_peer(agent, 1061, "presence", "active"), 16);
    CHECK(agent.wire() == Lines{"481 NOTIFY"});
}

// RFC 6665 §4.1.2.2, §4.2.1.4: nobody is left, and all ends in bounded time.
TEMPLATE_TEST_CASE("subscriptions that outlive their call end by themselves",
                   "[session][subscribe][usages][rfc5057][4.1]", Message, PlainMessage) {
    auto agent = with_both<TestType>(GENERATE(Role::uac, Role::uas));
    end_call(agent, true);
    agent.run_for(1h);
    CHECK(agent.told()
          == Lines{"UsageEnded: expired", "UsageResponded 408", "UsageEnded: unnotified"});
    CHECK(agent.session.done());
    CHECK_FALSE(agent.session.poll_timeout());
}

// RFC 5057 §5.1: a usage's own failure leaves the call, and what ends the call's peer the dialog.
TEMPLATE_TEST_CASE("a subscription that fails leaves the call and the others",
                   "[session][subscribe][usages][rfc5057][5.1]", Message, PlainMessage) {
    auto agent = with_both<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.notify(agent.now, 1, MessageOptions{});
    answered(agent, "NOTIFY", GENERATE(405, 481, 489, 501));
    CHECK(agent.session.usage(1) == nullptr);
    CHECK(agent.session.usage(2) != nullptr);
    CHECK(agent.state() == State::confirmed);
    agent.session.unsubscribe(agent.now, 2);
    answered(agent, "SUBSCRIBE", 481);
    CHECK(agent.session.usage(2) == nullptr);
    CHECK(agent.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("a request of the call that ends the dialog ends its subscriptions",
                   "[session][subscribe][usages][rfc5057][5.1]", Message, PlainMessage) {
    auto agent = with_both<TestType>(GENERATE(Role::uac, Role::uas));
    SECTION("404 to INFO") {
        agent.session.request(agent.now, "INFO");
        answered(agent, "INFO", 404);
        CHECK(agent.session.usage(1) == nullptr);
        CHECK(agent.session.usage(2) == nullptr);
        CHECK(agent.state() == State::terminating);
    }
    SECTION("481 to INFO ends the call alone") {
        agent.session.request(agent.now, "INFO");
        answered(agent, "INFO", 481);
        CHECK(agent.session.usage(1) != nullptr);
        CHECK(agent.session.usage(2) != nullptr);
        CHECK(agent.state() == State::terminating);
    }
    SECTION("410 to BYE") {
        agent.session.bye(agent.now);
        answered(agent, "BYE", 410);
        CHECK(agent.session.usage(1) == nullptr);
        CHECK(agent.session.usage(2) == nullptr);
    }
    SECTION("404 to a re-INVITE") {
        agent.session.reinvite(agent.now, with(offer));
        answered(agent, "INVITE", 404);
        CHECK(agent.session.usage(1) == nullptr);
        CHECK(agent.session.usage(2) == nullptr);
    }
    SECTION("502 to NOTIFY is no more than its own failure") {
        agent.session.notify(agent.now, 1, MessageOptions{});
        answered(agent, "NOTIFY", 502);
        CHECK(agent.told() == Lines{"UsageResponded 502"});
        CHECK(agent.session.usage(1) != nullptr);
        CHECK(agent.state() == State::confirmed);
    }
}

TEMPLATE_TEST_CASE("a SUBSCRIBE that waits for an answer outlives the call",
                   "[session][subscribe][usages][rfc5057][4.1]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1001, {{"Event", "dialog"}}), 9);
    end_call(agent, GENERATE(true, false));
    agent.session.respond(agent.now, 9, 200);
    CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
}

TEMPLATE_TEST_CASE("a REFER that crosses the end of its call is refused and done",
                   "[session][refer][usages][rfc5407][3.3.3]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.refer(agent.now, carol);
    agent.receive(from_peer_with(agent, "BYE", 1002, {}), 10);
    CHECK(agent.told() == Lines{"Terminated by remote: bye"});
    CHECK_FALSE(agent.session.done());
    answered(agent, "REFER", 481);
    CHECK(agent.told() == Lines{"UsageEnded: refused 481"});
    agent.run_for(40s);
    CHECK(agent.session.done());
}

// RFC 3261 §12.3: an early dialog ends with its INVITE.
TEMPLATE_TEST_CASE("subscriptions of an early dialog end with it, or go on in the call",
                   "[session][subscribe][usages][rfc3261][12.3]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "bob1").gets(180, "bob2");
    caller.session.refer(caller.now, carol);
    MessageOptions second;
    second.fork = 2;
    caller.session.subscribe(caller.now, "dialog", 600s, second);
    caller.told();
    SECTION("one fork answers") {
        caller.gets(200, "bob2", answer);
        caller.run_for(40s);
        CHECK(caller.session.usage(1) == nullptr);
    }
    SECTION("the INVITE fails") {
        caller.gets(486, "bob2");
        CHECK(caller.told()
              == Lines{"Rejected 486", "UsageEnded: dialog_over", "UsageEnded: dialog_over",
                       "Terminated by remote: rejected 486"});
    }
    SECTION("each stays with its fork") {
        const TestType subscribe = caller.last("SUBSCRIBE").message;
        CHECK(field(subscribe, Header::to).find("bob2") != std::string::npos);
        CHECK(field(caller.last("REFER").message, Header::to).find("bob1") != std::string::npos);
        TestType notify = in_dialog(caller.session.forks().at(0).dialog, "NOTIFY", 1);
        MessageOptions options;
        options.fields = {{"Event", "dialog"}, {"Subscription-State", "active"}};
        add_to(notify, options);
        caller.receive(notify, 5);
        CHECK(caller.wire().back() == "481 NOTIFY");
        notify = in_dialog(caller.session.forks().at(1).dialog, "NOTIFY", 1);
        add_to(notify, options);
        caller.receive(notify, 5);
        CHECK(caller.wire().back() == "200 NOTIFY");
        caller.receive(MessageModel<TestType>::response(subscribe, 200, "OK", ""));
        caller.gets(200, "bob2", answer);
        caller.run_for(500s);
        CHECK(caller.session.usage(2) != nullptr);
    }
}

// RFC 3261 §12.3, at the callee
TEMPLATE_TEST_CASE("a subscription of an early dialog ends when the callee rejects the call",
                   "[session][subscribe][usages][rfc3261][12.3]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.features = with_subscriptions();
    Callee<TestType> callee(invite_of_peer<TestType>(), options);
    CHECK_THROWS_AS(callee.session.refer(callee.now, carol), NoDialog);
    callee.ring();
    const UsageId ours = callee.session.refer(callee.now, carol);
    callee.receive(from_peer_with<TestType>(callee, "SUBSCRIBE", 400, {{"Event", "dialog"}}), 9);
    callee.wire();
    callee.told();
    callee.session.reject(callee.now, 486);
    CHECK(callee.wire() == Lines{"486 INVITE", "481 SUBSCRIBE"});
    CHECK(callee.session.usage(ours) == nullptr);
}

TEMPLATE_TEST_CASE("a fork that becomes a session takes its subscriptions along",
                   "[session][subscribe][usages]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.forks = ForkPolicy::keep_all;
    options.features = with_subscriptions();
    Caller<TestType> caller(options);
    caller.gets(180, "bob1").gets(180, "bob2");
    MessageOptions second;
    second.fork = 2;
    const UsageId id = caller.session.subscribe(caller.now, "dialog", 600s, second);
    const TestType subscribe = caller.last("SUBSCRIBE").message;
    TestType refer = in_dialog(caller.session.forks().at(1).dialog, "REFER", 1);
    MessageOptions to_carol;
    to_carol.fields = {{"Refer-To", carol}};
    add_to(refer, to_carol);
    caller.receive(refer, 9);
    caller.gets(200, "bob1", answer).gets(200, "bob2", answer);
    CHECK(caller.session.usage(id) == nullptr);
    CHECK_THROWS_AS(caller.session.respond(caller.now, 9, 200), UnknownHandle);
    auto forked = caller.session.poll_fork();
    REQUIRE(forked);
    Agent<TestType> other(std::move(*forked));
    other.told();
    CHECK(other.session.usage(id) != nullptr);
    other.receive(MessageModel<TestType>::response(subscribe, 200, "OK", ""));
    CHECK(other.told() == Lines{"UsageResponded 200"});
    other.wire();
    other.session.respond(other.now, 9, 200);
    CHECK(other.wire() == Lines{"200 REFER", "NOTIFY"});
}

// So that a peer can't fill the memory.
TEMPLATE_TEST_CASE("a peer can have so many subscriptions in a call, and no more",
                   "[session][subscribe][usages]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(Role::uas);
    std::uint32_t number = 1000;
    for (std::size_t i = 0; i < Usages::most_of_peer; ++i)
        agent.receive(from_peer_with(agent, "SUBSCRIBE", ++number,
                                     {{"Event", "dialog;id=" + std::to_string(i)}}));
    CHECK(agent.wire().empty());
    agent.receive(from_peer_with(agent, "SUBSCRIBE", ++number, {{"Event", "dialog;id=x"}}));
    agent.receive(from_peer_with(agent, "REFER", ++number, {{"Refer-To", carol}}));
    CHECK(agent.wire() == Lines{"500 SUBSCRIBE", "500 REFER"});
    CHECK(field(agent.last("500 REFER").message, Header::retry_after) == "1");
}

TEST_CASE("a session without subscriptions pays a pointer and a number for them", "[usages]") {
    CHECK(sizeof(Usages) == 2 * sizeof(void*));
}

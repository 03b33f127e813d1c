#include "offhook/session/referring.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

const std::string carol = "<sip:carol@chicago.example>";

/// The peer's REFER, told as Referred.
template <class M>
Agent<M> referred(Role role, std::vector<HeaderField> more = {}) {
    auto agent = subscribing_agent<M>(role);
    more.push_back({"Refer-To", carol});
    agent.receive(from_peer_with(agent, "REFER", 1000, std::move(more)), 9);
    CHECK(agent.told() == Lines{"Referred " + carol});
    CHECK(agent.wire().empty());
    return agent;
}

template <class M>
UsageId usage_of(Agent<M>& agent) {
    return agent.template last_event<typename Session<M>::Referred>().usage;
}

template <class M>
std::string content_of(const M& message) {
    return std::string(MessageModel<M>::body(message));
}

} // namespace

// RFC 6665 §4.1.3: what matches no subscription gets 481, and Allow has said that NOTIFY is known.
TEMPLATE_TEST_CASE("a NOTIFY before any REFER gets 481 where Allow lists NOTIFY",
                   "[session][refer][rfc6665][4.1.3]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "NOTIFY", 1000,
                                 {{"Event", "refer"}, {"Subscription-State", "active"}}),
                  9);
    CHECK(agent.wire() == Lines{"481 NOTIFY"});
    CHECK(agent.told().empty());
}

// RFC 3515 §2.4.4: an agent that accepts a REFER sends a NOTIFY at once, and each has a sipfrag.
// §2.4.5, §2.4.7: the last one says noresource.
TEMPLATE_TEST_CASE("a REFER that is accepted is told by NOTIFY at once what comes of it",
                   "[session][refer][rfc3515][2.4.4][2.4.5][2.4.7]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId usage = usage_of(agent);
    agent.session.respond(agent.now, 9, 202);
    CHECK(agent.wire() == Lines{"200 REFER", "NOTIFY"});
    const auto& accepted = agent.last("200 REFER");
    CHECK(accepted.transaction == 9);
    CHECK(count(accepted.message, Header::contact) == 1);
    const TestType first = agent.last("NOTIFY").message;
    CHECK(field(first, Header::event) == "refer");
    CHECK(field(first, Header::subscription_state) == "active;expires=3600");
    CHECK(field(first, Header::content_type) == "message/sipfrag;version=2.0");
    CHECK(content_of(first) == "SIP/2.0 100 Trying\r\n");
    answered(agent, "NOTIFY", 200);

    agent.session.notify(agent.now, usage, 180);
    CHECK(content_of(agent.last("NOTIFY").message) == "SIP/2.0 180 Ringing\r\n");
    agent.session.notify(agent.now, usage, 200, "Fine");
    const TestType last = agent.last("NOTIFY").message;
    CHECK(content_of(last) == "SIP/2.0 200 Fine\r\n");
    CHECK(field(last, Header::subscription_state) == "terminated;reason=noresource");
    CHECK(agent.told() == Lines{"UsageEnded: terminated"});
    CHECK(agent.session.usage(usage) == nullptr);
    CHECK_THROWS_AS(agent.session.notify(agent.now, usage, 200), UnknownHandle);
    CHECK(agent.state() == State::confirmed);
}

// RFC 3515 §2.4.2: 400 for no Refer-To, or several.
TEMPLATE_TEST_CASE("a REFER without exactly one Refer-To in a call gets 400",
                   "[session][refer][rfc3515][2.4.2]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "REFER", 1000, {}), 9);
    agent.receive(from_peer_with(agent, "REFER", 1001, {{"Refer-To", carol}, {"Refer-To", carol}}),
                  9);
    agent.receive(from_peer_with(agent, "REFER", 1002, {{"Refer-To", "<sip:"}}), 9);
    CHECK(agent.wire() == Lines{"400 REFER", "400 REFER", "400 REFER"});
    CHECK(agent.told().empty());
}

TEMPLATE_TEST_CASE("REFER and SUBSCRIBE get 405 in a session that handles neither",
                   "[session][refer][subscribe][rfc3261][8.2.1]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas), SessionFeatures{});
    agent.receive(from_peer_with(agent, "REFER", 1000, {{"Refer-To", carol}}), 9);
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1001, {{"Event", "presence"}}), 9);
    CHECK(agent.wire() == Lines{"405 REFER", "405 SUBSCRIBE"});
    CHECK(agent.told().empty());
}

// RFC 3515 §2.4.6: the NOTIFYs of a second REFER in a dialog have its CSeq number as id.
TEMPLATE_TEST_CASE("the NOTIFYs of the second REFER in a call name it by its number",
                   "[session][refer][rfc3515][2.4.6]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "REFER", 1007, {{"Refer-To", carol}}), 10);
    const UsageId second = usage_of(agent);
    agent.session.respond(agent.now, 9, 200);
    CHECK(field(agent.last("NOTIFY").message, Header::event) == "refer");
    agent.session.respond(agent.now, 10, 200);
    CHECK(field(agent.last("NOTIFY").message, Header::event) == "refer;id=1007");
    agent.session.notify(agent.now, second, 486);
    CHECK(field(agent.last("NOTIFY").message, Header::event) == "refer;id=1007");
}

// RFC 4488 §4: Refer-Sub: false in the 2xx, and no subscription.
TEMPLATE_TEST_CASE("a REFER in a call that wants no subscription gets none",
                   "[session][refer][rfc4488][4]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas), {{"Refer-Sub", "false"}});
    agent.session.respond(agent.now, 9, 200);
    CHECK(agent.wire() == Lines{"200 REFER"});
    CHECK(field(agent.last("200 REFER").message, Header::refer_sub) == "false");
    CHECK(agent.told() == Lines{"UsageEnded: none_wanted"});
}

TEMPLATE_TEST_CASE("a REFER in a call that is refused makes no subscription",
                   "[session][refer][rfc3515][2.4.2]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId usage = usage_of(agent);
    CHECK_THROWS_AS(agent.session.notify(agent.now, usage, 180), UnknownHandle);
    agent.session.respond(agent.now, 9, 603);
    CHECK(agent.wire() == Lines{"603 REFER"});
    CHECK(agent.told() == Lines{"UsageEnded: refused 603"});
    CHECK_THROWS_AS(agent.session.respond(agent.now, 9, 200), UnknownHandle);
}

TEMPLATE_TEST_CASE("a SUBSCRIBE in a call that nobody decides on gets 480 in time",
                   "[session][subscribe][rfc6665][4.2.1.1]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1001, {{"Event", "dialog"}}), 9);
    agent.told();
    agent.run_for(10s - 1ms);
    CHECK(agent.wire().empty());
    agent.run_for(1ms);
    CHECK(agent.wire() == Lines{"480 SUBSCRIBE"});
    CHECK(agent.told() == Lines{"UsageEnded: refused 480"});
    CHECK_THROWS_AS(agent.session.respond(agent.now, 9, 200), UnknownHandle);
}

// RFC 3515 §2.4.2: 2xx before the transaction expires, and the decision by NOTIFY.
TEMPLATE_TEST_CASE("a REFER in a call that nobody decides on is accepted in time",
                   "[session][refer][rfc3515][2.4.2]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas), {{"Refer-Sub", "false"}});
    const UsageId usage = usage_of(agent);
    agent.run_for(10s - 1ms);
    CHECK(agent.wire().empty());
    agent.run_for(1ms);
    CHECK(agent.wire() == Lines{"200 REFER", "NOTIFY"});
    CHECK(agent.last("200 REFER").transaction == 9);
    CHECK(count(agent.last("200 REFER").message, Header::refer_sub) == 0);
    CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
          == "pending;expires=3600");
    CHECK(content_of(agent.last("NOTIFY").message) == "SIP/2.0 100 Trying\r\n");
    answered(agent, "NOTIFY", 200);
    agent.run_for(60s);
    CHECK(agent.wire().empty());
    CHECK(agent.told().empty());
    SECTION("and then approved") {
        agent.session.respond(agent.now, 9, 200);
        CHECK(agent.wire() == Lines{"NOTIFY"});
        CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
              == "active;expires=3540");
        agent.session.notify(agent.now, usage, 200);
    }
    SECTION("and then declined") {
        agent.session.respond(agent.now, 9, 603);
        CHECK(agent.wire() == Lines{"NOTIFY"});
        CHECK(content_of(agent.last("NOTIFY").message) == "SIP/2.0 603 Decline\r\n");
    }
    CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
          == "terminated;reason=noresource");
    CHECK(agent.told() == Lines{"UsageEnded: terminated"});
    CHECK_THROWS_AS(agent.session.respond(agent.now, 9, 200), UnknownHandle);
}

TEMPLATE_TEST_CASE("a REFER in a call is answered while its transaction lives, however short T1",
                   "[session][refer][rfc3515][2.4.2]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.features = with_subscriptions();
    options.timers.t1 = 10ms;
    options.timers.t2 = 80ms;
    Callee<TestType> callee(invite_of_peer<TestType>(), options);
    callee.answers().gets_ack();
    callee.receive(from_peer_with<TestType>(callee, "REFER", 1000, {{"Refer-To", carol}}), 9);
    callee.wire();
    callee.run_for(320ms);
    CHECK(callee.wire() == Lines{"200 REFER", "NOTIFY"});
}

// RFC 3515 §2.4.4, §2.4.5
TEMPLATE_TEST_CASE("a REFER is told of by nothing but a sipfrag with a status",
                   "[session][refer][rfc3515][2.4.4][2.4.5]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId usage = usage_of(agent);
    const MessageOptions text = with(Body{"text/plain", "SIP/2.0 180 Ringing", {}});
    const MessageOptions fields = with(Body{"message/sipfrag", "From: me", {}});
    const std::string before = agent.snapshot();
    CHECK_THROWS_AS(agent.session.respond(agent.now, 9, 200, text), BadArgument);
    CHECK(agent.snapshot() == before);
    agent.session.respond(agent.now, 9, 200);
    agent.wire();
    for (const int status : {0, 99, 700})
        CHECK_THROWS_AS(agent.session.notify(agent.now, usage, status), BadArgument);
    for (const MessageOptions& options : {text, fields}) {
        CHECK_THROWS_AS(agent.session.notify(agent.now, usage, options), BadArgument);
        CHECK_THROWS_AS(agent.session.end_subscription(agent.now, usage,
                                                       TerminationReason::noresource, options),
                        BadArgument);
    }
    CHECK_THROWS_AS(agent.session.notify(agent.now, usage, 180, "a\r\nb"), UnsafeValue);
    CHECK(agent.wire().empty());
    agent.session.notify(agent.now, usage,
                         with(Body{"message/sipfrag", "SIP/2.0 183 Here\r\nTo: <sip:x>", {}}));
    CHECK(agent.wire() == Lines{"NOTIFY"});
}

// RFC 5407 §3.3.3: a REFER that crosses our BYE gets 481; after the peer's BYE too.
TEMPLATE_TEST_CASE("a REFER that crosses a BYE gets 481", "[session][refer][rfc5407][3.3.3]",
                   Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.bye(agent.now);
    agent.receive(from_peer_with(agent, "REFER", 1000, {{"Refer-To", carol}}), 9);
    CHECK(agent.wire() == Lines{"BYE", "481 REFER"});
    answered(agent, "BYE", 200);
    agent.receive(from_peer_with(agent, "REFER", 1001, {{"Refer-To", carol}}), 9);
    CHECK(agent.wire() == Lines{"481 REFER"});
    CHECK(agent.told() == Lines{"Terminating", "Terminated by local: bye 200"});
    CHECK(agent.session.done() == (agent.session.role() == Role::uas));
}

// RFC 3261 §15.1.2: what waits for an answer gets 487.
TEMPLATE_TEST_CASE("a REFER that waits for an answer gets 487 when the call ends",
                   "[session][refer][rfc3261][15.1.2]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    SECTION("by the peer") {
        agent.receive(from_peer_with(agent, "BYE", 1001, {}), 11);
        CHECK(agent.wire() == Lines{"200 BYE", "487 REFER"});
    }
    SECTION("by us") {
        agent.session.bye(agent.now);
        CHECK(agent.wire() == Lines{"487 REFER", "BYE"});
    }
    CHECK(agent.told().front() == "UsageEnded: refused 487");
    CHECK_THROWS_AS(agent.session.respond(agent.now, 9, 200), UnknownHandle);
}

// RFC 6665 §4.2.1.1: 489 with Allow-Events, 423 with Min-Expires; RFC 3515 §2.4.4: 403.
TEMPLATE_TEST_CASE("a SUBSCRIBE in a call at fault is answered by itself",
                   "[session][subscribe][rfc6665][4.2.1.1][rfc3515][2.4.4]", Message,
                   PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    std::uint32_t number = 1000;
    const auto subscribe = [&](std::vector<HeaderField> fields) {
        agent.receive(from_peer_with(agent, "SUBSCRIBE", ++number, std::move(fields)), 9);
        return agent.wire().at(0);
    };
    CHECK(subscribe({{"Event", "weather"}}) == "489 SUBSCRIBE");
    CHECK(field(agent.last("489 SUBSCRIBE").message, Header::allow_events) == "presence, dialog");
    CHECK(subscribe({}) == "489 SUBSCRIBE");
    CHECK(subscribe({{"Event", "refer"}}) == "403 SUBSCRIBE");
    CHECK(subscribe({{"Event", "dialog"}, {"Expires", "x"}}) == "400 SUBSCRIBE");
    CHECK(subscribe({{"Event", "dialog"}, {"Expires", "59"}}) == "423 SUBSCRIBE");
    CHECK(field(agent.last("423 SUBSCRIBE").message, Header::min_expires) == "60");
    CHECK(agent.told().empty());
}

// RFC 6665 §4.2.1.2, §4.2.2: a NOTIFY at once, with the state; a refresh gets another.
TEMPLATE_TEST_CASE("a SUBSCRIBE in a call is accepted, refreshed and ended",
                   "[session][subscribe][rfc6665][4.2.1.2][4.2.2][4.2.1.4]", Message,
                   PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1000,
                                 {{"Event", "presence;id=7"},
                                  {"Expires", "600"},
                                  {"Contact", "<sip:moved@192.0.2.77>"}}),
                  9);
    CHECK(agent.told() == Lines{"Subscribed presence;id=7 for 600"});
    const UsageId usage = agent.template last_event<typename Session<TestType>::Subscribed>().usage;
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1001, {{"Event", "presence;id=7"}}), 10);
    CHECK(agent.wire() == Lines{"500 SUBSCRIBE"}); // the first one has no answer yet

    agent.session.respond(agent.now, 9, 200, with(Body{"text/plain", "here", {}}));
    CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    CHECK(field(agent.last("200 SUBSCRIBE").message, Header::expires) == "600");
    CHECK(content_of(agent.last("200 SUBSCRIBE").message).empty());
    TestType notify = agent.last("NOTIFY").message;
    CHECK(field(notify, Header::event) == "presence;id=7");
    CHECK(field(notify, Header::subscription_state) == "active;expires=600");
    CHECK(content_of(notify) == "here");
    CHECK(MessageModel<TestType>::request_uri(notify) == "sip:moved@192.0.2.77");

    answered(agent, "NOTIFY", 200);
    agent.run_for(100s);
    agent.session.notify(agent.now, usage, with(Body{"text/plain", "gone", {}}));
    notify = agent.last("NOTIFY").message;
    CHECK(field(notify, Header::subscription_state) == "active;expires=500");
    answered(agent, "NOTIFY", 200);
    agent.wire();
    const auto resubscribe = [&](std::uint32_t number, std::string expires) {
        agent.receive(from_peer_with(agent, "SUBSCRIBE", number,
                                     {{"Event", "presence;id=7"}, {"Expires", std::move(expires)}}),
                      11);
    };
    resubscribe(1002, "x");
    resubscribe(1003, "5");
    CHECK(agent.wire() == Lines{"400 SUBSCRIBE", "423 SUBSCRIBE"});
    resubscribe(1004, "300");
    CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    CHECK(field(agent.last("200 SUBSCRIBE").message, Header::expires) == "300");
    CHECK(content_of(agent.last("NOTIFY").message) == "gone");
    CHECK(agent.told() == Lines{"Resubscribed for 300"});
    answered(agent, "NOTIFY", 200);

    SECTION("by the subscriber") {
        resubscribe(1005, "0");
        CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
        CHECK(agent.told() == Lines{"Resubscribed for 0", "UsageEnded: unsubscribed"});
        CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
              == "terminated;reason=timeout");
    }
    SECTION("by its time") {
        agent.run_for(300s);
        CHECK(agent.wire() == Lines{"NOTIFY"});
        CHECK(agent.told() == Lines{"UsageEnded: expired"});
        CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
              == "terminated;reason=timeout");
    }
    SECTION("by us") {
        agent.session.end_subscription(agent.now, usage, TerminationReason::probation, {}, 90s);
        CHECK(agent.told() == Lines{"UsageEnded: terminated"});
        CHECK(field(agent.last("NOTIFY").message, Header::subscription_state)
              == "terminated;reason=probation;retry-after=90");
    }
    resubscribe(1010, "600");
    CHECK(agent.told() == Lines{"Subscribed presence;id=7 for 600"}); // a new one
}

// RFC 6665 §4.2.1.3
TEMPLATE_TEST_CASE("a SUBSCRIBE in a call can be pending until somebody decides",
                   "[session][subscribe][rfc6665][4.2.1.3][8.3.1]", Message, PlainMessage) {
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1000, {{"Event", "dialog"}}), 9);
    const UsageId usage = agent.template last_event<typename Session<TestType>::Subscribed>().usage;
    agent.session.respond(agent.now, 9, 202);
    CHECK(agent.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    const auto state = [&] {
        return field(agent.last("NOTIFY").message, Header::subscription_state);
    };
    CHECK(state() == "pending;expires=3600");
    agent.session.notify(agent.now, usage, MessageOptions{}, Notifier::State::pending);
    CHECK(state() == "pending;expires=3600");
    agent.session.notify(agent.now, usage, MessageOptions{});
    CHECK(state() == "active;expires=3600");
    CHECK_THROWS_AS(
        agent.session.notify(agent.now, usage, MessageOptions{}, Notifier::State::pending),
        BadArgument);
    CHECK_THROWS_AS(agent.session.notify(agent.now, usage, 200), UnknownHandle); // no REFER
}

// RFC 6665 §4.2.2: a NOTIFY that fails ends the subscription, where its response says so.
TEMPLATE_TEST_CASE("a NOTIFY that fails in a call ends its subscription alone",
                   "[session][refer][rfc6665][4.2.2][rfc5057][5.1]", Message, PlainMessage) {
    auto agent = referred<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.respond(agent.now, 9, 200);
    agent.told();
    SECTION("481") {
        answered(agent, "NOTIFY", 481);
        CHECK(agent.told() == Lines{"UsageEnded: notify_failed 481"});
        CHECK(agent.state() == State::confirmed);
    }
    SECTION("no response") {
        agent.run_for(64 * T1);
        CHECK(agent.told() == Lines{"UsageEnded: notify_failed 408"});
        CHECK(agent.state() == State::confirmed);
    }
    SECTION("another failure is told") {
        answered(agent, "NOTIFY", 500);
        CHECK(agent.told() == Lines{"UsageResponded 500"});
        CHECK(agent.session.usage(usage_of(agent)) != nullptr);
    }
    SECTION("404 ends the dialog with all that it holds") {
        agent.receive(from_peer_with(agent, "SUBSCRIBE", 1001, {{"Event", "dialog"}}), 10);
        agent.told();
        agent.wire();
        answered(agent, "NOTIFY", 404);
        CHECK(agent.told()
              == Lines{"UsageEnded: notify_failed 404", "UsageEnded: dialog_over", "Terminating"});
        CHECK(agent.wire() == Lines{"481 SUBSCRIBE", "BYE"});
    }
}

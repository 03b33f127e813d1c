#include "offhook/session/subscribing.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

const Body ringing{"message/sipfrag;version=2.0", "SIP/2.0 180 Ringing\r\n", {}};
const Body fine{"message/sipfrag", "SIP/2.0 200 OK\r\n", {}};

template <class M>
Agent<M> confirmed_agent(Role role) {
    return subscribing_agent<M>(role, SessionFeatures{});
}

} // namespace

// RFC 3515 §2.1, §2.4.1, §2.4.4; RFC 3892 §2.1 and RFC 4538 §3 by header fields
TEMPLATE_TEST_CASE("a REFER in a call is followed from its 2xx to the last NOTIFY",
                   "[session][refer][rfc3515][2.1][2.4.1][2.4.4]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    MessageOptions options;
    options.fields = {{"Referred-By", "<sip:alice@atlanta.example>"},
                      {"Target-Dialog", "a84b4c76e66710;local-tag=1;remote-tag=2"}};
    const UsageId usage = agent.session.refer(
        agent.now, ReferTo::write("sip:carol@chicago.example", "a@b;to-tag=1;from-tag=2"), options);
    CHECK(agent.wire() == Lines{"REFER"});
    const TestType refer = agent.last("REFER").message;
    CHECK(field(refer, Header::refer_to)
          == "<sip:carol@chicago.example?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>");
    CHECK(field(refer, Header::referred_by) == "<sip:alice@atlanta.example>");
    CHECK(field(refer, Header::target_dialog) == "a84b4c76e66710;local-tag=1;remote-tag=2");
    CHECK(count(refer, Header::refer_sub) == 0);
    CHECK(count(refer, Header::contact) == 1);
    CHECK(MessageModel<TestType>::request_uri(refer) == agent.session.dialog()->remote_target());
    answered(agent, "REFER", 202);
    CHECK(agent.told() == Lines{"UsageResponded 202"});
    agent.receive(notify_of_peer(agent, 1000, "refer", "active;expires=60", ringing), 5);
    agent.receive(notify_of_peer(agent, 1001, "refer", "terminated;reason=noresource", fine), 6);
    CHECK(agent.wire() == Lines{"200 NOTIFY", "200 NOTIFY"});
    CHECK(agent.last("200 NOTIFY").transaction == 6);
    CHECK(agent.told()
          == Lines{"Notified active;expires=60 180", "Notified terminated;reason=noresource 200",
                   "UsageEnded: notified (noresource)"});
    const auto& ended = agent.template last_event<typename Session<TestType>::UsageEnded>();
    CHECK(ended.usage == usage);
    CHECK(ended.end.anew.when == Resubscription::When::never);
    // RFC 6665 §4.1.3: no subscription has it any more.
    agent.receive(notify_of_peer(agent, 1002, "refer", "terminated", fine), 7);
    CHECK(agent.wire() == Lines{"481 NOTIFY"});
    CHECK(agent.told().empty());
    CHECK(agent.state() == State::confirmed);
}

// RFC 3515 §2.4.4: a NOTIFY can overtake the 2xx.
TEMPLATE_TEST_CASE("a NOTIFY before the 2xx of its REFER counts",
                   "[session][refer][rfc3515][2.4.4][rfc6665][4.4.1]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.refer(agent.now, "sip:carol@chicago.example");
    agent.receive(notify_of_peer(agent, 1000, "refer", "active;expires=60", ringing), 5);
    CHECK(agent.told() == Lines{"Notified active;expires=60 180"});
    answered(agent, "REFER", 200);
    CHECK(agent.told() == Lines{"UsageResponded 200"});
}

// RFC 3515 §2.4.6: an id tells NOTIFYs of several REFERs apart; only the first can do without.
TEMPLATE_TEST_CASE("NOTIFYs of several REFERs in a call are told apart by their id",
                   "[session][refer][rfc3515][2.4.6]", Message, PlainMessage) {
    using S = Session<TestType>;
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId first = agent.session.refer(agent.now, "sip:carol@chicago.example");
    const UsageId second = agent.session.refer(agent.now, "sip:dave@chicago.example");
    CHECK(first != second);
    const std::string cseq = field(agent.last("REFER").message, Header::cseq);
    const std::string number = cseq.substr(0, cseq.find(' '));
    agent.receive(notify_of_peer(agent, 1000, "refer;id=" + number, "active;expires=9", ringing));
    CHECK(agent.template last_event<typename S::Notified>().usage == second);
    agent.receive(notify_of_peer(agent, 1001, "refer", "active;expires=9", ringing));
    CHECK(agent.template last_event<typename S::Notified>().usage == first);
    const std::string before = std::to_string(std::stoul(number) - 1);
    agent.receive(notify_of_peer(agent, 1002, "refer;id=" + before, "terminated", ringing));
    CHECK(agent.template last_event<typename S::UsageEnded>().usage == first);
    agent.wire();
    agent.receive(notify_of_peer(agent, 1003, "refer", "active;expires=9", ringing));
    agent.receive(notify_of_peer(agent, 1004, "refer;id=77", "active;expires=9", ringing));
    CHECK(agent.wire() == Lines{"481 NOTIFY", "481 NOTIFY"});
    CHECK(agent.session.usage(second) != nullptr);
}

// RFC 6665 §4.1.3, §4.2.2
TEMPLATE_TEST_CASE("a NOTIFY at fault in a call is refused, and its subscription stays",
                   "[session][subscribe][rfc6665][4.1.3]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId usage = agent.session.subscribe(agent.now, "dialog", 600s);
    agent.wire();
    agent.receive(from_peer_with(agent, "NOTIFY", 1000, {{"Subscription-State", "active"}}), 5);
    CHECK(agent.wire() == Lines{"489 NOTIFY"});
    agent.receive(notify_of_peer(agent, 1001, "presence", "active"), 5);
    agent.receive(notify_of_peer(agent, 1002, "dialog;id=1", "active"), 5);
    CHECK(agent.wire() == Lines{"481 NOTIFY", "481 NOTIFY"});
    agent.receive(from_peer_with(agent, "NOTIFY", 1003, {{"Event", "dialog"}}), 5);
    CHECK(agent.wire() == Lines{"400 NOTIFY"});
    agent.receive(notify_of_peer(agent, 1003, "dialog", "active"), 5); // the same number again
    CHECK(agent.wire() == Lines{"500 NOTIFY"});
    CHECK(agent.told().empty());
    CHECK(agent.session.usage(usage) != nullptr);
}

// RFC 4488 §4
TEMPLATE_TEST_CASE("a REFER in a call can ask for no subscription", "[session][refer][rfc4488][4]",
                   Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const UsageId usage = agent.session.refer(agent.now, "sip:carol@chicago.example", {},
                                              ReferSubscription::unwanted);
    CHECK(field(agent.last("REFER").message, Header::refer_sub) == "false");
    CHECK(field(agent.last("REFER").message, Header::supported) == "norefersub");
    CHECK(count(agent.last("REFER").message, Header::require) == 0);
    SECTION("which is granted") {
        answered(agent, "REFER", 200, {{"Refer-Sub", "false"}});
        CHECK(agent.told() == Lines{"UsageResponded 200", "UsageEnded: none_wanted"});
    }
    SECTION("or not") {
        answered(agent, "REFER", 200);
        CHECK(agent.told() == Lines{"UsageResponded 200"});
        CHECK(agent.session.usage(usage) != nullptr);
    }
}

TEMPLATE_TEST_CASE("a REFER in a call that is refused leaves the call alone",
                   "[session][refer][rfc3515][2.4.2][rfc5057][5.1]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.refer(agent.now, "sip:carol@chicago.example");
    const int status = GENERATE(405, 480, 481, 501, 503, 603);
    answered(agent, "REFER", status);
    CHECK(agent.told() == Lines{"UsageEnded: refused " + std::to_string(status)});
    CHECK(agent.state() == State::confirmed);
}

// RFC 5057 §5.1: what ends a dialog ends all its usages.
TEMPLATE_TEST_CASE("a REFER that gets 404 ends the dialog with all its usages",
                   "[session][refer][rfc5057][5.1]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.subscribe(agent.now, "dialog", 600s);
    agent.session.refer(agent.now, "sip:carol@chicago.example");
    answered(agent, "REFER", GENERATE(404, 410, 604));
    CHECK(agent.told().at(1) == "UsageEnded: dialog_over");
    CHECK(agent.state() == State::terminating);
    CHECK_FALSE(agent.session.usage(1));
}

// RFC 6665 §4.1.2.4: timer N.
TEMPLATE_TEST_CASE("a subscription in a call without NOTIFY or response ends by itself",
                   "[session][subscribe][refer][rfc6665][4.1.2.4]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const bool refer = GENERATE(true, false);
    if (refer)
        agent.session.refer(agent.now, "sip:carol@chicago.example");
    else
        agent.session.subscribe(agent.now, "dialog", 600s);
    SECTION("no NOTIFY") {
        answered(agent, refer ? "REFER" : "SUBSCRIBE", 200);
        agent.told();
        agent.run_for(64 * T1 - 1ms);
        CHECK(agent.told().empty());
        agent.run_for(1ms);
        CHECK(agent.told() == Lines{"UsageEnded: unnotified"});
    }
    SECTION("no response") {
        agent.run_for(64 * T1);
        CHECK(agent.told() == Lines{"UsageEnded: unanswered 408"});
    }
    CHECK(agent.state() == State::confirmed);
}

// RFC 6665 §4.1.2.2, §4.1.2.3
TEMPLATE_TEST_CASE("a subscription in a call is refreshed by itself and ended by unsubscribe",
                   "[session][subscribe][rfc6665][4.1.2.2][4.1.2.3]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    MessageOptions options;
    options.fields = {{"Accept", "application/dialog-info+xml"}};
    const UsageId usage = agent.session.subscribe(agent.now, "dialog;id=5;x=y", 600s, options);
    CHECK(field(agent.last("SUBSCRIBE").message, Header::event) == "dialog;id=5;x=y");
    CHECK(field(agent.last("SUBSCRIBE").message, Header::expires) == "600");
    answered(agent, "SUBSCRIBE", 200, {{"Expires", "300"}, {"Contact", "<sip:new@192.0.2.50>"}});
    agent.receive(notify_of_peer(agent, 1000, "dialog;id=5", "active;expires=300"), 5);
    agent.wire();
    agent.told();
    agent.run_for(300s - 64 * T1 - 1ms);
    CHECK(agent.wire().empty());
    agent.run_for(1ms);
    CHECK(agent.wire() == Lines{"SUBSCRIBE"});
    const TestType refresh = agent.last("SUBSCRIBE").message;
    CHECK(field(refresh, Header::event) == "dialog;id=5;x=y");
    CHECK(field(refresh, Header::expires) == "600");
    CHECK(field(refresh, Header::accept) == "application/dialog-info+xml");
    CHECK(MessageModel<TestType>::request_uri(refresh) == "sip:new@192.0.2.50");
    answered(agent, "SUBSCRIBE", 200, {{"Expires", "600"}});
    agent.receive(notify_of_peer(agent, 1001, "dialog;id=5", "active;expires=600"), 5);
    agent.wire();

    agent.session.unsubscribe(agent.now, usage);
    CHECK(field(agent.last("SUBSCRIBE").message, Header::expires) == "0");
    CHECK_THROWS_AS(agent.session.unsubscribe(agent.now, usage), WrongState);
    answered(agent, "SUBSCRIBE", 200, {{"Expires", "0"}});
    agent.told();
    agent.receive(notify_of_peer(agent, 1002, "dialog;id=5", "terminated;reason=timeout"), 5);
    CHECK(agent.told()
          == Lines{"Notified terminated;reason=timeout", "UsageEnded: notified (timeout)"});
    CHECK_THROWS_AS(agent.session.unsubscribe(agent.now, usage), UnknownHandle);
}

TEMPLATE_TEST_CASE("a SUBSCRIBE in a call that was too brief is sent again with what is asked for",
                   "[session][subscribe][rfc6665][4.1.2.1]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.subscribe(agent.now, "dialog", 30s);
    answered(agent, "SUBSCRIBE", 423, {{"Min-Expires", "90"}});
    CHECK(agent.wire() == Lines{"SUBSCRIBE", "SUBSCRIBE"});
    CHECK(field(agent.last("SUBSCRIBE").message, Header::expires) == "90");
    CHECK(agent.told().empty());
}

// RFC 3261 §22.2
TEMPLATE_TEST_CASE("a REFER, SUBSCRIBE or NOTIFY in a call that is challenged goes on with "
                   "credentials",
                   "[session][refer][subscribe][rfc3261][22.2][rfc3515][2.4.6]", Message,
                   PlainMessage) {
    SessionFeatures features = with_subscriptions();
    features.on_challenge = SessionFeatures::Decision::ask;
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas), features);
    const std::string method = GENERATE("REFER", "SUBSCRIBE", "NOTIFY");
    if (method == "REFER") {
        agent.session.refer(agent.now, "sip:carol@chicago.example");
    } else if (method == "SUBSCRIBE") {
        agent.session.subscribe(agent.now, "dialog", 600s);
    } else {
        agent.receive(from_peer_with(agent, "SUBSCRIBE", 999, {{"Event", "dialog"}}), 9);
        agent.session.respond(agent.now, 9, 200);
    }
    agent.wire();
    agent.told();
    TestType before = agent.last(method).message;
    answered(agent, method, 401, {{"WWW-Authenticate", "Digest realm=\"a\", nonce=\"b\""}});
    CHECK(agent.told() == Lines{"Challenged 401"});
    const auto id = agent.template last_event<typename Session<TestType>::Challenged>().request;
    agent.session.authenticate(agent.now, id, {{"Authorization", "Digest x=\"y\""}});
    CHECK(agent.wire() == Lines{method});
    const TestType after = agent.last(method).message;
    CHECK(field(after, Header::authorization) == "Digest x=\"y\"");
    for (const Header name : {Header::event, Header::refer_to, Header::subscription_state})
        CHECK(field(after, name) == field(before, name));
    answered(agent, method, 200);
    if (method != "REFER") return;
    const std::string cseq = field(after, Header::cseq);
    agent.receive(notify_of_peer(agent, 1000, "refer;id=" + cseq.substr(0, cseq.find(' ')),
                                 "active;expires=60", ringing));
    CHECK(agent.told().back() == "Notified active;expires=60 180");
}

TEMPLATE_TEST_CASE("refer and subscribe refuse what makes no request",
                   "[session][refer][subscribe][rfc3515][2.1][rfc6665][3.1.2]", Message,
                   PlainMessage) {
    auto agent = confirmed_agent<TestType>(Role::uac);
    auto& session = agent.session;
    const std::string before = agent.snapshot();
    MessageOptions own;
    own.fields = {{"Event", "dialog"}};
    MessageOptions lost;
    lost.fork = 9;
    CHECK_THROWS_AS(session.refer(agent.now, "sip:a@b\r\nX: y"), UnsafeValue);
    CHECK_THROWS_AS(session.refer(agent.now, ""), BadArgument);
    CHECK_THROWS_AS(session.refer(agent.now, "sip:a@b", own), BadArgument);
    CHECK_THROWS_AS(session.refer(agent.now, "sip:a@b", lost), UnknownHandle);
    MessageOptions twice;
    twice.fields = {{"Referred-By", "<sip:a@b>"}, {"b", "<sip:c@d>"}};
    CHECK_THROWS_AS(session.refer(agent.now, "sip:a@b", twice), BadArgument); // RFC 3892 §2.1
    CHECK_THROWS_AS(session.subscribe(agent.now, "refer", 600s), BadArgument);
    CHECK_THROWS_AS(session.subscribe(agent.now, "a b", 600s), BadArgument);
    CHECK_THROWS_AS(session.subscribe(agent.now, "dialog", -1s), BadArgument);
    CHECK_THROWS_AS(session.subscribe(agent.now, "dialog", 600s, own), BadArgument);
    CHECK_THROWS_AS(session.subscribe(agent.now, "dialog", 600s, lost), UnknownHandle);
    CHECK_THROWS_AS(session.unsubscribe(agent.now, 1), UnknownHandle);
    CHECK_THROWS_AS(session.notify(agent.now, 1, 180), UnknownHandle);
    CHECK_THROWS_AS(session.request(agent.now, "REFER"), BadArgument);
    CHECK_THROWS_AS(session.request(agent.now, "SUBSCRIBE"), BadArgument);
    CHECK(agent.snapshot() == before);
    session.subscribe(agent.now, "dialog", 600s);
    CHECK_THROWS_AS(session.subscribe(agent.now, "dialog", 600s), RequestPending);
    CHECK_NOTHROW(session.subscribe(agent.now, "dialog;id=1", 600s));
}

// RFC 3515 §2
TEMPLATE_TEST_CASE("a REFER in a call takes the route of its dialog",
                   "[session][refer][rfc3515][2]", Message, PlainMessage) {
    TestType invite = invite_of_peer<TestType>();
    MessageModel<TestType>::add(invite, Header::record_route, "<sip:p1.example;lr>");
    Callee<TestType> callee(invite);
    callee.answers().gets_ack();
    callee.session.refer(callee.now, "sip:carol@chicago.example");
    const auto& refer = callee.last("REFER");
    CHECK(field(refer.message, Header::route) == "<sip:p1.example;lr>");
    CHECK(MessageModel<TestType>::request_uri(refer.message) == "sip:alice@192.0.2.1");
}

TEMPLATE_TEST_CASE("a NOTIFY in a call that has never subscribed gets 405, or is told",
                   "[session][subscribe][rfc3261][8.2.1]", Message, PlainMessage) {
    SessionFeatures features;
    features.methods.notify = GENERATE(true, false);
    auto agent = subscribing_agent<TestType>(GENERATE(Role::uac, Role::uas), features);
    agent.receive(notify_of_peer(agent, 1000, "message-summary", "active"), 5);
    if (!features.methods.notify) {
        CHECK(agent.wire() == Lines{"405 NOTIFY"});
        return;
    }
    CHECK(agent.told() == Lines{"Requested NOTIFY"});
    agent.session.respond(agent.now, 5, 200);
    // Besides those of the session's own subscriptions.
    agent.session.subscribe(agent.now, "dialog", 600s);
    agent.receive(notify_of_peer(agent, 1001, "message-summary", "active"), 6);
    CHECK(agent.told() == Lines{"Requested NOTIFY"});
    agent.receive(notify_of_peer(agent, 1002, "dialog", "active"), 7);
    CHECK(agent.told() == Lines{"Notified active"});
}

// RFC 5057 §4: no dialog is left that could carry it once the INVITE goes out anew.
TEMPLATE_TEST_CASE(
    "a subscription on an early dialog ends with the INVITE that is to be sent again",
    "[session][subscribe][rfc5057][4]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.features = with_subscriptions();
    options.features.on_challenge = SessionFeatures::Decision::ask;
    Caller<TestType> caller(options);
    caller.gets(180);
    const UsageId usage = caller.session.subscribe(caller.now, "dialog", 600s);
    TestType challenge = reply(caller.invite(), 401, "proxy");
    MessageModel<TestType>::add(challenge, Header::www_authenticate,
                                "Digest realm=\"r\", nonce=\"n\"");
    caller.receive(std::move(challenge));
    CHECK(caller.wire() == Lines{"SUBSCRIBE"});
    CHECK(caller.told()
          == Lines{"Ringing 180 on fork 1", "UsageEnded: dialog_over", "Challenged 401"});
    const auto& asked = caller.template last_event<typename Session<TestType>::Challenged>();
    caller.session.authenticate(caller.now, asked.request, {{"Authorization", "Digest x=\"y\""}});
    CHECK(caller.wire().back() == "INVITE");
    CHECK(caller.told().empty());
    CHECK(caller.session.usage(usage) == nullptr);
}

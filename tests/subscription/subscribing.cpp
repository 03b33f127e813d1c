#include "offhook/subscription/subscribing.hpp"

#include "../catch.hpp"
#include "../support/subscription_agent.hpp"

using namespace offhook;
using namespace test;

namespace {
using Phase = SubscriptionPhase;

SubscribeOptions for_presence(std::chrono::seconds expires) {
    SubscribeOptions options = to_presence();
    options.policy.expires = expires;
    return options;
}
SubscribeOptions keeping_all() {
    SubscribeOptions options = to_presence();
    options.forks = SubscribeOptions::Forks::keep_all;
    return options;
}
} // namespace

// RFC 6665 §3.1.1, §3.1.2, §4.1.2.1
TEMPLATE_TEST_CASE("a SUBSCRIBE asks for one event package, and for a time",
                   "[subscription][rfc6665][3.1]", PlainMessage, Message) {
    SubscribeOptions options = for_presence(600s);
    options.event = "dialog;call-id=\"a\";id=7";
    Watcher<TestType> watcher(options);
    const TestType& subscribe = watcher.first();
    CHECK(name_of_message(subscribe) == "SUBSCRIBE");
    CHECK(field(subscribe, Header::event) == "dialog;call-id=\"a\";id=7");
    CHECK(count(subscribe, Header::event) == 1);
    CHECK(count(subscribe, Header::subscription_state) == 0);
    CHECK(field(subscribe, Header::expires) == "600");
    CHECK(field(subscribe, Header::accept) == "application/pidf+xml");
    CHECK(field(subscribe, Header::contact) == "<sip:alice@192.0.2.1>");
    CHECK(field(subscribe, Header::to) == "<sip:bob@biloxi.example>");
    CHECK(field(subscribe, Header::cseq) == "1 SUBSCRIBE");
    CHECK(field(subscribe, Header::max_forwards) == "70");
    CHECK(watcher.sent().front().branch.substr(0, 7) == "z9hG4bK");
    CHECK(watcher.subscription.event() == EventKey{"dialog", "7"});
    CHECK(watcher.subscription.role() == Role::uac);
    CHECK(watcher.phase() == Phase::waiting);
    CHECK_FALSE(watcher.subscription.dialog());
}

// RFC 6665 §4.1.2.4, §4.1.3
TEMPLATE_TEST_CASE("2xx and NOTIFY make a subscription, in either order",
                   "[subscription][rfc6665][4.1.2.4]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    SECTION("2xx first") {
        watcher.accepted();
        CHECK(watcher.told() == Lines{"Accepted 200"});
        CHECK(watcher.phase() == Phase::waiting);
        watcher.notified("active;expires=600", 1, "n1", "presence", "open");
        CHECK(watcher.told() == Lines{"Notified active;expires=600 open"});
    }
    SECTION("NOTIFY first") {
        watcher.notified("active;expires=600", 1, "n1", "presence", "open");
        CHECK(watcher.told() == Lines{"Notified active;expires=600 open"});
        watcher.accepted();
        CHECK(watcher.told() == Lines{"Accepted 200"});
    }
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    CHECK(watcher.last("200 NOTIFY").transaction == 77);
    CHECK(watcher.phase() == Phase::active);
    CHECK(watcher.subscription.subscriber()->expiration() == watcher.now + 600s);
    watcher.notified("pending", 2);
    CHECK(watcher.phase() == Phase::pending);
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
}

// RFC 6665 §4.4.1: "the route set at the subscriber is taken from the NOTIFY request itself, as
// opposed to the route set present in the 200-class response"
TEMPLATE_TEST_CASE("the dialog of a subscription is the one of its NOTIFY",
                   "[subscription][rfc6665][4.4.1]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    watcher.gets(200, "SUBSCRIBE", Header::record_route, "<sip:other.example;lr>");
    watcher.notified("active;expires=600");
    REQUIRE(watcher.subscription.dialog());
    CHECK(watcher.subscription.dialog()->confirmed());
    CHECK(watcher.subscription.dialog()->id().remote_tag == "n1");
    watcher.subscription.refresh(watcher.now);
    const TestType& refresh = watcher.last("SUBSCRIBE").message;
    CHECK(field(refresh, Header::route) == "<sip:p1.example;lr>, <sip:p2.example;lr>");
    CHECK(std::string(MessageModel<TestType>::request_uri(refresh)) == "sip:notifier@192.0.2.2");
    CHECK(field(refresh, Header::to) == "<sip:bob@biloxi.example>;tag=n1");
    CHECK(field(refresh, Header::from) == field(watcher.first(), Header::from));
    CHECK(field(refresh, Header::cseq) == "2 SUBSCRIBE");
    CHECK(field(refresh, Header::contact) == "<sip:alice@192.0.2.1>");
    CHECK(watcher.last("SUBSCRIBE").next_hop == NextHop::top_route);
}

// RFC 6665 §3.2: NOTIFY is a target refresh request.
TEMPLATE_TEST_CASE("a NOTIFY from elsewhere moves the target of the dialog",
                   "[subscription][rfc6665][3.2]", PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    TestType moved = in_dialog(*watcher.subscription.dialog(), "NOTIFY", 2);
    MessageModel<TestType>::add(moved, Header::event, "presence");
    MessageModel<TestType>::add(moved, Header::subscription_state, "active");
    MessageModel<TestType>::add(moved, Header::contact, "<sip:notifier@192.0.2.99>");
    watcher.receive(std::move(moved));
    CHECK(watcher.subscription.dialog()->remote_target() == "sip:notifier@192.0.2.99");
}

TEMPLATE_TEST_CASE("a subscription without NOTIFY fails after 64 T1 and cleans up",
                   "[subscription][rfc6665][4.1.2.4]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    watcher.accepted();
    watcher.told();
    watcher.run_for(31s);
    CHECK(watcher.told().empty());
    watcher.run_for(1s);
    CHECK(watcher.told() == Lines{"Ended unnotified"});
    CHECK(watcher.done());
    // "After the expiration of Timer N, the subscriber SHOULD reject any such NOTIFY requests"
    watcher.notified("active;expires=600");
    CHECK(watcher.wire() == Lines{"481 NOTIFY"});
    CHECK(watcher.told().empty());
    CHECK_FALSE(watcher.subscription.matches(watcher.notify("active")));
}

// RFC 6665 §4.1.2.2, §4.5.2
TEMPLATE_TEST_CASE("a subscription refreshes itself in its dialog, with the same Event",
                   "[subscription][rfc6665][4.1.2.2][4.5.2]", PlainMessage, Message) {
    SubscribeOptions options = for_presence(600s);
    options.event = "presence;id=a1";
    options.body = {"application/simple-filter+xml", "<filter/>", {}};
    Watcher<TestType> watcher(options);
    watcher.accepted(200, "600").notified("active;expires=600", 1, "n1", "presence;id=a1");
    watcher.wire();
    watcher.run_for(567s);
    CHECK(watcher.wire().empty());
    watcher.run_for(1s);
    CHECK(watcher.wire() == Lines{"SUBSCRIBE"});
    const TestType refresh = watcher.last("SUBSCRIBE").message;
    CHECK(field(refresh, Header::event) == "presence;id=a1");
    CHECK(field(refresh, Header::expires) == "600");
    CHECK(field(refresh, Header::accept) == "application/pidf+xml");
    CHECK(std::string(MessageModel<TestType>::body(refresh)) == "<filter/>");
    watcher.accepted(200, "600").notified("active;expires=600", 2, "n1", "presence;id=a1");
    watcher.told();
    watcher.run_for(568s);
    CHECK(watcher.wire() == Lines{"200 NOTIFY", "SUBSCRIBE"});
    CHECK(watcher.phase() == Phase::active);
}

TEMPLATE_TEST_CASE("a refresh that no NOTIFY follows ends the subscription after 64 T1",
                   "[subscription][rfc6665][4.1.2.2]", PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.subscription.refresh(watcher.now);
    watcher.accepted();
    watcher.run_for(32s);
    CHECK(watcher.told() == Lines{"Accepted 200", "Ended unnotified"});
    CHECK(watcher.phase() == Phase::terminated);
    CHECK(watcher.done());
}

// RFC 6665 §4.1.2.2
TEMPLATE_TEST_CASE("what a refused refresh means depends on the response",
                   "[subscription][rfc6665][4.1.2.2]", PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.subscription.refresh(watcher.now);
    SECTION("481 ends the subscription") {
        watcher.gets(481, "SUBSCRIBE");
        CHECK(watcher.told() == Lines{"Ended refused 481"});
        watcher.notified("active;expires=600", 2);
        CHECK(watcher.wire() == Lines{"SUBSCRIBE", "481 NOTIFY"});
    }
    SECTION("401 does not, and credentials can be added") {
        watcher.gets(401, "SUBSCRIBE");
        CHECK(watcher.told() == Lines{"RefreshFailed 401"});
        MessageOptions options;
        options.fields = {{"Authorization", "Digest x=y"}};
        watcher.subscription.refresh(watcher.now, options);
        CHECK(field(watcher.last("SUBSCRIBE").message, Header::authorization) == "Digest x=y");
        CHECK(field(watcher.last("SUBSCRIBE").message, Header::cseq) == "3 SUBSCRIBE");
        watcher.run_for(33s);
        watcher.told();
    }
    SECTION("503 does not") {
        watcher.gets(503, "SUBSCRIBE", Header::retry_after, "100");
        CHECK(watcher.told() == Lines{"RefreshFailed 503"});
        CHECK(watcher.phase() == Phase::active);
        watcher.run_for(100s);
        CHECK(watcher.phase() == Phase::active);
    }
    SECTION("a transport error does not") {
        watcher.subscription.failed(watcher.now, watcher.last("SUBSCRIBE").transaction,
                                    Failure::transport);
        CHECK(watcher.told() == Lines{"RefreshFailed 503 by itself"});
        watcher.run_for(100s);
        CHECK(watcher.phase() == Phase::active);
    }
    SECTION("no response is no NOTIFY either") {
        watcher.run_for(32s);
        CHECK(watcher.told() == Lines{"RefreshFailed 408 by itself", "Ended unnotified"});
    }
    SECTION("423 is answered with a longer time") {
        watcher.gets(423, "SUBSCRIBE", Header::min_expires, "7200");
        CHECK(watcher.told().empty());
        CHECK(watcher.wire() == Lines{"SUBSCRIBE", "SUBSCRIBE"});
        const TestType& again = watcher.last("SUBSCRIBE").message;
        CHECK(field(again, Header::expires) == "7200");
        CHECK(field(again, Header::cseq) == "3 SUBSCRIBE");
        CHECK(field(again, Header::to) == "<sip:bob@biloxi.example>;tag=n1");
    }
}

// RFC 6665 §4.1.2.1, §4.2.1.1
TEMPLATE_TEST_CASE("a refused SUBSCRIBE makes no subscription, and a 423 another try",
                   "[subscription][rfc6665][4.1.2.1]", PlainMessage, Message) {
    Watcher<TestType> watcher(for_presence(60s));
    SECTION("refused") {
        watcher.gets(403, "SUBSCRIBE");
        CHECK(watcher.told() == Lines{"Ended refused 403"});
        CHECK(watcher.done());
        watcher.notified("active;expires=600");
        CHECK(watcher.wire() == Lines{"481 NOTIFY"});
    }
    SECTION("too brief") {
        const std::string from = field(watcher.first(), Header::from);
        watcher.run_for(20s);
        watcher.gets(423, "SUBSCRIBE", Header::min_expires, "300");
        CHECK(watcher.wire() == Lines{"SUBSCRIBE"});
        const TestType& again = watcher.last("SUBSCRIBE").message;
        CHECK(field(again, Header::expires) == "300");
        CHECK(field(again, Header::cseq) == "2 SUBSCRIBE");
        CHECK(field(again, Header::from) == from);
        CHECK(field(again, Header::call_id) == field(watcher.first(), Header::call_id));
        watcher.run_for(20s);
        watcher.accepted(200, "300").notified("active;expires=300");
        CHECK(watcher.phase() == Phase::active);
        watcher.subscription.refresh(watcher.now);
        CHECK(field(watcher.last("SUBSCRIBE").message, Header::cseq) == "3 SUBSCRIBE");
    }
    SECTION("not sent") {
        watcher.subscription.failed(watcher.now, watcher.last("SUBSCRIBE").transaction,
                                    Failure::transport);
        CHECK(watcher.told() == Lines{"Ended refused 503"});
    }
    SECTION("not answered") {
        watcher.run_for(32s);
        CHECK(watcher.told() == Lines{"Ended unanswered 408"});
        CHECK(watcher.done());
    }
}

// RFC 6665 §4.1.2.3
TEMPLATE_TEST_CASE("unsubscribing sends Expires 0 and takes the last NOTIFY",
                   "[subscription][rfc6665][4.1.2.3]", PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.subscription.unsubscribe(watcher.now);
    CHECK(watcher.wire() == Lines{"SUBSCRIBE"});
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::expires) == "0");
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::event) == "presence");
    CHECK(watcher.phase() == Phase::closing);
    watcher.accepted(200, "0");
    watcher.notified("terminated;reason=timeout", 2, "n1", "presence", "gone");
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    CHECK(watcher.told()
          == Lines{"Accepted 200", "Notified terminated;reason=timeout gone",
                   "Ended notified timeout"});
    // A NOTIFY of a fork may still come until timer N of the first SUBSCRIBE.
    CHECK_FALSE(watcher.done());
    watcher.run_for(32s);
    CHECK(watcher.done());
}

TEMPLATE_TEST_CASE("unsubscribing before there is a dialog waits for it",
                   "[subscription][rfc6665][4.1.2.3]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    watcher.subscription.unsubscribe(watcher.now);
    CHECK_FALSE(watcher.subscription.can_unsubscribe());
    watcher.accepted();
    CHECK(watcher.wire().empty());
    watcher.notified("pending;expires=3600");
    CHECK(watcher.wire() == Lines{"200 NOTIFY", "SUBSCRIBE"});
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::expires) == "0");
}

// RFC 6665 §4.4.3
TEMPLATE_TEST_CASE("a fetch sends Expires 0 and ends with its NOTIFY",
                   "[subscription][rfc6665][4.4.3]", PlainMessage, Message) {
    Watcher<TestType> watcher(for_presence(0s));
    CHECK(field(watcher.first(), Header::expires) == "0");
    watcher.accepted(200, "0");
    watcher.notified("terminated;reason=timeout", 1, "n1", "presence", "open");
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    CHECK(watcher.told()
          == Lines{"Accepted 200", "Notified terminated;reason=timeout open",
                   "Ended notified timeout"});
    CHECK_FALSE(watcher.subscription.dialog());
}

// RFC 6665 §4.1.3
TEMPLATE_TEST_CASE("a NOTIFY that belongs to no subscription is refused",
                   "[subscription][rfc6665][4.1.3][8.2.1]", PlainMessage, Message) {
    struct {
        const char* event;
        const char* response;
    } const rows[] = {{"", "489 NOTIFY"},
                      {"Presence", "489 NOTIFY"},
                      {"dialog", "489 NOTIFY"},
                      {"=", "489 NOTIFY"},
                      {"presence", "481 NOTIFY"},
                      {"presence;id=2", "481 NOTIFY"},
                      {"presence;id=A", "481 NOTIFY"},
                      {"presence;x=y;id=a", "200 NOTIFY"}};
    SubscribeOptions options = to_presence();
    options.event = "presence;id=a";
    for (const auto& row : rows) {
        INFO(row.event);
        Watcher<TestType> watcher(options);
        watcher.notified("active;expires=60", 1, "n1", row.event);
        CHECK(watcher.wire() == Lines{row.response});
        CHECK((watcher.phase() == Phase::active) == (row.response[0] == '2'));
    }
    Watcher<TestType> watcher;
    watcher.notified("active;expires=60", 1, "n1", "presence;id=2");
    CHECK(watcher.wire() == Lines{"481 NOTIFY"});
    CHECK(watcher.phase() == Phase::waiting);

    TestType stranger = subscribe_of_peer<TestType>();
    CHECK_FALSE(watcher.subscription.matches(stranger));
    watcher.receive(std::move(stranger));
    CHECK(watcher.wire() == Lines{"481 SUBSCRIBE"});
}

// RFC 6665 §4.1.3: "NOTIFY requests MUST contain "Subscription-State" header fields"
TEMPLATE_TEST_CASE("a NOTIFY that can not be understood is refused and changes nothing",
                   "[subscription][rfc6665][4.1.3]", PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.notified("", 2);
    watcher.notified(";", 3);
    TestType twice = watcher.notify("active", 4);
    MessageModel<TestType>::add(twice, Header::subscription_state, "terminated");
    watcher.receive(std::move(twice));
    CHECK(watcher.wire() == Lines{"400 NOTIFY", "400 NOTIFY", "400 NOTIFY"});
    CHECK(watcher.told().empty());
    CHECK(watcher.phase() == Phase::active);

    Watcher<TestType> waiting;
    TestType no_contact = waiting.notify("active");
    MessageModel<TestType>::add(no_contact, Header::contact, "<sip:two@192.0.2.3>");
    waiting.receive(std::move(no_contact));
    CHECK(waiting.wire() == Lines{"400 NOTIFY"});
    CHECK(waiting.phase() == Phase::waiting);
}

// RFC 3261 §12.2.2
TEMPLATE_TEST_CASE("a NOTIFY out of order is refused", "[subscription][rfc3261][12.2.2]",
                   PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.notified("active;expires=600", 5);
    watcher.notified("terminated", 5);
    watcher.notified("terminated", 4);
    CHECK(watcher.wire() == Lines{"200 NOTIFY", "500 NOTIFY", "500 NOTIFY"});
    CHECK(watcher.phase() == Phase::active);
    watcher.notified("terminated", 6);
    CHECK(watcher.phase() == Phase::terminated);
}

// RFC 6665 §4.1.4, §4.4.1, §5.4.9
TEMPLATE_TEST_CASE("a NOTIFY of another fork is refused where only the first one counts",
                   "[subscription][rfc6665][4.1.4][5.4.9]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    watcher.notified("active;expires=600", 1, "n2");
    watcher.gets(200, "SUBSCRIBE", Header::expires, "60"); // of n1
    CHECK(watcher.subscription.subscriber()->expiration() == watcher.now + 600s);
    watcher.notified("active;expires=600", 1, "n1");
    CHECK(watcher.wire() == Lines{"200 NOTIFY", "481 NOTIFY"});
    CHECK_FALSE(watcher.subscription.poll_fork());
    CHECK(watcher.subscription.dialog()->id().remote_tag == "n2");
}

TEMPLATE_TEST_CASE("a NOTIFY of another fork makes a subscription of its own",
                   "[subscription][rfc6665][4.1.2.4][4.4.1]", PlainMessage, Message) {
    Watcher<TestType> watcher(keeping_all());
    watcher.notified("active;expires=600", 1, "n1");
    watcher.run_for(10s);
    const TestType second = watcher.notify("pending;expires=100", 9, "n2");
    CHECK(watcher.subscription.matches(second));
    watcher.receive(second);
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    auto fork = watcher.subscription.poll_fork();
    REQUIRE(fork);
    SubscriptionAgent<TestType> other(std::move(*fork), watcher.now);
    CHECK(other.wire() == Lines{"200 NOTIFY"});
    CHECK(other.told() == Lines{"Notified pending;expires=100"});
    CHECK(other.subscription.matches(watcher.notify("active", 10, "n2")));
    CHECK_FALSE(other.subscription.matches(watcher.notify("active", 10, "n1")));
    CHECK_FALSE(other.subscription.matches(watcher.notify("active", 10, "n3")));
    CHECK(other.phase() == Phase::pending);
    CHECK(watcher.phase() == Phase::active);

    // Each has its own timers and its own end.
    other.run_for(68s);
    CHECK(other.wire() == Lines{"SUBSCRIBE"});
    CHECK(field(other.last("SUBSCRIBE").message, Header::cseq) == "2 SUBSCRIBE");
    CHECK(field(other.last("SUBSCRIBE").message, Header::to) == "<sip:bob@biloxi.example>;tag=n2");
    CHECK(other.last("SUBSCRIBE").branch != watcher.sent().front().branch);
    CHECK(other.last("SUBSCRIBE").transaction != watcher.sent().front().transaction);
    other.receive(watcher.notify("terminated;reason=noresource", 10, "n2"));
    CHECK(other.told()
          == Lines{"Notified terminated;reason=noresource", "Ended notified noresource"});
    CHECK(watcher.phase() == Phase::active);
    watcher.run_for(22s);
    watcher.notified("active;expires=60", 1, "n3");
    CHECK(watcher.wire() == Lines{"481 NOTIFY"});
}

TEMPLATE_TEST_CASE("forks that answer after the first subscription is over still count",
                   "[subscription][rfc6665][4.4.1]", PlainMessage, Message) {
    SubscribeOptions options = keeping_all();
    options.most_forks = 1;
    Watcher<TestType> watcher(options);
    watcher.notified("terminated;reason=rejected", 1, "n1");
    CHECK(watcher.told()
          == Lines{"Notified terminated;reason=rejected", "Ended notified rejected"});
    watcher.notified("active;expires=60", 1, "n2");
    watcher.notified("active;expires=60", 1, "n3");
    CHECK(watcher.wire() == Lines{"200 NOTIFY", "481 NOTIFY"});
    CHECK(watcher.subscription.poll_fork());
    CHECK_FALSE(watcher.done());
    watcher.run_for(32s);
    CHECK(watcher.done());
}

// RFC 3515 §2.4.1, §2.4.4, §2.4.6
TEMPLATE_TEST_CASE("a REFER subscribes to what becomes of it",
                   "[subscription][rfc3515][2.4.1][2.4.4]", PlainMessage, Message) {
    Watcher<TestType> watcher(to_refer());
    const TestType& refer = watcher.first();
    CHECK(name_of_message(refer) == "REFER");
    CHECK(field(refer, Header::refer_to) == "<sip:carol@chicago.example>");
    CHECK(count(refer, Header::refer_to) == 1);
    CHECK(count(refer, Header::contact) == 1);
    CHECK(count(refer, Header::event) == 0);
    CHECK(count(refer, Header::expires) == 0);
    CHECK(count(refer, Header::refer_sub) == 0);
    CHECK(field(refer, Header::cseq) == "1 REFER");
    SECTION("and takes the NOTIFY before the 2xx") {
        watcher.notified("active;expires=60", 1, "n1", "refer");
        watcher.gets(202, "REFER");
    }
    SECTION("or after it") {
        watcher.gets(202, "REFER");
        watcher.notified("active;expires=60", 1, "n1", "refer");
    }
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    CHECK(watcher.phase() == Phase::active);
    CHECK(watcher.subscription.subscriber()->expiration() == watcher.now + 60s);
    watcher.told();
    watcher.run_for(50s);
    CHECK(watcher.wire().empty());
    watcher.notified("terminated;reason=noresource", 2, "n1", "refer", "SIP/2.0 200 OK\r\n");
    CHECK(watcher.told()
          == Lines{"Notified terminated;reason=noresource SIP/2.0 200 OK\r\n",
                   "Ended notified noresource"});
}

TEMPLATE_TEST_CASE("an id that the NOTIFY of a REFER has is in each SUBSCRIBE",
                   "[subscription][rfc3515][2.4.6]", PlainMessage, Message) {
    Watcher<TestType> watcher(to_refer());
    watcher.gets(200, "REFER");
    watcher.notified("active;expires=60", 1, "n1", "refer;id=2");
    CHECK(watcher.wire() == Lines{"481 NOTIFY"});
    watcher.notified("active;expires=60", 2, "n1", "refer;id=1");
    CHECK(watcher.wire() == Lines{"200 NOTIFY"});
    watcher.subscription.unsubscribe(watcher.now);
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::event) == "refer;id=1");
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::expires) == "0");
}

// RFC 4488 §4
TEMPLATE_TEST_CASE("a REFER can do without a subscription if the peer agrees",
                   "[subscription][rfc4488][4]", PlainMessage, Message) {
    SubscribeOptions options = to_refer();
    options.refer_subscription = false;
    Watcher<TestType> watcher(options);
    CHECK(field(watcher.first(), Header::refer_sub) == "false");
    CHECK(field(watcher.first(), Header::supported) == "norefersub");
    CHECK(count(watcher.first(), Header::require) == 0);
    SECTION("which it does") {
        watcher.gets(200, "REFER", Header::refer_sub, "false ; x=y");
        CHECK(watcher.told() == Lines{"Accepted 200", "Ended none_wanted"});
        CHECK(watcher.done());
    }
    SECTION("or says it does not") {
        watcher.gets(200, "REFER", Header::refer_sub, "true");
        CHECK(watcher.phase() == Phase::waiting);
    }
    SECTION("or does not say") {
        watcher.gets(202, "REFER");
        watcher.notified("active;expires=60", 1, "n1", "refer");
        CHECK(watcher.told() == Lines{"Accepted 202", "Notified active;expires=60"});
    }
}

TEMPLATE_TEST_CASE("a REFER that was not asked to do without keeps its subscription",
                   "[subscription][rfc4488][4]", PlainMessage, Message) {
    Watcher<TestType> watcher(to_refer());
    watcher.gets(200, "REFER", Header::refer_sub, "false");
    CHECK(watcher.phase() == Phase::waiting);
}

// RFC 6665 §8.3.1: "MUST treat an incoming 202 response as identical to a 200 response"
TEMPLATE_TEST_CASE("a 202 to SUBSCRIBE is a 200", "[subscription][rfc6665][8.3.1]", PlainMessage,
                   Message) {
    Watcher<TestType> by_200(for_presence(600s));
    Watcher<TestType> by_202(for_presence(600s));
    by_200.accepted(200, "100").notified("active");
    by_202.accepted(202, "100").notified("active");
    CHECK(*by_200.subscription.subscriber() == *by_202.subscription.subscriber());
    CHECK(by_202.told() == Lines{"Accepted 202", "Notified active"});
}

// RFC 6665 §4.1.2.2: the 204 of RFC 5839
TEMPLATE_TEST_CASE("a 204 to a refresh needs no NOTIFY", "[subscription][rfc6665][4.1.2.2]",
                   PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.subscription.refresh(watcher.now);
    watcher.accepted(204, "3600");
    watcher.run_for(100s);
    CHECK(watcher.phase() == Phase::active);
}

// RFC 6665 §4.6
TEMPLATE_TEST_CASE("a CANCEL is answered and changes nothing", "[subscription][rfc6665][4.6]",
                   PlainMessage, Message) {
    Watcher<TestType> watcher = active_watcher<TestType>();
    watcher.receive(in_dialog(*watcher.subscription.dialog(), "CANCEL", 1));
    CHECK(watcher.wire() == Lines{"200 CANCEL"});
    CHECK(watcher.phase() == Phase::active);
    CHECK(watcher.told().empty());

    Watched<TestType> watched;
    watched.receive(in_dialog(*watched.subscription.dialog(), "CANCEL", 7));
    CHECK(watched.wire() == Lines{"200 CANCEL"});
    CHECK(watched.subscription.can_accept());
}

TEMPLATE_TEST_CASE("a refused operation of a subscriber changes nothing",
                   "[subscription][rfc6665][4.1.2.2]", PlainMessage, Message) {
    Watcher<TestType> watcher;
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now), WrongState);
    watcher.accepted().notified("active;expires=3600");
    watcher.wire();
    const Subscriber before = *watcher.subscription.subscriber();
    CHECK_THROWS_AS(watcher.subscription.accept(watcher.now), WrongRole);
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now, {}, 0s), BadArgument);
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now, {}, std::chrono::seconds(1LL << 32)),
                    BadArgument);
    MessageOptions options;
    options.fields = {{"Event", "x"}};
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now, options), BadArgument);
    options.fields = {{"X", "a\nb"}};
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now, options), UnsafeValue);
    CHECK(*watcher.subscription.subscriber() == before);
    CHECK(watcher.wire().empty());
    watcher.subscription.refresh(watcher.now, {}, 60s);
    CHECK(field(watcher.last("SUBSCRIBE").message, Header::expires) == "60");
    CHECK_THROWS_AS(watcher.subscription.refresh(watcher.now), WrongState);
    CHECK_FALSE(watcher.subscription.can_refresh());
    watcher.subscription.unsubscribe(watcher.now);
    CHECK_THROWS_AS(watcher.subscription.unsubscribe(watcher.now), WrongState);
}

TEMPLATE_TEST_CASE("stray messages do not disturb a subscriber", "[subscription][rfc6665][4.1.3]",
                   PlainMessage, Message) {
    Watcher<TestType> watcher;
    watcher.gets(100, "SUBSCRIBE");
    TestType foreign = reply(subscribe_of_peer<TestType>(), 200);
    watcher.receive(std::move(foreign));
    CHECK(watcher.told().empty());
    watcher.accepted().accepted();
    CHECK(watcher.told() == Lines{"Accepted 200"});
    watcher.notified("active;expires=600");
    watcher.told();
    watcher.wire();
    watcher.receive(in_dialog(*watcher.subscription.dialog(), "OPTIONS", 2));
    watcher.receive(in_dialog(*watcher.subscription.dialog(), "SUBSCRIBE", 3));
    watcher.receive(in_dialog(*watcher.subscription.dialog(), "MESSAGE", 3));
    watcher.receive(in_dialog(*watcher.subscription.dialog(), "ACK", 4));
    CHECK(watcher.wire() == Lines{"200 OPTIONS", "405 SUBSCRIBE", "500 MESSAGE"});
    CHECK(field(watcher.last("405 SUBSCRIBE").message, Header::allow) == "NOTIFY, OPTIONS");
    watcher.subscription.failed(watcher.now, 999, Failure::timeout);
    watcher.subscription.handle_timeout(watcher.now);
    CHECK(watcher.told().empty());
}

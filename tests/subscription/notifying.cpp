#include "offhook/subscription/notifying.hpp"

#include "../catch.hpp"
#include "../support/subscription_agent.hpp"

using namespace offhook;
using namespace test;

namespace {
using Phase = SubscriptionPhase;

template <class M>
M with_field(M message, Header name, std::string_view value) {
    MessageModel<M>::add(message, name, value);
    return message;
}
} // namespace

// RFC 6665 §3.1.1, §4.2.1.2, §4.2.2
TEMPLATE_TEST_CASE("a SUBSCRIBE that is accepted gets a 200 and a NOTIFY at once",
                   "[subscription][rfc6665][4.2.1.2][4.2.2]", PlainMessage, Message) {
    Watched<TestType> watched(subscribe_of_peer<TestType>("presence;id=x;a=b"));
    CHECK(watched.phase() == Phase::waiting);
    CHECK(watched.subscription.role() == Role::uas);
    CHECK(watched.wire().empty());
    REQUIRE(watched.subscription.request());
    watched.subscription.accept(watched.now, with({"text/plain", "open", {}}));
    CHECK_FALSE(watched.subscription.request());
    CHECK(watched.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    CHECK(watched.phase() == Phase::active);
    CHECK(watched.subscription.dialog()->confirmed());

    const TestType& ok = watched.last("200 SUBSCRIBE").message;
    CHECK(watched.last("200 SUBSCRIBE").transaction == 42);
    CHECK(field(ok, Header::expires) == "600");
    CHECK(field(ok, Header::contact) == "<sip:bob@192.0.2.2>");
    CHECK(field(ok, Header::record_route) == "<sip:p1.example;lr>");
    CHECK(count(ok, Header::event) == 0);
    CHECK(count(ok, Header::subscription_state) == 0);

    const TestType& notify = watched.last("NOTIFY").message;
    CHECK(field(notify, Header::event) == "presence;id=x");
    CHECK(field(notify, Header::subscription_state) == "active;expires=600");
    CHECK(field(notify, Header::contact) == "<sip:bob@192.0.2.2>");
    CHECK(field(notify, Header::route) == "<sip:p1.example;lr>");
    CHECK(std::string(MessageModel<TestType>::request_uri(notify)) == "sip:alice@192.0.2.1");
    CHECK(field(notify, Header::from) == field(ok, Header::to));
    CHECK(field(notify, Header::to) == "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    CHECK(std::string(MessageModel<TestType>::body(notify)) == "open");
    CHECK(field(notify, Header::content_type) == "text/plain");
    CHECK(watched.last("NOTIFY").branch.substr(0, 7) == "z9hG4bK");
}

// RFC 6665 §4.2.1.3
TEMPLATE_TEST_CASE("who has to be asked first gets a NOTIFY that says pending",
                   "[subscription][rfc6665][4.2.1.3]", PlainMessage, Message) {
    Watched<TestType> watched;
    watched.subscription.accept(watched.now, {}, Notifier::State::pending);
    CHECK(watched.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    CHECK(watched.last_state() == "pending;expires=600");
    watched.gets(200, "NOTIFY");
    watched.run_for(60s);
    watched.subscription.notify(watched.now, {}, Notifier::State::pending);
    CHECK(watched.last_state() == "pending;expires=540");
    SECTION("and then is granted it") {
        watched.subscription.notify(watched.now, with({"text/plain", "open", {}}));
        CHECK(watched.last_state() == "active;expires=540");
        CHECK_THROWS_AS(watched.subscription.notify(watched.now, {}, Notifier::State::pending),
                        BadArgument);
    }
    SECTION("or refused") {
        watched.subscription.terminate(watched.now, TerminationReason::rejected);
        CHECK(watched.last_state() == "terminated;reason=rejected");
        CHECK(watched.told() == Lines{"Ended terminated"});
    }
}

// RFC 6665 §4.2.1.1, §4.2.3; RFC 3515 §2.4.2, §2.4.4
TEMPLATE_TEST_CASE("a request that can not be taken up is answered with what is wrong",
                   "[subscription][rfc6665][4.2.1.1][4.2.3]", PlainMessage, Message) {
    using M = TestType;
    NotifierOptions options = at_notifier();
    options.events = {"presence", "dialog"};
    const auto refused = [&](M request, const char* response) {
        Watched<M> watched(std::move(request), options);
        CHECK(watched.wire() == Lines{response});
        CHECK(watched.phase() == Phase::terminated);
        CHECK(watched.told() == Lines{"Ended refused " + std::string(response).substr(0, 3)});
        CHECK(watched.sent().front().transaction == 42);
        CHECK(watched.done());
        return watched.sent().front().message;
    };
    CHECK(field(refused(subscribe_of_peer<M>("x"), "489 SUBSCRIBE"), Header::allow_events)
          == "presence, dialog");
    refused(subscribe_of_peer<M>(""), "489 SUBSCRIBE");
    refused(subscribe_of_peer<M>("="), "489 SUBSCRIBE");
    refused(with_field(subscribe_of_peer<M>(), Header::event, "dialog"), "489 SUBSCRIBE");
    refused(subscribe_of_peer<M>("refer"), "403 SUBSCRIBE");
    refused(subscribe_of_peer<M>("presence", "soon"), "400 SUBSCRIBE");
    CHECK(
        field(refused(subscribe_of_peer<M>("presence", "59"), "423 SUBSCRIBE"), Header::min_expires)
        == "60");
    refused(with_field(subscribe_of_peer<M>(), Header::contact, "<sip:b@192.0.2.8>"),
            "400 SUBSCRIBE");
    refused(subscribe_of_peer<M>("presence", "600", "="), "400 REFER");
    refused(with_field(refer_of_peer<M>(), Header::refer_to, "<sip:x@y.example>"), "400 REFER");

    M in_lost_dialog = MessageModel<M>::request("SUBSCRIBE", "sip:bob@biloxi.example");
    for (const Header name :
         {Header::from, Header::call_id, Header::cseq, Header::contact, Header::event})
        MessageModel<M>::add(in_lost_dialog, name, field(subscribe_of_peer<M>(), name));
    MessageModel<M>::add(in_lost_dialog, Header::to, "<sip:bob@biloxi.example>;tag=old");
    refused(in_lost_dialog, "481 SUBSCRIBE");

    M other = MessageModel<M>::request("PUBLISH", "sip:bob@biloxi.example");
    for (const Header name :
         {Header::from, Header::to, Header::call_id, Header::contact, Header::event})
        MessageModel<M>::add(other, name, field(subscribe_of_peer<M>(), name));
    MessageModel<M>::add(other, Header::cseq, "1 PUBLISH");
    CHECK(field(refused(other, "405 PUBLISH"), Header::allow) == "SUBSCRIBE, REFER");

    options.events.clear();
    Watched<M> any(subscribe_of_peer<M>("x"), options);
    CHECK(any.phase() == Phase::waiting);
    refused(subscribe_of_peer<M>(""), "489 SUBSCRIBE");
}

TEMPLATE_TEST_CASE("a SUBSCRIBE can be refused, and is where nobody decides",
                   "[subscription][rfc6665][4.2.1.1][4.2.1.3]", PlainMessage, Message) {
    Watched<TestType> watched;
    SECTION("by the application") {
        CHECK_THROWS_AS(watched.subscription.reject(watched.now, 200), BadArgument);
        CHECK_THROWS_AS(watched.subscription.reject(watched.now, 700), BadArgument);
        watched.subscription.reject(watched.now, 403);
        CHECK(watched.wire() == Lines{"403 SUBSCRIBE"});
        CHECK(watched.told() == Lines{"Ended refused 403"});
        CHECK_THROWS_AS(watched.subscription.accept(watched.now), AlreadyAnswered);
    }
    SECTION("by itself") {
        watched.subscribed("100");
        CHECK(watched.wire() == Lines{"500 SUBSCRIBE"});
        watched.run_for(10s);
        CHECK(watched.wire() == Lines{"480 SUBSCRIBE"});
        CHECK(watched.told() == Lines{"Ended refused 480"});
    }
    CHECK(watched.done());
}

// RFC 6665 §4.2.1.4
TEMPLATE_TEST_CASE("a refresh is answered with the time that it gets, and a NOTIFY",
                   "[subscription][rfc6665][4.2.1.4]", PlainMessage, Message) {
    Watched<TestType> watched = active_watched<TestType>();
    watched.run_for(100s);
    watched.subscribed("90000");
    CHECK(watched.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    CHECK(watched.told() == Lines{"Refreshed 86400"});
    CHECK(field(watched.last("200 SUBSCRIBE").message, Header::expires) == "86400");
    CHECK(watched.last("200 SUBSCRIBE").transaction == 43);
    CHECK(watched.last_state() == "active;expires=86400");
    // The state that was told last, to where the Contact now is.
    const TestType& notify = watched.last("NOTIFY").message;
    CHECK(std::string(MessageModel<TestType>::body(notify)) == "open");
    CHECK(std::string(MessageModel<TestType>::request_uri(notify)) == "sip:alice@192.0.2.77");
    CHECK(field(notify, Header::cseq) == "2 NOTIFY");

    watched.subscribed("5", 9);
    CHECK(field(watched.last("423 SUBSCRIBE").message, Header::min_expires) == "60");
    watched.subscribed("x", 10);
    watched.subscribed("600", 10);
    watched.subscribed("600", 11, "");
    watched.subscribed("600", 12, "presence;id=2");
    CHECK(watched.wire()
          == Lines{"423 SUBSCRIBE", "400 SUBSCRIBE", "500 SUBSCRIBE", "489 SUBSCRIBE",
                   "403 SUBSCRIBE"});
    CHECK(watched.subscription.notifier()->granted() == 86400s);
    watched.subscribed("", 13);
    CHECK(field(watched.last("200 SUBSCRIBE").message, Header::expires) == "3600");
}

// RFC 6665 §4.5.2: "The error text of such 403 responses SHOULD indicate that dialog sharing is not
// supported."
TEST_CASE("a SUBSCRIBE for another subscription in the same dialog is told that sharing is not "
          "supported",
          "[subscription][rfc6665][4.5.2]") {
    Watched<PlainMessage> watched = active_watched<PlainMessage>();
    std::uint32_t number = 8;
    for (const char* event : {"dialog", "presence;id=1", "refer"}) {
        watched.subscribed("600", number++, event);
        CHECK(watched.wire() == Lines{"403 SUBSCRIBE"});
        CHECK(watched.last("403 SUBSCRIBE").message.reason == "Dialog Sharing Not Supported");
    }
    CHECK(watched.phase() == Phase::active);
}

TEMPLATE_TEST_CASE("a SUBSCRIBE with Expires 0 gets the last NOTIFY",
                   "[subscription][rfc6665][4.2.1.4][4.4.3]", PlainMessage, Message) {
    SECTION("as the end of a subscription") {
        Watched<TestType> watched = active_watched<TestType>();
        watched.subscribed("0");
        CHECK(watched.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
        CHECK(field(watched.last("200 SUBSCRIBE").message, Header::expires) == "0");
        CHECK(watched.last_state() == "terminated;reason=timeout");
        CHECK(watched.told() == Lines{"Refreshed 0", "Ended unsubscribed"});
        CHECK_FALSE(watched.done());
        watched.subscribed("600", 9);
        CHECK(watched.wire() == Lines{"481 SUBSCRIBE"});
        watched.gets(200, "NOTIFY");
        CHECK(watched.done());
    }
    SECTION("as a fetch") {
        Watched<TestType> watched(subscribe_of_peer<TestType>("presence", "0"));
        watched.subscription.accept(watched.now, with({"text/plain", "open", {}}));
        CHECK(watched.wire() == Lines{"200 SUBSCRIBE", "NOTIFY"});
        CHECK(watched.last_state() == "terminated;reason=timeout");
        CHECK(std::string(MessageModel<TestType>::body(watched.last("NOTIFY").message)) == "open");
        CHECK(watched.told() == Lines{"Ended unsubscribed"});
        watched.run_for(32s);
        CHECK(watched.done());
    }
}

TEMPLATE_TEST_CASE("a subscription that nobody refreshes ends with a NOTIFY",
                   "[subscription][rfc6665][4.2.1.4]", PlainMessage, Message) {
    Watched<TestType> watched = active_watched<TestType>();
    watched.run_for(599s);
    CHECK(watched.wire().empty());
    watched.run_for(1s);
    CHECK(watched.wire() == Lines{"NOTIFY"});
    CHECK(watched.last_state() == "terminated;reason=timeout");
    CHECK(watched.told() == Lines{"Ended expired"});
    CHECK_THROWS_AS(watched.subscription.notify(watched.now), WrongState);
    watched.run_for(32s);
    CHECK(watched.done());
    CHECK(watched.told().empty());
}

// RFC 6665 §4.2.2
TEMPLATE_TEST_CASE("what a failed NOTIFY means depends on the failure",
                   "[subscription][rfc6665][4.2.2]", PlainMessage, Message) {
    Watched<TestType> watched = active_watched<TestType>();
    watched.subscription.notify(watched.now);
    CHECK(watched.wire() == Lines{"NOTIFY"});
    SECTION("a response of the list ends the subscription") {
        watched.gets(481, "NOTIFY");
        CHECK(watched.told() == Lines{"Ended notify_failed 481"});
    }
    SECTION("timer F does so") {
        watched.subscription.failed(watched.now, watched.last("NOTIFY").transaction,
                                    Failure::timeout);
        CHECK(watched.told() == Lines{"Ended notify_failed 408"});
    }
    SECTION("and so does silence") {
        watched.run_for(32s);
        CHECK(watched.told() == Lines{"Ended notify_failed 408"});
    }
    SECTION("another response does not") {
        watched.gets(500, "NOTIFY");
        CHECK(watched.told() == Lines{"NotifyFailed 500"});
        CHECK(watched.phase() == Phase::active);
        return;
    }
    SECTION("and not a transport error") {
        watched.subscription.failed(watched.now, watched.last("NOTIFY").transaction,
                                    Failure::transport);
        CHECK(watched.told() == Lines{"NotifyFailed 503 by itself"});
        CHECK(watched.phase() == Phase::active);
        return;
    }
    // No NOTIFY tells of an end that a NOTIFY has caused.
    CHECK(watched.wire().empty());
    CHECK(watched.done());
}

TEMPLATE_TEST_CASE("a notifier ends a subscription with the reason that it has",
                   "[subscription][rfc6665][4.2.2][4.4.2]", PlainMessage, Message) {
    Watched<TestType> watched = active_watched<TestType>();
    watched.subscription.terminate(watched.now, TerminationReason::probation,
                                   with({"text/plain", "bye", {}}), 30s);
    CHECK(watched.wire() == Lines{"NOTIFY"});
    CHECK(watched.last_state() == "terminated;reason=probation;retry-after=30");
    CHECK(std::string(MessageModel<TestType>::body(watched.last("NOTIFY").message)) == "bye");
    CHECK(watched.told() == Lines{"Ended terminated"});
    watched.gets(481, "NOTIFY");
    CHECK(watched.told().empty());
    CHECK(watched.done());
}

// RFC 3515 §2.4.4, §2.4.5, §2.4.7; RFC 7647 §5
TEMPLATE_TEST_CASE("a REFER that is accepted gets NOTIFYs of what becomes of it",
                   "[subscription][rfc3515][2.4.4][2.4.5][2.4.7]", PlainMessage, Message) {
    Watched<TestType> watched(refer_of_peer<TestType>());
    CHECK(watched.phase() == Phase::waiting);
    watched.subscription.accept(watched.now);
    CHECK(watched.wire() == Lines{"200 REFER", "NOTIFY"});
    CHECK(count(watched.last("200 REFER").message, Header::expires) == 0);
    CHECK(count(watched.last("200 REFER").message, Header::refer_sub) == 0);
    CHECK(field(watched.last("200 REFER").message, Header::contact) == "<sip:bob@192.0.2.2>");
    const TestType trying = watched.last("NOTIFY").message;
    CHECK(field(trying, Header::event) == "refer");
    CHECK(field(trying, Header::subscription_state) == "active;expires=3600");
    CHECK(field(trying, Header::content_type) == "message/sipfrag;version=2.0");
    CHECK(std::string(MessageModel<TestType>::body(trying)) == "SIP/2.0 100 Trying\r\n");

    watched.subscription.notify(watched.now, with(sipfrag(180)));
    watched.subscribed("600", 8, "refer");
    CHECK(watched.wire() == Lines{"NOTIFY", "200 SUBSCRIBE", "NOTIFY"});
    CHECK(std::string(MessageModel<TestType>::body(watched.last("NOTIFY").message))
          == "SIP/2.0 180 Ringing\r\n");
    watched.subscription.terminate(watched.now, TerminationReason::noresource, with(sipfrag(200)));
    CHECK(watched.last_state() == "terminated;reason=noresource");
    CHECK(std::string(MessageModel<TestType>::body(watched.last("NOTIFY").message))
          == "SIP/2.0 200 OK\r\n");
}

// RFC 4488 §4
TEMPLATE_TEST_CASE("a REFER that wants no subscription gets none", "[subscription][rfc4488][4]",
                   PlainMessage, Message) {
    const TestType refer = with_field(refer_of_peer<TestType>(), Header::refer_sub, "false");
    Watched<TestType> watched(refer);
    watched.subscription.accept(watched.now);
    CHECK(watched.wire() == Lines{"200 REFER"});
    CHECK(field(watched.last("200 REFER").message, Header::refer_sub) == "false");
    CHECK(watched.told() == Lines{"Ended none_wanted"});
    CHECK(watched.done());

    NotifierOptions options = at_notifier();
    options.without_subscription = false;
    Watched<TestType> other(refer, options);
    other.subscription.accept(other.now);
    CHECK(other.wire() == Lines{"200 REFER", "NOTIFY"});
    CHECK(count(other.last("200 REFER").message, Header::refer_sub) == 0);

    Watched<TestType> wants(with_field(refer_of_peer<TestType>(), Header::refer_sub, "true"));
    wants.subscription.accept(wants.now);
    CHECK(wants.wire() == Lines{"200 REFER", "NOTIFY"});
}

TEMPLATE_TEST_CASE("a refused operation of a notifier changes nothing",
                   "[subscription][rfc6665][4.2.2]", PlainMessage, Message) {
    Watched<TestType> watched;
    CHECK_THROWS_AS(watched.subscription.notify(watched.now), WrongState);
    CHECK_THROWS_AS(watched.subscription.terminate(watched.now, TerminationReason::giveup),
                    WrongState);
    CHECK_THROWS_AS(watched.subscription.unsubscribe(watched.now), WrongRole);
    CHECK_THROWS_AS(watched.subscription.accept(watched.now, {}, Notifier::State::terminated),
                    BadArgument);
    MessageOptions options;
    options.fields = {{"Subscription-State", "active"}};
    CHECK_THROWS_AS(watched.subscription.accept(watched.now, options), BadArgument);
    CHECK(watched.wire().empty());
    CHECK(watched.subscription.can_accept());
    watched.subscription.accept(watched.now);
    watched.wire();
    const Notifier before = *watched.subscription.notifier();
    CHECK_THROWS_AS(watched.subscription.notify(watched.now, options), BadArgument);
    CHECK_THROWS_AS(watched.subscription.terminate(watched.now, TerminationReason::giveup, options),
                    BadArgument);
    CHECK_THROWS_AS(watched.subscription.terminate(watched.now, TerminationReason::giveup, {}, -1s),
                    BadArgument);
    CHECK_THROWS_AS(watched.subscription.notify(watched.now, {}, Notifier::State::terminated),
                    BadArgument);
    options.fields = {{"X", "a\r\nb"}};
    CHECK_THROWS_AS(watched.subscription.notify(watched.now, options), UnsafeValue);
    CHECK_THROWS_AS(watched.subscription.terminate(watched.now, TerminationReason::giveup, options),
                    UnsafeValue);
    CHECK(*watched.subscription.notifier() == before);
    CHECK(watched.wire().empty());
}

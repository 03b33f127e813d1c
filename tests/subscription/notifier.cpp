#include "offhook/subscription/notifier.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {
using State = Notifier::State;
using End = EndOfSubscription;
constexpr TimePoint t0{};

Notifier asked_for(std::optional<std::chrono::seconds> expires, NotifierPolicy policy = {}) {
    return Notifier(t0, policy, expires);
}
Notifier active(std::chrono::seconds expires = 600s) {
    Notifier notifier = asked_for(expires);
    REQUIRE(notifier.accept(t0));
    return notifier;
}
} // namespace

// RFC 6665 §3.1.1, §4.2.1.1: "the server MAY shorten the interval but MUST NOT lengthen it"
TEST_CASE("a notifier grants what was asked for or less",
          "[subscription][rfc6665][3.1.1][4.2.1.1]") {
    const NotifierPolicy policy{.minimum = 60s, .maximum = 7200s, .without = 1800s};
    CHECK(policy.granted(600s) == 600s);
    CHECK(policy.granted(7200s) == 7200s);
    CHECK(policy.granted(7201s) == 7200s);
    CHECK(policy.granted(1s) == 1s);
    CHECK(policy.granted(0s) == 0s);
    CHECK(policy.granted(std::nullopt) == 1800s);
    CHECK(asked_for(9000s, policy).granted() == 7200s);
}

// RFC 6665 §4.2.1.1: "greater than zero AND smaller than one hour AND less than a
// notifier-configured minimum"
TEST_CASE("a notifier finds a duration too brief only where it may",
          "[subscription][rfc6665][4.2.1.1][4.2.1.4]") {
    NotifierPolicy policy{.minimum = 60s};
    CHECK(policy.too_brief(59s) == 60s);
    CHECK(policy.too_brief(1s) == 60s);
    CHECK_FALSE(policy.too_brief(60s));
    CHECK_FALSE(policy.too_brief(0s));
    CHECK_FALSE(policy.too_brief(std::nullopt));
    policy.minimum = 7200s;
    CHECK(policy.too_brief(3599s) == 3600s);
    CHECK_FALSE(policy.too_brief(3600s));
}

TEST_CASE("a notifier's policy has to make sense", "[subscription]") {
    CHECK(NotifierPolicy{}.valid());
    CHECK_FALSE(NotifierPolicy{.minimum = -1s}.valid());
    CHECK_FALSE(NotifierPolicy{.maximum = 0s}.valid());
    CHECK_FALSE(NotifierPolicy{.maximum = std::chrono::seconds(1LL << 32)}.valid());
    CHECK_FALSE(NotifierPolicy{.without = 0s}.valid());
    CHECK_FALSE(NotifierPolicy{.maximum = 60s, .without = 61s}.valid());
    CHECK_FALSE(NotifierPolicy{.decision = 0s}.valid());
}

// RFC 6665 §4.2.1.2, §4.2.1.3
TEST_CASE("a notifier has a NOTIFY sent for each 2xx, authorized or not",
          "[subscription][rfc6665][4.2.1.2]") {
    Notifier granted = asked_for(600s);
    CHECK(granted.state() == State::resp_wait);
    CHECK(granted.accept(t0));
    CHECK(granted.state() == State::active);
    CHECK(granted.notice(t0).text() == "active;expires=600");
    CHECK(granted.refreshed(t0 + 100s, 900s));
    CHECK(granted.notice(t0 + 100s).text() == "active;expires=900");
    CHECK_FALSE(granted.accept(t0));

    Notifier waiting = asked_for(600s);
    CHECK(waiting.accept(t0, State::pending));
    CHECK(waiting.state() == State::pending);
    CHECK(waiting.notice(t0).text() == "pending;expires=600");
    CHECK(waiting.refreshed(t0 + 1s, 600s));
    CHECK(waiting.state() == State::pending);
    CHECK(waiting.notify(State::pending));
    CHECK(waiting.state() == State::pending);
    CHECK(waiting.notify(State::active));
    CHECK(waiting.state() == State::active);
    CHECK(waiting.notify(State::pending));
    CHECK(waiting.state() == State::active);
}

// RFC 6665 §4.2.2: "an "expires" parameter that indicates the time remaining", never longer
TEST_CASE("a notice of a notifier tells the time that is left, rounded down",
          "[subscription][rfc6665][4.2.2]") {
    Notifier notifier = active(600s);
    CHECK(notifier.notice(t0 + 1ms).expires == 599s);
    CHECK(notifier.notice(t0 + 599s).expires == 1s);
    CHECK(notifier.notice(t0 + 601s).expires == 0s);

    notifier.shorten(t0 + 100s, 50s);
    CHECK(notifier.notice(t0 + 100s).expires == 50s);
    notifier.shorten(t0 + 100s, 400s);
    CHECK(notifier.notice(t0 + 100s).expires == 50s);
    CHECK(notifier.next_timeout() == t0 + 150s);
}

// RFC 6665 §4.2.1.4: "reason=timeout"
TEST_CASE("a subscription that is not refreshed ends with a NOTIFY that says timeout",
          "[subscription][rfc6665][4.2.1.4]") {
    Notifier notifier = active(600s);
    CHECK(notifier.next_timeout() == t0 + 600s);
    CHECK_FALSE(notifier.handle_timeout(t0 + 599s));
    CHECK(notifier.refreshed(t0 + 500s, 600s));
    CHECK_FALSE(notifier.handle_timeout(t0 + 1099s));
    CHECK(notifier.handle_timeout(t0 + 1100s));
    CHECK(notifier.state() == State::terminated);
    CHECK(notifier.end() == SubscriptionEnd{End::expired});
    CHECK(notifier.notice(t0 + 1100s).text() == "terminated;reason=timeout");
    CHECK_FALSE(notifier.next_timeout());
    CHECK_FALSE(notifier.handle_timeout(t0 + 9999s));
    CHECK_FALSE(notifier.refreshed(t0 + 1101s, 600s));
    CHECK_FALSE(notifier.notify(State::active));
    CHECK_FALSE(notifier.terminate(TerminationReason::rejected));
    CHECK(notifier.notice(t0 + 1100s).text() == "terminated;reason=timeout");
}

TEST_CASE("Expires 0 ends a subscription or fetches its state once",
          "[subscription][rfc6665][4.2.1.4][4.4.3]") {
    Notifier notifier = active();
    CHECK(notifier.refreshed(t0 + 1s, 0s));
    CHECK(notifier.end() == SubscriptionEnd{End::unsubscribed});
    CHECK(notifier.notice(t0 + 1s).text() == "terminated;reason=timeout");

    Notifier fetched = asked_for(0s);
    CHECK(fetched.accept(t0));
    CHECK(fetched.state() == State::terminated);
    CHECK(fetched.end() == SubscriptionEnd{End::unsubscribed});
    CHECK(fetched.notice(t0).text() == "terminated;reason=timeout");
    CHECK_FALSE(fetched.next_timeout());
}

TEST_CASE("a notifier ends a subscription for a reason of its own",
          "[subscription][rfc6665][4.2.1.3][4.2.2]") {
    Notifier notifier = active();
    CHECK(notifier.terminate(TerminationReason::probation, 30s));
    CHECK(notifier.end() == SubscriptionEnd{End::terminated});
    CHECK(notifier.notice(t0).text() == "terminated;reason=probation;retry-after=30");

    Notifier undecided = asked_for(600s);
    CHECK_FALSE(undecided.terminate(TerminationReason::rejected));
    CHECK_FALSE(undecided.notify(State::active));
    CHECK_FALSE(undecided.refreshed(t0, 600s));
    CHECK(undecided.state() == State::resp_wait);
    undecided.refuse(403);
    CHECK(undecided.end() == SubscriptionEnd{End::refused, 403});
    CHECK(undecided.state() == State::terminated);
}

// RFC 6665 §4.2.2: Timer F, and the list of responses
TEST_CASE("a NOTIFY without response, or with one of the list, ends the subscription",
          "[subscription][rfc6665][4.2.2]") {
    for (const int status :
         {404, 405, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604}) {
        Notifier notifier = active();
        notifier.answered(status);
        CHECK(notifier.end() == SubscriptionEnd{End::notify_failed, status});
        CHECK_FALSE(notifier.next_timeout());
    }
    for (const int status :
         {200, 202, 302, 400, 401, 403, 406, 407, 423, 486, 500, 502, 503, 600}) {
        Notifier notifier = active();
        notifier.answered(status);
        CHECK(notifier.state() == State::active);
    }
    Notifier over = active();
    REQUIRE(over.terminate(TerminationReason::rejected));
    over.answered(481);
    CHECK(over.end() == SubscriptionEnd{End::terminated});
}

TEST_CASE("a SUBSCRIBE that nobody decides upon is refused in time",
          "[subscription][rfc6665][4.2.1.1]") {
    Notifier notifier = asked_for(600s, {.decision = 3s});
    CHECK(notifier.next_timeout() == t0 + 3s);
    CHECK_FALSE(notifier.handle_timeout(t0 + 2s));
    CHECK(notifier.state() == State::resp_wait);
    CHECK_FALSE(notifier.handle_timeout(t0 + 3s));
    CHECK(notifier.end() == SubscriptionEnd{End::refused, 480});
}

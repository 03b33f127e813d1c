#include "offhook/subscription/subscriber.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {
using State = Subscriber::State;
using Due = Subscriber::Due;
using Verdict = Subscriber::Verdict;
using End = EndOfSubscription;
using When = Resubscription::When;
using Substate = Notice::Substate;
constexpr TimePoint t0{};
constexpr auto N = 32s; // 64·T1

Notice active_for(std::optional<std::chrono::seconds> expires) {
    return {Substate::active, expires, {}, {}};
}
const Notice over{Substate::terminated, {}, "timeout", {}};

/// With the 2xx and the first NOTIFY.
Subscriber active(std::chrono::seconds expires = 3600s, SubscriberPolicy policy = {}) {
    policy.expires = expires;
    Subscriber subscriber(t0, policy);
    subscriber.accepted(t0, 200, expires);
    subscriber.notified(t0, active_for(expires));
    REQUIRE(subscriber.state() == State::active);
    return subscriber;
}
} // namespace

// RFC 6665 §4.1.2.4: "If this Timer N expires prior to the receipt of a NOTIFY request, the
// subscriber considers the subscription failed"
TEST_CASE("a subscription without any NOTIFY fails after 64 T1",
          "[subscription][rfc6665][4.1.2.4]") {
    Subscriber subscriber(t0, {});
    CHECK(subscriber.state() == State::notify_wait);
    CHECK(subscriber.asks() == 3600s);
    subscriber.accepted(t0 + 1s, 200, 3600s);
    CHECK(subscriber.state() == State::notify_wait);
    CHECK(subscriber.next_timeout() == t0 + N);
    subscriber.handle_timeout(t0 + N - 1ms);
    CHECK(subscriber.state() == State::notify_wait);
    subscriber.handle_timeout(t0 + N);
    CHECK(subscriber.state() == State::terminated);
    CHECK(subscriber.end() == SubscriptionEnd{End::unnotified});
    CHECK_FALSE(subscriber.next_timeout());
    CHECK_FALSE(subscriber.expiration());

    CHECK(Subscriber(t0, {.t1 = 1s}).next_timeout() == t0 + 64s);
}

TEST_CASE("a 204 does not make a subscription that has had no NOTIFY",
          "[subscription][rfc6665][4.1.2.4]") {
    Subscriber subscriber(t0, {});
    subscriber.accepted(t0, 204, 3600s);
    CHECK(subscriber.next_timeout() == t0 + N);
}

// RFC 6665 §3.1.1, §4.1.2.1
TEST_CASE("a subscription lasts as long as the 2xx says, and no longer than was asked for",
          "[subscription][rfc6665][3.1.1][4.1.2.1]") {
    const auto expires_at = [](std::optional<std::chrono::seconds> granted) {
        Subscriber subscriber(t0, {.expires = 3600s});
        subscriber.accepted(t0, 200, granted);
        subscriber.notified(t0, active_for(std::nullopt));
        return subscriber.expiration();
    };
    CHECK(expires_at(600s) == t0 + 600s);
    CHECK(expires_at(3600s) == t0 + 3600s);
    CHECK(expires_at(7200s) == t0 + 3600s);
    CHECK(expires_at(std::nullopt) == t0 + 3600s);
}

// RFC 6665 §4.1.3: "the subscriber SHOULD take it as the authoritative subscription duration"
TEST_CASE("a NOTIFY says how long the subscription still lasts", "[subscription][rfc6665][4.1.3]") {
    Subscriber subscriber = active();
    subscriber.notified(t0 + 10s, active_for(100s));
    CHECK(subscriber.expiration() == t0 + 110s);
    subscriber.notified(t0 + 20s, {Substate::pending, 300s, {}, {}});
    CHECK(subscriber.state() == State::pending);
    CHECK(subscriber.expiration() == t0 + 320s);
    subscriber.notified(t0 + 30s, active_for(std::nullopt));
    CHECK(subscriber.expiration() == t0 + 320s);
    subscriber.notified(t0 + 30s, active_for(9999s));
    CHECK(subscriber.expiration() == t0 + 3600s);
}

// RFC 6665 §4.1.2.4: "the subscriber MUST be prepared to receive NOTIFY requests before the
// SUBSCRIBE transaction has completed"
TEST_CASE("a NOTIFY before the 2xx establishes the subscription, and its time counts",
          "[subscription][rfc6665][4.1.2.4]") {
    Subscriber subscriber(t0, {});
    subscriber.notified(t0, active_for(100s));
    CHECK(subscriber.state() == State::active);
    CHECK(subscriber.due(t0 + 90s) == Due::nothing);
    CHECK_FALSE(subscriber.can_subscribe());
    subscriber.accepted(t0 + 1s, 200, 3600s);
    CHECK(subscriber.expiration() == t0 + 100s);
    CHECK(subscriber.next_timeout() == t0 + 68s);

    Subscriber forked(t0, {});
    forked.notified(t0, active_for(100s));
    forked.accepted(t0 + 1s, 200, 10s, false);
    CHECK(forked.expiration() == t0 + 100s);
    CHECK(forked.next_timeout() == t0 + 68s);
}

// RFC 6665 §4.2.2: "be warned to handle the lack of an expires parameter gracefully"
TEST_CASE("without any time the subscription lasts as long as it was asked for",
          "[subscription][rfc6665][4.2.2]") {
    Subscriber subscriber(t0, {.expires = 500s});
    subscriber.notified(t0 + 10s, active_for(std::nullopt));
    CHECK(subscriber.expiration() == t0 + 500s);

    Subscriber referred(t0, {.expires = 500s}, Subscriber::By::refer);
    referred.notified(t0 + 10s, active_for(std::nullopt));
    CHECK(referred.expiration() == t0 + 510s);
}

// RFC 3515 §2.4.4: the time of an implicit subscription is in its NOTIFY alone.
TEST_CASE("of a REFER only the NOTIFY tells how long the subscription lasts",
          "[subscription][rfc3515][2.4.4]") {
    Subscriber subscriber(t0, {.expires = 60s}, Subscriber::By::refer);
    CHECK(subscriber.state() == State::notify_wait);
    subscriber.accepted(t0, 202, 5s);
    CHECK_FALSE(subscriber.expiration());
    subscriber.notified(t0, active_for(600s));
    CHECK(subscriber.expiration() == t0 + 600s);

    CHECK(Subscriber(t0, {.expires = 0s}, Subscriber::By::refer).state() == State::notify_wait);
    Subscriber unwanted(t0, {}, Subscriber::By::refer);
    unwanted.unwanted();
    CHECK(unwanted.end() == SubscriptionEnd{End::none_wanted});
    CHECK_FALSE(unwanted.next_timeout());
}

// RFC 6665 §4.1.2.2: "At any time before a subscription expires"
TEST_CASE("a refresh is due 64 T1 before the end, or halfway where that is later",
          "[subscription][rfc6665][4.1.2.2]") {
    CHECK(active(3600s).next_timeout() == t0 + 3568s);
    CHECK(active(3600s).due(t0 + 3567s) == Due::nothing);
    CHECK(active(3600s).due(t0 + 3568s) == Due::refresh);
    CHECK(active(64s).next_timeout() == t0 + 32s);
    CHECK(active(20s).next_timeout() == t0 + 10s);
}

TEST_CASE("what the peer grants can not set a pace of refreshes that is too fast",
          "[subscription][rfc6665][4.1.2.2]") {
    CHECK(active(8s).next_timeout() == t0 + 5s);
    CHECK(active(8s, {.pace = 1s}).next_timeout() == t0 + 4s);
    Subscriber subscriber = active(5s);
    CHECK(subscriber.next_timeout() == t0 + 5s);
    CHECK(subscriber.due(t0 + 5s) == Due::nothing);
    subscriber.handle_timeout(t0 + 5s);
    CHECK(subscriber.state() == State::closing);
    CHECK(active(1s).due(t0 + 1s) == Due::nothing);
}

TEST_CASE("NOTIFYs that tell how little is left do not put a refresh off",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(60s);
    CHECK(subscriber.next_timeout() == t0 + 30s);
    subscriber.notified(t0 + 29s, active_for(31s));
    CHECK(subscriber.next_timeout() == t0 + 30s);
    subscriber.notified(t0 + 10s, active_for(30s));
    CHECK(subscriber.next_timeout() == t0 + 25s);
}

TEST_CASE("without refreshes of its own a subscription runs out",
          "[subscription][rfc6665][4.2.1.4]") {
    Subscriber subscriber = active(100s, {.refresh = false});
    CHECK(subscriber.next_timeout() == t0 + 100s);
    CHECK(subscriber.due(t0 + 99s) == Due::nothing);
    subscriber.handle_timeout(t0 + 99s);
    CHECK(subscriber.state() == State::active);
    subscriber.handle_timeout(t0 + 100s);
    // The notifier's last NOTIFY is on its way.
    CHECK(subscriber.state() == State::closing);
    CHECK_FALSE(subscriber.end());
    CHECK(subscriber.next_timeout() == t0 + 100s + N);
    SECTION("which comes") {
        subscriber.notified(t0 + 101s, over);
        CHECK(subscriber.end() == SubscriptionEnd{End::notified, 0, {When::free, 0s}});
    }
    SECTION("or does not") {
        subscriber.notified(t0 + 101s, active_for(50s));
        CHECK(subscriber.state() == State::closing);
        subscriber.handle_timeout(t0 + 100s + N);
        CHECK(subscriber.end() == SubscriptionEnd{End::unnotified});
    }
}

// RFC 6665 §4.1.2.2
TEST_CASE("a refresh makes the subscription last anew", "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(100s);
    REQUIRE(subscriber.can_subscribe());
    subscriber.subscribe(t0 + 68s);
    CHECK(subscriber.in_flight());
    CHECK_FALSE(subscriber.can_subscribe());
    CHECK(subscriber.due(t0 + 99s) == Due::nothing);
    CHECK(subscriber.next_timeout() == t0 + 68s + N);
    subscriber.accepted(t0 + 69s, 200, 100s);
    CHECK(subscriber.expiration() == t0 + 169s);
    // Timer N goes on until the NOTIFY.
    CHECK(subscriber.next_timeout() == t0 + 68s + N);
    subscriber.notified(t0 + 70s, active_for(99s));
    // From when it was asked for, it lasts no longer than it was asked to.
    CHECK(subscriber.expiration() == t0 + 168s);
    CHECK(subscriber.next_timeout() == t0 + 136s);

    subscriber.subscribe(t0 + 100s, 50s);
    CHECK(subscriber.asks() == 50s);
    subscriber.accepted(t0 + 100s, 200, 100s);
    CHECK(subscriber.expiration() == t0 + 150s);
}

// RFC 6665 §4.1.2.2: "If this Timer N expires prior to the receipt of a NOTIFY request, the
// subscriber considers the subscription terminated."
TEST_CASE("a refresh that no NOTIFY follows ends the subscription",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(100s);
    subscriber.subscribe(t0 + 10s);
    subscriber.accepted(t0 + 11s, 200, 100s);
    subscriber.handle_timeout(t0 + 10s + N - 1ms);
    CHECK(subscriber.state() == State::active);
    subscriber.handle_timeout(t0 + 10s + N);
    CHECK(subscriber.end() == SubscriptionEnd{End::unnotified});
}

TEST_CASE("a refresh that is under way when the time is over may still succeed",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(100s);
    subscriber.subscribe(t0 + 90s);
    subscriber.handle_timeout(t0 + 101s);
    CHECK(subscriber.state() == State::active);
    subscriber.accepted(t0 + 102s, 200, 100s);
    subscriber.notified(t0 + 102s, active_for(88s));
    CHECK(subscriber.expiration() == t0 + 190s);
}

TEST_CASE("no refresh is planned while timer N runs or the end is near",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(100s);
    subscriber.subscribe(t0 + 50s);
    subscriber.unanswered(t0 + 60s);
    CHECK(subscriber.next_timeout() == t0 + 82s);

    Subscriber missed = active(100s);
    missed.handle_timeout(t0 + 100s);
    CHECK(missed.state() == State::closing);
    CHECK(missed.next_timeout() == t0 + 100s + N);
}

TEST_CASE("no 423 makes a REFER go out again", "[subscription][rfc3515][2.2]") {
    Subscriber subscriber(t0, {.expires = 60s}, Subscriber::By::refer);
    CHECK(subscriber.refused(t0, {423, 120s}) == Verdict::keep);
    CHECK(subscriber.end() == SubscriptionEnd{End::refused, 423});
}

TEST_CASE("no refresh is planned before the first NOTIFY", "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber(t0, {});
    subscriber.accepted(t0, 200, 20s);
    CHECK(subscriber.next_timeout() == t0 + N);
    CHECK(subscriber.due(t0 + 19s) == Due::nothing);
}

// RFC 6665 §4.1.2.2: "such as the 204 response ... it MUST cancel Timer N"
TEST_CASE("a 204 to a refresh cancels timer N", "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(100s);
    subscriber.subscribe(t0 + 10s);
    subscriber.accepted(t0 + 11s, 204, 100s);
    CHECK(subscriber.next_timeout() == t0 + 79s);
    subscriber.handle_timeout(t0 + 10s + N);
    CHECK(subscriber.state() == State::active);
}

TEST_CASE("each response of the list to a refresh ends the subscription, and no other",
          "[subscription][rfc6665][4.1.2.2]") {
    for (int status = 300; status < 700; ++status) {
        INFO(status);
        Subscriber subscriber = active(100s);
        subscriber.subscribe(t0 + 10s);
        CHECK(subscriber.refused(t0 + 11s, {status}) == Verdict::keep);
        if (ends_subscription(status)) {
            CHECK(subscriber.end() == SubscriptionEnd{End::refused, status});
        } else {
            CHECK(subscriber.state() == State::active);
            CHECK(subscriber.expiration() == t0 + 100s);
            subscriber.handle_timeout(t0 + 10s + N);
            CHECK(subscriber.state() == State::active);
            subscriber.handle_timeout(t0 + 100s);
            CHECK(subscriber.state() == State::closing);
        }
    }
}

TEST_CASE("a refresh that has failed is tried again a few times",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(1000s, {.retries = 2});
    subscriber.subscribe(t0 + 800s);
    CHECK(subscriber.refused(t0 + 800s, {500}) == Verdict::keep);
    CHECK(subscriber.next_timeout() == t0 + 900s);
    subscriber.subscribe(t0 + 900s);
    CHECK(subscriber.refused(t0 + 900s, {500, {}, 70s}) == Verdict::keep);
    CHECK(subscriber.next_timeout() == t0 + 970s);
    SECTION("until it gives up") {
        subscriber.subscribe(t0 + 970s);
        CHECK(subscriber.refused(t0 + 970s, {500}) == Verdict::keep);
        CHECK(subscriber.next_timeout() == t0 + 1000s);
        CHECK(subscriber.due(t0 + 999s) == Due::nothing);
        subscriber.notified(t0 + 980s, active_for(20s));
        CHECK(subscriber.due(t0 + 999s) == Due::nothing);
    }
    SECTION("or there is no time") {
        subscriber.subscribe(t0 + 970s);
        Subscriber other = active(1000s);
        other.subscribe(t0 + 900s);
        CHECK(other.refused(t0 + 900s, {500, {}, 100s}) == Verdict::keep);
        CHECK(other.next_timeout() == t0 + 1000s);
    }
    SECTION("and anew after a success") {
        subscriber.subscribe(t0 + 970s);
        subscriber.accepted(t0 + 970s, 200, 1000s);
        subscriber.notified(t0 + 970s, active_for(1000s));
        CHECK(subscriber.next_timeout() == t0 + 1938s);
        subscriber.subscribe(t0 + 1938s);
        CHECK(subscriber.refused(t0 + 1938s, {500}) == Verdict::keep);
        CHECK(subscriber.next_timeout() == t0 + 1954s);
    }
}

TEST_CASE("a refresh without response ends the subscription unless a NOTIFY has come",
          "[subscription][rfc6665][4.1.2.2]") {
    Subscriber subscriber = active(1000s);
    subscriber.subscribe(t0 + 100s);
    SECTION("with none") {
        subscriber.unanswered(t0 + 132s);
        CHECK(subscriber.state() == State::active);
        CHECK_FALSE(subscriber.in_flight());
        subscriber.handle_timeout(t0 + 132s);
        CHECK(subscriber.end() == SubscriptionEnd{End::unnotified});
    }
    SECTION("with one") {
        subscriber.notified(t0 + 101s, active_for(999s));
        subscriber.unanswered(t0 + 132s);
        subscriber.handle_timeout(t0 + 132s);
        CHECK(subscriber.state() == State::active);
        CHECK(subscriber.next_timeout() == t0 + 616s);
    }
}

// RFC 6665 §4.1.2.1: "Non-200-class final responses indicate that no subscription ... has been
// created"
TEST_CASE("a SUBSCRIBE that is refused makes no subscription", "[subscription][rfc6665][4.1.2.1]") {
    for (const int status : {302, 401, 403, 404, 406, 423, 489, 500, 503, 603}) {
        Subscriber subscriber(t0, {});
        CHECK(subscriber.refused(t0, {status}) == Verdict::keep);
        CHECK(subscriber.end() == SubscriptionEnd{End::refused, status});
        CHECK_FALSE(subscriber.next_timeout());
    }
    Subscriber later(t0, {});
    CHECK(later.refused(t0, {480, {}, 60s}) == Verdict::keep);
    CHECK(later.end() == SubscriptionEnd{End::refused, 480, {When::later, 60s}});

    Subscriber unanswered(t0, {});
    unanswered.unanswered(t0 + N);
    CHECK(unanswered.end() == SubscriptionEnd{End::unanswered, 408});
}

// RFC 6665 §4.2.1.1, RFC 3261 §20.23
TEST_CASE("after a 423 the SUBSCRIBE goes out again with the time that it wants",
          "[subscription][rfc6665][4.2.1.1]") {
    Subscriber subscriber(t0, {.expires = 60s, .retries = 2});
    CHECK(subscriber.refused(t0 + 1s, {423, 120s}) == Verdict::again);
    CHECK(subscriber.state() == State::notify_wait);
    CHECK(subscriber.in_flight());
    CHECK(subscriber.asks() == 120s);
    CHECK(subscriber.next_timeout() == t0 + 1s + N);
    SECTION("which lets it last so long") {
        subscriber.accepted(t0 + 1s, 200, 120s);
        subscriber.notified(t0 + 1s, active_for(120s));
        CHECK(subscriber.expiration() == t0 + 121s);
    }
    SECTION("a few times") {
        CHECK(subscriber.refused(t0 + 2s, {423, 240s}) == Verdict::again);
        CHECK(subscriber.refused(t0 + 3s, {423, 480s}) == Verdict::keep);
        CHECK(subscriber.end() == SubscriptionEnd{End::refused, 423});
    }
    SECTION("unless it wants no more than it was given") {
        CHECK(subscriber.refused(t0 + 2s, {423, 120s}) == Verdict::keep);
        CHECK(subscriber.end() == SubscriptionEnd{End::refused, 423});
    }
}

TEST_CASE("a 423 to a refresh is one more try too", "[subscription][rfc6665][4.2.1.4]") {
    Subscriber subscriber = active(60s);
    subscriber.subscribe(t0 + 30s);
    CHECK(subscriber.refused(t0 + 31s, {423, 90s}) == Verdict::again);
    CHECK(subscriber.asks() == 90s);
    CHECK(subscriber.next_timeout() == t0 + 31s + N);
    subscriber.unsubscribe();
    CHECK(subscriber.refused(t0 + 32s, {423, 180s}) == Verdict::keep);
    CHECK(subscriber.state() == State::active);
    CHECK(subscriber.due(t0 + 32s) == Due::unsubscribe);

    Subscriber fetch(t0, {.expires = 0s});
    CHECK(fetch.refused(t0, {423, 60s}) == Verdict::keep);
    CHECK(fetch.end() == SubscriptionEnd{End::refused, 423});
}

// RFC 6665 §4.1.2.3, §4.4.1
TEST_CASE("unsubscribing waits for the last NOTIFY", "[subscription][rfc6665][4.1.2.3]") {
    Subscriber subscriber = active(100s);
    CHECK(subscriber.can_unsubscribe());
    subscriber.unsubscribe();
    CHECK_FALSE(subscriber.can_unsubscribe());
    CHECK_FALSE(subscriber.can_subscribe());
    CHECK(subscriber.due(t0 + 1s) == Due::unsubscribe);
    subscriber.close(t0 + 1s);
    CHECK(subscriber.state() == State::closing);
    CHECK(subscriber.asks() == 0s);
    CHECK(subscriber.due(t0 + 99s) == Due::nothing);
    CHECK(subscriber.next_timeout() == t0 + 1s + N);
    SECTION("which may come after others") {
        subscriber.accepted(t0 + 2s, 200, 0s);
        CHECK(subscriber.state() == State::closing);
        subscriber.notified(t0 + 2s, active_for(98s));
        CHECK(subscriber.state() == State::closing);
        CHECK(subscriber.next_timeout() == t0 + 1s + N);
        subscriber.notified(t0 + 3s, over);
        CHECK(subscriber.end() == SubscriptionEnd{End::notified});
    }
    SECTION("or not at all") {
        subscriber.accepted(t0 + 2s, 200, 0s);
        subscriber.handle_timeout(t0 + 1s + N);
        CHECK(subscriber.end() == SubscriptionEnd{End::unnotified});
    }
    SECTION("unless the peer refuses, whatever it says") {
        CHECK(subscriber.refused(t0 + 2s, {500}) == Verdict::keep);
        CHECK(subscriber.end() == SubscriptionEnd{End::refused, 500});
    }
    SECTION("or says that none will come") {
        subscriber.accepted(t0 + 2s, 204, 0s);
        CHECK(subscriber.end() == SubscriptionEnd{End::unsubscribed, 204});
    }
    SECTION("or says nothing") {
        subscriber.unanswered(t0 + 1s + N);
        CHECK(subscriber.end() == SubscriptionEnd{End::unanswered, 408});
    }
}

TEST_CASE("unsubscribing before the first NOTIFY or during a refresh waits for its turn",
          "[subscription][rfc6665][4.1.2.3]") {
    Subscriber subscriber(t0, {});
    subscriber.unsubscribe();
    CHECK(subscriber.due(t0) == Due::nothing);
    subscriber.notified(t0 + 1s, active_for(3600s));
    CHECK(subscriber.due(t0 + 1s) == Due::nothing);
    subscriber.close(t0 + 1s);
    CHECK(subscriber.state() == State::active);
    subscriber.accepted(t0 + 2s, 200, 3600s);
    CHECK(subscriber.due(t0 + 2s) == Due::unsubscribe);

    Subscriber silent(t0, {});
    silent.unsubscribe();
    silent.accepted(t0, 200, 3600s);
    CHECK(silent.due(t0 + 31s) == Due::nothing);
    silent.handle_timeout(t0 + N);
    CHECK(silent.end() == SubscriptionEnd{End::unnotified});
}

// RFC 6665 §4.4.3
TEST_CASE("a fetch is over with the NOTIFY that it asks for", "[subscription][rfc6665][4.4.3]") {
    Subscriber subscriber(t0, {.expires = 0s});
    CHECK(subscriber.state() == State::closing);
    CHECK(subscriber.asks() == 0s);
    CHECK_FALSE(subscriber.can_unsubscribe());
    CHECK(subscriber.next_timeout() == t0 + N);
    subscriber.accepted(t0 + 1s, 200, 0s);
    CHECK(subscriber.state() == State::closing);
    subscriber.notified(t0 + 1s, over);
    CHECK(subscriber.end() == SubscriptionEnd{End::notified});
}

// RFC 6665 §4.1.3: "terminated": "the subscriber MUST consider the subscription terminated"
TEST_CASE("a NOTIFY that says terminated ends the subscription in any state",
          "[subscription][rfc6665][4.1.3]") {
    const Notice probation{Substate::terminated, 500s, "probation", 60s};
    Subscriber waiting(t0, {});
    waiting.notified(t0, probation);
    CHECK(waiting.end() == SubscriptionEnd{End::notified, 0, {When::later, 60s}});

    Subscriber pending(t0, {});
    pending.notified(t0, {Substate::pending, 100s, {}, {}});
    CHECK(pending.state() == State::pending);
    pending.notified(t0, probation);
    CHECK(pending.state() == State::terminated);
    CHECK_FALSE(pending.expiration());

    Subscriber lively = active();
    lively.notified(t0, probation);
    CHECK(lively.state() == State::terminated);
    const Subscriber before = lively;
    lively.notified(t0 + 1s, active_for(100s));
    lively.accepted(t0 + 1s, 200, 100s);
    CHECK(lively.refused(t0 + 1s, {423, 9999s}) == Verdict::keep);
    lively.unanswered(t0 + 1s);
    lively.handle_timeout(t0 + 9999s);
    lively.subscribe(t0);
    lively.close(t0);
    lively.unsubscribe();
    lively.unwanted();
    CHECK(lively == before);
}

// RFC 6665 §4.1.2: "Each of these new subscriptions exists in its own independent state machine and
// runs its own set of timers."
TEST_CASE("a fork of a subscription starts with its NOTIFY", "[subscription][rfc6665][4.4.1]") {
    Subscriber fork = Subscriber(t0, {.expires = 600s}).for_fork();
    CHECK(fork.state() == State::notify_wait);
    CHECK_FALSE(fork.in_flight());
    CHECK(fork.next_timeout() == t0 + N);
    fork.notified(t0 + 1s, active_for(100s));
    CHECK(fork.expiration() == t0 + 101s);
    CHECK(fork.next_timeout() == t0 + 69s);
    CHECK(fork.can_subscribe());
}

TEST_CASE("an unknown state in a NOTIFY grants nothing yet", "[subscription][rfc6665][8.4]") {
    Subscriber subscriber(t0, {});
    subscriber.notified(t0, {Substate::extension, 100s, {}, {}});
    CHECK(subscriber.state() == State::pending);
}

TEST_CASE("a subscriber's policy has to make sense", "[subscription]") {
    CHECK(SubscriberPolicy{}.valid());
    CHECK(SubscriberPolicy{.expires = 0s}.valid());
    CHECK_FALSE(SubscriberPolicy{.expires = -1s}.valid());
    CHECK_FALSE(SubscriberPolicy{.expires = std::chrono::seconds(1LL << 32)}.valid());
    CHECK_FALSE(SubscriberPolicy{.pace = 0s}.valid());
    CHECK_FALSE(SubscriberPolicy{.t1 = 0s}.valid());
}

// Whatever is lost, it comes to an end by its own timers.
TEST_CASE("a subscriber that is left alone ends in each state", "[subscription][rfc6665][4.1.2]") {
    Subscriber refreshing = active(100s);
    refreshing.subscribe(t0 + 10s);
    Subscriber told = refreshing;
    told.notified(t0 + 10s, active_for(90s));
    Subscriber leaving = active(100s);
    leaving.unsubscribe();
    leaving.close(t0);
    for (Subscriber subscriber : {Subscriber(t0, {}), active(100s), refreshing, told, leaving,
                                  Subscriber(t0, {}, Subscriber::By::refer)}) {
        TimePoint now = t0;
        for (int i = 0; i < 10 && subscriber.next_timeout(); ++i) {
            now = std::max(now + 1ms, *subscriber.next_timeout());
            subscriber.handle_timeout(now);
        }
        // One whose refresh is due only waits for its owner.
        if (subscriber.state() != State::terminated) CHECK(subscriber.due(now) == Due::refresh);
        subscriber.handle_timeout(t0 + 1000s);
        subscriber.handle_timeout(t0 + 2000s);
        CHECK(subscriber.state() == State::terminated);
        CHECK_FALSE(subscriber.next_timeout());
    }
}

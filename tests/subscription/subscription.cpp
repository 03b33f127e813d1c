#include "offhook/subscription/subscription.hpp"

#include "../catch.hpp"
#include "../support/subscription_agent.hpp"

using namespace offhook;
using namespace test;

namespace {
using Phase = SubscriptionPhase;

/// Lets what one has sent arrive at the other, in order.
template <class M>
class Between {
public:
    explicit Between(const SubscribeOptions& options = to_presence()) : watcher(options) {
        Random random = seeded(3);
        watched.emplace(
            Subscription<M>::incoming(TimePoint{}, watcher.first(), 1, at_notifier(), random));
        seen_by_watched_ = 1;
    }

    Watcher<M> watcher;
    std::optional<SubscriptionAgent<M>> watched;

    void deliver() {
        for (bool more = true; more;) {
            more = false;
            while (seen_by_watched_ < watcher.sent().size()) {
                const Outgoing<M> out = watcher.sent()[seen_by_watched_++];
                watched->receive(out.message, ++transaction_);
                more = true;
            }
            while (seen_by_watcher_ < watched->sent().size()) {
                const Outgoing<M> out = watched->sent()[seen_by_watcher_++];
                watcher.receive(out.message, ++transaction_);
                more = true;
            }
        }
    }
    void run_for(Duration span) {
        for (const TimePoint end = watcher.now + span; watcher.now < end;) {
            watcher.run_for(1s);
            watched->run_for(1s);
            deliver();
        }
    }

private:
    std::size_t seen_by_watched_ = 0;
    std::size_t seen_by_watcher_ = 0;
    TransactionId transaction_ = 1;
};
} // namespace

// RFC 6665 §4
TEMPLATE_TEST_CASE("a subscriber and a notifier keep a subscription alive until one ends it",
                   "[subscription][rfc6665][4]", PlainMessage, Message) {
    SubscribeOptions options = to_presence();
    options.policy.expires = 600s;
    Between<TestType> between(options);
    between.watched->subscription.accept(between.watched->now, with({"text/plain", "open", {}}));
    between.deliver();
    between.run_for(5000s);
    CHECK(between.watcher.phase() == Phase::active);
    CHECK(between.watched->phase() == Phase::active);
    between.watcher.told();
    between.watched->told();
    SECTION("the subscriber") {
        between.watcher.subscription.unsubscribe(between.watcher.now);
        between.deliver();
        CHECK(between.watcher.told()
              == Lines{"Accepted 200", "Notified terminated;reason=timeout open",
                       "Ended notified timeout"});
        CHECK(between.watched->told() == Lines{"Refreshed 0", "Ended unsubscribed"});
    }
    SECTION("the notifier") {
        between.watched->subscription.terminate(between.watched->now,
                                                TerminationReason::deactivated);
        between.deliver();
        CHECK(between.watcher.told()
              == Lines{"Notified terminated;reason=deactivated", "Ended notified deactivated"});
        CHECK(between.watcher.subscription.subscriber()->end()->anew.when
              == Resubscription::When::at_once);
    }
    CHECK(between.watcher.done());
    CHECK(between.watched->done());
}

TEMPLATE_TEST_CASE("a REFER tells its sender how it went", "[subscription][rfc3515][2.4.4]",
                   PlainMessage, Message) {
    Between<TestType> between(to_refer());
    between.watched->subscription.accept(between.watched->now);
    between.watched->subscription.notify(between.watched->now, with(sipfrag(180)));
    between.watched->subscription.terminate(between.watched->now, TerminationReason::noresource,
                                            with(sipfrag(200)));
    between.deliver();
    CHECK(between.watcher.told()
          == Lines{"Accepted 200", "Notified active;expires=3600 SIP/2.0 100 Trying\r\n",
                   "Notified active;expires=3600 SIP/2.0 180 Ringing\r\n",
                   "Notified terminated;reason=noresource SIP/2.0 200 OK\r\n",
                   "Ended notified noresource"});
    between.run_for(33s);
    CHECK(between.watcher.done());
    CHECK(between.watched->done());
}

// Whatever is lost from whichever message on, both sides come to their end and free what they hold.
TEMPLATE_TEST_CASE("a subscription ends on both sides whatever is lost", "[subscription]",
                   PlainMessage, Message) {
    for (int step = 0; step < 3; ++step) {
        INFO(step);
        Between<TestType> between;
        if (step > 0) between.watched->subscription.accept(between.watched->now);
        if (step > 1) between.deliver();
        between.watcher.run_for(100000s);
        between.watched->run_for(100000s);
        CHECK(between.watcher.done());
        CHECK(between.watched->done());
        CHECK_FALSE(between.watcher.subscription.poll_timeout());
        CHECK_FALSE(between.watched->subscription.poll_timeout());
    }
}

TEST_CASE("a copy of a subscription goes on by itself", "[subscription]") {
    Watcher<Message> watcher = active_watcher<Message>();
    Watcher<Message> copy = watcher;
    watcher.subscription.unsubscribe(watcher.now);
    CHECK(watcher.phase() == Phase::closing);
    CHECK(copy.phase() == Phase::active);
    CHECK(copy.wire().empty());
}

TEST_CASE("tags and Call-IDs of subscriptions come from the random source", "[subscription]") {
    Watcher<Message> one, same;
    Random random = seeded(9);
    auto other = Subscription<Message>::outgoing(TimePoint{}, to_presence(), random);
    const auto out = other.poll_transmit();
    CHECK(text_of(one.first()) == text_of(same.first()));
    CHECK(field(one.first(), Header::from) != field(out->message, Header::from));
    CHECK(field(one.first(), Header::call_id) != field(out->message, Header::call_id));
    CHECK(field(one.first(), Header::call_id).size() >= 26);
    CHECK(out->branch != one.sent().front().branch);
}

#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIBER_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIBER_HPP

#include <chrono>
#include <cstdint>
#include <optional>

#include "offhook/core/extremes.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/response_effect.hpp"
#include "offhook/subscription/notice.hpp"
#include "offhook/subscription/subscriber_states.hpp"
#include "offhook/subscription/subscription_end.hpp"

namespace offhook {

/// How a subscriber goes about it.
struct SubscriberPolicy {
    /// What SUBSCRIBE asks for; 0 fetches the state once. Of a REFER, which asks for nothing, what
    /// counts until a NOTIFY tells its time. RFC 6665 §3.1.1, §4.4.3
    std::chrono::seconds expires{3600};
    bool refresh = true;      ///< by itself, before the subscription expires
    std::uint8_t retries = 3; ///< after a 423, and of a refresh that has failed
    /// No refresh comes by itself sooner than so long after the last SUBSCRIBE, whatever the peer
    /// grants: what is shorter runs out.
    Duration pace = std::chrono::seconds(5);
    Duration t1 = std::chrono::milliseconds(500); ///< above 0. RFC 3261 §17.1.1.1

    /// Whether the times are above 0, and an Expires can say what is asked for.
    constexpr bool valid() const noexcept {
        return t1 > Duration::zero() && pace > Duration::zero()
               && expires >= std::chrono::seconds(0) && expires <= std::chrono::seconds(UINT32_MAX);
    }
    friend bool operator==(const SubscriberPolicy&, const SubscriberPolicy&) = default;
};

/// What a final response to SUBSCRIBE other than a 2xx says.
struct SubscribeRefusal {
    int status; ///< 300 … 699; 503 also where it could not be sent
    std::optional<std::chrono::seconds> min_expires = {}; ///< of a 423
    std::optional<std::chrono::seconds> retry_after = {}; ///< Retry-After of any
};

/// The subscriber's side of one subscription, blind to messages and dialogs. RFC 6665 §4.1
class Subscriber {
public:
    using State = SubscriberStates::State; ///< where the subscription is
    using Input = SubscriberStates::Input; ///< what moves it

    /// What made the subscription.
    enum class By : unsigned char {
        subscribe, ///< asks for a time by Expires
        refer,     ///< says nothing of Expires. RFC 3515 §2.4.4
    };

    /// What the owner is to send now; subscribe() and close() then tell of it.
    enum class Due : unsigned char {
        nothing,     ///< wait for next_timeout(), or a message
        refresh,     ///< SUBSCRIBE: subscribe()
        unsubscribe, ///< SUBSCRIBE with Expires 0: close()
    };

    /// What follows on a refusal.
    enum class Verdict : unsigned char {
        keep,  ///< nothing is to be sent now
        again, ///< the SUBSCRIBE once more, with the Expires that asks() tells now
    };

    /// The SUBSCRIBE or REFER leaves now. Precondition: `policy.valid()`.
    Subscriber(TimePoint now, const SubscriberPolicy& policy, By by = By::subscribe) noexcept;

    /// Where it is.
    State state() const noexcept { return state_; }
    /// How it ended; none while it has not.
    const std::optional<SubscriptionEnd>& end() const noexcept { return end_; }
    /// When it expires, where that is known. RFC 6665 §4.1.2.2
    std::optional<TimePoint> expiration() const noexcept { return expiration_; }
    /// A SUBSCRIBE (or the REFER) of ours has no final response yet.
    bool in_flight() const noexcept { return in_flight_; }
    /// What the SUBSCRIBE has to ask for now.
    std::chrono::seconds asks() const noexcept { return asked_; }

    /// Whether a refresh may be sent now: one at a time, and only after the first NOTIFY.
    bool can_subscribe() const noexcept {
        return (state_ == State::pending || state_ == State::active) && !in_flight_ && !leave_;
    }
    /// Whether unsubscribe() would do anything.
    bool can_unsubscribe() const noexcept { return state_ < State::closing && !leave_; }

    /// A refresh leaves now; it asks for asks(), or from now on for `expires`.
    void subscribe(TimePoint now, std::optional<std::chrono::seconds> expires = {}) noexcept;
    /// The subscription is to end: due() says when the SUBSCRIBE for that can be sent, which is not
    /// before the first NOTIFY.
    void unsubscribe() noexcept { leave_ = can_unsubscribe() || leave_; }
    /// The SUBSCRIBE with Expires 0 leaves now.
    void close(TimePoint now) noexcept;

    /// A 2xx. Expires that is longer than what was asked for counts as that, a missing one too;
    /// none of it counts where another fork has sent it.
    void accepted(TimePoint now, int status, std::optional<std::chrono::seconds> expires,
                  bool own_dialog = true) noexcept;
    /// Any other final response: what is to be sent, if anything. RFC 6665 §4.1.2.2
    [[nodiscard]] Verdict refused(TimePoint now, const SubscribeRefusal& refusal) noexcept;
    /// No response at all; one that could not be sent is refused with 503 instead.
    void unanswered(TimePoint now) noexcept;
    /// A NOTIFY of this subscription.
    void notified(TimePoint now, const Notice& notice) noexcept;
    /// The REFER was accepted, and its subscription declined. RFC 4488 §4
    void unwanted() noexcept { finish(EndOfSubscription::none_wanted); }

    /// The same for another node that the SUBSCRIBE has reached by a fork: it starts with a NOTIFY,
    /// and what becomes of the SUBSCRIBE does not concern it. RFC 6665 §4.4.1
    [[nodiscard]] Subscriber for_fork() const noexcept {
        Subscriber fork = *this;
        fork.in_flight_ = false;
        return fork;
    }

    /// Does what is due of itself; due() tells what is to be sent.
    void handle_timeout(TimePoint now) noexcept;
    /// When one of both has something to do; none: never.
    std::optional<TimePoint> next_timeout() const noexcept;
    /// What is to be sent now.
    Due due(TimePoint now) const noexcept;

    friend bool operator==(const Subscriber&, const Subscriber&) = default;

private:
    bool apply(TimePoint now, Input input) noexcept;
    void finish(EndOfSubscription cause, int status = 0, Resubscription anew = {}) noexcept;
    void sent(TimePoint now) noexcept;
    void plan(TimePoint now) noexcept;
    void try_later(TimePoint now, std::chrono::seconds wait) noexcept;
    void refresh_at(TimePoint at) noexcept;

    SubscriberPolicy policy_;
    std::chrono::seconds asked_;
    TimePoint sent_at_;
    std::optional<TimePoint> limit_; ///< nothing the peer says makes it last longer
    std::optional<TimePoint> timer_n_;
    std::optional<TimePoint> expiration_;
    std::optional<TimePoint> refresh_; ///< none: not now, or given up
    std::optional<SubscriptionEnd> end_;
    State state_;
    std::uint8_t tries_ = 0; ///< since the last 2xx
    bool in_flight_ = true;
    bool leave_ = false; ///< unsubscribe() was called
    bool told_ = false;  ///< since the last SUBSCRIBE a NOTIFY has said when it expires
};

inline Subscriber::Subscriber(TimePoint now, const SubscriberPolicy& policy, By by) noexcept
    : policy_(policy), asked_(policy.expires),
      state_(by == By::subscribe && asked_ == asked_.zero() ? State::closing : State::notify_wait) {
    sent(now);
    if (by == By::refer) limit_.reset();
    timer_n_ = now + 64 * policy_.t1;
}

inline bool Subscriber::apply(TimePoint now, Input input) noexcept {
    const auto* const row = SubscriberStates::find(state_, input);
    if (!row) return false;
    if (row->n == SubscriberStates::Timer::start) timer_n_ = now + 64 * policy_.t1;
    if (row->n == SubscriberStates::Timer::stop) timer_n_.reset();
    state_ = row->next;
    if (state_ >= State::closing) refresh_.reset();
    return true;
}

inline void Subscriber::finish(EndOfSubscription cause, int status, Resubscription anew) noexcept {
    state_ = State::terminated;
    timer_n_.reset();
    refresh_.reset();
    expiration_.reset();
    in_flight_ = false;
    if (!end_) end_ = SubscriptionEnd{cause, status, anew};
}

inline void Subscriber::sent(TimePoint now) noexcept {
    in_flight_ = true;
    told_ = false;
    refresh_.reset();
    sent_at_ = now;
    limit_ = now + asked_;
}

inline void Subscriber::subscribe(TimePoint now,
                                  std::optional<std::chrono::seconds> expires) noexcept {
    if (!can_subscribe()) return;
    if (expires) asked_ = *expires;
    apply(now, Input::subscribe);
    sent(now);
}

inline void Subscriber::close(TimePoint now) noexcept {
    if (in_flight_ || !apply(now, Input::unsubscribe)) return;
    asked_ = asked_.zero();
    in_flight_ = true;
    expiration_.reset();
}

inline void Subscriber::accepted(TimePoint now, int status,
                                 std::optional<std::chrono::seconds> expires,
                                 bool own_dialog) noexcept {
    if (!in_flight_) return;
    in_flight_ = false;
    tries_ = 0;
    apply(now, status == 204 ? Input::silent : Input::accepted);
    if (state_ == State::terminated) return finish(EndOfSubscription::unsubscribed, status);
    if (state_ == State::closing) return;
    if (own_dialog && limit_) {
        const TimePoint granted = now + lesser(expires.value_or(asked_), asked_);
        // The NOTIFY that follows a 2xx may overtake it, and knows better. §4.1.3
        expiration_ = told_ ? lesser(granted, *expiration_) : granted;
    }
    if (expiration_) plan(now);
}

inline Subscriber::Verdict Subscriber::refused(TimePoint now,
                                               const SubscribeRefusal& refusal) noexcept {
    if (!in_flight_) return Verdict::keep;
    // A 423 that asks for no more than it was given would be the same again.
    if (refusal.status == 423 && limit_ && refusal.min_expires && *refusal.min_expires > asked_
        && tries_ < policy_.retries && SubscriberStates::find(state_, Input::subscribe)
        && !leave_) {
        ++tries_;
        asked_ = *refusal.min_expires;
        apply(now, Input::subscribe);
        sent(now);
        return Verdict::again;
    }
    in_flight_ = false;
    const bool ended = ends_subscription(refusal.status);
    const auto wait = refusal.retry_after.value_or(std::chrono::seconds(0));
    apply(now, ended ? Input::ended : Input::refused);
    if (state_ == State::terminated)
        finish(EndOfSubscription::refused, refusal.status,
               {wait.count() ? Resubscription::When::later : Resubscription::When::free, wait});
    else
        try_later(now, wait);
    return Verdict::keep;
}

inline void Subscriber::unanswered(TimePoint now) noexcept {
    if (!in_flight_) return;
    in_flight_ = false;
    apply(now, Input::unanswered);
    if (state_ == State::terminated)
        finish(EndOfSubscription::unanswered, 408);
    else if (!timer_n_)
        try_later(now, std::chrono::seconds(0));
}

inline void Subscriber::notified(TimePoint now, const Notice& notice) noexcept {
    using Substate = Notice::Substate;
    const Input input = notice.substate == Substate::terminated ? Input::terminated_in
                        : notice.substate == Substate::active   ? Input::active_in
                                                                : Input::pending_in;
    if (!apply(now, input)) return;
    if (state_ == State::terminated)
        return finish(EndOfSubscription::notified, 0,
                      Resubscription::advised(notice.reason, notice.retry_after));
    if (state_ == State::closing) return;
    if (notice.expires) {
        told_ = true;
        expiration_ = now + *notice.expires;
        if (limit_) expiration_ = lesser(*expiration_, *limit_);
    } else if (!expiration_) {
        // The peer is one of RFC 3265, or has forked where no 2xx tells.
        expiration_ = limit_.value_or(now + asked_);
    }
    plan(now);
}

inline void Subscriber::handle_timeout(TimePoint now) noexcept {
    if (timer_n_ && now >= *timer_n_) {
        apply(now, Input::timer_n);
        return finish(EndOfSubscription::unnotified);
    }
    // A refresh that is under way ends by timer N, and may succeed until then.
    if (!timer_n_ && expiration_ && now >= *expiration_ && apply(now, Input::expired))
        expiration_.reset();
}

inline std::optional<TimePoint> Subscriber::next_timeout() const noexcept {
    if (state_ == State::terminated) return std::nullopt;
    std::optional<TimePoint> next = timer_n_ ? timer_n_ : expiration_;
    if (refresh_ && (!next || *refresh_ < *next)) next = refresh_;
    return next;
}

inline Subscriber::Due Subscriber::due(TimePoint now) const noexcept {
    if (in_flight_ || (state_ != State::pending && state_ != State::active)) return Due::nothing;
    if (leave_) return Due::unsubscribe;
    return refresh_ && now >= *refresh_ ? Due::refresh : Due::nothing;
}

// What has a refresh planned only ever comes sooner: a NOTIFY that tells how little is left would
// otherwise put it off until there is no time.
inline void Subscriber::plan(TimePoint now) noexcept {
    if (in_flight_ || tries_ != 0 || state_ == State::notify_wait) return;
    const Duration left = *expiration_ - now;
    const TimePoint at = *expiration_ - lesser(64 * policy_.t1, left / 2);
    refresh_at(refresh_ ? lesser(*refresh_, at) : at);
}

inline void Subscriber::try_later(TimePoint now, std::chrono::seconds wait) noexcept {
    if (!expiration_ || tries_ >= policy_.retries) return;
    ++tries_;
    refresh_at(greater(now + (*expiration_ - now) / 2, now + Duration(wait)));
}

inline void Subscriber::refresh_at(TimePoint at) noexcept {
    refresh_.reset();
    if (!policy_.refresh) return;
    at = greater(at, sent_at_ + policy_.pace);
    if (at < *expiration_) refresh_ = at;
}

} // namespace offhook

#endif

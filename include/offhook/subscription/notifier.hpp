#ifndef OFFHOOK_SUBSCRIPTION_NOTIFIER_HPP
#define OFFHOOK_SUBSCRIPTION_NOTIFIER_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/extremes.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/response_effect.hpp"
#include "offhook/subscription/notice.hpp"
#include "offhook/subscription/notifier_states.hpp"
#include "offhook/subscription/subscription_end.hpp"

namespace offhook {

/// How long a notifier lets subscriptions last. RFC 6665 §4.2.1.1
struct NotifierPolicy {
    using seconds = std::chrono::seconds; ///< whole ones, as Expires has them

    seconds minimum{60};    ///< shorter ones get 423; no more than one hour counts
    seconds maximum{86400}; ///< longer ones are shortened to this
    seconds without{3600}; ///< where Expires is missing, as always in REFER. §3.1.1, RFC 3515 §3.4
    /// The SUBSCRIBE is refused with 480 where nobody has decided by then: no user is to be waited
    /// for, only what decides by itself.
    Duration decision = seconds(10);

    /// Whether the bounds are in order and an Expires can say them.
    constexpr bool valid() const noexcept {
        return minimum >= seconds(0) && maximum > seconds(0) && maximum <= seconds(UINT32_MAX)
               && without > seconds(0) && without <= maximum && decision > Duration::zero();
    }

    /// The Min-Expires of the 423 that refuses what was asked for; none where it is not too short.
    constexpr std::optional<seconds> too_brief(std::optional<seconds> asked) const noexcept {
        if (!asked || *asked == seconds(0) || *asked >= seconds(3600) || *asked >= minimum)
            return std::nullopt;
        return lesser(minimum, seconds(3600));
    }

    /// What the 2xx grants: never more than was asked for.
    constexpr seconds granted(std::optional<seconds> asked) const noexcept {
        return lesser(asked.value_or(without), maximum);
    }

    friend bool operator==(const NotifierPolicy&, const NotifierPolicy&) = default;
};

/// The notifier's side of one subscription, blind to messages and dialogs. Where an input returns
/// true, a NOTIFY with notice() is to be sent at once. RFC 6665 §4.2
class Notifier {
public:
    using State = NotifierStates::State;  ///< where the subscription is
    using Input = NotifierStates::Input;  ///< what moves it
    using seconds = std::chrono::seconds; ///< whole ones, as Expires has them

    /// A SUBSCRIBE or REFER has come, which asks for so long. Precondition: `policy.valid()`.
    Notifier(TimePoint now, const NotifierPolicy& policy, std::optional<seconds> asked) noexcept
        : policy_(policy), decide_by_(now + policy.decision), asked_(asked) {}

    /// Where it is.
    State state() const noexcept { return state_; }
    /// How it ended; none while it has not.
    const std::optional<SubscriptionEnd>& end() const noexcept { return end_; }
    /// When it expires; none before it is accepted.
    std::optional<TimePoint> expiration() const noexcept { return expiration_; }
    /// The Expires of the 2xx to what was asked last.
    seconds granted() const noexcept { return policy_.granted(asked_); }
    /// What it grants by.
    const NotifierPolicy& policy() const noexcept { return policy_; }

    /// The 2xx leaves now: authorized, or pending. A NOTIFY follows in any case.
    [[nodiscard]] bool accept(TimePoint now, State as = State::active) noexcept;
    /// Another final response leaves.
    void refuse(int status) noexcept { over(Input::refuse, EndOfSubscription::refused, status); }
    /// The 2xx to a REFER leaves that has asked for no subscription. RFC 4488 §4
    void unwanted() noexcept { over(Input::refuse, EndOfSubscription::none_wanted, 0); }
    /// A further SUBSCRIBE came, and its 2xx with granted() leaves now. Expires of 0 ends the
    /// subscription.
    [[nodiscard]] bool refreshed(TimePoint now, std::optional<seconds> asked) noexcept;
    /// There is news; or permission, which takes a pending one to active.
    [[nodiscard]] bool notify(State as) noexcept;
    /// Lets it last so much longer at most; a subscription never becomes longer. RFC 6665 §4.2.2
    void shorten(TimePoint now, seconds left) noexcept;
    /// It is over by local policy. Of a REFER the reason is noresource. RFC 3515 §2.4.7
    [[nodiscard]] bool terminate(TerminationReason reason,
                                 std::optional<seconds> retry_after = {}) noexcept;
    /// A NOTIFY got a final response; 408 where its transaction has timed out, 503 where it could
    /// not be sent.
    void answered(int status) noexcept;

    /// Does what is due; true where a NOTIFY with notice() is to be sent.
    [[nodiscard]] bool handle_timeout(TimePoint now) noexcept;
    /// When handle_timeout() is to be called next; none: never.
    std::optional<TimePoint> next_timeout() const noexcept;

    /// What Subscription-State is to say now. RFC 6665 §4.2.2
    Notice notice(TimePoint now) const;

    friend bool operator==(const Notifier&, const Notifier&) = default;

private:
    bool apply(Input input) noexcept;
    bool over(Input input, EndOfSubscription cause, int status = 0) noexcept;

    NotifierPolicy policy_;
    TimePoint decide_by_;
    std::optional<seconds> asked_;
    std::optional<TimePoint> expiration_;
    std::optional<seconds> retry_after_;
    std::optional<SubscriptionEnd> end_;
    TerminationReason reason_ = TerminationReason::timeout;
    State state_ = State::resp_wait;
};

inline bool Notifier::apply(Input input) noexcept {
    const auto* const row = NotifierStates::find(state_, input);
    if (!row) return false;
    state_ = row->next;
    return row->notify;
}

inline bool Notifier::over(Input input, EndOfSubscription cause, int status) noexcept {
    if (!NotifierStates::find(state_, input)) return false;
    end_ = SubscriptionEnd{cause, status};
    expiration_.reset();
    return apply(input);
}

inline bool Notifier::accept(TimePoint now, State as) noexcept {
    if (state_ != State::resp_wait) return false;
    if (granted() == seconds(0)) {
        return over(Input::fetch, EndOfSubscription::unsubscribed);
    }
    expiration_ = now + granted();
    return apply(as == State::pending ? Input::postpone : Input::grant);
}

inline bool Notifier::refreshed(TimePoint now, std::optional<seconds> asked) noexcept {
    if (!NotifierStates::find(state_, Input::refresh)) return false;
    asked_ = asked;
    if (granted() == seconds(0)) {
        return over(Input::unsubscribe, EndOfSubscription::unsubscribed);
    }
    expiration_ = now + granted();
    return apply(Input::refresh);
}

inline bool Notifier::notify(State as) noexcept {
    if (state_ == State::resp_wait) return false;
    return apply(as == State::active ? Input::grant : Input::change);
}

inline void Notifier::shorten(TimePoint now, seconds left) noexcept {
    if (expiration_) expiration_ = lesser(*expiration_, now + left);
}

inline bool Notifier::terminate(TerminationReason reason,
                                std::optional<seconds> retry_after) noexcept {
    if (!NotifierStates::find(state_, Input::end)) return false;
    reason_ = reason;
    retry_after_ = retry_after;
    return over(Input::end, EndOfSubscription::terminated);
}

inline void Notifier::answered(int status) noexcept {
    // A 408 says what timer F says. RFC 5057 §5.1 (4)
    if (status == 408 || ends_subscription(status))
        over(Input::failed, EndOfSubscription::notify_failed, status);
}

inline bool Notifier::handle_timeout(TimePoint now) noexcept {
    if (state_ == State::resp_wait && now >= decide_by_)
        return over(Input::undecided, EndOfSubscription::refused, 480);
    if (!expiration_ || now < *expiration_) return false;
    return over(Input::expired, EndOfSubscription::expired);
}

inline std::optional<TimePoint> Notifier::next_timeout() const noexcept {
    return state_ == State::resp_wait ? decide_by_ : expiration_;
}

inline Notice Notifier::notice(TimePoint now) const {
    using Substate = Notice::Substate;
    if (state_ == State::terminated)
        return {Substate::terminated, {}, std::string(name_of(reason_)), retry_after_};
    // Rounded down: a NOTIFY must not make it longer.
    const Duration left = greater(Duration::zero(), expiration_.value_or(now) - now);
    return {state_ == State::active ? Substate::active : Substate::pending,
            std::chrono::duration_cast<seconds>(left),
            {},
            {}};
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIBER_STATES_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIBER_STATES_HPP

#include <string_view>

namespace offhook {

/// The state diagram of a subscriber. RFC 6665 §4.1.2
struct SubscriberStates {
    /// Where a subscription is.
    enum class State : unsigned char {
        notify_wait, ///< no NOTIFY yet
        pending,     ///< the notifier has not decided yet
        active,      ///< the notifier tells each change
        closing,     ///< unsubscribed, expired, or a mere fetch: only the last NOTIFY is due
        terminated,  ///< over, at whoever's wish
    };

    /// What moves it.
    enum class Input : unsigned char {
        subscribe,     ///< a SUBSCRIBE leaves, to refresh or once more after a 423
        unsubscribe,   ///< one with Expires 0 leaves
        accepted,      ///< 2xx: a NOTIFY follows
        silent,        ///< 204: no NOTIFY follows. RFC 5839
        refused,       ///< a final response that ends no subscription
        ended,         ///< one that does: ends_subscription()
        unanswered,    ///< the transaction has timed out
        pending_in,    ///< NOTIFY, as Subscription-State says
        active_in,     ///< the same
        terminated_in, ///< the same
        timer_n,       ///< 64·T1 without a NOTIFY
        expired,       ///< not refreshed in time
    };

    /// What becomes of timer N. RFC 6665 §4.1.2.4
    enum class Timer : unsigned char { leave, start, stop };

    /// One step: in a state, with an input, to the next one.
    struct Row {
        State state;              ///< before
        Input input;              ///< what happens
        Timer n;                  ///< what becomes of timer N
        State next;               ///< after
        std::string_view section; ///< the rule
    };

    /// The figure of §4.1.2 with its own state for the time in which the last NOTIFY is due.
    // clang-format off
    static constexpr Row table[] = {
        {State::notify_wait, Input::subscribe,     Timer::start, State::notify_wait, "RFC 6665 §4.1.2.4"},
        {State::notify_wait, Input::accepted,      Timer::leave, State::notify_wait, "RFC 6665 §4.1.2.4"},
        {State::notify_wait, Input::silent,        Timer::leave, State::notify_wait, "RFC 6665 §4.1.2.4"},
        {State::notify_wait, Input::refused,       Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.1"},
        {State::notify_wait, Input::ended,         Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.1"},
        {State::notify_wait, Input::unanswered,    Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.4"},
        {State::notify_wait, Input::pending_in,    Timer::stop,  State::pending,     "RFC 6665 §4.1.3"},
        {State::notify_wait, Input::active_in,     Timer::stop,  State::active,      "RFC 6665 §4.1.3"},
        {State::notify_wait, Input::terminated_in, Timer::stop,  State::terminated,  "RFC 6665 §4.1.3"},
        {State::notify_wait, Input::timer_n,       Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.4"},

        {State::pending,     Input::subscribe,     Timer::start, State::pending,     "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::unsubscribe,   Timer::start, State::closing,     "RFC 6665 §4.1.2.3"},
        {State::pending,     Input::accepted,      Timer::leave, State::pending,     "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::silent,        Timer::stop,  State::pending,     "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::refused,       Timer::stop,  State::pending,     "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::ended,         Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::unanswered,    Timer::leave, State::pending,     "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::pending_in,    Timer::stop,  State::pending,     "RFC 6665 §4.1.3"},
        {State::pending,     Input::active_in,     Timer::stop,  State::active,      "RFC 6665 §4.1.3"},
        {State::pending,     Input::terminated_in, Timer::stop,  State::terminated,  "RFC 6665 §4.1.3"},
        {State::pending,     Input::timer_n,       Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::pending,     Input::expired,       Timer::start, State::closing,     "RFC 6665 §4.2.1.4"},

        {State::active,      Input::subscribe,     Timer::start, State::active,      "RFC 6665 §4.1.2.2"},
        {State::active,      Input::unsubscribe,   Timer::start, State::closing,     "RFC 6665 §4.1.2.3"},
        {State::active,      Input::accepted,      Timer::leave, State::active,      "RFC 6665 §4.1.2.2"},
        {State::active,      Input::silent,        Timer::stop,  State::active,      "RFC 6665 §4.1.2.2"},
        {State::active,      Input::refused,       Timer::stop,  State::active,      "RFC 6665 §4.1.2.2"},
        {State::active,      Input::ended,         Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::active,      Input::unanswered,    Timer::leave, State::active,      "RFC 6665 §4.1.2.2"},
        {State::active,      Input::pending_in,    Timer::stop,  State::pending,     "RFC 6665 §4.1.3"},
        {State::active,      Input::active_in,     Timer::stop,  State::active,      "RFC 6665 §4.1.3"},
        {State::active,      Input::terminated_in, Timer::stop,  State::terminated,  "RFC 6665 §4.1.3"},
        {State::active,      Input::timer_n,       Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::active,      Input::expired,       Timer::start, State::closing,     "RFC 6665 §4.2.1.4"},

        {State::closing,     Input::accepted,      Timer::leave, State::closing,     "RFC 6665 §4.1.2.3"},
        {State::closing,     Input::silent,        Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::closing,     Input::refused,       Timer::stop,  State::terminated,  "RFC 5057 §5.1 (13)"},
        {State::closing,     Input::ended,         Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::closing,     Input::unanswered,    Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
        {State::closing,     Input::pending_in,    Timer::leave, State::closing,     "RFC 6665 §4.4.1"},
        {State::closing,     Input::active_in,     Timer::leave, State::closing,     "RFC 6665 §4.4.1"},
        {State::closing,     Input::terminated_in, Timer::stop,  State::terminated,  "RFC 6665 §4.1.3"},
        {State::closing,     Input::timer_n,       Timer::stop,  State::terminated,  "RFC 6665 §4.1.2.2"},
    };
    // clang-format on

    /// The step for an input; null: there is none.
    static constexpr const Row* find(State state, Input input) noexcept {
        for (const Row& row : table)
            if (row.state == state && row.input == input) return &row;
        return nullptr;
    }
};

} // namespace offhook

#endif

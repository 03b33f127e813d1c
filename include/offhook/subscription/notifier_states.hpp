#ifndef OFFHOOK_SUBSCRIPTION_NOTIFIER_STATES_HPP
#define OFFHOOK_SUBSCRIPTION_NOTIFIER_STATES_HPP

#include <string_view>

namespace offhook {

/// The state diagram of a notifier. RFC 6665 §4.2.2
struct NotifierStates {
    /// Where a subscription is.
    enum class State : unsigned char {
        resp_wait,  ///< the SUBSCRIBE or REFER has no final response yet
        pending,    ///< accepted; whether it is authorized is not decided yet
        active,     ///< accepted and authorized
        terminated, ///< over, at whoever's wish
    };

    /// What moves it.
    enum class Input : unsigned char {
        grant,       ///< accepted and authorized
        postpone,    ///< accepted; policy decides later
        fetch,       ///< accepted, and Expires is 0
        refuse,      ///< a final response other than 2xx
        change,      ///< the state of the resource has changed
        refresh,     ///< a further SUBSCRIBE is accepted
        unsubscribe, ///< one with Expires 0
        end,         ///< local policy
        expired,     ///< not refreshed in time
        failed,      ///< a NOTIFY got no response, or one that ends the subscription
        undecided,   ///< nobody has said what becomes of the SUBSCRIBE
    };

    /// One step: in a state, with an input, to the next one.
    struct Row {
        State state;              ///< before
        Input input;              ///< what happens
        bool notify;              ///< send a NOTIFY at once
        State next;               ///< after
        std::string_view section; ///< the rule
    };

    // clang-format off
    /// Every step that there is.
    static constexpr Row table[] = {
        {State::resp_wait, Input::grant,       true,  State::active,     "RFC 6665 §4.2.1.2"},
        {State::resp_wait, Input::postpone,    true,  State::pending,    "RFC 6665 §4.2.1.3"},
        {State::resp_wait, Input::fetch,       true,  State::terminated, "RFC 6665 §4.4.3"},
        {State::resp_wait, Input::refuse,      false, State::terminated, "RFC 6665 §4.2.1.1"},
        {State::resp_wait, Input::undecided,   false, State::terminated, "RFC 6665 §4.2.1.1"},

        {State::pending,   Input::grant,       true,  State::active,     "RFC 6665 §4.2.2"},
        {State::pending,   Input::change,      true,  State::pending,    "RFC 6665 §4.2.2"},
        {State::pending,   Input::refresh,     true,  State::pending,    "RFC 6665 §4.2.1.2"},
        {State::pending,   Input::unsubscribe, true,  State::terminated, "RFC 6665 §4.2.1.4"},
        {State::pending,   Input::end,         true,  State::terminated, "RFC 6665 §4.2.1.3"},
        {State::pending,   Input::expired,     true,  State::terminated, "RFC 6665 §4.2.1.4"},
        {State::pending,   Input::failed,      false, State::terminated, "RFC 6665 §4.2.2"},

        {State::active,    Input::grant,       true,  State::active,     "RFC 6665 §4.2.2"},
        {State::active,    Input::change,      true,  State::active,     "RFC 6665 §4.2.2"},
        {State::active,    Input::refresh,     true,  State::active,     "RFC 6665 §4.2.1.2"},
        {State::active,    Input::unsubscribe, true,  State::terminated, "RFC 6665 §4.2.1.4"},
        {State::active,    Input::end,         true,  State::terminated, "RFC 6665 §4.2.2"},
        {State::active,    Input::expired,     true,  State::terminated, "RFC 6665 §4.2.1.4"},
        {State::active,    Input::failed,      false, State::terminated, "RFC 6665 §4.2.2"},
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

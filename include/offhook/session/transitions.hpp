#ifndef OFFHOOK_SESSION_TRANSITIONS_HPP
#define OFFHOOK_SESSION_TRANSITIONS_HPP

#include <cstdint>
#include <string_view>

#include "offhook/dialog/dialog_state.hpp"
#include "offhook/session/state.hpp"

namespace offhook {

/// What moves a session from one state to the next.
enum class Step : std::uint8_t {
    ring,       ///< a 1xx with a tag makes an early dialog, or goes on with it
    lose_early, ///< no early dialog lives any more, or the INVITE goes out anew
    succeed,    ///< a 2xx that waits for its ACK, or whose offer waits for our answer in the ACK
    confirm,    ///< the ACK has left or come, or has not come for 64·T1
    leave,      ///< our BYE leaves, or all early dialogs are given up
    end,        ///< a BYE is answered, or the INVITE has failed
};

/// One arrow of the session's state diagram.
struct Transition {
    Role role;                ///< that of the user agent in the INVITE that made the session
    State state;              ///< before
    Step step;                ///< what happens
    State next;               ///< after
    std::string_view section; ///< that says so
};

/// All that there are. A step that has no row in a state does not change it.
// clang-format off
inline constexpr Transition transitions[] = {
    {Role::uac, State::initial,     Step::ring,       State::early,       "RFC 3261 §12.1"},
    {Role::uac, State::initial,     Step::succeed,    State::ack_wait,    "RFC 3261 §13.2.2.4"},
    {Role::uac, State::initial,     Step::confirm,    State::confirmed,   "RFC 3261 §13.2.2.4"},
    {Role::uac, State::initial,     Step::leave,      State::terminating, "RFC 3261 §13.2.2.4"},
    {Role::uac, State::initial,     Step::end,        State::terminated,  "RFC 3261 §13.2.2.3"},
    {Role::uac, State::early,       Step::lose_early, State::initial,     "RFC 6228 §4"},
    {Role::uac, State::early,       Step::succeed,    State::ack_wait,    "RFC 3261 §13.2.2.4"},
    {Role::uac, State::early,       Step::confirm,    State::confirmed,   "RFC 3261 §13.2.2.4"},
    {Role::uac, State::early,       Step::leave,      State::terminating, "RFC 3261 §15"},
    {Role::uac, State::early,       Step::end,        State::terminated,  "RFC 3261 §13.2.2.3"},
    {Role::uac, State::ack_wait,    Step::confirm,    State::confirmed,   "RFC 3261 §13.2.2.4"},
    {Role::uac, State::ack_wait,    Step::leave,      State::terminating, "RFC 3261 §13.2.2.4"},
    {Role::uac, State::ack_wait,    Step::end,        State::terminated,  "RFC 3261 §15.1.2"},
    {Role::uac, State::confirmed,   Step::leave,      State::terminating, "RFC 3261 §15.1.1"},
    {Role::uac, State::confirmed,   Step::end,        State::terminated,  "RFC 3261 §15.1.2"},
    {Role::uac, State::terminating, Step::end,        State::terminated,  "RFC 3261 §15.1.1"},

    {Role::uas, State::initial,     Step::ring,       State::early,       "RFC 3261 §12.1"},
    {Role::uas, State::initial,     Step::succeed,    State::ack_wait,    "RFC 3261 §13.3.1.4"},
    {Role::uas, State::initial,     Step::end,        State::terminated,  "RFC 3261 §13.3.1.3"},
    {Role::uas, State::early,       Step::succeed,    State::ack_wait,    "RFC 3261 §13.3.1.4"},
    {Role::uas, State::early,       Step::end,        State::terminated,  "RFC 3261 §13.3.1.3"},
    {Role::uas, State::ack_wait,    Step::confirm,    State::confirmed,   "RFC 3261 §13.3.1.4"},
    {Role::uas, State::ack_wait,    Step::end,        State::terminated,  "RFC 3261 §15.1.2"},
    {Role::uas, State::confirmed,   Step::leave,      State::terminating, "RFC 3261 §15.1.1"},
    {Role::uas, State::confirmed,   Step::end,        State::terminated,  "RFC 3261 §15.1.2"},
    {Role::uas, State::terminating, Step::end,        State::terminated,  "RFC 3261 §15.1.1"},
};
// clang-format on

/// The state that a step leads to: the same one where no row is.
constexpr State after(Role role, State state, Step step) noexcept {
    for (const Transition& row : transitions)
        if (row.role == role && row.state == state && row.step == step) return row.next;
    return state;
}

} // namespace offhook

#endif

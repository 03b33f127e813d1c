#ifndef OFFHOOK_SESSION_TRANSITIONS_HPP
#define OFFHOOK_SESSION_TRANSITIONS_HPP

#include <array>
#include <cstdint>
#include <string_view>

#include "offhook/dialog/dialog_state.hpp"
#include "offhook/session/state.hpp"

namespace offhook {

/// What moves a session from one state to the next.
enum class SessionStep : std::uint8_t {
    ring,       ///< a 1xx with a tag makes an early dialog, or goes on with it
    lose_early, ///< no early dialog lives any more, or the INVITE goes out anew
    succeed,    ///< a 2xx that waits for its ACK, or whose offer waits for our answer in the ACK
    confirm,    ///< the ACK has left or come, or has not come for 64·T1
    leave,      ///< our BYE leaves, or all early dialogs are given up
    end,        ///< the BYE of either side has its answer, or the INVITE has failed
};

/// One arrow of the session's state diagram.
struct SessionTransition {
    Role role;                ///< that of the user agent in the INVITE that made the session
    State state;              ///< before
    SessionStep step;         ///< what happens
    State next;               ///< after
    std::string_view section; ///< that says so
};

/// All that there are. A step that has no row in a state does not change it.
// clang-format off
inline constexpr auto session_transitions = [] {
    using enum Role; using enum State; using enum SessionStep;
    return std::to_array<SessionTransition>({
    //role state        step        next         section
    { uac, initial,     ring,       early,       "RFC 3261 §12.1" },
    { uac, initial,     succeed,    ack_wait,    "RFC 3261 §13.2.2.4" },
    { uac, initial,     confirm,    confirmed,   "RFC 3261 §13.2.2.4" },
    { uac, initial,     leave,      terminating, "RFC 3261 §13.2.2.4" },
    { uac, initial,     end,        terminated,  "RFC 3261 §13.2.2.3" },
    { uac, early,       lose_early, initial,     "RFC 3261 §8.1.3.5, RFC 6228 §4" },
    { uac, early,       succeed,    ack_wait,    "RFC 3261 §13.2.2.4" },
    { uac, early,       confirm,    confirmed,   "RFC 3261 §13.2.2.4" },
    { uac, early,       leave,      terminating, "RFC 3261 §15" },
    { uac, early,       end,        terminated,  "RFC 3261 §13.2.2.3" },
    { uac, ack_wait,    confirm,    confirmed,   "RFC 3261 §13.2.2.4" },
    { uac, ack_wait,    leave,      terminating, "RFC 3261 §13.2.2.4" },
    { uac, ack_wait,    end,        terminated,  "RFC 3261 §15.1.2" },
    { uac, confirmed,   leave,      terminating, "RFC 3261 §15.1.1" },
    { uac, confirmed,   end,        terminated,  "RFC 3261 §15.1.2" },
    { uac, terminating, end,        terminated,  "RFC 3261 §15.1.1" },

    { uas, initial,     ring,       early,       "RFC 3261 §12.1" },
    { uas, initial,     succeed,    ack_wait,    "RFC 3261 §13.3.1.4" },
    { uas, initial,     end,        terminated,  "RFC 3261 §13.3.1.3" },
    { uas, early,       succeed,    ack_wait,    "RFC 3261 §13.3.1.4" },
    { uas, early,       end,        terminated,  "RFC 3261 §13.3.1.3" },
    { uas, ack_wait,    confirm,    confirmed,   "RFC 3261 §13.3.1.4" },
    { uas, ack_wait,    end,        terminated,  "RFC 3261 §15.1.2" },
    { uas, confirmed,   leave,      terminating, "RFC 3261 §15.1.1" },
    { uas, confirmed,   end,        terminated,  "RFC 3261 §15.1.2" },
    { uas, terminating, end,        terminated,  "RFC 3261 §15.1.1" },
    });
}();
// clang-format on

/// The state that a step leads to: the same one where no row is.
constexpr State state_after(Role role, State state, SessionStep step) noexcept {
    for (const SessionTransition& row : session_transitions)
        if (row.role == role && row.state == state && row.step == step) return row.next;
    return state;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_STATE_HPP
#define OFFHOOK_SESSION_STATE_HPP

#include <string_view>

#include "offhook/dialog/dialog_state.hpp"

namespace offhook {

/// Where a session is between its INVITE and its end, for either role.
enum class State : unsigned char {
    initial,     ///< no dialog yet
    early,       ///< a 1xx with a tag has made a dialog
    ack_wait,    ///< 2xx, not yet its ACK: the UAS waits for it, the UAC owes an answer in it
    confirmed,   ///< 2xx and ACK
    terminating, ///< our BYE has left, or the only early dialog has been given up
    terminated,  ///< over
};

/// Each of them once.
inline constexpr State all_states[] = {State::initial,   State::early,       State::ack_wait,
                                       State::confirmed, State::terminating, State::terminated};

/// "AckWait (UAS)", "Terminated": as refusals and logs name it.
constexpr std::string_view describe(State state, Role role) noexcept {
    const bool uac = role == Role::uac;
    switch (state) {
    case State::initial: return uac ? "Initial (UAC)" : "Initial (UAS)";
    case State::early: return uac ? "Early (UAC)" : "Early (UAS)";
    case State::ack_wait: return uac ? "AckWait (UAC)" : "AckWait (UAS)";
    case State::confirmed: return uac ? "Confirmed (UAC)" : "Confirmed (UAS)";
    case State::terminating: return uac ? "Terminating (UAC)" : "Terminating (UAS)";
    case State::terminated: break;
    }
    return "Terminated"; // whoever made the call: a session that is gone does not know any more
}

} // namespace offhook

#endif

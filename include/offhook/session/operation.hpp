#ifndef OFFHOOK_SESSION_OPERATION_HPP
#define OFFHOOK_SESSION_OPERATION_HPP

#include <string_view>

#include "offhook/core/error.hpp"
#include "offhook/session/state.hpp"

namespace offhook {

/// What the application can ask of a session.
enum class Operation : unsigned char {
    progress,
    accept,
    reject,
    redirect,
    ack,
    cancel,
    bye,
    hang_up
};

inline constexpr Operation all_operations[] = {
    Operation::progress, Operation::accept, Operation::reject, Operation::redirect,
    Operation::ack,      Operation::cancel, Operation::bye,    Operation::hang_up};

/// As the API names it: "hang_up".
constexpr std::string_view name_of(Operation operation) noexcept {
    switch (operation) {
    case Operation::progress: return "progress";
    case Operation::accept: return "accept";
    case Operation::reject: return "reject";
    case Operation::redirect: return "redirect";
    case Operation::ack: return "ack";
    case Operation::cancel: return "cancel";
    case Operation::bye: return "bye";
    case Operation::hang_up: break;
    }
    return "hang_up";
}

/// A row of the table of what is refused: which operations, in which role and states, and why. What
/// no row names is allowed.
struct OperationRule {
    unsigned operations; ///< set of bits, one for each Operation
    unsigned roles;      ///< one for each Role
    unsigned states;     ///< one for each State
    Errc refused_as;
    std::string_view needs;
    std::string_view advice;
    std::string_view section;
};

namespace detail {

constexpr unsigned set() noexcept {
    return 0;
}
template <class E, class... Rest>
constexpr unsigned set(E first, Rest... rest) noexcept {
    return (1U << static_cast<unsigned>(first)) | set(rest...);
}

inline constexpr unsigned answering =
    set(Operation::progress, Operation::accept, Operation::reject, Operation::redirect);
inline constexpr unsigned calling = set(Operation::ack, Operation::cancel);
inline constexpr unsigned refusable = answering | calling | set(Operation::bye);
inline constexpr unsigned unanswered = set(State::initial, State::early);
inline constexpr unsigned answered = set(State::ack_wait, State::confirmed);
inline constexpr unsigned over = set(State::terminating, State::terminated);
inline constexpr unsigned both = set(Role::uac, Role::uas);

} // namespace detail

/// The whole table; the first row that fits decides. hang_up() has no row: it is never refused.
inline constexpr OperationRule operation_rules[] = {
    {detail::refusable, detail::both, detail::over, Errc::session_terminated,
     "a session that lives", "", "RFC 3261 §15"},

    {detail::set(Operation::bye), detail::set(Role::uac), detail::set(State::initial),
     Errc::no_dialog, "a dialog", "cancel() ends the INVITE, and hang_up() whatever there is",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uas), detail::set(State::initial),
     Errc::no_dialog, "a dialog", "reject() answers the INVITE, and so does hang_up()",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uas), detail::set(State::early),
     Errc::bye_on_early_dialog, "Confirmed", "reject() answers the INVITE, and so does hang_up()",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uas), detail::set(State::ack_wait),
     Errc::ack_pending, "the ACK of the 2xx, or Timer L", "hang_up() waits by itself",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uac), detail::set(State::ack_wait),
     Errc::answer_pending, "the answer in the ACK",
     "ack() sends it, and hang_up() declines and ends the call", "RFC 3261 §13.2.2.4"},

    {detail::set(Operation::cancel), detail::both, detail::answered, Errc::already_answered,
     "an INVITE without a final response", "bye() or hang_up() ends the session", "RFC 3261 §9.1"},
    {detail::calling, detail::set(Role::uas), detail::unanswered | detail::answered,
     Errc::wrong_role, "the UAC", "", "RFC 3261 §9.1, §13.2.2.4"},
    {detail::set(Operation::ack), detail::set(Role::uac),
     detail::unanswered | detail::set(State::confirmed), Errc::wrong_state,
     "a 2xx whose offer is not answered yet", "every other ACK is sent by itself",
     "RFC 3261 §13.2.2.4"},

    {detail::answering, detail::set(Role::uac), detail::unanswered | detail::answered,
     Errc::wrong_role, "the UAS", "", "RFC 3261 §13.3.1"},
    {detail::answering, detail::set(Role::uas), detail::answered, Errc::already_answered,
     "an INVITE without a final response", "bye() or hang_up() ends the session",
     "RFC 3261 §13.3.1"},
};

/// Whether the table allows an operation in a role and state; a Refusal that is false where it
/// does.
constexpr Refusal refusal(Operation operation, Role role, State state) noexcept {
    for (const OperationRule& rule : operation_rules) {
        if ((rule.operations & detail::set(operation)) == 0) continue;
        if ((rule.roles & detail::set(role)) == 0) continue;
        if ((rule.states & detail::set(state)) == 0) continue;
        return {rule.refused_as, name_of(operation), describe(state, role),
                rule.needs,      rule.section,       rule.advice};
    }
    return {};
}

} // namespace offhook

#endif

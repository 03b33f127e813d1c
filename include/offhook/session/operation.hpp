#ifndef OFFHOOK_SESSION_OPERATION_HPP
#define OFFHOOK_SESSION_OPERATION_HPP

#include <string_view>

#include "offhook/core/error.hpp"
#include "offhook/session/state.hpp"

namespace offhook {

/// What the application can ask of a session.
enum class Operation : unsigned char {
    progress,     ///< 1xx to INVITE
    accept,       ///< 2xx to INVITE or re-INVITE
    reject,       ///< 4xx … 6xx to INVITE or re-INVITE
    redirect,     ///< 3xx to INVITE
    ack,          ///< ACK with the answer
    prack,        ///< PRACK by hand
    cancel,       ///< CANCEL of an INVITE or re-INVITE of ours
    reinvite,     ///< a further INVITE
    update,       ///< UPDATE
    answer,       ///< 200 to UPDATE or PRACK, with the answer
    decline,      ///< an error to UPDATE or PRACK
    request,      ///< any other request
    authenticate, ///< a challenged request, with credentials
    follow,       ///< the INVITE again, to another target
    refer,        ///< REFER
    subscribe,    ///< SUBSCRIBE
    unsubscribe,  ///< SUBSCRIBE with Expires 0
    notify,       ///< NOTIFY
    bye,          ///< BYE
    hang_up       ///< whatever ends the call now
};

/// Each of them once.
inline constexpr Operation all_operations[] = {
    Operation::progress,    Operation::accept,       Operation::reject,  Operation::redirect,
    Operation::ack,         Operation::prack,        Operation::cancel,  Operation::reinvite,
    Operation::update,      Operation::answer,       Operation::decline, Operation::request,
    Operation::follow,      Operation::authenticate, Operation::refer,   Operation::subscribe,
    Operation::unsubscribe, Operation::notify,       Operation::bye,     Operation::hang_up};

/// As the API names it: "hang_up".
constexpr std::string_view name_of(Operation operation) noexcept {
    switch (operation) {
    case Operation::progress: return "progress";
    case Operation::accept: return "accept";
    case Operation::reject: return "reject";
    case Operation::redirect: return "redirect";
    case Operation::ack: return "ack";
    case Operation::prack: return "prack";
    case Operation::cancel: return "cancel";
    case Operation::reinvite: return "reinvite";
    case Operation::update: return "update";
    case Operation::answer: return "answer";
    case Operation::decline: return "decline";
    case Operation::request: return "request";
    case Operation::authenticate: return "authenticate";
    case Operation::follow: return "follow";
    case Operation::refer: return "refer";
    case Operation::subscribe: return "subscribe";
    case Operation::unsubscribe: return "unsubscribe";
    case Operation::notify: return "notify";
    case Operation::bye: return "bye";
    case Operation::hang_up: break;
    }
    return "hang_up";
}

/// What else is under way in a session and decides what may be asked of it now.
enum class Pending : unsigned char {
    accepted,       ///< accept() was called, and its 2xx waits for a PRACK
    cancelling,     ///< cancel() was called
    left,           ///< the INVITE has a 2xx, on an early dialog that we had left
    our_reinvite,   ///< a re-INVITE of ours has no final response
    ack_owed,       ///< its 2xx brought an offer that waits for ack()
    their_reinvite, ///< one of the peer waits for accept() or reject()
    their_ack,      ///< our 2xx to it has no ACK
    our_update,     ///< an UPDATE of ours has no final response
    their_offer,    ///< one in an UPDATE or PRACK of the peer waits for answer()
    prack_owed,     ///< a reliable 1xx waits for prack()
    challenge,      ///< a 401 or 407 waits for authenticate()
    redirection,    ///< a 3xx waits for follow()
    given_up,       ///< a 199 of ours has ended the early dialog
};

/// A row of the table of what is refused: which operations, in which role and states, and why. What
/// no row names is allowed.
struct OperationRule {
    unsigned operations;      ///< set of bits, one for each Operation
    unsigned roles;           ///< one for each Role
    unsigned states;          ///< one for each State
    Errc refused_as;          ///< the type that is thrown
    std::string_view needs;   ///< what would allow it: "a dialog"
    std::string_view advice;  ///< what does instead; "" where nothing
    std::string_view section; ///< the rule
    unsigned only = 0;   ///< one for each Pending: the row holds while one of them is; 0: always
    unsigned unless = 0; ///< the row does not hold while one of these is
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
inline constexpr unsigned modifying = set(Operation::reinvite, Operation::update);
inline constexpr unsigned refusable =
    answering | modifying
    | set(Operation::ack, Operation::prack, Operation::cancel, Operation::answer,
          Operation::decline, Operation::request, Operation::authenticate, Operation::follow,
          Operation::refer, Operation::subscribe, Operation::bye);
inline constexpr unsigned subscribing =
    set(Operation::refer, Operation::subscribe, Operation::unsubscribe, Operation::notify);
inline constexpr unsigned unanswered = set(State::initial, State::early);
inline constexpr unsigned answered = set(State::ack_wait, State::confirmed);
inline constexpr unsigned alive = unanswered | answered;
inline constexpr unsigned over = set(State::terminating, State::terminated);
inline constexpr unsigned both = set(Role::uac, Role::uas);

} // namespace detail

/// The whole table; the first row that fits decides. hang_up() has no row: it is never refused. A
/// subscription can outlive the call, so that unsubscribe() and notify() have no row after its end.
inline constexpr OperationRule operation_rules[] = {
    {detail::refusable & ~detail::set(Operation::authenticate), detail::both, detail::over,
     Errc::session_terminated, "a session that lives", "", "RFC 3261 §15"},

    {detail::set(Operation::bye), detail::set(Role::uac), detail::set(State::initial),
     Errc::no_dialog, "a dialog", "cancel() ends the INVITE, and hang_up() whatever there is",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uas), detail::set(State::initial),
     Errc::no_dialog, "a dialog", "reject() answers the INVITE, and so does hang_up()",
     "RFC 3261 §15"},
    {detail::set(Operation::bye), detail::set(Role::uas), detail::set(State::early),
     Errc::bye_on_early_dialog, "Confirmed", "reject() answers the INVITE, and so does hang_up()",
     "RFC 3261 §15"},
    {detail::set(Operation::bye, Operation::reinvite), detail::set(Role::uas),
     detail::set(State::ack_wait), Errc::ack_pending, "the ACK of the 2xx, or Timer L",
     "hang_up() waits by itself", "RFC 3261 §15, §14.1"},
    {detail::set(Operation::bye, Operation::reinvite), detail::set(Role::uac),
     detail::set(State::ack_wait), Errc::answer_pending, "the answer in the ACK",
     "ack() sends it, and hang_up() declines and ends the call", "RFC 3261 §13.2.2.4"},

    {detail::set(Operation::cancel), detail::both, detail::answered, Errc::already_answered,
     "an INVITE without a final response", "bye() or hang_up() ends the session", "RFC 3261 §9.1",
     0, detail::set(Pending::our_reinvite)},
    {detail::set(Operation::cancel), detail::set(Role::uas), detail::unanswered, Errc::wrong_role,
     "the UAC", "", "RFC 3261 §9.1"},
    {detail::set(Operation::cancel), detail::set(Role::uac), detail::unanswered,
     Errc::already_answered, "an INVITE without a final response",
     "bye() or hang_up() ends the session", "RFC 3261 §9.1", detail::set(Pending::left)},
    {detail::set(Operation::cancel), detail::both, detail::alive, Errc::already_cancelled,
     "an INVITE that is not cancelled", "it ends by itself", "RFC 3261 §9.1",
     detail::set(Pending::cancelling)},

    {detail::set(Operation::ack), detail::set(Role::uas), detail::unanswered | detail::answered,
     Errc::wrong_role, "the UAC", "", "RFC 3261 §13.2.2.4", 0, detail::set(Pending::ack_owed)},
    {detail::set(Operation::ack), detail::set(Role::uac),
     detail::unanswered | detail::set(State::confirmed), Errc::wrong_state,
     "a 2xx whose offer is not answered yet", "every other ACK is sent by itself",
     "RFC 3261 §13.2.2.4", 0, detail::set(Pending::ack_owed)},
    {detail::set(Operation::prack), detail::both, detail::alive, Errc::wrong_state,
     "a reliable provisional response that waits for it", "every other PRACK is sent by itself",
     "RFC 3262 §4", 0, detail::set(Pending::prack_owed)},

    {detail::answering, detail::set(Role::uac), detail::unanswered, Errc::wrong_role, "the UAS", "",
     "RFC 3261 §13.3.1"},
    {detail::answering, detail::set(Role::uas), detail::unanswered, Errc::already_answered,
     "an INVITE that is not accepted", "the 2xx leaves once PRACK has come", "RFC 3262 §5",
     detail::set(Pending::accepted)},
    {detail::set(Operation::progress, Operation::accept), detail::set(Role::uas),
     detail::unanswered, Errc::wrong_state, "an early dialog that no 199 has ended",
     "reject() or redirect() answers the INVITE", "RFC 6228 §5", detail::set(Pending::given_up)},
    {detail::set(Operation::update, Operation::request, Operation::refer, Operation::subscribe),
     detail::set(Role::uas), detail::unanswered, Errc::unknown_handle,
     "an early dialog that no 199 has ended", "reject() or redirect() answers the INVITE",
     "RFC 6228 §5", detail::set(Pending::given_up)},
    {detail::set(Operation::redirect), detail::both, detail::answered, Errc::already_answered,
     "an INVITE that makes a session", "reject() refuses a re-INVITE", "RFC 3261 §14.2",
     detail::set(Pending::their_reinvite)},
    {detail::answering, detail::set(Role::uac), detail::answered, Errc::wrong_role, "the UAS", "",
     "RFC 3261 §13.3.1", 0, detail::set(Pending::their_reinvite)},
    {detail::answering, detail::set(Role::uas), detail::answered, Errc::already_answered,
     "an INVITE without a final response", "bye() or hang_up() ends the session",
     "RFC 3261 §13.3.1", 0, detail::set(Pending::their_reinvite)},
    {detail::answering, detail::both, detail::answered, Errc::already_answered,
     "a re-INVITE that is not accepted", "the 2xx leaves once PRACK has come", "RFC 3262 §5",
     detail::set(Pending::accepted)},

    {detail::set(Operation::reinvite), detail::both, detail::unanswered, Errc::wrong_state,
     "Confirmed", "update() changes an early session", "RFC 3261 §14"},
    {detail::set(Operation::update, Operation::request) | detail::subscribing, detail::both,
     detail::set(State::initial), Errc::no_dialog, "a dialog", "", "RFC 3261 §12.2"},
    {detail::set(Operation::reinvite), detail::both, detail::set(State::confirmed),
     Errc::request_pending, "no other modification under way", "", "RFC 3261 §14.1, RFC 6337 §4.3",
     detail::set(Pending::our_reinvite, Pending::ack_owed, Pending::their_reinvite,
                 Pending::their_ack, Pending::our_update, Pending::their_offer)},
    {detail::set(Operation::update), detail::both, detail::alive, Errc::request_pending,
     "no other UPDATE under way", "", "RFC 6337 §4.3", detail::set(Pending::our_update)},

    {detail::set(Operation::answer, Operation::decline), detail::both, detail::alive,
     Errc::wrong_state, "an UPDATE or PRACK whose offer is not answered yet",
     "accept() answers an INVITE", "RFC 3311 §5.2, RFC 3262 §5", 0,
     detail::set(Pending::their_offer)},
    {detail::set(Operation::authenticate), detail::both, detail::alive | detail::over,
     Errc::wrong_state, "a challenge that waits for it", "", "RFC 3261 §22.2", 0,
     detail::set(Pending::challenge)},
    {detail::set(Operation::follow), detail::both, detail::alive, Errc::wrong_state,
     "a redirection that waits for it", "", "RFC 3261 §8.1.3.4", 0,
     detail::set(Pending::redirection)},
};

/// Whether the table allows an operation in a role and state, with that under way (a set of
/// Pending); a Refusal that is false where it does.
constexpr Refusal refusal(Operation operation, Role role, State state,
                          unsigned pending = 0) noexcept {
    for (const OperationRule& rule : operation_rules) {
        if ((rule.operations & detail::set(operation)) == 0) continue;
        if ((rule.roles & detail::set(role)) == 0) continue;
        if ((rule.states & detail::set(state)) == 0) continue;
        if (rule.only != 0 && (rule.only & pending) == 0) continue;
        if ((rule.unless & pending) != 0) continue;
        return {rule.refused_as, name_of(operation), describe(state, role),
                rule.needs,      rule.section,       rule.advice};
    }
    return {};
}

} // namespace offhook

#endif

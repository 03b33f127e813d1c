#ifndef OFFHOOK_CORE_ERROR_HPP
#define OFFHOOK_CORE_ERROR_HPP

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace offhook {

/// Why an operation of the application was refused. What a peer does wrong is never one of these:
/// it ends in a response, a dropped message or an event.
enum class Errc {
    allowed = 0,           ///< not refused
    no_dialog,             ///< NoDialog
    bye_on_early_dialog,   ///< ByeOnEarlyDialog
    ack_pending,           ///< AckPending
    answer_pending,        ///< AnswerPending
    already_answered,      ///< AlreadyAnswered
    already_cancelled,     ///< AlreadyCancelled
    session_terminated,    ///< SessionTerminated
    wrong_role,            ///< WrongRole
    wrong_state,           ///< WrongState
    offer_answer_conflict, ///< OfferAnswerConflict
    request_pending,       ///< RequestPending
    not_supported,         ///< NotSupported
    unsafe_value,          ///< UnsafeValue
    bad_argument,          ///< BadArgument
    unknown_handle,        ///< UnknownHandle
    limit_reached,         ///< LimitReached
};

/// The exception that goes with a code: "AckPending".
constexpr std::string_view exception_of(Errc code) noexcept {
    switch (code) {
    case Errc::allowed: return "";
    case Errc::no_dialog: return "NoDialog";
    case Errc::bye_on_early_dialog: return "ByeOnEarlyDialog";
    case Errc::ack_pending: return "AckPending";
    case Errc::answer_pending: return "AnswerPending";
    case Errc::already_answered: return "AlreadyAnswered";
    case Errc::already_cancelled: return "AlreadyCancelled";
    case Errc::session_terminated: return "SessionTerminated";
    case Errc::wrong_role: return "WrongRole";
    case Errc::wrong_state: return "WrongState";
    case Errc::offer_answer_conflict: return "OfferAnswerConflict";
    case Errc::request_pending: return "RequestPending";
    case Errc::not_supported: return "NotSupported";
    case Errc::unsafe_value: return "UnsafeValue";
    case Errc::bad_argument: return "BadArgument";
    case Errc::unknown_handle: return "UnknownHandle";
    case Errc::limit_reached: return "LimitReached";
    }
    return "";
}

/// The std::error_category of Errc; its name is "offhook".
inline const std::error_category& error_category() noexcept {
    struct Category final : std::error_category {
        const char* name() const noexcept override { return "offhook"; }
        std::string message(int value) const override {
            switch (static_cast<Errc>(value)) {
            case Errc::allowed: return "allowed";
            case Errc::no_dialog: return "there is no dialog yet";
            case Errc::bye_on_early_dialog: return "the callee may not send BYE on an early dialog";
            case Errc::ack_pending: return "the ACK of the 2xx has not come yet";
            case Errc::answer_pending: return "the offer in the 2xx has not been answered yet";
            case Errc::already_answered: return "the INVITE has its final response";
            case Errc::already_cancelled: return "the INVITE has been cancelled";
            case Errc::session_terminated: return "the session is over";
            case Errc::wrong_role: return "the operation belongs to the other role";
            case Errc::wrong_state: return "the operation does not fit the state";
            case Errc::offer_answer_conflict: return "the offer/answer exchange forbids this body";
            case Errc::request_pending: return "another modification of the session is under way";
            case Errc::not_supported: return "the peer does not support it";
            case Errc::unsafe_value: return "the value holds CR, LF or NUL";
            case Errc::bad_argument: return "the argument is malformed";
            case Errc::unknown_handle: return "the handle names nothing that lives";
            case Errc::limit_reached: return "a configured limit is reached";
            }
            return "unknown offhook error";
        }
    };
    static const Category category;
    return category;
}

/// Makes an Errc convert to std::error_code by itself, as std::is_error_code_enum allows.
inline std::error_code make_error_code(Errc code) noexcept {
    return {static_cast<int>(code), error_category()};
}

/// The answer of a non-throwing twin: what was asked, what stands in the way, what would help, and
/// where the rule is. Converts to true where the operation was refused; then nothing has changed.
/// The texts are literals, so a Refusal is cheap to make and to copy.
struct Refusal {
    Errc code = Errc::allowed;     ///< why; `allowed` where it was not refused
    std::string_view tried = {};   ///< the operation, as the API names it: "bye"
    std::string_view state = {};   ///< the state that it met: "Early (UAS)"
    std::string_view needs = {};   ///< the state or event that it needs: "the ACK, or Timer L"
    std::string_view section = {}; ///< the rule: "RFC 3261 §15"
    std::string_view advice = {};  ///< what does work now: "hang_up() waits by itself"
    std::string_view subject = "session"; ///< whose state it is

    /// Whether it was refused.
    constexpr explicit operator bool() const noexcept { return code != Errc::allowed; }

    /// "bye() needs the ACK, or Timer L; session is AckWait (UAS). hang_up() waits by itself. RFC
    /// …"
    std::string message() const {
        if (code == Errc::allowed) return "allowed";
        std::string text(tried);
        text.append("() needs ").append(needs);
        if (!state.empty()) text.append("; ").append(subject).append(" is ").append(state);
        if (!advice.empty()) text.append(". ").append(advice);
        if (!section.empty()) text.append(" (").append(section).append(")");
        return text;
    }

    /// The same as a std::error_code of error_category().
    std::error_code error() const noexcept { return make_error_code(code); }
};

/// Base of every exception that the library throws. All of them mean local misuse, and the refused
/// operation has changed nothing.
class Error : public std::runtime_error {
public:
    /// Says what the refusal says: what() is its message().
    explicit Error(const Refusal& refusal)
        : std::runtime_error(refusal.message()), refusal_(refusal) {}

    /// The Errc as a std::error_code of error_category().
    std::error_code code() const noexcept { return refusal_.error(); }
    /// The operation that was tried.
    std::string_view tried() const noexcept { return refusal_.tried; }
    /// The state that it met.
    std::string_view state() const noexcept { return refusal_.state; }
    /// What it needs instead.
    std::string_view needs() const noexcept { return refusal_.needs; }
    /// The section of the RFC that forbids it.
    std::string_view section() const noexcept { return refusal_.section; }
    /// The whole of it, the advice too.
    const Refusal& refusal() const noexcept { return refusal_; }

private:
    Refusal refusal_;
};

/// An in-dialog operation before any dialog exists. RFC 3261 §15
struct NoDialog : Error {
    using Error::Error; ///< from the Refusal
};
/// BYE by the callee before its 2xx. RFC 3261 §15
struct ByeOnEarlyDialog : Error {
    using Error::Error; ///< from the Refusal
};
/// BYE by the callee after its 2xx, before the ACK or Timer L. RFC 3261 §15
struct AckPending : Error {
    using Error::Error; ///< from the Refusal
};
/// The 2xx held an offer, and the ACK with the answer has not been sent. RFC 3261 §13.2.2.4
struct AnswerPending : Error {
    using Error::Error; ///< from the Refusal
};
/// The INVITE has its final response. RFC 3261 §9.1, §13.3.1
struct AlreadyAnswered : Error {
    using Error::Error; ///< from the Refusal
};
/// cancel() a second time. RFC 3261 §9.1
struct AlreadyCancelled : Error {
    using Error::Error; ///< from the Refusal
};
/// Any operation after the end, or while the BYE is under way. RFC 3261 §15
struct SessionTerminated : Error {
    using Error::Error; ///< from the Refusal
};
/// The UAC tried what only the UAS may do, or the other way round.
struct WrongRole : Error {
    using Error::Error; ///< from the Refusal
};
/// The operation does not fit the state, and no narrower type says why.
struct WrongState : Error {
    using Error::Error; ///< from the Refusal
};
/// A body where the offer/answer exchange allows none, or none where it needs one. RFC 3264 §4
struct OfferAnswerConflict : Error {
    using Error::Error; ///< from the Refusal
};
/// A modification of the session while another one is under way. RFC 3261 §14.1, RFC 6337 §4.3
struct RequestPending : Error {
    using Error::Error; ///< from the Refusal
};
/// What the peer has not said that it supports. RFC 3261 §20.5, RFC 3262 §3
struct NotSupported : Error {
    using Error::Error; ///< from the Refusal
};
/// CR, LF or NUL in what the application wants in a message. RFC 3261 §25.1
struct UnsafeValue : Error {
    using Error::Error; ///< from the Refusal
};
/// A URI, method or status code that the grammar does not allow.
struct BadArgument : Error {
    using Error::Error; ///< from the Refusal
};
/// A handle whose session, request or transaction has ended, or that was never given out.
struct UnknownHandle : Error {
    using Error::Error; ///< from the Refusal
};
/// A limit of Limits does not allow another one.
struct LimitReached : Error {
    using Error::Error; ///< from the Refusal
};

/// Throws the type that belongs to the refusal's code: the one place where the library throws.
/// Without exceptions it calls std::abort; use the non-throwing twins there.
[[noreturn]] inline void raise(const Refusal& refusal) {
#if defined(__cpp_exceptions) || defined(_CPPUNWIND)
    switch (refusal.code) {
    case Errc::no_dialog: throw NoDialog(refusal);
    case Errc::bye_on_early_dialog: throw ByeOnEarlyDialog(refusal);
    case Errc::ack_pending: throw AckPending(refusal);
    case Errc::answer_pending: throw AnswerPending(refusal);
    case Errc::already_answered: throw AlreadyAnswered(refusal);
    case Errc::already_cancelled: throw AlreadyCancelled(refusal);
    case Errc::session_terminated: throw SessionTerminated(refusal);
    case Errc::wrong_role: throw WrongRole(refusal);
    case Errc::offer_answer_conflict: throw OfferAnswerConflict(refusal);
    case Errc::request_pending: throw RequestPending(refusal);
    case Errc::not_supported: throw NotSupported(refusal);
    case Errc::unsafe_value: throw UnsafeValue(refusal);
    case Errc::bad_argument: throw BadArgument(refusal);
    case Errc::unknown_handle: throw UnknownHandle(refusal);
    case Errc::limit_reached: throw LimitReached(refusal);
    case Errc::allowed:
    case Errc::wrong_state: break;
    }
    throw WrongState(refusal);
#else
    (void)refusal;
    std::abort();
#endif
}

} // namespace offhook

/// \cond
template <>
struct std::is_error_code_enum<offhook::Errc> : std::true_type {};
/// \endcond

#endif

#ifndef OFFHOOK_SESSION_FEATURES_HPP
#define OFFHOOK_SESSION_FEATURES_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/session/session_timer_policy.hpp"

namespace offhook {

/// Whether provisional responses are acknowledged by PRACK. RFC 3262
enum class Reliability : unsigned char {
    off,       ///< the extension is not supported: an INVITE that requires it gets 420
    supported, ///< where the peer requires it, and for each response that the application wants so
    required,  ///< always: an INVITE of a peer that cannot gets 421
};

/// The methods that a session handles by itself, as Allow lists them.
inline constexpr std::string_view session_methods =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE";

/// Requests within the dialog that the application sees to: they come as Requested, Referred or
/// Subscribed, and want respond(). Every other method gets 405 or 501.
struct HandledMethods {
    bool info = false;      ///< as Requested. RFC 6086
    bool message = false;   ///< as Requested. RFC 3428
    bool refer = false;     ///< Referred
    bool notify = false;    ///< besides those of the session's own subscriptions
    bool subscribe = false; ///< Subscribed
    bool other = false;     ///< any method that has no name here

    friend bool operator==(const HandledMethods&, const HandledMethods&) = default;
};

/// Which extensions a session uses, and what it does by itself.
struct SessionFeatures {
    Reliability reliable = Reliability::supported; ///< of provisional responses. RFC 3262
    SessionTimerPolicy timer = {.use = SessionTimerPolicy::Use::on_request}; ///< RFC 4028
    /// A re-INVITE or UPDATE of ours that got 491 is tried again after RFC 3261 §14.1's time, or
    /// handed to the application as any other refusal.
    enum class Glare : unsigned char { retry, tell } on_glare = Glare::retry; ///< what a 491 does
    /// A reliable 1xx is acknowledged at once, or by prack(), which can bring an offer along.
    enum class Prack : unsigned char { automatic, by_application } prack = Prack::automatic;
    ///< how a reliable 1xx is acknowledged

    /// What a 3xx, or a 401 or 407, does: end the request, or wait for follow() or authenticate().
    enum class Decision : unsigned char { end, ask };
    Decision on_redirect = Decision::end;  ///< of an INVITE. RFC 3261 §8.1.3.4
    Decision on_challenge = Decision::end; ///< of any request. RFC 3261 §22
    HandledMethods methods = {};           ///< within the dialog
    /// The Info Packages that are taken, as Recv-Info lists them, where `methods.info` is set; an
    /// INFO of another package gets 469. RFC 6086 §5.2
    std::string recv_info = {};
    /// The event types that the peer may subscribe to in the dialog, as Allow-Events lists them,
    /// where `methods.subscribe` is set; a SUBSCRIBE for another one gets 489. RFC 6665 §4.2.1.1
    std::string events = {};
    /// How often one request is tried again with credentials. RFC 3261 §22.1
    std::uint8_t authentication_tries = 3;

    friend bool operator==(const SessionFeatures&, const SessionFeatures&) = default;
};

/// The option tags of these features, as Supported lists them. RFC 3261 §20.37
inline std::string option_tags_of(const SessionFeatures& features) {
    std::string tags;
    if (features.reliable != Reliability::off) tags += "100rel, ";
    if (features.timer.use != SessionTimerPolicy::Use::off) tags += "timer, ";
    return tags += "replaces, norefersub, tdialog, 199";
}

/// The methods that are handled, as Allow lists them. RFC 3261 §20.5
inline std::string methods_of(const HandledMethods& handled) {
    std::string methods(session_methods);
    if (handled.info) methods += ", INFO";
    if (handled.message) methods += ", MESSAGE";
    if (handled.refer) methods += ", REFER";
    if (handled.notify || handled.refer) methods += ", NOTIFY";
    if (handled.subscribe) methods += ", SUBSCRIBE";
    return methods;
}

/// Whether one value of a comma list is that word, in any case.
inline bool lists(std::string_view list, std::string_view word) {
    for (const std::string_view each : ListRange(list))
        if (iequals(each, word)) return true;
    return false;
}

} // namespace offhook

#endif

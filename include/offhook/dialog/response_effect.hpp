#ifndef OFFHOOK_DIALOG_RESPONSE_EFFECT_HPP
#define OFFHOOK_DIALOG_RESPONSE_EFFECT_HPP

#include <string_view>

namespace offhook {

/// How far a failure of a request inside a dialog reaches. RFC 5057 §5.1
enum class ResponseEffect : unsigned char {
    transaction, ///< only this request has failed
    usage,       ///< the call or subscription that it belongs to is over; the others go on
    dialog,      ///< the dialog is over, with all its usages
};

/// What the failure responses do that reach further than their transaction, which any other one
/// does not. RFC 5057 §5.1, table 2
struct ResponseEffectRow {
    int status;               ///< of the final response
    ResponseEffect effect;    ///< how far it reaches
    bool by_method;           ///< of a request that its usage could do without: no effect
    bool ends_subscription;   ///< of SUBSCRIBE and NOTIFY, for which RFC 6665 has a list of its own
    std::string_view section; ///< with the note of the table
};

/// The whole table, without what ends the transaction alone.
inline constexpr ResponseEffectRow response_effects[] = {
    {404, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
    {405, ResponseEffect::usage, true, true, "RFC 5057 §5.1 (3)"},
    {410, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
    {416, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
    {480, ResponseEffect::usage, false, true, "RFC 5057 §5.1 (7)"},
    {481, ResponseEffect::usage, false, true, "RFC 5057 §5.1 (8)"},
    {482, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (9)"},
    {483, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (10)"},
    {484, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
    {485, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
    {489, ResponseEffect::usage, true, true, "RFC 5057 §5.1 (12)"},
    {501, ResponseEffect::usage, true, true, "RFC 5057 §5.1 (3)"},
    // RFC 6665 came later and leaves it out: the subscription lives until it expires.
    {502, ResponseEffect::dialog, false, false, "RFC 5057 §5.1 (14)"},
    {604, ResponseEffect::dialog, false, true, "RFC 5057 §5.1 (2)"},
};

/// The kind of usage that requests of a method belong to. RFC 5057 §5.3
enum class UsageKind : unsigned char {
    none,         ///< OPTIONS, MESSAGE, CANCEL and what is unknown
    invite,       ///< the call; a dialog has one at most
    subscription, ///< one of them, as Event tells
};

/// A method, and whether its usage could not go on without it.
struct UsageMethod {
    std::string_view method;  ///< in upper case
    UsageKind usage;          ///< to which it belongs
    bool integral;            ///< the usage can not go on without it
    std::string_view section; ///< the rule
};

/// CANCEL has no row: a 481 to it says nothing of the call. RFC 5057 §5.1 (8)
inline constexpr UsageMethod usage_methods[] = {
    {"INVITE", UsageKind::invite, true, "RFC 5057 §5.3"},
    {"ACK", UsageKind::invite, true, "RFC 5057 §5.3"},
    {"BYE", UsageKind::invite, true, "RFC 5057 §5.3"},
    {"PRACK", UsageKind::invite, true, "RFC 5057 §5.3"},
    {"UPDATE", UsageKind::invite, false, "RFC 5057 §5.3"},
    {"INFO", UsageKind::invite, false, "RFC 5057 §5.1 (3)"},
    {"SUBSCRIBE", UsageKind::subscription, true, "RFC 5057 §5.3"},
    {"NOTIFY", UsageKind::subscription, true, "RFC 5057 §5.3"},
    {"REFER", UsageKind::subscription, false, "RFC 5057 §5.3"},
};

/// `none` for a method that is unknown.
constexpr UsageKind usage_of(std::string_view method) noexcept {
    for (const UsageMethod& row : usage_methods)
        if (row.method == method) return row.usage;
    return UsageKind::none;
}

/// What a response to a request inside a dialog ends. An error of the dialog reaches all usages,
/// whatever the method; one of the usage only where the method belongs to one. A 408, or no
/// response at all, is the usage's own affair. RFC 5057 §5.1, §5.2, §5.3
constexpr ResponseEffect effect_of_response(int status, std::string_view method) noexcept {
    for (const ResponseEffectRow& row : response_effects) {
        if (row.status != status) continue;
        if (row.effect == ResponseEffect::dialog) return row.effect;
        for (const UsageMethod& of : usage_methods) {
            if (of.method != method) continue;
            if (status == 489 && of.usage != UsageKind::subscription) break;
            if (of.integral || !row.by_method) return row.effect;
        }
    }
    return ResponseEffect::transaction;
}

/// Whether a response to SUBSCRIBE or NOTIFY ends its subscription. Where it does not, the
/// subscription lives until it expires. RFC 6665 §4.1.2.2, §4.2.2
constexpr bool ends_subscription(int status) noexcept {
    for (const ResponseEffectRow& row : response_effects)
        if (row.status == status) return row.ends_subscription;
    return false;
}

} // namespace offhook

#endif

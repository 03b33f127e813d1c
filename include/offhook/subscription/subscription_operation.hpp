#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_OPERATION_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_OPERATION_HPP

#include <string_view>

#include "offhook/core/error.hpp"
#include "offhook/dialog/dialog_state.hpp"

namespace offhook {

/// Where a subscription is, for either side. RFC 6665 §4.1.2, §4.2.2
enum class SubscriptionPhase : unsigned char {
    waiting,    ///< subscriber: for the first NOTIFY; notifier: for accept() or reject()
    pending,    ///< nobody has decided yet
    active,     ///< NOTIFY tells each change
    closing,    ///< subscriber: for the last NOTIFY
    terminated, ///< over, at whoever's wish
};

/// What the application can ask of a subscription.
enum class SubscriptionOperation : unsigned char {
    refresh,     ///< SUBSCRIBE, by the subscriber
    unsubscribe, ///< SUBSCRIBE with Expires 0, by the subscriber
    accept,      ///< 2xx and NOTIFY, by the notifier
    reject,      ///< 3xx … 6xx, by the notifier
    notify,      ///< NOTIFY, by the notifier
    terminate,   ///< the last NOTIFY, by the notifier
};

/// As the API names it.
constexpr std::string_view name_of(SubscriptionOperation operation) noexcept {
    constexpr std::string_view names[] = {"refresh", "unsubscribe", "accept",
                                          "reject",  "notify",      "terminate"};
    return names[static_cast<unsigned char>(operation)];
}

/// "Pending (subscriber)": as refusals name it.
constexpr std::string_view describe(SubscriptionPhase phase, Role role) noexcept {
    constexpr std::string_view names[][5] = {
        {"Waiting (subscriber)", "Pending (subscriber)", "Active (subscriber)",
         "Closing (subscriber)", "Terminated (subscriber)"},
        {"Waiting (notifier)", "Pending (notifier)", "Active (notifier)", "Closing (notifier)",
         "Terminated (notifier)"}};
    return names[role == Role::uas][static_cast<unsigned char>(phase)];
}

/// Which operations each phase allows, and why not where it does not; the subscriber is the UAC.
struct SubscriptionRule {
    SubscriptionOperation operation; ///< what is asked for
    Role role;                       ///< whose it is
    std::string_view phases;         ///< allowed in these: w, p, a, c, t as the phases begin
    Errc refused_as;                 ///< in the others
    std::string_view needs;          ///< what would allow it
    std::string_view section;        ///< the rule
};

/// The whole table: an operation has one row.
inline constexpr SubscriptionRule subscription_rules[] = {
    {SubscriptionOperation::refresh, Role::uac, "pa", Errc::wrong_state,
     "the first NOTIFY, and a subscription that lives", "RFC 6665 §4.1.2.2"},
    {SubscriptionOperation::unsubscribe, Role::uac, "wpa", Errc::wrong_state,
     "a subscription that lives", "RFC 6665 §4.1.2.3"},
    {SubscriptionOperation::accept, Role::uas, "w", Errc::already_answered,
     "a request without a final response", "RFC 6665 §4.2.1.1"},
    {SubscriptionOperation::reject, Role::uas, "w", Errc::already_answered,
     "a request without a final response", "RFC 6665 §4.2.1.1"},
    {SubscriptionOperation::notify, Role::uas, "pa", Errc::wrong_state,
     "a subscription that is accepted and lives", "RFC 6665 §4.2.2"},
    {SubscriptionOperation::terminate, Role::uas, "pa", Errc::wrong_state,
     "a subscription that is accepted and lives", "RFC 6665 §4.2.2"},
};

/// Whether the table allows an operation; a Refusal that is false where it does.
constexpr Refusal refusal(SubscriptionOperation operation, Role role,
                          SubscriptionPhase phase) noexcept {
    for (const SubscriptionRule& rule : subscription_rules) {
        if (rule.operation != operation) continue;
        if (rule.role != role)
            return {
                Errc::wrong_role,      name_of(operation),
                describe(phase, role), rule.role == Role::uac ? "the subscriber" : "the notifier",
                rule.section,          {},
                "subscription"};
        const char letter = "wpact"[static_cast<unsigned char>(phase)];
        if (rule.phases.find(letter) == std::string_view::npos)
            return {rule.refused_as, name_of(operation), describe(phase, role),
                    rule.needs,      rule.section,       {},
                    "subscription"};
    }
    return {};
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SUBSCRIPTION_RESUBSCRIPTION_HPP
#define OFFHOOK_SUBSCRIPTION_RESUBSCRIPTION_HPP

#include <chrono>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"

namespace offhook {

/// Why a notifier ends a subscription; others may say more than these. RFC 6665 §4.1.3
enum class TerminationReason : unsigned char {
    deactivated, ///< subscribe again at once: another node takes over
    probation,   ///< subscribe again later
    rejected,    ///< permission was denied or withdrawn
    timeout,     ///< not refreshed before it expired, or a mere fetch
    giveup,      ///< permission could not be had in time
    noresource,  ///< what was watched is no more; a REFER is done. RFC 3515 §2.4.7
    invariant,   ///< what is watched will not change
};

/// Whether it makes sense to subscribe anew once a subscription is over: in a new dialog, with a
/// new Call-ID and tag. RFC 6665 §4.1.3
struct Resubscription {
    /// When it makes sense.
    enum class When : unsigned char {
        never,   ///< it would be refused or pointless
        at_once, ///< the notifier wants it: it moves the subscription to another node
        later,   ///< but not at once
        free,    ///< at any time
    };

    When when = When::free; ///< when it makes sense
    /// Not before so much time has passed.
    std::chrono::seconds after{0};

    /// What a reason means, and whether retry-after has a meaning beside it.
    struct Row {
        TerminationReason reason; ///< as we know it
        std::string_view text;    ///< as it stands in Subscription-State
        When when;                ///< what it advises
        bool retry_after;         ///< whether retry-after counts beside it
        std::string_view section; ///< the rule
    };

    /// A row for each reason.
    static constexpr Row table[] = {
        {TerminationReason::deactivated, "deactivated", When::at_once, false, "RFC 6665 §4.1.3"},
        {TerminationReason::probation, "probation", When::later, true, "RFC 6665 §4.1.3"},
        {TerminationReason::rejected, "rejected", When::never, false, "RFC 6665 §4.1.3"},
        {TerminationReason::timeout, "timeout", When::free, false, "RFC 6665 §4.1.3"},
        {TerminationReason::giveup, "giveup", When::free, true, "RFC 6665 §4.1.3"},
        {TerminationReason::noresource, "noresource", When::never, false, "RFC 6665 §4.1.3"},
        {TerminationReason::invariant, "invariant", When::never, false, "RFC 6665 §4.1.3"},
    };

    /// What reason and retry-after of the last NOTIFY advise; without a reason, or with one that
    /// is unknown, anything goes once retry-after has passed.
    static constexpr Resubscription
    advised(std::string_view reason, std::optional<std::chrono::seconds> retry_after) noexcept {
        const auto wait = retry_after.value_or(std::chrono::seconds(0));
        for (const Row& row : table)
            if (iequals(row.text, reason))
                return {row.when, row.retry_after ? wait : std::chrono::seconds(0)};
        return {When::free, wait};
    }

    friend constexpr bool operator==(const Resubscription&, const Resubscription&) = default;
};

/// As it stands in Subscription-State.
constexpr std::string_view name_of(TerminationReason reason) noexcept {
    for (const Resubscription::Row& row : Resubscription::table)
        if (row.reason == reason) return row.text;
    return {};
}

} // namespace offhook

#endif

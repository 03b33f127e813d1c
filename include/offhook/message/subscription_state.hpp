#ifndef OFFHOOK_MESSAGE_SUBSCRIPTION_STATE_HPP
#define OFFHOOK_MESSAGE_SUBSCRIPTION_STATE_HPP

#include <chrono>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What has become of a subscription.
///
///     Subscription-State = "Subscription-State" HCOLON substate-value *( SEMI subexp-params )
///     substate-value     = "active" / "pending" / "terminated" / extension-substate
///
/// RFC 6665 §8.4
struct SubscriptionState {
    /// The substates that have a meaning; `extension` is any other.
    enum class Substate : unsigned char { active, pending, terminated, extension };

    Substate substate = Substate::extension; ///< of `text`, in whatever case
    std::string_view text;                   ///< the substate as it stands
    Parameters parameters;                   ///< reason, expires, retry-after and others

    /// The field value: a token and its parameters.
    static constexpr Parsed<SubscriptionState> parse(std::string_view text);

    /// "deactivated", "timeout" …; empty where it is missing. RFC 6665 §4.1.3
    constexpr std::string_view reason() const { return parameters.value("reason"); }
    /// Nothing where it is missing or malformed, as for retry_after().
    constexpr std::optional<std::chrono::seconds> expires() const {
        return delta_seconds(parameters, "expires");
    }
    /// When to subscribe again after the end.
    constexpr std::optional<std::chrono::seconds> retry_after() const {
        return delta_seconds(parameters, "retry-after");
    }
};

constexpr Parsed<SubscriptionState> SubscriptionState::parse(std::string_view text) {
    Scanner in(text);
    SubscriptionState value;
    in.skip_lws();
    value.text = in.token();
    if (value.text.empty()) return in.error("Subscription-State: substate-value");
    if (iequals(value.text, "active")) value.substate = Substate::active;
    if (iequals(value.text, "pending")) value.substate = Substate::pending;
    if (iequals(value.text, "terminated")) value.substate = Substate::terminated;
    if (const ParseError error = value.parameters.read(in, "Subscription-State: subexp-params"))
        return error;
    return value;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SUBSCRIPTION_NOTICE_HPP
#define OFFHOOK_SUBSCRIPTION_NOTICE_HPP

#include <chrono>
#include <optional>
#include <string>

#include "offhook/message/subscription_state.hpp"

namespace offhook {

/// What the Subscription-State of a NOTIFY says. RFC 6665 §4.1.3, §4.2.2
struct Notice {
    using Substate = SubscriptionState::Substate; ///< active, pending, terminated, or another

    Substate substate = Substate::active;                 ///< what the subscription is now
    std::optional<std::chrono::seconds> expires = {};     ///< what is left; not of `terminated`
    std::string reason = {};                              ///< of `terminated`
    std::optional<std::chrono::seconds> retry_after = {}; ///< of `terminated`

    /// What a parsed value says, as text of its own.
    static Notice of(const SubscriptionState& value) {
        // A parameter beside a value for which it means nothing is passed over.
        if (value.substate == Substate::terminated)
            return {value.substate, {}, std::string(value.reason()), value.retry_after()};
        return {value.substate, value.expires(), {}, {}};
    }

    /// As the value of a Subscription-State header field. RFC 6665 §8.4
    std::string text() const {
        const bool over = substate == Substate::terminated;
        std::string text = over                            ? "terminated"
                           : substate == Substate::pending ? "pending"
                                                           : "active";
        if (!over && expires) text.append(";expires=").append(std::to_string(expires->count()));
        if (over && !reason.empty()) text.append(";reason=").append(reason);
        if (over && retry_after)
            text.append(";retry-after=").append(std::to_string(retry_after->count()));
        return text;
    }

    friend bool operator==(const Notice&, const Notice&) = default;
};

} // namespace offhook

#endif

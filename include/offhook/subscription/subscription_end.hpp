#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_END_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_END_HPP

#include "offhook/subscription/resubscription.hpp"

namespace offhook {

/// Why a subscription is over.
enum class EndOfSubscription : unsigned char {
    notified,      ///< subscriber: a NOTIFY said so, which its reason explains. RFC 6665 §4.1.3
    refused,       ///< a response to the SUBSCRIBE or REFER, or to a refresh. §4.1.2.2
    unnotified,    ///< subscriber: no NOTIFY within 64·T1. §4.1.2.4
    unanswered,    ///< the request had no response, or could not be sent
    unsubscribed,  ///< notifier: Expires was 0; subscriber: so, and no NOTIFY follows. §4.2.1.4
    expired,       ///< notifier: not refreshed in time. §4.2.1.4
    notify_failed, ///< notifier: what became of a NOTIFY. §4.2.2
    terminated,    ///< notifier: by the application
    none_wanted,   ///< the REFER was accepted without a subscription. RFC 4488 §4
    dialog_over,   ///< the dialog that it shared is over. RFC 5057 §5.1, RFC 3261 §12.3
};

/// How a subscription ended.
struct SubscriptionEnd {
    EndOfSubscription cause;  ///< what ended it
    int status = 0;           ///< of the response that ended it; else 0
    Resubscription anew = {}; ///< whether to subscribe again

    friend constexpr bool operator==(const SubscriptionEnd&, const SubscriptionEnd&) = default;
};

} // namespace offhook

#endif

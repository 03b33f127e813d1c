#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_EVENTS_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_EVENTS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <variant>

#include "offhook/core/slab.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/message/model.hpp"
#include "offhook/subscription/notice.hpp"
#include "offhook/subscription/subscription_end.hpp"

namespace offhook {

/// Names a subscription of an Endpoint.
using SubscriptionId = Handle<struct SubscriptionTag>;

/// What a subscription tells the application, in the order in which it happened. Each owns what it
/// carries. `M` is the message type; `subscription` is set by an Endpoint.
template <Modelled M>
struct SubscriptionEvents {
    /// Subscriber: a 2xx to SUBSCRIBE or REFER. What is subscribed to comes with a NOTIFY.
    struct Accepted {
        int status;                       ///< 200 … 299
        M message;                        ///< the 2xx
        SubscriptionId subscription = {}; ///< which one
    };

    /// Subscriber: a NOTIFY, which has been answered.
    struct Notified {
        Notice notice;                    ///< what its Subscription-State says
        Body body;                        ///< the news itself
        M message;                        ///< the NOTIFY
        SubscriptionId subscription = {}; ///< which one
    };

    /// Subscriber: a refresh has failed, and the subscription goes on until it expires: a challenge
    /// among them, which refresh() with credentials answers. RFC 6665 §4.1.2.2
    struct RefreshFailed {
        int status;                       ///< 408 and 503 also where there was no response
        std::optional<M> message;         ///< the response
        SubscriptionId subscription = {}; ///< which one
    };

    /// Notifier: a further SUBSCRIBE was answered, and a NOTIFY with the last body sent.
    struct Refreshed {
        std::chrono::seconds expires;     ///< as the 2xx granted it anew
        M message;                        ///< the SUBSCRIBE
        SubscriptionId subscription = {}; ///< which one
    };

    /// Notifier: a NOTIFY has failed, and the subscription goes on.
    struct NotifyFailed {
        int status;                       ///< 408 and 503 also where there was no response
        std::optional<M> message;         ///< the response
        SubscriptionId subscription = {}; ///< which one
    };

    /// Over; the last event of its subscription.
    struct Ended {
        SubscriptionEnd end;              ///< how, and whether to subscribe again
        std::string reason;               ///< of the NOTIFY that ended it
        std::optional<M> message;         ///< the response that did
        SubscriptionId subscription = {}; ///< which one
    };

    /// One of the above.
    using Event = std::variant<Accepted, Notified, RefreshFailed, Refreshed, NotifyFailed, Ended>;
};

} // namespace offhook

#endif

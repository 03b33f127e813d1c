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
        int status;
        M message;
        SubscriptionId subscription = {};
    };

    /// Subscriber: a NOTIFY, which has been answered.
    struct Notified {
        Notice notice;
        Body body;
        M message;
        SubscriptionId subscription = {};
    };

    /// Subscriber: a refresh has failed, and the subscription goes on until it expires: a challenge
    /// among them, which refresh() with credentials answers. RFC 6665 §4.1.2.2
    struct RefreshFailed {
        int status;               ///< 408 and 503 also where there was no response
        std::optional<M> message; ///< the response
        SubscriptionId subscription = {};
    };

    /// Notifier: a further SUBSCRIBE was answered, and a NOTIFY with the last body sent.
    struct Refreshed {
        std::chrono::seconds expires;
        M message;
        SubscriptionId subscription = {};
    };

    /// Notifier: a NOTIFY has failed, and the subscription goes on.
    struct NotifyFailed {
        int status;
        std::optional<M> message;
        SubscriptionId subscription = {};
    };

    /// Over; the last event of its subscription.
    struct Ended {
        SubscriptionEnd end;
        std::string reason;       ///< of the NOTIFY that ended it
        std::optional<M> message; ///< the response that did
        SubscriptionId subscription = {};
    };

    using Event = std::variant<Accepted, Notified, RefreshFailed, Refreshed, NotifyFailed, Ended>;
};

} // namespace offhook

#endif

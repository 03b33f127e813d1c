#ifndef OFFHOOK_ENDPOINT_USAGE_OPERATIONS_HPP
#define OFFHOOK_ENDPOINT_USAGE_OPERATIONS_HPP

// What the application asks of the subscriptions in a session's dialogs, through SessionRef.

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_refer(TimePoint now, std::string_view target,
                                        const MessageOptions& options,
                                        ReferSubscription subscription, UsageId& usage) {
    return run(now, Operation::refer, [&](auto& session) {
        return session.try_refer(now, target, options, subscription, usage);
    });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_subscribe(TimePoint now, std::string_view event,
                                            std::chrono::seconds expires,
                                            const MessageOptions& options, UsageId& usage) {
    return run(now, Operation::subscribe, [&](auto& session) {
        return session.try_subscribe(now, event, expires, options, usage);
    });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_unsubscribe(TimePoint now, UsageId usage) {
    return run(now, Operation::unsubscribe,
               [&](auto& session) { return session.try_unsubscribe(now, usage); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_notify(TimePoint now, UsageId usage,
                                         const MessageOptions& options, Notifier::State as) {
    return run(now, Operation::notify,
               [&](auto& session) { return session.try_notify(now, usage, options, as); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_notify(TimePoint now, UsageId usage, int status,
                                         std::string_view phrase) {
    return run(now, Operation::notify,
               [&](auto& session) { return session.try_notify(now, usage, status, phrase); });
}

template <class Endpoint>
Refusal
SessionRef<Endpoint>::try_end_subscription(TimePoint now, UsageId usage, TerminationReason reason,
                                           const MessageOptions& options,
                                           std::optional<std::chrono::seconds> retry_after) {
    return run(now, Operation::notify, [&](auto& session) {
        return session.try_end_subscription(now, usage, reason, options, retry_after);
    });
}

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_SUBSCRIPTION_REF_HPP
#define OFFHOOK_ENDPOINT_SUBSCRIPTION_REF_HPP

#include <chrono>
#include <optional>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/message/message_model.hpp"
#include "offhook/subscription/guarded_subscription.hpp"
#include "offhook/subscription/subscription_events.hpp"
#include "offhook/subscription/subscription_operation.hpp"

namespace offhook {

/// A subscription of an Endpoint, to be operated on as a session is by its SessionRef. After its
/// end its phase is terminated, and operations are refused as UnknownHandle.
template <class Endpoint>
class SubscriptionRef : public GuardedSubscription<SubscriptionRef<Endpoint>> {
public:
    using seconds = std::chrono::seconds; ///< whole ones, as Expires has them
    using typename GuardedSubscription<SubscriptionRef<Endpoint>>::Grant;

    /// What Endpoint::subscription() gives.
    SubscriptionRef(Endpoint& endpoint, SubscriptionId id) : endpoint_(&endpoint), id_(id) {}

    /// Names it, also after its end.
    SubscriptionId id() const noexcept { return id_; }
    /// Terminated also where nothing is left of it.
    SubscriptionPhase phase() const noexcept;
    /// uac is the subscriber, and what one that has ended tells.
    Role role() const noexcept;
    /// Null before the first NOTIFY at the subscriber, and after the end. Valid until the next
    /// input.
    const Dialog<Message>* dialog() const noexcept;
    /// Why an operation would be refused now; false where it would not.
    Refusal refusal(SubscriptionOperation operation) const noexcept;

    /// The non-throwing refresh(): true where refused, as all of these.
    Refusal try_refresh(TimePoint now, const MessageOptions& options = {},
                        std::optional<seconds> expires = {});
    /// The non-throwing unsubscribe().
    Refusal try_unsubscribe(TimePoint now);
    /// The non-throwing accept().
    Refusal try_accept(TimePoint now, const MessageOptions& notify = {}, Grant as = Grant::active);
    /// The non-throwing reject().
    Refusal try_reject(TimePoint now, int status, const MessageOptions& options = {});
    /// The non-throwing notify().
    Refusal try_notify(TimePoint now, const MessageOptions& options = {}, Grant as = Grant::active);
    /// The non-throwing terminate().
    Refusal try_terminate(TimePoint now, TerminationReason reason,
                          const MessageOptions& options = {},
                          std::optional<seconds> retry_after = {});

private:
    template <class F>
    Refusal run(TimePoint now, SubscriptionOperation operation, F&& act);

    Endpoint* endpoint_;
    SubscriptionId id_;
};

} // namespace offhook

#endif

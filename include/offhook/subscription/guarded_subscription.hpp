#ifndef OFFHOOK_SUBSCRIPTION_GUARDED_SUBSCRIPTION_HPP
#define OFFHOOK_SUBSCRIPTION_GUARDED_SUBSCRIPTION_HPP

#include <chrono>
#include <optional>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/subscription/notifier_states.hpp"
#include "offhook/subscription/resubscription.hpp"
#include "offhook/subscription/subscription_operation.hpp"

namespace offhook {

/// The throwing operations and the queries, made from the non-throwing ones of `Derived`:
/// try_notify() gives a Refusal, notify() throws it as its own type. A refused operation changes
/// nothing.
template <class Derived>
class GuardedSubscription {
public:
    using Grant = NotifierStates::State; ///< active or pending

    /// SUBSCRIBE anew, though no refresh is due: to fetch the state, to answer a challenge, or for
    /// another time than before. RFC 6665 §4.1.2.2
    void refresh(TimePoint now, const MessageOptions& options = {},
                 std::optional<std::chrono::seconds> expires = {}) {
        require(self().try_refresh(now, options, expires));
    }
    /// SUBSCRIBE with Expires 0, as soon as there is a dialog and no other SUBSCRIBE is under way.
    /// RFC 6665 §4.1.2.3
    void unsubscribe(TimePoint now) { require(self().try_unsubscribe(now)); }
    /// 200, and the first NOTIFY with body and header fields of `notify`: active, or pending while
    /// nobody has decided. RFC 6665 §4.2.1.2
    void accept(TimePoint now, const MessageOptions& notify = {}, Grant as = Grant::active) {
        require(self().try_accept(now, notify, as));
    }
    /// 300 … 699. RFC 6665 §4.2.1.1
    void reject(TimePoint now, int status, const MessageOptions& options = {}) {
        require(self().try_reject(now, status, options));
    }
    /// NOTIFY; a pending subscription becomes active with it unless it is to stay so.
    /// RFC 6665 §4.2.2
    void notify(TimePoint now, const MessageOptions& options = {}, Grant as = Grant::active) {
        require(self().try_notify(now, options, as));
    }
    /// NOTIFY that says terminated. RFC 6665 §4.2.2
    void terminate(TimePoint now, TerminationReason reason, const MessageOptions& options = {},
                   std::optional<std::chrono::seconds> retry_after = {}) {
        require(self().try_terminate(now, reason, options, retry_after));
    }

    /// Whether refresh() is allowed now; what it is called with can still be refused.
    bool can_refresh() const { return can(SubscriptionOperation::refresh); }
    /// Whether unsubscribe() is.
    bool can_unsubscribe() const { return can(SubscriptionOperation::unsubscribe); }
    /// Whether accept() is.
    bool can_accept() const { return can(SubscriptionOperation::accept); }
    /// Whether reject() is.
    bool can_reject() const { return can(SubscriptionOperation::reject); }
    /// Whether notify() is.
    bool can_notify() const { return can(SubscriptionOperation::notify); }
    /// Whether terminate() is.
    bool can_terminate() const { return can(SubscriptionOperation::terminate); }

protected:
    GuardedSubscription() = default;

private:
    static void require(const Refusal& refusal) {
        if (refusal) raise(refusal);
    }
    bool can(SubscriptionOperation operation) const {
        return !static_cast<const Derived&>(*this).refusal(operation);
    }
    Derived& self() { return static_cast<Derived&>(*this); }
};

} // namespace offhook

#endif

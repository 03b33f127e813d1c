#ifndef OFFHOOK_SESSION_GUARDED_OPERATIONS_HPP
#define OFFHOOK_SESSION_GUARDED_OPERATIONS_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/usages.hpp"

namespace offhook {

/// The throwing operations and the queries, made from the non-throwing ones of `Derived`: try_bye()
/// gives a Refusal, bye() throws it as its own type. A refused operation changes nothing. What each
/// does in each role and state: operation_rules.
template <class Derived>
class GuardedOperations {
public:
    /// 101 … 199: the early dialog. RFC 3261 §13.3.1.1
    void progress(TimePoint now, int status = 180, const MessageOptions& options = {}) {
        require(self().try_progress(now, status, options));
    }
    /// 2xx, with the answer, or the offer where the INVITE has none. RFC 3261 §13.3.1.4
    void accept(TimePoint now, const MessageOptions& options = {}, int status = 200) {
        require(self().try_accept(now, options, status));
    }
    /// 400 … 699. RFC 3261 §13.3.1.3
    void reject(TimePoint now, int status, const MessageOptions& options = {}) {
        require(self().try_reject(now, status, options));
    }
    /// 300 … 399 with Contact values. RFC 3261 §13.3.1.2
    void redirect(TimePoint now, const std::vector<std::string>& contacts, int status = 302,
                  const MessageOptions& options = {}) {
        require(self().try_redirect(now, contacts, status, options));
    }
    /// The ACK with the answer to the offer that the 2xx brought. RFC 3261 §13.2.2.4
    void ack(TimePoint now, const MessageOptions& options) {
        require(self().try_ack(now, options));
    }
    /// The PRACK of a reliable 1xx that brought an offer, with the answer; or, where the
    /// application sends all of them, with an offer if it likes. RFC 3262 §4, §5
    void prack(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_prack(now, options));
    }
    /// A re-INVITE; with an offer as body, or none, and then ack() takes the answer. RFC 3261 §14.1
    void reinvite(TimePoint now, const MessageOptions& options) {
        require(self().try_reinvite(now, options));
    }
    /// UPDATE; with an offer as body, or none. RFC 3311 §5.1
    void update(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_update(now, options));
    }
    /// Makes this our Contact from here on, and tells the peer by UPDATE where it takes that, else
    /// by re-INVITE, built from the options. Where the peer refuses, the address is ours all the
    /// same, and the next request tells it again. RFC 6141 §4.4, §4.8
    void move(TimePoint now, std::string_view contact, const MessageOptions& options = {}) {
        require(self().try_move(now, contact, options));
    }
    /// 200 with the answer to the offer in an UPDATE or PRACK. RFC 3311 §5.2, RFC 3262 §5
    void answer(TimePoint now, const MessageOptions& options) {
        require(self().try_answer(now, options));
    }
    /// Refuses the offer in an UPDATE or PRACK; 400 … 699. RFC 6337 §2.3
    void decline(TimePoint now, int status = 488, const MessageOptions& options = {}) {
        require(self().try_decline(now, status, options));
    }
    /// A request within the dialog: INFO, MESSAGE, OPTIONS, NOTIFY … The number comes back with its
    /// Responded. RFC 3261 §12.2.1
    TransactionId request(TimePoint now, std::string_view method,
                          const MessageOptions& options = {}) {
        TransactionId id = 0;
        require(self().try_request(now, method, options, id));
        return id;
    }
    /// The response to a Requested. RFC 3261 §12.2.2
    void respond(TimePoint now, TransactionId transaction, int status,
                 const MessageOptions& options = {}) {
        require(self().try_respond(now, transaction, status, options));
    }
    /// Sends a request that was challenged again, with these Authorization and Proxy-Authorization
    /// values. RFC 3261 §22.2, §22.3
    void authenticate(TimePoint now, TransactionId request,
                      const std::vector<HeaderField>& credentials) {
        require(self().try_authenticate(now, request, credentials));
    }
    /// Sends a redirected INVITE to this URI. RFC 3261 §8.1.3.4
    void follow(TimePoint now, std::string_view target) { require(self().try_follow(now, target)); }
    /// A REFER in the dialog: the peer is to turn to `target`, a URI or name-addr as
    /// ReferTo::write() makes it of a Replaces. The usage tells by Notified what comes of it.
    /// RFC 3515 §2.4.1
    UsageId refer(TimePoint now, std::string_view target, const MessageOptions& options = {},
                  ReferSubscription subscription = ReferSubscription::wanted) {
        UsageId usage = 0;
        require(self().try_refer(now, target, options, subscription, usage));
        return usage;
    }
    /// A SUBSCRIBE in the dialog, which is refreshed by itself; 0 s fetches the state once.
    /// RFC 6665 §4.1.2, §4.5.2
    UsageId subscribe(TimePoint now, std::string_view event, std::chrono::seconds expires,
                      const MessageOptions& options = {}) {
        UsageId usage = 0;
        require(self().try_subscribe(now, event, expires, options, usage));
        return usage;
    }
    /// Ends a subscription of ours; waits for the first NOTIFY by itself. RFC 6665 §4.1.2.3
    void unsubscribe(TimePoint now, UsageId usage) { require(self().try_unsubscribe(now, usage)); }
    /// News of what the peer has subscribed to. RFC 6665 §4.2.2
    void notify(TimePoint now, UsageId usage, const MessageOptions& options,
                Notifier::State as = Notifier::State::active) {
        require(self().try_notify(now, usage, options, as));
    }
    /// What has become of the peer's REFER: a final status ends its subscription. RFC 3515 §2.4.5
    void notify(TimePoint now, UsageId usage, int status, std::string_view phrase = {}) {
        require(self().try_notify(now, usage, status, phrase));
    }
    /// Ends a subscription of the peer. RFC 6665 §4.2.2
    void end_subscription(TimePoint now, UsageId usage, TerminationReason reason,
                          const MessageOptions& options = {},
                          std::optional<std::chrono::seconds> retry_after = {}) {
        require(self().try_end_subscription(now, usage, reason, options, retry_after));
    }
    /// CANCEL of an INVITE or re-INVITE; held until a provisional response has come. RFC 3261 §9.1
    void cancel(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_cancel(now, options));
    }
    /// BYE. RFC 3261 §15.1.1
    void bye(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_bye(now, options));
    }

    /// Whether an operation is allowed now; what it is called with can still be refused.
    bool can_progress() const { return can(Operation::progress); }
    bool can_accept() const { return can(Operation::accept); }             ///< of accept()
    bool can_reject() const { return can(Operation::reject); }             ///< of reject()
    bool can_redirect() const { return can(Operation::redirect); }         ///< of redirect()
    bool can_ack() const { return can(Operation::ack); }                   ///< of ack()
    bool can_prack() const { return can(Operation::prack); }               ///< of prack()
    bool can_cancel() const { return can(Operation::cancel); }             ///< of cancel()
    bool can_reinvite() const { return can(Operation::reinvite); }         ///< of reinvite()
    bool can_update() const { return can(Operation::update); }             ///< of update()
    bool can_answer() const { return can(Operation::answer); }             ///< of answer()
    bool can_decline() const { return can(Operation::decline); }           ///< of decline()
    bool can_request() const { return can(Operation::request); }           ///< of request()
    bool can_authenticate() const { return can(Operation::authenticate); } ///< of authenticate()
    bool can_follow() const { return can(Operation::follow); }             ///< of follow()
    bool can_refer() const { return can(Operation::refer); }               ///< of refer()
    bool can_subscribe() const { return can(Operation::subscribe); }       ///< of subscribe()
    bool can_bye() const { return can(Operation::bye); }                   ///< of bye()

protected:
    GuardedOperations() = default;

private:
    static void require(const Refusal& refusal) {
        if (refusal) raise(refusal);
    }
    bool can(Operation operation) const {
        return !static_cast<const Derived&>(*this).refusal(operation);
    }
    Derived& self() { return static_cast<Derived&>(*this); }
};

} // namespace offhook

#endif

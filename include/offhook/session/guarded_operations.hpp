#ifndef OFFHOOK_SESSION_GUARDED_OPERATIONS_HPP
#define OFFHOOK_SESSION_GUARDED_OPERATIONS_HPP

#include <string>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/session/operation.hpp"

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
    /// CANCEL; held until a provisional response has come. RFC 3261 §9.1
    void cancel(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_cancel(now, options));
    }
    /// BYE. RFC 3261 §15.1.1
    void bye(TimePoint now, const MessageOptions& options = {}) {
        require(self().try_bye(now, options));
    }

    bool can_progress() const { return can(Operation::progress); }
    bool can_accept() const { return can(Operation::accept); }
    bool can_reject() const { return can(Operation::reject); }
    bool can_redirect() const { return can(Operation::redirect); }
    bool can_ack() const { return can(Operation::ack); }
    bool can_cancel() const { return can(Operation::cancel); }
    bool can_bye() const { return can(Operation::bye); }

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

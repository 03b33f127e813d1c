#ifndef OFFHOOK_SESSION_FURTHER_USAGES_HPP
#define OFFHOOK_SESSION_FURTHER_USAGES_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/client_request.hpp"
#include "offhook/session/events.hpp"
#include "offhook/session/fork.hpp"
#include "offhook/session/server_request.hpp"
#include "offhook/session/usages.hpp"

namespace offhook {

/// What a session does besides its call: the subscriptions in its dialogs, by SUBSCRIBE or REFER,
/// at either side. They share the dialog with the call, and may outlive it. RFC 5057
///
/// `S` is the Session<M> that derives from it.
template <class S, Modelled M>
class FurtherUsages {
    using Model = MessageModel<M>;
    using Events = SessionEvents<M>;
    using seconds = std::chrono::seconds;
    using Grant = Notifier::State;

public:
    /// A subscription that lives; null after its end. Valid until the next input.
    const Usage* usage(UsageId id) const noexcept { return usages_.find(id); }

    /// `id` is set where it is not refused.
    Refusal try_refer(TimePoint now, std::string_view target, const MessageOptions& options,
                      ReferSubscription subscription, UsageId& id);
    /// The same for SUBSCRIBE.
    Refusal try_subscribe(TimePoint now, std::string_view event, seconds expires,
                          const MessageOptions& options, UsageId& id);
    /// Refused where no subscription of ours has that id, or where it ends already.
    Refusal try_unsubscribe(TimePoint now, UsageId usage);
    /// Refused where no accepted subscription of the peer has that id, or `as` goes back to
    /// pending.
    Refusal try_notify(TimePoint now, UsageId usage, const MessageOptions& options,
                       Grant as = Grant::active);
    /// The same, and where it is none of a REFER.
    Refusal try_notify(TimePoint now, UsageId usage, int status, std::string_view phrase = {});
    /// Refused as try_notify() is.
    Refusal try_end_subscription(TimePoint now, UsageId usage, TerminationReason reason,
                                 const MessageOptions& options = {},
                                 std::optional<seconds> retry_after = {});

protected:
    FurtherUsages() = default;

    /// Whether a subscription lives.
    bool has_usages() const noexcept { return !usages_.empty(); }
    /// Whether one lives in that dialog.
    bool has_usages(const Fork<M>& fork) const noexcept;

    // subscribing.hpp
    /// Why options or the state of the session forbid it; false where they do not.
    Refusal usage_refusal(Operation operation, const MessageOptions& options) const;
    /// Why there is no such dialog to send in; false where there is.
    Refusal fork_refusal(Operation operation, const Fork<M>* fork) const;
    /// UnknownHandle, for a subscription or dialog that is not there.
    Refusal no_such_usage(Operation operation, std::string_view needs) const;
    void send_subscribe(TimePoint now, Usage& usage);
    void note_number(const ClientRequest<M>& request);
    /// Sends a request in the dialog of a usage, whose responses then come to it.
    void send_for(TimePoint now, const Usage& usage, std::string_view method,
                  MessageOptions options);
    /// The final response to such a request; null where none came.
    void on_usage_response(TimePoint now, const ClientRequest<M>& request, int status,
                           const M* response);
    /// SUBSCRIBE or REFER got 300 or up, or nothing: it is sent again where a 423 asks for that.
    void on_subscribe_refusal(TimePoint now, Usage& usage, int status, const M* response);
    bool on_notify(TimePoint now, Fork<M>& fork, const M& notify, TransactionId transaction);

    // referring.hpp
    bool on_usage_request(TimePoint now, Fork<M>& fork, const M& request,
                          TransactionId transaction);
    /// A REFER that asks for a new subscription. RFC 3515 §2.4.2
    void on_refer(TimePoint now, Fork<M>& fork, const M& refer, TransactionId transaction);
    /// A SUBSCRIBE for something new. RFC 6665 §4.2.1.1
    void on_subscribe(TimePoint now, Fork<M>& fork, const M& subscribe, TransactionId transaction);
    void on_resubscribe(TimePoint now, Fork<M>& fork, Usage& usage, const M& subscribe,
                        TransactionId transaction);
    /// Keeps the request until respond(), for 64·T1 at most.
    UsageId await_response(TimePoint now, Fork<M>& fork, Usage usage, const M& request,
                           TransactionId transaction);
    /// The usage whose request is not answered yet; null: none.
    Usage* waiting_on(TransactionId transaction) noexcept;
    /// The usage of a REFER that was accepted before respond() came; null: none.
    Usage* undecided_on(TransactionId transaction) noexcept;
    Refusal answer_usage(TimePoint now, Usage& usage, const ServerRequest<M>& request, int status,
                         const MessageOptions& options);
    Refusal accept_usage(TimePoint now, Usage& usage, const ServerRequest<M>& request, int status,
                         const MessageOptions& options, Grant as);
    bool accept_undecided(TimePoint now, Usage& usage);
    Refusal decide_late(TimePoint now, Usage& usage, int status, const MessageOptions& options);
    Refusal report_refusal(const Usage& usage, const Body& body) const;
    void send_notify(TimePoint now, Usage& usage, const MessageOptions& options);
    void refuse_waiting(Usage& usage, int status);

    // usages_ending.hpp
    bool settle_usage(TimePoint now, UsageId id, std::string reason = {},
                      const M* response = nullptr);
    void end_usages(std::uint32_t fork);
    void end_orphans();
    void drop_referrals();
    void hand_usages_to(S& other, std::uint32_t fork);
    /// Does what is due for each subscription.
    void handle_usage_timeouts(TimePoint now);
    /// When handle_usage_timeouts() is to be called next.
    std::optional<TimePoint> next_usage_timeout() const;

private:
    S& session() noexcept { return static_cast<S&>(*this); }
    const S& session() const noexcept { return static_cast<const S&>(*this); }

    BasicUsages<M> usages_;
};

} // namespace offhook

#endif

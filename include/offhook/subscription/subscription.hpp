#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/core/box.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/fifo.hpp"
#include "offhook/core/random.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/branch_maker.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/subscription/event_key.hpp"
#include "offhook/subscription/guarded_subscription.hpp"
#include "offhook/subscription/notifier.hpp"
#include "offhook/subscription/subscriber.hpp"
#include "offhook/subscription/subscription_events.hpp"
#include "offhook/subscription/subscription_operation.hpp"
#include "offhook/subscription/subscription_options.hpp"
#include "offhook/subscription/usage.hpp"

namespace offhook {

/// A subscription with a dialog of its own, at either side, from its SUBSCRIBE or REFER to its end,
/// on the message type `M` of any SIP stack. A value with the polled interface of Session: give it
/// messages and the time, and poll what it wants sent and what it has to tell. RFC 6665, RFC 3515
template <Modelled M>
class Subscription : public SubscriptionEvents<M>, public GuardedSubscription<Subscription<M>> {
    using Events = SubscriptionEvents<M>;
    using Model = MessageModel<M>;

public:
    using typename Events::Event;         ///< what poll_event() gives
    using seconds = std::chrono::seconds; ///< whole ones, as Expires has them
    using Grant = Notifier::State;        ///< active or pending

    /// Sends a SUBSCRIBE or REFER. Throws BadArgument or UnsafeValue for options that make none, as
    /// check() tells.
    template <RandomSource R>
    static Subscription outgoing(TimePoint now, SubscribeOptions options, R& random) {
        if (const Refusal refused = check(options)) raise(refused);
        Subscription made(Role::uac, random.key(), {}, options.policy.t1);
        const std::string tag = random.token(96);
        made.start(now, std::move(options), tag, random.token(128));
        return made;
    }
    /// Why outgoing() would throw; false where it would not.
    static Refusal check(const SubscribeOptions& options) { return subscribe_refusal(options); }

    /// Takes up a SUBSCRIBE or REFER that belongs to no dialog, to be answered at once with
    /// accept() or reject(). One at fault is answered by itself, and over then. Throws BadArgument
    /// or UnsafeValue where check() finds fault with the options.
    template <RandomSource R>
    static Subscription incoming(TimePoint now, M request, TransactionId transaction,
                                 const NotifierOptions& options, R& random) {
        if (const Refusal refused = check(options)) raise(refused);
        Subscription made(Role::uas, random.key(), random.token(96), options.t1);
        made.take_up(now, std::move(request), transaction, options);
        return made;
    }
    /// Why incoming() would throw; false where it would not.
    static Refusal check(const NotifierOptions& options) { return notifier_refusal(options); }

    /// Takes a message of this subscription; a stray request is answered with 481, a stray response
    /// dropped. Requests: `transaction` comes back with the response.
    void receive(TimePoint now, M message, TransactionId transaction = 0);
    /// The client transaction of a request that we sent has ended without a final response.
    void failed(TimePoint now, TransactionId request, Failure failure);
    /// Does what is due; harmless where nothing is.
    void handle_timeout(TimePoint now);
    /// When handle_timeout() is to be called next.
    std::optional<TimePoint> poll_timeout() const;
    /// What is to be sent next; none: nothing more now.
    std::optional<Outgoing<M>> poll_transmit() { return transmits_.pop(); }
    /// What happened next; none: nothing more now.
    std::optional<Event> poll_event() { return events_.pop(); }
    /// With Forks::keep_all: a subscription that another node has made of our request. From then on
    /// the messages of its dialog are its own: matches() tells. RFC 6665 §4.4.1
    std::optional<Subscription> poll_fork() { return handed_over_.pop(); }

    Role role() const noexcept { return role_; } ///< uac is the subscriber
    /// Where it is, at either side.
    SubscriptionPhase phase() const noexcept;
    /// Event type and id.
    const EventKey& event() const noexcept { return event_; }
    /// Null before there is one: at the subscriber the first NOTIFY makes it.
    const Dialog<M>* dialog() const noexcept { return dialog_ ? &*dialog_ : nullptr; }
    /// Null where we are the notifier.
    const Subscriber* subscriber() const noexcept { return std::get_if<Subscriber>(&side_); }
    /// Null where we are the subscriber.
    const Notifier* notifier() const noexcept { return std::get_if<Notifier>(&side_); }
    /// What is incoming: the request that waits for accept() or reject(); else null.
    const M* request() const noexcept { return waiting_ ? &waiting_->message : nullptr; }
    /// Nothing of it is needed any more: it may be destroyed. Later than its end by the time in
    /// which a response or a NOTIFY of another fork can still come.
    bool done() const noexcept {
        return phase() == SubscriptionPhase::terminated && pending_.empty() && !first_
               && transmits_.empty() && events_.empty() && handed_over_.empty();
    }
    /// True for a message of this subscription: by Call-ID and tags, and as long as NOTIFYs of
    /// forks may come, whatever the tag of the peer.
    bool matches(const M& message) const;

    /// Why an operation would be refused now; false where it would not.
    Refusal refusal(SubscriptionOperation operation) const noexcept;

    /// The non-throwing twins of the operations: true where refused.
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
    /// A request of ours that has no final response yet.
    struct Sent {
        TransactionId transaction;
        std::uint32_t number; ///< of its CSeq
        bool notify;
        TimePoint ends; ///< then it counts as unanswered, even where no transaction layer says so
    };
    /// Subscriber: the SUBSCRIBE or REFER, while NOTIFYs of forks may come.
    struct First {
        M message;
        std::uint32_t number;
        SubscribeOptions options;
        Subscriber start; ///< what each fork starts from
        std::uint32_t forks = 0;
        TimePoint until; ///< timer N
    };
    /// Notifier: the request that has no final response yet.
    struct Waiting {
        M message;
        TransactionId transaction;
        bool unsubscribed; ///< a REFER that wants no subscription, which is granted
    };

    Subscription(Role role, HashKey key, std::string tag, Duration t1)
        : branches_(key), t1_(t1), role_(role), tag_(std::move(tag)),
          side_(Subscriber(TimePoint{}, SubscriberPolicy{})) {}

    // subscribing.hpp
    void start(TimePoint now, SubscribeOptions options, std::string_view tag,
               std::string_view call_id);
    void send_first(TimePoint now);
    void on_response(TimePoint now, const Sent& sent, M response);
    void on_refusal(TimePoint now, int status, std::optional<M> response);
    void on_notify(TimePoint now, M notify, TransactionId transaction);
    bool take_dialog(const M& first, const M& notify, const Notice& notice);
    void take_notify(TimePoint now, M notify, TransactionId transaction, Notice notice,
                     EventKey event);
    void on_fork(TimePoint now, M notify, TransactionId transaction, Notice notice, EventKey event);
    bool is_of_first(const M& message) const;
    bool is_of(const EventKey& event) const;
    void send_subscribe(TimePoint now, const MessageOptions& options);
    void settle(TimePoint now, std::string reason = {}, std::optional<M> response = {});

    // notifying.hpp
    void take_up(TimePoint now, M request, TransactionId transaction,
                 const NotifierOptions& options);
    int fault_of(const M& request, const NotifierOptions& options, MessageOptions& response);
    void on_subscribe(TimePoint now, M subscribe, TransactionId transaction);
    void on_notify_result(TimePoint now, int status, std::optional<M> response);
    void answer(const M& request, TransactionId transaction, int status,
                const MessageOptions& options = {});
    void send_notify(TimePoint now, const MessageOptions& options);
    void send_last_state(TimePoint now);

    void respond(const M& request, TransactionId transaction, int status,
                 const MessageOptions& options = {});
    void send(TimePoint now, DialogRequest<M> request, bool notify);
    void emit(Event event) {
        if (!told_end_) events_.push(std::move(event));
    }
    Subscriber& subscribing() { return std::get<Subscriber>(side_); }
    Notifier& notifying() { return std::get<Notifier>(side_); }
    const std::optional<SubscriptionEnd>& end() const noexcept {
        return role_ == Role::uac ? subscriber()->end() : notifier()->end();
    }

    BranchMaker branches_;
    Duration t1_;
    TransactionId requests_ = 0;
    Role role_;
    bool told_end_ = false;
    bool by_refer_ = false;
    std::uint32_t refer_number_ = 0; ///< CSeq number of the REFER
    std::string tag_;                ///< ours, where there is no dialog
    EventKey event_;
    std::string event_value_; ///< subscriber: with the further parameters that SUBSCRIBE has
    std::variant<Subscriber, Notifier> side_;
    std::optional<Dialog<M>> dialog_;
    MessageOptions repeated_; ///< subscriber: goes into each SUBSCRIBE
    Body state_;              ///< notifier: what the last NOTIFY told
    Box<First> first_;
    Box<Waiting> waiting_;
    std::vector<Sent> pending_;
    Fifo<Subscription> handed_over_;
    Fifo<Outgoing<M>> transmits_;
    Fifo<Event> events_;
};

} // namespace offhook

#include "offhook/subscription/either_side.hpp"
#include "offhook/subscription/notifying.hpp"
#include "offhook/subscription/subscribing.hpp"

#endif

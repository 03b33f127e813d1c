#ifndef OFFHOOK_SESSION_REFERRING_HPP
#define OFFHOOK_SESSION_REFERRING_HPP

// The notifier's side of a Session's further usages: a REFER or SUBSCRIBE of the peer in its
// dialogs, and our NOTIFYs. RFC 6665 §4.2, RFC 3515 §2.4

#include "offhook/core/extremes.hpp"
#include "offhook/session/session.hpp"
#include "offhook/subscription/subscription_options.hpp"
#include "offhook/subscription/usage.hpp"

namespace offhook {

namespace detail {

inline MessageOptions retry_later() {
    MessageOptions options;
    options.fields.push_back({"Retry-After", "1"});
    return options;
}

/// Where nobody decides, the answer leaves while the transaction lives.
constexpr NotifierPolicy notifier_policy(Duration t1) noexcept {
    NotifierPolicy policy;
    policy.decision = lesser(policy.decision, Duration(32 * t1));
    return policy;
}

} // namespace detail

/// A request of another usage than the call; false where it is none, or nobody handles it.
template <class S, Modelled M>
bool FurtherUsages<S, M>::on_usage_request(TimePoint now, Fork<M>& fork, const M& request,
                                           TransactionId transaction) {
    const std::string method(Model::method(request));
    if (method == "NOTIFY") return on_notify(now, fork, request, transaction);
    const bool over = fork.phase >= Fork<M>::Phase::leaving;
    const HandledMethods& handled = session().features_.methods;
    if (method == "REFER" && handled.refer && !over) {
        on_refer(now, fork, request, transaction);
        return true;
    }
    if (method != "SUBSCRIBE") return false;
    const auto event = EventKey::in(request);
    for (std::size_t i = 0; event && i < usages_.size(); ++i)
        if (usages_[i].fork == fork.number && usages_[i].notifier() && usages_[i].is_of(*event)) {
            on_resubscribe(now, fork, usages_[i], request, transaction);
            return true;
        }
    if (!handled.subscribe || over) return false;
    on_subscribe(now, fork, request, transaction);
    return true;
}

template <class S, Modelled M>
void FurtherUsages<S, M>::on_refer(TimePoint now, Fork<M>& fork, const M& refer,
                                   TransactionId transaction) {
    if (!has_one_refer_to(refer)) return session().respond(refer, transaction, 400);
    if (usages_.size() >= Usages::most_of_peer)
        return session().respond(refer, transaction, 500, detail::retry_later());
    const NotifierPolicy policy = detail::notifier_policy(session().timers_.t1);
    Usage usage{0, fork.number, {}, Notifier(now, policy, std::nullopt)};
    usage.refer = sequence_number_of(refer).value_or(0);
    usage.first_refer = !std::exchange(fork.was_referred, true);
    usage.event = usage.first_refer ? EventKey::of_refer() : EventKey::of_refer(usage.refer);
    usage.without = declines_subscription(refer);
    const UsageId id = await_response(now, fork, std::move(usage), refer, transaction);
    session().emit(typename Events::Referred{
        {}, transaction, id, std::string(*Model::header(refer, Header::refer_to, 0)), refer});
}

template <class S, Modelled M>
void FurtherUsages<S, M>::on_subscribe(TimePoint now, Fork<M>& fork, const M& subscribe,
                                       TransactionId transaction) {
    MessageOptions options;
    const auto event = EventKey::in(subscribe);
    // Only a REFER subscribes to that. RFC 3515 §2.4.4
    if (event && event->type == "refer") return session().respond(subscribe, transaction, 403);
    if (!event || !lists(session().features_.events, event->type)) {
        options.fields.push_back({"Allow-Events", session().features_.events});
        return session().respond(subscribe, transaction, 489, options); // RFC 6665 §4.2.1.1
    }
    const ReadSeconds asked = read_expires(subscribe);
    if (asked.broken()) return session().respond(subscribe, transaction, 400);
    const NotifierPolicy policy = detail::notifier_policy(session().timers_.t1);
    if (const auto least = policy.too_brief(asked.value)) {
        options.fields.push_back({"Min-Expires", std::to_string(least->count())});
        return session().respond(subscribe, transaction, 423, options);
    }
    if (usages_.size() >= Usages::most_of_peer)
        return session().respond(subscribe, transaction, 500, detail::retry_later());
    Usage usage{0, fork.number, *event, Notifier(now, policy, asked.value)};
    const seconds granted = usage.notifier()->granted();
    const UsageId id = await_response(now, fork, std::move(usage), subscribe, transaction);
    session().emit(typename Events::Subscribed{{}, transaction, id, *event, granted, subscribe});
}

template <class S, Modelled M>
UsageId FurtherUsages<S, M>::await_response(TimePoint now, Fork<M>& fork, Usage usage,
                                            const M& request, TransactionId transaction) {
    usage.waiting = transaction;
    session().open_.push_back(
        {transaction, fork.number, request, {}, now + 64 * session().timers_.t1});
    return usages_.add(std::move(usage)).id;
}

/// A further SUBSCRIBE of a subscription that we have granted. RFC 6665 §4.2.1.2
template <class S, Modelled M>
void FurtherUsages<S, M>::on_resubscribe(TimePoint now, Fork<M>& fork, Usage& usage,
                                         const M& subscribe, TransactionId transaction) {
    Notifier& notifier = *usage.notifier();
    if (usage.waiting) return session().respond(subscribe, transaction, 500, detail::retry_later());
    MessageOptions options;
    const ReadSeconds asked = read_expires(subscribe);
    if (asked.broken()) return session().respond(subscribe, transaction, 400);
    if (const auto least = notifier.policy().too_brief(asked.value)) {
        options.fields.push_back({"Min-Expires", std::to_string(least->count())});
        return session().respond(subscribe, transaction, 423, options);
    }
    const bool notify = notifier.refreshed(now, asked.value);
    const seconds granted = notifier.granted();
    fork.dialog.refresh_remote_target(subscribe);
    M response = fork.dialog.response(subscribe, 200, "OK");
    Model::add(response, Header::expires, std::to_string(granted.count()));
    session().send({SendAs::response, std::move(response), {}, transaction, {}});
    const UsageId id = usage.id;
    if (notify) send_notify(now, usage, {});
    session().emit(typename Events::Resubscribed{{}, id, granted, subscribe});
    settle_usage(now, id);
}

template <class S, Modelled M>
Usage* FurtherUsages<S, M>::waiting_on(TransactionId transaction) noexcept {
    for (std::size_t i = 0; i < usages_.size(); ++i)
        if (usages_[i].waiting == transaction) return &usages_[i];
    return nullptr;
}

template <class S, Modelled M>
Usage* FurtherUsages<S, M>::undecided_on(TransactionId transaction) noexcept {
    for (std::size_t i = 0; i < usages_.size(); ++i)
        if (usages_[i].undecided == transaction) return &usages_[i];
    return nullptr;
}

/// What the application says to a REFER or SUBSCRIBE.
template <class S, Modelled M>
Refusal FurtherUsages<S, M>::answer_usage(TimePoint now, Usage& usage,
                                          const ServerRequest<M>& request, int status,
                                          const MessageOptions& options) {
    const UsageId id = usage.id;
    Notifier& notifier = *usage.notifier();
    if (status >= 300) {
        session().respond(request.message, request.transaction, status, options);
        session().close_request(TransactionId(request.transaction));
        usage.waiting.reset();
        notifier.refuse(status);
        settle_usage(now, id);
        return {};
    }
    const bool later = status == 202 && usage.refer == 0;
    return accept_usage(now, usage, request, status == 202 ? 200 : status, options,
                        later ? Grant::pending : Grant::active);
}

/// A 2xx other than 202, which nobody sends any more, and the first NOTIFY. RFC 6665 §8.3.1
template <class S, Modelled M>
Refusal FurtherUsages<S, M>::accept_usage(TimePoint now, Usage& usage,
                                          const ServerRequest<M>& request, int status,
                                          const MessageOptions& options, Grant as) {
    if (const Refusal refused = own_field_refusal(options, "respond")) return refused;
    if (const Refusal refused = report_refusal(usage, options.body)) return refused;
    const UsageId id = usage.id;
    Notifier& notifier = *usage.notifier();
    Fork<M>& fork = *session().fork_numbered(usage.fork);
    fork.dialog.refresh_remote_target(request.message);
    MessageOptions all = options;
    all.body = {}; // it is the NOTIFY's
    M response = fork.dialog.response(request.message, status, phrase_of(status, all));
    if (usage.refer == 0) {
        all.fields.push_back({"Expires", std::to_string(notifier.granted().count())});
    } else if (usage.without) {
        all.fields.push_back({"Refer-Sub", "false"}); // RFC 4488 §4
    }
    add_to(response, all);
    session().send({SendAs::response, std::move(response), {}, request.transaction, {}});
    session().close_request(TransactionId(request.transaction));
    usage.waiting.reset();
    MessageOptions news;
    news.body = options.body;
    if (usage.refer != 0 && usage.without)
        notifier.unwanted();
    else if (notifier.accept(now, as))
        send_notify(now, usage, news);
    settle_usage(now, id);
    return {};
}

/// A REFER that nobody has decided on is accepted before its transaction ends, with a subscription
/// that tells of the decision. RFC 3515 §2.4.2
template <class S, Modelled M>
bool FurtherUsages<S, M>::accept_undecided(TimePoint now, Usage& usage) {
    if (usage.refer == 0 || !usage.waiting || now < *usage.next_timeout()) return false;
    for (const ServerRequest<M>& request : session().open_) {
        if (request.transaction != *usage.waiting) continue;
        usage.undecided = usage.waiting;
        usage.without = false;
        return !accept_usage(now, usage, ServerRequest<M>(request), 200, {}, Grant::pending);
    }
    return false;
}

/// respond() to a REFER that has been accepted by itself: a NOTIFY tells.
template <class S, Modelled M>
Refusal FurtherUsages<S, M>::decide_late(TimePoint now, Usage& usage, int status,
                                         const MessageOptions& options) {
    if (const Refusal refused = own_field_refusal(options, "respond")) return refused;
    usage.undecided.reset();
    if (status >= 300) return try_notify(now, usage.id, status, options.phrase);
    if (usage.notifier()->notify(Grant::active)) send_notify(now, usage, {});
    return {};
}

/// A NOTIFY of a REFER tells by a sipfrag with a status. RFC 3515 §2.4.4, §2.4.5
template <class S, Modelled M>
Refusal FurtherUsages<S, M>::report_refusal(const Usage& usage, const Body& body) const {
    if (usage.refer == 0 || body.empty() || sipfrag_status(body) != 0) return {};
    return {Errc::bad_argument, "notify", {}, "a message/sipfrag that begins with a status line",
            "RFC 3515 §2.4.5",  {}};
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_notify(TimePoint now, UsageId id, const MessageOptions& options,
                                        Grant as) {
    if (const Refusal refused = usage_refusal(Operation::notify, options)) return refused;
    Usage* const usage = usages_.find(id);
    if (!usage || !usage->notifier() || usage->waiting)
        return no_such_usage(Operation::notify, "the id of a subscription that was accepted");
    if (const Refusal refused = report_refusal(*usage, options.body)) return refused;
    const bool back = as == Grant::pending && usage->notifier()->state() == Grant::active;
    if (back || (as != Grant::active && as != Grant::pending))
        return {Errc::bad_argument,
                "notify",
                describe(session().state_, session().role_),
                "active, or pending before that",
                "RFC 6665 §4.2.2",
                "end_subscription() withdraws permission"};
    if (usage->notifier()->notify(as)) send_notify(now, *usage, options);
    return {};
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_notify(TimePoint now, UsageId id, int status,
                                        std::string_view phrase) {
    const Usage* const usage = usages_.find(id);
    MessageOptions options;
    options.phrase = phrase;
    if (const Refusal refused = usage_refusal(Operation::notify, options)) return refused;
    if (!usage || !usage->notifier() || usage->waiting || usage->refer == 0)
        return no_such_usage(Operation::notify, "the id of a REFER that was accepted");
    if (status < 100 || status > 699)
        return {Errc::bad_argument, "notify", {}, "a status of 100 to 699", "RFC 3515 §2.4.5", {}};
    options = {};
    options.body = sipfrag(status, phrase);
    if (status < 200) return try_notify(now, id, options);
    return try_end_subscription(now, id, TerminationReason::noresource, options);
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_end_subscription(TimePoint now, UsageId id,
                                                  TerminationReason reason,
                                                  const MessageOptions& options,
                                                  std::optional<seconds> retry_after) {
    if (const Refusal refused = usage_refusal(Operation::notify, options)) return refused;
    Usage* const usage = usages_.find(id);
    if (!usage || !usage->notifier() || usage->waiting)
        return no_such_usage(Operation::notify, "the id of a subscription that was accepted");
    if (retry_after && (*retry_after < seconds(0) || *retry_after > seconds(UINT32_MAX)))
        return {Errc::bad_argument, "notify", {}, "a Retry-After of 0 to 2^32-1 s",
                "RFC 6665 §8.4",    {}};
    if (const Refusal refused = report_refusal(*usage, options.body)) return refused;
    if (usage->notifier()->terminate(reason, retry_after)) send_notify(now, *usage, options);
    settle_usage(now, id);
    return {};
}

/// Without a body it tells the last one again; of a REFER each has one. RFC 3515 §2.4.4
template <class S, Modelled M>
void FurtherUsages<S, M>::send_notify(TimePoint now, Usage& usage, const MessageOptions& options) {
    MessageOptions all = options;
    if (all.body.empty()) all.body = usage.state;
    if (usage.refer != 0 && all.body.empty()) all.body = sipfrag(100);
    usage.state = all.body;
    all.fields.push_back({"Event", usage.event.text()});
    all.fields.push_back({"Subscription-State", usage.notifier()->notice(now).text()});
    send_for(now, usage, "NOTIFY", std::move(all));
}

/// The request that nobody has answered gets this.
template <class S, Modelled M>
void FurtherUsages<S, M>::refuse_waiting(Usage& usage, int status) {
    if (!usage.waiting) return;
    const TransactionId transaction = *usage.waiting;
    usage.waiting.reset();
    for (const ServerRequest<M>& request : session().open_)
        if (request.transaction == transaction)
            session().respond(request.message, transaction, status);
    session().close_request(transaction);
}

} // namespace offhook

#endif

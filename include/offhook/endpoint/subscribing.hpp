#ifndef OFFHOOK_ENDPOINT_SUBSCRIBING_HPP
#define OFFHOOK_ENDPOINT_SUBSCRIBING_HPP

// Endpoint's subscriptions with dialogs of their own, REFERs outside of calls among them. RFC 6665

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

template <RandomSource R>
SubscriptionId BasicEndpoint<R>::subscribe(TimePoint now, SubscribeOptions options) {
    SubscriptionId id;
    if (const Refusal refused = try_subscribe(now, std::move(options), id)) raise(refused);
    return id;
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_subscribe(TimePoint now, SubscribeOptions options,
                                        SubscriptionId& id) {
    const std::string_view tried = options.refer_to.empty() ? "subscribe" : "refer";
    if (subscriptions_.size() >= config_.limits.subscriptions)
        return {Errc::limit_reached,
                tried,
                {},
                "fewer subscriptions than Limits::subscriptions",
                {},
                {}};
    InviteOptions as_invite;
    as_invite.target = options.target;
    as_invite.from = options.from;
    as_invite.contact = options.contact;
    as_invite.route = options.route;
    if (Refusal refused = fill_in(as_invite)) {
        refused.tried = tried;
        return refused;
    }
    options.from = std::move(as_invite.from);
    options.contact = std::move(as_invite.contact);
    options.route = std::move(as_invite.route);
    options.policy.t1 = config_.timers.t1;
    if (options.refer_subscription && !has_field(options.fields, Header::supported))
        options.fields.push_back({"Supported", supported_extensions(config_)});
    if (const Refusal refused = Subscription::check(options)) return refused;
    const Handle<Subscribed> made = subscriptions_.emplace(
        Subscribed{Subscription::outgoing(now, std::move(options), random_)});
    drain(now, made);
    pump(now);
    id = {made.index, made.generation};
    return {};
}

/// A SUBSCRIBE or REFER outside of dialogs.
template <RandomSource R>
void BasicEndpoint<R>::take_subscribe(TimePoint now, RequestReceived& received) {
    if (subscriptions_.size() >= config_.limits.subscriptions)
        return answer(now, received.transaction, received.request, 503,
                      {{"Retry-After", retry_after()}});
    const auto uri = Uri::parse(received.request.request_uri());
    NotifierOptions options;
    options.contact =
        contact_at(listener_of(config_, received.flow), config_, uri && uri->is_sips());
    options.events = config_.events;
    options.policy = config_.notifier;
    options.t1 = config_.timers.t1;
    const SessionId target = target_of(received.request);
    const Handle<Subscribed> id = subscriptions_.emplace(
        Subscribed{Subscription::incoming(now, received.request, received.transaction.to_integer(),
                                          options, random_),
                   received.flow});
    Subscription& subscription = subscriptions_.find(id)->subscription;
    if (subscription.request()) {
        events_.push(event::SubscriptionIncoming{
            {id.index, id.generation}, std::move(received.request), received.flow, target});
    } else { // answered by itself, and the application never hears of it
        while (subscription.poll_event())
            continue;
    }
    drain(now, id);
}

/// A request within the dialog of a subscription, which knows by itself what it can be.
template <RandomSource R>
void BasicEndpoint<R>::receive(TimePoint now, Handle<Subscribed> id, RequestReceived& received) {
    const Message& request = received.request;
    const Claims claims = request.method() == "INVITE" ? Claims{} : claims_of(now, request);
    if (claims.status)
        return answer(now, received.transaction, request, claims.status, {}, claims.phrase);
    if (const auto denial = detail::deny_extensions(request, config_))
        return answer(now, received.transaction, request, denial.status, denial.fields);
    Subscribed& subscribed = *subscriptions_.find(id);
    subscribed.flow = received.flow;
    subscribed.subscription.receive(now, std::move(received.request),
                                    received.transaction.to_integer());
    drain(now, id);
}

/// Carries on what a subscription wants sent and told, and sees to its timer and its end.
template <RandomSource R>
void BasicEndpoint<R>::drain(TimePoint now, Handle<Subscribed> id) {
    while (Subscribed* const subscribed = subscriptions_.find(id)) {
        auto out = subscribed->subscription.poll_transmit();
        if (!out) break;
        if (out->as == SendAs::response) {
            deliver_response(now, std::move(*out));
            continue;
        }
        if (!subscribed->key) index_dialog(id, out->message);
        Owner owner;
        owner.subscription = id;
        owner.number = out->transaction;
        deliver(now, owner, std::move(*out));
    }
    Subscribed* subscribed = subscriptions_.find(id);
    if (!subscribed) return;
    const SubscriptionId told{id.index, id.generation};
    while (auto event = subscribed->subscription.poll_event())
        std::visit(
            [&](auto& happened) {
                happened.subscription = told;
                events_.push(std::move(happened));
            },
            *event);
    while (auto fork = subscribed->subscription.poll_fork()) {
        if (subscriptions_.size() >= config_.limits.subscriptions) (void)fork->try_unsubscribe(now);
        const Handle<Subscribed> other =
            subscriptions_.emplace(Subscribed{std::move(*fork), subscribed->flow});
        events_.push(event::SubscriptionForked{told, {other.index, other.generation}});
        drain(now, other);
        subscribed = subscriptions_.find(id);
    }
    if (const Dialog<Message>* const dialog = subscribed->subscription.dialog())
        index_dialog(id, dialog->id());
    const auto deadline = subscribed->subscription.poll_timeout();
    if (deadline != subscribed->deadline) {
        if (subscribed->timer) timers_.cancel(*subscribed->timer);
        subscribed->timer.reset();
        subscribed->deadline = deadline;
        if (deadline) subscribed->timer = timers_.schedule(*deadline, Timer{{}, {}, id});
    }
    if (!subscribed->subscription.done()) return;
    if (subscribed->timer) timers_.cancel(*subscribed->timer);
    if (subscribed->key) dialogs_.erase(*subscribed->key);
    subscriptions_.erase(id);
}

/// By its first request, as the first NOTIFY may come before any dialog.
template <RandomSource R>
void BasicEndpoint<R>::index_dialog(Handle<Subscribed> id, const Message& request) {
    const auto from = NameAddr::parse(request.header(Header::from).value_or(""));
    const auto to = NameAddr::parse(request.header(Header::to).value_or(""));
    if (from && to)
        index_dialog(id, {request.header(Header::call_id).value_or(""), from->tag(), to->tag()});
}

/// A fork shares Call-ID and local tag with another subscription; it is found by its remote tag.
template <RandomSource R>
void BasicEndpoint<R>::index_dialog(Handle<Subscribed> id, const DialogId& names) {
    Subscribed& subscribed = *subscriptions_.find(id);
    if (subscribed.key) return;
    for (const std::string_view remote_tag : {std::string_view(), names.remote_tag}) {
        const Digest key = dialog_key(names.call_id, names.local_tag, remote_tag);
        if (!dialogs_.insert(key, Known{{}, id})) continue;
        subscribed.key = key;
        return;
    }
}

template <class Endpoint>
SubscriptionPhase SubscriptionRef<Endpoint>::phase() const noexcept {
    const auto* const found = endpoint_->find(id_);
    return found ? found->subscription.phase() : SubscriptionPhase::terminated;
}

template <class Endpoint>
Role SubscriptionRef<Endpoint>::role() const noexcept {
    const auto* const found = endpoint_->find(id_);
    return found ? found->subscription.role() : Role::uac;
}

template <class Endpoint>
const Dialog<Message>* SubscriptionRef<Endpoint>::dialog() const noexcept {
    const auto* const found = endpoint_->find(id_);
    return found ? found->subscription.dialog() : nullptr;
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::refusal(SubscriptionOperation operation) const noexcept {
    if (const auto* const found = endpoint_->find(id_))
        return found->subscription.refusal(operation);
    return {Errc::unknown_handle, name_of(operation), {}, "a subscription that lives", {}, {}};
}

template <class Endpoint>
template <class F>
Refusal SubscriptionRef<Endpoint>::run(TimePoint now, SubscriptionOperation operation, F&& act) {
    auto* const found = endpoint_->find(id_);
    if (!found) return refusal(operation);
    if (const Refusal refused = act(found->subscription)) return refused;
    endpoint_->drain(now, Endpoint::private_id(id_));
    endpoint_->pump(now);
    return {};
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_refresh(TimePoint now, const MessageOptions& options,
                                               std::optional<seconds> expires) {
    return run(now, SubscriptionOperation::refresh,
               [&](auto& it) { return it.try_refresh(now, options, expires); });
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_unsubscribe(TimePoint now) {
    return run(now, SubscriptionOperation::unsubscribe,
               [&](auto& it) { return it.try_unsubscribe(now); });
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_accept(TimePoint now, const MessageOptions& notify,
                                              Grant as) {
    return run(now, SubscriptionOperation::accept,
               [&](auto& it) { return it.try_accept(now, notify, as); });
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_reject(TimePoint now, int status,
                                              const MessageOptions& options) {
    return run(now, SubscriptionOperation::reject,
               [&](auto& it) { return it.try_reject(now, status, options); });
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_notify(TimePoint now, const MessageOptions& options,
                                              Grant as) {
    return run(now, SubscriptionOperation::notify,
               [&](auto& it) { return it.try_notify(now, options, as); });
}

template <class Endpoint>
Refusal SubscriptionRef<Endpoint>::try_terminate(TimePoint now, TerminationReason reason,
                                                 const MessageOptions& options,
                                                 std::optional<seconds> retry_after) {
    return run(now, SubscriptionOperation::terminate,
               [&](auto& it) { return it.try_terminate(now, reason, options, retry_after); });
}

} // namespace offhook

#endif

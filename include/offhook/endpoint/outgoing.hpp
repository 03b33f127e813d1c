#ifndef OFFHOOK_ENDPOINT_OUTGOING_HPP
#define OFFHOOK_ENDPOINT_OUTGOING_HPP

// Endpoint's way from sessions to transactions, events and timers.

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

template <RandomSource R>
BasicEndpoint<R>::BasicEndpoint(EndpointConfig config, R random)
    : config_(checked(std::move(config))), random_(std::move(random)), key_(random_.key()),
      transactions_(config_.timers, config_.limits, random_.key()) {}

template <RandomSource R>
std::optional<TimePoint> BasicEndpoint<R>::poll_timeout() const {
    const auto transactions = transactions_.poll_timeout();
    const auto sessions = timers_.next();
    return !transactions || (sessions && *sessions < *transactions) ? sessions : transactions;
}

template <RandomSource R>
void BasicEndpoint<R>::handle_timeout(TimePoint now) {
    transactions_.handle_timeout(now);
    pump(now);
    while (const auto timer = timers_.pop(now)) {
        if (Call* const call = calls_.find(timer->call)) {
            call->timer.reset();
            call->deadline.reset();
            call->session.handle_timeout(now);
            drain(now, timer->call);
        } else if (Subscribed* const subscribed = subscriptions_.find(timer->subscription)) {
            subscribed->timer.reset();
            subscribed->deadline.reset();
            subscribed->subscription.handle_timeout(now);
            drain(now, timer->subscription);
        } else {
            stop_waiting(now, timer->waiting, Failure::timeout);
        }
        pump(now);
    }
}

template <RandomSource R>
typename BasicEndpoint<R>::Counts BasicEndpoint<R>::counts() const {
    const auto transactions = transactions_.counts();
    return {.sessions = calls_.size(),
            .subscriptions = subscriptions_.size(),
            .requests = requests_.size(),
            .client_transactions = transactions.clients,
            .server_transactions = transactions.servers,
            .timers = transactions.timers + timers_.size(),
            .index = transactions.index + dialogs_.size() + waiting_.size() + detours_.size()};
}

template <RandomSource R>
typename BasicEndpoint<R>::CallId BasicEndpoint<R>::adopt(Session session, const Flow& flow) {
    const CallId id = calls_.emplace(Call{std::move(session), flow});
    index_dialogs(id);
    return id;
}

template <RandomSource R>
void BasicEndpoint<R>::flush(TimePoint now, CallId id) {
    while (Call* const call = calls_.find(id)) {
        auto out = call->session.poll_transmit();
        if (!out) break;
        if (out->as == SendAs::response)
            deliver_response(now, std::move(*out));
        else
            deliver(now, Owner{id, {}, out->transaction, {}}, std::move(*out));
    }
}

/// Carries on what a session wants sent and told, and sees to its timer and its end.
template <RandomSource R>
void BasicEndpoint<R>::drain(TimePoint now, CallId id) {
    flush(now, id);
    Call* call = calls_.find(id);
    while (auto event = call ? call->session.poll_event() : std::nullopt) {
        const auto* const asked = std::get_if<typename Session::Challenged>(&*event);
        if (!asked || !settle(now, id, *asked)) tell(id, std::move(*event));
        flush(now, id);
        call = calls_.find(id);
    }
    if (!call) return;
    while (auto fork = call->session.poll_fork()) {
        if (full()) fork->hang_up(now);
        const CallId other = adopt(std::move(*fork), call->flow);
        call = calls_.find(id);
        calls_.find(other)->asks = call->asks;
        if (call->authenticator)
            calls_.find(other)->authenticator = call->authenticator->for_fork();
        events_.push(event::Forked{public_id(id), public_id(other)});
        drain(now, other);
        call = calls_.find(id);
    }
    // An INVITE that has not left needs no CANCEL.
    const bool cancelled = call->session.refusal(Operation::cancel).code == Errc::already_cancelled;
    if (cancelled && call->session.state() == State::initial && !call->waiting.empty())
        return stop_waiting(now, call->waiting.front(), Failure::timeout);
    index_dialogs(id);
    arm(id);
    if (call->replaces) {
        end_replaced(now, id);
        call = calls_.find(id);
    }
    if (call->session.done()) erase(now, id);
}

template <RandomSource R>
void BasicEndpoint<R>::deliver_response(TimePoint now, Outgoing<Message> out) {
    // Within a dialog and outside of it OPTIONS is answered alike. RFC 3261 §11.2
    const auto cseq = CSeq::parse(out.message.header(Header::cseq).value_or(""));
    if (out.message.status() == 200 && cseq && cseq->method == "OPTIONS")
        for (const HeaderField& field : capabilities(config_))
            out.message.set(HeaderName(std::string_view(field.name)), field.value);
    announce(out.message);
    if (!config_.user_agent.empty()) out.message.add(Header::server, config_.user_agent);
    transactions_.respond(now, ServerTransactionId::from_integer(out.transaction),
                          std::move(out.message));
}

/// A session tells what it can do itself; the application can do more. What the application has
/// written itself stays.
template <RandomSource R>
void BasicEndpoint<R>::announce(Message& message) const {
    if (!config_.methods.empty()
        && message.header(Header::allow) == methods_of(config_.features.methods))
        message.set(Header::allow, allowed_methods(config_));
    if (!config_.extensions.empty()
        && message.header(Header::supported) == option_tags_of(config_.features))
        message.set(Header::supported, supported_extensions(config_));
}

template <RandomSource R>
void BasicEndpoint<R>::tell(CallId id, typename Session::Event event) {
    std::visit(
        [&](auto& told) {
            told.session = public_id(id);
            events_.push(std::move(told));
        },
        event);
}

template <RandomSource R>
void BasicEndpoint<R>::arm(CallId id) {
    Call& call = *calls_.find(id);
    const auto deadline = call.session.poll_timeout();
    if (deadline == call.deadline) return;
    if (call.timer) timers_.cancel(*call.timer);
    call.timer.reset();
    call.deadline = deadline;
    if (deadline) call.timer = timers_.schedule(*deadline, Timer{id, {}});
}

template <RandomSource R>
void BasicEndpoint<R>::erase(TimePoint now, CallId id) {
    const Call& call = *calls_.find(id);
    remember_dialogs(now, call);
    if (call.timer) timers_.cancel(*call.timer);
    if (call.key) dialogs_.erase(*call.key);
    calls_.erase(id);
}

/// Makes the session found by the Call-ID and local tag that all its dialogs share, and a fork that
/// shares these with another session by its remote tag too.
template <RandomSource R>
void BasicEndpoint<R>::index_dialogs(CallId id) {
    Call& call = *calls_.find(id);
    const Dialog<Message>* const dialog = call.session.dialog();
    if (call.key || !dialog) return;
    const DialogId names = dialog->id();
    Digest key = dialog_key(names.call_id, names.local_tag, {});
    if (!dialogs_.insert(key, Known{id})) {
        key = dialog_key(names.call_id, names.local_tag, names.remote_tag);
        if (!dialogs_.insert(key, Known{id})) return;
    }
    call.key = key;
}

template <RandomSource R>
Digest BasicEndpoint<R>::dialog_key(std::string_view call_id, std::string_view local_tag,
                                    std::string_view remote_tag) const {
    std::string text;
    text.reserve(call_id.size() + local_tag.size() + remote_tag.size() + 2);
    text.append(call_id).append(1, '\n').append(local_tag).append(1, '\n').append(remote_tag);
    for (std::size_t i = call_id.size(); i < text.size(); ++i)
        text[i] = to_lower(text[i]); // tags have no case. RFC 3261 §7.3.1
    return siphash128(key_, text);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SUBSCRIPTION_EITHER_SIDE_HPP
#define OFFHOOK_SUBSCRIPTION_EITHER_SIDE_HPP

// What a Subscription does in the same way at either side: messages, transactions and the time.

#include "offhook/message/cseq.hpp"
#include "offhook/subscription/subscription.hpp"

namespace offhook {

template <Modelled M>
SubscriptionPhase Subscription<M>::phase() const noexcept {
    using Phase = SubscriptionPhase;
    if (role_ == Role::uac) return static_cast<Phase>(subscriber()->state());
    constexpr Phase phases[] = {Phase::waiting, Phase::pending, Phase::active, Phase::terminated};
    return phases[static_cast<unsigned char>(notifier()->state())];
}

template <Modelled M>
bool Subscription<M>::matches(const M& message) const {
    if (dialog_ && dialog_->matches(message)) return true;
    return first_ && is_of_first(message);
}

template <Modelled M>
Refusal Subscription<M>::refusal(SubscriptionOperation operation) const noexcept {
    if (const Refusal refused = offhook::refusal(operation, role_, phase())) return refused;
    const bool late =
        (operation == SubscriptionOperation::refresh && !subscriber()->can_subscribe())
        || (operation == SubscriptionOperation::unsubscribe && !subscriber()->can_unsubscribe());
    if (!late) return {};
    return {Errc::wrong_state,        name_of(operation),
            describe(phase(), role_), "no SUBSCRIBE under way, and no unsubscribe() before",
            "RFC 6665 §4.1.2.2",      {}};
}

template <Modelled M>
void Subscription<M>::receive(TimePoint now, M message, TransactionId transaction) {
    if (Model::status(message) != 0) {
        if (Model::status(message) < 200 || !matches(message)) return;
        const auto line = Model::header(message, Header::cseq, 0);
        const auto cseq = line ? CSeq::parse(*line) : Parsed<CSeq>(ParseError{"CSeq", 0});
        if (!cseq) return;
        for (std::size_t i = 0; i < pending_.size(); ++i) {
            const Sent sent = pending_[i];
            if (sent.number != cseq->number || sent.notify != (cseq->method == "NOTIFY")) continue;
            pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
            return on_response(now, sent, std::move(message));
        }
        return;
    }
    const std::string method(Model::method(message));
    // A SUBSCRIBE or NOTIFY can't be cancelled. RFC 6665 §4.6
    if (method == "CANCEL") return respond(message, transaction, 200);
    if (method == "ACK") return;
    if (method == "NOTIFY" && role_ == Role::uac)
        return on_notify(now, std::move(message), transaction);
    if (!dialog_ || !dialog_->matches(message)) return respond(message, transaction, 481);
    if (method == "SUBSCRIBE" && role_ == Role::uas)
        return on_subscribe(now, std::move(message), transaction);
    switch (dialog_->receive(message)) {
    case Order::malformed: return respond(message, transaction, 400);
    case Order::out_of_order: return respond(message, transaction, 500);
    case Order::in_order: break;
    }
    MessageOptions options;
    options.fields.push_back(
        {"Allow", role_ == Role::uac ? "NOTIFY, OPTIONS" : "SUBSCRIBE, OPTIONS"});
    respond(message, transaction, method == "OPTIONS" ? 200 : 405, options);
}

template <Modelled M>
void Subscription<M>::respond(const M& request, TransactionId transaction, int status,
                              const MessageOptions& options) {
    const std::string_view tag = dialog_ ? dialog_->id().local_tag : std::string_view(tag_);
    M response = Model::response(request, status, phrase_of(status, options), tag);
    add_to(response, options);
    transmits_.push({SendAs::response, std::move(response), {}, transaction, {}});
}

template <Modelled M>
void Subscription<M>::send(TimePoint now, DialogRequest<M> request, bool notify) {
    const auto number = sequence_number_of(request.message);
    pending_.push_back({++requests_, number.value_or(0), notify, now + 64 * t1_});
    transmits_.push({SendAs::request, std::move(request.message), request.next_hop, requests_,
                     branches_.next()});
}

template <Modelled M>
void Subscription<M>::failed(TimePoint now, TransactionId request, Failure failure) {
    for (std::size_t i = 0; i < pending_.size(); ++i) {
        if (pending_[i].transaction != request) continue;
        const bool notify = pending_[i].notify;
        pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(i));
        if (notify) return on_notify_result(now, status_of(failure), {});
        if (failure == Failure::transport) return on_refusal(now, status_of(failure), {});
        subscribing().unanswered(now);
        if (!subscribing().end()) emit(typename Events::RefreshFailed{status_of(failure), {}});
        return settle(now);
    }
}

template <Modelled M>
void Subscription<M>::handle_timeout(TimePoint now) {
    for (std::size_t i = 0; i < pending_.size();) {
        if (pending_[i].ends > now)
            ++i;
        else
            failed(now, pending_[i].transaction, Failure::timeout);
    }
    if (role_ == Role::uac) {
        subscribing().handle_timeout(now);
        if (first_ && first_->until <= now) first_.reset();
    } else if (notifying().handle_timeout(now)) {
        send_last_state(now);
    } else if (waiting_ && notifying().end()) {
        answer(waiting_->message, waiting_->transaction, notifying().end()->status);
        waiting_.reset();
    }
    settle(now);
}

template <Modelled M>
std::optional<TimePoint> Subscription<M>::poll_timeout() const {
    std::optional<TimePoint> next =
        role_ == Role::uac ? subscriber()->next_timeout() : notifier()->next_timeout();
    const auto consider = [&next](TimePoint timer) {
        if (!next || timer < *next) next = timer;
    };
    for (const Sent& sent : pending_)
        consider(sent.ends);
    if (first_) consider(first_->until);
    return next;
}

/// Sends what is due, and tells the end once.
template <Modelled M>
void Subscription<M>::settle(TimePoint now, std::string reason, std::optional<M> response) {
    if (role_ == Role::uac && dialog_ && subscribing().due(now) != Subscriber::Due::nothing)
        send_subscribe(now, repeated_);
    if (told_end_ || !end()) return;
    emit(typename Events::Ended{*end(), std::move(reason), std::move(response)});
    told_end_ = true;
}

} // namespace offhook

#endif

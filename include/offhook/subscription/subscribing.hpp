#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIBING_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIBING_HPP

// The subscriber's side of Subscription: its SUBSCRIBE or REFER, and the NOTIFYs that come.

#include "offhook/message/name_addr.hpp"
#include "offhook/subscription/initial_request.hpp"
#include "offhook/subscription/subscription.hpp"

namespace offhook {

template <Modelled M>
void Subscription<M>::start(TimePoint now, SubscribeOptions options, std::string_view tag,
                            std::string_view call_id) {
    by_refer_ = !options.refer_to.empty();
    refer_number_ = 1;
    event_ = EventKey::of_refer();
    if (!by_refer_) {
        const auto event = EventPackage::parse(options.event);
        event_ = {std::string(event->type), std::string(event->id())};
        event_value_ = options.event;
        repeated_ = {{}, options.body, options.fields, {}, 0};
    }
    const auto by = by_refer_ ? Subscriber::By::refer : Subscriber::By::subscribe;
    // A REFER's subscription is there to tell how it ends, and lasts as long as its notifier likes.
    if (by_refer_) options.policy.refresh = false;
    side_ = Subscriber(now, options.policy, by);
    auto request = initial_request<M>(options, tag, call_id, 1, subscribing().asks());
    first_ = First{request.message, 1, std::move(options), subscribing(), 0, now + 64 * t1_};
    send(now, std::move(request), false);
}

/// The same once more, after a 423. RFC 3261 §8.1.3.5
template <Modelled M>
void Subscription<M>::send_first(TimePoint now) {
    const auto from = Model::header(first_->message, Header::from, 0);
    const auto call_id = Model::header(first_->message, Header::call_id, 0);
    auto request = initial_request<M>(first_->options, NameAddr::parse(*from)->tag(), *call_id,
                                      ++first_->number, subscribing().asks());
    first_->message = request.message;
    first_->start = subscribing();
    first_->until = now + 64 * t1_;
    send(now, std::move(request), false);
}

template <Modelled M>
void Subscription<M>::on_response(TimePoint now, const Sent& sent, M response) {
    const int status = Model::status(response);
    const bool own_dialog = !dialog_ || dialog_->matches(response);
    if (status < 300 && dialog_ && own_dialog) dialog_->refresh_remote_target(response);
    if (sent.notify) return on_notify_result(now, status, std::move(response));
    if (status >= 300) return on_refusal(now, status, std::move(response));
    const bool to_refer = by_refer_ && sent.number == refer_number_;
    if (to_refer && first_ && !first_->options.refer_subscription
        && declines_subscription(response)) {
        subscribing().unwanted();
        first_.reset();
    } else {
        subscribing().accepted(now, status, read_expires(response).value, own_dialog);
    }
    emit(typename Events::Accepted{status, std::move(response)});
    settle(now);
}

template <Modelled M>
void Subscription<M>::on_refusal(TimePoint now, int status, std::optional<M> response) {
    SubscribeRefusal refusal{status};
    if (response) {
        refusal.min_expires = read_expires(*response, Header::min_expires).value;
        refusal.retry_after = read_retry_after(*response);
    }
    if (subscribing().refused(now, refusal) == Subscriber::Verdict::again) {
        if (!dialog_) return send_first(now);
        return send(now, subscribe_in(*dialog_, event_value_, subscribing().asks(), repeated_),
                    false);
    }
    if (subscribing().end()) {
        if (!dialog_) first_.reset();
        return settle(now, {}, std::move(response));
    }
    emit(typename Events::RefreshFailed{status, std::move(response)});
    settle(now);
}

template <Modelled M>
bool Subscription<M>::is_of_first(const M& message) const {
    const bool request = Model::status(message) == 0;
    const auto call_id = Model::header(message, Header::call_id, 0);
    const auto our_call_id = Model::header(first_->message, Header::call_id, 0);
    if (!call_id || std::string_view(*call_id) != std::string_view(*our_call_id)) return false;
    const auto ours = Model::header(first_->message, Header::from, 0);
    const auto text = Model::header(message, request ? Header::to : Header::from, 0);
    if (!text) return false;
    const auto party = NameAddr::parse(*text);
    return party && iequals(party->tag(), NameAddr::parse(*ours)->tag());
}

template <Modelled M>
bool Subscription<M>::is_of(const EventKey& event) const {
    return by_refer_ ? belongs_to_refer(event, refer_number_, true) : event == event_;
}

template <Modelled M>
void Subscription<M>::on_notify(TimePoint now, M notify, TransactionId transaction) {
    const bool own = dialog_ && dialog_->matches(notify);
    const bool fork = !own && first_ && now < first_->until && is_of_first(notify);
    if (!own && !fork) return respond(notify, transaction, 481);
    if (own) {
        switch (dialog_->receive(notify)) {
        case Order::malformed: return respond(notify, transaction, 400);
        case Order::out_of_order: return respond(notify, transaction, 500);
        case Order::in_order: break;
        }
    }
    auto event = EventKey::in(notify);
    if (!event || event->type != event_.type) return respond(notify, transaction, 489);
    if (!is_of(*event)) return respond(notify, transaction, 481);
    auto notice = read_notice(notify);
    if (!notice) return respond(notify, transaction, 400);
    if (fork && (dialog_ || subscribing().end()))
        return on_fork(now, std::move(notify), transaction, std::move(*notice), std::move(*event));
    if (subscribing().end()) return respond(notify, transaction, 481);
    if (fork && !take_dialog(first_->message, notify, *notice))
        return respond(notify, transaction, 400);
    take_notify(now, std::move(notify), transaction, std::move(*notice), std::move(*event));
}

/// Makes the dialog, unless the subscription is over at once; false where the NOTIFY makes none.
/// RFC 6665 §4.4.1
template <Modelled M>
bool Subscription<M>::take_dialog(const M& first, const M& notify, const Notice& notice) {
    if (notice.substate == Notice::Substate::terminated) return true;
    auto dialog = Dialog<M>::from_notify(first, notify);
    if (!dialog) return false;
    dialog_ = std::move(*dialog);
    return true;
}

template <Modelled M>
void Subscription<M>::take_notify(TimePoint now, M notify, TransactionId transaction, Notice notice,
                                  EventKey event) {
    // An id that the NOTIFYs of a REFER have is repeated in each SUBSCRIBE. RFC 3515 §2.4.6
    if (by_refer_) {
        event_ = std::move(event);
        event_value_ = event_.text();
    }
    if (dialog_) {
        dialog_->refresh_remote_target(notify);
        transmits_.push(
            {SendAs::response, dialog_->response(notify, 200, "OK"), {}, transaction, {}});
    } else {
        respond(notify, transaction, 200);
    }
    subscribing().notified(now, notice);
    std::string reason = notice.reason;
    Body body = body_of(notify);
    emit(typename Events::Notified{std::move(notice), std::move(body), std::move(notify)});
    settle(now, std::move(reason));
}

template <Modelled M>
void Subscription<M>::on_fork(TimePoint now, M notify, TransactionId transaction, Notice notice,
                              EventKey event) {
    if (first_->options.forks == SubscribeOptions::Forks::keep_first
        || first_->forks >= first_->options.most_forks)
        return respond(notify, transaction, 481);
    Subscription other(Role::uac, branches_.next_key(), {}, t1_);
    other.requests_ = requests_;
    other.by_refer_ = by_refer_;
    other.refer_number_ = refer_number_;
    other.event_ = event_;
    other.event_value_ = event_value_;
    other.repeated_ = repeated_;
    other.side_ = first_->start.for_fork();
    if (!other.take_dialog(first_->message, notify, notice))
        return respond(notify, transaction, 400);
    ++first_->forks;
    other.take_notify(now, std::move(notify), transaction, std::move(notice), std::move(event));
    handed_over_.push(std::move(other));
}

template <Modelled M>
void Subscription<M>::send_subscribe(TimePoint now, const MessageOptions& options) {
    if (subscribing().due(now) == Subscriber::Due::unsubscribe)
        subscribing().close(now);
    else
        subscribing().subscribe(now);
    send(now, subscribe_in(*dialog_, event_value_, subscribing().asks(), options), false);
}

template <Modelled M>
Refusal Subscription<M>::try_refresh(TimePoint now, const MessageOptions& options,
                                     std::optional<seconds> expires) {
    if (const Refusal refused = refusal(SubscriptionOperation::refresh)) return refused;
    if (const Refusal refused = offhook::check(options, "refresh")) return refused;
    if (const Refusal refused = own_field_refusal(options, "refresh")) return refused;
    if (expires && (*expires <= seconds(0) || *expires > seconds(UINT32_MAX)))
        return {Errc::bad_argument,
                "refresh",
                {},
                "a time above 0 and below 2^32 s",
                "RFC 6665 §4.1.2.2",
                "unsubscribe() sends Expires 0"};
    MessageOptions all = repeated_;
    all.fields.insert(all.fields.end(), options.fields.begin(), options.fields.end());
    if (options.body) all.body = options.body;
    subscribing().subscribe(now, expires);
    send(now, subscribe_in(*dialog_, event_value_, subscribing().asks(), all), false);
    return {};
}

template <Modelled M>
Refusal Subscription<M>::try_unsubscribe(TimePoint now) {
    if (const Refusal refused = refusal(SubscriptionOperation::unsubscribe)) return refused;
    subscribing().unsubscribe();
    settle(now);
    return {};
}

} // namespace offhook

#endif

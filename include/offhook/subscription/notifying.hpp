#ifndef OFFHOOK_SUBSCRIPTION_NOTIFYING_HPP
#define OFFHOOK_SUBSCRIPTION_NOTIFYING_HPP

// The notifier's side of Subscription: the SUBSCRIBE or REFER that came, and its NOTIFYs.

#include "offhook/subscription/subscription.hpp"

namespace offhook {

template <Modelled M>
void Subscription<M>::take_up(TimePoint now, M request, TransactionId transaction,
                              const NotifierOptions& options) {
    by_refer_ = Model::method(request) == "REFER";
    const auto asked = by_refer_ ? ReadSeconds{} : read_expires(request);
    side_ = Notifier(now, options.policy, asked.value);
    MessageOptions response;
    if (const int status = fault_of(request, options, response)) {
        notifying().refuse(status);
        respond(request, transaction, status, response);
        return settle(now);
    }
    refer_number_ = sequence_number_of(request).value_or(0);
    const bool unsubscribed =
        by_refer_ && options.without_subscription && declines_subscription(request);
    waiting_ = Waiting{std::move(request), transaction, unsubscribed};
}

/// The status that answers a request at fault; 0, and a dialog is made, where it has none.
template <Modelled M>
int Subscription<M>::fault_of(const M& request, const NotifierOptions& options,
                              MessageOptions& response) {
    if (by_refer_) {
        event_ = EventKey::of_refer();
        if (!has_one_refer_to(request)) return 400; // RFC 3515 §2.4.2
    } else if (Model::method(request) != "SUBSCRIBE") {
        response.fields.push_back({"Allow", "SUBSCRIBE, REFER"});
        return 405;
    } else {
        const auto event = EventKey::in(request);
        bool known = event && options.events.empty();
        std::string all;
        for (const std::string& type : options.events) {
            all.append(all.empty() ? "" : ", ").append(type);
            known = known || (event && event->type == type);
        }
        // Only a REFER subscribes to that. RFC 3515 §2.4.4
        if (event && event->type == "refer") return 403;
        if (!known) {
            if (!all.empty()) response.fields.push_back({"Allow-Events", std::move(all)});
            return 489; // RFC 6665 §4.2.1.1, §4.2.3
        }
        event_ = *event;
        const ReadSeconds asked = read_expires(request);
        if (asked.broken()) return 400;
        if (const auto least = options.policy.too_brief(asked.value)) {
            response.fields.push_back({"Min-Expires", std::to_string(least->count())});
            return 423;
        }
    }
    auto dialog = Dialog<M>::from_request(request, tag_, options.contact);
    if (!dialog) return dialog.error().rule == "To: tag" ? 481 : 400;
    dialog_ = std::move(*dialog);
    return 0;
}

template <Modelled M>
void Subscription<M>::answer(const M& request, TransactionId transaction, int status,
                             const MessageOptions& options) {
    M response = dialog_->response(request, status, phrase_of(status, options));
    add_to(response, options);
    transmits_.push({SendAs::response, std::move(response), {}, transaction, {}});
}

template <Modelled M>
Refusal Subscription<M>::try_accept(TimePoint now, const MessageOptions& notify, Grant as) {
    if (const Refusal refused = refusal(SubscriptionOperation::accept)) return refused;
    if (const Refusal refused = offhook::check(notify, "accept")) return refused;
    if (const Refusal refused = own_field_refusal(notify, "accept")) return refused;
    if (as != Grant::active && as != Grant::pending)
        return {Errc::bad_argument, "accept", {}, "active or pending", "RFC 6665 §4.2.2", {}};
    const Waiting waiting = std::move(*waiting_);
    waiting_.reset();
    dialog_->confirm();
    MessageOptions ok;
    if (waiting.unsubscribed) {
        ok.fields.push_back({"Refer-Sub", "false"});
        ok.fields.push_back({"Supported", "norefersub"});
        notifying().unwanted();
        answer(waiting.message, waiting.transaction, 200, ok);
        settle(now);
        return {};
    }
    if (!by_refer_) ok.fields.push_back({"Expires", std::to_string(notifying().granted().count())});
    answer(waiting.message, waiting.transaction, 200, ok); // never 202: RFC 6665 §8.3.1, RFC 7647
    if (notifying().accept(now, as)) send_notify(now, notify);
    settle(now);
    return {};
}

template <Modelled M>
Refusal Subscription<M>::try_reject(TimePoint now, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(SubscriptionOperation::reject)) return refused;
    if (const Refusal refused = offhook::check(options, "reject")) return refused;
    if (status < 300 || status > 699)
        return {Errc::bad_argument,  "reject", {}, "a status from 300 to 699",
                "RFC 6665 §4.2.1.1", {}};
    answer(waiting_->message, waiting_->transaction, status, options);
    waiting_.reset();
    notifying().refuse(status);
    settle(now);
    return {};
}

template <Modelled M>
Refusal Subscription<M>::try_notify(TimePoint now, const MessageOptions& options, Grant as) {
    if (const Refusal refused = refusal(SubscriptionOperation::notify)) return refused;
    if (const Refusal refused = offhook::check(options, "notify")) return refused;
    if (const Refusal refused = own_field_refusal(options, "notify")) return refused;
    const bool back = as == Grant::pending && notifying().state() == Grant::active;
    if (back || (as != Grant::active && as != Grant::pending))
        return {Errc::bad_argument,       "notify",
                describe(phase(), role_), "active, or pending before that",
                "RFC 6665 §4.2.2",        "terminate() withdraws permission"};
    if (notifying().notify(as)) send_notify(now, options);
    return {};
}

template <Modelled M>
Refusal Subscription<M>::try_terminate(TimePoint now, TerminationReason reason,
                                       const MessageOptions& options,
                                       std::optional<seconds> retry_after) {
    if (const Refusal refused = refusal(SubscriptionOperation::terminate)) return refused;
    if (const Refusal refused = offhook::check(options, "terminate")) return refused;
    if (const Refusal refused = own_field_refusal(options, "terminate")) return refused;
    if (retry_after && (*retry_after < seconds(0) || *retry_after > seconds(UINT32_MAX)))
        return {Errc::bad_argument, "terminate", {}, "a Retry-After of 0 to 2^32-1 s",
                "RFC 6665 §8.4",    {}};
    if (notifying().terminate(reason, retry_after)) send_notify(now, options);
    settle(now);
    return {};
}

template <Modelled M>
void Subscription<M>::send_notify(TimePoint now, const MessageOptions& options) {
    MessageOptions all = options;
    // Of a REFER each NOTIFY has a body. RFC 3515 §2.4.4
    if (by_refer_ && !all.body) all.body = state_ ? state_ : sipfrag(100);
    state_ = all.body;
    send(now, notify_in(*dialog_, event_, notifying().notice(now), all), true);
}

template <Modelled M>
void Subscription<M>::send_last_state(TimePoint now) {
    MessageOptions options;
    options.body = state_;
    send_notify(now, options);
}

template <Modelled M>
void Subscription<M>::on_subscribe(TimePoint now, M subscribe, TransactionId transaction) {
    switch (dialog_->receive(subscribe)) {
    case Order::malformed: return respond(subscribe, transaction, 400);
    case Order::out_of_order: return respond(subscribe, transaction, 500);
    case Order::in_order: break;
    }
    const auto event = EventKey::in(subscribe);
    if (!event) return respond(subscribe, transaction, 489);
    if (!is_of(*event)) {
        MessageOptions options;
        options.phrase = "Dialog Sharing Not Supported";
        return respond(subscribe, transaction, 403, options); // RFC 6665 §4.5.2
    }
    if (notifying().end()) return respond(subscribe, transaction, 481);
    MessageOptions response;
    if (waiting_) {
        response.fields.push_back({"Retry-After", "1"});
        return respond(subscribe, transaction, 500, response);
    }
    const ReadSeconds asked = read_expires(subscribe);
    if (asked.broken()) return respond(subscribe, transaction, 400);
    if (const auto least = notifying().policy().too_brief(asked.value)) {
        response.fields.push_back({"Min-Expires", std::to_string(least->count())});
        return respond(subscribe, transaction, 423, response);
    }
    const bool notify = notifying().refreshed(now, asked.value);
    const seconds granted = notifying().granted();
    dialog_->refresh_remote_target(subscribe);
    response.fields.push_back({"Expires", std::to_string(granted.count())});
    answer(subscribe, transaction, 200, response);
    if (notify) send_last_state(now);
    emit(typename Events::Refreshed{granted, std::move(subscribe)});
    settle(now);
}

template <Modelled M>
void Subscription<M>::on_notify_result(TimePoint now, int status, std::optional<M> response) {
    notifying().answered(status);
    if (notifying().end()) return settle(now, {}, std::move(response));
    if (status >= 300) emit(typename Events::NotifyFailed{status, std::move(response)});
}

} // namespace offhook

#endif

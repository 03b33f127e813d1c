#ifndef OFFHOOK_SESSION_SUBSCRIBING_HPP
#define OFFHOOK_SESSION_SUBSCRIBING_HPP

// The subscriber's side of a Session's further usages: REFER and SUBSCRIBE in its dialogs, and the
// NOTIFYs that come. RFC 6665 §4.1, RFC 3515 §2.4

#include "offhook/dialog/response_effect.hpp"
#include "offhook/session/session.hpp"
#include "offhook/subscription/subscription_options.hpp"
#include "offhook/subscription/usage.hpp"

namespace offhook {

template <class S, Modelled M>
bool FurtherUsages<S, M>::has_usages(const Fork<M>& fork) const noexcept {
    for (std::size_t i = 0; i < usages_.size(); ++i)
        if (usages_[i].fork == fork.number) return true;
    return false;
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::usage_refusal(Operation operation,
                                           const MessageOptions& options) const {
    if (const Refusal refused = session().refusal(operation)) return refused;
    if (const Refusal refused = offhook::check(options, name_of(operation))) return refused;
    return own_field_refusal(options, name_of(operation));
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::fork_refusal(Operation operation, const Fork<M>* fork) const {
    if (fork && fork->phase < Fork<M>::Phase::leaving) return {};
    return no_such_usage(operation, "the number of a dialog that lives");
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::no_such_usage(Operation operation, std::string_view needs) const {
    return {Errc::unknown_handle,
            name_of(operation),
            describe(session().state_, session().role_),
            needs,
            "RFC 5057 §3",
            {}};
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_refer(TimePoint now, std::string_view target,
                                       const MessageOptions& options,
                                       ReferSubscription subscription, UsageId& id) {
    if (const Refusal refused = usage_refusal(Operation::refer, options)) return refused;
    if (!is_safe_value(target))
        return {Errc::unsafe_value, "refer", {}, "values without CR, LF and NUL",
                "RFC 3261 §25.1",   {}};
    if (!ReferTo::parse(target))
        return {Errc::bad_argument, "refer", {}, "a target that is a URI or name-addr",
                "RFC 3515 §2.1",    {}};
    std::size_t referrers = 0;
    for (const HeaderField& field : options.fields)
        referrers += header_from(field.name) == Header::referred_by;
    if (referrers > 1)
        return {Errc::bad_argument, "refer", {}, "one Referred-By at most", "RFC 3892 §2.1", {}};
    Fork<M>* const fork =
        options.fork == 0 ? session().leading() : session().fork_numbered(options.fork);
    if (const Refusal refused = fork_refusal(Operation::refer, fork)) return refused;

    SubscriberPolicy policy;
    policy.t1 = session().timers_.t1;
    policy.refresh = false; // it lasts as long as its notifier likes
    Usage usage{0, fork->number, EventKey::of_refer(),
                Subscriber(now, policy, Subscriber::By::refer)};
    usage.refer = fork->dialog.state().local_sequence_number.value_or(0) + 1;
    usage.first_refer = !std::exchange(fork->has_referred, true);
    usage.without = subscription == ReferSubscription::unwanted;
    usage.event_value = EventKey::of_refer(usage.refer).text();
    MessageOptions all = options;
    all.fields.push_back({"Refer-To", as_refer_to(target)});
    if (usage.without) {
        all.fields.push_back({"Refer-Sub", "false"});
        all.fields.push_back({"Supported", "norefersub"});
    }
    const Usage& added = usages_.add(std::move(usage));
    id = added.id;
    send_for(now, added, "REFER", std::move(all));
    return {};
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_subscribe(TimePoint now, std::string_view event, seconds expires,
                                           const MessageOptions& options, UsageId& id) {
    if (const Refusal refused = usage_refusal(Operation::subscribe, options)) return refused;
    const auto package = EventPackage::parse(event);
    if (!is_safe_value(event) || !package || package->type == "refer")
        return {Errc::bad_argument,
                "subscribe",
                {},
                "an event package other than refer",
                "RFC 6665 §3.1.2",
                "refer() subscribes to that"};
    if (expires < seconds(0) || expires > seconds(UINT32_MAX))
        return {Errc::bad_argument,        "subscribe",       {},
                "a time of 0 to 2^32-1 s", "RFC 6665 §3.1.1", "unsubscribe() ends it"};
    Fork<M>* const fork =
        options.fork == 0 ? session().leading() : session().fork_numbered(options.fork);
    if (const Refusal refused = fork_refusal(Operation::subscribe, fork)) return refused;
    EventKey key{std::string(package->type), std::string(package->id())};
    for (std::size_t i = 0; i < usages_.size(); ++i)
        if (usages_[i].fork == fork->number && usages_[i].subscriber() && usages_[i].is_of(key))
            return {Errc::request_pending,
                    "subscribe",
                    describe(session().state_, session().role_),
                    "another event or id than those subscribed to in this dialog",
                    "RFC 6665 §4.1.2.2",
                    "a subscription is refreshed by itself"};
    SubscriberPolicy policy;
    policy.t1 = session().timers_.t1;
    policy.expires = expires;
    Usage usage{0, fork->number, std::move(key), Subscriber(now, policy)};
    usage.event_value = event;
    usage.repeated = options;
    Usage& added = usages_.add(std::move(usage));
    id = added.id;
    MessageOptions all = options;
    all.fields.push_back({"Event", added.event_value});
    all.fields.push_back({"Expires", std::to_string(expires.count())});
    send_for(now, added, "SUBSCRIBE", std::move(all));
    return {};
}

template <class S, Modelled M>
Refusal FurtherUsages<S, M>::try_unsubscribe(TimePoint now, UsageId id) {
    if (const Refusal refused = session().refusal(Operation::unsubscribe)) return refused;
    Usage* const usage = usages_.find(id);
    if (!usage || !usage->subscriber())
        return no_such_usage(Operation::unsubscribe, "the id of a subscription that lives");
    if (!usage->subscriber()->can_unsubscribe())
        return {Errc::wrong_state,
                "unsubscribe",
                describe(session().state_, session().role_),
                "a subscription that does not end already",
                "RFC 6665 §4.1.2.3",
                {}};
    usage->subscriber()->unsubscribe();
    settle_usage(now, id);
    return {};
}

/// A refresh, or the end, as is due. RFC 6665 §4.1.2.2, §4.1.2.3
template <class S, Modelled M>
void FurtherUsages<S, M>::send_subscribe(TimePoint now, Usage& usage) {
    Subscriber& subscriber = *usage.subscriber();
    if (subscriber.due(now) == Subscriber::Due::unsubscribe) subscriber.close(now);
    if (subscriber.due(now) == Subscriber::Due::refresh) subscriber.subscribe(now);
    MessageOptions all = usage.repeated;
    all.fields.push_back({"Event", usage.event_value});
    all.fields.push_back({"Expires", std::to_string(subscriber.asks().count())});
    send_for(now, usage, "SUBSCRIBE", std::move(all));
}

template <class S, Modelled M>
void FurtherUsages<S, M>::send_for(TimePoint now, const Usage& usage, std::string_view method,
                                   MessageOptions options) {
    Fork<M>& fork = *session().fork_numbered(usage.fork);
    session().send_request(now, fork, method, options, ClientRequest<M>::Purpose::usage).usage =
        usage.id;
}

/// A REFER that is sent again, with credentials, has a number of its own. RFC 3515 §2.4.6
template <class S, Modelled M>
void FurtherUsages<S, M>::note_number(const ClientRequest<M>& request) {
    Usage* const usage = usages_.find(request.usage);
    if (!usage || request.method != "REFER") return;
    usage->refer = request.number;
    usage->event_value = EventKey::of_refer(usage->refer).text();
}

template <class S, Modelled M>
void FurtherUsages<S, M>::on_usage_response(TimePoint now, const ClientRequest<M>& request,
                                            int status, const M* response) {
    Usage* const found = usages_.find(request.usage);
    if (!found) return;
    Usage& usage = *found;
    Fork<M>* const fork = session().fork_numbered(request.fork);
    if (fork && response && status < 300) fork->dialog.refresh_remote_target(*response);
    if (Notifier* const notifier = usage.notifier()) {
        notifier->answered(status);
    } else if (status >= 300) {
        if (on_subscribe_refusal(now, usage, status, response); usage.subscriber()->in_flight())
            return;
    } else if (usage.without && request.method == "REFER" && declines_subscription(*response)) {
        usage.subscriber()->unwanted();
    } else {
        usage.subscriber()->accepted(now, status, read_expires(*response).value);
    }
    const bool news = usage.subscriber() || status >= 300;
    if (news && (!usage.end() || status < 300))
        session().emit(typename Events::UsageResponded{
            {}, usage.id, status, response ? std::optional<M>(*response) : std::nullopt});
    settle_usage(now, request.usage, {}, response);
}

template <class S, Modelled M>
void FurtherUsages<S, M>::on_subscribe_refusal(TimePoint now, Usage& usage, int status,
                                               const M* response) {
    Subscriber& subscriber = *usage.subscriber();
    if (!response && status == status_of(Failure::timeout)) return subscriber.unanswered(now);
    SubscribeRefusal refusal{status};
    if (response) {
        refusal.min_expires = read_expires(*response, Header::min_expires).value;
        refusal.retry_after = read_retry_after(*response);
    }
    if (subscriber.refused(now, refusal) == Subscriber::Verdict::again) send_subscribe(now, usage);
}

/// A NOTIFY; false where it is the application's, or nobody's. RFC 6665 §4.1.3
template <class S, Modelled M>
bool FurtherUsages<S, M>::on_notify(TimePoint now, Fork<M>& fork, const M& notify,
                                    TransactionId transaction) {
    const bool others = session().features_.methods.notify && fork.phase < Fork<M>::Phase::leaving;
    auto event = EventKey::in(notify);
    Usage* usage = nullptr;
    for (std::size_t i = 0; event && i < usages_.size(); ++i)
        if (usages_[i].fork == fork.number && usages_[i].subscriber() && usages_[i].is_of(*event)) {
            usage = &usages_[i];
            break;
        }
    if (!usage) {
        if (others || !usages_.ever()) return false;
        session().respond(notify, transaction, event ? 481 : 489);
        return true;
    }
    auto notice = read_notice(notify);
    if (!notice) {
        session().respond(notify, transaction, 400);
        return true;
    }
    // An id that the NOTIFYs of a REFER have is repeated in each SUBSCRIBE. RFC 3515 §2.4.6
    if (usage->refer != 0) {
        usage->event_value = event->text();
        usage->event = std::move(*event);
    }
    fork.dialog.refresh_remote_target(notify);
    session().send(
        {SendAs::response, fork.dialog.response(notify, 200, "OK"), {}, transaction, {}});
    usage->subscriber()->notified(now, *notice);
    std::string reason = notice->reason;
    Body body = body_of(notify);
    const int status = sipfrag_status(body);
    const UsageId id = usage->id;
    session().emit(
        typename Events::Notified{{}, id, std::move(*notice), status, std::move(body), notify});
    settle_usage(now, id, std::move(reason));
    return true;
}

} // namespace offhook

#endif

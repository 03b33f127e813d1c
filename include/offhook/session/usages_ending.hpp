#ifndef OFFHOOK_SESSION_USAGES_ENDING_HPP
#define OFFHOOK_SESSION_USAGES_ENDING_HPP

// How the further usages of a Session end: each by itself, or with its dialog; and their timers.
// RFC 5057 §4, §5

#include "offhook/session/session.hpp"

namespace offhook {

/// Sends what is due, and tells the end; true where it is over, and gone.
template <class S, Modelled M>
bool FurtherUsages<S, M>::settle_usage(TimePoint now, UsageId id, std::string reason,
                                       const M* response) {
    Usage* const usage = usages_.find(id);
    if (!usage) return true;
    if (usage->subscriber() && usage->subscriber()->due(now) != Subscriber::Due::nothing)
        send_subscribe(now, *usage);
    const std::optional<SubscriptionEnd> end = usage->end();
    if (!end) return false;
    refuse_waiting(*usage, end->status);
    for (std::size_t i = 0; i < usages_.size(); ++i)
        if (usages_[i].id == id) usages_.take(i);
    session().emit(typename Events::UsageEnded{
        {}, id, *end, std::move(reason), response ? std::optional<M>(*response) : std::nullopt});
    return true;
}

/// The dialog is over, and so are all its usages. RFC 5057 §5.1
template <class S, Modelled M>
void FurtherUsages<S, M>::end_usages(std::uint32_t fork) {
    for (std::size_t i = 0; i < usages_.size();) {
        if (usages_[i].fork != fork) {
            ++i;
            continue;
        }
        Usage usage = usages_.take(i);
        refuse_waiting(usage, 481);
        session().emit(typename Events::UsageEnded{
            {}, usage.id, SubscriptionEnd{EndOfSubscription::dialog_over}, {}, std::nullopt});
    }
}

/// An early dialog does not outlive its INVITE. RFC 3261 §12.3
template <class S, Modelled M>
void FurtherUsages<S, M>::end_orphans() {
    for (std::size_t i = 0; i < usages_.size();) {
        const std::uint32_t number = usages_[i].fork;
        const Fork<M>* const fork = session().fork_numbered(number);
        const bool over =
            session().state_ == State::terminated || (fork && fork->phase >= Fork<M>::Phase::gone);
        if (fork && (fork->dialog.confirmed() || !over)) {
            ++i;
            continue;
        }
        end_usages(number);
        i = 0;
    }
}

/// A REFER that waits for respond() has got 487 with all else that waited when the call ended.
template <class S, Modelled M>
void FurtherUsages<S, M>::drop_referrals() {
    for (std::size_t i = 0; i < usages_.size();) {
        if (!usages_[i].waiting || usages_[i].refer == 0) {
            ++i;
            continue;
        }
        Usage usage = usages_.take(i);
        refuse_waiting(usage, 487); // RFC 3261 §15.1.2
        session().emit(typename Events::UsageEnded{
            {}, usage.id, SubscriptionEnd{EndOfSubscription::refused, 487}, {}, std::nullopt});
    }
}

/// What belongs to a dialog that becomes a session of its own.
template <class S, Modelled M>
void FurtherUsages<S, M>::hand_usages_to(S& other, std::uint32_t fork) {
    for (std::size_t i = 0; i < session().open_.size();) {
        ServerRequest<M>& request = session().open_[i];
        if (request.fork != fork || !waiting_on(request.transaction)) {
            ++i;
            continue;
        }
        other.open_.push_back(std::move(request));
        session().open_.erase(session().open_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    for (std::size_t i = 0; i < usages_.size();) {
        if (usages_[i].fork == fork)
            static_cast<FurtherUsages&>(other).usages_.add(usages_.take(i));
        else
            ++i;
    }
    std::vector<ClientRequest<M>>& requests = session().requests_;
    for (std::size_t i = 0; i < requests.size();) {
        if (requests[i].fork != fork || requests[i].purpose != ClientRequest<M>::Purpose::usage) {
            ++i;
            continue;
        }
        other.requests_.push_back(std::move(requests[i]));
        requests.erase(requests.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

template <class S, Modelled M>
void FurtherUsages<S, M>::handle_usage_timeouts(TimePoint now) {
    end_orphans(); // of what has been over since
    for (std::size_t i = 0; i < usages_.size();) {
        Usage& usage = usages_[i];
        const UsageId id = usage.id;
        if (Subscriber* const subscriber = usage.subscriber())
            subscriber->handle_timeout(now);
        else if (!accept_undecided(now, usage) && usage.notifier()->handle_timeout(now))
            send_notify(now, usage, {});
        if (!settle_usage(now, id)) ++i;
    }
}

template <class S, Modelled M>
std::optional<TimePoint> FurtherUsages<S, M>::next_usage_timeout() const {
    std::optional<TimePoint> next;
    for (std::size_t i = 0; i < usages_.size(); ++i) {
        const auto timer = usages_[i].next_timeout();
        if (timer && (!next || *timer < *next)) next = timer;
    }
    return next;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_REFRESHING_HPP
#define OFFHOOK_SESSION_REFRESHING_HPP

// The session timer in Session. RFC 4028

#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// Whether the peer takes UPDATE, as its latest Allow tells. RFC 3311 §4
template <Modelled M>
void Session<M>::note_peer(Fork<M>& fork, const M& message) {
    if (!Model::header(message, Header::allow, 0)) return;
    fork.peer_updates = any_lists(message, Header::allow, "UPDATE");
    if (*fork.peer_updates) fork.ours.reset();
}

/// Keeps our description where a refresh would have to repeat it. RFC 4028 §7.4
template <Modelled M>
void Session<M>::describe_ours(Fork<M>& fork, const Body& body) {
    const bool needed =
        features_.timer.use != SessionTimerPolicy::Use::off && !fork.peer_updates.value_or(false);
    if (needed) fork.ours = body;
}

/// The 2xx to an INVITE or UPDATE of ours. RFC 4028 §7.2
template <Modelled M>
void Session<M>::start_timer(TimePoint now, Fork<M>& fork, const RefreshRequest& sent,
                             const M& success) {
    fork.timer.accepted(now, sent, refresh_answer_of(success));
}

template <Modelled M>
void Session<M>::tell_timer(const Fork<M>& fork) {
    const auto interval = fork.timer.interval();
    if (!interval || &fork != leading() || state_ != State::confirmed) return;
    const bool by_us = fork.timer.refresher() == SessionTimer::Side::self;
    emit(typename Events::Refreshed{{}, *interval, by_us});
}

template <Modelled M>
SessionTimer::Exchange Session<M>::refreshing() const noexcept {
    const bool under_way = reinvite_ || update_ || server_ || !open_.empty() || !awaited_.empty();
    return under_way ? SessionTimer::Exchange::under_way : SessionTimer::Exchange::none;
}

template <Modelled M>
void Session<M>::handle_session_timer(TimePoint now) {
    if (state_ != State::confirmed) return;
    switch (leading()->timer.due(now, refreshing())) {
    case SessionTimer::Due::nothing: return;
    case SessionTimer::Due::refresh: return refresh(now);
    case SessionTimer::Due::expire: return leave(now, Cause::expired, {});
    }
}

/// By UPDATE, which needs no description; to a peer that has not said that it takes one by a
/// re-INVITE with the description that is in force. RFC 4028 §7.4
template <Modelled M>
void Session<M>::refresh(TimePoint now) {
    Fork<M>& fork = *leading();
    Modification wanted{};
    wanted.by_timer = true;
    if (fork.ours && !fork.peer_updates.value_or(false)) {
        wanted.options.body = *fork.ours;
        return send_reinvite(now, std::move(wanted));
    }
    wanted.options.fork = fork.number;
    send_update(now, std::move(wanted));
}

} // namespace offhook

#endif

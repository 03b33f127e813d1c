#ifndef OFFHOOK_SESSION_REFRESHING_HPP
#define OFFHOOK_SESSION_REFRESHING_HPP

// The session timer in Session. RFC 4028

#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// Whether the peer takes UPDATE, as its latest Allow tells. RFC 3311 §4
template <Modelled M>
void Session<M>::note_peer(Fork<M>& fork, const M& message) {
    if (Model::header(message, Header::allow, 0))
        fork.peer_updates = any_lists(message, Header::allow, "UPDATE") ? Told::yes : Told::no;
}

/// The Info Packages that the peer takes, as its latest Recv-Info tells. RFC 6086 §5.2.2
template <Modelled M>
void Session<M>::note_packages(Fork<M>& fork, const M& message) {
    const std::string packages = joined_lines(message, Header::recv_info);
    if (Model::header(message, Header::recv_info, 0)) fork.peer_packages = packages;
}

/// Keeps our description where a refresh may have to repeat it, while it is not known yet who is to
/// refresh or where we are. A peer that lists UPDATE can still refuse it. RFC 4028 §7.4
template <Modelled M>
void Session<M>::describe_ours(Fork<M>& fork, const Body& body) {
    if (features_.timer.use == SessionTimerPolicy::Use::off) return;
    const bool open = fork.phase <= Phase::answered || server_ || reinvite_;
    if (open || fork.timer.refresher() == SessionTimer::Side::self) fork.ours = body;
}

/// It is known now who is to refresh.
template <Modelled M>
void Session<M>::forget_ours(Fork<M>& fork) {
    if (fork.timer.refresher() != SessionTimer::Side::self) fork.ours.reset();
}

/// The 2xx to an INVITE or UPDATE of ours. RFC 4028 §7.2
template <Modelled M>
void Session<M>::start_timer(TimePoint now, Fork<M>& fork, const RefreshRequest& sent,
                             const M& success) {
    fork.timer.accepted(now, sent, refresh_answer_of(success));
    forget_ours(fork);
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
    bool under_way = reinvite_ || update_ || server_ || !awaited_.empty();
    for (const ServerRequest<M>& request : open_)
        under_way = under_way || request.offer;
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
    if (fork.ours && fork.peer_updates != Told::yes && !fork.exchange.outstanding()) {
        wanted.options.body = *fork.ours;
        return send_reinvite(now, std::move(wanted));
    }
    wanted.options.fork = fork.number;
    send_update(now, std::move(wanted));
}

} // namespace offhook

#endif

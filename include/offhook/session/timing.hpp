#ifndef OFFHOOK_SESSION_TIMING_HPP
#define OFFHOOK_SESSION_TIMING_HPP

// Session's timers, and what is under way as its operations see it.

#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::handle_timeout(TimePoint now) {
    if (client_) handle_client_timeout(now);
    if (server_) handle_server_timeout(now);
    if (reinvite_) handle_reinvite_timeout(now);
    if (update_) handle_update_timeout(now);
    handle_awaited_timeout(now);
    handle_request_timeouts(now);
    this->handle_usage_timeouts(now);
    handle_session_timer(now);
    std::erase_if(acks_, [now](const SentAck<M>& ack) { return ack.ends <= now; });
    std::erase_if(late_pracks_, [now](const LatePrack& late) { return late.ends <= now; });
}

template <Modelled M>
std::optional<TimePoint> Session<M>::poll_timeout() const {
    std::optional<TimePoint> next;
    const auto consider = [&next](const std::optional<TimePoint>& timer) {
        if (timer && (!next || *timer < *next)) next = timer;
    };
    if (client_) consider(client_->next_timeout());
    if (server_) consider(server_->next_timeout());
    if (reinvite_) consider(reinvite_->next_timeout());
    if (update_) consider(update_->retry);
    for (const AwaitedAck<M>& awaited : awaited_)
        consider(awaited.retransmission.next());
    for (const ClientRequest<M>& request : requests_)
        consider(request.ends);
    for (const ServerRequest<M>& request : open_)
        consider(request.ends);
    for (const SentAck<M>& ack : acks_)
        consider(ack.ends);
    for (const LatePrack& late : late_pracks_)
        consider(late.ends);
    consider(this->next_usage_timeout());
    if (state_ == State::confirmed) consider(forks_[leading_].timer.next_timeout(refreshing()));
    return next;
}

template <Modelled M>
unsigned Session<M>::pending() const noexcept {
    unsigned pending = 0;
    const auto note = [&pending](bool is, Pending what) {
        if (is) pending |= 1U << static_cast<unsigned>(what);
    };
    const bool early = state_ <= State::early;
    note(server_ && server_->accepted, Pending::accepted);
    note(server_ && server_->reinvite, Pending::their_reinvite);
    note(server_ && forks_[leading_].phase == Phase::gone, Pending::given_up);
    note(client_ && early && client_->cancelled(), Pending::cancelling);
    note(client_ && early && client_->answered, Pending::left);
    note(client_ && client_->held && client_->challenged, Pending::challenge);
    note(client_ && client_->held && !client_->challenged, Pending::redirection);
    note(reinvite_ && !reinvite_->over && reinvite_->cancelled(), Pending::cancelling);
    note(reinvite_ && !reinvite_->over && !reinvite_->ack_owed, Pending::our_reinvite);
    note(reinvite_ && reinvite_->ack_owed, Pending::ack_owed);
    note(reinvite_ && reinvite_->held, Pending::challenge);
    note(static_cast<bool>(update_), Pending::our_update);
    for (const AwaitedAck<M>& awaited : awaited_)
        note(awaited.reinvite, Pending::their_ack);
    for (const ServerRequest<M>& request : open_)
        note(!request.offer.empty(), Pending::their_offer);
    for (const ClientRequest<M>& request : requests_)
        note(request.held.has_value(), Pending::challenge);
    for (const Fork<M>& fork : forks_)
        note(fork.reliable.owed && fork.phase < Phase::leaving, Pending::prack_owed);
    return pending;
}

template <Modelled M>
Refusal Session<M>::refusal(Operation operation) const noexcept {
    return offhook::refusal(operation, role_, state_, pending());
}

template <Modelled M>
bool Session<M>::owes_description() const noexcept {
    if (!server_) return false;
    const Meaning meaning = forks_[leading_].exchange.meaning(Direction::out, Carrier::success);
    return meaning == Meaning::answer || meaning == Meaning::offer;
}

template <Modelled M>
bool Session<M>::done() const noexcept {
    return state_ == State::terminated && !client_ && !server_ && !reinvite_ && acks_.empty()
           && awaited_.empty() && requests_.empty() && late_pracks_.empty() && transmits_.empty()
           && events_.empty() && handed_over_.empty() && !this->has_usages();
}

} // namespace offhook

#endif

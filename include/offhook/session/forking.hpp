#ifndef OFFHOOK_SESSION_FORKING_HPP
#define OFFHOOK_SESSION_FORKING_HPP

// Session's dialogs: which one a message belongs to, which one leads, and which become sessions of
// their own.

#include "offhook/message/name_addr.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
bool Session<M>::matches(const M& message) const {
    for (const Fork<M>& fork : forks_)
        if (fork.dialog.matches(message)) return fork.phase != Phase::moved;
    if (!client_ || client_->own_fork_only || Model::status(message) == 0) return false;
    const auto call_id = Model::header(message, Header::call_id, 0);
    const auto our_call_id = Model::header(client_->message, Header::call_id, 0);
    if (!call_id || std::string_view(*call_id) != std::string_view(*our_call_id)) return false;
    const auto from_text = Model::header(message, Header::from, 0);
    const auto our_from_text = Model::header(client_->message, Header::from, 0);
    if (!from_text) return false;
    const auto from = NameAddr::parse(*from_text);
    return from && iequals(from->tag(), NameAddr::parse(*our_from_text)->tag());
}

template <Modelled M>
Fork<M>* Session<M>::fork_of(const M& message) {
    for (Fork<M>& fork : forks_)
        if (fork.dialog.matches(message)) return &fork;
    return nullptr;
}

/// The dialog of a 1xx or 2xx, a new one where there is none; null where it can have none.
template <Modelled M>
Fork<M>* Session<M>::fork_of_response(const M& response) {
    if (Fork<M>* const fork = fork_of(response)) return fork;
    const bool success = Model::status(response) >= 200;
    const std::size_t most = std::size_t{client_->options.early_dialogs} * (success ? 2 : 1);
    const bool room = forks_.size() < most || (success && !client_->answered);
    if (client_->own_fork_only || !room) return nullptr;
    auto dialog = Dialog<M>::from_response(client_->message, response);
    if (!dialog) return nullptr;
    forks_.push_back({++forks_seen_, std::move(*dialog)});
    Fork<M>& fork = forks_.back();
    fork.timer = client_->timer.for_dialog();
    fork.exchange.open_invite(client_->offered);
    if (client_->offered) {
        fork.exchange.take(Direction::out, Carrier::invite);
        describe_ours(fork, client_->options.offer);
    }
    return &fork;
}

template <Modelled M>
Fork<M>* Session<M>::fork_numbered(std::uint32_t number) {
    for (Fork<M>& fork : forks_)
        if (fork.number == number) return &fork;
    return nullptr;
}

template <Modelled M>
void Session<M>::hand_over(TimePoint now, Fork<M>& fork, M success) {
    Session other(Role::uac, branches_.next_key());
    other.timers_ = timers_;
    other.features_ = features_;
    other.client_ = client_;
    other.client_->own_fork_only = true;
    other.transactions_ = transactions_;
    other.forks_seen_ = fork.number;
    other.forks_.push_back(fork);
    this->hand_usages_to(other, fork.number);
    fork.phase = Phase::moved;
    fork.description.reset();
    other.take_up(now, other.forks_.back(), std::move(success));
    handed_over_.push(std::move(other));
}

template <Modelled M>
bool Session<M>::lead_with_next_early_dialog() {
    for (std::size_t i = 0; i < forks_.size(); ++i) {
        if (forks_[i].phase != Phase::early) continue;
        leading_ = i;
        return true;
    }
    return false;
}

/// 199: the fork has failed, and its INVITE goes on. RFC 6228 §4
template <Modelled M>
void Session<M>::give_up_early_dialog(Fork<M>& fork) {
    fork.phase = Phase::gone;
    drop_open_of(fork);
    fork.bye_refused = true; // none was sent: a 2xx gets one all the same
    if (&fork != leading() || lead_with_next_early_dialog()) return;
    leading_ = forks_.size();
    take(SessionStep::lose_early);
}

template <Modelled M>
void Session<M>::end_early_dialogs() {
    for (Fork<M>& fork : forks_)
        if (fork.phase == Phase::early) fork.phase = Phase::gone;
}

} // namespace offhook

#endif

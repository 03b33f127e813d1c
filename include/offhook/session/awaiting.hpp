#ifndef OFFHOOK_SESSION_AWAITING_HPP
#define OFFHOOK_SESSION_AWAITING_HPP

// Session's 2xx to an INVITE or re-INVITE, until the ACK.

#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::on_ack(TimePoint now, Fork<M>& fork, const M& ack) {
    const auto number = sequence_number_of(ack);
    std::size_t i = 0;
    while (i != awaited_.size() && awaited_[i].number != number)
        ++i;
    if (i == awaited_.size()) return;
    const bool reinvite = awaited_[i].reinvite;
    const bool offered = awaited_[i].offered;
    awaited_.erase(awaited_.begin() + static_cast<std::ptrdiff_t>(i));
    // The ACK of a re-INVITE can come before that of the INVITE, which is lost. RFC 5407 §3.1.4
    const bool expected = state_ == State::ack_wait || (reinvite && state_ == State::confirmed);
    if (!expected) return; // the BYE was faster. RFC 5407 §3.1.3
    Box<MessageOptions> hang_up;
    if (!reinvite) {
        hang_up = std::exchange(hang_up_, {});
        fork.phase = Phase::confirmed;
        take(SessionStep::confirm);
    }
    bool missing = false;
    if (offered) {
        Body answer = session_description(ack);
        missing = !answer || fork.exchange.take(Direction::in, Carrier::ack) != Meaning::answer;
        if (!missing) emit(typename Events::Answer{{}, std::move(answer), false, fork.number});
        fork.exchange.close_invite();
    }
    if (!reinvite) {
        emit(typename Events::Confirmed{});
        tell_timer(fork);
    }
    if (hang_up)
        leave(now, Cause::bye, *hang_up);
    else if (missing && state_ == State::ack_wait)
        hang_up_ = MessageOptions{}; // no BYE before the ACK of the INVITE. RFC 3261 §15
    else if (missing)
        leave(now, Cause::missing_answer, {});
}

template <Modelled M>
void Session<M>::handle_awaited_timeout(TimePoint now) {
    for (std::size_t i = 0; i < awaited_.size();) {
        AwaitedAck<M>& awaited = awaited_[i];
        if (awaited.retransmission.ended(now)) {
            const AwaitedAck<M> ended = std::move(awaited);
            awaited_.erase(awaited_.begin() + static_cast<std::ptrdiff_t>(i));
            on_missing_ack(now, ended);
            continue;
        }
        if (awaited.retransmission.due(now)) {
            awaited.retransmission.sent(now);
            send({SendAs::response, awaited.success, {}, awaited.transaction, {}});
        }
        ++i;
    }
}

template <Modelled M>
void Session<M>::on_missing_ack(TimePoint now, const AwaitedAck<M>& awaited) {
    if (awaited.offered) leading()->exchange.fail(); // nobody answers that any more
    if (awaited.reinvite) {
        if (state_ != State::confirmed) return;
        emit(typename Events::AckTimeout{});
        // Who has sent another re-INVITE since is there, and only its address has changed.
        // RFC 6141 §5.4
        if (!keep_unacknowledged_ && !awaited.superseded) leave(now, Cause::ack_timeout, {});
        return;
    }
    const Box<MessageOptions> hang_up = std::exchange(hang_up_, {});
    if (state_ != State::ack_wait) return;
    // The dialog is confirmed all the same, and only now the callee may send BYE. §13.3.1.4, §15
    leading()->phase = Phase::confirmed;
    take(SessionStep::confirm);
    emit(typename Events::AckTimeout{});
    if (hang_up)
        leave(now, Cause::bye, *hang_up);
    else if (!keep_unacknowledged_)
        leave(now, Cause::ack_timeout, {});
    else
        tell_timer(*leading());
}

template <Modelled M>
void Session<M>::handle_server_timeout(TimePoint now) {
    const auto due = [&](const std::optional<TimePoint>& timer) { return timer && *timer <= now; };
    const auto give_up = [&](Party by, int status) {
        const bool in_force = leading()->exchange.invite_answered()
                              && !server_->reliable.holds_description(); // RFC 6141 §3.3
        if (server_->reinvite && status == 504 && !in_force) return roll_back_reinvite(now, status);
        // A 480 to a re-INVITE would end the whole call. RFC 5057 §5.1 (7)
        if (server_->reinvite) return end_their_reinvite(now, status == 480 ? 488 : status);
        finish_invite(now, status, {});
        terminate(by, Cause::timeout, status);
    };
    if (server_->reliable.ended(now)) return give_up(Party::remote, 504); // RFC 3262 §3
    if (due(server_->expires)) return give_up(Party::remote, 487);
    if (due(server_->unanswered)) return give_up(Party::local, 480);
    if (server_->reliable.due(now)) transmit_reliable();
    if (due(server_->refresh)) repeat_provisional(now);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_ACKNOWLEDGING_HPP
#define OFFHOOK_SESSION_ACKNOWLEDGING_HPP

// What Session sends along with an INVITE or re-INVITE of ours: ACK and CANCEL.

#include "offhook/session/declined_answer.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::transmit(const InviteRequest<M>& invite) {
    send({SendAs::request, invite.message, invite.next_hop, invite.transaction, invite.branch});
}

template <Modelled M>
void Session<M>::abandon(const InviteRequest<M>& invite) {
    send({SendAs::abandon, invite.message, invite.next_hop, invite.transaction, invite.branch});
}

/// The ACK of a 2xx, with the INVITE's credentials. RFC 3261 §13.2.2.4, §22.1
template <Modelled M>
void Session<M>::send_ack(TimePoint now, Fork<M>& fork, const InviteRequest<M>& invite,
                          const MessageOptions& options) {
    DialogRequest<M> ack = fork.dialog.ack(invite.number);
    for (const Header name : {Header::authorization, Header::proxy_authorization}) {
        for (std::size_t n = 0;; ++n) {
            const auto line = Model::header(invite.message, name, n);
            if (!line) break;
            Model::add(ack.message, name, *line);
        }
    }
    add_to(ack.message, options);
    if (fork.exchange.offered_by_peer() && fork.exchange.carrier() == Carrier::success) {
        // An offer must be answered even where its dialog gets BYE at once. RFC 3261 §13.2.2.4
        if (options.body.empty()) {
            MessageOptions declined;
            declined.body = declined_answer(*fork.description);
            add_to(ack.message, declined);
        } else {
            describe_ours(fork, options.body);
        }
        fork.exchange.take(Direction::out, Carrier::ack);
        fork.description.reset();
    } else if (!fork.exchange.offered_by_peer()) {
        fork.description.reset();
    }
    fork.exchange.close_invite();
    if (fork.phase == Phase::early || fork.phase == Phase::answered) fork.phase = Phase::confirmed;
    acks_.push_back(
        {fork.number, invite.number, now + 64 * timers_.t1,
         Outgoing<M>{SendAs::ack, std::move(ack.message), ack.next_hop, 0, branches_.next()}});
    send(acks_.back().out);
}

/// The same ACK for each retransmission of the 2xx. RFC 3261 §13.2.2.4
template <Modelled M>
bool Session<M>::repeat_ack(std::uint32_t fork, std::uint32_t number) {
    for (const SentAck<M>& ack : acks_) {
        if (ack.fork != fork || ack.number != number) continue;
        send(ack.out);
        return true;
    }
    return false;
}

/// The non-throwing ack().
template <Modelled M>
Refusal Session<M>::try_ack(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::ack)) return refused;
    if (const Refusal refused = offhook::check(options, "ack")) return refused;
    if (!is_session_description(options.body))
        return {Errc::offer_answer_conflict, "ack",
                describe(state_, role_),     "the answer to the offer of the 2xx",
                "RFC 3261 §13.2.2.4",        "hang_up() declines and ends the call"};
    if (state_ == State::confirmed) {
        send_ack(now, *leading(), *reinvite_, options);
        reinvite_.reset();
        tell_timer(*leading());
        return {};
    }
    send_ack(now, *leading(), *client_, options);
    take(SessionStep::confirm);
    emit(typename Events::Confirmed{});
    tell_timer(*leading());
    return {};
}

/// CANCEL, as soon as a provisional response shows that there is something to cancel.
template <Modelled M>
void Session<M>::request_cancel(TimePoint now, InviteRequest<M>& invite,
                                const MessageOptions& options) {
    invite.cancel_options = options;
    invite.unanswered.reset();
    invite.cancel = Cancel::held;
    invite.abandon = now + 64 * timers_.t1;
    if (invite.provisional) send_cancel(now, invite);
}

template <Modelled M>
void Session<M>::send_cancel(TimePoint now, InviteRequest<M>& invite) {
    invite.cancel = Cancel::sent;
    invite.abandon = now + 64 * timers_.t1;
    send(cancel_of(invite));
}

} // namespace offhook

#endif

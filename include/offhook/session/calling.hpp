#ifndef OFFHOOK_SESSION_CALLING_HPP
#define OFFHOOK_SESSION_CALLING_HPP

// The UAC's side of Session: the INVITE that makes it, from the first byte to the last 2xx that can
// come.

#include "offhook/message/expires.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// Sends an INVITE: see the class.
template <Modelled M>
template <RandomSource R>
Session<M> Session<M>::outgoing(TimePoint now, const InviteOptions& options, R& random) {
    Session session(Role::uac, random.key());
    if (const Refusal refused = session.start(now, options, random.token(96), random.token(128)))
        raise(refused);
    return session;
}

template <Modelled M>
Refusal Session<M>::start(TimePoint now, const InviteOptions& options, std::string_view tag,
                          std::string_view call_id) {
    if (const Refusal refused = check(options)) return refused;
    timers_ = options.timers;
    features_ = options.features;
    client_ = ClientInvite<M>{
        first_invite(now, options, SessionTimer(features_.timer), tag, call_id, 1), options,
        SessionTimer(features_.timer), is_session_description(options.offer)};
    transmit(*client_);
    return {};
}

/// The INVITE outside of any dialog, as it is to be sent now.
template <Modelled M>
InviteRequest<M> Session<M>::first_invite(TimePoint now, const InviteOptions& options,
                                          const SessionTimer& timer, std::string_view tag,
                                          std::string_view call_id, std::uint32_t number) {
    const Routing routing = route_to(options.target, options.route);
    InviteRequest<M> invite{invite_message<M>(options, routing, tag, call_id, number),
                            number,
                            routing.next_hop,
                            branches_.next(),
                            ++transactions_,
                            timer.request()};
    add_refresh(invite.message, invite.refresh);
    if (timers_.unanswered > Duration::zero()) invite.unanswered = now + timers_.unanswered;
    if (const auto expires = Model::header(invite.message, Header::expires, 0)) {
        const auto limit = Expires::parse(*expires);
        if (limit && (!invite.unanswered || now + limit->interval < *invite.unanswered))
            invite.unanswered = now + limit->interval;
    }
    return invite;
}

template <Modelled M>
void Session<M>::on_provisional(TimePoint now, M response) {
    client_->provisional = true;
    if (client_->cancel == Cancel::held && !client_->answered) send_cancel(now, *client_);
    const int status = Model::status(response);
    if (status == 100 || client_->answered || client_->held || state_ > State::early) return;
    const auto rseq = reliable_number(response);
    // An unreliable 199 of a dialog that we have not heard of is late or lost. RFC 6228 §4
    if (status == 199 && !rseq && !fork_of(response)) return;
    Fork<M>* const fork = fork_of_response(response);
    if (fork && fork->phase != Phase::early) return;
    if (fork && rseq && !fork->reliable.take(client_->number, *rseq)) return;
    if (fork && state_ == State::initial) {
        leading_ = static_cast<std::size_t>(fork - forks_.data());
        take(SessionStep::ring);
    }
    if (fork) note_peer(*fork, response);
    if (fork && rseq) note_packages(*fork, response);
    if (fork && rseq) fork->dialog.refresh_remote_target(response); // RFC 6141 §4.7, §4.9
    if (client_->cancelled()) {
        // Whoever sends it reliably waits for the PRACK all the same.
        if (fork && rseq) on_reliable(now, *fork, response, false);
        return;
    }
    const std::uint32_t number = fork ? fork->number : 0;
    const M message = response;
    emit(typename Events::Ringing{{}, status, number, std::move(response), rseq.has_value()});
    if (!fork) return;
    if (status == 199) {
        // Nothing leaves on the dialog any more but what acknowledges. RFC 6228 §7
        if (rseq) on_reliable(now, *fork, message, false);
        if (fork->reliable.owed) acknowledge(now, *fork, {});
        return give_up_early_dialog(*fork);
    }
    on_early_description(*fork, message, rseq.has_value());
    if (rseq) on_reliable(now, *fork, message, true);
}

template <Modelled M>
void Session<M>::on_success(TimePoint now, M response) {
    Fork<M>* const fork = fork_of_response(response);
    if (!fork) return;
    if (repeat_ack(fork->number, client_->number)) return;
    if (fork->phase == Phase::answered) return; // a retransmission: our answer is still owed
    client_->answered = true;
    client_->held.reset(); // a proxy passes a 2xx on even after another final response
    client_->decision.reset();
    client_->unanswered.reset();
    client_->abandon.reset();
    if (!client_->linger) client_->linger = now + 64 * timers_.t1;
    fork->dialog.confirm(response);
    note_peer(*fork, response);
    note_packages(*fork, response);
    take_description(*fork, response);

    const bool left = fork->phase == Phase::gone && !fork->bye_refused;
    if (fork->phase == Phase::leaving || left) {
        // Our BYE of the early dialog crossed the 2xx: it has ended this one too. RFC 5407 §3.1.3
        send_ack(now, *fork, *client_, {});
        return settle();
    }
    const bool wanted = state_ <= State::early;
    if (wanted && client_->cancelled()) {
        // The 2xx crossed our CANCEL. RFC 3261 §9.1, §15
        leading_ = static_cast<std::size_t>(fork - forks_.data());
        send_ack(now, *fork, *client_, {});
        return leave(now, client_->timed_out ? Cause::timeout : Cause::cancelled,
                     client_->cancel_options);
    }
    // A dialog that we have left stays left, though its peer has refused the BYE.
    if (fork->phase == Phase::early) {
        if (wanted) return take_up(now, *fork, std::move(response));
        if (client_->options.forks == ForkPolicy::keep_all && state_ < State::terminating)
            return hand_over(now, *fork, std::move(response));
    }
    send_ack(now, *fork, *client_, {});
    send_bye(now, *fork, {});
}

/// What a 2xx says of the session: the answer, which the description in an earlier 1xx has been
/// already, or the offer. RFC 3261 §13.2.1
template <Modelled M>
void Session<M>::take_description(Fork<M>& fork, const M& success) {
    const bool previewed = fork.exchange.previewed();
    Body body = previewed ? std::move(*fork.description) : session_description(success);
    const Meaning meaning =
        body ? fork.exchange.take(Direction::in, Carrier::success) : Meaning::nothing;
    if (meaning == Meaning::answer || meaning == Meaning::offer) {
        fork.description = std::move(body);
    } else if (!fork.exchange.offered_by_peer()) { // the offer of a reliable 1xx is still owed
        fork.description.reset();
    }
}

template <Modelled M>
void Session<M>::take_up(TimePoint now, Fork<M>& fork, M success) {
    leading_ = static_cast<std::size_t>(&fork - forks_.data());
    const int status = Model::status(success);
    start_timer(now, fork, client_->refresh, success);
    emit(typename Events::Answered{{}, status, std::move(success)});
    if (fork.exchange.offered_by_peer() && fork.exchange.carrier() == Carrier::success) {
        fork.phase = Phase::answered;
        take(SessionStep::succeed);
        return emit(typename Events::Offer{{}, *fork.description, Operation::ack, fork.number});
    }
    const bool missing =
        fork.exchange.offered_by_us() && fork.exchange.carrier() == Carrier::invite;
    if (fork.description && !fork.exchange.offered_by_peer())
        emit(typename Events::Answer{{}, std::move(*fork.description), false, fork.number});
    send_ack(now, fork, *client_, {});
    if (missing) return leave(now, Cause::missing_answer, {});
    take(SessionStep::confirm);
    emit(typename Events::Confirmed{});
    tell_timer(fork);
}

template <Modelled M>
void Session<M>::on_failure(TimePoint now, M response) {
    // A final response after a 2xx can only be a fault of the peer. RFC 3261 §13.2.2.3
    if (client_->answered || client_->held) return;
    if (!client_->cancelled() && state_ <= State::early && hold_invite(now, response)) return;
    fail_invite(std::move(response));
}

/// The INVITE has failed for good.
template <Modelled M>
void Session<M>::fail_invite(M response) {
    const int status = Model::status(response);
    const bool cancelled = client_->cancelled();
    const Cause unwanted = client_->timed_out ? Cause::timeout : Cause::cancelled;
    end_early_dialogs();
    client_.reset();
    if (state_ == State::terminating) return settle();
    if (cancelled) return terminate(Party::local, unwanted, status);
    if (status < 400) {
        emit(typename Events::Redirected{{}, status, std::move(response)});
        terminate(Party::remote, Cause::redirected, status);
    } else {
        emit(typename Events::Rejected{{}, status, std::move(response)});
        terminate(Party::remote, Cause::rejected, status);
    }
}

/// The non-throwing cancel().
template <Modelled M>
Refusal Session<M>::try_cancel(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::cancel)) return refused;
    if (const Refusal refused = offhook::check(options, "cancel")) return refused;
    if (has_field(options.fields, Header::require)
        || has_field(options.fields, Header::proxy_require))
        return {Errc::bad_argument, "cancel", {}, "no Require, no Proxy-Require",
                "RFC 3261 §9.1",    {}};
    if (state_ > State::early) {
        // What waits to be tried again has nothing that a CANCEL could name.
        if (!reinvite_->under_way())
            fail_reinvite(now, 487, std::nullopt);
        else
            request_cancel(now, *reinvite_, options);
        return {};
    }
    if (client_->held) {
        const int status = Model::status(*client_->held);
        end_early_dialogs();
        client_.reset();
        terminate(Party::local, Cause::cancelled, status);
        return {};
    }
    request_cancel(now, *client_, options);
    return {};
}

template <Modelled M>
void Session<M>::handle_client_timeout(TimePoint now) {
    const auto due = [now](const std::optional<TimePoint>& timer) {
        return timer && *timer <= now;
    };
    if (due(client_->decision)) return fail_invite(std::move(*client_->held));
    if (due(client_->unanswered)) {
        client_->unanswered.reset();
        client_->timed_out = true;
        if (client_->held) return fail_invite(std::move(*client_->held));
        (void)try_cancel(now, {});
    }
    if (due(client_->abandon)) {
        // Where a BYE left the INVITE pending, other forks may still ring: CANCEL ends these.
        if (!client_->cancelled()) return send_cancel(now, *client_);
        abandon_invite();
    } else if (due(client_->linger)) {
        end_invite(now);
    }
}

/// No final response: the INVITE counts as cancelled. RFC 3261 §9.1
template <Modelled M>
void Session<M>::abandon_invite() {
    const Cause cause = client_->timed_out ? Cause::timeout : Cause::cancelled;
    abandon(*client_);
    end_early_dialogs();
    client_.reset();
    if (state_ == State::terminating) return settle();
    terminate(Party::local, cause, 408);
}

/// 64·T1 after the first 2xx no other one can come. RFC 3261 §13.2.2.4
template <Modelled M>
void Session<M>::end_invite(TimePoint now) {
    end_early_dialogs();
    if (state_ == State::ack_wait) {
        send_ack(now, *leading(), *client_, {});
        leave(now, Cause::timeout, {});
    }
    client_.reset();
    // The only 2xx came on a dialog that we had left, and no other fork has answered.
    if (state_ <= State::early) return terminate(Party::local, Cause::timeout, 408);
    settle();
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_CALLING_HPP
#define OFFHOOK_SESSION_CALLING_HPP

// The UAC's side of Session: its INVITE from the first byte to the last 2xx that can come.

#include "offhook/message/cseq.hpp"
#include "offhook/message/expires.hpp"
#include "offhook/session/declined_answer.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
Refusal Session<M>::start(TimePoint now, const InviteOptions& options, std::string_view tag,
                          std::string_view call_id) {
    if (const Refusal refused = check(options)) return refused;
    const Routing routing = route_to(options.target, options.route);
    timers_ = options.timers;
    client_ = ClientInvite<M>{invite_message<M>(options, routing, tag, call_id),
                              1,
                              routing.next_hop,
                              next_branch(),
                              options.forks,
                              is_session_description(options.offer),
                              options.early_dialogs,
                              ++requests_};
    if (timers_.unanswered > Duration::zero()) client_->unanswered = now + timers_.unanswered;
    if (const auto expires = Model::header(client_->message, Header::expires, 0)) {
        const auto limit = Expires::parse(*expires);
        if (limit && (!client_->unanswered || now + limit->interval < *client_->unanswered))
            client_->unanswered = now + limit->interval;
    }
    send({SendAs::request, client_->message, client_->next_hop, client_->transaction,
          client_->branch});
    return {};
}

template <Modelled M>
void Session<M>::receive_response(TimePoint now, M response) {
    const auto text = Model::header(response, Header::cseq, 0);
    if (!text || !matches(response)) return;
    const auto cseq = CSeq::parse(*text);
    if (!cseq) return;
    if (cseq->method == "BYE") {
        on_bye_response(response);
    } else if (cseq->method == "INVITE" && client_ && cseq->number == client_->number) {
        const int status = Model::status(response);
        if (status < 200)
            on_provisional(now, std::move(response));
        else if (status < 300)
            on_success(now, std::move(response));
        else
            on_failure(std::move(response));
    }
}

template <Modelled M>
void Session<M>::on_provisional(TimePoint now, M response) {
    client_->provisional = true;
    if (client_->cancel == ClientInvite<M>::Cancel::held) send_cancel(now);
    const int status = Model::status(response);
    if (status == 100 || client_->answered || state_ > State::early) return;
    Fork<M>* const fork = fork_of_response(response);
    if (fork && fork->phase != Phase::early) return;
    if (fork && state_ == State::initial) {
        leading_ = static_cast<std::size_t>(fork - forks_.data());
        state_ = State::early;
    }
    if (client_->cancel != ClientInvite<M>::Cancel::none) return;

    const std::uint32_t number = fork ? fork->number : 0;
    Body preview = fork ? session_description(response) : Body{};
    emit(typename Events::Ringing{{}, status, number, std::move(response)});
    if (preview && fork->exchange.state() == OfferAnswer::State::offer_sent) {
        fork->exchange.apply(Exchange::preview_in);
        fork->description = preview;
        emit(typename Events::Answer{{}, std::move(preview), true, number});
    }
}

template <Modelled M>
void Session<M>::on_success(TimePoint now, M response) {
    Fork<M>* const fork = fork_of_response(response);
    if (!fork) return;
    if (fork->ack) return send(*fork->ack);     // a retransmission. RFC 3261 §13.2.2.4
    if (fork->phase == Phase::answered) return; // one too: our answer is still owed
    client_->answered = true;
    client_->unanswered.reset();
    client_->abandon.reset();
    if (!client_->linger) client_->linger = now + 64 * timers_.t1;
    fork->dialog.confirm(response);
    take_description(*fork, response);

    const bool left = fork->phase == Phase::gone && !fork->bye_refused;
    if (fork->phase == Phase::leaving || left) {
        // Our BYE of the early dialog crossed the 2xx: it has ended this one too. RFC 5407 §3.1.3
        send_ack(*fork, {});
        return settle();
    }
    const bool wanted = state_ <= State::early;
    if (wanted && client_->cancel != ClientInvite<M>::Cancel::none) {
        // The 2xx crossed our CANCEL. RFC 3261 §9.1, §15
        leading_ = static_cast<std::size_t>(fork - forks_.data());
        send_ack(*fork, {});
        return leave(now, client_->timed_out ? Cause::timeout : Cause::cancelled,
                     client_->cancel_options);
    }
    // A dialog that we have left stays left, though its peer has refused the BYE.
    if (fork->phase == Phase::early) {
        if (wanted) return take_up(now, *fork, std::move(response));
        if (client_->forks == ForkPolicy::keep_all && state_ < State::terminating)
            return hand_over(now, *fork, std::move(response));
    }
    send_ack(*fork, {});
    send_bye(now, *fork, {});
}

/// What a 2xx says of the session: the answer, which the description in an earlier 1xx has been
/// already, or the offer. RFC 3261 §13.2.1
template <Modelled M>
void Session<M>::take_description(Fork<M>& fork, const M& success) {
    const bool previewed = fork.exchange.state() == OfferAnswer::State::preview_received;
    if (!previewed) fork.description = session_description(success);
    if (fork.description->empty()) return fork.description.reset();
    const bool offer = fork.exchange.state() == OfferAnswer::State::idle;
    fork.exchange.apply(offer ? Exchange::offer_in : Exchange::answer_in);
}

template <Modelled M>
void Session<M>::take_up(TimePoint now, Fork<M>& fork, M success) {
    leading_ = static_cast<std::size_t>(&fork - forks_.data());
    const int status = Model::status(success);
    emit(typename Events::Answered{{}, status, std::move(success)});
    if (fork.exchange.state() == OfferAnswer::State::offer_received) {
        fork.phase = Phase::answered;
        state_ = State::ack_wait;
        return emit(typename Events::Offer{{}, *fork.description});
    }
    const bool missing = fork.exchange.state() == OfferAnswer::State::offer_sent;
    if (fork.description)
        emit(typename Events::Answer{{}, std::move(*fork.description), false, fork.number});
    fork.description.reset();
    send_ack(fork, {});
    if (missing) return leave(now, Cause::missing_answer, {});
    state_ = State::confirmed;
    emit(typename Events::Confirmed{});
}

template <Modelled M>
void Session<M>::on_failure(M response) {
    // A final response after a 2xx can only be a fault of the peer. RFC 3261 §13.2.2.3
    if (client_->answered) return;
    const int status = Model::status(response);
    const bool cancelled = client_->cancel != ClientInvite<M>::Cancel::none;
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

template <Modelled M>
void Session<M>::send_ack(Fork<M>& fork, const MessageOptions& options) {
    DialogRequest<M> ack = fork.dialog.ack(client_->number);
    for (const Header name : {Header::authorization, Header::proxy_authorization}) {
        for (std::size_t n = 0;; ++n) {
            const auto line = Model::header(client_->message, name, n);
            if (!line) break;
            Model::add(ack.message, name, *line);
        }
    }
    add_to(ack.message, options);
    if (fork.exchange.state() == OfferAnswer::State::offer_received) {
        // An offer must be answered even where its dialog gets BYE at once. RFC 3261 §13.2.2.4
        if (options.body.empty())
            add_to(ack.message, {{}, declined_answer(*fork.description), {}, {}, 0});
        fork.exchange.apply(Exchange::answer_out);
    }
    fork.description.reset();
    if (fork.phase == Phase::early || fork.phase == Phase::answered) fork.phase = Phase::confirmed;
    fork.ack = Outgoing<M>{SendAs::ack, std::move(ack.message), ack.next_hop, 0, next_branch()};
    send(*fork.ack);
}

template <Modelled M>
Refusal Session<M>::try_ack(TimePoint /*now*/, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::ack)) return refused;
    if (const Refusal refused = offhook::check(options, "ack")) return refused;
    if (!is_session_description(options.body))
        return {Errc::offer_answer_conflict, "ack",
                describe(state_, role_),     "the answer to the offer of the 2xx",
                "RFC 3261 §13.2.2.4",        "hang_up() declines and ends the call"};
    send_ack(*leading(), options);
    state_ = State::confirmed;
    emit(typename Events::Confirmed{});
    return {};
}

template <Modelled M>
Refusal Session<M>::try_cancel(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::cancel)) return refused;
    if (const Refusal refused = offhook::check(options, "cancel")) return refused;
    if (has_field(options.fields, Header::require)
        || has_field(options.fields, Header::proxy_require))
        return {Errc::bad_argument, "cancel", {}, "no Require, no Proxy-Require",
                "RFC 3261 §9.1",    {}};
    client_->cancel_options = options;
    client_->unanswered.reset();
    client_->cancel = ClientInvite<M>::Cancel::held;
    client_->abandon = now + 64 * timers_.t1;
    if (client_->provisional) send_cancel(now);
    return {};
}

template <Modelled M>
void Session<M>::send_cancel(TimePoint now) {
    client_->cancel = ClientInvite<M>::Cancel::sent;
    client_->abandon = now + 64 * timers_.t1;
    send(cancel_of(*client_));
}

template <Modelled M>
void Session<M>::handle_client_timeout(TimePoint now) {
    const auto due = [now](const std::optional<TimePoint>& timer) {
        return timer && *timer <= now;
    };
    if (due(client_->unanswered)) {
        client_->unanswered.reset();
        client_->timed_out = true;
        (void)try_cancel(now, {});
    }
    if (due(client_->abandon)) {
        // Where a BYE left the INVITE pending, other forks may still ring: CANCEL ends these.
        if (client_->cancel == ClientInvite<M>::Cancel::none) return send_cancel(now);
        abandon_invite();
    } else if (due(client_->linger)) {
        end_invite(now);
    }
}

/// No final response: the INVITE counts as cancelled. RFC 3261 §9.1
template <Modelled M>
void Session<M>::abandon_invite() {
    const Cause cause = client_->timed_out ? Cause::timeout : Cause::cancelled;
    send({SendAs::abandon, client_->message, client_->next_hop, client_->transaction,
          client_->branch});
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
        send_ack(*leading(), {});
        leave(now, Cause::timeout, {});
    }
    for (Fork<M>& fork : forks_)
        fork.ack.reset();
    client_.reset();
    // The only 2xx came on a dialog that we had left, and no other fork has answered.
    if (state_ <= State::early) return terminate(Party::local, Cause::timeout, 408);
    settle();
}

} // namespace offhook

#endif

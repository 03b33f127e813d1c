#ifndef OFFHOOK_SESSION_ENDING_HPP
#define OFFHOOK_SESSION_ENDING_HPP

// How a Session ends, in either role. RFC 3261 §15

#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::on_bye(TimePoint now, Fork<M>& fork, const M& bye, TransactionId transaction) {
    respond(bye, transaction, 200);
    if (fork.phase == Phase::leaving) return; // it crossed ours, whose response ends the dialog
    std::string reason = joined_lines(bye, Header::reason);
    const bool ack_owed = fork.phase == Phase::answered && role_ == Role::uac;
    fork.phase = Phase::gone;
    drop_open_of(fork);
    fork.timer.stop();
    if (&fork != leading() || state_ > State::confirmed) return;

    if (role_ == Role::uas && state_ <= State::early)
        finish_invite(now, 487, {}); // RFC 3261 §15.1.2
    if (ack_owed) send_ack(now, fork, *client_, {});
    if (role_ == Role::uac && state_ <= State::early) {
        // A callee may not send BYE on an early dialog; where one does, that dialog is over, and
        // the INVITE goes on with what other forks answer.
        if (lead_with_next_early_dialog()) return;
        leading_ = forks_.size();
        take(SessionStep::lose_early);
        return;
    }
    end_reinvite(now);
    if (server_) expect_late_prack(now, *server_);
    terminate(Party::remote, Cause::bye, 0, std::move(reason));
}

/// The non-throwing bye().
template <Modelled M>
Refusal Session<M>::try_bye(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::bye)) return refused;
    if (const Refusal refused = offhook::check(options, "bye")) return refused;
    if (state_ == State::confirmed) {
        leave(now, Cause::bye, options);
        return {};
    }
    // The caller ends one early dialog, and its INVITE goes on. RFC 3261 §15
    Fork<M>* chosen = options.fork == 0 ? leading() : nullptr;
    for (Fork<M>& fork : forks_)
        if (fork.number == options.fork && fork.phase == Phase::early) chosen = &fork;
    if (!chosen)
        return {Errc::unknown_handle,    "bye",
                describe(state_, role_), "the number of an early dialog that lives",
                "RFC 3261 §15",          {}};
    send_bye(now, *chosen, options);
    if (chosen != leading() || lead_with_next_early_dialog()) return {};
    take(SessionStep::leave);
    ended_as_ = Cause::bye;
    client_->unanswered.reset();
    if (!client_->abandon && !client_->answered) client_->abandon = now + 64 * timers_.t1;
    drop_open();
    emit(typename Events::Terminating{});
    return {};
}

template <Modelled M>
void Session<M>::hang_up(TimePoint now, const MessageOptions& options, int status) {
    const bool unsafe = static_cast<bool>(offhook::check(options, "hang_up"));
    const MessageOptions safe = unsafe ? MessageOptions{} : options;
    switch (state_) {
    case State::initial:
    case State::early:
        if (role_ == Role::uas) {
            server_->accepted.reset(); // no 2xx has left
            if (try_redirect(now, {}, status, safe) && try_reject(now, status, safe))
                (void)try_reject(now, 603, safe);
        } else if (client_->answered) {
            leave_early_dialogs(now, safe);
        } else if (try_cancel(now, safe)) {
            (void)try_cancel(now, {});
        }
        break;
    case State::ack_wait:
        if (role_ == Role::uas) {
            hang_up_ = safe;
        } else {
            send_ack(now, *leading(), *client_, {});
            leave(now, Cause::bye, safe);
        }
        break;
    case State::confirmed: leave(now, Cause::bye, safe); break;
    case State::terminating:
    case State::terminated: break;
    }
}

template <Modelled M>
void Session<M>::leave(TimePoint now, Cause cause, const MessageOptions& options, int status) {
    end_reinvite(now);
    if (server_) expect_late_prack(now, *server_);
    drop_open();
    take(SessionStep::leave);
    ended_as_ = cause;
    ended_status_ = status;
    emit(typename Events::Terminating{});
    send_bye(now, *leading(), options);
}

/// For an INVITE that has a 2xx, on a dialog that we had left: CANCEL would change nothing.
template <Modelled M>
void Session<M>::leave_early_dialogs(TimePoint now, const MessageOptions& options) {
    drop_open();
    take(SessionStep::leave);
    ended_as_ = Cause::bye;
    ended_status_ = 0;
    emit(typename Events::Terminating{});
    for (Fork<M>& fork : forks_)
        if (fork.phase == Phase::early) send_bye(now, fork, options);
    settle();
}

/// What waits for an answer of ours gets 487, and what waits for one of the peer's has none.
/// RFC 3261 §15.1.2
template <Modelled M>
void Session<M>::drop_open() {
    if (server_) {
        respond(server_->message, server_->transaction, 487);
        server_.reset();
    }
    this->drop_referrals();
    // A SUBSCRIBE is none of the call's business.
    std::vector<ServerRequest<M>> kept;
    for (ServerRequest<M>& request : open_) {
        if (this->waiting_on(request.transaction))
            kept.push_back(std::move(request));
        else
            respond(request.message, request.transaction, 487);
    }
    open_ = std::move(kept);
    update_.reset();
    for (std::size_t i = 0; i < requests_.size();) {
        const Purpose purpose = requests_[i].purpose;
        const bool prack = purpose == Purpose::prack && !requests_[i].held;
        if (purpose == Purpose::bye || prack || purpose == Purpose::usage) {
            ++i;
            continue;
        }
        if (purpose == Purpose::application)
            emit(typename Events::Responded{{}, requests_[i].id, 481, std::nullopt});
        requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

template <Modelled M>
void Session<M>::send_bye(TimePoint now, Fork<M>& fork, const MessageOptions& options) {
    fork.phase = Phase::leaving;
    fork.bye_refused = false;
    fork.timer.stop();
    fork.reliable.owed = false;
    send_request(now, fork, "BYE", options, Purpose::bye);
    drop_open_of(fork);
}

template <Modelled M>
void Session<M>::bye_done(Fork<M>& fork, int status) {
    fork.phase = Phase::gone;
    fork.bye_refused = status >= 300;
    if (&fork == leading() && ended_as_ != Cause::peer_lost) ended_status_ = status;
    settle();
}

template <Modelled M>
bool Session<M>::leaving() const noexcept {
    for (const Fork<M>& fork : forks_)
        if (fork.phase == Phase::leaving) return true;
    return false;
}

template <Modelled M>
void Session<M>::settle() {
    const bool invite_pending = client_ && !client_->answered;
    if (state_ != State::terminating || invite_pending || leaving()) return;
    terminate(Party::local, ended_as_, ended_status_);
}

template <Modelled M>
void Session<M>::terminate(Party by, Cause cause, int status, std::string reason) {
    drop_open();
    take(SessionStep::end);
    this->end_orphans();
    emit(typename Events::Terminated{{}, by, cause, status, std::move(reason)});
}

} // namespace offhook

#endif

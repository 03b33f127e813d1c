#ifndef OFFHOOK_SESSION_IN_DIALOG_HPP
#define OFFHOOK_SESSION_IN_DIALOG_HPP

// What a Session does in the same way in either role: requests of the peer, and the end.

#include "offhook/message/status.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::receive_request(TimePoint now, const M& request, TransactionId transaction) {
    const std::string method(Model::method(request));
    if (method == "CANCEL") return on_cancel(request, transaction);
    Fork<M>* const fork = fork_of(request);
    if (method == "ACK") return fork ? on_ack(now, request) : void();
    if (!fork || fork->phase >= Phase::gone) return respond(request, transaction, 481);
    switch (fork->dialog.receive(request)) {
    case Order::malformed: return respond(request, transaction, 400);
    case Order::out_of_order: return respond(request, transaction, 500);
    case Order::in_order: break;
    }
    if (method == "BYE") return on_bye(*fork, request, transaction);
    if (fork->phase == Phase::leaving) return respond(request, transaction, 481);
    if (method == "INVITE") return refuse_reinvite(*fork, request, transaction);
    MessageOptions options;
    options.fields.push_back({"Allow", std::string(session_methods)});
    respond(request, transaction, method == "OPTIONS" ? 200 : 405, options);
}

template <Modelled M>
void Session<M>::respond(const M& request, TransactionId transaction, int status,
                         const MessageOptions& options) {
    const std::string_view tag =
        forks_.empty() ? std::string_view{} : forks_[0].dialog.id().local_tag;
    M response = Model::response(request, status, reason_phrase_of(status), tag);
    add_to(response, options);
    send({SendAs::response, std::move(response), {}, transaction, {}});
}

template <Modelled M>
void Session<M>::refuse_reinvite(const Fork<M>& fork, const M& invite, TransactionId transaction) {
    MessageOptions options;
    const bool open = fork.phase == Phase::early;
    if (open && role_ == Role::uas) {
        // The peer's first INVITE has no final response yet. RFC 3261 §14.2
        options.fields.push_back({"Retry-After", std::to_string(next_key().k0 % 11)});
        return respond(invite, transaction, 500, options);
    }
    // Ours has none, or the offer in a 2xx has no answer. RFC 3261 §14.2, RFC 5407 §3.1.5
    const OfferAnswer::State exchange = fork.exchange.state();
    if (open || exchange == OfferAnswer::State::offer_sent
        || exchange == OfferAnswer::State::offer_received)
        return respond(invite, transaction, 491);
    options.fields.push_back({"Warning", "399 offhook \"The session cannot be changed\""});
    respond(invite, transaction, 488, options);
}

template <Modelled M>
void Session<M>::on_bye(Fork<M>& fork, const M& bye, TransactionId transaction) {
    respond(bye, transaction, 200);
    if (fork.phase == Phase::leaving) return; // it crossed ours, whose response ends the dialog
    std::string reason;
    if (const auto text = Model::header(bye, Header::reason, 0)) reason = *text;
    const bool ack_owed = fork.phase == Phase::answered && role_ == Role::uac;
    fork.phase = Phase::gone;
    if (&fork != leading() || state_ > State::confirmed) return;

    if (role_ == Role::uas && state_ <= State::early) finish_invite(487, {}); // RFC 3261 §15.1.2
    if (ack_owed) send_ack(fork, {});
    if (role_ == Role::uac && state_ <= State::early) {
        // A callee may not send BYE on an early dialog; where one does, that dialog is over, and
        // the INVITE goes on with what other forks answer.
        if (lead_with_next_early_dialog()) return;
        leading_ = forks_.size();
        state_ = State::initial;
        return;
    }
    terminate(Party::remote, Cause::bye, 0, std::move(reason));
}

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
    state_ = State::terminating;
    ended_as_ = Cause::bye;
    client_->unanswered.reset();
    if (!client_->abandon && !client_->answered) client_->abandon = now + 64 * timers_.t1;
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
            server_->hang_up = true;
            server_->hang_up_options = safe;
        } else {
            send_ack(*leading(), {});
            leave(now, Cause::bye, safe);
        }
        break;
    case State::confirmed: leave(now, Cause::bye, safe); break;
    case State::terminating:
    case State::terminated: break;
    }
}

template <Modelled M>
void Session<M>::leave(TimePoint now, Cause cause, const MessageOptions& options) {
    state_ = State::terminating;
    ended_as_ = cause;
    ended_status_ = 0;
    emit(typename Events::Terminating{});
    send_bye(now, *leading(), options);
}

/// For an INVITE that has a 2xx, on a dialog that we had left: CANCEL would change nothing.
template <Modelled M>
void Session<M>::leave_early_dialogs(TimePoint now, const MessageOptions& options) {
    state_ = State::terminating;
    ended_as_ = Cause::bye;
    ended_status_ = 0;
    emit(typename Events::Terminating{});
    for (Fork<M>& fork : forks_)
        if (fork.phase == Phase::early) send_bye(now, fork, options);
    settle();
}

template <Modelled M>
void Session<M>::send_bye(TimePoint now, Fork<M>& fork, const MessageOptions& options) {
    DialogRequest<M> bye = fork.dialog.request("BYE");
    add_to(bye.message, options);
    fork.phase = Phase::leaving;
    fork.bye_refused = false;
    fork.bye_number = fork.dialog.state().local_sequence_number;
    fork.bye_transaction = ++requests_;
    fork.bye_ends = now + 64 * timers_.t1;
    send({SendAs::request, std::move(bye.message), bye.next_hop, fork.bye_transaction,
          next_branch()});
}

template <Modelled M>
void Session<M>::on_bye_response(const M& response) {
    const int status = Model::status(response);
    Fork<M>* const fork = fork_of(response);
    if (status < 200 || !fork || fork->phase != Phase::leaving) return;
    if (fork->bye_number != sequence_number_of(response)) return;
    bye_done(*fork, status);
}

template <Modelled M>
void Session<M>::bye_done(Fork<M>& fork, int status) {
    fork.phase = Phase::gone;
    fork.bye_refused = status >= 300;
    fork.bye_ends.reset();
    if (&fork == leading()) ended_status_ = status;
    settle();
}

template <Modelled M>
void Session<M>::failed(TimePoint now, const M& request, Failure failure) {
    const std::string method(Model::method(request));
    const auto number = sequence_number_of(request);
    for (const Fork<M>& fork : forks_)
        if (method == "BYE" && fork.bye_number == number && fork.dialog.made(request))
            return failed(now, fork.bye_transaction, failure);
    if (method == "INVITE" && client_ && client_->number == number)
        failed(now, client_->transaction, failure);
}

template <Modelled M>
void Session<M>::failed(TimePoint /*now*/, TransactionId request, Failure failure) {
    const int status = status_of(failure);
    for (Fork<M>& fork : forks_)
        if (fork.phase == Phase::leaving && fork.bye_transaction == request)
            return bye_done(fork, status);
    if (!client_ || client_->transaction != request || client_->answered) return;
    const bool cancelled = client_->cancel != ClientInvite<M>::Cancel::none && !client_->timed_out;
    end_early_dialogs();
    client_.reset();
    if (state_ == State::terminating) return settle();
    const Cause cause = cancelled                     ? Cause::cancelled
                        : failure == Failure::timeout ? Cause::timeout
                                                      : Cause::transport_error;
    terminate(Party::local, cause, status);
}

template <Modelled M>
void Session<M>::handle_timeout(TimePoint now) {
    if (client_) handle_client_timeout(now);
    if (server_) handle_server_timeout(now);
    for (Fork<M>& fork : forks_)
        if (fork.bye_ends && *fork.bye_ends <= now) bye_done(fork, status_of(Failure::timeout));
}

template <Modelled M>
std::optional<TimePoint> Session<M>::poll_timeout() const {
    std::optional<TimePoint> next;
    const auto consider = [&next](const std::optional<TimePoint>& timer) {
        if (timer && (!next || *timer < *next)) next = timer;
    };
    if (client_) consider(client_->next_timeout());
    if (server_) consider(server_->next_timeout());
    for (const Fork<M>& fork : forks_)
        consider(fork.bye_ends);
    return next;
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
    state_ = State::terminated;
    emit(typename Events::Terminated{{}, by, cause, status, std::move(reason)});
}

template <Modelled M>
HashKey Session<M>::next_key() {
    const std::uint32_t n = keys_++;
    char counter[4];
    for (unsigned i = 0; i < 4; ++i)
        counter[i] = static_cast<char>(n >> (8 * i));
    const auto output = siphash128(branch_key_, std::string_view(counter, sizeof counter));
    return {output[0], output[1]};
}

template <Modelled M>
std::string Session<M>::next_branch() {
    static constexpr char digits[] = "0123456789abcdef";
    const HashKey random = next_key();
    std::string branch = "z9hG4bK";
    for (const std::uint64_t half : {random.k0, random.k1})
        for (unsigned shift = 64; shift != 0; shift -= 4)
            branch += digits[(half >> (shift - 4)) & 15];
    return branch;
}

} // namespace offhook

#endif

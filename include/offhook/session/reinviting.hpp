#ifndef OFFHOOK_SESSION_REINVITING_HPP
#define OFFHOOK_SESSION_REINVITING_HPP

// A re-INVITE of ours, in either role of Session. RFC 3261 §14.1, RFC 6141

#include "offhook/dialog/response_effect.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// The non-throwing reinvite().
template <Modelled M>
Refusal Session<M>::try_reinvite(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::reinvite)) return refused;
    if (const Refusal refused = offhook::check(options, "reinvite")) return refused;
    if (const Refusal refused = contact_refusal(options, "reinvite")) return refused;
    if (leading()->exchange.outstanding())
        return description_refusal("reinvite", "no offer that waits for its answer", "RFC 6337 §4");
    send_reinvite(now, {options});
    return {};
}

template <Modelled M>
void Session<M>::send_reinvite(TimePoint now, Modification wanted, std::uint8_t authentications) {
    Fork<M>& fork = *leading();
    const bool offered = is_session_description(wanted.options.body);
    fork.exchange.open_invite(offered);
    if (offered) fork.exchange.take(Direction::out, Carrier::invite);
    DialogRequest<M> request = fork.dialog.request("INVITE");
    const RefreshRequest refresh = fork.timer.request();
    add_capabilities(request.message, features_, wanted.options.fields);
    if (features_.reliable == Reliability::required)
        Model::add(request.message, Header::require, "100rel");
    add_refresh(request.message, refresh);
    add_to(request.message, wanted.options);
    wanted.retry.reset();
    reinvite_ = Reinvite<M>{{std::move(request.message), *fork.dialog.state().local_sequence_number,
                             request.next_hop, branches_.next(), ++transactions_, refresh},
                            std::move(wanted)};
    reinvite_->authentications = authentications;
    if (timers_.unanswered > Duration::zero()) reinvite_->unanswered = now + timers_.unanswered;
    transmit(*reinvite_);
}

template <Modelled M>
void Session<M>::on_reinvite_response(TimePoint now, M response) {
    const int status = Model::status(response);
    Fork<M>& fork = *leading();
    if (status >= 300) return on_reinvite_failure(now, std::move(response));
    if (status >= 200) return on_reinvite_success(now, std::move(response));
    reinvite_->provisional = true;
    if (reinvite_->cancel == Cancel::held && reinvite_->under_way()) send_cancel(now, *reinvite_);
    if (status == 100 || !reinvite_->under_way() || reinvite_->over) return;
    const auto rseq = reliable_number(response);
    if (rseq && !fork.reliable.take(reinvite_->number, *rseq)) return;
    note_peer(fork, response);
    if (rseq) fork.dialog.refresh_remote_target(response); // RFC 6141 §4.7
    if (reinvite_->cancelled()) {
        if (rseq) on_reliable(now, fork, response, false);
        return;
    }
    emit(typename Events::Ringing{{}, status, fork.number, response, rseq.has_value()});
    on_early_description(fork, response, rseq.has_value());
    if (rseq) on_reliable(now, fork, response, true);
}

template <Modelled M>
void Session<M>::on_reinvite_success(TimePoint now, M response) {
    if (!reinvite_->under_way()) return; // a retransmission: the answer is still owed
    Fork<M>& fork = *leading();
    fork.dialog.refresh_remote_target(response); // RFC 6141 §4.7
    take_description(fork, response);
    if (reinvite_->over) {
        // Its BYE crossed the 2xx, which wants its ACK all the same. RFC 5407 §3.2.3
        send_ack(now, fork, *reinvite_, {});
        reinvite_.reset();
        return;
    }
    note_peer(fork, response);
    note_packages(fork, response);
    start_timer(now, fork, reinvite_->refresh, response);
    const int status = Model::status(response);
    const bool missing =
        fork.exchange.offered_by_us() && fork.exchange.carrier() == Carrier::invite;
    if (!reinvite_->by_timer && !missing) emit(typename Events::Modified{{}, status, response});
    if (fork.exchange.offered_by_peer() && fork.exchange.carrier() == Carrier::success) {
        reinvite_->ack_owed = true;
        reinvite_->abandon.reset();
        reinvite_->unanswered = now + 64 * timers_.t1;
        return emit(typename Events::Offer{{}, *fork.description, Operation::ack, fork.number});
    }
    if (fork.description && !fork.exchange.offered_by_peer() && !reinvite_->by_timer)
        emit(typename Events::Answer{{}, std::move(*fork.description), false, fork.number});
    send_ack(now, fork, *reinvite_, {});
    const Reinvite<M> done = std::move(*reinvite_);
    reinvite_.reset();
    if (missing) {
        emit(typename Events::RolledBack{
            {}, Party::local, status, done.options.body, std::move(response)});
        return leave(now, Cause::missing_answer, {});
    }
    if (is_session_description(done.options.body)) describe_ours(fork, done.options.body);
    tell_timer(fork);
}

template <Modelled M>
void Session<M>::on_reinvite_failure(TimePoint now, M response) {
    if (!reinvite_->under_way()) return;
    const int status = Model::status(response);
    Fork<M>& fork = *leading();
    const bool wanted = !reinvite_->over && !reinvite_->cancelled();
    if (wanted && asks(response, reinvite_->authentications)) {
        close_reinvite(fork); // until it is sent again, the peer may want a change of its own
        reinvite_->unanswered.reset();
        reinvite_->decision = now + timers_.decision;
        reinvite_->held = response;
        return emit(typename Events::Challenged{{}, reinvite_->transaction, std::move(response)});
    }
    if (wanted && status == 491 && features_.on_glare == SessionFeatures::Glare::retry) {
        close_reinvite(fork);
        reinvite_->unanswered.reset();
        reinvite_->retry = now + glare_delay(role_, branches_.next_key().k0);
        return;
    }
    if (wanted && status == 422
        && fork.timer.refused(now, reinvite_->refresh, refresh_refusal_of(status, &response))
               == SessionTimer::Verdict::retry) {
        close_reinvite(fork);
        return reinvite_again(now);
    }
    fail_reinvite(now, status, std::move(response));
}

/// The offers of a re-INVITE that has failed are off.
template <Modelled M>
void Session<M>::close_reinvite(Fork<M>& fork) {
    OfferAnswer& exchange = fork.exchange;
    const bool ours = exchange.offered_by_us() && exchange.carrier() == Carrier::invite;
    const bool theirs = exchange.offered_by_peer() && exchange.carrier() == Carrier::reliable;
    if (ours || theirs) {
        exchange.fail();
        fork.description.reset();
    }
    exchange.close_invite();
    fork.reliable.owed = fork.reliable.offered = false;
}

template <Modelled M>
void Session<M>::fail_reinvite(TimePoint now, int status, std::optional<M> response) {
    const Reinvite<M> failed = std::move(*reinvite_);
    reinvite_.reset();
    Fork<M>& fork = *leading();
    if (failed.under_way()) close_reinvite(fork); // else it is the peer's that may be open now
    if (failed.over) return;
    const M* const said = response ? &*response : nullptr;
    const auto verdict =
        status == 422 ? SessionTimer::Verdict::keep
                      : fork.timer.refused(now, failed.refresh, refresh_refusal_of(status, said));
    const bool lost = verdict == SessionTimer::Verdict::end
                      || effect_of_response(status, "INVITE") != ResponseEffect::transaction;
    if (!failed.by_timer)
        emit(typename Events::RolledBack{
            {}, Party::local, status, failed.options.body, std::move(response)});
    if (lost) lose_peer(now, fork, status);
}

/// The session is over while a re-INVITE of ours is not.
template <Modelled M>
void Session<M>::end_reinvite(TimePoint now) {
    if (!reinvite_) return;
    if (reinvite_->ack_owed) send_ack(now, *leading(), *reinvite_, {});
    if (!reinvite_->under_way()) return reinvite_.reset();
    reinvite_->over = true;
    reinvite_->unanswered.reset();
    reinvite_->abandon = now + 64 * timers_.t1;
}

template <Modelled M>
void Session<M>::handle_reinvite_timeout(TimePoint now) {
    const auto due = [now](const std::optional<TimePoint>& timer) {
        return timer && *timer <= now;
    };
    if (due(reinvite_->retry)) {
        if (!modifying(*leading())) return reinvite_again(now);
        reinvite_->retry = now + glare_delay(role_, branches_.next_key().k0);
    } else if (reinvite_->held && (due(reinvite_->decision) || due(reinvite_->unanswered))) {
        give_up(now, reinvite_->transaction);
    } else if (due(reinvite_->abandon)) {
        abandon(*reinvite_);
        fail_reinvite(now, 487, std::nullopt);
    } else if (due(reinvite_->unanswered)) {
        if (!reinvite_->ack_owed) return request_cancel(now, *reinvite_, {});
        leave(now, Cause::timeout, {}); // the ACK declines what was offered. RFC 3261 §14.2
    }
}

/// Whether something is under way that a re-INVITE or UPDATE of ours would cross.
template <Modelled M>
bool Session<M>::modifying(const Fork<M>& fork) const noexcept {
    return server_ || !awaited_.empty() || (update_ && update_->request != 0)
           || fork.exchange.outstanding() || open_modifications(fork) != 0;
}

} // namespace offhook

#endif

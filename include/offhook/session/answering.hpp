#ifndef OFFHOOK_SESSION_ANSWERING_HPP
#define OFFHOOK_SESSION_ANSWERING_HPP

// The UAS's side of Session: an INVITE or re-INVITE that it received, up to the ACK.

#include "offhook/message/expires.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// Takes up an INVITE that belongs to no dialog: see the class.
template <Modelled M>
template <RandomSource R>
Parsed<Session<M>> Session<M>::incoming(TimePoint now, M invite, TransactionId transaction,
                                        const IncomingOptions& options, R& random) {
    if (const Refusal refused = check(options)) raise(refused);
    Session session(Role::uas, random.key());
    const std::string tag = random.token(96);
    auto dialog = Dialog<M>::from_request(invite, tag, options.contact);
    if (!dialog) return dialog.error();
    session.ring_in(now, std::move(invite), transaction, options, std::move(*dialog));
    return session;
}

template <Modelled M>
void Session<M>::ring_in(TimePoint now, M invite, TransactionId transaction,
                         const IncomingOptions& options, Dialog<M> dialog) {
    timers_ = options.timers;
    features_ = options.features;
    keep_unacknowledged_ = options.on_missing_ack == IncomingOptions::NoAck::keep;
    forks_.push_back({++forks_seen_, std::move(dialog)});
    Fork<M>& fork = forks_.back();
    fork.timer = SessionTimer(features_.timer);
    const auto [status, fields] = invite_refusal_by_us(fork, invite, true);
    Body offer = take_invite(now, fork, std::move(invite), transaction, false);
    if (status != 0) {
        finish_invite(now, status, fields);
        return terminate(Party::local, Cause::rejected, status);
    }
    if (offer) emit(typename Events::Offer{{}, std::move(offer), Operation::accept, fork.number});
}

/// Keeps an INVITE until it is answered; its offer.
template <Modelled M>
Body Session<M>::take_invite(TimePoint now, Fork<M>& fork, M invite, TransactionId transaction,
                             bool reinvite) {
    Body offer = session_description(invite);
    fork.exchange.open_invite(!offer.empty());
    if (offer) fork.exchange.take(Direction::in, Carrier::invite);
    note_peer(fork, invite);
    if (!reinvite) note_packages(fork, invite);
    const std::uint32_t number = *fork.dialog.state().remote_sequence_number;
    server_ = ServerInvite<M>{std::move(invite), number, transaction, reinvite};
    if (timers_.unanswered > Duration::zero()) server_->unanswered = now + timers_.unanswered;
    if (const auto expires = Model::header(server_->message, Header::expires, 0)) {
        if (const auto limit = Expires::parse(*expires)) server_->expires = now + limit->interval;
    }
    return offer;
}

/// The response that refuses an INVITE for its extensions or its session timer; 0: none.
/// RFC 3262 §3, RFC 3261 §21.4.16, RFC 4028 §9
template <Modelled M>
std::pair<int, MessageOptions> Session<M>::invite_refusal_by_us(Fork<M>& fork, const M& request,
                                                                bool first) {
    MessageOptions options;
    const bool required = any_lists(request, Header::require, "100rel");
    if (required && features_.reliable == Reliability::off) {
        options.fields.push_back({"Unsupported", "100rel"});
        return {420, std::move(options)};
    }
    const bool supported = required || any_lists(request, Header::supported, "100rel");
    if (first && !supported && features_.reliable == Reliability::required) {
        options.fields.push_back({"Require", "100rel"});
        return {421, std::move(options)};
    }
    if (features_.timer.use == SessionTimerPolicy::Use::off
        && any_lists(request, Header::require, "timer")) {
        options.fields.push_back({"Unsupported", "timer"});
        return {420, std::move(options)};
    }
    const auto shortest = fork.timer.received(refresh_request_of(request));
    if (!shortest) return {0, {}};
    options.fields.push_back({"Min-SE", std::to_string(shortest->count())});
    return {422, std::move(options)};
}

/// The non-throwing accept().
template <Modelled M>
Refusal Session<M>::try_accept(TimePoint now, const MessageOptions& options, int status) {
    if (const Refusal refused = refusal(Operation::accept)) return refused;
    if (const Refusal refused = offhook::check(options, "accept")) return refused;
    if (status < 200 || status >= 300)
        return {Errc::bad_argument,   "accept", {}, "a status of 200 to 299",
                "RFC 3261 §13.3.1.4", {}};
    if (const Refusal refused = contact_refusal(options, "accept")) return refused;
    MessageOptions full = options;
    const OfferAnswer& exchange = leading()->exchange;
    const bool answers = exchange.offered_by_peer() && exchange.carrier() == Carrier::invite;
    if (full.body.empty() && answers) full.body = server_->preview;
    if (const Refusal refused = success_refusal(full.body)) return refused;
    succeed(now, std::move(full), status);
    return {};
}

/// What our 2xx has to describe, and what it may not. RFC 3261 §13.2.1, RFC 6337 §3.1
template <Modelled M>
Refusal Session<M>::success_refusal(const Body& body) const {
    const bool described = is_session_description(body);
    switch (forks_[leading_].exchange.meaning(Direction::out, Carrier::success)) {
    case Meaning::answer:
        if (!described)
            return description_refusal("accept", "the answer to the offer of the INVITE");
        return preview_refusal(body, "accept");
    case Meaning::offer:
        if (!described) return description_refusal("accept", "an offer, since the INVITE has none");
        return {};
    case Meaning::nothing:
    case Meaning::preview:
    case Meaning::conflict: break;
    }
    if (!described) return {};
    return description_refusal("accept", "no description: a 1xx has brought it", "RFC 6337 §3.1.1");
}

/// The 2xx, once every 1xx with a description has its PRACK. RFC 3262 §5
template <Modelled M>
void Session<M>::succeed(TimePoint now, MessageOptions options, int status) {
    if (!server_->reliable.holds_description()) return send_success(now, options, status);
    server_->unanswered.reset();
    server_->accepted = {status, std::move(options)};
}

template <Modelled M>
void Session<M>::send_success(TimePoint now, const MessageOptions& options, int status) {
    Fork<M>& fork = *leading();
    const ServerInvite<M> invite = std::move(*server_);
    server_.reset();
    const bool described = is_session_description(options.body);
    const bool offered =
        described && fork.exchange.take(Direction::out, Carrier::success) == Meaning::offer;
    if (!offered) fork.exchange.close_invite();
    if (invite.reinvite) {
        fork.dialog.refresh_remote_target(invite.message); // RFC 6141 §4.6
        note_packages(fork, invite.message);
    } else {
        fork.dialog.confirm();
        fork.phase = Phase::answered;
        take(SessionStep::succeed);
    }
    M response = fork.dialog.response(invite.message, status, phrase_of(status, options));
    add_capabilities(response, features_, options.fields, &invite.message);
    add_refresh(response, fork.timer.answer(now, refresh_request_of(invite.message)));
    if (described) describe_ours(fork, options.body);
    forget_ours(fork);
    add_to(response, options);
    expect_late_prack(now, invite);
    awaited_.push_back({invite.number, invite.transaction, response,
                        Retransmission(now, timers_.t1, timers_.t2), invite.reinvite, offered});
    send({SendAs::response, std::move(response), {}, invite.transaction, {}});
    if (invite.reinvite) tell_timer(fork);
}

template <Modelled M>
Refusal Session<M>::description_refusal(std::string_view tried, std::string_view needs,
                                        std::string_view section) const {
    return {Errc::offer_answer_conflict, tried, describe(state_, role_), needs, section, {}};
}

/// The answer that a 1xx showed is the answer. RFC 3261 §13.2.1, RFC 6337 §3.1.1
template <Modelled M>
Refusal Session<M>::preview_refusal(const Body& body, std::string_view tried) const {
    if (server_->preview.empty() || server_->preview == body) return {};
    return description_refusal(tried, "the same answer as the 1xx before");
}

/// The Contact of a response that makes a dialog is IncomingOptions::contact.
template <Modelled M>
Refusal Session<M>::contact_refusal(const MessageOptions& options, std::string_view tried) {
    if (!has_field(options.fields, Header::contact)) return {};
    return {Errc::bad_argument, tried, {}, "no Contact among the header fields",
            "RFC 3261 §12.1.1", {}};
}

/// The non-throwing reject().
template <Modelled M>
Refusal Session<M>::try_reject(TimePoint now, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::reject)) return refused;
    if (const Refusal refused = offhook::check(options, "reject")) return refused;
    if (status < 400 || status > 699)
        return {Errc::bad_argument,   "reject", {}, "a status of 400 to 699",
                "RFC 3261 §13.3.1.3", {}};
    if (server_->reinvite) {
        if (leading()->exchange.invite_answered())
            return {Errc::offer_answer_conflict,
                    "reject",
                    describe(state_, role_),
                    "a re-INVITE whose changes are not in force yet",
                    "RFC 6141 §3.3",
                    "accept() it, and change the session back"};
        roll_back_reinvite(now, status, options);
        return {};
    }
    finish_invite(now, status, options);
    terminate(Party::local, Cause::rejected, status);
    return {};
}

/// The non-throwing redirect().
template <Modelled M>
Refusal Session<M>::try_redirect(TimePoint now, const std::vector<std::string>& contacts,
                                 int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::redirect)) return refused;
    MessageOptions full = options;
    for (const std::string& contact : contacts) {
        if (is_safe_value(contact) && !NameAddr::parse(contact))
            return {Errc::bad_argument,          "redirect",        {},
                    "Contact values that parse", "RFC 3261 §20.10", {}};
        full.fields.push_back({"Contact", contact});
    }
    if (const Refusal refused = offhook::check(full, "redirect")) return refused;
    if (status < 300 || status > 399)
        return {Errc::bad_argument,       "redirect",           {},
                "a status of 300 to 399", "RFC 3261 §13.3.1.2", {}};
    finish_invite(now, status, full);
    terminate(Party::local, Cause::redirected, status);
    return {};
}

template <Modelled M>
void Session<M>::finish_invite(TimePoint now, int status, const MessageOptions& options) {
    M response = leading()->dialog.response(server_->message, status, phrase_of(status, options));
    add_to(response, options);
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
    leading()->phase = Phase::gone;
    expect_late_prack(now, *server_);
    server_.reset();
}

/// A final response ends the retransmissions of a 1xx, and its PRACK may be on the way all the
/// same. RFC 3262 §3
template <Modelled M>
void Session<M>::expect_late_prack(TimePoint now, const ServerInvite<M>& invite) {
    if (const auto* const front = invite.reliable.front())
        late_pracks_.push_back({invite.number, front->rseq, now + 64 * timers_.t1});
}

template <Modelled M>
void Session<M>::on_cancel(TimePoint now, const M& cancel, TransactionId transaction) {
    // It may be a late one, of an INVITE before this one.
    const bool pending =
        server_ && state_ <= State::confirmed && sequence_number_of(cancel) == server_->number;
    respond(cancel, transaction, 200);
    if (!pending) return; // too late to have an effect. RFC 3261 §9.2
    std::string reason = joined_lines(cancel, Header::reason);
    if (server_->reinvite) {
        if (server_->accepted) return; // its 2xx waits for a PRACK
        if (!leading()->exchange.invite_answered()) return roll_back_reinvite(now, 487);
        emit(typename Events::Cancelled{{}, std::move(reason)});
        return end_their_reinvite(now, 487); // RFC 6141 §3.8
    }
    finish_invite(now, 487, {});
    emit(typename Events::Cancelled{{}, reason});
    terminate(Party::remote, Cause::cancelled, 487, std::move(reason));
}

template <Modelled M>
void Session<M>::on_reinvite(TimePoint now, Fork<M>& fork, const M& invite,
                             TransactionId transaction) {
    for (AwaitedAck<M>& awaited : awaited_)
        awaited.superseded = true;
    if (refuse_glare(fork, Meeting::invite, invite, transaction)) return;
    const auto [status, fields] = invite_refusal_by_us(fork, invite, false);
    if (status != 0) return respond(invite, transaction, status, fields);
    Body offer = take_invite(now, fork, invite, transaction, true);
    emit(typename Events::Reinvited{{}, std::move(offer), invite});
}

/// A re-INVITE of the peer ends without a word of the application: by a 2xx where its changes are
/// in force already, as no error undoes them. RFC 6141 §3.3, §3.8
template <Modelled M>
void Session<M>::end_their_reinvite(TimePoint now, int status) {
    if (!leading()->exchange.invite_answered())
        return roll_back_reinvite(now, status,
                                  status == 488 ? unanswered_offer() : MessageOptions{});
    server_->expires.reset();
    server_->unanswered.reset();
    (void)try_accept(now); // refused where accept() was called, and its 2xx waits for PRACK
}

/// A re-INVITE of the peer fails: the session stays as it is. RFC 3261 §14.2
template <Modelled M>
void Session<M>::roll_back_reinvite(TimePoint now, int status, const MessageOptions& options) {
    const ServerInvite<M> invite = std::move(*server_);
    server_.reset();
    OfferAnswer& exchange = leading()->exchange;
    const bool by_invite = exchange.carrier() == Carrier::invite && exchange.offered_by_peer();
    const bool by_response = exchange.carrier() == Carrier::reliable && exchange.offered_by_us();
    if (by_invite || by_response) exchange.fail();
    exchange.close_invite();
    respond(invite.message, invite.transaction, status, options);
    expect_late_prack(now, invite);
    emit(typename Events::RolledBack{
        {}, Party::remote, status, session_description(invite.message), std::nullopt});
}

} // namespace offhook

#endif

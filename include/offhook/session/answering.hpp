#ifndef OFFHOOK_SESSION_ANSWERING_HPP
#define OFFHOOK_SESSION_ANSWERING_HPP

// The UAS's side of Session: the INVITE that it received, up to the ACK.

#include "offhook/message/cseq.hpp"
#include "offhook/message/expires.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::ring_in(TimePoint now, M invite, TransactionId transaction,
                         const IncomingOptions& options, Dialog<M> dialog) {
    const std::uint32_t number = *dialog.state().remote_sequence_number;
    timers_ = options.timers;
    forks_.push_back({++forks_seen_, std::move(dialog)});
    Body offer = session_description(invite);
    server_ = ServerInvite<M>{std::move(invite), number, transaction, options};
    if (timers_.unanswered > Duration::zero()) server_->unanswered = now + timers_.unanswered;
    if (const auto expires = Model::header(server_->message, Header::expires, 0)) {
        if (const auto limit = Expires::parse(*expires)) server_->expires = now + limit->interval;
    }
    if (!offer) return;
    leading()->exchange.apply(Exchange::offer_in);
    emit(typename Events::Offer{{}, std::move(offer)});
}

template <Modelled M>
Refusal Session<M>::try_progress(TimePoint now, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::progress)) return refused;
    if (const Refusal refused = offhook::check(options, "progress")) return refused;
    if (status <= 100 || status >= 200)
        return {Errc::bad_argument,       "progress",           {},
                "a status of 101 to 199", "RFC 3261 §13.3.1.1", {}};
    if (const Refusal refused = contact_refusal(options, "progress")) return refused;
    if (is_session_description(options.body)) {
        // An unreliable 1xx can carry no offer, only show the answer. RFC 6337 §2.2, §3.1.1
        if (!leading()->exchange.can(Exchange::preview_out))
            return description_refusal("progress", "an offer in the INVITE where it has a body");
        if (const Refusal refused = preview_refusal(options.body, "progress")) return refused;
        leading()->exchange.apply(Exchange::preview_out);
        server_->preview = options.body;
    }
    M response = leading()->dialog.response(server_->message, status, phrase_of(status, options));
    add_to(response, options);
    server_->provisional = response;
    if (timers_.provisional_refresh > Duration::zero())
        server_->refresh = now + timers_.provisional_refresh;
    state_ = State::early;
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
    return {};
}

template <Modelled M>
Refusal Session<M>::try_accept(TimePoint now, const MessageOptions& options, int status) {
    if (const Refusal refused = refusal(Operation::accept)) return refused;
    if (const Refusal refused = offhook::check(options, "accept")) return refused;
    if (status < 200 || status >= 300)
        return {Errc::bad_argument,   "accept", {}, "a status of 200 to 299",
                "RFC 3261 §13.3.1.4", {}};
    if (const Refusal refused = contact_refusal(options, "accept")) return refused;
    MessageOptions full = options;
    if (full.body.empty()) full.body = server_->preview;
    const bool offered = leading()->exchange.state() != OfferAnswer::State::idle;
    if (!is_session_description(full.body))
        return description_refusal("accept", offered ? "the answer to the offer of the INVITE"
                                                     : "an offer, since the INVITE has none");
    if (const Refusal refused = preview_refusal(full.body, "accept")) return refused;

    leading()->exchange.apply(offered ? Exchange::answer_out : Exchange::offer_out);
    leading()->dialog.confirm();
    leading()->phase = Phase::answered;
    M response = leading()->dialog.response(server_->message, status, phrase_of(status, full));
    add_capabilities(response, full.fields);
    add_to(response, full);
    server_->success = response;
    server_->provisional.reset();
    server_->retransmission = Retransmission(now, timers_.t1, timers_.t2);
    state_ = State::ack_wait;
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
    return {};
}

template <Modelled M>
Refusal Session<M>::description_refusal(std::string_view tried, std::string_view needs) const {
    return {Errc::offer_answer_conflict, tried, describe(state_, role_), needs,
            "RFC 3261 §13.2.1",          {}};
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

template <Modelled M>
Refusal Session<M>::try_reject(TimePoint /*now*/, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::reject)) return refused;
    if (const Refusal refused = offhook::check(options, "reject")) return refused;
    if (status < 400 || status > 699)
        return {Errc::bad_argument,   "reject", {}, "a status of 400 to 699",
                "RFC 3261 §13.3.1.3", {}};
    finish_invite(status, options);
    terminate(Party::local, Cause::rejected, status);
    return {};
}

template <Modelled M>
Refusal Session<M>::try_redirect(TimePoint /*now*/, const std::vector<std::string>& contacts,
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
    finish_invite(status, full);
    terminate(Party::local, Cause::redirected, status);
    return {};
}

template <Modelled M>
void Session<M>::finish_invite(int status, const MessageOptions& options) {
    M response = leading()->dialog.response(server_->message, status, phrase_of(status, options));
    add_to(response, options);
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
    leading()->phase = Phase::gone;
    server_.reset();
}

template <Modelled M>
void Session<M>::on_ack(TimePoint now, const M& ack) {
    if (!server_ || !server_->success) return;
    const auto text = Model::header(ack, Header::cseq, 0);
    const auto cseq = text ? CSeq::parse(*text) : Parsed<CSeq>(ParseError{});
    if (!cseq || cseq->number != server_->number) return;

    const bool hang_up = server_->hang_up;
    const MessageOptions hang_up_options = std::move(server_->hang_up_options);
    server_.reset();
    if (state_ != State::ack_wait) return; // the BYE was faster. RFC 5407 §3.1.3
    leading()->phase = Phase::confirmed;
    state_ = State::confirmed;
    bool missing = false;
    if (leading()->exchange.state() == OfferAnswer::State::offer_sent) {
        Body answer = session_description(ack);
        missing = answer.empty();
        if (answer) {
            leading()->exchange.apply(Exchange::answer_in);
            emit(typename Events::Answer{{}, std::move(answer), false, leading()->number});
        }
    }
    emit(typename Events::Confirmed{});
    if (hang_up)
        leave(now, Cause::bye, hang_up_options);
    else if (missing)
        leave(now, Cause::missing_answer, {});
}

template <Modelled M>
void Session<M>::on_cancel(const M& cancel, TransactionId transaction) {
    const bool pending = server_ && !server_->success && state_ <= State::early;
    respond(cancel, transaction, 200);
    if (!pending) return; // too late to have an effect. RFC 3261 §9.2
    std::string reason;
    if (const auto text = Model::header(cancel, Header::reason, 0)) reason = *text;
    finish_invite(487, {});
    emit(typename Events::Cancelled{{}, reason});
    terminate(Party::remote, Cause::cancelled, 487, std::move(reason));
}

template <Modelled M>
void Session<M>::handle_server_timeout(TimePoint now) {
    const auto due = [&](const std::optional<TimePoint>& timer) { return timer && *timer <= now; };
    if (server_->retransmission) {
        if (server_->retransmission->due(now)) {
            server_->retransmission->sent(now);
            return send({SendAs::response, *server_->success, {}, server_->transaction, {}});
        }
        if (server_->retransmission->ended(now)) on_missing_ack(now);
    } else if (due(server_->expires)) {
        finish_invite(487, {});
        terminate(Party::remote, Cause::timeout, 487);
    } else if (due(server_->unanswered)) {
        finish_invite(480, {});
        terminate(Party::local, Cause::timeout, 480);
    } else if (due(server_->refresh)) {
        server_->refresh = now + timers_.provisional_refresh;
        send({SendAs::response, *server_->provisional, {}, server_->transaction, {}});
    }
}

template <Modelled M>
void Session<M>::on_missing_ack(TimePoint now) {
    const bool hang_up = server_->hang_up;
    const bool keep = server_->options.on_missing_ack == IncomingOptions::NoAck::keep;
    const MessageOptions options = std::move(server_->hang_up_options);
    server_.reset();
    if (state_ != State::ack_wait) return;
    // The dialog is confirmed all the same, and only now the callee may send BYE. §13.3.1.4, §15
    leading()->phase = Phase::confirmed;
    state_ = State::confirmed;
    emit(typename Events::AckTimeout{});
    if (hang_up)
        leave(now, Cause::bye, options);
    else if (!keep)
        leave(now, Cause::ack_timeout, {});
}

} // namespace offhook

#endif

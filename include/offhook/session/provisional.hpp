#ifndef OFFHOOK_SESSION_PROVISIONAL_HPP
#define OFFHOOK_SESSION_PROVISIONAL_HPP

// Provisional responses and PRACK, for either role of Session. RFC 3262

#include "offhook/message/rack.hpp"
#include "offhook/message/rseq.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
Refusal Session<M>::try_progress(TimePoint now, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::progress)) return refused;
    if (const Refusal refused = offhook::check(options, "progress")) return refused;
    if (status <= 100 || status >= 200)
        return {Errc::bad_argument,       "progress",           {},
                "a status of 101 to 199", "RFC 3261 §13.3.1.1", {}};
    if (const Refusal refused = contact_refusal(options, "progress")) return refused;

    const bool required = any_lists(server_->message, Header::require, "100rel");
    const bool supported = required || any_lists(server_->message, Header::supported, "100rel");
    const bool can = supported && features_.reliable != Reliability::off;
    const bool wanted = options.delivery == Delivery::reliable;
    if (wanted && !can)
        return {Errc::not_supported,    "progress",    {},
                "100rel at both sides", "RFC 3262 §3", "send it as it is"};
    // Who knows 199 does without it, so it is not worth a PRACK. RFC 6228 §5
    const bool always = features_.reliable == Reliability::required && status != 199;
    const bool reliable = can && (wanted || required || always);
    if (status == 199)
        if (const Refusal refused = early_end_refusal(options)) return refused;
    if (const Refusal refused = provisional_refusal(options, reliable)) return refused;

    Fork<M>& fork = *leading();
    const bool described = is_session_description(options.body);
    if (described) {
        fork.exchange.take(Direction::out, reliable ? Carrier::reliable : Carrier::provisional);
        if (!reliable) server_->preview = options.body;
        if (reliable || !server_->reinvite) describe_ours(fork, options.body);
    }
    M response = fork.dialog.response(server_->message, status, phrase_of(status, options));
    if (!server_->reinvite) take(SessionStep::ring);
    if (status == 199) fork.phase = Phase::gone;
    // A 199 says of no extension that it is supported. RFC 6228 §5
    if (reliable && status != 199)
        add_capabilities(response, features_, options.fields, &server_->message);
    add_to(response, options);
    server_->refresh.reset();
    if (timers_.provisional_refresh > Duration::zero() && status != 199)
        server_->refresh = now + timers_.provisional_refresh * (reliable ? 5 : 2) / 2;
    if (reliable) {
        send_reliable(now, status, std::move(response), described);
        return {};
    }
    server_->provisional = response;
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
    return {};
}

/// Where a 199 may end the early dialog: the caller has to know it, and gets the reason.
/// RFC 6228 §5
template <Modelled M>
Refusal Session<M>::early_end_refusal(const MessageOptions& options) const {
    if (server_->reinvite || !any_lists(server_->message, Header::supported, "199"))
        return {Errc::not_supported,
                "progress",
                {},
                "199 in Supported of an INVITE that makes a dialog",
                "RFC 6228 §5",
                "reject() says the same"};
    if (is_session_description(options.body) && !forks_[leading_].exchange.owes_offer())
        return description_refusal("progress", "no description in a 199", "RFC 6228 §5");
    if (options.reason.empty() && !has_field(options.fields, Header::reason))
        return {Errc::bad_argument, "progress",     {}, "a Reason that holds a response code",
                "RFC 6228 §5",      "SIP;cause=486"};
    return {};
}

/// What a 1xx may describe. RFC 6337 §2.2, §3.1
template <Modelled M>
Refusal Session<M>::provisional_refusal(const MessageOptions& options, bool reliable) const {
    const OfferAnswer& exchange = forks_[leading_].exchange;
    if (reliable && !server_->reliable.next_number(0))
        return {Errc::limit_reached,          "progress",    {},
                "RSeq numbers that are left", "RFC 3262 §3", {}};
    if (!is_session_description(options.body)) {
        if (reliable && exchange.owes_offer())
            return description_refusal("progress", "the offer, since the INVITE has none",
                                       "RFC 3262 §5");
        return {};
    }
    switch (exchange.meaning(Direction::out, reliable ? Carrier::reliable : Carrier::provisional)) {
    case Meaning::offer: return {};
    case Meaning::answer:
    case Meaning::preview: return preview_refusal(options.body, "progress");
    case Meaning::nothing:
    case Meaning::conflict: break;
    }
    return description_refusal("progress", "an offer in the INVITE that has no answer yet",
                               "RFC 6337 §3.1");
}

template <Modelled M>
void Session<M>::send_reliable(TimePoint now, int status, M response, bool described) {
    const std::uint32_t rseq = *server_->reliable.next_number(branches_.next_key().k0);
    Model::add(response, Header::require, "100rel");
    Model::add(response, Header::rseq, std::to_string(rseq));
    server_->provisional.reset();
    server_->reliable_status = status;
    // It takes effect as it leaves reliably. RFC 6141 §4.6
    if (server_->reinvite) leading()->dialog.refresh_remote_target(server_->message);
    if (server_->reliable.push(now, timers_.t1, {rseq, status, described, std::move(response)}))
        transmit_reliable();
}

/// Asks proxies for more time: an unreliable 1xx as it was, or another reliable one, unless the
/// last one is on its way still. RFC 3261 §13.3.1.1, RFC 3262 §3
template <Modelled M>
void Session<M>::repeat_provisional(TimePoint now) {
    if (server_->provisional) {
        server_->refresh = now + timers_.provisional_refresh;
        return send({SendAs::response, *server_->provisional, {}, server_->transaction, {}});
    }
    server_->refresh = now + timers_.provisional_refresh * 5 / 2;
    MessageOptions again;
    again.delivery = Delivery::reliable;
    (void)try_progress(now, server_->reliable_status, again);
}

template <Modelled M>
void Session<M>::transmit_reliable() {
    send({SendAs::response, server_->reliable.front()->message, {}, server_->transaction, {}});
}

template <Modelled M>
void Session<M>::on_prack(TimePoint now, Fork<M>& fork, const M& prack, TransactionId transaction) {
    const auto text = Model::header(prack, Header::rack, 0);
    const auto rack = text ? RAck::parse(*text) : Parsed<RAck>(ParseError{});
    if (!rack) return respond(prack, transaction, 400);
    const auto* const front = server_ ? server_->reliable.front() : nullptr;
    const bool ours = &fork == leading() && rack->cseq.method == "INVITE";
    if (!ours || !front || rack->cseq.number != server_->number || rack->rseq != front->rseq)
        return respond(prack, transaction, ours && take_late_prack(*rack) ? 200 : 481);
    const int status = front->status;
    const bool answer_due = front->described && fork.exchange.offered_by_us();
    Body body = session_description(prack);
    const Meaning meaning =
        body ? fork.exchange.take(Direction::in, Carrier::prack) : Meaning::nothing;
    const bool offer = meaning == Meaning::offer;
    if (offer)
        open_.push_back({transaction, fork.number, prack, body, now + 32 * timers_.t1});
    else
        respond(prack, transaction, 200);
    if (meaning == Meaning::answer)
        emit(typename Events::Answer{{}, std::move(body), false, fork.number});
    emit(typename Events::Acknowledged{{}, status, offer ? std::move(body) : Body{}, prack});
    const bool more = server_->reliable.acknowledged(now, timers_.t1);
    if (!answer_due || meaning == Meaning::answer) {
        if (more) transmit_reliable();
    } else {
        // What the peer had to answer here it never will. RFC 3262 §5
        if (server_->reinvite) return roll_back_reinvite(now, 488);
        finish_invite(now, 488, {});
        return terminate(Party::local, Cause::missing_answer, 488);
    }
    if (server_->accepted && !server_->reliable.holds_description()) {
        const auto accepted = std::move(*server_->accepted);
        send_success(now, accepted.options, accepted.status);
    }
}

/// Whether that PRACK was still to come, though its 1xx is not sent any more.
template <Modelled M>
bool Session<M>::take_late_prack(const RAck& rack) {
    for (std::size_t i = 0; i < late_pracks_.size(); ++i) {
        if (late_pracks_[i].number != rack.cseq.number || late_pracks_[i].rseq != rack.rseq)
            continue;
        late_pracks_.erase(late_pracks_.begin() + static_cast<std::ptrdiff_t>(i));
        return true;
    }
    return false;
}

/// Whose offer in PRACK we refuse may send the PRACK again without it. RFC 6337 §2.3
template <Modelled M>
void Session<M>::expect_prack_again(const ServerRequest<M>& prack) {
    const auto text = Model::header(prack.message, Header::rack, 0);
    const auto rack = text ? RAck::parse(*text) : Parsed<RAck>(ParseError{});
    if (rack) late_pracks_.push_back({rack->cseq.number, rack->rseq, prack.ends + 64 * timers_.t1});
}

/// The RSeq of a reliable provisional response. RFC 3262 §4
template <Modelled M>
std::optional<std::uint32_t> Session<M>::reliable_number(const M& response) const {
    if (features_.reliable == Reliability::off) return std::nullopt;
    const auto text = Model::header(response, Header::rseq, 0);
    if (!text || !any_lists(response, Header::require, "100rel")) return std::nullopt;
    const auto rseq = RSeq::parse(*text);
    if (!rseq) return std::nullopt;
    return rseq->number;
}

/// What a 1xx to our INVITE or re-INVITE describes. RFC 6337 §3.1
template <Modelled M>
void Session<M>::on_early_description(Fork<M>& fork, const M& response, bool reliable) {
    Body body = session_description(response);
    if (!body) return;
    if (fork.exchange.previewed()) { // the first one counts
        if (!reliable) return;
        body = *fork.description;
    }
    switch (
        fork.exchange.take(Direction::in, reliable ? Carrier::reliable : Carrier::provisional)) {
    case Meaning::preview:
        fork.description = body;
        return emit(typename Events::Answer{{}, std::move(body), true, fork.number});
    case Meaning::answer:
        fork.description.reset();
        return emit(typename Events::Answer{{}, std::move(body), false, fork.number});
    case Meaning::offer:
        fork.description = body;
        return emit(typename Events::Offer{{}, std::move(body), Operation::prack, fork.number});
    case Meaning::nothing:
    case Meaning::conflict: return;
    }
}

/// PRACK follows at once, unless the application has something to say in it.
template <Modelled M>
void Session<M>::on_reliable(TimePoint now, Fork<M>& fork, const M& response, bool wanted) {
    if (!wanted) {
        Body body = session_description(response);
        if (body && fork.exchange.take(Direction::in, Carrier::reliable) == Meaning::offer)
            fork.description = std::move(body);
    }
    fork.reliable.owed = true;
    fork.reliable.offered =
        fork.exchange.offered_by_peer() && fork.exchange.carrier() == Carrier::reliable;
    const bool later =
        fork.reliable.offered || features_.prack == SessionFeatures::Prack::by_application;
    if (!wanted || !later) acknowledge(now, fork, {});
}

template <Modelled M>
void Session<M>::acknowledge(TimePoint now, Fork<M>& fork, const MessageOptions& options) {
    MessageOptions full = options;
    const bool offered = fork.reliable.offered;
    if (offered && full.body.empty() && fork.description)
        full.body = declined_answer(*fork.description);
    const bool described = is_session_description(full.body);
    // An offer that nothing can decline is over all the same.
    if (described || offered) fork.exchange.take(Direction::out, Carrier::prack);
    if (described && offered) describe_ours(fork, full.body);
    if (offered) fork.description.reset();
    fork.reliable.owed = fork.reliable.offered = false;
    full.fields.push_back({"RAck", std::to_string(fork.reliable.last) + " "
                                       + std::to_string(fork.reliable.invite) + " INVITE"});
    send_request(now, fork, "PRACK", full, Purpose::prack);
}

/// The non-throwing prack().
template <Modelled M>
Refusal Session<M>::try_prack(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::prack)) return refused;
    if (const Refusal refused = offhook::check(options, "prack")) return refused;
    Fork<M>* chosen = nullptr;
    for (Fork<M>& fork : forks_) {
        const bool meant = options.fork == 0 || options.fork == fork.number;
        const bool owed = fork.reliable.owed && fork.phase < Phase::leaving;
        if (!chosen && meant && owed) chosen = &fork;
    }
    if (!chosen)
        return {Errc::unknown_handle,    "prack",
                describe(state_, role_), "the number of an early dialog that waits for it",
                "RFC 3262 §4",           {}};
    const bool described = is_session_description(options.body);
    if (chosen->reliable.offered && !described)
        return description_refusal("prack", "the answer to the offer of the 1xx", "RFC 3262 §5");
    const Meaning meaning = chosen->exchange.meaning(Direction::out, Carrier::prack);
    if (!chosen->reliable.offered && described && meaning != Meaning::offer)
        return description_refusal("prack", "a 1xx that brought an answer, to make another offer",
                                   "RFC 6337 §3.2");
    acknowledge(now, *chosen, options);
    return {};
}

template <Modelled M>
void Session<M>::on_prack_response(TimePoint now, const ClientRequest<M>& prack, int status,
                                   const M* response) {
    Fork<M>* const fork = fork_numbered(prack.fork);
    if (!fork || fork->phase >= Phase::leaving) return;
    const bool offered = is_session_description(prack.options.body)
                         && fork->exchange.offered_by_us()
                         && fork->exchange.carrier() == Carrier::prack;
    // A later request has overtaken it, and the 1xx waits for it all the same. RFC 3261 §12.2.2
    const bool overtaken =
        status == 500 && *fork->dialog.state().local_sequence_number != prack.number;
    if (!offered) {
        if (overtaken) send_request(now, *fork, "PRACK", prack.options, Purpose::prack);
        return;
    }
    if (status < 300 && response) {
        Body body = session_description(*response);
        if (body && fork->exchange.take(Direction::in, Carrier::prack_success) == Meaning::answer) {
            describe_ours(*fork, prack.options.body);
            return emit(typename Events::Answer{{}, std::move(body), false, fork->number});
        }
    }
    fork->exchange.fail();
    emit(typename Events::RolledBack{{},
                                     Party::local,
                                     status,
                                     prack.options.body,
                                     response ? std::optional<M>(*response) : std::nullopt});
    if (status != 488 && !overtaken) return;
    // The 1xx still waits for a PRACK that it can take. RFC 6337 §2.3
    MessageOptions bare = prack.options;
    bare.body = {};
    send_request(now, *fork, "PRACK", bare, Purpose::prack);
}

} // namespace offhook

#endif

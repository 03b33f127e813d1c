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
    const bool reliable =
        can && (wanted || required || features_.reliable == Reliability::required);
    if (const Refusal refused = provisional_refusal(options, reliable)) return refused;

    Fork<M>& fork = *leading();
    const bool described = is_session_description(options.body);
    if (described) {
        fork.exchange.take(Direction::out, reliable ? Carrier::reliable : Carrier::provisional);
        if (!reliable) server_->preview = options.body;
        describe_ours(fork, options.body);
    }
    M response = fork.dialog.response(server_->message, status, phrase_of(status, options));
    if (!server_->reinvite) state_ = State::early;
    if (reliable) {
        add_capabilities(response, features_, options.fields);
        add_to(response, options);
        send_reliable(now, status, std::move(response), described);
        return {};
    }
    add_to(response, options);
    server_->provisional = response;
    if (timers_.provisional_refresh > Duration::zero())
        server_->refresh = now + timers_.provisional_refresh;
    send({SendAs::response, std::move(response), {}, server_->transaction, {}});
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
    const std::uint32_t rseq = *server_->reliable.next_number(next_key().k0);
    Model::add(response, Header::require, "100rel");
    Model::add(response, Header::rseq, std::to_string(rseq));
    // It takes effect as it leaves reliably. RFC 6141 §4.6
    if (server_->reinvite) leading()->dialog.refresh_remote_target(server_->message);
    if (server_->reliable.push(now, timers_.t1, {rseq, status, described, std::move(response)}))
        transmit_reliable();
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
    const bool invite = rack->cseq.method == "INVITE";
    if (!front || !invite || rack->cseq.number != server_->number || rack->rseq != front->rseq) {
        for (std::size_t i = 0; i < late_pracks_.size(); ++i) {
            const LatePrack& late = late_pracks_[i];
            if (!invite || late.number != rack->cseq.number || late.rseq != rack->rseq) continue;
            late_pracks_.erase(late_pracks_.begin() + static_cast<std::ptrdiff_t>(i));
            return respond(prack, transaction, 200);
        }
        return respond(prack, transaction, 481);
    }
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
    if (server_->reliable.acknowledged(now, timers_.t1)) transmit_reliable();
    if (answer_due && meaning != Meaning::answer) {
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
    if (fork.reliable.offered && full.body.empty()) full.body = declined_answer(*fork.description);
    if (is_session_description(full.body)) {
        fork.exchange.take(Direction::out, Carrier::prack);
        describe_ours(fork, full.body);
    }
    if (fork.reliable.offered) fork.description.reset();
    fork.reliable.owed = fork.reliable.offered = false;
    full.fields.push_back({"RAck", std::to_string(fork.reliable.last) + " "
                                       + std::to_string(fork.reliable.invite) + " INVITE"});
    send_request(now, fork, "PRACK", full, Purpose::prack);
}

template <Modelled M>
Refusal Session<M>::try_prack(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::prack)) return refused;
    if (const Refusal refused = offhook::check(options, "prack")) return refused;
    Fork<M>* chosen = nullptr;
    for (Fork<M>& fork : forks_) {
        const bool meant = options.fork == 0 || options.fork == fork.number;
        if (!chosen && meant && fork.reliable.owed) chosen = &fork;
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
    if (!fork || fork->phase >= Phase::gone) return;
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
        if (body && fork->exchange.take(Direction::in, Carrier::prack_success) == Meaning::answer)
            return emit(typename Events::Answer{{}, std::move(body), false, fork->number});
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

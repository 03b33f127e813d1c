#ifndef OFFHOOK_SESSION_UPDATING_HPP
#define OFFHOOK_SESSION_UPDATING_HPP

// UPDATE in both directions, the offers in UPDATE and PRACK, and what collides. RFC 3311, RFC 6337
// §4

#include "offhook/dialog/response_effect.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// The non-throwing update().
template <Modelled M>
Refusal Session<M>::try_update(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::update)) return refused;
    if (const Refusal refused = offhook::check(options, "update")) return refused;
    if (const Refusal refused = contact_refusal(options, "update")) return refused;
    Fork<M>* const fork = options.fork == 0 ? leading() : fork_numbered(options.fork);
    if (!fork || fork->phase >= Phase::leaving)
        return {Errc::unknown_handle,    "update",
                describe(state_, role_), "the number of a dialog that lives",
                "RFC 3311 §5.1",         {}};
    if (fork->peer_updates == Told::no)
        return {Errc::not_supported,     "update",
                describe(state_, role_), "UPDATE in the peer's Allow",
                "RFC 3311 §5.1",         "reinvite() changes a confirmed session"};
    if (!update_fits(*fork, options.body))
        return description_refusal("update", "an exchange that is complete, to make an offer",
                                   "RFC 3311 §5.1");
    Modification wanted{options};
    wanted.options.fork = fork->number;
    send_update(now, std::move(wanted));
    return {};
}

/// Whether an UPDATE with that body crosses nothing; one without an offer never does. RFC 6337 §4.3
template <Modelled M>
bool Session<M>::update_fits(const Fork<M>& fork, const Body& body) const noexcept {
    if (!is_session_description(body)) return true;
    return fork.exchange.established()
           && glare_status(Meeting::update_with_offer, open_modifications(fork)) == 0;
}

template <Modelled M>
void Session<M>::send_update(TimePoint now, Modification wanted) {
    Fork<M>& fork = *fork_numbered(wanted.options.fork);
    if (is_session_description(wanted.options.body))
        fork.exchange.take(Direction::out, Carrier::update);
    wanted.retry.reset();
    update_ = Update{std::move(wanted), 0, {}};
    if (fork.dialog.confirmed()) update_->refresh = fork.timer.request();
    update_->request = send_request(now, fork, "UPDATE", update_->options, Purpose::update).id;
}

template <Modelled M>
void Session<M>::on_update_response(TimePoint now, int status, const M* response) {
    Update done = std::move(*update_);
    update_.reset();
    Fork<M>* const found = fork_numbered(done.options.fork);
    if (!found || found->phase >= Phase::leaving) return;
    Fork<M>& fork = *found;
    const bool offered =
        fork.exchange.offered_by_us() && fork.exchange.carrier() == Carrier::update;
    if (status < 300) {
        fork.dialog.refresh_remote_target(*response);
        note_peer(fork, *response);
        note_packages(fork, *response);
        if (fork.dialog.confirmed()) start_timer(now, fork, done.refresh, *response);
        Body body = session_description(*response);
        const bool answered =
            body && fork.exchange.take(Direction::in, Carrier::update_success) == Meaning::answer;
        const bool missing = offered && !answered;
        if (!done.by_timer && !missing) emit(typename Events::Modified{{}, status, *response});
        if (answered) {
            describe_ours(fork, done.options.body);
            emit(typename Events::Answer{{}, std::move(body), false, fork.number});
        }
        tell_timer(fork);
        if (!missing) return;
    }
    if (offered) fork.exchange.fail();
    if (status == 491 && features_.on_glare == SessionFeatures::Glare::retry) {
        done.retry = now + glare_delay(role_, branches_.next_key().k0);
        done.request = 0;
        update_ = std::move(done);
        return;
    }
    const auto verdict =
        status < 300 ? SessionTimer::Verdict::keep
                     : fork.timer.refused(now, done.refresh, refresh_refusal_of(status, response));
    if (verdict == SessionTimer::Verdict::retry) return send_update(now, std::move(done));
    if (done.by_timer && (status == 405 || status == 501)) fork.peer_updates = Told::no;
    if (!done.by_timer)
        emit(typename Events::RolledBack{{},
                                         Party::local,
                                         status,
                                         done.options.body,
                                         response ? std::optional<M>(*response) : std::nullopt});
    const bool lost = verdict == SessionTimer::Verdict::end
                      || effect_of_response(status, "UPDATE") != ResponseEffect::transaction;
    if (lost) lose_peer(now, fork, status);
}

template <Modelled M>
void Session<M>::handle_update_timeout(TimePoint now) {
    if (!update_->retry || *update_->retry > now) return;
    Fork<M>* const fork = fork_numbered(update_->options.fork);
    if (!fork || fork->phase >= Phase::leaving) return update_.reset();
    if (update_fits(*fork, update_->options.body)) return send_update(now, std::move(*update_));
    update_->retry = now + glare_delay(role_, branches_.next_key().k0);
}

template <Modelled M>
void Session<M>::on_update(TimePoint now, Fork<M>& fork, const M& update,
                           TransactionId transaction) {
    Body offer = session_description(update);
    const Meeting meeting = offer ? Meeting::update_with_offer : Meeting::update;
    if (refuse_glare(fork, meeting, update, transaction)) return;
    if (const auto shortest = fork.timer.received(refresh_request_of(update))) {
        MessageOptions options;
        options.fields.push_back({"Min-SE", std::to_string(shortest->count())});
        return respond(update, transaction, 422, options);
    }
    note_peer(fork, update);
    if (offer) {
        fork.exchange.take(Direction::in, Carrier::update);
        open_.push_back({transaction, fork.number, update, offer, now + 32 * timers_.t1});
    } else {
        accept_update(now, fork, update, transaction, {});
    }
    emit(typename Events::Updated{{}, std::move(offer), update});
    if (meeting == Meeting::update) tell_timer(fork);
}

/// The 200 to an UPDATE, by which its refreshes take effect. RFC 6141 §4.6, RFC 4028 §9
template <Modelled M>
void Session<M>::accept_update(TimePoint now, Fork<M>& fork, const M& update,
                               TransactionId transaction, const MessageOptions& options) {
    fork.dialog.refresh_remote_target(update);
    M response = fork.dialog.response(update, 200, phrase_of(200, options));
    add_capabilities(response, features_, options.fields, &update);
    if (fork.dialog.confirmed()) {
        add_refresh(response, fork.timer.answer(now, refresh_request_of(update)));
        forget_ours(fork);
    }
    note_packages(fork, update);
    add_to(response, options);
    send({SendAs::response, std::move(response), {}, transaction, {}});
}

/// What is open in a dialog, as a set of Open. RFC 6337 §4.3
template <Modelled M>
unsigned Session<M>::open_modifications(const Fork<M>& fork) const noexcept {
    unsigned open = 0;
    const auto note = [&open](bool is, Open what) {
        if (is) open |= 1U << static_cast<unsigned>(what);
    };
    const OfferAnswer& exchange = fork.exchange;
    const bool calling = client_ && (fork.phase == Phase::early || fork.phase == Phase::answered);
    const bool reinviting = reinvite_ && (reinvite_->under_way() || reinvite_->ack_owed);
    note(calling || reinviting, Open::our_invite);
    note(static_cast<bool>(server_), Open::their_invite);
    for (const ServerRequest<M>& request : open_)
        note(request.fork == fork.number && Model::method(request.message) == "UPDATE",
             Open::their_update);
    note(exchange.offered_by_us() || ((calling || reinviting) && exchange.owes_offer()),
         Open::our_exchange);
    // An answer in a reliable 1xx counts once its PRACK has come. RFC 3311 §5.1
    const bool unanswered =
        server_ && (exchange.owes_offer() || server_->reliable.holds_description());
    note(exchange.offered_by_peer() || unanswered, Open::their_exchange);
    return open;
}

template <Modelled M>
bool Session<M>::refuse_glare(Fork<M>& fork, Meeting meeting, const M& request,
                              TransactionId transaction) {
    const int status = glare_status(meeting, open_modifications(fork));
    if (status == 0) return false;
    MessageOptions options;
    if (status == 500)
        options.fields.push_back({"Retry-After", std::to_string(branches_.next_key().k0 % 11)});
    respond(request, transaction, status, options);
    return true;
}

/// The UPDATE or PRACK whose offer waits for answer(), on that dialog or, for 0, on any; null where
/// there is none.
template <Modelled M>
ServerRequest<M>* Session<M>::offered(std::uint32_t fork) noexcept {
    for (ServerRequest<M>& request : open_)
        if (request.offer && (fork == 0 || request.fork == fork)) return &request;
    return nullptr;
}

/// A dialog is over while the session goes on: what waits in it gets 487. RFC 3261 §15.1.2
template <Modelled M>
void Session<M>::drop_open_of(const Fork<M>& fork) {
    std::erase_if(open_, [&](const ServerRequest<M>& request) {
        if (request.fork != fork.number || this->waiting_on(request.transaction)) return false;
        respond(request.message, request.transaction, 487);
        return true;
    });
}

/// The non-throwing answer().
template <Modelled M>
Refusal Session<M>::try_answer(TimePoint now, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::answer)) return refused;
    if (const Refusal refused = offhook::check(options, "answer")) return refused;
    if (const Refusal refused = contact_refusal(options, "answer")) return refused;
    if (!is_session_description(options.body))
        return description_refusal("answer", "the answer to the offer", "RFC 3311 §5.2");
    if (!offered(options.fork)) return no_offer_refusal("answer");
    const ServerRequest<M> request = std::move(*offered(options.fork));
    close_request(request.transaction);
    Fork<M>& fork = *fork_numbered(request.fork);
    if (Model::method(request.message) == "PRACK") {
        describe_ours(fork, options.body);
        fork.exchange.take(Direction::out, Carrier::prack_success);
        respond(request.message, request.transaction, 200, options);
        return {};
    }
    fork.exchange.take(Direction::out, Carrier::update_success);
    accept_update(now, fork, request.message, request.transaction, options);
    describe_ours(fork, options.body);
    tell_timer(fork);
    return {};
}

/// The non-throwing decline().
template <Modelled M>
Refusal Session<M>::try_decline(TimePoint /*now*/, int status, const MessageOptions& options) {
    if (const Refusal refused = refusal(Operation::decline)) return refused;
    if (const Refusal refused = offhook::check(options, "decline")) return refused;
    if (status < 400 || status > 699)
        return {Errc::bad_argument, "decline", {}, "a status of 400 to 699", "RFC 6337 §2.3", {}};
    if (!offered(options.fork)) return no_offer_refusal("decline");
    withdraw_offer(status, options);
    return {};
}

template <Modelled M>
Refusal Session<M>::no_offer_refusal(std::string_view tried) const {
    return {Errc::unknown_handle,    tried,
            describe(state_, role_), "the number of a dialog in which an offer waits",
            "RFC 3311 §5.2",         {}};
}

/// The offer of an UPDATE or PRACK is refused.
template <Modelled M>
void Session<M>::withdraw_offer(int status, const MessageOptions& options) {
    ServerRequest<M> request = std::move(*offered(options.fork));
    close_request(request.transaction);
    fork_numbered(request.fork)->exchange.fail();
    if (Model::method(request.message) == "PRACK") expect_prack_again(request);
    respond(request.message, request.transaction, status, options);
    emit(typename Events::RolledBack{
        {}, Party::remote, status, std::move(request.offer), std::nullopt});
}

template <Modelled M>
void Session<M>::close_request(TransactionId transaction) {
    std::erase_if(open_, [transaction](const ServerRequest<M>& request) {
        return request.transaction == transaction;
    });
}

/// The non-throwing move().
template <Modelled M>
Refusal Session<M>::try_move(TimePoint now, std::string_view contact,
                             const MessageOptions& options) {
    if (!is_safe_value(contact))
        return {Errc::unsafe_value, "move", {}, "values without CR, LF and NUL",
                "RFC 3261 §25.1",   {}};
    if (!detail::contact_uri(contact).is_sip())
        return {Errc::bad_argument, "move", {}, "a Contact with one SIP or SIPS URI",
                "RFC 3261 §12.2.1", {}};
    Fork<M>* const named = options.fork == 0 ? nullptr : fork_numbered(options.fork);
    Fork<M>* const fork = named ? named : leading();
    std::optional<Dialog<M>> before;
    if (fork) {
        before = fork->dialog;
        fork->dialog.set_local_contact(contact);
    }
    const bool early = state_ != State::confirmed;
    const bool updates =
        fork && fork->peer_updates != Told::no && (fork->peer_updates == Told::yes || early);
    Refusal refused = updates ? try_update(now, options) : try_reinvite(now, options);
    if (!refused) return {};
    if (fork) fork->dialog = std::move(*before);
    refused.tried = "move";
    return refused;
}

} // namespace offhook

#endif

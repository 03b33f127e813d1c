#ifndef OFFHOOK_SESSION_RETRYING_HPP
#define OFFHOOK_SESSION_RETRYING_HPP

// Requests of a Session that are sent again: with credentials, to another target, or with another
// session interval. RFC 3261 §8.1.3.4, §22.2, RFC 4028 §7.3

#include "offhook/message/contact.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/refresh_fields.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

/// Whether a response is a challenge that the application is asked about.
template <Modelled M>
bool Session<M>::asks(const M& response, std::uint8_t authentications) const {
    const int status = Model::status(response);
    return (status == 401 || status == 407)
           && features_.on_challenge == SessionFeatures::Decision::ask
           && authentications < features_.authentication_tries;
}

/// Whether the INVITE goes on after this final response, by itself or once the application has
/// decided.
template <Modelled M>
bool Session<M>::hold_invite(TimePoint now, M& response) {
    const int status = Model::status(response);
    if (status == 422
        && client_->timer.refused(now, client_->refresh, refresh_refusal_of(status, &response))
               == SessionTimer::Verdict::retry) {
        invite_again(now);
        return true;
    }
    const bool challenge = asks(response, client_->authentications);
    if (!challenge && !find_targets(response)) return false;
    forget_early_dialogs();
    client_->held = response;
    client_->decision = now + timers_.decision;
    client_->challenged = challenge;
    if (challenge) {
        emit(typename Events::Challenged{{}, client_->transaction, std::move(response)});
        return true;
    }
    std::vector<std::string> targets;
    for (const RedirectTargets::Target& target : client_->targets->waiting())
        targets.push_back(target.uri);
    emit(typename Events::Redirected{{}, status, std::move(response), std::move(targets)});
    return true;
}

/// Collects the targets of a 3xx; a failure at one of them leaves the others. The Contact of a 305
/// is a proxy and no other place of the callee, so it is left to the application.
/// RFC 3261 §8.1.3.4, §21.3.4
template <Modelled M>
bool Session<M>::find_targets(const M& response) {
    const int status = Model::status(response);
    if (features_.on_redirect != SessionFeatures::Decision::ask || status >= 600) return false;
    if (status < 400 && status != 305) {
        if (!client_->targets)
            client_->targets =
                RedirectTargets(client_->options.target, client_->options.redirections);
        for (std::size_t n = 0;; ++n) {
            const auto line = Model::header(response, Header::contact, n);
            if (!line) break;
            const std::string_view text = *line;
            for (const std::string_view value : ListRange(text))
                if (const auto contact = Contact::parse(value)) client_->targets->add(*contact);
        }
    }
    return client_->targets && !client_->targets->waiting().empty();
}

template <Modelled M>
void Session<M>::forget_early_dialogs() {
    end_early_dialogs();
    if (update_ && !update_->by_timer)
        emit(typename Events::RolledBack{{}, Party::local, 487, update_->options.body});
    drop_open();
    std::erase_if(forks_, [](const Fork<M>& fork) { return fork.phase == Phase::gone; });
    leading_ = forks_.size();
    take(SessionStep::lose_early);
    this->end_orphans();
}

/// The INVITE once more, as a new transaction of the same call. RFC 3261 §8.1.3.5
template <Modelled M>
void Session<M>::invite_again(TimePoint now) {
    forget_early_dialogs();
    const auto from_text = Model::header(client_->message, Header::from, 0);
    const auto call_id_text = Model::header(client_->message, Header::call_id, 0);
    const std::string tag(NameAddr::parse(*from_text)->tag());
    const std::string call_id(*call_id_text);
    const std::uint8_t authentications = client_->authentications;
    InviteRequest<M> again =
        first_invite(now, client_->options, client_->timer, tag, call_id, client_->number + 1);
    static_cast<InviteRequest<M>&>(*client_) = std::move(again);
    client_->authentications = authentications;
    transmit(*client_);
}

template <Modelled M>
void Session<M>::reinvite_again(TimePoint now) {
    Reinvite<M> before = std::move(*reinvite_);
    send_reinvite(now, std::move(static_cast<Modification&>(before)), before.authentications);
}

namespace detail {

/// Puts credentials in the place of those before. RFC 3261 §22.1
template <class Field>
void set_credentials(std::vector<Field>& fields, const std::vector<Field>& credentials) {
    std::erase_if(fields, [](const Field& field) {
        const Header name = header_from(field.name);
        return name == Header::authorization || name == Header::proxy_authorization;
    });
    fields.insert(fields.end(), credentials.begin(), credentials.end());
}

} // namespace detail

/// The non-throwing authenticate().
template <Modelled M>
Refusal Session<M>::try_authenticate(TimePoint now, TransactionId request,
                                     const std::vector<HeaderField>& credentials) {
    if (const Refusal refused = refusal(Operation::authenticate)) return refused;
    MessageOptions options;
    options.fields = credentials;
    if (const Refusal refused = offhook::check(options, "authenticate")) return refused;
    if (client_ && client_->held && client_->transaction == request) {
        ++client_->authentications;
        detail::set_credentials(client_->options.fields, credentials);
        invite_again(now);
        return {};
    }
    if (reinvite_ && reinvite_->held && reinvite_->transaction == request) {
        ++reinvite_->authentications;
        detail::set_credentials(reinvite_->options.fields, credentials);
        reinvite_->held.reset();
        reinvite_->decision.reset();
        reinvite_->retry = now;
        handle_reinvite_timeout(now); // at once, unless the peer has begun a change. §14.1
        return {};
    }
    for (ClientRequest<M>& sent : requests_) {
        Fork<M>* const fork = fork_numbered(sent.fork);
        if (sent.id != request || !sent.held || !fork) continue;
        // A subscription that has ended meanwhile asks for nothing any more.
        const bool ended = sent.purpose == Purpose::usage && !this->usage(sent.usage);
        if (ended && sent.method != "NOTIFY") continue;
        ++sent.authentications;
        detail::set_credentials(sent.options.fields, credentials);
        build_request(now, *fork, sent);
        return {};
    }
    return {Errc::unknown_handle,    "authenticate",
            describe(state_, role_), "the number of a request that was challenged",
            "RFC 3261 §22.2",        {}};
}

/// The non-throwing follow().
template <Modelled M>
Refusal Session<M>::try_follow(TimePoint now, std::string_view target) {
    if (const Refusal refused = refusal(Operation::follow)) return refused;
    InviteOptions options = client_->options;
    options.target = as_request_uri(target);
    // They were made for another Request-URI, and for whoever had asked for them. §22.1
    detail::set_credentials<HeaderField>(options.fields, {});
    if (const Refusal refused = check(options)) {
        Refusal named = refused;
        named.tried = "follow";
        return named;
    }
    if (!client_->targets->choose(target))
        return {Errc::unknown_handle,    "follow",
                describe(state_, role_), "one of the targets that Redirected named",
                "RFC 3261 §8.1.3.4",     {}};
    // To stays what it was, so that the new target sees who was called. RFC 3261 §8.1.3.4
    if (options.to.empty()) options.to = "<" + detail::as_to_uri(client_->options.target) + ">";
    client_->options = std::move(options);
    client_->authentications = 0;
    invite_again(now);
    return {};
}

template <Modelled M>
bool Session<M>::give_up(TimePoint now, TransactionId request) {
    if (client_ && client_->held && client_->transaction == request) {
        fail_invite(M(*client_->held));
        return true;
    }
    if (reinvite_ && reinvite_->held && reinvite_->transaction == request) {
        const M refusal = *reinvite_->held;
        fail_reinvite(now, Model::status(refusal), refusal);
        return true;
    }
    for (const ClientRequest<M>& sent : requests_) {
        if (sent.id != request || !sent.held) continue;
        const M refusal = *sent.held;
        finish_request(now, request, Model::status(refusal), &refusal);
        return true;
    }
    return false;
}

/// A 2xx to an INVITE that has been sent again meanwhile, as a proxy may still pass one on: what it
/// made is not the call that is wanted now. RFC 3261 §13.2.2.4, §16.7
template <Modelled M>
void Session<M>::on_earlier_success(TimePoint now, const M& success, std::uint32_t number) {
    if (const Fork<M>* const known = fork_of(success)) {
        repeat_ack(known->number, number);
        return;
    }
    const bool led = leading() != nullptr;
    Fork<M>* const fork = fork_of_response(success);
    if (!fork) return;
    if (!led) leading_ = forks_.size();
    take_description(*fork, success);
    InviteRequest<M> earlier = *client_;
    earlier.number = number;
    send_ack(now, *fork, earlier, {});
    send_bye(now, *fork, {});
}

} // namespace offhook

#endif

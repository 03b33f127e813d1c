#ifndef OFFHOOK_ENDPOINT_AUTHENTICATING_HPP
#define OFFHOOK_ENDPOINT_AUTHENTICATING_HPP

// Endpoint's answers to those who challenge its requests. RFC 3261 §22.2, §22.3

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

/// What an Endpoint with accounts asks of its sessions: it decides itself.
template <RandomSource R>
void BasicEndpoint<R>::ask_for_challenges(SessionFeatures& features) const {
    if (config_.accounts.empty()) return;
    features.on_challenge = SessionFeatures::Decision::ask;
    const std::size_t tries = config_.limits.authentication_tries;
    features.authentication_tries = static_cast<std::uint8_t>(tries < 255 ? tries : 255);
}

/// Shows credentials to those in the call who have asked before.
template <RandomSource R>
void BasicEndpoint<R>::authorize(const Owner& owner, Outgoing<Message>& out) {
    if (out.as == SendAs::cancel) return;
    if (Call* const call = calls_.find(owner.call); call && call->authenticator)
        call->authenticator->authorize(out.message, out.transaction, random_);
}

/// Answers a challenge where there is an account for it; else the application is asked, if that is
/// what it wants, or the request has failed. True where the application hears nothing of it.
template <RandomSource R>
bool BasicEndpoint<R>::settle(TimePoint now, CallId id,
                              const typename Session::Challenged& challenged) {
    Call& call = *calls_.find(id);
    if (!call.authenticator) call.authenticator = BasicAuthenticator<R>(config_.accounts);
    const DigestDecision decision = call.authenticator->challenged(
        challenged.request, challenged.message, config_.limits.authentication_tries);
    if (decision.outcome == DigestOutcome::retry) {
        try_again(now, id, challenged.request);
        return true;
    }
    if (call.asks) return false;
    call.session.give_up(now, challenged.request);
    return true;
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_again(TimePoint now, CallId id, TransactionId request) {
    Call& call = *calls_.find(id);
    // The credentials are put on as it leaves, like those of every other request.
    if (const Refusal refused = call.session.try_authenticate(now, request, {})) return refused;
    auto out = call.session.poll_transmit();
    if (!out) return {}; // something else changes the session: it leaves by the timer
    call.authenticator->sent_again(request, out->transaction);
    deliver(now, Owner{id, {}, out->transaction, {}}, std::move(*out));
    return {};
}

/// A request outside of sessions got 401 or 407: whether it is sent again.
template <RandomSource R>
bool BasicEndpoint<R>::request_again(TimePoint now, RequestId id, const Message& response) {
    Request* const request = requests_.find({id.index, id.generation});
    if (!request || !request->retry) return false;
    Retry& retry = *request->retry;
    const TransactionId number = retry.out.transaction; // its CSeq number too: below 2³¹
    if (number == 0x7fffffff) return false;
    const DigestDecision decision =
        retry.authenticator.challenged(number, response, config_.limits.authentication_tries);
    if (decision.outcome != DigestOutcome::retry) return false;
    // As a new transaction of the same call. RFC 3261 §8.1.3.5
    retry.authenticator.sent_again(number, ++retry.out.transaction);
    retry.out.branch = "z9hG4bK" + random_.token(128);
    const std::string method(retry.out.message.method());
    retry.out.message.set(Header::cseq, std::to_string(retry.out.transaction) + " " + method);
    Outgoing<Message> out = retry.out;
    retry.authenticator.authorize(out.message, out.transaction, random_);
    deliver(now, Owner{{}, id, out.transaction, {}}, std::move(out));
    return true;
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_authenticate_as(TimePoint now, TransactionId request,
                                                  DigestAccount account) {
    auto* const call = endpoint_->find(id_);
    if (!call) return refusal(Operation::authenticate);
    if (const Refusal refused = call->session.refusal(Operation::authenticate)) return refused;
    if (const Refusal unsafe = DigestAccounts{}.try_set(account)) return unsafe;
    const auto outcome = call->authenticator
                             ? call->authenticator
                                   ->named(request, std::move(account),
                                           endpoint_->config_.limits.authentication_tries)
                                   .outcome
                             : DigestOutcome::unknown_realm;
    if (outcome != DigestOutcome::retry)
        return {Errc::bad_argument,
                "authenticate_as",
                {},
                "an account of a realm that has asked, and not the one that it has rejected",
                "RFC 3261 §22.1",
                {}};
    const auto id = Endpoint::private_id(id_);
    if (const Refusal refused = endpoint_->try_again(now, id, request)) return refused;
    endpoint_->drain(now, id);
    endpoint_->pump(now);
    return {};
}

template <class Endpoint>
void SessionRef<Endpoint>::authenticate_as(TimePoint now, TransactionId request,
                                           DigestAccount account) {
    if (const Refusal refused = try_authenticate_as(now, request, std::move(account)))
        raise(refused);
}

} // namespace offhook

#endif

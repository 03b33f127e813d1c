#ifndef OFFHOOK_ENDPOINT_CHALLENGING_HPP
#define OFFHOOK_ENDPOINT_CHALLENGING_HPP

// How an application that wants to know its callers asks them for credentials. RFC 3261 §22.2

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "offhook/auth/auth_field.hpp"
#include "offhook/auth/digest_claim.hpp"
#include "offhook/auth/digest_server.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/message_model.hpp"

namespace offhook {

/// A request as a digest sees it; a view of the message.
inline DigestRequest digest_request_of(const Message& request) {
    return {request.method(), request.request_uri(), request.body()};
}

/// Who has sent a request: that of an event::Incoming, Reinvited or Request. `secret_of(claim)`
/// gives the DigestSecret of the user that the DigestClaim names, whose text has to outlive the
/// call; where that takes longer, read() and verify() do it in two steps.
///
///     const DigestVerdict verdict = identify(server, now, e.invite, secret_of);
///     if (verdict.standing == DigestStanding::accepted) …
template <class Server, class SecretOf>
DigestVerdict identify(Server& server, TimePoint now, const Message& request,
                       SecretOf&& secret_of) {
    const DigestRequest asked = digest_request_of(request);
    const auto reading = server.read(now, asked, credentials_of(request, server.options().by));
    if (const auto* const refused = std::get_if<DigestVerdict>(&reading)) return *refused;
    const auto& claim = std::get<DigestClaim>(reading);
    return server.verify(claim, asked, secret_of(claim));
}

/// The response to a request whose sender has not been accepted.
struct Demand {
    int status;                  ///< 401, 407, or 400 for credentials that are malformed
    MessageOptions options = {}; ///< with the challenges, or a phrase that says what is wrong
};

/// What reject() and respond() take: 401 or 407 with the challenges, or 400.
///
///     const Demand demand = demand_of(server, now, verdict);
///     session.reject(now, demand.status, demand.options);
template <class Server>
Demand demand_of(Server& server, TimePoint now, const DigestVerdict& verdict) {
    if (verdict.standing == DigestStanding::bad_request) {
        Demand bad{400};
        bad.options.phrase = "Bad " + std::string(verdict.fault.rule);
        return bad;
    }
    Demand demand{challenge_status(server.options().by)};
    const Stale stale = verdict.standing == DigestStanding::stale ? Stale::yes : Stale::no;
    for (AuthField& field : server.challenges(now, stale))
        demand.options.fields.push_back({std::string(name_of(field.name)), std::move(field.value)});
    return demand;
}

} // namespace offhook

#endif

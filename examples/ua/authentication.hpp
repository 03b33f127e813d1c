#ifndef OFFHOOK_EXAMPLES_UA_AUTHENTICATION_HPP
#define OFFHOOK_EXAMPLES_UA_AUTHENTICATION_HPP

// Who is who: --user and --password answer challenges, --require-auth makes them.

#include "commands.hpp"
#include "offhook/endpoint/challenging.hpp"
#include "offhook/message/challenge.hpp"

namespace ua {

/// The realm that asks; the user named on the command line is good for each, but tries once.
inline void Agent::on(const event::Challenged& e) {
    const int number = number_of(e.session);
    std::string realm;
    for (const AuthField& field : challenges_of(e.message))
        if (const auto challenge = Challenge::parse(field.value); challenge && realm.empty())
            realm = unquote(challenge->realm());
    emit("challenged", number, Json().add("code", e.message.status()).add("realm", realm));
    const bool answered = !options_.user.empty()
                          && !endpoint_.session(e.session).try_authenticate_as(
                              now(), e.request, {realm, options_.user, options_.password});
    if (!answered) endpoint_.session(e.session).give_up(now(), e.request);
}

/// Whether the caller of an INVITE has shown who it is; else it is asked.
inline bool Agent::admit(const event::Incoming& e) {
    if (options_.require_auth.empty()) return true;
    const std::size_t colon = options_.require_auth.find(':');
    const std::string_view name = std::string_view(options_.require_auth).substr(0, colon);
    const std::string_view secret = std::string_view(options_.require_auth).substr(colon + 1);
    const auto verdict = identify(*guard_, now(), e.invite, [&](const DigestClaim& claim) {
        return claim.user == name ? DigestSecret::password(secret) : DigestSecret::unknown_user();
    });
    if (verdict.standing == DigestStanding::accepted) return true;
    Demand demand = demand_of(*guard_, now(), verdict);
    if (!options_.algorithm.empty())
        std::erase_if(demand.options.fields, [&](const HeaderField& field) {
            return field.value.find("algorithm=" + options_.algorithm + ",") == std::string::npos;
        });
    emit("challenging", 0, Json().add("code", demand.status));
    (void)endpoint_.session(e.session).try_reject(now(), demand.status, demand.options);
    return false;
}

} // namespace ua

#endif

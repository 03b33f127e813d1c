#ifndef OFFHOOK_TESTS_SUPPORT_GUARD_HPP
#define OFFHOOK_TESTS_SUPPORT_GUARD_HPP

#include <string>
#include <string_view>

#include "offhook/auth/digest_server.hpp"
#include "offhook/endpoint/challenging.hpp"

#include "wire.hpp"

namespace offhook::test {

/// A user agent or proxy that wants credentials: bob's password is zanzibar.
template <class Server = DigestServer>
struct Guard {
    explicit Guard(Challenger by = Challenger::user_agent, DigestServerOptions options = {})
        : server((options.by = by,
                  options.realm = options.realm.empty() ? "biloxi.example" : options.realm,
                  options),
                 HashKey{1, 2}) {}

    /// The 401 or 407 that answers a request, as bytes.
    std::string demand(TimePoint now, const Message& request, Stale stale = Stale::no) {
        std::string lines;
        for (const AuthField& field : server.challenges(now, stale))
            lines += std::string(name_of(field.name)) + ":" + field.value + "|";
        return response(request, challenge_status(server.options().by), "guard", lines);
    }
    DigestVerdict verdict(TimePoint now, const Message& request) {
        return identify(server, now, request, [](const DigestClaim& claim) {
            return claim.user == "bob" ? DigestSecret::password("zanzibar")
                                       : DigestSecret::unknown_user();
        });
    }
    bool accepts(TimePoint now, const Message& request) {
        return verdict(now, request).standing == DigestStanding::accepted;
    }

    Server server;
};

/// A parameter of the only credentials in a request.
inline std::string shown(const Message& request, std::string_view name) {
    for (const Challenger to : {Challenger::user_agent, Challenger::proxy}) {
        for (const AuthField& field : credentials_of(request, to)) {
            const auto credentials = Credentials::parse(field.value);
            return credentials ? std::string(credentials->parameters.value(name)) : "?";
        }
    }
    return "";
}

} // namespace offhook::test

#endif

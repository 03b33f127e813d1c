#ifndef OFFHOOK_AUTH_DIGEST_SERVER_OPTIONS_HPP
#define OFFHOOK_AUTH_DIGEST_SERVER_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/auth/auth_field.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/safe_value.hpp"

namespace offhook {

/// What a server asks of its clients.
struct DigestServerOptions {
    /// Globally unique, and readable: it is shown to users. RFC 3261 §22.1
    std::string realm;
    Challenger by = Challenger::user_agent; ///< which of 401 and 407 it answers with
    /// What a client may choose from; at least one.
    bool auth = true;
    bool auth_int = false; ///< over the body too
    /// The "-sess" variants of the algorithms in place of the plain ones.
    bool session = false;
    /// Takes digests without a qop too, as clients of RFC 2543 make them, each nonce once. Whoever
    /// sits between can then strip the qop from a challenge. RFC 3261 §22.4
    bool without_qop = false;
    /// How long a nonce can be used; then the client is asked again with stale=true.
    Duration nonce_lifetime = std::chrono::minutes(5);
    /// Nonces in use at once, 16 bytes each; with more of them clients are asked again more often.
    std::size_t nonces = 1024;
    /// Besides the Request-URI itself, the URIs that a digest may be made for: proxies rewrite the
    /// Request-URI on the way, so a user agent has its address of record here. RFC 8760 §2.6
    std::vector<std::string> own_uris = {};
};

/// What the constructor of a server throws: UnsafeValue where the realm holds CR, LF or NUL, and
/// BadArgument where there is no realm or no qop to choose.
inline Refusal check(const DigestServerOptions& options) {
    constexpr std::string_view tried = "DigestServer";
    if (!is_safe_value(options.realm)) {
        return {Errc::unsafe_value, tried, {}, "a realm without CR, LF and NUL", "RFC 3261 §25.1"};
    }
    if (options.realm.empty())
        return {Errc::bad_argument, tried, {}, "a realm, globally unique", "RFC 3261 §22.1"};
    if (!options.auth && !options.auth_int)
        return {Errc::bad_argument, tried, {}, "auth, auth_int or both", "RFC 8760 §2.6"};
    return {};
}

} // namespace offhook

#endif

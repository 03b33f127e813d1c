#ifndef OFFHOOK_MESSAGE_CHALLENGE_HPP
#define OFFHOOK_MESSAGE_CHALLENGE_HPP

#include <string_view>

#include "offhook/message/auth_parameters.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What a server wants to be shown: WWW-Authenticate, Proxy-Authenticate.
///
///     challenge       = ("Digest" LWS digest-cln *(COMMA digest-cln)) / other-challenge
///     other-challenge = auth-scheme LWS auth-param *(COMMA auth-param)
///
/// RFC 3261 §20.27, §20.44. The field is no list: one challenge is one line. Accessors give what
/// stands between the quotes, empty where it is missing.
struct Challenge {
    std::string_view scheme;   ///< "Digest"
    AuthParameters parameters; ///< realm, nonce … with their quotes

    /// The field value; refused where a parameter is there twice or there are too many.
    static constexpr Parsed<Challenge> parse(std::string_view text);

    /// Whether the others mean what they say here: of another scheme nothing is known.
    constexpr bool is_digest() const { return iequals(scheme, "Digest"); }
    /// For whose users it is; shown to them. RFC 7616 §3.3
    constexpr std::string_view realm() const { return parameters.value("realm"); }
    /// What the digest has to be made with.
    constexpr std::string_view nonce() const { return parameters.value("nonce"); }
    /// What is to be sent back as it is.
    constexpr std::string_view opaque() const { return parameters.value("opaque"); }
    /// The URIs that the credentials are good for, blanks between them. RFC 7616 §3.3
    constexpr std::string_view domain() const { return parameters.value("domain"); }
    /// Missing means MD5. RFC 7616 §3.3
    constexpr std::string_view algorithm() const { return parameters.value("algorithm"); }
    /// The list of what a digest may cover: "auth,auth-int"; see offers_qop().
    constexpr std::string_view qop() const { return parameters.value("qop"); }
    /// Whether the qop options hold that one.
    constexpr bool offers_qop(std::string_view option) const {
        for (const std::string_view each : ListRange(qop()))
            if (iequals(each, option)) return true;
        return false;
    }
    /// Whether only the nonce was too old.
    constexpr bool stale() const { return iequals(parameters.value("stale"), "true"); }
};

constexpr Parsed<Challenge> Challenge::parse(std::string_view text) {
    Scanner in(text);
    Challenge value;
    in.skip_lws();
    value.scheme = in.token();
    if (value.scheme.empty() || !in.skip_lws()) return in.error("auth-scheme");
    if (const ParseError error = value.parameters.read(in)) return error;
    return value;
}

} // namespace offhook

#endif

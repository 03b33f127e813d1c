#ifndef OFFHOOK_AUTH_DIGEST_CLAIM_HPP
#define OFFHOOK_AUTH_DIGEST_CLAIM_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/message/parsed.hpp"

namespace offhook {

/// What the server knows of a user: a view of the caller's text.
struct DigestSecret {
    /// What the text is.
    enum class Kind : unsigned char { unknown_user, password, ha1 };
    Kind kind = Kind::unknown_user; ///< unknown_user: there is no such user, and no text
    std::string_view text = {};     ///< the password or the H(A1); empty for an unknown user

    /// The password itself, UTF-8.
    static constexpr DigestSecret password(std::string_view text) { return {Kind::password, text}; }
    /// H(A1) by the claim's hash, lower-case as digest_ha1() gives it.
    static constexpr DigestSecret ha1(std::string_view text) { return {Kind::ha1, text}; }
    /// Takes as long as a wrong password, and looks the same.
    static constexpr DigestSecret unknown_user() { return {}; }
};

/// How a request stands. A later one says more about a request that has several credentials.
enum class DigestStanding : unsigned char {
    accepted,    ///< it is from the user
    challenge,   ///< no credentials for us, or wrong ones: send challenges(now, Stale::no)
    bad_request, ///< 400: malformed, incomplete, or made for another URI
    stale        ///< right but too old or used already: send challenges(now, Stale::yes)
};

/// What a server makes of a request's credentials.
struct DigestVerdict {
    DigestStanding standing = DigestStanding::challenge; ///< and so what to answer
    std::string user = {};                               ///< of an accepted request
    ParseError fault = {}; ///< of a bad one: a byte in the value of its header field

    friend bool operator==(const DigestVerdict&, const DigestVerdict&) = default;
};

/// Credentials that are worth a look at the user's secret. The caller fetches it, be it at once or
/// later, and asks verify().
struct DigestClaim {
    std::string user;      ///< as the client names himself: not verified yet
    std::string_view hash; ///< of the H(A1) that is wanted: "SHA-256"
    std::string uri;       ///< that the digest is made for
    std::string line;      ///< the credentials as they came
    std::uint64_t serial;  ///< of the nonce
};

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_CREDENTIALS_HPP
#define OFFHOOK_MESSAGE_CREDENTIALS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/auth_parameters.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What a client shows: Authorization, Proxy-Authorization.
///
///     credentials    = ("Digest" LWS digest-response) / other-response
///     other-response = auth-scheme LWS auth-param *(COMMA auth-param)
///     nc-value       = 8LHEX
///
/// RFC 3261 §20.7, §20.28. The field is no list. Accessors give what stands between the quotes,
/// empty where it is missing.
struct Credentials {
    std::string_view scheme;   ///< "Digest"
    AuthParameters parameters; ///< realm, nonce … with their quotes

    /// The field value; refused where a parameter is there twice or there are too many.
    static constexpr Parsed<Credentials> parse(std::string_view text);

    /// Whether the others mean what they say here: of another scheme nothing is known.
    constexpr bool is_digest() const { return iequals(scheme, "Digest"); }
    /// Who the client says that he is; escapes stay.
    constexpr std::string_view username() const { return parameters.value("username"); }
    /// The challenge's; escapes stay.
    constexpr std::string_view realm() const { return parameters.value("realm"); }
    /// The challenge's.
    constexpr std::string_view nonce() const { return parameters.value("nonce"); }
    /// What the digest is made for: the Request-URI as the client knew it.
    constexpr std::string_view uri() const { return parameters.value("uri"); }
    /// The digest itself: 32 hexadecimal digits for MD5, 64 for SHA-256.
    constexpr std::string_view response() const { return parameters.value("response"); }
    /// Missing means MD5. RFC 7616 §3.4
    constexpr std::string_view algorithm() const { return parameters.value("algorithm"); }
    /// The client's nonce.
    constexpr std::string_view cnonce() const { return parameters.value("cnonce"); }
    /// The challenge's, sent back as it is.
    constexpr std::string_view opaque() const { return parameters.value("opaque"); }
    /// What the digest covers: "auth", "auth-int"; empty in the way of RFC 2069.
    constexpr std::string_view qop() const { return parameters.value("qop"); }
    /// Nothing where it is missing or not of eight hexadecimal digits.
    constexpr std::optional<std::uint32_t> nonce_count() const;
};

constexpr std::optional<std::uint32_t> Credentials::nonce_count() const {
    const std::string_view text = parameters.value("nc");
    if (text.size() != 8) return std::nullopt;
    std::uint32_t count = 0;
    for (const char c : text) {
        if (!is_hex(c)) return std::nullopt;
        count =
            count * 16 + static_cast<std::uint32_t>(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
    }
    return count;
}

constexpr Parsed<Credentials> Credentials::parse(std::string_view text) {
    Scanner in(text);
    Credentials value;
    in.skip_lws();
    value.scheme = in.token();
    if (value.scheme.empty() || !in.skip_lws()) return in.error("auth-scheme");
    if (const ParseError error = value.parameters.read(in)) return error;
    return value;
}

} // namespace offhook

#endif

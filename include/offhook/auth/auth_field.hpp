#ifndef OFFHOOK_AUTH_AUTH_FIELD_HPP
#define OFFHOOK_AUTH_AUTH_FIELD_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/message/header.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// Who asks for credentials: each side has a status and header fields of its own.
enum class Challenger : unsigned char {
    user_agent, ///< a UAS, registrar or redirect server: 401. RFC 3261 §22.2
    proxy       ///< 407. RFC 3261 §22.3
};

/// The status of its challenges.
constexpr int challenge_status(Challenger by) noexcept {
    return by == Challenger::proxy ? 407 : 401;
}
/// The header field of its challenges.
constexpr Header challenge_header(Challenger by) noexcept {
    return by == Challenger::proxy ? Header::proxy_authenticate : Header::www_authenticate;
}
/// The header field of what answers them.
constexpr Header credentials_header(Challenger by) noexcept {
    return by == Challenger::proxy ? Header::proxy_authorization : Header::authorization;
}

/// Whether a request may be challenged, and so carries credentials of its own. Nobody can answer
/// for an ACK, which repeats the credentials of its INVITE as they are, nor send a CANCEL again. A
/// server does not ask for credentials in these two: the ACK belongs to an INVITE whose credentials
/// it has accepted, and the CANCEL to one that it has. RFC 3261 §22.1
constexpr bool is_challengeable(std::string_view method) noexcept {
    return method != "ACK" && method != "CANCEL";
}

/// A request as a digest sees it.
struct DigestRequest {
    std::string_view method;    ///< case-sensitive
    std::string_view uri;       ///< the Request-URI
    std::string_view body = {}; ///< the whole of it
};

/// A line of one of the four header fields of authentication. None of them is a list: where there
/// is more to say there are more lines. RFC 3261 §20.7
struct AuthField {
    Header name;       ///< one of the four: challenge_header(), credentials_header()
    std::string value; ///< the scheme and its parameters

    friend bool operator==(const AuthField&, const AuthField&) = default;
};

namespace detail {

template <Modelled M>
void collect(const M& message, Header name, std::vector<AuthField>& fields) {
    for (std::size_t n = 0;; ++n) {
        const auto line = MessageModel<M>::header(message, name, n);
        if (!line) return;
        fields.push_back({name, std::string(*line)});
    }
}

} // namespace detail

/// What a response asks for, by the user agent and by proxies: a forking proxy may put both into
/// one. In the order in which they stand. RFC 3261 §22.3, RFC 8760 §2.5
template <Modelled M>
std::vector<AuthField> challenges_of(const M& response) {
    std::vector<AuthField> fields;
    for (const Challenger by : {Challenger::user_agent, Challenger::proxy})
        detail::collect(response, challenge_header(by), fields);
    return fields;
}

/// What a request shows to that side.
template <Modelled M>
std::vector<AuthField> credentials_of(const M& request, Challenger to) {
    std::vector<AuthField> fields;
    detail::collect(request, credentials_header(to), fields);
    return fields;
}

} // namespace offhook

#endif

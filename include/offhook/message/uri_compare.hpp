#ifndef OFFHOOK_MESSAGE_URI_COMPARE_HPP
#define OFFHOOK_MESSAGE_URI_COMPARE_HPP

#include <cstddef>
#include <string_view>

#include "offhook/core/address.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

namespace detail {

// RFC 5954 §4.2: addresses are compared as addresses, however they are written.
inline bool same_host(std::string_view a, std::string_view b) {
    if (iequals(a, b)) return true;
    const auto x = Address::parse(a, 0);
    const auto y = Address::parse(b, 0);
    return x && y && *x == *y;
}

// A parameter of both must match; one of these in a single URI never does.
inline bool parameters_match(const Uri& from, const Uri& to) {
    for (std::string_view rest = from.parameters; !rest.empty();) {
        const UriField field = take_uri_field(rest, ';');
        const auto other = to.parameter(field.name);
        if (other) {
            if (!same_uri_text(field.value, *other, UriCase::insensitive)) return false;
            continue;
        }
        for (const std::string_view name : {"user", "ttl", "method", "maddr", "transport"})
            if (same_uri_text(field.name, name, UriCase::insensitive)) return false;
    }
    return true;
}

inline std::size_t count_header(std::string_view headers, const UriField& wanted) {
    const bool has_case = same_uri_text(wanted.name, "Call-ID", UriCase::insensitive)
                          || same_uri_text(wanted.name, "body", UriCase::insensitive);
    std::size_t count = 0;
    while (!headers.empty()) {
        const UriField field = take_uri_field(headers, '&');
        if (same_uri_text(field.name, wanted.name, UriCase::insensitive)
            && same_uri_text(field.value, wanted.value,
                             has_case ? UriCase::sensitive : UriCase::insensitive)) {
            ++count;
        }
    }
    return count;
}

// Each header field as often in one as in the other, in any order.
inline bool headers_match(const Uri& from, const Uri& to) {
    for (std::string_view rest = from.headers; !rest.empty();) {
        const UriField field = take_uri_field(rest, '&');
        if (count_header(from.headers, field) != count_header(to.headers, field)) return false;
    }
    return true;
}

} // namespace detail

/// Whether two URIs name the same. Not transitive: what only one URI says about an unknown
/// parameter is ignored. URIs that are neither SIP nor SIPS are the same only as text, but for the
/// case of the scheme. RFC 3261 §19.1.4, RFC 5954 §4.2
inline bool equivalent(const Uri& a, const Uri& b) {
    if (!iequals(a.scheme, b.scheme)) return false;
    if (!a.is_sip()) return a.opaque() == b.opaque();
    return a.port == b.port && a.has_password() == b.has_password()
           && detail::same_host(a.host, b.host) && same_uri_text(a.user, b.user, UriCase::sensitive)
           && same_uri_text(a.password, b.password, UriCase::sensitive)
           && detail::parameters_match(a, b) && detail::parameters_match(b, a)
           && detail::headers_match(a, b) && detail::headers_match(b, a);
}

} // namespace offhook

#endif

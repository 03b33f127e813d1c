#ifndef OFFHOOK_MESSAGE_URI_HEADERS_HPP
#define OFFHOOK_MESSAGE_URI_HEADERS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/message/characters.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// Who answers for a header field that a URI asks for. RFC 3261 §19.1.5
enum class UriHeaderUse : unsigned char {
    dangerous, ///< not to be honoured: it would forge, misroute or advertise what is not so
    described, ///< of the body or the time: only where it is true
    allowed,   ///< as the application decides
};

/// What the RFC says of the header field; `allowed` where it says nothing.
constexpr UriHeaderUse uri_header_use(Header id) noexcept {
    switch (id) {
    case Header::to: // this and Max-Forwards stand in every request already
    case Header::max_forwards:
    case Header::from:
    case Header::call_id:
    case Header::cseq:
    case Header::via:
    case Header::record_route:
    case Header::route:
    case Header::accept:
    case Header::accept_encoding:
    case Header::accept_language:
    case Header::allow:
    case Header::contact:
    case Header::organization:
    case Header::supported:
    case Header::user_agent: return UriHeaderUse::dangerous;
    case Header::content_disposition:
    case Header::content_encoding:
    case Header::content_language:
    case Header::content_length:
    case Header::content_type:
    case Header::date:
    case Header::mime_version:
    case Header::timestamp: return UriHeaderUse::described;
    default: return UriHeaderUse::allowed;
    }
}

/// What a URI wants in the request that is made from it, unescaped: a Refer-To with a Replaces, a
/// link on a web page.
///
///     headers = "?" header *( "&" header )
///     header  = hname "=" hvalue
///
/// RFC 3261 §19.1.1. Whoever wrote the URI may have escaped anything: a name that is no token, and
/// a CR, LF or NUL in a value, are refused here, so that no value can bring a second header field.
struct UriHeaders {
    /// One header field that the URI asks for.
    struct Field {
        std::string name;  ///< a token, unescaped
        std::string value; ///< unescaped, without CR, LF and NUL

        /// The field's name, long or compact.
        Header id() const noexcept { return header_from(name); }
        friend bool operator==(const Field&, const Field&) = default;
    };

    std::vector<Field> fields;       ///< in their order, without the body
    std::optional<std::string> body; ///< of the hname "body"; any bytes

    /// Offsets of errors are those in the URI's text.
    static Parsed<UriHeaders> parse(const Uri& uri);

    /// The value of the first field of that name.
    std::optional<std::string_view> find(HeaderName name) const {
        for (const Field& field : fields)
            if (HeaderName(field.name) == name) return field.value;
        return std::nullopt;
    }
};

inline Parsed<UriHeaders> UriHeaders::parse(const Uri& uri) {
    UriHeaders headers;
    for (std::string_view rest = uri.headers; !rest.empty();) {
        const UriField escaped = take_uri_field(rest, '&');
        const auto at = [&](std::string_view part) {
            return static_cast<std::size_t>(part.data() - uri.text.data());
        };
        Field field{unescape(escaped.name), unescape(escaped.value)};
        if (iequals(field.name, "body")) {
            if (headers.body) return ParseError{"headers: body repeated", at(escaped.name)};
            headers.body = std::move(field.value);
            continue;
        }
        if (!is_token(field.name)) return ParseError{"headers: hname", at(escaped.name)};
        if (!is_safe_value(field.value)) return ParseError{"headers: hvalue", at(escaped.value)};
        headers.fields.push_back(std::move(field));
    }
    return headers;
}

} // namespace offhook

#endif

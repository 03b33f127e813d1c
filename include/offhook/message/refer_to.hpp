#ifndef OFFHOOK_MESSAGE_REFER_TO_HPP
#define OFFHOOK_MESSAGE_REFER_TO_HPP

#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/name_addr.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// Where the recipient of a REFER is to turn.
///
///     Refer-To = ("Refer-To" / "r") HCOLON ( name-addr / addr-spec ) *(SEMI generic-param)
///
/// RFC 3515 §2.1
struct ReferTo {
    NameAddr address; ///< the value as it stands
    Uri uri;          ///< in its parts

    /// The field value; refused where Uri::parse() refuses the URI.
    static Parsed<ReferTo> parse(std::string_view text);
    /// A value for this URI, in "<" and ">" whatever it holds; with a Replaces, as
    /// Replaces::write() gives it, the URI of an attended transfer.
    static std::string write(std::string_view uri, std::string_view replaces = {});

    /// Of the request to send. RFC 3261 §19.1.1
    constexpr std::string_view method() const {
        return uri.method().empty() ? std::string_view("INVITE") : uri.method();
    }
    /// The Replaces header field in the URI, unescaped, for Replaces::parse(). It may hold any
    /// byte that the sender has escaped; UriHeaders gives all header fields. RFC 3891 §6.1
    std::optional<std::string> replaces() const {
        const auto escaped = uri.header("Replaces");
        if (!escaped) return std::nullopt;
        return unescape(*escaped);
    }
};

inline Parsed<ReferTo> ReferTo::parse(std::string_view text) {
    const auto address = NameAddr::parse(text);
    if (!address) return address.error();
    return ReferTo{*address, address->parsed_uri()};
}

inline std::string ReferTo::write(std::string_view uri, std::string_view replaces) {
    std::string text("<");
    text.append(uri);
    if (!replaces.empty()) {
        const auto parsed = Uri::parse(uri);
        text += parsed && !parsed->headers.empty() ? '&' : '?';
        text.append("Replaces=").append(escape_header(replaces));
    }
    return text += '>';
}

} // namespace offhook

#endif

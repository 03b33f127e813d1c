#ifndef OFFHOOK_MESSAGE_CONTENT_TYPE_HPP
#define OFFHOOK_MESSAGE_CONTENT_TYPE_HPP

#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/quoted_string.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What a body is; an accept-range of Accept too, where "*" stands for any.
///
///     Content-Type = "Content-Type" HCOLON media-type
///     media-type   = m-type SLASH m-subtype *(SEMI m-parameter)
///
/// RFC 3261 §20.15
struct ContentType {
    std::string_view type;    ///< "application"
    std::string_view subtype; ///< "sdp"
    Parameters parameters;    ///< boundary, charset …

    /// The field value: one media-type, and nothing behind it.
    static constexpr Parsed<ContentType> parse(std::string_view text);

    /// Names of media types have no case: is("application", "sdp")
    constexpr bool is(std::string_view a_type, std::string_view a_subtype) const {
        return iequals(type, a_type) && iequals(subtype, a_subtype);
    }
    /// Of a multipart body, without quotes; empty where it is missing. RFC 2046 §5.1.1
    constexpr std::string_view boundary() const {
        return without_quotes(parameters.value("boundary"));
    }
};

constexpr Parsed<ContentType> ContentType::parse(std::string_view text) {
    Scanner in(text);
    ContentType value;
    in.skip_lws();
    value.type = in.token();
    if (value.type.empty() || !in.accept_separator('/')) return in.error("Content-Type: m-type");
    value.subtype = in.token();
    if (value.subtype.empty()) return in.error("Content-Type: m-subtype");
    if (const ParseError error = value.parameters.read(in, "Content-Type: media-type"))
        return error;
    return value;
}

} // namespace offhook

#endif

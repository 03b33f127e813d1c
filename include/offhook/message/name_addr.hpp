#ifndef OFFHOOK_MESSAGE_NAME_ADDR_HPP
#define OFFHOOK_MESSAGE_NAME_ADDR_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// One value of From, To, Contact, Route, Record-Route, Reply-To, Refer-To, Referred-By and others.
///
///     ( name-addr / addr-spec ) *( SEMI generic-param )
///     name-addr    = [ display-name ] LAQUOT addr-spec RAQUOT
///     addr-spec    = SIP-URI / SIPS-URI / absoluteURI
///     display-name = *(token LWS) / quoted-string
///
/// RFC 3261 §20.10, §25.1. LWS before "<" may lack (RFC 4475 §3.1.1.6). Without "<" and ">" every
/// parameter belongs to the header field, and the URI may hold neither "," nor "?".
struct NameAddr {
    std::string_view display_name; ///< as it stands, perhaps quoted: see unquote(); empty: none
    std::string_view uri;          ///< the addr-spec's text, which Uri::parse() accepts
    bool bracketed = false;        ///< whether "<" and ">" enclose the URI
    Parameters parameters;         ///< of the header field: tag, q, expires …

    /// A whole value; refused where Uri::parse() refuses the URI.
    static Parsed<NameAddr> parse(std::string_view text);

    /// The tag parameter; empty where there is none.
    constexpr std::string_view tag() const { return parameters.value("tag"); }
    /// The URI in its parts; an empty one where nothing has been parsed.
    Uri parsed_uri() const {
        const auto parsed = Uri::parse(uri);
        return parsed ? *parsed : Uri{};
    }
};

inline Parsed<NameAddr> NameAddr::parse(std::string_view text) {
    Scanner in(text);
    NameAddr value;
    in.skip_lws();
    const std::size_t begin = in.offset();
    if (in.peek() == '"') {
        value.display_name = in.quoted_string();
        if (value.display_name.empty()) return in.error("quoted-string");
        in.skip_lws();
        if (in.peek() != '<') return in.error("name-addr");
    } else {
        in.take(chars::token | chars::wsp);
        value.display_name = trim(in.since(begin));
    }

    std::size_t uri_begin = begin;
    if (in.accept('<')) {
        value.bracketed = true;
        uri_begin = in.offset();
        const std::size_t length = in.rest().find('>');
        if (length == std::string_view::npos) return ParseError{"RAQUOT", text.size()};
        value.uri = in.rest().substr(0, length);
        in.advance(length + 1);
    } else {
        // The colon behind the scheme tells a URI from the words of a display name.
        if (in.peek() != ':') return in.error("addr-spec");
        value.display_name = {};
        value.uri = text.substr(begin);
        value.uri = value.uri.substr(0, value.uri.find_first_of("; \t"));
        const std::size_t special = value.uri.find_first_of(",?");
        if (special != std::string_view::npos)
            return ParseError{"addr-spec: needs <>", begin + special};
        in.advance(value.uri.size() - (in.offset() - begin));
    }
    if (const auto uri = Uri::parse(value.uri); !uri) return uri.error().shifted(uri_begin);

    if (const ParseError error = value.parameters.read(in, "name-addr")) return error;
    return value;
}

} // namespace offhook

#endif

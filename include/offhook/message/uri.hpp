#ifndef OFFHOOK_MESSAGE_URI_HPP
#define OFFHOOK_MESSAGE_URI_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/host.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// One `name=value` of the parameters or the header fields of a SIP URI, escaped as it stands.
struct UriField {
    std::string_view name;       ///< a pname or an hname
    std::string_view value = {}; ///< empty for a flag too
};

/// Takes the fields off `rest` one by one; an empty name at the end. For text that Uri::parse() has
/// accepted.
constexpr UriField take_uri_field(std::string_view& rest, char separator) {
    const std::size_t end = rest.find(separator);
    const std::string_view field = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    const std::size_t equal = field.find('=');
    if (equal == std::string_view::npos) return {field};
    return {field.substr(0, equal), field.substr(equal + 1)};
}

/// Takes the next character of URI text that is not empty, escaped or not. An escaped reserved
/// character is another one than the same character unescaped. RFC 3261 §19.1.4
constexpr unsigned take_uri_character(std::string_view& rest) {
    const auto nibble = [](char c) {
        return static_cast<unsigned>(is_digit(c) ? c - '0' : to_lower(c) - 'a' + 10);
    };
    const char c = rest.front();
    if (c == '%' && rest.size() >= 3 && is_hex(rest[1]) && is_hex(rest[2])) {
        const unsigned value = nibble(rest[1]) * 16 + nibble(rest[2]);
        rest.remove_prefix(3);
        return chars::in(static_cast<char>(value), chars::reserved) ? value + 0x100 : value;
    }
    rest.remove_prefix(1);
    return static_cast<unsigned char>(c);
}

/// Whether the case of letters counts, as it does in the userinfo. RFC 3261 §19.1.4
enum class UriCase : unsigned char { sensitive, insensitive };

/// Whether two pieces of URI text mean the same. RFC 3261 §19.1.4
constexpr bool same_uri_text(std::string_view a, std::string_view b, UriCase letters) {
    while (!a.empty() && !b.empty()) {
        unsigned x = take_uri_character(a);
        unsigned y = take_uri_character(b);
        if (letters == UriCase::insensitive) {
            if (x < 0x80) x = static_cast<unsigned char>(to_lower(static_cast<char>(x)));
            if (y < 0x80) y = static_cast<unsigned char>(to_lower(static_cast<char>(y)));
        }
        if (x != y) return false;
    }
    return a.empty() && b.empty();
}

/// A SIP or SIPS URI in its parts, or a URI of any other scheme as a whole: a view of the text.
///
///     SIP-URI     = "sip:" [ userinfo ] hostport uri-parameters [ headers ]
///     SIPS-URI    = "sips:" [ userinfo ] hostport uri-parameters [ headers ]
///     userinfo    = user [ ":" password ] "@"
///     hostport    = host [ ":" port ]
///     absoluteURI = scheme ":" 1*uric
///
/// RFC 3261 §19.1.1, §25.1. Nothing is unescaped; a "#" in the user part is taken, as phones dial
/// it.
struct Uri {
    std::string_view text;   ///< the whole URI
    std::string_view scheme; ///< "sip", "sips", "tel" …, in the case it was written
    // Of a SIP or SIPS URI alone:
    std::string_view user;             ///< with all its own parameters; empty: none
    std::string_view password;         ///< data() is null where there is none
    std::string_view host;             ///< with the brackets of an IPv6 reference
    std::optional<std::uint16_t> port; ///< as written; a missing port is no default port
    std::string_view parameters;       ///< "transport=tcp;lr", without the first ";"
    std::string_view headers;          ///< "Subject=x&Priority=urgent", without the "?"

    /// More parameters, or more header fields, than this in one URI are refused.
    static constexpr std::size_t most = 64;

    /// A whole URI; refused where a URI parameter is there twice, where there are more than `most`,
    /// or where an escape is malformed.
    static Parsed<Uri> parse(std::string_view text);

    /// Whether this is a SIP or a SIPS URI, so that there is a host.
    constexpr bool is_sip() const { return !host.empty(); }
    /// Whether it asks for TLS on every hop.
    constexpr bool is_sips() const { return iequals(scheme, "sips"); }
    /// What stands behind the scheme's colon.
    constexpr std::string_view opaque() const {
        return text.empty() ? text : text.substr(scheme.size() + 1);
    }
    /// An empty one too.
    constexpr bool has_password() const { return password.data() != nullptr; }
    /// The host without the brackets of an IPv6 reference.
    constexpr std::string_view host_literal() const {
        return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
    }

    /// The value of a URI parameter as it stands, empty for a flag; nothing where it is missing.
    constexpr std::optional<std::string_view> parameter(std::string_view name) const {
        return find(parameters, ';', name);
    }
    /// The value, still escaped, of the first header field of that name in the URI.
    constexpr std::optional<std::string_view> header(std::string_view name) const {
        return find(headers, '&', name);
    }
    /// Empty where it is missing, as it is for maddr() and method().
    constexpr std::string_view transport() const { return parameter("transport").value_or(""); }
    /// The address to send to in place of the host.
    constexpr std::string_view maddr() const { return parameter("maddr").value_or(""); }
    /// Of the request that is made from the URI; INVITE where it is missing.
    constexpr std::string_view method() const { return parameter("method").value_or(""); }
    /// Whether the element behind the URI routes loosely.
    constexpr bool lr() const { return parameter("lr").has_value(); }

private:
    static constexpr std::optional<std::string_view> find(std::string_view fields, char separator,
                                                          std::string_view name) {
        while (!fields.empty()) {
            const UriField field = take_uri_field(fields, separator);
            if (same_uri_text(field.name, name, UriCase::insensitive)) return field.value;
        }
        return std::nullopt;
    }
    static ParseError take_parameters(Scanner& in, Uri& uri);
    static ParseError take_headers(Scanner& in, Uri& uri);
    static ParseError fault(const Scanner& in, std::string_view rule) {
        return in.error(in.peek() == '%' ? "escaped" : rule);
    }
};

// uri-parameters = *( ";" pname [ "=" pvalue ] )
inline ParseError Uri::take_parameters(Scanner& in, Uri& uri) {
    const std::size_t begin = in.offset() + 1;
    std::size_t count = 0;
    std::uint64_t seen = 0; // a bit for each kind of name, so that most are never searched for
    while (in.accept(';')) {
        const ParseError here = in.error("uri-parameters: repeated");
        const std::string_view name = in.take_escaped(chars::paramchar);
        if (name.empty()) return fault(in, "uri-parameters");
        if (++count > most) return ParseError{"uri-parameters: too many", here.offset};
        std::string_view first = name;
        const unsigned kind = take_uri_character(first) % 32; // the same for both cases
        if ((seen >> kind & 1) != 0 && uri.parameter(name)) return here;
        seen |= std::uint64_t{1} << kind;
        if (in.accept('=') && in.take_escaped(chars::paramchar).empty()) {
            return fault(in, "uri-parameters");
        }
        uri.parameters = in.since(begin);
    }
    return {};
}

// headers = "?" hname "=" hvalue *( "&" hname "=" hvalue )
inline ParseError Uri::take_headers(Scanner& in, Uri& uri) {
    const std::size_t begin = in.offset();
    std::size_t count = 0;
    do {
        const ParseError here = in.error("headers: too many");
        if (in.take_escaped(chars::headerchar).empty() || !in.accept('=')) {
            return fault(in, "headers");
        }
        in.take_escaped(chars::headerchar);
        if (++count > most) return here;
    } while (in.accept('&'));
    uri.headers = in.since(begin);
    return {};
}

inline Parsed<Uri> Uri::parse(std::string_view text) {
    Scanner in(text);
    Uri uri;
    uri.text = text;
    if (is_alpha(in.peek())) uri.scheme = in.take(chars::scheme);
    if (uri.scheme.empty() || !in.accept(':')) return in.error("scheme");
    if (!iequals(uri.scheme, "sip") && !uri.is_sips()) {
        const bool some = !in.take_escaped(chars::uric).empty();
        if (!some || !in.at_end()) return fault(in, "absoluteURI");
        return uri;
    }

    if (in.rest().find('@') != std::string_view::npos) { // nowhere else may it stand unescaped
        for (;;) {
            in.take_escaped(chars::user);
            if (!in.accept('#')) break;
        }
        uri.user = in.since(uri.scheme.size() + 1);
        if (uri.user.empty()) return fault(in, "user");
        if (in.accept(':')) {
            uri.password = in.take_escaped(chars::password);
            if (in.peek() != '@') return fault(in, "password");
        }
        if (!in.accept('@')) return fault(in, "user");
    }
    uri.host = take_host(in);
    if (uri.host.empty()) return in.error("host");
    if (in.accept(':')) {
        const auto port = in.number(65535);
        if (!port) return in.error("port");
        uri.port = static_cast<std::uint16_t>(*port);
    }
    if (const ParseError error = take_parameters(in, uri)) return error;
    if (in.accept('?')) {
        if (const ParseError error = take_headers(in, uri)) return error;
    }
    if (!in.at_end()) return fault(in, "SIP-URI");
    return uri;
}

/// URI text with every %HH resolved, once and no deeper; a malformed escape is kept as it is. May
/// hold any byte, NUL, CR and LF among them. RFC 3261 §19.1.2
inline std::string unescape(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty())
        plain += static_cast<char>(take_uri_character(text) & 0xff);
    return plain;
}

namespace detail {

inline std::string escape(std::string_view text, chars::Set kept) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string escaped;
    escaped.reserve(text.size());
    for (const char c : text) {
        if (chars::in(c, kept)) {
            escaped += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            escaped += '%';
            escaped += digits[byte / 16];
            escaped += digits[byte % 16];
        }
    }
    return escaped;
}

} // namespace detail

/// Any bytes as the user part of a SIP URI: what the user rule does not allow becomes %HH.
inline std::string escape_user(std::string_view text) {
    return detail::escape(text, chars::user);
}

/// Any bytes as the name or the value of a header field in a SIP URI. RFC 3261 §19.1.2
inline std::string escape_header(std::string_view text) {
    return detail::escape(text, chars::headerchar);
}

} // namespace offhook

#endif

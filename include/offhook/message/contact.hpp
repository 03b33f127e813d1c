#ifndef OFFHOOK_MESSAGE_CONTACT_HPP
#define OFFHOOK_MESSAGE_CONTACT_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Where a user agent wants to be reached, or "*" for all that a registrar knows.
///
///     Contact       = "Contact" HCOLON ( STAR / contact-param *(COMMA contact-param) )
///     contact-param = (name-addr / addr-spec) *(SEMI contact-params)
///     qvalue        = ( "0" [ "." 0*3DIGIT ] ) / ( "1" [ "." 0*3("0") ] )
///
/// RFC 3261 §20.10
struct Contact {
    bool wildcard = false; ///< "*"; RFC 3261 §10.2.2
    NameAddr address;      ///< unset where it is the wildcard

    /// One value: a header field may hold several, see ListRange.
    static Parsed<Contact> parse(std::string_view text);

    /// The preference in thousandths, 0 … 1000; nothing where it is missing or malformed.
    constexpr std::optional<std::uint16_t> q() const;
    /// Nothing where it is missing or malformed; both mean the default. RFC 3261 §10.3
    constexpr std::optional<std::chrono::seconds> expires() const {
        return delta_seconds(address.parameters, "expires");
    }
};

inline Parsed<Contact> Contact::parse(std::string_view text) {
    Contact contact;
    if (trim(text) == "*") {
        contact.wildcard = true;
        return contact;
    }
    const auto address = NameAddr::parse(text);
    if (!address) return address.error();
    contact.address = *address;
    return contact;
}

constexpr std::optional<std::uint16_t> Contact::q() const {
    const std::string_view text = address.parameters.value("q");
    if (text.empty() || text.size() > 5 || (text.size() > 1 && text[1] != '.')) return std::nullopt;
    unsigned thousandths = 0;
    unsigned unit = 1000;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (i == 1) continue;
        if (!is_digit(text[i])) return std::nullopt;
        thousandths += unit * static_cast<unsigned>(text[i] - '0');
        unit /= 10;
    }
    if (thousandths > 1000) return std::nullopt;
    return static_cast<std::uint16_t>(thousandths);
}

} // namespace offhook

#endif

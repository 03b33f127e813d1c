#ifndef OFFHOOK_MESSAGE_REFERRED_BY_HPP
#define OFFHOOK_MESSAGE_REFERRED_BY_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/host.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/quoted_string.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Who had the sender make this request. Nothing vouches for it but the token that it may name.
///
///     Referred-By         = ("Referred-By" / "b") HCOLON referrer-uri
///                           *( SEMI (referredby-id-param / generic-param) )
///     referrer-uri        = ( name-addr / addr-spec )
///     referredby-id-param = "cid" EQUAL sip-clean-msg-id
///     sip-clean-msg-id    = LDQUOT dot-atom "@" (dot-atom / host) RDQUOT
///     dot-atom            = atom *( "." atom )
///
/// RFC 3892 §3
struct ReferredBy {
    NameAddr address; ///< who refers; cid among its parameters

    /// The field value; refused where there is a cid that is no sip-clean-msg-id.
    static Parsed<ReferredBy> parse(std::string_view text);
    /// A value for this URI, in "<" and ">" whatever it holds.
    static std::string write(std::string_view uri) {
        return std::string("<").append(uri).append(">");
    }

    /// The Content-ID of the body part that holds the token, with "<" and ">"; empty: no token.
    std::string content_id() const {
        const std::string_view cid = without_quotes(address.parameters.value("cid"));
        return cid.empty() ? std::string() : std::string("<").append(cid).append(">");
    }

private:
    static bool is_clean_msg_id(std::string_view text);
    static bool take_dot_atom(Scanner& in);
};

inline bool ReferredBy::take_dot_atom(Scanner& in) {
    do {
        if (in.take(chars::token_nodot).empty()) return false; // the same characters as in atom
    } while (in.accept('.'));
    return true;
}

// A host is a dot-atom, unless it is an IPv6 reference or ends in a dot.
inline bool ReferredBy::is_clean_msg_id(std::string_view text) {
    const std::string_view inner = without_quotes(text);
    if (inner.size() == text.size()) return false;
    Scanner in(inner);
    if (!take_dot_atom(in) || !in.accept('@')) return false;
    Scanner right = in;
    if (take_dot_atom(right) && right.at_end()) return true;
    return !take_host(in).empty() && in.at_end();
}

inline Parsed<ReferredBy> ReferredBy::parse(std::string_view text) {
    const auto address = NameAddr::parse(text);
    if (!address) return address.error();
    if (const auto cid = address->parameters.find("cid"); cid && !is_clean_msg_id(*cid)) {
        const auto at =
            cid->empty() ? text.size() : static_cast<std::size_t>(cid->data() - text.data());
        return ParseError{"Referred-By: sip-clean-msg-id", at};
    }
    return ReferredBy{*address};
}

} // namespace offhook

#endif

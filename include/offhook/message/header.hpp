#ifndef OFFHOOK_MESSAGE_HEADER_HPP
#define OFFHOOK_MESSAGE_HEADER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "offhook/message/characters.hpp"

namespace offhook {

/// The header fields that have a name here; every other one is `unknown` and goes by its text.
/// IANA "Header Fields" registry of SIP; the rows of header_table say more about each.
// clang-format off
enum class Header : std::uint8_t {
    unknown,
    // RFC 3261 §20
    accept, accept_encoding, accept_language, alert_info, allow, authentication_info,
    authorization, call_id, call_info, contact, content_disposition, content_encoding,
    content_language, content_length, content_type, cseq, date, error_info, expires, from,
    in_reply_to, max_forwards, mime_version, min_expires, organization, priority,
    proxy_authenticate, proxy_authorization, proxy_require, record_route, reply_to, require,
    retry_after, route, server, subject, supported, timestamp, to, unsupported, user_agent, via,
    warning, www_authenticate,
    // what updates and extends it
    accept_contact, accept_resource_priority, allow_events, answer_mode, diversion, event,
    feature_caps, flow_timer, geolocation, geolocation_error, geolocation_routing, history_info,
    identity, identity_info, info_package, join, max_breadth, min_se, p_access_network_info,
    p_asserted_identity, p_associated_uri, p_called_party_id, p_charging_function_addresses,
    p_charging_vector, p_early_media, p_preferred_identity, p_visited_network_id, path,
    priv_answer_mode, privacy, rack, reason, recv_info, refer_sub, refer_to, referred_by,
    reject_contact, remote_party_id, replaces, request_disposition, resource_priority, rseq,
    security_client, security_server, security_verify, service_route, session_expires, session_id,
    sip_etag, sip_if_match, subscription_state, suppress_if_match, target_dialog, user_to_user,
};
// clang-format on

/// How often a header field may stand in a message, and whether commas join its values.
enum class Arity : std::uint8_t {
    one,  ///< at most one line with one value
    list, ///< any number of lines; a comma in a line parts two values. RFC 3261 §7.3.1
    many, ///< any number of lines; a comma parts nothing (the four of authentication)
};

/// What is known of a header field.
struct HeaderRow {
    Header id;             ///< its place in header_table too
    std::string_view name; ///< the canonical spelling
    char compact;          ///< the compact form, or 0. RFC 3261 §7.3.3
    Arity arity;           ///< of its lines and values
};

/// One row for each header field, in the order of the enumeration.
inline constexpr std::array header_table{
    HeaderRow{Header::unknown, "", 0, Arity::many},
    HeaderRow{Header::accept, "Accept", 0, Arity::list},
    HeaderRow{Header::accept_encoding, "Accept-Encoding", 0, Arity::list},
    HeaderRow{Header::accept_language, "Accept-Language", 0, Arity::list},
    HeaderRow{Header::alert_info, "Alert-Info", 0, Arity::list},
    HeaderRow{Header::allow, "Allow", 0, Arity::list},
    HeaderRow{Header::authentication_info, "Authentication-Info", 0, Arity::one},
    HeaderRow{Header::authorization, "Authorization", 0, Arity::many},
    HeaderRow{Header::call_id, "Call-ID", 'i', Arity::one},
    HeaderRow{Header::call_info, "Call-Info", 0, Arity::list},
    HeaderRow{Header::contact, "Contact", 'm', Arity::list},
    HeaderRow{Header::content_disposition, "Content-Disposition", 0, Arity::one},
    HeaderRow{Header::content_encoding, "Content-Encoding", 'e', Arity::list},
    HeaderRow{Header::content_language, "Content-Language", 0, Arity::list},
    HeaderRow{Header::content_length, "Content-Length", 'l', Arity::one},
    HeaderRow{Header::content_type, "Content-Type", 'c', Arity::one},
    HeaderRow{Header::cseq, "CSeq", 0, Arity::one},
    HeaderRow{Header::date, "Date", 0, Arity::one},
    HeaderRow{Header::error_info, "Error-Info", 0, Arity::list},
    HeaderRow{Header::expires, "Expires", 0, Arity::one},
    HeaderRow{Header::from, "From", 'f', Arity::one},
    HeaderRow{Header::in_reply_to, "In-Reply-To", 0, Arity::list},
    HeaderRow{Header::max_forwards, "Max-Forwards", 0, Arity::one},
    HeaderRow{Header::mime_version, "MIME-Version", 0, Arity::one},
    HeaderRow{Header::min_expires, "Min-Expires", 0, Arity::one},
    HeaderRow{Header::organization, "Organization", 0, Arity::one},
    HeaderRow{Header::priority, "Priority", 0, Arity::one},
    HeaderRow{Header::proxy_authenticate, "Proxy-Authenticate", 0, Arity::many},
    HeaderRow{Header::proxy_authorization, "Proxy-Authorization", 0, Arity::many},
    HeaderRow{Header::proxy_require, "Proxy-Require", 0, Arity::list},
    HeaderRow{Header::record_route, "Record-Route", 0, Arity::list},
    HeaderRow{Header::reply_to, "Reply-To", 0, Arity::one},
    HeaderRow{Header::require, "Require", 0, Arity::list},
    HeaderRow{Header::retry_after, "Retry-After", 0, Arity::one},
    HeaderRow{Header::route, "Route", 0, Arity::list},
    HeaderRow{Header::server, "Server", 0, Arity::one},
    HeaderRow{Header::subject, "Subject", 's', Arity::one},
    HeaderRow{Header::supported, "Supported", 'k', Arity::list},
    HeaderRow{Header::timestamp, "Timestamp", 0, Arity::one},
    HeaderRow{Header::to, "To", 't', Arity::one},
    HeaderRow{Header::unsupported, "Unsupported", 0, Arity::list},
    HeaderRow{Header::user_agent, "User-Agent", 0, Arity::one},
    HeaderRow{Header::via, "Via", 'v', Arity::list},
    HeaderRow{Header::warning, "Warning", 0, Arity::list},
    HeaderRow{Header::www_authenticate, "WWW-Authenticate", 0, Arity::many},
    HeaderRow{Header::accept_contact, "Accept-Contact", 'a', Arity::list},
    HeaderRow{Header::accept_resource_priority, "Accept-Resource-Priority", 0, Arity::list},
    HeaderRow{Header::allow_events, "Allow-Events", 'u', Arity::list},
    HeaderRow{Header::answer_mode, "Answer-Mode", 0, Arity::one},
    HeaderRow{Header::diversion, "Diversion", 0, Arity::list},
    HeaderRow{Header::event, "Event", 'o', Arity::one},
    HeaderRow{Header::feature_caps, "Feature-Caps", 0, Arity::list},
    HeaderRow{Header::flow_timer, "Flow-Timer", 0, Arity::one},
    HeaderRow{Header::geolocation, "Geolocation", 0, Arity::list},
    HeaderRow{Header::geolocation_error, "Geolocation-Error", 0, Arity::one},
    HeaderRow{Header::geolocation_routing, "Geolocation-Routing", 0, Arity::one},
    HeaderRow{Header::history_info, "History-Info", 0, Arity::list},
    HeaderRow{Header::identity, "Identity", 'y', Arity::list},
    HeaderRow{Header::identity_info, "Identity-Info", 'n', Arity::one},
    HeaderRow{Header::info_package, "Info-Package", 0, Arity::one},
    HeaderRow{Header::join, "Join", 0, Arity::one},
    HeaderRow{Header::max_breadth, "Max-Breadth", 0, Arity::one},
    HeaderRow{Header::min_se, "Min-SE", 0, Arity::one},
    HeaderRow{Header::p_access_network_info, "P-Access-Network-Info", 0, Arity::list},
    HeaderRow{Header::p_asserted_identity, "P-Asserted-Identity", 0, Arity::list},
    HeaderRow{Header::p_associated_uri, "P-Associated-URI", 0, Arity::list},
    HeaderRow{Header::p_called_party_id, "P-Called-Party-ID", 0, Arity::one},
    HeaderRow{Header::p_charging_function_addresses, "P-Charging-Function-Addresses", 0,
              Arity::one},
    HeaderRow{Header::p_charging_vector, "P-Charging-Vector", 0, Arity::one},
    HeaderRow{Header::p_early_media, "P-Early-Media", 0, Arity::list},
    HeaderRow{Header::p_preferred_identity, "P-Preferred-Identity", 0, Arity::list},
    HeaderRow{Header::p_visited_network_id, "P-Visited-Network-ID", 0, Arity::list},
    HeaderRow{Header::path, "Path", 0, Arity::list},
    HeaderRow{Header::priv_answer_mode, "Priv-Answer-Mode", 0, Arity::one},
    HeaderRow{Header::privacy, "Privacy", 0, Arity::one},
    HeaderRow{Header::rack, "RAck", 0, Arity::one},
    HeaderRow{Header::reason, "Reason", 0, Arity::list},
    HeaderRow{Header::recv_info, "Recv-Info", 0, Arity::list},
    HeaderRow{Header::refer_sub, "Refer-Sub", 0, Arity::one},
    HeaderRow{Header::refer_to, "Refer-To", 'r', Arity::one},
    HeaderRow{Header::referred_by, "Referred-By", 'b', Arity::one},
    HeaderRow{Header::reject_contact, "Reject-Contact", 'j', Arity::list},
    HeaderRow{Header::remote_party_id, "Remote-Party-ID", 0, Arity::list},
    HeaderRow{Header::replaces, "Replaces", 0, Arity::one},
    HeaderRow{Header::request_disposition, "Request-Disposition", 'd', Arity::list},
    HeaderRow{Header::resource_priority, "Resource-Priority", 0, Arity::list},
    HeaderRow{Header::rseq, "RSeq", 0, Arity::one},
    HeaderRow{Header::security_client, "Security-Client", 0, Arity::list},
    HeaderRow{Header::security_server, "Security-Server", 0, Arity::list},
    HeaderRow{Header::security_verify, "Security-Verify", 0, Arity::list},
    HeaderRow{Header::service_route, "Service-Route", 0, Arity::list},
    HeaderRow{Header::session_expires, "Session-Expires", 'x', Arity::one},
    HeaderRow{Header::session_id, "Session-ID", 0, Arity::one},
    HeaderRow{Header::sip_etag, "SIP-ETag", 0, Arity::one},
    HeaderRow{Header::sip_if_match, "SIP-If-Match", 0, Arity::one},
    HeaderRow{Header::subscription_state, "Subscription-State", 0, Arity::one},
    HeaderRow{Header::suppress_if_match, "Suppress-If-Match", 0, Arity::one},
    HeaderRow{Header::target_dialog, "Target-Dialog", 0, Arity::one},
    HeaderRow{Header::user_to_user, "User-to-User", 0, Arity::list},
};

namespace detail {

/// A perfect hash of the names in header_table: no two of them share a slot.
constexpr std::size_t name_slot(std::string_view name) noexcept {
    const auto letter = [&](std::size_t i) { return static_cast<std::uint8_t>(name[i]) | 0x20u; };
    const std::uint32_t key = static_cast<std::uint32_t>(name.size()) ^ letter(0) << 8
                              ^ letter(name.size() / 2) << 16 ^ letter(name.size() - 1) << 24;
    return key * 0x9ad98721u >> 23;
}

struct HeaderIndex {
    std::array<Header, 512> by_slot{};
    std::array<Header, 32> by_compact{}; ///< by the low five bits of the letter
    bool perfect = true;
};

inline constexpr HeaderIndex header_index = [] {
    HeaderIndex index;
    for (std::size_t i = 1; i != header_table.size(); ++i) {
        const HeaderRow& row = header_table[i];
        Header& slot = index.by_slot[name_slot(row.name)];
        index.perfect &= slot == Header::unknown && static_cast<std::size_t>(row.id) == i;
        slot = row.id;
        if (row.compact) index.by_compact[static_cast<std::size_t>(row.compact & 0x1f)] = row.id;
    }
    return index;
}();
static_assert(header_index.perfect, "another multiplier, or rows out of the enumeration's order");

} // namespace detail

/// What is known of it; the row of `unknown` for `unknown`.
constexpr const HeaderRow& row_of(Header id) noexcept {
    return header_table[static_cast<std::size_t>(id)];
}

/// The canonical spelling, "Call-ID"; "" for `unknown`.
constexpr std::string_view name_of(Header id) noexcept {
    return row_of(id).name;
}

/// Whether a comma in its value parts two values, as if they stood on two lines.
constexpr bool is_list(Header id) noexcept {
    return row_of(id).arity == Arity::list;
}

/// Whether a message may have it once at most.
constexpr bool single_value(Header id) noexcept {
    return row_of(id).arity == Arity::one;
}

/// The header field of that name, long or compact, in any case; `unknown` where there is none.
constexpr Header header_from(std::string_view name) noexcept {
    if (name.empty()) return Header::unknown;
    if (name.size() == 1) {
        const Header id = detail::header_index.by_compact[static_cast<std::size_t>(name[0] & 0x1f)];
        return to_lower(name[0]) == row_of(id).compact ? id : Header::unknown;
    }
    const Header id = detail::header_index.by_slot[detail::name_slot(name)];
    return name == name_of(id) || iequals(name, name_of(id)) ? id : Header::unknown;
}

/// What a header field goes by: one of Header, or a text for those that have no enumerator. A text
/// that does name one is the same as that one.
struct HeaderName {
    Header id;             ///< `unknown` where only the text names it
    std::string_view text; ///< as it was given, or the canonical spelling

    /// By its enumerator; `unknown` names nothing.
    constexpr HeaderName(Header known) noexcept : id(known), text(name_of(known)) {}
    /// By its text, long or compact. A view: the text must outlive it.
    constexpr HeaderName(std::string_view name) noexcept : id(header_from(name)), text(name) {}
    /// By its text, long or compact. A view: the text must outlive it.
    constexpr HeaderName(const char* name) noexcept : HeaderName(std::string_view(name)) {}

    /// Equal names are written differently at most in case, or one of them is the compact form.
    friend constexpr bool operator==(HeaderName a, HeaderName b) noexcept {
        return a.id == b.id && (a.id != Header::unknown || iequals(a.text, b.text));
    }
};

} // namespace offhook

#endif

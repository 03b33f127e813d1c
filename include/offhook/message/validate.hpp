#ifndef OFFHOOK_MESSAGE_VALIDATE_HPP
#define OFFHOOK_MESSAGE_VALIDATE_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "offhook/core/limits.hpp"
#include "offhook/message/call_id.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/contact.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/max_forwards.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/parse_header.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/protocol_fault.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/via.hpp"

namespace offhook {

/// The header fields without which nothing can be done with a message, and what to say of them.
/// Max-Forwards is not among them: RFC 2543 had none. RFC 3261 §8.1.1
struct MandatoryHeader {
    Header id;                  ///< the header field
    std::string_view missing;   ///< the Reason-Phrase of the 400 where it is not there
    std::string_view malformed; ///< and where it cannot be read
};
/// In the order in which they are looked for.
inline constexpr std::array mandatory_headers{
    MandatoryHeader{Header::via, "Missing Via Header Field", "Malformed Via Header Field"},
    MandatoryHeader{Header::from, "Missing From Header Field", "Malformed From Header Field"},
    MandatoryHeader{Header::to, "Missing To Header Field", "Malformed To Header Field"},
    MandatoryHeader{Header::call_id, "Missing Call-ID Header Field",
                    "Malformed Call-ID Header Field"},
    MandatoryHeader{Header::cseq, "Missing CSeq Header Field", "Malformed CSeq Header Field"},
};

namespace detail {

/// Header fields that steer what is done with a message: two of them would leave open what. Others
/// that are there twice, as Subject, are no reason to refuse a call. RFC 3261 §7.3.1, §8.2.2
constexpr bool steers(Header id) noexcept {
    switch (id) {
    case Header::call_id:
    case Header::content_disposition:
    case Header::content_length:
    case Header::content_type:
    case Header::cseq:
    case Header::event:
    case Header::expires:
    case Header::from:
    case Header::join:
    case Header::max_forwards:
    case Header::min_se:
    case Header::rack:
    case Header::refer_to:
    case Header::replaces:
    case Header::rseq:
    case Header::session_expires:
    case Header::subscription_state:
    case Header::target_dialog:
    case Header::to: return true;
    default: return false;
    }
}

/// Whether the header field means anything in a message of this kind. Where it does not, it is
/// ignored, whatever it says and however often. RFC 3261 §20, RFC 3262 §7, RFC 3515 §2.1, RFC 3891
/// §6.1, RFC 3911 §7.1, RFC 4538 §7, RFC 6665 §8.2
inline bool applies(Header id, const Message& message) noexcept {
    switch (id) {
    case Header::event:
    case Header::join:
    case Header::max_forwards:
    case Header::rack:
    case Header::refer_to:
    case Header::replaces:
    case Header::subscription_state:
    case Header::target_dialog: return message.is_request();
    case Header::rseq: return !message.is_request();
    default: return true;
    }
}

template <class T>
ParseError refusal_of(std::string_view value) {
    const Parsed<T> parsed = T::parse(value);
    return parsed ? ParseError{} : parsed.error();
}

/// Each value of a list; one that has none is refused as an empty value is.
template <class T>
ParseError refusal_of_list(std::string_view line) {
    const ListRange values(line);
    if (values.first().empty()) return refusal_of<T>(line.substr(0, 0));
    for (const std::string_view value : values)
        if (const auto error = refusal_of<T>(value))
            return error.shifted(static_cast<std::size_t>(value.data() - line.data()));
    return {};
}

inline ParseError refusal_of_line(const Message::Field& field) {
    switch (field.id) {
    case Header::via: return refusal_of_list<Via>(field.value);
    case Header::from:
    case Header::to: return refusal_of<NameAddr>(field.value);
    case Header::call_id: return refusal_of<CallId>(field.value);
    case Header::cseq: return refusal_of<CSeq>(field.value);
    case Header::max_forwards: return refusal_of<MaxForwards>(field.value);
    case Header::contact: return refusal_of_list<Contact>(field.value);
    case Header::record_route: return refusal_of_list<NameAddr>(field.value);
    default: return {};
    }
}

constexpr std::string_view reason_of_malformed(Header id) noexcept {
    for (const MandatoryHeader& header : mandatory_headers)
        if (header.id == id) return header.malformed;
    switch (id) {
    case Header::max_forwards: return "Malformed Max-Forwards Header Field";
    case Header::contact: return "Malformed Contact Header Field";
    case Header::record_route: return "Malformed Record-Route Header Field";
    default: return "Bad Request";
    }
}

/// What requests and responses have in common: the version, then the header fields in the order in
/// which they stand, then those that are missing.
inline ProtocolFault find_fault(const Message& message, const Limits& limits) {
    const auto at = [&](std::string_view part) { return message.offset_of(part); };
    if (!iequals(message.version(), "SIP/2.0"))
        return ProtocolFault{505, "SIP-Version", at(message.version()), "Version Not Supported"};
    if (message.fields().size() > limits.header_fields)
        return ProtocolFault{400, "SIP-message: too many header fields", at(message.body()) - 2,
                             "Too Many Header Fields"};

    std::array<bool, header_table.size()> seen{};
    for (const Message::Field field : message.fields()) {
        if (!applies(field.id, message)) continue;
        const auto id = static_cast<std::size_t>(field.id);
        if (seen[id] && steers(field.id))
            return ProtocolFault{400, "message-header: more than one", at(field.name),
                                 "Repeated Header Field"};
        seen[id] = true;
        if (const auto error = refusal_of_line(field))
            return ProtocolFault{400, error.rule, at(field.value) + error.offset,
                                 reason_of_malformed(field.id)};
    }
    for (const MandatoryHeader& header : mandatory_headers)
        if (!seen[static_cast<std::size_t>(header.id)])
            return ProtocolFault{400, "message-header: missing", at(message.body()) - 2,
                                 header.missing};
    return {};
}

} // namespace detail

/// What makes a request unfit to be looked at any further, and the response that says so: in this
/// order SIP-Version (505), number of header fields, then each header field as it comes: twice
/// where once is allowed, or malformed where we depend on it; then those that are missing, the top
/// Via's branch, the CSeq's method, the Request-URI. What the UAS decides (405, 416, 420, 415 …) is
/// not looked at.
///
/// Tolerated, as RFC 2543 peers do it: no tag in From, no branch in Via, no Max-Forwards.
/// RFC 3261 §8.2, §16.3, §18.2
inline ProtocolFault validate_request(const Message& request, const Limits& limits = {}) {
    if (const auto fault = detail::find_fault(request, limits)) return fault;
    const auto at = [&](std::string_view part) { return request.offset_of(part); };

    // The cookie with nothing behind it identifies nothing. RFC 4475 §3.2.1
    const auto via = parse_header<Via>(request, Header::via);
    if (iequals(via->branch(), "z9hG4bK"))
        return ProtocolFault{400, "Via: branch", at(via->branch()), "Malformed Via Header Field"};

    const auto cseq = parse_header<CSeq>(request, Header::cseq);
    if (cseq->method != request.method())
        return ProtocolFault{400, "CSeq: Method", at(cseq->method), "CSeq Method Mismatch"};

    const auto uri = Uri::parse(request.request_uri());
    if (!uri)
        return ProtocolFault{400, uri.error().rule, at(request.request_uri()) + uri.error().offset,
                             "Malformed Request-URI"};
    // RFC 3261 §19.1.1, table 1
    if (!uri->headers.empty())
        return ProtocolFault{400, "Request-URI: headers", at(uri->headers),
                             "Malformed Request-URI"};
    return {};
}

/// Why a response is to be dropped: what validate_request says of any message, and more than one
/// Via, for then it was meant for another. The status is 0. RFC 3261 §8.1.3.3, §18.1.2
inline ProtocolFault validate_response(const Message& response, const Limits& limits = {}) {
    auto fault = detail::find_fault(response, limits);
    if (!fault) {
        std::size_t values = 0;
        for (const Message::Field field : response.fields()) {
            if (field.id != Header::via) continue;
            values += ListRange(field.value).count();
            if (values > 1)
                fault = ProtocolFault{0, "Via: more than one", response.offset_of(field.value), {}};
        }
    }
    fault.status = 0;
    return fault;
}

} // namespace offhook

#endif

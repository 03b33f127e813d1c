#ifndef OFFHOOK_DIALOG_MESSAGE_OPTIONS_HPP
#define OFFHOOK_DIALOG_MESSAGE_OPTIONS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/content_disposition.hpp"
#include "offhook/message/content_type.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/reason.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/status.hpp"

namespace offhook {

/// A header field that the application adds to a message.
struct HeaderField {
    std::string name = {};  ///< token; none of those that only the library writes
    std::string value = {}; ///< without CR, LF and NUL
};

/// How a provisional response is sent. RFC 3262 §3
enum class Delivery : unsigned char {
    as_agreed, ///< reliably where the peer requires it, or the session always does
    reliable,  ///< until PRACK has come
};

/// What the application may add to a request or response that an operation sends.
struct MessageOptions {
    std::string reason = {};              ///< Reason header value: "Q.850;cause=16". RFC 3326
    Body body = {};                       ///< offer, answer or other body
    std::vector<HeaderField> fields = {}; ///< further header fields
    std::string phrase = {};              ///< reason phrase of a response; "" gives the usual one
    std::uint32_t fork = 0;               ///< which early dialog is meant; 0: the one that leads
    Delivery delivery = Delivery::as_agreed; ///< of a provisional response
};

/// Whether a header field is written by the library alone: a second one would break the message,
/// its transaction or its dialog. What is said of a body stands in Body. RFC 3261 §8.1.1, §12.2.1.1
constexpr bool is_own_header(Header name) noexcept {
    switch (name) {
    case Header::via:
    case Header::from:
    case Header::to:
    case Header::call_id:
    case Header::cseq:
    case Header::max_forwards:
    case Header::route:
    case Header::record_route:
    case Header::rseq:
    case Header::rack:
    case Header::content_type:
    case Header::content_disposition:
    case Header::content_length: return true;
    default: return false;
    }
}

/// Whether one of the header fields has that name, long or compact.
inline bool has_field(const std::vector<HeaderField>& fields, Header name) {
    for (const HeaderField& field : fields)
        if (header_from(field.name) == name) return true;
    return false;
}

namespace detail {

/// Whether each value parses, and none is of the same protocol as another. RFC 3326 §2
inline bool are_reasons(std::string_view text) {
    const ListRange values(text);
    if (values.first().empty()) return false;
    for (auto each = values.begin(); each != values.end(); ++each) {
        const auto reason = Reason::parse(*each);
        if (!reason) return false;
        for (auto before = values.begin(); (*before).data() != (*each).data(); ++before)
            if (iequals(Reason::parse(*before)->protocol, reason->protocol)) return false;
    }
    return true;
}

} // namespace detail

/// Refuses what would break out of a message or its grammar. RFC 3261 §25.1
inline Refusal check(const MessageOptions& options, std::string_view tried) {
    const Refusal unsafe{
        Errc::unsafe_value, tried, {}, "values without CR, LF and NUL", "RFC 3261 §25.1"};
    if (!is_safe_value(options.reason) || !is_safe_value(options.phrase)
        || !is_safe_value(options.body.type) || !is_safe_value(options.body.disposition))
        return unsafe;
    if (!options.reason.empty() && !detail::are_reasons(options.reason))
        return {Errc::bad_argument,
                tried,
                {},
                "Reason values, each of another protocol",
                "RFC 3326 §2"};
    for (const HeaderField& field : options.fields) {
        if (!is_safe_value(field.value)) return unsafe;
        if (!is_token(field.name))
            return {Errc::bad_argument,
                    tried,
                    {},
                    "header field names that are tokens",
                    "RFC 3261 §25.1"};
        if (is_own_header(header_from(field.name)))
            return {Errc::bad_argument,
                    tried,
                    {},
                    "no header field that the library writes",
                    "RFC 3261 §8.1.1"};
    }
    const Body& body = options.body;
    if (!body.empty() && !ContentType::parse(body.type))
        return {Errc::bad_argument, tried, {}, "the media type of the body", "RFC 3261 §20.15"};
    if (!body.disposition.empty() && !ContentDisposition::parse(body.disposition))
        return {
            Errc::bad_argument, tried, {}, "a Content-Disposition that parses", "RFC 3261 §20.11"};
    return {};
}

/// The reason phrase of a response with these options.
inline std::string_view phrase_of(int status, const MessageOptions& options) {
    return options.phrase.empty() ? reason_phrase_of(status) : std::string_view(options.phrase);
}

/// Adds reason, header fields and body.
template <Modelled M>
void add_to(M& message, const MessageOptions& options) {
    using Model = MessageModel<M>;
    if (!options.reason.empty()) Model::add(message, Header::reason, options.reason);
    for (const HeaderField& field : options.fields)
        Model::add(message, HeaderName(std::string_view(field.name)), field.value);
    if (options.body.empty()) return;
    if (!options.body.disposition.empty())
        Model::add(message, Header::content_disposition, options.body.disposition);
    Model::set_body(message, options.body.type, options.body.content);
}

} // namespace offhook

#endif

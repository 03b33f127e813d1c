#ifndef OFFHOOK_MESSAGE_CALL_ID_HPP
#define OFFHOOK_MESSAGE_CALL_ID_HPP

#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Groups the messages of one call, byte by byte as it stands.
///
///     Call-ID = ( "Call-ID" / "i" ) HCOLON callid
///     callid  = word [ "@" word ]
///
/// RFC 3261 §20.8
struct CallId {
    std::string_view text; ///< as it stands, "a84b4c76e66710@pc33.atlanta.com"

    /// The field value: one callid, and nothing behind it but LWS.
    static constexpr Parsed<CallId> parse(std::string_view text);
    /// The callid at the cursor, for what else holds one.
    static constexpr Parsed<CallId> parse(Scanner& in);

    friend constexpr bool operator==(const CallId&, const CallId&) = default;
};

constexpr Parsed<CallId> CallId::parse(Scanner& in) {
    in.skip_lws();
    const auto begin = in.offset();
    if (in.take(chars::word).empty()) return in.error("Call-ID: callid");
    if (in.accept('@') && in.take(chars::word).empty()) return in.error("Call-ID: callid");
    return CallId{in.since(begin)};
}

constexpr Parsed<CallId> CallId::parse(std::string_view text) {
    Scanner in(text);
    const auto value = parse(in);
    in.skip_lws();
    if (value && !in.at_end()) return in.error("Call-ID: callid");
    return value;
}

} // namespace offhook

#endif

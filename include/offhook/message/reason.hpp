#ifndef OFFHOOK_MESSAGE_REASON_HPP
#define OFFHOOK_MESSAGE_REASON_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Why a request was sent: a SIP status, a Q.850 cause.
///
///     Reason       = "Reason" HCOLON reason-value *(COMMA reason-value)
///     reason-value = protocol *(SEMI reason-params)
///     cause        = 1*DIGIT
///     reason-text  = "text" EQUAL quoted-string
///
/// RFC 3326 §2
struct Reason {
    std::string_view protocol; ///< "SIP", "Q.850" …
    Parameters parameters;     ///< cause, text and others

    /// One value: a header field may hold several, see ListRange.
    static constexpr Parsed<Reason> parse(std::string_view text);

    /// Nothing where it is missing or malformed.
    constexpr std::optional<std::uint32_t> cause() const { return parameters.number("cause"); }
    /// As it stands, with its quotes: see unquote(); empty where it is missing.
    constexpr std::string_view text() const { return parameters.value("text"); }
};

constexpr Parsed<Reason> Reason::parse(std::string_view text) {
    Scanner in(text);
    Reason reason;
    in.skip_lws();
    reason.protocol = in.token();
    if (reason.protocol.empty()) return in.error("Reason: protocol");
    if (const ParseError error = reason.parameters.read(in, "Reason: reason-params")) return error;
    return reason;
}

} // namespace offhook

#endif

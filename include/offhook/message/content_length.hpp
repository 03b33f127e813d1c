#ifndef OFFHOOK_MESSAGE_CONTENT_LENGTH_HPP
#define OFFHOOK_MESSAGE_CONTENT_LENGTH_HPP

#include <cstdint>
#include <string_view>

#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The size of the body in bytes.
///
///     Content-Length = "Content-Length" HCOLON 1*DIGIT
///
/// RFC 3261 §20.14
struct ContentLength {
    std::uint32_t bytes = 0; ///< 0 … 2³²−1; what has more bits is refused, never cut

    /// The field value: digits, and nothing behind them but LWS.
    static constexpr Parsed<ContentLength> parse(std::string_view text);
};

constexpr Parsed<ContentLength> ContentLength::parse(std::string_view text) {
    Scanner in(text);
    in.skip_lws();
    const auto bytes = in.number(UINT32_MAX);
    if (!bytes) return in.error("Content-Length");
    in.skip_lws();
    if (!in.at_end()) return in.error("Content-Length");
    return ContentLength{*bytes};
}

} // namespace offhook

#endif

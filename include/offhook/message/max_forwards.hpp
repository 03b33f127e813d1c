#ifndef OFFHOOK_MESSAGE_MAX_FORWARDS_HPP
#define OFFHOOK_MESSAGE_MAX_FORWARDS_HPP

#include <cstdint>
#include <string_view>

#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// How many more hops a request may take.
///
///     Max-Forwards = "Max-Forwards" HCOLON 1*DIGIT
///
/// RFC 3261 §20.22
struct MaxForwards {
    std::uint8_t hops = 0; ///< 0 … 255

    /// The field value; refused above 255.
    static constexpr Parsed<MaxForwards> parse(std::string_view text);
};

constexpr Parsed<MaxForwards> MaxForwards::parse(std::string_view text) {
    Scanner in(text);
    in.skip_lws();
    const auto hops = in.number(255);
    if (!hops) return in.error("Max-Forwards");
    in.skip_lws();
    if (!in.at_end()) return in.error("Max-Forwards");
    return MaxForwards{static_cast<std::uint8_t>(*hops)};
}

} // namespace offhook

#endif

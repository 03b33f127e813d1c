#ifndef OFFHOOK_MESSAGE_DELTA_SECONDS_HPP
#define OFFHOOK_MESSAGE_DELTA_SECONDS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/parameters.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Takes a span of time; nothing, and the cursor unmoved, where there is none or it has more than
/// 32 bits.
///
///     delta-seconds = 1*DIGIT
///
/// RFC 3261 §25.1
constexpr std::optional<std::chrono::seconds> take_delta_seconds(Scanner& in) {
    const auto number = in.number(UINT32_MAX);
    if (!number) return std::nullopt;
    return std::chrono::seconds(*number);
}

/// The parameter of that name, if it is there and is such a number.
constexpr std::optional<std::chrono::seconds> delta_seconds(const Parameters& parameters,
                                                            std::string_view name) {
    const auto number = parameters.number(name);
    if (!number) return std::nullopt;
    return std::chrono::seconds(*number);
}

} // namespace offhook

#endif

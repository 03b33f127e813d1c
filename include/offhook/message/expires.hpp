#ifndef OFFHOOK_MESSAGE_EXPIRES_HPP
#define OFFHOOK_MESSAGE_EXPIRES_HPP

#include <chrono>
#include <string_view>

#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// How long a registration, a subscription, an invitation or a message holds; Min-Expires too.
///
///     Expires = "Expires" HCOLON delta-seconds
///
/// RFC 3261 §20.19, §20.23
struct Expires {
    std::chrono::seconds interval{0}; ///< 0 … 2³²−1

    /// The field value; refused where the number is above 2³²−1.
    static constexpr Parsed<Expires> parse(std::string_view text);
};

constexpr Parsed<Expires> Expires::parse(std::string_view text) {
    Scanner in(text);
    in.skip_lws();
    const auto interval = take_delta_seconds(in);
    if (!interval) return in.error("delta-seconds");
    in.skip_lws();
    if (!in.at_end()) return in.error("delta-seconds");
    return Expires{*interval};
}

} // namespace offhook

#endif

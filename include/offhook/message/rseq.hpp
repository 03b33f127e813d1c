#ifndef OFFHOOK_MESSAGE_RSEQ_HPP
#define OFFHOOK_MESSAGE_RSEQ_HPP

#include <cstdint>
#include <string_view>

#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The number of a reliable provisional response.
///
///     RSeq         = "RSeq" HCOLON response-num
///     response-num = 1*DIGIT
///
/// RFC 3262 §7.1
struct RSeq {
    std::uint32_t number = 0; ///< 1 … 2³²−1; the first of a transaction is below 2³¹ (§3)

    /// The field value; refused where it is 0 or above 2³²−1.
    static constexpr Parsed<RSeq> parse(std::string_view text);

    friend constexpr bool operator==(const RSeq&, const RSeq&) = default;
};

constexpr Parsed<RSeq> RSeq::parse(std::string_view text) {
    Scanner in(text);
    in.skip_lws();
    const ParseError error = in.error("RSeq: response-num");
    const auto number = in.number(UINT32_MAX);
    if (!number || *number == 0) return error;
    in.skip_lws();
    if (!in.at_end()) return in.error("RSeq: response-num");
    return RSeq{*number};
}

} // namespace offhook

#endif

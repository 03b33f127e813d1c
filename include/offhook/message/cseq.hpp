#ifndef OFFHOOK_MESSAGE_CSEQ_HPP
#define OFFHOOK_MESSAGE_CSEQ_HPP

#include <cstdint>
#include <string_view>

#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The place of a request in its dialog.
///
///     CSeq = "CSeq" HCOLON 1*DIGIT LWS Method
///
/// RFC 3261 §20.16
struct CSeq {
    std::uint32_t number = 0; ///< 0 … 2³¹−1: RFC 3261 §8.1.1.5
    std::string_view method;  ///< case-sensitive

    static constexpr std::uint32_t max = 0x7fff'ffff; ///< of `number`

    /// The field value; refused where the number is above `max`.
    static constexpr Parsed<CSeq> parse(std::string_view text);
    /// From the cursor to the end, for what else holds a CSeq.
    static constexpr Parsed<CSeq> parse(Scanner& in);

    friend constexpr bool operator==(const CSeq&, const CSeq&) = default;
};

constexpr Parsed<CSeq> CSeq::parse(Scanner& in) {
    in.skip_lws();
    const auto number = in.number(max);
    if (!number) return in.error("CSeq: number");
    if (!in.skip_lws()) return in.error("CSeq: LWS");
    const std::string_view method = in.token();
    in.skip_lws();
    if (method.empty() || !in.at_end()) return in.error("CSeq: Method");
    return CSeq{*number, method};
}

constexpr Parsed<CSeq> CSeq::parse(std::string_view text) {
    Scanner in(text);
    return parse(in);
}

} // namespace offhook

#endif

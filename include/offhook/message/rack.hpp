#ifndef OFFHOOK_MESSAGE_RACK_HPP
#define OFFHOOK_MESSAGE_RACK_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/message/cseq.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Names the reliable provisional response that a PRACK acknowledges.
///
///     RAck = "RAck" HCOLON response-num LWS CSeq-num LWS Method
///
/// RFC 3262 §7.2
struct RAck {
    std::uint32_t rseq = 0; ///< 1 … 2³²−1
    CSeq cseq;              ///< of the request that was answered, not of the PRACK

    /// The field value; refused where the response-num is 0 or above 2³²−1, or the CSeq-num above
    /// 2³¹−1.
    static constexpr Parsed<RAck> parse(std::string_view text);
    /// As parse() reads it: "776656 1 INVITE".
    std::string write() const {
        std::string text = std::to_string(rseq);
        return text.append(" ").append(std::to_string(cseq.number)).append(" ").append(cseq.method);
    }

    friend constexpr bool operator==(const RAck&, const RAck&) = default;
};

constexpr Parsed<RAck> RAck::parse(std::string_view text) {
    Scanner in(text);
    in.skip_lws();
    const ParseError error = in.error("RAck: response-num");
    const auto rseq = in.number(UINT32_MAX);
    if (!rseq || *rseq == 0) return error;
    if (!in.skip_lws()) return in.error("RAck: LWS");
    const auto cseq = CSeq::parse(in);
    if (!cseq) return cseq.error();
    return RAck{*rseq, *cseq};
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_RELIABLE_RESPONSES_HPP
#define OFFHOOK_SESSION_RELIABLE_RESPONSES_HPP

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "offhook/core/late.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/retransmission.hpp"

namespace offhook {

/// The reliable provisional responses of one INVITE at the UAS: one is under way, the others wait
/// until PRACK has come for it. RFC 3262 §3
template <Modelled M>
class ReliableResponses {
public:
    /// One of them, as it is sent until PRACK comes.
    struct Response {
        std::uint32_t rseq; ///< its RSeq
        int status;         ///< 101 … 199
        bool described;     ///< it holds an offer or the answer
        M message;          ///< with RSeq and Require
    };

    /// The RSeq of the next one; the first is chosen by `random`, anywhere in 1 … 2³¹−1. None where
    /// the numbers have come to their end at 2³²−1, as they may not begin anew.
    std::optional<std::uint32_t> next_number(std::uint64_t random) const noexcept {
        if (last_ == 0) return static_cast<std::uint32_t>(random % largest_first) + 1;
        if (last_ == UINT32_MAX) return std::nullopt;
        return last_ + 1;
    }

    /// Takes one up; true where it is to be sent now.
    bool push(TimePoint now, Duration t1, Response response) {
        last_ = response.rseq;
        queue_.push_back(std::move(response));
        if (queue_.size() > 1) return false;
        start(now, t1);
        return true;
    }

    /// The one under way; null where there is none.
    const Response* front() const noexcept { return queue_.empty() ? nullptr : &queue_.front(); }
    /// None is under way.
    bool empty() const noexcept { return queue_.empty(); }

    /// Whether a 2xx has to wait, as one of them holds a description. RFC 3262 §5
    bool holds_description() const noexcept {
        for (const Response& response : queue_)
            if (response.described) return true;
        return false;
    }

    /// PRACK has come for the one under way; true where the next one is to be sent now.
    bool acknowledged(TimePoint now, Duration t1) {
        queue_.erase(queue_.begin());
        retransmission_.reset();
        if (queue_.empty()) return false;
        start(now, t1);
        return true;
    }

    /// When due() or ended() has something to say.
    std::optional<TimePoint> next_timeout() const {
        if (!retransmission_) return std::nullopt;
        return retransmission_->next();
    }
    /// True where the one under way is to be sent again.
    bool due(TimePoint now) {
        if (!retransmission_ || !retransmission_->due(now)) return false;
        retransmission_->sent(now);
        return true;
    }
    /// No PRACK for 64·T1.
    bool ended(TimePoint now) const noexcept {
        return retransmission_ && retransmission_->ended(now);
    }

private:
    static constexpr std::uint32_t largest_first = 0x7fffffff;

    void start(TimePoint now, Duration t1) {
        // The interval doubles to the end: no T2 here. RFC 3262 §3
        retransmission_ = Retransmission(now, t1, 64 * t1);
    }

    std::uint32_t last_ = 0;
    std::vector<Response> queue_;
    std::optional<Late<Retransmission, M>> retransmission_;
};

/// The reliable provisional responses that a UAC has got on one dialog: which of them is the next
/// in order. RFC 3262 §4
struct ReceivedReliable {
    std::uint32_t invite = 0; ///< CSeq number of the INVITE; 0 before any
    std::uint32_t last = 0;   ///< RSeq of the last one taken
    bool owed = false;        ///< the last one waits for prack()
    bool offered = false;     ///< and brought an offer

    /// True for the next one in order. One that is repeated has been acknowledged, and one whose
    /// predecessor is missing gets no PRACK and no further processing.
    bool take(std::uint32_t invite_number, std::uint32_t rseq) noexcept {
        const bool next =
            invite != invite_number || (!owed && last != UINT32_MAX && rseq == last + 1);
        if (next) *this = {invite_number, rseq, false, false};
        return next;
    }
};

} // namespace offhook

#endif

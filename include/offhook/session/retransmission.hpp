#ifndef OFFHOOK_SESSION_RETRANSMISSION_HPP
#define OFFHOOK_SESSION_RETRANSMISSION_HPP

#include "offhook/core/extremes.hpp"
#include "offhook/core/time.hpp"

namespace offhook {

/// When a 2xx to INVITE is sent again: after T1, then at intervals that double up to T2, until
/// 64·T1 have passed since the first. Timer L of the server transaction ends at the same moment.
/// RFC 3261 §13.3.1.4
class Retransmission {
public:
    /// `t2` bounds the interval.
    Retransmission(TimePoint first_sent, Duration t1, Duration t2)
        : interval_(t1), longest_(t2), next_(first_sent + t1), end_(first_sent + 64 * t1) {}

    /// The moment of the next event: a retransmission, or the end.
    TimePoint next() const noexcept { return lesser(next_, end_); }
    /// 64·T1 have passed.
    bool ended(TimePoint now) const noexcept { return now >= end_; }
    /// It is time to send it again.
    bool due(TimePoint now) const noexcept { return now >= next_ && !ended(now); }

    /// One was sent.
    void sent(TimePoint now) noexcept {
        interval_ = lesser(2 * interval_, longest_);
        next_ = now + interval_;
    }

    friend bool operator==(const Retransmission&, const Retransmission&) = default;

private:
    Duration interval_;
    Duration longest_;
    TimePoint next_;
    TimePoint end_;
};

} // namespace offhook

#endif

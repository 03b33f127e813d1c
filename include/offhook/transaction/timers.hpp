#ifndef OFFHOOK_TRANSACTION_TIMERS_HPP
#define OFFHOOK_TRANSACTION_TIMERS_HPP

#include "offhook/core/extremes.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/core/time.hpp"

namespace offhook {

/// The three values that all timers of transactions derive from. RFC 3261 §17.1.1.2, appendix A
struct TimerConfig {
    Duration t1 = std::chrono::milliseconds(500); ///< estimate of the round-trip time
    Duration t2 = std::chrono::seconds(4);        ///< longest interval of retransmissions
    Duration t4 = std::chrono::seconds(5);        ///< how long a message stays in the network

    /// How long a transaction tries: timers B, F, H, and L and M of RFC 6026.
    constexpr Duration transaction() const { return 64 * t1; }

    /// Wait for response retransmissions, INVITE. At least 32 s, since the peer's T1 is not known.
    constexpr Duration d(Transport transport) const {
        return when_unreliable(transport, greater<Duration>(std::chrono::seconds(32), 64 * t1));
    }
    /// Wait for ACK retransmissions.
    constexpr Duration i(Transport transport) const { return when_unreliable(transport, t4); }
    /// Wait for request retransmissions, non-INVITE.
    constexpr Duration j(Transport transport) const { return when_unreliable(transport, 64 * t1); }
    /// Wait for response retransmissions, non-INVITE.
    constexpr Duration k(Transport transport) const { return when_unreliable(transport, t4); }

    /// Timer A goes on doubling. §17.1.1.2
    static constexpr Duration next_a(Duration interval) { return 2 * interval; }
    /// Timers E and G stop growing at T2. §17.1.2.2, §17.2.1
    constexpr Duration next_e(Duration interval) const { return lesser(2 * interval, t2); }

    /// An INVITE that the TU leaves unanswered so long gets a 100. §17.2.1
    static constexpr Duration invite_trying() { return std::chrono::milliseconds(200); }
    /// Any other request does when its client's Timer E has come to be reset to T2: 3.5 s with the
    /// default values. RFC 4320 §4.1
    constexpr Duration non_invite_trying() const {
        Duration elapsed = t1;
        for (Duration interval = next_e(t1); t1 > Duration::zero() && interval < t2;
             interval = next_e(interval)) {
            elapsed += interval;
        }
        return elapsed;
    }

    friend constexpr bool operator==(const TimerConfig&, const TimerConfig&) = default;

private:
    static constexpr Duration when_unreliable(Transport transport, Duration duration) {
        return is_reliable(transport) ? Duration::zero() : duration;
    }
};

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_SESSION_TIMER_POLICY_HPP
#define OFFHOOK_SESSION_SESSION_TIMER_POLICY_HPP

#include <chrono>
#include <cstdint>
#include <optional>

#include "offhook/core/extremes.hpp"
#include "offhook/session/session_refresh.hpp"

namespace offhook {

/// What the application wants of the session timer, and what that makes of a request as UAS.
struct SessionTimerPolicy {
    /// When a session has a timer.
    enum class Use : unsigned char {
        off,        ///< the extension is not supported at all
        on_request, ///< where somebody else asks for it
        always,     ///< asked for in each session
    };
    /// We, or the peer.
    enum class Side : unsigned char { self, peer };

    Use use = Use::always; ///< when a session has one
    /// What is asked for, and what a longer one is brought down to, where `use` is `always`; not
    /// below `minimum`. Less than 30 minutes is not recommended. RFC 4028 §4
    std::chrono::seconds interval{1800};
    /// What is shorter gets 422, or no timer where that would fail the call; not below 90 s.
    /// RFC 4028 §9
    std::chrono::seconds minimum = shortest_session_interval;
    /// Who is to refresh, where the choice is ours; best left open. RFC 4028 §7.1
    std::optional<Side> refresher = {};
    /// With a peer that does not know the extension, we refresh for our own benefit, to find out
    /// when it has gone. RFC 4028 §7.2
    bool alone = true;
    /// How often a refused request is tried again before a 2xx. RFC 4028 §10
    std::uint8_t retries = 4;

    /// Whether the bounds above are kept.
    constexpr bool valid() const noexcept {
        return minimum >= shortest_session_interval && interval >= minimum
               && interval <= std::chrono::seconds(UINT32_MAX);
    }

    /// The Min-SE of the 422 that refuses the request; none where it is not to be refused: a UAC
    /// that does not know the extension would only lose the call. RFC 4028 §9, §8.1
    constexpr std::optional<std::chrono::seconds>
    too_small(const RefreshRequest& request) const noexcept {
        if (use == Use::off || !request.timer_supported || !request.interval) return std::nullopt;
        const auto shortest = shortest_for(request);
        if (*request.interval >= shortest) return std::nullopt;
        return shortest;
    }

    /// The session interval that a 2xx to the request grants; none: no timer. `current` is the one
    /// in force. RFC 4028 §9
    constexpr std::optional<std::chrono::seconds>
    granted(const RefreshRequest& request,
            std::optional<std::chrono::seconds> current) const noexcept {
        if (use == Use::off) return std::nullopt;
        const auto shortest = shortest_for(request);
        const auto wanted = greater(greater(interval, shortest), current.value_or(interval));
        if (request.interval) {
            // It may be neither granted nor raised.
            if (*request.interval < shortest) return std::nullopt;
            if (use == Use::on_request) return request.interval;
            return lesser(*request.interval, wanted);
        }
        if (use == Use::on_request) return std::nullopt;
        if (!request.timer_supported && !alone) return std::nullopt;
        return wanted;
    }

    friend constexpr bool operator==(const SessionTimerPolicy&,
                                     const SessionTimerPolicy&) = default;

private:
    constexpr std::chrono::seconds shortest_for(const RefreshRequest& request) const noexcept {
        return greater(minimum, request.min_se.value_or(minimum));
    }
};

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_SESSION_TIMER_HPP
#define OFFHOOK_SESSION_SESSION_TIMER_HPP

#include <chrono>
#include <cstdint>
#include <optional>

#include "offhook/core/extremes.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/session_expires.hpp"
#include "offhook/session/session_refresh.hpp"
#include "offhook/session/session_timer_policy.hpp"

namespace offhook {

/// The session timer of one dialog, blind to messages: what our INVITE, UPDATE and 2xx have to say,
/// and when to refresh the session or to give it up. Forks of an INVITE have one each. RFC 4028
class SessionTimer {
public:
    using Side = SessionTimerPolicy::Side; ///< who refreshes
    using Use = SessionTimerPolicy::Use;   ///< whether there is to be a timer

    /// What is to be done now. RFC 4028 §10
    enum class Due : unsigned char {
        nothing, ///< wait for next_timeout()
        refresh, ///< send an INVITE or UPDATE with `request()`
        expire,  ///< send BYE
    };

    /// Whether an INVITE or UPDATE of either side has no final response yet, or waits to be sent
    /// again. It could still refresh the session: no other one is sent, and BYE waits until the
    /// expiration itself.
    enum class Exchange : unsigned char { none, under_way };

    /// What follows on a refusal. RFC 4028 §7.3, §10
    enum class Verdict : unsigned char {
        keep,  ///< nothing now; where we are the refresher, `due()` tells of another try
        retry, ///< send it again with `request()`: a new transaction, Call-ID and tags the same
        end,   ///< the session is over: send BYE, where there is a dialog
    };

    /// Precondition: `policy.valid()`.
    explicit SessionTimer(const SessionTimerPolicy& policy = {}) noexcept : policy_(policy) {}

    /// A timer runs.
    bool active() const noexcept { return running_.interval != std::chrono::seconds::zero(); }
    /// The session interval in force; none without a timer.
    std::optional<std::chrono::seconds> interval() const noexcept;
    /// Who refreshes; none without a timer.
    std::optional<Side> refresher() const noexcept;
    /// The moment from which everybody on the path takes the session for dead, unless it is
    /// refreshed. RFC 4028 §7.2, §9
    std::optional<TimePoint> expiration() const noexcept;

    /// What an INVITE or UPDATE that we send now has to say, a refresh or not. RFC 4028 §7.1, §7.4
    RefreshRequest request() const noexcept;

    /// The first 2xx to our request came. RFC 4028 §7.2
    void accepted(TimePoint now, const RefreshRequest& sent, const RefreshAnswer& answer) noexcept;

    /// Another final response or none. What the session answers by itself, such as a challenge or
    /// a 491, is no refusal before it gives up. RFC 4028 §7.3, §10, RFC 3261 §12.2.1.2
    [[nodiscard]] Verdict refused(TimePoint now, const RefreshRequest& sent,
                                  const RefreshRefusal& refusal) noexcept;

    /// The peer's request came; the Min-SE of the 422 that refuses it, or none where the session
    /// timer allows it. RFC 4028 §9
    [[nodiscard]] std::optional<std::chrono::seconds>
    received(const RefreshRequest& request) noexcept;

    /// The 2xx to it leaves now: what that has to say. RFC 4028 §9
    [[nodiscard]] RefreshAnswer answer(TimePoint now, const RefreshRequest& request) noexcept;

    /// The timer of a dialog that our INVITE makes: what 422s said before counts no more.
    /// RFC 4028 §7.4
    [[nodiscard]] SessionTimer for_dialog() const noexcept {
        SessionTimer timer = *this;
        timer.min_se_.reset();
        return timer;
    }

    /// The session is over.
    void stop() noexcept { running_ = {}; }

    /// When `due()` has something to say, unless something happens before.
    std::optional<TimePoint> next_timeout(Exchange exchange) const noexcept;
    /// What is to be done now; `nothing` before next_timeout().
    Due due(TimePoint now, Exchange exchange) const noexcept;

    friend bool operator==(const SessionTimer&, const SessionTimer&) = default;

private:
    struct Running {
        std::chrono::seconds interval{}; ///< zero: there is no timer
        TimePoint expiration = {};
        Side refresher = Side::peer;
        std::optional<TimePoint> refresh = {}; ///< none: not our task, or given up

        TimePoint ends(Exchange exchange) const noexcept {
            if (exchange == Exchange::under_way) return expiration;
            // RFC 4028 §10
            return expiration - lesser(Duration(std::chrono::seconds(32)), Duration(interval) / 3);
        }

        friend bool operator==(const Running&, const Running&) = default;
    };

    void run(TimePoint now, std::chrono::seconds interval, Side refresher) noexcept;
    void settle() noexcept;
    void note(const RefreshRequest& request) noexcept;
    void raise_min_se(std::chrono::seconds heard) noexcept;
    void try_later(TimePoint now, const RefreshRefusal& refusal) noexcept;
    Side preferred() const noexcept;

    SessionTimerPolicy policy_;
    Running running_;
    std::optional<std::chrono::seconds> min_se_; ///< the largest heard of. RFC 4028 §7.4
    int last_refusal_ = 0;
    std::uint8_t tries_ = 0; ///< again since the last 2xx
    bool settled_ = false;   ///< a 2xx has said whether there is a timer
    bool peer_supports_ = false;
};

inline std::optional<std::chrono::seconds> SessionTimer::interval() const noexcept {
    if (!active()) return std::nullopt;
    return running_.interval;
}

inline std::optional<SessionTimerPolicy::Side> SessionTimer::refresher() const noexcept {
    if (!active()) return std::nullopt;
    return running_.refresher;
}

inline std::optional<TimePoint> SessionTimer::expiration() const noexcept {
    if (!active()) return std::nullopt;
    return running_.expiration;
}

inline RefreshRequest SessionTimer::request() const noexcept {
    if (policy_.use == Use::off) return {};
    RefreshRequest request{.timer_supported = true};
    const auto shortest = greater(policy_.minimum, min_se_.value_or(policy_.minimum));
    if (min_se_ || shortest > shortest_session_interval) request.min_se = shortest;
    if (active()) {
        request.interval = greater(shortest, running_.interval);
        request.refresher = running_.refresher == Side::self ? Refresher::uac : Refresher::uas;
    } else if (policy_.use == Use::always && !settled_) {
        request.interval = greater(shortest, policy_.interval);
        if (policy_.refresher == Side::self) request.refresher = Refresher::uac;
        // Only a peer that is known to be able to may be told to. RFC 4028 §7.4
        if (policy_.refresher == Side::peer && peer_supports_) request.refresher = Refresher::uas;
    }
    return request;
}

inline void SessionTimer::accepted(TimePoint now, const RefreshRequest& sent,
                                   const RefreshAnswer& answer) noexcept {
    if (policy_.use == Use::off) return;
    settle();
    const auto named = UacRefresher::named(answer);
    // A proxy that answers for the UAS names no other refresher than the UAC. RFC 4028 §8.2
    if (answer.timer_supported || named == UacRefresher::Named::uas) peer_supports_ = true;
    switch (UacRefresher::find(named, sent.interval.has_value(), peer_supports_)->outcome) {
    case UacRefresher::Outcome::off: running_ = {}; return;
    case UacRefresher::Outcome::uac: return run(now, *answer.interval, Side::self);
    case UacRefresher::Outcome::uas: return run(now, *answer.interval, Side::peer);
    case UacRefresher::Outcome::unanswered: break;
    }
    if (policy_.alone)
        run(now, *sent.interval, Side::self);
    else
        running_ = {};
}

inline SessionTimer::Verdict SessionTimer::refused(TimePoint now, const RefreshRequest& sent,
                                                   const RefreshRefusal& refusal) noexcept {
    if (refusal.status == 408 || refusal.status == 481) return Verdict::end;
    if (policy_.use == Use::off) return Verdict::keep;
    if (refusal.status == 422 && refusal.min_se) {
        raise_min_se(*refusal.min_se);
        // A 422 that asks for no more than it was given would be the same again.
        const bool asks_for_more = !sent.min_se || *sent.min_se < *refusal.min_se;
        if (asks_for_more && tries_ < policy_.retries) {
            ++tries_;
            return Verdict::retry;
        }
    }
    try_later(now, refusal);
    return Verdict::keep;
}

inline std::optional<std::chrono::seconds>
SessionTimer::received(const RefreshRequest& request) noexcept {
    if (policy_.use == Use::off) return std::nullopt;
    note(request);
    return policy_.too_small(request);
}

inline RefreshAnswer SessionTimer::answer(TimePoint now, const RefreshRequest& request) noexcept {
    if (policy_.use == Use::off) return {};
    note(request);
    settle();
    RefreshAnswer answer{.interval = policy_.granted(request, interval()), .timer_supported = true};
    if (!answer.interval) {
        running_ = {};
        return answer;
    }
    const auto* const row = UasRefresher::find(request.timer_supported, request.refresher);
    const auto ours = preferred() == Side::self ? Refresher::uas : Refresher::uac;
    answer.refresher = row->answer.value_or(ours);
    answer.timer_required = row->require;
    run(now, *answer.interval, answer.refresher == Refresher::uas ? Side::self : Side::peer);
    return answer;
}

inline std::optional<TimePoint> SessionTimer::next_timeout(Exchange exchange) const noexcept {
    if (!active()) return std::nullopt;
    if (exchange == Exchange::none && running_.refresh) return running_.refresh;
    return running_.ends(exchange);
}

inline SessionTimer::Due SessionTimer::due(TimePoint now, Exchange exchange) const noexcept {
    if (!active()) return Due::nothing;
    if (now >= running_.ends(exchange)) return Due::expire;
    if (exchange == Exchange::none && running_.refresh && now >= *running_.refresh)
        return Due::refresh;
    return Due::nothing;
}

inline void SessionTimer::run(TimePoint now, std::chrono::seconds interval,
                              Side refresher) noexcept {
    // Below 90 s the peer would set us a pace that no Min-SE has agreed to. RFC 4028 §4, §11.1
    interval = greater(interval, shortest_session_interval);
    running_ = Running{interval, now + interval, refresher, std::nullopt};
    if (refresher == Side::self) running_.refresh = now + Duration(interval) / 2;
}

inline void SessionTimer::settle() noexcept {
    settled_ = true;
    tries_ = 0;
    last_refusal_ = 0;
}

inline void SessionTimer::note(const RefreshRequest& request) noexcept {
    peer_supports_ = request.timer_supported;
    if (request.min_se) raise_min_se(*request.min_se);
}

inline void SessionTimer::raise_min_se(std::chrono::seconds heard) noexcept {
    min_se_ = greater(heard, min_se_.value_or(heard));
}

inline void SessionTimer::try_later(TimePoint now, const RefreshRefusal& refusal) noexcept {
    // Before its time it was the application's own request, and no refresh has failed.
    if (!active() || !running_.refresh || now < *running_.refresh) return;
    running_.refresh.reset();
    const bool same = refusal.status == last_refusal_;
    last_refusal_ = refusal.status;
    if (same || tries_ >= policy_.retries) return;
    const TimePoint end = running_.ends(Exchange::none);
    TimePoint next = now + (end - now) / 2;
    if (refusal.retry_after) next = greater(next, now + *refusal.retry_after);
    if (next >= end) return;
    ++tries_;
    running_.refresh = next;
}

inline SessionTimerPolicy::Side SessionTimer::preferred() const noexcept {
    if (policy_.refresher) return *policy_.refresher;
    return active() ? running_.refresher : Side::peer;
}

} // namespace offhook

#endif

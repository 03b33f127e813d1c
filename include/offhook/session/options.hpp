#ifndef OFFHOOK_SESSION_OPTIONS_HPP
#define OFFHOOK_SESSION_OPTIONS_HPP

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/session/features.hpp"

namespace offhook {

/// What becomes of a second 2xx that a fork of our INVITE brings. Each is acknowledged in any case.
/// RFC 3261 §13.2.2.4
enum class ForkPolicy : unsigned char {
    keep_first, ///< the first stays, every other one gets BYE
    keep_all,   ///< every other one becomes a session of its own: Session::poll_fork()
};

/// What a session waits for, and how long.
struct SessionTimers {
    Duration t1 = std::chrono::milliseconds(500); ///< above 0. RFC 3261 §17.1.1.1
    Duration t2 = std::chrono::seconds(4);        ///< not below t1
    /// UAC: CANCEL where no final response has come by then. UAS: 480 where the application has
    /// not answered by then. So that each call ends, whoever forgets it; 0 switches it off.
    Duration unanswered = std::chrono::minutes(3);
    /// UAS: the last 1xx is repeated after this; 0 switches it off. RFC 3261 §13.3.1.1
    Duration provisional_refresh = std::chrono::seconds(60);
    /// How long follow() and authenticate() are waited for; then the response counts.
    Duration decision = std::chrono::seconds(60);

    /// T1 and decision above 0, T2 not below T1, nothing negative.
    constexpr bool valid() const noexcept {
        return t1 > Duration::zero() && t2 >= t1 && unanswered >= Duration::zero()
               && provisional_refresh >= Duration::zero() && decision > Duration::zero();
    }
};

/// What an INVITE of ours holds.
struct InviteOptions {
    std::string target = {};  ///< Request-URI, and the URI in To
    std::string from = {};    ///< From value without a tag: `"Alice" <sip:alice@atlanta.example>`
    std::string contact = {}; ///< Contact value, `<sip:alice@192.0.2.1>`; SIPS for a SIPS target
    std::string to = {};      ///< To value where it is not to be `<target>`
    std::string route = {};   ///< pre-existing route set as a Route value. RFC 3261 §8.1.1.1
    Body offer = {};          ///< empty: the 2xx brings the offer, and ack() takes the answer
    std::vector<HeaderField> fields = {}; ///< Expires among them: then CANCEL. RFC 3261 §13.2.1
    /// For who places a call on behalf of another: one less than that has, or calls may go round in
    /// circles. RFC 7332
    std::uint8_t max_forwards = 70;
    ForkPolicy forks = ForkPolicy::keep_first; ///< what a second 2xx becomes
    /// How many early dialogs are followed. Twice as many forks may answer with a 2xx; what comes
    /// after these is not acknowledged.
    std::uint32_t early_dialogs = 16;
    /// How many targets are tried after redirections. RFC 3261 §8.1.3.4
    std::uint32_t redirections = 5;
    SessionTimers timers = {};     ///< how long it waits for what
    SessionFeatures features = {}; ///< which extensions it uses
};

/// How an incoming INVITE is taken up.
struct IncomingOptions {
    /// Our Contact value, with a SIP or SIPS URI. A SIP URI becomes a SIPS URI where the INVITE
    /// asks for that. RFC 3261 §12.1.1
    std::string contact = {};
    /// Where the ACK does not come within 64·T1: BYE, or leave the session as it is. In both cases
    /// the application is told. RFC 3261 §13.3.1.4
    enum class NoAck : unsigned char { bye, keep } on_missing_ack = NoAck::bye; ///< which of both
    SessionTimers timers = {};     ///< how long it waits for what
    SessionFeatures features = {}; ///< which extensions it uses
};

} // namespace offhook

#endif

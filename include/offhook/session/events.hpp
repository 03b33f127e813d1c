#ifndef OFFHOOK_SESSION_EVENTS_HPP
#define OFFHOOK_SESSION_EVENTS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "offhook/core/slab.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// Names a session of an Endpoint; stale once the session is gone. A Session that stands alone
/// leaves it empty in its events.
using SessionId = Handle<struct SessionTag>;

/// Whose doing an end was.
enum class Party : unsigned char { local, remote };

/// Why a session is over.
enum class Cause : unsigned char {
    bye,             ///< BYE, by `by`
    cancelled,       ///< CANCEL, by `by`
    rejected,        ///< 4xx … 6xx to the INVITE
    redirected,      ///< 3xx to the INVITE
    timeout,         ///< no response in time, or `SessionTimers::unanswered`
    transport_error, ///< a request could not be sent
    ack_timeout,     ///< the ACK of our 2xx never came. RFC 3261 §13.3.1.4
    missing_answer,  ///< an offer of ours was not answered where it had to be. RFC 3261 §13.2.1
};

/// What a session tells the application, in the order in which it happened. Each owns what it
/// carries. `M` is the message type.
template <Modelled M>
struct SessionEvents {
    /// UAC: a 1xx above 100.
    struct Ringing {
        SessionId session;
        int status;
        std::uint32_t fork; ///< which early dialog, from 1 on; 0: a response that makes none
        M message;
    };

    /// An offer of the peer waits for accept(), or for ack() where a 2xx brought it.
    struct Offer {
        SessionId session;
        Body body;
    };

    /// The answer to our offer; `preview` where an unreliable 1xx showed it, which is then told
    /// again with the 2xx, as the first description counts. RFC 3261 §13.2.1, RFC 6337 §3.1.1
    struct Answer {
        SessionId session;
        Body body;
        bool preview;
        std::uint32_t fork; ///< whose
    };

    /// UAC: the 2xx that makes this the call.
    struct Answered {
        SessionId session;
        int status;
        M message;
    };

    /// The ACK was sent or has come.
    struct Confirmed {
        SessionId session;
    };

    /// UAC: 3xx; the Contacts are in the message.
    struct Redirected {
        SessionId session;
        int status;
        M message;
    };

    /// UAC: 4xx … 6xx.
    struct Rejected {
        SessionId session;
        int status;
        M message;
    };

    /// UAS: CANCEL has ended the INVITE.
    struct Cancelled {
        SessionId session;
        std::string reason; ///< Reason value of the CANCEL
    };

    /// UAS: no ACK within 64·T1.
    struct AckTimeout {
        SessionId session;
    };

    /// Our BYE leaves: stop the media now. RFC 3261 §15.1.1
    struct Terminating {
        SessionId session;
    };

    /// UAC, with ForkPolicy::keep_all: another fork's 2xx has become the session `fork`.
    struct Forked {
        SessionId session;
        SessionId fork;
    };

    /// Over; the last event of its session.
    struct Terminated {
        SessionId session;
        Party by;
        Cause cause;
        int status; ///< of the response that ended it, 408 and 503 also for their failures; else 0
        std::string reason; ///< Reason value of the BYE or CANCEL that came
    };

    using Event = std::variant<Ringing, Offer, Answer, Answered, Confirmed, Redirected, Rejected,
                               Cancelled, AckTimeout, Terminating, Forked, Terminated>;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_EVENTS_HPP
#define OFFHOOK_SESSION_EVENTS_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "offhook/core/slab.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/usage_id.hpp"
#include "offhook/subscription/event_key.hpp"
#include "offhook/subscription/notice.hpp"
#include "offhook/subscription/subscription_end.hpp"

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
    expired,         ///< nobody refreshed the session in time. RFC 4028 §10
    peer_lost,       ///< a request in the dialog got 481, 408 or nothing. RFC 3261 §12.2.1.2
};

/// What a session tells the application, in the order in which it happened. Each owns what it
/// carries. `M` is the message type.
template <Modelled M>
struct SessionEvents {
    /// UAC: a 1xx above 100 to our INVITE or re-INVITE. A reliable one is acknowledged by itself,
    /// unless it brought an offer or SessionFeatures::prack says otherwise: then prack() does.
    struct Ringing {
        SessionId session;     ///< the call
        int status;            ///< 101 … 199
        std::uint32_t fork;    ///< which early dialog, from 1 on; 0: a response that makes none
        M message;             ///< the response
        bool reliable = false; ///< RFC 3262
    };

    /// An offer of the peer in a response waits for its answer. RFC 6337 §2.2
    struct Offer {
        SessionId session;                       ///< the call
        Body body;                               ///< the description, with its type
        Operation answer_by = Operation::accept; ///< INVITE: accept(); 2xx: ack(); 1xx: prack()
        std::uint32_t fork = 0;                  ///< whose
    };

    /// The answer to our offer; `preview` where an unreliable 1xx showed it, which is then told
    /// again with the 2xx, as the first description counts. RFC 3261 §13.2.1, RFC 6337 §3.1.1
    struct Answer {
        SessionId session;  ///< the call
        Body body;          ///< the description, with its type
        bool preview;       ///< true: shown by an unreliable 1xx, not yet binding
        std::uint32_t fork; ///< whose
    };

    /// The peer's re-INVITE: progress(), accept() or reject() it. RFC 3261 §14.2
    struct Reinvited {
        SessionId session; ///< the call
        Body offer;        ///< empty: accept() has to bring one
        M message;         ///< the re-INVITE
    };

    /// The peer's UPDATE. One without an offer has been answered. RFC 3311 §5.2
    struct Updated {
        SessionId session; ///< the call
        Body offer;        ///< not empty: answer() or decline() it, at once
        M message;         ///< the UPDATE
    };

    /// UAS: the PRACK of a reliable 1xx. One without an offer has been answered. RFC 3262 §3
    struct Acknowledged {
        SessionId session; ///< the call
        int status;        ///< of the 1xx
        Body offer;        ///< not empty: answer() or decline() it, at once
        M message;         ///< the PRACK
    };

    /// Our re-INVITE or UPDATE has its 2xx.
    struct Modified {
        SessionId session; ///< the call
        int status;        ///< 200 … 299
        M message;         ///< the 2xx
    };

    /// A re-INVITE, UPDATE or offer came to nothing: what was agreed before it is in force, as if
    /// it had never been. RFC 3261 §14.1, RFC 3311 §5.3, RFC 6141 §3. Where a reliable 1xx had
    /// answered it, the peer may see that otherwise: a further offer makes sure. RFC 6141 §3.4
    struct RolledBack {
        SessionId session; ///< the call
        Party by;          ///< who had wanted the change
        int status;        ///< of the final response; 408, 487 and 503 also where none came
        Body offer;        ///< what is off; empty where there was none
        std::optional<M> message = {}; ///< the peer's final response to ours
    };

    /// The session timer has been started anew. RFC 4028 §7.2, §9
    struct Refreshed {
        SessionId session;             ///< the call
        std::chrono::seconds interval; ///< in force from now on
        bool by_us;                    ///< whether we are to refresh it the next time
    };

    /// A request of the peer in the dialog: respond() within 64·T1.
    struct Requested {
        SessionId session;         ///< the call
        TransactionId transaction; ///< for respond()
        M message;                 ///< the request
    };

    /// The response to a request of ours in the dialog; the last one where its status is 200 or up.
    struct Responded {
        SessionId session;             ///< the call
        TransactionId request;         ///< as request() returned it
        int status;                    ///< 408, 481 and 503 also where there is no message
        std::optional<M> message = {}; ///< the response
    };

    /// A request of ours got 401 or 407, and waits for authenticate(). RFC 3261 §22.2
    struct Challenged {
        SessionId session;     ///< the call
        TransactionId request; ///< for authenticate()
        M message;             ///< the 401 or 407: its challenges
    };

    /// UAC: the 2xx that makes this the call.
    struct Answered {
        SessionId session; ///< the call
        int status;        ///< 200 … 299
        M message;         ///< the 2xx
    };

    /// The ACK was sent or has come.
    struct Confirmed {
        SessionId session; ///< the call
    };

    /// UAC: 3xx, or the failure of a target while others are left. Where it waits for follow(), the
    /// targets that are worth a try are named, the best first. RFC 3261 §8.1.3.4
    struct Redirected {
        SessionId session;                     ///< the call
        int status;                            ///< 300 … 599
        M message;                             ///< the response
        std::vector<std::string> targets = {}; ///< for follow(); empty where it waits for nothing
    };

    /// UAC: 4xx … 6xx.
    struct Rejected {
        SessionId session; ///< the call
        int status;        ///< 400 … 699
        M message;         ///< the response
    };

    /// UAS: CANCEL has ended the INVITE, or has made us accept a re-INVITE whose changes are in
    /// force. RFC 6141 §3.8
    struct Cancelled {
        SessionId session;  ///< the call
        std::string reason; ///< Reason value of the CANCEL
    };

    /// No ACK of our 2xx within 64·T1; where it held an offer, that is off.
    struct AckTimeout {
        SessionId session; ///< the call
    };

    /// Our BYE leaves: stop the media now. RFC 3261 §15.1.1
    struct Terminating {
        SessionId session; ///< the call
    };

    /// UAC, with ForkPolicy::keep_all: another fork's 2xx has become the session `fork`.
    struct Forked {
        SessionId session; ///< the call whose INVITE forked
        SessionId fork;    ///< the new one
    };

    /// The peer's REFER: respond() to it. A 2xx makes the subscription, whose first NOTIFY says 100
    /// at once, and notify() tells what becomes of it. Where respond() does not come before the
    /// transaction has to end, a 200 leaves by itself, and NOTIFYs tell of the decision.
    /// RFC 3515 §2.4
    struct Referred {
        SessionId session;         ///< the call
        TransactionId transaction; ///< for respond()
        UsageId usage;             ///< for notify(), once it is accepted
        std::string refer_to;      ///< for ReferTo::parse()
        M message;                 ///< the REFER
    };

    /// The peer's SUBSCRIBE in the dialog: respond() soon. The body of a 2xx goes into the NOTIFY
    /// that follows at once; 202 leaves as 200, and as a subscription that is not decided yet.
    /// RFC 6665 §4.2.1
    struct Subscribed {
        SessionId session;            ///< the call
        TransactionId transaction;    ///< for respond()
        UsageId usage;                ///< for notify(), once it is accepted
        EventKey event;               ///< what the peer wants to know of
        std::chrono::seconds expires; ///< as a 2xx grants it
        M message;                    ///< the SUBSCRIBE
    };

    /// A further SUBSCRIBE of the peer was answered, and a NOTIFY with the last body sent.
    struct Resubscribed {
        SessionId session;            ///< the call
        UsageId usage;                ///< of the peer
        std::chrono::seconds expires; ///< as the 2xx granted it anew
        M message;                    ///< the SUBSCRIBE
    };

    /// A NOTIFY of a subscription of ours, which has been answered. RFC 6665 §4.1.3
    struct Notified {
        SessionId session; ///< the call
        UsageId usage;     ///< of ours
        Notice state;      ///< what its Subscription-State says
        int status; ///< of what came of our REFER, as its sipfrag says; else 0. RFC 3515 §2.4.5
        Body body;  ///< the news itself
        M message;  ///< the NOTIFY
    };

    /// The final response to a REFER, SUBSCRIBE or NOTIFY of a subscription that goes on; not the
    /// 2xx to NOTIFY.
    struct UsageResponded {
        SessionId session;             ///< the call
        UsageId usage;                 ///< of either side
        int status;                    ///< 408 and 503 also where there is no message
        std::optional<M> message = {}; ///< the response
    };

    /// A subscription is over, at either side: its last event.
    struct UsageEnded {
        SessionId session;             ///< the call
        UsageId usage;                 ///< of either side
        SubscriptionEnd end;           ///< how, and whether to subscribe again
        std::string reason;            ///< of the NOTIFY that ended it
        std::optional<M> message = {}; ///< the response that did
    };

    /// The call is over. What follows can only be of subscriptions that go on.
    struct Terminated {
        SessionId session; ///< the call
        Party by;          ///< whose doing it was
        Cause cause;       ///< what ended it
        int status; ///< of the response that ended it, 408 and 503 also for their failures; else 0
        std::string reason; ///< Reason value of the BYE or CANCEL that came
    };

    /// One of the above.
    using Event =
        std::variant<Ringing, Offer, Answer, Answered, Confirmed, Reinvited, Updated, Acknowledged,
                     Modified, RolledBack, Refreshed, Requested, Responded, Challenged, Redirected,
                     Rejected, Cancelled, AckTimeout, Terminating, Forked, Referred, Subscribed,
                     Resubscribed, Notified, UsageResponded, UsageEnded, Terminated>;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_EVENTS_HPP
#define OFFHOOK_ENDPOINT_EVENTS_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "offhook/core/flow.hpp"
#include "offhook/core/slab.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/message_model.hpp"
#include "offhook/message/protocol_fault.hpp"
#include "offhook/session/events.hpp"
#include "offhook/subscription/subscription_events.hpp"
#include "offhook/transaction/transaction_events.hpp"

namespace offhook {

/// Names a request of ours that belongs to no session.
using RequestId = Handle<struct RequestTag>;
/// Names a question for the addresses of a host.
using ResolveId = Handle<struct ResolveTag>;

/// What an Endpoint tells the application; each owns what it carries. `session` names the call, and
/// stays a valid argument for Endpoint::session() after its end.
namespace event {

using Ringing = SessionEvents<Message>::Ringing;           ///< a 1xx to our INVITE
using Offer = SessionEvents<Message>::Offer;               ///< one in a response, to be answered
using Answer = SessionEvents<Message>::Answer;             ///< that to our offer
using Answered = SessionEvents<Message>::Answered;         ///< the 2xx to our INVITE
using Confirmed = SessionEvents<Message>::Confirmed;       ///< the ACK was sent or has come
using Reinvited = SessionEvents<Message>::Reinvited;       ///< the re-INVITE of the peer
using Updated = SessionEvents<Message>::Updated;           ///< the UPDATE of the peer
using Acknowledged = SessionEvents<Message>::Acknowledged; ///< the PRACK of our 1xx
using Modified = SessionEvents<Message>::Modified;         ///< the 2xx to our change
using RolledBack = SessionEvents<Message>::RolledBack;     ///< a change came to nothing
using Refreshed = SessionEvents<Message>::Refreshed;       ///< the session timer runs anew
using Requested = SessionEvents<Message>::Requested;       ///< a request in the dialog
using Responded = SessionEvents<Message>::Responded;       ///< a response to one of ours
using Challenged = SessionEvents<Message>::Challenged;     ///< 401 or 407 to one of ours
using Redirected = SessionEvents<Message>::Redirected;     ///< 3xx to our INVITE
using Rejected = SessionEvents<Message>::Rejected;         ///< 4xx … 6xx to our INVITE
using Cancelled = SessionEvents<Message>::Cancelled;       ///< a CANCEL took effect
using AckTimeout = SessionEvents<Message>::AckTimeout;     ///< no ACK of our 2xx
using Terminating = SessionEvents<Message>::Terminating;   ///< our BYE leaves
using Forked = SessionEvents<Message>::Forked;             ///< another 2xx has made a call
using Referred = SessionEvents<Message>::Referred;         ///< a REFER in the dialog
using Subscribed = SessionEvents<Message>::Subscribed;     ///< a SUBSCRIBE in the dialog
using Resubscribed = SessionEvents<Message>::Resubscribed; ///< a refresh of that
using Notified = SessionEvents<Message>::Notified;         ///< a NOTIFY of what we subscribed to
using UsageResponded = SessionEvents<Message>::UsageResponded; ///< the response to one of ours
using UsageEnded = SessionEvents<Message>::UsageEnded;         ///< a subscription is over
using Terminated = SessionEvents<Message>::Terminated;         ///< the call is over

/// A call comes in: progress(), accept(), reject() or redirect() it.
struct Incoming {
    SessionId session; ///< for Endpoint::session()
    Body offer;        ///< empty: accept() has to bring one
    Message invite;    ///< the INVITE
    Flow flow;         ///< on which it came
    /// The call in whose place it wants to be: it ends once this one is accepted, and stays where
    /// this one is rejected. Whether the caller may do that has to be decided before; it has shown
    /// no more than that it knows the dialog. RFC 3891 §3
    SessionId replaces = {};
    SessionId joins = {};         ///< the call that it wants to be a conference with. RFC 3911 §4
    SessionId target_dialog = {}; ///< the call that it shows to know. RFC 4538 §4
};

/// A request outside of sessions, of a method in EndpointConfig::methods: Endpoint::respond().
struct Request {
    ServerTransactionId transaction; ///< for Endpoint::respond()
    Message request;                 ///< with all its header fields
    Flow flow;                       ///< on which it came
    SessionId target_dialog = {};    ///< the call that it shows to know. RFC 4538 §4
};

/// A response to a request of ours outside of sessions; the last one where its status is 200 or up.
struct Response {
    RequestId request; ///< as Endpoint::request() returned it
    int status;        ///< 100 … 699
    Message response;  ///< with all its header fields
};

/// A request of ours outside of sessions came to nothing.
struct RequestFailed {
    RequestId request; ///< as Endpoint::request() returned it
    Failure failure;   ///< as if 408 or 503 had come: status_of()
};

/// A SUBSCRIBE or REFER outside of dialogs asks for a subscription: accept() or reject() it at
/// once, through Endpoint::subscription(). RFC 6665 §4.2.1, RFC 3515 §2.4.2
struct SubscriptionIncoming {
    SubscriptionId subscription;  ///< for Endpoint::subscription()
    Message request;              ///< the SUBSCRIBE or REFER
    Flow flow;                    ///< on which it came
    SessionId target_dialog = {}; ///< the call that it shows to know. RFC 4538 §4
};

/// With SubscribeOptions::Forks::keep_all: another node that the SUBSCRIBE has reached makes a
/// subscription of its own. RFC 6665 §4.4.1
struct SubscriptionForked {
    SubscriptionId subscription; ///< whose SUBSCRIBE forked
    SubscriptionId fork;         ///< the new one
};

/// The 2xx to our SUBSCRIBE or REFER.
using SubscriptionAccepted = SubscriptionEvents<Message>::Accepted;
/// A NOTIFY of what we subscribed to.
using SubscriptionNotified = SubscriptionEvents<Message>::Notified;
/// A refresh of ours has failed, and the subscription goes on.
using SubscriptionRefreshFailed = SubscriptionEvents<Message>::RefreshFailed;
/// A refresh of the peer, which has been answered.
using SubscriptionRefreshed = SubscriptionEvents<Message>::Refreshed;
/// A NOTIFY of ours has failed, and the subscription goes on.
using SubscriptionNotifyFailed = SubscriptionEvents<Message>::NotifyFailed;
/// It is over, at either side.
using SubscriptionEnded = SubscriptionEvents<Message>::Ended;

/// What came on a stream breaks its framing, and nothing more of it can be understood: close the
/// connection once all that is to be sent on it has been written. RFC 3261 §18.3
struct StreamBroken {
    Flow flow;           ///< which is of no more use
    ProtocolFault fault; ///< `offset` counts from the beginning of the message
};

/// A host name stands in the way of a request: answer with Endpoint::resolved(), within 64·T1.
/// What SRV and NAPTR say is the application's to find out. RFC 3263 §4
struct Resolve {
    ResolveId id;                      ///< for Endpoint::resolved()
    std::string host;                  ///< a name, not an address
    std::optional<std::uint16_t> port; ///< none: SRV, or the default port of the transport
    Transport transport;               ///< by which it is to be reached
};

} // namespace event

/// One of the above.
using Event = std::variant<
    event::Incoming, event::Ringing, event::Offer, event::Answer, event::Answered, event::Confirmed,
    event::Reinvited, event::Updated, event::Acknowledged, event::Modified, event::RolledBack,
    event::Refreshed, event::Requested, event::Responded, event::Challenged, event::Redirected,
    event::Rejected, event::Cancelled, event::AckTimeout, event::Terminating, event::Forked,
    event::Referred, event::Subscribed, event::Resubscribed, event::Notified, event::UsageResponded,
    event::UsageEnded, event::Terminated, event::Request, event::Response, event::RequestFailed,
    event::Resolve, event::StreamBroken, event::SubscriptionIncoming, event::SubscriptionForked,
    event::SubscriptionAccepted, event::SubscriptionNotified, event::SubscriptionRefreshFailed,
    event::SubscriptionRefreshed, event::SubscriptionNotifyFailed, event::SubscriptionEnded>;

} // namespace offhook

#endif

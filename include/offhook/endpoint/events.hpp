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

using Ringing = SessionEvents<Message>::Ringing;
using Offer = SessionEvents<Message>::Offer;
using Answer = SessionEvents<Message>::Answer;
using Answered = SessionEvents<Message>::Answered;
using Confirmed = SessionEvents<Message>::Confirmed;
using Reinvited = SessionEvents<Message>::Reinvited;
using Updated = SessionEvents<Message>::Updated;
using Acknowledged = SessionEvents<Message>::Acknowledged;
using Modified = SessionEvents<Message>::Modified;
using RolledBack = SessionEvents<Message>::RolledBack;
using Refreshed = SessionEvents<Message>::Refreshed;
using Requested = SessionEvents<Message>::Requested;
using Responded = SessionEvents<Message>::Responded;
using Challenged = SessionEvents<Message>::Challenged;
using Redirected = SessionEvents<Message>::Redirected;
using Rejected = SessionEvents<Message>::Rejected;
using Cancelled = SessionEvents<Message>::Cancelled;
using AckTimeout = SessionEvents<Message>::AckTimeout;
using Terminating = SessionEvents<Message>::Terminating;
using Forked = SessionEvents<Message>::Forked;
using Referred = SessionEvents<Message>::Referred;
using Subscribed = SessionEvents<Message>::Subscribed;
using Resubscribed = SessionEvents<Message>::Resubscribed;
using Notified = SessionEvents<Message>::Notified;
using UsageResponded = SessionEvents<Message>::UsageResponded;
using UsageEnded = SessionEvents<Message>::UsageEnded;
using Terminated = SessionEvents<Message>::Terminated;

/// A call comes in: progress(), accept(), reject() or redirect() it.
struct Incoming {
    SessionId session;
    Body offer; ///< empty: accept() has to bring one
    Message invite;
    Flow flow;
    /// The call in whose place it wants to be: it ends once this one is accepted, and stays where
    /// this one is rejected. Whether the caller may do that has to be decided before; it has shown
    /// no more than that it knows the dialog. RFC 3891 §3
    SessionId replaces = {};
    SessionId joins = {};         ///< the call that it wants to be a conference with. RFC 3911 §4
    SessionId target_dialog = {}; ///< the call that it shows to know. RFC 4538 §4
};

/// A request outside of sessions, of a method in EndpointConfig::methods: Endpoint::respond().
struct Request {
    ServerTransactionId transaction;
    Message request;
    Flow flow;
    SessionId target_dialog = {}; ///< the call that it shows to know. RFC 4538 §4
};

/// A response to a request of ours outside of sessions; the last one where its status is 200 or up.
struct Response {
    RequestId request;
    int status;
    Message response;
};

/// A request of ours outside of sessions came to nothing.
struct RequestFailed {
    RequestId request;
    Failure failure;
};

/// A SUBSCRIBE or REFER outside of dialogs asks for a subscription: accept() or reject() it at
/// once, through Endpoint::subscription(). RFC 6665 §4.2.1, RFC 3515 §2.4.2
struct SubscriptionIncoming {
    SubscriptionId subscription;
    Message request;
    Flow flow;
    SessionId target_dialog = {}; ///< the call that it shows to know. RFC 4538 §4
};

/// With SubscribeOptions::Forks::keep_all: another node that the SUBSCRIBE has reached makes a
/// subscription of its own. RFC 6665 §4.4.1
struct SubscriptionForked {
    SubscriptionId subscription;
    SubscriptionId fork;
};

using SubscriptionAccepted = SubscriptionEvents<Message>::Accepted;
using SubscriptionNotified = SubscriptionEvents<Message>::Notified;
using SubscriptionRefreshFailed = SubscriptionEvents<Message>::RefreshFailed;
using SubscriptionRefreshed = SubscriptionEvents<Message>::Refreshed;
using SubscriptionNotifyFailed = SubscriptionEvents<Message>::NotifyFailed;
using SubscriptionEnded = SubscriptionEvents<Message>::Ended;

/// What came on a stream breaks its framing, and nothing more of it can be understood: close the
/// connection once all that is to be sent on it has been written. RFC 3261 §18.3
struct StreamBroken {
    Flow flow;
    ProtocolFault fault; ///< `offset` counts from the beginning of the message
};

/// A host name stands in the way of a request: answer with Endpoint::resolved(), within 64·T1.
/// What SRV and NAPTR say is the application's to find out. RFC 3263 §4
struct Resolve {
    ResolveId id;
    std::string host;
    std::optional<std::uint16_t> port; ///< none: SRV, or the default port of the transport
    Transport transport;
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

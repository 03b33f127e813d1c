#ifndef OFFHOOK_ENDPOINT_ENDPOINT_HPP
#define OFFHOOK_ENDPOINT_ENDPOINT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "offhook/core/box.hpp"
#include "offhook/core/digest_map.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/timer_queue.hpp"
#include "offhook/endpoint/admission.hpp"
#include "offhook/endpoint/authenticator.hpp"
#include "offhook/endpoint/config.hpp"
#include "offhook/endpoint/destination.hpp"
#include "offhook/endpoint/ended_dialogs.hpp"
#include "offhook/endpoint/events.hpp"
#include "offhook/endpoint/listeners.hpp"
#include "offhook/endpoint/owners.hpp"
#include "offhook/endpoint/request_options.hpp"
#include "offhook/endpoint/session_ref.hpp"
#include "offhook/endpoint/streams.hpp"
#include "offhook/endpoint/subscription_ref.hpp"
#include "offhook/message/validate.hpp"
#include "offhook/session/replacement.hpp"
#include "offhook/session/session.hpp"
#include "offhook/subscription/subscription.hpp"
#include "offhook/transaction/transactions.hpp"

namespace offhook {

/// A SIP user agent: bytes and time go in, bytes, events and a deadline come out. It owns parser,
/// transactions, dialogs and sessions, and no socket, thread or clock. A value: a copy goes on by
/// itself from where the original was. RFC 3261
///
///     endpoint.receive(now, flow, bytes);          // or handle_timeout(now), or an operation
///     while (auto t = endpoint.poll_transmit()) …  // bytes, and the flow that they leave on
///     while (auto e = endpoint.poll_event()) …     // std::variant of event::…
///     arm(endpoint.poll_timeout());
template <RandomSource R>
class BasicEndpoint {
public:
    using Session = offhook::Session<Late<Message, R>>;              ///< a call, on Message
    using SessionRef = offhook::SessionRef<BasicEndpoint>;           ///< by which it is operated on
    using Subscription = offhook::Subscription<Late<Message, R>>;    ///< with a dialog of its own
    using SubscriptionRef = offhook::SubscriptionRef<BasicEndpoint>; ///< by which it is operated on
    using Event = Late<offhook::Event, R>;                           ///< what poll_event() gives

    /// `seed` has to be unpredictable, and another one for each endpoint: see system_seed(). Throws
    /// BadArgument and UnsafeValue where check(config) finds fault.
    BasicEndpoint(EndpointConfig config, const Seed& seed)
        : BasicEndpoint(std::move(config), R(seed)) {}
    /// The same, with randomness of one's own.
    BasicEndpoint(EndpointConfig config, R random);

    /// What came on a flow: one datagram, one WebSocket message, or any piece of a TCP or TLS
    /// stream, which Flow::connection tells from all others. Whatever it holds, it ends in a
    /// response, an event or nothing.
    void receive(TimePoint now, const Flow& flow, std::string_view bytes);
    /// A stream is gone.
    void connection_closed(TimePoint now, const Flow& flow);
    /// Something that poll_transmit() gave for this flow could not be sent.
    void transmit_failed(TimePoint now, const Flow& flow);
    /// Does what is due; harmless where nothing is.
    void handle_timeout(TimePoint now);
    /// When handle_timeout() is to be called next.
    std::optional<TimePoint> poll_timeout() const;
    std::optional<Transmit> poll_transmit() { return transactions_.poll_transmit(); } ///< to send
    std::optional<Event> poll_event() { return events_.pop(); }                       ///< to tell

    /// Places a call. Empty fields of the options are filled in from the configuration, and timers
    /// and early_dialogs are always the configuration's. Throws BadArgument, UnsafeValue, or
    /// LimitReached.
    SessionId invite(TimePoint now, InviteOptions options);
    /// The same, with nothing but a target and an offer; without one the 2xx is to bring it.
    SessionId invite(TimePoint now, std::string_view target, Body offer = {});
    /// The non-throwing twin: `id` is set where it is not refused.
    Refusal try_invite(TimePoint now, InviteOptions options, SessionId& id);

    /// Places a call that takes the place of one of ours at its peer, which ends that by itself
    /// once it accepts; an empty target is the peer's Contact. An early dialog has to be one that
    /// the peer has made. For a dialog of someone else see replaces_field(). Throws what invite()
    /// throws, and SessionTerminated, NoDialog, or WrongRole. RFC 3891 §4
    SessionId replace(TimePoint now, SessionId replaced, InviteOptions options,
                      Replaceable which = Replaceable::any);
    /// The non-throwing twin.
    Refusal try_replace(TimePoint now, SessionId replaced, InviteOptions options, Replaceable which,
                        SessionId& id);

    /// A session to operate on; see SessionRef for what a session that has ended answers. An id
    /// means something to the endpoint alone that gave it, and to its copies.
    SessionRef session(SessionId id) { return {*this, id}; }

    /// Sends a SUBSCRIBE, or a REFER outside of calls. Empty fields of the options are filled in
    /// from the configuration. Throws BadArgument, UnsafeValue, or LimitReached. RFC 6665 §4.1
    SubscriptionId subscribe(TimePoint now, SubscribeOptions options);
    /// The non-throwing twin: `id` is set where it is not refused.
    Refusal try_subscribe(TimePoint now, SubscribeOptions options, SubscriptionId& id);
    /// A subscription to operate on, as session() gives a session.
    SubscriptionRef subscription(SubscriptionId id) { return {*this, id}; }

    /// Sends a request outside of sessions. Throws BadArgument, UnsafeValue.
    RequestId request(TimePoint now, const RequestOptions& options);
    /// The non-throwing twin: `id` is set where it is not refused.
    Refusal try_request(TimePoint now, const RequestOptions& options, RequestId& id);
    /// Answers an event::Request with 100 to 699; false where its transaction has its final
    /// response or is gone, as it is after 64·T1, and for what RFC 4320 §4 forbids. Throws
    /// BadArgument, UnsafeValue.
    bool respond(TimePoint now, const event::Request& request, int status,
                 const MessageOptions& options = {});
    /// The non-throwing twin; what respond() gives false for is Errc::unknown_handle.
    Refusal try_respond(TimePoint now, const event::Request& request, int status,
                        const MessageOptions& options = {});
    /// The addresses of a host, best first: the next one is tried where one fails (RFC 3263 §4.3).
    /// None: there are none, and the request fails.
    void resolved(TimePoint now, ResolveId id, const std::vector<Address>& addresses);

    /// What lives: all zero once every call has ended and the last timer has run.
    struct Counts {
        std::size_t sessions = 0;            ///< calls
        std::size_t subscriptions = 0;       ///< those with a dialog of their own
        std::size_t requests = 0;            ///< of ours outside of sessions
        std::size_t client_transactions = 0; ///< of our requests
        std::size_t server_transactions = 0; ///< of the requests of peers
        std::size_t timers = 0;              ///< of transactions, calls and all else
        std::size_t index = 0; ///< entries by which these are found, or try another way
        friend bool operator==(const Counts&, const Counts&) = default;
    };
    Counts counts() const;                                            ///< of this moment
    const EndpointConfig& config() const noexcept { return config_; } ///< as checked() completes it

private:
    friend SessionRef;
    friend SubscriptionRef;

    /// A request that waits for the address of its next hop.
    struct Waiting;
    /// What a request may try yet, should the way that it took fail.
    struct Detour;
    /// The answer to an event::Resolve, for the requests of the same call that follow.
    struct Resolved {
        Destination destination;
        std::vector<Late<Address, R>> addresses;
    };
    struct Call {
        Session session;
        Flow flow = {}; ///< of the peer's last request
        std::optional<Late<TimerId, R>> timer = {};
        std::optional<TimePoint> deadline = {};
        ClientTransactionId invite = {};         ///< the INVITE of ours that CANCEL follows
        std::optional<Late<Digest, R>> key = {}; ///< in dialogs_
        std::vector<Resolved> hosts = {};
        std::vector<Handle<Waiting>> waiting = {};
        Handle<Call> replaces = {}; ///< ends once this one is accepted
        bool asks = false;          ///< challenges that we cannot answer are the application's
        Box<BasicAuthenticator<R>> authenticator = {}; ///< from the first challenge on
    };
    /// What a request outside of sessions is sent again from; its transaction is its CSeq number.
    struct Retry {
        Outgoing<Message> out;
        BasicAuthenticator<R> authenticator;
    };
    /// A request outside of sessions that has no final response yet.
    struct Request {
        Box<Retry> retry = {};       ///< where there are accounts
        std::string message_to = {}; ///< of a MESSAGE: its target
    };
    using CallId = Handle<Call>;
    struct Subscribed {
        Subscription subscription;
        Flow flow = {}; ///< of the peer's last request
        std::optional<Late<TimerId, R>> timer = {};
        std::optional<TimePoint> deadline = {};
        std::optional<Late<Digest, R>> key = {}; ///< in dialogs_
    };
    /// Whose a dialog is.
    struct Known {
        CallId call = {};
        Handle<Subscribed> subscription = {};
    };
    /// A dialog of a call that a message outside of it names.
    struct Named {
        CallId id = {};
        const Call* call = nullptr;
        const Fork<Message>* fork = nullptr;
        State state() const;
        bool lives() const { return state() < State::terminating; }
    };
    /// Which calls a request names, and the response where that refuses it.
    struct Claims {
        int status = 0;
        std::string phrase = {};
        CallId replaces = {};
        CallId joins = {};
    };
    /// Who is told what becomes of a client transaction.
    struct Owner {
        CallId call = {};
        RequestId request = {};
        TransactionId number = 0; ///< the session's own
        Handle<Detour> detour = {};
        Handle<Subscribed> subscription = {};
    };
    struct Waiting {
        Owner owner;
        std::vector<Late<Outgoing<Message>, R>> out; ///< all to one place, in their order
        Destination destination;
        TimerId timer = {};
    };
    struct Detour {
        Outgoing<Message> out;
        std::vector<Late<Flow, R>> ways; ///< the next one first
    };
    struct Timer {
        CallId call = {};
        Handle<Waiting> waiting = {};
        Handle<Subscribed> subscription = {};
    };

    static SessionId public_id(CallId id) { return {id.index, id.generation}; }
    static CallId private_id(SessionId id) { return {id.index, id.generation}; }
    Call* find(SessionId id) { return calls_.find(private_id(id)); }
    static Handle<Subscribed> private_id(SubscriptionId id) { return {id.index, id.generation}; }
    Subscribed* find(SubscriptionId id) { return subscriptions_.find(private_id(id)); }

    // incoming.hpp
    void receive_message(TimePoint now, const Flow& flow, std::string_view bytes);
    void refuse(const Flow& flow, Message request, int status, std::string_view phrase,
                const std::vector<HeaderField>& fields = {});
    void pump(TimePoint now);
    void on(TimePoint now, RequestReceived& received);
    void on(TimePoint now, CancelReceived& received);
    void on(TimePoint now, AckReceived& received);
    void on(TimePoint now, RequestRefused& refused);
    void on(TimePoint now, ResponseReceived& received);
    void on(TimePoint now, TimedOut& ended) { failed(now, ended.transaction, Failure::timeout); }
    void on(TimePoint now, TransportFailed& ended) {
        failed(now, ended.transaction, Failure::transport);
    }
    void on(TimePoint, ClientEnded& ended) { forget(ended.transaction); }
    void on(TimePoint, ResponseFailed&) {}
    void on(TimePoint, ServerEnded& ended) { server_owners_.erase(ended.transaction); }
    void take_invite(TimePoint now, RequestReceived& received, const Claims& claims);
    void answer(TimePoint now, ServerTransactionId transaction, const Message& request, int status,
                const std::vector<HeaderField>& fields = {}, std::string_view phrase = {});
    Known owner_of(const Message& message, bool is_request);
    void failed(TimePoint now, ClientTransactionId transaction, Failure failure);
    void failed(TimePoint now, const Owner& owner, Failure failure);
    void forget(ClientTransactionId transaction);
    bool full() const noexcept { return calls_.size() >= config_.limits.sessions; }
    std::string retry_after() const { return std::to_string(config_.retry_after.count()); }
    std::string tag_for(const Message& request) const;

    // authenticating.hpp
    void ask_for_challenges(SessionFeatures& features) const;
    void authorize(const Owner& owner, Outgoing<Message>& out);
    bool settle(TimePoint now, CallId id, const typename Session::Challenged& challenged);
    Refusal try_again(TimePoint now, CallId id, TransactionId request);
    bool request_again(TimePoint now, RequestId id, const Message& response);

    // outgoing.hpp
    void drain(TimePoint now, CallId id);
    void flush(TimePoint now, CallId id);
    void deliver_response(TimePoint now, Outgoing<Message> out);
    void announce(Message& message) const;
    void tell(CallId id, typename Session::Event event);
    void index_dialogs(CallId id);
    void arm(CallId id);
    void erase(TimePoint now, CallId id);
    CallId adopt(Session session, const Flow& flow);
    Digest dialog_key(std::string_view call_id, std::string_view local_tag,
                      std::string_view remote_tag) const;

    // sending.hpp
    void deliver(TimePoint now, const Owner& owner, Outgoing<Message> out);
    void wait(TimePoint now, const Owner& owner, Outgoing<Message> out,
              const Destination& destination, Transport transport);
    void stop_waiting(TimePoint now, Handle<Waiting> id, Failure failure);
    void set_out(TimePoint now, Owner owner, Outgoing<Message> out, const Destination& destination,
                 const std::vector<Address>& addresses);
    void dispatch(TimePoint now, const Owner& owner, Outgoing<Message> out, Flow flow);
    bool detour(TimePoint now, const Owner& owner);
    bool is_open_way(const Flow& last, const Flow& flow) const;
    std::string via(const Flow& flow, std::string_view branch) const;
    bool is_large(const Outgoing<Message>& out, const Flow& flow) const;

    // replacing.hpp
    Named named(const DialogName& name);
    int judge(TimePoint now, Claim claim, const DialogName& name, CallId& call);
    Claims claims_of(TimePoint now, const Message& request);
    SessionId target_of(const Message& request);
    void end_replaced(TimePoint now, CallId id);
    void remember_dialogs(TimePoint now, const Call& call);

    // subscribing.hpp
    void take_subscribe(TimePoint now, RequestReceived& received);
    void receive(TimePoint now, Handle<Subscribed> id, RequestReceived& received);
    void drain(TimePoint now, Handle<Subscribed> id);
    void index_dialog(Handle<Subscribed> id, const Message& request);
    void index_dialog(Handle<Subscribed> id, const DialogId& names);

    // operations.hpp
    Refusal fill_in(InviteOptions& options) const;

    EndpointConfig config_;
    R random_;
    HashKey key_;
    BasicTransactions<Late<TuEvent, R>> transactions_;
    Streams<R> streams_;
    Slab<Call> calls_;
    Slab<Request> requests_;
    Slab<Waiting> waiting_;
    Slab<Detour> detours_;
    Slab<Subscribed> subscriptions_;
    DigestMap<Known> dialogs_; ///< by Call-ID and local tag, a later fork by its remote tag too
    BasicEndedDialogs<R> ended_;
    Owners<ClientTransactionId, Owner> client_owners_;
    Owners<ServerTransactionId, CallId> server_owners_; ///< INVITEs that a CANCEL may name
    TimerQueue<Timer> timers_;
    Fifo<Event> events_;
};

/// With the library's own cryptographic randomness.
using Endpoint = BasicEndpoint<Random>;

} // namespace offhook

#include "offhook/endpoint/authenticating.hpp"
#include "offhook/endpoint/incoming.hpp"
#include "offhook/endpoint/operations.hpp"
#include "offhook/endpoint/outgoing.hpp"
#include "offhook/endpoint/replacing.hpp"
#include "offhook/endpoint/sending.hpp"
#include "offhook/endpoint/session_operations.hpp"
#include "offhook/endpoint/subscribing.hpp"
#include "offhook/endpoint/usage_operations.hpp"

#endif

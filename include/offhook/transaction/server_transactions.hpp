#ifndef OFFHOOK_TRANSACTION_SERVER_TRANSACTIONS_HPP
#define OFFHOOK_TRANSACTION_SERVER_TRANSACTIONS_HPP

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/slab.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/to_tag.hpp"
#include "offhook/transaction/destination_index.hpp"
#include "offhook/transaction/response_target.hpp"
#include "offhook/transaction/server_invite.hpp"
#include "offhook/transaction/server_non_invite.hpp"
#include "offhook/transaction/transaction_context.hpp"
#include "offhook/transaction/trying.hpp"

namespace offhook {

/// One request of a peer. RFC 3261 §17.2
struct ServerTransaction {
    Flow flow;                    ///< on which the request came
    Address reply_address;        ///< where responses go when they don't go back on that connection
    bool connected = false;       ///< they do
    Digest key = {};              ///< by what the request's repetitions find it
    std::optional<Digest> merged; ///< where the request was the first of its kind
    std::optional<Digest> legacy; ///< where its client knows no magic cookie
    std::optional<Digest> ack;    ///< and we have answered: of the ACK to that
    std::string wire;             ///< what is sent again: a 100, the last response, then nothing
    Duration interval = {};       ///< to the next repetition of the response; doubles up to T2
    RunningTimer<ServerInput> repeat;         ///< G; before the TU speaks that of the 100
    RunningTimer<ServerInput> end;            ///< H, I, J, L; before the TU speaks the expiry
    DestinationLink<ServerTransaction> link;  ///< the others from the same place, on a stream
    ServerState state = ServerState::initial; ///< never `terminated`: then it is gone
    bool invite = false;                      ///< which of the two tables it goes by

    /// The table that it goes by.
    Rows<ServerRow> rows() const {
        if (invite) return server_invite_rows;
        return server_non_invite_rows;
    }
};

/// All requests of peers that are under way. Part of Transactions, which see.
template <class Context>
class ServerTransactions {
    using Transaction = Late<ServerTransaction, Context>;
    using Id = Handle<Transaction>;

public:
    /// `room` says whether a new transaction may be made.
    void receive(Context& context, const Flow& flow, Message request, bool room);
    /// False, and nothing sent, where it is not there, where its state has no row for that
    /// response, or where RFC 4320 §4 forbids it.
    bool respond(Context& context, ServerTransactionId id, Message response);
    /// One of its timers is due.
    void fire(Context& context, ServerTransactionId id, ServerInput timer) {
        step(context, id, timer);
    }
    /// The TU will not answer. False where it is not there, or where its state does not allow it.
    bool abandon(Context& context, ServerTransactionId id) {
        return step(context, id, ServerInput::abandon);
    }
    /// What was last sent in it could not be. RFC 6026 §8.8
    void transport_failed(Context& context, ServerTransactionId id) {
        step(context, id, ServerInput::transport_error);
    }
    void connection_closed(Context& context, const Flow& flow);

    /// Null where it has ended.
    const ServerTransaction* find(ServerTransactionId id) const { return slab_.find(id); }
    /// How many there are.
    std::size_t size() const { return slab_.size(); }
    /// Entries in the indexes.
    std::size_t indexed() const { return by_key_.size() + by_merge_.size() + by_flow_.size(); }

private:
    bool step(Context& context, ServerTransactionId id, ServerInput input,
              Message* response = nullptr, typename Context::Event* event = nullptr);
    void perform(Context& context, ServerTransactionId id, ServerTransaction& self,
                 ServerEffect effect, Message* response, typename Context::Event* event);
    void settle(Context& context, ServerTransactionId id, ServerTransaction& self);
    static void transmit(Context& context, const ServerTransaction& self, std::string bytes);
    void leave_connection(Context& context, ServerTransactionId id, ServerTransaction& self);

    Slab<Transaction> slab_;
    DigestMap<Id> by_key_; // and by ServerTransaction::ack
    DigestMap<Id> by_merge_;
    DestinationIndex<Transaction> by_flow_; // of the connected ones
};

/// The methods whose transactions a CANCEL may name; it is of use for the first alone. RFC 3261
/// §9.1
inline constexpr std::string_view cancellable_methods[] = {
    "INVITE",  "REGISTER", "OPTIONS", "BYE",   "SUBSCRIBE", "NOTIFY",
    "MESSAGE", "INFO",     "UPDATE",  "PRACK", "REFER",     "PUBLISH"};

template <class Context>
void ServerTransactions<Context>::receive(Context& context, const Flow& flow, Message request,
                                          bool room) {
    KeyMaker& keys = context.keys;
    const auto via = top_via(request);
    const auto cseq = CSeq::parse(request.header(Header::cseq).value_or(""));
    if (!via || !cseq) return;
    const std::string_view method = request.method();
    const bool ack = method == "ACK";
    const bool cancel = method == "CANCEL";

    const bool modern = has_magic_cookie(via->branch());
    const bool outside = !ack && !cancel && !has_tag(request.header(Header::to).value_or(""));
    RequestIdentity identity; // the dear part, and within a dialog there is no need of it
    if (!modern || outside) identity = RequestIdentity::of(request, *cseq);
    std::optional<Digest> legacy;
    if (!modern) legacy = keys.legacy(identity, top_via_text(request));
    const auto key_of = [&](std::string_view of) {
        return legacy ? keys.legacy(*legacy, of, identity.to_tag) : keys.server(*via, of);
    };
    const Digest key = key_of(ack && !legacy ? "INVITE" : method);
    if (const ServerTransactionId* const found = by_key_.find(key)) {
        const ServerTransactionId id = *found;
        if (!ack) return void(step(context, id, ServerInput::rx_request));
        typename Context::Event event = AckReceived{id, flow, std::move(request)};
        return void(step(context, id, ServerInput::rx_ack, nullptr, &event));
    }

    ServerTransactionId target;
    for (std::size_t i = 0; cancel && !target && i < std::size(cancellable_methods); ++i) {
        const ServerTransactionId* const found = by_key_.find(key_of(cancellable_methods[i]));
        if (found) target = *found;
    }

    // What follows changes the text that the views above are on.
    std::optional<Digest> merged;
    if (outside) merged = keys.merged(identity);
    const Address reply_address = response_address(*via, flow.transport, flow.remote);
    stamp_via(request, *via, flow.remote);
    if (ack) return context.events.push(AckReceived{{}, flow, std::move(request)});
    if (!room && !target) return context.events.push(RequestRefused{flow, std::move(request)});

    ServerTransaction self;
    self.flow = flow;
    self.reply_address = reply_address;
    self.connected = is_reliable(flow.transport);
    self.key = key;
    self.legacy = legacy;
    self.invite = request.method() == "INVITE";
    self.wire = build_trying(request, self.invite ? context.config.invite_trying()
                                                  : context.config.non_invite_trying());
    const ServerTransactionId id = slab_.emplace(std::move(self));
    by_key_.insert(key, id);
    const bool first = !merged || by_merge_.insert(*merged, id);
    if (first) slab_.find(id)->merged = merged;
    if (is_reliable(flow.transport)) {
        by_flow_.join(slab_, keys.destination(flow.transport, flow.remote), id);
    }
    typename Context::Event event =
        cancel ? typename Context::Event(CancelReceived{id, target, flow, std::move(request)})
               : typename Context::Event(RequestReceived{id, flow, std::move(request), !first});
    step(context, id, ServerInput::rx_request, nullptr, &event);
}

template <class Context>
bool ServerTransactions<Context>::respond(Context& context, ServerTransactionId id,
                                          Message response) {
    ServerTransaction* const self = slab_.find(id);
    const int status = response.status();
    if (!self || status < 100) return false;
    if (!self->invite) {
        if (status == 408) return false; // RFC 4320 §4.2
        const bool early = self->state == ServerState::trying && !is_reliable(self->flow.transport);
        if (status == 100 && early) return false; // RFC 4320 §4.1
    }
    if (self->legacy && self->invite && status >= 200 && !self->ack) {
        const auto to = NameAddr::parse(response.header(Header::to).value_or(""));
        const Digest ack = context.keys.legacy(*self->legacy, "ACK", to ? to->tag() : "");
        if (by_key_.insert(ack, id)) self->ack = ack;
    }
    const ServerInput input = status == 100  ? ServerInput::tu_100
                              : status < 200 ? ServerInput::tu_101_199
                              : status < 300 ? ServerInput::tu_2xx
                                             : ServerInput::tu_3xx_6xx;
    return step(context, id, input, &response);
}

/// From now on responses find a way of their own. RFC 3261 §18.2.2
template <class Context>
void ServerTransactions<Context>::connection_closed(Context& context, const Flow& flow) {
    const Digest destination = context.keys.destination(flow.transport, flow.remote);
    by_flow_.for_each(slab_, destination, [&](ServerTransactionId id) {
        ServerTransaction& self = *slab_.find(id);
        const std::uint64_t own = self.flow.connection;
        if (own == flow.connection || own == 0 || flow.connection == 0) {
            leave_connection(context, id, self);
        }
    });
}

template <class Context>
void ServerTransactions<Context>::leave_connection(Context& context, ServerTransactionId id,
                                                   ServerTransaction& self) {
    if (!std::exchange(self.connected, false)) return;
    by_flow_.leave(slab_, context.keys.destination(self.flow.transport, self.flow.remote), id);
}

template <class Context>
bool ServerTransactions<Context>::step(Context& context, ServerTransactionId id, ServerInput input,
                                       Message* response, typename Context::Event* event) {
    ServerTransaction* const self = slab_.find(id);
    const ServerRow* const row = self ? find_row(self->rows(), self->state, input) : nullptr;
    if (!row) return false;
    self->state = row->next;
    row->effects.for_each(
        [&](ServerEffect effect) { perform(context, id, *self, effect, response, event); });
    settle(context, id, *self);
    return true;
}

template <class Context>
void ServerTransactions<Context>::perform(Context& context, ServerTransactionId id,
                                          ServerTransaction& self, ServerEffect effect,
                                          Message* response, typename Context::Event* event) {
    using enum ServerInput;
    const TimerConfig& config = context.config;
    const Transport transport = self.flow.transport;
    const auto repeat = [&](Duration interval) {
        self.interval = interval;
        if (!is_reliable(transport)) self.repeat.start(context, id, timer_g, interval);
    };
    const auto end = [&](ServerInput timer, Duration duration) {
        self.end.start(context, id, timer, duration);
    };
    switch (effect) {
    case ServerEffect::pass_up: return context.events.push(std::move(*event));
    case ServerEffect::keep: self.wire.assign(response->bytes()); return;
    case ServerEffect::send: return transmit(context, self, std::move(*response).release());
    case ServerEffect::resend: return transmit(context, self, self.wire);
    case ServerEffect::forget: self.wire = {}; return;
    case ServerEffect::start_trying:
        return self.repeat.start(context, id, timer_trying,
                                 self.invite ? config.invite_trying() : config.non_invite_trying());
    case ServerEffect::stop_trying: return self.repeat.cancel(context);
    case ServerEffect::start_expiry: return end(timer_expiry, config.transaction());
    case ServerEffect::start_g: return repeat(config.t1);
    case ServerEffect::double_g: return repeat(config.next_e(self.interval));
    case ServerEffect::start_h: return end(timer_h, config.transaction());
    case ServerEffect::start_i: return end(timer_i, config.i(transport));
    case ServerEffect::start_j: return end(timer_j, config.j(transport));
    case ServerEffect::start_l: return end(timer_l, config.transaction());
    case ServerEffect::report_failure: return context.events.push(ResponseFailed{id});
    case ServerEffect::report_no_ack:
        return context.events.push(ServerEnded{id, ServerEnded::Reason::no_ack});
    case ServerEffect::report_unanswered:
        return context.events.push(ServerEnded{id, ServerEnded::Reason::unanswered});
    case ServerEffect::report_end:
        return context.events.push(ServerEnded{id, ServerEnded::Reason::done});
    }
}

template <class Context>
void ServerTransactions<Context>::transmit(Context& context, const ServerTransaction& self,
                                           std::string bytes) {
    Flow flow = self.flow;
    if (!self.connected) {
        // Nobody listens at the other end of a WebSocket that is gone. RFC 7118 §5
        if (flow.transport == Transport::ws || flow.transport == Transport::wss) return;
        flow.remote = self.reply_address;
        flow.connection = 0;
    }
    context.transmit(flow, std::move(bytes));
}

template <class Context>
void ServerTransactions<Context>::settle(Context& context, ServerTransactionId id,
                                         ServerTransaction& self) {
    // A timer that has no row in the new state has nothing to do any more.
    for (RunningTimer<ServerInput>* timer : {&self.repeat, &self.end}) {
        if (!find_row(self.rows(), self.state, timer->input)) timer->cancel(context);
    }
    if (self.state == ServerState::terminated) {
        by_key_.erase(self.key);
        if (self.ack) by_key_.erase(*self.ack);
        if (self.merged) by_merge_.erase(*self.merged);
        leave_connection(context, id, self);
        slab_.erase(id);
    } else if (std::exchange(self.end.due, false)) {
        step(context, id, self.end.input);
    }
}

} // namespace offhook

#endif

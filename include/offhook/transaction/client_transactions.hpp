#ifndef OFFHOOK_TRANSACTION_CLIENT_TRANSACTIONS_HPP
#define OFFHOOK_TRANSACTION_CLIENT_TRANSACTIONS_HPP

#include <cstddef>
#include <string>
#include <utility>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/slab.hpp"
#include "offhook/transaction/ack.hpp"
#include "offhook/transaction/client_invite.hpp"
#include "offhook/transaction/client_non_invite.hpp"
#include "offhook/transaction/destination_index.hpp"
#include "offhook/transaction/response_target.hpp"
#include "offhook/transaction/transaction_context.hpp"

namespace offhook {

/// One request of ours. RFC 3261 §17.1
struct ClientTransaction {
    Flow flow;              ///< on which it is sent, each time
    Digest key = {};        ///< KeyMaker::client(): by what its responses find it
    std::string wire;       ///< what is sent again: the request, then its ACK, then nothing
    Duration interval = {}; ///< to the next repetition; doubles, for Timer E up to T2
    RunningTimer<ClientInput> repeat;         ///< A, E
    RunningTimer<ClientInput> end;            ///< B, D, F, K, M
    DestinationLink<ClientTransaction> link;  ///< the others that send to the same place
    ClientState state = ClientState::initial; ///< never `terminated`: then it is gone
    bool invite = false;                      ///< which of the two tables it goes by

    /// The table that it goes by.
    Rows<ClientRow> rows() const {
        if (invite) return client_invite_rows;
        return client_non_invite_rows;
    }
};

/// All requests of ours that are under way. Part of Transactions, which see.
template <class Context>
class ClientTransactions {
    using Transaction = Late<ClientTransaction, Context>;
    using Id = Handle<Transaction>;

public:
    /// Sends it, and all that belongs to it from now on. No id where the Via is missing, malformed
    /// or in use, and for ACK.
    ClientTransactionId send(Context& context, const Flow& flow, Message request);
    /// Passed over where no transaction waits for it, or where its Via or CSeq is malformed. RFC
    /// 3261 §17.1.3
    void receive(Context& context, Message response);
    /// One of its timers is due.
    void fire(Context& context, ClientTransactionId id, ClientInput timer) {
        step(context, id, timer);
    }
    /// The TU wants no more of it. False where it is not there, or where its state does not allow
    /// it.
    bool abandon(Context& context, ClientTransactionId id) {
        return step(context, id, ClientInput::abandon);
    }
    /// The request, or the ACK, could not be sent. RFC 3261 §17.1.4
    void transport_failed(Context& context, ClientTransactionId id) {
        step(context, id, ClientInput::transport_error);
    }
    void flow_failed(Context& context, const Flow& flow);

    /// Null where it has ended.
    const ClientTransaction* find(ClientTransactionId id) const { return slab_.find(id); }
    /// How many there are.
    std::size_t size() const { return slab_.size(); }
    /// Entries in the indexes.
    std::size_t indexed() const { return by_key_.size() + by_flow_.size(); }

private:
    bool step(Context& context, ClientTransactionId id, ClientInput input,
              Message* response = nullptr);
    void perform(Context& context, ClientTransactionId id, ClientTransaction& self,
                 ClientEffect effect, Message* response);
    void settle(Context& context, ClientTransactionId id, ClientTransaction& self);

    Slab<Transaction> slab_;
    DigestMap<Id> by_key_;
    DestinationIndex<Transaction> by_flow_;
};

template <class Context>
ClientTransactionId ClientTransactions<Context>::send(Context& context, const Flow& flow,
                                                      Message request) {
    const auto via = top_via(request);
    const bool invite = request.method() == "INVITE";
    if (!via || request.method() == "ACK") return {};
    const Digest key = context.keys.client(*via, request.method());
    if (by_key_.find(key)) return {};
    ClientTransaction self;
    self.flow = flow;
    self.key = key;
    self.invite = invite;
    self.wire = std::move(request).release();
    const ClientTransactionId id = slab_.emplace(std::move(self));
    by_key_.insert(key, id);
    by_flow_.join(slab_, context.keys.destination(flow.transport, flow.remote), id);
    step(context, id, ClientInput::tu_request);
    return id;
}

template <class Context>
void ClientTransactions<Context>::receive(Context& context, Message response) {
    const auto via = top_via(response);
    const auto cseq = CSeq::parse(response.header(Header::cseq).value_or(""));
    if (!via || !cseq) return;
    // What matches nothing is dropped, a 2xx to INVITE as well. RFC 6026 §8.9
    const ClientTransactionId* const id = by_key_.find(context.keys.client(*via, cseq->method));
    if (!id) return;
    const ClientInput input = response.status() < 200   ? ClientInput::rx_1xx
                              : response.status() < 300 ? ClientInput::rx_2xx
                                                        : ClientInput::rx_3xx_6xx;
    step(context, *id, input, &response);
}

/// Every transaction that sends to that place fails, but for those on another connection to it.
template <class Context>
void ClientTransactions<Context>::flow_failed(Context& context, const Flow& flow) {
    const Digest destination = context.keys.destination(flow.transport, flow.remote);
    by_flow_.for_each(slab_, destination, [&](ClientTransactionId id) {
        const std::uint64_t own = slab_.find(id)->flow.connection;
        if (own == flow.connection || own == 0 || flow.connection == 0) {
            step(context, id, ClientInput::transport_error);
        }
    });
}

template <class Context>
bool ClientTransactions<Context>::step(Context& context, ClientTransactionId id, ClientInput input,
                                       Message* response) {
    ClientTransaction* const self = slab_.find(id);
    const ClientRow* const row = self ? find_row(self->rows(), self->state, input) : nullptr;
    if (!row) return false;
    self->state = row->next;
    row->effects.for_each(
        [&](ClientEffect effect) { perform(context, id, *self, effect, response); });
    settle(context, id, *self);
    return true;
}

template <class Context>
void ClientTransactions<Context>::perform(Context& context, ClientTransactionId id,
                                          ClientTransaction& self, ClientEffect effect,
                                          Message* response) {
    const TimerConfig& config = context.config;
    const Transport transport = self.flow.transport;
    const auto repeat = [&](ClientInput timer, Duration interval) {
        self.interval = interval;
        if (!is_reliable(transport)) self.repeat.start(context, id, timer, interval);
    };
    const auto end = [&](ClientInput timer, Duration duration) {
        self.end.start(context, id, timer, duration);
    };
    switch (effect) {
    case ClientEffect::make_ack:
        if (const auto invite = Message::parse(std::move(self.wire))) {
            self.wire = build_ack(*invite, *response).release();
        }
        return;
    case ClientEffect::send: {
        const bool again = self.invite || !is_reliable(transport);
        return context.transmit(self.flow, again ? self.wire : std::exchange(self.wire, {}));
    }
    case ClientEffect::pass_up:
        return context.events.push(ResponseReceived{id, std::move(*response)});
    case ClientEffect::forget: self.wire = {}; return;
    case ClientEffect::start_a: return repeat(ClientInput::timer_a, config.t1);
    case ClientEffect::double_a: return repeat(ClientInput::timer_a, config.next_a(self.interval));
    case ClientEffect::start_b: return end(ClientInput::timer_b, config.transaction());
    case ClientEffect::start_d: return end(ClientInput::timer_d, config.d(transport));
    case ClientEffect::start_e: return repeat(ClientInput::timer_e, config.t1);
    case ClientEffect::double_e: return repeat(ClientInput::timer_e, config.next_e(self.interval));
    case ClientEffect::reset_e: return repeat(ClientInput::timer_e, config.t2);
    case ClientEffect::start_f: return end(ClientInput::timer_f, config.transaction());
    case ClientEffect::start_k: return end(ClientInput::timer_k, config.k(transport));
    case ClientEffect::start_m: return end(ClientInput::timer_m, config.transaction());
    case ClientEffect::report_timeout: return context.events.push(TimedOut{id});
    case ClientEffect::report_failure: return context.events.push(TransportFailed{id});
    case ClientEffect::report_end: return context.events.push(ClientEnded{id});
    }
}

template <class Context>
void ClientTransactions<Context>::settle(Context& context, ClientTransactionId id,
                                         ClientTransaction& self) {
    // A timer that has no row in the new state has nothing to do any more.
    for (RunningTimer<ClientInput>* timer : {&self.repeat, &self.end}) {
        if (!find_row(self.rows(), self.state, timer->input)) timer->cancel(context);
    }
    if (self.state == ClientState::terminated) {
        by_key_.erase(self.key);
        by_flow_.leave(slab_, context.keys.destination(self.flow.transport, self.flow.remote), id);
        slab_.erase(id);
    } else if (std::exchange(self.end.due, false)) {
        step(context, id, self.end.input);
    }
}

} // namespace offhook

#endif

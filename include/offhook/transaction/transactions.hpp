#ifndef OFFHOOK_TRANSACTION_TRANSACTIONS_HPP
#define OFFHOOK_TRANSACTION_TRANSACTIONS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "offhook/core/limits.hpp"
#include "offhook/transaction/client_transactions.hpp"
#include "offhook/transaction/server_transactions.hpp"
#include "offhook/transaction/transaction_context.hpp"

namespace offhook {

/// The transaction layer: all four machines of RFC 3261 §17 as RFC 6026 and RFC 4320 correct them,
/// and the parts of §18 that need no socket. It takes messages and time; the bytes to send, what
/// its user (the TU) has to know, and the next deadline are polled. Each call is O(1), or O(log n)
/// where it sets a timer. A value: a copy goes on by itself from where the original was.
///
///     transactions.receive(now, flow, message);   // or send, respond, handle_timeout …
///     while (auto transmit = transactions.poll_transmit()) …
///     while (auto event = transactions.poll_event()) …
///     arm(transactions.poll_timeout());
///
/// Every transaction ends by itself but for two, where a person may take as long as they like: an
/// INVITE of ours that has a provisional response needs CANCEL and abandon() (§9.1), and an INVITE
/// of a peer needs a final response or abandon().
template <class Event>
class BasicTransactions {
public:
    /// Without any transaction. The key is a secret: peers choose most of what is hashed with it.
    BasicTransactions(const TimerConfig& config, const Limits& limits, HashKey key)
        : context_(config, key), limits_(limits) {}

    /// Sends a request of ours: its top Via has to hold a branch that no other has, but for a
    /// CANCEL, which takes that of its INVITE, and the flow of it too. No id, and nothing sent,
    /// where the Via is missing or in use, and for ACK, which transmit() sends.
    ClientTransactionId send(TimePoint now, const Flow& flow, Message request) {
        context_.now = now;
        return clients_.send(context_, flow, std::move(request));
    }

    /// Bytes that belong to no transaction: the ACK of a 2xx, an answer to what is not a request.
    void transmit(const Flow& flow, std::string bytes) {
        context_.transmit(flow, std::move(bytes));
    }

    /// A message that validate_request() or validate_response() has found good; what has no usable
    /// Via or CSeq is dropped.
    void receive(TimePoint now, const Flow& flow, Message message) {
        context_.now = now;
        if (!message.is_request()) return clients_.receive(context_, std::move(message));
        const bool room = clients_.size() + servers_.size() < limits_.transactions;
        servers_.receive(context_, flow, std::move(message), room);
    }

    /// Answers a request: provisional responses, then a final one, and a 2xx to an INVITE again and
    /// again until its ACK comes. False, and nothing sent, where the transaction is gone or has its
    /// final response, and for what RFC 4320 §4 forbids as an answer to any other method: 408, 101
    /// to 199, and over UDP an early 100.
    bool respond(TimePoint now, ServerTransactionId id, Message response) {
        context_.now = now;
        return servers_.respond(context_, id, std::move(response));
    }

    /// Ends an INVITE of ours silently while it has no final response: 64*T1 after the CANCEL that
    /// nothing came of. False where there is nothing to end. RFC 3261 §9.1
    bool abandon(TimePoint now, ClientTransactionId id) {
        context_.now = now;
        return clients_.abandon(context_, id);
    }
    /// Ends a request of a peer silently while it has no final response.
    bool abandon(TimePoint now, ServerTransactionId id) {
        context_.now = now;
        return servers_.abandon(context_, id);
    }

    /// What was last sent in this transaction could not be. RFC 3261 §17.1.4, RFC 6026 §8.8
    void transport_failed(TimePoint now, ClientTransactionId id) {
        context_.now = now;
        clients_.transport_failed(context_, id);
    }
    /// The response could not be sent; the transaction goes on.
    void transport_failed(TimePoint now, ServerTransactionId id) {
        context_.now = now;
        servers_.transport_failed(context_, id);
    }
    /// Nothing sent on that flow arrives: a connection could not be made, or ICMP says that host,
    /// port, network or protocol can't be reached. Fails every request of ours on it. RFC 3261
    /// §18.4
    void transport_failed(TimePoint now, const Flow& flow) {
        context_.now = now;
        clients_.flow_failed(context_, flow);
    }
    /// A stream is gone. Fails the requests of ours that were sent on it; responses to those of the
    /// peer will go to its address instead. RFC 3261 §18.2.2
    void connection_closed(TimePoint now, const Flow& flow) {
        context_.now = now;
        clients_.flow_failed(context_, flow);
        servers_.connection_closed(context_, flow);
    }

    /// What is to be sent next; nothing: no more.
    std::optional<Transmit> poll_transmit() { return context_.transmits.pop(); }
    /// What is to be told next; nothing: no more.
    std::optional<Event> poll_event() { return context_.events.pop(); }
    /// When handle_timeout() is wanted; nothing: never.
    std::optional<TimePoint> poll_timeout() const { return context_.timers.next(); }
    /// Fires what is due. One that comes too early is harmless.
    void handle_timeout(TimePoint now);

    /// The flow of a request of ours that is still under way; null where it is not.
    /// Valid until the next input.
    const Flow* flow(ClientTransactionId id) const {
        const ClientTransaction* const transaction = clients_.find(id);
        return transaction ? &transaction->flow : nullptr;
    }
    /// Whether it has not ended.
    bool contains(ClientTransactionId id) const { return clients_.find(id) != nullptr; }
    /// Whether it has not ended.
    bool contains(ServerTransactionId id) const { return servers_.find(id) != nullptr; }

    /// What lives: all zero once everything has ended.
    struct Counts {
        std::size_t clients = 0; ///< requests of ours
        std::size_t servers = 0; ///< requests of peers
        std::size_t timers = 0;  ///< not fired and not cancelled
        std::size_t index = 0;   ///< entries by which transactions are found
        friend bool operator==(const Counts&, const Counts&) = default;
    };
    /// Of this moment.
    Counts counts() const {
        return {clients_.size(), servers_.size(), context_.timers.size(),
                clients_.indexed() + servers_.indexed()};
    }

    /// As the constructor was given them.
    const TimerConfig& timers() const { return context_.config; }

private:
    using Context = BasicTransactionContext<Event>;

    Context context_;
    Limits limits_;
    ClientTransactions<Context> clients_;
    ServerTransactions<Context> servers_;
};

template <class Event>
void BasicTransactions<Event>::handle_timeout(TimePoint now) {
    context_.now = now;
    while (const auto timer = context_.timers.pop(now)) {
        if (timer->server) {
            servers_.fire(context_, ServerTransactionId::from_integer(timer->transaction),
                          static_cast<ServerInput>(timer->input));
        } else {
            clients_.fire(context_, ClientTransactionId::from_integer(timer->transaction),
                          static_cast<ClientInput>(timer->input));
        }
    }
}

/// What an Endpoint uses. The layer is a template so that who includes it and sends nothing does
/// not compile it: 0.3 s of the umbrella header's cost.
using Transactions = BasicTransactions<TuEvent>;

} // namespace offhook

#endif

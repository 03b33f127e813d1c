#ifndef OFFHOOK_TRANSACTION_TRANSACTION_EVENTS_HPP
#define OFFHOOK_TRANSACTION_TRANSACTION_EVENTS_HPP

#include <cstdint>
#include <string>
#include <variant>

#include "offhook/core/flow.hpp"
#include "offhook/core/slab.hpp"
#include "offhook/message/message.hpp"

namespace offhook {

struct ClientTransaction;
struct ServerTransaction;

/// Names a request of ours.
using ClientTransactionId = Handle<ClientTransaction>;
/// Names a request of a peer.
using ServerTransactionId = Handle<ServerTransaction>;

/// Bytes to put on the wire, and the way that they take.
struct Transmit {
    Flow flow;         ///< on a stream, connection 0: any, or a new one
    std::string bytes; ///< one whole message
};

/// A request that starts a server transaction. The TU owes it a final response, or abandon().
struct RequestReceived {
    ServerTransactionId transaction; ///< of respond() and abandon()
    Flow flow;                       ///< on which it came
    Message request;                 ///< its top Via tells where it came from: stamp_via()
    bool merged; ///< the same request came another way before: 482. RFC 3261 §8.2.2.2
};

/// A CANCEL, which is a transaction of its own. RFC 3261 §9.2
struct CancelReceived {
    ServerTransactionId transaction; ///< of the CANCEL: 200, or 481 where there is no target
    ServerTransactionId target;      ///< of the request to be cancelled; none if it does not exist
    Flow flow;                       ///< on which it came
    Message request;                 ///< the CANCEL
};

/// An ACK that no transaction absorbed: that of a 2xx. RFC 6026 §7.1
struct AckReceived {
    ServerTransactionId invite; ///< none where it has a branch of its own, as it should
    Flow flow;                  ///< on which it came
    Message ack;                ///< its body may be the answer
};

/// A request for which there is no room: it has no transaction, and wants a 503 or nothing. See
/// Limits::transactions; send the answer with Transactions::transmit on response_flow().
struct RequestRefused {
    Flow flow;       ///< on which it came
    Message request; ///< as it came, but for its Via: stamp_via()
};

/// A response to a request of ours; retransmissions of it only where it is a 2xx to an INVITE.
struct ResponseReceived {
    ClientTransactionId transaction; ///< of the request
    Message response;                ///< 100 … 699
};

/// No response came in time: treat as a 408. The transaction is gone. RFC 3261 §8.1.3.1
struct TimedOut {
    ClientTransactionId transaction; ///< which was
};

/// The request or the ACK could not be sent: treat as a 503. The transaction is gone.
/// RFC 3261 §8.1.3.1, §17.1.4
struct TransportFailed {
    ClientTransactionId transaction; ///< which was
};

/// The transaction has had its final response, and is gone.
struct ClientEnded {
    ClientTransactionId transaction; ///< which was
};

/// A response could not be sent. The transaction is still there. RFC 6026 §8.8
struct ResponseFailed {
    ServerTransactionId transaction; ///< in which it was to leave
};

/// The transaction is gone.
struct ServerEnded {
    /// How it came to its end.
    enum class Reason : std::uint8_t {
        done,       ///< as it should be; of a 2xx to an INVITE it does not say whether an ACK came
        no_ack,     ///< for a response other than 2xx: Timer H. RFC 3261 §17.2.1
        unanswered, ///< the TU was silent until no client could be waiting. RFC 4320 §4.2
    };
    ServerTransactionId transaction; ///< which was
    Reason reason;                   ///< `done` unless something was missing
};

/// What the transaction layer has to tell its user (the TU). Each client transaction ends with one
/// TimedOut, TransportFailed or ClientEnded, each server transaction with one ServerEnded; those
/// that the TU itself abandoned end silently.
using TuEvent =
    std::variant<RequestReceived, CancelReceived, AckReceived, RequestRefused, ResponseReceived,
                 TimedOut, TransportFailed, ClientEnded, ResponseFailed, ServerEnded>;

} // namespace offhook

#endif

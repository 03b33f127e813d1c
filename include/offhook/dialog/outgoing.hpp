#ifndef OFFHOOK_DIALOG_OUTGOING_HPP
#define OFFHOOK_DIALOG_OUTGOING_HPP

#include <cstdint>
#include <string>

#include "offhook/dialog/route_set.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// Names a transaction between a session and its caller. Of a server transaction it is the caller's
/// own number, which the session only hands back; of a client transaction the session's, which the
/// caller hands back to Session::failed().
using TransactionId = std::uint64_t;

/// What the transaction layer is to do with a message of a session.
enum class SendAs : unsigned char {
    request, ///< in a new client transaction
    cancel, ///< the CANCEL of the INVITE whose `branch` it has: same flow, a transaction of its own
    ack,    ///< the ACK of a 2xx: past the transactions, each time it comes
    response, ///< in the server transaction `transaction`; a 2xx to INVITE may come several times
    abandon,  ///< not at all: destroy the client transaction of this INVITE. RFC 3261 §9.1
};

/// One message that a session wants sent.
template <Modelled M>
struct Outgoing {
    SendAs as = SendAs::request;             ///< what is to be done with it
    M message;                               ///< a request is complete but for its Via
    NextHop next_hop = NextHop::request_uri; ///< requests: which URI says where to
    TransactionId transaction = 0;           ///< of the response's request, or of this request
    std::string branch;                      ///< requests: a fresh Via branch, free to be used
};

/// Why a client transaction ended without a final response.
enum class Failure : unsigned char {
    timeout,   ///< timer B or F: as if 408 had come. RFC 3261 §8.1.3.1
    transport, ///< a transport error: as if 503 had come
};

/// The status as which it counts.
constexpr int status_of(Failure failure) noexcept {
    return failure == Failure::timeout ? 408 : 503;
}

} // namespace offhook

#endif

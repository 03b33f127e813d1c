#ifndef OFFHOOK_SESSION_SERVER_REQUEST_HPP
#define OFFHOOK_SESSION_SERVER_REQUEST_HPP

#include <cstdint>

#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// A request of the peer within a dialog that waits for respond(), or for answer() or decline().
template <Modelled M>
struct ServerRequest {
    TransactionId transaction; ///< for its response
    std::uint32_t fork;        ///< number of the dialog
    M message;                 ///< the request
    Body offer;                ///< of an UPDATE or PRACK that waits for answer()
    TimePoint ends;            ///< then it is answered with 504, or has ended by itself
};

} // namespace offhook

#endif

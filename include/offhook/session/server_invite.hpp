#ifndef OFFHOOK_SESSION_SERVER_INVITE_HPP
#define OFFHOOK_SESSION_SERVER_INVITE_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/options.hpp"
#include "offhook/session/retransmission.hpp"

namespace offhook {

/// What a UAS has to remember of the INVITE that it received until its ACK has come, or it is
/// certain that none will.
template <Modelled M>
struct ServerInvite {
    M message;
    std::uint32_t number; ///< of its CSeq
    TransactionId transaction;
    IncomingOptions options;
    Body preview = {};                     ///< the answer as a 1xx showed it
    std::optional<M> provisional = {};     ///< the last 1xx above 100
    std::optional<M> success = {};         ///< our 2xx
    std::optional<TimePoint> refresh = {}; ///< then the 1xx is sent again
    std::optional<TimePoint> expires = {}; ///< Expires of the INVITE. RFC 3261 §13.3.1
    std::optional<TimePoint> unanswered = {};
    std::optional<Retransmission> retransmission = {};
    bool hang_up = false; ///< BYE as soon as the ACK has come or will not come
    MessageOptions hang_up_options = {};

    std::optional<TimePoint> next_timeout() const {
        if (retransmission) return retransmission->next();
        std::optional<TimePoint> next;
        for (const auto& timer : {refresh, expires, unanswered})
            if (timer && (!next || *timer < *next)) next = timer;
        return next;
    }
};

} // namespace offhook

#endif

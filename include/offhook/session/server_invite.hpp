#ifndef OFFHOOK_SESSION_SERVER_INVITE_HPP
#define OFFHOOK_SESSION_SERVER_INVITE_HPP

#include <cstdint>
#include <optional>

#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/reliable_responses.hpp"
#include "offhook/session/retransmission.hpp"

namespace offhook {

/// What a UAS has to remember of an INVITE or re-INVITE of the peer until its final response.
template <Modelled M>
struct ServerInvite {
    /// What accept() was called with, while PRACK has to come first. RFC 3262 §5
    struct Accepted {
        int status;             ///< 200 … 299
        MessageOptions options; ///< what the 2xx carries
    };

    M message;                                ///< the INVITE
    std::uint32_t number;                     ///< of its CSeq
    TransactionId transaction;                ///< of the caller, for its responses
    bool reinvite = false;                    ///< it came within the dialog
    Body preview = {};                        ///< the answer as a 1xx showed it
    std::optional<M> provisional = {};        ///< the last unreliable 1xx above 100
    int reliable_status = 0;                  ///< of the last 1xx, where that was reliable
    std::optional<TimePoint> refresh = {};    ///< then the 1xx is sent again
    std::optional<TimePoint> expires = {};    ///< Expires of the INVITE. RFC 3261 §13.3.1
    std::optional<TimePoint> unanswered = {}; ///< then it ends by itself
    ReliableResponses<M> reliable = {};       ///< 1xx that wait for PRACK
    std::optional<Accepted> accepted = {};    ///< the 2xx that waits for PRACK

    /// The first of its deadlines.
    std::optional<TimePoint> next_timeout() const {
        std::optional<TimePoint> next = reliable.next_timeout();
        for (const auto& timer : {refresh, expires, unanswered})
            if (timer && (!next || *timer < *next)) next = timer;
        return next;
    }
};

/// A 2xx of ours to an INVITE or re-INVITE that waits for its ACK. RFC 3261 §13.3.1.4
template <Modelled M>
struct AwaitedAck {
    std::uint32_t number;          ///< of the INVITE's CSeq
    TransactionId transaction;     ///< in which the 2xx leaves
    M success;                     ///< as it is sent each time
    Retransmission retransmission; ///< when the next one leaves
    bool reinvite;                 ///< to a re-INVITE
    bool offered;                  ///< the 2xx holds an offer: the ACK has to bring the answer
    bool superseded = false;       ///< another re-INVITE has come meanwhile. RFC 6141 §5.4
};

/// A PRACK that can still come for a 1xx whose INVITE has its final response. RFC 3262 §3
struct LatePrack {
    std::uint32_t number; ///< of the INVITE's CSeq
    std::uint32_t rseq;   ///< its RSeq
    TimePoint ends;       ///< none can come after this
};

} // namespace offhook

#endif

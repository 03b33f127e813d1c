#ifndef OFFHOOK_SESSION_REINVITE_HPP
#define OFFHOOK_SESSION_REINVITE_HPP

#include <cstdint>
#include <optional>

#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/invite_request.hpp"

namespace offhook {

/// What a re-INVITE and an UPDATE of ours have in common: what is wanted, and when it is tried
/// again.
struct Modification {
    MessageOptions options;              ///< what the request is built from, each time
    bool by_timer = false;               ///< the session timer wanted it, not the application
    std::optional<TimePoint> retry = {}; ///< after a 491. RFC 3261 §14.1
};

/// A re-INVITE of ours, from its beginning to its last ACK. RFC 3261 §14.1
template <Modelled M>
struct Reinvite : InviteRequest<M>, Modification {
    bool ack_owed = false; ///< its 2xx brought an offer that the ACK has to answer
    bool over = false;     ///< the session has ended meanwhile: a 2xx gets its ACK and no more

    /// It has been sent, and its final response has not come.
    bool under_way() const noexcept { return !this->retry && !ack_owed && !this->held; }

    /// The first of its deadlines; none: it waits for the peer alone.
    std::optional<TimePoint> next_timeout() const {
        std::optional<TimePoint> next;
        for (const auto& timer : {this->unanswered, this->abandon, this->decision, this->retry})
            if (timer && (!next || *timer < *next)) next = timer;
        return next;
    }
};

/// An UPDATE of ours. RFC 3311
struct Update : Modification {
    TransactionId request = 0;   ///< as ClientRequest knows it; 0 while it waits to be tried again
    RefreshRequest refresh = {}; ///< what it says of the session timer
};

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_CLIENT_INVITE_HPP
#define OFFHOOK_SESSION_CLIENT_INVITE_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/box.hpp"
#include "offhook/session/invite_request.hpp"
#include "offhook/session/options.hpp"
#include "offhook/session/redirect_targets.hpp"
#include "offhook/session/session_timer.hpp"

namespace offhook {

/// What a UAC has to remember of the INVITE that makes the session until no response to it can
/// come any more.
template <Modelled M>
struct ClientInvite : InviteRequest<M> {
    InviteOptions options;      ///< what it is built from again
    SessionTimer timer;         ///< what it asks for, and what 422s have said
    bool offered = false;       ///< it holds an offer
    bool own_fork_only = false; ///< of a session that another fork made: ForkPolicy::keep_all
    bool answered = false;      ///< a 2xx has come
    bool timed_out = false;     ///< the CANCEL was the timer's idea
    std::optional<TimePoint> linger = {}; ///< no further 2xx after this. RFC 6026 §7.2, timer M
    Box<RedirectTargets> targets = {};    ///< after a 3xx, where the application decides
    bool challenged = false;              ///< what is held waits for authenticate(), not follow()

    /// The first of its deadlines; none: it waits for the peer alone.
    std::optional<TimePoint> next_timeout() const {
        std::optional<TimePoint> next;
        for (const auto& each : {this->unanswered, this->abandon, this->decision, linger})
            if (each && (!next || *each < *next)) next = each;
        return next;
    }
};

} // namespace offhook

#endif

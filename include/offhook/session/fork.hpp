#ifndef OFFHOOK_SESSION_FORK_HPP
#define OFFHOOK_SESSION_FORK_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/box.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/offer_answer.hpp"
#include "offhook/session/reliable_responses.hpp"
#include "offhook/session/session_timer.hpp"

namespace offhook {

/// What the peer has told of itself so far.
enum class Told : unsigned char { nothing, no, yes };

/// One of the dialogs that an INVITE made, with what belongs to it alone. A call has one, unless a
/// proxy forked it.
template <Modelled M>
struct Fork {
    /// How far the dialog has come.
    enum class Phase : unsigned char {
        early,     ///< no 2xx on it
        answered,  ///< 2xx, not yet its ACK
        confirmed, ///< 2xx and ACK
        leaving,   ///< our BYE is under way
        gone,      ///< a BYE of either side is through, or the INVITE failed
        moved,     ///< it has become a session of its own: ForkPolicy::keep_all
    };

    std::uint32_t number;                ///< from 1 on, in the order of appearance
    Dialog<M> dialog;                    ///< its names, route and targets
    OfferAnswer exchange = {};           ///< offers and answers on it
    SessionTimer timer = SessionTimer(); ///< its session timer. RFC 4028
    ReceivedReliable reliable = {};      ///< the reliable 1xx that have come on it
    Phase phase = Phase::early;          ///< how far it has come
    bool bye_refused = false;            ///< our BYE: the peer may think that the dialog lives
    bool has_referred = false;           ///< we have sent a REFER in it
    bool was_referred = false;           ///< the peer has
    Told peer_updates = Told::nothing;   ///< whether its Allow lists UPDATE
    /// The Info Packages that the peer takes, as Recv-Info lists them; null: it has not said that
    /// it knows what they are. RFC 6086 §5.2.2
    Box<std::string> peer_packages = {};
    /// What the peer has described, while it is needed: the answer that a 1xx showed, or the offer
    /// of a 1xx or 2xx.
    Box<Body> description = {};
    /// Our last description, where a refresh may have to repeat it. RFC 4028 §7.4
    Box<Body> ours = {};
};

/// The ACK of a 2xx, as it is repeated for each retransmission of that. RFC 3261 §13.2.2.4
template <Modelled M>
struct SentAck {
    std::uint32_t fork;   ///< number of the dialog
    std::uint32_t number; ///< of the INVITE's CSeq
    TimePoint ends;       ///< no further 2xx can come then
    Outgoing<M> out;      ///< as it is sent, each time
};

} // namespace offhook

#endif

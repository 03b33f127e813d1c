#ifndef OFFHOOK_SESSION_FORK_HPP
#define OFFHOOK_SESSION_FORK_HPP

#include <cstdint>
#include <optional>

#include "offhook/core/box.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/offer_answer.hpp"

namespace offhook {

/// One of the dialogs that an INVITE made, with what belongs to it alone. A call has one, unless a
/// proxy forked it.
template <Modelled M>
struct Fork {
    enum class Phase : unsigned char {
        early,     ///< no 2xx on it
        answered,  ///< 2xx, not yet its ACK
        confirmed, ///< 2xx and ACK
        leaving,   ///< our BYE is under way
        gone,      ///< a BYE of either side is through, or the INVITE failed
        moved,     ///< it has become a session of its own: ForkPolicy::keep_all
    };

    std::uint32_t number; ///< from 1 on, in the order of appearance
    Dialog<M> dialog;
    OfferAnswer exchange = {};
    Phase phase = Phase::early;
    bool bye_refused =
        false; ///< the peer has not agreed to our BYE, and may think the dialog lives
    std::optional<std::uint32_t> bye_number = {}; ///< CSeq number of our BYE
    TransactionId bye_transaction = 0;
    /// Then our BYE counts as unanswered, even where no transaction layer says so: the moment at
    /// which its timer F fires. RFC 3261 §15.1.1
    std::optional<TimePoint> bye_ends = {};
    /// UAC: what the peer has described, while it is needed: the answer that a 1xx showed, or the
    /// offer of a 2xx.
    Box<Body> description = {};
    /// UAC: the ACK, as it is repeated for each 2xx; kept while retransmissions can come.
    Box<Outgoing<M>> ack = {};
};

} // namespace offhook

#endif

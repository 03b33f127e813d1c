#ifndef OFFHOOK_SESSION_INVITE_REQUEST_HPP
#define OFFHOOK_SESSION_INVITE_REQUEST_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/session_refresh.hpp"

namespace offhook {

/// What an INVITE of ours, the first or a later one, has sent and heard.
template <Modelled M>
struct InviteRequest {
    /// Where its CANCEL is.
    enum class Cancel : unsigned char {
        none, ///< not wanted
        held, ///< wanted, but no provisional response has come yet. RFC 3261 §9.1
        sent, ///< on its way, or answered
    };

    M message;                                ///< as sent, without Via: what CANCEL and ACK repeat
    std::uint32_t number;                     ///< of its CSeq
    NextHop next_hop;                         ///< which URI says where it went
    std::string branch;                       ///< of its Via, which CANCEL repeats
    TransactionId transaction;                ///< of its client transaction
    RefreshRequest refresh = {};              ///< what it says of the session timer
    Cancel cancel = Cancel::none;             ///< where its CANCEL is
    MessageOptions cancel_options = {};       ///< what its CANCEL carries
    bool provisional = false;                 ///< a 1xx has come
    std::optional<TimePoint> unanswered = {}; ///< CANCEL then by itself
    std::optional<TimePoint> abandon = {};    ///< no final response since cancel() or BYE: §9.1
    std::uint8_t authentications = 0;         ///< tries with credentials
    std::optional<M> held = {};               ///< the final response that waits for a decision
    std::optional<TimePoint> decision = {};   ///< then it counts

    /// Its CANCEL is wanted, or sent.
    bool cancelled() const noexcept { return cancel != Cancel::none; }
};

/// The CANCEL of an INVITE: everything that has to be identical is taken from it. RFC 3261 §9.1
template <Modelled M>
Outgoing<M> cancel_of(const InviteRequest<M>& invite) {
    using Model = MessageModel<M>;
    M cancel = Model::request("CANCEL", Model::request_uri(invite.message));
    Model::add(cancel, Header::max_forwards, "70");
    for (const Header name :
         {Header::route, Header::from, Header::to, Header::call_id, Header::supported}) {
        for (std::size_t n = 0;; ++n) {
            const auto line = Model::header(invite.message, name, n);
            if (!line) break;
            Model::add(cancel, name, *line);
        }
    }
    Model::add(cancel, Header::cseq, std::to_string(invite.number) + " CANCEL");
    add_to(cancel, invite.cancel_options);
    return {SendAs::cancel, std::move(cancel), invite.next_hop, invite.transaction, invite.branch};
}

} // namespace offhook

#endif

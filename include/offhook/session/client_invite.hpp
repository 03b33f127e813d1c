#ifndef OFFHOOK_SESSION_CLIENT_INVITE_HPP
#define OFFHOOK_SESSION_CLIENT_INVITE_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/options.hpp"

namespace offhook {

/// What a UAC has to remember of its INVITE until no response to it can come any more.
template <Modelled M>
struct ClientInvite {
    enum class Cancel : unsigned char {
        none,
        held, ///< wanted, but no provisional response has come yet. RFC 3261 §9.1
        sent,
    };

    M message;            ///< as sent, without Via: what CANCEL and ACK repeat
    std::uint32_t number; ///< of its CSeq
    NextHop next_hop;
    std::string branch;
    ForkPolicy forks;
    bool offered;                ///< it holds an offer
    std::uint32_t early_dialogs; ///< how many are followed at most
    TransactionId transaction;   ///< of its client transaction
    bool own_fork_only = false;  ///< of a session that another fork made: ForkPolicy::keep_all
    Cancel cancel = Cancel::none;
    MessageOptions cancel_options = {};
    bool provisional = false;                 ///< a 1xx has come
    bool answered = false;                    ///< a 2xx has come
    bool timed_out = false;                   ///< the CANCEL was the timer's idea
    std::optional<TimePoint> unanswered = {}; ///< CANCEL then by itself
    std::optional<TimePoint> abandon = {}; ///< no final response since cancel() or early BYE: §9.1
    std::optional<TimePoint> linger = {};  ///< no further 2xx after this. RFC 6026 §7.2, timer M

    std::optional<TimePoint> next_timeout() const {
        std::optional<TimePoint> next;
        for (const auto& timer : {unanswered, abandon, linger})
            if (timer && (!next || *timer < *next)) next = timer;
        return next;
    }
};

/// The CANCEL of an INVITE: everything that has to be identical is taken from it. RFC 3261 §9.1
template <Modelled M>
Outgoing<M> cancel_of(const ClientInvite<M>& invite) {
    using Model = MessageModel<M>;
    M cancel = Model::request("CANCEL", Model::request_uri(invite.message));
    Model::add(cancel, Header::max_forwards, "70");
    for (const Header name : {Header::route, Header::from, Header::to, Header::call_id}) {
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

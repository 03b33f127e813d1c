#ifndef OFFHOOK_SESSION_CLIENT_REQUEST_HPP
#define OFFHOOK_SESSION_CLIENT_REQUEST_HPP

#include <cstdint>
#include <optional>
#include <string>

#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/usage_id.hpp"

namespace offhook {

/// A request of ours within a dialog, other than INVITE, that has no final response yet.
template <Modelled M>
struct ClientRequest {
    /// On whose behalf it is sent, and so who hears of its response.
    enum class Purpose : unsigned char { bye, prack, update, application, usage };

    TransactionId id;          ///< what the application knows it by
    TransactionId transaction; ///< of the try under way
    std::uint32_t fork;        ///< number of the dialog
    std::uint32_t number;      ///< of its CSeq
    std::string method;        ///< as it stands in the request
    Purpose purpose;           ///< who hears of the response
    MessageOptions options;    ///< what it is built from again
    /// Then it counts as unanswered, even where no transaction layer says so: timer F. And the
    /// response that waits for credentials counts.
    TimePoint ends;
    std::uint8_t authentications = 0; ///< tries with credentials
    std::optional<M> held = {};       ///< the challenge that waits for authenticate()
    UsageId usage = 0;                ///< which subscription it belongs to
};

} // namespace offhook

#endif

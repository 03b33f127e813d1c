#ifndef OFFHOOK_SUBSCRIPTION_USAGE_HPP
#define OFFHOOK_SUBSCRIPTION_USAGE_HPP

// What a subscription writes and reads, whether the dialog is its own or one that it shares with a
// call. RFC 5057

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/expires.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/refer_to.hpp"
#include "offhook/message/retry_after.hpp"
#include "offhook/message/sipfrag.hpp"
#include "offhook/message/status.hpp"
#include "offhook/message/subscription_state.hpp"
#include "offhook/subscription/event_key.hpp"
#include "offhook/subscription/notice.hpp"

namespace offhook {

/// What a header field of seconds says.
struct ReadSeconds {
    bool present = false;                           ///< the field is there, whatever it says
    std::optional<std::chrono::seconds> value = {}; ///< none where it is missing or broken

    /// It is there, and no number of seconds.
    bool broken() const noexcept { return present && !value; }
};

/// Expires or Min-Expires of a message. RFC 3261 §20.19, §20.23
template <Modelled M>
ReadSeconds read_expires(const M& message, Header name = Header::expires) {
    const auto line = MessageModel<M>::header(message, name, 0);
    if (!line) return {};
    const auto expires = Expires::parse(*line);
    if (!expires) return {true, {}};
    return {true, expires->interval};
}

/// Retry-After of a message; none where it is missing or broken. RFC 3261 §20.33
template <Modelled M>
std::optional<std::chrono::seconds> read_retry_after(const M& message) {
    const auto line = MessageModel<M>::header(message, Header::retry_after, 0);
    if (!line) return std::nullopt;
    const auto value = RetryAfter::parse(*line);
    if (!value) return std::nullopt;
    return value->delay;
}

/// Subscription-State of a NOTIFY; none where it is missing or broken. RFC 6665 §4.1.3
template <Modelled M>
std::optional<Notice> read_notice(const M& notify) {
    using Model = MessageModel<M>;
    const auto line = Model::header(notify, Header::subscription_state, 0);
    if (!line || Model::header(notify, Header::subscription_state, 1)) return std::nullopt;
    const auto state = SubscriptionState::parse(*line);
    if (!state) return std::nullopt;
    return Notice::of(*state);
}

/// Whether a REFER or its 2xx says that there is to be no subscription.
///
///     Refer-Sub = "Refer-Sub" HCOLON ( "true" / "false" ) *(SEMI exten)
///
/// RFC 4488 §4
template <Modelled M>
bool declines_subscription(const M& message) {
    const auto line = MessageModel<M>::header(message, Header::refer_sub, 0);
    if (!line) return false;
    const std::string_view text = *line;
    return iequals(trim(text.substr(0, text.find(';'))), "false");
}

/// Whether a REFER has exactly one Refer-To that can be read; else 400 answers it.
/// RFC 3515 §2.4.2
template <Modelled M>
bool has_one_refer_to(const M& refer) {
    using Model = MessageModel<M>;
    const auto line = Model::header(refer, Header::refer_to, 0);
    return line && !Model::header(refer, Header::refer_to, 1) && ReferTo::parse(*line);
}

/// A Refer-To value for a URI or name-addr: in brackets, so that nothing in it is a parameter.
/// RFC 3515 §2.1
inline std::string as_refer_to(std::string_view target) {
    const auto address = NameAddr::parse(target);
    if (!address || address->bracketed) return std::string(target);
    return std::string("<").append(target).append(">");
}

/// The body of a NOTIFY that tells what became of a REFER. RFC 3515 §2.4.5
inline Body sipfrag(int status, std::string_view phrase = {}) {
    std::string line = "SIP/2.0 " + std::to_string(status) + " ";
    line.append(phrase.empty() ? reason_phrase_of(status) : phrase).append("\r\n");
    return {"message/sipfrag;version=2.0", std::move(line), {}};
}

/// The status that such a body tells; 0: it is none. RFC 3515 §2.4.5
inline int sipfrag_status(const Body& body) {
    const std::string_view type = body.type;
    if (!iequals(trim(type.substr(0, type.find(';'))), Sipfrag::type)) return 0;
    const auto fragment = Sipfrag::parse(body.content);
    return fragment ? fragment->status : 0;
}

/// Adds what SUBSCRIBE has to say; `event` is the value of Event. RFC 6665 §3.1
template <Modelled M>
void add_subscribe(M& subscribe, std::string_view event, std::chrono::seconds expires) {
    MessageModel<M>::add(subscribe, Header::event, event);
    MessageModel<M>::add(subscribe, Header::expires, std::to_string(expires.count()));
}

/// Adds what REFER has to say; without `subscription` it asks for none. RFC 3515 §2.1, RFC 4488 §4
template <Modelled M>
void add_refer(M& refer, std::string_view target, bool subscription) {
    using Model = MessageModel<M>;
    Model::add(refer, Header::refer_to, as_refer_to(target));
    if (subscription) return;
    Model::add(refer, Header::refer_sub, "false");
    Model::add(refer, Header::supported, "norefersub");
}

/// A SUBSCRIBE in a dialog, with `event` as the value of Event: a refresh, the end with 0, or a
/// further subscription. RFC 6665 §4.1.2.2, §4.5.2
template <Modelled M>
DialogRequest<M> subscribe_in(Dialog<M>& dialog, std::string_view event,
                              std::chrono::seconds expires, const MessageOptions& options = {}) {
    DialogRequest<M> request = dialog.request("SUBSCRIBE");
    add_subscribe(request.message, event, expires);
    add_to(request.message, options);
    return request;
}

/// A NOTIFY in a dialog. RFC 6665 §4.2.2
template <Modelled M>
DialogRequest<M> notify_in(Dialog<M>& dialog, const EventKey& event, const Notice& notice,
                           const MessageOptions& options = {}) {
    DialogRequest<M> request = dialog.request("NOTIFY");
    MessageModel<M>::add(request.message, Header::event, event.text());
    MessageModel<M>::add(request.message, Header::subscription_state, notice.text());
    add_to(request.message, options);
    return request;
}

/// A REFER in a dialog. RFC 3515 §2.4.1
template <Modelled M>
DialogRequest<M> refer_in(Dialog<M>& dialog, std::string_view target, bool subscription = true,
                          const MessageOptions& options = {}) {
    DialogRequest<M> request = dialog.request("REFER");
    add_refer(request.message, target, subscription);
    add_to(request.message, options);
    return request;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_REFRESH_FIELDS_HPP
#define OFFHOOK_SESSION_REFRESH_FIELDS_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/retry_after.hpp"
#include "offhook/message/session_expires.hpp"
#include "offhook/session/features.hpp"
#include "offhook/session/session_refresh.hpp"

namespace offhook {

/// Whether any line of a header field lists that word, in any case.
template <Modelled M>
bool any_lists(const M& message, Header name, std::string_view word) {
    for (std::size_t n = 0;; ++n) {
        const auto line = MessageModel<M>::header(message, name, n);
        if (!line) return false;
        if (lists(*line, word)) return true;
    }
}

/// All lines of a header field that is a list, as one value. RFC 3261 §7.3.1
template <Modelled M>
std::string joined_lines(const M& message, Header name) {
    std::string text;
    for (std::size_t n = 0;; ++n) {
        const auto line = MessageModel<M>::header(message, name, n);
        if (!line) return text;
        if (n != 0) text += ", ";
        text += *line;
    }
}

namespace detail {

/// Session-Expires; one that does not parse is none.
template <Modelled M>
std::optional<SessionExpires> session_expires_of(const M& message) {
    const auto text = MessageModel<M>::header(message, Header::session_expires, 0);
    if (!text) return std::nullopt;
    const auto value = SessionExpires::parse(*text);
    if (!value) return std::nullopt;
    SessionExpires found = *value;
    found.parameters = {}; // a view into a text that may be gone
    return found;
}

template <Modelled M>
std::optional<std::chrono::seconds> min_se_of(const M& message) {
    const auto text = MessageModel<M>::header(message, Header::min_se, 0);
    if (!text) return std::nullopt;
    const auto value = MinSE::parse(*text);
    if (!value) return std::nullopt;
    return value->interval;
}

} // namespace detail

/// What an INVITE or UPDATE says of the session timer. RFC 4028 §7.1
template <Modelled M>
RefreshRequest refresh_request_of(const M& request) {
    RefreshRequest said;
    if (const auto expires = detail::session_expires_of(request)) {
        said.interval = expires->interval;
        said.refresher = expires->refresher;
    }
    said.min_se = detail::min_se_of(request);
    said.timer_supported = any_lists(request, Header::supported, "timer")
                           || any_lists(request, Header::require, "timer");
    return said;
}

/// What a 2xx to it says. RFC 4028 §7.2
template <Modelled M>
RefreshAnswer refresh_answer_of(const M& success) {
    RefreshAnswer said;
    if (const auto expires = detail::session_expires_of(success)) {
        said.interval = expires->interval;
        said.refresher = expires->refresher;
    }
    said.timer_required = any_lists(success, Header::require, "timer");
    said.timer_supported = said.timer_required || any_lists(success, Header::supported, "timer");
    return said;
}

/// What any other final response says; `response` is null where there is none. RFC 4028 §7.3
template <Modelled M>
RefreshRefusal refresh_refusal_of(int status, const M* response) {
    RefreshRefusal said{status, {}, {}};
    if (!response) return said;
    said.min_se = detail::min_se_of(*response);
    if (const auto text = MessageModel<M>::header(*response, Header::retry_after, 0))
        if (const auto value = RetryAfter::parse(*text)) said.retry_after = value->delay;
    return said;
}

namespace detail {

inline std::string session_expires_text(std::chrono::seconds interval,
                                        std::optional<Refresher> refresher) {
    std::string text = std::to_string(interval.count());
    if (refresher) text += *refresher == Refresher::uac ? ";refresher=uac" : ";refresher=uas";
    return text;
}

} // namespace detail

/// Writes it into an INVITE or UPDATE; Supported is written with the other option tags.
template <Modelled M>
void add_refresh(M& request, const RefreshRequest& said) {
    using Model = MessageModel<M>;
    if (said.interval)
        Model::add(request, Header::session_expires,
                   detail::session_expires_text(*said.interval, said.refresher));
    if (said.min_se) Model::add(request, Header::min_se, std::to_string(said.min_se->count()));
}

/// Writes it into a 2xx. RFC 4028 §9
template <Modelled M>
void add_refresh(M& success, const RefreshAnswer& said) {
    using Model = MessageModel<M>;
    if (said.interval)
        Model::add(success, Header::session_expires,
                   detail::session_expires_text(*said.interval, said.refresher));
    if (said.timer_required) Model::add(success, Header::require, "timer");
}

} // namespace offhook

#endif

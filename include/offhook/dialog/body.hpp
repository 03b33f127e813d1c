#ifndef OFFHOOK_DIALOG_BODY_HPP
#define OFFHOOK_DIALOG_BODY_HPP

#include <string>
#include <string_view>
#include <utility>

#include "offhook/message/characters.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// A message body with the header fields that say what it is. RFC 3261 §7.4
struct Body {
    std::string type = {};        ///< Content-Type value
    std::string content = {};     ///< the bytes
    std::string disposition = {}; ///< Content-Disposition value; "" leaves the default of the type

    /// A session description: application/sdp.
    static Body sdp(std::string content) { return {"application/sdp", std::move(content), {}}; }

    /// No bytes, whatever the fields say.
    bool empty() const noexcept { return content.empty(); }
    /// There are bytes.
    explicit operator bool() const noexcept { return !empty(); }
    friend bool operator==(const Body&, const Body&) = default;
};

/// Whether a body can be an offer or an answer: one of disposition `session`, which is also the
/// default of application/sdp. A multipart counts as a whole. RFC 3261 §13.2.1, §20.11
inline bool is_session_description(const Body& body) {
    if (body.empty()) return false;
    const auto first_word = [](std::string_view value) {
        return trim(value.substr(0, value.find(';')));
    };
    if (!body.disposition.empty()) return iequals(first_word(body.disposition), "session");
    return iequals(first_word(body.type), "application/sdp")
           || iequals(std::string_view(body.type).substr(0, 10), "multipart/");
}

/// The body of a message, as another message would take it. RFC 3261 §7.4
template <Modelled M>
Body body_of(const M& message) {
    using Model = MessageModel<M>;
    Body body;
    body.content = Model::body(message);
    if (body.empty()) return body;
    if (const auto value = Model::header(message, Header::content_type, 0)) body.type = *value;
    if (const auto value = Model::header(message, Header::content_disposition, 0))
        body.disposition = *value;
    return body;
}

/// The session description in a message; empty where it has none. RFC 3261 §13.2.1
template <Modelled M>
Body session_description(const M& message) {
    Body body = body_of(message);
    return is_session_description(body) ? body : Body{};
}

} // namespace offhook

#endif

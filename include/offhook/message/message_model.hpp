#ifndef OFFHOOK_MESSAGE_MESSAGE_MODEL_HPP
#define OFFHOOK_MESSAGE_MESSAGE_MODEL_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include "offhook/message/header.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/model.hpp"

namespace offhook {

/// offhook's own Message under Dialog and Session.
template <>
struct MessageModel<Message> {
    /// 100 … 699; 0 for a request.
    static int status(const Message& message) noexcept { return message.status(); }
    /// "" for a response.
    static std::string_view method(const Message& message) noexcept { return message.method(); }
    /// "" for a response.
    static std::string_view request_uri(const Message& message) noexcept {
        return message.request_uri();
    }
    /// The n-th line of that name, without its name, unfolded.
    static std::optional<std::string_view> header(const Message& message, Header name,
                                                  std::size_t n) noexcept {
        return message.header(name, n);
    }
    /// "" where there is none.
    static std::string_view body(const Message& message) noexcept { return message.body(); }

    /// With `Content-Length: 0` alone.
    static Message request(std::string_view method, std::string_view request_uri) {
        return Message::request(method, request_uri);
    }
    /// With what RFC 3261 §8.2.6.2 copies from the request.
    static Message response(const Message& request, int status, std::string_view reason,
                            std::string_view to_tag) {
        return Message::response(request, status, reason, to_tag);
    }
    /// As the last line.
    static void add(Message& message, HeaderName name, std::string_view value) {
        message.add(name, value);
    }
    /// With its Content-Type and Content-Length.
    static void set_body(Message& message, std::string_view type, std::string_view content) {
        message.set_body(type, content);
    }
};

static_assert(Modelled<Message>);

} // namespace offhook

#endif

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
    static int status(const Message& message) noexcept { return message.status(); }
    static std::string_view method(const Message& message) noexcept { return message.method(); }
    static std::string_view request_uri(const Message& message) noexcept {
        return message.request_uri();
    }
    static std::optional<std::string_view> header(const Message& message, Header name,
                                                  std::size_t n) noexcept {
        return message.header(name, n);
    }
    static std::string_view body(const Message& message) noexcept { return message.body(); }

    static Message request(std::string_view method, std::string_view request_uri) {
        return Message::request(method, request_uri);
    }
    static Message response(const Message& request, int status, std::string_view reason,
                            std::string_view to_tag) {
        return Message::response(request, status, reason, to_tag);
    }
    static void add(Message& message, HeaderName name, std::string_view value) {
        message.add(name, value);
    }
    static void set_body(Message& message, std::string_view type, std::string_view content) {
        message.set_body(type, content);
    }
};

static_assert(Modelled<Message>);

} // namespace offhook

#endif

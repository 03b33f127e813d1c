#ifndef OFFHOOK_TESTS_SUPPORT_PLAIN_MESSAGE_HPP
#define OFFHOOK_TESTS_SUPPORT_PLAIN_MESSAGE_HPP

#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/model.hpp"

/// The message type of some other SIP stack: it shares nothing with offhook's own.
struct PlainMessage {
    int status = 0; ///< 0: a request
    std::string reason;
    std::string method;
    std::string uri;
    std::multimap<std::string, std::string> headers; ///< equal names keep their order
    std::string body;

    friend bool operator==(const PlainMessage&, const PlainMessage&) = default;
};

/// The whole adapter. It hands out copies instead of views, as a stack must that stores no text: so
/// whoever keeps a view of them is found by the address sanitizer.
template <>
struct offhook::MessageModel<PlainMessage> {
    static int status(const PlainMessage& message) { return message.status; }
    static std::string method(const PlainMessage& message) { return message.method; }
    static std::string request_uri(const PlainMessage& message) { return message.uri; }
    static std::optional<std::string> header(const PlainMessage& message, Header name,
                                             std::size_t n) {
        auto [at, end] = message.headers.equal_range(std::string(name_of(name)));
        for (; at != end && n != 0; --n)
            ++at;
        return at == end ? std::nullopt : std::optional<std::string>(at->second);
    }
    static std::string body(const PlainMessage& message) { return message.body; }

    static PlainMessage request(std::string_view method, std::string_view uri) {
        return {0, {}, std::string(method), std::string(uri), {}, {}};
    }
    static PlainMessage response(const PlainMessage& request, int status, std::string_view reason,
                                 std::string_view to_tag) {
        PlainMessage response{status, std::string(reason), {}, {}, {}, {}};
        for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
            const auto [begin, end] = request.headers.equal_range(name);
            response.headers.insert(begin, end);
        }
        const auto to = response.headers.find("To");
        const bool tagged = to == response.headers.end() || to_tag.empty()
                            || to->second.find(";tag=") != std::string::npos;
        if (!tagged) to->second.append(";tag=").append(to_tag);
        return response;
    }
    static void add(PlainMessage& message, HeaderName name, std::string_view value) {
        message.headers.emplace(name.id == Header::unknown ? name.text : name_of(name.id), value);
    }
    static void set_body(PlainMessage& message, std::string_view type, std::string_view content) {
        message.headers.erase("Content-Type");
        message.headers.emplace("Content-Type", type);
        message.body = content;
    }
};

static_assert(offhook::Modelled<PlainMessage>);

#endif

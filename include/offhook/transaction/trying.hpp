#ifndef OFFHOOK_TRANSACTION_TRYING_HPP
#define OFFHOOK_TRANSACTION_TRYING_HPP

#include <chrono>
#include <string>
#include <string_view>

#include "offhook/core/time.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/message.hpp"

namespace offhook {

/// The 100 that a transaction sends by itself, `delay` after the request came, as it goes on the
/// wire. It adds no tag to To, and the delay to a Timestamp. Most are never sent, so this one is
/// made without a Message: a tenth of the work. RFC 3261 §8.2.6.1, §8.2.6.2, §17.2.1
inline std::string build_trying(const Message& request, Duration delay) {
    std::string text = "SIP/2.0 100 Trying\r\n";
    text.reserve(request.bytes().size() + 64); // its buffer will take the final response
    for (const Message::Field field : request.fields()) {
        switch (field.id) {
        case Header::via:
        case Header::from:
        case Header::to:
        case Header::call_id:
        case Header::cseq:
        case Header::timestamp:
            text.append(name_of(field.id)).append(": ").append(field.value);
            if (field.id == Header::timestamp
                && field.value.find_first_of(" \t") == std::string_view::npos) {
                const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(delay);
                const std::string thousandths = std::to_string(1000 + ms.count() % 1000);
                text.append(" ").append(std::to_string(ms.count() / 1000));
                text.append(".").append(thousandths, 1);
            }
            text.append("\r\n");
            break;
        default: break;
        }
    }
    return text.append("Content-Length: 0\r\n\r\n");
}

} // namespace offhook

#endif

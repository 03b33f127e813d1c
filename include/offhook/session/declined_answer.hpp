#ifndef OFFHOOK_SESSION_DECLINED_ANSWER_HPP
#define OFFHOOK_SESSION_DECLINED_ANSWER_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/dialog/body.hpp"
#include "offhook/message/characters.hpp"

namespace offhook {

/// The answer that refuses every stream of an SDP offer, for a 2xx whose dialog is not wanted: its
/// ACK must hold an answer all the same. Empty for an offer that is not plain SDP.
/// RFC 3261 §13.2.2.4, RFC 3264 §6
inline Body declined_answer(const Body& offer) {
    const std::string_view type = offer.type;
    if (!iequals(trim(type.substr(0, type.find(';'))), "application/sdp")) return {};
    std::string times, streams;
    for (std::string_view rest = offer.content; !rest.empty();) {
        const std::size_t end = rest.find('\n');
        std::string_view line = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("t=")) times.append(line).append("\r\n");
        if (!line.starts_with("m=")) continue;
        const std::size_t port = line.find(' ');
        if (port == std::string_view::npos) return {};
        const std::size_t protocol = line.find(' ', port + 1);
        if (protocol == std::string_view::npos) return {};
        streams.append(line.substr(0, port)).append(" 0").append(line.substr(protocol));
        streams.append("\r\n");
    }
    if (times.empty()) times = "t=0 0\r\n";
    return Body::sdp("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n" + times
                     + streams);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_SALVAGE_HPP
#define OFFHOOK_MESSAGE_SALVAGE_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/extremes.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/safe_value.hpp"

namespace offhook {

/// What can still be read of a request that Message::parse refuses, so that it can be answered: the
/// method, and Via, From, To, Call-ID and CSeq as far as their lines are whole. Nothing where one
/// of them is not there, and of what is never answered, an ACK or no request at all.
///
/// Give the result to Message::response, and to nothing else. RFC 3261 §8.2.6, §16.3
inline std::optional<Message> salvage(std::string_view bytes) {
    const auto take_line = [&bytes] {
        const std::size_t end = lesser(bytes.find('\n'), bytes.size());
        std::string_view line = bytes.substr(0, end);
        bytes.remove_prefix(lesser(end + 1, bytes.size()));
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    };

    constexpr std::array needed{Header::via, Header::from, Header::to, Header::call_id,
                                Header::cseq};

    std::string_view line;
    while (line.empty() && !bytes.empty())
        line = take_line();
    const std::string_view method = line.substr(0, line.find(' '));
    if (!is_token(method) || method == "ACK") return std::nullopt;

    Message request = Message::request(method, "sip:invalid");
    std::array<bool, header_table.size()> seen{};
    while (!(line = take_line()).empty()) {
        const std::size_t colon = line.find(':');
        std::string value(line.substr(lesser(colon, line.size())));
        while (!bytes.empty() && is_lws(bytes.front()))
            value.append(" ").append(take_line());
        const Header name = header_from(trim(line.substr(0, colon)));
        if (!value.starts_with(':') || !is_safe_value(value)) continue;
        bool& seen_before = seen[static_cast<std::size_t>(name)];
        bool wanted = false;
        for (const Header one : needed)
            wanted = wanted || one == name;
        if (wanted && (name == Header::via || !seen_before))
            request.add(name, std::string_view(value).substr(1));
        seen_before = true;
    }
    for (const Header name : needed)
        if (!seen[static_cast<std::size_t>(name)]) return std::nullopt;
    return request;
}

} // namespace offhook

#endif

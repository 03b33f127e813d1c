#ifndef OFFHOOK_MESSAGE_QUOTED_STRING_HPP
#define OFFHOOK_MESSAGE_QUOTED_STRING_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace offhook {

/// The text between the quotes as it stands, quoted-pairs and all. What is not quoted comes back as
/// it is.
constexpr std::string_view without_quotes(std::string_view text) {
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
    return text.substr(1, text.size() - 2);
}

/// The text that a quoted-string means: no quotes, quoted-pairs resolved. What is not quoted comes
/// back as it is. RFC 3261 §25.1
inline std::string unquote(std::string_view text) {
    const std::string_view inner = without_quotes(text);
    if (inner.size() == text.size()) return std::string(text);
    std::string plain;
    plain.reserve(inner.size());
    for (std::size_t i = 0; i < inner.size(); ++i) {
        if (inner[i] == '\\' && i + 1 < inner.size()) ++i;
        plain += inner[i];
    }
    return plain;
}

/// The text as a quoted-string. CR, LF and NUL are not looked for.
inline std::string quote(std::string_view text) {
    std::string quoted = "\"";
    quoted.reserve(text.size() + 2);
    for (const char c : text) {
        if (c == '"' || c == '\\') quoted += '\\';
        quoted += c;
    }
    return quoted += '"';
}

} // namespace offhook

#endif

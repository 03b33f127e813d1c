#ifndef OFFHOOK_TRACE_MARKUP_HPP
#define OFFHOOK_TRACE_MARKUP_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/trace/visible.hpp"

namespace offhook::trace {

/// How a text is laid out: of `many` lines its line ends and tabs stay.
enum class Lines : unsigned char { one, many };

/// A text as it may stand in XML and in HTML, between tags and in quoted attribute values, whatever
/// its bytes: markup becomes entities; a control character its picture, so that one sees it; what
/// is no character or must not be shown U+FFFD. Of many lines, line ends and tabs stay.
inline std::string escaped(std::string_view text, Lines lines = Lines::one) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const auto byte = static_cast<unsigned char>(text.front());
        std::size_t size = visible_character(text);
        if (lines == Lines::many && text.starts_with("\r\n")) {
            out += '\n';
            size = 2;
        } else if (lines == Lines::many && (byte == '\n' || byte == '\t')) {
            out += text.front();
        } else if (byte < 0x20 || byte == 0x7f) {
            // U+2400 … U+2421: ␀ ␁ … ␟ and ␡
            out += {'\xe2', '\x90', static_cast<char>(0x80 + (byte < 0x20 ? byte : 0x21))};
        } else if (size == 0) {
            out += "\xef\xbf\xbd";
        } else {
            switch (byte) {
            case '&': out += "&amp;"; break;
            case '<': out += "&lt;"; break;
            case '>': out += "&gt;"; break;
            case '"': out += "&quot;"; break;
            case '\'': out += "&#39;"; break;
            default: out += text.substr(0, size);
            }
        }
        text.remove_prefix(size == 0 ? 1 : size);
    }
    return out;
}

} // namespace offhook::trace

#endif

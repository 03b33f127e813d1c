#ifndef OFFHOOK_MESSAGE_SAFE_VALUE_HPP
#define OFFHOOK_MESSAGE_SAFE_VALUE_HPP

#include <string_view>

namespace offhook {

/// Whether a text that the application gives may stand in a message: it has no CR, LF or NUL, with
/// which it could end its header field and begin another. RFC 3261 §25.1
constexpr bool is_safe_value(std::string_view text) noexcept {
    for (const char c : text)
        if (c == '\r' || c == '\n' || c == '\0') return false;
    return true;
}

} // namespace offhook

#endif

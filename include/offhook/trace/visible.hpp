#ifndef OFFHOOK_TRACE_VISIBLE_HPP
#define OFFHOOK_TRACE_VISIBLE_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook::trace {

/// The bytes of the UTF-8 character (RFC 3629 §4) that a text begins with; 0 where it begins with
/// none that may be shown. What a peer wrote may be anything: control characters, what would turn
/// the writing direction, what takes no room, and bytes that are no character.
inline std::size_t visible_character(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    if (text.empty()) return 0;
    if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
    const std::size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
    if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return 0;
    std::uint32_t code = byte(0) & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((byte(i) & 0xc0) != 0x80) return 0;
        code = code << 6 | (byte(i) & 0x3fU);
    }
    const bool overlong = code < (size == 4 ? 0x10000U : size == 3 ? 0x800U : 0xa0U);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    const bool turns = code == 0x61c || (code >= 0x200b && code <= 0x200f)
                       || (code >= 0x2028 && code <= 0x202e) || (code >= 0x2060 && code <= 0x206f)
                       || code == 0xfeff;
    const bool none = (code & 0xfffe) == 0xfffe || code > 0x10ffff; // no XML may hold U+FFFE
    return overlong || surrogate || turns || none ? 0 : size;
}

} // namespace offhook::trace

#endif

#ifndef OFFHOOK_AUTH_CONSTANT_TIME_HPP
#define OFFHOOK_AUTH_CONSTANT_TIME_HPP

#include <cstddef>
#include <string_view>

namespace offhook {

/// Whether two secrets are equal. The time that it takes tells nothing but their lengths, so nobody
/// can find one out byte by byte.
constexpr bool equal_in_constant_time(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    unsigned difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

} // namespace offhook

#endif

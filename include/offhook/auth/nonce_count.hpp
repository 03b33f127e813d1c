#ifndef OFFHOOK_AUTH_NONCE_COUNT_HPP
#define OFFHOOK_AUTH_NONCE_COUNT_HPP

#include <cstddef>
#include <cstdint>
#include <string>

namespace offhook {

/// How many requests a client has sent with a nonce.
///
///     nonce-count = "nc" EQUAL nc-value
///     nc-value    = 8LHEX
///
/// RFC 7616 §3.4
class NonceCount {
public:
    /// After so many requests with the nonce.
    constexpr explicit NonceCount(std::uint32_t used = 0) : used_(used) {}

    /// Counts a request and gives its nc-value: "00000001" first. Empty once there is none left: to
    /// begin again would be a replay.
    std::string next() {
        if (used_ == UINT32_MAX) return {};
        ++used_;
        std::string text(8, '0');
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = "0123456789abcdef"[used_ >> (28 - 4 * i) & 15];
        return text;
    }

private:
    std::uint32_t used_;
};

} // namespace offhook

#endif

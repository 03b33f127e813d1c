#ifndef OFFHOOK_AUTH_NONCE_MAKER_HPP
#define OFFHOOK_AUTH_NONCE_MAKER_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/auth/constant_time.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/characters.hpp"

namespace offhook {

/// Makes the nonces of a server, and knows its own again: nothing is kept of a nonce that has been
/// given out. Each says when it was made and which it is, and a MAC of the two shows whose it is.
/// RFC 7616 §3.3, §5.4
class NonceMaker {
public:
    /// A nonce of ours.
    struct Nonce {
        TimePoint made;       ///< on the server's clock
        std::uint64_t serial; ///< 1 for the first
    };

    /// The key makes the nonces of one server; a secret.
    explicit NonceMaker(HashKey key) : key_(key) {}

    /// 64 hexadecimal digits, and never the same.
    std::string make(TimePoint now) {
        std::string text = hex(static_cast<std::uint64_t>(now.time_since_epoch().count()));
        text += hex(++serial_);
        return text + mac(text);
    }

    /// Nothing for a nonce that is not of ours, however it looks.
    std::optional<Nonce> read(std::string_view text) const {
        if (text.size() != 64) return std::nullopt;
        if (!equal_in_constant_time(mac(text.substr(0, 32)), text.substr(32))) return std::nullopt;
        const auto since = static_cast<Duration::rep>(number(text.substr(0, 16)));
        return Nonce{TimePoint(Duration(since)), number(text.substr(16, 16))};
    }

private:
    std::string mac(std::string_view text) const {
        const std::array<std::uint64_t, 2> tag = siphash128(key_, text);
        return hex(tag[0]) + hex(tag[1]);
    }
    static std::string hex(std::uint64_t value) {
        std::string text(16, '0');
        for (std::size_t i = 0; i < text.size(); ++i)
            text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
        return text;
    }
    static std::uint64_t number(std::string_view digits) { // our own
        std::uint64_t value = 0;
        for (const char c : digits)
            value = value * 16 + static_cast<unsigned>(is_digit(c) ? c - '0' : c - 'a' + 10);
        return value;
    }

    HashKey key_;
    std::uint64_t serial_ = 0;
};

} // namespace offhook

#endif

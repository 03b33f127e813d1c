#ifndef OFFHOOK_AUTH_HASH_HPP
#define OFFHOOK_AUTH_HASH_HPP

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace offhook {

/// A hash function that a digest may be made with. An application can give its own, from the
/// library that it has its cryptography from:
///
///     struct MySha256 {
///         static constexpr std::string_view name = "SHA-256";
///         void update(std::string_view text);
///         std::array<std::uint8_t, 32> finish(); // once, as the last
///     };
///
/// `name` is that of the algorithm parameter. RFC 7616 §6.1, RFC 8760 §2.1
template <class H>
concept Hash = std::default_initializable<H> && requires(H hash, std::string_view text) {
    { H::name } -> std::convertible_to<std::string_view>;
    hash.update(text);
    { hash.finish() } -> std::convertible_to<std::span<const std::uint8_t>>;
};

/// Bytes as digests are written: lower-case, the most significant bits first. RFC 7616 §3.2
inline std::string to_hex(std::span<const std::uint8_t> bytes) {
    std::string text;
    text.reserve(2 * bytes.size());
    for (const std::uint8_t byte : bytes) {
        text += "0123456789abcdef"[byte / 16];
        text += "0123456789abcdef"[byte % 16];
    }
    return text;
}

/// The hash, in hexadecimal, of the pieces with a colon between each two: the H(a ":" b) of RFC
/// 7616 §3.4.
template <Hash H>
std::string hash_of(std::initializer_list<std::string_view> pieces) {
    H hash;
    bool first = true;
    for (const std::string_view piece : pieces) {
        if (!first) hash.update(":");
        hash.update(piece);
        first = false;
    }
    const auto bytes = hash.finish();
    return to_hex(bytes);
}

/// What MD5 and SHA-2 have in common: the text is cut into blocks of sixteen words, and the last
/// one ends with a bit of one, zeros, and the length in bits in two words.
///
/// RFC 1321 §3.1, §3.2; FIPS 180-4 §5.1
template <std::unsigned_integral Word, std::endian order>
class HashBlocks {
public:
    using Block = std::array<Word, 16>; ///< of 64 or 128 bytes

    /// Gives every block that becomes full to `compress`.
    template <class Compress>
    constexpr void update(std::string_view text, Compress compress) {
        for (const char c : text) {
            put(static_cast<std::uint8_t>(c));
            if (length_ % block_bytes == 0) {
                compress(block_);
                block_ = {};
            }
        }
    }

    /// Gives it the last one or two.
    template <class Compress>
    constexpr void finish(Compress compress) {
        const std::uint64_t length = length_;
        put(0x80); // a full block has left: there is room
        if (length % block_bytes >= 14 * word_bytes) {
            compress(block_);
            block_ = {};
        }
        constexpr bool big = order == std::endian::big;
        block_[big ? 15 : 14] = static_cast<Word>(length << 3);
        block_[big ? 14 : 15] =
            static_cast<Word>(length >> (std::numeric_limits<Word>::digits - 3));
        compress(block_);
    }

    /// The first words of a state as the bytes of a digest.
    template <std::size_t bytes, std::size_t words>
    static constexpr std::array<std::uint8_t, bytes>
    to_bytes(const std::array<Word, words>& state) {
        std::array<std::uint8_t, bytes> digest = {};
        for (std::size_t i = 0; i < bytes; ++i)
            digest[i] = static_cast<std::uint8_t>(state[i / word_bytes] >> shift(i));
        return digest;
    }

private:
    static constexpr std::size_t word_bytes = sizeof(Word);
    static constexpr std::size_t block_bytes = 16 * word_bytes;

    /// Where the byte stands in its word.
    static constexpr unsigned shift(std::size_t i) {
        const std::size_t place = i % word_bytes;
        return static_cast<unsigned>(
            8 * (order == std::endian::big ? word_bytes - 1 - place : place));
    }
    constexpr void put(std::uint8_t byte) {
        const std::size_t i = static_cast<std::size_t>(length_ % block_bytes);
        block_[i / word_bytes] |= static_cast<Word>(Word{byte} << shift(i));
        ++length_;
    }

    Block block_ = {};
    std::uint64_t length_ = 0;
};

} // namespace offhook

#endif

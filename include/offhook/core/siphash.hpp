#ifndef OFFHOOK_CORE_SIPHASH_HPP
#define OFFHOOK_CORE_SIPHASH_HPP

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook {

/// The secret of a keyed hash.
struct HashKey {
    std::uint64_t k0 = 0; ///< the first eight bytes of the key, little-endian
    std::uint64_t k1 = 0; ///< the other eight

    friend bool operator==(const HashKey&, const HashKey&) = default;
};

namespace detail {

class SipState {
public:
    constexpr explicit SipState(HashKey key)
        : v0_(key.k0 ^ 0x736f6d6570736575), v1_(key.k1 ^ 0x646f72616e646f6d),
          v2_(key.k0 ^ 0x6c7967656e657261), v3_(key.k1 ^ 0x7465646279746573) {}

    constexpr void absorb(std::string_view text) {
        std::size_t i = 0;
        for (; i + 8 <= text.size(); i += 8)
            block(word(text, i, 8));
        // The last block ends with the length, modulo 256.
        block(word(text, i, text.size() - i) | static_cast<std::uint64_t>(text.size()) << 56);
    }

    constexpr std::uint64_t finish(std::uint64_t domain) {
        v2_ ^= domain;
        return four_rounds();
    }
    constexpr void widen() { v1_ ^= 0xee; }
    constexpr std::uint64_t finish_second_half() {
        v1_ ^= 0xdd;
        return four_rounds();
    }

private:
    static constexpr std::uint64_t word(std::string_view text, std::size_t at, std::size_t count) {
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            value |= std::uint64_t{static_cast<std::uint8_t>(text[at + i])} << (8 * i);
        }
        return value;
    }
    constexpr void block(std::uint64_t value) {
        v3_ ^= value;
        round();
        round();
        v0_ ^= value;
    }
    constexpr std::uint64_t four_rounds() {
        for (int i = 0; i < 4; ++i)
            round();
        return v0_ ^ v1_ ^ v2_ ^ v3_;
    }
    constexpr void round() {
        v0_ += v1_;
        v2_ += v3_;
        v1_ = std::rotl(v1_, 13) ^ v0_;
        v3_ = std::rotl(v3_, 16) ^ v2_;
        v0_ = std::rotl(v0_, 32);
        v2_ += v1_;
        v0_ += v3_;
        v1_ = std::rotl(v1_, 17) ^ v2_;
        v3_ = std::rotl(v3_, 21) ^ v0_;
        v2_ = std::rotl(v2_, 32);
    }

    std::uint64_t v0_, v1_, v2_, v3_;
};

} // namespace detail

/// SipHash-2-4: for tables whose keys a peer may choose. Without the key nobody can make texts
/// that fall together. Aumasson and Bernstein, "SipHash: a fast short-input PRF", 2012
constexpr std::uint64_t siphash(HashKey key, std::string_view text) {
    detail::SipState state(key);
    state.absorb(text);
    return state.finish(0xff);
}

/// The variant with 128 bits: wide enough to stand for the text itself, as in a branch made from
/// what it must depend on.
constexpr std::array<std::uint64_t, 2> siphash128(HashKey key, std::string_view text) {
    detail::SipState state(key);
    state.widen();
    state.absorb(text);
    const std::uint64_t first = state.finish(0xee);
    return {first, state.finish_second_half()};
}

} // namespace offhook

#endif

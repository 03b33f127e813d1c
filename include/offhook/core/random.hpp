#ifndef OFFHOOK_CORE_RANDOM_HPP
#define OFFHOOK_CORE_RANDOM_HPP

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

#include "offhook/core/siphash.hpp"

namespace offhook {

/// All the entropy that a Random has; secret where its tokens must not be guessed.
using Seed = std::array<std::uint8_t, 32>;

/// A cryptographic random generator: the ChaCha20 keystream (RFC 8439 §2.3) of a seed. A value:
/// the same seed gives the same sequence, and a copy goes on with the same numbers as its original.
class Random {
public:
    /// Begins the sequence of this seed.
    explicit Random(const Seed& seed) {
        for (std::size_t i = 0; i < key_.size(); ++i) {
            for (std::size_t b = 0; b < 4; ++b) {
                key_[i] |= std::uint32_t{seed[4 * i + b]} << (8 * b);
            }
        }
    }

    /// 64 bits.
    std::uint64_t next() {
        if (used_ == block_.size()) {
            // A nonce is not needed, since no key serves twice: its first word extends the counter.
            block_ = block(key_, static_cast<std::uint32_t>(counter_),
                           {static_cast<std::uint32_t>(counter_ >> 32), 0, 0});
            ++counter_;
            used_ = 0;
        }
        const std::uint64_t low = block_[used_++];
        return low | std::uint64_t{block_[used_++]} << 32;
    }

    /// A token with at least so many random bits: lower-case letters and digits, so that it stays
    /// what it is where case is lost. For tags, branches, Call-IDs. RFC 3261 §19.3, §25.1: token
    std::string token(std::size_t bits) {
        constexpr char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
        std::string text((bits + 4) / 5, '\0');
        std::uint64_t pool = 0;
        std::size_t left = 0;
        for (char& c : text) {
            if (left == 0) {
                pool = next();
                left = 12; // of five bits each
            }
            c = alphabet[pool & 31];
            pool >>= 5;
            --left;
        }
        return text;
    }

    /// A key for siphash.
    HashKey key() {
        const std::uint64_t first = next();
        return {first, next()};
    }

    /// The block function itself. RFC 8439 §2.3
    static constexpr std::array<std::uint32_t, 16> block(const std::array<std::uint32_t, 8>& key,
                                                         std::uint32_t counter,
                                                         const std::array<std::uint32_t, 3>& nonce);

private:
    static constexpr void quarter(std::array<std::uint32_t, 16>& s, std::size_t a, std::size_t b,
                                  std::size_t c, std::size_t d) {
        s[d] = std::rotl(s[d] ^ (s[a] += s[b]), 16);
        s[b] = std::rotl(s[b] ^ (s[c] += s[d]), 12);
        s[d] = std::rotl(s[d] ^ (s[a] += s[b]), 8);
        s[b] = std::rotl(s[b] ^ (s[c] += s[d]), 7);
    }

    std::array<std::uint32_t, 8> key_ = {};
    std::array<std::uint32_t, 16> block_ = {};
    std::size_t used_ = 16;
    std::uint64_t counter_ = 0;
};

constexpr std::array<std::uint32_t, 16> Random::block(const std::array<std::uint32_t, 8>& key,
                                                      std::uint32_t counter,
                                                      const std::array<std::uint32_t, 3>& nonce) {
    std::array<std::uint32_t, 16> start = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    for (std::size_t i = 0; i < 8; ++i)
        start[4 + i] = key[i];
    start[12] = counter;
    for (std::size_t i = 0; i < 3; ++i)
        start[13 + i] = nonce[i];
    std::array<std::uint32_t, 16> state = start;
    for (int i = 0; i < 10; ++i) {
        quarter(state, 0, 4, 8, 12);
        quarter(state, 1, 5, 9, 13);
        quarter(state, 2, 6, 10, 14);
        quarter(state, 3, 7, 11, 15);
        quarter(state, 0, 5, 10, 15);
        quarter(state, 1, 6, 11, 12);
        quarter(state, 2, 7, 8, 13);
        quarter(state, 3, 4, 9, 14);
    }
    for (std::size_t i = 0; i < 16; ++i)
        state[i] += start[i];
    return state;
}

/// What may stand in for Random: randomness of the application's own.
template <class R>
concept RandomSource = std::copyable<R> && requires(R& random, std::size_t bits) {
    { random.token(bits) } -> std::same_as<std::string>; // at least so many unpredictable bits
    { random.key() } -> std::same_as<HashKey>;
};

} // namespace offhook

#endif

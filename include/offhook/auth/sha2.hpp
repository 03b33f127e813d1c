#ifndef OFFHOOK_AUTH_SHA2_HPP
#define OFFHOOK_AUTH_SHA2_HPP

#include <array>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "offhook/auth/hash.hpp"

namespace offhook {

/// The first 64 bits behind the point of the cube roots of the first 80 primes. SHA-256 takes the
/// first half of the first 64. FIPS 180-4 §4.2.2, §4.2.3
inline constexpr std::uint64_t sha2_constants[] = {
    0x428a2f98d728ae22, 0x7137449123ef65cd, 0xb5c0fbcfec4d3b2f, 0xe9b5dba58189dbbc,
    0x3956c25bf348b538, 0x59f111f1b605d019, 0x923f82a4af194f9b, 0xab1c5ed5da6d8118,
    0xd807aa98a3030242, 0x12835b0145706fbe, 0x243185be4ee4b28c, 0x550c7dc3d5ffb4e2,
    0x72be5d74f27b896f, 0x80deb1fe3b1696b1, 0x9bdc06a725c71235, 0xc19bf174cf692694,
    0xe49b69c19ef14ad2, 0xefbe4786384f25e3, 0x0fc19dc68b8cd5b5, 0x240ca1cc77ac9c65,
    0x2de92c6f592b0275, 0x4a7484aa6ea6e483, 0x5cb0a9dcbd41fbd4, 0x76f988da831153b5,
    0x983e5152ee66dfab, 0xa831c66d2db43210, 0xb00327c898fb213f, 0xbf597fc7beef0ee4,
    0xc6e00bf33da88fc2, 0xd5a79147930aa725, 0x06ca6351e003826f, 0x142929670a0e6e70,
    0x27b70a8546d22ffc, 0x2e1b21385c26c926, 0x4d2c6dfc5ac42aed, 0x53380d139d95b3df,
    0x650a73548baf63de, 0x766a0abb3c77b2a8, 0x81c2c92e47edaee6, 0x92722c851482353b,
    0xa2bfe8a14cf10364, 0xa81a664bbc423001, 0xc24b8b70d0f89791, 0xc76c51a30654be30,
    0xd192e819d6ef5218, 0xd69906245565a910, 0xf40e35855771202a, 0x106aa07032bbd1b8,
    0x19a4c116b8d2d0c8, 0x1e376c085141ab53, 0x2748774cdf8eeb99, 0x34b0bcb5e19b48a8,
    0x391c0cb3c5c95a63, 0x4ed8aa4ae3418acb, 0x5b9cca4f7763e373, 0x682e6ff3d6b2b8a3,
    0x748f82ee5defb2fc, 0x78a5636f43172f60, 0x84c87814a1f0ab72, 0x8cc702081a6439ec,
    0x90befffa23631e28, 0xa4506cebde82bde9, 0xbef9a3f7b2c67915, 0xc67178f2e372532b,
    0xca273eceea26619c, 0xd186b8c721c0c207, 0xeada7dd6cde0eb1e, 0xf57d4f7fee6ed178,
    0x06f067aa72176fba, 0x0a637dc5a2c898a6, 0x113f9804bef90dae, 0x1b710b35131c471b,
    0x28db77f523047d84, 0x32caab7b40c72493, 0x3c9ebe0a15c9bebc, 0x431d67c49c100d4c,
    0x4cc5d4becb3e42b6, 0x597f299cfc657e2a, 0x5fcb6fab3ad6faec, 0x6c44198c4a475817,
};

/// The hashes of FIPS 180-4: words of 32 bits for SHA-224 and SHA-256, of 64 for the others, which
/// differ in the state that they start from and in how much of the last one is the digest.
template <std::unsigned_integral Word, std::size_t digest_bytes>
class Sha2 {
public:
    using State = std::array<Word, 8>; ///< H(0) … H(7) of the standard

    /// `start` is what tells the hashes of one word size apart. FIPS 180-4 §5.3
    constexpr explicit Sha2(const State& start) : state_(start) {}

    /// More of the text.
    constexpr void update(std::string_view text) {
        blocks_.update(text, [this](const Block& block) { compress(block); });
    }
    /// The digest; once, as the last.
    constexpr std::array<std::uint8_t, digest_bytes> finish() {
        blocks_.finish([this](const Block& block) { compress(block); });
        return Blocks::template to_bytes<digest_bytes>(state_);
    }

private:
    using Blocks = HashBlocks<Word, std::endian::big>;
    using Block = typename Blocks::Block;

    static constexpr int bits = std::numeric_limits<Word>::digits;
    static constexpr bool wide = bits == 64;
    static constexpr std::size_t rounds = wide ? 80 : 64;
    static_assert(wide || bits == 32);

    // FIPS 180-4 §4.1.2, §4.1.3
    static constexpr Word turn(Word x, int a, int b, int c) {
        return std::rotr(x, a) ^ std::rotr(x, b) ^ std::rotr(x, c);
    }
    static constexpr Word turn_and_shift(Word x, int a, int b, int c) {
        return std::rotr(x, a) ^ std::rotr(x, b) ^ (x >> c);
    }
    static constexpr Word big_sigma_0(Word x) {
        return wide ? turn(x, 28, 34, 39) : turn(x, 2, 13, 22);
    }
    static constexpr Word big_sigma_1(Word x) {
        return wide ? turn(x, 14, 18, 41) : turn(x, 6, 11, 25);
    }
    static constexpr Word sigma_0(Word x) {
        return wide ? turn_and_shift(x, 1, 8, 7) : turn_and_shift(x, 7, 18, 3);
    }
    static constexpr Word sigma_1(Word x) {
        return wide ? turn_and_shift(x, 19, 61, 6) : turn_and_shift(x, 17, 19, 10);
    }

    constexpr void compress(const Block& block);

    Blocks blocks_;
    State state_;
};

// FIPS 180-4 §6.2.2, §6.4.2
template <std::unsigned_integral Word, std::size_t digest_bytes>
constexpr void Sha2<Word, digest_bytes>::compress(const Block& block) {
    std::array<Word, rounds> schedule = {};
    for (std::size_t t = 0; t < rounds; ++t) {
        schedule[t] = t < 16 ? block[t]
                             : sigma_1(schedule[t - 2]) + schedule[t - 7]
                                   + sigma_0(schedule[t - 15]) + schedule[t - 16];
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (std::size_t t = 0; t < rounds; ++t) {
        const Word choice = (e & f) ^ (~e & g);
        const Word majority = (a & b) ^ (a & c) ^ (b & c);
        const Word constant = static_cast<Word>(sha2_constants[t] >> (64 - bits));
        const Word first = h + big_sigma_1(e) + choice + constant + schedule[t];
        const Word second = big_sigma_0(a) + majority;
        h = g;
        g = f;
        f = e;
        e = d + first;
        d = c;
        c = b;
        b = a;
        a = first + second;
    }
    const State change = {a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < state_.size(); ++i)
        state_[i] += change[i];
}

} // namespace offhook

#endif

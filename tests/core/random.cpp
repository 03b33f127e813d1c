#include "offhook/core/random.hpp"

#include "../catch.hpp"

#include <set>

using namespace offhook;

// RFC 8439 §2.3.2
TEST_CASE("the ChaCha20 block function gives the vector of the RFC", "[core][rfc8439][2.3.2]") {
    const std::array<std::uint32_t, 8> key = {0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c,
                                              0x13121110, 0x17161514, 0x1b1a1918, 0x1f1e1d1c};
    const std::array<std::uint32_t, 16> expected = {0xe4e7f110, 0x15593bd1, 0x1fdd0f50, 0xc47120a3,
                                                    0xc7f4d1c7, 0x0368c033, 0x9aaa2204, 0x4e6cd4c3,
                                                    0x466482d2, 0x09aa9f07, 0x05d7c214, 0xa2028bd9,
                                                    0xd19c12b5, 0xb94e16de, 0xe883d0cb, 0x4e3c50a2};
    CHECK(Random::block(key, 1, {0x09000000, 0x4a000000, 0}) == expected);
}

// RFC 8439 appendix A.1, test vectors 1 and 2: a key of zeros, blocks 0 and 1.
TEST_CASE("numbers are the keystream, block after block", "[core][rfc8439]") {
    Random random{Seed{}};
    CHECK(random.next() == 0x903df1a0ade0b876);
    CHECK(random.next() == 0x28bd8653e56a5d40);
    for (int i = 2; i < 7; ++i)
        random.next();
    CHECK(random.next() == 0x8665eeb269b687c3);
    CHECK(random.next() == 0x7a385155bee7079f);
}

TEST_CASE("every byte of the seed counts, and the same seed gives the same numbers", "[core]") {
    std::set<std::uint64_t> first;
    for (std::size_t i = 0; i < 32; ++i) {
        Seed seed{};
        seed[i] = 1;
        first.insert(Random(seed).next());
        CHECK(Random(seed).next() == Random(seed).next());
    }
    CHECK(first.size() == 32);
}

TEST_CASE("a copied generator goes on as the original does", "[core]") {
    Random random{Seed{}};
    random.next();
    Random copy = random;
    for (int i = 0; i < 20; ++i)
        CHECK(copy.next() == random.next());
}

// RFC 3261 §19.3: tags are tokens, with at least 32 random bits; ours have more.
TEST_CASE("a token holds the bits asked for, in letters that need no case",
          "[core][rfc3261][19.3]") {
    Random random{Seed{}};
    CHECK(random.token(96).size() == 20);
    CHECK(random.token(128).size() == 26);
    CHECK(random.token(1).size() == 1);
    CHECK(random.token(0).empty());
    const std::string text = random.token(50000);
    CHECK(text.find_first_not_of("abcdefghijklmnopqrstuvwxyz234567") == std::string::npos);
    // Each of the 32 letters comes 312 times on the average.
    for (const char c : std::string("abcdefghijklmnopqrstuvwxyz234567")) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < text.size(); ++i)
            count += text[i] == c;
        CHECK(count > 220);
        CHECK(count < 410);
    }
    CHECK(random.token(96) != random.token(96));
}

TEST_CASE("keys differ from one another, and in their halves", "[core]") {
    Random random{Seed{}};
    const HashKey a = random.key();
    const HashKey b = random.key();
    CHECK_FALSE(a == b);
    CHECK(a.k0 != a.k1);
}

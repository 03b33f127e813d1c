#include "offhook/core/siphash.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

namespace {

// The key and the messages of the reference vectors: bytes that count up from zero.
constexpr HashKey key{0x0706050403020100, 0x0f0e0d0c0b0a0908};

std::string counting(std::size_t length) {
    std::string text;
    for (std::size_t i = 0; i < length; ++i)
        text.push_back(static_cast<char>(i));
    return text;
}

} // namespace

TEST_CASE("SipHash-2-4 gives the reference vectors", "[core]") {
    struct Case {
        std::size_t length;
        std::uint64_t hash;
        std::array<std::uint64_t, 2> wide;
    };
    const Case cases[] = {
        {0, 0x726fdb47dd0e0e31, {0xe6a825ba047f81a3, 0x930255c71472f66d}},
        {1, 0x74f839c593dc67fd, {0x44af996bd8c187da, 0x45fc229b11597634}},
        {2, 0xd6c8009d9a94f5a, {0xc75da4a48d227781, 0xe4ff0af6de8ba3fc}},
        {7, 0xab0200f58b01d137, {0x53c1dbd8beebf1a1, 0x3982f01fa64ab8c0}},
        {8, 0x93f5f5799a932462, {0x61f55862baa9623b, 0xb49714f364e2830f}},
        {9, 0x9e0082df0ba9e4b0, {0xabbad90a06994426, 0xed716dbb028b7fc4}},
        {15, 0xa129ca6149be45e5, {0x11a8b03399e99354, 0xd9c3cf970fec087e}},
        {16, 0x3f2acc7f57c29bdb, {0xbb54b067caa4e26e, 0x77052385bf1533fd}},
        {17, 0x699ae9f52cbe4794, {0x98b88d73e8063d47, 0x4077e47ac466c054}},
        {31, 0x32d892fad841c342, {0xfcfa233218b03929, 0x353dc4524fde2317}},
        {32, 0x7127512f72f27cce, {0x3efcea5eca56397c, 0x68eb4665559d3e36}},
        {33, 0xa7f32346f95978e3, {0x321cf0467107c677, 0xcfffa94e5f9db6b6}},
        {63, 0x958a324ceb064572, {0x4a83502f77d15051, 0x7cbd3f979a063e50}},
    };
    for (const Case& c : cases) {
        INFO(c.length);
        CHECK(siphash(key, counting(c.length)) == c.hash);
        CHECK(siphash128(key, counting(c.length)) == c.wide);
    }
}

TEST_CASE("the hash depends on both halves of its key", "[core]") {
    CHECK(siphash({1, 2}, "a") != siphash({1, 3}, "a"));
    CHECK(siphash({1, 2}, "a") != siphash({3, 2}, "a"));
    static_assert(siphash(HashKey{1, 2}, "branch") == siphash(HashKey{1, 2}, "branch"));
}

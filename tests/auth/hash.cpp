#include "offhook/auth/hash.hpp"

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "offhook/auth/md5.hpp"
#include "offhook/auth/sha256.hpp"
#include "offhook/auth/sha512_256.hpp"

using namespace offhook;

namespace {

/// A hash of the application's: it gives back the last bytes.
struct Tail {
    static constexpr std::string_view name = "TAIL";
    void update(std::string_view text) { all += text; }
    std::vector<std::uint8_t> finish() { return {all.end() - 3, all.end()}; }
    std::string all = "...";
};
struct Nameless {
    void update(std::string_view) {}
    std::array<std::uint8_t, 1> finish() { return {}; }
};

static_assert(Hash<Md5> && Hash<Sha256> && Hash<Sha512_256> && Hash<Tail>);
static_assert(!Hash<Nameless> && !Hash<std::string>);

} // namespace

// RFC 7616 §3.2: each four bits are a digit of 0123456789abcdef, the most significant first.
TEST_CASE("a digest is written in lower-case hexadecimal", "[auth][rfc7616][3.2][rfc8760][2.2]") {
    const std::uint8_t bytes[] = {0x00, 0x01, 0x10, 0x9a, 0xbc, 0xde, 0xff};
    CHECK(to_hex(bytes) == "0001109abcdeff");
    CHECK(to_hex({}).empty());
    CHECK(hash_of<Md5>({"x"}).size() == 32);
    CHECK(hash_of<Sha256>({"x"}).size() == 64);
    CHECK(hash_of<Sha512_256>({"x"}).size() == 64);
}

TEST_CASE("what is hashed together has colons in between and no white space",
          "[auth][rfc7616][3.4.5]") {
    CHECK(hash_of<Md5>({"a", "b c", ""}) == hash_of<Md5>({"a:b c:"}));
    CHECK(hash_of<Md5>({"a"}) != hash_of<Md5>({"a", ""}));
    CHECK(hash_of<Tail>({"a", "b"}) == "613a62"); // "a:b"
}

TEST_CASE("blocks end with a bit of one, zeros and the length in bits", "[auth][rfc1321][3.1]") {
    using Little = HashBlocks<std::uint32_t, std::endian::little>;
    using Big = HashBlocks<std::uint64_t, std::endian::big>;
    std::vector<Little::Block> little;
    Little in_little;
    in_little.update("abcde", [&](const Little::Block& block) { little.push_back(block); });
    CHECK(little.empty());
    in_little.finish([&](const Little::Block& block) { little.push_back(block); });
    REQUIRE(little.size() == 1);
    CHECK(little[0] == Little::Block{0x64636261, 0x8065, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 40});

    std::vector<Big::Block> big;
    Big in_big;
    in_big.update("abcdefghi", [&](const Big::Block& block) { big.push_back(block); });
    in_big.finish([&](const Big::Block& block) { big.push_back(block); });
    REQUIRE(big.size() == 1);
    CHECK(big[0][0] == 0x6162636465666768);
    CHECK(big[0][1] == 0x6980000000000000);
    CHECK(big[0][14] == 0);
    CHECK(big[0][15] == 72);
}

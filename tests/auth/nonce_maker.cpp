#include "offhook/auth/nonce_maker.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {

constexpr HashKey key{0x1234, 0x5678};
constexpr TimePoint start{1h};

} // namespace

// RFC 7616 §3.3: uniquely generated each time, of hexadecimal data.
TEST_CASE("no two nonces are the same", "[auth][rfc7616][3.3]") {
    NonceMaker maker(key);
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string nonce = maker.make(start);
        CHECK(nonce.size() == 64);
        CHECK(nonce.find_first_not_of("0123456789abcdef") == std::string::npos);
        seen.insert(nonce);
    }
    CHECK(seen.size() == 100);
}

TEST_CASE("a nonce tells its maker when it was made and which it is", "[auth][rfc7616][3.3]") {
    NonceMaker maker(key);
    const TimePoint times[] = {start, TimePoint{} - 1ns, TimePoint::max(), TimePoint{}};
    std::uint64_t serial = 0;
    for (const TimePoint time : times) {
        const auto nonce = maker.read(maker.make(time));
        REQUIRE(nonce);
        CHECK(nonce->made == time);
        CHECK(nonce->serial == ++serial);
    }
}

TEST_CASE("a nonce that was not made with the key is not ours", "[auth][rfc7616][3.3][5.4]") {
    NonceMaker maker(key);
    const std::string nonce = maker.make(start);
    CHECK_FALSE(NonceMaker({0x1234, 0x5679}).read(nonce));
    CHECK_FALSE(NonceMaker({0x1235, 0x5678}).read(nonce));
    CHECK(NonceMaker(key).read(nonce)); // one that has made none itself
    CHECK_FALSE(maker.read(""));
    CHECK_FALSE(maker.read(std::string(64, '0')));
    CHECK_FALSE(maker.read(nonce + "0"));
    CHECK_FALSE(maker.read(nonce + nonce));
    for (std::size_t i = 0; i < nonce.size(); ++i) {
        std::string other = nonce;
        other[i] = other[i] == '0' ? '1' : '0';
        CAPTURE(i);
        CHECK_FALSE(maker.read(other));
        CHECK_FALSE(maker.read(nonce.substr(0, i)));
    }
}

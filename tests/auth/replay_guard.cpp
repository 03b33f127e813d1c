#include "offhook/auth/replay_guard.hpp"

#include <cstdint>

#include "../catch.hpp"

using offhook::ReplayGuard;

// RFC 7616 §3.4: the same nc twice is a replay.
TEST_CASE("each request with a nonce has a higher count than the one before",
          "[auth][rfc7616][3.4][5.5]") {
    ReplayGuard guard(8);
    CHECK_FALSE(guard.take(1, 0));
    CHECK(guard.take(1, 1));
    CHECK_FALSE(guard.take(1, 1));
    CHECK(guard.take(1, 2));
    CHECK(guard.take(1, 7)); // some were lost
    CHECK_FALSE(guard.take(1, 7));
    CHECK_FALSE(guard.take(1, 3));
    CHECK(guard.take(1, 0xffffffff));
    CHECK_FALSE(guard.take(1, 0xffffffff));
    CHECK_FALSE(guard.take(1, 1));
}

TEST_CASE("nonces are counted apart", "[auth][rfc7616][3.4]") {
    ReplayGuard guard(8);
    for (std::uint64_t serial = 1; serial <= 8; ++serial)
        CHECK(guard.take(serial, 5));
    for (std::uint64_t serial = 1; serial <= 8; ++serial) {
        CHECK_FALSE(guard.take(serial, 5));
        CHECK(guard.take(serial, 6));
    }
}

TEST_CASE("a nonce whose count was forgotten counts as a replay", "[auth][rfc7616][5.5]") {
    ReplayGuard guard(4);
    CHECK(guard.take(3, 1));
    CHECK(guard.take(7, 1)); // in its place
    CHECK_FALSE(guard.take(3, 2));
    CHECK_FALSE(guard.take(3, 1));
    CHECK(guard.take(7, 2)); // and the refused one has changed nothing
    CHECK(guard.take(6, 1));
    CHECK(guard.take(5, 1));
    CHECK(guard.take(7, 3));
}

TEST_CASE("a table of no size still remembers the latest nonce", "[auth]") {
    ReplayGuard guard(0);
    CHECK(guard.take(1, 1));
    CHECK_FALSE(guard.take(1, 1));
    CHECK(guard.take(2, 1));
    CHECK_FALSE(guard.take(1, 2));
}

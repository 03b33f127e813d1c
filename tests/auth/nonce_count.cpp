#include "offhook/auth/nonce_count.hpp"

#include "../catch.hpp"

using offhook::NonceCount;

// RFC 7616 §3.4: nc is the number of requests with this nonce, the current one included.
TEST_CASE("the first request with a nonce is number one", "[auth][rfc7616][3.4]") {
    NonceCount count;
    CHECK(count.next() == "00000001");
    CHECK(count.next() == "00000002");
    NonceCount copy = count;
    CHECK(copy.next() == "00000003");
    CHECK(count.next() == "00000003");
}

TEST_CASE("a nonce count has eight lower-case hexadecimal digits", "[auth][rfc7616][3.4]") {
    CHECK(NonceCount(9).next() == "0000000a");
    CHECK(NonceCount(0xf).next() == "00000010");
    CHECK(NonceCount(0x89abcdee).next() == "89abcdef");
}

TEST_CASE("a nonce count ends at ffffffff and does not begin again", "[auth][rfc7616][3.4]") {
    NonceCount count(0xfffffffe);
    CHECK(count.next() == "ffffffff");
    CHECK(count.next().empty());
    CHECK(count.next().empty());
}

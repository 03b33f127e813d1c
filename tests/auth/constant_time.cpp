#include "offhook/auth/constant_time.hpp"

#include <string>

#include "../catch.hpp"

using offhook::equal_in_constant_time;

TEST_CASE("texts compared in constant time are equal in every bit or not at all", "[auth]") {
    const std::string text = "0123456789abcdef";
    CHECK(equal_in_constant_time(text, text));
    CHECK(equal_in_constant_time("", ""));
    for (std::size_t i = 0; i < text.size(); ++i) {
        for (int bit = 0; bit < 8; ++bit) {
            std::string other = text;
            other[i] = static_cast<char>(other[i] ^ (1 << bit));
            CHECK_FALSE(equal_in_constant_time(text, other));
        }
        CHECK_FALSE(equal_in_constant_time(text, text.substr(0, i)));
        CHECK_FALSE(equal_in_constant_time(text.substr(0, i), text));
    }
    CHECK_FALSE(equal_in_constant_time(std::string("ab"), std::string("ba"))); // no sum of them
}

#include "offhook/message/parsed.hpp"

#include <string>
#include <type_traits>

#include "../catch.hpp"

using offhook::Parsed;
using offhook::ParseError;

TEST_CASE("a parsed value gives the value and no fault", "[message]") {
    const Parsed<int> parsed = 7;
    CHECK(parsed);
    CHECK(parsed.has_value());
    CHECK(*parsed == 7);
    CHECK(parsed.value() == 7);
    CHECK(parsed.error() == ParseError{});
}

TEST_CASE("a refused text gives the rule and the byte", "[message]") {
    const Parsed<int> parsed = ParseError{"CSeq: number", 3};
    CHECK_FALSE(parsed);
    CHECK_FALSE(parsed.has_value());
    CHECK(parsed.error().rule == "CSeq: number");
    CHECK(parsed.error().offset == 3);
}

TEST_CASE("a fault in a part is shifted by what precedes the part", "[message]") {
    const ParseError error{"host", 4};
    CHECK(error.shifted(0) == error);
    CHECK(error.shifted(6) == ParseError{"host", 10});
    CHECK_FALSE(error.shifted(6) == ParseError{"port", 10});
}

TEST_CASE("a parsed value can be moved out and changed", "[message]") {
    Parsed<std::string> parsed = std::string(100, 'x');
    parsed->push_back('y');
    (*parsed).push_back('z');
    const char* const storage = parsed->data();
    const std::string moved = *std::move(parsed);
    CHECK(moved.data() == storage);
    CHECK(moved == std::string(100, 'x') + "yz");
    CHECK(Parsed<std::string>("w").value() == "w");
}

TEST_CASE("a parsed view costs no destructor", "[message]") {
    STATIC_REQUIRE(std::is_trivially_destructible_v<Parsed<std::string_view>>);
    STATIC_REQUIRE(std::is_trivially_copyable_v<Parsed<std::string_view>>);
    constexpr Parsed<int> at_compile_time = 1;
    STATIC_REQUIRE(*at_compile_time == 1);
}

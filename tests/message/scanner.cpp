#include "offhook/message/scanner.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"

using offhook::Scanner;
using namespace std::string_view_literals;

TEST_CASE("the scanner stays where a character is not the one asked for", "[message]") {
    Scanner in("ab");
    CHECK_FALSE(in.accept('b'));
    CHECK(in.offset() == 0);
    CHECK(in.accept('a'));
    CHECK(in.offset() == 1);
    CHECK(in.peek() == 'b');
    CHECK(in.rest() == "b");
    CHECK_FALSE(in.at_end());
    CHECK(in.accept('b'));
    CHECK(in.at_end());
    CHECK(in.since(0) == "ab");
    CHECK(in.since(1) == "b");
    CHECK(in.error("rule") == offhook::ParseError{"rule", 2});
}

TEST_CASE("the end of a text is no NUL in it", "[message]") {
    Scanner end("");
    CHECK(end.peek() == '\0');
    CHECK_FALSE(end.accept('\0'));
    Scanner nul("\0"sv);
    CHECK_FALSE(nul.at_end());
    CHECK(nul.accept('\0'));
}

// RFC 3261 §25.1: SLASH, EQUAL, SEMI … are the character with optional LWS on both sides.
TEST_CASE("a separator takes the blanks around it", "[message][rfc3261][25.1]") {
    Scanner in(" \t/ \tx");
    CHECK(in.accept_separator('/'));
    CHECK(in.rest() == "x");
    Scanner absent("  x");
    CHECK_FALSE(absent.accept_separator('/'));
    CHECK(absent.offset() == 0);
    Scanner bare("/");
    CHECK(bare.accept_separator('/'));
    CHECK(bare.at_end());
}

TEST_CASE("the scanner takes the longest run of a set", "[message]") {
    Scanner in("ab-1/c");
    CHECK(in.token() == "ab-1");
    CHECK(in.token().empty());
    CHECK(in.offset() == 4);
    CHECK_FALSE(in.skip_lws());
    in.advance(1);
    CHECK(in.take(offhook::chars::alpha) == "c");
    CHECK(in.at_end());
}

TEST_CASE("an escape is taken whole or not at all", "[message][rfc3261][25.1]") {
    const auto taken = [](std::string_view text) {
        return std::string(Scanner(text).take_escaped(offhook::chars::alpha));
    };
    CHECK(taken("a%41b%fFc") == "a%41b%fFc");
    CHECK(taken("%41") == "%41");
    CHECK(taken("a%4") == "a");
    CHECK(taken("a%") == "a");
    CHECK(taken("a%4g") == "a");
    CHECK(taken("a%g4") == "a");
    CHECK(taken("%%41").empty());
}

TEST_CASE("a quoted string ends at its first unescaped quote", "[message][rfc3261][25.1]") {
    const auto taken = [](std::string_view text) {
        Scanner in(text);
        const std::string quoted(in.quoted_string());
        CHECK(in.offset() == quoted.size());
        return quoted;
    };
    CHECK(taken(R"("")") == R"("")");
    CHECK(taken(R"("a b")c")") == R"("a b")");
    CHECK(taken(R"("a\"b"c)") == R"("a\"b")");
    CHECK(taken(R"("a\\"b")") == R"("a\\")");
    CHECK(taken("\"\xd0\xbd\t\x80\"") == "\"\xd0\xbd\t\x80\"");
    CHECK(taken("\"\\\0\\\x07\\\x7f\""sv) == "\"\\\0\\\x07\\\x7f\""sv);
    CHECK(taken("a").empty());
    CHECK(taken("").empty());
    CHECK(taken("\"").empty());
    CHECK(taken("\"abc").empty());
    CHECK(taken("\"abc\\").empty());
    CHECK(taken("\"abc\\\"").empty());
    CHECK(taken("\"a\nb\"").empty());
    CHECK(taken("\"a\x01"
                "b\"")
              .empty());
    CHECK(taken("\"a\x7f\"").empty());
    CHECK(taken("\"a\\\r\"").empty());
    CHECK(taken("\"a\\\n\"").empty());
    CHECK(taken("\"a\0\""sv).empty());
}

TEST_CASE("a quoted pair is a backslash with any byte but a line end", "[message][rfc3261][25.1]") {
    const auto taken = [](std::string_view text) { return Scanner(text).accept_quoted_pair(); };
    CHECK(taken("\\\""));
    CHECK(taken("\\\0"sv));
    CHECK(taken("\\ab"));
    CHECK_FALSE(taken("\\\r"));
    CHECK_FALSE(taken("\\\n"));
    CHECK_FALSE(taken("\\"));
    CHECK_FALSE(taken("ab"));
    CHECK_FALSE(taken(""));
}

TEST_CASE("a number is taken up to its limit and refused above it", "[message]") {
    struct Row {
        std::string_view text;
        std::uint32_t max;
        std::int64_t value; // -1: refused
    };
    const Row rows[] = {
        {"0", 0, 0},
        {"1", 0, -1},
        {"255", 255, 255},
        {"256", 255, -1},
        {"65535", 65535, 65535},
        {"65536", 65535, -1},
        {"2147483647", 2147483647, 2147483647},
        {"2147483648", 2147483647, -1},
        {"4294967295", 4294967295, 4294967295},
        {"4294967296", 4294967295, -1},
        {"18446744073709551616", 4294967295, -1},
        {"36893488147419103232", 4294967295, -1},
        {"00000000000000000000000000000007", 255, 7},
        {"", 255, -1},
        {"-1", 255, -1},
        {"+1", 255, -1},
        {" 1", 255, -1},
        {"x", 255, -1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text, row.max);
        Scanner in(row.text);
        const auto number = in.number(row.max);
        CHECK((number ? std::int64_t{*number} : -1) == row.value);
        CHECK(in.offset() == (number ? row.text.size() : 0));
    }
    Scanner in("12a");
    CHECK(in.number(99) == 12U);
    CHECK(in.rest() == "a");
}

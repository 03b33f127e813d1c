#include "offhook/trace/lettering.hpp"

#include "../catch.hpp"

using namespace offhook::trace;

namespace {

std::string lines(const char* text, int room) {
    std::string out;
    for (const std::string& line : wrapped(text, 10, room))
        out += line + "|";
    return out;
}

} // namespace

TEST_CASE("wide letters are wider than narrow ones", "[trace][lettering]") {
    CHECK(text_width(Cells("illi"), 100) == 4 * 33);
    CHECK(text_width(Cells("frt("), 100) == 4 * 43);
    CHECK(text_width(Cells("aeo1"), 100) == 4 * 63);
    CHECK(text_width(Cells("AZ"), 100) == 2 * 71);
    CHECK(text_width(Cells("mW"), 100) == 2 * 98);
    CHECK(text_width(Cells("\u00fc\u20ac"), 100) == 64 + 100);
    CHECK(text_width(Cells("a"), 10) == 7); // rounded up
    CHECK(text_width(Cells(""), 10) == 0);
}

TEST_CASE("a text is shortened to the room there is", "[trace][lettering]") {
    CHECK(fitted("aaaa", 100, 252) == "aaaa");
    CHECK(fitted("aaaa", 100, 251) == "aa\u2026");
    CHECK(fitted("aaaa", 100, 162) == "\u2026");
    CHECK(fitted("aaaa", 100, 163) == "a\u2026");
    CHECK(fitted("aaaa", 100, 0) == "\u2026");
    CHECK(fitted("aaaa", 100, -7) == "\u2026");
    CHECK(fitted("a\x1b", 100, 200) == "a?");
    CHECK(fitted(std::string(1'000'000, 'a'), 10, 40).size() == 4 + 3);
}

TEST_CASE("an address is shortened in its middle", "[trace][lettering]") {
    CHECK(fitted("abcdefgh", 100, 100 + 63 + 62, Elide::middle) == "a\u2026");
    CHECK(fitted("abcdegh", 100, 100 + 4 * 63, Elide::middle) == "ab\u2026gh");
    CHECK(fitted("abcdegh", 100, 100 + 3 * 63, Elide::middle) == "ab\u2026h");
    CHECK(fitted("abcdegh", 100, 7 * 63, Elide::middle) == "abcdegh");
}

TEST_CASE("lines break at blanks, or where there are none in the word", "[trace][lettering]") {
    CHECK(lines("aa bb cc", 37) == "aa bb|cc|"); // 37 is just enough for "aa bb" with a blank
    CHECK(lines("aa bb cc", 29) == "aa bb|cc|");
    CHECK(lines("aa bb cc", 28) == "aa|bb|cc|");
    CHECK(lines("aa bb cc", 100) == "aa bb cc|");
    CHECK(lines("aaaaaa", 19) == "aaa|aaa|");
    CHECK(lines("aaaaaa", 1) == "a|a|a|a|a|a|");
    CHECK(lines("aa aaaa", 19) == "aa|aaa|a|");
    CHECK(lines("aa ", 15) == "aa|"); // nothing is left of a blank
    CHECK(lines("", 10) == "");
}

#include "offhook/message/quoted_string.hpp"

#include <string_view>

#include "../catch.hpp"

using namespace std::string_view_literals;

TEST_CASE("unquoting resolves quoted pairs, once", "[message][rfc3261][25.1]") {
    CHECK(offhook::unquote(R"("J Rosenberg \\\"")") == R"(J Rosenberg \")");
    CHECK(offhook::unquote(R"("")").empty());
    CHECK(offhook::unquote("\"a\\\0b\""sv) == "a\0b"sv);
    CHECK(offhook::unquote(R"("%41")") == "%41");
}

TEST_CASE("unquoting leaves alone what is not quoted", "[message][rfc3261][25.1]") {
    for (const std::string_view text : {"", "abc", "\"", "\"abc", "abc\"", "a\\b"}) {
        CAPTURE(text);
        CHECK(offhook::unquote(text) == text);
        CHECK(offhook::without_quotes(text) == text);
    }
}

// CVE-2021-43611: the display name ends in a backslash.
TEST_CASE("a backslash at the end of a quoted text is kept", "[message][faults][20]") {
    CHECK(offhook::unquote("\"abc\\\"") == "abc\\");
}

// RFC 7616 §3.4: unq() takes the quotes off and nothing else.
TEST_CASE("a digest takes quoted text without its quotes alone", "[message][rfc7616][3.4]") {
    CHECK(offhook::without_quotes(R"("a\"b")") == R"(a\"b)");
    CHECK(offhook::without_quotes(R"("")").empty());
}

TEST_CASE("quoting escapes quotes and backslashes", "[message][rfc3261][25.1]") {
    CHECK(offhook::quote("") == R"("")");
    CHECK(offhook::quote(R"(a"b\c)") == R"("a\"b\\c")");
    CHECK(offhook::unquote(offhook::quote(R"(\"\)")) == R"(\"\)");
}

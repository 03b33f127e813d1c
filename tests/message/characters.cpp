#include "offhook/message/characters.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"

namespace chars = offhook::chars;

namespace {

constexpr std::string_view alphanums =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// Every byte of the set and no other, in the order of the bytes.
std::string members(chars::Set set) {
    std::string all;
    for (int c = 0; c < 256; ++c)
        if (chars::in(static_cast<char>(c), set)) all += static_cast<char>(c);
    return all;
}

std::string sorted(std::string text) {
    std::string all;
    for (int c = 0; c < 256; ++c)
        if (text.find(static_cast<char>(c)) != std::string::npos) all += static_cast<char>(c);
    return all;
}

std::string with_alphanums(std::string_view marks) {
    return sorted(std::string(alphanums) + std::string(marks));
}

} // namespace

// Each set is written out once more here, from the RFC's rules.
TEST_CASE("the sets of characters are those of the grammar", "[message][rfc3261][25.1]") {
    const std::string_view mark = "-_.!~*'()";
    CHECK(members(chars::digit) == "0123456789");
    CHECK(members(chars::alphanum) == with_alphanums(""));
    CHECK(members(chars::hexdig) == "0123456789ABCDEFabcdef");
    CHECK(members(chars::wsp) == "\t ");
    CHECK(members(chars::token) == with_alphanums("-.!%*_+`'~"));
    CHECK(members(chars::token_nodot) == with_alphanums("-!%*_+`'~"));
    CHECK(members(chars::word) == with_alphanums("-.!%*_+`'~()<>:\\\"/[]?{}"));
    CHECK(members(chars::scheme) == with_alphanums("+-."));
    CHECK(members(chars::user) == with_alphanums(std::string(mark) + "&=+$,;?/"));
    CHECK(members(chars::password) == with_alphanums(std::string(mark) + "&=+$,"));
    CHECK(members(chars::paramchar) == with_alphanums(std::string(mark) + "[]/:&+$"));
    CHECK(members(chars::headerchar) == with_alphanums(std::string(mark) + "[]/?:+$"));
    CHECK(members(chars::reserved) == sorted(";/?:@&=+$,"));
    // Wider than the RFC's, on purpose.
    CHECK(members(chars::uric) == with_alphanums(std::string(mark) + ";/?:@&=+$,[]#"));
    CHECK(members(chars::label) == with_alphanums("-_"));
    CHECK(members(chars::gen_value) == with_alphanums("-.!%*_+`'~[]:/@=?&$"));
}

TEST_CASE("quoted text and comments hold all but controls and their own marks",
          "[message][rfc3261][25.1]") {
    std::string qdtext;
    std::string ctext;
    for (int c = 0x20; c < 0x100; ++c) {
        if (c == 0x7f || c == '\\') continue;
        if (c != '"') qdtext += static_cast<char>(c);
        if (c != '(' && c != ')') ctext += static_cast<char>(c);
    }
    CHECK(members(chars::qdtext) == sorted(qdtext + "\t"));
    CHECK(members(chars::ctext) == sorted(ctext + "\t"));
}

TEST_CASE("a character is asked for what it is", "[message][rfc3261][25.1]") {
    CHECK(offhook::is_alpha('z'));
    CHECK_FALSE(offhook::is_alpha('0'));
    CHECK(offhook::is_digit('9'));
    CHECK_FALSE(offhook::is_digit('a'));
    CHECK(offhook::is_hex('f'));
    CHECK_FALSE(offhook::is_hex('g'));
    CHECK(offhook::is_lws('\t'));
    CHECK_FALSE(offhook::is_lws('\n'));
    CHECK(offhook::is_token('~'));
    CHECK_FALSE(offhook::is_token('@'));
    CHECK_FALSE(offhook::is_token('/'));
}

TEST_CASE("a token has at least one character and only its own", "[message][rfc3261][25.1]") {
    CHECK(offhook::is_token("INVITE"));
    CHECK(offhook::is_token("-.!%*_+`'~"));
    CHECK_FALSE(offhook::is_token(""));
    CHECK_FALSE(offhook::is_token("IN VITE"));
    CHECK_FALSE(offhook::is_token("INVITE,"));
    CHECK_FALSE(offhook::is_token("\xc3\xa4"));
}

// RFC 3261 §7.3.1: tokens have no case; outside ASCII nothing is folded.
TEST_CASE("text is compared without regard to the case of ASCII letters",
          "[message][rfc3261][7.3.1]") {
    CHECK(offhook::iequals("", ""));
    CHECK(offhook::iequals("aZ-09", "Az-09"));
    CHECK_FALSE(offhook::iequals("a", "ab"));
    CHECK_FALSE(offhook::iequals("ab", "ac"));
    CHECK_FALSE(offhook::iequals("@", "`")); // 0x20 apart, like letters
    CHECK_FALSE(offhook::iequals("[", "{"));
    CHECK_FALSE(offhook::iequals("\xc4", "\xe4"));
    CHECK(offhook::to_lower('A') == 'a');
    CHECK(offhook::to_lower('Z') == 'z');
    CHECK(offhook::to_lower('a') == 'a');
}

TEST_CASE("trimming takes blanks and tabs off both ends alone", "[message]") {
    CHECK(offhook::trim(" \t a b \t ") == "a b");
    CHECK(offhook::trim("a") == "a");
    CHECK(offhook::trim(" \t ").empty());
    CHECK(offhook::trim("").empty());
    CHECK(offhook::trim("\r\n") == "\r\n");
}

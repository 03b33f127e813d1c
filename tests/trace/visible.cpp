#include "offhook/trace/visible.hpp"

#include "../catch.hpp"

using offhook::trace::visible_character;
using namespace std::string_literals;

TEST_CASE("only what may be shown is a visible character", "[trace][visible]") {
    CHECK(visible_character("a\xff") == 1);
    CHECK(visible_character("\u00fc") == 2);
    CHECK(visible_character("\u20ac") == 3);
    CHECK(visible_character("\U0001f4de") == 4);
    CHECK(visible_character(std::string_view("\u20ac").substr(0, 2)) == 0); // reads no further
    for (const std::string& text :
         {""s, "\0"s, "\n"s, "\x7f"s, "\x80"s, "\u0085"s, "\u200f"s, "\u202e"s, "\u061c"s,
          "\ufeff"s, "\xc0\xaf"s, "\xed\xa0\x80"s, "\xef\xbf\xbe"s, "\xf4\x90\x80\x80"s,
          "\xe2\x82"s, "\xe2\x82\x41"s}) {
        CAPTURE(text);
        CHECK(visible_character(text) == 0);
    }
}

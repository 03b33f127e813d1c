#include "offhook/trace/markup.hpp"

#include "../catch.hpp"

using namespace std::string_literals;
using offhook::trace::escaped;
using offhook::trace::Lines;

TEST_CASE("markup in a text is only text", "[trace][markup]") {
    CHECK(escaped("<a b=\"c\" d='e'>&amp;") == "&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;amp;");
    CHECK(escaped("gr\u00fc\u00df \u20ac \U0001f4de") == "gr\u00fc\u00df \u20ac \U0001f4de");
    CHECK(escaped("") == "");
}

TEST_CASE("control characters show as their pictures", "[trace][markup]") {
    CHECK(escaped("\0\x1b\x1f\x7f"s) == "\u2400\u241b\u241f\u2421");
    CHECK(escaped("a\r\n\tb") == "a\u240d\u240a\u2409b");
}

TEST_CASE("a text of many lines keeps its line ends and tabs", "[trace][markup]") {
    CHECK(escaped("a\r\nb\nc\td\re", Lines::many) == "a\nb\nc\td\u240de");
}

TEST_CASE("bytes that are no character, or hide something, are replaced", "[trace][markup]") {
    CHECK(escaped("\xff\xe2\x82") == "\ufffd\ufffd\ufffd");
    CHECK(escaped("\u202e") == "\ufffd\ufffd\ufffd");
    CHECK(escaped("\xef\xbf\xbe") == "\ufffd\ufffd\ufffd");
}

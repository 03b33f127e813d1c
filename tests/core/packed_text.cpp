#include "offhook/core/packed_text.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

namespace {
enum class Word { first, second, third };
} // namespace

TEST_CASE("packed texts are kept apart", "[core]") {
    PackedText<Word, 3> text;
    CHECK(text[Word::first].empty());
    text.set(Word::second, "two");
    text.set(Word::third, "three");
    text.set(Word::first, "one");
    CHECK(text[Word::first] == "one");
    CHECK(text[Word::second] == "two");
    CHECK(text[Word::third] == "three");

    text.set(Word::second, "a longer text than before");
    CHECK(text[Word::first] == "one");
    CHECK(text[Word::second] == "a longer text than before");
    CHECK(text[Word::third] == "three");
    text.set(Word::second, "");
    text.shrink();
    CHECK(text[Word::first] == "one");
    CHECK(text[Word::second].empty());
    CHECK(text[Word::third] == "three");
}

TEST_CASE("a packed text takes a view of itself", "[core]") {
    PackedText<Word, 3> text;
    text.set(Word::first, "one");
    text.set(Word::third, std::string(100, 'x'));
    text.set(Word::second, text[Word::third]);
    CHECK(text[Word::second] == std::string(100, 'x'));
    text.set(Word::third, text[Word::third].substr(0, 50));
    CHECK(text[Word::third] == std::string(50, 'x'));
    CHECK(text[Word::first] == "one");
}

TEST_CASE("packed texts are equal where each of them is", "[core]") {
    PackedText<Word, 3> a, b;
    a.set(Word::first, "xy");
    b.set(Word::second, "xy");
    CHECK_FALSE(a == b);
    b.set(Word::second, "");
    b.set(Word::first, "xy");
    CHECK(a == b);
}

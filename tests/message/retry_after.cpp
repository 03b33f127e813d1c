#include "offhook/message/retry_after.hpp"

#include <chrono>
#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::RetryAfter;
using namespace std::chrono_literals;

// RFC 3261 §20.33
TEST_CASE("Retry-After is a delay, a comment and a duration", "[message][rfc3261][20.33]") {
    const auto plain = RetryAfter::parse("18000;duration=3600");
    REQUIRE(plain);
    CHECK(plain->delay == 18000s);
    CHECK(plain->duration() == 3600s);
    CHECK(plain->comment.empty());
    const auto comment = RetryAfter::parse(" 120 (I'm in a meeting)");
    REQUIRE(comment);
    CHECK(comment->delay == 120s);
    CHECK(comment->comment == "(I'm in a meeting)");
    CHECK_FALSE(comment->duration());
    CHECK(RetryAfter::parse("5(x) ; a=b")->parameters.value("a") == "b");
}

TEST_CASE("comments nest to any depth and hold escaped parentheses", "[message][rfc3261][25.1]") {
    CHECK(RetryAfter::parse("1 (a (b) \\) (c(d)) \"e;)")->comment == "(a (b) \\) (c(d)) \"e;)");
    CHECK(RetryAfter::parse("1 ()")->comment == "()");
    const std::string deep = "1 " + std::string(30000, '(') + std::string(30000, ')');
    CHECK(RetryAfter::parse(deep)->comment.size() == 60000);
}

// RFC 4475 §3.1.2.5; pjsip looped on a stray character.
TEST_CASE("a malformed Retry-After is refused where it breaks",
          "[message][rfc4475][3.1.2.5][faults][24]") {
    CHECK(RetryAfter::parse("4294967295")->delay == 4294967295s);
    const Malformed rows[] = {
        {"949302838503028349304023988", "Retry-After: delta-seconds @ 0"},
        {"4294967296", "Retry-After: delta-seconds @ 0"},
        {"", "Retry-After: delta-seconds @ 0"},
        {"x", "Retry-After: delta-seconds @ 0"},
        {"-1", "Retry-After: delta-seconds @ 0"},
        {"5 @", "Retry-After: retry-param @ 2"},
        {"5;@", "generic-param @ 2"},
        {"5?", "Retry-After: retry-param @ 1"},
        {"5 (a", "Retry-After: comment @ 2"},
        {"5 (a\\", "Retry-After: comment @ 2"},
        {"5 (a\\)", "Retry-After: comment @ 2"},
        {"5 (a\x01)", "Retry-After: comment @ 2"},
        {"5 (a))", "Retry-After: retry-param @ 5"},
        {"5 )", "Retry-After: retry-param @ 2"},
        {"5 ((a)", "Retry-After: comment @ 2"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(RetryAfter::parse(row.text)) == row.fault);
    }
}

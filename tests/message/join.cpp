#include "offhook/message/join.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Join;

// RFC 3911 §7.1
TEST_CASE("a Join names a dialog", "[message][rfc3911][7.1]") {
    const auto value =
        Join::parse("98732@sip.example.com             ;from-tag=r33th4x0r ;to-tag=ff87ff ;x");
    REQUIRE(value);
    CHECK(value->call_id.text == "98732@sip.example.com");
    CHECK(value->from_tag() == "r33th4x0r");
    CHECK(value->to_tag() == "ff87ff");
    CHECK(value->parameters.has("x"));
    CHECK(value->names({"98732@sip.example.com", "ff87ff", "r33th4x0r"}));
    CHECK_FALSE(value->names({"98732@sip.example.com", "r33th4x0r", "ff87ff"}));
    CHECK_FALSE(value->names({"98732@sip.example.org", "ff87ff", "r33th4x0r"}));
    CHECK_FALSE(value->names({"98732@sip.example.com", "ff87ff", ""}));
}

// RFC 3911 §7.1: a tag of zero matches a null tag too.
TEST_CASE("a tag of 0 in a Join stands for a missing tag too", "[message][rfc3911][7.1]") {
    const auto value = Join::parse("87134@192.0.2.23;to-tag=24796;from-tag=0");
    REQUIRE(value);
    CHECK(value->names({"87134@192.0.2.23", "24796", ""}));
    CHECK(value->names({"87134@192.0.2.23", "24796", "0"}));
    CHECK_FALSE(value->names({"87134@192.0.2.23", "", "0"}));
    CHECK_FALSE(value->names({"87134@192.0.2.23", "24796", "1"}));
}

TEST_CASE("a Join that is written names the dialog that it was written for",
          "[message][rfc3911][7.1]") {
    CHECK(Join::write({"a@b", "1", "2"}) == "a@b;to-tag=1;from-tag=2");
    CHECK(Join::write({"a", "", "2"}) == "a;to-tag=0;from-tag=2");
    CHECK(Join::write({"a", "1", ""}) == "a;to-tag=1;from-tag=0");
}

// RFC 3911 §7.1: exactly one to-tag and exactly one from-tag.
TEST_CASE("a Join needs one tag of each side", "[message][rfc3911][7.1]") {
    const Malformed rows[] = {
        {"", "Join: callid @ 0"},
        {"a@;to-tag=1;from-tag=2", "Join: callid @ 2"},
        {"a;to-tag=1", "Join: from-tag @ 10"},
        {"a;from-tag=1", "Join: to-tag @ 12"},
        {"a;to-tag;from-tag=1", "Join: to-tag @ 19"},
        {"a;to-tag=1;from-tag=2;to-tag=3", "generic-param: repeated @ 22"},
        {"a;to-tag=1;from-tag=2,b;to-tag=1;from-tag=2", "Join: join-param @ 21"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Join::parse(row.text)) == row.fault);
    }
}

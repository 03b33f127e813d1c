#include "offhook/message/replaces.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::DialogName;
using offhook::Replaceable;
using offhook::Replaces;

// RFC 3891 §6.1
TEST_CASE("a Replaces names a dialog", "[message][rfc3891][6.1]") {
    const auto first =
        Replaces::parse("98732@sip.example.com          ;from-tag=r33th4x0r  ;to-tag=ff87ff");
    REQUIRE(first);
    CHECK(first->call_id.text == "98732@sip.example.com");
    CHECK(first->from_tag() == "r33th4x0r");
    CHECK(first->to_tag() == "ff87ff");
    CHECK_FALSE(first->early_only());
    const auto second =
        Replaces::parse("12adf2f34456gs5;to-tag=12345;from-tag=54321;early-only;x=1");
    REQUIRE(second);
    CHECK(second->call_id.text == "12adf2f34456gs5");
    CHECK(second->early_only());
    CHECK(Replaces::parse("87134@171.161.34.23;to-tag=24796;from-tag=0")->from_tag() == "0");
}

// RFC 3891 §6.1: exactly one to-tag and exactly one from-tag.
TEST_CASE("a Replaces needs one tag of each side", "[message][rfc3891][6.1]") {
    const Malformed rows[] = {
        {"", "Replaces: callid @ 0"},
        {";to-tag=1;from-tag=2", "Replaces: callid @ 0"},
        {"a;to-tag=1", "Replaces: from-tag @ 10"},
        {"a;from-tag=1", "Replaces: to-tag @ 12"},
        {"a;to-tag;from-tag=1", "Replaces: to-tag @ 19"},
        {"a;to-tag=1;from-tag", "Replaces: from-tag @ 19"},
        {"a;to-tag=1;from-tag=2;to-tag=3", "generic-param: repeated @ 22"},
        {"a;to-tag=1;from-tag=2;from-tag=2", "generic-param: repeated @ 22"},
        {"a;to-tag=1;from-tag=2,b", "Replaces: replaces-param @ 21"},
        {"a b;to-tag=1;from-tag=2", "Replaces: replaces-param @ 2"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Replaces::parse(row.text)) == row.fault);
    }
}

// RFC 3891 §3: the to-tag is compared with the local tag, the from-tag with the remote one. §6.1: 0
// stands for a missing tag too, for the sake of RFC 2543.
TEST_CASE("a Replaces names the dialog with its Call-ID and both of its tags",
          "[message][rfc3891][3]") {
    const auto value = Replaces::parse("a@b;to-tag=1;from-tag=2");
    REQUIRE(value);
    CHECK(value->names({"a@b", "1", "2"}));
    CHECK_FALSE(value->names({"a@b", "2", "1"}));
    CHECK_FALSE(value->names({"A@b", "1", "2"}));
    CHECK_FALSE(value->names({"a@b", "1", ""}));
    CHECK_FALSE(value->names({"a@b", "", "2"}));

    const auto zero = Replaces::parse("a@b;to-tag=0;from-tag=0");
    CHECK(zero->names({"a@b", "0", "0"}));
    CHECK(zero->names({"a@b", "", ""}));
    CHECK_FALSE(zero->names({"a@b", "1", ""}));
    CHECK_FALSE(zero->names({"a@b", "", "1"}));
}

TEST_CASE("a Replaces that is written names the dialog that it was written for",
          "[message][rfc3891][6.1]") {
    const DialogName dialog{"a@b", "1", "2"};
    CHECK(Replaces::write(dialog) == "a@b;to-tag=1;from-tag=2");
    CHECK(Replaces::write(dialog, Replaceable::early_only) == "a@b;to-tag=1;from-tag=2;early-only");
    CHECK(Replaces::write({"a@b", "", ""}) == "a@b;to-tag=0;from-tag=0");
    for (const DialogName& each : {dialog, DialogName{"a", "", "2"}, DialogName{"a", "1", ""}}) {
        const std::string text = Replaces::write(each);
        REQUIRE(Replaces::parse(text));
        CHECK(Replaces::parse(text)->names(each));
    }
}

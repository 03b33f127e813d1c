#include "offhook/message/refer_sub.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::ReferSub;

// RFC 4488 §4
TEST_CASE("a Refer-Sub says whether a REFER subscribes", "[message][rfc4488][4]") {
    CHECK(ReferSub::parse("true")->subscribes);
    REQUIRE(ReferSub::parse(" False ;x=y"));
    CHECK_FALSE(ReferSub::parse(" False ;x=y")->subscribes);
    CHECK(ReferSub::parse("false;x=y")->parameters.value("x") == "y");
    CHECK(ReferSub{}.write() == "true");
    CHECK(ReferSub{false, {}}.write() == "false");
}

TEST_CASE("a Refer-Sub is true or false and nothing else", "[message][rfc4488][4]") {
    const Malformed rows[] = {
        {"", "Refer-Sub: refer-sub-value @ 0"},          {" no", "Refer-Sub: refer-sub-value @ 1"},
        {"falsehood", "Refer-Sub: refer-sub-value @ 0"}, {"true,false", "Refer-Sub: exten @ 4"},
        {"true false", "Refer-Sub: exten @ 5"},          {"true;", "generic-param @ 5"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(ReferSub::parse(row.text)) == row.fault);
    }
}

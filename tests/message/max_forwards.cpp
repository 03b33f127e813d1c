#include "offhook/message/max_forwards.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::MaxForwards;

// RFC 3261 §20.22: 0 to 255
TEST_CASE("Max-Forwards is 0 to 255", "[message][rfc3261][20.22]") {
    CHECK(MaxForwards::parse("0")->hops == 0);
    CHECK(MaxForwards::parse("70")->hops == 70);
    CHECK(MaxForwards::parse("0068")->hops == 68); // RFC 4475 §3.1.1.1
    CHECK(MaxForwards::parse(" 255 ")->hops == 255);
    const Malformed rows[] = {
        {"256", "Max-Forwards @ 0"}, {"300", "Max-Forwards @ 0"}, // RFC 4475 §3.1.2.4
        {"", "Max-Forwards @ 0"},    {"-1", "Max-Forwards @ 0"},  {"7 0", "Max-Forwards @ 2"},
        {"70x", "Max-Forwards @ 2"}, {"ten", "Max-Forwards @ 0"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(MaxForwards::parse(row.text)) == row.fault);
    }
}

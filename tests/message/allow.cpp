#include "offhook/message/allow.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Allow;

// RFC 3261 §7.1: methods have a case.
TEST_CASE("Allow lists methods, which have a case", "[message][rfc3261][20.5]") {
    const auto allow = Allow::parse("INVITE, ACK,OPTIONS");
    REQUIRE(allow);
    CHECK(allow->contains("ACK"));
    CHECK_FALSE(allow->contains("ack"));
    CHECK_FALSE(allow->contains("BYE"));
    std::string all;
    for (const auto method : *allow)
        all.append(method).append("|");
    CHECK(all == "INVITE|ACK|OPTIONS|");
    CHECK(Allow::parse("")->begin() == Allow::parse("")->end());
    CHECK(fault_of(Allow::parse("INVITE, A CK")) == "Allow: Method @ 9");
}

#include "offhook/message/expires.hpp"

#include <chrono>
#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Expires;
using namespace std::chrono_literals;

TEST_CASE("Expires is a number of seconds of 32 bits", "[message][rfc3261][20.19]") {
    CHECK(Expires::parse("0")->interval == 0s);
    CHECK(Expires::parse(" 3600 ")->interval == 3600s);
    CHECK(Expires::parse("4294967295")->interval == 4294967295s);
    CHECK(fault_of(Expires::parse("4294967296")) == "delta-seconds @ 0");
    CHECK(fault_of(Expires::parse("1" + std::string(100, '0'))) == "delta-seconds @ 0");
    CHECK(fault_of(Expires::parse("")) == "delta-seconds @ 0");
    CHECK(fault_of(Expires::parse("Thu, 01 Dec 1994 16:00:00 GMT")) == "delta-seconds @ 0");
    CHECK(fault_of(Expires::parse("60 x")) == "delta-seconds @ 3");
}

#include "offhook/message/delta_seconds.hpp"

#include <chrono>

#include "../catch.hpp"

using namespace std::chrono_literals;

TEST_CASE("delta-seconds has 32 bits", "[message][rfc3261][25.1]") {
    offhook::Scanner most("4294967295x");
    CHECK(offhook::take_delta_seconds(most) == 4294967295s);
    CHECK(most.rest() == "x");
    offhook::Scanner more("4294967296");
    CHECK_FALSE(offhook::take_delta_seconds(more));
    CHECK(more.offset() == 0);
    const auto parameters = offhook::Parameters::parse(";a=60;b=6x;c");
    CHECK(offhook::delta_seconds(*parameters, "a") == 60s);
    CHECK_FALSE(offhook::delta_seconds(*parameters, "b"));
    CHECK_FALSE(offhook::delta_seconds(*parameters, "c"));
    CHECK_FALSE(offhook::delta_seconds(*parameters, "d"));
}

#include "offhook/session/retransmission.hpp"

#include "../catch.hpp"

#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

// RFC 3261 §13.3.1.4: T1, doubling up to T2, for 64·T1.
TEST_CASE("a 2xx is sent again after T1, then at intervals that double up to T2",
          "[session][rfc3261][13.3.1.4]") {
    const TimePoint start{};
    Retransmission schedule(start, 500ms, 4s);
    std::vector<Duration> times;
    while (!schedule.ended(schedule.next())) {
        const TimePoint now = schedule.next();
        REQUIRE(schedule.due(now));
        REQUIRE_FALSE(schedule.due(now - 1ns));
        times.push_back(now - start);
        schedule.sent(now);
    }
    CHECK(times
          == std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 11500ms, 15500ms, 19500ms,
                                   23500ms, 27500ms, 31500ms});
    CHECK(schedule.next() == start + 32s);
    CHECK_FALSE(schedule.ended(start + 32s - 1ns));
    CHECK(schedule.ended(start + 32s));
    CHECK_FALSE(schedule.due(start + 32s));
}

TEST_CASE("after a long sleep the schedule has ended, and nothing is sent late",
          "[session][rfc3261][13.3.1.4]") {
    const Retransmission schedule(TimePoint{}, 500ms, 4s);
    CHECK_FALSE(schedule.due(TimePoint{} + 1h));
    CHECK(schedule.ended(TimePoint{} + 1h));
}

#include "offhook/endpoint/ended_dialogs.hpp"

#include <chrono>

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("an ended dialog is known until its time is up", "[endpoint]") {
    EndedDialogs ended;
    const TimePoint now{};
    CHECK_FALSE(ended.contains(now, {1, 1}));
    ended.add(now, {1, 1}, now + 32s, 10);
    CHECK(ended.contains(now, {1, 1}));
    CHECK(ended.contains(now + 31s, {1, 1}));
    CHECK_FALSE(ended.contains(now + 32s, {1, 1}));
    CHECK_FALSE(ended.contains(now, {1, 2}));
}

TEST_CASE("ended dialogs make room for later ones, when old or when there are many", "[endpoint]") {
    EndedDialogs ended;
    TimePoint now{};
    for (std::uint64_t n = 0; n < 5; ++n)
        ended.add(now, {n, 0}, now + 32s, 3);
    CHECK(ended.size() == 3);
    CHECK_FALSE(ended.contains(now, {1, 0}));
    CHECK(ended.contains(now, {2, 0}));
    CHECK(ended.contains(now, {4, 0}));
    now += 32s;
    ended.add(now, {9, 0}, now + 32s, 3);
    CHECK(ended.size() == 1);
    CHECK(ended.contains(now, {9, 0}));
    ended.add(now, {9, 0}, now + 64s, 3); // known already
    CHECK(ended.size() == 1);
    ended.add(now, {8, 0}, now + 32s, 0);
    CHECK(ended.size() == 0);
    CHECK_FALSE(ended.contains(now, {8, 0}));
}

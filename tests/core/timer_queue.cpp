#include "offhook/core/timer_queue.hpp"

#include "../catch.hpp"

#include <map>
#include <string>

#include "offhook/core/random.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {
constexpr TimePoint start{};
}

TEST_CASE("timers fire in the order of their times, and not before", "[core]") {
    TimerQueue<int> queue;
    queue.schedule(start + 3s, 3);
    queue.schedule(start + 1s, 1);
    queue.schedule(start + 2s, 2);
    CHECK(queue.size() == 3);
    CHECK(queue.next() == start + 1s);
    CHECK_FALSE(queue.pop(start + 1s - 1ns));
    CHECK(queue.pop(start + 1s) == 1);
    CHECK_FALSE(queue.pop(start + 1s));
    CHECK(queue.pop(start + 10s) == 2);
    CHECK(queue.next() == start + 3s);
    CHECK(queue.pop(start + 10s) == 3);
    CHECK_FALSE(queue.pop(start + 10s));
    CHECK_FALSE(queue.next());
    CHECK(queue.empty());
    CHECK(queue.size() == 0);
}

TEST_CASE("equal times fire first come, first served", "[core]") {
    TimerQueue<int> queue;
    for (int i = 0; i < 100; ++i)
        queue.schedule(start + 1s, i);
    for (int i = 0; i < 100; ++i)
        CHECK(queue.pop(start + 1s) == i);
}

TEST_CASE("a cancelled timer neither fires nor shows as the next", "[core]") {
    TimerQueue<std::string> queue;
    const TimerId first = queue.schedule(start + 1s, "first");
    const TimerId second = queue.schedule(start + 2s, "second");
    queue.schedule(start + 3s, "third");
    queue.cancel(second);
    queue.cancel(first);
    CHECK(queue.next() == start + 3s);
    CHECK(queue.size() == 1);
    CHECK(queue.pop(start + 9s) == "third");
    CHECK_FALSE(queue.pop(start + 9s));
}

TEST_CASE("ids of timers that fired or were cancelled touch no other timer", "[core]") {
    TimerQueue<int> queue;
    const TimerId fired = queue.schedule(start, 1);
    CHECK(queue.pop(start) == 1);
    const TimerId cancelled = queue.schedule(start, 2);
    CHECK(cancelled.slot == fired.slot);
    queue.cancel(cancelled);
    queue.cancel(cancelled);
    queue.schedule(start, 3);
    queue.cancel(fired);
    queue.cancel(cancelled);
    queue.cancel(TimerId{});
    queue.cancel(TimerId{99, 1});
    CHECK_FALSE(TimerId{});
    CHECK(queue.size() == 1);
    CHECK(queue.pop(start) == 3);
}

TEST_CASE("a copied queue fires the same, and each has its own", "[core]") {
    TimerQueue<int> queue;
    queue.schedule(start + 1s, 1);
    const TimerId id = queue.schedule(start + 2s, 2);
    TimerQueue<int> copy = queue;
    copy.cancel(id);
    CHECK(queue.size() == 2);
    CHECK(copy.size() == 1);
    CHECK(copy.pop(start + 9s) == 1);
    CHECK_FALSE(copy.pop(start + 9s));
    CHECK(queue.pop(start + 9s) == 1);
    CHECK(queue.pop(start + 9s) == 2);
}

// Whatever is scheduled, cancelled and fired, the queue agrees with a sorted map.
TEST_CASE("a long random use agrees with a sorted map", "[core]") {
    Random random{Seed{}};
    TimerQueue<std::uint64_t> queue;
    std::map<std::pair<TimePoint, std::uint64_t>, TimerId> model;
    TimePoint now = start;
    for (std::uint64_t n = 0; n < 20000; ++n) {
        const std::uint64_t dice = random.next() % 10;
        if (dice < 5) {
            const TimePoint when = now + std::chrono::milliseconds(random.next() % 50);
            model[{when, n}] = queue.schedule(when, n);
        } else if (dice < 8 && !model.empty()) {
            auto it = model.lower_bound({now + std::chrono::milliseconds(random.next() % 50), 0});
            if (it == model.end()) it = model.begin();
            queue.cancel(it->second);
            model.erase(it);
        } else {
            now += std::chrono::milliseconds(random.next() % 5);
            while (const auto key = queue.pop(now)) {
                REQUIRE(!model.empty());
                REQUIRE(model.begin()->first.second == *key);
                REQUIRE(model.begin()->first.first <= now);
                model.erase(model.begin());
            }
        }
        REQUIRE(queue.size() == model.size());
        REQUIRE(queue.empty() == model.empty());
        REQUIRE(queue.next().has_value() == !model.empty());
        if (!model.empty()) REQUIRE(*queue.next() == model.begin()->first.first);
    }
}

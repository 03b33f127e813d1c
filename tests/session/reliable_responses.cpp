#include "offhook/session/reliable_responses.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <cstdint>
#include <optional>
#include <vector>

using namespace offhook;
using namespace test;

namespace {

using Queue = ReliableResponses<PlainMessage>;

Queue::Response response(std::uint32_t rseq, bool described = false) {
    return {rseq, 183, described, PlainMessage{}};
}

} // namespace

// RFC 3262 §3: the first RSeq lies in 1 … 2³¹−1, chosen uniformly.
TEST_CASE("the first RSeq lies anywhere in 1 to 2 to the 31 less 1", "[session][rfc3262][3]") {
    const Queue queue;
    CHECK(queue.next_number(0) == 1U);
    CHECK(queue.next_number(41) == 42U);
    CHECK(queue.next_number(0x7ffffffe) == 0x7fffffffU);
    CHECK(queue.next_number(0x7fffffff) == 1U);
    CHECK(queue.next_number(UINT64_MAX) <= 0x7fffffffU);
    CHECK(queue.next_number(UINT64_MAX) >= 1U);
}

// RFC 3262 §3: each next one is greater by one, and the numbers do not wrap around.
TEST_CASE("each RSeq is one more than the last, and none comes after the largest",
          "[session][rfc3262][3]") {
    Queue queue;
    queue.push({}, T1, response(0x7fffffff));
    CHECK(queue.next_number(7) == 0x80000000U);
    queue.push({}, T1, response(UINT32_MAX - 1));
    CHECK(queue.next_number(7) == UINT32_MAX);
    queue.push({}, T1, response(UINT32_MAX));
    CHECK(queue.next_number(7) == std::nullopt);
    while (!queue.empty())
        queue.acknowledged({}, T1);
    CHECK(queue.next_number(7) == std::nullopt);
}

// RFC 3262 §3: T1, then doubled each time, and no T2 that caps it; 64·T1 in all.
TEST_CASE("a reliable 1xx is due at intervals that double without end", "[session][rfc3262][3]") {
    Queue queue;
    CHECK(!queue.next_timeout());
    CHECK(!queue.due(TimePoint{} + 1h));
    CHECK(!queue.ended(TimePoint{} + 1h));
    CHECK(queue.push({}, T1, response(1)));
    std::vector<Duration> sent;
    for (TimePoint now{}; !queue.ended(now); now = *queue.next_timeout()) {
        CHECK(queue.due(now) == (now != TimePoint{}));
        if (now != TimePoint{}) sent.push_back(now.time_since_epoch());
    }
    CHECK(sent == std::vector<Duration>{500ms, 1500ms, 3500ms, 7500ms, 15500ms, 31500ms});
    CHECK(!queue.ended(TimePoint{} + 32s - 1ns));
    CHECK(queue.ended(TimePoint{} + 32s));
}

// RFC 3262 §3: none is sent before the one ahead of it has its PRACK.
TEST_CASE("one reliable 1xx is under way at a time", "[session][rfc3262][3]") {
    Queue queue;
    CHECK(queue.front() == nullptr);
    CHECK(queue.push({}, T1, response(5)));
    CHECK(!queue.push(TimePoint{} + 1s, T1, response(6)));
    CHECK(queue.front()->rseq == 5);
    CHECK(queue.next_timeout() == TimePoint{} + T1);
    CHECK(queue.acknowledged(TimePoint{} + 10s, T1));
    CHECK(queue.front()->rseq == 6);
    CHECK(queue.next_timeout() == TimePoint{} + 10s + T1);
    CHECK(!queue.ended(TimePoint{} + 42s - 1ns));
    CHECK(queue.ended(TimePoint{} + 42s));
    CHECK(!queue.acknowledged(TimePoint{} + 11s, T1));
    CHECK(queue.empty());
    CHECK(!queue.next_timeout());
}

TEST_CASE("a description is held until the PRACK of the 1xx that has it", "[session][rfc3262][5]") {
    Queue queue;
    CHECK(!queue.holds_description());
    queue.push({}, T1, response(1));
    CHECK(!queue.holds_description());
    queue.push({}, T1, response(2, true));
    queue.push({}, T1, response(3));
    CHECK(queue.holds_description());
    queue.acknowledged({}, T1);
    CHECK(queue.holds_description());
    queue.acknowledged({}, T1);
    CHECK(!queue.holds_description());
    CHECK(!queue.empty());
}

// RFC 3262 §4: whatever RSeq the first has, the next in order has one more.
TEST_CASE("what comes twice or too early is not the next in order", "[session][rfc3262][4]") {
    ReceivedReliable received;
    CHECK(received.take(1, 776656));
    CHECK(received.last == 776656);
    const auto is_next = [&](std::uint32_t invite, std::uint32_t rseq) {
        ReceivedReliable copy = received;
        return copy.take(invite, rseq);
    };
    CHECK(!is_next(1, 776655));
    CHECK(!is_next(1, 776656));
    CHECK(is_next(1, 776657));
    CHECK(!is_next(1, 776658));
    CHECK(is_next(2, 3)); // another INVITE has numbers of its own

    received.owed = true; // what comes meanwhile waits for our PRACK
    CHECK(!is_next(1, 776657));
    CHECK(is_next(2, 3));

    CHECK(received.take(3, UINT32_MAX));
    CHECK(!is_next(3, 0));
    CHECK(!is_next(3, 1));
}

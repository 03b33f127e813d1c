#include "offhook/endpoint/streams.hpp"

#include "../catch.hpp"

using namespace offhook;

TEST_CASE("each stream has a framer of its own until it is gone", "[endpoint][rfc3261][18.3]") {
    Streams<void> streams;
    for (const std::uint64_t connection : {50u, 10u, 30u, 20u, 40u, 30u})
        streams.framer(connection, {}).feed(std::string(connection, 'x'));
    CHECK(streams.size() == 5);
    for (const std::uint64_t connection : {10u, 20u, 40u, 50u})
        CHECK(streams.framer(connection, {}).pending() == connection);
    CHECK(streams.framer(30, {}).pending() == 60);
    CHECK(streams.size() == 5);

    streams.erase(30);
    streams.erase(30);
    streams.erase(99);
    CHECK(streams.size() == 4);
    CHECK_FALSE(streams.contains(30));
    CHECK(streams.contains(20));
    CHECK(streams.contains(40));
    CHECK_FALSE(streams.contains(99));
    CHECK(streams.framer(30, {}).pending() == 0); // the same number, another stream
}

TEST_CASE("a stream may hold what the limits allow", "[endpoint]") {
    Streams<void> streams;
    Limits limits;
    limits.stream_pending_bytes = 10;
    StreamFramer& framer = streams.framer(1, limits);
    framer.feed("INVITE sip:");
    CHECK(framer.next().kind == StreamItem::Kind::fault);
}

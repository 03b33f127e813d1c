#include "offhook/core/polled.hpp"

#include "../catch.hpp"

using namespace offhook;

namespace {

struct Transmit {
    Flow flow;
    std::string bytes;
};

struct Whole {
    void receive(TimePoint, const Flow&, std::string_view) {}
    void connection_closed(TimePoint, const Flow&) {}
    void transmit_failed(TimePoint, const Flow&) {}
    void handle_timeout(TimePoint) {}
    std::optional<TimePoint> poll_timeout() const { return {}; }
    std::optional<Transmit> poll_transmit() { return {}; }
};

struct Deaf : Whole {
    void receive(TimePoint) {}
};

struct Timeless : Whole {
    void poll_timeout() const {}
};

} // namespace

TEST_CASE("what lacks a part of the polled interface is not driven", "[core][polled]") {
    STATIC_REQUIRE(Polled<Whole>);
    STATIC_REQUIRE_FALSE(Polled<Deaf>);
    STATIC_REQUIRE_FALSE(Polled<Timeless>);
    STATIC_REQUIRE_FALSE(Polled<int>);
}

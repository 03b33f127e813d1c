#include "offhook/net/tapped.hpp"

#include "../catch.hpp"
#include "offhook/net/loop.hpp"

using namespace offhook;

namespace {

struct Transmit {
    Flow flow;
    std::string bytes;
};

/// Sends back what it gets.
struct Echo {
    std::optional<Transmit> next;
    std::string calls;

    void receive(TimePoint, const Flow& flow, std::string_view bytes) {
        calls += "receive ";
        next = {flow, std::string(bytes)};
    }
    void connection_closed(TimePoint, const Flow&) { calls += "closed "; }
    void transmit_failed(TimePoint, const Flow&) { calls += "failed "; }
    void handle_timeout(TimePoint) { calls += "timeout "; }
    std::optional<TimePoint> poll_timeout() const { return TimePoint{} + std::chrono::seconds(7); }
    std::optional<Transmit> poll_transmit() { return std::exchange(next, std::nullopt); }
};

struct Log {
    std::string seen;
    void received(TimePoint, const Flow&, std::string_view bytes) {
        seen.append("<").append(bytes).append(" ");
    }
    void sent(TimePoint, const Flow&, std::string_view bytes) {
        seen.append(">").append(bytes).append(" ");
    }
    void closed(const Flow&) { seen += "closed "; }
};

} // namespace

TEST_CASE("a tap sees what passes, and the endpoint misses nothing", "[net][tapped]") {
    Echo echo;
    Log log;
    net::Tapped<Echo, Log> tapped{echo, log};
    static_assert(Polled<decltype(tapped)>);
    const TimePoint now{};
    tapped.receive(now, Flow{}, "one");
    CHECK(tapped.poll_transmit()->bytes == "one");
    CHECK_FALSE(tapped.poll_transmit());
    tapped.transmit_failed(now, Flow{});
    tapped.handle_timeout(now);
    tapped.connection_closed(now, Flow{});
    CHECK(log.seen == "<one >one closed ");
    CHECK(echo.calls == "receive failed timeout closed ");
    CHECK(tapped.poll_timeout() == echo.poll_timeout());
}

TEST_CASE("the loop shows a tap what leaves and what comes", "[net][tapped][loop]") {
    Echo echo;
    Log log;
    net::Loop loop({.batch = 1});
    const Address local = loop.listen(Transport::udp, Address::parse("127.0.0.1", 0).value());
    echo.next = {{Transport::udp, local, local}, "ball"};
    loop.run_once(echo, std::chrono::seconds(2), log);
    CHECK(log.seen == ">ball <ball >ball ");
}

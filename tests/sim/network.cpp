#include "offhook/sim/network.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using sim::Link;
using sim::Network;

namespace {

struct Transmit {
    Flow flow;
    std::string bytes;
};

/// Writes down what comes and when; may have one timer.
struct Agent {
    struct Arrival {
        TimePoint time;
        Flow flow;
        std::string bytes;
    };
    std::vector<Arrival> arrived;
    std::vector<Transmit> outgoing;
    std::vector<Flow> closed;
    std::vector<Flow> failed;
    std::optional<TimePoint> deadline;
    bool stubborn = false;

    void receive(TimePoint now, const Flow& flow, std::string_view bytes) {
        arrived.push_back({now, flow, std::string(bytes)});
    }
    void connection_closed(TimePoint, const Flow& flow) { closed.push_back(flow); }
    void transmit_failed(TimePoint, const Flow& flow) { failed.push_back(flow); }
    void handle_timeout(TimePoint now) {
        if (stubborn || !deadline || *deadline > now) return;
        deadline.reset();
        arrived.push_back({now, {}, "timer"});
    }
    std::optional<TimePoint> poll_timeout() const { return deadline; }
    std::optional<Transmit> poll_transmit() {
        if (outgoing.empty()) return std::nullopt;
        Transmit first = std::move(outgoing.front());
        outgoing.erase(outgoing.begin());
        return first;
    }
    std::string text() const {
        std::string all;
        for (const Arrival& each : arrived)
            all += each.bytes;
        return all;
    }
};

struct World : Network<Agent> {
    explicit World(std::uint64_t seed = 1, Link link = {}) : Network(seed, link) {
        for (const char* host : {"192.0.2.1", "192.0.2.2", "2001:db8::3"})
            add(Agent(), Address::parse(host, 5060).value());
    }
    void send(std::size_t from, std::size_t to, std::string bytes,
              Transport transport = Transport::udp, std::uint64_t connection = 0) {
        (*this)[from].outgoing.push_back(
            {{transport, address(from), address(to), connection}, std::move(bytes)});
    }
    /// The digits 0 to 9 over and over, one datagram each.
    void send_many(int count) {
        for (int n = 0; n < count; ++n)
            send(0, 1, std::to_string(n % 10));
    }
    std::size_t arrived() const { return (*this)[1].arrived.size(); }
};

constexpr std::size_t alice = 0, bob = 1, carol = 2;

} // namespace

TEST_CASE("a datagram takes its time and arrives with both addresses", "[sim][network]") {
    World net(1, {.latency = 20ms});
    const TimePoint start = net.now();
    net.send(alice, bob, "hello");
    CHECK(net.run_for(20ms - 1ns));
    CHECK(net[bob].arrived.empty());
    CHECK(net.run_for(1ns));
    REQUIRE(net[bob].arrived.size() == 1);
    CHECK(net[bob].arrived[0].time == start + 20ms);
    CHECK(net[bob].arrived[0].flow == Flow{Transport::udp, net.address(bob), net.address(alice)});
    CHECK(net.now() == start + 20ms);
    CHECK(net[carol].arrived.empty());
}

TEST_CASE("deadlines fire when they are due, after what arrives then", "[sim][network]") {
    World net(1, {.latency = 20ms});
    net[bob].deadline = net.now() + 20ms;
    net[carol].deadline = net.now() + 5h;
    net.send(alice, bob, "hello ");
    net.run_for(1h);
    CHECK(net[bob].text() == "hello timer");
    CHECK(net[carol].text() == "");
    CHECK(net.run_until_idle(4h));
    CHECK(net[carol].text() == "timer");
}

TEST_CASE("idle is when nothing is under way and nobody waits", "[sim][network]") {
    World net(1, {.latency = 20ms});
    const TimePoint start = net.now();
    CHECK(net.run_until_idle(1h));
    CHECK(net.now() == start);
    net.send(alice, bob, "hello");
    net[bob].deadline = start + 3s;
    CHECK_FALSE(net.run_until_idle(1s));
    CHECK(net.now() == start + 1s);
    CHECK(net.run_until_idle(1h));
    CHECK(net.now() == start + 3s);
    CHECK(net.run_until([&] { return net[bob].text() == "hellotimer"; }, 1h));
    CHECK_FALSE(net.run_until([] { return false; }, 1s));
}

TEST_CASE("an agent that ignores its deadline is found out", "[sim][network]") {
    World net;
    net[bob].deadline = net.now();
    net[bob].stubborn = true;
    CHECK_FALSE(net.run_for(1s));
}

TEST_CASE("agents are operated as soon as they have got something", "[sim][network]") {
    World net(1, {.latency = 10ms});
    const TimePoint start = net.now();
    net.send(alice, bob, "ping");
    net.run_for(1s, [](World::Network& world, std::size_t i) {
        Agent& agent = world[i];
        if (agent.text() != "ping") return;
        agent.arrived.clear();
        agent.outgoing.push_back({{Transport::udp, world.address(i), world.address(0)}, "pong"});
    });
    REQUIRE(net[alice].text() == "pong");
    CHECK(net[alice].arrived[0].time == start + 20ms);
}

TEST_CASE("losses come as often as the link says, and the trace tells which", "[sim][network]") {
    World net(1, {.loss = 0.1});
    net.send_many(1000);
    net.run_for(1s);
    CHECK(net.arrived() > 850);
    CHECK(net.arrived() < 950);
    const auto& records = net.trace().records();
    CHECK(records.size() == 1000);
    const auto lost = std::count_if(records.begin(), records.end(), [](const trace::Record& each) {
        return each.kind == trace::Record::Kind::lost;
    });
    CHECK(static_cast<std::size_t>(lost) == 1000 - net.arrived());
}

TEST_CASE("duplicates are the same datagram a second time", "[sim][network]") {
    World net(1, {.duplication = 1});
    net.send(alice, bob, "x");
    net.run_for(1s);
    CHECK(net[bob].text() == "xx");
}

TEST_CASE("jitter spreads the arrivals but not beyond itself", "[sim][network]") {
    World net(1, {.latency = 10ms, .jitter = 5ms});
    const TimePoint start = net.now();
    net.send_many(200);
    net.run_for(1s);
    const auto& arrived = net[bob].arrived;
    REQUIRE(arrived.size() == 200);
    CHECK(arrived.front().time >= start + 10ms);
    CHECK(arrived.front().time < start + 11ms);
    CHECK(arrived.back().time <= start + 15ms);
    CHECK(arrived.back().time > start + 14ms);
}

TEST_CASE("what is reordered is overtaken", "[sim][network]") {
    World net(3, {.latency = 1ms, .reordering = 0.3, .hold = 9ms});
    const TimePoint start = net.now();
    net.send_many(10);
    net.run_for(1s);
    CHECK(net[bob].text() != "0123456789");
    for (const auto& each : net[bob].arrived)
        CHECK((each.time == start + 1ms || each.time == start + 10ms));
}

TEST_CASE("corruption changes one byte", "[sim][network]") {
    World net(1, {.corruption = 1});
    net.send(alice, bob, "hello");
    net.run_for(1s);
    const std::string text = net[bob].text();
    REQUIRE(text.size() == 5);
    int changed = 0;
    for (std::size_t i = 0; i < 5; ++i)
        changed += text[i] != "hello"[i];
    CHECK(changed == 1);
}

TEST_CASE("each direction of each path can differ", "[sim][network]") {
    World net;
    net.link(alice, bob, {.latency = 100ms});
    const TimePoint start = net.now();
    net.send(alice, bob, "slow");
    net.send(alice, carol, "fast");
    net.send(bob, alice, "fast");
    net.run_for(1s);
    CHECK(net[bob].arrived[0].time == start + 100ms);
    CHECK(net[carol].arrived[0].time == start + 1ms);
    CHECK(net[alice].arrived[0].time == start + 1ms);

    net.cut(alice, bob);
    net.send(alice, bob, "lost");
    net.send(bob, alice, "lost");
    net.send(bob, carol, "fast");
    net.run_for(1s);
    CHECK(net[bob].text() == "slow");
    CHECK(net[alice].text() == "fast");
    CHECK(net[carol].text() == "fastfast");

    net.cut(alice, bob, false);
    net.send(alice, bob, " again");
    net.run_for(1s);
    CHECK(net[bob].text() == "slow again");
    CHECK(net[bob].arrived[1].time - net.now() == -900ms);
}

TEST_CASE("rules lose and delay what they name", "[sim][network]") {
    World net(1, {.latency = 1ms});
    net.add_rule({.begins = "ACK", .times = 2});
    net.add_rule({.begins = "BYE", .lose = false, .delay = 1s});
    for (const char* text : {"ACK 1 ", "BYE ", "ACK 2 ", "ACK 3 ", "INVITE "})
        net.send(alice, bob, text);
    net.run_for(999ms);
    CHECK(net[bob].text() == "ACK 3 INVITE ");
    net.run_for(2ms);
    CHECK(net[bob].text() == "ACK 3 INVITE BYE ");
}

TEST_CASE("a rule waits for the n-th of what it names", "[sim][network]") {
    World net(1, {.latency = 1ms});
    net.add_rule({.begins = "ACK", .pass = 1});
    net.add_rule({.begins = "", .times = 1, .lose = false, .pass = 2, .twice = true});
    for (const char* text : {"ACK 1 ", "ACK 2 ", "BYE ", "ACK 3 ", "INVITE "})
        net.send(alice, bob, text);
    net.run_for(1s);
    CHECK(net[bob].text() == "ACK 1 BYE ACK 3 ACK 3 INVITE ");
}

TEST_CASE("a datagram to nobody vanishes, a stream to nobody fails", "[sim][network]") {
    World net;
    const Address nobody = Address::parse("192.0.2.99", 5060).value();
    net[alice].outgoing.push_back({{Transport::udp, net.address(alice), nobody}, "x"});
    net.run_for(1s);
    CHECK(net[alice].failed.empty());
    net[alice].outgoing.push_back({{Transport::tcp, net.address(alice), nobody}, "x"});
    net.run_for(1s);
    REQUIRE(net[alice].failed.size() == 1);
    CHECK(net[alice].failed[0].remote == nobody);
}

TEST_CASE("a stream keeps its order and loses nothing", "[sim][network]") {
    World net(1, {.jitter = 50ms,
                  .loss = 0.5,
                  .duplication = 0.5,
                  .reordering = 0.5,
                  .corruption = 0.5,
                  .pieces = 3});
    std::string expected;
    for (int n = 0; n < 50; ++n) {
        net.send(alice, bob, "message " + std::to_string(n), Transport::tcp);
        expected += "message " + std::to_string(n);
    }
    net.run_for(1s);
    CHECK(net[bob].text() == expected);
    for (const auto& each : net[bob].arrived)
        CHECK(each.bytes.size() <= 3);
    CHECK(net.connections() == 1);
}

TEST_CASE("both ends share a connection until it ends", "[sim][network]") {
    World net;
    net.send(alice, bob, "one", Transport::tcp);
    net.run_for(1s);
    const Flow at_bob = net[bob].arrived[0].flow;
    CHECK(at_bob == Flow{Transport::tcp, net.address(bob), net.address(alice), at_bob.connection});
    CHECK(at_bob.connection != 0);
    net.send(bob, alice, "two", Transport::tcp, at_bob.connection);
    net.send(alice, carol, "other", Transport::tcp);
    net.send(alice, bob, "secure", Transport::tls);
    net.run_for(1s);
    CHECK(net[alice].arrived[0].flow.connection == at_bob.connection);
    CHECK(net.connections() == 3);

    SECTION("closed: the end comes after what is under way") {
        net.send(alice, bob, "last", Transport::tcp);
        net.run_for(0s);
        net.close_connections(alice, bob);
        net.run_for(1s);
        CHECK(net[bob].text() == "onesecurelast");
        CHECK(net[bob].closed.size() == 2);
        CHECK(net[bob].closed.back() == at_bob);
        CHECK(net[alice].closed.size() == 2);
        CHECK(net[carol].closed.empty());
        CHECK(net.connections() == 1);

        net.send(bob, alice, "too late", Transport::tcp, at_bob.connection);
        net.run_for(1s);
        CHECK(net[bob].failed.size() == 1);
        net.send(bob, alice, "again", Transport::tcp);
        net.run_for(1s);
        CHECK(net[alice].arrived.back().flow.connection != at_bob.connection);
    }
    SECTION("cut: found out by who sends") {
        net.cut(alice, bob);
        net.run_for(1s);
        CHECK(net[alice].closed.empty());
        net.send(alice, bob, "lost", Transport::tcp);
        net.run_for(1s);
        CHECK(net[alice].failed.size() == 1);
        CHECK(net[alice].closed.size() == 2);
        CHECK(net[bob].text() == "onesecure");
    }
}

TEST_CASE("the same seed gives the same run, another seed another one", "[sim][network]") {
    const auto run = [](std::uint64_t seed) {
        World net(seed, {.jitter = 10ms, .loss = 0.2, .duplication = 0.2, .reordering = 0.2});
        net.send_many(50);
        net.run_for(1s);
        return net[bob].text();
    };
    CHECK(run(1) == run(1));
    CHECK(run(1) != run(2));
}

TEST_CASE("a copy of the world goes its own way", "[sim][network]") {
    World net(1, {.jitter = 10ms});
    net.send_many(5);
    net.run_for(3ms);
    World other = net;
    net.run_for(1s);
    const std::size_t before = other.arrived();
    CHECK(before < 5);
    CHECK(net.arrived() == 5);
    other.run_for(1s);
    CHECK(other[bob].text() == net[bob].text());
}

TEST_CASE("a clock that jumps brings the deadlines of its agent near, and no other's",
          "[sim][network]") {
    World net(1, {.latency = 20ms});
    net[0].deadline = net.now() + 10s;
    net[1].deadline = net.now() + 10s;
    const TimePoint start = net.now();
    net.jump(0, 8s);
    CHECK(net.now() == start);
    CHECK(net.now(0) == start + 8s);
    CHECK(net.now(1) == start);
    REQUIRE(net.run_for(5s));
    REQUIRE(net[0].arrived.size() == 1);
    CHECK(net[0].arrived[0].time == start + 10s); // by its own clock
    CHECK(net.now(0) == start + 13s);
    CHECK(net[1].arrived.empty());

    net.jump(1, 1h); // past the deadline: it is due at once
    REQUIRE(net.run_for(0s));
    REQUIRE(net[1].arrived.size() == 1);
    CHECK(net[1].arrived[0].time == start + 5s + 1h);

    const Flow flow{Transport::udp, net.address(1), net.address(0)};
    net[1].outgoing.push_back({flow, "x"});
    REQUIRE(net.run_for(1s));
    CHECK(net[0].arrived.back().time == start + 5s + 20ms + 8s);
}

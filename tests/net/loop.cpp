#include "offhook/net/loop.hpp"

#include <sys/resource.h>

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using net::Loop;

namespace {

struct Transmit {
    Flow flow;
    std::string bytes;
};

/// Writes down what it is told; answers "ping" with "pong".
struct Agent {
    std::vector<Transmit> received;
    std::vector<Flow> closed;
    std::vector<Flow> failed;
    std::vector<Transmit> outgoing;
    std::optional<TimePoint> deadline;
    int timeouts = 0;

    void receive(TimePoint, const Flow& flow, std::string_view bytes) {
        received.push_back({flow, std::string(bytes)});
        if (bytes == "ping") outgoing.push_back({flow, "pong"});
    }
    void connection_closed(TimePoint, const Flow& flow) { closed.push_back(flow); }
    void transmit_failed(TimePoint, const Flow& flow) { failed.push_back(flow); }
    std::optional<Transmit> poll_transmit() {
        if (outgoing.empty()) return std::nullopt;
        Transmit first = std::move(outgoing.front());
        outgoing.erase(outgoing.begin());
        return first;
    }
    std::optional<TimePoint> poll_timeout() const { return deadline; }
    void handle_timeout(TimePoint now) {
        if (deadline && *deadline <= now) {
            ++timeouts;
            deadline.reset();
        }
    }

    std::string stream() const {
        std::string all;
        for (const Transmit& each : received)
            all += each.bytes;
        return all;
    }
};

const Address any_port = Address::parse("127.0.0.1", 0).value();

struct Party {
    Agent agent;
    Loop loop;
    Address local;

    explicit Party(Transport transport, const Address& at = any_port, net::LoopLimits limits = {})
        : loop(limits), local(loop.listen(transport, at)) {}

    void send(Transport transport, const Address& to, std::string bytes,
              std::uint64_t connection = 0) {
        agent.outgoing.push_back({{transport, local, to, connection}, std::move(bytes)});
    }
};

/// Runs them in turn until it is true; false after 5 s.
template <class Condition>
bool run_until(Condition condition, std::initializer_list<Party*> parties) {
    const TimePoint end = Loop::now() + 5s;
    while (!condition()) {
        if (Loop::now() > end) return false;
        for (Party* party : parties)
            party->loop.run_once(party->agent, 1ms);
    }
    return true;
}

} // namespace

TEST_CASE("datagrams go there and back", "[net][loop][udp]") {
    Party alice(Transport::udp);
    Party bob(Transport::udp);
    alice.send(Transport::udp, bob.local, "ping");
    REQUIRE(run_until([&] { return !alice.agent.received.empty(); }, {&alice, &bob}));

    CHECK(bob.agent.received[0].flow == Flow{Transport::udp, bob.local, alice.local});
    CHECK(alice.agent.received[0].bytes == "pong");
    CHECK(alice.agent.received[0].flow == Flow{Transport::udp, alice.local, bob.local});
}

TEST_CASE("IPv6 and IPv4 share a port and do not mix", "[net][loop][udp]") {
    Party party(Transport::udp, Address::parse("0.0.0.0", 0).value());
    const std::uint16_t port = party.local.port;
    const Address v4 = Address::parse("127.0.0.1", port).value();
    const Address v6 = Address::parse("::1", port).value();
    std::error_code error;
    if (!party.loop.try_listen(Transport::udp, Address::parse("::", port).value(), error)) {
        INFO(error.message());
        CHECK(error != std::errc::address_in_use);
        WARN("no IPv6 here");
        return;
    }
    party.agent.outgoing.push_back({{Transport::udp, v6, v6}, "to myself"});
    party.agent.outgoing.push_back({{Transport::udp, v4, v6}, "from the wrong family"});
    party.agent.outgoing.push_back({{Transport::udp, Address{}, v6}, "from anywhere"});
    REQUIRE(run_until([&] { return party.agent.received.size() == 2; }, {&party}));
    CHECK(party.agent.received[0].bytes == "to myself");
    CHECK(party.agent.received[1].bytes == "from anywhere");
    CHECK(party.agent.received[1].flow == Flow{Transport::udp, v6, v6});
    CHECK(party.agent.failed.size() == 1);
}

TEST_CASE("a burst of datagrams comes in bounded batches", "[net][loop][udp]") {
    Party alice(Transport::udp);
    Party bob(Transport::udp, any_port, {.batch = 4});
    for (int n = 0; n < 10; ++n)
        alice.send(Transport::udp, bob.local, std::to_string(n));
    alice.loop.send_all(alice.agent);
    bob.loop.run_once(bob.agent, 2s);
    CHECK(bob.agent.received.size() == 4);
    REQUIRE(run_until([&] { return bob.agent.received.size() == 10; }, {&bob}));
    CHECK(bob.agent.stream() == "0123456789");
}

TEST_CASE("what cannot be sent is reported with the flow that it was given with", "[net][loop]") {
    Party alice(Transport::udp);
    const Address bob = Address::parse("127.0.0.1", 5060).value();
    SECTION("a datagram too long") {
        alice.send(Transport::udp, bob, std::string(70000, 'x'));
    }
    SECTION("a connection that is gone") {
        alice.send(Transport::tcp, bob, "hello", 17);
    }
    SECTION("a transport that the loop does not have") {
        alice.send(Transport::tls, bob, "hello");
    }
    SECTION("from an address where we do not listen") {
        alice.local.port = 1;
        alice.send(Transport::udp, bob, "hello");
    }
    const Flow flow = alice.agent.outgoing.front().flow;
    const TimePoint start = Loop::now();
    alice.loop.run_once(alice.agent, 10s);
    CHECK(alice.agent.failed == std::vector{flow});
    // The endpoint may have an event about it, so there is no wait.
    CHECK(Loop::now() - start < 5s);
}

#if defined(__linux__)
TEST_CASE("an ICMP error is reported as a failed transmit", "[net][loop][udp]") {
    Party alice(Transport::udp);
    const Address nobody = Party(Transport::udp).local;
    alice.send(Transport::udp, nobody, "hello");
    REQUIRE(run_until([&] { return !alice.agent.failed.empty(); }, {&alice}));
    CHECK(alice.agent.failed[0] == Flow{Transport::udp, alice.local, nobody});
}
#endif

// RFC 3261 §18.2.2: a response goes back on the connection that the request came on.
TEST_CASE("a stream is opened on demand and carries both directions",
          "[net][loop][tcp][rfc3261][18.2.2]") {
    Party alice(Transport::tcp);
    Party bob(Transport::tcp);
    alice.send(Transport::tcp, bob.local, "ping");
    REQUIRE(run_until([&] { return !alice.agent.received.empty(); }, {&alice, &bob}));

    const Flow at_bob = bob.agent.received[0].flow;
    CHECK(at_bob.local == bob.local);
    CHECK(at_bob.remote != alice.local);
    CHECK(at_bob.connection != 0);
    const Flow at_alice = alice.agent.received[0].flow;
    CHECK(at_alice == Flow{Transport::tcp, alice.local, bob.local, at_alice.connection});
    CHECK(at_alice.connection != 0);

    SECTION("and is used again, whoever asks") {
        alice.send(Transport::tcp, bob.local, "one");
        alice.send(Transport::tcp, bob.local, "two", at_alice.connection);
        bob.agent.outgoing.push_back({at_bob, "three"});
        REQUIRE(run_until(
            [&] {
                return bob.agent.stream() == "pingonetwo" && alice.agent.stream() == "pongthree";
            },
            {&alice, &bob}));
        CHECK(alice.loop.connections() == 1);
        CHECK(bob.loop.connections() == 1);
    }
    SECTION("and its end is reported, after all that came before") {
        alice.send(Transport::tcp, bob.local, "last words");
        alice.loop.send_all(alice.agent);
        alice.loop.close(at_alice.connection);
        REQUIRE(run_until([&] { return !alice.agent.closed.empty(); }, {&alice}));
        REQUIRE(run_until([&] { return !bob.agent.closed.empty(); }, {&bob}));
        CHECK(bob.agent.stream() == "pinglast words");
        CHECK(bob.agent.closed == std::vector{at_bob});
        CHECK(alice.agent.closed == std::vector{at_alice});
        CHECK(bob.loop.connections() == 0);

        alice.send(Transport::tcp, bob.local, "a new one");
        REQUIRE(
            run_until([&] { return bob.agent.stream().ends_with("a new one"); }, {&alice, &bob}));
        CHECK(bob.agent.received.back().flow.connection != at_bob.connection);
    }
}

TEST_CASE("a refused connection fails each message that waited for it", "[net][loop][tcp]") {
    Party alice(Transport::tcp);
    const Address nobody = Party(Transport::tcp).local;
    alice.send(Transport::tcp, nobody, "one");
    alice.send(Transport::tcp, nobody, "two");
    const Flow flow = alice.agent.outgoing.front().flow;
    REQUIRE(run_until([&] { return alice.agent.failed.size() == 2; }, {&alice}));
    CHECK(alice.agent.failed == std::vector{flow, flow});
    CHECK(alice.loop.connections() == 0);
    CHECK_FALSE(alice.loop.sending());
}

TEST_CASE("a peer that does not read makes nothing grow", "[net][loop][tcp]") {
    Party alice(Transport::tcp, any_port, {.pending_bytes = 100000});
    Party bob(Transport::tcp);
    alice.send(Transport::tcp, bob.local, "ping");
    REQUIRE(run_until([&] { return !alice.agent.received.empty(); }, {&alice, &bob}));

    int sent = 0;
    while (alice.agent.failed.empty() && ++sent < 2000) {
        alice.send(Transport::tcp, bob.local, std::string(50000, 'x'));
        alice.loop.send_all(alice.agent);
    }
    CHECK(alice.agent.failed.size() == 1);
    CHECK(alice.loop.sending());
    const std::size_t expected = 4 + 50000U * static_cast<std::size_t>(sent - 1);
    REQUIRE(run_until([&] { return bob.agent.stream().size() == expected; }, {&alice, &bob}));
    CHECK_FALSE(alice.loop.sending());
}

TEST_CASE("connections beyond the limit wait until one ends", "[net][loop][tcp]") {
    Party server(Transport::tcp, any_port, {.connections = 1});
    Party first(Transport::tcp);
    Party second(Transport::tcp);
    first.send(Transport::tcp, server.local, "first");
    REQUIRE(run_until([&] { return server.agent.stream() == "first"; }, {&first, &server}));
    second.send(Transport::tcp, server.local, "second");
    for (int n = 0; n < 20; ++n) {
        second.loop.run_once(second.agent, 0ms);
        server.loop.run_once(server.agent, 1ms);
    }
    CHECK(server.agent.stream() == "first");
    const TimePoint start = Loop::now();
    server.loop.run_once(server.agent, 20ms);
    CHECK(Loop::now() - start >= 20ms);
    first.loop.close(1);
    CHECK(run_until([&] { return server.agent.stream() == "firstsecond"; },
                    {&first, &second, &server}));
}

TEST_CASE("the loop outlives the lack of descriptors without a spin", "[net][loop][tcp]") {
    Party server(Transport::tcp);
    Party client(Transport::tcp);
    client.send(Transport::tcp, server.local, "hello");
    client.loop.run_once(client.agent, 0ms);

    rlimit usual{};
    REQUIRE(getrlimit(RLIMIT_NOFILE, &usual) == 0);
    rlimit none = usual;
    none.rlim_cur = 3;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &none) == 0);
    server.loop.run_once(server.agent, 1s);
    const TimePoint before = Loop::now();
    server.loop.run_once(server.agent, 20ms);
    const Duration waited = Loop::now() - before;
    REQUIRE(setrlimit(RLIMIT_NOFILE, &usual) == 0);

    CHECK(waited >= 20ms);
    CHECK(server.loop.connections() == 0);
    CHECK(run_until([&] { return server.agent.stream() == "hello"; }, {&client, &server}));
}

TEST_CASE("the endpoint's deadline ends the wait and fires once", "[net][loop]") {
    Party alice(Transport::udp);
    const TimePoint start = Loop::now();
    alice.agent.deadline = start + 30ms;
    alice.loop.run_once(alice.agent, 10s);
    CHECK(Loop::now() - start >= 30ms);
    CHECK(Loop::now() - start < 5s);
    CHECK(alice.agent.timeouts == 1);
    alice.loop.run_once(alice.agent, 0ms);
    CHECK(alice.agent.timeouts == 1);
}

TEST_CASE("a descriptor of the application's ends the wait", "[net][loop]") {
    int ends[2];
    REQUIRE(pipe(ends) == 0);
    const net::Descriptor out(ends[0]);
    net::Descriptor in(ends[1]);
    Party alice(Transport::udp);
    alice.loop.watch(out.get());
    alice.loop.run_once(alice.agent, 0ms);
    CHECK_FALSE(alice.loop.readable(out.get()));

    REQUIRE(write(in.get(), "quit\n", 5) == 5);
    const TimePoint start = Loop::now();
    alice.loop.run_once(alice.agent, 10s);
    CHECK(Loop::now() - start < 5s);
    CHECK(alice.loop.readable(out.get()));

    char line[5];
    REQUIRE(read(out.get(), line, 5) == 5);
    alice.loop.run_once(alice.agent, 0ms);
    CHECK_FALSE(alice.loop.readable(out.get()));
    in = net::Descriptor();
    alice.loop.run_once(alice.agent, 0ms);
    CHECK(alice.loop.readable(out.get()));

    alice.loop.unwatch(out.get());
    alice.loop.run_once(alice.agent, 0ms);
    CHECK_FALSE(alice.loop.readable(out.get()));
}

TEST_CASE("listening where it cannot be throws with the address, or tells by a code",
          "[net][loop]") {
    Party alice(Transport::udp);
    try {
        alice.loop.listen(Transport::udp, alice.local);
        FAIL("listened twice");
    } catch (const std::system_error& error) {
        CHECK(error.code() == std::errc::address_in_use);
        CHECK(std::string(error.what()).find("UDP " + alice.local.to_string())
              != std::string::npos);
    }
    std::error_code error;
    CHECK_FALSE(alice.loop.try_listen(Transport::udp, alice.local, error));
    CHECK(error == std::errc::address_in_use);
    CHECK_FALSE(alice.loop.try_listen(Transport::wss, any_port, error));
    CHECK(error == std::errc::protocol_not_supported);
}

#include "offhook/transaction/transactions.hpp"

#include "layer.hpp"
#include "offhook/core/random.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

Sketch with_branch(std::uint64_t n) {
    Sketch sketch;
    sketch.branch = "z9hG4bK" + std::to_string(n);
    sketch.call_id = std::to_string(n);
    return sketch;
}

Sketch to_bob() {
    Sketch sketch;
    sketch.to_tag = "bob";
    return sketch;
}

} // namespace

TEST_CASE("a client and a server meet on one layer without disturbing each other",
          "[transaction]") {
    Layer layer; // a call to oneself: the same branch on both sides
    layer.send(request("INVITE"));
    layer.receive(request("INVITE"));
    CHECK(layer.respond(486));
    layer.receive(response(486, "INVITE"));
    layer.receive(request("ACK", to_bob()));
    CHECK(layer.log == Log{"0 send INVITE", "0 tu INVITE", "0 send 486", "0 send ACK", "0 tu 486"});
    layer.run_for(100s);
    CHECK(layer.is_empty());
}

// A copy is a world of its own, which goes on in the same way.
TEST_CASE("a copied layer goes on as the original does", "[transaction]") {
    Layer layer;
    layer.send(request("INVITE", with_branch(1)));
    layer.send(request("BYE", with_branch(2)), tcp);
    layer.receive(request("OPTIONS", with_branch(3)), tcp);
    layer.receive(request("INVITE", with_branch(4)));
    layer.run_for(700ms);
    CHECK(layer.respond(486));
    Layer copy = layer;
    for (Layer* each : {&copy, &layer}) {
        each->take_log();
        each->run_for(10s);
        each->receive(response(200, "BYE", with_branch(2)), tcp);
        each->transactions.connection_closed(each->now, tcp);
        each->run_for(100s);
        CHECK(each->is_empty());
    }
    CHECK(copy.log == layer.log);
    CHECK(copy.log.size() > 20);
    REQUIRE(copy.sent.size() == layer.sent.size());
    for (std::size_t i = 0; i < copy.sent.size(); ++i) {
        CHECK(copy.sent[i].bytes == layer.sent[i].bytes);
    }
}

// RFC 3261 §8.2.7, §21.5.4; fault 71: a flood of requests.
TEST_CASE("requests above the limit are refused, and what is there goes on",
          "[transaction][rfc3261][21.5.4]") {
    Limits limits;
    limits.transactions = 3;
    Layer layer({}, limits);
    layer.send(request("OPTIONS", with_branch(0)));
    layer.receive(request("INVITE", with_branch(1)));
    layer.receive(request("INVITE", with_branch(2)));
    const auto held = layer.server;
    layer.take_log();
    for (std::uint64_t n = 3; n < 100; ++n)
        layer.receive(request("INVITE", with_branch(n)));
    CHECK(layer.take_log() == Log(97, "0 tu refused INVITE"));
    CHECK(layer.transactions.counts().servers == 2);

    layer.receive(request("INVITE", with_branch(2))); // a retransmission
    CHECK(layer.take_log() == Log{"0 send 100"});
    Sketch ack = with_branch(3);
    ack.to_tag = "bob";
    layer.receive(request("ACK", ack));
    CHECK(layer.take_log() == Log{"0 tu ACK"});
    layer.receive(request("CANCEL", with_branch(50)));
    CHECK(layer.take_log() == Log{"0 tu refused CANCEL"});
    layer.receive(request("CANCEL", with_branch(2))); // this one makes room
    CHECK(layer.take_log() == Log{"0 tu CANCEL"});
    CHECK(layer.target == held);
    CHECK(layer.send(request("BYE", with_branch(60)))); // our own are not limited
}

TEST_CASE("the counts tell what lives", "[transaction]") {
    Layer layer;
    CHECK(layer.transactions.counts() == Transactions::Counts{});
    layer.send(request("INVITE", with_branch(1)));
    CHECK(layer.transactions.counts().clients == 1);
    CHECK(layer.transactions.counts().timers == 2); // A and B
    layer.receive(request("BYE", with_branch(2)));
    CHECK(layer.transactions.counts().servers == 1);
    CHECK(layer.transactions.counts().timers == 4);
    CHECK(layer.transactions.counts().index >= 3);
    CHECK(layer.transactions.contains(layer.server));
    CHECK_FALSE(layer.transactions.contains(ServerTransactionId{}));
    CHECK_FALSE(layer.transactions.contains(ClientTransactionId{}));
}

// Fault 43: a timer that belongs to a state that is over does not even wait any more.
TEST_CASE("no timer outlives the state that it belongs to", "[transaction]") {
    Layer layer;
    layer.send(request("INVITE"));
    layer.receive(response(180, "INVITE"));
    CHECK(layer.transactions.counts().timers == 0); // A and B are gone
    layer.receive(response(200, "INVITE"));
    CHECK(layer.transactions.counts().timers == 1); // M
    layer.receive(request("INVITE"));
    CHECK(layer.transactions.counts().timers == 2); // the 100
    layer.respond(180);
    CHECK(layer.transactions.counts().timers == 1);
    layer.respond(486);
    CHECK(layer.transactions.counts().timers == 3); // G and H
    layer.receive(request("ACK", to_bob()));
    CHECK(layer.transactions.counts().timers == 2); // I
}

TEST_CASE("timeouts that come late or for nothing are harmless", "[transaction]") {
    Layer layer;
    layer.transactions.handle_timeout(layer.now);
    layer.send(request("INVITE"));
    layer.transactions.handle_timeout(layer.now + 499ms);
    layer.drain();
    CHECK(layer.log == Log{"0 send INVITE"});
    layer.now += 10s; // the loop slept: one retransmission, not four
    layer.transactions.handle_timeout(layer.now);
    layer.drain();
    CHECK(layer.log == Log{"0 send INVITE", "10000 send INVITE"});
    CHECK(layer.transactions.poll_timeout() == layer.now + 1s);
    layer.now += 1h;
    layer.transactions.handle_timeout(layer.now);
    layer.drain();
    CHECK(layer.log.back() == "3610000 tu timed out");
    CHECK(layer.is_empty());
}

// Even a configuration without sense comes to an end.
TEST_CASE("timers of zero length end everything at once", "[transaction]") {
    TimerConfig config;
    config.t1 = config.t2 = config.t4 = 0s;
    Layer layer(config);
    layer.send(request("BYE"));
    layer.receive(request("BYE"));
    layer.send(request("INVITE"));
    layer.receive(request("INVITE"));
    layer.respond(486);
    layer.run_for(1s);
    CHECK(layer.is_empty());
}

TEST_CASE("messages past the transaction layer leave in their turn", "[transaction]") {
    Layer layer;
    layer.transactions.transmit(tcp, "one");
    layer.transactions.transmit(udp, "two");
    CHECK(layer.transactions.poll_transmit()->bytes == "one");
    const auto second = layer.transactions.poll_transmit();
    CHECK(second->bytes == "two");
    CHECK(second->flow == udp);
    CHECK_FALSE(layer.transactions.poll_transmit());
}

// Whatever happens, in whatever order, everything ends and nothing is left behind.
TEST_CASE("a long random traffic leaves nothing behind", "[transaction]") {
    const std::uint64_t seed = GENERATE(range(std::uint64_t{0}, std::uint64_t{20}));
    INFO("seed " << seed);
    Seed bytes{};
    bytes[0] = static_cast<std::uint8_t>(seed);
    Random random(bytes);
    const auto pick = [&](std::uint64_t n) { return random.next() % n; };
    const char* const methods[] = {"INVITE", "INVITE", "BYE", "CANCEL", "OPTIONS"};
    const int statuses[] = {100, 180, 200, 202, 302, 408, 486, 600};
    const Flow flows[] = {udp, flow_of(Transport::udp, "192.0.2.3"), tcp,
                          flow_of(Transport::tcp, "192.0.2.2", 5060, 8), flow_of(Transport::wss)};
    Layer layer;
    std::vector<ClientTransactionId> clients;
    std::vector<ServerTransactionId> servers;
    for (int step = 0; step < 1500; ++step) {
        Sketch sketch = with_branch(pick(12));
        if (pick(8) == 0) sketch.branch = "";
        if (pick(3) == 0) sketch.to_tag = "bob";
        if (pick(4) == 0) sketch.call_id = "same";
        const char* const method = methods[pick(5)];
        const Flow& flow = flows[pick(5)];
        switch (pick(9)) {
        case 0: clients.push_back(layer.send(request(method, sketch), flow)); break;
        case 1: layer.receive(response(statuses[pick(8)], method, sketch), flow); break;
        case 2:
            layer.receive(request(method, sketch), flow);
            if (servers.empty() || servers.back() != layer.server) servers.push_back(layer.server);
            break;
        case 3: layer.receive(request("ACK", sketch), flow); break;
        case 4:
            if (!servers.empty()) {
                sketch.to_tag = "bob";
                layer.respond(servers[pick(servers.size())],
                              response(statuses[pick(8)], method, sketch));
            }
            break;
        case 5: layer.run_for(std::chrono::milliseconds(pick(3000))); break;
        case 6:
            if (pick(8) == 0) layer.transactions.connection_closed(layer.now, flow);
            if (pick(8) == 0) layer.transactions.transport_failed(layer.now, flow);
            break;
        case 7:
            if (!clients.empty() && pick(4) == 0) {
                layer.transactions.abandon(layer.now, clients[pick(clients.size())]);
            }
            break;
        default:
            if (!servers.empty() && pick(4) == 0) {
                layer.transactions.transport_failed(layer.now, servers[pick(servers.size())]);
            }
        }
        layer.drain();
    }
    CHECK(layer.log.size() > 500);
    for (const auto id : servers)
        layer.transactions.abandon(layer.now, id);
    for (const auto id : clients)
        layer.transactions.abandon(layer.now, id);
    layer.run_for(64s);
    CHECK(layer.is_empty());
}

#include "offhook/net/tcp.hpp"

#include <poll.h>

#include "../catch.hpp"

using namespace offhook;
using net::TcpConnection;
using net::TcpListener;

namespace {

bool ready(int fd, short events) {
    pollfd polled{fd, events, 0};
    return poll(&polled, 1, 2000) == 1;
}

struct Pair {
    TcpConnection client;
    TcpConnection server;
};

Pair connected() {
    std::error_code error;
    auto listener = TcpListener::open(Address::parse("127.0.0.1", 0).value(), error);
    REQUIRE(listener);
    const Flow flow{Transport::tcp, Address::parse("127.0.0.1", 5060).value(), listener->local(),
                    7};
    auto client = TcpConnection::open(flow, error);
    REQUIRE(client);
    REQUIRE(ready(listener->fd(), POLLIN));
    auto server = listener->accept(8, error);
    REQUIRE(server);
    CHECK_FALSE(listener->accept(9, error));
    CHECK_FALSE(error);
    REQUIRE(ready(client->fd(), POLLOUT));
    return {std::move(*client), std::move(*server)};
}

} // namespace

TEST_CASE("a connection of ours keeps the local address that we listen on", "[net][tcp]") {
    const auto [client, server] = connected();
    CHECK(client.flow().local.to_string() == "127.0.0.1:5060");
    CHECK(client.flow().connection == 7);
    CHECK(server.flow().connection == 8);
    CHECK(server.flow().local == client.flow().remote);
    CHECK(server.flow().remote == net::local_address(client.fd()));
}

TEST_CASE("what a peer does not take waits, and keeps its order", "[net][tcp]") {
    auto [client, server] = connected();
    std::string expected;
    for (char c = 'a'; c <= 'z'; ++c) {
        const std::string block(400000, c);
        client.queue(client.flow(), block);
        expected += block;
    }
    CHECK(client.connecting());
    REQUIRE_FALSE(client.write());
    CHECK_FALSE(client.connecting());
    CHECK(client.wants_to_write());
    CHECK(client.pending_bytes() > 0);

    std::string got;
    std::vector<char> buffer(65536);
    while (got.size() < expected.size()) {
        REQUIRE(ready(server.fd(), POLLIN));
        const auto read = server.read(buffer);
        REQUIRE_FALSE(read.closed);
        got.append(buffer.data(), read.size);
        REQUIRE_FALSE(client.write());
    }
    CHECK(got == expected);
    CHECK_FALSE(client.wants_to_write());
    CHECK(client.pending_bytes() == 0);
}

TEST_CASE("a read tells nothing from the end", "[net][tcp]") {
    std::array<char, 100> buffer{};
    auto [client, server] = connected();
    CHECK_FALSE(server.read(buffer).closed);
    CHECK(server.read(buffer).size == 0);
    { const TcpConnection gone = std::move(client); }
    REQUIRE(ready(server.fd(), POLLIN));
    CHECK(server.read(buffer).closed);
}

TEST_CASE("writing to who has closed is an error, not a signal", "[net][tcp]") {
    auto [client, server] = connected();
    { const TcpConnection gone = std::move(client); }
    REQUIRE(ready(server.fd(), POLLIN));
    std::error_code error;
    for (int n = 0; n < 100 && !error; ++n) {
        server.queue(server.flow(), std::string(1000, 'x'));
        error = server.write();
    }
    CHECK(error);
    CHECK_FALSE(server.unsent().empty());
}

#include "offhook/net/udp_socket.hpp"

#include <poll.h>

#include "../catch.hpp"

using namespace offhook;
using net::UdpSocket;

namespace {

UdpSocket open(const char* host) {
    std::error_code error;
    auto socket = UdpSocket::open(Address::parse(host, 0).value(), error);
    INFO(error.message());
    REQUIRE(socket);
    return std::move(*socket);
}

bool readable(const UdpSocket& socket) {
    pollfd polled{socket.fd(), POLLIN, 0};
    return poll(&polled, 1, 2000) == 1;
}

Address with_host(const char* host, const UdpSocket& socket) {
    return Address::parse(host, socket.local().port).value();
}

} // namespace

TEST_CASE("a datagram arrives with both its addresses", "[net][udp]") {
    UdpSocket alice = open("127.0.0.1");
    UdpSocket bob = open("127.0.0.1");
    std::array<char, 2000> buffer{};
    CHECK_FALSE(bob.receive(buffer));

    REQUIRE_FALSE(alice.send(alice.local(), bob.local(), "hello"));
    REQUIRE(readable(bob));
    const auto datagram = bob.receive(buffer);
    REQUIRE(datagram);
    CHECK(datagram->bytes == "hello");
    CHECK(datagram->remote == alice.local());
    CHECK(datagram->local == bob.local());
    CHECK_FALSE(bob.receive(buffer));
}

#if defined(__linux__)
// RFC 3261 §18.2.2: a response leaves from where the request came to.
TEST_CASE("a wildcard socket tells where a datagram came to and answers from there",
          "[net][udp][rfc3261][18.2.2]") {
    UdpSocket server = open("0.0.0.0");
    UdpSocket client = open("127.0.0.1");
    std::array<char, 2000> buffer{};

    REQUIRE_FALSE(client.send(client.local(), with_host("127.0.0.2", server), "request"));
    REQUIRE(readable(server));
    const auto request = server.receive(buffer);
    REQUIRE(request);
    CHECK(request->local == with_host("127.0.0.2", server));
    CHECK(server.serves(request->local));

    REQUIRE_FALSE(server.send(request->local, request->remote, "response"));
    REQUIRE(readable(client));
    CHECK(client.receive(buffer)->remote == with_host("127.0.0.2", server));
}

TEST_CASE("a port where nobody listens is reported, and costs no other datagram", "[net][udp]") {
    UdpSocket alice = open("127.0.0.1");
    UdpSocket bob = open("127.0.0.1");
    const Address nobody = [] { return open("127.0.0.1").local(); }();
    std::array<char, 2000> buffer{};

    REQUIRE_FALSE(alice.send(alice.local(), nobody, "into the void"));
    pollfd polled{alice.fd(), 0, 0};
    REQUIRE(poll(&polled, 1, 2000) == 1);
    // The error of the first datagram would be the answer to the second.
    CHECK_FALSE(alice.send(alice.local(), bob.local(), "hello"));
    REQUIRE(readable(bob));
    CHECK(bob.receive(buffer)->bytes == "hello");
    CHECK(alice.take_unreachable() == nobody);
    CHECK_FALSE(alice.take_unreachable());
}
#endif

TEST_CASE("a datagram that cannot be sent is an error", "[net][udp]") {
    UdpSocket alice = open("127.0.0.1");
    CHECK(alice.send(alice.local(), alice.local(), std::string(70000, 'x'))
          == std::errc::message_size);
}

TEST_CASE("a socket serves its own address alone, a wildcard all of its port and family",
          "[net][udp]") {
    const UdpSocket one = open("127.0.0.1");
    CHECK(one.serves(one.local()));
    CHECK_FALSE(one.serves(with_host("127.0.0.2", one)));
    const UdpSocket all = open("0.0.0.0");
    CHECK(all.serves(with_host("127.0.0.2", all)));
    CHECK_FALSE(all.serves(with_host("::1", all)));
    CHECK_FALSE(all.serves(Address::parse("127.0.0.1", 1).value()));
}

#include "offhook/net/address.hpp"

#include "../catch.hpp"

using namespace offhook;

namespace {

Address address(const char* host, std::uint16_t port) {
    return Address::parse(host, port).value();
}

} // namespace

TEST_CASE("addresses survive the way through a sockaddr", "[net][address]") {
    for (const Address& each : {address("192.0.2.1", 5060), address("0.0.0.0", 0),
                                address("2001:db8::1:2", 5061), address("::1", 65535)}) {
        CAPTURE(each.to_string());
        const net::SocketAddress socket_address(each);
        CHECK(socket_address.address() == each);
        CHECK(socket_address.get()->sa_family == (each.v6 ? AF_INET6 : AF_INET));
    }
    CHECK(net::SocketAddress(address("192.0.2.1", 5060)).length == sizeof(sockaddr_in));
    CHECK(net::SocketAddress(address("2001:db8::1", 5060)).length == sizeof(sockaddr_in6));
}

TEST_CASE("only the all-zero address is a wildcard", "[net][address]") {
    CHECK(net::is_wildcard(address("0.0.0.0", 5060)));
    CHECK(net::is_wildcard(address("::", 5060)));
    CHECK_FALSE(net::is_wildcard(address("127.0.0.1", 5060)));
    CHECK_FALSE(net::is_wildcard(address("::1", 5060)));
}

TEST_CASE("the source address towards loopback is loopback", "[net][address]") {
    CHECK(net::source_address(address("127.0.0.1", 5060)) == address("127.0.0.1", 0));
}

TEST_CASE("a port that is taken is an error, not an exception", "[net][address]") {
    std::error_code error;
    const auto first = net::bound_socket(SOCK_DGRAM, address("127.0.0.1", 0), error);
    REQUIRE_FALSE(error);
    const Address taken = net::local_address(first.get());
    CHECK(taken.port != 0);

    const auto second = net::bound_socket(SOCK_DGRAM, taken, error);
    CHECK(error == std::errc::address_in_use);
    CHECK_FALSE(second);
}

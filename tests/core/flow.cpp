#include "offhook/core/flow.hpp"

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §18, §19.1.2; RFC 7118 §5
TEST_CASE("each transport has a name, a default port and a reliability",
          "[core][rfc3261][19.1.2][rfc7118]") {
    struct Case {
        Transport transport;
        const char* name;
        std::uint16_t port;
        bool reliable;
    };
    const Case cases[] = {
        {Transport::udp, "UDP", 5060, false}, {Transport::tcp, "TCP", 5060, true},
        {Transport::tls, "TLS", 5061, true},  {Transport::ws, "WS", 80, true},
        {Transport::wss, "WSS", 443, true},
    };
    for (const Case& c : cases) {
        CHECK(via_name(c.transport) == c.name);
        CHECK(default_port(c.transport) == c.port);
        CHECK(is_reliable(c.transport) == c.reliable);
        CHECK(parse_transport(c.name) == c.transport);
    }
}

// RFC 3261 §7.3.1: tokens are case-insensitive.
TEST_CASE("transport names are read in any case, and no other names", "[core][rfc3261][7.3.1]") {
    CHECK(parse_transport("udp") == Transport::udp);
    CHECK(parse_transport("Tls") == Transport::tls);
    CHECK(parse_transport("wsS") == Transport::wss);
    for (const char* text : {"", "sctp", "UDP ", "U", "TLSx", "w5"})
        CHECK_FALSE(parse_transport(text));
}

TEST_CASE("flows differ by each of their parts", "[core]") {
    const Flow flow{Transport::tcp, *Address::parse("192.0.2.1", 5060),
                    *Address::parse("192.0.2.2", 5060), 7};
    Flow other = flow;
    CHECK(flow == other);
    SECTION("transport") {
        other.transport = Transport::tls;
    }
    SECTION("local") {
        other.local.port = 1;
    }
    SECTION("remote") {
        other.remote.port = 1;
    }
    SECTION("connection") {
        other.connection = 8;
    }
    CHECK(flow != other);
}

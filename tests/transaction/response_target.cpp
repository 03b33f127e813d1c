#include "offhook/transaction/response_target.hpp"

#include "layer.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

std::string stamped(std::string_view via, std::string_view source, std::uint16_t port = 9988) {
    Message request = message("OPTIONS sip:b@example.com SIP/2.0|Via: " + std::string(via) + "|");
    stamp_via(request, *Address::parse(source, port));
    return std::string(*request.header(Header::via));
}

/// Of a request from 192.0.2.4:9988; the same before and after it is stamped.
std::string target(std::string_view text, Transport transport = Transport::udp) {
    const Address source = *Address::parse("192.0.2.4", 9988);
    const auto raw = Via::parse(text);
    REQUIRE(raw);
    const std::string before = response_address(*raw, transport, source).to_string();
    const std::string after = stamped(text, "192.0.2.4");
    CHECK(response_address(*Via::parse(after), transport, source).to_string() == before);
    return before;
}

} // namespace

// RFC 3261 §18.2.1: a sent-by that is a name, or an address that the packet did not come from.
TEST_CASE("a request's top Via is stamped with its source unless that is what it says",
          "[transaction][rfc3261][18.2.1]") {
    CHECK(stamped("SIP/2.0/UDP bobspc.biloxi.com:5060", "192.0.2.4")
          == "SIP/2.0/UDP bobspc.biloxi.com:5060;received=192.0.2.4");
    CHECK(stamped("SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK1", "192.0.2.4")
          == "SIP/2.0/UDP 192.0.2.4:5060;branch=z9hG4bK1");
    CHECK(stamped("SIP/2.0/TCP 192.0.2.5;branch=z9hG4bK1", "192.0.2.4")
          == "SIP/2.0/TCP 192.0.2.5;branch=z9hG4bK1;received=192.0.2.4");
    CHECK(stamped("SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1", "2001:db8::9:1")
          == "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1");
    CHECK(stamped("SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1", "2001:db8::9:255")
          == "SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bK1;received=2001:db8::9:255");
}

TEST_CASE("only the top Via is stamped, also where others share its line",
          "[transaction][rfc3261][18.2.1]") {
    CHECK(stamped("SIP/2.0/UDP a.example.com;branch=z9hG4bK1 , SIP/2.0/UDP b.example.com",
                  "192.0.2.4")
          == "SIP/2.0/UDP a.example.com;branch=z9hG4bK1;received=192.0.2.4 , SIP/2.0/UDP "
             "b.example.com");
    Message request = message("OPTIONS sip:b@example.com SIP/2.0|Via: SIP/2.0/UDP a.example.com|"
                              "Subject: x|Via: SIP/2.0/UDP b.example.com|");
    stamp_via(request, *Address::parse("192.0.2.4", 5060));
    CHECK(request.header(Header::via, 0) == "SIP/2.0/UDP a.example.com;received=192.0.2.4");
    CHECK(request.header(Header::via, 1) == "SIP/2.0/UDP b.example.com");
}

// RFC 3581 §4: the port where it is asked for, and then `received` in any case, on any transport.
TEST_CASE("a Via that asks for its port by rport gets port and address",
          "[transaction][rfc3581][4]") {
    CHECK(stamped("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff", "192.0.2.1")
          == "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bKkjshdyff;received=192.0.2.1");
    CHECK(stamped("SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1;RPORT", "192.0.2.1")
          == "SIP/2.0/UDP 192.0.2.1:9988;branch=z9hG4bK1;RPORT=9988;received=192.0.2.1");
    CHECK(stamped("SIP/2.0/TCP 192.0.2.1;rport", "192.0.2.1")
          == "SIP/2.0/TCP 192.0.2.1;rport=9988;received=192.0.2.1");
    CHECK(stamped("SIP/2.0/UDP 192.0.2.1;rport=7", "192.0.2.1") // only where it has no value
          == "SIP/2.0/UDP 192.0.2.1;rport=7;received=192.0.2.1");
}

// Else a request could have its responses, which may be many, sent to somebody else.
TEST_CASE("what a client itself claims to be received is overruled",
          "[transaction][rfc3261][18.2.1]") {
    CHECK(stamped("SIP/2.0/UDP 192.0.2.1;received=198.51.100.7;branch=z9hG4bK1", "192.0.2.1")
          == "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1;received=192.0.2.1");
    CHECK(stamped("SIP/2.0/UDP 192.0.2.9;received=198.51.100.7;x=\"a;b\"", "192.0.2.1")
          == "SIP/2.0/UDP 192.0.2.9;x=\"a;b\";received=192.0.2.1");
}

TEST_CASE("a Via that cannot be read is not stamped", "[transaction]") {
    CHECK(stamped("SIP/2.0/UDP :]", "192.0.2.1") == "SIP/2.0/UDP :]");
    Message request = message("OPTIONS sip:b@example.com SIP/2.0|Subject: x|");
    const std::string before(request.bytes());
    stamp_via(request, *Address::parse("192.0.2.1", 1));
    CHECK(request.bytes() == before);
}

// RFC 3261 §18.2.2, RFC 3581 §4: maddr; received and rport; received, or a sent-by that is the
// same; with the port of the sent-by, or 5060.
TEST_CASE("a response over UDP goes where the RFC's steps lead",
          "[transaction][rfc3261][18.2.2][rfc3581][4]") {
    CHECK(target("SIP/2.0/UDP 192.0.2.1:5070;maddr=192.0.2.50;rport") == "192.0.2.50:5070");
    CHECK(target("SIP/2.0/UDP 192.0.2.1;maddr=224.0.1.75") == "224.0.1.75:5060");
    CHECK(target("SIP/2.0/UDP a.example.com:5070;rport") == "192.0.2.4:9988");
    CHECK(target("SIP/2.0/UDP 192.0.2.4:5070;rport") == "192.0.2.4:9988");
    CHECK(target("SIP/2.0/UDP a.example.com:5070;rport=7777") == "192.0.2.4:7777");
    CHECK(target("SIP/2.0/UDP a.example.com:5070") == "192.0.2.4:5070");
    CHECK(target("SIP/2.0/UDP a.example.com") == "192.0.2.4:5060");
    CHECK(target("SIP/2.0/UDP 192.0.2.4:5070") == "192.0.2.4:5070");
    CHECK(target("SIP/2.0/UDP 192.0.2.4") == "192.0.2.4:5060");
    CHECK(target("SIP/2.0/UDP a.example.com;maddr=b.example.com") == "192.0.2.4:5060");
}

TEST_CASE("nobody else's address in a Via draws responses to itself",
          "[transaction][rfc3261][18.2.2]") {
    CHECK(target("SIP/2.0/UDP 198.51.100.7:5070") == "192.0.2.4:5070");
    CHECK(target("SIP/2.0/UDP 198.51.100.7:5070;received=198.51.100.8;rport") == "192.0.2.4:9988");
    CHECK(target("SIP/2.0/TCP 198.51.100.7;received=198.51.100.8", Transport::tcp)
          == "192.0.2.4:5060");
}

// RFC 3261 §18.2.2: the received address with the port of the sent-by, or the transport's own.
TEST_CASE("a response for a stream that is gone goes to the received address and the sent-by port",
          "[transaction][rfc3261][18.2.2]") {
    CHECK(target("SIP/2.0/TCP a.example.com:5070;rport", Transport::tcp) == "192.0.2.4:5070");
    CHECK(target("SIP/2.0/TCP a.example.com", Transport::tcp) == "192.0.2.4:5060");
    CHECK(target("SIP/2.0/TLS a.example.com", Transport::tls) == "192.0.2.4:5061");
    CHECK(target("SIP/2.0/TCP 192.0.2.4:5070;maddr=192.0.2.50", Transport::tcp)
          == "192.0.2.4:5070");
}

// RFC 3581 §4: from the address that the request was sent to.
TEST_CASE("a response leaves from where its request arrived", "[transaction][rfc3581][4]") {
    const Message answer = message("SIP/2.0 200 OK|Via: SIP/2.0/UDP a.example.com:5070;"
                                   "received=192.0.2.4;rport=9988|");
    Flow arrived = flow_of(Transport::udp, "192.0.2.4", 9988);
    const Flow flow = response_flow(answer, arrived);
    CHECK(flow.local == arrived.local);
    CHECK(flow.transport == Transport::udp);
    CHECK(flow.remote == *Address::parse("192.0.2.4", 9988));
    arrived = flow_of(Transport::tcp, "192.0.2.4", 4444, 3);
    CHECK(response_flow(answer, arrived) == arrived);
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
        arrived.transport = transport;
        CHECK(response_flow(message("SIP/2.0 200 OK|Subject: no Via|"), arrived) == arrived);
    }
}

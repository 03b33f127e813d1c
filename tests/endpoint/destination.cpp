#include "offhook/endpoint/destination.hpp"

#include <optional>
#include <string>

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §8.1.2, §19.1.2, §26.2.2, RFC 3263 §4.1
TEST_CASE("a URI says host, port and transport of its next hop", "[endpoint][rfc3261][8.1.2]") {
    struct Row {
        const char* uri;
        const char* host;
        std::optional<std::uint16_t> port;
        std::optional<Transport> transport;
    };
    const Row rows[] = {
        {"sip:bob@biloxi.example", "biloxi.example", {}, {}},
        {"sip:bob@192.0.2.1:5070", "192.0.2.1", 5070, {}},
        {"sip:[2001:db8::1]", "[2001:db8::1]", {}, {}},
        {"sip:bob@biloxi.example;transport=TCP", "biloxi.example", {}, Transport::tcp},
        {"sip:bob@biloxi.example;maddr=192.0.2.2:5080", "192.0.2.2:5080", {}, {}},
        {"sip:bob@biloxi.example:5061;maddr=192.0.2.2", "192.0.2.2", 5061, {}},
        {"sips:bob@biloxi.example", "biloxi.example", {}, Transport::tls},
        {"SIPS:bob@biloxi.example;transport=tcp", "biloxi.example", {}, Transport::tls},
        {"sips:bob@biloxi.example;transport=ws", "biloxi.example", {}, Transport::wss},
        {"sip:bob@biloxi.example;transport=ws", "biloxi.example", {}, Transport::ws},
    };
    for (const Row& row : rows) {
        CAPTURE(row.uri);
        CHECK(destination_of(row.uri) == Destination{row.host, row.port, row.transport});
    }
    for (const char* uri :
         {"tel:+1", "mailto:a@b", "", "sip:", "sips:bob@biloxi.example;transport=udp",
          "sip:bob@biloxi.example;transport=x"})
        CHECK_FALSE(destination_of(uri));
}

// RFC 3261 §19.1.2: default ports.
TEST_CASE("a literal host needs no question", "[endpoint][rfc3263]") {
    const auto literal = [](const char* uri, Transport fallback) {
        const auto address = destination_of(uri)->literal(fallback);
        return address ? address->to_string() : "none";
    };
    CHECK(literal("sip:bob@192.0.2.1", Transport::udp) == "192.0.2.1:5060");
    CHECK(literal("sip:bob@192.0.2.1", Transport::wss) == "192.0.2.1:443");
    CHECK(literal("sips:bob@192.0.2.1", Transport::udp) == "192.0.2.1:5061");
    CHECK(literal("sip:bob@192.0.2.1:5070;transport=tls", Transport::udp) == "192.0.2.1:5070");
    CHECK(literal("sip:bob@[2001:db8::1]:5070", Transport::udp) == "[2001:db8::1]:5070");
    CHECK(literal("sip:bob@biloxi.example", Transport::udp) == "none");
}

// RFC 3261 §8.1.2, §12.2.1.1
TEST_CASE("the first Route says where a request goes, unless a strict router is in the Request-URI",
          "[endpoint][rfc3261][8.1.2]") {
    Message request = Message::request("BYE", "sip:bob@192.0.2.1");
    CHECK(next_hop_uri(request, NextHop::top_route) == "sip:bob@192.0.2.1");
    request.add(Header::route, "<sip:p1.example;lr>, <sip:p2.example;lr>");
    CHECK(next_hop_uri(request, NextHop::top_route) == "sip:p1.example;lr");
    CHECK(next_hop_uri(request, NextHop::request_uri) == "sip:bob@192.0.2.1");
}

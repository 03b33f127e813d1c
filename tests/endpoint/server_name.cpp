#include "offhook/endpoint/server_name.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

namespace {

std::string request_to(const std::string& uri, const std::string& fields = {}) {
    return "OPTIONS " + uri + " SIP/2.0\r\n" + fields + "\r\n";
}

} // namespace

// RFC 5922 §7.3
TEST_CASE("a certificate has to show the host that the next hop's URI names",
          "[endpoint][rfc5922][7.3]") {
    CHECK(server_name_of(request_to("sips:bob@biloxi.example;transport=tcp")) == "biloxi.example");
    CHECK(server_name_of(request_to("sip:bob@biloxi.example:5071;transport=tls"))
          == "biloxi.example");
    CHECK(server_name_of(request_to("sips:bob@biloxi.example",
                                    "Route: <sips:p1.example;lr>, <sips:p2.example;lr>\r\n"))
          == "p1.example");
    // RFC 3261 §12.2.1.1: a strict router stands in the Request-URI, and the target in the Route.
    CHECK(server_name_of(request_to("sips:strict.example", "Route: <sips:bob@biloxi.example>\r\n"))
          == "strict.example");
    CHECK(server_name_of(request_to("sips:bob@192.0.2.2")) == "192.0.2.2");
    CHECK(server_name_of(request_to("sips:bob@[2001:db8::2]")) == "2001:db8::2");
    CHECK(server_name_of(request_to("sips:bob@biloxi.example;maddr=m.example")) == "m.example");
}

// RFC 3261 §18.2.2
TEST_CASE("for a response whose connection is gone it is who has sent the request",
          "[endpoint][rfc3261][18.2.2]") {
    CHECK(server_name_of(
              "SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS pc33.atlanta.example:5061;branch=z9hG4bK1"
              ", SIP/2.0/TLS other.example\r\n\r\n")
          == "pc33.atlanta.example");
    CHECK(server_name_of("SIP/2.0 200 OK\r\nVia: SIP/2.0/TLS [2001:db8::2]\r\n\r\n")
          == "2001:db8::2");
}

TEST_CASE("what names nobody has no certificate to be shown", "[endpoint]") {
    CHECK(server_name_of("").empty());
    CHECK(server_name_of("\r\n").empty());
    CHECK(server_name_of("SIP/2.0 200 OK\r\n\r\n").empty());
    CHECK(server_name_of(request_to("tel:+13125550100")).empty());
    CHECK(server_name_of(request_to("sips:bob@biloxi.example", "Route: <nonsense\r\n")).empty());
}

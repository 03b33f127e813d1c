#include "offhook/message/validate.hpp"

#include <optional>
#include <string>
#include <string_view>

#include "offhook/message/parse_header.hpp"

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;
using samples::with;

namespace {

std::string with_uri(std::string_view uri) {
    return samples::request("", "", "OPTIONS " + std::string(uri) + " SIP/2.0");
}

std::string with_via(std::string_view via) {
    return with(samples::request(), "SIP/2.0/UDP host.example.com;branch=z9hG4bKx", via);
}

ProtocolFault fault_in(const std::string& text) {
    const auto message = Message::parse(text);
    REQUIRE(message);
    return validate_request(*message);
}

} // namespace

// RFC 5118 §4.1, §4.3, §4.4, §4.6, §4.10
TEST_CASE("a request to an IPv6 reference is accepted", "[message][rfc5118]") {
    for (const char* uri :
         {"sip:[2001:db8::10]", "sip:[2001:db8::10:5070]", "sip:[2001:db8::10]:5070",
          "sip:user@[2001:db8::10]", "sip:user@[2001:db8::192.0.2.1]"}) {
        CAPTURE(uri);
        CHECK_FALSE(fault_in(with_uri(uri)));
    }
    CHECK_FALSE(
        fault_in(samples::request("Contact: \"T. desk\" <sip:ted@[::ffff:192.0.2.2]>\r\n")));
}

// RFC 5118 §4.2: without brackets the port cannot be told from the address: 400.
TEST_CASE("an IPv6 address without brackets is answered with 400", "[message][rfc5118]") {
    const std::string text = with_uri("sip:2001:db8::10");
    const auto fault = fault_in(text);
    REQUIRE(fault);
    CHECK(fault.status == 400);
    CHECK(fault.rule == "host");
    CHECK(fault.offset == text.find("2001"));
    CHECK(fault.reason == "Malformed Request-URI");
}

// RFC 5118 §4.5: received is meant to have no brackets, and is accepted with them.
TEST_CASE("a received address of IPv6 is accepted with brackets and without",
          "[message][rfc5118]") {
    for (const char* received : {"[2001:db8::9:255]", "2001:db8::9:255"}) {
        const std::string text = with_via("SIP/2.0/UDP [2001:db8::9:1];received="
                                          + std::string(received) + ";branch=z9hG4bKas3-111");
        CHECK_FALSE(fault_in(text));
        const auto message = Message::parse(text);
        const auto via = parse_header<Via>(*message, Header::via);
        REQUIRE(via);
        CHECK(via->host == "[2001:db8::9:1]");
        CHECK(via->received() == received);
        CHECK(via->branch() == "z9hG4bKas3-111");
    }
}

// RFC 5118 §4.7, §4.9
TEST_CASE("hops of both address families stand side by side", "[message][rfc5118]") {
    const std::string text = with_via("SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19, "
                                      "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjh, "
                                      "SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj");
    CHECK_FALSE(fault_in(text));
    const auto message = Message::parse(text);
    CHECK(parse_header<Via>(*message, Header::via)->port == 19823);
}

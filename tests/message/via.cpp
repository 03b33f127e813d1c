#include "offhook/message/via.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"
#include "offhook/message/list.hpp"

using offhook::Via;

TEST_CASE("a Via is taken apart", "[message][rfc3261][20.42]") {
    const auto via = Via::parse("SIP/2.0/UDP first.example.com:4000;ttl=16"
                                ";maddr=224.2.0.1;received=192.0.2.1;branch=z9hG4bKa7c6a8dlze.1");
    REQUIRE(via);
    CHECK(via->protocol == "SIP");
    CHECK(via->version == "2.0");
    CHECK(via->transport == "UDP");
    CHECK(via->host == "first.example.com");
    CHECK(via->port == 4000);
    CHECK(via->ttl() == 16);
    CHECK(via->maddr() == "224.2.0.1");
    CHECK(via->received() == "192.0.2.1");
    CHECK(via->branch() == "z9hG4bKa7c6a8dlze.1");
    CHECK_FALSE(via->has_rport());
}

TEST_CASE("what a Via does not say is empty", "[message][rfc3261][20.42]") {
    const auto via = Via::parse("SIP/2.0/TLS [2001:db8::9:1]");
    REQUIRE(via);
    CHECK(via->host == "[2001:db8::9:1]");
    CHECK_FALSE(via->port);
    CHECK_FALSE(via->ttl());
    CHECK(via->maddr().empty());
    CHECK(via->received().empty());
    CHECK(via->branch().empty());
    CHECK_FALSE(via->rport());
    CHECK(via->parameters.empty());
}

// RFC 3261 §20.42 shows blanks around "/" and ":"; RFC 4475 §3.1.1.1 sends them.
TEST_CASE("blanks may stand around the slashes and the colon of a Via",
          "[message][rfc4475][3.1.1.1]") {
    const auto via =
        Via::parse(" SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ; branch=z9hG4bK1");
    REQUIRE(via);
    CHECK(via->transport == "UDP");
    CHECK(via->port == 4000);
    CHECK(via->branch() == "z9hG4bK1");
    CHECK(Via::parse("SIP/2.0/UDP h : 5060")->port == 5060);

    std::string branches;
    for (const auto value : offhook::ListRange("SIP  / 2.0  / TCP     spindle.example.com   ;  "
                                               "branch  =   z9hG4bK9ikj8  , SIP  /    2.0   / UDP "
                                               " 192.168.255.111   ; branch= z9hG4bK30239")) {
        const auto each = Via::parse(value);
        REQUIRE(each);
        branches.append(each->host).append(" ").append(each->branch()).append("\n");
    }
    CHECK(branches == "spindle.example.com z9hG4bK9ikj8\n192.168.255.111 z9hG4bK30239\n");
}

// RFC 4475 §3.1.1.2, §3.1.1.10
TEST_CASE("any token is a transport, and any a branch", "[message][rfc4475][3.1.1.10]") {
    CHECK(Via::parse("SIP/2.0/UNKNOWN t4.example.com;branch=z9hG4bKasd0f3en")->transport
          == "UNKNOWN");
    CHECK(Via::parse("SIP/2.0/TCP h;branch=z9hG4bK-.!%66*_+`'~")->branch()
          == "z9hG4bK-.!%66*_+`'~");
    CHECK(Via::parse("SIP/7.0/UDP c.example.com;branch=z9hG4bKkdjuw")->version == "7.0");
}

// RFC 5118 §4.5
TEST_CASE("received is taken with brackets and without", "[message][rfc5118][4.5]") {
    CHECK(Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-111")
              ->received()
          == "[2001:db8::9:255]");
    CHECK(Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3")
              ->received()
          == "2001:db8::9:255");
}

// RFC 3581 §4: rport is a flag in a request, a port in what comes back.
TEST_CASE("rport is a flag or a port", "[message][rfc3581][4]") {
    const auto flag = Via::parse("SIP/2.0/UDP 10.1.1.1:4540;rport;branch=z9hG4bKkjshdyff");
    CHECK(flag->has_rport());
    CHECK_FALSE(flag->rport());
    const auto port = Via::parse("SIP/2.0/UDP 10.1.1.1:4540;rport=9988");
    CHECK(port->has_rport());
    CHECK(port->rport() == 9988);
    CHECK(Via::parse("SIP/2.0/UDP h;rport=1")->rport() == 1);
    CHECK(Via::parse("SIP/2.0/UDP h;rport=65535")->rport() == 65535);
    for (const std::string_view text : {"0", "65536", "-1", "x", "\"1\""}) {
        CAPTURE(text);
        const std::string whole = "SIP/2.0/UDP h;rport=" + std::string(text);
        const auto odd = Via::parse(whole);
        CHECK(odd->has_rport());
        CHECK_FALSE(odd->rport());
    }
}

TEST_CASE("a ttl is a number of eight bits", "[message][rfc3261][25.1]") {
    CHECK(Via::parse("SIP/2.0/UDP h;ttl=0")->ttl() == 0);
    CHECK(Via::parse("SIP/2.0/UDP h;ttl=255")->ttl() == 255);
    CHECK_FALSE(Via::parse("SIP/2.0/UDP h;ttl=256")->ttl());
    CHECK_FALSE(Via::parse("SIP/2.0/UDP h;ttl")->ttl());
}

TEST_CASE("a malformed Via is refused where it breaks", "[message][rfc3261][20.42]") {
    const Malformed rows[] = {
        {"", "Via: sent-protocol @ 0"},
        {"SIP", "Via: sent-protocol @ 3"},
        {"SIP/", "Via: sent-protocol @ 4"},
        {"SIP/2.0", "Via: sent-protocol @ 7"},
        {"SIP/2.0 UDP h", "Via: sent-protocol @ 7"},
        {"SIP/2.0/", "Via: sent-protocol @ 8"},
        {"SIP/2.0/ ;x", "Via: sent-protocol @ 9"},
        {"SIP/2.0/UDP", "Via: LWS @ 11"},
        {"SIP/2.0/UDP[::1]", "Via: LWS @ 11"},
        {"SIP/2.0/UDP;branch=x", "Via: LWS @ 11"},
        {"SIP/2.0/UDP ", "Via: sent-by @ 12"},
        {"SIP/2.0/UDP ;branch=x", "Via: sent-by @ 12"},
        {"SIP/2.0/UDP 2001:db8::1", "Via: sent-by @ 12"},
        {"SIP/2.0/UDP h:", "Via: sent-by @ 14"},
        {"SIP/2.0/UDP h:65536", "Via: sent-by @ 14"},
        {"SIP/2.0/UDP h:x", "Via: sent-by @ 14"},
        {"SIP/2.0/UDP h h", "Via: via-parm @ 14"},
        {"SIP/2.0/UDP h,", "Via: via-parm @ 13"},
        {"SIP/2.0/UDP h;branch=", "gen-value @ 21"},
        {"SIP/2.0/UDP h;branch=a;branch=a", "generic-param: repeated @ 23"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Via::parse(row.text)) == row.fault);
    }
    CHECK(Via::parse("SIP/2.0/UDP h:65535")->port == 65535);
    CHECK(Via::parse("SIP/2.0/UDP h:0")->port == 0);
}

// RFC 4475 §3.1.2.1: extra semicolons and commas are a 400.
TEST_CASE("extra semicolons in a Via are refused", "[message][rfc4475][3.1.2.1]") {
    const offhook::ListRange list("SIP/2.0/UDP 192.0.2.15;;,;,,");
    CHECK(fault_of(Via::parse(list.first())) == "generic-param @ 23");
}

// CVE-2018-16657, sipgo's fuzzer
TEST_CASE("a Via without a host is refused", "[message][faults][14][21]") {
    CHECK(fault_of(Via::parse("SIP/2.0/UDP :]")) == "Via: sent-by @ 12");
    CHECK(fault_of(Via::parse("// ;0=;")) == "Via: sent-protocol @ 0");
}

// CVE-2023-27598: what passes the parser has every field that a reply needs.
TEST_CASE("a Via that is accepted has a protocol, a transport and a host",
          "[message][faults][11][16]") {
    const auto via = Via::parse("a/b/c d");
    REQUIRE(via);
    CHECK(via->protocol == "a");
    CHECK(via->version == "b");
    CHECK(via->transport == "c");
    CHECK(via->host == "d");
    CHECK(via->branch().empty()); // an RFC 2543 peer, or worse
}

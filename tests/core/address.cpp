#include "offhook/core/address.hpp"

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §25.1: IPv4address, IPv6address; RFC 5952 §4: the one canonical form.
TEST_CASE("address literals are read, and written in their canonical form",
          "[core][rfc3261][25.1][rfc5952][4]") {
    struct Case {
        const char* text;
        const char* canonical;
    };
    const Case cases[] = {
        {"192.0.2.1", "192.0.2.1"},
        {"0.0.0.0", "0.0.0.0"},
        {"255.255.255.255", "255.255.255.255"},
        {"::", "::"},
        {"::1", "::1"},
        {"[::1]", "::1"},
        {"1::", "1::"},
        {"2001:DB8::1", "2001:db8::1"},
        {"[2001:0db8:0000:0000:0000:0000:0000:0001]", "2001:db8::1"},
        {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:db8::1:0:0:1", "2001:db8::1:0:0:1"},
        {"2001:0:0:1:0:0:0:1", "2001:0:0:1::1"},
        {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
        {"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"},
        {"1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"},
        {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
        {"::ffff:c000:201", "::ffff:192.0.2.1"},
        {"64:ff9b::192.0.2.33", "64:ff9b::c000:221"},
        {"1:2:3:4:5:6:7.8.9.10", "1:2:3:4:5:6:708:90a"},
    };
    for (const Case& c : cases) {
        INFO(c.text);
        const auto address = Address::parse(c.text, 5060);
        REQUIRE(address);
        CHECK(address->host() == c.canonical);
        CHECK(address->port == 5060);
        CHECK(Address::parse(address->host(), 5060) == address);
    }
}

TEST_CASE("what is no address literal is refused", "[core][rfc3261][25.1]") {
    const char* const refused[] = {
        "",
        "example.com",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.",
        "1..2.3",
        "01.2.3.4",
        "1.2.3.0004",
        " 1.2.3.4",
        "1.2.3.4 ",
        "+1.2.3.4",
        "-1.2.3.4",
        "[1.2.3.4]",
        "[::1",
        "::1]",
        "[]",
        ":",
        ":1",
        "1:",
        "1:2",
        ":::",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::",
        "12345::",
        "::g",
        "::1.2.3",
        "::1.2.3.4:5",
        "1:2:3:4:5:6:7:1.2.3.4",
        "fe80::1%1",
        "[::1]:5060",
        "::-1",
        "::1:",
        "1:2:3:4:5:6:7",
        "[",
        "]",
        "1.2.3.4:5060",
        "0x7f.0.0.1",
        "::1::",
    };
    for (const char* text : refused) {
        INFO(text);
        CHECK_FALSE(Address::parse(text, 5060));
    }
}

TEST_CASE("an address with its port has brackets around IPv6 alone", "[core]") {
    CHECK(Address::parse("127.0.0.1", 5060)->to_string() == "127.0.0.1:5060");
    CHECK(Address::parse("::1", 5061)->to_string() == "[::1]:5061");
}

TEST_CASE("addresses are the same when bytes, family and port are", "[core]") {
    const Address a = *Address::parse("192.0.2.1", 5060);
    CHECK(a == *Address::parse("192.0.2.1", 5060));
    CHECK(a != *Address::parse("192.0.2.1", 5061));
    CHECK(a != *Address::parse("192.0.2.2", 5060));
    CHECK(a != *Address::parse("::ffff:192.0.2.1", 5060));
    CHECK(a.same_host(*Address::parse("192.0.2.1", 5061)));
    CHECK_FALSE(a.same_host(*Address::parse("192.0.2.2", 5060)));
    Address zero_v6;
    zero_v6.v6 = true;
    CHECK_FALSE(Address{}.same_host(zero_v6));
}

TEST_CASE("multicast addresses are known", "[core]") {
    CHECK(Address::parse("224.0.1.75", 0)->is_multicast());
    CHECK(Address::parse("239.255.255.255", 0)->is_multicast());
    CHECK_FALSE(Address::parse("223.255.255.255", 0)->is_multicast());
    CHECK_FALSE(Address::parse("240.0.0.1", 0)->is_multicast());
    CHECK(Address::parse("ff02::1", 0)->is_multicast());
    CHECK_FALSE(Address::parse("fe80::1", 0)->is_multicast());
}

TEST_CASE("an address with its port is read as it is written", "[core]") {
    for (const char* const text :
         {"192.0.2.1:5060", "[2001:db8::1]:5061", "0.0.0.0:0", "[::]:65535"}) {
        const auto address = Address::parse(text);
        INFO(text);
        REQUIRE(address);
        CHECK(address->to_string() == text);
    }
    for (const char* const text :
         {"", ":", "192.0.2.1", "192.0.2.1:", "192.0.2.1:x", "192.0.2.1:5060 ", "192.0.2.1:65536",
          "192.0.2.1:-1", "::1", "2001:db8::1:5060", "[::1]", "[::1:5060", "host:5060", ":5060"}) {
        INFO(text);
        CHECK_FALSE(Address::parse(text));
    }
}

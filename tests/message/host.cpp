#include "offhook/message/host.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"

namespace {

// What is taken, a bar, and what is left.
std::string taken(std::string_view text) {
    offhook::Scanner in(text);
    const std::string host(offhook::take_host(in));
    return host + "|" + std::string(in.rest());
}

} // namespace

TEST_CASE("a host is a name, an IPv4 address or an IPv6 reference", "[message][rfc3261][25.1]") {
    CHECK(taken("example.com") == "example.com|");
    CHECK(taken("Example.COM.:5060") == "Example.COM.|:5060");
    CHECK(taken("a;lr") == "a|;lr");
    CHECK(taken("hyphenated-host.example") == "hyphenated-host.example|");
    CHECK(taken("192.0.2.1 x") == "192.0.2.1| x");
    CHECK(taken("[2001:db8::9:1]:5060") == "[2001:db8::9:1]|:5060");
    CHECK(taken("[::ffff:192.0.2.1]") == "[::ffff:192.0.2.1]|");
    CHECK(taken("1.example") == "1.example|");
}

TEST_CASE("names that machines make up are hosts", "[message]") {
    CHECK(taken("my_host.local") == "my_host.local|");
    CHECK(taken("_sip._udp.example.com") == "_sip._udp.example.com|");
    CHECK(taken("3f4e5d6c7b8a") == "3f4e5d6c7b8a|");
}

TEST_CASE("what is no host is left untouched", "[message][rfc3261][25.1]") {
    for (const std::string_view text :
         {"",     ".",     ".a",         "-a",    "a-",          "a-.b",    "a.-b",
          "a..",  ":]",    "@",          "%41",   "[",           "[]",      "]",
          "[::1", "[::g]", "[::1%eth0]", "[1:2]", "[192.0.2.1]", "\xc3\xa4"}) {
        CAPTURE(text);
        if (text == "a..") {
            CHECK(taken(text) == "a.|."); // one dot at the end is a root
        } else {
            CHECK(taken(text) == "|" + std::string(text));
        }
    }
}

// RFC 5954 §4.1: addresses follow RFC 3986, so sip:bob@444.555.666.777 is valid no longer.
TEST_CASE("a host of numbers is an address or nothing", "[message][rfc5954][4.1]") {
    CHECK(taken("444.555.666.777") == "|444.555.666.777");
    CHECK(taken("192.0.2") == "|192.0.2");
    CHECK(taken("192.0.2.1.") == "|192.0.2.1.");
    CHECK(taken("example.1") == "|example.1");
    CHECK(taken("1000") == "|1000");
    CHECK(taken("255.255.255.255") == "255.255.255.255|");
    CHECK(taken("255.255.255.256") == "|255.255.255.256");
}

// RFC 5954 §4.1 closes the gap of RFC 5118 §4.10, a third colon before the IPv4 part.
TEST_CASE("an IPv6 reference has no third colon", "[message][rfc5954][4.1]") {
    CHECK(taken("[2001:db8:::192.0.2.1]") == "|[2001:db8:::192.0.2.1]");
    CHECK(taken("[2001:db8::192.0.2.1]") == "[2001:db8::192.0.2.1]|");
}

#include "offhook/message/refer_to.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"
#include "offhook/message/replaces.hpp"

using offhook::ReferTo;

// RFC 3515 §2.1
TEST_CASE("a Refer-To is an address with a method", "[message][rfc3515][2.1]") {
    const auto plain = ReferTo::parse("sip:alice@atlanta.example.com");
    REQUIRE(plain);
    CHECK(plain->address.uri == "sip:alice@atlanta.example.com");
    CHECK(plain->uri.user == "alice");
    CHECK(plain->method() == "INVITE");
    CHECK_FALSE(plain->replaces());
    CHECK(ReferTo::parse("<sip:bob@b.example.net;method=SUBSCRIBE>;x")->method() == "SUBSCRIBE");
    CHECK(ReferTo::parse("<http://www.example.com>")->method() == "INVITE");
}

TEST_CASE("a Refer-To brings the Replaces of an attended transfer", "[message][rfc3891][6.1]") {
    const auto value = ReferTo::parse("<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3"
                                      "%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>");
    REQUIRE(value);
    REQUIRE(value->replaces());
    CHECK(*value->replaces() == "12345@192.168.118.3;to-tag=12345;from-tag=5FFE-3994");
    CHECK(offhook::Replaces::parse(*value->replaces())->from_tag() == "5FFE-3994");
}

TEST_CASE("a Refer-To that is no address is refused as one", "[message][rfc3515][2.1]") {
    CHECK(fault_of(ReferTo::parse("")) == "addr-spec @ 0");
    CHECK(fault_of(ReferTo::parse("sip:a@b?Replaces=x")) == "addr-spec: needs <> @ 7");
    CHECK(fault_of(ReferTo::parse("<sip:a@b>,<sip:c@d>")) == "name-addr @ 9");
}

// RFC 3261 §19.1.2: what is reserved in a URI is escaped in a header field's value.
TEST_CASE("a Refer-To that is written brings its Replaces back", "[message][rfc3891][6.1]") {
    CHECK(ReferTo::write("sip:a@b;method=BYE") == "<sip:a@b;method=BYE>");
    const std::string replaces =
        offhook::Replaces::write({"a@b&c=d", "1", "2"}, offhook::Replaceable::early_only);
    for (const std::string_view uri : {"sip:a?b@c", "sip:a@b?Subject=x", "sips:a@[::1]:5;x=y"}) {
        const std::string text = ReferTo::write(uri, replaces);
        CAPTURE(text);
        const auto value = ReferTo::parse(text);
        REQUIRE(value);
        CHECK(value->address.uri.starts_with(uri));
        CHECK(value->replaces() == replaces);
    }
    CHECK(ReferTo::write("sip:a@b", "c;to-tag=1") == "<sip:a@b?Replaces=c%3Bto-tag%3D1>");
}

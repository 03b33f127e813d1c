#include "offhook/message/uri_compare.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"

using offhook::Uri;

namespace {

bool same(std::string_view a, std::string_view b) {
    const auto x = Uri::parse(a);
    const auto y = Uri::parse(b);
    REQUIRE(x);
    REQUIRE(y);
    const bool result = offhook::equivalent(*x, *y);
    CHECK(offhook::equivalent(*y, *x) == result);
    CHECK(offhook::equivalent(*x, *x));
    return result;
}

struct Pair {
    std::string_view a;
    std::string_view b;
};

} // namespace

TEST_CASE("the URIs that the RFC calls equivalent are", "[message][rfc3261][19.1.4]") {
    const Pair rows[] = {
        {"sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtLanTa.CoM;Transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com;security=on"},
        {"sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;security=on"},
        {"sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
         "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"},
        {"sip:alice@atlanta.com?subject=project%20x&priority=urgent",
         "sip:alice@atlanta.com?priority=urgent&subject=project%20x"},
    };
    for (const Pair& row : rows) {
        CAPTURE(row.a, row.b);
        CHECK(same(row.a, row.b));
    }
}

TEST_CASE("the URIs that the RFC calls different are", "[message][rfc3261][19.1.4]") {
    const Pair rows[] = {
        {"SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"},
        {"sip:bob@biloxi.com", "sip:bob@biloxi.com:6000;transport=tcp"},
        {"sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"},
        {"sip:bob@phone21.boxesbybob.com", "sip:bob@192.0.2.4"},
        {"sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"},
    };
    for (const Pair& row : rows) {
        CAPTURE(row.a, row.b);
        CHECK_FALSE(same(row.a, row.b));
    }
}

// RFC 3261 §19.1.4: equality is not transitive.
TEST_CASE("two URIs that equal a third may differ", "[message][rfc3261][19.1.4]") {
    CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=on"));
    CHECK(same("sip:carol@chicago.com", "sip:carol@chicago.com;security=off"));
    CHECK_FALSE(same("sip:carol@chicago.com;security=on", "sip:carol@chicago.com;security=off"));
}

TEST_CASE("a SIP and a SIPS URI are never equivalent", "[message][rfc3261][19.1.4]") {
    CHECK_FALSE(same("sip:a@h", "sips:a@h"));
    CHECK(same("SIPS:a@h", "sips:a@h"));
}

TEST_CASE("userinfo has a case and must be in both", "[message][rfc3261][19.1.4]") {
    CHECK_FALSE(same("sip:a@h", "sip:A@h"));
    CHECK_FALSE(same("sip:a@h", "sip:h"));
    CHECK_FALSE(same("sip:a@h", "sip:ab@h"));
    CHECK_FALSE(same("sip:a:p@h", "sip:a:P@h"));
    CHECK_FALSE(same("sip:a:p@h", "sip:a@h"));
    CHECK_FALSE(same("sip:a:@h", "sip:a@h"));
    CHECK(same("sip:a:p@h", "sip:a:%70@h"));
}

// RFC 3261 §19.1.4: only what is not reserved equals its escaped form.
TEST_CASE("an escaped reserved character differs from a plain one", "[message][rfc3261][19.1.4]") {
    CHECK(same("sip:%2d%7E@h", "sip:-~@h"));
    CHECK(same("sip:a%3Bb@h", "sip:a%3bb@h"));
    CHECK_FALSE(same("sip:a%3Bb@h", "sip:a;b@h"));
    CHECK_FALSE(same("sip:a%2Fb@h", "sip:a/b@h"));
    CHECK_FALSE(same("sip:%00@h", "sip:%00%00@h"));
    CHECK_FALSE(same("sip:%C4@h", "sip:%E4@h"));
    // RFC 4475 §3.1.1.3: not unescaped again
    CHECK_FALSE(same("sip:h;x=value%2541", "sip:h;x=valueA"));
    CHECK(same("sip:h;x=value%2541", "sip:h;x=value%25%34%31"));
}

TEST_CASE("hosts have no case, ports are numbers", "[message][rfc3261][19.1.4]") {
    CHECK(same("sip:Example.COM", "sip:example.com"));
    CHECK_FALSE(same("sip:example.com", "sip:example.org"));
    CHECK(same("sip:h:05060", "sip:h:5060"));
    CHECK_FALSE(same("sip:h:5060", "sip:h:5061"));
    CHECK_FALSE(same("sips:h", "sips:h:5061"));
}

// RFC 5954 §4.2
TEST_CASE("addresses are compared as addresses", "[message][rfc5954][4.2]") {
    CHECK(same("sip:bob@[::ffff:192.0.2.128]", "sip:bob@[::ffff:c000:280]"));
    CHECK(same("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:01]"));
    CHECK(same("sip:bob@[0:0:0:0:0:FFFF:129.144.52.38]", "sip:bob@[::FFFF:129.144.52.38]"));
    CHECK_FALSE(same("sip:bob@[2001:db8::9:1]", "sip:bob@[2001:db8::9:2]"));
    CHECK_FALSE(same("sip:bob@[::ffff:192.0.2.1]", "sip:bob@192.0.2.1"));
    CHECK_FALSE(same("sip:bob@192.0.2.1", "sip:bob@192.0.2.2"));
}

TEST_CASE("a URI parameter of both must match", "[message][rfc3261][19.1.4]") {
    CHECK(same("sip:h;x=aB", "sip:h;X=Ab"));
    CHECK_FALSE(same("sip:h;x=1", "sip:h;x=2"));
    CHECK_FALSE(same("sip:h;x=1", "sip:h;x"));
    CHECK(same("sip:h;a=1;b=2;lr", "sip:h;b=2;c=3;a=1"));
    CHECK(same("sip:h;%6cr=1", "sip:h;lr=1"));
}

TEST_CASE("user, ttl, method, maddr and transport must be in both", "[message][rfc3261][19.1.4]") {
    for (const std::string_view parameter : {"user=ip", "ttl=1", "method=INVITE", "maddr=192.0.2.1",
                                             "transport=udp", "%55ser=ip", "TTL=1"}) {
        const std::string uri = "sip:h;" + std::string(parameter);
        CAPTURE(uri);
        CHECK_FALSE(same("sip:h", uri));
        CHECK_FALSE(same("sip:h;other=1", uri));
        CHECK(same(uri, uri + ";other=1"));
    }
    CHECK(same("sip:h", "sip:h;lr"));
}

TEST_CASE("header fields must be in both, as often", "[message][rfc3261][19.1.4]") {
    CHECK(same("sip:h?Subject=Next", "sip:h?SUBJECT=next"));
    CHECK_FALSE(same("sip:h?a=1", "sip:h?a=2"));
    CHECK_FALSE(same("sip:h?a=1", "sip:h?b=1"));
    CHECK_FALSE(same("sip:h?a=1", "sip:h?a=1&b=1"));
    CHECK_FALSE(same("sip:h?a=1&a=1", "sip:h?a=1"));
    CHECK_FALSE(same("sip:h?a=1&a=1&a=2", "sip:h?a=1&a=2&a=2"));
    CHECK(same("sip:h?a=1&a=2", "sip:h?a=2&a=1"));
    CHECK(same("sip:h?a=%31", "sip:h?a=1"));
}

// RFC 3261 §20.8: Call-IDs are compared byte by byte; a body is no header field.
TEST_CASE("a Call-ID and a body in a URI have a case", "[message][rfc3261][20.8]") {
    CHECK_FALSE(same("sip:h?Call-ID=a", "sip:h?Call-ID=A"));
    CHECK_FALSE(same("sip:h?call-id=a", "sip:h?call-id=A"));
    CHECK_FALSE(same("sip:h?BODY=a", "sip:h?BODY=A"));
    CHECK(same("sip:h?call-id=a", "sip:h?Call-ID=a"));
    CHECK_FALSE(same("sip:h?body=a", "sip:h?body=A"));
}

TEST_CASE("URIs of other schemes are the same only as text", "[message]") {
    CHECK(same("TEL:+1-201", "tel:+1-201"));
    CHECK_FALSE(same("tel:+1-201", "tel:+1201"));
    CHECK_FALSE(same("tel:a", "sip:a"));
    CHECK_FALSE(same("urn:a", "tel:a"));
    CHECK(offhook::equivalent(Uri{}, Uri{}));
}

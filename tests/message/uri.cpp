#include "offhook/message/uri.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Uri;
using namespace std::string_view_literals;

TEST_CASE("a SIP URI is taken apart", "[message][rfc3261][19.1.1]") {
    const auto uri =
        Uri::parse("sip:alice:secret@[2001:db8::1]:5070;transport=tcp;lr?Subject=x%20y&a=");
    REQUIRE(uri);
    CHECK(uri->text == "sip:alice:secret@[2001:db8::1]:5070;transport=tcp;lr?Subject=x%20y&a=");
    CHECK(uri->scheme == "sip");
    CHECK(uri->user == "alice");
    CHECK(uri->password == "secret");
    CHECK(uri->host == "[2001:db8::1]");
    CHECK(uri->host_literal() == "2001:db8::1");
    CHECK(uri->port == 5070);
    CHECK(uri->parameters == "transport=tcp;lr");
    CHECK(uri->headers == "Subject=x%20y&a=");
    CHECK(uri->is_sip());
    CHECK_FALSE(uri->is_sips());
}

TEST_CASE("what a SIP URI does not say is empty", "[message][rfc3261][19.1.1]") {
    const auto uri = Uri::parse("SIPS:example.com");
    REQUIRE(uri);
    CHECK(uri->scheme == "SIPS");
    CHECK(uri->is_sip());
    CHECK(uri->is_sips());
    CHECK(uri->user.empty());
    CHECK_FALSE(uri->has_password());
    CHECK(uri->host == "example.com");
    CHECK(uri->host_literal() == "example.com");
    CHECK_FALSE(uri->port);
    CHECK(uri->parameters.empty());
    CHECK(uri->headers.empty());
    CHECK(uri->transport().empty());
    CHECK(uri->maddr().empty());
    CHECK(uri->method().empty());
    CHECK_FALSE(uri->lr());
}

// RFC 3261 §19.1.3
TEST_CASE("the RFC's example URIs are read as it reads them", "[message][rfc3261][19.1.3]") {
    const auto user = [](std::string_view text) { return std::string(Uri::parse(text)->user); };
    const auto host = [](std::string_view text) { return std::string(Uri::parse(text)->host); };
    CHECK(user("sip:alice@atlanta.com") == "alice");
    CHECK(Uri::parse("sip:alice:secretword@atlanta.com;transport=tcp")->transport() == "tcp");
    CHECK(
        Uri::parse("sips:alice@atlanta.com?subject=project%20x&priority=urgent")->header("Priority")
        == "urgent");
    CHECK(user("sip:+1-212-555-1212:1234@gateway.com;user=phone") == "+1-212-555-1212");
    CHECK(Uri::parse("sip:+1-212-555-1212:1234@gateway.com;user=phone")->password == "1234");
    CHECK(user("sips:1212@gateway.com") == "1212");
    CHECK(host("sip:alice@192.0.2.4") == "192.0.2.4");
    CHECK(Uri::parse("sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com")->method()
          == "REGISTER");
    CHECK(user("sip:alice;day=tuesday@atlanta.com") == "alice;day=tuesday");
}

// RFC 4475 §3.1.1.9: the semicolon before the "@" belongs to the user.
TEST_CASE("the user part may hold semicolons and an escaped @", "[message][rfc4475][3.1.1.9]") {
    const auto uri = Uri::parse("sip:user;par=u%40example.net@example.com");
    REQUIRE(uri);
    CHECK(uri->user == "user;par=u%40example.net");
    CHECK(uri->host == "example.com");
    CHECK(uri->parameters.empty());
    CHECK(offhook::unescape(uri->user) == "user;par=u@example.net");
}

// RFC 4475 §3.1.1.2
TEST_CASE("the user part may hold every character of its rule", "[message][rfc4475][3.1.1.2]") {
    const auto uri = Uri::parse("sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
                                ":&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com");
    REQUIRE(uri);
    CHECK(uri->user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
    CHECK(uri->password == "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)");
}

// RFC 4475 §3.1.1.3: %6C%72 is lr, and value%41 is no valueA: nothing is unescaped twice.
TEST_CASE("escapes count as what they stand for, once", "[message][rfc4475][3.1.1.3]") {
    const auto uri = Uri::parse("sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
    REQUIRE(uri);
    CHECK(uri->lr());
    CHECK(offhook::unescape(uri->user) == "caller");
    REQUIRE(uri->parameter("name"));
    CHECK(offhook::unescape(*uri->parameter("name")) == "value%41");
    CHECK(Uri::parse("sip:sips%3Auser%40example.com@example.net")->user
          == "sips%3Auser%40example.com");
}

// RFC 4475 §3.1.1.4
TEST_CASE("an escaped NUL does not shorten the user", "[message][rfc4475][3.1.1.4]") {
    const auto uri = Uri::parse("sip:null-%00-null@example.com");
    REQUIRE(uri);
    CHECK(offhook::unescape(uri->user) == "null-\0-null"sv);
}

TEST_CASE("phones dial # unescaped in the user part", "[message]") {
    const auto uri = Uri::parse("sip:*21#+49%23#@example.com");
    REQUIRE(uri);
    CHECK(uri->user == "*21#+49%23#");
}

TEST_CASE("a password may be empty, which is not the same as none", "[message][rfc3261][25.1]") {
    const auto uri = Uri::parse("sip:a:@b");
    REQUIRE(uri);
    CHECK(uri->has_password());
    CHECK(uri->password.empty());
    CHECK_FALSE(Uri::parse("sip:a@b")->has_password());
}

TEST_CASE("a port is a number of sixteen bits", "[message][rfc3261][25.1]") {
    CHECK(Uri::parse("sip:h:0")->port == 0);
    CHECK(Uri::parse("sip:h:65535")->port == 65535);
    CHECK(Uri::parse("sip:h:0005060")->port == 5060);
    CHECK(fault_of(Uri::parse("sip:h:65536")) == "port @ 6");
    CHECK(fault_of(Uri::parse("sip:h:4294972356")) == "port @ 6"); // 5060 in 32 bits
    CHECK(fault_of(Uri::parse("sip:h:")) == "port @ 6");
    CHECK(fault_of(Uri::parse("sip:h:-1")) == "port @ 6");
    CHECK(fault_of(Uri::parse("sip:h:5060x")) == "SIP-URI @ 10");
}

TEST_CASE("parameters of a URI are found by name without regard to case",
          "[message][rfc3261][19.1.4]") {
    const auto uri = Uri::parse("sip:h;Transport=TCP;lr;maddr=239.255.255.1;ttl=15;x=[1/2:&+$]");
    REQUIRE(uri);
    CHECK(uri->transport() == "TCP");
    CHECK(uri->maddr() == "239.255.255.1");
    CHECK(uri->parameter("TTL") == "15");
    CHECK(uri->parameter("lr") == "");
    CHECK(uri->parameter("x") == "[1/2:&+$]");
    CHECK(uri->lr());
    CHECK_FALSE(uri->parameter("l"));
    CHECK_FALSE(uri->parameter("lrx"));
    CHECK_FALSE(uri->parameter("TCP"));
    CHECK_FALSE(uri->header("lr"));
}

// RFC 3261 §19.1.1: no parameter name appears more than once.
TEST_CASE("a URI parameter may not appear twice", "[message][rfc3261][19.1.1]") {
    CHECK(fault_of(Uri::parse("sip:h;lr;x=1;LR")) == "uri-parameters: repeated @ 13");
    CHECK(fault_of(Uri::parse("sip:h;lr;%6c%72")) == "uri-parameters: repeated @ 9");
    CHECK(fault_of(Uri::parse("sip:h;%6cr;%4Cr=2")) == "uri-parameters: repeated @ 11");
    CHECK(fault_of(Uri::parse("sip:h;lr;lrx;l;r;rl")) == "ok");
}

TEST_CASE("header fields of a URI may appear twice", "[message][rfc3261][19.1.1]") {
    const auto uri = Uri::parse("sip:h?Route=%3Csip:a%3E&route=b&x=");
    REQUIRE(uri);
    CHECK(uri->header("ROUTE") == "%3Csip:a%3E");
    CHECK(uri->header("x") == "");
    CHECK_FALSE(uri->header("y"));
    CHECK_FALSE(uri->parameter("x"));
}

TEST_CASE("a URI has at most sixty-four parameters and header fields", "[message][limits]") {
    const auto with = [](char first, char separator, int count) {
        std::string text = "sip:h";
        for (int i = 0; i < count; ++i) {
            text += i == 0 ? first : separator;
            text += "p" + std::to_string(i) + "=1";
        }
        return text;
    };
    CHECK(fault_of(Uri::parse(with(';', ';', 64))) == "ok");
    CHECK(fault_of(Uri::parse(with(';', ';', 65))) == "uri-parameters: too many @ 380");
    CHECK(fault_of(Uri::parse(with('?', '&', 64))) == "ok");
    CHECK(fault_of(Uri::parse(with('?', '&', 65))) == "headers: too many @ 380");
}

TEST_CASE("a malformed SIP URI is refused where it breaks", "[message][rfc3261][25.1]") {
    const Malformed rows[] = {
        {"", "scheme @ 0"},
        {"sip", "scheme @ 3"},
        {"1sip:h", "scheme @ 0"},
        {"s_ip:h", "scheme @ 1"},
        {"<sip:user@example.com>", "scheme @ 0"}, // RFC 4475 §3.1.2.7
        {" sip:h", "scheme @ 0"},
        {"sip:", "host @ 4"},
        {"sip: h", "host @ 4"},
        {"sip:@h", "user @ 4"},
        {"sip::pw@h", "user @ 4"},
        {"sip:a b@h", "user @ 5"},
        {"sip:a\"b@h", "user @ 5"},
        {"sip:\xc3\xa4@h", "user @ 4"},
        {"sip:a:b;c@h", "password @ 7"},
        {"sip:a:b%@h", "escaped @ 7"},
        {"sip:a:b:c@h", "password @ 7"},
        {"sip:a@", "host @ 6"},
        {"sip:a@-h", "host @ 6"},
        {"sip:a@b@c", "SIP-URI @ 7"},
        {"sip:a@h%41", "escaped @ 7"},
        {"sip:a@h/x", "SIP-URI @ 7"},
        {"sip:user@example.com; lr", "uri-parameters @ 21"}, // RFC 4475 §3.1.2.8
        {"sip:user@example.com ", "SIP-URI @ 20"},
        {"sip:h;", "uri-parameters @ 6"},
        {"sip:h;;lr", "uri-parameters @ 6"},
        {"sip:h;=x", "uri-parameters @ 6"},
        {"sip:h;x=", "uri-parameters @ 8"},
        {"sip:h;x=;y", "uri-parameters @ 8"},
        {"sip:h;x=a=b", "SIP-URI @ 9"},
        {"sip:h;x=a,b", "SIP-URI @ 9"},
        {"sip:h;x=%4", "escaped @ 8"},
        {"sip:h;%", "escaped @ 6"},
        {"sip:h?", "headers @ 6"},
        {"sip:h?x", "headers @ 7"},
        {"sip:h?=x", "headers @ 6"},
        {"sip:h?x=1&", "headers @ 10"},
        {"sip:h?x=1&y", "headers @ 11"},
        {"sip:h?x=%zz", "escaped @ 8"},
        {"sip:h?x=a;b", "SIP-URI @ 9"},
        {"sip:h?x=a=b", "SIP-URI @ 9"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Uri::parse(row.text)) == row.fault);
    }
}

TEST_CASE("a control character anywhere in a URI is refused", "[message][rfc3261][19.1.2]") {
    const std::string_view good = "sip:a:p@h.example:5060;x=y?z=w";
    REQUIRE(Uri::parse(good));
    for (std::size_t i = 0; i <= good.size(); ++i) {
        for (const char c : "\x01\t\r\n \x7f") { // the literal's NUL too
            std::string text(good);
            text.insert(i, 1, c);
            CAPTURE(i, static_cast<int>(c));
            CHECK_FALSE(Uri::parse(text));
        }
    }
}

// RFC 4475 §3.3.2 to §3.3.4: unknown schemes are well-formed.
TEST_CASE("a URI of another scheme is kept as a whole", "[message][rfc4475][3.3.2]") {
    const auto tel = Uri::parse("TEL:+1-201-555-0123;phone-context=x");
    REQUIRE(tel);
    CHECK(tel->scheme == "TEL");
    CHECK(tel->opaque() == "+1-201-555-0123;phone-context=x");
    CHECK_FALSE(tel->is_sip());
    CHECK(tel->host.empty());
    CHECK(tel->user.empty());
    for (const std::string_view text :
         {"nobodyKnowsThisScheme:totallyopaquecontent", "soap.beep://192.0.2.103:3002",
          "isbn:2983792873", "http://www.example.com", "name:John_Smith", "urn:service:sos",
          "mailto:watson@bell-telephone.com", "http://[::1]/x?y", "tel:*21#", "sipx:h"}) {
        CAPTURE(text);
        REQUIRE(Uri::parse(text));
        CHECK(Uri::parse(text)->text == text);
        CHECK_FALSE(Uri::parse(text)->is_sip());
    }
    CHECK(fault_of(Uri::parse("urn:")) == "absoluteURI @ 4");
    CHECK(fault_of(Uri::parse("urn:a b")) == "absoluteURI @ 5");
    CHECK(fault_of(Uri::parse("urn:a%4")) == "escaped @ 5");
    CHECK(fault_of(Uri::parse("urn:a>")) == "absoluteURI @ 5");
}

// CVE-2022-31002: a URI that ends in "%".
TEST_CASE("a URI that ends in the middle of an escape is refused", "[message][faults][17]") {
    CHECK(fault_of(Uri::parse("sip:a%")) == "escaped @ 5");
    CHECK(fault_of(Uri::parse("sip:a%@h")) == "escaped @ 5");
    CHECK(fault_of(Uri::parse("sip:a%4@h")) == "escaped @ 5");
    CHECK(fault_of(Uri::parse("sip:%")) == "host @ 4");
    CHECK(fault_of(Uri::parse("%")) == "scheme @ 0");
}

// CVE-2021-33056, resip
TEST_CASE("a URI without a scheme is refused", "[message][faults][19][22]") {
    CHECK(fault_of(Uri::parse("/")) == "scheme @ 0");
    CHECK(fault_of(Uri::parse(":")) == "scheme @ 0");
    CHECK(fault_of(Uri::parse(":@")) == "scheme @ 0");
    CHECK(fault_of(Uri::parse("example.com")) == "scheme @ 11");
}

// CVE-2022-31001 read past a text shorter than the keyword it began to match.
TEST_CASE("a scheme that only begins like sip ends in time", "[message][faults][18]") {
    for (const std::string_view text : {"s", "si", "sip", "sips", "S", "SI"}) {
        const std::string exact(text); // the sanitizer sees what is read behind it
        CHECK(fault_of(Uri::parse(exact)) == "scheme @ " + std::to_string(text.size()));
    }
}

TEST_CASE("a URI may be as long as a message", "[message][faults][27]") {
    const std::string user(65000, 'u');
    const std::string text = "sip:" + user + "@example.com;lr";
    const auto uri = Uri::parse(text);
    REQUIRE(uri);
    CHECK(uri->user == user);
    CHECK(uri->lr());
}

TEST_CASE("unescaping keeps a malformed escape as it stands", "[message]") {
    CHECK(offhook::unescape("a%20b%zz%4") == "a b%zz%4");
    CHECK(offhook::unescape("%3b%40%fF") == ";@\xff");
    CHECK(offhook::unescape("%2541") == "%41");
    CHECK(offhook::unescape("").empty());
}

// RFC 3261 §19.1.2: the user j@s0n is written j%40s0n.
TEST_CASE("a user part is escaped where its rule demands it", "[message][rfc3261][19.1.2]") {
    CHECK(offhook::escape_user("j@s0n") == "j%40s0n");
    CHECK(offhook::escape_user("&=+$,;?/-_.!~*'()") == "&=+$,;?/-_.!~*'()");
    CHECK(offhook::escape_user("%: #\"") == "%25%3A%20%23%22");
    CHECK(offhook::escape_user("\0\r\n\xe4"sv) == "%00%0D%0A%E4");
    CHECK(offhook::escape_user("").empty());
    std::string all;
    for (int c = 0; c < 256; ++c)
        all += static_cast<char>(c);
    const std::string text = "sip:" + offhook::escape_user(all) + "@h";
    const auto uri = Uri::parse(text);
    REQUIRE(uri);
    CHECK(offhook::unescape(uri->user) == all);
}

// RFC 3261 §19.1.2: all URI reserved characters in header field names and values MUST be escaped.
TEST_CASE("a header field in a URI is escaped where its rule demands it",
          "[message][rfc3261][19.1.2]") {
    CHECK(offhook::escape_header("a@b;c=d&e,f") == "a%40b%3Bc%3Dd%26e%2Cf");
    CHECK(offhook::escape_header("[]/?:+$-_.!~*'()") == "[]/?:+$-_.!~*'()");
    CHECK(offhook::escape_header("\0\r\n\xe4 %"sv) == "%00%0D%0A%E4%20%25");
    std::string all;
    for (int c = 0; c != 256; ++c)
        all += static_cast<char>(c);
    const std::string text = "sip:h?x=" + offhook::escape_header(all);
    REQUIRE(Uri::parse(text));
    CHECK(offhook::unescape(*Uri::parse(text)->header("x")) == all);
}

TEST_CASE("a URI that was never parsed is nothing", "[message]") {
    CHECK_FALSE(Uri{}.is_sip());
    CHECK(Uri{}.opaque().empty());
    CHECK_FALSE(Uri{}.parameter("lr"));
}

TEST_CASE("a scheme has no case", "[message][rfc3261][19.1.4]") {
    CHECK(Uri::parse("SIP:a@h")->is_sip());
    CHECK(Uri::parse("Sips:a@h")->is_sips());
    CHECK(Uri::parse("SIP:a@h")->user == "a");
}

TEST_CASE("pieces of URIs are the same by what their escapes mean", "[message][rfc3261][19.1.4]") {
    using offhook::same_uri_text;
    using offhook::UriCase;
    CHECK(same_uri_text("%61b", "a%62", UriCase::sensitive));
    CHECK(same_uri_text("%41b", "aB", UriCase::insensitive));
    CHECK_FALSE(same_uri_text("%41", "a", UriCase::sensitive));
    CHECK_FALSE(same_uri_text("a;b", "a%3Bb", UriCase::insensitive));
    CHECK(same_uri_text("a%3Bb", "a%3bb", UriCase::sensitive));
    CHECK_FALSE(same_uri_text("%C4", "%E4", UriCase::insensitive));
    CHECK_FALSE(same_uri_text("a", "aa", UriCase::sensitive));
    CHECK_FALSE(same_uri_text("a", "", UriCase::sensitive));
    CHECK(same_uri_text("", "", UriCase::sensitive));
}

TEST_CASE("fields of a URI are taken off one by one", "[message]") {
    std::string_view rest = "a=1;b;c=";
    CHECK(offhook::take_uri_field(rest, ';').value == "1");
    const auto flag = offhook::take_uri_field(rest, ';');
    CHECK(flag.name == "b");
    CHECK(flag.value.empty());
    CHECK(offhook::take_uri_field(rest, ';').name == "c");
    CHECK(rest.empty());
    CHECK(offhook::take_uri_field(rest, ';').name.empty());
}

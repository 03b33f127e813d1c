#include "offhook/message/name_addr.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::NameAddr;
using namespace std::string_view_literals;

TEST_CASE("a name-addr is taken apart", "[message][rfc3261][20.10]") {
    const auto value = NameAddr::parse("\"Mr. Watson\" <sip:watson@example.com;lr>;q=0.7; tag=a");
    REQUIRE(value);
    CHECK(value->display_name == "\"Mr. Watson\"");
    CHECK(value->uri == "sip:watson@example.com;lr");
    CHECK(value->bracketed);
    CHECK(value->parameters.text() == ";q=0.7; tag=a");
    CHECK(value->tag() == "a");
    CHECK(value->parsed_uri().user == "watson");
    CHECK(value->parsed_uri().lr());
}

// RFC 3261 §20.10: without "<" and ">" all parameters are the header field's.
TEST_CASE("parameters behind a bare URI belong to the header field", "[message][rfc3261][20.10]") {
    const auto value = NameAddr::parse("sip:bob@example.com;transport=tcp;tag=x");
    REQUIRE(value);
    CHECK(value->display_name.empty());
    CHECK(value->uri == "sip:bob@example.com");
    CHECK_FALSE(value->bracketed);
    CHECK(value->parameters.value("transport") == "tcp");
    CHECK(value->tag() == "x");
    CHECK(value->parsed_uri().transport().empty());
}

TEST_CASE("a value without a tag has an empty one", "[message][faults][10]") {
    CHECK(NameAddr::parse("<sip:a@b>")->tag().empty());
    CHECK(NameAddr::parse("<sip:a@b>;tag")->tag().empty());
    CHECK(NameAddr::parse("<sip:a@b;tag=1>")->tag().empty());
}

// RFC 4475 §3.1.1.1
TEST_CASE("blanks may stand around everything but inside a URI", "[message][rfc4475][3.1.1.1]") {
    const auto to = NameAddr::parse(" sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
    REQUIRE(to);
    CHECK(to->uri == "sip:vivekg@chair-dnrc.example.com");
    CHECK(to->tag() == "1918181833n");

    const auto from = NameAddr::parse(
        "\"J Rosenberg \\\\\\\"\"       <sip:jdrosen@example.com>  ;  tag = 98asjd8");
    REQUIRE(from);
    CHECK(offhook::unquote(from->display_name) == "J Rosenberg \\\"");
    CHECK(from->tag() == "98asjd8");

    const auto contact = NameAddr::parse("\"Quoted string \\\"\\\"\" <sip:jdrosen@example.com> ; "
                                         "newparam =  newvalue ;  secondparam ; q = 0.33");
    REQUIRE(contact);
    CHECK(contact->parameters.value("newparam") == "newvalue");
    CHECK(contact->parameters.has("secondparam"));
    CHECK(contact->parameters.value("q") == "0.33");
}

// RFC 4475 §3.1.1.2
TEST_CASE("a display name holds every token character, and quoted ones all",
          "[message][rfc4475][3.1.1.2]") {
    const auto from = NameAddr::parse("token1~` token2'+_ token3*%!.- <sip:mundane@example.com>"
                                      ";fromParam''~+*_!.-%=\"\xD1\x80\xD0\xB0\";"
                                      "tag=_token~1'+`*%!-.");
    REQUIRE(from);
    CHECK(from->display_name == "token1~` token2'+_ token3*%!.-");
    CHECK(from->parameters.value("fromParam''~+*_!.-%") == "\"\xD1\x80\xD0\xB0\"");
    CHECK(from->tag() == "_token~1'+`*%!-.");

    const auto to = NameAddr::parse("\"BEL:\\\x07 NUL:\\\0 DEL:\\\x7F\" "
                                    "<sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"
                                    "@example.com>"sv);
    REQUIRE(to);
    CHECK(offhook::unquote(to->display_name) == "BEL:\x07 NUL:\0 DEL:\x7F"sv);
    CHECK(to->parsed_uri().user == "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*");
}

// RFC 4475 §3.1.1.5
TEST_CASE("a percent sign in a display name is no escape", "[message][rfc4475][3.1.1.5]") {
    const auto value = NameAddr::parse("\"%Z%45\" <sip:resource@example.com>;tag=f232jadfj23");
    REQUIRE(value);
    CHECK(value->display_name == "\"%Z%45\"");
}

// RFC 4475 §3.1.1.6: the missing blank is a fault of the grammar, not of the message.
TEST_CASE("no blank is needed between a display name and <", "[message][rfc4475][3.1.1.6]") {
    const auto value = NameAddr::parse("caller<sip:caller@example.com>;tag=323");
    REQUIRE(value);
    CHECK(value->display_name == "caller");
    CHECK(value->uri == "sip:caller@example.com");
    CHECK(NameAddr::parse("\"x\"<sip:a@b>"));
    CHECK(NameAddr::parse("  <sip:a@b> ")->display_name.empty());
}

// RFC 4475 §3.3.4
TEST_CASE("any scheme is an address", "[message][rfc4475][3.3.4]") {
    CHECK(NameAddr::parse("isbn:2983792873")->uri == "isbn:2983792873");
    CHECK(NameAddr::parse("<http://www.example.com>;tag=3234233")->tag() == "3234233");
    CHECK(NameAddr::parse("<name:John_Smith>"));
    CHECK(NameAddr::parse("tel:+12015550123;tag=1")->uri == "tel:+12015550123");
}

TEST_CASE("a malformed address is refused where it breaks", "[message][rfc3261][20.10]") {
    const Malformed rows[] = {
        {"", "addr-spec @ 0"},
        {"  ", "addr-spec @ 2"},
        {"bob", "addr-spec @ 3"},
        {"<>", "scheme @ 1"},
        {"<sip:a@b", "RAQUOT @ 8"},
        {"sip:a@b>", "SIP-URI @ 7"},
        {"<sip:a@b>x", "name-addr @ 9"},
        {"<sip:a@b> x", "name-addr @ 10"},
        {"<sip:a@b>,<sip:c@d>", "name-addr @ 9"},
        {"<<sip:a@b>>", "scheme @ 1"},
        {"\"x\" sip:a@b", "name-addr @ 4"},
        {"\"x\"", "name-addr @ 3"},
        {"\"x\" y <sip:a@b>", "name-addr @ 4"},
        {"x sip:a@b", "scheme @ 1"},
        {"sip:a @b", "name-addr @ 6"},
        {"<sip:a@b>;", "generic-param @ 10"},
        {"<sip:a@b>;tag=", "gen-value @ 14"},
        {"<sip:a@b>;tag=1;TAG=2", "generic-param: repeated @ 16"},
        {" Bob <sip:a:b;@h>", "password @ 13"},
        {"J\xc3\xb6rg <sip:a@b>", "addr-spec @ 1"},
        // RFC 4475 §3.1.2.1
        {"\"Joe\" <sip:joe@example.org>;;;;", "generic-param @ 28"},
        // RFC 4475 §3.1.2.14
        {"\"Watson, Thomas\" < sip:t.watson@example.org >", "scheme @ 18"},
        {"<sip:t.watson@example.org >", "SIP-URI @ 25"},
        // RFC 4475 §3.1.2.15
        {"Bell, Alexander <sip:a.g.bell@example.com>;tag=43", "addr-spec @ 4"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(NameAddr::parse(row.text)) == row.fault);
    }
}

// RFC 3261 §20: a URI with a comma, a question mark or a semicolon needs the brackets.
TEST_CASE("a bare URI holds no comma and no question mark", "[message][rfc3261][20]") {
    CHECK(fault_of(NameAddr::parse("sip:a,b@h;tag=1")) == "addr-spec: needs <> @ 5");
    CHECK(fault_of(NameAddr::parse(" sip:a?b@h")) == "addr-spec: needs <> @ 6");
    // RFC 4475 §3.1.2.13
    CHECK(fault_of(NameAddr::parse("sip:user@example.com?Route=%3Csip:sip.example.com%3E"))
          == "addr-spec: needs <> @ 20");
    CHECK(NameAddr::parse("<sip:a,b?c;d@h?x=y>"));
}

// RFC 4475 §3.1.2.6
TEST_CASE("a quote that is never closed is refused", "[message][rfc4475][3.1.2.6]") {
    CHECK(fault_of(NameAddr::parse("\"Mr. J. User <sip:j.user@example.com>"))
          == "quoted-string @ 0");
    CHECK(fault_of(NameAddr::parse(" \"Mr J. User <sip:j@e.com> <sip:realj@example.net>"))
          == "quoted-string @ 1");
}

// CVE-2018-14767
TEST_CASE("a tag with nothing behind the equal sign is refused", "[message][faults][12]") {
    CHECK(fault_of(NameAddr::parse("<sip:a@b>;tag=;x")) == "gen-value @ 14");
    CHECK(fault_of(NameAddr::parse("sip:a@b;tag=")) == "gen-value @ 12");
}

// CVE-2020-27507, CVE-2018-8828
TEST_CASE("a tag of any length is kept whole", "[message][faults][13][15]") {
    for (const std::size_t size : {250U, 500U, 65000U}) {
        const std::string tag(size, 't');
        const std::string text = "<sip:a@b>;tag=" + tag;
        CHECK(NameAddr::parse(text)->tag() == tag);
    }
}

// CVE-2022-31002, CVE-2021-33056
TEST_CASE("an address without a scheme is refused", "[message][faults][17][19]") {
    CHECK(fault_of(NameAddr::parse("%")) == "addr-spec @ 1");
    CHECK(fault_of(NameAddr::parse("<%>")) == "scheme @ 1");
    CHECK(fault_of(NameAddr::parse("/")) == "addr-spec @ 0");
    CHECK(fault_of(NameAddr::parse("</>")) == "scheme @ 1");
    CHECK(fault_of(NameAddr::parse(":")) == "scheme @ 0");
    CHECK(fault_of(NameAddr::parse(":@")) == "scheme @ 0");
}

// CVE-2021-43611
TEST_CASE("a display name that ends in a backslash is refused", "[message][faults][20]") {
    CHECK(fault_of(NameAddr::parse("\"abc\\")) == "quoted-string @ 0");
    CHECK(fault_of(NameAddr::parse("\"abc\\\" <sip:a@b>")) == "quoted-string @ 0");
    CHECK(fault_of(NameAddr::parse("abc\\ <sip:a@b>")) == "addr-spec @ 3");
}

// Seeds of sipgo's fuzzer
TEST_CASE("addresses from a fuzzer are refused", "[message][faults][21]") {
    CHECK(fault_of(NameAddr::parse("0;0<")) == "addr-spec @ 1");
    CHECK(fault_of(NameAddr::parse("0\"<")) == "addr-spec @ 1");
    CHECK(fault_of(NameAddr::parse("")) == "addr-spec @ 0");
}

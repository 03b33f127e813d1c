#include "offhook/message/referred_by.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::ReferredBy;

// RFC 3892 §3: the example, and the quotes that become angle brackets.
TEST_CASE("a Referred-By says who referred and which body part vouches for it",
          "[message][rfc3892][3]") {
    const auto value = ReferredBy::parse("sip:r@ref.example;cid=\"2UWQFN309shb3@ref.example\"");
    REQUIRE(value);
    CHECK(value->address.uri == "sip:r@ref.example");
    CHECK(value->content_id() == "<2UWQFN309shb3@ref.example>");

    const auto named = ReferredBy::parse("\"R\" <sip:r@ref.example;user=ip>;x=y");
    REQUIRE(named);
    CHECK(named->address.uri == "sip:r@ref.example;user=ip");
    CHECK(named->address.parameters.value("x") == "y");
    CHECK(named->content_id().empty());

    for (const std::string_view cid :
         {"a@b", "a.b@c.d", "a!%*_+'`~-@b", "a@[2001:db8::1]", "a@b!.c"}) {
        CAPTURE(cid);
        const std::string text = "<sip:a@b>;cid=\"" + std::string(cid) + "\"";
        REQUIRE(ReferredBy::parse(text));
        CHECK(ReferredBy::parse(text)->content_id() == "<" + std::string(cid) + ">");
    }
}

// RFC 3892 §3: a URI with a comma, question mark or semicolon MUST be in angle brackets.
TEST_CASE("a Referred-By is written with its URI in angle brackets", "[message][rfc3892][3]") {
    const std::string text = ReferredBy::write("sips:a@b;transport=tcp?x=y,z");
    CHECK(text == "<sips:a@b;transport=tcp?x=y,z>");
    CHECK(ReferredBy::write("sip:a@b;lr") == "<sip:a@b;lr>");
    CHECK(fault_of(ReferredBy::parse("sip:a,b@c")) == "addr-spec: needs <> @ 5");
    CHECK(fault_of(ReferredBy::parse("sip:a?b@c")) == "addr-spec: needs <> @ 5");
}

TEST_CASE("a malformed Referred-By is refused where it breaks", "[message][rfc3892][3]") {
    const Malformed rows[] = {
        {"", "addr-spec @ 0"},
        {"<sip:a@b>,<sip:c@d>", "name-addr @ 9"},
        {"<sip:a@b>;cid", "Referred-By: sip-clean-msg-id @ 13"},
        {"<sip:a@b>;cid=a@b;x", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"@b\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a.@b\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a@\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a@b@c\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a@[::1]x\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a b@c\"", "Referred-By: sip-clean-msg-id @ 14"},
        {"<sip:a@b>;cid=\"a@b\";cid=\"c@d\"", "generic-param: repeated @ 20"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(ReferredBy::parse(row.text)) == row.fault);
    }
}

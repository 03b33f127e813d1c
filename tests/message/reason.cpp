#include "offhook/message/reason.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"
#include "offhook/message/list.hpp"

using offhook::Reason;

// RFC 3326 §2
TEST_CASE("a Reason has a protocol, a cause and a text", "[message][rfc3326][2]") {
    const auto sip = Reason::parse("SIP ;cause=200 ;text=\"Call completed, elsewhere\"");
    REQUIRE(sip);
    CHECK(sip->protocol == "SIP");
    CHECK(sip->cause() == 200U);
    CHECK(sip->text() == "\"Call completed, elsewhere\"");
    CHECK(offhook::unquote(sip->text()) == "Call completed, elsewhere");
    const auto isup = Reason::parse(" Q.850;cause=16");
    CHECK(isup->protocol == "Q.850");
    CHECK(isup->cause() == 16U);
    CHECK(isup->text().empty());
    CHECK_FALSE(Reason::parse("SIP")->cause());
    CHECK_FALSE(Reason::parse("SIP;cause=x")->cause());
    CHECK_FALSE(Reason::parse("SIP;cause=4294967296")->cause());
}

TEST_CASE("a Reason field may hold one value of each protocol", "[message][rfc3326][2]") {
    std::string causes;
    for (const auto value : offhook::ListRange("Q.850;cause=16;text=\"a,b\", SIP;cause=600"))
        causes += std::to_string(Reason::parse(value)->cause().value_or(0)) + " ";
    CHECK(causes == "16 600 ");
}

TEST_CASE("a malformed Reason is refused where it breaks", "[message][rfc3326][2]") {
    CHECK(fault_of(Reason::parse("")) == "Reason: protocol @ 0");
    CHECK(fault_of(Reason::parse(";cause=1")) == "Reason: protocol @ 0");
    CHECK(fault_of(Reason::parse("SIP cause=1")) == "Reason: reason-params @ 4");
    CHECK(fault_of(Reason::parse("SIP;text=\"x")) == "quoted-string @ 9");
}

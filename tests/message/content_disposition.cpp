#include "offhook/message/content_disposition.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::ContentDisposition;

// RFC 3261 §20.11: a missing handling parameter means required.
TEST_CASE("a body must be handled unless its disposition says it is optional",
          "[message][rfc3261][20.11]") {
    using Handling = ContentDisposition::Handling;
    const auto session = ContentDisposition::parse(" session");
    REQUIRE(session);
    CHECK(session->is("SESSION"));
    CHECK_FALSE(session->is("render"));
    CHECK(session->handling() == Handling::required);
    CHECK(ContentDisposition::parse("Session;HANDLING=OPTIONAL")->handling() == Handling::optional);
    CHECK(ContentDisposition::parse("icon;handling=required")->handling() == Handling::required);
    CHECK(ContentDisposition::parse("icon;handling=else")->handling() == Handling::required);
}

TEST_CASE("a malformed Content-Disposition is refused where it breaks",
          "[message][rfc3261][20.11]") {
    CHECK(fault_of(ContentDisposition::parse("")) == "Content-Disposition: disp-type @ 0");
    CHECK(fault_of(ContentDisposition::parse(";a")) == "Content-Disposition: disp-type @ 0");
    CHECK(fault_of(ContentDisposition::parse("a b")) == "Content-Disposition: disp-param @ 2");
    CHECK(fault_of(ContentDisposition::parse("a;handling=")) == "gen-value @ 11");
}

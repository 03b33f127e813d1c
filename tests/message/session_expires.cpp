#include "offhook/message/session_expires.hpp"

#include <chrono>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::MinSE;
using offhook::Refresher;
using offhook::SessionExpires;
using namespace std::chrono_literals;

TEST_CASE("Session-Expires is an interval and perhaps a refresher", "[message][rfc4028][4]") {
    const auto plain = SessionExpires::parse("4000");
    REQUIRE(plain);
    CHECK(plain->interval == 4000s);
    CHECK_FALSE(plain->refresher);
    CHECK(SessionExpires::parse("1800;refresher=UAC")->refresher == Refresher::uac);
    CHECK(SessionExpires::parse(" 1800 ; Refresher = UAS ;x=y")->refresher == Refresher::uas);
    CHECK(SessionExpires::parse("1800;x=y")->parameters.value("x") == "y");
    CHECK(SessionExpires::parse("4294967295")->interval == 4294967295s);
}

TEST_CASE("a malformed Session-Expires is refused where it breaks", "[message][rfc4028][4]") {
    const Malformed rows[] = {
        {"", "Session-Expires: delta-seconds @ 0"},
        {"4294967296", "Session-Expires: delta-seconds @ 0"},
        {" -1", "Session-Expires: delta-seconds @ 1"},
        {";refresher=uac", "Session-Expires: delta-seconds @ 0"},
        {"1800 s", "Session-Expires: se-params @ 5"},
        {"1800;refresher=both", "Session-Expires: refresher-param @ 15"},
        {"1800;refresher=\"uac\"", "Session-Expires: refresher-param @ 15"},
        {"1800;refresher", "Session-Expires: refresher-param @ 14"},
        {"1800;refresher=", "gen-value @ 15"},
        {"1800;refresher=uac;refresher=uas", "generic-param: repeated @ 19"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(SessionExpires::parse(row.text)) == row.fault);
    }
}

TEST_CASE("Min-SE is an interval with parameters that mean nothing", "[message][rfc4028][5]") {
    CHECK(MinSE::parse(" 90 ")->interval == 90s);
    CHECK(MinSE::parse("60;lr")->parameters.has("lr"));
    CHECK(fault_of(MinSE::parse("")) == "Min-SE: delta-seconds @ 0");
    CHECK(fault_of(MinSE::parse("4294967296")) == "Min-SE: delta-seconds @ 0");
    CHECK(fault_of(MinSE::parse("90,90")) == "Min-SE: generic-param @ 2");
}

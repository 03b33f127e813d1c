#include "offhook/message/event_package.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::EventPackage;

TEST_CASE("an Event is a package with templates and an id", "[message][rfc6665][8.4]") {
    const auto refer = EventPackage::parse("refer;id=93809824");
    REQUIRE(refer);
    CHECK(refer->type == "refer");
    CHECK(refer->package() == "refer");
    CHECK(refer->templates().empty());
    CHECK(refer->id() == "93809824");
    const auto winfo = EventPackage::parse(" presence.winfo.winfo ");
    REQUIRE(winfo);
    CHECK(winfo->type == "presence.winfo.winfo");
    CHECK(winfo->package() == "presence");
    CHECK(winfo->templates() == "winfo.winfo");
    CHECK(winfo->id().empty());
}

TEST_CASE("a malformed Event is refused where it breaks", "[message][rfc6665][8.4]") {
    const Malformed rows[] = {
        {"", "Event: event-type @ 0"},     {";id=1", "Event: event-type @ 0"},
        {".a", "Event: event-type @ 0"},   {"a.", "Event: event-type @ 2"},
        {"a..b", "Event: event-type @ 2"}, {"a b", "Event: event-param @ 2"},
        {"a,b", "Event: event-param @ 1"}, {"a;id=", "gen-value @ 5"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(EventPackage::parse(row.text)) == row.fault);
    }
}

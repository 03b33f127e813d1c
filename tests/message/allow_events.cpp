#include "offhook/message/allow_events.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::AllowEvents;

// RFC 6665 §8.2.1: event types are compared byte by byte.
TEST_CASE("an Allow-Events lists event types", "[message][rfc6665][8.2.2]") {
    const auto value = AllowEvents::parse("presence, presence.winfo ,refer");
    REQUIRE(value);
    CHECK(value->contains("presence"));
    CHECK(value->contains("presence.winfo"));
    CHECK(value->contains("refer"));
    CHECK_FALSE(value->contains("Refer"));
    CHECK_FALSE(value->contains("winfo"));
    CHECK_FALSE(value->contains(""));
    std::string all;
    for (const std::string_view each : *value)
        all.append(each).append("|");
    CHECK(all == "presence|presence.winfo|refer|");
}

TEST_CASE("an Allow-Events has one event type at least and no parameters",
          "[message][rfc6665][8.4]") {
    const Malformed rows[] = {
        {"", "Allow-Events: event-type @ 0"},          {" ,", "Allow-Events: event-type @ 2"},
        {"a, .b", "Allow-Events: event-type @ 3"},     {"a,b..c", "Allow-Events: event-type @ 4"},
        {"a, b;id=1", "Allow-Events: event-type @ 4"}, {"a b", "Allow-Events: event-type @ 2"},
        {"a.", "Allow-Events: event-type @ 2"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(AllowEvents::parse(row.text)) == row.fault);
    }
}

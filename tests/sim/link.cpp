#include "offhook/sim/link.hpp"

#include "../catch.hpp"

using offhook::sim::Rule;

TEST_CASE("a rule applies to messages that begin and contain so, as often as it says",
          "[sim][link]") {
    const Rule rule{.begins = "SIP/2.0 200", .contains = " BYE\r\n"};
    CHECK(rule.applies_to("SIP/2.0 200 OK\r\nCSeq: 2 BYE\r\n\r\n"));
    CHECK_FALSE(rule.applies_to("SIP/2.0 200 OK\r\nCSeq: 1 INVITE\r\n\r\n"));
    CHECK_FALSE(rule.applies_to("BYE sip:a SIP/2.0\r\nCSeq: 2 BYE\r\n\r\n"));
    CHECK_FALSE(Rule{.begins = "ACK", .times = 0}.applies_to("ACK sip:a SIP/2.0\r\n\r\n"));
    CHECK(Rule{.begins = ""}.applies_to("anything"));
}

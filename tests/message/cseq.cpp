#include "offhook/message/cseq.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::CSeq;

TEST_CASE("a CSeq is a number and a method", "[message][rfc3261][20.16]") {
    CHECK(*CSeq::parse("4711 INVITE") == CSeq{4711, "INVITE"});
    CHECK(*CSeq::parse("0009     INVITE") == CSeq{9, "INVITE"}); // RFC 4475 §3.1.1.1
    CHECK(*CSeq::parse(" 1\tACK ") == CSeq{1, "ACK"});
    CHECK(*CSeq::parse("0 INVITE") == CSeq{0, "INVITE"});
    CHECK(CSeq::parse("139122385 !interesting-Method0123456789_*+`.%indeed'~")->method
          == "!interesting-Method0123456789_*+`.%indeed'~");
    CHECK_FALSE(CSeq{1, "INVITE"} == CSeq{2, "INVITE"});
    CHECK_FALSE(CSeq{1, "INVITE"} == CSeq{1, "invite"});
}

// RFC 3261 §8.1.1.5: below 2^31. Kamailio read 2^32 as 0.
TEST_CASE("a CSeq number is below 2^31", "[message][rfc3261][8.1.1.5][faults][4]") {
    CHECK(CSeq::parse("2130706432 INVITE")->number == 2130706432U);
    CHECK(CSeq::parse("2147483647 INVITE")->number == 2147483647U);
    CHECK(fault_of(CSeq::parse("2147483648 INVITE")) == "CSeq: number @ 0");
    CHECK(fault_of(CSeq::parse(" 4294967295 INVITE")) == "CSeq: number @ 1");
    CHECK(fault_of(CSeq::parse("4294967296 INVITE")) == "CSeq: number @ 0");
    CHECK(fault_of(CSeq::parse("4294967297 INVITE")) == "CSeq: number @ 0");
    CHECK(fault_of(CSeq::parse("36893488147419103232 REGISTER")) == "CSeq: number @ 0");
}

TEST_CASE("a malformed CSeq is refused where it breaks", "[message][rfc3261][20.16]") {
    const Malformed rows[] = {
        {"", "CSeq: number @ 0"},           {"INVITE", "CSeq: number @ 0"},
        {"-1 INVITE", "CSeq: number @ 0"},  {"0x1 INVITE", "CSeq: LWS @ 1"},
        {"1INVITE", "CSeq: LWS @ 1"},       {"1", "CSeq: LWS @ 1"},
        {"1 ", "CSeq: Method @ 2"},         {"1 INVITE x", "CSeq: Method @ 9"},
        {"1 INVITE;x", "CSeq: Method @ 8"}, {"1 (INVITE)", "CSeq: Method @ 2"},
        {"1 2 3", "CSeq: Method @ 4"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(CSeq::parse(row.text)) == row.fault);
    }
}

// AST-2017-002
TEST_CASE("a CSeq method of a kilobyte is a method", "[message][faults][11]") {
    const std::string method(1024, 'M');
    CHECK(CSeq::parse("1 " + method)->method.size() == 1024);
}

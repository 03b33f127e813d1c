#include "offhook/message/rack.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::CSeq;
using offhook::RAck;

TEST_CASE("a RAck names a response and its request", "[message][rfc3262][7.2]") {
    CHECK(*RAck::parse("776656 1 INVITE") == RAck{776656, CSeq{1, "INVITE"}});
    CHECK(*RAck::parse(" 1 \t 2  x ") == RAck{1, CSeq{2, "x"}});
    CHECK_FALSE(RAck{1, CSeq{1, "INVITE"}} == RAck{2, CSeq{1, "INVITE"}});
    CHECK_FALSE(RAck{1, CSeq{1, "INVITE"}} == RAck{1, CSeq{2, "INVITE"}});
}

// RFC 3262 §7.1: 1 to 2^32 - 1
TEST_CASE("the response number of a RAck has 32 bits and is not 0", "[message][rfc3262][7.1]") {
    CHECK(RAck::parse("4294967295 2147483647 INVITE")->rseq == 4294967295U);
    CHECK(fault_of(RAck::parse("4294967296 1 INVITE")) == "RAck: response-num @ 0");
    CHECK(fault_of(RAck::parse(" 0 1 INVITE")) == "RAck: response-num @ 1");
    CHECK(fault_of(RAck::parse("1 2147483648 INVITE")) == "CSeq: number @ 2");
}

TEST_CASE("a malformed RAck is refused where it breaks", "[message][rfc3262][7.2]") {
    const Malformed rows[] = {
        {"", "RAck: response-num @ 0"},   {"INVITE", "RAck: response-num @ 0"},
        {"1", "RAck: LWS @ 1"},           {"1,1 INVITE", "RAck: LWS @ 1"},
        {"1 INVITE", "CSeq: number @ 2"}, {"1 1", "CSeq: LWS @ 3"},
        {"1 1 ", "CSeq: Method @ 4"},     {"1 1 INVITE 1", "CSeq: Method @ 11"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(RAck::parse(row.text)) == row.fault);
    }
}

TEST_CASE("a RAck is written as it is read", "[message][rfc3262][7.2]") {
    CHECK(RAck{776656, CSeq{1, "INVITE"}}.write() == "776656 1 INVITE");
}

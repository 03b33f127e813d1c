#include "offhook/message/rseq.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::RSeq;

// RFC 3262 §7.1: 1 to 2^32 - 1
TEST_CASE("an RSeq is a number of 32 bits and not 0", "[message][rfc3262][7.1]") {
    CHECK(RSeq::parse("988789")->number == 988789);
    CHECK(*RSeq::parse(" 001 ") == RSeq{1});
    CHECK(RSeq::parse("2147483648")->number == 2147483648U);
    CHECK(RSeq::parse("4294967295")->number == 4294967295U);
    const Malformed rows[] = {
        {"", "RSeq: response-num @ 0"},     {"0", "RSeq: response-num @ 0"},
        {" 000", "RSeq: response-num @ 1"}, {"4294967296", "RSeq: response-num @ 0"},
        {"-1", "RSeq: response-num @ 0"},   {"1 2", "RSeq: response-num @ 2"},
        {"1;x", "RSeq: response-num @ 1"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(RSeq::parse(row.text)) == row.fault);
    }
}

#include "offhook/message/content_length.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::ContentLength;

// CVE-2023-28097, CVE-2026-23457: above 2^31 and 2^32; RFC 4475 §3.1.2.3: negative.
TEST_CASE("a Content-Length is never cut to fewer bits",
          "[message][rfc3261][20.14][faults][1][2][3]") {
    CHECK(ContentLength::parse("0")->bytes == 0);
    CHECK(ContentLength::parse(" 00349 ")->bytes == 349);
    CHECK(ContentLength::parse("2147483647")->bytes == 2147483647U);
    CHECK(ContentLength::parse("2147483648")->bytes == 2147483648U);
    CHECK(ContentLength::parse("4294967295")->bytes == 4294967295U);
    const Malformed rows[] = {
        {"4294967296", "Content-Length @ 0"},
        {"4294967328", "Content-Length @ 0"},
        {"18446744073709551616", "Content-Length @ 0"},
        {"-999", "Content-Length @ 0"},
        {"+1", "Content-Length @ 0"},
        {"five", "Content-Length @ 0"},
        {"", "Content-Length @ 0"},
        {"1,1", "Content-Length @ 1"},
        {"1 2", "Content-Length @ 2"},
        {"0x10", "Content-Length @ 1"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(ContentLength::parse(row.text)) == row.fault);
    }
}

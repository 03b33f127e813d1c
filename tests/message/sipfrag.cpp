#include "offhook/message/sipfrag.hpp"

#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Sipfrag;

// RFC 3515 §2.4.5
TEST_CASE("a sipfrag tells what has become of a reference", "[message][rfc3515][2.4.5]") {
    const auto whole = Sipfrag::parse("SIP/2.0 503 Service Unavailable\r\nRetry-After: 5\r\n\r\nx");
    REQUIRE(whole);
    CHECK(whole->status == 503);
    CHECK(whole->phrase == "Service Unavailable");
    CHECK(whole->rest == "Retry-After: 5\r\n\r\nx");
}

TEST_CASE("a sipfrag may lack the end of its line and its phrase", "[message][rfc3420][2]") {
    for (const std::string_view text : {"SIP/2.0 100 Trying", "sip/2.0 100 Trying\r\n",
                                        "SIP/2.0 100 Trying\n", "SIP/2.0 100 Trying\r"}) {
        CAPTURE(text);
        const auto value = Sipfrag::parse(text);
        REQUIRE(value);
        CHECK(value->status == 100);
        CHECK(value->phrase == "Trying");
        CHECK(value->rest.empty());
    }
    for (const std::string_view text : {"SIP/2.0 699", "SIP/2.0 699 ", "SIP/2.0 699\r\n"}) {
        CAPTURE(text);
        const auto value = Sipfrag::parse(text);
        REQUIRE(value);
        CHECK(value->status == 699);
        CHECK(value->phrase.empty());
    }
    CHECK(Sipfrag::parse("SIP/2.0 200 OK\n\nx")->rest == "\nx");
}

// RFC 3420 §3.2: the start line, if present, must be complete and valid.
TEST_CASE("a sipfrag that does not begin with a status is refused", "[message][rfc3420][3.2]") {
    const Malformed rows[] = {
        {"", "sipfrag: SIP-Version @ 0"},
        {"SIP/2.0", "sipfrag: SIP-Version @ 0"},
        {"SIP/1.09 200 OK", "sipfrag: SIP-Version @ 0"},
        {"404 Not Found", "sipfrag: SIP-Version @ 0"},
        {"INVITE sip:alice@atlanta.com SIP/2.0", "sipfrag: SIP-Version @ 0"},
        {"From: <sip:alice@atlanta.com>", "sipfrag: SIP-Version @ 0"},
        {"SIP/2.0 ", "sipfrag: Status-Code @ 8"},
        {"SIP/2.0 20 OK", "sipfrag: Status-Code @ 8"},
        {"SIP/2.0 2000 OK", "sipfrag: Status-Code @ 8"},
        {"SIP/2.0 099 OK", "sipfrag: Status-Code @ 8"},
        {"SIP/2.0 700 OK", "sipfrag: Status-Code @ 8"},
        {"SIP/2.0 200OK", "sipfrag: Reason-Phrase @ 11"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Sipfrag::parse(row.text)) == row.fault);
    }
}

// RFC 3515 §5.3.3: no more than the status line.
TEST_CASE("a sipfrag is written as a status line alone", "[message][rfc3515][2.4.5]") {
    CHECK(Sipfrag::write(200) == "SIP/2.0 200 OK\r\n");
    CHECK(Sipfrag::write(100) == "SIP/2.0 100 Trying\r\n");
    CHECK(Sipfrag::write(603, "No, thanks") == "SIP/2.0 603 No, thanks\r\n");
    CHECK(Sipfrag::type == "message/sipfrag");
}

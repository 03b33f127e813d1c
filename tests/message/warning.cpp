#include "offhook/message/warning.hpp"

#include "../catch.hpp"
#include "fault.hpp"
#include "offhook/message/list.hpp"

using offhook::Warning;

// RFC 3261 §20.43
TEST_CASE("a Warning has a code, an agent and a text", "[message][rfc3261][20.43]") {
    const auto warning =
        Warning::parse("307 isi.edu:5060 \"Session parameter 'foo' not understood\"");
    REQUIRE(warning);
    CHECK(warning->code == 307);
    CHECK(warning->agent == "isi.edu:5060");
    CHECK(warning->text == "\"Session parameter 'foo' not understood\"");
    CHECK(Warning::parse(" 399 [::1]:5060  \"\" ")->agent == "[::1]:5060");
    CHECK(Warning::parse("000 x \"y\"")->code == 0);
    CHECK(Warning::parse("999 x \"y\"")->code == 999);
    const offhook::ListRange two("301 isi.edu \"a, b\", 302 x \"c\"");
    CHECK(two.count() == 2);
    CHECK(Warning::parse(two.first())->code == 301);
}

TEST_CASE("a malformed Warning is refused where it breaks", "[message][rfc3261][20.43]") {
    const Malformed rows[] = {
        {"1812 overture \"In Progress\"", "Warning: warn-code @ 0"}, // RFC 4475 §3.1.2.5
        {" 30 x \"y\"", "Warning: warn-code @ 1"},
        {"", "Warning: warn-code @ 0"},
        {"x", "Warning: warn-code @ 0"},
        {"307x", "Warning: warn-code @ 0"},
        {"307", "Warning: warn-code @ 0"},
        {"307 ", "Warning: warn-agent @ 4"},
        {"307 \"x\"", "Warning: warn-agent @ 4"},
        {"307 x", "Warning: warn-agent @ 5"},
        {"307 x y", "Warning: warn-text @ 6"},
        {"307 x \"y", "Warning: warn-text @ 6"},
        {"307 x \"y\" z", "Warning: warn-text @ 10"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Warning::parse(row.text)) == row.fault);
    }
}

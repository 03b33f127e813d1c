#include "offhook/message/recv_info.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::RecvInfo;

// RFC 6086 §7.2: names are compared octet by octet, parameters are not.
TEST_CASE("a Recv-Info lists the Info Packages that are wanted", "[message][rfc6086][7.2]") {
    const auto value = RecvInfo::parse("P, R;x=\"a,b\" ,foo");
    REQUIRE(value);
    CHECK_FALSE(value->empty());
    CHECK(value->contains("P"));
    CHECK(value->contains("R"));
    CHECK(value->contains("foo"));
    CHECK_FALSE(value->contains("p"));
    CHECK_FALSE(value->contains("x"));
    CHECK_FALSE(value->contains("fo"));
    CHECK_FALSE(value->contains(""));
    std::string all;
    for (const std::string_view each : *value)
        all.append(each).append("|");
    CHECK(all == "P|R;x=\"a,b\"|foo|");
}

// RFC 6086 §5.2.2: willing to receive none, which is not the same as no Recv-Info.
TEST_CASE("an empty Recv-Info wants no Info Package", "[message][rfc6086][5.2.2]") {
    for (const std::string_view text : {"", " ", ","}) {
        const auto value = RecvInfo::parse(text);
        REQUIRE(value);
        CHECK(value->empty());
        CHECK(value->begin() == value->end());
        CHECK_FALSE(value->contains(""));
    }
    CHECK(RecvInfo{}.empty());
}

TEST_CASE("a malformed Recv-Info is refused where it breaks", "[message][rfc6086][9.2]") {
    const Malformed rows[] = {
        {"a,;b", "Info-Package: Info-package-name @ 2"},
        {"a, b c", "Info-Package: Info-package-param @ 5"},
        {"a,b;,c", "generic-param @ 4"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(RecvInfo::parse(row.text)) == row.fault);
    }
}

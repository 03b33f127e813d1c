#include "offhook/message/content_type.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::ContentType;

TEST_CASE("a Content-Type is a type, a subtype and parameters", "[message][rfc3261][20.15]") {
    const auto type = ContentType::parse("text/html; charset=ISO-8859-4");
    REQUIRE(type);
    CHECK(type->type == "text");
    CHECK(type->subtype == "html");
    CHECK(type->parameters.value("charset") == "ISO-8859-4");
    CHECK(type->boundary().empty());
    CHECK(ContentType::parse(" application / sdp ")->is("application", "sdp"));
}

TEST_CASE("media types have no case", "[message][rfc3261][20.15]") {
    const auto type = ContentType::parse("Application/SDP");
    CHECK(type->is("application", "sdp"));
    CHECK_FALSE(type->is("application", "sdpx"));
    CHECK_FALSE(type->is("text", "sdp"));
}

TEST_CASE("a boundary is given without its quotes", "[message][rfc3261][20.15]") {
    CHECK(ContentType::parse("multipart/mixed;boundary=\"a b\"")->boundary() == "a b");
    CHECK(ContentType::parse("multipart/mixed;boundary=7a9cbec02ceef655")->boundary()
          == "7a9cbec02ceef655");
    CHECK(ContentType::parse("multipart/mixed;boundary=----=_Part_0/1")->boundary()
          == "----=_Part_0/1");
    CHECK(ContentType::parse("multipart/mixed;x=1")->boundary().empty());
}

TEST_CASE("a malformed Content-Type is refused where it breaks", "[message][rfc3261][20.15]") {
    const Malformed rows[] = {
        {"", "Content-Type: m-type @ 0"},
        {"application", "Content-Type: m-type @ 11"},
        {"/sdp", "Content-Type: m-type @ 0"},
        {"application/", "Content-Type: m-subtype @ 12"},
        {"application/sdp/x", "Content-Type: media-type @ 15"},
        {"application/sdp x", "Content-Type: media-type @ 16"},
        {"application/sdp;", "generic-param @ 16"},
        {"multipart/mixed;boundary=", "gen-value @ 25"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(ContentType::parse(row.text)) == row.fault);
    }
}

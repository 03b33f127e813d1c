#include "offhook/message/uri_headers.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "fault.hpp"

using namespace offhook;

namespace {

Parsed<UriHeaders> headers_of(std::string_view text) {
    const auto uri = Uri::parse(text);
    REQUIRE(uri);
    return UriHeaders::parse(*uri);
}

} // namespace

// RFC 3261 §19.1.5: headers or body parts in the URI are a desire to include them in the message.
TEST_CASE("a URI tells the header fields and the body that it wants",
          "[message][rfc3261][19.1.5]") {
    const auto headers =
        headers_of("sip:a@b;x?Replaces=c%40d%3Bto-tag%3D1%3bfrom-tag%3D2&S%75bject=a%20%2541"
                   "&Body=v%3D0%0D%0A&X-Empty=");
    REQUIRE(headers);
    CHECK(headers->fields
          == std::vector<UriHeaders::Field>{
              {"Replaces", "c@d;to-tag=1;from-tag=2"}, {"Subject", "a %41"}, {"X-Empty", ""}});
    CHECK(headers->body == "v=0\r\n");
    CHECK(headers->find(Header::replaces) == "c@d;to-tag=1;from-tag=2");
    CHECK(headers->find("s") == "a %41");
    CHECK(headers->find("x-empty") == "");
    CHECK_FALSE(headers->find(Header::to));
    CHECK(headers->fields[0].id() == Header::replaces);
    CHECK(headers->fields[2].id() == Header::unknown);
}

TEST_CASE("a URI without header fields wants none", "[message][rfc3261][19.1.5]") {
    for (const std::string_view text : {"sip:a@b", "tel:+1", "http://a?Subject=b"}) {
        CAPTURE(text);
        const auto headers = headers_of(text);
        REQUIRE(headers);
        CHECK(headers->fields.empty());
        CHECK_FALSE(headers->body);
    }
}

// Whoever writes the URI must not write the message.
TEST_CASE("a URI cannot bring a second header field in an escape", "[message][rfc3261][19.1.5]") {
    const Malformed rows[] = {
        {"sip:a@b?Subject=x%0D%0AVia:%20y", "headers: hvalue @ 16"},
        {"sip:a@b?Subject=x%0aVia:%20y", "headers: hvalue @ 16"},
        {"sip:a@b?Subject=x%0D", "headers: hvalue @ 16"},
        {"sip:a@b?Priority=urgent&Subject=%00", "headers: hvalue @ 32"},
        {"sip:a@b?Sub%0D%0Aject=x", "headers: hname @ 8"},
        {"sip:a@b?x=y&Via%3A=x", "headers: hname @ 12"},
        {"sip:a@b?a%20b=x", "headers: hname @ 8"},
        {"sip:a@b?body=x&x=y&body=z", "headers: body repeated @ 19"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(headers_of(row.text)) == row.fault);
    }
}

// RFC 3261 §19.1.5: From, Call-ID, CSeq, Via, Record-Route; Route; what could falsely advertise;
// what describes and has to be verified.
TEST_CASE("header fields that a URI must not set are told from those that it may",
          "[message][rfc3261][19.1.5]") {
    std::string dangerous, described;
    for (std::size_t i = 0; i != header_table.size(); ++i) {
        const HeaderRow& row = header_table[i];
        if (uri_header_use(row.id) == UriHeaderUse::dangerous)
            dangerous.append(row.name).append("|");
        if (uri_header_use(row.id) == UriHeaderUse::described)
            described.append(row.name).append("|");
    }
    CHECK(dangerous
          == "Accept|Accept-Encoding|Accept-Language|Allow|Call-ID|Contact|CSeq|From|Max-Forwards|"
             "Organization|Record-Route|Route|Supported|To|User-Agent|Via|");
    CHECK(described
          == "Content-Disposition|Content-Encoding|Content-Language|Content-Length|Content-Type|"
             "Date|MIME-Version|Timestamp|");
    CHECK(uri_header_use(Header::replaces) == UriHeaderUse::allowed);
}

#include "offhook/message/credentials.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Credentials;

TEST_CASE("digest credentials are taken apart", "[message][rfc3261][20.7]") {
    const auto value = Credentials::parse(
        "Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"dcd98b\", "
        "uri=\"sip:bob@biloxi.com\","
        " qop=auth, nc=0000000A, cnonce=\"0a4f\", response=\"6629\", opaque=\"5ccc\","
        " algorithm=SHA-256");
    REQUIRE(value);
    CHECK(value->is_digest());
    CHECK(value->username() == "bob");
    CHECK(value->realm() == "biloxi.com");
    CHECK(value->nonce() == "dcd98b");
    CHECK(value->uri() == "sip:bob@biloxi.com");
    CHECK(value->qop() == "auth");
    CHECK(value->nonce_count() == 10U);
    CHECK(value->cnonce() == "0a4f");
    CHECK(value->response() == "6629");
    CHECK(value->opaque() == "5ccc");
    CHECK(value->algorithm() == "SHA-256");
}

TEST_CASE("a nonce count has eight hexadecimal digits", "[message][rfc3261][25.1]") {
    const auto count = [](std::string_view nc) {
        return Credentials::parse("Digest nc=" + std::string(nc))->nonce_count();
    };
    CHECK(count("00000001") == 1U);
    CHECK(count("ffffffff") == 4294967295U);
    CHECK(count("\"00000010\"") == 16U);
    CHECK_FALSE(count("0000001"));
    CHECK_FALSE(count("000000001"));
    CHECK_FALSE(count("0000000g"));
    CHECK_FALSE(Credentials::parse("Digest a=b")->nonce_count());
    CHECK(Credentials::parse("DIGEST a=b")->is_digest());
}

// RFC 4475 §3.3.7
TEST_CASE("credentials of an unknown scheme are well-formed", "[message][rfc4475][3.3.7]") {
    const auto value = Credentials::parse(" NoOneKnowsThisScheme opaque-data=here");
    REQUIRE(value);
    CHECK(value->scheme == "NoOneKnowsThisScheme");
    CHECK_FALSE(value->is_digest());
    CHECK(value->parameters.value("opaque-data") == "here");
}

TEST_CASE("malformed credentials are refused where they break", "[message][rfc3261][20.7]") {
    CHECK(fault_of(Credentials::parse("")) == "auth-scheme @ 0");
    CHECK(fault_of(Credentials::parse("Digest")) == "auth-scheme @ 6");
    CHECK(fault_of(Credentials::parse("Digest username")) == "auth-param @ 15");
    CHECK(fault_of(Credentials::parse("Digest username=\"a\\\"")) == "quoted-string @ 16");
}

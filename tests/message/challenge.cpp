#include "offhook/message/challenge.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Challenge;

// RFC 3261 §20.44
TEST_CASE("a digest challenge is taken apart", "[message][rfc3261][20.44]") {
    const auto challenge = Challenge::parse(
        "Digest realm=\"atlanta.com\", domain=\"sip:boxesbybob.com\", qop=\"auth, auth-int\","
        " nonce=\"f84f1cec41e6cbe5aea9c8e88d359\", opaque=\"\", stale=FALSE, algorithm=MD5");
    REQUIRE(challenge);
    CHECK(challenge->scheme == "Digest");
    CHECK(challenge->is_digest());
    CHECK(challenge->realm() == "atlanta.com");
    CHECK(challenge->domain() == "sip:boxesbybob.com");
    CHECK(challenge->qop() == "auth, auth-int");
    CHECK(challenge->offers_qop("auth"));
    CHECK(challenge->offers_qop("AUTH-INT"));
    CHECK_FALSE(challenge->offers_qop("auth-conf"));
    CHECK(challenge->nonce() == "f84f1cec41e6cbe5aea9c8e88d359");
    CHECK(challenge->opaque().empty());
    CHECK(challenge->parameters.has("opaque"));
    CHECK_FALSE(challenge->stale());
    CHECK(challenge->algorithm() == "MD5");
}

TEST_CASE("what a challenge does not say is empty", "[message][rfc7616][3.3][faults][77]") {
    const auto challenge = Challenge::parse(" digest  realm=\"\",nonce=\"n\"");
    REQUIRE(challenge);
    CHECK(challenge->is_digest());
    CHECK(challenge->algorithm().empty());
    CHECK(challenge->qop().empty());
    CHECK_FALSE(challenge->offers_qop("auth"));
    CHECK_FALSE(challenge->offers_qop(""));
    CHECK_FALSE(challenge->stale());
    CHECK_FALSE(challenge->parameters.has("opaque"));
}

TEST_CASE("stale is true in any case and with quotes", "[message][rfc3261][20.44]") {
    CHECK(Challenge::parse("Digest stale=true")->stale());
    CHECK(Challenge::parse("Digest stale=\"TRUE\"")->stale());
    CHECK_FALSE(Challenge::parse("Digest stale=truer")->stale());
}

TEST_CASE("a challenge of another scheme is kept", "[message][rfc3261][20.27]") {
    const auto challenge = Challenge::parse("NTLM realm=\"x\", targetname=y");
    REQUIRE(challenge);
    CHECK_FALSE(challenge->is_digest());
    CHECK(challenge->parameters.value("targetname") == "y");
}

TEST_CASE("a malformed challenge is refused where it breaks",
          "[message][rfc3261][20.44][faults][23]") {
    const Malformed rows[] = {
        {"", "auth-scheme @ 0"},
        {"Digest", "auth-scheme @ 6"},
        {"\"Digest\" realm=x", "auth-scheme @ 0"},
        {"Digest,realm=x", "auth-scheme @ 6"},
        {"Digest ", "auth-param @ 7"},
        {"Digest ,=MD5,", "auth-param @ 8"},
        {",=MD5,", "auth-scheme @ 0"},
        {"Digest realm=\"x", "quoted-string @ 13"},
        {"Digest realm=\"x\", realm=\"y\"", "auth-param: repeated @ 18"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Challenge::parse(row.text)) == row.fault);
    }
}

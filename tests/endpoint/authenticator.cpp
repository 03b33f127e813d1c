#include "offhook/endpoint/authenticator.hpp"

#include <string>

#include "../catch.hpp"
#include "../support/guard.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

DigestAccounts bobs() {
    DigestAccounts accounts;
    accounts.set({"biloxi.example", "bob", "zanzibar"});
    return accounts;
}

Message info(int number, std::string method = "INFO") {
    return *Message::parse(request({.method = std::move(method), .cseq = std::to_string(number)}));
}

/// The challenge with a nonce, to any request.
Message challenge(std::string_view nonce) {
    return *Message::parse(response(info(1), 407, "p1",
                                    "Proxy-Authenticate:Digest realm=\"biloxi.example\", nonce=\""
                                        + std::string(nonce) + "\", qop=\"auth\"|"));
}

} // namespace

TEST_CASE("an authenticator shows nothing before anybody has asked", "[endpoint][auth]") {
    Random random{Seed{}};
    Authenticator authenticator(bobs());
    Message first = info(1);
    authenticator.authorize(first, 1, random);
    CHECK(shown(first, "nonce").empty());
}

TEST_CASE("an authenticator tells the tries of one request from those of another",
          "[endpoint][auth]") {
    Random random{Seed{}};
    Authenticator authenticator(bobs());
    REQUIRE(authenticator.challenged(1, challenge("a"), 1).outcome == DigestOutcome::retry);
    authenticator.sent_again(1, 2);
    Message second = info(2);
    authenticator.authorize(second, 2, random);
    CHECK(shown(second, "nonce") == "a");

    SECTION("by either of its numbers") {
        const TransactionId number = GENERATE(Catch::Generators::as<TransactionId>{}, 1, 2);
        CHECK(authenticator.challenged(number, challenge("b"), 9).outcome
              == DigestOutcome::rejected);
    }
    SECTION("and the application cannot have it send again what was rejected") {
        REQUIRE(authenticator.challenged(2, challenge("b"), 9).outcome == DigestOutcome::rejected);
        DigestAccount account = *bobs().find("biloxi.example");
        CHECK(authenticator.named(2, account, 9).outcome == DigestOutcome::rejected);
        SECTION("but with another password") {
            account.password += "!";
            CHECK(authenticator.named(2, account, 9).outcome == DigestOutcome::retry);
        }
        SECTION("but as another user") {
            account.username = "robert";
            CHECK(authenticator.named(2, account, 9).outcome == DigestOutcome::retry);
        }
    }
    SECTION("until it has its answer") {
        authenticator.finished(2, nullptr);
        CHECK(authenticator.challenged(2, challenge("b"), 1).outcome == DigestOutcome::retry);
    }
    SECTION("of which it keeps a bounded number") {
        for (TransactionId other = 10; other != 30; ++other)
            authenticator.challenged(other, challenge("b"), 1);
        CHECK(authenticator.challenged(1, challenge("c"), 1).outcome == DigestOutcome::retry);
    }
}

TEST_CASE("an authenticator gives an ACK what its INVITE had", "[endpoint][auth][rfc3261][22.1]") {
    Random random{Seed{}};
    Authenticator authenticator(bobs());
    authenticator.challenged(1, challenge("a"), 1);
    std::string values[7];
    for (int number = 2; number != 7; ++number) {
        Message invite = info(number, "INVITE");
        authenticator.authorize(invite, static_cast<TransactionId>(number), random);
        values[number] = value(invite, Header::proxy_authorization);
    }
    for (int number = 1; number != 7; ++number) {
        Message ack = info(number, "ACK");
        authenticator.authorize(ack, 0, random);
        // The latest four; the 2xx of an older INVITE has stopped coming long ago.
        CHECK(value(ack, Header::proxy_authorization) == (number < 3 ? "" : values[number]));
    }
    Message own = info(6, "ACK");
    own.add(Header::authorization, "Digest mine=1");
    authenticator.authorize(own, 0, random);
    CHECK_FALSE(own.header(Header::proxy_authorization));
}

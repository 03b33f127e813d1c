#include "offhook/auth/digest_accounts.hpp"

#include <string>

#include "../catch.hpp"

using namespace offhook;

TEST_CASE("an account is found by its realm alone", "[auth][rfc3261][22.1]") {
    DigestAccounts accounts;
    CHECK(accounts.empty());
    accounts.set({"biloxi.com", "bob", "zanzibar"});
    accounts.set({"atlanta.com", "robert", "x"});
    CHECK_FALSE(accounts.empty());
    REQUIRE(accounts.find("biloxi.com"));
    CHECK(accounts.find("biloxi.com")->username == "bob");
    CHECK(accounts.find("atlanta.com")->username == "robert");
    CHECK_FALSE(accounts.find("BILOXI.COM"));
    CHECK_FALSE(accounts.find("biloxi.co"));
    CHECK_FALSE(accounts.find(""));
}

TEST_CASE("a later account of a realm takes the place of the earlier one", "[auth]") {
    DigestAccounts accounts;
    accounts.set({"a", "old", "1"});
    accounts.set({"a", "new", "2"});
    CHECK(accounts.find("a")->username == "new");
    CHECK(accounts.remove("a"));
    CHECK_FALSE(accounts.find("a"));
    CHECK_FALSE(accounts.remove("a"));
}

// RFC 3261 §25.1: what is sent must not end its header field.
TEST_CASE("an account with CR, LF or NUL in what is sent is refused",
          "[auth][rfc3261][25.1][faults][80]") {
    DigestAccounts accounts;
    for (const char c : {'\r', '\n', '\0'}) {
        const std::string unsafe = std::string("a") + c + "b";
        CHECK_THROWS_AS(accounts.set({unsafe, "bob", "1"}), UnsafeValue);
        CHECK_THROWS_AS(accounts.set({"realm", unsafe, "1"}), UnsafeValue);
        CHECK(accounts.try_set({"realm", unsafe, "1"}).code == Errc::unsafe_value);
        CHECK(accounts.empty());
        accounts.set({"realm", "bob", unsafe}); // never sent
        CHECK(accounts.remove("realm"));
    }
}

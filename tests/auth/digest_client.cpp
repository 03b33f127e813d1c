#include "offhook/auth/digest_client.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "offhook/message/credentials.hpp"
#include "printed_sha512_256.hpp"

using namespace offhook;
using namespace std::string_view_literals;

namespace {

using Lines = std::vector<AuthField>;

/// Gives one text after the other: "c1", "c2" …
struct Counting {
    std::string prefix = "c";
    int given = 0;
    std::size_t bits = 0;

    std::string token(std::size_t wanted) {
        bits = wanted;
        return prefix + std::to_string(++given);
    }
    HashKey key() { return {}; }
};
/// Gives the one of an example.
struct Fixed {
    std::string text;
    std::string token(std::size_t) { return text; }
    HashKey key() { return {}; }
};

AuthField www(std::string value) {
    return {Header::www_authenticate, std::move(value)};
}
AuthField proxy(std::string value) {
    return {Header::proxy_authenticate, std::move(value)};
}
AuthField asks(std::string_view nonce, std::string_view more = "") {
    return www("Digest realm=\"biloxi.com\", qop=\"auth\", nonce=\"" + std::string(nonce) + "\""
               + std::string(more));
}

/// What a parameter of the credentials stands there with; "-" where it is missing.
std::string raw(const AuthField& field, std::string_view name) {
    const auto credentials = Credentials::parse(field.value);
    if (!credentials) return "malformed";
    return std::string(credentials->parameters.find(name).value_or("-"));
}

template <class Client = DigestClient>
struct Phone {
    Phone() { accounts.set({"biloxi.com", "bob", "zanzibar"}); }

    DigestOutcome asked(const Lines& challenges) {
        return client.challenged(accounts, challenges, attempt).outcome;
    }
    Lines sends() { return client.authorize(accounts, request, attempt, random); }
    /// A request of its own.
    Lines sends_another() {
        attempt = {};
        return sends();
    }
    /// The nc of the only credentials that are sent; "none" without any.
    std::string count() {
        const Lines lines = sends();
        return lines.size() == 1 ? raw(lines[0], "nc") : lines.empty() ? "none" : "many";
    }

    DigestAccounts accounts;
    Client client;
    DigestAttempt attempt;
    Counting random;
    DigestRequest request{"INVITE", "sip:alice@example.com", "v=0\r\n"};
};

constexpr auto retry = DigestOutcome::retry;
constexpr auto not_understood = DigestOutcome::not_understood;
constexpr auto unknown_realm = DigestOutcome::unknown_realm;
constexpr auto rejected = DigestOutcome::rejected;
constexpr auto exhausted = DigestOutcome::exhausted;

const Lines http_example = {
    www("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=SHA-256,"
        " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
        " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""),
    www("Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", algorithm=MD5,"
        " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
        " opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\"")};

template <class Client>
Lines answer_http_example() {
    DigestAccounts accounts;
    accounts.set({"http-auth@example.org", "Mufasa", "Circle of Life"});
    Client client;
    DigestAttempt attempt;
    Fixed random{"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"};
    REQUIRE(client.challenged(accounts, http_example, attempt).outcome == retry);
    return client.authorize(accounts, {"GET", "/dir/index.html"}, attempt, random);
}

} // namespace

// RFC 7616 §3.4: which parameters are quoted, and which must not be.
TEST_CASE("the answer to the example of RFC 7616 is the one that it prints",
          "[auth][rfc7616][3.9.1][3.4][rfc8760][2.6]") {
    CHECK(answer_http_example<DigestClient>()
          == Lines{{Header::authorization,
                    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\","
                    " nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\","
                    " uri=\"/dir/index.html\", response=\"753927fa0e85d155564e2e272a28d1802ca10daf"
                    "4496794697cf8db5856cb6c1\", algorithm=SHA-256,"
                    " cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth,"
                    " nc=00000001, opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\""}});
}

// RFC 8760 §2.4: the topmost that is supported; local policy says what that is.
TEST_CASE("of several algorithms for one realm the topmost supported one is used",
          "[auth][rfc8760][2.4][rfc7616][3.7][5.8]") {
    SECTION("where the client does not know the first, the second") {
        const Lines lines = answer_http_example<BasicDigestClient<Sha512_256, Md5>>();
        REQUIRE(lines.size() == 1);
        CHECK(raw(lines[0], "algorithm") == "MD5");
        CHECK(raw(lines[0], "response") == "\"8ca523f5e9506fed4657c9700eebdbec\"");
    }
    SECTION("in the server's order, not the client's") {
        Phone phone;
        CHECK(phone.asked({asks("n1", ", algorithm=MD5"), asks("n2", ", algorithm=SHA-256")})
              == retry);
        const Lines lines = phone.sends();
        REQUIRE(lines.size() == 1);
        CHECK(raw(lines[0], "algorithm") == "MD5");
        CHECK(raw(lines[0], "nonce") == "\"n1\"");
    }
    SECTION("a client without MD5 is not talked down") {
        Phone<BasicDigestClient<Sha256>> phone;
        CHECK(phone.asked({asks("n1", ", algorithm=MD5"), asks("n2")}) == not_understood);
        CHECK(phone.sends().empty());
    }
}

// RFC 7616 §3.3
TEST_CASE("a challenge with no algorithm means MD5, and the answer names none either",
          "[auth][rfc7616][3.3][faults][77]") {
    Phone phone;
    CHECK(phone.asked({asks("n")}) == retry);
    const Lines lines = phone.sends();
    REQUIRE(lines.size() == 1);
    CHECK(raw(lines[0], "algorithm") == "-");
    const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
    CHECK(raw(lines[0], "response")
          == quote(digest_response<Md5>(
              ha1, {"INVITE", "sip:alice@example.com", {}, "n", Qop::auth, "00000001", "c1"})));
}

TEST_CASE("the algorithm goes back as it came, but never quoted", "[auth][rfc7616][3.4]") {
    for (const std::string_view given : {"sha-256", "\"sha-256\""}) {
        Phone phone;
        CHECK(phone.asked({asks("n", ", algorithm=" + std::string(given))}) == retry);
        CHECK(raw(phone.sends().at(0), "algorithm") == "sha-256");
    }
}

// RFC 8760 §2.4: ignore what is not understood, give up where nothing else is there.
TEST_CASE("a challenge that is not understood is passed over",
          "[auth][rfc7616][3.3][rfc8760][2.4][2.6][rfc3261][22.4]") {
    const std::string_view rows[] = {
        "Basic realm=\"biloxi.com\"",
        "Digest realm=\"biloxi.com\", nonce=\"n\", qop=\"auth\", algorithm=SHA-1",
        "Digest realm=\"biloxi.com\", nonce=\"n\", qop=\"auth-conf\"",
        "Digest realm=\"biloxi.com\", nonce=\"n\", algorithm=MD5-sess",
        "Digest realm=\"biloxi.com\", nonce=\"n\", qop=\"\", algorithm=SHA-256-sess",
        "Digest realm=\"biloxi.com\", qop=\"auth\"",
        "Digest realm=\"biloxi.com\", nonce=\"\", qop=\"auth\"",
        "Digest nonce=\"n\", qop=\"auth\"",
        "Digest realm=\"biloxi.com\", realm=\"biloxi.com\", nonce=\"n\"",
        "Digest realm=\"biloxi.com\", nonce=\"n\", nonce=\"m\"",
        "Digest realm=\"biloxi.com\", nonce=\"n",
        "Digest",
        "",
    };
    for (const std::string_view row : rows) {
        CAPTURE(row);
        Phone phone;
        phone.accounts.set({"", "nobody", ""});
        CHECK(phone.asked({www(std::string(row))}) == not_understood);
        CHECK(phone.attempt.tries() == 0);
        CHECK(phone.sends().empty());
        CHECK(phone.asked({www(std::string(row)), asks("m")}) == retry);
        CHECK(raw(phone.sends().at(0), "nonce") == "\"m\"");
    }
    Phone phone;
    CHECK(phone.asked({}) == not_understood);
}

// RFC 7616 §3.3: unrecognized options are ignored; RFC 3261 §22.4 item 8.
TEST_CASE("the qop is auth where that is offered, and auth-int where nothing else is",
          "[auth][rfc7616][3.3][3.4][rfc8760][2.6]") {
    struct Row {
        std::string_view offered;
        std::string_view used;
    };
    const Row rows[] = {
        {"auth", "auth"},
        {"auth-int", "auth-int"},
        {"auth-int,auth", "auth"},
        {"auth , auth-int", "auth"},
        {"auth-conf,auth-int", "auth-int"},
        {"AUTH", "auth"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.offered);
        Phone phone;
        CHECK(phone.asked({www("Digest realm=\"biloxi.com\", nonce=\"n\", algorithm=MD5, qop=\""
                               + std::string(row.offered) + "\"")})
              == retry);
        const AuthField line = phone.sends().at(0);
        CHECK(raw(line, "qop") == row.used);
        const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
        CHECK(raw(line, "response")
              == quote(digest_response<Md5>(ha1, {"INVITE", "sip:alice@example.com", "v=0\r\n", "n",
                                                  *qop_from(row.used), "00000001", "c1"})));
    }
}

// RFC 3261 §22.4 item 8: no cnonce without a qop; RFC 2069.
TEST_CASE("a challenge with no qop gets an answer with none",
          "[auth][rfc3261][22.4][rfc8760][2.6]") {
    for (const std::string_view qop : {"", ", qop=\"\""}) {
        Phone phone;
        CHECK(phone.asked({www("Digest realm=\"biloxi.com\", nonce=\"n\"" + std::string(qop))})
              == retry);
        const AuthField line = phone.sends().at(0);
        CHECK(raw(line, "qop") == "-");
        CHECK(raw(line, "nc") == "-");
        CHECK(raw(line, "cnonce") == "-");
        const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
        CHECK(raw(line, "response")
              == quote(digest_response<Md5>(ha1, {"INVITE", "sip:alice@example.com", {}, "n"})));
    }
}

TEST_CASE("a session key stays the same for a nonce, however it is understood",
          "[auth][rfc7616][3.4.2]") {
    Phone phone;
    CHECK(phone.asked({asks("n", ", algorithm=MD5-sess")}) == retry);
    const AuthField first = phone.sends().at(0);
    const AuthField second = phone.sends_another().at(0);
    CHECK(raw(first, "cnonce") == "\"c1\"");
    CHECK(raw(second, "cnonce") == "\"c1\"");
    const auto plain = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
    const auto ha1 = digest_session_ha1<Md5>(plain, "n", "c1");
    CHECK(raw(second, "response")
          == quote(digest_response<Md5>(
              ha1, {"INVITE", "sip:alice@example.com", {}, "n", Qop::auth, "00000002", "c1"})));
}

TEST_CASE("a cnonce has 128 random bits and is made anew for a new nonce",
          "[auth][rfc7616][3.4.6][5.12]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(raw(phone.sends().at(0), "cnonce") == "\"c1\"");
    CHECK(phone.random.bits == 128);
    CHECK(phone.asked({asks("n2", ", stale=true")}) == retry);
    CHECK(raw(phone.sends().at(0), "cnonce") == "\"c2\"");
}

// RFC 3261 §22.1: the realm decides; whoever is not named gets nothing to guess at.
TEST_CASE("a realm that the application has not named gets no answer",
          "[auth][rfc3261][22.1][faults][76]") {
    Phone phone;
    phone.request = {"BYE", "sip:alice@example.com"};
    for (const std::string_view realm : {"evil.example", "BILOXI.COM", "biloxi.com ", ""}) {
        CAPTURE(realm);
        const Lines challenge{www("Digest realm=\"" + std::string(realm) + "\", nonce=\"n\"")};
        CHECK(phone.client.challenged(phone.accounts, challenge, phone.attempt)
              == DigestDecision{unknown_realm, std::string(realm)});
        CHECK(phone.attempt.tries() == 0);
        CHECK(phone.sends().empty());
    }
}

// RFC 3261 §22.1: the realm is shown to the user, who may then have an account for it.
TEST_CASE("an account named after the challenge is used for it", "[auth][rfc3261][22.1][22.2]") {
    Phone phone;
    const Lines challenge{www("Digest realm=\"atl\\\"anta\", nonce=\"n\"")};
    const auto decision = phone.client.challenged(phone.accounts, challenge, phone.attempt);
    CHECK(decision == DigestDecision{unknown_realm, "atl\"anta"});
    phone.accounts.set({decision.realm, "robert", "x"});
    CHECK(phone.asked(challenge) == retry);
    CHECK(raw(phone.sends().at(0), "username") == "\"robert\"");
    CHECK(phone.attempt.tries() == 1);
}

TEST_CASE("the first of several unknown realms is the one to ask for", "[auth][rfc3261][22.1]") {
    Phone phone;
    const auto decision = phone.client.challenged(
        phone.accounts,
        Lines{proxy("Digest realm=\"one\", nonce=\"n\""), www("Digest realm=\"two\", nonce=\"n\"")},
        phone.attempt);
    CHECK(decision == DigestDecision{unknown_realm, "one"});
}

// RFC 3261 §22.3: an Authorization for each WWW-Authenticate, a Proxy-Authorization for each
// Proxy-Authenticate for which there are credentials.
TEST_CASE("the challenges of several realms are answered together",
          "[auth][rfc3261][22.2][22.3][rfc8760][2.4][rfc7616][3.8]") {
    Phone phone;
    phone.accounts.set({"proxy.com", "robert", "y"});
    CHECK(phone.asked({asks("n1"), www("Digest realm=\"other\", nonce=\"n2\""),
                       proxy("Digest realm=\"proxy.com\", nonce=\"n3\""),
                       proxy("Digest realm=\"biloxi.com\", nonce=\"n4\"")})
          == retry);
    const Lines lines = phone.sends();
    REQUIRE(lines.size() == 3);
    CHECK(lines[0].name == Header::authorization);
    CHECK(raw(lines[0], "nonce") == "\"n1\"");
    CHECK(lines[1].name == Header::proxy_authorization);
    CHECK(raw(lines[1], "nonce") == "\"n3\"");
    CHECK(raw(lines[1], "username") == "\"robert\"");
    CHECK(lines[2].name == Header::proxy_authorization); // the same realm and account, both sides
    CHECK(raw(lines[2], "nonce") == "\"n4\"");
    CHECK(raw(lines[2], "username") == "\"bob\"");
}

TEST_CASE("a request that passes one server after the other keeps its earlier credentials",
          "[auth][rfc3261][22.3]") {
    Phone phone;
    phone.accounts.set({"one", "bob", "1"});
    phone.accounts.set({"two", "bob", "2"});
    CHECK(phone.sends().empty());
    CHECK(phone.asked({proxy("Digest realm=\"one\", nonce=\"p\", qop=\"auth\"")}) == retry);
    CHECK(phone.sends().size() == 1);
    CHECK(phone.asked({proxy("Digest realm=\"two\", nonce=\"q\", qop=\"auth\"")}) == retry);
    CHECK(phone.sends().size() == 2);
    CHECK(phone.asked({asks("r")}) == retry);
    const Lines lines = phone.sends();
    REQUIRE(lines.size() == 3);
    CHECK(raw(lines[0], "nc") == "00000003");
    CHECK(raw(lines[1], "nc") == "00000002");
    CHECK(raw(lines[2], "nc") == "00000001");
}

// RFC 7616 §3.6; RFC 3261 §22.2, §22.3: later requests of the call show the credentials unasked.
TEST_CASE("later requests show the credentials unasked, with one more on the count",
          "[auth][rfc7616][3.4][3.6][rfc3261][22.2][22.3]") {
    Phone phone;
    CHECK(phone.asked({asks("n", ", opaque=\"o\"")}) == retry);
    CHECK(phone.count() == "00000001");
    phone.request = {"BYE", "sip:alice@192.0.2.4"};
    const Lines lines = phone.sends_another();
    REQUIRE(lines.size() == 1);
    CHECK(raw(lines[0], "nc") == "00000002");
    CHECK(raw(lines[0], "nonce") == "\"n\"");
    CHECK(raw(lines[0], "opaque") == "\"o\"");
    CHECK(raw(lines[0], "uri") == "\"sip:alice@192.0.2.4\"");
    phone.accounts.remove("biloxi.com");
    CHECK(phone.sends_another().empty());
}

TEST_CASE("another call shows nothing of this one's", "[auth][rfc3261][22.3]") {
    Phone phone;
    CHECK(phone.asked({asks("n")}) == retry);
    CHECK(phone.sends().size() == 1);
    phone.client = {};
    CHECK(phone.sends_another().empty());
}

// RFC 3261 §22.1: the ACK repeats the INVITE's, and a CANCEL is never asked.
TEST_CASE("ACK and CANCEL get no credentials of their own", "[auth][rfc3261][22.1]") {
    Phone phone;
    CHECK(phone.asked({asks("n")}) == retry);
    CHECK(phone.count() == "00000001");
    for (const std::string_view method : {"ACK", "CANCEL"}) {
        phone.request.method = method;
        CHECK(phone.sends().empty());
    }
    phone.request.method = "PRACK";
    CHECK(phone.count() == "00000002");
}

// RFC 7616 §3.4: nc is counted for each nonce.
TEST_CASE("with a new nonce the count begins again at one", "[auth][rfc7616][3.4][faults][78]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.count() == "00000001");
    phone.attempt = {};
    CHECK(phone.count() == "00000002");
    SECTION("said to be stale") {
        CHECK(phone.asked({asks("n2", ", stale=TRUE")}) == retry);
        CHECK(phone.count() == "00000001");
    }
    SECTION("and without stale, since the credentials were not asked for in this request") {
        CHECK(phone.asked({asks("n2")}) == retry);
        CHECK(phone.count() == "00000001");
        CHECK(phone.asked({asks("n3")}) == rejected);
    }
    SECTION("but with the same nonce it goes on") {
        CHECK(phone.asked({asks("n1", ", stale=true")}) == retry);
        CHECK(phone.count() == "00000003");
    }
}

// RFC 3261 §22.1, RFC 7616 §3.3: the same password must not be tried again.
TEST_CASE("credentials that were asked for and then refused are not tried again",
          "[auth][rfc3261][22.1][rfc7616][3.3][rfc8760][2.4]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    for (const std::string_view stale : {"", ", stale=false", ", stale=maybe"}) {
        Phone copy = phone;
        const Lines again{asks("n2", stale), asks("n3", stale)};
        CHECK(copy.client.challenged(copy.accounts, again, copy.attempt)
              == DigestDecision{rejected, "biloxi.com"});
        CHECK(copy.asked(again) == rejected);
        CHECK(copy.sends_another().empty()); // nor shown in later requests
        CHECK(copy.asked(again) == retry);   // which are asked on their own
        CHECK(copy.count() == "00000001");
    }
}

TEST_CASE("what the request did not show has not been refused", "[auth][rfc3261][22.1]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    CHECK(phone.asked({asks("n2", ", stale=true")}) == retry);
    phone.accounts.remove("biloxi.com");
    CHECK(phone.sends().empty());
    phone.accounts.set({"biloxi.com", "bob", "zanzibar"});
    CHECK(phone.asked({asks("n3")}) == retry);
}

TEST_CASE("the latest challenge of a realm says how it is answered", "[auth][rfc7616][3.6]") {
    Phone phone;
    CHECK(phone.asked({asks("n", ", algorithm=SHA-256, opaque=\"1\"")}) == retry);
    CHECK(phone.sends().size() == 1);
    CHECK(phone.asked({asks("n", ", stale=true, algorithm=MD5, opaque=\"2\"")}) == retry);
    const AuthField line = phone.sends().at(0);
    CHECK(raw(line, "algorithm") == "MD5");
    CHECK(raw(line, "opaque") == "\"2\"");
}

TEST_CASE("a new password may be tried in a new attempt", "[auth][rfc7616][3.3]") {
    Phone phone;
    const Lines challenge{asks("n")};
    CHECK(phone.asked(challenge) == retry);
    CHECK(phone.count() == "00000001");
    CHECK(phone.asked(challenge) == rejected);
    phone.accounts.set({"biloxi.com", "bob", "better"});
    phone.attempt = {};
    CHECK(phone.asked(challenge) == retry);
    const Lines lines = phone.sends();
    REQUIRE(lines.size() == 1);
    CHECK(raw(lines[0], "nc") == "00000002"); // it is the second request with this nonce
    const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "better");
    CHECK(raw(lines[0], "response")
          == quote(digest_response<Md5>(
              ha1, {"INVITE", "sip:alice@example.com", {}, "n", Qop::auth, "00000002", "c1"})));
}

// RFC 7616 §3.3: the nonce was too old, so nothing is wrong with the password.
TEST_CASE("a stale nonce is answered with the new one and proves no wrong password",
          "[auth][rfc7616][3.3][3.6][rfc3261][22.1]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.count() == "00000001");
    CHECK(phone.asked({asks("n2", ", stale=true")}) == retry);
    CHECK(raw(phone.sends().at(0), "nonce") == "\"n2\"");
    CHECK(phone.attempt.tries() == 2);
    CHECK(phone.asked({asks("n3")}) == rejected);
}

TEST_CASE("credentials shown unasked are wrong where their own nonce comes back",
          "[auth][rfc3261][22.1]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    CHECK(phone.sends_another().size() == 1);
    CHECK(phone.asked({asks("n1")}) == rejected);
}

TEST_CASE("a request overtaken by a new nonce is sent again with that one",
          "[auth][rfc7616][3.6]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    DigestAttempt slow;
    CHECK(phone.client.authorize(phone.accounts, phone.request, slow, phone.random).size() == 1);
    CHECK(phone.sends_another().size() == 1);
    CHECK(phone.asked({asks("n2")}) == retry); // to the quick one
    CHECK(phone.count() == "00000001");
    CHECK(phone.client.challenged(phone.accounts, Lines{asks("n2")}, slow).outcome == retry);
    CHECK(phone.count() == "00000002");
}

TEST_CASE("a realm that refuses does not keep another from its answer", "[auth][rfc8760][2.4]") {
    Phone phone;
    phone.accounts.set({"two", "bob", "2"});
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    CHECK(phone.asked({asks("n2"), www("Digest realm=\"two\", nonce=\"q\"")}) == retry);
    const Lines lines = phone.sends();
    REQUIRE(lines.size() == 1);
    CHECK(raw(lines[0], "realm") == "\"two\"");
}

TEST_CASE("a wrong password is said before an unknown realm", "[auth][rfc3261][22.1]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.sends().size() == 1);
    const AuthField other = www("Digest realm=\"other\", nonce=\"n\"");
    for (const Lines& lines : {Lines{asks("n2"), other}, Lines{other, asks("n2")}}) {
        Phone copy = phone;
        CHECK(copy.client.challenged(copy.accounts, lines, copy.attempt)
              == DigestDecision{rejected, "biloxi.com"});
    }
}

// Limits::authentication_tries
TEST_CASE("a server that brings a new nonce each time is given up",
          "[auth][rfc3261][22.1][faults][74]") {
    Phone phone;
    CHECK(phone.sends().empty());
    int nonce = 0;
    const auto next = [&](std::string_view more) {
        return Lines{asks("n" + std::to_string(++nonce), more)};
    };
    SECTION("at once where it does not call the old one stale") {
        CHECK(phone.asked(next("")) == retry);
        CHECK(phone.sends().size() == 1);
        CHECK(phone.asked(next("")) == rejected);
    }
    SECTION("after three tries where it does") {
        for (int i = 0; i < 3; ++i) {
            CHECK(phone.asked(next(", stale=true")) == retry);
            CHECK(phone.sends().size() == 1);
        }
        CHECK(phone.attempt.tries() == 3);
        CHECK(phone.asked(next(", stale=true")) == exhausted);
        CHECK(phone.asked(next(", stale=true")) == exhausted);
        CHECK(phone.attempt.tries() == 3);
    }
    SECTION("after as many as the caller allows") {
        const auto ask = [&](std::size_t tries) {
            return phone.client
                .challenged(phone.accounts, next(", stale=true"), phone.attempt, tries)
                .outcome;
        };
        CHECK(ask(0) == exhausted);
        CHECK(ask(1) == retry);
        CHECK(ask(1) == exhausted);
        CHECK(ask(2) == retry);
    }
    SECTION("and where it takes a new realm each time") {
        for (int i = 0; i < 4; ++i)
            phone.accounts.set({std::to_string(i), "bob", "x"});
        for (int i = 0; i < 4; ++i) {
            const Lines lines{www("Digest nonce=\"n\", realm=\"" + std::to_string(i) + "\"")};
            CHECK(phone.asked(lines) == (i < 3 ? retry : exhausted));
            phone.sends();
        }
    }
}

// RFC 7616 §3.3: returned unchanged.
TEST_CASE("opaque goes back byte for byte", "[auth][rfc7616][3.3][3.4]") {
    struct Row {
        std::string_view given;
        std::string_view back;
    };
    const Row rows[] = {
        {", opaque=\"5ccc069c\"", "\"5ccc069c\""},
        {", opaque=\"\"", "\"\""},
        {", opaque=\"a\\\"b\\c, d=e\"", "\"a\\\"b\\c, d=e\""},
        {", opaque=token", "\"token\""},
        {"", "-"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.given);
        Phone phone;
        CHECK(phone.asked({asks("n", row.given)}) == retry);
        CHECK(raw(phone.sends().at(0), "opaque") == row.back);
    }
}

// RFC 7616 §3.3: the protection space in SIP is the realm. RFC 3261 §22.1
TEST_CASE("the domain of a challenge changes nothing", "[auth][rfc7616][3.3][rfc3261][22.1]") {
    for (const auto by : {Header::www_authenticate, Header::proxy_authenticate}) {
        Phone plain;
        Phone phone;
        AuthField challenge = asks("n");
        challenge.name = by;
        CHECK(plain.asked({challenge}) == retry);
        challenge.value += ", domain=\"sip:elsewhere.example\"";
        CHECK(phone.asked({challenge}) == retry);
        CHECK(phone.sends() == plain.sends());
    }
}

// RFC 7616 §3.3: unq() takes the quotes and the quoting slashes away.
TEST_CASE("a digest is made of what quoted strings mean", "[auth][rfc7616][3.3][3.4.5]") {
    Phone phone;
    phone.accounts.set({"a \"realm\"", "dom\\b\"ob", "pa\"ss\\"});
    CHECK(phone.asked({www("Digest realm=\"a \\\"realm\\\"\", nonce=\"n\\once\", algorithm=MD5")})
          == retry);
    const AuthField line = phone.sends().at(0);
    CHECK(raw(line, "username") == "\"dom\\\\b\\\"ob\"");
    CHECK(raw(line, "realm") == "\"a \\\"realm\\\"\"");
    CHECK(raw(line, "nonce") == "\"n\\once\"");
    const auto ha1 = hash_of<Md5>({"dom\\b\"ob:a \"realm\":pa\"ss\\"});
    CHECK(raw(line, "response")
          == quote(hash_of<Md5>({ha1, "nonce", hash_of<Md5>({"INVITE:sip:alice@example.com"})})));
}

TEST_CASE("parameters that came without quotes go back with them", "[auth][rfc7616][3.4]") {
    Phone phone;
    CHECK(phone.asked({www("Digest realm=biloxi.com, nonce=abc")}) == retry);
    const AuthField line = phone.sends().at(0);
    CHECK(raw(line, "realm") == "\"biloxi.com\"");
    CHECK(raw(line, "nonce") == "\"abc\"");
}

// RFC 7616 §4: UTF-8; a quoted-string of SIP carries it as it is.
TEST_CASE("a user name and a password beyond ASCII are taken as they are", "[auth][rfc7616][4]") {
    Phone phone;
    phone.accounts.set({"biloxi.com", "J\xc3\xa4s\xc3\xb8n", "\xe2\x82\xac"});
    CHECK(phone.asked({www("Digest realm=\"biloxi.com\", nonce=\"n\"")}) == retry);
    const AuthField line = phone.sends().at(0);
    CHECK(raw(line, "username") == "\"J\xc3\xa4s\xc3\xb8n\"");
    const auto ha1 = hash_of<Md5>({"J\xc3\xa4s\xc3\xb8n:biloxi.com:\xe2\x82\xac"});
    CHECK(raw(line, "response")
          == quote(digest_response<Md5>(ha1, {"INVITE", "sip:alice@example.com", {}, "n"})));
}

// RFC 7616 §3.4.4; the values are those that the RFC's own hash gives.
TEST_CASE("a server that hashes user names gets a hashed one", "[auth][rfc7616][3.4.4][3.9.2]") {
    const auto answer = [](std::string_view userhash) {
        DigestAccounts accounts;
        accounts.set({"api@example.org", "J\xc3\xa4s\xc3\xb8n Doe", "Secret, or not?"});
        BasicDigestClient<PrintedSha512_256> client;
        DigestAttempt attempt;
        Fixed random{"NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"};
        const Lines challenge{
            www("Digest realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256,"
                " nonce=\"5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK\","
                " opaque=\"HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS\", charset=UTF-8"
                + std::string(userhash))};
        CHECK(client.challenged(accounts, challenge, attempt).outcome == retry);
        return client.authorize(accounts, {"GET", "/doe.json"}, attempt, random).at(0);
    };
    const AuthField line = answer(", userhash=true");
    CHECK(raw(line, "username")
          == "\"488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec\"");
    CHECK(raw(line, "userhash") == "true");
    CHECK(raw(line, "response")
          == "\"ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd\"");
    for (const std::string_view no : {"", ", userhash=false"}) {
        CHECK(raw(answer(no), "username") == "\"J\xc3\xa4s\xc3\xb8n Doe\"");
        CHECK(raw(answer(no), "userhash") == "-");
        CHECK(raw(answer(no), "response") == raw(line, "response"));
    }
}

// RFC 7616 §3.5
TEST_CASE("the nonce for the next request can come with a success", "[auth][rfc7616][3.5]") {
    Phone phone;
    CHECK(phone.asked({asks("n1")}) == retry);
    CHECK(phone.count() == "00000001");
    SECTION("and its count begins at one") {
        phone.client.authentication_info("qop=auth, nextnonce=\"n\\2\", nc=00000001",
                                         phone.attempt);
        const AuthField line = phone.sends_another().at(0);
        CHECK(raw(line, "nonce") == "\"n\\2\"");
        CHECK(raw(line, "nc") == "00000001");
        CHECK(raw(line, "cnonce") == "\"c2\"");
    }
    SECTION("the one in use goes on") {
        phone.client.authentication_info("nextnonce=\"n1\"", phone.attempt);
        CHECK(phone.count() == "00000002");
    }
    SECTION("what is malformed or empty is passed over") {
        for (const std::string_view value :
             {""sv, "nextnonce"sv, "nextnonce=\"n2"sv, "nextnonce=\"\""sv, "qop=auth"sv, "n2"sv,
              "nextnonce=\"\\\0\""sv})
            phone.client.authentication_info(value, phone.attempt);
        CHECK(raw(phone.sends().at(0), "nonce") == "\"n1\"");
        CHECK(phone.count() == "00000003");
    }
    SECTION("a request that showed nothing gets none") {
        phone.client.authentication_info("nextnonce=\"n2\"", DigestAttempt());
        CHECK(raw(phone.sends().at(0), "nonce") == "\"n1\"");
    }
}

TEST_CASE("a next nonce is not taken where it could be another realm's", "[auth][rfc7616][3.5]") {
    Phone phone;
    phone.accounts.set({"two", "bob", "2"});
    CHECK(phone.asked({proxy("Digest realm=\"two\", nonce=\"p\"")}) == retry);
    CHECK(phone.sends().size() == 1);
    phone.client.authentication_info("nextnonce=\"x\"", phone.attempt);
    CHECK(raw(phone.sends().at(0), "nonce") == "\"p\""); // the proxy does not send the field

    CHECK(phone.asked({asks("n")}) == retry);
    CHECK(phone.sends().size() == 2);
    phone.client.authentication_info("nextnonce=\"y\"", phone.attempt);
    CHECK(raw(phone.sends().at(0), "nonce") == "\"p\"");
    CHECK(raw(phone.sends().at(1), "nonce") == "\"y\"");

    CHECK(phone.asked({www("Digest realm=\"two\", nonce=\"q\"")}) == retry);
    CHECK(phone.sends().size() == 3);
    phone.client.authentication_info("nextnonce=\"z\"", phone.attempt);
    const Lines lines = phone.sends();
    CHECK(raw(lines.at(1), "nonce") == "\"y\"");
    CHECK(raw(lines.at(2), "nonce") == "\"q\"");

    phone.accounts.remove("two"); // its credentials are not in the next request
    CHECK(phone.sends().size() == 1);
    phone.client.authentication_info("nextnonce=\"z\"", phone.attempt);
    CHECK(raw(phone.sends().at(0), "nonce") == "\"z\"");
}

TEST_CASE("no bytes in a challenge do any harm", "[auth][faults][23]") {
    const std::string value =
        "Digest realm=\"biloxi.com\", nonce=\"n\", opaque=\"\\o\", stale=true,"
        " algorithm=MD5, qop=\"auth,auth-int\", userhash=true";
    const auto survives = [](const std::string& text) {
        Phone phone;
        phone.asked({www(text), proxy(text)});
        for (const AuthField& line : phone.sends()) {
            CHECK(Credentials::parse(line.value));
            CHECK(line.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
        }
        phone.client.authentication_info(text, phone.attempt);
    };
    for (std::size_t i = 0; i <= value.size(); ++i)
        survives(value.substr(0, i));
    for (std::size_t i = 0; i < value.size(); ++i) {
        for (const char c : {'\0', '"', '\\', ',', '=', ' ', '\r', '\n', '\x80', 'x'}) {
            std::string text = value;
            text[i] = c;
            survives(text);
        }
    }
}

#include "offhook/auth/digest_server.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../catch.hpp"
#include "offhook/auth/digest_accounts.hpp"
#include "offhook/auth/digest_client.hpp"
#include "offhook/auth/sha512_256.hpp"
#include "offhook/core/random.hpp"
#include "offhook/message/challenge.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {

using Lines = std::vector<AuthField>;
using Standing = DigestStanding;

constexpr HashKey key{17, 42};
constexpr auto retry = DigestOutcome::retry;

DigestServerOptions options_for(std::string realm) {
    DigestServerOptions options;
    options.realm = std::move(realm);
    return options;
}

/// A server that knows bob, and a client that says it is he.
template <class Server = BasicDigestServer<Md5>>
struct Exchange {
    explicit Exchange(DigestServerOptions options = options_for("biloxi.com"))
        : server(std::move(options), key) {
        accounts.set({"biloxi.com", "bob", "zanzibar"});
    }

    /// The client takes the server's challenge.
    void challenge() {
        attempt = {};
        REQUIRE(client.challenged(accounts, server.challenges(now), attempt).outcome == retry);
    }
    /// A request with credentials.
    Lines sends() { return client.authorize(accounts, request, attempt, random); }
    DigestVerdict judge(const Lines& lines,
                        DigestSecret secret = DigestSecret::password("zanzibar")) {
        const auto read = server.read(now, request, lines);
        if (const auto* verdict = std::get_if<DigestVerdict>(&read)) return *verdict;
        return server.verify(std::get<DigestClaim>(read), request, secret);
    }
    Standing standing(const Lines& lines) { return judge(lines).standing; }

    Server server;
    DigestAccounts accounts;
    DigestClient client;
    DigestAttempt attempt;
    Random random{Seed{7}};
    TimePoint now{1h};
    DigestRequest request{"INVITE", "sip:alice@example.com", "v=0\r\n"};
};

/// The lines with one text in place of another, which must be there.
Lines with(Lines lines, std::string_view old, std::string_view text) {
    const std::size_t at = lines.at(0).value.find(old);
    REQUIRE(at != std::string::npos);
    lines[0].value.replace(at, old.size(), text);
    return lines;
}

/// A parameter of the first line, from its name to its end: `nc=00000001`.
std::string whole(const Lines& lines, std::string_view name) {
    const auto credentials = Credentials::parse(lines.at(0).value);
    REQUIRE(credentials);
    for (const Parameter& each : credentials->parameters) {
        if (each.name != name) continue;
        const std::size_t begin = static_cast<std::size_t>(each.name.data() - &lines[0].value[0]);
        return lines[0].value.substr(begin, name.size() + 1 + each.value.size());
    }
    FAIL(name);
    return {};
}

/// The first line without that parameter.
Lines without(const Lines& lines, std::string_view name) {
    return with(lines, " " + whole(lines, name), " x-" + std::string(name) + "=y");
}

} // namespace

// RFC 8760 §2.3, RFC 7616 §3.7: the most preferred on top, each with another algorithm.
TEST_CASE("a server asks once for each of its hashes, the most preferred first",
          "[auth][rfc8760][2.3][2.6][rfc7616][3.3][3.7][rfc3261][22.2][22.4]") {
    BasicDigestServer<Sha512_256, Sha256, Md5> server(options_for("biloxi.com"), key);
    const Lines lines = server.challenges(TimePoint{1h});
    NonceMaker maker(key);
    const std::string begin =
        "Digest realm=\"biloxi.com\", nonce=\"" + maker.make(TimePoint{1h}) + "\", algorithm=";
    CHECK(lines
          == Lines{{Header::www_authenticate, begin + "SHA-512-256, qop=\"auth\""},
                   {Header::www_authenticate, begin + "SHA-256, qop=\"auth\""},
                   {Header::www_authenticate, begin + "MD5, qop=\"auth\""}});

    const Lines usual = DigestServer(options_for("biloxi.com"), key).challenges(TimePoint{1h});
    REQUIRE(usual.size() == 2);
    CHECK(Challenge::parse(usual[0].value)->algorithm() == "SHA-256");
    CHECK(Challenge::parse(usual[1].value)->algorithm() == "MD5");
}

TEST_CASE("a challenge says which qops there are, which variant, and whether the nonce was stale",
          "[auth][rfc7616][3.3][rfc3261][22.3]") {
    DigestServerOptions options = options_for("a \"realm\\");
    options.by = Challenger::proxy;
    options.auth_int = true;
    options.session = true;
    BasicDigestServer<Sha256> server(options, key);
    const Lines lines = server.challenges(TimePoint{}, Stale::yes);
    REQUIRE(lines.size() == 1);
    CHECK(lines[0].name == Header::proxy_authenticate);
    CHECK(lines[0].value.starts_with("Digest realm=\"a \\\"realm\\\\\", nonce=\""));
    CHECK(
        lines[0].value.ends_with("\", stale=true, algorithm=SHA-256-sess, qop=\"auth,auth-int\""));

    options.auth = false;
    BasicDigestServer<Sha256> strict(options, key);
    CHECK(strict.challenges(TimePoint{})[0].value.ends_with(", qop=\"auth-int\""));
    CHECK(Challenge::parse(strict.challenges(TimePoint{}, Stale::yes)[0].value)->stale());
    CHECK_FALSE(Challenge::parse(strict.challenges(TimePoint{}, Stale::no)[0].value)->stale());
}

TEST_CASE("no two challenges have the same nonce", "[auth][rfc7616][3.3]") {
    DigestServer server(options_for("biloxi.com"), key);
    std::set<std::string> nonces;
    for (int i = 0; i < 20; ++i)
        nonces.insert(
            std::string(Challenge::parse(server.challenges(TimePoint{})[0].value)->nonce()));
    CHECK(nonces.size() == 20);
}

TEST_CASE("a server that cannot ask is refused", "[auth][rfc3261][22.4][faults][80]") {
    CHECK_THROWS_AS(DigestServer(options_for("a\r\nVia: b"), key), UnsafeValue);
    DigestServerOptions options = options_for("a");
    options.auth = false;
    CHECK_THROWS_AS(DigestServer(options, key), BadArgument);
}

// RFC 7616 §3.6: the same computation as the client's, from the password or from H(A1).
TEST_CASE("who answers rightly is accepted, whatever the algorithm",
          "[auth][rfc7616][3.6][rfc8760][2.1][2.6]") {
    using Server = BasicDigestServer<Sha256, Sha512_256, Md5>;
    using Algorithms = DigestAlgorithms<Sha256, Sha512_256, Md5>;
    for (std::size_t hash = 0; hash < 3; ++hash) {
        for (const bool session : {false, true}) {
            for (const bool auth_int : {false, true}) {
                CAPTURE(hash, session, auth_int);
                DigestServerOptions options = options_for("biloxi.com");
                options.session = session;
                options.auth = !auth_int;
                options.auth_int = auth_int;
                Exchange<Server> it(options);
                const Lines one{it.server.challenges(it.now)[hash]};
                REQUIRE(it.client.challenged(it.accounts, one, it.attempt).outcome == retry);

                const Lines lines = it.sends();
                const auto read = it.server.read(it.now, it.request, lines);
                REQUIRE(std::holds_alternative<DigestClaim>(read));
                const auto& claim = std::get<DigestClaim>(read);
                CHECK(claim.user == "bob");
                CHECK(claim.uri == "sip:alice@example.com");
                CHECK(claim.hash == Algorithms::name({hash, false}));
                const DigestVerdict accepted{Standing::accepted, "bob"};
                CHECK(it.judge(lines) == accepted);

                const auto ha1 = Algorithms::ha1({hash, false}, "bob", "biloxi.com", "zanzibar");
                CHECK(it.judge(it.sends(), DigestSecret::ha1(ha1)) == accepted);
            }
        }
    }
}

// RFC 3261 §22.2; RFC 2617 §3.3: no more is said than that it was wrong.
TEST_CASE("who answers wrongly is asked again, and nothing says what was wrong",
          "[auth][rfc7616][3.6][rfc3261][22.2]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    const DigestVerdict again{Standing::challenge};
    CHECK(it.judge(lines, DigestSecret::password("Zanzibar")) == again);
    CHECK(it.judge(lines, DigestSecret::password("")) == again);
    CHECK(it.judge(lines, DigestSecret::ha1("")) == again);
    CHECK(it.judge(lines, DigestSecret::ha1("zanzibar")) == again);
    CHECK(it.judge(lines, DigestSecret::unknown_user()) == again);
    CHECK(it.judge(lines).standing == Standing::accepted);
}

TEST_CASE("an unknown user is not let in with an empty password", "[auth]") {
    Exchange it;
    it.accounts.set({"biloxi.com", "mallory", ""});
    it.challenge();
    CHECK(it.judge(it.sends(), DigestSecret::unknown_user()).standing == Standing::challenge);
    CHECK(it.judge(it.sends(), DigestSecret::password("")).user == "mallory");
}

// RFC 7616 §3.4.3
TEST_CASE("a digest holds for its method, URI, user, nonces and count alone",
          "[auth][rfc7616][3.4.1][3.4.3]") {
    Exchange it;
    it.server = BasicDigestServer<Md5>(
        [] {
            DigestServerOptions options = options_for("biloxi.com");
            options.own_uris = {"sip:carol@example.com"};
            return options;
        }(),
        key);
    it.challenge();
    const Lines lines = it.sends();
    CHECK(it.standing(with(lines, "\"bob\"", "\"rob\"")) == Standing::challenge);
    CHECK(it.standing(with(lines, "sip:alice@", "sip:carol@")) == Standing::challenge);
    CHECK(it.standing(with(lines, "nc=00000001", "nc=00000002")) == Standing::challenge);
    CHECK(it.standing(with(lines, "cnonce=\"", "cnonce=\"a")) == Standing::challenge);
    CHECK(it.standing(with(lines, "response=\"", "response=\"0")) == Standing::challenge);
    it.request.method = "BYE";
    CHECK(it.standing(lines) == Standing::challenge);
    it.request.method = "INVITE";
    CHECK(it.standing(lines) == Standing::accepted);
}

TEST_CASE("a body that was changed on the way shows in auth-int, and only there",
          "[auth][rfc7616][3.4.3]") {
    for (const bool auth_int : {false, true}) {
        DigestServerOptions options = options_for("biloxi.com");
        options.auth = !auth_int;
        options.auth_int = auth_int;
        Exchange it(options);
        it.challenge();
        const Lines lines = it.sends();
        it.request.body = "v=1\r\n";
        CHECK(it.standing(lines) == (auth_int ? Standing::challenge : Standing::accepted));
    }
}

// RFC 3261 §22, §22.3, §22.4; RFC 8760 §2.6
TEST_CASE("credentials for a realm that we never issued are asked for anew",
          "[auth][rfc3261][22.3][rfc8760][2.3][faults][75]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    CHECK(it.judge({}) == DigestVerdict{Standing::challenge});
    CHECK(it.judge(with(lines, "biloxi.com", "atlanta.com")) == DigestVerdict{Standing::challenge});
    CHECK(it.judge(with(lines, "biloxi.com", "Biloxi.com")) == DigestVerdict{Standing::challenge});
    CHECK(it.judge(without(lines, "realm")) == DigestVerdict{Standing::challenge});
    CHECK(it.judge({{Header::authorization, "Digest realm=\"never issued\""}})
          == DigestVerdict{Standing::challenge});
    Lines other = lines;
    other[0].name = Header::proxy_authorization; // of the proxies on the way
    CHECK(it.judge(other) == DigestVerdict{Standing::challenge});
    CHECK(it.standing(lines) == Standing::accepted);
}

TEST_CASE("Basic is neither asked for nor accepted", "[auth][rfc3261][22][22.4][rfc8760][2.6]") {
    Exchange it;
    it.challenge();
    CHECK(it.judge({{Header::authorization, "Basic realm=\"biloxi.com\", Ym9iOnphbnppYmFy=x"}})
          == DigestVerdict{Standing::challenge});
    CHECK(it.judge(with(it.sends(), "Digest", "Basic")) == DigestVerdict{Standing::challenge});
    for (const AuthField& line : it.server.challenges(it.now))
        CHECK(Challenge::parse(line.value)->is_digest());
}

TEST_CASE("a proxy takes the credentials that are for proxies", "[auth][rfc3261][22.3]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.by = Challenger::proxy;
    Exchange it(options);
    it.challenge();
    const Lines lines = it.sends();
    CHECK(lines.at(0).name == Header::proxy_authorization);
    CHECK(it.standing(lines) == Standing::accepted);
}

// RFC 3261 §22.3: a value for another realm must not be consumed.
TEST_CASE("among several credentials those for us are found", "[auth][rfc3261][22.3][22.4]") {
    Exchange it;
    it.challenge();
    const AuthField ours = it.sends().at(0);
    const AuthField broken{Header::authorization, "Digest realm=\"biloxi.com"};
    const AuthField foreign{Header::authorization, "Digest realm=\"x\", username=\"y\""};
    AuthField forged = ours; // of another server of the realm
    const std::string nonce = whole({ours}, "nonce");
    forged.value.replace(forged.value.find(nonce), nonce.size(), "nonce=\"abc\"");

    Exchange copy = it;
    CHECK(copy.standing({foreign, broken, forged, ours}) == Standing::accepted);
    copy = it;
    CHECK(copy.standing({ours, foreign, broken, forged}) == Standing::accepted);
    CHECK(it.standing({foreign, broken, forged}) == Standing::stale);
    CHECK(it.standing({forged, broken}) == Standing::stale);
    CHECK(it.standing({foreign, broken}) == Standing::bad_request);
    CHECK(it.standing({broken, foreign}) == Standing::bad_request);
}

// RFC 7616 §3.4: improper or missing parameters get a 4xx.
TEST_CASE("credentials that lack something are a bad request that names it",
          "[auth][rfc7616][3.4][rfc8760][2.6]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    for (const std::string_view name : {"username", "nonce", "uri", "response", "cnonce", "nc"}) {
        CAPTURE(name);
        const Lines lacking = without(lines, name);
        CHECK(it.judge(lacking).standing == Standing::bad_request);
        CHECK(it.judge(lacking).fault.offset == lacking[0].value.size());
        CHECK(it.judge(lacking).fault.rule == "digest-response: " + std::string(name));
    }
    CHECK(it.standing(without(lines, "algorithm")) == Standing::accepted); // it was MD5
}

// RFC 3261 §7.3.1: no parameter stands twice.
TEST_CASE("credentials that say something twice are a bad request", "[auth][rfc7616][3.4]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    for (const std::string_view name :
         {"username", "realm", "nonce", "uri", "response", "algorithm", "cnonce", "qop", "nc"}) {
        CAPTURE(name);
        Lines twice = lines;
        twice[0].value += ", " + whole(lines, name);
        CHECK(it.judge(twice)
              == DigestVerdict{
                  Standing::bad_request, {}, {"auth-param: repeated", lines[0].value.size() + 2}});
    }
    Lines extended = lines;
    extended[0].value += ", username*=UTF-8''bob";
    CHECK(it.judge(extended)
          == DigestVerdict{Standing::bad_request,
                           {},
                           {"digest-response: username and username*", extended[0].value.size()}});
    CHECK(it.standing(lines) == Standing::accepted);
}

// RFC 8760 §2.7: a client that was never challenged may send empty values.
TEST_CASE("empty credentials are those of a client that has not been asked yet",
          "[auth][rfc8760][2.7]") {
    Exchange it;
    CHECK(it.judge(
              {{Header::authorization, "Digest username=\"bob\", realm=\"biloxi.com\", nonce=\"\","
                                       " uri=\"sip:alice@example.com\", response=\"\""}})
          == DigestVerdict{Standing::challenge});
    it.challenge();
    const Lines lines = it.sends();
    CHECK(it.standing(with(lines, whole(lines, "nonce"), "nonce=\"\"")) == Standing::challenge);
    const Lines unsigned_line = with(lines, whole(lines, "response"), "response=\"\"");
    CHECK(it.standing(unsigned_line) == Standing::challenge);
    CHECK(std::holds_alternative<DigestVerdict>(it.server.read(it.now, it.request, unsigned_line)));
    CHECK(it.judge(with(lines, whole(lines, "cnonce"), "cnonce=\"\"")).fault.rule
          == "digest-response: cnonce");
    CHECK(it.judge(with(lines, whole(lines, "uri"), "uri=\"\"")).fault.rule
          == "digest-uri: not the Request-URI");
    CHECK(it.standing(with(lines, "\"bob\"", "\"\"")) == Standing::challenge);
    CHECK(it.standing(with(lines, "\"biloxi.com\"", "\"\"")) == Standing::challenge);
    CHECK(it.standing(with(lines, "algorithm=MD5", "algorithm=\"\"")) == Standing::accepted);
}

TEST_CASE("a malformed header field is a bad request that shows the byte", "[auth][faults][23]") {
    Exchange it;
    CHECK(it.judge({{Header::authorization, "Digest username=\"bob\", realm=\"biloxi.com"}})
          == DigestVerdict{Standing::bad_request, {}, {"quoted-string", 29}});
    CHECK(it.judge({{Header::authorization, ""}})
          == DigestVerdict{Standing::bad_request, {}, {"auth-scheme", 0}});
}

// RFC 7616 §3.4: exactly eight digits.
TEST_CASE("a nonce count that is no number of eight digits is a bad request",
          "[auth][rfc7616][3.4][3.5]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    for (const std::string_view nc :
         {"0000001", "000000001", "0000000g", "+0000001", "\"\"", "1"}) {
        CAPTURE(nc);
        const DigestVerdict verdict = it.judge(with(lines, "nc=00000001", "nc=" + std::string(nc)));
        CHECK(verdict.standing == Standing::bad_request);
        CHECK(verdict.fault.rule == "digest-response: nc");
    }
    CHECK(it.standing(with(lines, "nc=00000001", "nc=\"00000001\"")) == Standing::accepted);
}

// RFC 8760 §3, RFC 7616 §5.8: what was not offered is not accepted.
TEST_CASE("an algorithm that was not offered is asked for anew", "[auth][rfc8760][3]") {
    Exchange<BasicDigestServer<Md5>> md5;
    md5.challenge();
    Exchange<BasicDigestServer<Sha256>> it;
    it.challenge();
    CHECK(it.standing(md5.sends()) == Standing::challenge);
    const Lines lines = it.sends();
    CHECK(it.standing(without(lines, "algorithm")) == Standing::challenge); // that would be MD5
    CHECK(it.standing(with(lines, "=SHA-256", "=SHA-256-sess")) == Standing::challenge);
    CHECK(it.standing(with(lines, "=SHA-256", "=SHA-1")) == Standing::challenge);
    CHECK(it.standing(lines) == Standing::accepted);

    DigestServerOptions options = options_for("biloxi.com");
    options.session = true;
    Exchange session(options);
    session.challenge();
    CHECK(session.standing(with(session.sends(), "MD5-sess", "MD5")) == Standing::challenge);

    // A right digest, since the challenge has been changed on the way.
    for (auto* each : {&md5, &session}) {
        const bool plain = each == &md5;
        const Lines changed = with(each->server.challenges(each->now), plain ? "MD5" : "MD5-sess",
                                   plain ? "MD5-sess" : "MD5");
        each->client = {};
        each->attempt = {};
        REQUIRE(each->client.challenged(each->accounts, changed, each->attempt).outcome == retry);
        CHECK(each->standing(each->sends()) == Standing::challenge);
    }
}

TEST_CASE("a qop that was not offered is refused even where the digest is right",
          "[auth][rfc7616][3.4][rfc8760][2.6]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.auth = false;
    options.auth_int = true;
    Exchange it(options);
    // What the client sees has been changed on the way.
    for (const std::string_view qop : {"qop=\"auth\"", "x=y"}) {
        Lines weaker = with(it.server.challenges(it.now), "qop=\"auth-int\"", qop);
        it.attempt = {};
        REQUIRE(it.client.challenged(it.accounts, weaker, it.attempt).outcome == retry);
        CHECK(it.judge(it.sends()) == DigestVerdict{Standing::challenge});
    }
    Exchange plain;
    const Lines stronger =
        with(plain.server.challenges(plain.now), "qop=\"auth\"", "qop=\"auth-int\"");
    REQUIRE(plain.client.challenged(plain.accounts, stronger, plain.attempt).outcome == retry);
    CHECK(plain.standing(plain.sends()) == Standing::challenge);
    plain.challenge();
    CHECK(plain.standing(with(plain.sends(), "qop=auth", "qop=auth-int")) == Standing::challenge);
    CHECK(plain.standing(with(plain.sends(), "qop=auth", "qop=auth-conf")) == Standing::challenge);
    CHECK(plain.standing(with(plain.sends(), "qop=auth", "qop=\"\"")) == Standing::challenge);
}

// RFC 3261 §22.4: backward compatible with RFC 2069, where the server wants to be.
TEST_CASE("a client that knows no qop is accepted if the server says so, once for each nonce",
          "[auth][rfc3261][22.4][rfc8760][2.6]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.without_qop = true;
    Exchange it(options);
    Lines asked;
    const auto ask_without_qop = [&] {
        it.attempt = {};
        asked = it.server.challenges(it.now);
        const Lines old = with(asked, "qop=\"auth\"", "x=y");
        REQUIRE(it.client.challenged(it.accounts, old, it.attempt).outcome == retry);
    };
    ask_without_qop();
    const Lines lines = it.sends();
    CHECK(lines[0].value.find("qop") == std::string::npos);
    CHECK(it.judge(lines, DigestSecret::password("wrong")).standing == Standing::challenge);
    CHECK(it.judge(lines) == DigestVerdict{Standing::accepted, "bob"});
    CHECK(it.standing(lines) == Standing::stale);
    CHECK(it.standing(it.sends()) == Standing::stale);
    it.attempt = {};
    REQUIRE(it.client.challenged(it.accounts, asked, it.attempt).outcome == retry);
    const Lines counted = it.sends(); // with the same nonce
    CHECK(counted[0].value.find(", qop=auth, nc=00000003") != std::string::npos);
    CHECK(it.standing(counted) == Standing::stale);
    ask_without_qop();
    CHECK(it.standing(it.sends()) == Standing::accepted);
    it.challenge(); // and those who know qop are counted as ever
    CHECK(it.standing(it.sends()) == Standing::accepted);
    CHECK(it.standing(it.sends()) == Standing::accepted);

    options.session = true; // needs a cnonce, and that a qop
    Exchange session(options);
    session.challenge();
    const Lines plain = without(without(without(session.sends(), "qop"), "nc"), "cnonce");
    const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
    const std::string nonce(Credentials::parse(plain[0].value)->nonce());
    const auto response = digest_response<Md5>(digest_session_ha1<Md5>(ha1, nonce, ""),
                                               {"INVITE", "sip:alice@example.com", {}, nonce});
    CHECK(session.standing(with(plain, whole(plain, "response"), "response=\"" + response + "\""))
          == Standing::challenge);
}

// RFC 7616 §3.4.6, RFC 3261 §22.4 item 6, RFC 8760 §2.6 item 6
TEST_CASE("a digest for another URI is a bad request",
          "[auth][rfc7616][3.4.6][rfc3261][22.4][rfc8760][2.6]") {
    struct Row {
        std::string_view signed_uri;
        std::string_view request_uri;
        Standing standing;
    };
    const Row rows[] = {
        {"sip:alice@example.com", "sip:alice@example.com", Standing::accepted},
        {"sip:alice@example.com", "SIP:%61lice@EXAMPLE.com", Standing::accepted},
        {"sip:alice@example.com;x=1", "sip:alice@example.com", Standing::accepted},
        {"sip:alice@example.com", "sip:Alice@example.com", Standing::bad_request},
        {"sip:alice@example.com", "sip:alice@example.com:5060", Standing::bad_request},
        {"sip:alice@example.com", "sips:alice@example.com", Standing::bad_request},
        {"sip:alice@example.com", "sip:alice@192.0.2.4", Standing::bad_request},
        {"sip:bob@biloxi.com", "sip:bob@192.0.2.4;ob", Standing::accepted}, // rewritten on the way
        {"sip:bob@biloxi.com", "sip:alice@example.com", Standing::accepted},
        {"tel:+1-201", "tel:+1-201", Standing::accepted},
        {"tel:+1-201", "tel:+1-202", Standing::bad_request},
        {"/no/uri", "/no/uri", Standing::accepted},
        {"/no/uri", "sip:alice@example.com", Standing::bad_request},
    };
    for (const Row& row : rows) {
        CAPTURE(row.signed_uri, row.request_uri);
        DigestServerOptions options = options_for("biloxi.com");
        options.own_uris = {"sip:robert@biloxi.com", "sip:bob@biloxi.com"};
        Exchange it(options);
        it.challenge();
        it.request.uri = row.signed_uri;
        const Lines lines = it.sends();
        it.request.uri = row.request_uri;
        const DigestVerdict verdict = it.judge(lines);
        CHECK(verdict.standing == row.standing);
        if (row.standing == Standing::bad_request) {
            CHECK(verdict.fault.rule == "digest-uri: not the Request-URI");
            CHECK(verdict.fault.offset == lines[0].value.find("uri=\"") + 5);
        }
    }
}

// RFC 7616 §3.3: the lifetime is the server's.
TEST_CASE("a nonce is good to the end of its lifetime and then stale",
          "[auth][rfc7616][3.3][3.6][5.4]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.nonce_lifetime = 30s;
    Exchange it(options);
    it.challenge();
    const TimePoint made = it.now;
    it.now = made + 30s;
    CHECK(it.standing(it.sends()) == Standing::accepted);
    it.now = made + 30s + 1ns;
    CHECK(it.judge(it.sends()) == DigestVerdict{Standing::stale});
    it.now = made;
    CHECK(it.standing(it.sends()) == Standing::accepted);
    it.now = made - 1ns; // not yet made
    CHECK(it.standing(it.sends()) == Standing::stale);

    it.now = made + 31s; // what the client makes of it
    it.attempt = {};
    CHECK(it.standing(it.sends()) == Standing::stale);
    const Lines again = it.server.challenges(it.now, Stale::yes);
    CHECK(it.client.challenged(it.accounts, again, it.attempt).outcome == retry);
    CHECK(it.standing(it.sends()) == Standing::accepted);
}

// RFC 7616 §3.3: "stale" is for a nonce that is invalid.
TEST_CASE("a nonce that is not ours is stale, so that clients survive our restart",
          "[auth][rfc7616][3.3]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    Exchange restarted;
    restarted.now = TimePoint{1s};
    restarted.server = BasicDigestServer<Md5>(options_for("biloxi.com"), {1, 1});
    CHECK(restarted.judge(lines) == DigestVerdict{Standing::stale});
    CHECK(it.standing(with(lines, "nonce=\"0", "nonce=\"1")) == Standing::stale);
    CHECK(it.standing(with(lines, whole(lines, "nonce"), "nonce=\"x\"")) == Standing::stale);
    CHECK(it.standing(lines) == Standing::accepted);
}

// RFC 7616 §3.4, §5.5
TEST_CASE("a request that is played again is not accepted", "[auth][rfc7616][3.4][5.5]") {
    Exchange it;
    it.challenge();
    const Lines first = it.sends();
    const Lines second = it.sends();
    const Lines third = it.sends();
    CHECK(it.standing(first) == Standing::accepted);
    CHECK(it.judge(first) == DigestVerdict{Standing::stale});
    CHECK(it.standing(third) == Standing::accepted);
    CHECK(it.standing(second) == Standing::stale);
    CHECK(it.standing(third) == Standing::stale);
}

TEST_CASE("a nonce count goes from 00000001 to ffffffff", "[auth][rfc7616][3.4]") {
    Exchange it;
    it.challenge();
    const Lines first = it.sends();
    const auto counted = [&](std::string_view nc) {
        const auto credentials = Credentials::parse(first[0].value);
        const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
        const auto response = digest_response<Md5>(ha1, {"INVITE",
                                                         "sip:alice@example.com",
                                                         {},
                                                         credentials->nonce(),
                                                         Qop::auth,
                                                         nc,
                                                         credentials->cnonce()});
        return with(with(first, "nc=00000001", "nc=" + std::string(nc)), whole(first, "response"),
                    "response=\"" + response + "\"");
    };
    CHECK(it.standing(counted("00000000")) == Standing::stale);
    CHECK(it.standing(counted("00000001")) == Standing::accepted);
    CHECK(it.standing(counted("0000000A")) == Standing::accepted); // hashed as it was sent
    CHECK(it.standing(counted("0000000a")) == Standing::stale);
    CHECK(it.standing(counted("ffffffff")) == Standing::accepted);
    CHECK(it.standing(counted("ffffffff")) == Standing::stale);
    CHECK(it.standing(counted("00000001")) == Standing::stale);
    CHECK(it.standing(counted("00000000")) == Standing::stale);
}

TEST_CASE("the count of a nonce is recorded only once the digest is right",
          "[auth][rfc7616][3.4][faults][79]") {
    Exchange it;
    it.challenge();
    const Lines right = it.sends();
    const Lines wrong = with(right, "nc=00000001", "nc=ffffffff");
    CHECK(it.standing(wrong) == Standing::challenge);
    CHECK(it.judge(right, DigestSecret::unknown_user()).standing == Standing::challenge);
    CHECK(it.judge(right, DigestSecret::password("wrong")).standing == Standing::challenge);
    CHECK(it.standing(right) == Standing::accepted);
    CHECK(it.standing(wrong) == Standing::challenge); // and a replay is seen after the digest
}

TEST_CASE("asking for many challenges takes nobody's nonce away", "[auth][faults][79]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.nonces = 4;
    Exchange it(options);
    it.challenge();
    CHECK(it.standing(it.sends()) == Standing::accepted);
    for (int i = 0; i < 100; ++i) {
        const Lines lines = it.server.challenges(it.now);
        DigestClient stranger;
        DigestAccounts accounts;
        accounts.set({"biloxi.com", "bob", "guess"});
        DigestAttempt attempt;
        CHECK(stranger.challenged(accounts, lines, attempt).outcome == retry);
        CHECK(it.standing(stranger.authorize(accounts, it.request, attempt, it.random))
              == Standing::challenge);
    }
    CHECK(it.standing(it.sends()) == Standing::accepted);
}

TEST_CASE("a nonce that had to be forgotten is stale and never good for a replay",
          "[auth][rfc7616][5.5]") {
    DigestServerOptions options = options_for("biloxi.com");
    options.nonces = 1;
    Exchange it(options);
    it.challenge();
    const Lines early = it.sends();
    const Lines next = it.sends();
    CHECK(it.standing(early) == Standing::accepted);
    it.challenge();
    CHECK(it.standing(it.sends()) == Standing::accepted);
    CHECK(it.standing(early) == Standing::stale);
    CHECK(it.standing(next) == Standing::stale);
    CHECK(it.standing(it.sends()) == Standing::accepted);
}

// RFC 7616 §3.3, §4
TEST_CASE("names are compared by what their quoted strings mean", "[auth][rfc7616][3.3][4]") {
    Exchange it(options_for("a \"realm\""));
    it.accounts.set({"a \"realm\"", "d\\J\xc3\xa4s\"", "zanzibar"});
    it.challenge();
    CHECK(it.judge(it.sends()) == DigestVerdict{Standing::accepted, "d\\J\xc3\xa4s\""});
    CHECK(it.standing(with(it.sends(), "a \\\"r", "\\a \\\"\\r")) == Standing::accepted);
}

TEST_CASE("a server is a value: its copy goes on from the same point", "[auth]") {
    Exchange it;
    it.challenge();
    Exchange copy = it;
    const Lines lines = it.sends();
    CHECK(copy.sends() == lines);
    CHECK(it.standing(lines) == Standing::accepted);
    CHECK(copy.standing(lines) == Standing::accepted);
    CHECK(it.server.challenges(it.now) == copy.server.challenges(it.now));
    CHECK(it.server.options().realm == "biloxi.com");
}

TEST_CASE("no bytes in credentials do any harm", "[auth][faults][23]") {
    Exchange it;
    it.challenge();
    const Lines lines = it.sends();
    const std::string& value = lines[0].value;
    const auto survives = [&](const std::string& text) {
        Exchange copy = it;
        const DigestVerdict verdict = copy.judge({{Header::authorization, text}});
        if (verdict.standing == Standing::accepted) CHECK(verdict.user == "bob");
        if (verdict.standing == Standing::bad_request) CHECK(verdict.fault.offset <= text.size());
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

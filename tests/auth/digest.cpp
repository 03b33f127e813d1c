#include "offhook/auth/digest.hpp"

#include <cstdint>
#include <string>
#include <string_view>

#include "../catch.hpp"
#include "offhook/auth/md5.hpp"
#include "offhook/auth/sha256.hpp"
#include "offhook/auth/sha512_256.hpp"
#include "printed_sha512_256.hpp"

using namespace offhook;

namespace {

using All = DigestAlgorithms<Sha256, Sha512_256, Md5>;

DigestInput http_example(std::string_view uri, std::string_view nonce, std::string_view cnonce) {
    return {"GET", uri, {}, nonce, Qop::auth, "00000001", cnonce};
}

} // namespace

TEST_CASE("the example of RFC 2617 comes out", "[auth][rfc2617][3.5][rfc7616][3.6]") {
    const auto ha1 = digest_ha1<Md5>("Mufasa", "testrealm@host.com", "Circle Of Life");
    CHECK(ha1 == "939e7578ed9e3c518a452acee763bce9");
    CHECK(digest_response<Md5>(ha1, http_example("/dir/index.html",
                                                 "dcd98b7102dd2f0e8b11d0f600bfb0c093", "0a4f113b"))
          == "6629fae49393a05397450978507c4ef1");
}

TEST_CASE("the examples of RFC 7616 with MD5 and SHA-256 come out", "[auth][rfc7616][3.9.1]") {
    const auto in = http_example("/dir/index.html", "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                                 "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ");
    const std::string_view realm = "http-auth@example.org";
    CHECK(digest_response<Md5>(digest_ha1<Md5>("Mufasa", realm, "Circle of Life"), in)
          == "8ca523f5e9506fed4657c9700eebdbec");
    CHECK(digest_response<Sha256>(digest_ha1<Sha256>("Mufasa", realm, "Circle of Life"), in)
          == "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

// The values in the RFC are those of another hash: erratum 4897. Both come out, each with its own.
TEST_CASE("the example of RFC 7616 with SHA-512/256 comes out", "[auth][rfc7616][3.9.2]") {
    const auto in = http_example("/doe.json", "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
                                 "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v");
    const std::string_view user = "J\xc3\xa4s\xc3\xb8n Doe";
    const std::string_view realm = "api@example.org";
    const std::string_view password = "Secret, or not?";

    CHECK(
        digest_response<PrintedSha512_256>(digest_ha1<PrintedSha512_256>(user, realm, password), in)
        == "ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd");
    CHECK(digest_userhash<PrintedSha512_256>(user, realm)
          == "488869477bf257147b804c45308cd62ac4e25eb717b12b298c79e62dcea254ec");

    CHECK(digest_response<Sha512_256>(digest_ha1<Sha512_256>(user, realm, password), in)
          == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5");
    CHECK(digest_userhash<Sha512_256>(user, realm)
          == "793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b");
}

// RFC 7616 §3.4.1 to §3.4.3: computed with another implementation of the hashes.
TEST_CASE("every algorithm, variant and qop has its digest",
          "[auth][rfc7616][3.4.1][3.4.2][3.4.3][rfc8760][2.1]") {
    struct Row {
        std::string_view algorithm;
        Qop qop;
        std::string_view response;
    };
    const Row rows[] = {
        {"MD5", Qop::none, "aba50120ba42e3195ec700f7b15ed557"},
        {"MD5", Qop::auth, "0a83c695c7f56ff4e824b4887d70c964"},
        {"MD5", Qop::auth_int, "3780ad93867bab9ed0674cfac945b847"},
        {"MD5-sess", Qop::none, "baa3e62d524f7529b3bfd43f9316f6d0"},
        {"MD5-sess", Qop::auth, "b56b091705d023c680dbfd314848a130"},
        {"MD5-sess", Qop::auth_int, "8b73ce9657fa8ff89e360b9de1a908dd"},
        {"SHA-256", Qop::none, "a94b09d5d78dab2c95c37e400dcc2b52299eee98bfdbab0f322d11cb0e5253f3"},
        {"SHA-256", Qop::auth, "ed6ec8d9993a07e048dbb3d72ef448605dad5a92b832c58237937b4554a74a62"},
        {"SHA-256", Qop::auth_int,
         "b5f36d38c9ee6e8578f21d0cf2097ab0285a9eb02c29e4447eff1ba1d0d00157"},
        {"SHA-256-sess", Qop::none,
         "64ef5f0a3d81ed654365b734ea97a7786c61e8b9cf8bf5bc3ffe1f4cef7d0167"},
        {"SHA-256-sess", Qop::auth,
         "4f66e617951302260fcbe1dea54dc54f0c4f920348d49baba3aa8620e197f4ae"},
        {"SHA-256-sess", Qop::auth_int,
         "e3b154ede2e68d90149f91446366eea0cff8ef34a87bacabbb226985408cee04"},
        {"SHA-512-256", Qop::none,
         "f19a99d626ea6113a1b974e5319a069ae425fdc78994d08a4c6b1cbcf63eb54e"},
        {"SHA-512-256", Qop::auth,
         "76ced4902cb821ac8f43ba51aa8e2eab37f0dc9e4a2c1c6b2a58236cfc995905"},
        {"SHA-512-256", Qop::auth_int,
         "6a22d437c778384180cdafaaa58a72f289655a4f15836910a75c1637e82ae64a"},
        {"SHA-512-256-sess", Qop::none,
         "0b10cea45cfe9e8a207a8ab6e41c3a9b29427bbfdfd1422837d7248398f277f5"},
        {"SHA-512-256-sess", Qop::auth,
         "8f2649ed75028dccb03f93cc42a92f448bf59b02312976ed6f6d8c39b70a4281"},
        {"SHA-512-256-sess", Qop::auth_int,
         "d8b46681dad8deaec8249cd7cfa0fb67d0b0138a226c255e9598dbab548e44d6"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.algorithm, name_of(row.qop));
        const auto algorithm = All::find(row.algorithm);
        REQUIRE(algorithm);
        const auto ha1 = All::ha1(*algorithm, "bob", "biloxi.com", "zanzibar");
        CHECK(All::response(*algorithm, ha1,
                            {"INVITE", "sip:alice@example.com", "v=0\r\n", "n0nce", row.qop,
                             "0000002a", "cn0nce"})
              == row.response);
    }
}

// RFC 3261 §22.4 item 7, RFC 8760 §2.6 item 7
TEST_CASE("a message without a body has the hash of the empty text for auth-int",
          "[auth][rfc3261][22.4][rfc8760][2.6]") {
    const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
    CHECK(digest_response<Md5>(
              ha1,
              {"INVITE", "sip:alice@example.com", {}, "n0nce", Qop::auth_int, "0000002a", "cn0nce"})
          == "087e8aa75c953c5bd80da9f8379ad9c0");
}

// RFC 7616 §3.5: A2 has no method.
TEST_CASE("the digest of a response leaves the method out", "[auth][rfc7616][3.5]") {
    const auto ha1 = digest_ha1<Md5>("bob", "biloxi.com", "zanzibar");
    CHECK(digest_response<Md5>(
              ha1, {"", "sip:alice@example.com", {}, "n0nce", Qop::auth, "0000002a", "cn0nce"})
          == "86667dcfe6f2862c24571c58ac1c753d");
}

// RFC 7616 §3.3; RFC 8760 §2.7: "algorithm" is a token, so its case does not count.
TEST_CASE("an algorithm is found by its name", "[auth][rfc7616][3.3][faults][77]") {
    CHECK(All::find("SHA-256") == DigestAlgorithm{0, false});
    CHECK(All::find("sha-512-256") == DigestAlgorithm{1, false});
    CHECK(All::find("MD5") == DigestAlgorithm{2, false});
    CHECK(All::find("SHA-256-sess") == DigestAlgorithm{0, true});
    CHECK(All::find("md5-SESS") == DigestAlgorithm{2, true});
    CHECK(All::find("") == DigestAlgorithm{2, false});
    for (const std::string_view unknown : {"SHA-1", "SHA-512", "MD", "MD5-", "-sess", "sess",
                                           "MD5-sess-sess", "SHA-256 ", "AKAv1-MD5"}) {
        CAPTURE(unknown);
        CHECK_FALSE(All::find(unknown));
    }
    CHECK_FALSE(DigestAlgorithms<Sha256>::find(""));
}

TEST_CASE("an algorithm is named as it is found", "[auth][rfc7616][3.3]") {
    for (const std::string_view name : {"SHA-256", "SHA-512-256-sess", "MD5", "MD5-sess"})
        CHECK(All::name(*All::find(name)) == name);
}

TEST_CASE("the qop is a token of two that are known", "[auth][rfc7616][3.3]") {
    CHECK(qop_from("auth") == Qop::auth);
    CHECK(qop_from("AUTH-INT") == Qop::auth_int);
    CHECK_FALSE(qop_from(""));
    CHECK_FALSE(qop_from("auth,auth-int"));
    CHECK_FALSE(qop_from("auth-conf"));
    CHECK(name_of(Qop::auth) == "auth");
    CHECK(name_of(Qop::auth_int) == "auth-int");
    CHECK(name_of(Qop::none).empty());
}

#include "offhook/transaction/key.hpp"

#include "layer.hpp"

using namespace offhook;

namespace {

Via via(std::string_view text) {
    const auto parsed = Via::parse(text);
    REQUIRE(parsed);
    return *parsed;
}

const char* const hop = "SIP/2.0/UDP a.example.com:5060;branch=z9hG4bKx";

} // namespace

// RFC 3261 §8.1.1.7; a token, so in any case.
TEST_CASE("the magic cookie is the branch's beginning", "[transaction][rfc3261][8.1.1.7]") {
    CHECK(has_magic_cookie("z9hG4bK"));
    CHECK(has_magic_cookie("Z9HG4BKabc"));
    for (const char* branch : {"", "z9hG4b", "xz9hG4bK", "1"})
        CHECK_FALSE(has_magic_cookie(branch));
}

// RFC 3261 §17.1.3, §18.1.2, §17.2.3
TEST_CASE("transactions are told apart by branch, sent-by and method",
          "[transaction][rfc3261][17.1.3][17.2.3]") {
    KeyMaker keys({1, 2});
    const Digest client = keys.client(via(hop), "INVITE");
    const Digest server = keys.server(via(hop), "INVITE");
    CHECK(client != server); // a call to oneself meets both
    const auto same = [&](std::string_view text, std::string_view method) {
        const bool same_client = keys.client(via(text), method) == client;
        CHECK((keys.server(via(text), method) == server) == same_client);
        return same_client;
    };
    CHECK(same(hop, "INVITE"));
    CHECK(
        same("sip / 2.0 / udp A.EXAMPLE.com : 5060;received=192.0.2.1;branch=z9hg4bkX", "INVITE"));
    CHECK_FALSE(same(hop, "CANCEL"));
    CHECK_FALSE(same(hop, "invite"));
    CHECK_FALSE(same("SIP/2.0/UDP a.example.com:5060;branch=z9hG4bKy", "INVITE"));
    CHECK_FALSE(same("SIP/2.0/UDP b.example.com:5060;branch=z9hG4bKx", "INVITE"));
    CHECK_FALSE(same("SIP/2.0/UDP a.example.com:5061;branch=z9hG4bKx", "INVITE"));
    CHECK_FALSE(same("SIP/2.0/UDP a.example.com;branch=z9hG4bKx", "INVITE"));
    KeyMaker other({1, 3});
    CHECK(other.client(via(hop), "INVITE") != client);
}

// RFC 3261 §17.2.3, §8.2.2.2
TEST_CASE("every part of a request's identity counts in its keys",
          "[transaction][rfc3261][17.2.3][8.2.2.2]") {
    KeyMaker keys({1, 2});
    const RequestIdentity identity{"sip:b", "from", "to", "call", {7, "INVITE"}};
    const Digest legacy = keys.legacy(identity, hop);
    const Digest merged = keys.merged(identity);
    const auto differs = [&](const RequestIdentity& other, bool in_legacy, bool in_merged) {
        CHECK((keys.legacy(other, hop) != legacy) == in_legacy);
        CHECK((keys.merged(other) != merged) == in_merged);
    };
    differs(identity, false, false);
    differs({"sip:c", "from", "to", "call", {7, "INVITE"}}, true, false);
    differs({"sip:b", "from2", "to", "call", {7, "INVITE"}}, true, true);
    differs({"sip:b", "FROM", "to", "call", {7, "INVITE"}}, false, true); // "exactly match"
    differs({"sip:b", "from", "to", "CALL", {7, "INVITE"}}, true, true);
    differs({"sip:b", "from", "to", "call", {8, "INVITE"}}, true, true);
    differs({"sip:b", "from", "to", "call", {7, "ACK"}}, false, true);
    differs({"sip:b", "fro", "to", "mcall", {7, "INVITE"}}, true, true);
    CHECK(keys.legacy(identity, "SIP/2.0/UDP b.example.com") != legacy);

    const Digest request = keys.legacy(legacy, "INVITE", "to");
    CHECK(keys.legacy(legacy, "INVITE", "TO") == request);
    CHECK(keys.legacy(legacy, "ACK", "to") != request);
    CHECK(keys.legacy(legacy, "INVITE", "to2") != request);
    CHECK(keys.legacy(merged, "INVITE", "to") != request);
}

TEST_CASE("a destination is transport, address and port", "[transaction]") {
    KeyMaker keys({1, 2});
    const Address address = *Address::parse("192.0.2.1", 5060);
    const Digest digest = keys.destination(Transport::udp, address);
    CHECK(keys.destination(Transport::udp, address) == digest);
    CHECK(keys.destination(Transport::tcp, address) != digest);
    CHECK(keys.destination(Transport::udp, *Address::parse("192.0.2.1", 5061)) != digest);
    CHECK(keys.destination(Transport::udp, *Address::parse("192.0.2.2", 5060)) != digest);
    Address v6 = address;
    v6.v6 = true;
    CHECK(keys.destination(Transport::udp, v6) != digest);
}

TEST_CASE("the identity of a request is empty where the request says nothing", "[transaction]") {
    test::Sketch sketch;
    sketch.to_tag = "bob";
    const Message request = test::request("BYE", sketch);
    const RequestIdentity identity = RequestIdentity::of(request, {1, "BYE"});
    CHECK(identity.request_uri == "sip:bob@example.com");
    CHECK(identity.from_tag == "alice");
    CHECK(identity.to_tag == "bob");
    CHECK(identity.call_id == "call@example.com");
    CHECK(identity.cseq == CSeq{1, "BYE"});
    const Message bare = test::message("BYE sip:b SIP/2.0|");
    const RequestIdentity poor = RequestIdentity::of(bare, {1, "BYE"});
    CHECK(poor.from_tag.empty());
    CHECK(poor.to_tag.empty());
    CHECK(poor.call_id.empty());
}

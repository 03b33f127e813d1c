#include "offhook/endpoint/incoming.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

EndpointConfig config_with(void (*change)(EndpointConfig&)) {
    EndpointConfig config = bobs_config();
    change(config);
    return config;
}

} // namespace

// RFC 3261 §8.2, §21.4: each refusal, and what has to stand in it.
TEST_CASE("a request that cannot be served is answered as each section says",
          "[endpoint][rfc3261][8.2]") {
    struct Row {
        const char* name;
        Sketch request;
        int status;
        Header field;
        const char* value;
    };
    const Row rows[] = {
        {"§8.2.1, known method",
         {.method = "REGISTER"},
         405,
         Header::allow,
         "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE"},
        {"§8.2.1, another",
         {.method = "PUBLISH"},
         405,
         Header::allow,
         "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE"},
        {"§21.5.2, unknown method",
         {.method = "DANCE"},
         501,
         Header::allow,
         "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE"},
        {"§7.1: methods have a case", {.method = "invite"}, 501, Header::unknown, ""},
        {"§8.2.2.1, scheme", {.uri = "tel:+15551234"}, 416, Header::unknown, ""},
        {"§8.2.2.1, user", {.uri = "sip:carol@192.0.2.1"}, 404, Header::unknown, ""},
        {"§8.2.2.1, no user", {.uri = "sip:192.0.2.1"}, 404, Header::unknown, ""},
        {"§8.2.2.3",
         {.more = "Require: gruu, x-known, timer|Require: sec-agree, 100rel|"},
         420,
         Header::unsupported,
         "gruu, sec-agree"},
        {"§8.2.3, type",
         {.type = "text/plain", .body = "hello"},
         415,
         Header::accept,
         "application/sdp"},
        {"§8.2.3, no type",
         {.more = "Subject: none|", .body = "hello"},
         415,
         Header::accept,
         "application/sdp"},
        {"§8.2.3, coding",
         {.more = "Content-Encoding: gzip|", .type = "application/sdp", .body = "x"},
         415,
         Header::accept_encoding,
         "identity"},
        {"§12.2.2", {.to = "<sip:bob@biloxi.example>;tag=gone"}, 481, Header::unknown, ""},
        {"§15.1.2", {.method = "BYE"}, 481, Header::unknown, ""},
        {"§15.1.2 in no dialog",
         {.method = "BYE", .to = "<sip:bob@biloxi.example>;tag=gone"},
         481,
         Header::unknown,
         ""},
        {"§9.2", {.method = "CANCEL"}, 481, Header::unknown, ""},
        {"§8.1.1.8", {.more = "Contact: <tel:+1>|"}, 400, Header::unknown, ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.name);
        Wire bob(config_with([](EndpointConfig& config) {
            config.users = {"bob"};
            config.methods = {"MESSAGE"};
            config.extensions = {"X-Known"};
        }));
        const bool plain = row.request.method != "INVITE" || !row.request.body.empty();
        bob.receive(plain ? request(row.request) : invite(row.request));
        const Message answer = bob.take_only();
        CHECK(answer.status() == row.status);
        if (row.field != Header::unknown) CHECK(value(answer, row.field) == row.value);
        CHECK(bob.events.empty());
        bob.run_for(64s);
        CHECK(bob.is_empty());
    }
}

// RFC 3261 §8.2.2.1: users are compared without their escapes. §19.1.4
TEST_CASE("an escaped user is the same user", "[endpoint][rfc3261][19.1.4]") {
    Wire bob(config_with([](EndpointConfig& config) { config.users = {"bob smith"}; }));
    bob.receive(invite({.uri = "sip:bo%62%20smith@192.0.2.1"}));
    CHECK(bob.take_events() == Lines{"Incoming"});
}

// RFC 3261 §8.2.6.2, §18.2.1, §18.2.2
TEST_CASE("a refusal repeats what identifies the request, and adds a tag to To",
          "[endpoint][rfc3261][8.2.6]") {
    Wire bob(config_with([](EndpointConfig& config) { config.user_agent = "Bob/1"; }));
    const Flow elsewhere{Transport::udp, at("192.0.2.1"), at("198.51.100.7", 3333)};
    const Sketch register_request{.method = "REGISTER",
                                  .via = "SIP/2.0/UDP 192.0.2.9;rport;branch=z9hG4bK1, "
                                         "SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK0",
                                  .more = "v: SIP/2.0/TCP 203.0.113.2;branch=z9hG4bK00|"};
    SECTION("in a transaction") {
        bob.receive(request(register_request), elsewhere);
    }
    SECTION("or without one") {
        std::string broken = request(register_request);
        broken.replace(broken.find("SIP/2.0\r\n"), 7, "SIP/3.0");
        bob.receive(broken, elsewhere);
    }
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == elsewhere);
    const Message answer = bob.take_only();
    CHECK(answer.header(Header::via, 0)
          == "SIP/2.0/UDP 192.0.2.9;rport=3333;branch=z9hG4bK1;received=198.51.100.7, "
             "SIP/2.0/UDP 203.0.113.1;branch=z9hG4bK0");
    CHECK(answer.header(Header::via, 1) == "SIP/2.0/TCP 203.0.113.2;branch=z9hG4bK00");
    CHECK(value(answer, Header::from) == "<sip:alice@atlanta.example>;tag=a1");
    CHECK(value(answer, Header::to).starts_with("<sip:bob@biloxi.example>;tag="));
    CHECK(tag_of(answer, Header::to).size() >= 20);
    CHECK(value(answer, Header::call_id) == "call@192.0.2.9");
    CHECK(value(answer, Header::cseq) == "1 REGISTER");
    CHECK(value(answer, Header::server) == "Bob/1");
}

// RFC 3261 §18.2.2: without rport to the port of the sent-by, at the address that it came from.
TEST_CASE("a refusal without a transaction goes where the Via says",
          "[endpoint][rfc3261][18.2.2]") {
    Wire bob;
    std::string broken = request(
        {.method = "OPTIONS", .via = "SIP/2.0/UDP pc.atlanta.example:5062;branch=z9hG4bK1"});
    broken.replace(broken.find("CSeq: 1"), 7, "CSeq: x");
    bob.receive(broken, {Transport::udp, at("192.0.2.1"), at("198.51.100.7", 3333)});
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == Flow{Transport::udp, at("192.0.2.1"), at("198.51.100.7", 5062)});
}

// RFC 3261 §8.2.2, §8.2.2.1, §7.3.2, §19.1.1: what a UAS does not need it passes over.
TEST_CASE("what is strange but does not matter is passed over", "[endpoint][rfc3261][8.2.2]") {
    const char* const more =
        GENERATE("X-Strange: ;;,;|", "Date: yesterday|", "Retry-After: x|", "Unsupported: timer|",
                 "WWW-Authenticate: nonsense|", "Proxy-Require: nothing|", "Warning: 999|",
                 "Priority: |", "In-Reply-To: a, b|", "Subject: a|Subject: b|", "Min-Expires: -1|");
    CAPTURE(more);
    Wire bob;
    bob.receive(invite(
        {.uri = "sip:bob@192.0.2.1;strange=yes;stranger", .to = "<tel:+15551234>", .more = more}));
    CHECK(bob.take_events() == Lines{"Incoming"});
}

// RFC 3261 §12.1.1
TEST_CASE("a call to a SIPS URI is answered with a SIPS Contact", "[endpoint][rfc3261][12.1.1]") {
    Wire bob;
    bob.receive(invite({.uri = "sips:bob@192.0.2.1",
                        .via = "SIP/2.0/TLS 192.0.2.9:5061;branch=z9hG4bK1",
                        .more = "Contact: <sips:alice@192.0.2.9>|"}),
                {Transport::tls, at("192.0.2.1", 5061), at("192.0.2.9", 40000), 3});
    bob.endpoint.session(bob.last<event::Incoming>().session).progress(bob.now);
    bob.drain();
    CHECK(value(bob.take_only(), Header::contact) == "<sips:bob@192.0.2.1:5061>");
}

// RFC 3261 §8.2.7: whoever answers statelessly gives every repetition the same tag.
TEST_CASE("a refusal without a transaction is the same each time", "[endpoint][rfc3261][8.2.7]") {
    Wire bob;
    std::string broken = request({.method = "OPTIONS"});
    broken.replace(broken.find("CSeq: 1"), 7, "CSeq: x");
    bob.receive(broken);
    bob.receive(broken);
    REQUIRE(bob.sent.size() == 2);
    CHECK(bob.sent[0].bytes == bob.sent[1].bytes);
    CHECK(bob.sent[0].bytes.starts_with("SIP/2.0 400 Malformed CSeq Header Field\r\n"));
    CHECK(bob.is_empty());

    broken.replace(broken.find("call@192.0.2.9"), 4, "next");
    bob.receive(broken);
    CHECK(tag_of(*Message::parse(bob.sent[0].bytes), Header::to)
          != tag_of(*Message::parse(bob.sent[2].bytes), Header::to));
}

// RFC 3261 §8.2.6.2: but a tag that the request has is kept.
TEST_CASE("a To with a tag is copied as it is", "[endpoint][rfc3261][8.2.6.2]") {
    Wire bob;
    bob.receive(request({.method = "OPTIONS", .to = "<sip:bob@biloxi.example>;tag=b1"}));
    const Message answer = bob.take_only();
    CHECK(answer.status() == 481);
    CHECK(value(answer, Header::to) == "<sip:bob@biloxi.example>;tag=b1");
}

// RFC 3261 §8.2.2.2
TEST_CASE("a request that came another way before is answered 482",
          "[endpoint][rfc3261][8.2.2.2]") {
    Wire bob;
    bob.receive(invite());
    CHECK(bob.take_events() == Lines{"Incoming"});
    bob.receive(invite({.via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKother"}));
    CHECK(bob.take_sent() == Lines{"482 INVITE"});
    CHECK(bob.take_events().empty());
}

// RFC 3261 §8.2.1 comes before §8.2.2.1, that before §8.2.2.2, §8.2.2.3 and §8.2.3.
TEST_CASE("of several reasons to refuse a request the RFC's first one is told",
          "[endpoint][rfc3261][8.2]") {
    Sketch worst{.method = "DANCE",
                 .uri = "tel:+1",
                 .more = "Require: nothing|",
                 .type = "text/plain",
                 .body = "x"};
    const auto status = [](const Sketch& sketch, bool twice = false) {
        Wire bob;
        Sketch before = sketch;
        before.via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKbefore";
        if (twice) bob.receive(request(before));
        bob.sent.clear();
        bob.receive(request(sketch));
        return bob.take_only().status();
    };
    CHECK(status(worst, true) == 501);
    worst.method = "INVITE";
    CHECK(status(worst, true) == 416);
    worst.uri = "sip:bob@192.0.2.1";
    CHECK(status(worst, true) == 482);
    CHECK(status(worst) == 420);
    worst.more = "";
    CHECK(status(worst) == 415);
}

// RFC 3261 §8.2.2.3: neither ACK nor CANCEL may be refused for what it requires.
TEST_CASE("Require is not looked at in ACK and CANCEL", "[endpoint][rfc3261][8.2.2.3]") {
    Wire bob;
    bob.receive(invite());
    bob.take_events();
    bob.receive(request({.method = "ACK", .more = "Require: nothing|"}));
    CHECK(bob.take_sent().empty());
    bob.receive(request({.method = "CANCEL", .more = "Require: nothing|"}));
    CHECK(bob.take_sent() == Lines{"200 CANCEL", "487 INVITE"});
}

// RFC 3261 §20.11: handling=optional.
TEST_CASE("a body that need not be understood does no harm", "[endpoint][rfc3261][8.2.3]") {
    Wire bob;
    bob.receive(invite({.more = "Content-Disposition: icon;handling=optional|",
                        .type = "image/png",
                        .body = "png"}));
    CHECK(bob.take_events() == Lines{"Incoming"});
}

// RFC 3261 §21.4.24, §20.33; §11.2: OPTIONS is answered as an INVITE would be.
TEST_CASE("above the limit of sessions calls are answered 486 with Retry-After",
          "[endpoint][rfc3261][21.4.24]") {
    Wire bob(config_with([](EndpointConfig& config) {
        config.limits.sessions = 1;
        config.retry_after = 17s;
    }));
    bob.receive(invite());
    REQUIRE(bob.take_events() == Lines{"Incoming"});
    for (const char* method : {"INVITE", "OPTIONS"}) {
        bob.receive(invite({.method = method,
                            .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2",
                            .call_id = "other@192.0.2.9"}));
        const Message answer = bob.take_only();
        CHECK(answer.status() == 486);
        CHECK(value(answer, Header::retry_after) == "17");
    }
    CHECK(bob.take_events().empty());
    // What belongs to the call goes on.
    bob.receive(request({.method = "CANCEL"}));
    CHECK(bob.take_sent() == Lines{"200 CANCEL", "487 INVITE"});
}

// RFC 3261 §21.5.4
TEST_CASE("above the limit of transactions requests are answered 503, or not at all",
          "[endpoint][rfc3261][21.5.4]") {
    EndpointConfig config = bobs_config();
    config.limits.transactions = 1;
    SECTION("503 with Retry-After") {
        Wire bob(config);
        bob.receive(invite());
        bob.receive(request({.method = "OPTIONS", .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2"}));
        const Message answer = bob.take_only();
        CHECK(answer.status() == 503);
        CHECK(value(answer, Header::retry_after) == "10");
    }
    SECTION("silence") {
        config.overload_silence = true;
        Wire bob(config);
        bob.receive(invite());
        bob.receive(request({.method = "OPTIONS", .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2"}));
        CHECK(bob.take_sent().empty());
    }
}

// RFC 3261 §18.1.1: implementations MUST be able to handle messages up to the maximum datagram
// packet size, 65,535 bytes with the headers of IP and UDP.
TEST_CASE("a datagram of the largest size is taken whole", "[endpoint][rfc3261][18.1.1]") {
    Wire bob;
    const auto of_body = [](std::size_t size) {
        return invite({.type = "application/sdp", .body = std::string(size, 'x')});
    };
    // 60000 has as many digits as the size that is wanted.
    const std::size_t size = 65535 - 28 - (of_body(60000).size() - 60000);
    const std::string largest = of_body(size);
    REQUIRE(largest.size() == 65507);
    bob.receive(largest);
    CHECK(bob.last<event::Incoming>().offer.content.size() == size);
}

// RFC 3261 §21.5.7, §21.4.11
TEST_CASE("what is too large is refused by its size", "[endpoint][rfc3261][21.5.7]") {
    EndpointConfig config = bobs_config();
    config.limits.message_bytes = 1000;
    Wire bob(config);
    const std::string large = invite({.type = "application/sdp", .body = std::string(900, 'x')});
    SECTION("a datagram") {
        bob.receive(large);
        CHECK(bob.take_only().status() == 513);
        CHECK(bob.is_empty());
        bob.receive(invite({.type = "application/sdp", .body = std::string(300, 'x')}));
        CHECK(bob.take_events() == Lines{"Incoming"});
    }
    SECTION("a message on a stream, which ends with it") {
        bob.receive(large, Wire::tcp());
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow == Wire::tcp());
        CHECK(bob.take_only().status() == 413);
        CHECK(bob.take_events() == Lines{"StreamBroken 413"});
        bob.receive(invite(), Wire::tcp());
        CHECK(bob.take_events().empty());
        bob.endpoint.connection_closed(bob.now, Wire::tcp());
        bob.receive(invite(), Wire::tcp(8));
        CHECK(bob.take_events() == Lines{"Incoming"});
    }
    SECTION("something endless on a stream") {
        for (int i = 0; i < 100; ++i)
            bob.receive(std::string(100, 'x'), Wire::tcp());
        CHECK(bob.take_sent().empty());
        CHECK(bob.take_events() == Lines{"StreamBroken 413"});
    }
    SECTION("but never an ACK") {
        bob.receive(
            request({.method = "ACK", .type = "text/plain", .body = std::string(999, 'x')}));
        CHECK(bob.take_sent().empty());
    }
}

// RFC 3261 §18.3: without Content-Length nobody knows where the next message begins.
TEST_CASE("a stream without Content-Length is answered and given up", "[endpoint][rfc3261][18.3]") {
    Wire bob;
    std::string text = request({.method = "OPTIONS"});
    text.erase(text.find("Content-Length: 0\r\n"), 19);
    bob.receive(text, Wire::tcp());
    CHECK(bob.take_sent() == Lines{"400 OPTIONS"});
    REQUIRE(bob.events.size() == 1);
    CHECK(bob.last<event::StreamBroken>().flow == Wire::tcp());
}

// RFC 5626 §4.4.1, RFC 3261 §7.5
TEST_CASE("keep-alives are answered on streams, and passed over on UDP", "[endpoint][rfc5626]") {
    Wire bob;
    bob.receive("\r\n\r\n");
    bob.receive("");
    CHECK(bob.sent.empty());
    bob.receive("\r\n\r\n", Wire::tcp());
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].bytes == "\r\n");
    CHECK(bob.sent[0].flow == Wire::tcp());
    bob.sent.clear();
    bob.receive("\r\n\r\n" + request({.method = "OPTIONS"}));
    CHECK(bob.take_sent() == Lines{"200 OPTIONS"});
}

// RFC 3261 §11.2
TEST_CASE("OPTIONS tells what we can do, in a dialog as outside of one",
          "[endpoint][rfc3261][11.2]") {
    EndpointConfig config = bobs_config();
    config.methods = {"MESSAGE"};
    config.extensions = {"x-known"};
    config.content_types = {"application/sdp", "text/plain"};
    Wire bob(config);
    Sketch options{.method = "OPTIONS", .cseq = "2"};
    SECTION("outside") {}
    SECTION("in a dialog") {
        bob.receive(invite());
        bob.endpoint.session(bob.last<event::Incoming>().session)
            .accept(bob.now, {.body = Body::sdp("v=0")});
        bob.drain();
        options.to = "<sip:bob@biloxi.example>;tag=" + tag_of(bob.take_only(), Header::to);
        options.via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2";
    }
    bob.receive(request(options));
    const Message answer = bob.take_only();
    CHECK(answer.status() == 200);
    CHECK(value(answer, Header::allow)
          == "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE, MESSAGE");
    CHECK(value(answer, Header::accept) == "application/sdp, text/plain");
    CHECK(value(answer, Header::accept_encoding) == "identity");
    CHECK(value(answer, Header::accept_language) == "en");
    CHECK(value(answer, Header::supported)
          == "100rel, timer, replaces, norefersub, tdialog, 199, x-known");
    CHECK(answer.count(Header::allow) == 1);
    CHECK(answer.body().empty());
}

// RFC 3261 §8.2.6.1, §17.2.1: a call that nobody answers yet gets a 100 without a tag.
TEST_CASE("a silent application is spoken for by 100", "[endpoint][rfc3261][17.2.1]") {
    Wire bob;
    bob.receive(invite({.more = "Timestamp: 54|"}));
    bob.run_for(199ms);
    CHECK(bob.take_sent().empty());
    bob.run_for(1ms);
    const Message trying = bob.take_only();
    CHECK(trying.status() == 100);
    CHECK(value(trying, Header::to) == "<sip:bob@biloxi.example>");
    CHECK(value(trying, Header::timestamp) == "54 0.200");
    // And after the time for which a person is given to answer, by 480: nothing lasts for ever.
    bob.run_for(3min);
    CHECK(bob.take_sent().front() == "480 INVITE");
    CHECK(bob.take_events() == Lines{"Incoming", "Terminated local timeout"});
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §9.2: the tag in the 200 to CANCEL is that of the INVITE's responses.
TEST_CASE("CANCEL is answered with the tag of what it cancels", "[endpoint][rfc3261][9.2]") {
    Wire bob;
    bob.receive(invite());
    bob.receive(request({.method = "CANCEL"}));
    REQUIRE(bob.sent.size() == 2);
    const auto ok = Message::parse(bob.sent[0].bytes);
    const auto terminated = Message::parse(bob.sent[1].bytes);
    CHECK(ok->status() == 200);
    CHECK(terminated->status() == 487);
    CHECK(tag_of(*ok, Header::to) == tag_of(*terminated, Header::to));
    CHECK(bob.take_events() == Lines{"Incoming", "Cancelled", "Terminated remote cancelled"});

    SECTION("a second CANCEL of another branch finds nothing") {
        bob.sent.clear();
        bob.receive(request({.method = "CANCEL", .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2"}));
        CHECK(bob.take_sent() == Lines{"481 CANCEL"});
    }
    SECTION("one repeated has its answer repeated") {
        bob.sent.clear();
        bob.receive(request({.method = "CANCEL"}));
        CHECK(bob.take_sent() == Lines{"200 CANCEL"});
        CHECK(bob.take_events().empty());
    }
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §9.2: where the INVITE has its final response CANCEL is answered 200, and does nothing.
TEST_CASE("CANCEL of an answered call changes nothing", "[endpoint][rfc3261][9.2]") {
    Wire bob;
    SECTION("accepted") {
        bob.receive(invite());
        bob.endpoint.session(bob.last<event::Incoming>().session)
            .accept(bob.now, {.body = Body::sdp("v=0")});
    }
    SECTION("refused by ourselves") {
        bob.receive(invite({.more = "Require: nothing|"}));
    }
    bob.drain();
    bob.take_sent();
    bob.take_events();
    bob.receive(request({.method = "CANCEL"}));
    CHECK(bob.take_sent() == Lines{"200 CANCEL"});
    CHECK(bob.take_events().empty());
}

// RFC 3261 §7.3.1: tags are compared without case, a Call-ID with it.
TEST_CASE("a dialog is found whatever the case of its tags", "[endpoint][rfc3261][7.3.1]") {
    Wire bob;
    bob.receive(invite());
    bob.endpoint.session(bob.last<event::Incoming>().session)
        .accept(bob.now, {.body = Body::sdp("v=0")});
    bob.drain();
    std::string tag = tag_of(bob.take_only(), Header::to);
    for (char& c : tag)
        c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
    Sketch bye{.method = "BYE",
               .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2",
               .from = "<sip:alice@atlanta.example>;tag=A1",
               .to = "<sip:bob@biloxi.example>;tag=" + tag,
               .cseq = "2"};
    SECTION("tags") {
        bob.receive(request(bye));
        CHECK(bob.take_sent() == Lines{"200 BYE"});
    }
    SECTION("Call-ID") {
        bye.call_id = "CALL@192.0.2.9";
        bob.receive(request(bye));
        CHECK(bob.take_sent() == Lines{"481 BYE"});
    }
    SECTION("another From tag is another peer") {
        bye.from = "<sip:alice@atlanta.example>;tag=m1";
        bob.receive(request(bye));
        CHECK(bob.take_sent() == Lines{"481 BYE"});
    }
}

// RFC 2543 §6.13: without Contact, From says where to go; and without a branch or tags.
TEST_CASE("a call of a client of RFC 2543 is taken and can be ended", "[endpoint][rfc4475]") {
    Wire bob;
    Sketch old{.via = "SIP/2.0/UDP 192.0.2.9", .from = "sip:alice@192.0.2.9:5062"};
    old.type = "application/sdp";
    old.body = "v=0\r\n";
    bob.receive(request(old));
    REQUIRE(bob.events.size() == 1);
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0")});
    bob.drain();
    Sketch ack = old;
    ack.method = "ACK";
    ack.to += ";tag=" + tag_of(bob.take_only(), Header::to);
    bob.receive(request(ack));
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow.remote == at("192.0.2.9", 5062));
    CHECK(bob.take_sent() == Lines{"BYE"});

    SECTION("one of RFC 3261 has to send Contact") {
        old.via += ";branch=z9hG4bK1";
        old.call_id = "new";
        bob.receive(request(old));
        const Message answer = bob.take_only();
        CHECK(answer.status() == 400);
        CHECK(answer.reason_phrase() == "Bad Contact");
    }
}

// RFC 3261 §18.2.2: on a stream the answer goes back on the connection; when that is gone, to where
// the Via says.
TEST_CASE("a response finds its way though the connection is gone", "[endpoint][rfc3261][18.2.2]") {
    Wire bob;
    bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:5070;branch=z9hG4bK1"}), Wire::tcp());
    auto call = bob.endpoint.session(bob.last<event::Incoming>().session);
    call.progress(bob.now);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == Wire::tcp());
    bob.endpoint.connection_closed(bob.now, Wire::tcp());
    call.reject(bob.now, 486);
    bob.drain();
    REQUIRE(bob.sent.size() == 2);
    CHECK(bob.sent[1].flow.connection == 0);
    CHECK(bob.sent[1].flow.remote == at("192.0.2.9", 5070));
}

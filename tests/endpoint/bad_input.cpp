// What a peer can do to a message, to an endpoint that has a call up: an answer or a drop, and the
// call lives on.

#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"
#include "offhook/sim/dice.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// Bob, in a call with Alice; whatever is done to him, it must be possible to end that in order.
struct InCall {
    Wire bob;
    std::string tag; ///< bob's
    int requests = 1;

    InCall() : bob(config()) {
        bob.receive(invite());
        bob.endpoint.session(bob.last<event::Incoming>().session)
            .accept(bob.now, {.body = Body::sdp("v=0")});
        bob.drain();
        tag = tag_of(bob.take_only(), Header::to);
        bob.receive(request(in_dialog("ACK", 1)));
        REQUIRE(bob.take_events() == Lines{"Incoming", "Confirmed"});
    }
    static EndpointConfig config() {
        EndpointConfig config = bobs_config();
        config.methods = {"MESSAGE", "SUBSCRIBE"};
        config.limits.message_bytes = 4000;
        return config;
    }
    Sketch in_dialog(const char* method, int cseq) const {
        return {.method = method,
                .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKin" + std::string(method)
                       + std::to_string(cseq),
                .to = "<sip:bob@biloxi.example>;tag=" + tag,
                .cseq = std::to_string(cseq)};
    }
    /// Nothing that left may be anything but an answer, or what a call of its own sends.
    void give(std::string_view bytes, const Flow& flow = Wire::udp) {
        bob.receive(bytes, flow);
        for (const Transmit& transmit : bob.sent) {
            const auto sent = Message::parse(transmit.bytes);
            REQUIRE((sent || transmit.bytes == "\r\n"));
            if (sent) REQUIRE_FALSE(sent->is_request());
        }
        bob.sent.clear();
        for (const Event& event : bob.events) {
            if (const auto* const incoming = std::get_if<event::Incoming>(&event))
                bob.endpoint.session(incoming->session).hang_up(bob.now);
            if (const auto* const change = std::get_if<event::Reinvited>(&event))
                (void)bob.endpoint.session(change->session).try_reject(bob.now, 488);
            if (const auto* const change = std::get_if<event::Updated>(&event))
                (void)bob.endpoint.session(change->session).try_decline(bob.now);
        }
        bob.drain();
        bob.sent.clear();
        bob.events.clear();
    }
    /// The call is still there, ends by BYE, and everything is forgotten in the end.
    void check_that_it_ends() {
        bob.receive(request(in_dialog("OPTIONS", 1000000)));
        REQUIRE(bob.take_sent() == Lines{"200 OPTIONS"});
        bob.receive(request(in_dialog("BYE", 1000001)));
        REQUIRE(bob.take_sent() == Lines{"200 BYE"});
        REQUIRE(bob.take_events() == Lines{"Terminated remote bye"});
        bob.run_for(10min);
        REQUIRE(bob.is_empty());
    }
};

/// One of each kind, all of them new to the endpoint.
std::vector<std::string> samples(const InCall& call) {
    Sketch next{.via = "SIP/2.0/UDP 192.0.2.9:5060;rport;branch=z9hG4bKsample",
                .from = "\"A. \\\"Al\\\" Alice\" <sip:alice@atlanta.example;x=y?z=1>;tag=s1",
                .call_id = "sample@192.0.2.9",
                .more = "Record-Route: <sip:192.0.2.9;lr>, <sip:192.0.2.10;lr>|Supported: "
                        "100rel|Require: |Contact: \"Alice\" <sip:alice@192.0.2.9>;q=0.5|"};
    std::vector<std::string> all{invite(next)};
    next.call_id = "other@192.0.2.9";
    for (const char* method : {"OPTIONS", "REGISTER", "MESSAGE", "CANCEL", "ACK", "BYE"}) {
        next.method = method;
        all.push_back(request(next));
    }
    for (const char* method : {"INVITE", "OPTIONS", "ACK"})
        all.push_back(request(call.in_dialog(method, 2)));
    all.push_back("SIP/2.0 200 OK" + all[1].substr(all[1].find("\r\n")));
    return all;
}

std::vector<std::string> lines_of(const std::string& text) {
    std::vector<std::string> lines;
    std::string rest = text;
    for (std::size_t end; (end = rest.find("\r\n")) != rest.npos; rest.erase(0, end + 2))
        lines.push_back(rest.substr(0, end + 2));
    lines.push_back(rest);
    return lines;
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines)
        text += line;
    return text;
}

Flow stream(std::uint64_t number) {
    return Wire::tcp(number, static_cast<std::uint16_t>(1024 + number % 60000));
}

} // namespace

TEST_CASE("a message cut off at any byte does no harm to the endpoint",
          "[endpoint][rfc3261][18.3]") {
    InCall call;
    std::uint64_t number = 100;
    for (const std::string& whole : samples(call)) {
        for (std::size_t size = 0; size < whole.size(); ++size) {
            call.give(std::string_view(whole).substr(0, size));
            const Flow flow = stream(++number);
            call.give(std::string_view(whole).substr(0, size), flow);
            call.bob.endpoint.connection_closed(call.bob.now, flow);
        }
    }
    call.check_that_it_ends();
}

TEST_CASE("a message with any byte changed does no harm to the endpoint", "[endpoint]") {
    InCall call;
    std::uint64_t number = 100;
    for (const std::string& whole : samples(call)) {
        for (std::size_t i = 0; i < whole.size(); ++i) {
            for (const char byte : {'\0', '\r', '\n', ' ', ':', ';', ',', '"', '<', '\xff', '9'}) {
                std::string changed = whole;
                changed[i] = byte;
                call.give(changed);
                if (byte != '\n' && byte != ':') continue;
                const Flow flow = stream(++number);
                call.give(changed, flow);
                call.bob.endpoint.connection_closed(call.bob.now, flow);
            }
        }
        call.bob.run_for(64s);
        call.bob.sent.clear();
        call.bob.events.clear();
    }
    call.check_that_it_ends();
}

TEST_CASE("random bytes do no harm to the endpoint", "[endpoint]") {
    const std::uint64_t seed = GENERATE(1u, 2u, 3u);
    CAPTURE(seed);
    sim::Dice dice(seed);
    InCall call;
    const std::vector<std::string> all = samples(call);
    for (int n = 0; n < 1000; ++n) {
        std::string noise;
        switch (n % 3) {
        case 0: // nothing but noise
            for (std::uint64_t left = dice.below(300); left != 0; --left)
                noise += static_cast<char>(dice.below(256));
            break;
        case 1: // noise in a message
            noise = all[dice.below(all.size())];
            for (std::uint64_t left = 1 + dice.below(8); left != 0; --left)
                noise[dice.below(noise.size())] = static_cast<char>(dice.below(256));
            break;
        default: { // two messages mixed line by line
            const auto one = lines_of(all[dice.below(all.size())]);
            const auto two = lines_of(all[dice.below(all.size())]);
            for (std::size_t i = 0; i < one.size() || i < two.size(); ++i) {
                if (i < one.size() && dice.chance(0.7)) noise += one[i];
                if (i < two.size() && dice.chance(0.3)) noise += two[i];
            }
        }
        }
        call.give(noise);
        const Flow flow = stream(100 + static_cast<std::uint64_t>(n));
        for (std::size_t at = 0; at < noise.size();) {
            const std::size_t piece = 1 + dice.below(40);
            call.give(std::string_view(noise).substr(at, piece), flow);
            at += piece;
        }
        call.bob.endpoint.connection_closed(call.bob.now, flow);
    }
    call.bob.run_for(64s);
    call.bob.sent.clear();
    call.bob.events.clear();
    call.check_that_it_ends();
}

// RFC 3261 §8.1.1, §7.3.1, §8.2.2
TEST_CASE("a message with any header field missing, twice or empty does no harm",
          "[endpoint][rfc3261][7.3.1]") {
    InCall call;
    std::uint64_t number = 100;
    for (const std::string& whole : samples(call)) {
        const std::vector<std::string> lines = lines_of(whole);
        for (std::size_t i = 0; i < lines.size(); ++i) {
            std::vector<std::string> missing = lines, twice = lines, empty = lines, gone = lines;
            missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
            twice.insert(twice.begin() + static_cast<std::ptrdiff_t>(i), lines[i]);
            empty[i] = lines[i].substr(0, lines[i].find(':')) + ":\r\n";
            gone[i] = "\r\n";
            for (const auto& broken : {missing, twice, empty, gone}) {
                call.give(joined(broken));
                const Flow flow = stream(++number);
                call.give(joined(broken), flow);
                call.bob.endpoint.connection_closed(call.bob.now, flow);
            }
        }
    }
    call.bob.run_for(64s);
    call.bob.sent.clear();
    call.bob.events.clear();
    call.check_that_it_ends();
}

// RFC 3261 §8.1.1, §21.4.1: what is missing or malformed is told, in a response that has a To tag
// and the Via of the request.
TEST_CASE("a request without a header field that it needs is answered 400",
          "[endpoint][rfc3261][21.4.1]") {
    struct Fault {
        const char* line;    ///< which
        const char* instead; ///< "" leaves it out
        const char* phrase;  ///< "" where no answer is possible
    };
    const Fault faults[] = {
        {"Via:", "", ""},
        {"Via:", "Via: ;\r\n", ""},
        {"From:", "", "Missing From Header Field"},
        {"From:", "From: <sip:\r\n", "Malformed From Header Field"},
        {"To:", "", "Missing To Header Field"},
        {"To:", "To: \"Bob <sip:bob@biloxi.example>\r\n", "Malformed To Header Field"},
        {"Call-ID:", "", "Missing Call-ID Header Field"},
        {"Call-ID:", "Call-ID: a b\r\n", "Malformed Call-ID Header Field"},
        {"CSeq:", "", "Missing CSeq Header Field"},
        {"CSeq:", "CSeq: 1\r\n", "Malformed CSeq Header Field"},
        {"CSeq:", "CSeq: 4294967296 INVITE\r\n", "Malformed CSeq Header Field"},
        {"CSeq:", "CSeq: 1 BYE\r\n", "CSeq Method Mismatch"},
        {"Max-Forwards:", "Max-Forwards: many\r\n", "Malformed Max-Forwards Header Field"},
        {"Max-Forwards:", "To: <sip:b@c>\r\n", "Repeated Header Field"},
        {"Max-Forwards:", "Bad Header: x\r\n", "Bad message-header: HCOLON"},
        {"INVITE", "ACK sip: SIP/2.0\r\n", ""}, // RFC 3261 §17.1.1.3: nothing answers an ACK
        {"INVITE", "INVITE sip: SIP/2.0\r\n", "Malformed Request-URI"},
    };
    for (const Fault& fault : faults) {
        CAPTURE(fault.line, fault.instead);
        for (const Flow& flow : {Wire::udp, Wire::tcp()}) {
            Wire bob;
            std::vector<std::string> lines = lines_of(invite());
            for (std::string& line : lines)
                if (line.starts_with(fault.line)) line = fault.instead;
            bob.receive(joined(lines), flow);
            CHECK(bob.events.empty());
            CHECK(bob.is_empty());
            if (*fault.phrase == '\0') {
                CHECK(bob.sent.empty());
                continue;
            }
            REQUIRE(bob.sent.size() == 1);
            CHECK(bob.sent[0].flow == flow);
            const Message answer = bob.take_only();
            CHECK(answer.status() == 400);
            CHECK(answer.reason_phrase() == fault.phrase);
            CHECK(value(answer, Header::via) == "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1");
            if (answer.count(Header::to))
                CHECK(value(answer, Header::to).find(";tag=") != std::string::npos);
        }
    }
}

// CVE-2021-41145: each with a new branch, tag and Call-ID; what they leave is gone in a minute.
TEST_CASE("a flood of requests leaves nothing behind, and ends no call", "[endpoint]") {
    InCall call;
    for (int n = 0; n < 2000; ++n) {
        const std::string unique = std::to_string(n);
        static constexpr const char* methods[] = {"INVITE", "REGISTER", "OPTIONS", "MESSAGE",
                                                  "DANCE",  "BYE",      "CANCEL",  "ACK"};
        Sketch sketch{.method = methods[n % 8],
                      .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK-" + unique,
                      .from = "<sip:alice@atlanta.example>;tag=" + unique,
                      .call_id = unique};
        call.give(n % 8 == 0 ? invite(sketch) : request(sketch));
    }
    call.bob.run_for(64s);
    call.bob.sent.clear();
    call.bob.events.clear();
    CHECK(call.bob.endpoint.counts() == Endpoint::Counts{.sessions = 1, .index = 1});
    call.check_that_it_ends();
}

// RFC 3261 §18.1.2, §17.1.3, §12.2.2: guessing does not get into a call.
TEST_CASE("messages that match a call only in part change nothing in it",
          "[endpoint][rfc3261][12.2.2]") {
    InCall call;
    Sketch bye = call.in_dialog("BYE", 2);
    for (int n = 0; n < 3; ++n) {
        Sketch forged = bye;
        forged.via += std::to_string(n);
        if (n == 0) forged.from = "<sip:mallory@192.0.2.66>;tag=m1";
        if (n == 1) forged.to = "<sip:bob@biloxi.example>;tag=guess";
        if (n == 2) forged.call_id = "call@192.0.2.66";
        call.bob.receive(request(forged));
        CHECK(call.bob.take_sent() == Lines{"481 BYE"});
    }
    bye.cseq = "1"; // out of order. RFC 3261 §12.2.2
    bye.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKold";
    call.bob.receive(request({.method = "OPTIONS",
                              .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKolder",
                              .to = bye.to,
                              .cseq = "5"}));
    call.bob.take_sent();
    bye.cseq = "4";
    call.bob.receive(request(bye));
    CHECK(call.bob.take_sent() == Lines{"500 BYE"});
    CHECK(call.bob.take_events().empty());
    call.check_that_it_ends();
}

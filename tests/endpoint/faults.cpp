// What misled other SIP stacks about transactions, dialogs and sessions, as it looks to an
// endpoint.

#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "../support/duo.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = Duo::alice;
constexpr std::size_t bob = Duo::bob;
constexpr std::string_view sdp = "v=0\r\ns=peer\r\n";

/// A call of ours to Carol, whom the test plays.
struct CallOut {
    explicit CallOut(EndpointConfig config = bobs_config()) : wire(std::move(config)) {
        id = wire.endpoint.invite(wire.now, "sip:carol@192.0.2.9", Body::sdp("v=0\r\n"));
        wire.drain();
        invite = wire.take_only();
    }
    auto session() { return wire.endpoint.session(id); }
    void answer(int status, std::string_view tag = "p1", std::string_view more = peers_contact,
                std::string_view body = "") {
        wire.receive(response(invite, status, tag, more, body));
    }
    void talk() {
        answer(200, "p1", peers_contact, sdp);
        ack = wire.take_only();
        wire.take_events();
    }
    /// A request of Carol's in the dialog of that tag.
    Sketch in_dialog(std::string method, std::string cseq, std::string tag = "p1") {
        Sketch s;
        s.method = std::move(method);
        s.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKp" + s.method + cseq;
        s.from = "<sip:carol@192.0.2.9>;tag=" + tag;
        s.to = value(invite, Header::from);
        s.call_id = value(invite, Header::call_id);
        s.cseq = std::move(cseq);
        return s;
    }

    Wire wire;
    SessionId id;
    Message invite = Message::parse(request(Sketch{})).value();
    Message ack = invite;
};

/// A call of Alice's to us, whom the test plays.
struct CallIn {
    explicit CallIn(Sketch s = {}, EndpointConfig config = bobs_config())
        : wire(std::move(config)) {
        wire.receive(invite(s));
        id = wire.last<event::Incoming>().session;
    }
    auto session() { return wire.endpoint.session(id); }
    void accept() {
        session().accept(wire.now, {.body = Body::sdp("v=0\r\ns=ours\r\n")});
        wire.drain();
        to = value(Message::parse(wire.sent.back().bytes).value(), Header::to);
    }
    void ring(const MessageOptions& options = {}) {
        session().progress(wire.now, 180, options);
        wire.drain();
        to = value(Message::parse(wire.sent.back().bytes).value(), Header::to);
    }
    void talk() {
        accept();
        wire.receive(request(in_dialog("ACK", "1")));
        wire.take_sent();
        wire.take_events();
    }
    Sketch in_dialog(std::string method, std::string cseq) {
        Sketch s;
        s.method = std::move(method);
        s.via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK" + s.method + cseq;
        s.to = to;
        s.cseq = std::move(cseq);
        return s;
    }

    Wire wire;
    SessionId id;
    std::string to = "<sip:bob@biloxi.example>";
};

EndpointConfig asking() {
    EndpointConfig config = bobs_config();
    config.features.on_challenge = SessionFeatures::Decision::ask;
    return config;
}
constexpr std::string_view challenge =
    "WWW-Authenticate:Digest realm=\"biloxi.example\", nonce=\"1\"|";
const std::vector<HeaderField> credentials = {{"Authorization", "Digest username=\"bob\""}};

std::string branch_of(const Message& message) {
    const std::string via = value(message, Header::via);
    return std::string(Via::parse(via)->branch());
}
std::uint32_t number_of(const Message& message) {
    return parse_header<CSeq>(message, Header::cseq)->number;
}

} // namespace

// Fault 47, CVE-2022-47516. RFC 3261 §18.1.2
TEST_CASE("a response that matches no request is dropped", "[endpoint][fault][rfc3261][18.1.2]") {
    Wire wire;
    const Message strange = Message::parse(invite()).value();
    for (const int status : {100, 180, 200, 302, 401, 487, 603})
        wire.receive(response(strange, status, "x", peers_contact, sdp));
    CHECK(wire.take_sent().empty());
    CHECK(wire.take_events().empty());
    CHECK(wire.is_empty());
    CallOut call;
    Message other = call.invite; // another branch: no transaction of ours
    other.set(Header::via, "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKnone");
    call.wire.receive(response(other, 486));
    CHECK(call.wire.take_sent().empty());
    CHECK(call.wire.take_events().empty());
    CHECK(call.session().state() == State::initial);
}

// Fault 48, resip. RFC 3261 §17.1.1.3, §8.2.6.2
TEST_CASE("an ACK of no INVITE is dropped, and so is a response without From tag",
          "[endpoint][fault][rfc3261]") {
    CallIn call;
    call.talk();
    call.wire.receive(request(call.in_dialog("OPTIONS", "2")));
    CHECK(call.wire.take_sent() == Lines{"200 OPTIONS"});
    Sketch ack = call.in_dialog("ACK", "2");
    ack.via = call.in_dialog("OPTIONS", "2").via;
    call.wire.receive(request(ack));
    CHECK(call.wire.take_sent().empty());
    CHECK(call.wire.take_events().empty());
    CHECK(call.session().state() == State::confirmed);

    CallOut out;
    Message untagged = out.invite;
    untagged.set(Header::from, "<sip:bob@biloxi.example>");
    out.wire.receive(response(untagged, 200, "p1", peers_contact, sdp));
    CHECK(out.wire.take_sent().empty());
    CHECK(out.wire.take_events().empty());
}

// Fault 49, resip. RFC 3261 §8.2.2.2, §12
TEST_CASE("our own INVITE that comes back is a call of its own", "[endpoint][fault][rfc3261][12]") {
    CallOut call;
    Message back = call.invite;
    std::string bytes = std::move(back).release();
    const std::string via = "Via: SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKloop\r\n";
    bytes.insert(bytes.find("Via:"), via);
    call.wire.receive(bytes);
    const SessionId other = call.wire.last<event::Incoming>().session;
    REQUIRE(other != call.id);
    call.wire.endpoint.session(other).reject(call.wire.now, 486);
    call.wire.drain();
    CHECK(call.wire.take_sent() == Lines{"486 INVITE"});
    CHECK(call.session().state() == State::initial);
    call.talk();
    CHECK(call.session().state() == State::confirmed);
}

// Fault 50, resip. RFC 5407 §3.1.4
TEST_CASE("a re-INVITE before the ACK of the INVITE is taken, and both ACKs count",
          "[endpoint][fault][rfc5407][3.1.4]") {
    CallIn call;
    call.accept();
    call.wire.take_sent();
    Sketch again = call.in_dialog("INVITE", "2");
    call.wire.receive(invite(again));
    REQUIRE(call.wire.last<event::Reinvited>().session == call.id);
    call.session().accept(call.wire.now, {.body = Body::sdp("v=0\r\n")});
    call.wire.drain();
    CHECK(call.wire.take_sent() == Lines{"200 INVITE"});
    call.wire.receive(request(call.in_dialog("ACK", "2")));
    CHECK(call.session().state() == State::ack_wait);
    call.wire.receive(request(call.in_dialog("ACK", "1")));
    CHECK(call.session().state() == State::confirmed);
    call.wire.run_for(60s);
    CHECK(call.wire.take_sent().empty());
}

// Fault 51, pjsip #503. RFC 3261 §9.1
TEST_CASE("a cancelled INVITE that gets no final response is given up after 64*T1",
          "[endpoint][fault][rfc3261][9.1]") {
    CallOut call;
    call.answer(180);
    call.session().cancel(call.wire.now);
    const Message cancel = (call.wire.drain(), call.wire.take_only());
    call.wire.receive(response(cancel, 200));
    call.wire.run_for(32s - 1ms);
    CHECK(call.wire.take_events() == Lines{"Ringing 180"});
    call.wire.run_for(1ms);
    CHECK(call.wire.take_events() == Lines{"Terminated local cancelled"});
    call.wire.run_for(64s);
    CHECK(call.wire.is_empty());
    CHECK(call.wire.take_sent().empty());
}

// Fault 52, JsSIP #836. RFC 3261 §9.1, §15
TEST_CASE("a 200 that crosses CANCEL gets ACK and BYE", "[endpoint][fault][rfc3261][15]") {
    CallOut call;
    call.answer(180);
    call.session().cancel(call.wire.now);
    call.wire.drain();
    CHECK(call.wire.take_sent() == Lines{"CANCEL"});
    call.answer(200, "p1", peers_contact, sdp);
    CHECK(call.wire.take_sent() == Lines{"ACK", "BYE"});
    CHECK(call.session().state() == State::terminating);
}

// Fault 53, JsSIP #597. RFC 3261 §15
TEST_CASE("BYE of the callee is refused until the ACK, and hang_up() waits for it",
          "[endpoint][fault][rfc3261][15]") {
    CallIn call;
    call.accept();
    CHECK_THROWS_AS(call.session().bye(call.wire.now), AckPending);
    call.session().hang_up(call.wire.now);
    call.wire.drain();
    CHECK(call.wire.take_sent() == Lines{"200 INVITE"});
    call.wire.receive(request(call.in_dialog("ACK", "1")));
    CHECK(call.wire.take_sent() == Lines{"BYE"});
}

// Fault 54, siphon #243. RFC 3261 §9.2, §17.2.2
TEST_CASE("a CANCEL that comes again gets its 200 again, and does no more",
          "[endpoint][fault][rfc3261][9.2]") {
    CallIn call;
    call.wire.take_events();
    Sketch cancel;
    cancel.method = "CANCEL";
    call.wire.receive(request(cancel));
    CHECK(call.wire.take_sent() == Lines{"200 CANCEL", "487 INVITE"});
    CHECK(call.wire.take_events() == Lines{"Cancelled", "Terminated remote cancelled"});
    call.wire.receive(request(cancel));
    CHECK(call.wire.take_sent() == Lines{"200 CANCEL"});
    CHECK(call.wire.take_events().empty());
}

// Fault 55, ezk #74. RFC 3261 §9.1, §22.2
TEST_CASE("CANCEL after a challenge names the INVITE that was sent again",
          "[endpoint][fault][rfc3261][9.1]") {
    CallOut call(asking());
    call.answer(401, "p0", challenge);
    CHECK(call.wire.take_sent() == Lines{"ACK"});
    const auto asked = call.wire.last<event::Challenged>();
    call.session().authenticate(call.wire.now, asked.request, credentials);
    const Message again = (call.wire.drain(), call.wire.take_only());
    CHECK(branch_of(again) != branch_of(call.invite));
    CHECK(number_of(again) == number_of(call.invite) + 1);
    call.session().cancel(call.wire.now);
    call.wire.drain();
    CHECK(call.wire.take_sent().empty()); // no 1xx to this one yet
    call.wire.receive(response(again, 100));
    const Message cancel = call.wire.take_only();
    CHECK(cancel.method() == "CANCEL");
    CHECK(branch_of(cancel) == branch_of(again));
    CHECK(number_of(cancel) == number_of(again));
    CHECK(cancel.request_uri() == again.request_uri());
}

// Fault 56, pjsip. RFC 3261 §13.2.2.4
TEST_CASE("BYE to a second fork goes to that fork and to no other",
          "[endpoint][fault][rfc3261][13.2.2.4]") {
    CallOut call;
    call.talk();
    call.answer(200, "p2", "Contact:<sip:second@192.0.2.9>|", sdp);
    REQUIRE(call.wire.sent.size() == 2);
    for (const Transmit& transmit : call.wire.sent) {
        const Message message = Message::parse(transmit.bytes).value();
        CHECK(tag_of(message, Header::to) == "p2");
        CHECK(message.request_uri() == "sip:second@192.0.2.9");
    }
    CHECK(call.wire.take_sent() == Lines{"ACK", "BYE"});
    CHECK(call.wire.take_events().empty());
    CHECK(call.session().state() == State::confirmed);
}

// Fault 57, re #1018. RFC 3261 §12.1.2, §13.2.2.1
TEST_CASE("a 100 makes no early dialog, and every other tag of a 1xx makes one",
          "[endpoint][fault][rfc3261][12.1]") {
    CallOut call;
    Message trying = Message::response(call.invite, 100, "Trying", "t0");
    trying.set(Header::to, value(call.invite, Header::to) + ";tag=t0");
    call.wire.receive(std::move(trying).release());
    CHECK(call.session().state() == State::initial);
    CHECK(call.session().dialog() == nullptr);
    call.answer(183, "p1");
    call.answer(183, "p2");
    CHECK(call.wire.take_events() == Lines{"Ringing 183", "Ringing 183"});
    for (const char* const tag : {"p1", "p2", "t0"}) {
        Sketch options = call.in_dialog("OPTIONS", "1", tag);
        options.via += tag;
        call.wire.receive(request(options));
    }
    CHECK(call.wire.take_sent() == Lines{"200 OPTIONS", "200 OPTIONS", "481 OPTIONS"});
}

// Fault 58, pocket-dial #356. RFC 3261 §12.2.2, §15.1.2
TEST_CASE("BYE with the tags of no call gets 481, and a 200 to BYE with other tags ends none",
          "[endpoint][fault][rfc3261][15.1.2]") {
    CallOut call;
    call.talk();
    call.wire.receive(request(call.in_dialog("BYE", "1", "other")));
    CHECK(call.wire.take_sent() == Lines{"481 BYE"});
    Sketch bye = call.in_dialog("BYE", "2");
    bye.to = "<sip:bob@biloxi.example>;tag=other";
    call.wire.receive(request(bye));
    CHECK(call.wire.take_sent() == Lines{"481 BYE"});
    bye.via += "x";
    bye.to = "<sip:bob@biloxi.example>";
    call.wire.receive(request(bye));
    CHECK(call.wire.take_sent() == Lines{"481 BYE"});
    CHECK(call.session().state() == State::confirmed);

    call.session().bye(call.wire.now);
    Message ours = (call.wire.drain(), call.wire.take_only());
    ours.set(Header::to, "<sip:carol@192.0.2.9>;tag=other");
    call.wire.receive(response(ours, 200));
    CHECK(call.session().state() == State::terminating);
    call.wire.run_for(33s);
    CHECK(call.wire.take_events() == Lines{"Terminating", "Terminated local bye"});
}

// Fault 59, sipgo #187. RFC 3261 §12.2.1.1
TEST_CASE("each direction of a dialog has a sequence number of its own",
          "[endpoint][fault][rfc3261][12.2.1.1]") {
    CallOut call;
    call.talk();
    const std::uint32_t first = number_of(call.invite);
    call.wire.receive(request(call.in_dialog("OPTIONS", "70000")));
    CHECK(call.wire.take_sent() == Lines{"200 OPTIONS"});
    call.session().update(call.wire.now);
    call.wire.drain();
    CHECK(number_of(call.wire.take_only()) == first + 1);
    call.wire.receive(request(call.in_dialog("OPTIONS", "70001"))); // above 70000, and no more
    CHECK(call.wire.take_sent() == Lines{"200 OPTIONS"});
}

// Fault 61, sipgo #355. RFC 3261 §13.2.2.4, RFC 3262 §4
TEST_CASE("the ACK after PRACKs has the number of its INVITE", "[endpoint][fault][rfc3262][4]") {
    CallOut call;
    call.answer(180, "p1", "Contact:<sip:carol@192.0.2.9>|Require:100rel|RSeq:1|");
    const Message first = call.wire.take_only();
    CHECK(first.method() == "PRACK");
    call.wire.receive(response(first, 200));
    call.answer(183, "p1", "Contact:<sip:carol@192.0.2.9>|Require:100rel|RSeq:2|");
    const Message second = call.wire.take_only();
    call.wire.receive(response(second, 200));
    call.talk();
    CHECK(number_of(second) == number_of(call.invite) + 2);
    CHECK(number_of(call.ack) == number_of(call.invite));
    call.session().bye(call.wire.now);
    call.wire.drain();
    CHECK(number_of(call.wire.take_only()) == number_of(call.invite) + 3);
}

// RFC 3261 §12.2.2, RFC 3262 §4: the 1xx waits for a PRACK that its peer can take.
TEST_CASE("a PRACK that a later request has overtaken is sent again, without its offer",
          "[endpoint][rfc3262][4]") {
    EndpointConfig config = bobs_config();
    config.features.prack = SessionFeatures::Prack::by_application;
    CallOut call(config);
    call.answer(183, "p1", "Contact:<sip:carol@192.0.2.9>|Require:100rel|RSeq:1|", sdp);
    const bool offers = GENERATE(true, false);
    call.session().prack(call.wire.now, {.body = offers ? Body::sdp("v=0\r\n") : Body{}});
    const Message first = (call.wire.drain(), call.wire.take_only());
    CHECK(first.body().empty() != offers);
    call.session().update(call.wire.now);
    const Message update = (call.wire.drain(), call.wire.take_only());
    call.wire.receive(response(update, 200, "p1", peers_contact));
    call.wire.take_events();
    call.wire.receive(response(first, 500));
    const Message again = call.wire.take_only();
    CHECK(again.method() == "PRACK");
    CHECK(again.body().empty());
    CHECK(value(again, Header::rack) == value(first, Header::rack));
    CHECK(number_of(again) == number_of(update) + 1);
    CHECK(call.wire.take_events() == (offers ? Lines{"RolledBack local 500"} : Lines{}));
    call.wire.receive(response(again, 500)); // no longer overtaken
    CHECK(call.wire.take_sent().empty());
}

// Fault 62, SIP.js. RFC 3261 §13.3.1.4, §15.1.2
TEST_CASE("after a BYE nothing comes of the ACK that is missing",
          "[endpoint][fault][rfc3261][15]") {
    Duo duo;
    duo.ring();
    duo.world.net.add_rule({.begins = "ACK ", .times = 100});
    duo.accept();
    duo.until(alice, State::confirmed);
    duo.bye(alice);
    duo.world.run_for(1s);
    CHECK(duo.state(bob) == State::terminated);
    duo.world.run_for(60s);
    const Lines events = duo.world.take_events(bob);
    CHECK(events == Lines{"Incoming", "Terminated remote bye"});
    CHECK(duo.world.count("BYE") == 1);
}

// Fault 63, SIP.js. RFC 3261 §12.2.1.2, RFC 6141 §4.6
TEST_CASE("a re-INVITE moves the remote target with its 2xx, and not with a refusal",
          "[endpoint][fault][rfc3261][12.2]") {
    SECTION("the peer's") {
        CallIn call;
        call.talk();
        const bool accepted = GENERATE(true, false);
        Sketch moved = call.in_dialog("INVITE", "2");
        moved.more = "Contact: <sip:alice@192.0.2.8>|";
        call.wire.receive(invite(moved));
        if (accepted)
            call.session().accept(call.wire.now, {.body = Body::sdp("v=0\r\n")});
        else
            call.session().reject(call.wire.now, 488);
        CHECK(call.session().dialog()->remote_target()
              == (accepted ? "sip:alice@192.0.2.8" : "sip:alice@192.0.2.9"));
    }
    SECTION("ours") {
        CallOut call;
        call.talk();
        const int status = GENERATE(200, 488);
        call.session().reinvite(call.wire.now, {.body = Body::sdp("v=0\r\n")});
        const Message reinvite = (call.wire.drain(), call.wire.take_only());
        call.wire.receive(response(reinvite, status, "p1", "Contact:<sip:carol@192.0.2.8>|", sdp));
        CHECK(call.session().dialog()->remote_target()
              == (status == 200 ? "sip:carol@192.0.2.8" : "sip:carol@192.0.2.9"));
    }
}

// Fault 64, SIP.js. RFC 3261 §12.2.1.1, §22.2
TEST_CASE("a request in a dialog that is sent again with credentials has the next number",
          "[endpoint][fault][rfc3261][22.2]") {
    CallOut call(asking());
    call.talk();
    std::uint32_t last = number_of(call.invite);
    const auto challenged = [&] {
        const Message asked = (call.wire.drain(), call.wire.take_only());
        CHECK(number_of(asked) == ++last);
        call.wire.receive(response(asked, 401, "p1", challenge));
        call.wire.take_sent();
        call.session().authenticate(call.wire.now, call.wire.last<event::Challenged>().request,
                                    credentials);
        const Message again = (call.wire.drain(), call.wire.take_only());
        CHECK(again.method() == asked.method());
        CHECK(number_of(again) == ++last);
        CHECK(branch_of(again) != branch_of(asked));
        CHECK(value(again, Header::authorization) == credentials[0].value);
        call.wire.receive(response(again, 200, "p1", peers_contact, sdp));
        call.wire.take_sent();
    };
    call.session().reinvite(call.wire.now, {.body = Body::sdp("v=0\r\n")});
    challenged();
    call.session().update(call.wire.now);
    challenged();
    call.session().request(call.wire.now, "INFO");
    challenged();
    call.session().bye(call.wire.now);
    challenged();
    CHECK(call.session().state() == State::terminated);
}

// Fault 65, SIP.js. RFC 3261 §13.3.1.4, §14.2
TEST_CASE("a re-INVITE whose 2xx is never acknowledged is told, and wedges nothing",
          "[endpoint][fault][rfc3261][14.2]") {
    const bool keep = GENERATE(false, true);
    Duo duo([&](EndpointConfig& config) {
        if (keep) config.on_missing_ack = IncomingOptions::NoAck::keep;
    });
    duo.talk();
    duo.world.net.add_rule({.begins = "ACK ", .times = 11});
    duo.reinvite(alice);
    duo.world.run_for(40s);
    const Lines events = duo.world.take_events(bob);
    REQUIRE(events.size() > 3);
    CHECK(events[3] == "AckTimeout");
    CHECK((duo.state(bob) == State::confirmed) == keep);
    if (keep) {
        duo.reinvite(bob);
        duo.world.run_for(1s);
        CHECK(duo.world.take_events(bob) == Lines{"Modified 200", "Answer"});
    }
    duo.world.events[bob].clear();
    if (keep) duo.bye(alice);
    duo.world.run_out();
}

// Fault 66, SIP.js. RFC 3261 §9.2, §15.1.2
TEST_CASE("CANCEL of a re-INVITE and BYE with an INVITE pending leave a 487 behind",
          "[endpoint][fault][rfc3261][15.1.2]") {
    SECTION("CANCEL of a re-INVITE, and the session stays") {
        CallIn call;
        call.talk();
        call.wire.receive(invite(call.in_dialog("INVITE", "2")));
        Sketch cancel = call.in_dialog("INVITE", "2");
        cancel.method = "CANCEL";
        call.wire.receive(request(cancel));
        CHECK(call.wire.take_sent() == Lines{"200 CANCEL", "487 INVITE"});
        CHECK(call.session().state() == State::confirmed);
    }
    SECTION("BYE with a re-INVITE pending") {
        CallIn call;
        call.talk();
        call.wire.receive(invite(call.in_dialog("INVITE", "2")));
        call.wire.receive(request(call.in_dialog("BYE", "3")));
        CHECK(call.wire.take_sent() == Lines{"200 BYE", "487 INVITE"});
    }
    SECTION("BYE with the INVITE pending") {
        CallIn call;
        call.ring();
        call.wire.take_sent();
        call.wire.receive(request(call.in_dialog("BYE", "2")));
        CHECK(call.wire.take_sent() == Lines{"200 BYE", "487 INVITE"});
    }
}

// Fault 67, SIP.js. RFC 3261 §9.1, §22.2
TEST_CASE("a challenge to an INVITE that is cancelled is not answered",
          "[endpoint][fault][rfc3261][9.1]") {
    CallOut call(asking());
    const bool rang = GENERATE(false, true);
    if (rang) call.answer(180);
    call.session().cancel(call.wire.now);
    call.wire.drain();
    call.wire.take_sent();
    call.wire.take_events();
    call.answer(401, "p0", challenge);
    CHECK(call.wire.take_sent() == Lines{"ACK"});
    CHECK(call.wire.take_events() == Lines{"Terminated local cancelled"});
    CHECK_THROWS_AS(call.session().authenticate(call.wire.now, 1, credentials), Error);
    call.wire.run_for(64s);
    CHECK(call.wire.take_sent() == (rang ? Lines(10, "CANCEL") : Lines{}));
}

// RFC 3261 §9.1: what waits for credentials has its final response, and nothing to be cancelled.
TEST_CASE("a challenged INVITE that is cancelled while it waits sends nothing more",
          "[endpoint][rfc3261][9.1]") {
    CallOut call(asking());
    call.answer(401, "p0", challenge);
    call.wire.take_sent();
    call.session().cancel(call.wire.now);
    call.wire.drain();
    CHECK(call.wire.take_sent().empty());
    CHECK(call.wire.take_events() == Lines{"Challenged 401", "Terminated local cancelled"});
    call.wire.run_for(64s);
    CHECK(call.wire.is_empty());
}

// Fault 68, SIP.js. RFC 3262 §3
TEST_CASE("PRACK with a RAck that matches nothing gets 481", "[endpoint][fault][rfc3262][3]") {
    Sketch s;
    s.more = "Supported: 100rel|";
    s.more += "Contact: <sip:alice@192.0.2.9>|";
    CallIn call(s);
    call.ring({.delivery = Delivery::reliable});
    const Message ringing = call.wire.take_only();
    const std::string rseq = value(ringing, Header::rseq);
    int cseq = 2;
    for (const std::string& rack : {std::to_string(std::stoul(rseq) + 1) + " 1 INVITE",
                                    rseq + " 2 INVITE", rseq + " 1 UPDATE"}) {
        Sketch prack = call.in_dialog("PRACK", std::to_string(cseq++));
        prack.more = "RAck: " + rack + "|";
        call.wire.receive(request(prack));
        CHECK(call.wire.take_sent() == Lines{"481 PRACK"});
    }
    Sketch prack = call.in_dialog("PRACK", std::to_string(cseq));
    prack.more = "RAck: " + rseq + " 1 INVITE|";
    call.wire.receive(request(prack));
    CHECK(call.wire.take_sent() == Lines{"200 PRACK"});
}

// Fault 69, SIP.js. RFC 3261 §12.1.2, §12.2.2, RFC 3262 §3
TEST_CASE("PRACK without tag, 18x and 2xx without Contact do no harm", "[endpoint][fault]") {
    SECTION("PRACK") {
        Sketch s;
        s.more = "Supported: 100rel|Contact: <sip:alice@192.0.2.9>|";
        CallIn call(s);
        call.ring({.delivery = Delivery::reliable});
        const std::string rseq = value(call.wire.take_only(), Header::rseq);
        Sketch prack = call.in_dialog("PRACK", "2");
        prack.to = "<sip:bob@biloxi.example>";
        prack.more = "RAck: " + rseq + " 1 INVITE|";
        call.wire.receive(request(prack));
        CHECK(call.wire.take_sent() == Lines{"481 PRACK"});
        CHECK(call.session().state() == State::early);
    }
    SECTION("UPDATE") {
        CallIn call;
        call.ring();
        call.wire.take_sent();
        Sketch update = call.in_dialog("UPDATE", "2");
        update.to = "<sip:bob@biloxi.example>";
        call.wire.receive(request(update));
        CHECK(call.wire.take_sent() == Lines{"481 UPDATE"});
        CHECK(call.wire.take_events() == Lines{"Incoming"});
    }
    SECTION("18x and 2xx: ACK and BYE go where the INVITE went") {
        CallOut call;
        call.answer(180, "p1", "");
        CHECK(call.wire.take_events() == Lines{"Ringing 180"});
        call.answer(200, "p1", "", sdp);
        CHECK(call.wire.take_only().request_uri() == call.invite.request_uri());
        CHECK(call.wire.take_events() == Lines{"Answered 200", "Answer", "Confirmed"});
        call.session().bye(call.wire.now);
        call.wire.drain();
        const Message bye = call.wire.take_only();
        CHECK(bye.request_uri() == call.invite.request_uri());
        call.wire.receive(response(bye, 200));
        CHECK(call.wire.take_events() == Lines{"Terminating", "Terminated local bye"});
    }
}

// Fault 70, JsSIP. RFC 3261 §14.2
TEST_CASE("a re-INVITE that got 491 is not seen by the application",
          "[endpoint][fault][rfc3261][14.2]") {
    CallOut call;
    call.talk();
    call.session().reinvite(call.wire.now, {.body = Body::sdp("v=0\r\n")});
    call.wire.drain();
    const Message ours = call.wire.take_only();
    Sketch theirs = call.in_dialog("INVITE", "1");
    theirs.more = "Contact: <sip:carol@192.0.2.8>|";
    call.wire.receive(invite(theirs));
    CHECK(call.wire.take_sent() == Lines{"491 INVITE"});
    CHECK(call.wire.take_events().empty());
    CHECK(call.session().dialog()->remote_target() == "sip:carol@192.0.2.9");
    CHECK_FALSE(call.session().can_accept());
    call.wire.receive(response(ours, 200, "p1", peers_contact, sdp));
    CHECK(call.wire.take_sent() == Lines{"ACK"});
    CHECK(call.wire.take_events() == Lines{"Modified 200", "Answer"});
}

#include "offhook/endpoint/replacing.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

EndpointConfig joinable() {
    EndpointConfig config = bobs_config();
    config.extensions = {"join"};
    config.methods = {"MESSAGE"};
    return config;
}

/// A call of Bob's with Alice, and what it is called from outside.
struct Known {
    SessionId session;
    std::string call_id;
    std::string local_tag;
    std::string remote_tag;

    std::string tags() const { return ";to-tag=" + local_tag + ";from-tag=" + remote_tag; }
    std::string replaces(const std::string& more = "") const {
        return "Replaces: " + call_id + tags() + more + "|";
    }
    std::string joins() const { return "Join: " + call_id + tags() + "|"; }
    std::string target() const {
        return "Target-Dialog: " + call_id + ";local-tag=" + local_tag + ";remote-tag=" + remote_tag
               + "|";
    }
};

/// Alice calls; Bob's phone rings.
Known ringing_in(Wire& bob) {
    bob.receive(invite());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).progress(bob.now);
    bob.drain();
    const std::string tag = tag_of(bob.take_only(), Header::to);
    bob.take_events();
    return {id, "call@192.0.2.9", tag, "a1"};
}
/// And Bob accepts; the ACK is still on its way.
Known accepted_in(Wire& bob) {
    const Known known = ringing_in(bob);
    bob.endpoint.session(known.session).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    bob.take_sent();
    bob.take_events();
    return known;
}
Known confirmed_in(Wire& bob) {
    const Known known = accepted_in(bob);
    bob.receive(request({.method = "ACK",
                         .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKack",
                         .to = "<sip:bob@biloxi.example>;tag=" + known.local_tag}));
    bob.take_events();
    return known;
}
/// Bob calls Alice, whose phone rings.
Known ringing_out(Wire& bob, Message* sent = nullptr) {
    const SessionId id = bob.endpoint.invite(bob.now, "sip:alice@192.0.2.9", Body::sdp("v=0\r\n"));
    bob.drain();
    const Message invite = bob.take_only();
    if (sent) *sent = invite;
    bob.receive(response(invite, 180, "p1", peers_contact));
    bob.take_events();
    return {id, value(invite, Header::call_id), tag_of(invite, Header::from), "p1"};
}
Known confirmed_out(Wire& bob) {
    Message invite = *Message::parse(test::invite());
    const Known known = ringing_out(bob, &invite);
    bob.receive(response(invite, 200, "p1", peers_contact, "v=0\r\n"));
    CHECK(bob.take_sent() == Lines{"ACK"});
    bob.take_events();
    return known;
}

/// Carol's INVITE to Bob.
std::string from_carol(const std::string& more, const std::string& method = "INVITE") {
    const Sketch sketch{.method = method,
                        .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKcarol",
                        .from = "<sip:carol@chicago.example>;tag=c1",
                        .call_id = "carol@192.0.2.9",
                        .more = more};
    return method == "INVITE" ? invite(sketch) : request(sketch);
}

/// Bob's only answer to it.
Message answer_to(Wire& bob, const std::string& bytes) {
    bob.sent.clear();
    bob.receive(bytes);
    return bob.take_only();
}

} // namespace

// RFC 3891 §3: "it accepts the new INVITE by sending a 200-class response, and shuts down the
// replaced dialog by sending a BYE."
TEST_CASE("an accepted INVITE with Replaces ends the confirmed call that it names",
          "[endpoint][rfc3891][3]") {
    Wire bob;
    const bool called = GENERATE(true, false);
    const Known old = called ? confirmed_in(bob) : confirmed_out(bob);
    bob.receive(from_carol(old.replaces() + "Require: replaces|"));
    const auto incoming = bob.last<event::Incoming>();
    CHECK(incoming.replaces == old.session);
    CHECK_FALSE(incoming.joins);
    CHECK_FALSE(incoming.target_dialog);
    CHECK(bob.take_events() == Lines{"Incoming"});
    bob.endpoint.session(incoming.session).progress(bob.now);
    bob.drain();
    CHECK(bob.take_sent() == Lines{"180 INVITE"});
    CHECK(bob.endpoint.session(old.session).state() == State::confirmed);

    bob.endpoint.session(incoming.session).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    REQUIRE(bob.sent.size() == 2);
    const Message bye = *Message::parse(bob.sent[1].bytes);
    CHECK(bob.take_sent() == Lines{"200 INVITE", "BYE"});
    CHECK(value(bye, Header::call_id) == old.call_id);
    CHECK(bob.endpoint.session(old.session).state() == State::terminating);
    CHECK(bob.last<event::Terminating>().session == old.session);
    bob.receive(response(bye, 200));
    CHECK(bob.last<event::Terminated>().session == old.session);
    CHECK(bob.take_events() == Lines{"Terminating", "Terminated local bye"});
    CHECK(bob.endpoint.session(incoming.session).state() == State::ack_wait);
}

// RFC 3891 §3: "If the UA cannot accept the new INVITE …, the UA MUST return an appropriate error
// response and MUST leave the matched dialog unchanged."
TEST_CASE("an INVITE with Replaces that comes to nothing leaves the call that it names",
          "[endpoint][rfc3891][3]") {
    Wire bob;
    const Known old = confirmed_in(bob);
    bob.receive(from_carol(old.replaces()));
    const SessionId id = bob.last<event::Incoming>().session;
    SECTION("rejected") {
        bob.endpoint.session(id).reject(bob.now, 488);
        bob.drain();
        CHECK(bob.take_sent() == Lines{"488 INVITE"});
    }
    SECTION("cancelled") {
        bob.receive(from_carol("", "CANCEL"));
        CHECK(bob.take_sent() == Lines{"200 CANCEL", "487 INVITE"});
    }
    SECTION("not understood") {
        bob.sent.clear();
        bob.receive(request({.method = "INVITE",
                             .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKother",
                             .from = "<sip:carol@chicago.example>;tag=c2",
                             .call_id = "other@192.0.2.9",
                             .more = "Contact: <sip:carol@192.0.2.9>|" + old.replaces(),
                             .type = "text/plain",
                             .body = "hello"}));
        CHECK(bob.take_sent() == Lines{"415 INVITE"});
    }
    bob.run_for(1s);
    for (const std::string& line : bob.take_sent())
        CHECK(line != "BYE");
    CHECK(bob.endpoint.session(old.session).state() == State::confirmed);
}

// RFC 3891 §3: "If the Replaces header field matches an early dialog that was initiated by the UA,
// it accepts the new INVITE by sending a 200-class response, and shuts down the replaced dialog by
// sending a CANCEL."
TEST_CASE("an accepted INVITE with Replaces cancels the call of ours that it names",
          "[endpoint][rfc3891][3]") {
    Wire bob;
    const Known old = ringing_out(bob);
    const bool early_only = GENERATE(true, false);
    bob.receive(from_carol(old.replaces(early_only ? ";early-only" : "")));
    const auto incoming = bob.last<event::Incoming>();
    CHECK(incoming.replaces == old.session);
    bob.endpoint.session(incoming.session).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    CHECK(bob.take_sent() == Lines{"200 INVITE", "CANCEL"});
    CHECK(bob.endpoint.session(incoming.session).state() == State::ack_wait);
}

// A 2xx that is accepted while its ACK is on the way: BYE has to wait for that. RFC 3261 §15
TEST_CASE("a call that is replaced before its ACK has come ends after that",
          "[endpoint][rfc3891][3]") {
    Wire bob;
    const Known old = accepted_in(bob);
    bob.receive(from_carol(old.replaces()));
    bob.endpoint.session(bob.last<event::Incoming>().session)
        .accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    CHECK(bob.take_sent() == Lines{"200 INVITE"});
    bob.receive(request({.method = "ACK",
                         .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKack",
                         .to = "<sip:bob@biloxi.example>;tag=" + old.local_tag}));
    CHECK(bob.take_sent() == Lines{"BYE"});
}

// RFC 3891 §3
TEST_CASE("an INVITE with Replaces that cannot replace is refused as the RFC says",
          "[endpoint][rfc3891][3]") {
    Wire bob(joinable());
    SECTION("no such dialog") {
        const Known old = confirmed_in(bob);
        for (Known wrong : {Known{{}, "CALL@192.0.2.9", old.local_tag, "a1"},
                            Known{{}, old.call_id, old.local_tag + "x", "a1"},
                            Known{{}, old.call_id, old.local_tag, "a2"},
                            Known{{}, old.call_id, "a1", old.local_tag},
                            Known{{}, old.call_id, old.local_tag, "0"}}) {
            CAPTURE(wrong.replaces());
            CHECK(answer_to(bob, from_carol(wrong.replaces())).status() == 481);
            bob.run_for(64s);
        }
        CHECK(bob.endpoint.session(old.session).state() == State::confirmed);
    }
    SECTION("an early dialog that we did not start") {
        const Known old = ringing_in(bob);
        CHECK(answer_to(bob, from_carol(old.replaces(";early-only"))).status() == 481);
        CHECK(bob.endpoint.session(old.session).state() == State::early);
    }
    SECTION("a confirmed one, where only an early one is meant") {
        const Known old = GENERATE(true, false) ? confirmed_in(bob) : confirmed_out(bob);
        CHECK(answer_to(bob, from_carol(old.replaces(";early-only"))).status() == 486);
        CHECK(bob.endpoint.session(old.session).state() == State::confirmed);
    }
    SECTION("one that is being ended by us") {
        const Known old = confirmed_in(bob);
        bob.endpoint.session(old.session).bye(bob.now);
        bob.drain();
        CHECK(answer_to(bob, from_carol(old.replaces())).status() == 603);
    }
    SECTION("one that is being cancelled") {
        const Known old = ringing_out(bob);
        bob.endpoint.session(old.session).cancel(bob.now);
        bob.drain();
        CHECK(answer_to(bob, from_carol(old.replaces())).status() == 603);
    }
    SECTION("one that the peer has just ended") {
        const Known old = confirmed_in(bob);
        bob.receive(request({.method = "BYE",
                             .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKbye",
                             .to = "<sip:bob@biloxi.example>;tag=" + old.local_tag,
                             .cseq = "2"}));
        REQUIRE(bob.endpoint.counts().sessions == 0);
        CHECK(answer_to(bob, from_carol(old.replaces())).status() == 603);
        bob.run_for(64s);
        CHECK(answer_to(bob, from_carol(old.replaces())).status() == 481);
    }
    SECTION("one of the dialogs that another answer to the same INVITE has ended") {
        Message invite = *Message::parse(test::invite());
        Known old = ringing_out(bob, &invite);
        bob.receive(response(invite, 200, "p2", peers_contact, "v=0\r\n"));
        CHECK(answer_to(bob, from_carol(old.replaces())).status() == 603);
        bob.run_for(64s);
        old.remote_tag = "p2";
        bob.receive(from_carol(old.replaces()));
        CHECK(bob.last<event::Incoming>().replaces == old.session);
    }
    CHECK(bob.take_events() != Lines{"Incoming", "Incoming"});
}

// RFC 3891 §3: "If more than one Replaces header field is present in an INVITE, or if a Replaces
// header field is present in a request other than INVITE, the UAS MUST reject the request with a
// 400". RFC 3911 §4 says the same of Join, and both of the two together.
TEST_CASE("Replaces and Join where they cannot be are answered with 400, and no call suffers",
          "[endpoint][rfc3891][3][rfc3911][4]") {
    Wire bob(joinable());
    const Known old = confirmed_in(bob);
    const bool join = GENERATE(false, true);
    const std::string field = join ? old.joins() : old.replaces();
    const std::string name = join ? "Join" : "Replaces";
    Message refused = *Message::parse(invite());
    SECTION("twice") {
        refused = answer_to(bob, from_carol(field + field));
    }
    SECTION("in one line") {
        std::string line = field.substr(0, field.size() - 1);
        refused = answer_to(bob, from_carol(line + ", other;to-tag=1;from-tag=2|"));
        CHECK(refused.reason_phrase() == "Malformed " + name + " Header Field");
    }
    SECTION("both") {
        refused = answer_to(bob, from_carol(old.replaces() + old.joins()));
        CHECK(refused.reason_phrase() == "Both Replaces and Join");
    }
    SECTION("outside INVITE") {
        const std::string method = GENERATE("MESSAGE", "OPTIONS", "BYE");
        refused = answer_to(bob, from_carol(field, method));
        CHECK(refused.reason_phrase() == name + " Outside INVITE");
    }
    SECTION("within the dialog") {
        refused = answer_to(bob, request({.method = "BYE",
                                          .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bKbye",
                                          .to = "<sip:bob@biloxi.example>;tag=" + old.local_tag,
                                          .cseq = "2",
                                          .more = field}));
    }
    SECTION("without a tag") {
        const std::string tags = GENERATE("", ";to-tag=1", ";from-tag=1", ";to-tag=;from-tag=1",
                                          ";to-tag=1;to-tag=2;from-tag=1");
        refused = answer_to(bob, from_carol(name + ": " + old.call_id + tags + "|"));
        CHECK(refused.reason_phrase() == "Malformed " + name + " Header Field");
    }
    CHECK(refused.status() == 400);
    CHECK(bob.events.empty());
    CHECK(bob.endpoint.session(old.session).state() == State::confirmed);
}

// RFC 3891 §6.1: "a tag of zero matches both tags of zero and null."
TEST_CASE("a tag of zero names a peer that has none", "[endpoint][rfc3891][6.1]") {
    Wire bob;
    bob.receive(invite({.from = "<sip:alice@atlanta.example>"}));
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    const DialogName name = bob.endpoint.session(id).dialog_name();
    CHECK(name.remote_tag.empty());
    const Known old{id, std::string(name.call_id), std::string(name.local_tag), "0"};
    bob.receive(from_carol(old.replaces()));
    CHECK(bob.last<event::Incoming>().replaces == id);
}

// RFC 3891 §3: "If the Replaces header field matches more than one dialog, the UA MUST act as if no
// match is found."; RFC 3911 §4 says the same.
TEST_CASE("a name that fits two dialogs fits none", "[endpoint][rfc3891][3][rfc3911][4]") {
    Wire bob(joinable());
    const SessionId id = bob.endpoint.invite(
        bob.now,
        {.target = "sip:alice@192.0.2.9", .offer = Body::sdp("v"), .forks = ForkPolicy::keep_all});
    bob.drain();
    const Message invite = bob.take_only();
    bob.receive(response(invite, 200, "", peers_contact, "v=0\r\n"));
    bob.receive(response(invite, 200, "0", peers_contact, "v=0\r\n"));
    const SessionId fork = bob.last<event::Forked>().fork;
    bob.take_events();
    const Known both{id, value(invite, Header::call_id), tag_of(invite, Header::from), "0"};
    CHECK(answer_to(bob, from_carol(both.replaces())).status() == 481);
    bob.run_for(64s);
    CHECK(answer_to(bob, from_carol(both.joins())).status() == 481);
    bob.run_for(64s);

    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    bob.receive(from_carol(both.replaces()));
    CHECK(bob.last<event::Incoming>().replaces == fork);
}

// RFC 3891 §4: "A UAC MUST NOT send an INVITE with a Replaces header field that attempts to replace
// an early dialog which was not originated by the target of the INVITE"; and it "SHOULD only
// address replacement requests … to the SIP Contact URI of the target".
TEST_CASE("a call of ours is replaced at its peer's Contact", "[endpoint][rfc3891][4]") {
    Wire bob;
    const InviteOptions options{.offer = Body::sdp("v=0\r\n")};
    SECTION("a confirmed one") {
        const Known old = GENERATE(true, false) ? confirmed_in(bob) : confirmed_out(bob);
        const std::string contact(bob.endpoint.session(old.session).dialog()->remote_target());
        bob.endpoint.replace(bob.now, old.session, options);
        bob.drain();
        const Message sent = bob.take_only();
        CHECK(sent.request_uri() == contact);
        CHECK(value(sent, Header::replaces)
              == old.call_id + ";to-tag=" + old.remote_tag + ";from-tag=" + old.local_tag);
        CHECK(lists(value(sent, Header::supported), "replaces"));
    }
    SECTION("an early one that the peer has made") {
        const Known old = ringing_in(bob);
        bob.endpoint.replace(bob.now, old.session, options, Replaceable::early_only);
        bob.drain();
        CHECK(value(bob.take_only(), Header::replaces)
                  .ends_with(";from-tag=" + old.local_tag + ";early-only"));
    }
    SECTION("but not an early one of ours") {
        const Known old = ringing_out(bob);
        CHECK_THROWS_AS(bob.endpoint.replace(bob.now, old.session, options), WrongRole);
    }
    SECTION("nor one without a dialog") {
        const SessionId id = bob.endpoint.invite(bob.now, "sip:alice@192.0.2.9", {});
        CHECK(bob.endpoint.session(id).dialog_name() == DialogName{});
        bob.sent.clear();
        CHECK_THROWS_AS(bob.endpoint.replace(bob.now, id, options), NoDialog);
        bob.drain();
        bob.take_sent();
    }
    SECTION("nor one that is over, or never was") {
        const Known old = confirmed_in(bob);
        bob.endpoint.session(old.session).bye(bob.now);
        CHECK_THROWS_AS(bob.endpoint.replace(bob.now, old.session, options), SessionTerminated);
        bob.run_for(64s);
        CHECK_THROWS_AS(bob.endpoint.replace(bob.now, old.session, options), SessionTerminated);
        CHECK_THROWS_AS(bob.endpoint.replace(bob.now, {}, options), UnknownHandle);
        bob.take_sent();
    }
    bob.drain();
    CHECK(bob.sent.empty());
}

// RFC 3891 §1, figure: an attended transfer. Alice talks to Bob and to Carol, and brings them
// together: Bob calls Carol in the place of Alice.
TEST_CASE("a transfer among three ends in one call", "[endpoint][rfc3891][1]") {
    constexpr std::size_t alice = 0, bob = 1, carol = 2;
    World world(1, {.loss = GENERATE(0.0, 0.2), .duplication = 0.1});
    for (const auto& [name, host] : {std::pair{"alice", "192.0.2.1"}, std::pair{"bob", "192.0.2.2"},
                                     std::pair{"carol", "192.0.2.3"}})
        world.add(name, host);
    std::vector<event::Incoming> incoming;
    world.on_event = [&](World& w, std::size_t agent, const Event& event) {
        if (const auto* const call = std::get_if<event::Incoming>(&event))
            incoming.push_back(*call);
        accept_calls(w, agent, event);
    };
    const Body offer = Body::sdp("v=0\r\ns=offer\r\n");
    const SessionId to_bob = world.net[alice].invite(world.net.now(), "sip:bob@192.0.2.2", offer);
    const SessionId to_carol =
        world.net[alice].invite(world.net.now(), "sip:carol@192.0.2.3", offer);
    world.run_for(30s);
    REQUIRE(incoming.size() == 2);
    REQUIRE(world.net[alice].session(to_carol).state() == State::confirmed);
    const SessionId carols = incoming[0].invite.request_uri().starts_with("sip:carol")
                                 ? incoming[0].session
                                 : incoming[1].session;

    auto consultation = world.net[alice].session(to_carol);
    InviteOptions options{.target = std::string(consultation.dialog()->remote_target()),
                          .offer = offer};
    options.fields = {replaces_field(consultation.dialog_name().from_other_side()),
                      {"Require", "replaces"},
                      {"Referred-By", "<sip:alice@192.0.2.1>"}};
    const SessionId transferred = world.net[bob].invite(world.net.now(), options);
    world.run_for(30s);
    REQUIRE(incoming.size() == 3);
    CHECK(incoming[2].replaces == carols);
    CHECK(world.net[bob].session(transferred).state() == State::confirmed);
    CHECK(world.net[carol].session(incoming[2].session).state() == State::confirmed);
    CHECK(world.net[alice].session(to_carol).state() == State::terminated);
    CHECK(world.net[carol].session(carols).state() == State::terminated);
    CHECK(world.net[alice].session(to_bob).state() == State::confirmed);

    world.net[alice].session(to_bob).bye(world.net.now());
    world.net[bob].session(transferred).bye(world.net.now());
    world.run_out();
}

// RFC 3911 §4
TEST_CASE("an INVITE with Join tells which call it wants to be a conference with",
          "[endpoint][rfc3911][4]") {
    Wire bob(joinable());
    const int which = GENERATE(0, 1, 2, 3);
    const Known old = which == 0   ? confirmed_in(bob)
                      : which == 1 ? confirmed_out(bob)
                      : which == 2 ? ringing_in(bob)
                                   : ringing_out(bob);
    const State before = bob.endpoint.session(old.session).state();
    bob.receive(from_carol(old.joins() + "Require: join|"));
    const auto incoming = bob.last<event::Incoming>();
    CHECK(incoming.joins == old.session);
    CHECK_FALSE(incoming.replaces);
    const bool accepted = GENERATE(true, false);
    if (accepted)
        bob.endpoint.session(incoming.session).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    else
        bob.endpoint.session(incoming.session).reject(bob.now, 488);
    bob.drain();
    const Message answer = bob.take_only();
    CHECK(answer.status() == (accepted ? 200 : 488));
    if (accepted) CHECK(lists(value(answer, Header::supported), "join"));
    CHECK(bob.endpoint.session(old.session).state() == before);
}

// RFC 3911 §4
TEST_CASE("an INVITE with Join that cannot join is refused as the RFC says",
          "[endpoint][rfc3911][4]") {
    EndpointConfig config = joinable();
    config.conferences = {"room"};
    Wire bob(config);
    const Known old = confirmed_in(bob);
    Known wrong = old;
    wrong.remote_tag = "a2";
    SECTION("no such dialog") {
        CHECK(answer_to(bob, from_carol(wrong.joins())).status() == 481);
    }
    SECTION("one that is over") {
        bob.endpoint.session(old.session).bye(bob.now);
        bob.drain();
        CHECK(answer_to(bob, from_carol(old.joins())).status() == 603);
        bob.take_events();
    }
    SECTION("but at a conference the dialog does not matter") {
        std::string bytes = from_carol(wrong.joins());
        bytes.replace(bytes.find("sip:bob@"), 8, "sip:ro%6Fm@");
        bob.receive(bytes);
        CHECK_FALSE(bob.last<event::Incoming>().joins);
        CHECK(bob.take_events() == Lines{"Incoming"});
    }
    CHECK(bob.events.empty());
}

// RFC 3261 §8.2.2.3: who does not know Join takes the call as any other, unless it must know it.
TEST_CASE("who cannot join ignores Join, or answers 420 where it is required",
          "[endpoint][rfc3911][7.2][rfc3261][8.2.2.3]") {
    Wire bob;
    const Known old = confirmed_in(bob);
    const Message refused = answer_to(bob, from_carol(old.joins() + "Require: join|"));
    CHECK(refused.status() == 420);
    CHECK(value(refused, Header::unsupported) == "join");
    CHECK_FALSE(lists(value(refused, Header::supported), "join"));
    bob.run_for(64s);
    bob.receive(from_carol(old.joins()));
    CHECK_FALSE(bob.last<event::Incoming>().joins);
    CHECK(answer_to(bob, from_carol(old.joins(), "OPTIONS")).status() == 200);
}

// RFC 4538 §4
TEST_CASE("a request that knows a dialog of ours is told with its call", "[endpoint][rfc4538][4]") {
    Wire bob(joinable());
    SECTION("INVITE") {
        const Known old = GENERATE(true, false) ? confirmed_out(bob) : ringing_in(bob);
        bob.receive(from_carol(old.target() + "Require: tdialog|"));
        CHECK(bob.last<event::Incoming>().target_dialog == old.session);
        CHECK_FALSE(bob.last<event::Incoming>().replaces);
    }
    SECTION("others") {
        const Known old = confirmed_in(bob);
        bob.receive(from_carol(old.target() + "Require: tdialog|", "MESSAGE"));
        CHECK(bob.last<event::Request>().target_dialog == old.session);
    }
}

// RFC 4538 §4: "If the dialog identifiers don't match, or if they don't contain both a "remote-tag"
// and "local-tag" parameter, the header field MUST be ignored".
TEST_CASE("a Target-Dialog that names no dialog of ours is ignored", "[endpoint][rfc4538][4]") {
    Wire bob(joinable());
    Known old = confirmed_in(bob);
    std::string field;
    SECTION("another remote tag") {
        old.remote_tag = "a2";
        field = old.target();
    }
    SECTION("another local tag") {
        old.local_tag = "b2";
        field = old.target();
    }
    SECTION("another Call-ID") {
        old.call_id = "other";
        field = old.target();
    }
    SECTION("one that is over") {
        bob.endpoint.session(old.session).bye(bob.now);
        bob.drain();
        field = old.target();
    }
    SECTION("a tag is missing") {
        field =
            "Target-Dialog: " + old.call_id + GENERATE("", ";remote-tag=a1", ";local-tag=x") + "|";
    }
    bob.events.clear();
    bob.receive(from_carol(field));
    CHECK_FALSE(bob.last<event::Incoming>().target_dialog);
    CHECK(bob.take_events() == Lines{"Incoming"});
    bob.receive(from_carol(field, "MESSAGE"));
    CHECK_FALSE(bob.last<event::Request>().target_dialog);
}

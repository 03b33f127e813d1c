#include "offhook/endpoint/session_ref.hpp"

#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// Every operation, and what refuses it.
std::vector<Errc> refusals(Wire& wire, SessionId id) {
    auto session = wire.endpoint.session(id);
    return {session.try_progress(wire.now).code,
            session.try_accept(wire.now, {.body = Body::sdp("v=0")}).code,
            session.try_reject(wire.now, 486).code,
            session.try_redirect(wire.now, {"<sip:x@192.0.2.9>"}).code,
            session.try_ack(wire.now, {.body = Body::sdp("v=0")}).code,
            session.try_cancel(wire.now).code,
            session.try_bye(wire.now).code};
}

} // namespace

// RFC 3261 §15
TEST_CASE("each operation on a session that is gone is refused by its type", "[endpoint]") {
    Wire bob;
    bob.receive(invite());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).reject(bob.now, 486);
    bob.run_for(64s);
    REQUIRE(bob.is_empty());
    bob.sent.clear();

    CHECK(refusals(bob, id) == std::vector<Errc>(7, Errc::session_terminated));
    auto session = bob.endpoint.session(id);
    CHECK(session.id() == id);
    CHECK(session.state() == State::terminated);
    CHECK(session.role() == Role::uac);
    CHECK(session.dialog() == nullptr);
    CHECK_FALSE(session.can_bye());
    CHECK_FALSE(session.can_accept());
    CHECK_THROWS_AS(session.bye(bob.now), SessionTerminated);
    CHECK_THROWS_AS(session.accept(bob.now), SessionTerminated);
    CHECK_NOTHROW(session.hang_up(bob.now));

    SECTION("though its place be taken by another") {
        bob.receive(invite({.via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2", .call_id = "next"}));
        const SessionId next = bob.last<event::Incoming>().session;
        REQUIRE(next.index == id.index);
        session.hang_up(bob.now);
        CHECK(refusals(bob, id) == std::vector<Errc>(7, Errc::session_terminated));
        CHECK(bob.endpoint.session(next).state() == State::initial);
        CHECK(bob.endpoint.session(next).role() == Role::uas);
    }
    bob.drain();
    CHECK(bob.sent.empty());
}

TEST_CASE("an id that names nothing is refused as such", "[endpoint]") {
    Wire bob;
    CHECK(refusals(bob, SessionId{}) == std::vector<Errc>(7, Errc::unknown_handle));
    CHECK_THROWS_AS(bob.endpoint.session({}).bye(bob.now), UnknownHandle);
    CHECK_NOTHROW(bob.endpoint.session({}).hang_up(bob.now));
    CHECK(bob.endpoint.session({}).state() == State::terminated);

    // One of another endpoint, where ours has had nothing of the kind.
    Wire carol;
    carol.receive(invite());
    const SessionId foreign = carol.last<event::Incoming>().session;
    CHECK(refusals(bob, foreign) == std::vector<Errc>(7, Errc::session_terminated));
    bob.drain();
    CHECK(bob.sent.empty());
    CHECK(carol.endpoint.session(foreign).state() == State::initial);
}

// RFC 3261 §15: what a live session refuses, it refuses here too, and is not changed.
TEST_CASE("a session refuses through its reference what it refuses itself",
          "[endpoint][rfc3261][15]") {
    Wire bob;
    bob.receive(invite());
    auto session = bob.endpoint.session(bob.last<event::Incoming>().session);
    CHECK(session.role() == Role::uas);
    CHECK(session.refusal(Operation::bye).code == Errc::no_dialog);
    CHECK_THROWS_AS(session.bye(bob.now), NoDialog);
    session.progress(bob.now);
    CHECK(session.state() == State::early);
    CHECK_THROWS_AS(session.bye(bob.now), ByeOnEarlyDialog);
    CHECK_THROWS_AS(session.cancel(bob.now), WrongRole);
    session.accept(bob.now, {.body = Body::sdp("v=0")});
    CHECK_THROWS_AS(session.bye(bob.now), AckPending);
    REQUIRE(session.dialog());
    CHECK(session.dialog()->remote_target() == "sip:alice@192.0.2.9");
    bob.drain();
    CHECK(bob.take_sent() == Lines{"180 INVITE", "200 INVITE"});
}

// RFC 3261 §13.3.1, §9.1, §15.1.1: each operation reaches the wire at once.
TEST_CASE("an operation leaves on the wire before anything else happens", "[endpoint]") {
    Wire bob;
    const auto session_of_call = [&] {
        bob.receive(invite());
        return bob.endpoint.session(bob.last<event::Incoming>().session);
    };
    SECTION("reject") {
        session_of_call().reject(bob.now, 486);
        bob.drain();
        CHECK(bob.take_sent() == Lines{"486 INVITE"});
    }
    SECTION("redirect") {
        session_of_call().redirect(bob.now, {"<sip:desk@192.0.2.9>", "<sip:cell@192.0.2.9>"});
        bob.drain();
        const Message moved = bob.take_only();
        CHECK(moved.status() == 302);
        CHECK(detail::values_of(moved, Header::contact)
              == std::vector<std::string>{"<sip:desk@192.0.2.9>", "<sip:cell@192.0.2.9>"});
    }
    SECTION("hang_up") {
        session_of_call().hang_up(bob.now);
        bob.drain();
        CHECK(bob.take_sent() == Lines{"603 INVITE"});
    }
    SECTION("cancel, as soon as it may") {
        const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
        bob.drain();
        const Message invite = bob.take_only();
        bob.endpoint.session(id).cancel(bob.now);
        bob.drain();
        CHECK(bob.take_sent().empty());
        bob.receive(response(invite, 100));
        const Message cancel = bob.take_only();
        CHECK(cancel.method() == "CANCEL");
        CHECK(value(cancel, Header::via) == value(invite, Header::via));
    }
    bob.run_for(3min);
    CHECK(bob.is_empty());
}

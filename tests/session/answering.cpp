#include "offhook/session/answering.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

template <class M>
Callee<M> ringing_callee() {
    Callee<M> callee;
    callee.ring();
    callee.wire();
    callee.told();
    return callee;
}

/// A UAS that has answered and waits for the ACK.
template <class M>
Callee<M> waiting_callee(const IncomingOptions& options = at_bob()) {
    Callee<M> callee(invite_of_peer<M>(), options);
    callee.answers();
    callee.wire();
    callee.told();
    return callee;
}

/// A UAS that has sent the offer in its 2xx.
template <class M>
Callee<M> offering_callee() {
    Callee<M> callee(invite_of_peer<M>({}));
    callee.answers(offer);
    callee.wire();
    callee.told();
    return callee;
}

template <class M>
M invite_with(Header name, std::string_view value) {
    M invite = invite_of_peer<M>();
    MessageModel<M>::add(invite, name, value);
    return invite;
}

} // namespace

TEMPLATE_TEST_CASE("an INVITE that comes in shows its offer, if it has one",
                   "[session][rfc3261][13.3.1]", Message, PlainMessage) {
    Callee<TestType> callee;
    CHECK(callee.state() == State::initial);
    CHECK(callee.session.role() == Role::uas);
    CHECK(callee.told() == Lines{"Offer"});
    CHECK(callee.template last_event<typename Session<TestType>::Offer>().body == offer);
    CHECK(callee.wire().empty());

    Callee<TestType> other(invite_of_peer<TestType>({}));
    CHECK(other.told().empty());
    Callee<TestType> photo(invite_of_peer<TestType>({"image/jpeg", "...", {}}));
    CHECK(photo.told().empty());
}

TEMPLATE_TEST_CASE("an INVITE of which no dialog can be made is refused with the broken rule",
                   "[session][rfc3261][8.1.1.8][12.2.2]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    Random random = seeded(1);
    TestType bare = Model::request("INVITE", "sip:bob@biloxi.example");
    CHECK(Session<TestType>::incoming({}, bare, 1, at_bob(), random).error().rule == "From");
    TestType two = invite_with<TestType>(Header::contact, "<sip:second@h>");
    CHECK(Session<TestType>::incoming({}, two, 1, at_bob(), random).error().rule == "Contact");
}

// RFC 3261 §8.2.6, §12.1.1, §13.3.1.1
TEMPLATE_TEST_CASE("a provisional response makes an early dialog", "[session][rfc3261][13.3.1.1]",
                   Message, PlainMessage) {
    Callee<TestType> callee(invite_with<TestType>(Header::record_route, "<sip:p1.example;lr>;x=y"));
    MessageOptions options;
    options.phrase = "It rings";
    options.fields = {{"Alert-Info", "<http://h/ring>"}};
    callee.session.progress(callee.now, 180, options);
    CHECK(callee.state() == State::early);
    const Outgoing<TestType>& out = callee.last("180 INVITE");
    CHECK(out.as == SendAs::response);
    CHECK(out.transaction == 42);
    const std::string to = field(out.message, Header::to);
    CHECK(to.starts_with("<sip:bob@biloxi.example>;tag="));
    CHECK((to.size() - 29) * 5 >= 96); // 96 random bits, 5 to a letter
    CHECK(text_of(out.message)
          == "180 INVITE\nAlert-Info: <http://h/ring>\nCall-ID: call1@192.0.2.1\n"
             "Contact: <sip:bob@192.0.2.2>\nCSeq: 314 INVITE\n"
             "From: \"Alice\" <sip:alice@atlanta.example>;tag=alice1\n"
             "Record-Route: <sip:p1.example;lr>;x=y\nTo: "
                 + to + "\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n\n");
    CHECK(callee.told() == Lines{"Offer"});
}

// RFC 3261 §13.3.1.1: each of them indicates the same dialog; §9.2: and so does the CANCEL's 200.
TEMPLATE_TEST_CASE("all responses to an INVITE have the same To tag",
                   "[session][rfc3261][9.2][12.1.1][13.3.1.1]", Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    const std::string to = field(callee.last("180 INVITE").message, Header::to);
    callee.ring(183).ring(181);
    CHECK(callee.wire() == Lines{"183 INVITE", "181 INVITE"});
    CHECK(field(callee.last("183 INVITE").message, Header::to) == to);
    SECTION("accepted") {
        callee.answers();
        CHECK(field(callee.last("200 INVITE").message, Header::to) == to);
    }
    SECTION("cancelled") {
        callee.gets_cancel();
        CHECK(field(callee.last("200 CANCEL").message, Header::to) == to);
        CHECK(field(callee.last("487 INVITE").message, Header::to) == to);
    }
}

// RFC 3261 §13.3.1.1: 3 minutes of silence and a proxy cancels.
TEMPLATE_TEST_CASE("the last provisional response is repeated each minute",
                   "[session][rfc3261][13.3.1.1]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.timers.unanswered = 0s;
    Callee<TestType> callee(invite_of_peer<TestType>(), options);
    callee.run_for(5min);
    CHECK(callee.wire().empty());
    callee.ring(180).run_for(30s);
    callee.ring(183).wire();
    const std::string first = text_of(callee.last("183 INVITE").message);
    callee.run_for(60s - 1ns);
    CHECK(callee.wire().empty());
    callee.run_for(1ns);
    CHECK(callee.wire() == Lines{"183 INVITE"});
    CHECK(text_of(callee.last("183 INVITE").message) == first);
    callee.run_for(10min);
    CHECK(callee.wire().size() == 10);
    callee.answers().gets_ack();
    callee.wire();
    callee.run_for(10min);
    CHECK(callee.wire().empty());

    options.timers.provisional_refresh = 0s;
    Callee<TestType> silent(invite_of_peer<TestType>(), options);
    silent.ring();
    CHECK_FALSE(silent.session.poll_timeout());
}

// RFC 3261 §13.3.1.4
TEMPLATE_TEST_CASE("a 2xx holds the answer and what we know", "[session][rfc3261][13.3.1.4]",
                   Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    callee.answers();
    CHECK(callee.state() == State::ack_wait);
    CHECK(callee.session.dialog()->confirmed());
    const Outgoing<TestType>& out = callee.last("200 INVITE");
    CHECK(out.transaction == 42);
    CHECK(text_of(out.message)
          == "200 INVITE\nAllow: INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE\nCall-ID: "
             "call1@192.0.2.1\n"
             "Contact: <sip:bob@192.0.2.2>\nContent-Type: application/sdp\nCSeq: 314 INVITE\n"
             "From: \"Alice\" <sip:alice@atlanta.example>;tag=alice1\nSupported: 100rel, timer, "
             "replaces, norefersub, tdialog, 199\nTo: "
                 + field(out.message, Header::to)
                 + "\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\n\n" + answer_sdp);
    callee.gets_ack();
    CHECK(callee.state() == State::confirmed);
    CHECK(callee.told() == Lines{"Confirmed"});
    CHECK_FALSE(callee.session.poll_timeout());
}

TEMPLATE_TEST_CASE("any 2xx accepts", "[session][rfc3261][13.3.1.4]", Message, PlainMessage) {
    Callee<TestType> callee;
    callee.session.accept(callee.now, with(answer), 202);
    CHECK(callee.wire() == Lines{"202 INVITE"});
    CHECK(callee.state() == State::ack_wait);
}

// RFC 3261 §13.3.1.4: T1, doubling up to T2, until the ACK or for 64·T1; then BYE.
TEMPLATE_TEST_CASE("a 2xx is sent again until its ACK comes", "[session][rfc3261][13.3.1.4]",
                   Message, PlainMessage) {
    Callee<TestType> callee;
    callee.run_for(1s).answers();
    callee.wire();
    const std::string first = text_of(callee.last("200 INVITE").message);
    callee.run_for(8s);
    CHECK(callee.timed_wire()
          == Lines{"1.000 200 INVITE", "1.500 200 INVITE", "2.500 200 INVITE", "4.500 200 INVITE",
                   "8.500 200 INVITE"});
    CHECK(text_of(callee.last("200 INVITE").message) == first);
    callee.gets_ack().run_for(1h);
    CHECK(callee.wire().empty());
    CHECK(callee.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("without ACK for 64·T1 the application is told, and BYE is sent",
                   "[session][rfc3261][13.3.1.4][14.2][15]", Message, PlainMessage) {
    auto callee = waiting_callee<TestType>();
    callee.timed_wire();
    callee.run_for(32s - 1ns);
    CHECK(callee.timed_wire()
          == Lines{"0.500 200 INVITE", "1.500 200 INVITE", "3.500 200 INVITE", "7.500 200 INVITE",
                   "11.500 200 INVITE", "15.500 200 INVITE", "19.500 200 INVITE",
                   "23.500 200 INVITE", "27.500 200 INVITE", "31.500 200 INVITE"});
    CHECK(callee.told().empty());
    CHECK_THROWS_AS(callee.session.bye(callee.now), AckPending);
    callee.run_for(1ns);
    CHECK(callee.timed_wire() == Lines{"32.000 BYE"});
    CHECK(callee.told() == Lines{"AckTimeout", "Terminating"});
    callee.gets_for("BYE", 481);
    CHECK(callee.told() == Lines{"Terminated by local: ack_timeout 481"});
    CHECK(callee.session.done());
}

TEMPLATE_TEST_CASE("without ACK for 64·T1 the session stays, if the application wants that",
                   "[session][rfc3261][13.3.1.4][15]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.on_missing_ack = IncomingOptions::NoAck::keep;
    auto callee = waiting_callee<TestType>(options);
    callee.run_for(32s);
    callee.wire();
    CHECK(callee.told() == Lines{"AckTimeout"});
    CHECK(callee.state() == State::confirmed);
    callee.gets_ack(); // late, and welcome
    CHECK(callee.told().empty());
    callee.session.bye(callee.now);
    CHECK(callee.wire() == Lines{"BYE"});
}

TEMPLATE_TEST_CASE("only the ACK of this INVITE in this dialog confirms",
                   "[session][rfc3261][13.3.1.4]", Message, PlainMessage) {
    auto callee = waiting_callee<TestType>();
    const std::string before = callee.snapshot();
    callee.gets_ack({}, 313).gets_ack({}, 315);
    TestType stray = in_dialog(*callee.session.dialog(), "ACK", 314);
    Dialog<TestType> other =
        *Dialog<TestType>::from_request(invite_of_peer<TestType>(), "other", "<sip:bob@192.0.2.2>");
    callee.receive(in_dialog(other, "ACK", 314));
    TestType no_cseq = MessageModel<TestType>::request("ACK", "sip:bob@192.0.2.2");
    for (const Header name : {Header::from, Header::to, Header::call_id})
        MessageModel<TestType>::add(no_cseq, name, field(stray, name));
    callee.receive(no_cseq);
    CHECK(callee.snapshot() == before);
    callee.receive(stray);
    CHECK(callee.state() == State::confirmed);
    const std::string confirmed = callee.snapshot();
    callee.gets_ack(); // again, for a 2xx that it had not waited for
    CHECK(callee.snapshot() == confirmed);
}

// faults.md 48
TEMPLATE_TEST_CASE("an ACK before any 2xx changes nothing", "[session][rfc3261][13.3.1.4]", Message,
                   PlainMessage) {
    auto callee = ringing_callee<TestType>();
    const std::string before = callee.snapshot();
    callee.gets_ack();
    CHECK(callee.snapshot() == before);
    auto caller = confirmed_caller<TestType>();
    const std::string confirmed = caller.snapshot();
    caller.requested("ACK", 1);
    CHECK(caller.snapshot() == confirmed);
}

// RFC 3261 §13.2.1, §13.3.1, §13.3.1.4
TEMPLATE_TEST_CASE("a 2xx needs the answer, or the offer where the INVITE has none",
                   "[session][rfc3261][13.2.1][13.3.1][13.3.1.4]", Message, PlainMessage) {
    for (const Body& offered : {offer, Body{}}) {
        Callee<TestType> callee(invite_of_peer<TestType>(offered));
        const std::string before = callee.snapshot();
        for (const Body& body : {Body{}, Body{"text/plain", "hello", {}}}) {
            const Refusal refused = callee.session.try_accept(callee.now, with(body));
            CHECK(refused.code == Errc::offer_answer_conflict);
            CHECK(refused.needs
                  == (offered ? "the answer to the offer of the INVITE"
                              : "an offer, since the INVITE has none"));
            CHECK_THROWS_AS(callee.session.accept(callee.now, with(body)), OfferAnswerConflict);
        }
        CHECK(callee.snapshot() == before);
    }
}

// RFC 3261 §13.2.1: the answer to the offer of the 2xx is in the ACK.
TEMPLATE_TEST_CASE("the ACK brings the answer to the offer of the 2xx",
                   "[session][rfc3261][13.2.1][13.3.1]", Message, PlainMessage) {
    auto callee = offering_callee<TestType>();
    CHECK(MessageModel<TestType>::body(callee.last("200 INVITE").message) == offer_sdp);
    callee.gets_ack(answer);
    CHECK(callee.told() == Lines{"Answer", "Confirmed"});
    CHECK(callee.template last_event<typename Session<TestType>::Answer>().body == answer);
    CHECK(callee.wire().empty());
}

TEMPLATE_TEST_CASE("an ACK without the answer that it owes is followed by BYE",
                   "[session][rfc3261][13.2.1]", Message, PlainMessage) {
    auto callee = offering_callee<TestType>();
    callee.gets_ack();
    CHECK(callee.wire() == Lines{"BYE"});
    CHECK(callee.told() == Lines{"Confirmed", "Terminating"});
    callee.gets_for("BYE", 200);
    CHECK(callee.told() == Lines{"Terminated by local: missing_answer 200"});
}

// RFC 3261 §13.2.1: that same exact answer may stand in the 1xx. RFC 6337 §2.2, §3.1.1
TEMPLATE_TEST_CASE("a 1xx may show the answer, and the 2xx has the same",
                   "[session][rfc3261][13.2.1][rfc6337][3.1.1]", Message, PlainMessage) {
    Callee<TestType> callee;
    callee.session.progress(callee.now, 183, with(answer));
    CHECK(MessageModel<TestType>::body(callee.last("183 INVITE").message) == answer_sdp);
    const std::string before = callee.snapshot();
    const MessageOptions other = with(Body::sdp("v=0\r\nother"));
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, other), OfferAnswerConflict);
    CHECK_THROWS_AS(callee.session.accept(callee.now, other), OfferAnswerConflict);
    CHECK(callee.snapshot() == before);
    callee.session.progress(callee.now, 183, with(answer));
    callee.ring(180);
    callee.wire();
    SECTION("given again") {
        callee.answers(answer);
    }
    SECTION("by itself") {
        callee.session.accept(callee.now);
    }
    CHECK(callee.wire() == Lines{"200 INVITE"});
    CHECK(MessageModel<TestType>::body(callee.last("200 INVITE").message) == answer_sdp);
}

TEMPLATE_TEST_CASE("an unreliable 1xx holds no offer", "[session][rfc6337][2.2]", Message,
                   PlainMessage) {
    Callee<TestType> callee(invite_of_peer<TestType>({}));
    const std::string before = callee.snapshot();
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, with(offer)), OfferAnswerConflict);
    CHECK(callee.snapshot() == before);
    callee.session.progress(callee.now, 183, with({"text/html", "<p>", "render"})); // is none
    CHECK(callee.wire() == Lines{"183 INVITE"});
}

// RFC 3261 §13.3.1.3
TEMPLATE_TEST_CASE("an INVITE is rejected with the response that the application chooses",
                   "[session][rfc3261][13.3.1.3]", Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    MessageOptions options;
    options.fields = {{"Warning", "304 bob \"Incompatible media format\""}};
    options.reason = "Q.850;cause=88";
    const int status = GENERATE(400, 486, 488, 503, 600, 603, 699);
    callee.session.reject(callee.now, status, options);
    const std::string number = std::to_string(status);
    CHECK(callee.wire() == Lines{number + " INVITE"});
    const TestType& response = callee.last(number + " INVITE").message;
    CHECK(field(response, Header::warning) == "304 bob \"Incompatible media format\"");
    CHECK(field(response, Header::reason) == "Q.850;cause=88");
    CHECK(callee.told() == Lines{"Terminated by local: rejected " + number});
    CHECK(callee.session.done());
    // RFC 3261 §12.3: the early dialog is over.
    callee.requested("BYE");
    CHECK(callee.wire() == Lines{"481 BYE"});
}

// RFC 3261 §13.3.1.2
TEMPLATE_TEST_CASE("an INVITE is redirected to Contacts", "[session][rfc3261][13.3.1.2]", Message,
                   PlainMessage) {
    Callee<TestType> callee;
    callee.told();
    callee.session.redirect(callee.now, {"<sip:bob@a.example>;q=0.7", "sip:bob@b.example"});
    const TestType& response = callee.last("302 INVITE").message;
    CHECK(count(response, Header::contact) == 2);
    CHECK(field(response, Header::contact, 0) == "<sip:bob@a.example>;q=0.7");
    CHECK(field(response, Header::contact, 1) == "sip:bob@b.example");
    CHECK(callee.told() == Lines{"Terminated by local: redirected 302"});
    CHECK(callee.session.done());
}

TEMPLATE_TEST_CASE("a status of another class is refused, and changes nothing",
                   "[session][rfc3261][13.3.1]", Message, PlainMessage) {
    Callee<TestType> callee;
    const std::string before = callee.snapshot();
    for (const int status : {-1, 0, 99, 100, 200, 300, 404, 1000})
        CHECK_THROWS_AS(callee.session.progress(callee.now, status), BadArgument);
    for (const int status : {0, 100, 180, 199, 300, 486})
        CHECK_THROWS_AS(callee.session.accept(callee.now, with(answer), status), BadArgument);
    for (const int status : {0, 180, 200, 299, 302, 399, 700})
        CHECK_THROWS_AS(callee.session.reject(callee.now, status), BadArgument);
    for (const int status : {0, 180, 200, 299, 400, 486})
        CHECK_THROWS_AS(callee.session.redirect(callee.now, {"<sip:c@h>"}, status), BadArgument);
    CHECK_THROWS_AS(callee.session.redirect(callee.now, {"<sip:c@h>", "nonsense"}), BadArgument);
    CHECK_THROWS_AS(callee.session.redirect(callee.now, {"<sip:c@h>\r\nX: y"}), UnsafeValue);
    MessageOptions contact = with(answer);
    contact.fields = {{"Contact", "<sip:x@h>"}};
    CHECK_THROWS_AS(callee.session.accept(callee.now, contact), BadArgument);
    contact.body = {};
    CHECK_THROWS_AS(callee.session.progress(callee.now, 180, contact), BadArgument);
    CHECK(callee.snapshot() == before);
}

// RFC 3261 §9.2
TEMPLATE_TEST_CASE("a CANCEL gets 200, and its INVITE 487", "[session][rfc3261][9.2]", Message,
                   PlainMessage) {
    auto callee = ringing_callee<TestType>();
    callee.gets_cancel("SIP;cause=200");
    CHECK(callee.wire() == Lines{"200 CANCEL", "487 INVITE"});
    CHECK(callee.last("200 CANCEL").transaction == 43);
    CHECK(callee.last("487 INVITE").transaction == 42);
    CHECK(callee.told()
          == Lines{"Cancelled: SIP;cause=200",
                   "Terminated by remote: cancelled 487 (SIP;cause=200)"});
    CHECK(callee.session.done());
    CHECK_THROWS_AS(callee.session.accept(callee.now, with(answer)), SessionTerminated);

    // faults.md 54: it comes again, where no transaction absorbs it.
    callee.gets_cancel();
    CHECK(callee.wire() == Lines{"200 CANCEL"});
    CHECK(callee.told().empty());
}

TEMPLATE_TEST_CASE("a CANCEL ends an INVITE that has not rung yet", "[session][rfc3261][9.2]",
                   Message, PlainMessage) {
    Callee<TestType> callee;
    callee.told();
    callee.gets_cancel();
    CHECK(callee.wire() == Lines{"200 CANCEL", "487 INVITE"});
    CHECK(callee.told() == Lines{"Cancelled", "Terminated by remote: cancelled 487"});
}

// RFC 3261 §9.2: no effect after the final response.
TEMPLATE_TEST_CASE("a CANCEL after the final response gets 200, and has no effect",
                   "[session][rfc3261][9.2]", Message, PlainMessage) {
    SECTION("2xx, before the ACK") {
        auto callee = waiting_callee<TestType>();
        auto other = callee;
        callee.gets_cancel();
        CHECK(callee.wire() == Lines{"200 CANCEL"});
        CHECK(callee.snapshot() == other.snapshot());
    }
    SECTION("2xx and ACK") {
        auto callee = confirmed_callee<TestType>();
        const std::string before = callee.snapshot();
        callee.gets_cancel();
        CHECK(callee.wire() == Lines{"200 CANCEL"});
        CHECK(callee.snapshot() == before);
    }
    SECTION("486") {
        Callee<TestType> callee;
        callee.session.reject(callee.now, 486);
        callee.wire();
        callee.told();
        callee.gets_cancel();
        CHECK(callee.wire() == Lines{"200 CANCEL"});
        CHECK(callee.told().empty());
    }
}

// RFC 3261 §13.3.1: 487 when the invitation expires.
TEMPLATE_TEST_CASE("an INVITE that expires gets 487", "[session][rfc3261][13.3.1]", Message,
                   PlainMessage) {
    Callee<TestType> callee(invite_with<TestType>(Header::expires, "30"));
    callee.ring();
    callee.wire();
    callee.told();
    SECTION("in time") {
        callee.run_for(30s - 1ns);
        CHECK(callee.wire().empty());
        callee.run_for(1ns);
        CHECK(callee.wire() == Lines{"487 INVITE"});
        CHECK(callee.told() == Lines{"Terminated by remote: timeout 487"});
        CHECK(callee.session.done());
    }
    SECTION("but not once it is answered") {
        callee.answers().run_for(31s);
        CHECK(callee.state() == State::ack_wait);
        callee.gets_ack();
        CHECK(callee.state() == State::confirmed);
    }
    SECTION("a malformed one expires never") {
        Callee<TestType> other(invite_with<TestType>(Header::expires, "soon"));
        CHECK(other.session.poll_timeout() == TimePoint{} + 3min);
    }
}

TEMPLATE_TEST_CASE("an INVITE that the application forgets gets 480", "[session][rfc3261][13.3.1]",
                   Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    callee.run_for(3min - 1ns);
    CHECK(callee.wire() == Lines{"180 INVITE", "180 INVITE"});
    callee.run_for(1ns);
    CHECK(callee.wire() == Lines{"480 INVITE"});
    CHECK(callee.told() == Lines{"Terminated by local: timeout 480"});
    CHECK(callee.session.done());
}

// RFC 3261 §15. faults.md 53
TEMPLATE_TEST_CASE("the callee may not send BYE before the ACK", "[session][rfc3261][15]", Message,
                   PlainMessage) {
    auto callee = waiting_callee<TestType>();
    const std::string before = callee.snapshot();
    CHECK_THROWS_AS(callee.session.bye(callee.now), AckPending);
    CHECK_FALSE(callee.session.can_bye());
    CHECK(callee.snapshot() == before);
    SECTION("until it comes") {
        callee.gets_ack();
        callee.wire();
        callee.session.bye(callee.now);
        CHECK(callee.wire() == Lines{"BYE"});
    }
    SECTION("or the server transaction has ended, and BYE leaves by itself") {
        callee.run_for(32s);
        CHECK(callee.wire().back() == "BYE");
        CHECK(callee.state() == State::terminating);
    }
}

TEMPLATE_TEST_CASE("the callee's hang_up() before the ACK waits for it", "[session][rfc3261][15]",
                   Message, PlainMessage) {
    auto callee = waiting_callee<TestType>();
    MessageOptions reason;
    reason.reason = "Q.850;cause=16";
    callee.session.hang_up(callee.now, reason);
    CHECK(callee.wire().empty());
    CHECK(callee.state() == State::ack_wait);
    SECTION("the ACK comes") {
        callee.run_for(600ms).gets_ack();
        CHECK(callee.wire() == Lines{"200 INVITE", "BYE"});
        CHECK(callee.told() == Lines{"Confirmed", "Terminating"});
    }
    SECTION("the ACK never comes") {
        callee.run_for(32s);
        CHECK(callee.wire().back() == "BYE");
        CHECK(callee.told() == Lines{"AckTimeout", "Terminating"});
    }
    SECTION("the ACK never comes, and the session was to stay") {
        IncomingOptions keep = at_bob();
        keep.on_missing_ack = IncomingOptions::NoAck::keep;
        callee = waiting_callee<TestType>(keep);
        callee.session.hang_up(callee.now, reason);
        callee.run_for(32s);
        CHECK(callee.wire().back() == "BYE");
        callee.told();
    }
    CHECK(field(callee.last("BYE").message, Header::reason) == "Q.850;cause=16");
    CHECK(field(callee.last("BYE").message, Header::cseq) == "1 BYE");
    callee.gets_for("BYE", 200);
    CHECK(callee.told() == Lines{"Terminated by local: bye 200"});
    CHECK(callee.session.done());
}

TEMPLATE_TEST_CASE("the callee's hang_up() before its answer rejects the INVITE",
                   "[session][rfc3261][15]", Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    struct Row {
        int asked;
        const char* sent;
        const char* cause;
    };
    for (const Row& row :
         {Row{603, "603 INVITE", "rejected 603"}, Row{487, "487 INVITE", "rejected 487"},
          Row{302, "302 INVITE", "redirected 302"}, Row{200, "603 INVITE", "rejected 603"},
          Row{7000, "603 INVITE", "rejected 603"}}) {
        auto other = callee;
        other.session.hang_up(other.now, {}, row.asked);
        CHECK(other.wire() == Lines{row.sent});
        CHECK(other.told() == Lines{std::string("Terminated by local: ") + row.cause});
    }
}

// RFC 3261 §15.1.2. faults.md 62
TEMPLATE_TEST_CASE("a BYE before the ACK ends the session, and the INVITE still gets its ACK",
                   "[session][rfc3261][15.1.2][rfc5407][3.1.3]", Message, PlainMessage) {
    auto callee = waiting_callee<TestType>();
    callee.run_for(600ms).requested("BYE");
    CHECK(callee.wire() == Lines{"200 INVITE", "200 BYE"});
    CHECK(callee.told() == Lines{"Terminated by remote: bye"});
    CHECK_FALSE(callee.session.done());
    SECTION("which comes") {
        callee.gets_ack();
        CHECK(callee.session.done());
        callee.run_for(1h);
        CHECK(callee.wire().empty());
    }
    SECTION("which never comes: nothing more is sent after 64·T1") {
        callee.run_for(31400ms);
        for (const std::string& line : callee.wire())
            CHECK(line == "200 INVITE");
        CHECK(callee.session.done());
        callee.run_for(1h);
        CHECK(callee.wire().empty());
        CHECK(callee.told().empty());
    }
}

// RFC 3261 §15.1.2: pending requests get 487. faults.md 66
TEMPLATE_TEST_CASE("a BYE of the caller on an early dialog leaves 487 behind",
                   "[session][rfc3261][15.1.2]", Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    callee.requested("BYE");
    CHECK(callee.wire() == Lines{"200 BYE", "487 INVITE"});
    CHECK(callee.last("487 INVITE").transaction == 42);
    CHECK(callee.last("200 BYE").transaction == 77);
    CHECK(callee.told() == Lines{"Terminated by remote: bye"});
    CHECK(callee.session.done());
}

// RFC 3261 §14.2
TEMPLATE_TEST_CASE("a second INVITE before the first has its answer gets 500 and Retry-After",
                   "[session][rfc3261][14.2]", Message, PlainMessage) {
    auto callee = ringing_callee<TestType>();
    bool varies = false;
    std::string first;
    for (std::uint32_t i = 0; i < 40; ++i) {
        callee.requested("INVITE", 315 + i);
        CHECK(callee.wire() == Lines{"500 INVITE"});
        const std::string delay = field(callee.last("500 INVITE").message, Header::retry_after);
        CHECK(std::stoi(delay) >= 0);
        CHECK(std::stoi(delay) <= 10);
        if (first.empty()) first = delay;
        varies = varies || delay != first;
    }
    CHECK(varies);
    CHECK(callee.state() == State::early);
    callee.answers();
    CHECK(callee.wire() == Lines{"200 INVITE"});
    CHECK(field(callee.last("200 INVITE").message, Header::cseq) == "314 INVITE");
}

// RFC 5407 §3.1.5: our offer is open. faults.md 50
TEMPLATE_TEST_CASE("a re-INVITE before the ACK gets an answer, and the ACK is still awaited",
                   "[session][rfc3261][14.2][rfc5407][3.1.4][3.1.5]", Message, PlainMessage) {
    SECTION("491 where the ACK is to bring an answer") {
        auto callee = offering_callee<TestType>();
        callee.requested("INVITE", 315);
        CHECK(callee.wire() == Lines{"491 INVITE"});
        callee.gets_ack(answer);
        CHECK(callee.told() == Lines{"Answer", "Confirmed"});
    }
    SECTION("the application's where it is not") {
        auto callee = waiting_callee<TestType>();
        callee.requested("INVITE", 315);
        CHECK(callee.wire().empty());
        CHECK(callee.told() == Lines{"Reinvited without offer"});
        callee.session.reject(callee.now, 488);
        CHECK(callee.wire() == Lines{"488 INVITE"});
        CHECK(callee.told() == Lines{"RolledBack remote 488"});
        callee.gets_ack({}, 315); // belongs to the 488
        CHECK(callee.state() == State::ack_wait);
        callee.gets_ack();
        CHECK(callee.told() == Lines{"Confirmed"});
    }
}

// RFC 3261 §12.1.1: a From without a tag.
TEMPLATE_TEST_CASE("a caller without tag is answered, and hung up on",
                   "[session][rfc3261][12.1.1][12.2.1.1]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    TestType invite = Model::request("INVITE", "sip:bob@biloxi.example");
    Model::add(invite, Header::from, "<sip:alice@atlanta.example>");
    for (const Header name : {Header::to, Header::call_id, Header::cseq, Header::contact})
        Model::add(invite, name, field(invite_of_peer<TestType>(), name));
    add_to(invite, with(offer));
    Callee<TestType> callee(invite);
    callee.ring().answers().gets_ack();
    CHECK(callee.state() == State::confirmed);
    callee.requested("INFO", 315);
    CHECK(callee.wire().back() == "405 INFO");
    callee.session.bye(callee.now);
    CHECK(field(callee.last("BYE").message, Header::to) == "<sip:alice@atlanta.example>");
    callee.gets_for("BYE", 200);
    CHECK(callee.told().back() == "Terminated by local: bye 200");
    CHECK(callee.session.done());
}

// RFC 3261 §12.1.1
TEMPLATE_TEST_CASE("the callee answers a SIPS INVITE with a SIPS Contact",
                   "[session][rfc3261][12.1.1]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    TestType invite = Model::request("INVITE", "sips:bob@biloxi.example");
    for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
        Model::add(invite, name, field(invite_of_peer<TestType>(), name));
    Model::add(invite, Header::contact, "<sips:alice@192.0.2.1>");
    Callee<TestType> callee(invite);
    callee.ring();
    CHECK(field(callee.last("180 INVITE").message, Header::contact) == "<sips:bob@192.0.2.2>");
}

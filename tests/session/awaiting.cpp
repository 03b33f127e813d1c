#include "offhook/session/awaiting.hpp"

#include "../catch.hpp"
#include "../support/modification.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

Role each_role() {
    return GENERATE(Role::uac, Role::uas);
}

/// One that has been told of a re-INVITE with an offer, number 1000, that moves the peer.
template <class M>
Agent<M> reinvited(Role role, const Talk& talk = {}, const std::vector<HeaderField>& fields = {}) {
    Agent<M> agent = talking<M>(role, talk);
    asks(agent, "INVITE", 1000, offer2, peer_moved, fields);
    agent.told();
    return agent;
}

/// One whose re-INVITE of the peer has its answer in a 183 that PRACK has acknowledged.
template <class M>
Agent<M> answered_early(Role role, const std::vector<HeaderField>& fields = {}) {
    std::vector<HeaderField> all = {{"Supported", "100rel"}};
    all.insert(all.end(), fields.begin(), fields.end());
    Agent<M> agent = reinvited<M>(role, {}, all);
    MessageOptions options = with(answer2);
    options.delivery = Delivery::reliable;
    agent.session.progress(agent.now, 183, options);
    const std::string rseq = field(agent.last("183 INVITE").message, Header::rseq);
    asks(agent, "PRACK", 1001, {}, "", {{"RAck", rseq + " 1000 INVITE"}});
    agent.wire();
    agent.told();
    return agent;
}

/// A callee whose 2xx to the first INVITE has no ACK.
template <class M>
Agent<M> unacknowledged(const Body& first = offer) {
    Agent<M> callee = start_callee<M>({}, invite_of_peer<M>(first));
    callee.session.accept(callee.now, with(first ? answer : offer));
    callee.wire();
    callee.told();
    return callee;
}

/// The CANCEL of the re-INVITE 1000.
template <class M>
void cancels(Agent<M>& agent, const std::vector<HeaderField>& fields = {}) {
    asks(agent, "CANCEL", 1000, {}, "", fields);
}

} // namespace

// RFC 3261 §14.2, RFC 6141 §4.2, §4.6
TEMPLATE_TEST_CASE("a re-INVITE of theirs is accepted, and moves the target as its 2xx leaves",
                   "[session][rfc3261][14.2][rfc3311][4][rfc6141][4.2][4.6]", Message,
                   PlainMessage) {
    const Role role = each_role();
    auto agent = talking<TestType>(role);
    const std::string target = target_of(agent);
    asks(agent, "INVITE", 1000, offer2);
    CHECK(agent.wire().empty());
    CHECK(agent.told() == Lines{"Reinvited"});
    CHECK(agent.template last_event<typename Session<TestType>::Reinvited>().offer == offer2);
    CHECK(target_of(agent) == target);
    CHECK(agent.session.try_accept(agent.now).code == Errc::offer_answer_conflict);
    CHECK(agent.session.try_redirect(agent.now, {}).code == Errc::already_answered);

    agent.session.accept(agent.now, with(answer2));
    CHECK(target_of(agent) == peer_target);
    CHECK(agent.wire() == Lines{"200 INVITE"});
    const Outgoing<TestType> out = agent.last("200 INVITE");
    CHECK(out.transaction == 2000);
    CHECK(field(out.message, Header::contact) == contact_of(agent));
    CHECK(lists(field(out.message, Header::allow), "UPDATE"));
    CHECK(lists(field(out.message, Header::supported), "100rel"));
    CHECK(body_of(out.message) == answer2);
    CHECK(!agent.session.can_accept());

    // RFC 3261 §13.3.1.4
    agent.timed_wire();
    agent.run_for(4s);
    CHECK(agent.timed_wire() == Lines{"0.500 200 INVITE", "1.500 200 INVITE", "3.500 200 INVITE"});
    acks(agent, 999); // another one's
    CHECK(!agent.session.can_reinvite());
    acks(agent, 1000);
    CHECK(agent.session.can_reinvite());
    agent.run_for(64 * T1);
    CHECK(agent.wire().empty());
    CHECK(agent.told().empty());
    CHECK(agent.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("a re-INVITE of theirs without offer gets one, and the ACK brings the answer",
                   "[session][rfc3261][14.2][13.3.1.4]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    asks(agent, "INVITE", 1000);
    CHECK(agent.told() == Lines{"Reinvited without offer"});
    CHECK(agent.session.try_accept(agent.now).code == Errc::offer_answer_conflict);
    agent.session.accept(agent.now, with(offer2));
    CHECK(agent.wire() == Lines{"200 INVITE"});
    SECTION("and it does") {
        acks(agent, 1000, answer2);
        CHECK(agent.told() == Lines{"Answer"});
        CHECK(agent.template last_event<typename Session<TestType>::Answer>().body == answer2);
        CHECK(agent.session.can_reinvite());
    }
    SECTION("or the session ends") {
        acks(agent, 1000);
        CHECK(agent.wire() == Lines{"BYE"});
        says(agent, "BYE", 200);
        CHECK(agent.told() == Lines{"Terminating", "Terminated by local: missing_answer 200"});
    }
    SECTION("or it never comes") {
        agent.run_for(64 * T1);
        CHECK(agent.told() == Lines{"AckTimeout", "Terminating"});
    }
}

// RFC 3261 §14.2, RFC 6141 §4.6: "the UA MUST NOT update its dialog's remote target."
TEMPLATE_TEST_CASE("a re-INVITE of theirs that is rejected leaves session and target as they were",
                   "[session][rfc3261][14.2][rfc6141][3.3][4.6]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(each_role());
    const std::string target = target_of(agent);
    MessageOptions warning;
    warning.fields = {{"Warning", "305 192.0.2.2 \"Incompatible media format\""}};
    SECTION("at once") {}
    SECTION("after a 1xx that is not reliable") {
        agent.session.progress(agent.now, 180);
        CHECK(agent.wire() == Lines{"180 INVITE"});
        CHECK(target_of(agent) == target);
        CHECK(agent.state() == State::confirmed);
    }
    SECTION("after a 1xx that showed an answer") {
        agent.session.progress(agent.now, 183, with(answer2));
        CHECK(target_of(agent) == target);
    }
    CHECK(agent.session.try_reject(agent.now, 399).code == Errc::bad_argument);
    CHECK(agent.session.try_reject(agent.now, 700).code == Errc::bad_argument);
    agent.wire();
    agent.session.reject(agent.now, 488, warning);
    CHECK(agent.wire() == Lines{"488 INVITE"});
    CHECK(field(agent.last("488 INVITE").message, Header::warning) == warning.fields[0].value);
    CHECK(agent.told() == Lines{"RolledBack remote 488 with offer"});
    CHECK(agent.template last_event<typename Session<TestType>::RolledBack>().offer == offer2);
    CHECK(target_of(agent) == target);
    CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
    acks(agent, 1000); // that of the error, if it is shown
    CHECK(agent.told().empty());
    agent.run_for(64 * T1);
    CHECK(agent.wire().empty());
    agent.session.update(agent.now, with(offer));
    CHECK(MessageModel<TestType>::request_uri(agent.last("UPDATE").message) == target);
}

// RFC 6141 §4.6: "On sending a reliable provisional response … MUST replace"
TEMPLATE_TEST_CASE("a reliable 1xx to a re-INVITE of theirs moves the target, for good",
                   "[session][rfc6141][4.6]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(each_role(), {}, {{"Supported", "100rel"}});
    MessageOptions options;
    options.delivery = Delivery::reliable;
    agent.session.progress(agent.now, 180, options);
    CHECK(target_of(agent) == peer_target);
    CHECK(field(agent.last("180 INVITE").message, Header::contact) == contact_of(agent));
    agent.session.reject(agent.now, 488);
    CHECK(target_of(agent) == peer_target);
}

// RFC 3261 §14.2, RFC 5057 §5.1 (7): what ends the re-INVITE must not end the call.
TEMPLATE_TEST_CASE("a re-INVITE of theirs that the application forgets gets 488",
                   "[session][rfc3261][14.2][13.3.1]", Message, PlainMessage) {
    SECTION("after the time that the session waits") {
        auto agent = reinvited<TestType>(each_role());
        agent.run_for(3min - 1ms);
        CHECK(agent.wire().empty());
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"488 INVITE"});
        CHECK(field(agent.last("488 INVITE").message, Header::warning).starts_with("399 "));
        CHECK(agent.told() == Lines{"RolledBack remote 488 with offer"});
        CHECK(agent.state() == State::confirmed);
    }
    SECTION("and 487 where it expires before") {
        auto agent = reinvited<TestType>(Role::uac, {}, {{"Expires", "20"}});
        agent.run_for(20s - 1ms);
        CHECK(agent.wire().empty());
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"487 INVITE"});
        CHECK(agent.told() == Lines{"RolledBack remote 487 with offer"});
        CHECK(agent.state() == State::confirmed);
    }
}

TEMPLATE_TEST_CASE("a re-INVITE of theirs that requires what we do not do gets 420",
                   "[session][rfc3261][14.2][8.2.2.3]", Message, PlainMessage) {
    Talk talk;
    talk.features.reliable = Reliability::off;
    auto agent = talking<TestType>(each_role(), talk);
    asks(agent, "INVITE", 1000, offer2, peer_moved, {{"Require", "100rel"}});
    CHECK(agent.wire() == Lines{"420 INVITE"});
    CHECK(field(agent.last("420 INVITE").message, Header::unsupported) == "100rel");
    CHECK(agent.told().empty());
    CHECK(target_of(agent) != peer_target);
    CHECK(agent.session.can_reinvite());
}

// RFC 3261 §14.2: "If a UAS generates a 2xx response and never receives an ACK, it SHOULD generate
// a BYE to terminate the dialog."
TEMPLATE_TEST_CASE("a 2xx to a re-INVITE that gets no ACK ends the session",
                   "[session][rfc3261][14.2]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(each_role());
    agent.session.accept(agent.now, with(answer2));
    agent.run_for(64 * T1 - 1ms);
    CHECK(agent.told().empty());
    agent.wire();
    agent.run_for(1ms);
    CHECK(agent.wire() == Lines{"BYE"});
    CHECK(agent.told() == Lines{"AckTimeout", "Terminating"});
    says(agent, "BYE", 200);
    CHECK(agent.told() == Lines{"Terminated by local: ack_timeout 200"});
    CHECK(comes_to_its_end(agent));
}

// RFC 6141 §5.4: "SHOULD NOT terminate the dialog if the UA has received a new re-INVITE with a
// higher CSeq sequence number than the original one."
TEMPLATE_TEST_CASE("a re-INVITE without ACK is forgiven where another one has come since",
                   "[session][rfc6141][5.4]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    SECTION("and was accepted") {
        asks(agent, "INVITE", 1000, offer2);
        agent.session.accept(agent.now, with(answer2));
        agent.run_for(10s);
        asks(agent, "INVITE", 1001, offer);
        agent.session.accept(agent.now, with(answer));
        acks(agent, 1001);
    }
    SECTION("though it had to be refused, as our offer was open") {
        asks(agent, "INVITE", 1000);
        agent.session.accept(agent.now, with(offer2));
        agent.run_for(10s);
        asks(agent, "INVITE", 1001, offer);
    }
    agent.told();
    agent.run_for(64 * T1 - 10s);
    for (const std::string& line : agent.wire())
        CHECK((line == "200 INVITE" || line == "491 INVITE"));
    CHECK(agent.told() == Lines{"AckTimeout"});
    CHECK(agent.state() == State::confirmed);
    CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
    agent.session.reinvite(agent.now, with(offer2));
    CHECK(agent.wire() == Lines{"INVITE"});
}

// RFC 5407 §3.1.4: the ACK of the first INVITE is lost, and a re-INVITE follows.
TEMPLATE_TEST_CASE("a re-INVITE before the ACK of the INVITE is answered as any other",
                   "[session][rfc3261][14.2][rfc5407][3.1.4]", Message, PlainMessage) {
    auto callee = unacknowledged<TestType>();
    const Body asked = GENERATE(true, false) ? offer2 : Body{};
    const Body said = asked ? answer2 : offer2;
    asks(callee, "INVITE", 315, asked);
    callee.told();
    CHECK(callee.wire().empty());
    callee.session.accept(callee.now, with(said));
    CHECK(callee.wire() == Lines{"200 INVITE"});
    CHECK(callee.state() == State::ack_wait);
    callee.run_for(T1);
    CHECK(callee.wire() == Lines{"200 INVITE", "200 INVITE"}); // both 2xx
    const Body brings = asked ? Body{} : answer2;
    SECTION("the ACKs in their order") {
        acks(callee, 314);
        CHECK(callee.told() == Lines{"Confirmed"});
        acks(callee, 315, brings);
        CHECK(callee.told() == (asked ? Lines{} : Lines{"Answer"}));
    }
    SECTION("the later one first") {
        acks(callee, 315, brings);
        CHECK(callee.told() == (asked ? Lines{} : Lines{"Answer"}));
        CHECK(callee.session.try_bye(callee.now).code == Errc::ack_pending);
        acks(callee, 314);
        CHECK(callee.told() == Lines{"Confirmed"});
    }
    CHECK(callee.state() == State::confirmed);
    CHECK(callee.session.can_reinvite());
    callee.run_for(64 * T1);
    CHECK(callee.wire().empty());
}

TEMPLATE_TEST_CASE("hang_up() before the ACK of the INVITE waits for that, not for a later one",
                   "[session][rfc3261][15][rfc5407][3.1.4]", Message, PlainMessage) {
    auto callee = unacknowledged<TestType>();
    asks(callee, "INVITE", 315, offer2);
    callee.session.accept(callee.now, with(answer2));
    callee.session.hang_up(callee.now);
    callee.wire();
    acks(callee, 315);
    CHECK(callee.wire().empty());
    acks(callee, 314);
    CHECK(callee.wire() == Lines{"BYE"});
    says(callee, "BYE", 200);
    CHECK(comes_to_its_end(callee));
}

TEMPLATE_TEST_CASE("an ACK that owes an answer ends the session once the INVITE has its ACK",
                   "[session][rfc3261][15][13.2.1]", Message, PlainMessage) {
    auto callee = unacknowledged<TestType>();
    asks(callee, "INVITE", 315);
    callee.session.accept(callee.now, with(offer2));
    callee.wire();
    acks(callee, 315);
    CHECK(callee.wire().empty());
    acks(callee, 314);
    CHECK(callee.wire() == Lines{"BYE"});
}

// RFC 5407 §3.1.5: an offer of ours is open.
TEMPLATE_TEST_CASE("a re-INVITE before the ACK that brings an answer gets 491",
                   "[session][rfc3261][14.2][rfc5407][3.1.5]", Message, PlainMessage) {
    auto callee = unacknowledged<TestType>({});
    asks(callee, "INVITE", 315, offer2);
    CHECK(callee.wire() == Lines{"491 INVITE"});
    CHECK(callee.told().empty());
    acks(callee, 314, answer);
    CHECK(callee.told() == Lines{"Answer", "Confirmed"});
}

// RFC 3261 §9.2
TEMPLATE_TEST_CASE("a CANCEL of their re-INVITE ends that, and the session goes on",
                   "[session][rfc3261][9.2][14.2]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(each_role());
    const std::string target = target_of(agent);
    cancels(agent);
    CHECK(agent.wire() == Lines{"200 CANCEL", "487 INVITE"});
    CHECK(agent.told() == Lines{"RolledBack remote 487 with offer"});
    CHECK(target_of(agent) == target);
    CHECK(agent.state() == State::confirmed);
    cancels(agent); // too late
    CHECK(agent.wire() == Lines{"200 CANCEL"});
    asks(agent, "INVITE", 1001, offer2);
    CHECK(agent.told() == Lines{"Reinvited"});
    agent.session.accept(agent.now, with(answer2));
    cancels(agent);
    CHECK(agent.wire() == Lines{"200 INVITE", "200 CANCEL"});
}

// RFC 6141 §3.3: "If any of the changes requested in a re-INVITE or in any transaction within it
// have already been executed, the UAS SHOULD return a 2xx response." §3.8: so does a CANCEL.
TEMPLATE_TEST_CASE("no error undoes a re-INVITE whose changes are in force",
                   "[session][rfc6141][3.3][3.8]", Message, PlainMessage) {
    const Role role = each_role();
    SECTION("reject() is refused") {
        auto agent = answered_early<TestType>(role);
        const std::string before = agent.snapshot();
        CHECK(agent.session.try_reject(agent.now, 488).code == Errc::offer_answer_conflict);
        CHECK(agent.snapshot() == before);
        agent.session.accept(agent.now);
        CHECK(agent.wire() == Lines{"200 INVITE"});
        acks(agent, 1000);
        CHECK(agent.told().empty());
    }
    SECTION("CANCEL makes a 2xx") {
        auto agent = answered_early<TestType>(role);
        cancels(agent, {{"Reason", "SIP;cause=200"}});
        CHECK(agent.wire() == Lines{"200 CANCEL", "200 INVITE"});
        CHECK(agent.told() == Lines{"Cancelled: SIP;cause=200"});
        CHECK(!agent.session.can_accept());
        acks(agent, 1000);
        CHECK(agent.session.can_reinvite());
    }
    SECTION("so does the application's silence") {
        auto agent = answered_early<TestType>(role);
        agent.run_for(3min);
        CHECK(agent.wire().back() == "200 INVITE");
        acks(agent, 1000);
        CHECK(agent.told().empty());
        CHECK(agent.state() == State::confirmed);
    }
    SECTION("and the end of its time") {
        auto agent = answered_early<TestType>(role, {{"Expires", "20"}});
        agent.run_for(20s);
        CHECK(agent.wire() == Lines{"200 INVITE"});
        acks(agent, 1000);
        CHECK(agent.told().empty());
    }
}

// RFC 3262 §5: the 2xx waits for the PRACK, and so it does after a CANCEL.
TEMPLATE_TEST_CASE("a 2xx that a CANCEL makes waits for the PRACK of the answer",
                   "[session][rfc6141][3.8][rfc3262][5]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(each_role(), {}, {{"Supported", "100rel"}});
    MessageOptions options = with(answer2);
    options.delivery = Delivery::reliable;
    agent.session.progress(agent.now, 183, options);
    agent.wire();
    const bool accepted = GENERATE(true, false);
    if (accepted) agent.session.accept(agent.now);
    cancels(agent);
    CHECK(agent.wire() == Lines{"200 CANCEL"});
    SECTION("which comes") {
        const std::string rseq = field(agent.last("183 INVITE").message, Header::rseq);
        asks(agent, "PRACK", 1001, {}, "", {{"RAck", rseq + " 1000 INVITE"}});
        CHECK(agent.wire() == Lines{"200 PRACK", "200 INVITE"});
    }
    SECTION("or does not") {
        agent.run_for(64 * T1);
        CHECK(agent.wire().back() == "504 INVITE");
        CHECK(agent.state() == State::confirmed);
        CHECK(agent.session.can_reinvite());
    }
}

TEMPLATE_TEST_CASE("a 2xx that the end of its time makes waits for the PRACK of the answer",
                   "[session][rfc6141][3.3][rfc3262][5]", Message, PlainMessage) {
    Talk talk;
    std::vector<HeaderField> fields = {{"Supported", "100rel"}};
    if (GENERATE(true, false))
        talk.timers.unanswered = 20s;
    else
        fields.push_back({"Expires", "20"});
    auto agent = reinvited<TestType>(each_role(), talk, fields);
    MessageOptions options = with(answer2);
    options.delivery = Delivery::reliable;
    agent.session.progress(agent.now, 183, options);
    agent.run_for(20s);
    for (const std::string& line : agent.wire())
        CHECK(line == "183 INVITE");
    const std::string rseq = field(agent.last("183 INVITE").message, Header::rseq);
    CHECK(*agent.session.poll_timeout() > agent.now);
    asks(agent, "PRACK", 1001, {}, "", {{"RAck", rseq + " 1000 INVITE"}});
    CHECK(agent.wire() == Lines{"200 PRACK", "200 INVITE"});
}

// RFC 3261 §15.1.2: "The UAS MUST still respond to any pending requests … 487"
TEMPLATE_TEST_CASE("a BYE of either side leaves 487 to their re-INVITE",
                   "[session][rfc3261][15.1.1][15.1.2]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = reinvited<TestType>(role);
    SECTION("ours") {
        agent.session.bye(agent.now);
        CHECK(agent.wire() == Lines{"487 INVITE", "BYE"});
        says(agent, "BYE", 200);
        CHECK(agent.told() == Lines{"Terminating", "Terminated by local: bye 200"});
    }
    SECTION("theirs") {
        asks(agent, "BYE", 1001);
        CHECK(agent.wire() == Lines{"200 BYE", "487 INVITE"});
        CHECK(agent.told() == Lines{"Terminated by remote: bye"});
    }
    CHECK(agent.session.done() == (role == Role::uas)); // a UAC's own INVITE lingers
    agent.run_for(64 * T1);
    CHECK(agent.session.done());
    CHECK(agent.wire().empty());
}

TEMPLATE_TEST_CASE("a 2xx to a re-INVITE is still awaiting its ACK after the BYE",
                   "[session][rfc3261][15.1.1][15.1.2][rfc5407][3.1.3]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = reinvited<TestType>(role);
    agent.session.accept(agent.now, with(answer2));
    agent.wire();
    if (GENERATE(true, false)) {
        agent.session.bye(agent.now);
        CHECK(agent.wire() == Lines{"BYE"});
        says(agent, "BYE", 200);
    } else {
        asks(agent, "BYE", 1001);
        CHECK(agent.wire() == Lines{"200 BYE"});
    }
    agent.told();
    CHECK(!agent.session.done());
    SECTION("which comes") {
        acks(agent, 1000);
        CHECK(agent.session.done() == (role == Role::uas));
    }
    SECTION("or does not") {
        CHECK(comes_to_its_end(agent));
    }
    CHECK(agent.told().empty());
}

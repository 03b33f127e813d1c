#include "offhook/session/reinviting.hpp"

#include "../catch.hpp"
#include "../support/modification.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

Role each_role() {
    return GENERATE(Role::uac, Role::uas);
}

/// One whose re-INVITE with an offer is under way.
template <class M>
Agent<M> reinviting(Role role, const Talk& talk = {}) {
    Agent<M> agent = talking<M>(role, talk);
    agent.session.reinvite(agent.now, with(offer2));
    agent.wire();
    return agent;
}

/// One whose re-INVITE has got 491.
template <class M>
Agent<M> waiting(Role role, const Talk& talk = {}) {
    Agent<M> agent = reinviting<M>(role, talk);
    says(agent, "INVITE", 491);
    return agent;
}

template <class M>
std::string number_of(const M& message) {
    return field(message, Header::cseq);
}

Talk asking() {
    Talk talk;
    talk.features.on_challenge = SessionFeatures::Decision::ask;
    return talk;
}

const std::vector<HeaderField> credentials = {{"Authorization", "Digest username=\"alice\""}};

} // namespace

// RFC 3261 §14.1, §12.2.1.1, RFC 3311 §4: a request of the dialog, in whichever role we are.
TEMPLATE_TEST_CASE("a re-INVITE leaves in its dialog, and its 2xx changes the session",
                   "[session][rfc3261][14.1][rfc3311][4][rfc6141][4.7]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = talking<TestType>(role);
    const std::string before = target_of(agent);
    agent.session.reinvite(agent.now, with(offer2));
    CHECK(agent.wire() == Lines{"INVITE"});
    const Outgoing<TestType> out = agent.last("INVITE");
    CHECK(out.as == SendAs::request);
    CHECK(MessageModel<TestType>::request_uri(out.message) == before);
    CHECK(number_of(out.message) == (role == Role::uac ? "2 INVITE" : "1 INVITE"));
    CHECK(field(out.message, Header::contact) == contact_of(agent));
    CHECK(field(out.message, Header::to) == agent.session.dialog()->remote_party());
    CHECK(lists(field(out.message, Header::allow), "UPDATE"));
    CHECK(lists(field(out.message, Header::supported), "100rel"));
    CHECK(body_of(out.message) == offer2);
    CHECK(agent.told().empty());

    says(agent, "INVITE", 200, answer2, peer_moved);
    CHECK(agent.wire() == Lines{"ACK"});
    const TestType& ack = agent.last("ACK").message;
    CHECK(number_of(ack) == (role == Role::uac ? "2 ACK" : "1 ACK"));
    CHECK(MessageModel<TestType>::request_uri(ack) == peer_target);
    CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    CHECK(agent.template last_event<typename Session<TestType>::Answer>().body == answer2);
    CHECK(target_of(agent) == peer_target);
    CHECK(agent.session.can_reinvite());
    CHECK(agent.state() == State::confirmed);

    // The same ACK for the same 2xx.
    const Outgoing<TestType> first = agent.last("ACK");
    says(agent, "INVITE", 200, answer2);
    CHECK(agent.wire() == Lines{"ACK"});
    CHECK(agent.last("ACK").branch == first.branch);
    CHECK(agent.told().empty());
}

// RFC 3261 §14.1, §13.2.2.4
TEMPLATE_TEST_CASE("a re-INVITE without offer gets one in its 2xx, and ack() answers it",
                   "[session][rfc3261][14.1][13.2.2.4]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    agent.session.reinvite(agent.now, {});
    CHECK(body_of(agent.last("INVITE").message).empty());
    agent.wire();
    says(agent, "INVITE", 200, offer2, peer_moved);
    CHECK(agent.wire().empty());
    CHECK(agent.told() == Lines{"Modified 200", "Offer"});
    const auto& told = agent.template last_event<typename Session<TestType>::Offer>();
    CHECK(told.body == offer2);
    CHECK(told.answer_by == Operation::ack);
    CHECK(agent.session.try_reinvite(agent.now, with(offer2)).code == Errc::request_pending);
    CHECK(agent.session.try_update(agent.now, with(offer2)).code == Errc::offer_answer_conflict);
    CHECK(agent.session.try_ack(agent.now, {}).code == Errc::offer_answer_conflict);
    says(agent, "INVITE", 200, offer2); // again
    CHECK(agent.wire().empty());
    CHECK(agent.told().empty());
    // Theirs would cross the ACK. RFC 6337 §4.3, UAS-IcI
    asks(agent, "INVITE", 1000, offer);
    CHECK(agent.wire() == Lines{"491 INVITE"});

    SECTION("in time") {
        agent.session.ack(agent.now, with(answer2));
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(body_of(agent.last("ACK").message) == answer2);
        says(agent, "INVITE", 200, offer2);
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(body_of(agent.last("ACK").message) == answer2);
        CHECK(!agent.session.can_ack());
        CHECK(agent.session.can_reinvite());
        agent.run_for(64 * T1);
        CHECK(agent.wire().empty());
    }
    // RFC 3261 §14.2: unacceptable, so a valid answer, then BYE.
    SECTION("or declines it, and ends the session, when the application forgets it") {
        agent.run_for(64 * T1 - 1ms);
        CHECK(agent.wire().empty());
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"ACK", "BYE"});
        CHECK(body_of(agent.last("ACK").message).content.find("m=audio 0 ") != std::string::npos);
        says(agent, "BYE", 200);
        CHECK(agent.told() == Lines{"Terminating", "Terminated by local: timeout 200"});
    }
    SECTION("or hangs up, which declines it") {
        agent.session.bye(agent.now);
        CHECK(agent.wire() == Lines{"ACK", "BYE"});
        CHECK(body_of(agent.last("ACK").message).content.find("m=audio 0 ") != std::string::npos);
        says(agent, "BYE", 200);
        CHECK(comes_to_its_end(agent));
    }
    SECTION("or is hung up on") {
        asks(agent, "BYE", 1001);
        CHECK(agent.wire() == Lines{"200 BYE", "ACK"});
        CHECK(comes_to_its_end(agent));
    }
}

// RFC 4028 §7.2: the 2xx starts it anew, whoever still owes the ACK.
TEMPLATE_TEST_CASE("a session timer that the 2xx to a late offer starts is told with the ACK",
                   "[session][rfc3261][14.1][rfc4028][7.2]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    agent.session.reinvite(agent.now, {});
    says(agent, "INVITE", 200, offer2, "",
         {{"Session-Expires", "1800;refresher=uas"}, {"Require", "timer"}});
    CHECK(agent.told() == Lines{"Modified 200", "Offer"});
    agent.session.ack(agent.now, with(answer2));
    CHECK(agent.told() == Lines{"Refreshed 1800 by peer"});
}

// RFC 3261 §13.2.1: the answer that the 2xx owes.
TEMPLATE_TEST_CASE("a 2xx to a re-INVITE without the answer that it owes ends the session",
                   "[session][rfc3261][14.1][13.2.1]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    says(agent, "INVITE", 200);
    CHECK(agent.wire() == Lines{"ACK", "BYE"});
    CHECK(agent.told() == Lines{"RolledBack local 200 with offer", "Terminating"});
    says(agent, "BYE", 200);
    CHECK(agent.told() == Lines{"Terminated by local: missing_answer 200"});
}

// RFC 3261 §14.1: "a UAC MUST NOT initiate a new INVITE transaction within a dialog while another
// INVITE transaction is in progress in either direction." RFC 6337 §4.3: nor an offer.
TEMPLATE_TEST_CASE("while a modification is under way in either direction, a re-INVITE is refused",
                   "[session][rfc3261][14.1][rfc6337][4.3]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    SECTION("our re-INVITE") {
        agent.session.reinvite(agent.now, with(offer2));
    }
    SECTION("one of ours that waits") {
        agent.session.reinvite(agent.now, with(offer2));
        says(agent, "INVITE", 491);
    }
    SECTION("their re-INVITE") {
        asks(agent, "INVITE", 1000, offer2);
    }
    SECTION("our 2xx that has no ACK") {
        asks(agent, "INVITE", 1000, offer2);
        agent.session.accept(agent.now, with(answer2));
    }
    SECTION("our UPDATE") {
        agent.session.update(agent.now);
    }
    SECTION("their UPDATE") {
        asks(agent, "UPDATE", 1000, offer2);
    }
    const std::string before = agent.snapshot();
    CHECK(agent.session.try_reinvite(agent.now, with(offer2)).code == Errc::request_pending);
    CHECK(!agent.session.can_reinvite());
    CHECK(agent.snapshot() == before);
}

TEMPLATE_TEST_CASE("a re-INVITE is refused where it could not be sent as it is wanted",
                   "[session][rfc3261][14]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    const std::string before = agent.snapshot();
    MessageOptions options;
    options.fields = {{"Contact", "<sip:x@192.0.2.1>"}};
    CHECK(agent.session.try_reinvite(agent.now, options).code == Errc::bad_argument);
    options.fields = {{"Subject", "a\r\nb"}};
    CHECK(agent.session.try_reinvite(agent.now, options).code == Errc::unsafe_value);
    CHECK(agent.snapshot() == before);
    auto early = ringing<TestType>(Role::uac);
    CHECK(early.session.try_reinvite(early.now, with(offer2)).code == Errc::wrong_state);
}

// RFC 3261 §14.1: the owner of the Call-ID waits 2.1 to 4 s, the other one 0 to 2 s, in units of
// 10 ms; then the re-INVITE is attempted once more.
TEMPLATE_TEST_CASE("a re-INVITE that got 491 is tried again, sooner by who has not made the call",
                   "[session][rfc3261][14.1]", Message, PlainMessage) {
    const Role role = each_role();
    Duration first{};
    bool varies = false;
    for (std::uint8_t seed = 1; seed <= 8; ++seed) {
        Talk talk;
        talk.seed = seed;
        auto agent = waiting<TestType>(role, talk);
        CHECK(agent.wire().empty());
        const Duration wait = *agent.session.poll_timeout() - agent.now;
        CHECK(wait.count() % Duration(10ms).count() == 0);
        CHECK(wait >= (role == Role::uac ? Duration(2100ms) : Duration(0s)));
        CHECK(wait <= (role == Role::uac ? Duration(4s) : Duration(2s)));
        if (seed == 1) first = wait;
        varies = varies || wait != first;
        if (wait > Duration::zero()) {
            agent.run_for(wait - 1ms);
            CHECK(agent.wire().empty());
        }
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"INVITE"});
        const TestType& again = agent.last("INVITE").message;
        CHECK(number_of(again) == (role == Role::uac ? "3 INVITE" : "2 INVITE"));
        CHECK(body_of(again) == offer2);
        CHECK(agent.told().empty());
        says(agent, "INVITE", 200, answer2);
        CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    }
    CHECK(varies);
}

TEMPLATE_TEST_CASE("a 491 is told instead, where the application wants that",
                   "[session][rfc3261][14.1]", Message, PlainMessage) {
    Talk talk;
    talk.features.on_glare = SessionFeatures::Glare::tell;
    auto agent = waiting<TestType>(each_role(), talk);
    CHECK(agent.told() == Lines{"RolledBack local 491 with offer"});
    CHECK(agent.session.can_reinvite());
    agent.run_for(10s);
    CHECK(agent.wire().empty());
}

// RFC 3261 §14.1: no INVITE while another one is in progress.
TEMPLATE_TEST_CASE("a re-INVITE that is tried again waits for what has begun meanwhile",
                   "[session][rfc3261][14.1]", Message, PlainMessage) {
    auto agent = waiting<TestType>(each_role());
    SECTION("their re-INVITE, up to its ACK") {
        asks(agent, "INVITE", 1000, offer);
        CHECK(agent.told() == Lines{"Reinvited"});
        agent.run_for(9s);
        CHECK(agent.wire().empty());
        agent.session.accept(agent.now, with(answer));
        agent.run_for(9s);
        for (const std::string& line : agent.wire())
            CHECK(line == "200 INVITE");
        acks(agent, 1000);
    }
    SECTION("their UPDATE") {
        asks(agent, "UPDATE", 1000, offer);
        agent.run_for(9s);
        CHECK(agent.wire().empty());
        agent.session.answer(agent.now, with(answer));
        CHECK(agent.wire() == Lines{"200 UPDATE"});
    }
    SECTION("an UPDATE of ours") {
        agent.session.update(agent.now, with(offer));
        CHECK(agent.wire() == Lines{"UPDATE"});
        agent.run_for(9s);
        CHECK(agent.wire().empty());
        says(agent, "UPDATE", 200, answer);
    }
    agent.run_for(4s);
    CHECK(agent.wire() == Lines{"INVITE"});
    CHECK(body_of(agent.last("INVITE").message) == offer2);
}

// RFC 3261 §14.1: "if it still desires for that session modification to take place".
TEMPLATE_TEST_CASE("cancel() of a re-INVITE that waits sends nothing, and nothing follows",
                   "[session][rfc3261][14.1]", Message, PlainMessage) {
    auto agent = waiting<TestType>(each_role());
    SECTION("alone") {
        agent.session.cancel(agent.now);
        CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
        CHECK(agent.session.can_reinvite());
    }
    SECTION("and leaves a re-INVITE of theirs as it is") {
        asks(agent, "INVITE", 1000);
        agent.session.cancel(agent.now);
        CHECK(agent.told() == Lines{"Reinvited without offer", "RolledBack local 487 with offer"});
        CHECK(agent.session.try_accept(agent.now).code == Errc::offer_answer_conflict);
        agent.session.accept(agent.now, with(offer));
        CHECK(agent.wire() == Lines{"200 INVITE"});
        acks(agent, 1000, answer);
        CHECK(agent.told() == Lines{"Answer"});
    }
    agent.run_for(10s);
    CHECK(agent.wire().empty());
}

// RFC 3261 §14.1: "If a UA receives a non-2xx final response to a re-INVITE, the session parameters
// MUST remain unchanged". RFC 6141 §4.7: no target is refreshed by an error.
TEMPLATE_TEST_CASE("a re-INVITE that fails leaves the session as it was",
                   "[session][rfc3261][14.1][rfc6141][4.7]", Message, PlainMessage) {
    const Role role = each_role();
    for (const int status : {300, 302, 401, 403, 407, 415, 488, 500, 503, 600, 606}) {
        auto agent = reinviting<TestType>(role);
        const std::string target = target_of(agent);
        says(agent, "INVITE", status, answer2, peer_moved);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"RolledBack local " + std::to_string(status) + " with offer"});
        const auto& told = agent.template last_event<typename Session<TestType>::RolledBack>();
        CHECK(told.offer == offer2);
        CHECK(told.message.has_value());
        CHECK(target_of(agent) == target);
        CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
        CHECK(agent.state() == State::confirmed);
        agent.session.reinvite(agent.now, with(offer2)); // RFC 6141 §3.4
        CHECK(agent.wire() == Lines{"INVITE"});
    }
    auto late = talking<TestType>(role);
    late.session.reinvite(late.now, {});
    says(late, "INVITE", 488);
    CHECK(late.told() == Lines{"RolledBack local 488"});
    CHECK(late.session.can_reinvite());
}

// RFC 6141 §5.3: "MUST ignore transport and timeout errors when generating an ACK request for a
// non-2xx final response."
TEMPLATE_TEST_CASE("a failure of the ACK to a refused re-INVITE ends nothing",
                   "[session][rfc6141][5.3]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    says(agent, "INVITE", 183, answer2, peer_moved, {{"Require", "100rel"}, {"RSeq", "5"}});
    says(agent, "PRACK", 200);
    says(agent, "INVITE", 488);
    CHECK(target_of(agent) == peer_target);
    agent.told();
    const TestType& invite = agent.last("INVITE").message;
    TestType ack = MessageModel<TestType>::request("ACK", "sip:bob@192.0.2.2");
    for (const Header name : {Header::from, Header::to, Header::call_id})
        MessageModel<TestType>::add(ack, name, field(invite, name));
    MessageModel<TestType>::add(ack, Header::cseq,
                                std::to_string(std::stoi(number_of(invite))) + " ACK");
    const std::string before = agent.snapshot();
    agent.session.failed(agent.now, ack, Failure::transport);
    agent.session.failed(agent.now, ack, Failure::timeout);
    CHECK(agent.snapshot() == before);
    CHECK(agent.state() == State::confirmed);
}

// RFC 3261 §14.1, §12.2.1.2, RFC 5057 §5.1
TEMPLATE_TEST_CASE("a re-INVITE to a peer that has lost the dialog ends it",
                   "[session][rfc3261][14.1][12.2.1.2]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    std::string status = "408";
    SECTION("by its own word") {
        const int word = GENERATE(408, 481, 404);
        status = std::to_string(word);
        says(agent, "INVITE", word);
    }
    SECTION("or by silence") {
        agent.session.failed(agent.now, agent.last("INVITE").message, Failure::timeout);
    }
    CHECK(agent.wire() == Lines{"BYE"});
    CHECK(agent.told() == Lines{"RolledBack local " + status + " with offer", "Terminating"});
    says(agent, "BYE", 481);
    CHECK(agent.told() == Lines{"Terminated by local: peer_lost " + status});
    CHECK(comes_to_its_end(agent));
}

TEMPLATE_TEST_CASE("a re-INVITE that could not be sent leaves the session as it was",
                   "[session][rfc3261][14.1][8.1.3.1]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    agent.session.failed(agent.now, agent.last("INVITE").transaction, Failure::transport);
    CHECK(agent.told() == Lines{"RolledBack local 503 with offer"});
    CHECK(agent.wire().empty());
    CHECK(agent.state() == State::confirmed);
    CHECK(agent.session.can_reinvite());
}

// RFC 3261 §22.2
TEMPLATE_TEST_CASE("a challenged re-INVITE is sent again with credentials, and its ACK has them",
                   "[session][rfc3261][14.1][22.2]", Message, PlainMessage) {
    Talk talk = asking();
    talk.features.authentication_tries = 2;
    const Role role = each_role();
    auto agent = reinviting<TestType>(role, talk);
    says(agent, "INVITE", GENERATE(401, 407));
    CHECK(agent.wire().empty());
    CHECK(agent.told().size() == 1);
    const auto id = agent.template last_event<typename Session<TestType>::Challenged>().request;
    CHECK(agent.session.try_authenticate(agent.now, id + 9, credentials).code
          == Errc::unknown_handle);

    SECTION("at once") {
        agent.session.authenticate(agent.now, id, credentials);
        CHECK(agent.wire() == Lines{"INVITE"});
        const TestType& again = agent.last("INVITE").message;
        CHECK(field(again, Header::authorization) == credentials[0].value);
        CHECK(number_of(again) == (role == Role::uac ? "3 INVITE" : "2 INVITE"));
        CHECK(body_of(again) == offer2);
        says(agent, "INVITE", 200, answer2);
        CHECK(field(agent.last("ACK").message, Header::authorization) == credentials[0].value);
        CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    }
    SECTION("as often as the features say") {
        agent.session.authenticate(agent.now, id, credentials);
        says(agent, "INVITE", 401);
        const auto second =
            agent.template last_event<typename Session<TestType>::Challenged>().request;
        CHECK(second != id);
        agent.session.authenticate(agent.now, second, credentials);
        CHECK(count(agent.last("INVITE").message, Header::authorization) == 1);
        agent.told();
        says(agent, "INVITE", 401);
        CHECK(agent.told() == Lines{"RolledBack local 401 with offer"});
    }
    // RFC 3261 §14.1: nothing of ours is in progress meanwhile.
    SECTION("after what the peer has begun meanwhile") {
        asks(agent, "INVITE", 1000, offer);
        CHECK(agent.told() == Lines{"Reinvited"});
        agent.session.authenticate(agent.now, id, credentials);
        CHECK(!agent.session.can_authenticate());
        agent.run_for(61s);
        CHECK(agent.wire().empty());
        CHECK(agent.told().empty());
        agent.session.accept(agent.now, with(answer));
        acks(agent, 1000);
        agent.wire();
        agent.run_for(4s);
        CHECK(agent.wire() == Lines{"INVITE"});
        CHECK(field(agent.last("INVITE").message, Header::authorization) == credentials[0].value);
        CHECK(body_of(agent.last("INVITE").message) == offer2);
    }
    SECTION("unless it is cancelled") {
        agent.session.cancel(agent.now);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
    }
    SECTION("unless the session ends") {
        agent.session.bye(agent.now);
        says(agent, "BYE", 200);
        CHECK(comes_to_its_end(agent));
    }
}

TEMPLATE_TEST_CASE("a challenged re-INVITE counts as refused when nobody decides",
                   "[session][rfc3261][14.1][22.2]", Message, PlainMessage) {
    Talk talk = asking();
    talk.timers.unanswered = 70s;
    auto agent = reinviting<TestType>(each_role(), talk);
    says(agent, "INVITE", 100);
    agent.run_for(30s);
    says(agent, "INVITE", 401);
    agent.told();
    agent.run_for(60s - 1ms);
    CHECK(agent.wire().empty());
    CHECK(agent.told().empty());
    agent.run_for(1ms);
    CHECK(agent.told() == Lines{"RolledBack local 401 with offer"});
    CHECK(agent.state() == State::confirmed);
}

// RFC 3261 §9.1
TEMPLATE_TEST_CASE("a re-INVITE is cancelled, and the session goes on",
                   "[session][rfc3261][9.1][14.1]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    const Outgoing<TestType> invite = agent.last("INVITE");
    if (GENERATE(true, false)) { // once a 1xx has come
        agent.session.cancel(agent.now);
        CHECK(agent.wire().empty());
        CHECK(agent.session.try_cancel(agent.now).code == Errc::already_cancelled);
        says(agent, "INVITE", 100);
    } else { // at once where one has come
        says(agent, "INVITE", 100);
        agent.session.cancel(agent.now);
    }
    CHECK(agent.wire() == Lines{"CANCEL"});
    const Outgoing<TestType>& cancel = agent.last("CANCEL");
    CHECK(cancel.as == SendAs::cancel);
    CHECK(cancel.branch == invite.branch);
    CHECK(field(cancel.message, Header::to) == field(invite.message, Header::to));
    CHECK(std::stoi(number_of(cancel.message)) == std::stoi(number_of(invite.message)));
    says(agent, "CANCEL", 200);
    CHECK(agent.told().empty());

    SECTION("and gets 487") {
        says(agent, "INVITE", 487);
        CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
    }
    SECTION("and is not tried again for a 491 that was faster") {
        says(agent, "INVITE", 491);
        CHECK(agent.told() == Lines{"RolledBack local 491 with offer"});
    }
    SECTION("or its 2xx was faster, and counts") {
        says(agent, "INVITE", 200, answer2);
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    }
    // "the client SHOULD then consider the original transaction cancelled"
    SECTION("or gets nothing for 64·T1") {
        agent.run_for(64 * T1 - 1ms);
        CHECK(agent.wire().empty());
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"abandon INVITE"});
        CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
    }
    SECTION("or its transaction ends without a response") {
        agent.session.failed(agent.now, invite.transaction, Failure::timeout);
        CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
    }
    CHECK(agent.state() == State::confirmed);
    CHECK(agent.session.can_reinvite());
}

TEMPLATE_TEST_CASE("a re-INVITE that nobody answers is cancelled", "[session][rfc3261][9.1][14.1]",
                   Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    says(agent, "INVITE", 180);
    agent.told();
    agent.run_for(3min - 1ms);
    CHECK(agent.wire().empty());
    agent.run_for(1ms);
    CHECK(agent.wire() == Lines{"CANCEL"});
    says(agent, "INVITE", 487);
    CHECK(agent.told() == Lines{"RolledBack local 487 with offer"});
}

// RFC 6141 §4.7: "If a UA receives an unreliable provisional response to a target-refresh request,
// the UA MUST NOT refresh the dialog's remote target."
TEMPLATE_TEST_CASE("a 1xx to a re-INVITE refreshes the target where it is reliable",
                   "[session][rfc6141][4.7][4.4][3.4]", Message, PlainMessage) {
    auto agent = reinviting<TestType>(each_role());
    const std::string target = target_of(agent);
    SECTION("not where it is not, and its answer is a preview") {
        says(agent, "INVITE", 183, answer2, peer_moved);
        CHECK(agent.told() == Lines{"Ringing 183 on fork 1", "Answer, as preview"});
        CHECK(target_of(agent) == target);
        says(agent, "INVITE", 488, {}, peer_moved);
        CHECK(agent.told() == Lines{"RolledBack local 488 with offer"});
        CHECK(target_of(agent) == target);
    }
    SECTION("for good, whatever the final response") {
        says(agent, "INVITE", 183, answer2, peer_moved, {{"Require", "100rel"}, {"RSeq", "5"}});
        CHECK(agent.wire() == Lines{"PRACK"});
        CHECK(agent.told() == Lines{"Ringing reliably 183 on fork 1", "Answer"});
        CHECK(target_of(agent) == peer_target);
        CHECK(MessageModel<TestType>::request_uri(agent.last("PRACK").message) == peer_target);
        says(agent, "PRACK", 200);
        says(agent, "INVITE", 488);
        CHECK(target_of(agent) == peer_target);
        CHECK(agent.told() == Lines{"RolledBack local 488 with offer"});
        // Both sides agree again by a further offer, which may follow at once. RFC 6141 §3.4
        agent.session.reinvite(agent.now, with(offer));
        CHECK(agent.wire() == Lines{"INVITE"});
    }
}

// RFC 3261 §15.1.1, RFC 5407 §3.2.3
TEMPLATE_TEST_CASE("our BYE leaves while our re-INVITE is pending, whose 2xx gets its ACK",
                   "[session][rfc3261][15.1.1][rfc5407][3.2.3]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    const bool offered = GENERATE(true, false);
    agent.session.reinvite(agent.now, offered ? with(offer2) : MessageOptions{});
    agent.wire();
    agent.session.bye(agent.now);
    CHECK(agent.wire() == Lines{"BYE"});
    CHECK(agent.told() == Lines{"Terminating"});
    SECTION("a 2xx") {
        says(agent, "INVITE", 200, offered ? answer2 : offer2);
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(body_of(agent.last("ACK").message).empty() == offered);
    }
    SECTION("an error") {
        says(agent, "INVITE", 481);
    }
    SECTION("nothing") {}
    says(agent, "BYE", 200);
    CHECK(agent.told() == Lines{"Terminated by local: bye 200"});
    CHECK(agent.wire().empty());
    CHECK(comes_to_its_end(agent));
}

TEMPLATE_TEST_CASE("a BYE of theirs ends the session while our re-INVITE is pending",
                   "[session][rfc3261][15.1.2][rfc5407][3.2.3]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = reinviting<TestType>(role);
    asks(agent, "BYE", 1000);
    CHECK(agent.wire() == Lines{"200 BYE"});
    CHECK(agent.told() == Lines{"Terminated by remote: bye"});
    CHECK(!agent.session.done());
    SECTION("a 2xx that crosses it gets its ACK") {
        says(agent, "INVITE", 200, answer2);
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(agent.told().empty());
    }
    SECTION("a 487 ends the transaction") {
        says(agent, "INVITE", 487);
        CHECK(agent.session.done() == (role == Role::uas)); // a UAC's own INVITE lingers
    }
    SECTION("without a response it is given up") {
        agent.run_for(64 * T1);
        CHECK(agent.wire() == Lines{"abandon INVITE"});
    }
    CHECK(comes_to_its_end(agent));
}

TEMPLATE_TEST_CASE("a re-INVITE that waits ends with its session", "[session][rfc3261][14.1]",
                   Message, PlainMessage) {
    auto agent = waiting<TestType>(each_role());
    SECTION("our BYE") {
        agent.session.bye(agent.now);
        says(agent, "BYE", 200);
    }
    SECTION("their BYE") {
        asks(agent, "BYE", 1000);
    }
    agent.wire();
    agent.run_for(10s);
    CHECK(agent.wire().empty());
    CHECK(comes_to_its_end(agent));
}

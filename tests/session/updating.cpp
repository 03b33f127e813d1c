#include "offhook/session/updating.hpp"

#include "../catch.hpp"
#include "../support/modification.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

Role each_role() {
    return GENERATE(Role::uac, Role::uas);
}

template <class M>
Agent<M> updating(Role role, const Talk& talk = {}) {
    Agent<M> agent = talking<M>(role, talk);
    agent.session.update(agent.now, with(offer2));
    agent.wire();
    return agent;
}

template <class M>
std::string retry_after(Agent<M>& agent, std::string_view name) {
    return field(agent.last(name).message, Header::retry_after);
}

} // namespace

// RFC 3311 §5.1, RFC 6141 §4.7, §4.9: early and confirmed, in either role.
TEMPLATE_TEST_CASE("an UPDATE leaves in its dialog, and its 2xx refreshes the target",
                   "[session][rfc3311][4][5.1][rfc6141][4.7][4.9]", Message, PlainMessage) {
    const Role role = each_role();
    const bool early = GENERATE(true, false);
    auto agent = early ? ringing<TestType>(role) : talking<TestType>(role);
    const State state = agent.state();
    CHECK(state == (early ? State::early : State::confirmed));
    const std::uint32_t before = agent.session.dialog()->state().local_sequence_number.value_or(0);
    const std::string target = target_of(agent);
    const bool offered = GENERATE(true, false);
    agent.session.update(agent.now, offered ? with(offer2) : MessageOptions{});
    CHECK(agent.wire() == Lines{"UPDATE"});
    const TestType out = agent.last("UPDATE").message;
    CHECK(MessageModel<TestType>::request_uri(out) == target);
    CHECK(field(out, Header::cseq) == std::to_string(before + 1) + " UPDATE");
    CHECK(field(out, Header::contact) == contact_of(agent));
    CHECK(lists(field(out, Header::allow), "UPDATE"));
    CHECK(lists(field(out, Header::supported), "100rel"));
    CHECK(body_of(out) == (offered ? offer2 : Body{}));
    CHECK(agent.session.try_update(agent.now).code == Errc::request_pending);

    says(agent, "UPDATE", 200, offered ? answer2 : Body{}, peer_moved);
    CHECK(agent.wire().empty());
    CHECK(agent.told() == (offered ? Lines{"Modified 200", "Answer"} : Lines{"Modified 200"}));
    if (offered)
        CHECK(agent.template last_event<typename Session<TestType>::Answer>().body == answer2);
    CHECK(target_of(agent) == peer_target);
    CHECK(agent.state() == state);
    agent.session.update(agent.now, with(offer2)); // the exchange is complete
}

// RFC 3311 §4
TEMPLATE_TEST_CASE("a reliable 1xx with a description allows UPDATE", "[session][rfc3311][4]",
                   Message, PlainMessage) {
    auto callee = ringing<TestType>(Role::uas);
    CHECK(lists(field(callee.last("183 INVITE").message, Header::allow), "UPDATE"));
}

// RFC 3311 §5.1, RFC 6337 §4.3: an offer while another one is open would cross it.
TEMPLATE_TEST_CASE("an UPDATE makes no offer while another one is open",
                   "[session][rfc3311][5.1][rfc6337][4.3]", Message, PlainMessage) {
    std::optional<Agent<TestType>> agent;
    SECTION("that of the INVITE") {
        Caller<TestType> caller;
        caller.gets(180);
        agent = caller;
    }
    SECTION("that which an INVITE without one still gets") {
        agent = start_callee<TestType>({}, invite_of_peer<TestType>({}));
        agent->session.progress(agent->now);
    }
    SECTION("that of our re-INVITE") {
        agent = talking<TestType>(Role::uac);
        agent->session.reinvite(agent->now, with(offer2));
    }
    SECTION("that which our re-INVITE without one still gets") {
        agent = talking<TestType>(Role::uac);
        agent->session.reinvite(agent->now, {});
    }
    SECTION("that which their re-INVITE without one still gets") {
        agent = talking<TestType>(Role::uas);
        asks(*agent, "INVITE", 1000);
    }
    SECTION("that which a call without any description never had") {
        InviteOptions options = alice_calls_bob();
        options.offer = {};
        Caller<TestType> caller(options);
        caller.gets(200);
        CHECK(caller.state() == State::confirmed);
        agent = caller;
    }
    SECTION("that of their re-INVITE") {
        agent = talking<TestType>(Role::uas);
        asks(*agent, "INVITE", 1000, offer2);
    }
    SECTION("that of their UPDATE") {
        agent = talking<TestType>(Role::uas);
        asks(*agent, "UPDATE", 1000, offer2);
    }
    SECTION("that of our 2xx, before the ACK") {
        agent = talking<TestType>(Role::uas);
        asks(*agent, "INVITE", 1000);
        agent->session.accept(agent->now, with(offer2));
    }
    agent->wire();
    const std::string before = agent->snapshot();
    CHECK(agent->session.try_update(agent->now, with(offer2)).code == Errc::offer_answer_conflict);
    CHECK(agent->snapshot() == before);
    agent->session.update(agent->now); // without one it crosses nothing
    CHECK(agent->wire() == Lines{"UPDATE"});
}

// RFC 3311 §4, §5.1
TEMPLATE_TEST_CASE("an UPDATE is refused without a dialog, or to a peer that does not allow it",
                   "[session][rfc3311][4][5.1]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    MessageOptions options;
    options.fields = {{"Contact", "<sip:x@192.0.2.1>"}};
    CHECK(agent.session.try_update(agent.now, options).code == Errc::bad_argument);
    options.fields = {};
    options.fork = 9;
    CHECK(agent.session.try_update(agent.now, options).code == Errc::unknown_handle);
    asks(agent, "INVITE", 1000, offer, peer_moved, {{"Allow", "INVITE, ACK, CANCEL, BYE"}});
    agent.session.accept(agent.now, with(answer));
    acks(agent, 1000);
    CHECK(agent.session.try_update(agent.now).code == Errc::not_supported);
    CHECK(agent.session.can_reinvite());
    Caller<TestType> initial;
    CHECK(initial.session.try_update(initial.now).code == Errc::no_dialog);
}

TEMPLATE_TEST_CASE("a 2xx to UPDATE without the answer that it owes changes nothing",
                   "[session][rfc3311][5.1]", Message, PlainMessage) {
    auto agent = updating<TestType>(each_role());
    says(agent, "UPDATE", 200);
    CHECK(agent.told() == Lines{"RolledBack local 200 with offer"});
    CHECK(agent.state() == State::confirmed);
    CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
    CHECK(agent.session.can_reinvite());
}

// RFC 3311 §5.2, RFC 6141 §4.2, §4.6
TEMPLATE_TEST_CASE("an UPDATE of theirs without offer is answered at once",
                   "[session][rfc3311][5.2][rfc6141][4.2][4.6][4.9]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = GENERATE(true, false) ? ringing<TestType>(role) : talking<TestType>(role);
    asks(agent, "UPDATE", 1000);
    CHECK(agent.wire() == Lines{"200 UPDATE"});
    const Outgoing<TestType>& out = agent.last("200 UPDATE");
    CHECK(out.transaction == 2000);
    CHECK(field(out.message, Header::contact) == contact_of(agent));
    CHECK(lists(field(out.message, Header::allow), "UPDATE"));
    CHECK(lists(field(out.message, Header::supported), "timer"));
    CHECK(body_of(out.message).empty());
    CHECK(agent.told() == Lines{"Updated"});
    CHECK(target_of(agent) == peer_target);
    CHECK(!agent.session.can_answer());
}

// RFC 3311 §5.2, RFC 6141 §4.6: the target moves as the 2xx leaves.
TEMPLATE_TEST_CASE("an UPDATE of theirs with an offer waits for answer() or decline()",
                   "[session][rfc3311][5.2][rfc6141][4.6]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = GENERATE(true, false) ? ringing<TestType>(role) : talking<TestType>(role);
    const std::string target = target_of(agent);
    asks(agent, "UPDATE", 1000, offer2);
    CHECK(agent.wire().empty());
    CHECK(agent.told() == Lines{"Updated with offer"});
    CHECK(agent.template last_event<typename Session<TestType>::Updated>().offer == offer2);
    CHECK(target_of(agent) == target);
    const std::string before = agent.snapshot();
    CHECK(agent.session.try_answer(agent.now, {}).code == Errc::offer_answer_conflict);
    CHECK(agent.session.try_decline(agent.now, 399).code == Errc::bad_argument);
    CHECK(agent.session.try_decline(agent.now, 700).code == Errc::bad_argument);
    CHECK(agent.snapshot() == before);

    SECTION("the answer") {
        agent.session.answer(agent.now, with(answer2));
        CHECK(agent.wire() == Lines{"200 UPDATE"});
        const TestType& out = agent.last("200 UPDATE").message;
        CHECK(body_of(out) == answer2);
        CHECK(field(out, Header::contact) == contact_of(agent));
        CHECK(lists(field(out, Header::allow), "UPDATE"));
        CHECK(target_of(agent) == peer_target);
        CHECK(agent.told().empty());
    }
    SECTION("488, unless something else is said") {
        agent.session.decline(agent.now);
        CHECK(agent.wire() == Lines{"488 UPDATE"});
        CHECK(agent.told() == Lines{"RolledBack remote 488 with offer"});
        CHECK(target_of(agent) == target);
    }
    SECTION("another status") {
        MessageOptions warning;
        warning.fields = {{"Warning", "304 192.0.2.2 \"Media type not available\""}};
        agent.session.decline(agent.now, 606, warning);
        CHECK(agent.wire() == Lines{"606 UPDATE"});
        CHECK(field(agent.last("606 UPDATE").message, Header::warning) == warning.fields[0].value);
        CHECK(agent.told() == Lines{"RolledBack remote 606 with offer"});
    }
    // "the UPDATE MUST be responded to promptly"
    SECTION("504 where the application takes its time") {
        agent.run_for(32 * T1 - 1ms);
        for (const std::string& line : agent.wire())
            CHECK(line != "504 UPDATE");
        agent.run_for(1ms);
        CHECK(agent.wire() == Lines{"504 UPDATE"});
        CHECK(field(agent.last("504 UPDATE").message, Header::warning).starts_with("399 "));
        CHECK(agent.told() == Lines{"RolledBack remote 504 with offer"});
        CHECK(target_of(agent) == target);
    }
    CHECK(!agent.session.can_answer());
    CHECK(!agent.session.can_decline());
    CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
    asks(agent, "UPDATE", 1001, offer2); // and the next one is taken
    CHECK(agent.told() == Lines{"Updated with offer"});
}

// RFC 3311 §5.2: "MUST return a 500 response to the new UPDATE, and MUST include a Retry-After
// header field with a randomly chosen value between 0 and 10 seconds."
TEMPLATE_TEST_CASE("an UPDATE or INVITE before their UPDATE has its answer gets 500",
                   "[session][rfc3311][5.2][rfc6337][4.3]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    asks(agent, "UPDATE", 1000, offer2);
    agent.told();
    std::vector<bool> seen(11);
    for (std::uint32_t i = 0; i < 120; ++i) {
        const bool update = i % 3 != 0;
        asks(agent, update ? "UPDATE" : "INVITE", 1001 + i, i % 3 == 1 ? Body{} : offer);
        const std::string name = update ? "500 UPDATE" : "500 INVITE";
        REQUIRE(agent.wire() == Lines{name});
        const int delay = std::stoi(retry_after(agent, name));
        REQUIRE(delay >= 0);
        REQUIRE(delay <= 10);
        seen[static_cast<std::size_t>(delay)] = true;
    }
    for (const bool each : seen)
        CHECK(each);
    CHECK(agent.told().empty());
    agent.session.answer(agent.now, with(answer2));
    CHECK(field(agent.last("200 UPDATE").message, Header::cseq) == "1000 UPDATE");
}

// RFC 3311 §5.2, RFC 3261 §14.2, RFC 6337 §4.3
TEMPLATE_TEST_CASE("an UPDATE or INVITE that crosses an offer of ours gets 491",
                   "[session][rfc3311][5.2][rfc3261][14.2][rfc6337][4.3]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    bool invite_crosses = true;
    SECTION("in an UPDATE") {
        agent.session.update(agent.now, with(offer2));
    }
    SECTION("in a re-INVITE") {
        agent.session.reinvite(agent.now, with(offer2));
    }
    SECTION("still to come for a re-INVITE") {
        agent.session.reinvite(agent.now, {});
    }
    SECTION("in a 2xx") {
        asks(agent, "INVITE", 990);
        agent.session.accept(agent.now, with(offer2));
    }
    SECTION("but not an UPDATE of ours without one") {
        agent.session.update(agent.now);
        invite_crosses = false;
    }
    agent.wire();
    agent.told();
    asks(agent, "UPDATE", 1000); // this one crosses nothing
    CHECK(agent.wire() == Lines{"200 UPDATE"});
    CHECK(agent.told() == Lines{"Updated"});
    if (!invite_crosses) {
        asks(agent, "UPDATE", 1001, offer);
        CHECK(agent.told() == Lines{"Updated with offer"});
        return;
    }
    const std::string target = target_of(agent);
    asks(agent, "UPDATE", 1001, offer, "<sip:elsewhere@192.0.2.77>");
    CHECK(agent.wire() == Lines{"491 UPDATE"});
    CHECK(retry_after(agent, "491 UPDATE").empty());
    asks(agent, "INVITE", 1002, offer, "<sip:elsewhere@192.0.2.77>");
    CHECK(agent.wire() == Lines{"491 INVITE"});
    CHECK(agent.told().empty());
    CHECK(target_of(agent) == target);
}

// RFC 3311 §5.2, RFC 3261 §14.2
TEMPLATE_TEST_CASE("an UPDATE or INVITE before their re-INVITE has its answer gets 500",
                   "[session][rfc3311][5.2][rfc3261][14.2][rfc6337][4.3]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    asks(agent, "INVITE", 1000, GENERATE(true, false) ? offer2 : Body{});
    agent.told();
    asks(agent, "UPDATE", 1001, offer);
    CHECK(agent.wire() == Lines{"500 UPDATE"});
    CHECK(std::stoi(retry_after(agent, "500 UPDATE")) <= 10);
    asks(agent, "INVITE", 1002, offer);
    CHECK(agent.wire() == Lines{"500 INVITE"});
    CHECK(std::stoi(retry_after(agent, "500 INVITE")) <= 10);
    CHECK(agent.told().empty());
    asks(agent, "UPDATE", 1003);
    CHECK(agent.wire() == Lines{"200 UPDATE"});
}

// RFC 3261 §14.2: though the offer of the first one has its answer.
TEMPLATE_TEST_CASE("an INVITE while the first one is pending is refused by its direction",
                   "[session][rfc3261][14.2]", Message, PlainMessage) {
    const Role role = each_role();
    auto agent = ringing<TestType>(role);
    asks(agent, "INVITE", 1000, offer2);
    CHECK(agent.wire() == (role == Role::uac ? Lines{"491 INVITE"} : Lines{"500 INVITE"}));
    CHECK(agent.told().empty());
}

// RFC 3311 §5.3, with the times of RFC 3261 §14.1
TEMPLATE_TEST_CASE("an UPDATE that got 491 is tried again, sooner by who has not made the call",
                   "[session][rfc3311][5.3]", Message, PlainMessage) {
    const Role role = each_role();
    const bool early = GENERATE(true, false);
    Duration first{};
    bool varies = false;
    for (std::uint8_t seed = 1; seed <= 8; ++seed) {
        Talk talk;
        talk.seed = seed;
        auto agent = early ? ringing<TestType>(role, talk) : talking<TestType>(role, talk);
        agent.session.update(agent.now, with(offer2));
        const std::string number = field(agent.last("UPDATE").message, Header::cseq);
        agent.wire();
        says(agent, "UPDATE", 491);
        CHECK(agent.told().empty());
        const Duration wait = *agent.session.poll_timeout() - agent.now;
        CHECK(wait.count() % Duration(10ms).count() == 0);
        CHECK(wait >= (role == Role::uac ? Duration(2100ms) : Duration(0s)));
        CHECK(wait <= (role == Role::uac ? Duration(4s) : Duration(2s)));
        if (seed == 1) first = wait;
        varies = varies || wait != first;
        agent.run_for(wait);
        CHECK(agent.wire() == Lines{"UPDATE"});
        const TestType& again = agent.last("UPDATE").message;
        CHECK(std::stoi(field(again, Header::cseq)) == std::stoi(number) + 1);
        CHECK(body_of(again) == offer2);
        says(agent, "UPDATE", 200, answer2);
        CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    }
    CHECK(varies);
}

TEMPLATE_TEST_CASE("a 491 to UPDATE is told instead, where the application wants that",
                   "[session][rfc3311][5.3]", Message, PlainMessage) {
    Talk talk;
    talk.features.on_glare = SessionFeatures::Glare::tell;
    auto agent = updating<TestType>(each_role(), talk);
    says(agent, "UPDATE", 491);
    CHECK(agent.told() == Lines{"RolledBack local 491 with offer"});
    agent.run_for(10s);
    CHECK(agent.wire().empty());
}

TEMPLATE_TEST_CASE("an UPDATE that is tried again waits for what has begun meanwhile",
                   "[session][rfc3311][5.3][rfc6337][4.3]", Message, PlainMessage) {
    auto agent = updating<TestType>(each_role());
    says(agent, "UPDATE", 491);
    SECTION("their UPDATE") {
        asks(agent, "UPDATE", 1000, offer);
        agent.run_for(9s);
        CHECK(agent.wire().empty());
        agent.session.answer(agent.now, with(answer));
    }
    SECTION("their re-INVITE") {
        asks(agent, "INVITE", 1000, offer);
        agent.run_for(9s);
        CHECK(agent.wire().empty());
        agent.session.reject(agent.now, 488);
    }
    agent.wire();
    agent.run_for(4s);
    CHECK(agent.wire() == Lines{"UPDATE"});
    CHECK(body_of(agent.last("UPDATE").message) == offer2);
}

// RFC 3311 §5.3: "If a UA receives a non-2xx final response to a UPDATE, the session parameters
// MUST remain unchanged, as if no UPDATE had been issued."
TEMPLATE_TEST_CASE("an UPDATE that fails leaves the session as it was",
                   "[session][rfc3311][5.3][rfc6141][4.7]", Message, PlainMessage) {
    const Role role = each_role();
    for (const int status : {302, 401, 405, 407, 488, 500, 501, 503, 504, 606}) {
        auto agent = updating<TestType>(role);
        const std::string target = target_of(agent);
        says(agent, "UPDATE", status, answer2, peer_moved);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"RolledBack local " + std::to_string(status) + " with offer"});
        CHECK(agent.template last_event<typename Session<TestType>::RolledBack>().offer == offer2);
        CHECK(target_of(agent) == target);
        CHECK(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
        CHECK(agent.state() == State::confirmed);
        CHECK(agent.session.can_reinvite());
    }
    auto agent = updating<TestType>(role);
    agent.session.failed(agent.now, agent.last("UPDATE").message, Failure::transport);
    CHECK(agent.told() == Lines{"RolledBack local 503 with offer"});
    CHECK(agent.wire().empty());
}

// RFC 3261 §12.2.1.2
TEMPLATE_TEST_CASE("an UPDATE to a peer that has lost the dialog ends it",
                   "[session][rfc3311][5.3][rfc3261][12.2.1.2]", Message, PlainMessage) {
    auto agent = updating<TestType>(each_role());
    std::string status = "408";
    SECTION("408") {
        says(agent, "UPDATE", 408);
    }
    SECTION("481") {
        says(agent, "UPDATE", 481);
        status = "481";
    }
    SECTION("no response") {
        agent.run_for(64 * T1 - 1ms);
        CHECK(agent.told().empty());
        agent.run_for(1ms);
    }
    CHECK(agent.wire() == Lines{"BYE"});
    CHECK(agent.told() == Lines{"RolledBack local " + status + " with offer", "Terminating"});
    says(agent, "BYE", 200);
    CHECK(agent.told() == Lines{"Terminated by local: peer_lost " + status});
}

TEMPLATE_TEST_CASE("a challenged UPDATE is sent again with credentials",
                   "[session][rfc3311][5.1][rfc3261][22.2]", Message, PlainMessage) {
    Talk talk;
    talk.features.on_challenge = SessionFeatures::Decision::ask;
    auto agent = updating<TestType>(each_role(), talk);
    says(agent, "UPDATE", 401);
    CHECK(agent.told() == Lines{"Challenged 401"});
    SECTION("and succeeds") {
        const auto id = agent.template last_event<typename Session<TestType>::Challenged>().request;
        agent.session.authenticate(agent.now, id, {{"Authorization", "Digest x"}});
        CHECK(agent.wire() == Lines{"UPDATE"});
        CHECK(field(agent.last("UPDATE").message, Header::authorization) == "Digest x");
        CHECK(field(agent.last("UPDATE").message, Header::contact) == contact_of(agent));
        CHECK(body_of(agent.last("UPDATE").message) == offer2);
        says(agent, "UPDATE", 200, answer2);
        CHECK(agent.told() == Lines{"Modified 200", "Answer"});
    }
    SECTION("or counts as refused when nobody decides") {
        agent.run_for(60s);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"RolledBack local 401 with offer"});
    }
}

// RFC 3261 §15.1.2: what is pending gets 487.
TEMPLATE_TEST_CASE("a BYE of either side leaves no UPDATE behind",
                   "[session][rfc3261][15.1.1][15.1.2]", Message, PlainMessage) {
    auto agent = talking<TestType>(each_role());
    const bool ours = GENERATE(true, false);
    if (ours)
        agent.session.update(agent.now, with(offer2));
    else
        asks(agent, "UPDATE", 1000, offer2);
    agent.wire();
    agent.told();
    SECTION("our BYE") {
        agent.session.bye(agent.now);
        CHECK(agent.wire() == (ours ? Lines{"BYE"} : Lines{"487 UPDATE", "BYE"}));
        if (ours) says(agent, "UPDATE", 200, answer2);
        says(agent, "BYE", 200);
        CHECK(agent.told() == Lines{"Terminating", "Terminated by local: bye 200"});
    }
    SECTION("theirs") {
        asks(agent, "BYE", 1001);
        CHECK(agent.wire() == (ours ? Lines{"200 BYE"} : Lines{"200 BYE", "487 UPDATE"}));
        if (ours) says(agent, "UPDATE", 200, answer2);
        CHECK(agent.told() == Lines{"Terminated by remote: bye"});
    }
    CHECK(agent.wire().empty());
    CHECK(comes_to_its_end(agent));
}

// RFC 6141 §4.4, §4.8: our own address changes by a request.
TEMPLATE_TEST_CASE("move() tells the peer our new Contact", "[session][rfc6141][4.4][4.8]", Message,
                   PlainMessage) {
    const Role role = each_role();
    const std::string contact = "<sip:new@192.0.2.50>";
    SECTION("by UPDATE, where the peer takes that") {
        auto agent = talking<TestType>(role);
        asks(agent, "UPDATE", 1000, {}, "", {{"Allow", "INVITE, ACK, BYE, UPDATE"}});
        agent.wire();
        agent.told();
        agent.session.move(agent.now, contact);
        CHECK(agent.wire() == Lines{"UPDATE"});
        CHECK(field(agent.last("UPDATE").message, Header::contact) == contact);
        says(agent, "UPDATE", 200);
        CHECK(agent.told() == Lines{"Modified 200"});
        asks(agent, "UPDATE", 1001);
        CHECK(field(agent.last("200 UPDATE").message, Header::contact) == contact);
    }
    SECTION("by re-INVITE, where it has not said so") {
        auto agent = talking<TestType>(role);
        agent.session.move(agent.now, contact, with(offer2));
        CHECK(agent.wire() == Lines{"INVITE"});
        CHECK(field(agent.last("INVITE").message, Header::contact) == contact);
        CHECK(body_of(agent.last("INVITE").message) == offer2);
        says(agent, "INVITE", 488); // refused: the address is ours all the same
        CHECK(contact_of(agent) == contact);
        agent.session.reinvite(agent.now, with(offer2));
        CHECK(field(agent.last("INVITE").message, Header::contact) == contact);
    }
    SECTION("on an early dialog") {
        auto agent = ringing<TestType>(role);
        agent.session.move(agent.now, contact);
        CHECK(agent.wire() == Lines{"UPDATE"});
        CHECK(field(agent.last("UPDATE").message, Header::contact) == contact);
        if (role == Role::uac) return;
        // RFC 3311 §5.1: "it MUST place the same value into the Contact header field of the 2xx"
        agent.session.accept(agent.now);
        CHECK(field(agent.last("200 INVITE").message, Header::contact) == contact);
    }
    SECTION("unless it cannot be told now, or is none") {
        auto agent = talking<TestType>(role);
        asks(agent, "INVITE", 1000, offer2);
        const std::string before = agent.snapshot();
        const Refusal refused = agent.session.try_move(agent.now, contact);
        CHECK(refused.code == Errc::request_pending);
        CHECK(refused.tried == "move");
        CHECK(agent.session.try_move(agent.now, "<sips:new@192.0.2.50>").code
              == Errc::request_pending);
        CHECK(agent.session.try_move(agent.now, "<tel:+15551234>").code == Errc::bad_argument);
        CHECK(agent.session.try_move(agent.now, "<sip:a@b>\r\nX: y").code == Errc::unsafe_value);
        MessageOptions options;
        options.fork = 1;
        CHECK(agent.session.try_move(agent.now, contact, options).code == Errc::request_pending);
        CHECK(agent.snapshot() == before);
    }
}

namespace {

/// A caller whose INVITE rings at two, who have both changed the session: 21 and 22 wait.
template <class M>
Caller<M> asked_by_two() {
    Caller<M> caller;
    std::uint32_t rseq = 1;
    for (const char* tag : {"bob1", "bob2"}) {
        M response = reply(caller.invite(), 183, tag, answer);
        MessageModel<M>::add(response, Header::require, "100rel");
        MessageModel<M>::add(response, Header::rseq, std::to_string(rseq));
        caller.receive(std::move(response));
        M prack = caller.last("PRACK").message;
        caller.receive(MessageModel<M>::response(prack, 200, "OK", ""));
    }
    TransactionId transaction = 21;
    for (std::size_t fork : {0u, 1u}) {
        M update = in_dialog(caller.session.forks()[fork].dialog, "UPDATE", 1);
        MessageModel<M>::add(update, Header::contact, "<sip:peer@192.0.2.7>");
        add_to(update, with(offer2));
        caller.receive(std::move(update), transaction++);
    }
    caller.wire();
    caller.told();
    return caller;
}

MessageOptions on_fork(std::uint32_t number, Body body = {}) {
    MessageOptions options = with(std::move(body));
    options.fork = number;
    return options;
}

} // namespace

// RFC 3311 §5.2: each early dialog has an exchange of its own. RFC 3261 §13.2.2.4
TEMPLATE_TEST_CASE("the offers of two early dialogs are answered and declined by their numbers",
                   "[session][rfc3311][5.2]", Message, PlainMessage) {
    auto caller = asked_by_two<TestType>();
    const std::string before = caller.snapshot();
    CHECK(caller.session.try_answer(caller.now, on_fork(3, answer2)).code == Errc::unknown_handle);
    CHECK(caller.session.try_decline(caller.now, 488, on_fork(3)).code == Errc::unknown_handle);
    CHECK(caller.snapshot() == before);

    caller.session.answer(caller.now, on_fork(2, answer2));
    CHECK(caller.wire() == Lines{"200 UPDATE"});
    CHECK(caller.last("200 UPDATE").transaction == 22);
    CHECK(caller.session.try_answer(caller.now, on_fork(2, answer2)).code == Errc::unknown_handle);
    caller.session.decline(caller.now, 488, on_fork(1));
    CHECK(caller.wire() == Lines{"488 UPDATE"});
    CHECK(caller.last("488 UPDATE").transaction == 21);
    CHECK(!caller.session.can_answer());
}

// RFC 3261 §15.1.2: "still respond to any pending requests … 487".
TEMPLATE_TEST_CASE("what waits in an early dialog that ends gets 487, and the rest goes on",
                   "[session][rfc3261][15.1.2][rfc6228][4]", Message, PlainMessage) {
    auto caller = asked_by_two<TestType>();
    SECTION("with a 199") {
        caller.gets(199, "bob1");
    }
    SECTION("with a BYE of ours") {
        caller.session.bye(caller.now, on_fork(1));
    }
    CHECK(caller.last("487 UPDATE").transaction == 21);
    caller.wire();
    caller.session.answer(caller.now, with(answer2));
    CHECK(caller.wire() == Lines{"200 UPDATE"});
    CHECK(caller.last("200 UPDATE").transaction == 22);
    CHECK(!caller.session.can_answer());
}

#include "offhook/session/operation.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>
#include <variant>

using namespace offhook;
using namespace test;

namespace {

/// What a cell of the table says: the messages that leave, or why none does.
struct Refused {
    Errc code;
    std::string_view needs;
    std::string_view section;
};
using Cell = std::variant<Lines, Refused>;

const Cell over = Refused{Errc::session_terminated, "a session that lives", "RFC 3261 §15"};
const Cell no_dialog = Refused{Errc::no_dialog, "a dialog", "RFC 3261 §15"};
const Cell no_dialog_yet = Refused{Errc::no_dialog, "a dialog", "RFC 3261 §12.2"};
const Cell early = Refused{Errc::bye_on_early_dialog, "Confirmed", "RFC 3261 §15"};
const Cell not_confirmed = Refused{Errc::wrong_state, "Confirmed", "RFC 3261 §14"};
const Cell ack_pending =
    Refused{Errc::ack_pending, "the ACK of the 2xx, or Timer L", "RFC 3261 §15, §14.1"};
const Cell answer_pending =
    Refused{Errc::answer_pending, "the answer in the ACK", "RFC 3261 §13.2.2.4"};
const Cell uas_only = Refused{Errc::wrong_role, "the UAS", "RFC 3261 §13.3.1"};
const Cell uac_acks = Refused{Errc::wrong_role, "the UAC", "RFC 3261 §13.2.2.4"};
const Cell uac_cancels = Refused{Errc::wrong_role, "the UAC", "RFC 3261 §9.1"};
const Cell no_offer =
    Refused{Errc::wrong_state, "a 2xx whose offer is not answered yet", "RFC 3261 §13.2.2.4"};
const Cell no_reliable =
    Refused{Errc::wrong_state, "a reliable provisional response that waits for it", "RFC 3262 §4"};
const Cell no_update =
    Refused{Errc::wrong_state, "an UPDATE or PRACK whose offer is not answered yet",
            "RFC 3311 §5.2, RFC 3262 §5"};
const Cell no_challenge =
    Refused{Errc::wrong_state, "a challenge that waits for it", "RFC 3261 §22.2"};
const Cell no_redirection =
    Refused{Errc::wrong_state, "a redirection that waits for it", "RFC 3261 §8.1.3.4"};
const Cell final_sent =
    Refused{Errc::already_answered, "an INVITE without a final response", "RFC 3261 §13.3.1"};
const Cell final_known =
    Refused{Errc::already_answered, "an INVITE without a final response", "RFC 3261 §9.1"};
const Cell nothing = Lines{};

Cell sends(Lines names) {
    return names;
}

struct Row {
    Operation operation;
    Cell uac[6]; ///< Initial, Early, AckWait, Confirmed, Terminating, Terminated
    Cell uas[6];
};

/// What is allowed where nothing else is under way.
const Row table[] = {
    {Operation::progress,
     {uas_only, uas_only, uas_only, uas_only, over, over},
     {sends({"180 INVITE"}), sends({"180 INVITE"}), final_sent, final_sent, over, over}},
    {Operation::accept,
     {uas_only, uas_only, uas_only, uas_only, over, over},
     {sends({"200 INVITE"}), sends({"200 INVITE"}), final_sent, final_sent, over, over}},
    {Operation::reject,
     {uas_only, uas_only, uas_only, uas_only, over, over},
     {sends({"486 INVITE"}), sends({"486 INVITE"}), final_sent, final_sent, over, over}},
    {Operation::redirect,
     {uas_only, uas_only, uas_only, uas_only, over, over},
     {sends({"302 INVITE"}), sends({"302 INVITE"}), final_sent, final_sent, over, over}},
    {Operation::ack,
     {no_offer, no_offer, sends({"ACK"}), no_offer, over, over},
     {uac_acks, uac_acks, uac_acks, uac_acks, over, over}},
    {Operation::prack,
     {no_reliable, no_reliable, no_reliable, no_reliable, over, over},
     {no_reliable, no_reliable, no_reliable, no_reliable, over, over}},
    {Operation::cancel,
     {sends({"CANCEL"}), sends({"CANCEL"}), final_known, final_known, over, over},
     {uac_cancels, uac_cancels, final_known, final_known, over, over}},
    {Operation::reinvite,
     {not_confirmed, not_confirmed, answer_pending, sends({"INVITE"}), over, over},
     {not_confirmed, not_confirmed, ack_pending, sends({"INVITE"}), over, over}},
    {Operation::update,
     {no_dialog_yet, sends({"UPDATE"}), sends({"UPDATE"}), sends({"UPDATE"}), over, over},
     {no_dialog_yet, sends({"UPDATE"}), sends({"UPDATE"}), sends({"UPDATE"}), over, over}},
    {Operation::answer,
     {no_update, no_update, no_update, no_update, over, over},
     {no_update, no_update, no_update, no_update, over, over}},
    {Operation::decline,
     {no_update, no_update, no_update, no_update, over, over},
     {no_update, no_update, no_update, no_update, over, over}},
    {Operation::request,
     {no_dialog_yet, sends({"INFO"}), sends({"INFO"}), sends({"INFO"}), over, over},
     {no_dialog_yet, sends({"INFO"}), sends({"INFO"}), sends({"INFO"}), over, over}},
    {Operation::authenticate,
     {no_challenge, no_challenge, no_challenge, no_challenge, no_challenge, no_challenge},
     {no_challenge, no_challenge, no_challenge, no_challenge, no_challenge, no_challenge}},
    {Operation::follow,
     {no_redirection, no_redirection, no_redirection, no_redirection, over, over},
     {no_redirection, no_redirection, no_redirection, no_redirection, over, over}},
    {Operation::bye,
     {no_dialog, sends({"BYE"}), answer_pending, sends({"BYE"}), over, over},
     {no_dialog, early, ack_pending, sends({"BYE"}), over, over}},
    {Operation::hang_up,
     {sends({"CANCEL"}), sends({"CANCEL"}), sends({"ACK", "BYE"}), sends({"BYE"}), nothing,
      nothing},
     {sends({"603 INVITE"}), sends({"603 INVITE"}), nothing, sends({"BYE"}), nothing, nothing}},
};

template <class M>
Agent<M> uac_in(State state) {
    InviteOptions options = alice_calls_bob();
    if (state == State::ack_wait) options.offer = {};
    Caller<M> caller(options);
    caller.gets(100);
    switch (state) {
    case State::initial: break;
    case State::early: caller.gets(180); break;
    case State::ack_wait: caller.gets(200, "bob1", offer); break;
    case State::confirmed: caller.gets(200, "bob1", answer); break;
    case State::terminating:
    case State::terminated:
        caller.gets(200, "bob1", answer);
        caller.session.bye(caller.now);
        if (state == State::terminated) caller.gets_for("BYE", 200);
        break;
    }
    return caller;
}

template <class M>
Agent<M> uas_in(State state) {
    Callee<M> callee;
    if (state >= State::early) callee.ring();
    if (state >= State::ack_wait) callee.answers();
    if (state >= State::confirmed) callee.gets_ack();
    if (state >= State::terminating) callee.session.bye(callee.now);
    if (state == State::terminated) callee.gets_for("BYE", 200);
    return callee;
}

/// What is under way and has a number: the request of the last challenge.
template <class M>
TransactionId challenged(Agent<M>& agent) {
    TransactionId id = 0;
    for (const auto& event : agent.events())
        if (const auto* e = std::get_if<typename Session<M>::Challenged>(&event)) id = e->request;
    return id;
}

const std::vector<HeaderField> credentials = {{"Authorization", "Digest username=\"alice\""}};

template <class M>
void perform(Agent<M>& agent, Operation operation) {
    Session<M>& session = agent.session;
    switch (operation) {
    case Operation::progress: return session.progress(agent.now);
    case Operation::accept: return session.accept(agent.now, with(answer));
    case Operation::reject: return session.reject(agent.now, 486);
    case Operation::redirect: return session.redirect(agent.now, {"<sip:c@h>"});
    case Operation::ack: return session.ack(agent.now, with(answer));
    case Operation::prack: return session.prack(agent.now, with(answer));
    case Operation::cancel: return session.cancel(agent.now);
    case Operation::reinvite: return session.reinvite(agent.now, with(offer));
    case Operation::update: return session.update(agent.now);
    case Operation::answer: return session.answer(agent.now, with(answer));
    case Operation::decline: return session.decline(agent.now);
    case Operation::request: return (void)session.request(agent.now, "INFO");
    case Operation::authenticate:
        return session.authenticate(agent.now, challenged(agent), credentials);
    case Operation::follow: return session.follow(agent.now, "sip:bob@chicago.example");
    case Operation::bye: return session.bye(agent.now);
    case Operation::hang_up: return session.hang_up(agent.now);
    }
}

template <class M>
Refusal attempt(Agent<M>& agent, Operation operation) {
    Session<M>& session = agent.session;
    TransactionId id = 0;
    switch (operation) {
    case Operation::progress: return session.try_progress(agent.now);
    case Operation::accept: return session.try_accept(agent.now, with(answer));
    case Operation::reject: return session.try_reject(agent.now, 486);
    case Operation::redirect: return session.try_redirect(agent.now, {"<sip:c@h>"});
    case Operation::ack: return session.try_ack(agent.now, with(answer));
    case Operation::prack: return session.try_prack(agent.now, with(answer));
    case Operation::cancel: return session.try_cancel(agent.now);
    case Operation::reinvite: return session.try_reinvite(agent.now, with(offer));
    case Operation::update: return session.try_update(agent.now);
    case Operation::answer: return session.try_answer(agent.now, with(answer));
    case Operation::decline: return session.try_decline(agent.now);
    case Operation::request: return session.try_request(agent.now, "INFO", {}, id);
    case Operation::authenticate:
        return session.try_authenticate(agent.now, challenged(agent), credentials);
    case Operation::follow: return session.try_follow(agent.now, "sip:bob@chicago.example");
    case Operation::bye: return session.try_bye(agent.now);
    case Operation::hang_up: break;
    }
    session.hang_up(agent.now);
    return {};
}

template <class M>
bool can(const Session<M>& session, Operation operation) {
    switch (operation) {
    case Operation::progress: return session.can_progress();
    case Operation::accept: return session.can_accept();
    case Operation::reject: return session.can_reject();
    case Operation::redirect: return session.can_redirect();
    case Operation::ack: return session.can_ack();
    case Operation::prack: return session.can_prack();
    case Operation::cancel: return session.can_cancel();
    case Operation::reinvite: return session.can_reinvite();
    case Operation::update: return session.can_update();
    case Operation::answer: return session.can_answer();
    case Operation::decline: return session.can_decline();
    case Operation::request: return session.can_request();
    case Operation::authenticate: return session.can_authenticate();
    case Operation::follow: return session.can_follow();
    case Operation::bye: return session.can_bye();
    case Operation::hang_up: break;
    }
    return true;
}

template <class M>
void check_allowed(Agent<M> agent, Operation operation, const Lines& messages) {
    Agent<M> twin = agent;
    CHECK(can(agent.session, operation));
    CHECK_FALSE(agent.session.refusal(operation));
    CHECK_FALSE(attempt(twin, operation));
    CHECK(twin.wire() == messages);
    CHECK_NOTHROW(perform(agent, operation));
    CHECK(agent.wire() == messages);
    CHECK(agent.snapshot() == twin.snapshot());
}

template <class M>
void check_refused(Agent<M> agent, Operation operation, const Refused& expected) {
    const std::string before = agent.snapshot();
    const State state = agent.state();
    const auto matches = [&](const Refusal& refusal) {
        CHECK(refusal.code == expected.code);
        CHECK(refusal.needs == expected.needs);
        CHECK(refusal.section == expected.section);
        CHECK(refusal.tried == name_of(operation));
        CHECK(refusal.state == describe(state, agent.session.role()));
    };
    CHECK_FALSE(can(agent.session, operation));
    matches(agent.session.refusal(operation));
    matches(attempt(agent, operation));
    try {
        perform(agent, operation);
        FAIL("it should have thrown");
    } catch (const Error& error) {
        matches(error.refusal());
    }
    CHECK(agent.snapshot() == before); // a refused operation changes nothing
    CHECK(agent.wire().empty());
}

} // namespace

// RFC 3261 §9.1, §12.2, §13.2.2.4, §13.3.1, §14, §15: what each role may do in each state.
TEMPLATE_TEST_CASE("each operation does in each role and state what the table says",
                   "[session][rfc3261][9.1][13.3.1][15]", Message, PlainMessage) {
    for (const Row& row : table)
        for (const Role role : {Role::uac, Role::uas})
            for (const State state : all_states) {
                INFO(name_of(row.operation) << "() in " << describe(state, role));
                Agent<TestType> agent =
                    role == Role::uac ? uac_in<TestType>(state) : uas_in<TestType>(state);
                REQUIRE(agent.state() == state);
                agent.wire();
                const Cell& cell = (role == Role::uac ? row.uac : row.uas)[static_cast<int>(state)];
                if (const auto* messages = std::get_if<Lines>(&cell))
                    check_allowed(agent, row.operation, *messages);
                else
                    check_refused(agent, row.operation, std::get<Refused>(cell));
            }
}

TEST_CASE("the table of refusals leaves no operation out", "[session][rfc3261][15]") {
    for (const Row& row : table)
        for (const Role role : {Role::uac, Role::uas})
            for (const State state : all_states) {
                const Cell& cell = (role == Role::uac ? row.uac : row.uas)[static_cast<int>(state)];
                const Refusal refused = refusal(row.operation, role, state);
                CHECK(static_cast<bool>(refused) == std::holds_alternative<Refused>(cell));
                if (refused) CHECK(refused.section.starts_with("RFC "));
            }
    CHECK(std::size(table) == std::size(all_operations));
}

TEST_CASE("operations are named as the API names them", "[session]") {
    for (const Operation operation : all_operations)
        CHECK(name_of(operation).find(' ') == std::string_view::npos);
    CHECK(name_of(Operation::hang_up) == "hang_up");
    CHECK(name_of(Operation::bye) == "bye");
}

// RFC 3261 §15: each kind of misuse is a type of its own.
TEMPLATE_TEST_CASE("a forbidden BYE says by its type what stands in the way",
                   "[session][rfc3261][15]", Message, PlainMessage) {
    const auto bye = [](Agent<TestType> agent) { agent.session.bye(agent.now); };
    CHECK_THROWS_AS(bye(uac_in<TestType>(State::initial)), NoDialog);
    CHECK_THROWS_AS(bye(uas_in<TestType>(State::initial)), NoDialog);
    CHECK_THROWS_AS(bye(uas_in<TestType>(State::early)), ByeOnEarlyDialog);
    CHECK_THROWS_AS(bye(uas_in<TestType>(State::ack_wait)), AckPending);
    CHECK_THROWS_AS(bye(uac_in<TestType>(State::ack_wait)), AnswerPending);
    CHECK_THROWS_AS(bye(uac_in<TestType>(State::terminating)), SessionTerminated);
    CHECK_THROWS_AS(bye(uas_in<TestType>(State::terminated)), SessionTerminated);
    try {
        bye(uas_in<TestType>(State::ack_wait));
    } catch (const AckPending& error) {
        CHECK(
            error.what()
            == std::string("bye() needs the ACK of the 2xx, or Timer L; session is AckWait (UAS). "
                           "hang_up() waits by itself (RFC 3261 §15, §14.1)"));
    }
}

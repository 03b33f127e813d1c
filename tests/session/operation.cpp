#include "offhook/session/operation.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

using namespace offhook;
using namespace test;

namespace {

/// What a cell of the table says: the messages that leave, or why none does.
struct Refused {
    Errc code;
    std::string_view needs;
    std::string_view section;
};
/// The table allows it, but no usage has the number that it is called with.
struct NoUsage {
    std::string_view needs;
};
using Cell = std::variant<Lines, Refused, NoUsage>;

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
const Cell no_subscription = NoUsage{"the id of a subscription that lives"};
const Cell nothing_accepted = NoUsage{"the id of a subscription that was accepted"};

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
    {Operation::refer,
     {no_dialog_yet, sends({"REFER"}), sends({"REFER"}), sends({"REFER"}), over, over},
     {no_dialog_yet, sends({"REFER"}), sends({"REFER"}), sends({"REFER"}), over, over}},
    {Operation::subscribe,
     {no_dialog_yet, sends({"SUBSCRIBE"}), sends({"SUBSCRIBE"}), sends({"SUBSCRIBE"}), over, over},
     {no_dialog_yet, sends({"SUBSCRIBE"}), sends({"SUBSCRIBE"}), sends({"SUBSCRIBE"}), over, over}},
    {Operation::unsubscribe,
     {no_dialog_yet, no_subscription, no_subscription, no_subscription, no_subscription,
      no_subscription},
     {no_dialog_yet, no_subscription, no_subscription, no_subscription, no_subscription,
      no_subscription}},
    {Operation::notify,
     {no_dialog_yet, nothing_accepted, nothing_accepted, nothing_accepted, nothing_accepted,
      nothing_accepted},
     {no_dialog_yet, nothing_accepted, nothing_accepted, nothing_accepted, nothing_accepted,
      nothing_accepted}},
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
TransactionId challenged_request(Agent<M>& agent) {
    TransactionId id = 0;
    for (const auto& event : agent.events())
        if (const auto* e = std::get_if<typename Session<M>::Challenged>(&event)) id = e->request;
    return id;
}

/// The answer, unless a reliable 1xx has brought it.
template <class M>
Body answer_in_success(const Agent<M>& agent) {
    for (const Fork<M>& fork : agent.session.forks())
        if (fork.exchange.invite_answered()) return {};
    return answer;
}

const std::vector<HeaderField> credentials = {{"Authorization", "Digest username=\"alice\""}};

/// Usages are numbered from this on.
constexpr UsageId first_usage = 1;

template <class M>
void perform(Agent<M>& agent, Operation operation) {
    Session<M>& session = agent.session;
    switch (operation) {
    case Operation::progress: return session.progress(agent.now);
    case Operation::accept: return session.accept(agent.now, with(answer_in_success(agent)));
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
        return session.authenticate(agent.now, challenged_request(agent), credentials);
    case Operation::follow: return session.follow(agent.now, "sip:bob@chicago.example");
    case Operation::refer: return (void)session.refer(agent.now, "sip:carol@chicago.example");
    case Operation::subscribe:
        return (void)session.subscribe(agent.now, "presence", std::chrono::seconds(600));
    case Operation::unsubscribe: return session.unsubscribe(agent.now, first_usage);
    case Operation::notify: return session.notify(agent.now, first_usage, MessageOptions{});
    case Operation::bye: return session.bye(agent.now);
    case Operation::hang_up: return session.hang_up(agent.now);
    }
}

template <class M>
Refusal attempt(Agent<M>& agent, Operation operation) {
    Session<M>& session = agent.session;
    TransactionId id = 0;
    UsageId usage = 0;
    switch (operation) {
    case Operation::progress: return session.try_progress(agent.now);
    case Operation::accept: return session.try_accept(agent.now, with(answer_in_success(agent)));
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
        return session.try_authenticate(agent.now, challenged_request(agent), credentials);
    case Operation::follow: return session.try_follow(agent.now, "sip:bob@chicago.example");
    case Operation::refer:
        return session.try_refer(agent.now, "sip:carol@chicago.example", {},
                                 ReferSubscription::wanted, usage);
    case Operation::subscribe:
        return session.try_subscribe(agent.now, "presence", std::chrono::seconds(600), {}, usage);
    case Operation::unsubscribe: return session.try_unsubscribe(agent.now, first_usage);
    case Operation::notify: return session.try_notify(agent.now, first_usage, MessageOptions{});
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
    case Operation::refer: return session.can_refer();
    case Operation::subscribe: return session.can_subscribe();
    case Operation::unsubscribe:
    case Operation::notify: return !session.refusal(operation); // each usage has its own answer
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

template <class M>
void check_no_usage(Agent<M> agent, Operation operation, const NoUsage& expected) {
    const std::string before = agent.snapshot();
    CHECK(can(agent.session, operation));
    const Refusal refused = attempt(agent, operation);
    CHECK(refused.code == Errc::unknown_handle);
    CHECK(refused.needs == expected.needs);
    CHECK(refused.section == "RFC 5057 §3");
    CHECK(refused.tried == name_of(operation));
    CHECK(refused.state == describe(agent.state(), agent.session.role()));
    CHECK_THROWS_AS(perform(agent, operation), UnknownHandle);
    CHECK(agent.snapshot() == before);
    CHECK(agent.wire().empty());
}

template <class M>
void check_cell(const Agent<M>& agent, Operation operation, const Cell& cell) {
    if (const auto* messages = std::get_if<Lines>(&cell))
        check_allowed(agent, operation, *messages);
    else if (const auto* refused = std::get_if<Refused>(&cell))
        check_refused(agent, operation, *refused);
    else
        check_no_usage(agent, operation, std::get<NoUsage>(cell));
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
                check_cell(agent, row.operation, cell);
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

// What else is under way.
namespace {

const Cell modification_open = Refused{Errc::request_pending, "no other modification under way",
                                       "RFC 3261 §14.1, RFC 6337 §4.3"};
const Cell update_open =
    Refused{Errc::request_pending, "no other UPDATE under way", "RFC 6337 §4.3"};
const Cell cancelled =
    Refused{Errc::already_cancelled, "an INVITE that is not cancelled", "RFC 3261 §9.1"};
const Cell not_redirected =
    Refused{Errc::already_answered, "an INVITE that makes a session", "RFC 3261 §14.2"};
const Cell accepted =
    Refused{Errc::already_answered, "an INVITE that is not accepted", "RFC 3262 §5"};
const Cell dialog_given_up =
    Refused{Errc::wrong_state, "an early dialog that no 199 has ended", "RFC 6228 §5"};
const Cell no_dialog_left =
    Refused{Errc::unknown_handle, "an early dialog that no 199 has ended", "RFC 6228 §5"};
const Cell reinvite_accepted =
    Refused{Errc::already_answered, "a re-INVITE that is not accepted", "RFC 3262 §5"};

/// What makes a situation out of a role and state, and in which cells it differs from them.
template <class M>
struct Situation {
    const char* name;
    Agent<M> agent;
    State like; ///< the state whose column it differs from
    std::vector<std::pair<Operation, Cell>> differs;
};

InviteOptions asking(bool with_offer = true) {
    InviteOptions options = alice_calls_bob();
    if (!with_offer) options.offer = {};
    options.features.on_challenge = SessionFeatures::Decision::ask;
    options.features.on_redirect = SessionFeatures::Decision::ask;
    return options;
}

IncomingOptions asked() {
    IncomingOptions options = at_bob();
    options.features.on_challenge = SessionFeatures::Decision::ask;
    return options;
}

template <class M>
M invite_with_100rel() {
    M invite = invite_of_peer<M>();
    MessageModel<M>::add(invite, Header::supported, "100rel");
    return invite;
}

template <class M>
Agent<M> confirmed(Role role) {
    if (role == Role::uac) {
        Caller<M> caller(asking());
        caller.gets(200, "bob1", answer);
        return caller;
    }
    Callee<M> callee(invite_with_100rel<M>(), asked());
    callee.answers().gets_ack();
    return callee;
}

/// A final or provisional response of the peer to the last request of that method.
template <class M>
void gets(Agent<M>& agent, std::string_view method, int status, const Body& body = {}) {
    agent.receive(reply(M(agent.last(method).message), status, "bob1", body));
}

/// A reliable one to the last INVITE.
template <class M>
void gets_reliable(Agent<M>& agent, const Body& body) {
    M response = reply(M(agent.last("INVITE").message), 183, "bob1", body);
    MessageModel<M>::add(response, Header::require, "100rel");
    MessageModel<M>::add(response, Header::rseq, "7");
    agent.receive(std::move(response));
}

/// A request of the peer in the dialog that leads.
template <class M>
void requested(Agent<M>& agent, std::string_view method, std::uint32_t number,
               const Body& body = {}) {
    M request = in_dialog(*agent.session.dialog(), method, number);
    if (method == "INVITE") MessageModel<M>::add(request, Header::supported, "100rel");
    add_to(request, with(body));
    agent.receive(std::move(request), 100 + number);
}

template <class M>
void progresses_reliably(Agent<M>& agent) {
    MessageOptions options = with(answer);
    options.delivery = Delivery::reliable;
    agent.session.progress(agent.now, 183, options);
}

/// PRACK of the reliable 183.
template <class M>
void gets_prack(Agent<M>& agent, std::uint32_t number, const Body& body = {}) {
    const M response = agent.last("183 INVITE").message;
    const std::string cseq = field(response, Header::cseq);
    M prack = in_dialog(*agent.session.dialog(), "PRACK", number);
    MessageModel<M>::add(prack, Header::rack, field(response, Header::rseq) + " " + cseq);
    add_to(prack, with(body));
    agent.receive(std::move(prack), 100 + number);
}

/// Those of a session that goes on, the same in either role.
template <class M>
void add_confirmed(std::vector<Situation<M>>& all, Role role) {
    using O = Operation;
    const auto add = [&all](const char* name, Agent<M> agent,
                            std::vector<std::pair<Operation, Cell>> differs) {
        all.push_back({name, std::move(agent), State::confirmed, std::move(differs)});
    };
    const Agent<M> idle = confirmed<M>(role);

    Agent<M> ours = idle;
    ours.session.reinvite(ours.now, with(offer));
    gets(ours, "INVITE", 100);
    add("our re-INVITE is under way", ours,
        {{O::cancel, sends({"CANCEL"})}, {O::reinvite, modification_open}});
    Agent<M> challenged = ours;
    gets(challenged, "INVITE", 401);
    add("our re-INVITE is challenged", challenged,
        {{O::cancel, nothing},
         {O::reinvite, modification_open},
         {O::authenticate, sends({"INVITE"})}});
    Agent<M> crossed = ours;
    gets(crossed, "INVITE", 491);
    add("our re-INVITE waits for its time", crossed,
        {{O::cancel, nothing}, {O::reinvite, modification_open}});
    ours.session.cancel(ours.now);
    add("our re-INVITE is cancelled", ours,
        {{O::cancel, cancelled}, {O::reinvite, modification_open}});

    Agent<M> late = idle;
    late.session.reinvite(late.now, {});
    Agent<M> shown = late;
    gets(late, "INVITE", 200, offer);
    add("the 2xx to our re-INVITE wants its ACK", late,
        {{O::ack, sends({"ACK"})},
         {O::reinvite, modification_open},
         {O::bye, sends({"ACK", "BYE"})},
         {O::hang_up, sends({"ACK", "BYE"})}});
    gets_reliable(shown, offer);
    add("a reliable 1xx to our re-INVITE wants PRACK", shown,
        {{O::cancel, sends({"CANCEL"})},
         {O::prack, sends({"PRACK"})},
         {O::reinvite, modification_open}});

    Agent<M> theirs = idle;
    requested(theirs, "INVITE", 1000, offer);
    add("their re-INVITE waits", theirs,
        {{O::progress, sends({"180 INVITE"})},
         {O::accept, sends({"200 INVITE"})},
         {O::reject, sends({"486 INVITE"})},
         {O::redirect, not_redirected},
         {O::reinvite, modification_open},
         {O::bye, sends({"487 INVITE", "BYE"})},
         {O::hang_up, sends({"487 INVITE", "BYE"})}});
    Agent<M> held = theirs;
    progresses_reliably(held);
    held.session.accept(held.now);
    add("the 2xx to their re-INVITE waits for PRACK", held,
        {{O::progress, reinvite_accepted},
         {O::accept, reinvite_accepted},
         {O::reject, reinvite_accepted},
         {O::redirect, not_redirected},
         {O::reinvite, modification_open},
         {O::bye, sends({"487 INVITE", "BYE"})},
         {O::hang_up, sends({"487 INVITE", "BYE"})}});
    theirs.session.accept(theirs.now, with(answer));
    add("our 2xx to their re-INVITE has no ACK", theirs, {{O::reinvite, modification_open}});

    Agent<M> update = idle;
    update.session.update(update.now, with(offer));
    add("our UPDATE is under way", update,
        {{O::reinvite, modification_open}, {O::update, update_open}});
    gets(update, "UPDATE", 491);
    add("our UPDATE waits for its time", update,
        {{O::reinvite, modification_open}, {O::update, update_open}});

    Agent<M> offered = idle;
    requested(offered, "UPDATE", 1000, offer);
    add("the offer of their UPDATE waits", offered,
        {{O::reinvite, modification_open},
         {O::answer, sends({"200 UPDATE"})},
         {O::decline, sends({"488 UPDATE"})},
         {O::bye, sends({"487 UPDATE", "BYE"})},
         {O::hang_up, sends({"487 UPDATE", "BYE"})}});

    Agent<M> info = idle;
    info.session.request(info.now, "INFO");
    gets(info, "INFO", 407);
    add("a request of ours is challenged", info, {{O::authenticate, sends({"INFO"})}});
    Agent<M> bye = idle;
    bye.session.bye(bye.now);
    gets(bye, "BYE", 401);
    all.push_back(
        {"our BYE is challenged", bye, State::terminating, {{O::authenticate, sends({"BYE"})}}});
}

template <class M>
void add_calling(std::vector<Situation<M>>& all) {
    using O = Operation;
    const auto add = [&all](const char* name, Agent<M> agent, State like,
                            std::vector<std::pair<Operation, Cell>> differs) {
        all.push_back({name, std::move(agent), like, std::move(differs)});
    };
    Caller<M> trying(asking());
    trying.gets(100);
    Caller<M> ringing = trying;
    ringing.gets(180);

    for (const State state : {State::initial, State::early}) {
        Agent<M> agent = state == State::initial ? trying : ringing;
        Agent<M> challenged = agent;
        gets(challenged, "INVITE", 401);
        add("the INVITE is challenged", challenged, State::initial,
            {{O::cancel, nothing}, {O::hang_up, nothing}, {O::authenticate, sends({"INVITE"})}});
        M moved =
            reply(M(agent.last("INVITE").message), 302, "bob1", {}, "<sip:bob@chicago.example>");
        Agent<M> redirected = agent;
        redirected.receive(std::move(moved));
        add("the INVITE is redirected", redirected, State::initial,
            {{O::cancel, nothing}, {O::hang_up, nothing}, {O::follow, sends({"INVITE"})}});
        agent.session.cancel(agent.now);
        add("the INVITE is cancelled", agent, state,
            {{O::cancel, cancelled}, {O::hang_up, nothing}});
    }

    Caller<M> left = ringing;
    left.gets(180, "bob2");
    MessageOptions second;
    second.fork = 2;
    left.session.bye(left.now, second);
    left.gets(200, "bob2", answer);
    add("an early dialog that we had left is answered", left, State::early,
        {{O::cancel, final_known}, {O::hang_up, sends({"BYE"})}});

    Caller<M> described = ringing;
    gets_reliable<M>(described, answer);
    Agent<M> update = described;
    update.session.update(update.now, with(offer));
    add("our UPDATE is under way", update, State::early, {{O::update, update_open}});
    requested<M>(described, "UPDATE", 1000, offer);
    add("the offer of their UPDATE waits", described, State::early,
        {{O::answer, sends({"200 UPDATE"})},
         {O::decline, sends({"488 UPDATE"})},
         {O::bye, sends({"BYE", "487 UPDATE"})}});

    Agent<M> info = ringing;
    info.session.request(info.now, "INFO");
    gets(info, "INFO", 407);
    add("a request of ours is challenged", info, State::early,
        {{O::authenticate, sends({"INFO"})}});

    Caller<M> late(asking(false));
    late.gets(100);
    gets_reliable<M>(late, offer);
    add("a reliable 1xx wants PRACK", late, State::early, {{O::prack, sends({"PRACK"})}});

    Caller<M> owing(asking(false));
    owing.gets(200, "bob1", offer);
    owing.session.update(owing.now);
    add("our UPDATE is under way", owing, State::ack_wait, {{O::update, update_open}});
}

template <class M>
void add_called(std::vector<Situation<M>>& all) {
    using O = Operation;
    const auto add = [&all](const char* name, Agent<M> agent, State like,
                            std::vector<std::pair<Operation, Cell>> differs) {
        all.push_back({name, std::move(agent), like, std::move(differs)});
    };
    Agent<M> ringing = Callee<M>(invite_with_100rel<M>(), asked());
    progresses_reliably(ringing);
    Agent<M> held = ringing;
    held.session.accept(held.now);
    add("the 2xx waits for PRACK", held, State::early,
        {{O::progress, accepted},
         {O::accept, accepted},
         {O::reject, accepted},
         {O::redirect, accepted}});
    M knowing = invite_with_100rel<M>();
    MessageModel<M>::add(knowing, Header::supported, "199");
    Agent<M> given_up = Callee<M>(std::move(knowing), asked()).ring();
    MessageOptions why;
    why.reason = "SIP;cause=486";
    given_up.session.progress(given_up.now, 199, why);
    add("a 199 has ended the early dialog", given_up, State::early,
        {{O::progress, dialog_given_up},
         {O::accept, dialog_given_up},
         {O::update, no_dialog_left},
         {O::request, no_dialog_left},
         {O::refer, no_dialog_left},
         {O::subscribe, no_dialog_left}});
    const auto offered = [&](const std::string& method) {
        return std::vector<std::pair<Operation, Cell>>{
            {O::reject, sends({"486 INVITE", "487 " + method})},
            {O::redirect, sends({"302 INVITE", "487 " + method})},
            {O::answer, sends({"200 " + method})},
            {O::decline, sends({"488 " + method})},
            {O::hang_up, sends({"603 INVITE", "487 " + method})}};
    };
    Agent<M> prack = ringing;
    gets_prack(prack, 315, offer);
    add("the offer of their PRACK waits", prack, State::early, offered("PRACK"));
    gets_prack(ringing, 315);
    Agent<M> update = ringing;
    update.session.update(update.now, with(offer));
    add("our UPDATE is under way", update, State::early, {{O::update, update_open}});
    requested(ringing, "UPDATE", 316, offer);
    add("the offer of their UPDATE waits", ringing, State::early, offered("UPDATE"));

    Agent<M> info = Callee<M>(invite_with_100rel<M>(), asked()).ring();
    info.session.request(info.now, "INFO");
    gets(info, "INFO", 407);
    add("a request of ours is challenged", info, State::early,
        {{O::authenticate, sends({"INFO"})}});

    Callee<M> answered;
    answered.answers();
    Agent<M> updating = answered;
    updating.session.update(updating.now);
    add("our UPDATE is under way", updating, State::ack_wait, {{O::update, update_open}});
    Agent<M> changing = answered;
    requested(changing, "UPDATE", 315, offer);
    add("the offer of their UPDATE waits", changing, State::ack_wait,
        {{O::answer, sends({"200 UPDATE"})}, {O::decline, sends({"488 UPDATE"})}});
    requested<M>(answered, "INVITE", 315, offer);
    add("their re-INVITE waits", answered, State::ack_wait,
        {{O::progress, sends({"180 INVITE"})},
         {O::accept, sends({"200 INVITE"})},
         {O::reject, sends({"486 INVITE"})},
         {O::redirect, not_redirected}});
    progresses_reliably<M>(answered);
    answered.session.accept(answered.now);
    add("the 2xx to their re-INVITE waits for PRACK", answered, State::ack_wait,
        {{O::progress, reinvite_accepted},
         {O::accept, reinvite_accepted},
         {O::reject, reinvite_accepted},
         {O::redirect, not_redirected}});
}

const Cell& plain_cell(Operation operation, Role role, State state) {
    for (const Row& row : table)
        if (row.operation == operation)
            return (role == Role::uac ? row.uac : row.uas)[static_cast<int>(state)];
    throw std::out_of_range("no such operation");
}

} // namespace

// RFC 3261 §9.1, §14.1, §14.2, §22.2, RFC 3262 §4, §5, RFC 3311 §5, RFC 6337 §4.3
TEMPLATE_TEST_CASE("what else is under way allows and forbids what the table says, and no more",
                   "[session][rfc3261][14.1][14.2][rfc3262][5][rfc3311][5][rfc6337][4.3]", Message,
                   PlainMessage) {
    std::vector<Situation<TestType>> all;
    add_confirmed(all, Role::uac);
    add_confirmed(all, Role::uas);
    add_calling(all);
    add_called(all);
    unsigned seen = 0;
    for (Situation<TestType>& situation : all) {
        Agent<TestType>& agent = situation.agent;
        const Role role = agent.session.role();
        INFO(situation.name << " in " << describe(agent.state(), role));
        REQUIRE(agent.state() == situation.like);
        agent.wire();
        agent.told();
        seen |= agent.session.pending();
        for (const Operation operation : all_operations) {
            INFO(name_of(operation));
            const Cell* expected = &plain_cell(operation, role, situation.like);
            for (const auto& [differs, other] : situation.differs)
                if (differs == operation) expected = &other;
            check_cell(agent, operation, *expected);
        }
    }
    CHECK(seen == (1U << (static_cast<unsigned>(Pending::given_up) + 1)) - 1);
}

namespace {

/// In that state, with a subscription of the role's peer (1) and one of its own (2), both active.
template <class M>
Agent<M> with_usages(Role role, State state) {
    SessionFeatures features = with_subscriptions();
    InviteOptions call = alice_calls_bob();
    IncomingOptions called = at_bob();
    call.features = called.features = features;
    if (state == State::ack_wait) call.offer = {};
    Agent<M> agent = role == Role::uac ? Agent<M>(Caller<M>(call))
                                       : Agent<M>(Callee<M>(invite_of_peer<M>(), called).ring());
    const bool ringing = state == State::early;
    if (role == Role::uac)
        gets(agent, "INVITE", ringing ? 180 : 200,
             ringing                    ? Body{}
             : state == State::ack_wait ? offer
                                        : answer);
    else if (!ringing)
        agent.session.accept(agent.now, with(answer));
    if (role == Role::uas && state >= State::confirmed) requested(agent, "ACK", 314);
    agent.receive(from_peer_with(agent, "SUBSCRIBE", 1000, {{"Event", "presence"}}), 9);
    agent.session.respond(agent.now, 9, 200);
    answered(agent, "NOTIFY", 200);
    agent.session.subscribe(agent.now, "presence", std::chrono::seconds(900));
    answered(agent, "SUBSCRIBE", 200, {{"Expires", "900"}});
    agent.receive(notify_of_peer(agent, 1001, "presence", "active;expires=900"), 5);
    if (state >= State::terminating) agent.session.bye(agent.now);
    if (state == State::terminated) answered(agent, "BYE", 200);
    return agent;
}

} // namespace

// RFC 5057 §4.1, §5.3: a BYE ends the usage of the INVITE, and no subscription.
TEMPLATE_TEST_CASE("a subscription can be told of and ended in each role and state of its call",
                   "[session][subscribe][rfc5057][4.1][rfc6665][4.1.2.3][4.2.2]", Message,
                   PlainMessage) {
    constexpr UsageId theirs = 1;
    constexpr UsageId ours = 2;
    for (const Role role : {Role::uac, Role::uas})
        for (const State state : all_states) {
            if (state == State::initial) continue; // no dialog has a usage yet
            INFO(describe(state, role));
            Agent<TestType> agent = with_usages<TestType>(role, state);
            REQUIRE(agent.state() == state);
            REQUIRE(agent.session.usage(theirs));
            REQUIRE(agent.session.usage(ours));
            agent.wire();
            agent.told();
            const std::string before = agent.snapshot();
            CHECK(agent.session.try_unsubscribe(agent.now, theirs).code == Errc::unknown_handle);
            CHECK(agent.session.try_notify(agent.now, ours, MessageOptions{}).code
                  == Errc::unknown_handle);
            CHECK(agent.snapshot() == before);
            check_allowed(agent, Operation::notify, {"NOTIFY"}); // of the first usage
            agent.session.unsubscribe(agent.now, ours);
            CHECK(agent.wire() == Lines{"SUBSCRIBE"});
            CHECK(field(agent.last("SUBSCRIBE").message, Header::expires) == "0");
            CHECK(agent.state() == state);
        }
}

// RFC 3311 §5.1: the callee makes no offer unless it "has received a PRACK for that reliable
// provisional response"; RFC 6337 §4.3, UAS-IsU, for what the peer sends.
TEMPLATE_TEST_CASE("no UPDATE makes an offer before PRACK for our answer has come",
                   "[session][rfc3311][5.1][5.2][rfc6337][4.3]", Message, PlainMessage) {
    Agent<TestType> callee = Callee<TestType>(invite_with_100rel<TestType>());
    progresses_reliably(callee);
    callee.wire();
    callee.told();
    const std::string before = callee.snapshot();
    CHECK_THROWS_AS(callee.session.update(callee.now, with(offer)), OfferAnswerConflict);
    CHECK(callee.snapshot() == before);

    Agent<TestType> overtaken = callee;
    requested(overtaken, "UPDATE", 316, offer);
    CHECK(overtaken.wire() == Lines{"500 UPDATE"});
    CHECK_FALSE(field(overtaken.last("500 UPDATE").message, Header::retry_after).empty());
    CHECK(overtaken.told().empty());

    gets_prack(callee, 315);
    CHECK(callee.wire() == Lines{"200 PRACK"});
    requested(callee, "UPDATE", 316, offer);
    CHECK(callee.told() == Lines{"Acknowledged 183", "Updated with offer"});
}

namespace {

template <class M>
struct Misuse {
    const char* name;
    Agent<M> agent;
    Errc code;
    Refusal (*attempt)(Session<M>& session, TimePoint now);
};

MessageOptions with_field(const char* name, const char* value, Body body = {}) {
    MessageOptions options = with(std::move(body));
    options.fields = {{name, value}};
    return options;
}

template <class M>
std::vector<Misuse<M>> misuses() {
    using S = Session<M>;
    std::vector<Misuse<M>> all;
    const auto add = [&all](const char* name, const Agent<M>& agent, Errc code,
                            Refusal (*attempt)(S&, TimePoint)) {
        all.push_back({name, agent, code, attempt});
    };
    for (const Role role : {Role::uac, Role::uas}) {
        const Agent<M> idle = confirmed<M>(role);
        add("reinvite: unsafe", idle, Errc::unsafe_value, [](S& s, TimePoint now) {
            return s.try_reinvite(now, with_field("Subject", "x\r\nVia: y", offer));
        });
        add("reinvite: Contact", idle, Errc::bad_argument, [](S& s, TimePoint now) {
            return s.try_reinvite(now, with_field("Contact", "<sip:x@h>", offer));
        });
        add("update: unsafe", idle, Errc::unsafe_value,
            [](S& s, TimePoint now) { return s.try_update(now, with_field("Subject", "x\ny")); });
        add("update: Contact", idle, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_update(now, with_field("m", "<sip:x@h>")); });
        add("update: no such dialog", idle, Errc::unknown_handle, [](S& s, TimePoint now) {
            MessageOptions options;
            options.fork = 9;
            return s.try_update(now, options);
        });
        add("request: unsafe", idle, Errc::unsafe_value, [](S& s, TimePoint now) {
            TransactionId id = 0;
            return s.try_request(now, "INFO", with_field("Subject", "x\ry"), id);
        });
        add("request: no token", idle, Errc::bad_argument, [](S& s, TimePoint now) {
            TransactionId id = 0;
            return s.try_request(now, "IN FO", {}, id);
        });
        add("request: a method with an operation", idle, Errc::bad_argument,
            [](S& s, TimePoint now) {
                TransactionId id = 0;
                return s.try_request(now, "BYE", {}, id);
            });
        add("request: no such dialog", idle, Errc::unknown_handle, [](S& s, TimePoint now) {
            TransactionId id = 0;
            MessageOptions options;
            options.fork = 9;
            return s.try_request(now, "INFO", options, id);
        });
        add("respond: nothing waits", idle, Errc::unknown_handle,
            [](S& s, TimePoint now) { return s.try_respond(now, 1100, 200); });
        add("respond: provisional", idle, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_respond(now, 1100, 199); });

        Agent<M> update = idle;
        requested(update, "UPDATE", 1000, offer);
        add("answer: none", update, Errc::offer_answer_conflict,
            [](S& s, TimePoint now) { return s.try_answer(now, {}); });
        add("answer: no description", update, Errc::offer_answer_conflict, [](S& s, TimePoint now) {
            return s.try_answer(now, with({"text/plain", "x", {}}));
        });
        add("answer: unsafe", update, Errc::unsafe_value, [](S& s, TimePoint now) {
            return s.try_answer(now, with_field("Subject", "x\ny", answer));
        });
        add("answer: Contact", update, Errc::bad_argument, [](S& s, TimePoint now) {
            return s.try_answer(now, with_field("Contact", "<sip:x@h>", answer));
        });
        add("decline: success", update, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_decline(now, 399); });
        add("decline: no status", update, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_decline(now, 700); });
        add("decline: unsafe", update, Errc::unsafe_value, [](S& s, TimePoint now) {
            return s.try_decline(now, 488, with_field("Warning", "399 h \"\n\""));
        });
        add("respond: an offer", update, Errc::unknown_handle,
            [](S& s, TimePoint now) { return s.try_respond(now, 1100, 200); });
        add("update: over their offer", update, Errc::offer_answer_conflict,
            [](S& s, TimePoint now) { return s.try_update(now, with(offer)); });

        Agent<M> reinvite = idle;
        reinvite.session.reinvite(reinvite.now, with(offer));
        gets(reinvite, "INVITE", 100);
        add("update: over our offer", reinvite, Errc::offer_answer_conflict,
            [](S& s, TimePoint now) { return s.try_update(now, with(offer)); });
        add("cancel: Require", reinvite, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_cancel(now, with_field("Require", "x")); });
        gets(reinvite, "INVITE", 407);
        add("authenticate: unsafe", reinvite, Errc::unsafe_value, [](S& s, TimePoint now) {
            return s.try_authenticate(now, 0, {{"Authorization", "x\ny"}});
        });
        add("authenticate: another request", reinvite, Errc::unknown_handle,
            [](S& s, TimePoint now) { return s.try_authenticate(now, 999, credentials); });

        Agent<M> theirs = idle;
        requested(theirs, "INVITE", 1000, offer);
        add("accept: no answer", theirs, Errc::offer_answer_conflict,
            [](S& s, TimePoint now) { return s.try_accept(now); });
        add("reject: redirection", theirs, Errc::bad_argument,
            [](S& s, TimePoint now) { return s.try_reject(now, 302); });
        Agent<M> silent = idle;
        requested(silent, "INVITE", 1000);
        add("accept: no offer", silent, Errc::offer_answer_conflict,
            [](S& s, TimePoint now) { return s.try_accept(now); });
    }

    Caller<M> late(asking(false));
    gets_reliable<M>(late, offer);
    add("prack: no answer", late, Errc::offer_answer_conflict,
        [](S& s, TimePoint now) { return s.try_prack(now); });
    add("prack: unsafe", late, Errc::unsafe_value, [](S& s, TimePoint now) {
        return s.try_prack(now, with_field("Subject", "x\ny", answer));
    });
    add("prack: no such dialog", late, Errc::unknown_handle, [](S& s, TimePoint now) {
        MessageOptions options = with(answer);
        options.fork = 9;
        return s.try_prack(now, options);
    });
    add("update: before the offer is answered", late, Errc::offer_answer_conflict,
        [](S& s, TimePoint now) { return s.try_update(now, with(offer)); });

    Caller<M> moved(asking());
    moved.receive(reply(moved.invite(), 302, "bob1", {}, "<sip:bob@chicago.example>"));
    add("follow: unsafe", moved, Errc::unsafe_value,
        [](S& s, TimePoint now) { return s.try_follow(now, "sip:bob@chicago.example\n"); });
    add("follow: no URI", moved, Errc::bad_argument,
        [](S& s, TimePoint now) { return s.try_follow(now, "chicago"); });
    add("follow: not named", moved, Errc::unknown_handle,
        [](S& s, TimePoint now) { return s.try_follow(now, "sip:eve@chicago.example"); });

    Caller<M> plain;
    M success = reply(plain.invite(), 200, "bob1", answer);
    MessageModel<M>::add(success, Header::allow, "INVITE, ACK, BYE, CANCEL");
    plain.receive(std::move(success));
    add("update: not in Allow", plain, Errc::not_supported,
        [](S& s, TimePoint now) { return s.try_update(now); });
    const Callee<M> called;
    add("progress: reliable to whom cannot", called, Errc::not_supported, [](S& s, TimePoint now) {
        MessageOptions options;
        options.delivery = Delivery::reliable;
        return s.try_progress(now, 180, options);
    });
    return all;
}

} // namespace

// RFC 3261 §25.1, RFC 3262 §3, §5, RFC 3311 §5.1, RFC 3264 §4
TEMPLATE_TEST_CASE("an operation that is called with what it cannot use changes nothing",
                   "[session][rfc3261][25.1][rfc3262][3][rfc3311][5.1][rfc6337][4]", Message,
                   PlainMessage) {
    for (Misuse<TestType>& misuse : misuses<TestType>()) {
        INFO(misuse.name << " in " << describe(misuse.agent.state(), misuse.agent.session.role()));
        misuse.agent.wire();
        misuse.agent.told();
        const std::string before = misuse.agent.snapshot();
        const Refusal refused = misuse.attempt(misuse.agent.session, misuse.agent.now);
        CHECK(refused.code == misuse.code);
        CHECK(std::string_view(misuse.name).starts_with(std::string(refused.tried) + ":"));
        CHECK_FALSE(refused.needs.empty());
        CHECK(misuse.agent.snapshot() == before);
        CHECK(misuse.agent.wire().empty());
        CHECK(misuse.agent.told().empty());
    }
}

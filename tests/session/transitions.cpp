#include "offhook/session/transitions.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <set>
#include <string>
#include <tuple>

using namespace offhook;
using namespace test;

namespace {

constexpr SessionStep all_steps[] = {SessionStep::ring,    SessionStep::lose_early,
                                     SessionStep::succeed, SessionStep::confirm,
                                     SessionStep::leave,   SessionStep::end};

/// A caller that has got into this state, and can take this step.
Caller<Message> caller_in(State state, SessionStep step) {
    if (state == State::confirmed || state == State::terminating) {
        auto caller = confirmed_caller<Message>();
        if (state == State::terminating) caller.session.bye(caller.now);
        return caller;
    }
    InviteOptions options = alice_calls_bob();
    if (state == State::ack_wait || step == SessionStep::succeed) options.offer = {};
    Caller<Message> caller(options);
    if (state == State::early) caller.gets(180);
    if (state == State::ack_wait) caller.gets(200, "bob1", offer);
    return caller;
}

/// What takes it one step on.
void let(Caller<Message>& caller, State state, SessionStep step) {
    switch (step) {
    case SessionStep::ring: caller.gets(180); break;
    case SessionStep::lose_early: caller.gets(199); break;
    case SessionStep::succeed: caller.gets(200, "bob1", offer); break;
    case SessionStep::confirm:
        if (state == State::ack_wait)
            caller.session.ack(caller.now, with(answer));
        else
            caller.gets(200, "bob1", answer);
        break;
    case SessionStep::leave:
        if (state == State::initial)
            caller.gets(200); // without the answer that it has to bring
        else if (state == State::early)
            caller.session.bye(caller.now);
        else
            caller.session.hang_up(caller.now);
        break;
    case SessionStep::end:
        if (state == State::terminating)
            caller.gets_for("BYE", 200);
        else if (state <= State::early)
            caller.gets(486);
        else
            caller.requested("BYE");
        break;
    }
}

Callee<Message> callee_in(State state) {
    Callee<Message> callee;
    if (state == State::early) callee.ring();
    if (state >= State::ack_wait) callee.answers();
    if (state >= State::confirmed) callee.gets_ack();
    if (state == State::terminating) callee.session.bye(callee.now);
    return callee;
}

void let(Callee<Message>& callee, State state, SessionStep step) {
    switch (step) {
    case SessionStep::ring: callee.ring(); break;
    case SessionStep::lose_early: break; // the callee's only dialog lives as long as its INVITE
    case SessionStep::succeed: callee.answers(); break;
    case SessionStep::confirm: callee.gets_ack(); break;
    case SessionStep::leave: callee.session.bye(callee.now); break;
    case SessionStep::end:
        if (state == State::terminating)
            callee.gets_for("BYE", 200);
        else if (state <= State::early)
            callee.session.reject(callee.now, 486);
        else
            callee.requested("BYE");
        break;
    }
}

} // namespace

TEST_CASE("every transition of a session is made by what its row names", "[session][rfc3261][15]") {
    for (const SessionTransition& row : session_transitions) {
        CAPTURE(describe(row.state, row.role), static_cast<int>(row.step));
        if (row.role == Role::uac) {
            auto caller = caller_in(row.state, row.step);
            REQUIRE(caller.state() == row.state);
            let(caller, row.state, row.step);
            CHECK(caller.state() == row.next);
        } else {
            auto callee = callee_in(row.state);
            REQUIRE(callee.state() == row.state);
            let(callee, row.state, row.step);
            CHECK(callee.state() == row.next);
        }
    }
}

TEST_CASE("a session's transitions are determined, and lead to its end from every state",
          "[session][rfc3261][15]") {
    std::set<std::tuple<Role, State, SessionStep>> seen;
    for (const SessionTransition& row : session_transitions) {
        CHECK(seen.insert({row.role, row.state, row.step}).second);
        CHECK(row.section.starts_with("RFC "));
        CHECK(state_after(row.role, row.state, row.step) == row.next);
        // Nothing but the loss of all early dialogs goes back.
        CHECK((row.next > row.state || row.step == SessionStep::lose_early));
    }
    for (const Role role : {Role::uac, Role::uas})
        for (const State state : all_states) {
            CAPTURE(describe(state, role));
            CHECK(state_after(role, state, SessionStep::end) == State::terminated);
            for (const SessionStep step : all_steps)
                if (!seen.contains({role, state, step}))
                    CHECK(state_after(role, state, step) == state);
        }
}

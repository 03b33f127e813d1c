#include "offhook/session/operation.hpp"

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "../catch.hpp"

using namespace offhook;

namespace {

/// What leaves where an operation is allowed; what does leave is held against the code elsewhere.
std::string effect(Operation operation, Role role, State state) {
    switch (operation) {
    case Operation::progress: return "1xx";
    case Operation::accept: return "2xx";
    case Operation::reject: return "4xx–6xx";
    case Operation::redirect: return "3xx";
    case Operation::ack: return "ACK";
    case Operation::prack: return "PRACK";
    case Operation::cancel: return "CANCEL";
    case Operation::reinvite: return "INVITE";
    case Operation::update: return "UPDATE";
    case Operation::answer: return "200";
    case Operation::decline: return "4xx–6xx";
    case Operation::request: return "the request";
    case Operation::authenticate:
    case Operation::follow: return "the request again";
    case Operation::refer: return "REFER";
    case Operation::subscribe:
    case Operation::unsubscribe: return "SUBSCRIBE";
    case Operation::notify: return "NOTIFY";
    case Operation::bye: return "BYE";
    case Operation::hang_up: break;
    }
    if (state >= State::terminating) return "nothing";
    if (state == State::confirmed) return "BYE";
    if (state == State::ack_wait) return role == Role::uac ? "ACK, BYE" : "BYE after the ACK";
    return role == Role::uac ? "CANCEL" : "603, or your choice";
}

std::string cell(Operation operation, Role role, State state) {
    const Refusal refused = refusal(operation, role, state);
    return refused ? std::string(exception_of(refused.code)) : effect(operation, role, state);
}

/// A row for each operation, a column for each state: of the UAC, of the UAS, of both at the end.
std::string table() {
    constexpr State living[] = {State::initial, State::early, State::ack_wait, State::confirmed};
    std::string text = "| | UAC Initial | UAC Early | UAC AckWait | UAC Confirmed | UAS Initial "
                       "| UAS Early | UAS AckWait | UAS Confirmed | Terminating, Terminated |\n"
                       "|---|---|---|---|---|---|---|---|---|---|\n";
    for (const Operation operation : all_operations) {
        text += "| `" + std::string(name_of(operation)) + "` |";
        for (const Role role : {Role::uac, Role::uas})
            for (const State state : living)
                text += " " + cell(operation, role, state) + " |";
        text += " " + cell(operation, Role::uac, State::terminated) + " |\n";
    }
    return text;
}

/// What can be under way besides, and the roles and states in which it can be.
struct Situation {
    std::string_view name;
    unsigned pending;
    unsigned roles;
    unsigned states;
};

constexpr unsigned calling = detail::set(Role::uac);
constexpr unsigned confirmed = detail::set(State::confirmed);

constexpr Situation situations[] = {
    {"the INVITE is cancelled", detail::set(Pending::cancelling), calling, detail::unanswered},
    {"an early dialog that we had left is answered", detail::set(Pending::left), calling,
     detail::unanswered},
    {"a 3xx to the INVITE waits", detail::set(Pending::redirection), calling,
     detail::set(State::initial)},
    {"a 401 or 407 to the INVITE waits", detail::set(Pending::challenge), calling,
     detail::set(State::initial)},
    {"one to another request waits", detail::set(Pending::challenge), detail::both,
     detail::set(State::early, State::confirmed, State::terminating)},
    {"a reliable 1xx to the INVITE wants PRACK", detail::set(Pending::prack_owed), calling,
     detail::unanswered},
    {"our 2xx to the INVITE waits for PRACK", detail::set(Pending::accepted),
     detail::set(Role::uas), detail::set(State::early)},
    {"a 199 of ours has ended the early dialog", detail::set(Pending::given_up),
     detail::set(Role::uas), detail::set(State::early)},
    {"our re-INVITE is under way", detail::set(Pending::our_reinvite), detail::both, confirmed},
    {"and is cancelled", detail::set(Pending::our_reinvite, Pending::cancelling), detail::both,
     confirmed},
    {"and its reliable 1xx wants PRACK", detail::set(Pending::our_reinvite, Pending::prack_owed),
     detail::both, confirmed},
    {"and its 2xx wants an answer", detail::set(Pending::ack_owed), detail::both, confirmed},
    {"their re-INVITE waits", detail::set(Pending::their_reinvite), detail::both, confirmed},
    {"and our 2xx waits for PRACK", detail::set(Pending::their_reinvite, Pending::accepted),
     detail::both, confirmed},
    {"and our 2xx has no ACK", detail::set(Pending::their_ack), detail::both, confirmed},
    {"our UPDATE is under way", detail::set(Pending::our_update), detail::both, confirmed},
    {"the offer of their UPDATE or PRACK waits", detail::set(Pending::their_offer), detail::both,
     detail::set(State::early, State::confirmed)},
};

bool holds(unsigned set, unsigned element) {
    return (set & (1U << element)) != 0;
}

/// Which operations a situation allows, or refuses, in one of its roles and states and not without
/// it.
std::string changes(const Situation& situation, bool allows) {
    std::string text;
    for (const Operation operation : all_operations) {
        std::string change;
        for (const Role role : {Role::uac, Role::uas})
            for (const State state : all_states) {
                if (!holds(situation.roles, static_cast<unsigned>(role))) continue;
                if (!holds(situation.states, static_cast<unsigned>(state))) continue;
                const Refusal plain = refusal(operation, role, state);
                const Refusal now = refusal(operation, role, state, situation.pending);
                if (static_cast<bool>(now) == allows || (plain && now && plain.code == now.code))
                    continue;
                if (allows && !plain) continue;
                change = "`" + std::string(name_of(operation)) + "`";
                if (now) change.append(" ").append(exception_of(now.code));
            }
        if (change.empty()) continue;
        if (!text.empty()) text += ", ";
        text += change;
    }
    return text.empty() ? "–" : text;
}

/// A row for each situation, with what it changes in the table above.
std::string situation_table() {
    std::string text = "| while | also allowed | refused |\n|---|---|---|\n";
    for (const Situation& situation : situations)
        text += "| " + std::string(situation.name) + " | " + changes(situation, true) + " | "
                + changes(situation, false) + " |\n";
    return text;
}

} // namespace

// A BYE that is challenged can be sent again: authenticate() outlasts the session. So do
// unsubscribe() and notify(), as a subscription can outlive the call (RFC 5057 §4.2).
TEST_CASE(
    "after the end every operation is refused in either role, but for hang_up and those of usages",
    "[session][operation]") {
    for (const Operation operation : all_operations)
        for (const State state : {State::terminating, State::terminated})
            for (const Role role : {Role::uac, Role::uas})
                CHECK(cell(operation, role, state)
                      == (operation == Operation::hang_up        ? "nothing"
                          : operation == Operation::authenticate ? "WrongState"
                          : operation == Operation::unsubscribe  ? "SUBSCRIBE"
                          : operation == Operation::notify       ? "NOTIFY"
                                                                 : "SessionTerminated"));
}

TEST_CASE("the README's tables of operations are those of the code",
          "[session][operation][readme]") {
    std::ifstream file(OFFHOOK_TESTS_DIR "/../README.md");
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    INFO(table() << situation_table());
    CHECK(readme.find(table()) != std::string::npos);
    CHECK(readme.find("\n" + situation_table() + "\n") != std::string::npos);
}

#include "offhook/session/operation.hpp"

#include <fstream>
#include <iterator>
#include <string>

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

} // namespace

// A BYE that is challenged can be sent again: authenticate() outlasts the session.
TEST_CASE("after the end every operation is refused in either role, but for hang_up",
          "[session][operation]") {
    for (const Operation operation : all_operations)
        for (const State state : {State::terminating, State::terminated})
            for (const Role role : {Role::uac, Role::uas})
                CHECK(cell(operation, role, state)
                      == (operation == Operation::hang_up        ? "nothing"
                          : operation == Operation::authenticate ? "WrongState"
                                                                 : "SessionTerminated"));
}

TEST_CASE("the README's table of operations is that of the code", "[session][operation][readme]") {
    std::ifstream file(OFFHOOK_TESTS_DIR "/../README.md");
    const std::string readme{std::istreambuf_iterator<char>(file), {}};
    INFO(table());
    CHECK(readme.find(table()) != std::string::npos);
}

#include "offhook/session/state.hpp"

#include "../catch.hpp"

#include <set>
#include <string>

using namespace offhook;

TEST_CASE("each state has a name for each role, but for the end", "[session]") {
    std::set<std::string_view> names;
    for (const State state : all_states)
        for (const Role role : {Role::uac, Role::uas}) {
            if (state == State::terminated) continue;
            const std::string_view name = describe(state, role);
            CHECK(name.ends_with(role == Role::uac ? " (UAC)" : " (UAS)"));
            names.insert(name);
        }
    CHECK(names.size() == 10);
    CHECK(describe(State::ack_wait, Role::uas) == "AckWait (UAS)");
    // Who operates on a call that is gone may have been called.
    for (const Role role : {Role::uac, Role::uas})
        CHECK(describe(State::terminated, role) == "Terminated");
}

#include "offhook/session/replacement.hpp"

#include "../catch.hpp"

using namespace offhook;

// RFC 3891 §3, RFC 3911 §4: each claim on a dialog of each role in each state.
TEST_CASE("each claim on a dialog is judged as the RFC says, row by row",
          "[session][rfc3891][3][rfc3911][4]") {
    struct Row {
        State state;
        Role role;
        int replaces;
        int early_only;
        int joins;
    };
    static constexpr Row rows[] = {
        {State::initial, Role::uac, 481, 481, 481},
        {State::initial, Role::uas, 481, 481, 481},
        {State::early, Role::uac, 0, 0, 0},
        {State::early, Role::uas, 481, 481, 0},
        {State::ack_wait, Role::uac, 0, 486, 0},
        {State::ack_wait, Role::uas, 0, 486, 0},
        {State::confirmed, Role::uac, 0, 486, 0},
        {State::confirmed, Role::uas, 0, 486, 0},
        {State::terminating, Role::uac, 603, 603, 603},
        {State::terminating, Role::uas, 603, 603, 603},
        {State::terminated, Role::uac, 603, 603, 603},
        {State::terminated, Role::uas, 603, 603, 603},
    };
    static_assert(std::size(rows) == std::size(all_states) * 2 && std::size(all_claims) == 3);
    for (const Row& row : rows) {
        CAPTURE(describe(row.state, row.role));
        CHECK(refused_with(Claim::replaces, row.role, row.state) == row.replaces);
        CHECK(refused_with(Claim::replaces_early_only, row.role, row.state) == row.early_only);
        CHECK(refused_with(Claim::joins, row.role, row.state) == row.joins);
    }
}

// RFC 3891 §4, RFC 3911 §5, RFC 4538 §3
TEST_CASE("a dialog is named as its receiver sees it", "[session][rfc3891][4][rfc4538][3]") {
    const DialogName ours{"call@a", "mine", "theirs"};
    const DialogName receivers = ours.from_other_side();
    const auto line = [](const HeaderField& field) { return field.name + ": " + field.value; };
    CHECK(line(replaces_field(receivers)) == "Replaces: call@a;to-tag=theirs;from-tag=mine");
    CHECK(line(replaces_field(receivers, Replaceable::early_only))
          == "Replaces: call@a;to-tag=theirs;from-tag=mine;early-only");
    CHECK(line(join_field(receivers)) == "Join: call@a;to-tag=theirs;from-tag=mine");
    CHECK(line(target_dialog_field(receivers))
          == "Target-Dialog: call@a;local-tag=theirs;remote-tag=mine");
}

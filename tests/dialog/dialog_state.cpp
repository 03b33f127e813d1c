#include "offhook/dialog/dialog_state.hpp"

#include "../catch.hpp"

using namespace offhook;

TEST_CASE("a dialog is named by its Call-ID and both tags", "[dialog][rfc3261][12]") {
    const DialogId id{"a84b4c76e66710", "1928301774", "314159"};
    CHECK(id == DialogId{"a84b4c76e66710", "1928301774", "314159"});
    CHECK_FALSE(id == DialogId{"another", "1928301774", "314159"});
    CHECK_FALSE(id == DialogId{"a84b4c76e66710", "another", "314159"});
    CHECK_FALSE(id == DialogId{"a84b4c76e66710", "1928301774", "another"});
    CHECK_FALSE(id == DialogId{"a84b4c76e66710", "1928301774", ""});
    CHECK_FALSE(id == DialogId{"a84b4c76e66710", "314159", "1928301774"}); // that is the other end
}

// RFC 3261 §7.3.1: tokens, and so tags, have no case; §20.8: a Call-ID has.
TEST_CASE("tags are compared without case, a Call-ID with it", "[dialog][rfc3261][7.3.1][20.8]") {
    CHECK(DialogId{"Call", "abc", "def"} == DialogId{"Call", "ABC", "Def"});
    CHECK_FALSE(DialogId{"Call", "abc", "def"} == DialogId{"call", "abc", "def"});
}

TEST_CASE("the state of a dialog is plain data", "[dialog][rfc3261][12]") {
    DialogState state;
    CHECK_FALSE(state.local_sequence_number);
    CHECK_FALSE(state.remote_sequence_number);
    CHECK_FALSE(state.confirmed);
    CHECK_FALSE(state.secure);
    state.text.set(DialogState::Text::call_id, "c");
    state.text.set(DialogState::Text::remote_tag, "r");
    state.text.set(DialogState::Text::local_tag, "l");
    CHECK(state.id() == DialogId{"c", "l", "r"});

    DialogState copy = state;
    CHECK(copy == state);
    copy.text.set(DialogState::Text::local_tag, "L");
    CHECK_FALSE(copy == state);
    CHECK(state.id().local_tag == "l");
}

#include "offhook/message/dialog_name.hpp"

#include "../catch.hpp"

using offhook::DialogName;

TEST_CASE("a dialog has two sides that see its tags the other way round",
          "[message][rfc3261][12]") {
    const DialogName here{"a@b", "mine", "yours"};
    CHECK(here.from_other_side() == DialogName{"a@b", "yours", "mine"});
    CHECK(here.from_other_side().from_other_side() == here);
    CHECK_FALSE(here == DialogName{"a", "mine", "yours"});
    CHECK_FALSE(here == DialogName{"a@b", "mine", ""});
    CHECK_FALSE(here == DialogName{"a@b", "", "yours"});
}

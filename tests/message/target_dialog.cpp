#include "offhook/message/target_dialog.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::DialogName;
using offhook::TargetDialog;

// RFC 4538 §4: the values have to be those of a dialog of the receiver, as the receiver sees it.
TEST_CASE("a Target-Dialog names a dialog as its receiver sees it", "[message][rfc4538][4]") {
    const auto value =
        TargetDialog::parse("fa77as7dad8-sd98ajzz@host.example.com ;local-tag=kkaz-;x\t"
                            ";remote-tag=6544");
    REQUIRE(value);
    const DialogName dialog{"fa77as7dad8-sd98ajzz@host.example.com", "kkaz-", "6544"};
    CHECK(value->dialog() == dialog);
    CHECK(value->names(dialog));
    CHECK_FALSE(value->names(dialog.from_other_side()));
    CHECK_FALSE(value->names({"fa77as7dad8-sd98ajzz", "kkaz-", "6544"}));
    CHECK_FALSE(TargetDialog::parse("a;local-tag=0;remote-tag=0")->names({"a", "", ""}));
}

// RFC 4538 §3
TEST_CASE("a Target-Dialog that is written holds Call-ID and both tags", "[message][rfc4538][3]") {
    const DialogName dialog{"a@b", "1", "2"};
    const std::string text = TargetDialog::write(dialog);
    CHECK(text == "a@b;local-tag=1;remote-tag=2");
    REQUIRE(TargetDialog::parse(text));
    CHECK(TargetDialog::parse(text)->dialog() == dialog);
}

// RFC 4538 §4: one without both tags MUST be ignored.
TEST_CASE("a Target-Dialog without both tags is none", "[message][rfc4538][4]") {
    const Malformed rows[] = {
        {"", "Target-Dialog: callid @ 0"},
        {" ;local-tag=1;remote-tag=2", "Target-Dialog: callid @ 1"},
        {"a;local-tag=1", "Target-Dialog: remote-param @ 13"},
        {"a;remote-tag=1", "Target-Dialog: local-param @ 14"},
        {"a;remote-tag;local-tag=1", "Target-Dialog: remote-param @ 24"},
        {"a;remote-tag=1;remote-tag=2;local-tag=3", "generic-param: repeated @ 15"},
        {"a;remote-tag=1;local-tag=3 b", "Target-Dialog: td-param @ 27"},
        {"a;to-tag=1;from-tag=2", "Target-Dialog: remote-param @ 21"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(TargetDialog::parse(row.text)) == row.fault);
    }
}

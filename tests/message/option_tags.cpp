#include "offhook/message/option_tags.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::OptionTags;

TEST_CASE("option tags are found without regard to case", "[message][rfc3261][20.32]") {
    const auto tags = OptionTags::parse("100rel, timer ,Replaces");
    REQUIRE(tags);
    CHECK(tags->contains("100rel"));
    CHECK(tags->contains("TIMER"));
    CHECK(tags->contains("replaces"));
    CHECK_FALSE(tags->contains("100re"));
    CHECK_FALSE(tags->contains("100rel, timer"));
    CHECK_FALSE(tags->contains(""));
    std::string all;
    for (const auto tag : *tags)
        all.append(tag).append("|");
    CHECK(all == "100rel|timer|Replaces|");
}

// RFC 3261 §20.37: an empty Supported means no extensions.
TEST_CASE("there may be no option tags at all", "[message][rfc3261][20.37]") {
    for (const std::string_view text : {"", " ", ","}) {
        const auto tags = OptionTags::parse(text);
        REQUIRE(tags);
        CHECK(tags->begin() == tags->end());
    }
    CHECK(OptionTags{}.begin() == OptionTags{}.end());
}

TEST_CASE("what is no token is no option tag", "[message][rfc3261][25.1]") {
    CHECK(fault_of(OptionTags::parse("a b")) == "option-tag @ 1");
    CHECK(fault_of(OptionTags::parse(" timer, 100rel;x")) == "option-tag @ 14");
    CHECK(fault_of(OptionTags::parse("a,\"b,c\"")) == "option-tag @ 2");
    CHECK(fault_of(OptionTags::parse("a,<b")) == "option-tag @ 2");
}

#include "offhook/message/list.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"

using offhook::ListRange;

namespace {

std::vector<std::string> values(std::string_view text) {
    std::vector<std::string> all;
    for (const std::string_view value : ListRange(text))
        all.emplace_back(value);
    return all;
}

using Values = std::vector<std::string>;

} // namespace

TEST_CASE("a list gives its values without the blanks around them", "[message][rfc3261][7.3.1]") {
    CHECK(values("a") == Values{"a"});
    CHECK(values(" a b\t, c ,d ") == Values{"a b", "c", "d"});
}

TEST_CASE("empty values of a list are passed over", "[message]") {
    CHECK(values("").empty());
    CHECK(values(" \t ").empty());
    CHECK(values(",, ,").empty());
    CHECK(values(",a,,b,") == Values{"a", "b"});
}

TEST_CASE("a comma in quotes or angle brackets separates nothing", "[message][rfc3261][20.10]") {
    CHECK(values(R"("Bell, A" <sip:a@b>, <sip:c,d@e>;x="1,2")")
          == Values{R"("Bell, A" <sip:a@b>)", R"(<sip:c,d@e>;x="1,2")"});
    CHECK(values(R"("a\",b",c)") == Values{R"("a\",b")", "c"});
    CHECK(values(R"("a\\",b)") == Values{R"("a\\")", "b"});
    CHECK(values(R"("<",a,">")") == Values{R"("<")", "a", R"(">")"});
    CHECK(values(R"(<">,a)") == Values{R"(<">)", "a"});
    CHECK(values(R"(a\,b)") == Values{R"(a\)", "b"});
}

TEST_CASE("what is never closed ends with the list", "[message][faults][20]") {
    CHECK(values("a,\"b,c") == Values{"a", "\"b,c"});
    CHECK(values("a,<b,c") == Values{"a", "<b,c"});
    CHECK(values("a,\"b\\") == Values{"a", "\"b\\"});
    CHECK(values("\"\\") == Values{"\"\\"});
}

TEST_CASE("a list knows its first value and how many there are", "[message]") {
    CHECK(ListRange(" a , b").first() == "a");
    CHECK(ListRange(" , ").first().empty());
    CHECK(ListRange("a,b,,c").count() == 3);
    CHECK(ListRange("").count() == 0);
}

// belle-sip looped where one list header came three times; others fell over hundreds of values.
TEST_CASE("a list of thousands of values ends", "[message][faults][25][26]") {
    std::string text;
    for (int i = 0; i < 20000; ++i)
        text += "a, ,";
    CHECK(ListRange(text).count() == 20000);
    CHECK(ListRange(std::string(65535, ',')).count() == 0);
    CHECK(ListRange(std::string(65535, '"')).count() == 1);
}

#include "offhook/message/call_id.hpp"

#include <string>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::CallId;

TEST_CASE("a Call-ID is one word or two with an @", "[message][rfc3261][20.8]") {
    CHECK(CallId::parse("f81d4fae-7dec-11d0-a765-00a0c91e6bf6@foo.bar.com")->text
          == "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@foo.bar.com");
    CHECK(CallId::parse(" a84b4c76e66710 ")->text == "a84b4c76e66710");
    CHECK(*CallId::parse("a@b") == CallId{"a@b"});
    CHECK_FALSE(*CallId::parse("a@b") == *CallId::parse("A@b"));
}

// RFC 4475 §3.1.1.2: quotes and brackets of a word mean nothing and need no partner.
TEST_CASE("the words of a Call-ID hold quotes and brackets", "[message][rfc4475][3.1.1.2]") {
    const std::string_view text = "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{";
    CHECK(CallId::parse(text)->text == text);
    CHECK(CallId::parse("(\"a<@b")->text == "(\"a<@b");
}

TEST_CASE("a malformed Call-ID is refused where it breaks", "[message][rfc3261][20.8]") {
    const Malformed rows[] = {
        {"", "Call-ID: callid @ 0"},         {"  ", "Call-ID: callid @ 2"},
        {"@b", "Call-ID: callid @ 0"},       {"a@", "Call-ID: callid @ 2"},
        {"a@b@c", "Call-ID: callid @ 3"},    {"a b", "Call-ID: callid @ 2"},
        {"a;b", "Call-ID: callid @ 1"},      {"a,b", "Call-ID: callid @ 1"},
        {"\xc3\xa4", "Call-ID: callid @ 0"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(CallId::parse(row.text)) == row.fault);
    }
}

TEST_CASE("a Call-ID may be long", "[message][rfc4475][3.1.1.7]") {
    const std::string text(60000, 'x');
    CHECK(CallId::parse(text)->text == text);
}

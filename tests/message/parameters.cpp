#include "offhook/message/parameters.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Parameters;

namespace {

std::string many_parameters(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i)
        text += ";p" + std::to_string(i);
    return text;
}

} // namespace

TEST_CASE("parameters are read in order, with values, flags and quotes",
          "[message][rfc3261][25.1]") {
    const auto parsed = Parameters::parse("; tag = 12 ;lr;\tq=\"a;b\\\"\"; Host=[::1]");
    REQUIRE(parsed);
    std::string seen;
    for (const auto& parameter : *parsed) {
        seen.append(parameter.name).append("|").append(parameter.value);
        seen += parameter.quoted ? "|quoted " : " ";
    }
    CHECK(seen == "tag|12 lr| q|\"a;b\\\"\"|quoted Host|[::1] ");
    CHECK(parsed->text() == "; tag = 12 ;lr;\tq=\"a;b\\\"\"; Host=[::1]");
    CHECK_FALSE(parsed->empty());
}

TEST_CASE("a parameter is found by its name without regard to case", "[message][rfc3261][7.3.1]") {
    const auto parsed = Parameters::parse(";Tag=aB;lr;n=\"x\"");
    REQUIRE(parsed);
    CHECK(parsed->find("tAG") == "aB");
    CHECK(parsed->find("lr") == "");
    CHECK(parsed->find("n") == "\"x\"");
    CHECK_FALSE(parsed->find("ta"));
    CHECK_FALSE(parsed->find("tagg"));
    CHECK_FALSE(parsed->find(""));
    CHECK(parsed->has("LR"));
    CHECK_FALSE(parsed->has("aB"));
    CHECK(parsed->value("tag") == "aB");
    CHECK(parsed->value("lr").empty());
    CHECK(parsed->value("missing").empty());
}

TEST_CASE("no parameters are parameters too", "[message]") {
    for (const std::string_view text : {"", " \t"}) {
        const auto parsed = Parameters::parse(text);
        REQUIRE(parsed);
        CHECK(parsed->empty());
        CHECK(parsed->text().empty());
        CHECK(parsed->begin() == parsed->end());
    }
}

TEST_CASE("parameters end before the blanks behind them", "[message]") {
    const auto parsed = Parameters::parse(" ;a=1 ;b \t");
    REQUIRE(parsed);
    CHECK(parsed->text() == ";a=1 ;b");
}

TEST_CASE("values may hold what tokens, hosts and careless peers write", "[message]") {
    for (const std::string_view value : {"token1~`'+_*!-.%", "192.0.2.1", "[2001:db8::1]",
                                         "2001:db8::9:255", "a/b", "a@b", "YQ==", "x?y&z$"}) {
        CAPTURE(value);
        const std::string text = ";v=" + std::string(value);
        const auto parsed = Parameters::parse(text);
        REQUIRE(parsed);
        CHECK(parsed->value("v") == value);
    }
}

TEST_CASE("a parameter that breaks the grammar is refused where it does",
          "[message][rfc3261][25.1]") {
    const Malformed rows[] = {
        {";", "generic-param @ 1"},
        {";;a", "generic-param @ 1"},
        {";a;", "generic-param @ 3"},
        {";a ; ;b", "generic-param @ 5"},
        {";=1", "generic-param @ 1"},
        {";a=", "gen-value @ 3"},
        {";a= ;b", "gen-value @ 4"},
        {";0=;", "gen-value @ 3"},
        {";a=<b>", "gen-value @ 3"},
        {";a=\"b", "quoted-string @ 3"},
        {";a=\"b\\", "quoted-string @ 3"},
        {";a=\"b\"c", "generic-param @ 6"},
        {";a b", "generic-param @ 3"},
        {";a=b c", "generic-param @ 5"},
        {";a=b=", "ok"},
        {"a", "generic-param @ 0"},
        {";a,b", "generic-param @ 2"},
        {";\xc3\xa4=1", "generic-param @ 1"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(Parameters::parse(row.text)) == row.fault);
    }
}

// RFC 3261 §7.3.1: a parameter name must not appear more than once.
TEST_CASE("a parameter name may not appear twice", "[message][rfc3261][7.3.1]") {
    CHECK(fault_of(Parameters::parse(";tag=1;tag=1")) == "generic-param: repeated @ 7");
    CHECK(fault_of(Parameters::parse(";a;lr; LR =x")) == "generic-param: repeated @ 7");
    CHECK(fault_of(Parameters::parse(";a;b;c;a")) == "generic-param: repeated @ 7");
    CHECK(fault_of(Parameters::parse(";a=\";b\";b")) == "ok");
    CHECK(fault_of(Parameters::parse(";ab;ba;abc;cab")) == "ok");
}

TEST_CASE("a value has at most sixty-four parameters", "[message][limits]") {
    CHECK(fault_of(Parameters::parse(many_parameters(64))) == "ok");
    const std::string text = many_parameters(65);
    CHECK(fault_of(Parameters::parse(text))
          == "generic-param: too many @ " + std::to_string(text.size() - 3));
    CHECK_FALSE(Parameters::parse(many_parameters(20000)));
}

TEST_CASE("a parameter is a number only as a whole and within its limit", "[message]") {
    const auto parsed =
        Parameters::parse(";a=0255;b=256;c=12x;d;e=\"1\";f=4294967295;g=4294967296");
    REQUIRE(parsed);
    CHECK(parsed->number("a", 255) == 255U);
    CHECK(parsed->number("b", 256) == 256U);
    CHECK_FALSE(parsed->number("b", 255));
    CHECK_FALSE(parsed->number("c"));
    CHECK_FALSE(parsed->number("d"));
    CHECK_FALSE(parsed->number("e"));
    CHECK(parsed->number("f") == 4294967295U);
    CHECK_FALSE(parsed->number("g"));
    CHECK_FALSE(parsed->number("missing"));
}

TEST_CASE("what is left over behind parameters breaks the rule of the value", "[message]") {
    offhook::Scanner in("x;a=1 y");
    in.advance(1);
    Parameters parameters;
    const auto error = parameters.read(in, "Reason: reason-params");
    REQUIRE(error);
    CHECK(error.rule == "Reason: reason-params");
    CHECK(error.offset == 6);
}

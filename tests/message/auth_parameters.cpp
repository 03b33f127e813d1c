#include "offhook/message/auth_parameters.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"

using offhook::AuthParameters;

namespace {

// "ok", or the rule and the byte.
std::string read(std::string_view text, AuthParameters& parameters) {
    offhook::Scanner in(text);
    const auto error = parameters.read(in);
    return error ? std::string(error.rule) + " @ " + std::to_string(error.offset) : "ok";
}

std::string read(std::string_view text) {
    AuthParameters parameters;
    return read(text, parameters);
}

} // namespace

TEST_CASE("auth parameters are names with values, separated by commas",
          "[message][rfc3261][25.1]") {
    AuthParameters parameters;
    REQUIRE(read("realm = \"a, b=c\" ,nonce=\"x\\\"y\", qop=auth ", parameters) == "ok");
    std::string all;
    for (const auto& parameter : parameters)
        all.append(parameter.name)
            .append("|")
            .append(parameter.value)
            .append(parameter.quoted ? "|quoted " : " ");
    CHECK(all == "realm|\"a, b=c\"|quoted nonce|\"x\\\"y\"|quoted qop|auth ");
    CHECK(parameters.find("REALM") == "\"a, b=c\"");
    CHECK(parameters.value("realm") == "a, b=c");
    CHECK(parameters.value("nonce") == "x\\\"y");
    CHECK(parameters.value("missing").empty());
    CHECK(parameters.has("qop"));
    CHECK_FALSE(parameters.has("b"));
    CHECK_FALSE(AuthParameters{}.has("a"));
}

TEST_CASE("empty elements between commas are passed over", "[message]") {
    AuthParameters parameters;
    REQUIRE(read(", a=1,, ,b=2 ,", parameters) == "ok");
    CHECK(parameters.value("a") == "1");
    CHECK(parameters.value("b") == "2");
}

TEST_CASE("malformed auth parameters are refused where they break", "[message][rfc3261][25.1]") {
    CHECK(read("") == "auth-param @ 0");
    CHECK(read(",") == "auth-param @ 1");
    CHECK(read("a") == "auth-param @ 1");
    CHECK(read("a=") == "auth-param @ 2");
    CHECK(read("a= ,b=1") == "auth-param @ 3");
    CHECK(read("=a") == "auth-param @ 0");
    CHECK(read("a=1 b=2") == "auth-param @ 4");
    CHECK(read("a=1;b=2") == "auth-param @ 3");
    CHECK(read("a=1,b") == "auth-param @ 5");
    CHECK(read("a=\"1") == "quoted-string @ 2");
    CHECK(read("a=\"1\\") == "quoted-string @ 2");
    CHECK(read("a=1, A=2") == "auth-param: repeated @ 5");
}

// resip looped on this challenge.
TEST_CASE("a value with no name is refused and ends", "[message][faults][23]") {
    CHECK(read(",=MD5,") == "auth-param @ 1");
    CHECK(read(std::string(60000, ',')) == "auth-param @ 60000");
}

TEST_CASE("there are at most sixty-four auth parameters", "[message][limits]") {
    std::string text = "p0=1";
    for (int i = 1; i < 64; ++i)
        text += ",p" + std::to_string(i) + "=1";
    CHECK(read(text) == "ok");
    const std::size_t size = text.size();
    CHECK(read(text + ",x=1") == "auth-param: too many @ " + std::to_string(size + 1));
}

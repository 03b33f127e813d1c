#include "offhook/dialog/response_effect.hpp"

#include "../catch.hpp"

#include <set>
#include <string>

using namespace offhook;

namespace {
const std::set<int> ends_dialog = {404, 410, 416, 482, 483, 484, 485, 502, 604};
const std::set<int> ends_usage = {405, 480, 481, 489, 501};

ResponseEffect by_the_table(int status) {
    if (ends_dialog.count(status)) return ResponseEffect::dialog;
    return ends_usage.count(status) ? ResponseEffect::usage : ResponseEffect::transaction;
}
} // namespace

// RFC 5057 §5.1, table 1: a NOTIFY in a dialog that an INVITE made
TEST_CASE("each response to NOTIFY ends what the survey says", "[dialog][rfc5057][5.1]") {
    for (int status = 100; status < 700; ++status) {
        INFO(status);
        CHECK(effect_of_response(status, "NOTIFY") == by_the_table(status));
        CHECK(effect_of_response(status, "SUBSCRIBE") == by_the_table(status));
    }
}

// RFC 5057 §5.1 (2), (9), (10), (14), §5.3: what destroys the dialog does so whatever the request.
TEST_CASE("an error of the dialog ends it whatever the method", "[dialog][rfc5057][5.1][5.3]") {
    for (const char* method : {"INVITE", "BYE", "PRACK", "UPDATE", "INFO", "SUBSCRIBE", "NOTIFY",
                               "REFER", "OPTIONS", "MESSAGE", "CANCEL", "FOO"})
        for (const int status : ends_dialog) {
            INFO(method << " " << status);
            CHECK(effect_of_response(status, method) == ResponseEffect::dialog);
        }
}

// RFC 5057 §5.1 (3), (8), (12), §5.3
TEST_CASE("an error of the usage ends it only where the request was of it",
          "[dialog][rfc5057][5.1][5.3]") {
    using E = ResponseEffect;
    constexpr E none = E::transaction;
    struct {
        const char* method;
        E by_405, by_480, by_481, by_489, by_501;
    } const rows[] = {
        {"INVITE", E::usage, E::usage, E::usage, none, E::usage},
        {"ACK", E::usage, E::usage, E::usage, none, E::usage},
        {"BYE", E::usage, E::usage, E::usage, none, E::usage},
        {"PRACK", E::usage, E::usage, E::usage, none, E::usage},
        {"UPDATE", none, E::usage, E::usage, none, none},
        {"INFO", none, E::usage, E::usage, none, none},
        {"SUBSCRIBE", E::usage, E::usage, E::usage, E::usage, E::usage},
        {"NOTIFY", E::usage, E::usage, E::usage, E::usage, E::usage},
        {"REFER", none, E::usage, E::usage, none, none},
        {"OPTIONS", none, none, none, none, none},
        {"MESSAGE", none, none, none, none, none},
        {"CANCEL", none, none, none, none, none},
        {"FOO", none, none, none, none, none},
    };
    for (const auto& row : rows) {
        INFO(row.method);
        CHECK(effect_of_response(405, row.method) == row.by_405);
        CHECK(effect_of_response(480, row.method) == row.by_480);
        CHECK(effect_of_response(481, row.method) == row.by_481);
        CHECK(effect_of_response(489, row.method) == row.by_489);
        CHECK(effect_of_response(501, row.method) == row.by_501);
        CHECK(effect_of_response(408, row.method) == none);
        CHECK(effect_of_response(500, row.method) == none);
    }
}

// RFC 6665 §4.1.2.2, §4.2.2: "a 404, 405, 410, 416, 480-485, 489, 501, or 604 response"
TEST_CASE("the responses that end a subscription are those of the list",
          "[dialog][rfc6665][4.1.2.2][4.2.2]") {
    const std::set<int> list = {404, 405, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 604};
    for (int status = 100; status < 700; ++status) {
        INFO(status);
        CHECK(ends_subscription(status) == (list.count(status) == 1));
    }
}

// RFC 5057 §5.3
TEST_CASE("a method tells the kind of usage", "[dialog][rfc5057][5.3]") {
    for (const char* method : {"INVITE", "ACK", "BYE", "PRACK", "UPDATE", "INFO"})
        CHECK(usage_of(method) == UsageKind::invite);
    for (const char* method : {"SUBSCRIBE", "NOTIFY", "REFER"})
        CHECK(usage_of(method) == UsageKind::subscription);
    for (const char* method : {"OPTIONS", "MESSAGE", "CANCEL", "notify", ""})
        CHECK(usage_of(method) == UsageKind::none);
}

TEST_CASE("each row of the response effects names its section", "[dialog][rfc5057][5.1]") {
    for (const auto& row : response_effects)
        CHECK(row.section.substr(0, 13) == "RFC 5057 §5.");
    for (const auto& row : usage_methods)
        CHECK(row.section.substr(0, 13) == "RFC 5057 §5.");
}

#include "offhook/message/status.hpp"

#include <string_view>
#include <utility>

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §21 and the IANA registry.
TEST_CASE("status codes have their registered phrases", "[message][rfc3261][21]") {
    CHECK(reason_phrase_of(100) == "Trying");
    CHECK(reason_phrase_of(180) == "Ringing");
    CHECK(reason_phrase_of(183) == "Session Progress");
    CHECK(reason_phrase_of(200) == "OK");
    CHECK(reason_phrase_of(302) == "Moved Temporarily");
    CHECK(reason_phrase_of(400) == "Bad Request");
    CHECK(reason_phrase_of(422) == "Session Interval Too Small");
    CHECK(reason_phrase_of(481) == "Call/Transaction Does Not Exist");
    CHECK(reason_phrase_of(488) == "Not Acceptable Here");
    CHECK(reason_phrase_of(504) == "Server Time-out");
    CHECK(reason_phrase_of(603) == "Decline");
}

// RFC 3261 §8.1.3.2: an unknown code is treated as the x00 of its class, an unknown 1xx as 183.
TEST_CASE("an unregistered status code has the phrase of the one it is treated as",
          "[message][rfc3261][8.1.3.2]") {
    CHECK(reason_phrase_of(199) == "Early Dialog Terminated");
    CHECK(reason_phrase_of(198) == "Session Progress");
    CHECK(reason_phrase_of(299) == "OK");
    CHECK(reason_phrase_of(399) == "Multiple Choices");
    CHECK(reason_phrase_of(499) == "Bad Request");
    CHECK(reason_phrase_of(599) == "Server Internal Error");
    CHECK(reason_phrase_of(699) == "Busy Everywhere");
    CHECK(reason_phrase_of(0) == "");
    CHECK(reason_phrase_of(700) == "");
}

// RFC 3261 §21, and what later RFCs have registered.
TEST_CASE("every registered status code has the phrase of its RFC", "[message][rfc3261][21]") {
    const std::pair<int, std::string_view> rows[] = {
        {100, "Trying"},
        {180, "Ringing"},
        {181, "Call Is Being Forwarded"},
        {182, "Queued"},
        {183, "Session Progress"},
        {199, "Early Dialog Terminated"}, // RFC 6228
        {200, "OK"},
        {202, "Accepted"},        // RFC 6665
        {204, "No Notification"}, // RFC 5839
        {300, "Multiple Choices"},
        {301, "Moved Permanently"},
        {302, "Moved Temporarily"},
        {305, "Use Proxy"},
        {380, "Alternative Service"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {402, "Payment Required"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {407, "Proxy Authentication Required"},
        {408, "Request Timeout"},
        {410, "Gone"},
        {412, "Conditional Request Failed"}, // RFC 3903
        {413, "Request Entity Too Large"},
        {414, "Request-URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Unsupported URI Scheme"},
        {420, "Bad Extension"},
        {421, "Extension Required"},
        {422, "Session Interval Too Small"}, // RFC 4028
        {423, "Interval Too Brief"},
        {428, "Use Identity Header"},              // RFC 8224
        {429, "Provide Referrer Identity"},        // RFC 3892
        {430, "Flow Failed"},                      // RFC 5626
        {433, "Anonymity Disallowed"},             // RFC 5079
        {436, "Bad Identity Info"},                // RFC 8224
        {437, "Unsupported Credential"},           // RFC 8224
        {438, "Invalid Identity Header"},          // RFC 8224
        {439, "First Hop Lacks Outbound Support"}, // RFC 5626
        {440, "Max-Breadth Exceeded"},             // RFC 5393
        {469, "Bad Info Package"},                 // RFC 6086
        {470, "Consent Needed"},                   // RFC 5360
        {480, "Temporarily Unavailable"},
        {481, "Call/Transaction Does Not Exist"},
        {482, "Loop Detected"},
        {483, "Too Many Hops"},
        {484, "Address Incomplete"},
        {485, "Ambiguous"},
        {486, "Busy Here"},
        {487, "Request Terminated"},
        {488, "Not Acceptable Here"},
        {489, "Bad Event"}, // RFC 6665
        {491, "Request Pending"},
        {493, "Undecipherable"},
        {494, "Security Agreement Required"}, // RFC 3329
        {500, "Server Internal Error"},
        {501, "Not Implemented"},
        {502, "Bad Gateway"},
        {503, "Service Unavailable"},
        {504, "Server Time-out"},
        {505, "Version Not Supported"},
        {513, "Message Too Large"},
        {580, "Precondition Failure"}, // RFC 3312
        {600, "Busy Everywhere"},
        {603, "Decline"},
        {604, "Does Not Exist Anywhere"},
        {606, "Not Acceptable"},
        {607, "Unwanted"}, // RFC 8197
    };
    for (const auto& [status, phrase] : rows) {
        CAPTURE(status);
        CHECK(reason_phrase_of(status) == phrase);
    }
}

// RFC 3261 §21: other HTTP/1.1 response codes SHOULD NOT be used.
TEST_CASE("a code of HTTP alone has no phrase of its own", "[message][rfc3261][21]") {
    for (const int status : {101, 201, 203, 205, 206}) {
        CAPTURE(status);
        CHECK(reason_phrase_of(status) == (status < 200 ? "Session Progress" : "OK"));
    }
    for (const int status : {303, 304, 307})
        CHECK(reason_phrase_of(status) == "Multiple Choices");
    for (const int status : {409, 411})
        CHECK(reason_phrase_of(status) == "Bad Request");
}

#include "offhook/message/status.hpp"

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

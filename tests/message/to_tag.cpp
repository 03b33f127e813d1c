#include "offhook/message/to_tag.hpp"

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §20.39, §8.2.6.2: the tag is a parameter of the header field, not of the URI in it, and
// not what looks like one in a display name.
TEST_CASE("the tag of a To is found behind the address alone", "[message][rfc3261][20.39]") {
    for (const char* to :
         {"<sip:a@b>;tag=1", "sip:a@b;tag=1", "<sip:a@b> ; TAG = 1", "<sip:a@b>;x=\";\";tag=1",
          "\"\\\"\" <sip:a@b>;tag=1", "<sip:a@b>;tag", "<sip:a@b>;tag=", "<sip:a@b>;tag;x",
          "\"<\" <sip:a@b>;tag=1", "<sip:a@b>;taga;tag=1"}) {
        CAPTURE(to);
        CHECK(has_tag(to));
    }
    for (const char* to :
         {"<sip:a@b>", "<sip:a@b;tag=1>", "\";tag=1\" <sip:a@b>", "<sip:a@b>;tags=1",
          "<sip:a@b>;x=tag", "<sip:a@b>;x=\";tag=1\"", "\"\\\";tag=1\" <sip:a@b>", "", ";", ";ta",
          "tag=1", "\";tag=1", "\"\\"}) {
        CAPTURE(to);
        CHECK_FALSE(has_tag(to));
    }
}

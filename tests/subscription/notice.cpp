#include "offhook/subscription/notice.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {
Notice read(const char* text) {
    return Notice::of(*SubscriptionState::parse(text));
}
} // namespace

// RFC 6665 §4.1.3: parameters that have no semantics for a value are ignored.
TEST_CASE("a notice takes from Subscription-State what means something",
          "[subscription][rfc6665][4.1.3]") {
    using Substate = Notice::Substate;
    CHECK(read("active;expires=60;reason=probation;retry-after=5")
          == Notice{Substate::active, 60s, {}, {}});
    CHECK(read("pending;expires=60;reason=probation;retry-after=5")
          == Notice{Substate::pending, 60s, {}, {}});
    CHECK(read("terminated;expires=60;reason=probation;retry-after=5")
          == Notice{Substate::terminated, {}, "probation", 5s});
    CHECK(read("waiting;expires=60").substate == Substate::extension);
    CHECK(read("waiting;expires=60").expires == 60s);
}

// RFC 6665 §4.2.2
TEST_CASE("a notice writes Subscription-State as the grammar wants it",
          "[subscription][rfc6665][4.2.2][8.4]") {
    using Substate = Notice::Substate;
    CHECK(Notice{Substate::active, 60s, "x", 5s}.text() == "active;expires=60");
    CHECK(Notice{Substate::pending, 0s, {}, {}}.text() == "pending;expires=0");
    CHECK(Notice{Substate::active, {}, {}, {}}.text() == "active");
    CHECK(Notice{Substate::terminated, 60s, "timeout", {}}.text() == "terminated;reason=timeout");
    CHECK(Notice{Substate::terminated, {}, "giveup", 9s}.text()
          == "terminated;reason=giveup;retry-after=9");
    CHECK(Notice{Substate::terminated, {}, {}, {}}.text() == "terminated");
}

#include "offhook/message/subscription_state.hpp"

#include <chrono>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::SubscriptionState;
using namespace std::chrono_literals;

TEST_CASE("a Subscription-State is one of three words or another", "[message][rfc6665][8.4]") {
    using Substate = SubscriptionState::Substate;
    CHECK(SubscriptionState::parse("ACTIVE")->substate == Substate::active);
    CHECK(SubscriptionState::parse("Pending")->substate == Substate::pending);
    CHECK(SubscriptionState::parse(" TERMINATED ")->substate == Substate::terminated);
    CHECK(SubscriptionState::parse("asleep")->substate == Substate::extension);
    CHECK(SubscriptionState::parse("asleep")->text == "asleep");
}

TEST_CASE("a Subscription-State may say until when and why", "[message][rfc6665][8.4]") {
    const auto active = SubscriptionState::parse("active;expires=599");
    CHECK(active->expires() == 599s);
    CHECK_FALSE(active->retry_after());
    CHECK(active->reason().empty());
    const auto over = SubscriptionState::parse("terminated; reason = probation;retry-after=10");
    CHECK(over->reason() == "probation");
    CHECK(over->retry_after() == 10s);
    CHECK_FALSE(over->expires());
    CHECK_FALSE(SubscriptionState::parse("active;expires=4294967296")->expires());
}

TEST_CASE("a malformed Subscription-State is refused where it breaks", "[message][rfc6665][8.4]") {
    CHECK(fault_of(SubscriptionState::parse("")) == "Subscription-State: substate-value @ 0");
    CHECK(fault_of(SubscriptionState::parse(";expires=1"))
          == "Subscription-State: substate-value @ 0");
    CHECK(fault_of(SubscriptionState::parse("active, pending"))
          == "Subscription-State: subexp-params @ 6");
    CHECK(fault_of(SubscriptionState::parse("active;expires=")) == "gen-value @ 15");
}

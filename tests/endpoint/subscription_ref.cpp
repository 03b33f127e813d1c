#include "offhook/endpoint/subscription_ref.hpp"

#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

std::vector<Errc> refusals(Wire& wire, SubscriptionId id) {
    auto it = wire.endpoint.subscription(id);
    return {it.try_refresh(wire.now).code,
            it.try_unsubscribe(wire.now).code,
            it.try_accept(wire.now).code,
            it.try_reject(wire.now, 403).code,
            it.try_notify(wire.now).code,
            it.try_terminate(wire.now, TerminationReason::noresource).code};
}

} // namespace

TEST_CASE("each operation on a subscription that is gone, or never was, is refused", "[endpoint]") {
    Wire wire;
    const SubscriptionId id =
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"});
    wire.run_for(64s);
    REQUIRE(wire.is_empty());
    for (const SubscriptionId gone : {id, SubscriptionId{}}) {
        CHECK(refusals(wire, gone) == std::vector<Errc>(6, Errc::unknown_handle));
        auto it = wire.endpoint.subscription(gone);
        CHECK(it.phase() == SubscriptionPhase::terminated);
        CHECK(it.role() == Role::uac);
        CHECK(it.dialog() == nullptr);
        CHECK_FALSE(it.can_notify());
        CHECK_THROWS_AS(it.notify(wire.now), UnknownHandle);
    }
}

// RFC 6665 §4.1, §4.2: the subscriber does not notify, nor the notifier refresh.
TEST_CASE("a subscription refuses through its reference what it refuses itself",
          "[endpoint][rfc6665][4]") {
    EndpointConfig config = bobs_config();
    config.methods = {"SUBSCRIBE"};
    config.events = {"presence"};
    Wire wire(config);
    const SubscriptionId ours =
        wire.endpoint.subscribe(wire.now, {.target = "sip:carol@192.0.2.9", .event = "presence"});
    CHECK_THROWS_AS(wire.endpoint.subscription(ours).notify(wire.now), WrongRole);
    CHECK_THROWS_AS(wire.endpoint.subscription(ours).refresh(wire.now), WrongState);
    wire.drain();
    wire.take_sent();
    wire.receive(request(
        {.method = "SUBSCRIBE", .more = "Contact: <sip:alice@192.0.2.9>|Event: presence|"}));
    const SubscriptionId theirs = wire.last<event::SubscriptionIncoming>().subscription;
    CHECK_THROWS_AS(wire.endpoint.subscription(theirs).notify(wire.now), WrongState);
    wire.endpoint.subscription(theirs).accept(wire.now);
    CHECK_THROWS_AS(wire.endpoint.subscription(theirs).accept(wire.now), AlreadyAnswered);
    wire.drain();
    CHECK(wire.take_sent() == Lines{"200 SUBSCRIBE", "NOTIFY"});
    wire.endpoint.subscription(theirs).terminate(wire.now, TerminationReason::rejected);
    wire.drain();
    CHECK(wire.endpoint.subscription(theirs).phase() == SubscriptionPhase::terminated);
}

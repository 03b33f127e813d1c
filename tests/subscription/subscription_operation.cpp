#include "offhook/subscription/subscription_operation.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

TEST_CASE("each operation of a subscription is allowed where its table says so",
          "[subscription][rfc6665][4]") {
    using O = SubscriptionOperation;
    using P = SubscriptionPhase;
    constexpr P phases[] = {P::waiting, P::pending, P::active, P::closing, P::terminated};
    // +: allowed, r: WrongRole, s: WrongState, a: AlreadyAnswered
    struct {
        O operation;
        const char* subscriber;
        const char* notifier;
    } const rows[] = {
        {O::refresh, "s++ss", "rrrrr"}, {O::unsubscribe, "+++ss", "rrrrr"},
        {O::accept, "rrrrr", "+aaaa"},  {O::reject, "rrrrr", "+aaaa"},
        {O::notify, "rrrrr", "s++ss"},  {O::terminate, "rrrrr", "s++ss"},
    };
    for (const auto& row : rows)
        for (std::size_t i = 0; i < 5; ++i)
            for (const Role role : {Role::uac, Role::uas}) {
                const char expected = (role == Role::uac ? row.subscriber : row.notifier)[i];
                const Refusal refused = refusal(row.operation, role, phases[i]);
                INFO(name_of(row.operation) << ' ' << describe(phases[i], role));
                const Errc code = expected == '+'   ? Errc::allowed
                                  : expected == 'r' ? Errc::wrong_role
                                  : expected == 's' ? Errc::wrong_state
                                                    : Errc::already_answered;
                CHECK(refused.code == code);
                if (!refused) continue;
                CHECK(refused.tried == name_of(row.operation));
                CHECK(refused.state == describe(phases[i], role));
                CHECK(refused.section.substr(0, 9) == "RFC 6665 ");
                CHECK(refused.message().find("; subscription is ") != std::string::npos);
            }
}

TEST_CASE("operations and phases of a subscription have names", "[subscription]") {
    CHECK(name_of(SubscriptionOperation::refresh) == "refresh");
    CHECK(name_of(SubscriptionOperation::unsubscribe) == "unsubscribe");
    CHECK(name_of(SubscriptionOperation::accept) == "accept");
    CHECK(name_of(SubscriptionOperation::reject) == "reject");
    CHECK(name_of(SubscriptionOperation::notify) == "notify");
    CHECK(name_of(SubscriptionOperation::terminate) == "terminate");
    CHECK(describe(SubscriptionPhase::waiting, Role::uac) == "Waiting (subscriber)");
    CHECK(describe(SubscriptionPhase::terminated, Role::uas) == "Terminated (notifier)");
}

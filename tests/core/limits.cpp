#include "offhook/core/limits.hpp"

#include "../catch.hpp"

// Each limit must let ordinary use through: RFC 3261 §18.1.1 (a datagram of full size), and a
// stream has to be able to hold one whole message.
TEST_CASE("the default limits let a datagram of full size through", "[core][rfc3261][18.1.1]") {
    const offhook::Limits limits;
    CHECK(limits.message_bytes >= 65535);
    CHECK(limits.stream_pending_bytes > limits.message_bytes);
    CHECK(limits.header_fields >= 128);
    CHECK(limits.transactions >= limits.sessions);
    CHECK(limits.early_dialogs >= 2);
    CHECK(limits.authentication_tries >= 2);
    CHECK(limits.redirections >= 1);
    CHECK(limits.body_depth >= 2);
}

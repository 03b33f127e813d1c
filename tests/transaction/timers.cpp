#include "offhook/transaction/timers.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;

namespace {
TimerConfig with_t1(Duration t1) {
    TimerConfig config;
    config.t1 = t1;
    return config;
}
} // namespace

// RFC 3261 appendix A, table 4; RFC 6026 §8.11
TEST_CASE("the timers have the values of the RFC's table",
          "[transaction][rfc3261][A][rfc6026][8.11]") {
    const TimerConfig config;
    CHECK(config.t1 == 500ms);
    CHECK(config.t2 == 4s);
    CHECK(config.t4 == 5s);
    CHECK(config.transaction() == 32s);
    CHECK(config.d(Transport::udp) == 32s);
    CHECK(config.i(Transport::udp) == 5s);
    CHECK(config.j(Transport::udp) == 32s);
    CHECK(config.k(Transport::udp) == 5s);
    for (const Transport transport :
         {Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
        CHECK(config.d(transport) == 0s);
        CHECK(config.i(transport) == 0s);
        CHECK(config.j(transport) == 0s);
        CHECK(config.k(transport) == 0s);
    }
}

// RFC 3261 §17.1.1.2: the T1 of the peer is not known, so Timer D is never below 32 s.
TEST_CASE("Timer D follows T1 upwards alone", "[transaction][rfc3261][17.1.1.2]") {
    CHECK(with_t1(100ms).d(Transport::udp) == 32s);
    CHECK(with_t1(1s).d(Transport::udp) == 64s);
    CHECK(with_t1(100ms).transaction() == 6400ms);
}

// RFC 3261 §17.1.1.2, §17.1.2.2, §17.2.1
TEST_CASE("Timer A doubles for ever, Timers E and G up to T2",
          "[transaction][rfc3261][17.1.2.2][17.2.1]") {
    const TimerConfig config;
    CHECK(config.next_a(4s) == 8s);
    CHECK(config.next_e(500ms) == 1s);
    CHECK(config.next_e(1500ms) == 3s);
    CHECK(config.next_e(2s) == 4s);
    CHECK(config.next_e(3s) == 4s);
    CHECK(config.next_e(4s) == 4s);
}

// RFC 4320 §4.1: Timer E is set to 0.5, 1, 2 and then to 4 s, which is T2, after 3.5 s.
TEST_CASE("a 100 to a request other than INVITE waits until Timer E is reset to T2",
          "[transaction][rfc4320][4.1]") {
    CHECK(TimerConfig{}.non_invite_trying() == 3500ms);
    CHECK(with_t1(1s).non_invite_trying() == 3s);
    CHECK(with_t1(3s).non_invite_trying() == 3s);
    CHECK(with_t1(5s).non_invite_trying() == 5s);
    CHECK(with_t1(0s).non_invite_trying() == 0s); // and it comes to an end
}

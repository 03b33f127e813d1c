#include "offhook/subscription/subscriber_states.hpp"

#include "../catch.hpp"

#include <iterator>

using namespace offhook;

// RFC 6665 §4.1.2: the figure, and the time after Expires 0
TEST_CASE("a subscriber goes by its table, state by state and input by input",
          "[subscription][rfc6665][4.1.2]") {
    using S = SubscriberStates::State;
    using I = SubscriberStates::Input;
    using T = SubscriberStates::Timer;
    constexpr I inputs[] = {I::subscribe, I::unsubscribe,   I::accepted,   I::silent,
                            I::refused,   I::ended,         I::unanswered, I::pending_in,
                            I::active_in, I::terminated_in, I::timer_n,    I::expired};
    constexpr S states[] = {S::notify_wait, S::pending, S::active, S::closing, S::terminated};
    // w: notify_wait, p: pending, a: active, c: closing, t: terminated, -: no such step;
    // behind it what becomes of timer N: + starts, ! stops, . goes on
    const char* const expected[] = {
        //             sub unsub acc sil ref end una pen act ter n  exp
        /* notify_wait */ "w+ -- w. w. t! t! t! p! a! t! t! --",
        /* pending     */ "p+ c+ p. p! p! t! p. p! a! t! t! c+",
        /* active      */ "a+ c+ a. a! a! t! a. p! a! t! t! c+",
        /* closing     */ "-- -- c. t! t! t! t! c. c. t! t! --",
        /* terminated  */ "-- -- -- -- -- -- -- -- -- -- -- --",
    };
    std::size_t rows = 0;
    for (std::size_t s = 0; s < std::size(states); ++s)
        for (std::size_t i = 0; i < std::size(inputs); ++i) {
            INFO("state " << s << ", input " << i);
            const auto* const row = SubscriberStates::find(states[s], inputs[i]);
            const char next = expected[s][3 * i];
            const char timer = expected[s][3 * i + 1];
            CHECK((row != nullptr) == (next != '-'));
            if (!row) continue;
            ++rows;
            CHECK("wpact"[static_cast<std::size_t>(row->next)] == next);
            CHECK((row->n == T::start ? '+' : row->n == T::stop ? '!' : '.') == timer);
            CHECK(row->section.substr(0, 4) == "RFC ");
        }
    CHECK(rows == std::size(SubscriberStates::table));
}

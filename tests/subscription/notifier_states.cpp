#include "offhook/subscription/notifier_states.hpp"

#include "../catch.hpp"

#include <iterator>

using namespace offhook;

// RFC 6665 §4.2.2: the figure
TEST_CASE("a notifier goes by its table, state by state and input by input",
          "[subscription][rfc6665][4.2.2]") {
    using S = NotifierStates::State;
    using I = NotifierStates::Input;
    constexpr I inputs[] = {I::grant,   I::postpone, I::fetch,       I::refuse,
                            I::change,  I::refresh,  I::unsubscribe, I::end,
                            I::expired, I::failed,   I::undecided};
    constexpr S states[] = {S::resp_wait, S::pending, S::active, S::terminated};
    // r: resp_wait, p: pending, a: active, t: terminated, -: no such step; +: with NOTIFY
    const char* const expected[] = {
        //              gra pos fet ref cha ref uns end exp fai und
        /* resp_wait  */ "a+ p+ t+ t. -- -- -- -- -- -- t.",
        /* pending    */ "a+ -- -- -- p+ p+ t+ t+ t+ t. --",
        /* active     */ "a+ -- -- -- a+ a+ t+ t+ t+ t. --",
        /* terminated */ "-- -- -- -- -- -- -- -- -- -- --",
    };
    std::size_t rows = 0;
    for (std::size_t s = 0; s < std::size(states); ++s)
        for (std::size_t i = 0; i < std::size(inputs); ++i) {
            INFO("state " << s << ", input " << i);
            const auto* const row = NotifierStates::find(states[s], inputs[i]);
            const char next = expected[s][3 * i];
            CHECK((row != nullptr) == (next != '-'));
            if (!row) continue;
            ++rows;
            CHECK("rpat"[static_cast<std::size_t>(row->next)] == next);
            CHECK(row->notify == (expected[s][3 * i + 1] == '+'));
            CHECK(row->section.substr(0, 9) == "RFC 6665 ");
        }
    CHECK(rows == std::size(NotifierStates::table));
}

#include "offhook/session/offer_answer.hpp"

#include "../catch.hpp"

#include <iterator>

using namespace offhook;

namespace {
using S = OfferAnswer::State;
using I = OfferAnswer::Input;

constexpr S states[] = {
    S::idle,   S::offer_sent,   S::offer_received,   S::preview_received,   S::preview_sent,
    S::agreed, S::reoffer_sent, S::reoffer_received, S::repreview_received, S::repreview_sent};
constexpr I inputs[] = {I::offer_out,   I::offer_in,   I::answer_out, I::answer_in,
                        I::preview_out, I::preview_in, I::failed};

OfferAnswer in(S state) {
    const auto path = [](std::initializer_list<I> steps) {
        OfferAnswer exchange;
        for (const I step : steps)
            REQUIRE(exchange.apply(step));
        return exchange;
    };
    switch (state) {
    case S::idle: return path({});
    case S::offer_sent: return path({I::offer_out});
    case S::offer_received: return path({I::offer_in});
    case S::preview_received: return path({I::offer_out, I::preview_in});
    case S::preview_sent: return path({I::offer_in, I::preview_out});
    case S::agreed: return path({I::offer_out, I::answer_in});
    case S::reoffer_sent: return path({I::offer_in, I::answer_out, I::offer_out});
    case S::repreview_received:
        return path({I::offer_in, I::answer_out, I::offer_out, I::preview_in});
    case S::repreview_sent: return path({I::offer_in, I::answer_out, I::offer_in, I::preview_out});
    case S::reoffer_received: break;
    }
    return path({I::offer_in, I::answer_out, I::offer_in});
}
} // namespace

// RFC 3264 §4: one offer at a time; RFC 6337 §2.2, §2.3, §3.1.1; RFC 3261 §13.2.1, §14.1
TEST_CASE("offer and answer go by their table, state by state and input by input",
          "[session][rfc3264][4][rfc6337][2.2]") {
    constexpr S none = static_cast<S>(99); // no such step
    //                             offer_out        offer_in             answer_out answer_in
    //                             preview_out         preview_in           failed
    constexpr S next[10][7] = {
        /* idle             */ {S::offer_sent, S::offer_received, none, none, none, none, none},
        /* offer_sent       */ {none, none, none, S::agreed, none, S::preview_received, S::idle},
        /* offer_received   */ {none, none, S::agreed, none, S::preview_sent, none, S::idle},
        /* preview_received */ {none, none, none, S::agreed, none, S::preview_received, S::idle},
        /* preview_sent     */ {none, none, S::agreed, none, S::preview_sent, none, S::idle},
        /* agreed           */ {S::reoffer_sent, S::reoffer_received, none, none, none, none, none},
        /* reoffer_sent     */
        {none, none, none, S::agreed, none, S::repreview_received, S::agreed},
        /* reoffer_received */ {none, none, S::agreed, none, S::repreview_sent, none, S::agreed},
        /* repreview_received */
        {none, none, none, S::agreed, none, S::repreview_received, S::agreed},
        /* repreview_sent   */ {none, none, S::agreed, none, S::repreview_sent, none, S::agreed},
    };
    std::size_t rows = 0;
    for (std::size_t s = 0; s < std::size(states); ++s)
        for (std::size_t i = 0; i < std::size(inputs); ++i) {
            INFO("state " << s << ", input " << i);
            OfferAnswer exchange = in(states[s]);
            REQUIRE(exchange.state() == states[s]);
            const OfferAnswer before = exchange;
            const bool allowed = next[s][i] != none;
            rows += allowed;
            CHECK(exchange.can(inputs[i]) == allowed);
            CHECK(exchange.apply(inputs[i]) == allowed);
            CHECK(exchange.state() == (allowed ? next[s][i] : states[s]));
            if (!allowed) CHECK(exchange == before);
        }
    CHECK(rows == std::size(OfferAnswer::table));
}

TEST_CASE("each step of offer and answer names its rule", "[session][rfc3264][4]") {
    for (const OfferAnswer::Row& row : OfferAnswer::table)
        CHECK(row.section.starts_with("RFC "));
}

// RFC 3264 §4: no new offer while one is open.
TEST_CASE("while an offer is open there is no other one, in either direction",
          "[session][rfc3264][4][rfc3261][13.2.1]") {
    for (const S open :
         {S::offer_sent, S::offer_received, S::preview_received, S::preview_sent, S::reoffer_sent,
          S::reoffer_received, S::repreview_received, S::repreview_sent}) {
        CHECK_FALSE(in(open).can(I::offer_out));
        CHECK_FALSE(in(open).can(I::offer_in));
    }
}

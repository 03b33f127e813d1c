#include "offhook/session/offer_answer.hpp"

#include "../catch.hpp"

#include <initializer_list>
#include <iterator>
#include <vector>

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

namespace {
using C = OfferAnswer::Carrier;
using D = OfferAnswer::Direction;
using M = OfferAnswer::Meaning;

constexpr C carriers[] = {C::invite, C::provisional,   C::reliable, C::success,       C::ack,
                          C::prack,  C::prack_success, C::update,   C::update_success};

constexpr D other(D direction) {
    return direction == D::out ? D::in : D::out;
}

/// Every exchange that messages can lead to.
std::vector<OfferAnswer> reachable() {
    std::vector<OfferAnswer> found{OfferAnswer{}};
    const auto add = [&found](const OfferAnswer& exchange) {
        for (const OfferAnswer& known : found)
            if (known == exchange) return;
        found.push_back(exchange);
    };
    for (std::size_t i = 0; i < found.size(); ++i) {
        for (const C carrier : carriers)
            for (const D direction : {D::out, D::in}) {
                OfferAnswer next = found[i];
                next.take(direction, carrier);
                add(next);
            }
        OfferAnswer failed = found[i], closed = found[i];
        failed.fail();
        add(failed);
        closed.close_invite();
        add(closed);
        if (found[i].outstanding()) continue;
        for (const bool with_offer : {true, false}) {
            OfferAnswer opened = found[i];
            opened.open_invite(with_offer);
            add(opened);
        }
    }
    return found;
}

/// RFC 6337 §2.2, table 1, and §3.1.1, each pair written down by itself.
M expected(const OfferAnswer& exchange, D direction, C carrier) {
    const bool request = carrier == C::invite || carrier == C::prack || carrier == C::update;
    if (exchange.outstanding()) {
        const M beside = request ? M::conflict : M::nothing;
        if (exchange.offered_by_us() != (direction == D::in)) return beside;
        switch (exchange.carrier()) {
        case C::invite:
            return carrier == C::provisional                         ? M::preview
                   : carrier == C::reliable || carrier == C::success ? M::answer
                                                                     : beside;
        case C::reliable: return carrier == C::prack ? M::answer : beside;
        case C::success: return carrier == C::ack ? M::answer : beside;
        case C::prack: return carrier == C::prack_success ? M::answer : beside;
        case C::update: return carrier == C::update_success ? M::answer : beside;
        default: break;
        }
        FAIL("no message but these can carry an offer");
    }
    switch (carrier) {
    case C::invite:
    case C::update: return M::offer;
    case C::prack: return exchange.invite_answered() ? M::offer : M::nothing;
    case C::reliable:
    case C::success: return exchange.owes_offer() ? M::offer : M::nothing;
    default: return M::nothing;
    }
}

/// An exchange before the message that opens it: of a new call, or of one that has agreed.
OfferAnswer before(bool agreed) {
    OfferAnswer exchange;
    if (!agreed) return exchange;
    exchange.open_invite(true);
    exchange.take(D::out, C::invite);
    exchange.take(D::in, C::success);
    exchange.close_invite();
    REQUIRE(exchange.state() == S::agreed);
    return exchange;
}

/// The INVITE with an offer, in that direction.
void invite(OfferAnswer& exchange, D direction) {
    exchange.open_invite(true);
    CHECK(exchange.take(direction, C::invite) == M::offer);
}

} // namespace

// RFC 6337 §2.2: "no other SIP message can carry an offer or an answer".
TEST_CASE("a description in any message at any moment is what the six patterns make of it",
          "[session][rfc6337][2.2][3.1.1]") {
    const std::vector<OfferAnswer> all = reachable();
    CHECK(all.size() > 60);
    for (const S state : states) {
        bool found = false;
        for (const OfferAnswer& exchange : all)
            found = found || exchange.state() == state;
        INFO("state " << static_cast<int>(state));
        CHECK(found);
    }
    for (const OfferAnswer& exchange : all)
        for (const C carrier : carriers)
            for (const D direction : {D::out, D::in}) {
                INFO("state " << static_cast<int>(exchange.state()) << ", offer in "
                              << static_cast<int>(exchange.carrier()) << ", description in "
                              << static_cast<int>(carrier)
                              << (direction == D::out ? " out" : " in"));
                const M is = expected(exchange, direction, carrier);
                CHECK(exchange.meaning(direction, carrier) == is);
                OfferAnswer next = exchange;
                CHECK(next.take(direction, carrier) == is);
                switch (is) {
                case M::nothing:
                case M::conflict: CHECK(next == exchange); break;
                case M::offer:
                    CHECK_FALSE(exchange.outstanding());
                    CHECK((direction == D::out ? next.offered_by_us() : next.offered_by_peer()));
                    CHECK(next.carrier() == carrier);
                    CHECK(next.established() == exchange.established());
                    break;
                case M::answer:
                    CHECK(next.state() == S::agreed);
                    CHECK_FALSE(next.outstanding());
                    break;
                case M::preview:
                    CHECK(next.outstanding());
                    CHECK(next.carrier() == C::invite);
                    CHECK(next.established() == exchange.established());
                    break;
                }
            }
}

TEST_CASE("whose offer waits, and whether a pair is in force, follows from the state",
          "[session][rfc3264][4]") {
    struct Row {
        S state;
        bool ours, theirs, shown, established;
    };
    constexpr Row rows[] = {
        {S::idle, false, false, false, false},
        {S::offer_sent, true, false, false, false},
        {S::offer_received, false, true, false, false},
        {S::preview_received, true, false, true, false},
        {S::preview_sent, false, true, false, false},
        {S::agreed, false, false, false, true},
        {S::reoffer_sent, true, false, false, true},
        {S::reoffer_received, false, true, false, true},
        {S::repreview_received, true, false, true, true},
        {S::repreview_sent, false, true, false, true},
    };
    for (const Row& row : rows) {
        INFO("state " << static_cast<int>(row.state));
        const OfferAnswer exchange = in(row.state);
        CHECK(exchange.offered_by_us() == row.ours);
        CHECK(exchange.offered_by_peer() == row.theirs);
        CHECK(exchange.outstanding() == (row.ours || row.theirs));
        CHECK(exchange.previewed() == row.shown);
        CHECK(exchange.established() == row.established);
    }
    CHECK(std::size(rows) == std::size(states));
}

// RFC 6337 §2.2, table 1: the six ways, each from either side, in a new call and in one that goes
// on.
TEST_CASE("each of the six patterns completes an exchange in either role",
          "[session][rfc6337][2.2][rfc3261][13.2.1][rfc3262][5][rfc3311][5]") {
    const bool going_on = GENERATE(false, true);
    const D caller = GENERATE(D::out, D::in);
    INFO((going_on ? "re-INVITE " : "INVITE ") << (caller == D::out ? "out" : "in"));
    const D callee = other(caller);
    OfferAnswer exchange = before(going_on);
    SECTION("1: INVITE, 2xx") {
        invite(exchange, caller);
        CHECK(exchange.take(callee, C::success) == M::answer);
        CHECK(exchange.invite_answered());
    }
    SECTION("2: 2xx, ACK") {
        exchange.open_invite(false);
        CHECK(exchange.owes_offer());
        CHECK(exchange.take(callee, C::success) == M::offer);
        CHECK_FALSE(exchange.owes_offer());
        CHECK(exchange.take(caller, C::ack) == M::answer);
    }
    SECTION("3: INVITE, reliable 1xx") {
        invite(exchange, caller);
        CHECK(exchange.take(callee, C::reliable) == M::answer);
        CHECK(exchange.invite_answered());
    }
    SECTION("4: reliable 1xx, PRACK") {
        exchange.open_invite(false);
        CHECK(exchange.take(callee, C::reliable) == M::offer);
        CHECK_FALSE(exchange.owes_offer());
        CHECK_FALSE(exchange.invite_answered());
        CHECK(exchange.take(caller, C::prack) == M::answer);
        CHECK(exchange.invite_answered());
    }
    SECTION("5: PRACK, 2xx to it") {
        invite(exchange, caller);
        CHECK(exchange.take(callee, C::reliable) == M::answer);
        CHECK(exchange.take(caller, C::prack) == M::offer);
        CHECK(exchange.take(callee, C::prack_success) == M::answer);
        CHECK(exchange.invite_answered());
    }
    SECTION("6: UPDATE, 2xx to it") {
        CHECK(exchange.take(caller, C::update) == M::offer);
        CHECK(exchange.take(callee, C::update_success) == M::answer);
    }
    CHECK(exchange.state() == S::agreed);
    CHECK_FALSE(exchange.outstanding());
    CHECK(std::size(OfferAnswer::patterns) == 6);
    for (const OfferAnswer::Pattern& pattern : OfferAnswer::patterns)
        CHECK(pattern.section.starts_with("RFC "));
}

// RFC 3261 §13.2.1, RFC 6337 §3.1.1: what an unreliable 1xx shows is not yet the answer.
TEST_CASE("an unreliable 1xx shows the answer, and a reliable message gives it",
          "[session][rfc3261][13.2.1][rfc6337][3.1.1]") {
    for (const bool going_on : {false, true})
        for (const D caller : {D::out, D::in})
            for (const C final : {C::success, C::reliable}) {
                const D callee = other(caller);
                OfferAnswer exchange = before(going_on);
                invite(exchange, caller);
                CHECK(exchange.take(callee, C::provisional) == M::preview);
                const OfferAnswer shown = exchange;
                CHECK(exchange.take(callee, C::provisional) == M::preview); // the first one counts
                CHECK(exchange == shown);
                CHECK(exchange.previewed() == (caller == D::out));
                CHECK(exchange.take(caller, C::provisional) == M::nothing); // from the wrong side
                CHECK(exchange.take(callee, final) == M::answer);
                CHECK(exchange.take(callee, C::provisional) == M::nothing);
                CHECK(exchange.state() == S::agreed);
            }
}

// RFC 6337 §3.1.2: only a reliable message can bring the offer that the INVITE lacks.
TEST_CASE("an unreliable 1xx to an INVITE without an offer describes nothing",
          "[session][rfc6337][2.2][3.1.2]") {
    for (const bool going_on : {false, true})
        for (const D callee : {D::out, D::in}) {
            OfferAnswer exchange = before(going_on);
            exchange.open_invite(false);
            const OfferAnswer opened = exchange;
            CHECK(exchange.take(callee, C::provisional) == M::nothing);
            CHECK(exchange == opened);
            CHECK(exchange.owes_offer());
        }
}

// RFC 3261 §13.2.1: "all session descriptions in subsequent responses are to be passed over";
// RFC 3262 §5: an offer in PRACK only where the 1xx brought the answer.
TEST_CASE("after the exchange of the INVITE its responses describe nothing any more",
          "[session][rfc3261][13.2.1][rfc3262][5][rfc6337][3.1.1][3.1.2]") {
    const D caller = GENERATE(D::out, D::in);
    const D callee = other(caller);
    OfferAnswer exchange;
    SECTION("which a reliable 1xx completed") {
        invite(exchange, caller);
        exchange.take(callee, C::reliable);
    }
    SECTION("which PRACK completed") {
        exchange.open_invite(false);
        exchange.take(callee, C::reliable);
        exchange.take(caller, C::prack);
    }
    for (const C carrier : {C::provisional, C::reliable, C::success}) {
        CHECK(exchange.meaning(callee, carrier) == M::nothing);
        CHECK(exchange.meaning(caller, carrier) == M::nothing);
    }
    CHECK(exchange.meaning(caller, C::prack) == M::offer);
    CHECK(exchange.meaning(caller, C::update) == M::offer);
    CHECK(exchange.meaning(callee, C::update) == M::offer);
    exchange.close_invite(); // its final response has come
    CHECK_FALSE(exchange.invite_answered());
    CHECK(exchange.meaning(caller, C::prack) == M::nothing);
    CHECK(exchange.meaning(caller, C::success) == M::nothing);
}

// RFC 3262 §5: before the 1xx with the answer a PRACK can make no offer.
TEST_CASE("PRACK makes no offer before the INVITE has its answer, nor of an INVITE that is over",
          "[session][rfc3262][5][rfc6337][2.2]") {
    for (const D caller : {D::out, D::in}) {
        OfferAnswer fresh;
        CHECK(fresh.meaning(caller, C::prack) == M::nothing);
        fresh.open_invite(false);
        CHECK(fresh.meaning(caller, C::prack) == M::nothing);
        OfferAnswer asked;
        invite(asked, caller);
        CHECK(asked.meaning(caller, C::prack) == M::conflict);
        CHECK(before(true).meaning(caller, C::prack) == M::nothing);
    }
}

// RFC 3264 §4: neither side may offer while an offer waits, whoever made it.
TEST_CASE("an offer over an offer is a conflict, and changes nothing",
          "[session][rfc3264][4][rfc6337][4]") {
    for (const bool going_on : {false, true})
        for (const D first : {D::out, D::in})
            for (const D second : {D::out, D::in})
                for (const C carrier : {C::invite, C::prack, C::update}) {
                    OfferAnswer exchange = before(going_on);
                    CHECK(exchange.take(first, C::update) == M::offer);
                    const OfferAnswer open = exchange;
                    CHECK(exchange.take(second, carrier) == M::conflict);
                    CHECK(exchange == open);
                }
}

// RFC 6337 §2.3, RFC 3261 §14.1, RFC 3311 §5.3: "as if no re-INVITE had been issued".
TEST_CASE("an offer that fails leaves what was agreed before, or nothing",
          "[session][rfc6337][2.3][rfc3261][14.1][rfc3311][5.3]") {
    for (const bool going_on : {false, true})
        for (const D offerer : {D::out, D::in}) {
            const S rolled_back = going_on ? S::agreed : S::idle;
            for (const bool shown : {false, true}) {
                OfferAnswer exchange = before(going_on);
                invite(exchange, offerer);
                if (shown) exchange.take(other(offerer), C::provisional);
                exchange.fail();
                exchange.close_invite();
                CHECK(exchange.state() == rolled_back);
                CHECK(exchange.established() == going_on);
                CHECK_FALSE(exchange.outstanding());
                CHECK(exchange.meaning(other(offerer), C::success) == M::nothing); // too late
                CHECK(exchange.meaning(offerer, C::invite) == M::offer);           // once more
            }
            for (const C carrier : {C::update, C::invite}) {
                OfferAnswer exchange = before(going_on);
                exchange.take(offerer, carrier);
                exchange.fail();
                CHECK(exchange.state() == rolled_back);
                const OfferAnswer settled = exchange;
                exchange.fail(); // nothing is open that could fail
                CHECK(exchange == settled);
            }
        }
}

#include "offhook/session/session_timer.hpp"

#include "../catch.hpp"

#include <cstdint>
#include <iterator>
#include <vector>

using namespace offhook;
using namespace std::chrono_literals;

// These sentences of RFC 4028 bind the session and the messages that it writes, and are to be shown
// there: 5#2 (Min-SE in no response but 422), 7.1#1 for requests other than INVITE and
// UPDATE, 7.1#3 and 7.1#4 (Require, Proxy-Require), 7.3#1 (Call-ID, tags and CSeq of the
// retry), 7.4#1 (the same Supported and Require again), 7.4#9 to #12 (UPDATE or re-INVITE, and the
// offer in it), 11.2#1, #2 and #4 (TLS and SIPS).

namespace {
using Policy = SessionTimerPolicy;
using Use = SessionTimerPolicy::Use;
using Side = SessionTimerPolicy::Side;
using Due = SessionTimer::Due;
using Verdict = SessionTimer::Verdict;
using Seconds = std::chrono::seconds;
constexpr auto idle = SessionTimer::Exchange::none;
constexpr auto under_way = SessionTimer::Exchange::under_way;
constexpr auto uac = Refresher::uac;
constexpr auto uas = Refresher::uas;
constexpr std::nullopt_t none = std::nullopt;

const TimePoint start{1000h};

RefreshAnswer answer_of(Seconds interval, std::optional<Refresher> refresher) {
    return {.interval = interval, .refresher = refresher, .timer_required = true};
}

/// A timer that a 2xx to our INVITE has set going at `start`.
SessionTimer running(Seconds interval, Refresher refresher, const Policy& policy = {}) {
    SessionTimer timer(policy);
    timer.accepted(start, timer.request(), answer_of(interval, refresher));
    return timer;
}
} // namespace

// RFC 4028 §9, table 2
TEST_CASE("the UAS names the refresher by its table, row by row", "[session][rfc4028][9]") {
    struct Expected {
        bool uac_supports;
        std::optional<Refresher> asked;
        Refresher when_peer_is_preferred, when_self_is_preferred;
        bool require;
    };
    constexpr Expected rows[] = {
        {false, none, uas, uas, false}, {false, uac, uas, uas, false},
        {false, uas, uas, uas, false},  {true, none, uac, uas, true},
        {true, uac, uac, uac, true},    {true, uas, uas, uas, true},
    };
    CHECK(std::size(rows) == std::size(UasRefresher::table));
    for (const Expected& row : rows)
        for (const Side preferred : {Side::peer, Side::self}) {
            INFO("supports " << row.uac_supports << ", asked "
                             << (row.asked ? static_cast<int>(*row.asked) : -1) << ", preferred "
                             << static_cast<int>(preferred));
            REQUIRE(UasRefresher::find(row.uac_supports, row.asked));
            SessionTimer timer(Policy{.refresher = preferred});
            const auto answer = timer.answer(
                start,
                {.interval = 1800s, .refresher = row.asked, .timer_supported = row.uac_supports});
            const Refresher expected =
                preferred == Side::self ? row.when_self_is_preferred : row.when_peer_is_preferred;
            CHECK(answer.refresher == expected);
            CHECK(answer.timer_required == row.require);
            CHECK(timer.refresher() == (expected == uas ? Side::self : Side::peer));
        }
}

// RFC 4028 §7.2
TEST_CASE("the UAC reads each 2xx by its table, row by row", "[session][rfc4028][7.2]") {
    using N = UacRefresher::Named;
    using O = UacRefresher::Outcome;
    //                         asked, supports:  no, no      no, yes     yes, no        yes, yes
    constexpr O expected[4][4] = {
        /* no_interval */ {O::off, O::off, O::unanswered, O::off},
        /* nobody      */ {O::uac, O::uac, O::uac, O::uac},
        /* uac         */ {O::uac, O::uac, O::uac, O::uac},
        /* uas         */ {O::uas, O::uas, O::uas, O::uas},
    };
    constexpr N named[] = {N::no_interval, N::nobody, N::uac, N::uas};
    for (std::size_t n = 0; n < 4; ++n)
        for (std::size_t c = 0; c < 4; ++c) {
            INFO("named " << n << ", asked " << (c >= 2) << ", supports " << c % 2);
            const auto* const row = UacRefresher::find(named[n], c >= 2, c % 2 == 1);
            REQUIRE(row);
            CHECK(row->outcome == expected[n][c]);
        }
    CHECK(UacRefresher::named({}) == N::no_interval);
    CHECK(UacRefresher::named({.refresher = uas}) == N::no_interval);
    CHECK(UacRefresher::named({.interval = 90s}) == N::nobody);
    CHECK(UacRefresher::named({.interval = 90s, .refresher = uac}) == N::uac);
    CHECK(UacRefresher::named({.interval = 90s, .refresher = uas}) == N::uas);
}

TEST_CASE("each row of the session timer's tables names its rule, and is reached",
          "[session][rfc4028][7.2][9]") {
    for (const UasRefresher::Row& row : UasRefresher::table) {
        CHECK(row.section.starts_with("RFC 4028 §"));
        CHECK(UasRefresher::find(row.uac_supports, row.asked) == &row);
    }
    for (const UacRefresher::Row& row : UacRefresher::table) {
        CHECK(row.section.starts_with("RFC 4028 §"));
        CHECK(UacRefresher::find(row.named, row.asked != UacRefresher::If::no,
                                 row.uas_supports != UacRefresher::If::no)
              == &row);
    }
}

// RFC 4028 §4: 1800 s are recommended, 90 s are the least that there is.
TEST_CASE("a session interval of 1800 s is asked for, unless the application wants another",
          "[session][rfc4028][4]") {
    CHECK(SessionTimer().request().interval == 1800s);
    CHECK(SessionTimer(Policy{.interval = 7200s}).request().interval == 7200s);
}

TEST_CASE("the application may ask for less than 30 minutes, but not for less than 90 s",
          "[session][rfc4028][4]") {
    CHECK(Policy{}.valid());
    CHECK(Policy{.interval = 90s}.valid());
    CHECK(SessionTimer(Policy{.interval = 90s}).request().interval == 90s);
    CHECK_FALSE(Policy{.interval = 89s}.valid());
    CHECK_FALSE(Policy{.interval = 1800s, .minimum = 89s}.valid());
    CHECK(Policy{.interval = 600s, .minimum = 600s}.valid());
    CHECK_FALSE(Policy{.interval = 599s, .minimum = 600s}.valid());
    CHECK(Policy{.interval = Seconds(UINT32_MAX)}.valid());
    CHECK_FALSE(Policy{.interval = Seconds(UINT32_MAX) + 1s}.valid());
}

// RFC 4028 §4: whoever gets a Session-Expires above 90 s has to be able to handle it.
TEST_CASE("every session interval from 90 s to 136 years is handled", "[session][rfc4028][4]") {
    for (const Seconds interval : {90s, 91s, 96s, 1800s, Seconds(UINT32_MAX)}) {
        INFO(interval.count());
        CHECK(running(interval, uac).expiration() == start + interval);
        CHECK(running(interval, uas).expiration() == start + interval);
        SessionTimer callee(Policy{.use = Use::on_request});
        const RefreshRequest request{.interval = interval, .timer_supported = true};
        CHECK_FALSE(callee.received(request));
        CHECK(callee.answer(start, request).interval == interval);
        CHECK(callee.expiration() == start + interval);
    }
}

// RFC 4028 §4, §11.1
TEST_CASE("a 2xx with less than 90 s sets no faster pace than 90 s do", "[session][rfc4028][4]") {
    for (const Seconds interval : {0s, 1s, 89s}) {
        INFO(interval.count());
        CHECK(running(interval, uac).next_timeout(idle) == start + 45s);
        CHECK(running(interval, uas).next_timeout(idle) == start + 60s);
    }
    CHECK(running(91s, uac).next_timeout(idle) == start + 45500ms);
}

// RFC 4028 §5: Min-SE is never less than 90 s, whatever is heard.
TEST_CASE("no Min-SE of ours is below 90 s", "[session][rfc4028][5]") {
    SessionTimer timer;
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 60s}) == Verdict::retry);
    CHECK(timer.request().min_se == 90s);
    CHECK(timer.request().interval == 1800s);

    SessionTimer callee;
    CHECK(callee.received({.interval = 80s, .min_se = 60s, .timer_supported = true}) == 90s);
    CHECK(callee.request().min_se == 90s);
}

// RFC 4028 §7.1: `timer` is in Supported even where no timer is asked for.
TEST_CASE("support of the session timer is said, even where none is asked for",
          "[session][rfc4028][7.1]") {
    CHECK(SessionTimer().request().timer_supported);
    CHECK(SessionTimer(Policy{.use = Use::on_request}).request()
          == RefreshRequest{.timer_supported = true});
    CHECK(running(1800s, uac).request().timer_supported);
}

TEST_CASE("a session timer that is off says nothing and hears nothing", "[session][rfc4028][7.1]") {
    SessionTimer timer(Policy{.use = Use::off});
    const SessionTimer before = timer;
    const RefreshRequest request{.interval = 1800s, .min_se = 900s, .timer_supported = true};
    CHECK(timer.request() == RefreshRequest{});
    timer.accepted(start, timer.request(), answer_of(1800s, uac));
    CHECK_FALSE(timer.received({.interval = 80s, .timer_supported = true}));
    CHECK_FALSE(timer.received(request));
    CHECK(timer.answer(start, request) == RefreshAnswer{});
    CHECK(timer.refused(start, request, {.status = 422, .min_se = 3600s}) == Verdict::keep);
    CHECK(timer.refused(start, request, {.status = 481}) == Verdict::end);
    CHECK(timer == before);
    CHECK(timer.due(start + 10h, idle) == Due::nothing);

    constexpr Policy off{.use = Use::off};
    CHECK_FALSE(off.too_small({.interval = 80s, .timer_supported = true}));
    CHECK_FALSE(off.granted(request, none));
}

// RFC 4028 §7.1: Session-Expires is not below Min-SE.
TEST_CASE("what is asked for is never below the Min-SE beside it", "[session][rfc4028][7.1]") {
    const SessionTimer strict(Policy{.interval = 600s, .minimum = 600s});
    CHECK(strict.request().min_se == 600s);
    CHECK(strict.request().interval == 600s);
    CHECK_FALSE(SessionTimer().request().min_se);

    SessionTimer raised;
    CHECK(raised.refused(start, raised.request(), {.status = 422, .min_se = 3600s})
          == Verdict::retry);
    CHECK(raised.request().min_se == 3600s);
    CHECK(raised.request().interval == 3600s);
}

// RFC 4028 §7.1: the parameter is best left out of the first request; it may be `uac`.
TEST_CASE("the first request leaves the refresher open, unless the application wants it to be us",
          "[session][rfc4028][7.1]") {
    CHECK_FALSE(SessionTimer().request().refresher);
    CHECK(SessionTimer(Policy{.refresher = Side::self}).request().refresher == uac);
}

// RFC 4028 §7.4: `uas` only where the peer is known to support the extension.
TEST_CASE("a peer is told to refresh once it has said that it can", "[session][rfc4028][7.4]") {
    SessionTimer timer(Policy{.refresher = Side::peer});
    CHECK_FALSE(timer.request().refresher);
    CHECK_FALSE(timer.received({}));
    CHECK_FALSE(timer.request().refresher);
    CHECK_FALSE(timer.received({.timer_supported = true}));
    CHECK(timer.request().refresher == uas);
    CHECK(timer.request().interval == 1800s);
    // Its last word counts.
    CHECK_FALSE(timer.received({}));
    CHECK_FALSE(timer.request().refresher);
}

// RFC 4028 §7.2: Require: timer announces Session-Expires, which is what counts.
TEST_CASE("the 2xx's Session-Expires sets the timer, with Require or without, asked for or not",
          "[session][rfc4028][7.2]") {
    for (const Use use : {Use::always, Use::on_request})
        for (const bool required : {true, false}) {
            INFO("use " << static_cast<int>(use) << ", required " << required);
            SessionTimer timer(Policy{.use = use});
            RefreshAnswer answer = answer_of(3000s, uac);
            answer.timer_required = required;
            timer.accepted(start, timer.request(), answer);
            CHECK(timer.interval() == 3000s);
            CHECK(timer.refresher() == Side::self);
            CHECK(timer.expiration() == start + 3000s);
        }
}

TEST_CASE("Require without Session-Expires starts no timer by itself", "[session][rfc4028][7.2]") {
    SessionTimer timer(Policy{.use = Use::on_request});
    timer.accepted(start, timer.request(), {.timer_required = true});
    CHECK_FALSE(timer.active());
}

TEST_CASE("the refresher that the 2xx names is the refresher", "[session][rfc4028][7.2]") {
    // Whatever was wished for.
    for (const auto wish : {Side::self, Side::peer}) {
        CHECK(running(1800s, uac, Policy{.refresher = wish}).refresher() == Side::self);
        CHECK(running(1800s, uas, Policy{.refresher = wish}).refresher() == Side::peer);
    }
    SessionTimer unnamed;
    unnamed.accepted(start, unnamed.request(), answer_of(1800s, none));
    CHECK(unnamed.refresher() == Side::self);
}

// RFC 4028 §7.2: the UAS knows no timer, and the UAC goes on by itself at what it has asked for.
TEST_CASE("with a UAS that knows no session timer, the UAC refreshes alone, if it likes",
          "[session][rfc4028][7.2]") {
    SessionTimer alone(Policy{.interval = 2400s});
    alone.accepted(start, alone.request(), {});
    CHECK(alone.interval() == 2400s);
    CHECK(alone.refresher() == Side::self);
    CHECK(alone.next_timeout(idle) == start + 1200s);
    // The refresh gets such a 2xx too, and is as good.
    alone.accepted(start + 1200s, alone.request(), {});
    CHECK(alone.next_timeout(idle) == start + 2400s);

    SessionTimer content(Policy{.alone = false});
    content.accepted(start, content.request(), {});
    CHECK_FALSE(content.active());
    CHECK_FALSE(content.next_timeout(idle));
    // Nor does it go on where the first 2xx had a timer, of a proxy, and the next one has none.
    SessionTimer left = running(1800s, uac, Policy{.alone = false});
    left.accepted(start + 900s, left.request(), {});
    CHECK_FALSE(left.active());
}

// RFC 4028 §7.2: a 2xx without Session-Expires, first or later, means no expiration.
TEST_CASE("a peer that knows the session timer switches it off by a 2xx without Session-Expires",
          "[session][rfc4028][7.2]") {
    SessionTimer never;
    never.accepted(start, never.request(), {.timer_supported = true});
    CHECK_FALSE(never.active());

    const auto switch_off = [](SessionTimer timer, RefreshAnswer first) {
        timer.accepted(start, timer.request(), first);
        REQUIRE(timer.active());
        timer.accepted(start + 900s, timer.request(), {});
        CHECK_FALSE(timer.active());
        CHECK_FALSE(timer.interval());
        CHECK_FALSE(timer.refresher());
        CHECK_FALSE(timer.expiration());
        CHECK(timer.due(start + 10h, idle) == Due::nothing);
        CHECK_FALSE(timer.request().interval); // it has been answered
        CHECK(timer.request().timer_supported);
    };
    switch_off(SessionTimer(), answer_of(1800s, uas));
    switch_off(SessionTimer(), {.interval = 1800s, .refresher = uac, .timer_supported = true});
}

// RFC 4028 §7.2: the interval is that of the most recent 2xx, from its reception on.
TEST_CASE("each 2xx to a request of ours begins the session interval anew, a refresh or not",
          "[session][rfc4028][7.2]") {
    SessionTimer timer = running(1800s, uac);
    timer.accepted(start + 100s, timer.request(), answer_of(3600s, uas));
    CHECK(timer.interval() == 3600s);
    CHECK(timer.refresher() == Side::peer);
    CHECK(timer.expiration() == start + 3700s);
    timer.accepted(start + 200s, timer.request(), answer_of(1800s, uac));
    CHECK(timer.expiration() == start + 2000s);
    CHECK(timer.next_timeout(idle) == start + 1100s);
}

TEST_CASE("forks of one INVITE have session intervals of their own", "[session][rfc4028][7.2]") {
    const SessionTimer invite;
    SessionTimer first = invite.for_dialog(), second = invite.for_dialog(),
                 third = invite.for_dialog();
    first.accepted(start, invite.request(), answer_of(1800s, uac));
    second.accepted(start + 1s, invite.request(), answer_of(3600s, uas));
    third.accepted(start + 2s, invite.request(), {.timer_supported = true});
    CHECK(first.expiration() == start + 1800s);
    CHECK(second.expiration() == start + 3601s);
    CHECK_FALSE(third.active());
}

// RFC 4028 §7.2, §9: the refresh is to come before the expiration, best after half the interval.
TEST_CASE("the refresher refreshes at half the session interval, and not a moment before",
          "[session][rfc4028][7.2][9]") {
    for (const Seconds interval : {90s, 96s, 1800s}) {
        INFO(interval.count());
        SessionTimer caller = running(interval, uac);
        SessionTimer callee;
        REQUIRE(
            callee.answer(start, {.interval = interval, .refresher = uas, .timer_supported = true})
                .interval
            == interval);
        for (const SessionTimer& timer : {caller, callee}) {
            const TimePoint half = start + interval / 2;
            CHECK(timer.refresher() == Side::self);
            CHECK(timer.next_timeout(idle) == half);
            CHECK(timer.due(half - 1ns, idle) == Due::nothing);
            CHECK(timer.due(half, idle) == Due::refresh);
            CHECK(timer.due(half, under_way) == Due::nothing);
        }
    }
}

TEST_CASE("three intervals pass with a refresh at the half of each, and no end",
          "[session][rfc4028][10]") {
    SessionTimer refresher = running(1800s, uac);
    SessionTimer other;
    REQUIRE(other.answer(start, {.interval = 1800s, .refresher = uac, .timer_supported = true})
                .refresher
            == uac);
    std::vector<Duration> refreshes;
    for (TimePoint now = start; now < start + 5400s; now += 1s) {
        REQUIRE(other.due(now, idle) == Due::nothing);
        const Due due = refresher.due(now, idle);
        REQUIRE(due != Due::expire);
        if (due != Due::refresh) continue;
        refreshes.push_back(now - start);
        const RefreshRequest refresh = refresher.request();
        CHECK(refresh
              == RefreshRequest{.interval = 1800s, .refresher = uac, .timer_supported = true});
        REQUIRE_FALSE(other.received(refresh));
        refresher.accepted(now, refresh, other.answer(now, refresh));
    }
    CHECK(refreshes == std::vector<Duration>{900s, 1800s, 2700s, 3600s, 4500s});
}

// RFC 4028 §10: BYE goes min(32 s, a third) before the expiration.
TEST_CASE("the side that waits for a refresh sends BYE the smaller of 32 s and a third early",
          "[session][rfc4028][10]") {
    struct Row {
        Seconds interval;
        std::chrono::milliseconds bye;
    };
    constexpr Row rows[] = {{90s, 60s}, {93s, 62s},     {95s, 63333ms}, {96s, 64s},
                            {97s, 65s}, {1800s, 1768s}, {4000s, 3968s}, {7200s, 7168s}};
    for (const Row& row : rows) {
        INFO(row.interval.count());
        SessionTimer caller = running(row.interval, uas);
        SessionTimer callee(Policy{.use = Use::on_request});
        REQUIRE(callee
                    .answer(start,
                            {.interval = row.interval, .refresher = uac, .timer_supported = true})
                    .interval
                == row.interval);
        for (const SessionTimer& timer : {caller, callee}) {
            const TimePoint bye = *timer.next_timeout(idle);
            CHECK(std::chrono::floor<std::chrono::milliseconds>(bye - start) == row.bye);
            CHECK(timer.due(bye - 1ns, idle) == Due::nothing);
            CHECK(timer.due(bye, idle) == Due::expire);
            CHECK(timer.due(bye + 1h, idle) == Due::expire);
        }
    }
}

// RFC 4028 §4: 90 s leave a refresh at the half the time to end by itself before the expiration.
TEST_CASE("while a request is under way, the session lasts until its very expiration",
          "[session][rfc4028][4][10]") {
    for (const Refresher refresher : {uac, uas}) {
        const SessionTimer timer = running(90s, refresher);
        CHECK(timer.next_timeout(under_way) == start + 90s);
        CHECK(timer.due(start + 60s, under_way) == Due::nothing);
        CHECK(timer.due(start + 90s - 1ns, under_way) == Due::nothing);
        CHECK(timer.due(start + 90s, under_way) == Due::expire);
        CHECK(timer.due(start + 60s, idle) == Due::expire);
    }
}

TEST_CASE("a session that has ended has no timer left", "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uas);
    timer.stop();
    CHECK_FALSE(timer.active());
    CHECK_FALSE(timer.next_timeout(idle));
    CHECK_FALSE(timer.next_timeout(under_way));
    CHECK(timer.due(start + 10h, idle) == Due::nothing);
}

// RFC 4028 §7.3, §7.4: after a 422 the request goes again, with its Min-SE.
TEST_CASE("after a 422 the INVITE is sent again with the largest Min-SE heard, and enough interval",
          "[session][rfc4028][7.3][7.4]") {
    SessionTimer timer(Policy{.interval = 100s});
    const RefreshRequest first = timer.request();
    CHECK_FALSE(first.min_se);
    CHECK(timer.refused(start, first, {.status = 422, .min_se = 3600s}) == Verdict::retry);
    const RefreshRequest second = timer.request();
    CHECK(second == RefreshRequest{.interval = 3600s, .min_se = 3600s, .timer_supported = true});
    CHECK(timer.refused(start, second, {.status = 422, .min_se = 4000s}) == Verdict::retry);
    CHECK(timer.request()
          == RefreshRequest{.interval = 4000s, .min_se = 4000s, .timer_supported = true});
}

TEST_CASE("a 422 raises Min-SE above what the application holds for the least",
          "[session][rfc4028][7.4]") {
    SessionTimer timer(Policy{.minimum = 600s});
    CHECK(timer.refused(start, {}, {.status = 422, .min_se = 300s}) == Verdict::retry);
    CHECK(timer.request().min_se == 600s);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 700s}) == Verdict::retry);
    CHECK(timer.request().min_se == 700s);
    CHECK(timer.request().interval == 1800s);
}

// A proxy may have put a short interval into a request that asked for none.
TEST_CASE("after a 422 to a request without Session-Expires, Min-SE alone is added",
          "[session][rfc4028][7.4]") {
    SessionTimer timer(Policy{.use = Use::on_request});
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 600s}) == Verdict::retry);
    CHECK(timer.request() == RefreshRequest{.min_se = 600s, .timer_supported = true});
}

// RFC 4028 §10: no endless repetition
TEST_CASE("422 upon 422 ends after the number of retries that the application allows",
          "[session][rfc4028][10]") {
    SessionTimer timer(Policy{.retries = 3});
    Seconds min_se = 2000s;
    for (int i = 0; i < 3; ++i, min_se += 100s)
        CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = min_se})
              == Verdict::retry);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = min_se})
          == Verdict::keep);
    // A 2xx to a later request makes them good again.
    timer.accepted(start, timer.request(), answer_of(2300s, uac));
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 2400s})
          == Verdict::retry);
}

TEST_CASE("a 422 that asks for nothing more than it was given is not followed",
          "[session][rfc4028][7.3][10]") {
    SessionTimer timer;
    CHECK(timer.refused(start, timer.request(), {.status = 422}) == Verdict::keep);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 600s}) == Verdict::retry);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 600s}) == Verdict::keep);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 500s}) == Verdict::keep);
    CHECK(timer.request().min_se == 600s);
}

// RFC 4028 §7.4: with the dialog only what was heard on it counts.
TEST_CASE("once there is a dialog, the Min-SE of earlier 422s is forgotten",
          "[session][rfc4028][7.4]") {
    SessionTimer invite;
    CHECK(invite.refused(start, invite.request(), {.status = 422, .min_se = 4000s})
          == Verdict::retry);
    const RefreshRequest sent = invite.request();
    SessionTimer timer = invite.for_dialog();
    timer.accepted(start, sent, answer_of(4000s, uac));
    CHECK(invite.request().min_se == 4000s);
    CHECK(timer.request()
          == RefreshRequest{.interval = 4000s, .refresher = uac, .timer_supported = true});

    // From then on a 422 on the dialog counts for all of its life.
    CHECK(timer.refused(start + 2000s, timer.request(), {.status = 422, .min_se = 4500s})
          == Verdict::retry);
    timer.accepted(start + 2000s, timer.request(), answer_of(5000s, uac));
    CHECK(timer.request().min_se == 4500s);
    CHECK(timer.request().interval == 5000s);
}

// RFC 4028 §7.4: the largest Min-SE of all 422s and requests on the dialog, whatever became of them
TEST_CASE("a refresh brings the largest Min-SE that any request or 422 on the dialog named",
          "[session][rfc4028][7.4]") {
    SessionTimer timer = running(1800s, uac);
    CHECK_FALSE(timer.request().min_se);
    CHECK_FALSE(timer.received({.interval = 1800s, .min_se = 200s, .timer_supported = true}));
    CHECK(timer.request().min_se == 200s);
    CHECK_FALSE(timer.received({.interval = 1800s, .min_se = 100s, .timer_supported = true}));
    CHECK(timer.request().min_se == 200s);
    CHECK(timer.refused(start, timer.request(), {.status = 422, .min_se = 300s}) == Verdict::retry);
    CHECK(timer.request().min_se == 300s);
    CHECK(timer.request().interval == 1800s);

    SessionTimer callee;
    const RefreshRequest invite{.interval = 1800s, .min_se = 120s, .timer_supported = true};
    CHECK(callee.answer(start, invite).interval == 1800s);
    CHECK(callee.request().min_se == 120s);
}

// RFC 4028 §7.4, §11.1
TEST_CASE("a refresh asks for the interval in force, and no less than Min-SE",
          "[session][rfc4028][7.4]") {
    CHECK(running(3000s, uac).request().interval == 3000s); // not the 1800 s of our policy
    CHECK(running(600s, uas).request().interval == 600s);
    CHECK(running(20s, uac).request().interval == 90s);
    CHECK(running(1800s, uac, Policy{.interval = 2400s, .minimum = 2400s}).request().interval
          == 2400s);
    SessionTimer timer = running(600s, uac);
    CHECK_FALSE(timer.received({.interval = 900s, .min_se = 900s, .timer_supported = true}));
    CHECK(timer.request().interval == 900s);
    CHECK(timer.request().min_se == 900s);
}

// RFC 4028 §7.4: the parameter says who refreshes now, in the terms of this transaction.
TEST_CASE("a request on the dialog leaves the refresher what it is, whoever made the dialog",
          "[session][rfc4028][7.4]") {
    SessionTimer caller, callee;
    const RefreshRequest invite = caller.request();
    caller.accepted(start, invite, callee.answer(start, invite));
    REQUIRE(caller.refresher() == Side::self);
    REQUIRE(callee.refresher() == Side::peer);
    CHECK(caller.request().refresher == uac);
    CHECK(callee.request().refresher == uas);

    // A re-INVITE of the callee: it is the UAC now, and the caller, now UAS, goes on refreshing.
    const RefreshRequest back = callee.request();
    CHECK_FALSE(caller.received(back));
    const RefreshAnswer answer = caller.answer(start + 10s, back);
    CHECK(answer.refresher == uas);
    CHECK(answer.timer_required);
    callee.accepted(start + 10s, back, answer);
    CHECK(caller.refresher() == Side::self);
    CHECK(callee.refresher() == Side::peer);
    CHECK(caller.next_timeout(idle) == start + 910s);
    CHECK(callee.next_timeout(idle) == start + 1778s);
}

TEST_CASE("a peer that names itself takes the refreshes over", "[session][rfc4028][7.4]") {
    SessionTimer timer = running(1800s, uac);
    const auto answer =
        timer.answer(start + 1s, {.interval = 1800s, .refresher = uac, .timer_supported = true});
    CHECK(answer.refresher == uac);
    CHECK(timer.refresher() == Side::peer);
    CHECK(timer.next_timeout(idle) == start + 1s + 1768s);
}

TEST_CASE("where a request on the dialog leaves the refresher open, it stays, unless we prefer",
          "[session][rfc4028][7.4][9]") {
    const RefreshRequest open{.interval = 1800s, .timer_supported = true};
    CHECK(running(1800s, uac).answer(start, open).refresher == uas); // we are the UAS now
    CHECK(running(1800s, uas).answer(start, open).refresher == uac);
    CHECK(running(1800s, uac, Policy{.refresher = Side::peer}).answer(start, open).refresher
          == uac);
    CHECK(SessionTimer().answer(start, open).refresher == uac);
}

// RFC 4028 §9, §6
TEST_CASE("a session interval below our minimum gets 422 with that minimum",
          "[session][rfc4028][6][9]") {
    SessionTimer timer;
    CHECK(timer.received({.interval = 89s, .timer_supported = true}) == 90s);
    CHECK(timer.received({.interval = 0s, .timer_supported = true}) == 90s);
    CHECK_FALSE(timer.received({.interval = 90s, .timer_supported = true}));
    CHECK_FALSE(timer.received({.timer_supported = true}));

    SessionTimer strict(Policy{.minimum = 600s});
    CHECK(strict.received({.interval = 599s, .timer_supported = true}) == 600s);
    CHECK_FALSE(strict.received({.interval = 600s, .timer_supported = true}));
    CHECK_FALSE(strict.active());
}

TEST_CASE("a session interval below the Min-SE beside it gets 422, for no answer could be right",
          "[session][rfc4028][9]") {
    SessionTimer timer;
    CHECK(timer.received({.interval = 100s, .min_se = 200s, .timer_supported = true}) == 200s);
    CHECK_FALSE(timer.received({.interval = 200s, .min_se = 200s, .timer_supported = true}));
}

// RFC 4028 §9, §8.1: a 422 to a UAC that does not know it would only fail the call.
TEST_CASE("a UAC without the session timer gets no 422, and too small an interval starts no timer",
          "[session][rfc4028][9]") {
    SessionTimer timer;
    for (const RefreshRequest& request :
         {RefreshRequest{.interval = 89s}, RefreshRequest{.interval = 100s, .min_se = 200s}}) {
        CHECK_FALSE(timer.received(request));
        CHECK(timer.answer(start, request) == RefreshAnswer{.timer_supported = true});
        CHECK_FALSE(timer.active());
    }
    // A proxy asked for this one.
    CHECK(timer.answer(start, {.interval = 90s})
          == RefreshAnswer{.interval = 90s, .refresher = uas, .timer_supported = true});
    CHECK(timer.refresher() == Side::self);
}

// RFC 4028 §9: the UAS may reduce the interval, not below Min-SE or 90 s, and never raise it.
TEST_CASE("the UAS grants what is asked for or less, never less than Min-SE and never more",
          "[session][rfc4028][9]") {
    struct Row {
        Use use;
        Seconds ours, asked;
        std::optional<Seconds> min_se;
        Seconds granted;
    };
    constexpr Row rows[] = {
        {Use::on_request, 90s, 7200s, none, 7200s}, {Use::always, 1800s, 7200s, none, 1800s},
        {Use::always, 1800s, 600s, none, 600s},     {Use::always, 1800s, 90s, none, 90s},
        {Use::always, 90s, 7200s, none, 90s},       {Use::always, 90s, 7200s, 90s, 90s},
        {Use::always, 90s, 7200s, 3600s, 3600s},    {Use::always, 90s, 3600s, 3600s, 3600s},
        {Use::always, 90s, 91s, 30s, 90s},
    };
    for (const Row& row : rows) {
        INFO("ours " << row.ours.count() << ", asked " << row.asked.count());
        SessionTimer timer(Policy{.use = row.use, .interval = row.ours});
        const RefreshRequest request{
            .interval = row.asked, .min_se = row.min_se, .timer_supported = true};
        REQUIRE_FALSE(timer.received(request));
        CHECK(timer.answer(start, request).interval == row.granted);
        CHECK(timer.interval() == row.granted);
        CHECK(timer.expiration() == start + row.granted);
    }
}

TEST_CASE("an interval in force that is longer than ours is not reduced", "[session][rfc4028][9]") {
    SessionTimer timer = running(4000s, uac);
    CHECK(
        timer.answer(start, {.interval = 4000s, .refresher = uas, .timer_supported = true}).interval
        == 4000s);
    // Nor does a short one keep the peer from asking for a longer one.
    SessionTimer brief = running(90s, uac);
    CHECK(
        brief.answer(start, {.interval = 1800s, .refresher = uas, .timer_supported = true}).interval
        == 1800s);
}

// RFC 4028 §9: a UAS may ask for a timer itself, not below the request's Min-SE.
TEST_CASE("the UAS asks for a session timer itself, not below Min-SE", "[session][rfc4028][9]") {
    SessionTimer timer;
    CHECK(
        timer.answer(start, {.timer_supported = true})
        == RefreshAnswer{
            .interval = 1800s, .refresher = uac, .timer_required = true, .timer_supported = true});
    CHECK(SessionTimer().answer(start, {.min_se = 1801s, .timer_supported = true}).interval
          == 1801s);
    CHECK(SessionTimer().answer(start, {.min_se = 1799s, .timer_supported = true}).interval
          == 1800s);

    // Where the UAC does not know the extension: alone, or not at all.
    CHECK(SessionTimer().answer(start, {})
          == RefreshAnswer{.interval = 1800s, .refresher = uas, .timer_supported = true});
    SessionTimer content(Policy{.alone = false});
    CHECK_FALSE(content.answer(start, {}).interval);
    CHECK_FALSE(content.request().interval); // nor later on
    CHECK(SessionTimer(Policy{.alone = false}).answer(start, {.timer_supported = true}).interval
          == 1800s);
    CHECK_FALSE(SessionTimer(Policy{.use = Use::on_request})
                    .answer(start, {.timer_supported = true})
                    .interval);
}

// RFC 4028 §9: Require is a MUST where the UAC refreshes, and a SHOULD where it only has to know.
TEST_CASE("the 2xx requires the session timer of each UAC that supports it, and of no other",
          "[session][rfc4028][9]") {
    for (const auto refresher : {uac, uas})
        CHECK(
            SessionTimer()
                .answer(start, {.interval = 1800s, .refresher = refresher, .timer_supported = true})
                .timer_required);
    CHECK_FALSE(SessionTimer().answer(start, {.interval = 1800s}).timer_required);
    CHECK_FALSE(SessionTimer(Policy{.use = Use::on_request})
                    .answer(start, {.timer_supported = true})
                    .timer_required);
}

// RFC 4028 §9: no Session-Expires in the most recent 2xx: no expiration.
TEST_CASE("a request without Session-Expires switches the timer off where we do not want one",
          "[session][rfc4028][9]") {
    SessionTimer timer = running(1800s, uas, Policy{.use = Use::on_request});
    REQUIRE(timer.active());
    CHECK_FALSE(timer.answer(start + 5s, {.timer_supported = true}).interval);
    CHECK_FALSE(timer.active());
    CHECK_FALSE(timer.request().interval);

    SessionTimer keen = running(4000s, uac);
    const RefreshAnswer answer = keen.answer(start + 5s, {.timer_supported = true});
    CHECK(answer.interval == 4000s);
    CHECK(answer.refresher == uas);
    CHECK(keen.expiration() == start + 4005s);
}

// RFC 4028 §10: only a 2xx extends the session.
TEST_CASE("a request of the peer extends the session with its 2xx, not by its arrival",
          "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uas);
    const RefreshRequest refresh{.interval = 1800s, .refresher = uac, .timer_supported = true};
    CHECK_FALSE(timer.received(refresh));
    CHECK(timer.expiration() == start + 1800s);
    CHECK(timer.answer(start + 900s, refresh).interval == 1800s);
    CHECK(timer.expiration() == start + 2700s);
}

// RFC 4028 §10, RFC 3261 §12.2.1.2
TEST_CASE("a refresh that gets 408, 481 or no answer ends the session",
          "[session][rfc4028][10][rfc3261][12.2.1.2]") {
    for (const int status : {408, 481}) {
        SessionTimer timer = running(1800s, uac);
        CHECK(timer.refused(start + 932s, timer.request(), {.status = status}) == Verdict::end);
    }
    for (const int status : {400, 401, 407, 409, 422, 480, 482, 488, 491, 500, 503, 603}) {
        INFO(status);
        SessionTimer timer = running(1800s, uac);
        CHECK(timer.refused(start + 932s, timer.request(), {.status = status}) == Verdict::keep);
    }
}

// RFC 4028 §10: a larger Min-SE leaves the expiration where it is.
TEST_CASE("a 422 to a refresh raises what is asked for, and leaves the expiration as it is",
          "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uac);
    CHECK(timer.refused(start + 901s, timer.request(), {.status = 422, .min_se = 9000s})
          == Verdict::retry);
    CHECK(timer.interval() == 1800s);
    CHECK(timer.expiration() == start + 1800s);
    CHECK(timer.due(start + 901s, idle) == Due::refresh);
    CHECK(timer.request()
          == RefreshRequest{
              .interval = 9000s, .refresher = uac, .min_se = 9000s, .timer_supported = true});
}

// RFC 4028 §10: another refusal is a reason to try again, the same one is none.
TEST_CASE("a refused refresh is tried again halfway to the end, and the same refusal ends that",
          "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uac); // BYE at 1768 s
    CHECK(timer.refused(start + 968s, timer.request(), {.status = 503}) == Verdict::keep);
    CHECK(timer.expiration() == start + 1800s);
    CHECK(timer.next_timeout(idle) == start + 1368s);
    CHECK(timer.due(start + 1368s - 1ns, idle) == Due::nothing);
    CHECK(timer.due(start + 1368s, idle) == Due::refresh);

    SECTION("a 2xx makes all good") {
        timer.accepted(start + 1368s, timer.request(), answer_of(1800s, uac));
        CHECK(timer.next_timeout(idle) == start + 2268s);
        CHECK(timer.refused(start + 2268s, timer.request(), {.status = 503}) == Verdict::keep);
        CHECK(timer.due(start + 3100s, idle) == Due::refresh);
    }
    SECTION("the same refusal: nothing but the end") {
        CHECK(timer.refused(start + 1368s, timer.request(), {.status = 503}) == Verdict::keep);
        CHECK(timer.next_timeout(idle) == start + 1768s);
        CHECK(timer.due(start + 1768s - 1ns, idle) == Due::nothing);
        CHECK(timer.due(start + 1768s, idle) == Due::expire);
    }
    SECTION("another refusal: another try") {
        CHECK(timer.refused(start + 1368s, timer.request(), {.status = 500}) == Verdict::keep);
        CHECK(timer.next_timeout(idle) == start + 1568s);
    }
}

TEST_CASE("refusals that take turns are not followed without end", "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uac, Policy{.retries = 3});
    int tries = 0;
    TimePoint now = *timer.next_timeout(idle);
    while (timer.due(now, idle) == Due::refresh) {
        ++tries;
        CHECK(timer.refused(now, timer.request(), {.status = tries % 2 ? 500 : 503})
              == Verdict::keep);
        now = *timer.next_timeout(idle);
    }
    CHECK(tries == 4);
    CHECK(now == start + 1768s);
    CHECK(timer.due(now, idle) == Due::expire);
}

TEST_CASE("Retry-After puts the next refresh off, but not past the end", "[session][rfc4028][10]") {
    SessionTimer timer = running(1800s, uac);
    SECTION("later than halfway") {
        CHECK(timer.refused(start + 968s, timer.request(), {.status = 503, .retry_after = 500s})
              == Verdict::keep);
        CHECK(timer.next_timeout(idle) == start + 1468s);
    }
    SECTION("sooner than halfway") {
        CHECK(timer.refused(start + 968s, timer.request(), {.status = 503, .retry_after = 5s})
              == Verdict::keep);
        CHECK(timer.next_timeout(idle) == start + 1368s);
    }
    SECTION("when it is too late") {
        CHECK(timer.refused(start + 968s, timer.request(),
                            {.status = 503, .retry_after = Seconds(UINT32_MAX)})
              == Verdict::keep);
        CHECK(timer.next_timeout(idle) == start + 1768s);
    }
}

TEST_CASE("a refusal that comes after the moment for BYE leaves no time to try again",
          "[session][rfc4028][10]") {
    SessionTimer timer = running(90s, uac);
    CHECK(timer.refused(start + 70s, timer.request(), {.status = 500}) == Verdict::keep);
    CHECK(timer.due(start + 70s, idle) == Due::expire);
}

TEST_CASE("a request of the application that is refused takes no refresh away",
          "[session][rfc4028][10]") {
    for (const Refresher refresher : {uac, uas}) {
        SessionTimer timer = running(1800s, refresher);
        const auto before = timer.next_timeout(idle);
        for (int i = 0; i < 9; ++i)
            CHECK(timer.refused(start + 10s, timer.request(), {.status = 488}) == Verdict::keep);
        CHECK(timer.next_timeout(idle) == before);
    }
}

// RFC 4028 §13
TEST_CASE("the RFC's example runs: two 422s, a refresh, and BYE after 3968 s",
          "[session][rfc4028][13]") {
    SessionTimer invite(Policy{.interval = 90s});
    CHECK(invite.refused(start, invite.request(), {.status = 422, .min_se = 3600s})
          == Verdict::retry);
    CHECK(invite.refused(start, invite.request(), {.status = 422, .min_se = 4000s})
          == Verdict::retry);
    const RefreshRequest third = invite.request();
    SessionTimer alice = invite.for_dialog();
    SessionTimer bob(Policy{.use = Use::on_request});
    REQUIRE_FALSE(bob.received(third));
    const RefreshAnswer ok = bob.answer(start, third);
    CHECK(
        ok
        == RefreshAnswer{
            .interval = 4000s, .refresher = uac, .timer_required = true, .timer_supported = true});
    alice.accepted(start, third, ok);

    const TimePoint half = start + 2000s;
    REQUIRE(alice.due(half, idle) == Due::refresh);
    const RefreshRequest update = alice.request();
    CHECK(update == RefreshRequest{.interval = 4000s, .refresher = uac, .timer_supported = true});
    REQUIRE_FALSE(bob.received(update));
    alice.accepted(half, update, bob.answer(half, update));

    CHECK(bob.due(half + 3967s, idle) == Due::nothing);
    CHECK(bob.due(half + 3968s, idle) == Due::expire);
}

// Small worlds, gone through to the end: every order of messages, timers and operations, with so
// many messages lost, late or doubled. OFFHOOK_EXPLORE_FAULTS=1 in the environment allows one more.

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/small_world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

void explore_all(const char* name, unsigned faults, const SmallWorld::Options& options) {
    if (const char* const more = std::getenv("OFFHOOK_EXPLORE_FAULTS"))
        faults += static_cast<unsigned>(std::atoi(more));
    const Explored found = explore(SmallWorld(options), faults, 20'000'000);
    std::cout << name << ": " << found.states << " states, " << found.steps << " steps, "
              << found.ends << " ends with up to " << faults << " faults"
              << (found.complete ? "" : ", not all of them") << std::endl;
    INFO(found.transcript);
    CHECK(found.problem == "");
    CHECK(found.complete);
    CHECK(found.ends > 0);
}

constexpr std::size_t alice = 0, bob = 1, carol = 2;

} // namespace

TEST_CASE("whatever becomes of a call, it ends on both sides", "[explore][rfc3261][15]") {
    explore_all("call", 2, {.moves = {{bob, Act::ring}, {bob, Act::accept}}});
}

TEST_CASE("whatever becomes of a call whose 2xx brings the offer, it ends on both sides",
          "[explore][rfc3261][13.2.2.4]") {
    explore_all("offer in the 2xx", 2, {.moves = {{bob, Act::accept}}, .offer = false});
}

TEST_CASE("whenever a call is cancelled, it ends on both sides", "[explore][rfc3261][9]") {
    explore_all("CANCEL", 1,
                {.moves = {{bob, Act::ring}, {bob, Act::accept}, {alice, Act::cancel}}});
}

TEST_CASE("whenever a call is refused or cancelled, it ends on both sides",
          "[explore][rfc3261][9][13.3.1.3]") {
    explore_all("refusal", 2, {.moves = {{bob, Act::reject}, {alice, Act::cancel}}});
}

TEST_CASE("whoever sends BYE, and both at once, the call ends on both sides",
          "[explore][rfc3261][15.1]") {
    explore_all("BYE", 1, {.moves = {{bob, Act::accept}, {alice, Act::bye}, {bob, Act::bye}}});
}

TEST_CASE("whenever both modify a call, each re-INVITE has one outcome",
          "[explore][rfc3261][14.1][14.2]") {
    explore_all("re-INVITE", 1,
                {.moves = {{bob, Act::accept}, {alice, Act::reinvite}, {bob, Act::reinvite}}});
}

TEST_CASE("whenever a re-INVITE is cancelled, it has one outcome", "[explore][rfc3261][9]") {
    explore_all("CANCEL of re-INVITE", 1,
                {.moves = {{bob, Act::accept},
                           {alice, Act::reinvite},
                           {alice, Act::cancel},
                           {bob, Act::accept}},
                 .accept_reinvites = false});
}

TEST_CASE("whenever a re-INVITE and a BYE cross, the call ends on both sides",
          "[explore][rfc3261][14.1][15.1]") {
    explore_all("re-INVITE and BYE", 1,
                {.moves = {{bob, Act::accept}, {alice, Act::reinvite}, {bob, Act::bye}},
                 .accept_reinvites = false});
}

TEST_CASE("whenever both send UPDATE, each has one outcome", "[explore][rfc3311][5.2]") {
    explore_all("UPDATE", 1,
                {.moves = {{bob, Act::accept}, {alice, Act::update}, {bob, Act::update}}});
}

TEST_CASE("whenever an early call is modified, each UPDATE has one outcome",
          "[explore][rfc3311][5.1]") {
    explore_all("early UPDATE", 1,
                {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}, {alice, Act::update}}});
}

TEST_CASE("whenever an UPDATE and a re-INVITE cross, each has one outcome",
          "[explore][rfc3311][5.2][rfc3261][14.2]") {
    explore_all("UPDATE and re-INVITE", 1,
                {.moves = {{bob, Act::accept}, {alice, Act::update}, {bob, Act::reinvite}}});
}

TEST_CASE("whenever one side sends both UPDATE and re-INVITE, each has one outcome",
          "[explore][rfc3311][5.1][rfc3261][14.1]") {
    explore_all("UPDATE, then re-INVITE", 1,
                {.moves = {{bob, Act::accept}, {alice, Act::update}, {alice, Act::reinvite}}});
}

TEST_CASE("whatever becomes of a reliable response and its PRACK, the call ends",
          "[explore][rfc3262][3][4]") {
    explore_all("PRACK", 1,
                {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}, {alice, Act::cancel}}});
}

TEST_CASE("whatever becomes of an offer in a reliable response, the call ends",
          "[explore][rfc3262][5]") {
    explore_all("offer in the 183", 1,
                {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}}, .offer = false});
}

TEST_CASE("whenever an INFO is sent and the call ended, both have one outcome",
          "[explore][rfc3261][12.2][15.1]") {
    explore_all("INFO", 1, {.moves = {{bob, Act::accept}, {alice, Act::info}, {bob, Act::bye}}});
}

TEST_CASE("whatever becomes of a fork, one call at most is left of it",
          "[explore][rfc3261][13.2.2.4]") {
    explore_all("fork", 1, {.callees = 2, .moves = {{bob, Act::accept}, {carol, Act::accept}}});
}

TEST_CASE("whatever becomes of a fork of which all are kept, each call ends on both sides",
          "[explore][rfc3261][13.2.2.4]") {
    explore_all("fork, all kept", 1,
                {.callees = 2,
                 .moves = {{bob, Act::accept}, {carol, Act::accept}},
                 .forks = ForkPolicy::keep_all});
}

TEST_CASE("whenever a fork is cancelled or refused, it ends everywhere",
          "[explore][rfc3261][9][16.7]") {
    explore_all(
        "fork and CANCEL", 1,
        {.callees = 2, .moves = {{bob, Act::reject}, {carol, Act::accept}, {alice, Act::cancel}}});
}

TEST_CASE("whatever both ask of a call, it ends on both sides", "[explore][rfc3261][15]") {
    explore_all("anything", 0,
                {.moves = {{bob, Act::ring},
                           {bob, Act::accept},
                           {bob, Act::bye},
                           {alice, Act::cancel},
                           {alice, Act::reinvite},
                           {bob, Act::update},
                           {alice, Act::info}}});
}

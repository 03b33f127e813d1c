// Small worlds, gone through to the end: every order of messages, timers and operations, with so
// many messages lost, late or doubled. OFFHOOK_EXPLORE_FAULTS=1 in the environment allows one more.

#include <iostream>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/small_world.hpp"
#include "offhook/sim/report.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// What goes wrong in such a world, and on what way; "" where nothing does.
std::string problem_in(const char* name, unsigned faults, const SmallWorld::Options& options) {
    faults += static_cast<unsigned>(sim::number_from("OFFHOOK_EXPLORE_FAULTS", 0));
    const Explored found = explore(SmallWorld(options), faults, 20'000'000);
    std::cout << name << ": " << found.states << " states, " << found.steps << " steps, "
              << found.ends << " ends with up to " << faults << " faults"
              << (found.complete ? "" : ", not all of them") << std::endl;
    CHECK(found.complete);
    CHECK(found.ends > 0);
    return found.problem.empty() ? "" : found.problem + "\n" + found.transcript;
}

constexpr std::size_t alice = 0, bob = 1, carol = 2;

} // namespace

TEST_CASE("whatever becomes of a call, it ends on both sides", "[explore][rfc3261][15]") {
    CHECK(problem_in("call", 2, {.moves = {{bob, Act::ring}, {bob, Act::accept}}}) == "");
}

TEST_CASE("whatever becomes of a call whose 2xx brings the offer, it ends on both sides",
          "[explore][rfc3261][13.2.2.4]") {
    CHECK(problem_in("offer in the 2xx", 2, {.moves = {{bob, Act::accept}}, .offer = false}) == "");
}

TEST_CASE("whenever a call is cancelled, it ends on both sides", "[explore][rfc3261][9]") {
    CHECK(problem_in("CANCEL", 1,
                     {.moves = {{bob, Act::ring}, {bob, Act::accept}, {alice, Act::cancel}}})
          == "");
}

TEST_CASE("whenever a call is refused or cancelled, it ends on both sides",
          "[explore][rfc3261][9][13.3.1.3]") {
    CHECK(problem_in("refusal", 2, {.moves = {{bob, Act::reject}, {alice, Act::cancel}}}) == "");
}

TEST_CASE("whoever sends BYE, and both at once, the call ends on both sides",
          "[explore][rfc3261][15.1]") {
    CHECK(problem_in("BYE", 1, {.moves = {{bob, Act::accept}, {alice, Act::bye}, {bob, Act::bye}}})
          == "");
}

TEST_CASE("whenever both modify a call, each re-INVITE has one outcome",
          "[explore][rfc3261][14.1][14.2]") {
    CHECK(problem_in("re-INVITE", 1,
                     {.moves = {{bob, Act::accept}, {alice, Act::reinvite}, {bob, Act::reinvite}}})
          == "");
}

TEST_CASE("whenever a re-INVITE is cancelled, it has one outcome", "[explore][rfc3261][9]") {
    CHECK(problem_in("CANCEL of re-INVITE", 1,
                     {.moves = {{bob, Act::accept},
                                {alice, Act::reinvite},
                                {alice, Act::cancel},
                                {bob, Act::accept}},
                      .accept_reinvites = false})
          == "");
}

TEST_CASE("whenever a re-INVITE and a BYE cross, the call ends on both sides",
          "[explore][rfc3261][14.1][15.1]") {
    CHECK(problem_in("re-INVITE and BYE", 1,
                     {.moves = {{bob, Act::accept}, {alice, Act::reinvite}, {bob, Act::bye}},
                      .accept_reinvites = false})
          == "");
}

TEST_CASE("whenever both send UPDATE, each has one outcome", "[explore][rfc3311][5.2]") {
    CHECK(problem_in("UPDATE", 1,
                     {.moves = {{bob, Act::accept}, {alice, Act::update}, {bob, Act::update}}})
          == "");
}

TEST_CASE("whenever an early call is modified, each UPDATE has one outcome",
          "[explore][rfc3311][5.1]") {
    CHECK(problem_in(
              "early UPDATE", 1,
              {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}, {alice, Act::update}}})
          == "");
}

TEST_CASE("whenever an UPDATE and a re-INVITE cross, each has one outcome",
          "[explore][rfc3311][5.2][rfc3261][14.2]") {
    CHECK(problem_in("UPDATE and re-INVITE", 1,
                     {.moves = {{bob, Act::accept}, {alice, Act::update}, {bob, Act::reinvite}}})
          == "");
}

TEST_CASE("whenever one side sends both UPDATE and re-INVITE, each has one outcome",
          "[explore][rfc3311][5.1][rfc3261][14.1]") {
    CHECK(problem_in("UPDATE, then re-INVITE", 1,
                     {.moves = {{bob, Act::accept}, {alice, Act::update}, {alice, Act::reinvite}}})
          == "");
}

TEST_CASE("whatever becomes of a reliable response and its PRACK, the call ends",
          "[explore][rfc3262][3][4]") {
    CHECK(problem_in(
              "PRACK", 1,
              {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}, {alice, Act::cancel}}})
          == "");
}

TEST_CASE("whatever becomes of an offer in a reliable response, the call ends",
          "[explore][rfc3262][5]") {
    CHECK(problem_in("offer in the 183", 1,
                     {.moves = {{bob, Act::offer_reliably}, {bob, Act::accept}}, .offer = false})
          == "");
}

TEST_CASE("whenever an INFO is sent and the call ended, both have one outcome",
          "[explore][rfc3261][12.2][15.1]") {
    CHECK(
        problem_in("INFO", 1, {.moves = {{bob, Act::accept}, {alice, Act::info}, {bob, Act::bye}}})
        == "");
}

TEST_CASE("whatever becomes of a fork, one call at most is left of it",
          "[explore][rfc3261][13.2.2.4]") {
    CHECK(problem_in("fork", 1, {.callees = 2, .moves = {{bob, Act::accept}, {carol, Act::accept}}})
          == "");
}

TEST_CASE("whatever becomes of a fork of which all are kept, each call ends on both sides",
          "[explore][rfc3261][13.2.2.4]") {
    CHECK(problem_in("fork, all kept", 1,
                     {.callees = 2,
                      .moves = {{bob, Act::accept}, {carol, Act::accept}},
                      .forks = ForkPolicy::keep_all})
          == "");
}

TEST_CASE("whenever a fork is cancelled or refused, it ends everywhere",
          "[explore][rfc3261][9][16.7]") {
    CHECK(problem_in("fork and CANCEL", 1,
                     {.callees = 2,
                      .moves = {{bob, Act::reject}, {carol, Act::accept}, {alice, Act::cancel}}})
          == "");
}

TEST_CASE("whatever both ask of a call, it ends on both sides", "[explore][rfc3261][15]") {
    CHECK(problem_in("anything", 0,
                     {.moves = {{bob, Act::ring},
                                {bob, Act::accept},
                                {bob, Act::bye},
                                {alice, Act::cancel},
                                {alice, Act::reinvite},
                                {bob, Act::update},
                                {alice, Act::info}}})
          == "");
}

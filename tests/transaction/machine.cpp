#include "offhook/transaction/machine.hpp"

#include "../catch.hpp"

#include <array>
#include <vector>

using namespace offhook;

namespace {
enum class Door { open, closed };
enum class Push { push, pull };
enum class Act { creak, slam, bolt };
using DoorRow = Row<Door, Push, Act>;
} // namespace

TEST_CASE("effects are performed once each, in the order of their declaration", "[transaction]") {
    const EffectSet<Act> effects = EffectSet<Act>(Act::bolt) | Act::creak | Act::bolt;
    std::vector<Act> performed;
    effects.for_each([&](Act act) { performed.push_back(act); });
    CHECK(performed == std::vector{Act::creak, Act::bolt});
    CHECK(effects.has(Act::creak));
    CHECK_FALSE(effects.has(Act::slam));
    EffectSet<Act>().for_each([](Act) { FAIL("there is none"); });
}

TEST_CASE("a row is found by its state and its input, and a missing one is not", "[transaction]") {
    constexpr std::array rows{
        DoorRow{Door::open, Push::push, Act::slam, Door::closed, "1"},
        DoorRow{Door::closed, Push::pull, Act::creak, Door::open, "2"},
    };
    const Rows<DoorRow> all(rows);
    CHECK(find_row(all, Door::open, Push::push) == &rows[0]);
    CHECK(find_row(all, Door::closed, Push::pull) == &rows[1]);
    CHECK(find_row(all, Door::open, Push::pull) == nullptr);
    CHECK(is_deterministic(all));
}

TEST_CASE("a table in which a state and an input stand twice is not deterministic",
          "[transaction]") {
    constexpr std::array rows{
        DoorRow{Door::open, Push::push, Act::slam, Door::closed, "1"},
        DoorRow{Door::open, Push::push, Act::creak, Door::open, "2"},
    };
    CHECK_FALSE(is_deterministic(Rows<DoorRow>(rows)));
}

#ifndef OFFHOOK_TESTS_TRANSACTION_WALK_HPP
#define OFFHOOK_TESTS_TRANSACTION_WALK_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "offhook/transaction/machine.hpp"

namespace offhook::test {

/// Holds a table against a grid with a line for each state and a letter for each input: that of the
/// next state in `letters`, or '.' where nothing may happen. `effects` are those of the letters, in
/// reading order.
template <class State, class Input, class Effect>
void check_table(Rows<Row<State, Input, Effect>> rows, std::string_view letters,
                 const std::vector<std::string_view>& grid,
                 const std::vector<EffectSet<Effect>>& effects) {
    REQUIRE(grid.size() == letters.size());
    std::size_t arrows = 0;
    for (std::size_t s = 0; s < grid.size(); ++s) {
        for (std::size_t i = 0; i < grid[s].size(); ++i) {
            INFO("state " << letters[s] << ", input " << i);
            const auto* const row = find_row(rows, static_cast<State>(s), static_cast<Input>(i));
            if (grid[s][i] == '.') {
                CHECK(row == nullptr);
                continue;
            }
            REQUIRE(row != nullptr);
            CHECK(letters[static_cast<std::size_t>(row->next)] == grid[s][i]);
            CHECK(row->effects == effects.at(arrows));
            CHECK_FALSE(row->section.empty());
            ++arrows;
        }
    }
    CHECK(arrows == effects.size());
    CHECK(arrows == rows.size()); // none outside of the grid
}

} // namespace offhook::test

#endif

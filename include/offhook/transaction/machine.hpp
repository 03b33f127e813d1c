#ifndef OFFHOOK_TRANSACTION_MACHINE_HPP
#define OFFHOOK_TRANSACTION_MACHINE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook {

/// A set of effects. They are performed in the order in which their enumerators are declared.
template <class Effect>
class EffectSet {
public:
    constexpr EffectSet() = default;
    /// That one alone.
    constexpr EffectSet(Effect effect) : bits_(bit(effect)) {}

    /// Whether that one is in it.
    constexpr bool has(Effect effect) const { return (bits_ & bit(effect)) != 0; }
    friend constexpr bool operator==(EffectSet, EffectSet) = default;
    friend constexpr EffectSet operator|(EffectSet a, EffectSet b) {
        a.bits_ |= b.bits_;
        return a;
    }

    /// Calls perform(effect) for each, in their order.
    template <class Perform>
    constexpr void for_each(Perform&& perform) const {
        for (unsigned i = 0; bits_ >> i != 0; ++i) {
            if ((bits_ >> i & 1) != 0) perform(static_cast<Effect>(i));
        }
    }

private:
    static constexpr std::uint32_t bit(Effect effect) {
        return std::uint32_t{1} << static_cast<unsigned>(effect);
    }

    std::uint32_t bits_ = 0;
};

/// One arrow of a state diagram. What has no row does not happen.
template <class State, class Input, class Effect>
struct Row {
    State state;               ///< in which it applies
    Input input;               ///< what comes
    EffectSet<Effect> effects; ///< what is then done
    State next;                ///< the state afterwards
    std::string_view section;  ///< of RFC 3261; "6026 §7.1" is one of RFC 6026
};

/// A whole diagram, whatever its size.
template <class Row>
struct Rows {
    const Row* first; ///< the diagram's first row
    const Row* last;  ///< behind its last row

    /// A view of the array, which is to outlive it.
    template <std::size_t N>
    constexpr Rows(const std::array<Row, N>& rows) : first(rows.data()), last(first + N) {}
    /// The first row.
    constexpr const Row* begin() const { return first; }
    /// Behind the last row.
    constexpr const Row* end() const { return last; }
    /// How many rows there are.
    constexpr std::size_t size() const { return static_cast<std::size_t>(last - first); }
};

/// The row for this state and input, or nullptr.
template <class State, class Input, class Effect>
constexpr const Row<State, Input, Effect>* find_row(Rows<Row<State, Input, Effect>> rows,
                                                    State state, Input input) {
    for (const auto& row : rows) {
        if (row.state == state && row.input == input) return &row;
    }
    return nullptr;
}

/// Does no pair of state and input stand twice?
template <class State, class Input, class Effect>
constexpr bool is_deterministic(Rows<Row<State, Input, Effect>> rows) {
    for (const auto& row : rows) {
        if (find_row(rows, row.state, row.input) != &row) return false;
    }
    return true;
}

} // namespace offhook

#endif

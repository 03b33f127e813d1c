#ifndef OFFHOOK_SIM_DICE_HPP
#define OFFHOOK_SIM_DICE_HPP

#include <cstdint>

#include "offhook/core/time.hpp"

namespace offhook::sim {

/// A small, fast generator for what a simulation leaves to chance: SplitMix64. The same seed gives
/// the same throws. Nothing that must not be guessed comes from here; see core/random.hpp.
class Dice {
public:
    /// The throws of this seed.
    explicit constexpr Dice(std::uint64_t seed) : state_(seed) {}

    /// 64 bits.
    constexpr std::uint64_t next() {
        std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// True with a probability of 0 … 1.
    constexpr bool chance(double probability) {
        return static_cast<double>(next() >> 11) * 0x1p-53 < probability;
    }

    /// 0 … limit − 1; 0 for a limit of 0.
    constexpr std::uint64_t below(std::uint64_t limit) {
        return limit == 0 ? (next(), 0) : next() % limit;
    }

    /// From zero to `most`.
    constexpr Duration up_to(Duration most) {
        return Duration(
            static_cast<Duration::rep>(below(static_cast<std::uint64_t>(most.count()) + 1)));
    }

private:
    std::uint64_t state_;
};

} // namespace offhook::sim

#endif

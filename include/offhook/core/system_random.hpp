#ifndef OFFHOOK_CORE_SYSTEM_RANDOM_HPP
#define OFFHOOK_CORE_SYSTEM_RANDOM_HPP

#include <cstddef>
#include <random>

#include "offhook/core/random.hpp"

namespace offhook {

/// A seed from the operating system. The one place that reaches for ambient randomness, in a header
/// of its own because a library that takes its seed as an argument has no need of it.
inline Seed system_seed() {
    std::random_device device;
    Seed seed;
    for (std::size_t i = 0; i < seed.size(); i += 4) {
        const std::random_device::result_type word = device();
        for (std::size_t b = 0; b < 4; ++b) {
            seed[i + b] = static_cast<std::uint8_t>(word >> (8 * b));
        }
    }
    return seed;
}

} // namespace offhook

#endif

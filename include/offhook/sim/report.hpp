#ifndef OFFHOOK_SIM_REPORT_HPP
#define OFFHOOK_SIM_REPORT_HPP

#include <cstdint>
#include <cstdlib>
#include <string>

#include "offhook/sim/network.hpp"
#include "offhook/trace/ladder.hpp"

namespace offhook::sim {

/// What to show where a simulation did not go as it should: the seed that repeats it, and what
/// happened.
///
///     INFO(sim::report(net)); // Catch2: made at once, shown on failure
template <class Agent>
std::string report(const Network<Agent>& net, const trace::LadderOptions& options = {}) {
    return "seed " + std::to_string(net.seed()) + "\n" + trace::ladder(net.trace(), options);
}

/// The number that a variable of the environment holds, else `otherwise`: so that a report's seed
/// repeats the run without another build. What is no number as a whole is none.
inline std::uint64_t number_from(const char* variable, std::uint64_t otherwise) {
    const char* const text = std::getenv(variable);
    if (!text || *text < '0' || *text > '9') return otherwise;
    char* end = nullptr;
    const std::uint64_t number = std::strtoull(text, &end, 10);
    return *end == '\0' ? number : otherwise;
}

} // namespace offhook::sim

#endif

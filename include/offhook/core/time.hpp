#ifndef OFFHOOK_CORE_TIME_HPP
#define OFFHOOK_CORE_TIME_HPP

#include <chrono>

namespace offhook {

/// A moment on the caller's monotonic clock. The library never reads a clock: whoever calls it says
/// what time it is, so a test can live through a day in a microsecond.
using TimePoint = std::chrono::steady_clock::time_point;

/// A span of that clock; any std::chrono duration of whole nanoseconds converts to it.
using Duration = std::chrono::steady_clock::duration;

} // namespace offhook

#endif

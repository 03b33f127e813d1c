#ifndef OFFHOOK_CORE_POLLED_HPP
#define OFFHOOK_CORE_POLLED_HPP

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/core/flow.hpp"
#include "offhook/core/time.hpp"

namespace offhook {

/// What a socket loop or a simulated network drives: bytes and time in, bytes and a deadline out.
/// Endpoint is one. After each input the driver sends all that poll_transmit() gives.
///
///     receive(now, flow, bytes)      // a datagram, or any piece of a stream
///     connection_closed(now, flow)   // the stream has ended, by whomever
///     transmit_failed(now, flow)     // what was to leave on the flow did not; UDP: as ICMP says
///     handle_timeout(now)            // a spurious one is harmless
///     poll_timeout()                 // when to call that; nothing: never
///     poll_transmit()                // something with a `flow` and `bytes`; nothing: no more
template <class T>
concept Polled = requires(T& polled, TimePoint now, const Flow& flow, std::string_view bytes) {
    polled.receive(now, flow, bytes);
    polled.connection_closed(now, flow);
    polled.transmit_failed(now, flow);
    polled.handle_timeout(now);
    { polled.poll_timeout() } -> std::convertible_to<std::optional<TimePoint>>;
    { polled.poll_transmit()->flow } -> std::convertible_to<Flow>;
    { std::move(polled.poll_transmit()->bytes) } -> std::convertible_to<std::string>;
};

} // namespace offhook

#endif

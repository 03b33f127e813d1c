#ifndef OFFHOOK_NET_TAPPED_HPP
#define OFFHOOK_NET_TAPPED_HPP

#include <string_view>

#include "offhook/core/flow.hpp"
#include "offhook/core/polled.hpp"
#include "offhook/core/time.hpp"

namespace offhook::net {

/// An endpoint, and somebody who is shown all that it receives and sends: trace::Recorder has this
/// shape, and so has a log of one's own.
///
///     tap.received(now, flow, bytes);   // a datagram, or a piece of a stream
///     tap.sent(now, flow, bytes);       // a whole message
///     tap.closed(flow);
template <Polled Endpoint, class Tap>
struct Tapped {
    Endpoint& endpoint; ///< the one that is driven
    Tap& tap;           ///< the one that is shown

    /// Shown, and then handed on.
    void receive(TimePoint now, const Flow& flow, std::string_view bytes) {
        tap.received(now, flow, bytes);
        endpoint.receive(now, flow, bytes);
    }
    /// Shown, and then handed on.
    void connection_closed(TimePoint now, const Flow& flow) {
        tap.closed(flow);
        endpoint.connection_closed(now, flow);
    }
    /// Handed on; what failed has been shown as sent.
    void transmit_failed(TimePoint now, const Flow& flow) { endpoint.transmit_failed(now, flow); }
    /// Handed on.
    void handle_timeout(TimePoint now) { endpoint.handle_timeout(now); }
    /// When the endpoint wants handle_timeout().
    auto poll_timeout() { return endpoint.poll_timeout(); }
    /// What the endpoint gives, shown with the steady clock's time; nothing: no more.
    auto poll_transmit() {
        auto transmit = endpoint.poll_transmit();
        if (transmit) {
            tap.sent(std::chrono::steady_clock::now(), transmit->flow,
                     std::string_view(transmit->bytes));
        }
        return transmit;
    }
};

} // namespace offhook::net

#endif

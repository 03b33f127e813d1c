#ifndef OFFHOOK_TRANSACTION_SERVER_MACHINE_HPP
#define OFFHOOK_TRANSACTION_SERVER_MACHINE_HPP

#include <cstdint>

#include "offhook/transaction/machine.hpp"

namespace offhook {

/// The states of both server machines. RFC 3261 figure 8, RFC 6026 figure 7
enum class ServerState : std::uint8_t {
    initial, ///< before the request
    trying,  ///< all but INVITE
    proceeding,
    completed,
    confirmed, ///< INVITE only
    accepted,  ///< INVITE only
    terminated,
};

/// What can happen to a server transaction.
enum class ServerInput : std::uint8_t {
    rx_request, ///< the first one, or a retransmission
    rx_ack,
    tu_100,
    tu_101_199,
    tu_2xx,
    tu_3xx_6xx,
    timer_g,
    timer_h,
    timer_i,
    timer_j,
    timer_l,
    timer_trying, ///< the TU has been silent for so long that a 100 is due
    timer_expiry, ///< and so long that no client can be waiting any more
    transport_error,
    abandon, ///< the TU will never answer
};

/// What it can do about it, in the order in which it is done.
enum class ServerEffect : std::uint8_t {
    pass_up,           ///< the request, or the ACK, to the TU
    keep,              ///< the TU's response; from now on it is what `resend` sends
    send,              ///< the TU's response
    resend,            ///< what was kept last; at first that is a 100
    forget,            ///< nothing will be sent again
    start_trying,      ///< 200 ms for INVITE, else when Timer E has reached T2
    stop_trying,       ///< the TU has spoken
    start_expiry,      ///< 64*T1
    start_g,           ///< T1, unreliable transports only
    double_g,          ///< twice the last interval, at most T2
    start_h,           ///< 64*T1
    start_i,           ///< T4, or 0
    start_j,           ///< 64*T1, or 0
    start_l,           ///< 64*T1
    report_failure,    ///< of the transport, to the TU
    report_no_ack,     ///< the end, without an ACK, to the TU
    report_unanswered, ///< the end, without a final response, to the TU
    report_end,        ///< to the TU, which may forget what belongs to it
};

/// What a row of the server machines does.
using ServerEffects = EffectSet<ServerEffect>;
/// One arrow of figure 7 or 8.
using ServerRow = Row<ServerState, ServerInput, ServerEffect>;

/// Both.
constexpr ServerEffects operator|(ServerEffect a, ServerEffect b) {
    return ServerEffects(a) | ServerEffects(b);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_TRANSACTION_CLIENT_MACHINE_HPP
#define OFFHOOK_TRANSACTION_CLIENT_MACHINE_HPP

#include <cstdint>

#include "offhook/transaction/machine.hpp"

namespace offhook {

/// The states of both client machines. RFC 3261 figures 5 and 6, RFC 6026 §7.2
enum class ClientState : std::uint8_t {
    initial, ///< before the request of the TU
    calling, ///< INVITE only
    trying,  ///< all but INVITE
    proceeding,
    completed,
    accepted, ///< INVITE only
    terminated,
};

/// What can happen to a client transaction.
enum class ClientInput : std::uint8_t {
    tu_request,
    rx_1xx,
    rx_2xx,
    rx_3xx_6xx,
    timer_a,
    timer_b,
    timer_d,
    timer_e,
    timer_f,
    timer_k,
    timer_m,
    transport_error,
    abandon, ///< the TU wants no more of it
};

/// What it can do about it, in the order in which it is done.
enum class ClientEffect : std::uint8_t {
    make_ack,       ///< from the response; from now on the ACK is what `send` sends
    send,           ///< the request, or the ACK
    pass_up,        ///< the response to the TU
    forget,         ///< nothing will be sent any more
    start_a,        ///< T1, unreliable transports only
    double_a,       ///< twice the last interval
    start_b,        ///< 64*T1
    start_d,        ///< 32 s or more, or 0
    start_e,        ///< T1, unreliable transports only
    double_e,       ///< twice the last interval, at most T2
    reset_e,        ///< T2
    start_f,        ///< 64*T1
    start_k,        ///< T4, or 0
    start_m,        ///< 64*T1
    report_timeout, ///< to the TU
    report_failure, ///< of the transport, to the TU
    report_end,     ///< to the TU, which may forget what belongs to it
};

/// What a row of the client machines does.
using ClientEffects = EffectSet<ClientEffect>;
/// One arrow of figure 5 or 6.
using ClientRow = Row<ClientState, ClientInput, ClientEffect>;

/// Both.
constexpr ClientEffects operator|(ClientEffect a, ClientEffect b) {
    return ClientEffects(a) | ClientEffects(b);
}

} // namespace offhook

#endif

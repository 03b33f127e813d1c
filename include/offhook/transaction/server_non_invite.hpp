#ifndef OFFHOOK_TRANSACTION_SERVER_NON_INVITE_HPP
#define OFFHOOK_TRANSACTION_SERVER_NON_INVITE_HPP

#include <array>

#include "offhook/transaction/server_machine.hpp"

namespace offhook {

/// The server transaction of every request but INVITE and ACK: RFC 3261 figure 8, with RFC 4320 on
/// provisional responses and RFC 6026 §8.8 on failures of the transport.
///
/// A TU that stays silent loses its chance after 64*T1, when no client is waiting any more.
/// RFC 4320 §4.2
// clang-format off
inline constexpr auto server_non_invite_rows = [] {
    using enum ServerState; using enum ServerInput; using enum ServerEffect;
    return std::to_array<ServerRow>({
    //state       input            effects                                next        RFC 3261
    { initial,    rx_request,      pass_up | start_trying | start_expiry, trying,     "§17.2.2" },

    { trying,     timer_trying,    resend,                                proceeding, "4320 §4.1" },
    { trying,     tu_100,          keep | send,                           proceeding, "§17.2.2" },
    { trying,     tu_2xx,          keep | send | start_j,                 completed,  "§17.2.2" },
    { trying,     tu_3xx_6xx,      keep | send | start_j,                 completed,  "§17.2.2" },
    { trying,     timer_expiry,    report_unanswered,                     terminated, "4320 §4.2" },
    { trying,     abandon,         {},                                    terminated, "§17.2" },

    { proceeding, rx_request,      resend,                                proceeding, "§17.2.2" },
    { proceeding, tu_100,          keep | send,                           proceeding, "§17.2.2" },
    { proceeding, tu_2xx,          keep | send | start_j,                 completed,  "§17.2.2" },
    { proceeding, tu_3xx_6xx,      keep | send | start_j,                 completed,  "§17.2.2" },
    { proceeding, timer_expiry,    report_unanswered,                     terminated, "4320 §4.2" },
    { proceeding, transport_error, report_failure,                        proceeding, "6026 §8.8" },
    { proceeding, abandon,         {},                                    terminated, "§17.2" },

    { completed,  rx_request,      resend,                                completed,  "§17.2.2" },
    { completed,  timer_j,         report_end,                            terminated, "§17.2.2" },
    { completed,  transport_error, report_failure,                        completed,  "6026 §8.8" },
    });
}();
// clang-format on

static_assert(is_deterministic(Rows<ServerRow>(server_non_invite_rows)));

} // namespace offhook

#endif

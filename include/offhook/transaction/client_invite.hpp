#ifndef OFFHOOK_TRANSACTION_CLIENT_INVITE_HPP
#define OFFHOOK_TRANSACTION_CLIENT_INVITE_HPP

#include <array>

#include "offhook/transaction/client_machine.hpp"

namespace offhook {

/// The INVITE client transaction: RFC 3261 figure 5 as RFC 6026 §8.4 corrects it.
///
/// Proceeding has no timer, since a callee may take as long as it likes: the TU bounds it, by
/// CANCEL and, 64*T1 later, by abandon. RFC 3261 §9.1
// clang-format off
inline constexpr auto client_invite_rows = [] {
    using enum ClientState; using enum ClientInput; using enum ClientEffect;
    return std::to_array<ClientRow>({
    //state       input            effects                              next        RFC 3261
    { initial,    tu_request,      send | start_a | start_b,            calling,    "§17.1.1.2" },

    { calling,    timer_a,         send | double_a,                     calling,    "§17.1.1.2" },
    { calling,    timer_b,         report_timeout,                      terminated, "§17.1.1.2" },
    { calling,    rx_1xx,          pass_up,                             proceeding, "§17.1.1.2" },
    { calling,    rx_2xx,          pass_up | forget | start_m,          accepted,   "6026 §7.2" },
    { calling,    rx_3xx_6xx,      make_ack | send | pass_up | start_d, completed,  "§17.1.1.2" },
    { calling,    transport_error, report_failure,                      terminated, "§17.1.4" },
    { calling,    abandon,         {},                                  terminated, "§9.1" },

    { proceeding, rx_1xx,          pass_up,                             proceeding, "§17.1.1.2" },
    { proceeding, rx_2xx,          pass_up | forget | start_m,          accepted,   "6026 §7.2" },
    { proceeding, rx_3xx_6xx,      make_ack | send | pass_up | start_d, completed,  "§17.1.1.2" },
    { proceeding, transport_error, report_failure,                      terminated, "§17.1.4" },
    { proceeding, abandon,         {},                                  terminated, "§9.1" },

    { completed,  rx_3xx_6xx,      send,                                completed,  "§17.1.1.2" },
    { completed,  timer_d,         report_end,                          terminated, "§17.1.1.2" },
    { completed,  transport_error, report_failure,                      terminated, "6026 §8.4" },

    { accepted,   rx_2xx,          pass_up,                             accepted,   "6026 §7.2" },
    { accepted,   timer_m,         report_end,                          terminated, "6026 §7.2" },
    });
}();
// clang-format on

static_assert(is_deterministic(Rows<ClientRow>(client_invite_rows)));

} // namespace offhook

#endif

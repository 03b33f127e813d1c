#ifndef OFFHOOK_TRANSACTION_CLIENT_NON_INVITE_HPP
#define OFFHOOK_TRANSACTION_CLIENT_NON_INVITE_HPP

#include <array>

#include "offhook/transaction/client_machine.hpp"

namespace offhook {

/// The client transaction of every request but INVITE and ACK: RFC 3261 figure 6.
// clang-format off
inline constexpr auto client_non_invite_rows = [] {
    using enum ClientState; using enum ClientInput; using enum ClientEffect;
    return std::to_array<ClientRow>({
    //state       input            effects                     next        RFC 3261
    { initial,    tu_request,      send | start_e | start_f,   trying,     "§17.1.2.2" },

    { trying,     timer_e,         send | double_e,            trying,     "§17.1.2.2" },
    { trying,     timer_f,         report_timeout,             terminated, "§17.1.2.2" },
    { trying,     rx_1xx,          pass_up,                    proceeding, "§17.1.2.2" },
    { trying,     rx_2xx,          pass_up | forget | start_k, completed,  "§17.1.2.2" },
    { trying,     rx_3xx_6xx,      pass_up | forget | start_k, completed,  "§17.1.2.2" },
    { trying,     transport_error, report_failure,             terminated, "§17.1.4" },

    { proceeding, timer_e,         send | reset_e,             proceeding, "§17.1.2.2" },
    { proceeding, timer_f,         report_timeout,             terminated, "§17.1.2.2" },
    { proceeding, rx_1xx,          pass_up,                    proceeding, "figure 6" },
    { proceeding, rx_2xx,          pass_up | forget | start_k, completed,  "§17.1.2.2" },
    { proceeding, rx_3xx_6xx,      pass_up | forget | start_k, completed,  "§17.1.2.2" },
    { proceeding, transport_error, report_failure,             terminated, "§17.1.4" },

    { completed,  timer_k,         report_end,                 terminated, "§17.1.2.2" },
    });
}();
// clang-format on

static_assert(is_deterministic(Rows<ClientRow>(client_non_invite_rows)));

} // namespace offhook

#endif

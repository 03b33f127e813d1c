#ifndef OFFHOOK_TRANSACTION_SERVER_INVITE_HPP
#define OFFHOOK_TRANSACTION_SERVER_INVITE_HPP

#include <array>

#include "offhook/transaction/server_machine.hpp"

namespace offhook {

/// The INVITE server transaction: RFC 3261 figure 7 as RFC 6026 §8.6 corrects it.
///
/// Proceeding has no timer, since a callee may take as long as it likes: the TU owes a final
/// response, or abandon.
// clang-format off
inline constexpr auto server_invite_rows = [] {
    using enum ServerState; using enum ServerInput; using enum ServerEffect;
    return std::to_array<ServerRow>({
    //state       input            effects                          next        RFC 3261
    { initial,    rx_request,      pass_up | start_trying,          proceeding, "§17.2.1" },

    { proceeding, timer_trying,    resend,                          proceeding, "§17.2.1" },
    { proceeding, rx_request,      resend,                          proceeding, "§17.2.1" },
    { proceeding, tu_100,          keep | send | stop_trying,       proceeding, "§17.2.1" },
    { proceeding, tu_101_199,      keep | send | stop_trying,       proceeding, "§17.2.1" },
    { proceeding, tu_2xx,          send | forget | start_l,         accepted,   "6026 §7.1" },
    { proceeding, tu_3xx_6xx,      keep | send | start_g | start_h, completed,  "§17.2.1" },
    { proceeding, transport_error, report_failure,                  proceeding, "6026 §7.1" },
    { proceeding, abandon,         {},                              terminated, "§17.2" },

    { completed,  rx_request,      resend,                          completed,  "§17.2.1" },
    { completed,  timer_g,         resend | double_g,               completed,  "§17.2.1" },
    { completed,  timer_h,         report_no_ack,                   terminated, "§17.2.1" },
    { completed,  rx_ack,          forget | start_i,                confirmed,  "§17.2.1" },
    { completed,  transport_error, report_failure,                  completed,  "6026 §7.1" },

    { confirmed,  rx_ack,          {},                              confirmed,  "§17.2.1" },
    { confirmed,  timer_i,         report_end,                      terminated, "§17.2.1" },

    { accepted,   rx_request,      {},                              accepted,   "6026 §7.1" },
    { accepted,   rx_ack,          pass_up,                         accepted,   "6026 §7.1" },
    { accepted,   tu_2xx,          send,                            accepted,   "6026 §7.1" },
    { accepted,   timer_l,         report_end,                      terminated, "6026 §7.1" },
    { accepted,   transport_error, report_failure,                  accepted,   "6026 §7.1" },
    });
}();
// clang-format on

static_assert(is_deterministic(Rows<ServerRow>(server_invite_rows)));

} // namespace offhook

#endif

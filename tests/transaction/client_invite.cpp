#include "offhook/transaction/client_invite.hpp"

#include "walk.hpp"

using namespace offhook;

// RFC 3261 figure 5 as RFC 6026 §8.4 replaces it; what the figure does not draw does not happen.
TEST_CASE("the INVITE client transaction is the corrected figure 5, and nothing else",
          "[transaction][rfc3261][17.1.1.2][rfc6026][8.4]") {
    using enum ClientEffect;
    const ClientEffects first_final = make_ack | send | pass_up | start_d;
    // clang-format off
    test::check_table(Rows<ClientRow>(client_invite_rows), "ictpdax",
               {
                   // tu_request 1xx 2xx 3xx-6xx  A B D E F K M  error abandon
                   "c............", // initial
                   ".padcx.....xx", // calling
                   ".............", // trying
                   ".pad.......xx", // proceeding
                   "...d..x....x.", // completed
                   "..a.......x..", // accepted
                   ".............", // terminated
               },
               {
                   send | start_a | start_b,
                   pass_up, pass_up | forget | start_m, first_final, send | double_a,
                   report_timeout, report_failure, {},
                   pass_up, pass_up | forget | start_m, first_final, report_failure, {},
                   send, report_end, report_failure,
                   pass_up, report_end,
               });
    // clang-format on
}

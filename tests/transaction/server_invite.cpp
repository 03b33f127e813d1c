#include "offhook/transaction/server_invite.hpp"

#include "walk.hpp"

using namespace offhook;

// RFC 3261 figure 7 as RFC 6026 §8.6 replaces it; what the figure does not draw does not happen.
TEST_CASE("the INVITE server transaction is the corrected figure 7, and nothing else",
          "[transaction][rfc3261][17.2.1][rfc6026][8.6]") {
    using enum ServerEffect;
    // clang-format off
    test::check_table(Rows<ServerRow>(server_invite_rows), "itpdcax",
               {
                   // request ACK, TU: 100 101+ 2xx 3xx+, G H I J L trying expiry error abandon
                   "p..............", // initial
                   "...............", // trying
                   "p.ppad.....p.px", // proceeding
                   "dc....dx.....d.", // completed
                   ".c......x......", // confirmed
                   "aa..a.....x..a.", // accepted
                   "...............", // terminated
               },
               {
                   pass_up | start_trying,
                   resend, keep | send | stop_trying, keep | send | stop_trying,
                   send | forget | start_l, keep | send | start_g | start_h, resend,
                   report_failure, {},
                   resend, forget | start_i, resend | double_g, report_no_ack, report_failure,
                   {}, report_end,
                   {}, pass_up, send, report_end, report_failure,
               });
    // clang-format on
}

#include "offhook/transaction/server_non_invite.hpp"

#include "walk.hpp"

using namespace offhook;

// RFC 3261 figure 8, but that RFC 4320 §4.1 leaves 100 as the only provisional response and sends
// it in time, and that a failure of the transport ends nothing any more (RFC 6026 §8.8).
TEST_CASE("the server transaction of other methods is figure 8 as updated, and nothing else",
          "[transaction][rfc3261][17.2.2][rfc4320][4.1][rfc6026][8.8]") {
    using enum ServerEffect;
    const ServerEffects final_response = keep | send | start_j;
    // clang-format off
    test::check_table(Rows<ServerRow>(server_non_invite_rows), "itpdcax",
               {
                   // request ACK, TU: 100 101+ 2xx 3xx+, G H I J L trying expiry error abandon
                   "t..............", // initial
                   "..p.dd.....px.x", // trying
                   "p.p.dd......xpx", // proceeding
                   "d........x...d.", // completed
                   "...............", // confirmed
                   "...............", // accepted
                   "...............", // terminated
               },
               {
                   pass_up | start_trying | start_expiry,
                   keep | send, final_response, final_response, resend, report_unanswered, {},
                   resend, keep | send, final_response, final_response, report_unanswered,
                   report_failure, {},
                   resend, report_end, report_failure,
               });
    // clang-format on
}

#include "offhook/transaction/client_non_invite.hpp"

#include "walk.hpp"

using namespace offhook;

// RFC 3261 figure 6; what the figure does not draw does not happen.
TEST_CASE("the client transaction of other methods is figure 6, and nothing else",
          "[transaction][rfc3261][17.1.2.2]") {
    using enum ClientEffect;
    const ClientEffects final_response = pass_up | forget | start_k;
    // clang-format off
    test::check_table(Rows<ClientRow>(client_non_invite_rows), "ictpdax",
               {
                   // tu_request 1xx 2xx 3xx-6xx  A B D E F K M  error abandon
                   "t............", // initial
                   ".............", // calling
                   ".pdd...tx..x.", // trying
                   ".pdd...px..x.", // proceeding
                   ".........x...", // completed
                   ".............", // accepted
                   ".............", // terminated
               },
               {
                   send | start_e | start_f,
                   pass_up, final_response, final_response, send | double_e, report_timeout,
                   report_failure,
                   pass_up, final_response, final_response, send | reset_e, report_timeout,
                   report_failure,
                   report_end,
               });
    // clang-format on
}

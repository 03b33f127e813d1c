#include "offhook/dialog/body.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

using namespace offhook;

// RFC 3261 §13.2.1: the rules of offer and answer hold for disposition "session" alone, which is
// the default of application/sdp, as "render" is of everything else.
TEMPLATE_TEST_CASE("a session description is a body of disposition session",
                   "[session][rfc3261][13.2.1][20.11]", Message, PlainMessage) {
    struct Row {
        const char* type;
        const char* disposition;
        bool session;
    };
    for (const Row& row :
         {Row{"application/sdp", "", true}, Row{"Application/SDP ;charset=utf-8", "", true},
          Row{"application/sdp", "session", true},
          Row{"application/sdp", "Session;handling=optional", true},
          Row{"application/sdp", "early-session", false}, Row{"application/sdp", "render", false},
          Row{"text/plain", "", false}, Row{"application/sdpx", "", false},
          Row{"application/octet-stream", "session", true},
          Row{"multipart/mixed;boundary=x", "", true},
          Row{"multipart/mixed;boundary=x", "render", false}, Row{"", "", false}}) {
        INFO(row.type << " / " << row.disposition);
        TestType message = test::invite_of_peer<TestType>({});
        MessageModel<TestType>::set_body(message, row.type, "v=0\r\n");
        if (*row.disposition)
            MessageModel<TestType>::add(message, Header::content_disposition, row.disposition);
        const Body body = session_description(message);
        CHECK(static_cast<bool>(body) == row.session);
        CHECK(body_of(message) == Body{row.type, "v=0\r\n", row.disposition});
        CHECK(is_session_description(Body{row.type, "v=0\r\n", row.disposition}) == row.session);
        if (row.session) CHECK(body == Body{row.type, "v=0\r\n", row.disposition});
    }
    CHECK(session_description(test::invite_of_peer<TestType>({})).empty());
    CHECK(body_of(test::invite_of_peer<TestType>({})) == Body{});
    CHECK_FALSE(is_session_description(Body::sdp("")));
}

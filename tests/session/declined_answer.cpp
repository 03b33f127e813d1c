#include "offhook/session/declined_answer.hpp"

#include "../catch.hpp"

using namespace offhook;

// RFC 3264 §6: as many streams as the offer, port 0 refuses one, and the same time.
TEST_CASE("a declined answer refuses each stream of the offer", "[session][rfc3264][6]") {
    const Body offer = Body::sdp("v=0\r\no=- 1 1 IN IP6 ::1\r\ns=-\r\nc=IN IP6 ::1\r\n"
                                 "t=3034423619 3042462419\r\na=group:BUNDLE 1 2\r\n"
                                 "m=audio 49170/2 RTP/AVP 0 8 97\r\na=rtpmap:97 iLBC/8000\r\n"
                                 "m=video 51372 RTP/AVP 31\r\n");
    CHECK(declined_answer(offer)
          == Body::sdp("v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\n"
                       "t=3034423619 3042462419\r\n"
                       "m=audio 0 RTP/AVP 0 8 97\r\nm=video 0 RTP/AVP 31\r\n"));
}

TEST_CASE("a declined answer bears any offer", "[session][rfc3264][6]") {
    const std::string head =
        "v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n";
    CHECK(declined_answer(Body::sdp("v=0\nt=0 0\nm=audio 1 RTP/AVP 0")) // no CR, no last LF
          == Body::sdp(head + "m=audio 0 RTP/AVP 0\r\n"));
    CHECK(declined_answer(Body::sdp("\n\r\n\r")) == Body::sdp(head));
    CHECK(declined_answer(Body::sdp("m=audio")).empty());
    CHECK(declined_answer(Body::sdp("m=audio 1")).empty());
    CHECK(declined_answer({"multipart/mixed", "m=audio 1 RTP/AVP 0", {}}).empty());
    CHECK(declined_answer({"Application/SDP; x=y", "m=a 1 b c", {}})
          == Body::sdp(head + "m=a 0 b c\r\n"));
}

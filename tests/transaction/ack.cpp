#include "offhook/transaction/ack.hpp"

#include "layer.hpp"

using namespace offhook;
using namespace offhook::test;

// RFC 3261 §17.1.1.3: Request-URI, Call-ID, From, Route and the one top Via are the INVITE's, To is
// the response's, and the CSeq number stays.
TEST_CASE("the ACK of a refusal is made of its INVITE, and its To of the response",
          "[transaction][rfc3261][17.1.1.3]") {
    const Message invite = message("INVITE sip:bob@biloxi.com;transport=udp SIP/2.0|"
                                   "v: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff , "
                                   "SIP/2.0/UDP inner.example.com;branch=z9hG4bKinner|"
                                   "Via: SIP/2.0/TCP far.example.com;branch=z9hG4bKfar|"
                                   "To: Bob <sip:bob@biloxi.com>|"
                                   "From: \"Alice, A.\" <sip:alice@atlanta.com>;tag=88sja8x|"
                                   "Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>|"
                                   "Max-Forwards: 12|"
                                   "Call-ID: 987asjd97y7atg|"
                                   "Route: <sip:p3.example.com;lr>|"
                                   "CSeq: 986759 INVITE|"
                                   "Contact: <sip:alice@pc33.atlanta.com>|"
                                   "Content-Type: application/sdp|"
                                   "Content-Length: 0|");
    const Message refusal = message("SIP/2.0 486 Busy Here|"
                                    "Via: SIP/2.0/UDP changed.example.com;branch=z9hG4bKother|"
                                    "To: \"Bob\" <sip:other@biloxi.com>;tag=99sa0xk|"
                                    "From: <sip:changed@atlanta.com>;tag=changed|"
                                    "Call-ID: changed|"
                                    "CSeq: 7 INVITE|"
                                    "Record-Route: <sip:evil.example.com;lr>|"
                                    "Content-Length: 0|");
    CHECK(build_ack(invite, refusal).bytes()
          == "ACK sip:bob@biloxi.com;transport=udp SIP/2.0\r\n"
             "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n"
             "Max-Forwards: 70\r\n"
             "Route: <sip:p1.example.com;lr>, <sip:p2.example.com;lr>\r\n"
             "Route: <sip:p3.example.com;lr>\r\n"
             "From: \"Alice, A.\" <sip:alice@atlanta.com>;tag=88sja8x\r\n"
             "To: \"Bob\" <sip:other@biloxi.com>;tag=99sa0xk\r\n"
             "Call-ID: 987asjd97y7atg\r\n"
             "CSeq: 986759 ACK\r\n"
             "Content-Length: 0\r\n"
             "\r\n");
}

#include "offhook/transaction/server_transactions.hpp"

#include "layer.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// The ACK that a client makes of our response.
Message ack(Sketch sketch = {}) {
    if (sketch.to_tag.empty()) sketch.to_tag = "bob";
    return request("ACK", sketch);
}

} // namespace

// RFC 3261 §17.2.1: a TU that is silent for 200 ms gets a 100 sent for it.
TEST_CASE("an INVITE that is not answered within 200 ms gets a 100 Trying",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.run_for(10s);
    CHECK(layer.log == Log{"0 tu INVITE", "200 send 100"});
    CHECK(layer.sent[0].bytes
          == "SIP/2.0 100 Trying\r\n"
             "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;received=192.0.2.2\r\n"
             "From: Alice <sip:alice@example.com>;tag=alice\r\n"
             "To: <sip:bob@example.com>\r\n"
             "Call-ID: call@example.com\r\n"
             "CSeq: 1 INVITE\r\n"
             "Content-Length: 0\r\n"
             "\r\n");
}

// RFC 3261 §17.2.1
TEST_CASE("an INVITE that is answered within 200 ms gets no 100 Trying but the TU's",
          "[transaction][rfc3261][17.2.1]") {
    const int status = GENERATE(100, 180, 200, 486);
    Layer layer;
    layer.receive(request("INVITE"), tcp);
    layer.run_for(199ms);
    CHECK(layer.respond(status));
    layer.run_for(1s);
    CHECK(layer.log == Log{"0 tu INVITE", "199 send " + std::to_string(status)});
}

// RFC 3261 §17.2.1: every provisional response is sent; a retransmission gets the last one again.
TEST_CASE("a retransmitted INVITE gets the last provisional response again",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.run_for(200ms);
    layer.receive(request("INVITE"));
    CHECK(layer.respond(180));
    CHECK(layer.respond(183));
    layer.receive(request("INVITE"));
    layer.run_for(100s); // nothing is repeated by itself
    layer.receive(request("INVITE"));
    CHECK(layer.log
          == Log{"0 tu INVITE", "200 send 100", "200 send 100", "200 send 180", "200 send 183",
                 "200 send 183", "100200 send 183"});
    CHECK(layer.sent[4].bytes == layer.sent[3].bytes);
    CHECK(layer.transactions.abandon(layer.now, layer.server));
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.1: Timer G doubles up to T2, Timer H gives up after 64*T1 and tells the TU.
TEST_CASE("a refusal over UDP is sent again until Timer H reports that no ACK came",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    CHECK(layer.respond(486));
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 tu INVITE", "0 send 486", "500 send 486", "1500 send 486", "3500 send 486",
                 "7500 send 486", "11500 send 486", "15500 send 486", "19500 send 486",
                 "23500 send 486", "27500 send 486", "31500 send 486",
                 "32000 tu server ended: no ACK"});
    for (const Transmit& transmit : layer.sent)
        CHECK(transmit.bytes == layer.sent[0].bytes);
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.1: no Timer G, but Timer H for all transports.
TEST_CASE("a refusal over a reliable transport is sent once, and waits for its ACK as long",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"), tcp);
    CHECK(layer.respond(486));
    layer.run_for(100s);
    CHECK(layer.log == Log{"0 tu INVITE", "0 send 486", "32000 tu server ended: no ACK"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.1: in Completed a retransmission gets the refusal again, no matter when.
TEST_CASE("a retransmitted INVITE gets its refusal again", "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.respond(180);
    layer.respond(GENERATE(300, 486, 699), "bob");
    layer.take_log();
    layer.run_for(100ms);
    layer.receive(request("INVITE"));
    REQUIRE(layer.log.size() == 1);
    CHECK(layer.sent.back().bytes == layer.sent[1].bytes);
}

// RFC 3261 §17.2.1: the ACK stops Timer G and is not the TU's; Timer I of T4 absorbs later ones.
TEST_CASE("the ACK of a refusal is absorbed, and so are later ones until Timer I",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.respond(486);
    layer.run_for(600ms);
    layer.receive(ack());
    layer.run_for(4s);
    layer.receive(ack());
    layer.receive(request("INVITE")); // from before the refusal: nothing is sent any more
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 tu INVITE", "0 send 486", "500 send 486", "5600 tu server ended: done"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.1: Timer I is zero.
TEST_CASE("over a reliable transport the ACK of a refusal ends the transaction",
          "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"), tcp);
    layer.respond(486);
    layer.run_for(1s);
    layer.receive(ack(), tcp);
    CHECK(layer.log == Log{"0 tu INVITE", "0 send 486", "1000 tu server ended: done"});
    CHECK(layer.is_empty());
}

TEST_CASE("an ACK before any final response means nothing", "[transaction][rfc3261][17.2.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.respond(180);
    layer.take_log();
    layer.receive(ack());
    CHECK(layer.log.empty());
    CHECK(layer.respond(200));
}

// RFC 6026 §7.1, §8.5, §8.7: Accepted absorbs INVITEs, sends each 2xx of the TU and none of its
// own, passes ACKs up, and ends with Timer L, over all transports.
TEST_CASE("an accepted INVITE absorbs its retransmissions and leaves the 2xx to the TU",
          "[transaction][rfc6026][7.1][8.5][8.7]") {
    const Flow flow = GENERATE(udp, tcp);
    Layer layer;
    layer.receive(request("INVITE"), flow);
    CHECK(layer.respond(180));
    CHECK(layer.respond(200));
    layer.run_for(1s);
    layer.receive(request("INVITE"), flow);
    CHECK(layer.respond(200)); // again, by the TU
    layer.receive(ack(), flow);
    CHECK(layer.invite == layer.server);
    CHECK_FALSE(layer.respond(180));
    CHECK_FALSE(layer.respond(486));
    layer.run_for(30999ms);
    layer.receive(request("INVITE"), flow);
    CHECK(layer.transactions.contains(layer.server));
    layer.run_for(1ms);
    CHECK(layer.log
          == Log{"0 tu INVITE", "0 send 180", "0 send 200", "1000 send 200", "1000 tu ACK",
                 "32000 tu server ended: done"});
    CHECK(layer.is_empty());
    CHECK_FALSE(layer.respond(200));
}

// RFC 3261 §13.2.2.4: the ACK of a 2xx has a branch of its own, so it matches no transaction.
TEST_CASE("the ACK of a 2xx with a branch of its own goes to the TU",
          "[transaction][rfc3261][17.2.3][rfc6026][7.1]") {
    Layer layer;
    layer.receive(request("INVITE"));
    layer.respond(200);
    layer.take_log();
    Sketch sketch;
    sketch.branch = "z9hG4bKack";
    layer.receive(ack(sketch));
    layer.receive(ack(sketch));
    CHECK(layer.log == Log{"0 tu ACK", "0 tu ACK"});
    CHECK_FALSE(layer.invite);
    layer.run_for(40s);
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.2: Trying answers no retransmission, Completed every one with the final response,
// and takes no other; the end is Timer J of 64*T1.
TEST_CASE("another request's final response is sent again for each retransmission until Timer J",
          "[transaction][rfc3261][17.2.2]") {
    const int status = GENERATE(200, 299, 300, 481, 699);
    Layer layer;
    layer.receive(request("BYE"));
    layer.receive(request("BYE")); // in Trying
    CHECK(layer.log == Log{"0 tu BYE"});
    layer.run_for(100ms);
    CHECK(layer.respond(status));
    CHECK_FALSE(layer.respond(500));
    CHECK_FALSE(layer.respond(100));
    layer.run_for(31999ms);
    layer.receive(request("BYE"));
    layer.run_for(1ms);
    const std::string code = std::to_string(status);
    CHECK(layer.log
          == Log{"0 tu BYE", "100 send " + code, "32099 send " + code,
                 "32100 tu server ended: done"});
    CHECK(layer.sent[0].bytes == layer.sent[1].bytes);
    CHECK(layer.is_empty());
}

// RFC 3261 §17.2.2: Timer J is zero.
TEST_CASE("over a reliable transport another request ends with its final response",
          "[transaction][rfc3261][17.2.2]") {
    Layer layer;
    layer.receive(request("BYE"), tcp);
    CHECK(layer.respond(200));
    CHECK(layer.log == Log{"0 tu BYE", "0 send 200", "0 tu server ended: done"});
    CHECK(layer.is_empty());
    CHECK_FALSE(layer.respond(200));
}

// RFC 4320 §4.1: over any transport, when Timer E would have come to T2; and §4.2: no 408 at the
// end. RFC 3261 §17.2.2: Proceeding repeats the provisional response for each retransmission.
TEST_CASE("another request that the TU leaves unanswered gets a 100 after 3.5 s, and no 408",
          "[transaction][rfc4320][4.1][4.2][rfc3261][17.2.2]") {
    const Flow flow = GENERATE(udp, tcp);
    Layer layer;
    layer.receive(request("OPTIONS"), flow);
    layer.run_for(4s);
    layer.receive(request("OPTIONS"), flow);
    CHECK(layer.respond(100)); // not needed, but allowed by now
    layer.receive(request("OPTIONS"), flow);
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 tu OPTIONS", "3500 send 100", "4000 send 100", "4000 send 100", "4000 send 100",
                 "32000 tu server ended: unanswered"});
    CHECK(layer.sent[0].bytes.starts_with("SIP/2.0 100 Trying\r\n"));
    CHECK(layer.is_empty());
    CHECK_FALSE(layer.respond(200));
}

// RFC 3261 §17.2.2: from Proceeding to Completed.
TEST_CASE("another request is answered after its 100 as well as before it",
          "[transaction][rfc3261][17.2.2]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.run_for(5s);
    CHECK(layer.respond(200));
    layer.receive(request("OPTIONS"));
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 tu OPTIONS", "3500 send 100", "5000 send 200", "5000 send 200",
                 "37000 tu server ended: done"});
    CHECK(layer.is_empty());
}

// RFC 4320 §4.1, §4.2
TEST_CASE("what RFC 4320 forbids as an answer to another request is not sent",
          "[transaction][rfc4320][4.1][4.2]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.run_for(3499ms);
    CHECK_FALSE(layer.respond(100)); // too early over UDP
    for (const int status : {101, 180, 183, 199, 408})
        CHECK_FALSE(layer.respond(status));
    CHECK(layer.take_log() == Log{"0 tu OPTIONS"});
    layer.run_for(1ms);
    CHECK(layer.take_log() == Log{"3500 send 100"});
    for (const int status : {101, 180, 183, 199, 408})
        CHECK_FALSE(layer.respond(status));
    CHECK(layer.log.empty());
    CHECK(layer.respond(404));
}

// RFC 4320 §4.1: over a reliable transport at any time. RFC 3261 §17.2.2: and then Proceeding.
TEST_CASE("over a reliable transport the TU may send a 100 to another request at once",
          "[transaction][rfc4320][4.1][rfc3261][17.2.2]") {
    Layer layer;
    layer.receive(request("OPTIONS"), tcp);
    CHECK(layer.respond(100));
    CHECK(layer.respond(100));
    layer.receive(request("OPTIONS"), tcp); // Proceeding, unlike Trying, answers it
    layer.run_for(10s);
    CHECK(layer.log == Log{"0 tu OPTIONS", "0 send 100", "0 send 100", "0 send 100"});
}

TEST_CASE("a 408 to an INVITE is sent", "[transaction][rfc4320][4.2]") {
    Layer layer;
    layer.receive(request("INVITE"));
    CHECK(layer.respond(408));
}

TEST_CASE("a request is no answer", "[transaction]") {
    Layer layer;
    layer.receive(request("INVITE"));
    CHECK_FALSE(layer.respond(layer.server, request("BYE")));
}

// RFC 6026 §7.1, §8.8: the TU is told, the state stays, and retransmissions are absorbed as before.
TEST_CASE("a failure to send a response is reported and ends nothing",
          "[transaction][rfc6026][6][7.1][8.8]") {
    struct Case {
        const char* method;
        int response;
        bool again; // a retransmission is answered
    };
    const Case c = GENERATE(Case{"INVITE", 180, true}, Case{"INVITE", 486, true},
                            Case{"INVITE", 200, false}, Case{"BYE", 200, true});
    Layer layer;
    layer.receive(request(c.method));
    CHECK(layer.respond(c.response));
    layer.take_log();
    layer.transactions.transport_failed(layer.now, layer.server);
    layer.drain();
    CHECK(layer.take_log() == Log{"0 tu response failed"});
    CHECK(layer.transactions.contains(layer.server));
    layer.receive(request(c.method));
    CHECK(layer.take_log() == (c.again ? Log{"0 send " + std::to_string(c.response)} : Log{}));
}

TEST_CASE("a failure after the 100 of another request is reported and ends nothing",
          "[transaction][rfc6026][8.8]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.run_for(4s);
    layer.take_log();
    layer.transactions.transport_failed(layer.now, layer.server);
    layer.drain();
    CHECK(layer.log == Log{"4000 tu response failed"});
    CHECK(layer.respond(200));
}

// RFC 3261 §17.2.3: branch, sent-by and method; §7.3.1 for their case.
TEST_CASE("a request is a retransmission where branch, sent-by and method are the same",
          "[transaction][rfc3261][17.2.3]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.take_log();
    Sketch sketch;
    sketch.call_id = "other"; // does not matter, and keeps merged requests out of this
    SECTION("the same") {
        layer.receive(request("OPTIONS", sketch));
    }
    SECTION("in another case") {
        sketch.branch = "Z9hg4Bk1";
        layer.receive(request("OPTIONS", sketch));
    }
    SECTION("from another address") {
        layer.receive(request("OPTIONS", sketch), flow_of(Transport::udp, "192.0.2.99"));
    }
    CHECK(layer.log.empty());
    SECTION("another branch") {
        sketch.branch = "z9hG4bK2";
        layer.receive(request("OPTIONS", sketch));
        CHECK(layer.log == Log{"0 tu OPTIONS"});
    }
    SECTION("another host") {
        sketch.sent_by = "192.0.2.9:5060";
        layer.receive(request("OPTIONS", sketch));
        CHECK(layer.log == Log{"0 tu OPTIONS"});
    }
    SECTION("another port") {
        sketch.sent_by = "192.0.2.1:5061";
        layer.receive(request("OPTIONS", sketch));
        CHECK(layer.log == Log{"0 tu OPTIONS"});
    }
    SECTION("another method") {
        layer.receive(request("MESSAGE", sketch));
        CHECK(layer.log == Log{"0 tu MESSAGE"});
    }
}

// RFC 3261 §17.2.3: without the magic cookie the Request-URI, both tags, Call-ID, CSeq and the top
// Via have to be the same.
TEST_CASE("a request without the magic cookie is matched by all that names it",
          "[transaction][rfc3261][17.2.3]") {
    Sketch sketch;
    sketch.branch = GENERATE("", "1");
    sketch.to_tag = "bob"; // so that nothing counts as merged
    const std::string method = GENERATE("INVITE", "OPTIONS");
    Layer layer;
    layer.receive(request(method, sketch));
    CHECK(layer.respond(486));
    layer.take_log();
    layer.receive(request(method, sketch));
    CHECK(layer.take_log() == Log{"0 send 486"});

    SECTION("From tag") {
        sketch.from_tag = "other";
    }
    SECTION("To tag") {
        sketch.to_tag = "other";
    }
    SECTION("no To tag") {
        sketch.to_tag = "";
    }
    SECTION("Call-ID") {
        sketch.call_id = "other";
    }
    SECTION("CSeq number") {
        sketch.cseq = "2";
    }
    SECTION("Via") {
        sketch.sent_by = "192.0.2.9";
    }
    SECTION("branch") {
        sketch.branch = "2";
    }
    layer.receive(request(method, sketch));
    CHECK(layer.take_log() == Log{"0 tu " + method});

    Message other_uri =
        message(method + " sip:carol@example.com SIP/2.0|" + common_lines(sketch, method));
    layer.receive(std::move(other_uri));
    CHECK(layer.log == Log{"0 tu " + method});
}

TEST_CASE("requests without the magic cookie differ by their methods",
          "[transaction][rfc3261][17.2.3]") {
    Sketch sketch;
    sketch.branch = "";
    Layer layer;
    layer.receive(request("OPTIONS", sketch));
    layer.receive(request("MESSAGE", sketch));
    CHECK(layer.log == Log{"0 tu OPTIONS", "0 tu MESSAGE"});
}

// RFC 3261 §17.2.3: the To tag of the ACK has to be that of our response; the CSeq's method and the
// INVITE's own To tag do not matter.
TEST_CASE("an ACK without the magic cookie finds its INVITE by the tag of our response",
          "[transaction][rfc3261][17.2.3]") {
    Sketch sketch;
    sketch.branch = "";
    Layer layer;
    layer.receive(request("INVITE", sketch));
    layer.respond(486, "ours");
    layer.take_log();
    Sketch wrong = sketch;
    wrong.to_tag = "theirs";
    layer.receive(ack(wrong));
    CHECK(layer.take_log() == Log{"0 tu ACK"}); // not absorbed
    CHECK_FALSE(layer.invite);
    wrong.to_tag = "ours";
    wrong.cseq = "2";
    layer.receive(ack(wrong));
    CHECK(layer.take_log() == Log{"0 tu ACK"});
    sketch.to_tag = "ours";
    layer.receive(ack(sketch));
    layer.run_for(100s);
    CHECK(layer.log == Log{"5000 tu server ended: done"}); // Timer I: it was absorbed
    CHECK(layer.is_empty());
}

// RFC 6026 §6: such an ACK has the transaction ID of its INVITE, so Accepted has to pass it up.
TEST_CASE("an ACK without the magic cookie goes up from an accepted INVITE",
          "[transaction][rfc6026][6]") {
    Sketch sketch;
    sketch.branch = "";
    Layer layer;
    layer.receive(request("INVITE", sketch));
    layer.respond(200, "ours");
    layer.take_log();
    sketch.to_tag = "ours";
    layer.receive(ack(sketch));
    CHECK(layer.log == Log{"0 tu ACK"});
    CHECK(layer.invite == layer.server);
    layer.run_for(40s);
    CHECK(layer.is_empty());
}

// RFC 3261 §9.2: matched as if its method were another one, whichever; a transaction of its own.
TEST_CASE("a CANCEL finds what it cancels, and is answered by itself",
          "[transaction][rfc3261][9.2]") {
    const std::string method = GENERATE("INVITE", "OPTIONS");
    Sketch sketch;
    sketch.branch = GENERATE("z9hG4bK1", "");
    Layer layer;
    layer.receive(request(method, sketch));
    const auto cancelled = layer.server;
    layer.take_log();
    layer.receive(request("CANCEL", sketch));
    layer.receive(request("CANCEL", sketch)); // fault 54: a retransmitted CANCEL
    CHECK(layer.take_log() == Log{"0 tu CANCEL"});
    CHECK(layer.target == cancelled);
    CHECK(layer.server != cancelled);
    CHECK(layer.respond(200));
    layer.receive(request("CANCEL", sketch));
    CHECK(layer.take_log() == Log{"0 send 200", "0 send 200"});
    CHECK(layer.transactions.contains(cancelled));
}

TEST_CASE("a CANCEL that matches nothing says so", "[transaction][rfc3261][9.2]") {
    Layer layer;
    layer.receive(request("INVITE"));
    Sketch sketch;
    SECTION("another branch") {
        sketch.branch = "z9hG4bK2";
    }
    SECTION("another sent-by") {
        sketch.sent_by = "192.0.2.9";
    }
    layer.receive(request("CANCEL", sketch));
    CHECK(layer.log.back() == "0 tu CANCEL");
    CHECK_FALSE(layer.target);
}

// RFC 3261 §8.2.2.2: the same From tag, Call-ID and CSeq, no To tag, another transaction.
TEST_CASE("a request that comes a second way is known as merged",
          "[transaction][rfc3261][8.2.2.2]") {
    Layer layer;
    layer.receive(request("INVITE"));
    CHECK_FALSE(layer.merged);
    Sketch sketch;
    sketch.branch = "z9hG4bK2";
    SECTION("another branch") {
        layer.receive(request("INVITE", sketch));
        CHECK(layer.merged);
        CHECK(layer.respond(482));
        sketch.branch = "z9hG4bK3"; // and a third way
        layer.receive(request("INVITE", sketch));
        CHECK(layer.merged);
    }
    SECTION("but not within a dialog") {
        sketch.to_tag = "bob";
        layer.receive(request("INVITE", sketch));
        CHECK_FALSE(layer.merged);
    }
    SECTION("but not by another caller") {
        sketch.from_tag = "carol";
        layer.receive(request("INVITE", sketch));
        CHECK_FALSE(layer.merged);
    }
    SECTION("but not in another call") {
        sketch.call_id = "other";
        layer.receive(request("INVITE", sketch));
        CHECK_FALSE(layer.merged);
    }
    SECTION("but not the next one, as after a 401") {
        sketch.cseq = "2";
        layer.receive(request("INVITE", sketch));
        CHECK_FALSE(layer.merged);
    }
    SECTION("but not another method") {
        layer.receive(request("OPTIONS", sketch));
        CHECK_FALSE(layer.merged);
    }
}

TEST_CASE("the end of a merged request leaves the first one known",
          "[transaction][rfc3261][8.2.2.2]") {
    Layer layer;
    layer.receive(request("INVITE"));
    Sketch sketch;
    for (const char* branch : {"z9hG4bK2", "z9hG4bK3"}) {
        sketch.branch = branch;
        layer.receive(request("INVITE", sketch));
        CHECK(layer.merged);
        layer.transactions.abandon(layer.now, layer.server);
    }
}

TEST_CASE("a request is merged only while the first one is ongoing",
          "[transaction][rfc3261][8.2.2.2]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.respond(200);
    Sketch sketch;
    sketch.branch = "z9hG4bK2";
    layer.receive(request("OPTIONS", sketch));
    CHECK(layer.merged);
    layer.respond(482);
    layer.run_for(32s);
    CHECK(layer.is_empty());
    sketch.branch = "z9hG4bK3";
    layer.receive(request("OPTIONS", sketch));
    CHECK_FALSE(layer.merged);
}

// RFC 3261 §18.2.2: back on the connection of the request while that is open, else to the received
// address and the sent-by port.
TEST_CASE("responses over a stream take the request's connection while it is open",
          "[transaction][rfc3261][18.2.2]") {
    Sketch sketch;
    sketch.sent_by = "192.0.2.77:5070";
    sketch.transport = "TCP";
    const Flow arrived = flow_of(Transport::tcp, "192.0.2.2", 40123, 7);
    Layer layer;
    layer.receive(request("INVITE", sketch), arrived);
    layer.respond(180);
    CHECK(layer.sent.back().flow == arrived);

    layer.transactions.connection_closed(layer.now, flow_of(Transport::tcp, "192.0.2.2", 40123, 8));
    layer.respond(180); // that was another one
    CHECK(layer.sent.back().flow == arrived);

    layer.transactions.connection_closed(layer.now, arrived);
    layer.transactions.connection_closed(layer.now, arrived);
    layer.drain();
    CHECK(layer.transactions.contains(layer.server)); // nothing ends: fault 42
    layer.respond(200);
    CHECK(layer.sent.back().flow == flow_of(Transport::tcp, "192.0.2.2", 5070, 0));
    layer.run_for(32s);
    CHECK(layer.is_empty());
}

// RFC 7118 §5: nobody could be reached by a new connection.
TEST_CASE("responses for a WebSocket that is gone are not sent", "[transaction][rfc7118]") {
    const Flow arrived = flow_of(GENERATE(Transport::ws, Transport::wss), "192.0.2.2", 40123, 7);
    Layer layer;
    layer.receive(request("OPTIONS"), arrived);
    layer.transactions.connection_closed(layer.now, arrived);
    CHECK(layer.respond(200));
    CHECK(layer.log == Log{"0 tu OPTIONS", "0 tu server ended: done"});
    CHECK(layer.is_empty());
}

// RFC 3581 §4: to the source of the request, from the address that it was sent to.
TEST_CASE("responses over UDP go to the received address and the rport",
          "[transaction][rfc3581][4]") {
    Sketch sketch;
    sketch.sent_by = "10.1.1.1:4540;rport";
    const Flow arrived = flow_of(Transport::udp, "192.0.2.1", 9988);
    Layer layer;
    layer.receive(request("INVITE", sketch), arrived);
    CHECK(layer.last_request->header(Header::via)
          == "SIP/2.0/UDP 10.1.1.1:4540;rport=9988;branch=z9hG4bK1;received=192.0.2.1");
    layer.respond(180);
    CHECK(layer.sent.back().flow == arrived);
    CHECK(layer.sent.back().bytes.find(";rport=9988;") != std::string::npos);
}

// RFC 3261 §17.2: a TU that will never answer lets go.
TEST_CASE("an abandoned request of a peer is gone without a word", "[transaction][rfc3261][17.2]") {
    const std::string method = GENERATE("INVITE", "OPTIONS");
    const bool proceeding = GENERATE(false, true);
    Layer layer;
    layer.receive(request(method), tcp);
    if (proceeding) layer.respond(100);
    layer.take_log();
    CHECK(layer.transactions.abandon(layer.now, layer.server));
    CHECK_FALSE(layer.transactions.abandon(layer.now, layer.server));
    layer.run_for(100s);
    CHECK(layer.log.empty());
    CHECK(layer.is_empty());
}

TEST_CASE("a request with its final response cannot be abandoned", "[transaction]") {
    Layer layer;
    layer.receive(request(GENERATE("INVITE", "OPTIONS")));
    layer.respond(GENERATE(200, 486));
    CHECK_FALSE(layer.transactions.abandon(layer.now, layer.server));
    CHECK(layer.transactions.contains(layer.server));
}

// Fault 48: an ACK to what was no INVITE.
TEST_CASE("an ACK with the branch of another request touches nothing",
          "[transaction][rfc3261][17.2.3]") {
    Layer layer;
    layer.receive(request("OPTIONS"));
    layer.respond(200);
    layer.take_log();
    layer.receive(ack());
    CHECK(layer.take_log() == Log{"0 tu ACK"});
    CHECK_FALSE(layer.invite);
    layer.run_for(100s);
    CHECK(layer.log == Log{"32000 tu server ended: done"});
    CHECK(layer.is_empty());
}

TEST_CASE("a request whose Via or CSeq cannot be read is dropped", "[transaction]") {
    Sketch sketch;
    SECTION("Via") {
        sketch.sent_by = ":]";
    }
    SECTION("CSeq") {
        sketch.cseq = "2147483648";
    }
    Layer layer;
    layer.receive(request("OPTIONS", sketch));
    CHECK(layer.log.empty());
    CHECK(layer.is_empty());
}

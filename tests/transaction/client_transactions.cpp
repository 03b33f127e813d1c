#include "offhook/transaction/client_transactions.hpp"

#include "layer.hpp"

using namespace offhook;
using namespace offhook::test;

// RFC 3261 §17.1.1.2: sent at once, then after T1, with intervals that double; the end is Timer B
// at 64*T1, which makes no ACK.
TEST_CASE("an INVITE over UDP is sent again at intervals that double, until Timer B",
          "[transaction][rfc3261][17.1.1.2]") {
    Layer layer;
    CHECK(layer.send(request("INVITE")));
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 send INVITE", "500 send INVITE", "1500 send INVITE", "3500 send INVITE",
                 "7500 send INVITE", "15500 send INVITE", "31500 send INVITE",
                 "32000 tu timed out"});
    for (const Transmit& transmit : layer.sent) {
        CHECK(transmit.bytes == request("INVITE").bytes());
        CHECK(transmit.flow == udp);
    }
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.1.2: timers follow T1, and the backoff stays exponential whatever T1 is.
TEST_CASE("a larger T1 stretches the whole schedule of an INVITE",
          "[transaction][rfc3261][17.1.1.2]") {
    TimerConfig config;
    config.t1 = 2s;
    Layer layer(config);
    layer.send(request("INVITE"));
    layer.run_for(200s);
    CHECK(layer.log
          == Log{"0 send INVITE", "2000 send INVITE", "6000 send INVITE", "14000 send INVITE",
                 "30000 send INVITE", "62000 send INVITE", "126000 send INVITE",
                 "128000 tu timed out"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.1.2: no Timer A over a reliable transport, but Timer B.
TEST_CASE("an INVITE over a reliable transport is sent once, and times out as well",
          "[transaction][rfc3261][17.1.1.2]") {
    for (const Transport transport :
         {Transport::tcp, Transport::tls, Transport::ws, Transport::wss}) {
        Layer layer;
        layer.send(request("INVITE"), flow_of(transport));
        layer.run_for(100s);
        CHECK(layer.log == Log{"0 send INVITE", "32000 tu timed out"});
        CHECK(layer.is_empty());
    }
}

// RFC 3261 §17.1.1.2: Proceeding sends nothing more, and passes up every provisional response.
TEST_CASE("a provisional response ends the retransmissions of an INVITE",
          "[transaction][rfc3261][17.1.1.2]") {
    Layer layer;
    const auto id = layer.send(request("INVITE"));
    layer.run_for(600ms);
    layer.receive(response(100, "INVITE"));
    layer.run_for(200s);
    layer.receive(response(180, "INVITE"));
    layer.receive(response(180, "INVITE"));
    layer.run_for(200s);
    layer.receive(response(199, "INVITE"));
    CHECK(layer.log
          == Log{"0 send INVITE", "500 send INVITE", "600 tu 100", "200600 tu 180", "200600 tu 180",
                 "400600 tu 199"});
    CHECK(layer.transactions.contains(id)); // the TU has to bound it
    CHECK(layer.transactions.abandon(layer.now, id));
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.1.2, RFC 6026 §8.4: from Calling and from Proceeding; passed up once, acknowledged
// each time that it comes; Timer D ends it after 32 s.
TEST_CASE("a refused INVITE is acknowledged as often as the refusal comes, and reported once",
          "[transaction][rfc3261][17.1.1.2][rfc6026][8.4]") {
    const int status = GENERATE(300, 401, 486, 503, 699);
    const bool proceeding = GENERATE(false, true);
    const std::string code = std::to_string(status);
    Layer layer;
    layer.send(request("INVITE"));
    if (proceeding) layer.receive(response(180, "INVITE"));
    layer.take_log();
    layer.run_for(100ms);
    layer.receive(response(status, "INVITE"));
    layer.run_for(31s);
    layer.receive(response(status, "INVITE"));
    layer.receive(response(600, "INVITE")); // a match is a retransmission, whatever it says
    layer.receive(response(200, "INVITE")); // and a 2xx has come too late
    layer.receive(response(180, "INVITE"));
    layer.run_for(10s);
    layer.receive(response(status, "INVITE")); // there is no transaction any more
    CHECK(layer.log
          == Log{"100 send ACK", "100 tu " + code, "31100 send ACK", "31100 send ACK",
                 "32100 tu client ended"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.1.3
TEST_CASE("the ACK of a refusal goes out byte for byte as the RFC's example has it",
          "[transaction][rfc3261][17.1.1.3]") {
    Layer layer;
    layer.send(message("INVITE sip:bob@biloxi.com SIP/2.0|"
                       "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff|"
                       "To: Bob <sip:bob@biloxi.com>|"
                       "From: Alice <sip:alice@atlanta.com>;tag=88sja8x|"
                       "Max-Forwards: 70|"
                       "Call-ID: 987asjd97y7atg|"
                       "CSeq: 986759 INVITE|"
                       "Content-Length: 0|"));
    layer.receive(
        message("SIP/2.0 486 Busy Here|"
                "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff;received=192.0.2.9|"
                "To: Bob <sip:bob@biloxi.com>;tag=99sa0xk|"
                "From: Alice <sip:alice@atlanta.com>;tag=88sja8x|"
                "Call-ID: 987asjd97y7atg|"
                "CSeq: 986759 INVITE|"
                "Content-Length: 0|"));
    REQUIRE(layer.sent.size() == 2);
    const std::string ack = "ACK sip:bob@biloxi.com SIP/2.0\r\n"
                            "Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKkjshdyff\r\n"
                            "Max-Forwards: 70\r\n"
                            "From: Alice <sip:alice@atlanta.com>;tag=88sja8x\r\n"
                            "To: Bob <sip:bob@biloxi.com>;tag=99sa0xk\r\n"
                            "Call-ID: 987asjd97y7atg\r\n"
                            "CSeq: 986759 ACK\r\n"
                            "Content-Length: 0\r\n"
                            "\r\n";
    CHECK(layer.sent[1].bytes == ack);
}

// RFC 3261 §17.1.1.2: whatever address the response came from.
TEST_CASE("the ACK of a refusal goes where its INVITE went", "[transaction][rfc3261][17.1.1.2]") {
    for (const Flow& flow : {udp, tcp}) {
        Layer layer;
        layer.send(request("INVITE"), flow);
        layer.receive(response(486, "INVITE"), flow_of(flow.transport, "198.51.100.1", 9));
        REQUIRE(layer.sent.size() == 2);
        CHECK(layer.sent[1].flow == flow);
    }
}

// RFC 3261 §17.1.1.2, RFC 6026 §8.4: an ACK even so, and Timer D is zero.
TEST_CASE("over a reliable transport a refused INVITE is acknowledged and gone",
          "[transaction][rfc3261][17.1.1.2][rfc6026][8.4]") {
    Layer layer;
    layer.send(request("INVITE"), tcp);
    layer.receive(response(486, "INVITE"), tcp);
    CHECK(layer.log == Log{"0 send INVITE", "0 send ACK", "0 tu 486", "0 tu client ended"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.1.2: the peer's T1 is not known.
TEST_CASE("Timer D lasts 32 s even where T1 is small", "[transaction][rfc3261][17.1.1.2]") {
    TimerConfig config;
    config.t1 = 10ms;
    Layer layer(config);
    layer.send(request("INVITE"));
    layer.receive(response(486, "INVITE"));
    layer.run_for(31999ms);
    CHECK_FALSE(layer.is_empty());
    layer.run_for(1ms);
    CHECK(layer.is_empty());
}

// RFC 6026 §7.2, §8.4: from Calling and from Proceeding; every 2xx goes up, of whatever fork, until
// Timer M, and none is acknowledged here.
TEST_CASE("each 2xx to an INVITE goes up and none is acknowledged, until Timer M",
          "[transaction][rfc6026][7.2][8.4]") {
    const bool proceeding = GENERATE(false, true);
    const Flow flow = GENERATE(udp, tcp); // over streams too
    Layer layer;
    layer.send(request("INVITE"), flow);
    if (proceeding) layer.receive(response(183, "INVITE"), flow);
    layer.take_log();
    layer.run_for(100ms);
    Sketch other_fork;
    other_fork.to_tag = "carol";
    layer.receive(response(200, "INVITE"), flow);
    layer.receive(response(200, "INVITE"), flow);
    layer.run_for(31s);
    layer.receive(response(202, "INVITE", other_fork), flow);
    layer.receive(response(180, "INVITE"), flow); // too late
    layer.receive(response(486, "INVITE"), flow);
    layer.run_for(999ms);
    layer.receive(response(200, "INVITE"), flow);
    layer.run_for(1ms);
    layer.receive(response(200, "INVITE"), flow); // a stray one: dropped
    CHECK(layer.log
          == Log{"100 tu 200", "100 tu 200", "31100 tu 202", "32099 tu 200",
                 "32100 tu client ended"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.2.2: intervals double up to T2; Timer F ends it after 64*T1.
TEST_CASE("another request over UDP is sent again at intervals up to T2, until Timer F",
          "[transaction][rfc3261][17.1.2.2]") {
    Layer layer;
    layer.send(request("BYE"));
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 send BYE", "500 send BYE", "1500 send BYE", "3500 send BYE", "7500 send BYE",
                 "11500 send BYE", "15500 send BYE", "19500 send BYE", "23500 send BYE",
                 "27500 send BYE", "31500 send BYE", "32000 tu timed out"});
    for (const Transmit& transmit : layer.sent)
        CHECK(transmit.bytes == request("BYE").bytes());
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.2.2: the first Timer E goes on, every later one is T2; Timer F goes on too.
TEST_CASE("a provisional response slows the retransmissions of another request to T2",
          "[transaction][rfc3261][17.1.2.2]") {
    Layer layer;
    layer.send(request("BYE"));
    layer.run_for(600ms);
    layer.receive(response(100, "BYE"));
    layer.receive(response(100, "BYE"));
    layer.run_for(100s);
    CHECK(layer.log
          == Log{"0 send BYE", "500 send BYE", "600 tu 100", "600 tu 100", "1500 send BYE",
                 "5500 send BYE", "9500 send BYE", "13500 send BYE", "17500 send BYE",
                 "21500 send BYE", "25500 send BYE", "29500 send BYE", "32000 tu timed out"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.2.2: one response goes up, Timer K of T4 absorbs the others.
TEST_CASE("the final response of another request goes up once, and Timer K absorbs the rest",
          "[transaction][rfc3261][17.1.2.2]") {
    const int status = GENERATE(200, 299, 300, 481, 699);
    const bool proceeding = GENERATE(false, true);
    Layer layer;
    layer.send(request("BYE"));
    if (proceeding) layer.receive(response(100, "BYE"));
    layer.take_log();
    layer.run_for(100ms);
    layer.receive(response(status, "BYE"));
    layer.run_for(4s);
    layer.receive(response(status, "BYE"));
    layer.receive(response(200, "BYE"));
    layer.receive(response(404, "BYE"));
    layer.receive(response(100, "BYE"));
    layer.run_for(10s);
    CHECK(layer.log == Log{"100 tu " + std::to_string(status), "5100 tu client ended"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.2.2: no Timer E, and Timer K is zero.
TEST_CASE("over a reliable transport another request is sent once, and ends with its response",
          "[transaction][rfc3261][17.1.2.2]") {
    Layer layer;
    layer.send(request("BYE"), tcp);
    layer.run_for(20s);
    layer.receive(response(100, "BYE"), tcp);
    layer.run_for(5s);
    layer.receive(response(200, "BYE"), tcp);
    CHECK(layer.log == Log{"0 send BYE", "20000 tu 100", "25000 tu 200", "25000 tu client ended"});
    CHECK(layer.is_empty());

    layer.take_log();
    layer.send(request("INFO"), tcp);
    layer.run_for(100s);
    CHECK(layer.log == Log{"25000 send INFO", "57000 tu timed out"});
    CHECK(layer.is_empty());
}

// RFC 3261 §17.1.3: by the branch and the CSeq's method, since a CANCEL has the branch of its
// INVITE.
TEST_CASE("a response finds its request by branch and method", "[transaction][rfc3261][17.1.3]") {
    Layer layer;
    const auto invite = layer.send(request("INVITE"));
    const auto cancel = layer.send(request("CANCEL"));
    CHECK(invite);
    CHECK(cancel);
    layer.take_log();

    Sketch sketch;
    sketch.branch = "z9hG4bK2";
    layer.receive(response(200, "CANCEL", sketch));
    CHECK(layer.log.empty());
    sketch.branch = "Z9HG4BK1"; // case does not matter in it: §7.3.1
    layer.receive(response(200, "CANCEL", sketch));
    CHECK(layer.take_log() == Log{"0 tu 200"});
    layer.run_for(100ms);
    layer.receive(response(487, "INVITE"));
    CHECK(layer.take_log() == Log{"100 send ACK", "100 tu 487"});
    layer.run_for(40s);
    CHECK(layer.take_log() == Log{"5000 tu client ended", "32100 tu client ended"});
    CHECK(layer.is_empty());
}

// RFC 3261 §18.1.1, RFC 3581 §3: on the connection of the request or on one that the server opens,
// at the source port of the request or at that of the sent-by, and from any address.
TEST_CASE("a response is taken from whatever way it comes",
          "[transaction][rfc3261][18.1.1][rfc3581][3]") {
    Flow way = GENERATE(udp, tcp);
    Layer layer;
    layer.send(request("OPTIONS"), way);
    layer.take_log();
    SECTION("the same") {}
    SECTION("a new connection") {
        way.connection = 99;
    }
    SECTION("another source") {
        way.remote = *Address::parse("198.51.100.1", 40000);
    }
    SECTION("another local port") {
        way.local.port = 40001;
    }
    SECTION("another transport") {
        way.transport = Transport::tls;
    }
    layer.receive(response(200, "OPTIONS"), way);
    CHECK(layer.log.at(0) == "0 tu 200");
}

// RFC 3261 §18.1.2, RFC 6026 §8.9: a sent-by that is not ours, no such transaction, no Via.
TEST_CASE("responses that match nothing are dropped silently, the 2xx to an INVITE too",
          "[transaction][rfc3261][18.1.2][rfc6026][8.9]") {
    Layer layer;
    const int status = GENERATE(100, 200, 486);
    layer.receive(response(status, "INVITE"));
    layer.receive(response(status, "BYE"));
    CHECK(layer.log.empty());
    CHECK(layer.is_empty());

    layer.send(request("INVITE"));
    layer.take_log();
    Sketch sketch;
    SECTION("the host of another") {
        sketch.sent_by = "192.0.2.3:5060";
    }
    SECTION("the port of another") {
        sketch.sent_by = "192.0.2.1:5061";
    }
    SECTION("no port") {
        sketch.sent_by = "192.0.2.1";
    }
    SECTION("no branch") {
        sketch.branch = "";
    }
    SECTION("the method of another") {
        sketch.cseq_method = "BYE";
    }
    SECTION("a method in another case") {
        sketch.cseq_method = "invite";
    }
    SECTION("a broken CSeq") {
        sketch.cseq = "x";
    }
    SECTION("a broken Via") {
        sketch.sent_by = ":]";
    }
    layer.receive(response(status, "INVITE", sketch));
    CHECK(layer.log.empty());
}

// RFC 3261 §17.1.4; RFC 6026 §8.4 for Completed. In Accepted and in a completed transaction of
// another method nothing is sent any more, so nothing can fail.
TEST_CASE("a failure of the transport ends a request that is still to be sent",
          "[transaction][rfc3261][17.1.4][rfc6026][8.4]") {
    struct Case {
        const char* method;
        int response; // 0: none yet
        bool ends;
    };
    const Case c = GENERATE(Case{"INVITE", 0, true}, Case{"INVITE", 180, true},
                            Case{"INVITE", 486, true}, Case{"INVITE", 200, false},
                            Case{"BYE", 0, true}, Case{"BYE", 100, true}, Case{"BYE", 200, false});
    const bool by_flow = GENERATE(false, true);
    INFO(c.method << " after " << c.response);
    Layer layer;
    const auto id = layer.send(request(c.method));
    if (c.response != 0) layer.receive(response(c.response, c.method));
    layer.take_log();
    if (by_flow) {
        layer.transactions.transport_failed(layer.now, udp);
    } else {
        layer.transactions.transport_failed(layer.now, id);
    }
    layer.drain();
    CHECK(layer.take_log() == (c.ends ? Log{"0 tu transport failed"} : Log{}));
    CHECK(layer.is_empty() == c.ends);
    layer.run_for(40s);
    CHECK(layer.log.size() == !c.ends); // that it ended
    CHECK(layer.is_empty());
}

// RFC 3261 §18.4: every request on the way there fails, and no other.
TEST_CASE("an unreachable destination fails the requests that go there, and no others",
          "[transaction][rfc3261][18.4]") {
    Layer layer;
    const Flow other_port = flow_of(Transport::udp, "192.0.2.2", 5061);
    const Flow other_host = flow_of(Transport::udp, "192.0.2.3");
    const Flow other_connection = flow_of(Transport::tcp, "192.0.2.2", 5060, 8);
    const auto send = [&](const std::string& branch, const Flow& flow) {
        Sketch sketch;
        sketch.branch = "z9hG4bK" + branch;
        return layer.send(request("OPTIONS", sketch), flow);
    };
    const auto a = send("a", udp), b = send("b", other_port), c = send("c", udp),
               d = send("d", other_host), e = send("e", tcp), f = send("f", other_connection),
               g = send("g", udp);
    layer.take_log();
    layer.transactions.transport_failed(layer.now, udp);
    layer.drain();
    CHECK(layer.take_log()
          == Log{"0 tu transport failed", "0 tu transport failed", "0 tu transport failed"});
    for (const auto id : {a, c, g})
        CHECK_FALSE(layer.transactions.contains(id));
    for (const auto id : {b, d, e, f})
        CHECK(layer.transactions.contains(id));

    layer.transactions.connection_closed(layer.now, tcp);
    layer.drain();
    CHECK(layer.take_log() == Log{"0 tu transport failed"});
    CHECK_FALSE(layer.transactions.contains(e));
    CHECK(layer.transactions.contains(f));
    // A connection that could not be made has no number: it stands for all to that place.
    layer.transactions.transport_failed(layer.now, flow_of(Transport::tcp));
    layer.drain();
    CHECK(layer.take_log() == Log{"0 tu transport failed"});
    CHECK_FALSE(layer.transactions.contains(f));
    layer.run_for(40s);
    CHECK(layer.is_empty());
}

// Fault 40: ten requests on one connection, which then closes.
TEST_CASE("a connection that closes takes its pending requests with it, once each",
          "[transaction][rfc3261][17.1.4]") {
    Layer layer;
    for (int i = 0; i < 10; ++i) {
        Sketch sketch;
        sketch.branch = "z9hG4bK" + std::to_string(i);
        layer.send(request("INVITE", sketch), tcp);
        if (i % 3 == 1) layer.receive(response(180, "INVITE", sketch), tcp);
        if (i % 3 == 2) layer.receive(response(200, "INVITE", sketch), tcp);
    }
    layer.take_log();
    layer.transactions.connection_closed(layer.now, tcp);
    layer.transactions.connection_closed(layer.now, tcp);
    layer.drain();
    CHECK(layer.take_log() == Log(7, "0 tu transport failed"));
    layer.run_for(32s); // the three accepted ones still take a 2xx that comes another way
    CHECK(layer.take_log() == Log(3, "32000 tu client ended"));
    CHECK(layer.is_empty());
}

// RFC 3261 §9.1: 64*T1 after the CANCEL the client may give up; nothing comes of it any more.
TEST_CASE("an abandoned INVITE is gone without a word", "[transaction][rfc3261][9.1]") {
    Layer layer;
    const auto id = layer.send(request("INVITE"));
    SECTION("calling") {}
    SECTION("proceeding") {
        layer.receive(response(180, "INVITE"));
    }
    layer.take_log();
    CHECK(layer.transactions.abandon(layer.now, id));
    CHECK_FALSE(layer.transactions.abandon(layer.now, id));
    layer.receive(response(487, "INVITE"));
    layer.run_for(100s);
    CHECK(layer.log.empty());
    CHECK(layer.is_empty());
}

TEST_CASE("an INVITE that has its final response cannot be abandoned", "[transaction]") {
    Layer layer;
    const auto id = layer.send(request("INVITE"));
    layer.receive(response(GENERATE(200, 486), "INVITE"));
    CHECK_FALSE(layer.transactions.abandon(layer.now, id));
    CHECK(layer.transactions.contains(id));
}

// RFC 3261 §17.1: there is no client transaction for ACK. A branch serves one request and its
// CANCEL.
TEST_CASE("what cannot be a client transaction is not sent", "[transaction][rfc3261][17.1]") {
    Layer layer;
    CHECK_FALSE(layer.send(request("ACK")));
    CHECK_FALSE(layer.send(message("BYE sip:bob@example.com SIP/2.0|CSeq: 1 BYE|")));
    CHECK(layer.send(request("BYE")));
    CHECK_FALSE(layer.send(request("BYE")));
    CHECK(layer.log == Log{"0 send BYE"});
    layer.transactions.transmit(udp, std::string(request("ACK").bytes()));
    layer.drain();
    CHECK(layer.log == Log{"0 send BYE", "0 send ACK"});
}

TEST_CASE("the flow of a request can be asked for while it is under way", "[transaction]") {
    Layer layer;
    const auto id = layer.send(request("BYE"), tcp);
    CHECK(*layer.transactions.flow(id) == tcp);
    layer.receive(response(200, "BYE"), tcp);
    CHECK_FALSE(layer.transactions.flow(id));
}

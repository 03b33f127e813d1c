#include "offhook/endpoint/sending.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// A call to a name with two addresses; the INVITE to the first is on the wire.
struct TwoAddresses {
    Wire bob;
    SessionId id;
    Message first = Message::request("X", "sip:x");

    explicit TwoAddresses(const char* target = "sip:carol@chicago.example") {
        id = bob.endpoint.invite(bob.now, target, Body::sdp("v=0"));
        bob.drain();
        bob.endpoint.resolved(bob.now, bob.last<event::Resolve>().id,
                              {at("192.0.2.9"), at("192.0.2.10")});
        bob.drain();
        bob.events.clear();
        first = bob.take_only();
        REQUIRE(bob.last_sent.flow.remote == at("192.0.2.9"));
    }
    Message take_second() {
        const Message second = bob.take_only();
        CHECK(bob.last_sent.flow.remote == at("192.0.2.10"));
        CHECK(second.method() == "INVITE");
        CHECK(value(second, Header::call_id) == value(first, Header::call_id));
        CHECK(value(second, Header::via) != value(first, Header::via)); // a new transaction
        return second;
    }
};

std::string sized_invite(Wire& bob, std::size_t size) {
    InviteOptions options;
    options.target = "sip:carol@192.0.2.9";
    options.offer = Body::sdp("x");
    const SessionId id = bob.endpoint.invite(bob.now, options);
    bob.drain();
    const std::size_t base = bob.sent.back().bytes.size() + 2; // Content-Length: three digits
    bob.endpoint.session(id).hang_up(bob.now);
    bob.sent.clear();
    bob.events.clear();
    options.offer = Body::sdp(std::string(size - base + 1, 'x'));
    REQUIRE(options.offer.content.size() < 1000);
    bob.endpoint.invite(bob.now, options);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    return bob.sent[0].bytes;
}

} // namespace

// RFC 3263 §4.3
TEST_CASE("where an address fails the next one is tried", "[endpoint][rfc3263][4.3]") {
    const std::string how = GENERATE("transport error", "503", "silence");
    CAPTURE(how);
    TwoAddresses call;
    Wire& bob = call.bob;
    if (how == "transport error") {
        bob.endpoint.transmit_failed(bob.now, bob.last_sent.flow);
    } else if (how == "503") {
        bob.receive(response(call.first, 503));
        REQUIRE(bob.sent.size() == 2);
        CHECK(bob.sent[0].bytes.starts_with("ACK "));
        CHECK(bob.sent[0].flow.remote == at("192.0.2.9"));
        bob.sent.erase(bob.sent.begin());
    } else {
        bob.run_for(32s - 1ms);
        bob.sent.clear();
        bob.run_for(1ms);
    }
    bob.drain();
    const Message second = call.take_second();
    CHECK(bob.events.empty());

    SECTION("and may succeed") {
        bob.receive(response(second, 200, "p1", peers_contact, "v=0"));
        CHECK(bob.take_events() == Lines{"Answered 200", "Answer", "Confirmed"});
        bob.endpoint.session(call.id).bye(bob.now);
        bob.drain();
        CHECK(bob.take_sent() == Lines{"ACK", "BYE"});
    }
    SECTION("and is where the ACK goes as well") {
        bob.receive(response(second, 200, "p1", "Contact:<sip:carol@chicago.example>|", "v=0"));
        CHECK(bob.take_sent() == Lines{"ACK"});
        CHECK(bob.last_sent.flow.remote == at("192.0.2.10"));
        bob.endpoint.session(call.id).bye(bob.now);
    }
    SECTION("and may be cancelled, by its own branch") {
        bob.receive(response(second, 180, "p1", peers_contact));
        bob.endpoint.session(call.id).cancel(bob.now);
        bob.drain();
        const Message cancel = bob.take_only();
        CHECK(cancel.method() == "CANCEL");
        CHECK(value(cancel, Header::via) == value(second, Header::via));
        CHECK(bob.last_sent.flow.remote == at("192.0.2.10"));
    }
    SECTION("and may be cancelled long after the first is forgotten") {
        bob.receive(response(second, 180, "p1", peers_contact));
        bob.run_for(40s);
        bob.endpoint.session(call.id).cancel(bob.now);
        bob.drain();
        CHECK(value(bob.take_only(), Header::via) == value(second, Header::via));
        bob.run_for(64 * 500ms); // and nothing comes of it
        CHECK(bob.take_events() == Lines{"Ringing 180", "Terminated local cancelled"});
        bob.run_for(10s);
        CHECK(bob.is_empty());
    }
    SECTION("and may fail: there is no third") {
        bob.receive(response(second, 503));
        CHECK(bob.take_events() == Lines{"Rejected 503", "Terminated remote rejected"});
    }
    SECTION("and is not disturbed by what the first still says") {
        bob.receive(response(call.first, 200, "p1", peers_contact, "v=0"));
        CHECK(bob.events.empty());
    }
    bob.run_for(10min);
    CHECK(bob.is_empty());
}

// RFC 3263 §4.3: an answer is an answer.
TEST_CASE("no other address is tried where it makes no sense", "[endpoint][rfc3263][4.3]") {
    TwoAddresses call;
    Wire& bob = call.bob;
    Lines expected;
    SECTION("after a refusal") {
        bob.receive(response(call.first, 486));
        expected = {"Rejected 486", "Terminated remote rejected"};
    }
    SECTION("after the call was given up") {
        bob.endpoint.session(call.id).hang_up(bob.now);
        bob.endpoint.transmit_failed(bob.now, bob.last_sent.flow);
        expected = {"Terminated local cancelled"};
    }
    SECTION("after there was an early dialog") {
        bob.receive(response(call.first, 180, "p1", peers_contact));
        bob.receive(response(call.first, 503, "p1"));
        expected = {"Ringing 180", "Rejected 503", "Terminated remote rejected"};
    }
    bob.drain();
    CHECK(bob.take_events() == expected);
    for (const std::string& line : bob.take_sent())
        CHECK(line == "ACK");
    bob.run_for(10min);
    CHECK(bob.is_empty());
}

// RFC 3263 §4.3: requests outside of sessions too, and in sessions other than INVITE.
TEST_CASE("every request tries the next address", "[endpoint][rfc3263][4.3]") {
    Wire bob;
    SECTION("outside of sessions") {
        bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = "sip:chicago.example"});
        bob.drain();
        bob.endpoint.resolved(bob.now, bob.last<event::Resolve>().id,
                              {at("192.0.2.9"), at("192.0.2.10")});
        bob.drain();
        bob.events.clear();
        bob.receive(response(bob.take_only(), 503));
        const Message second = bob.take_only();
        CHECK(bob.last_sent.flow.remote == at("192.0.2.10"));
        bob.receive(response(second, 200));
        CHECK(bob.take_events() == Lines{"Response 200"});
    }
    SECTION("BYE") {
        const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
        bob.drain();
        bob.receive(response(bob.take_only(), 200, "p1", "Contact:<sip:chicago.example>|", "v=0"));
        bob.endpoint.session(id).bye(bob.now);
        bob.drain();
        bob.endpoint.resolved(bob.now, bob.last<event::Resolve>().id,
                              {at("192.0.2.9"), at("192.0.2.10")});
        bob.drain();
        bob.events.clear();
        CHECK(bob.take_sent() == Lines{"ACK", "BYE"});
        bob.endpoint.transmit_failed(bob.now, bob.last_sent.flow);
        bob.drain();
        const Message bye = bob.take_only();
        CHECK(bob.last_sent.flow.remote == at("192.0.2.10"));
        bob.receive(response(bye, 200));
        CHECK(bob.take_events() == Lines{"Terminated local bye"});
    }
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §18.1.1
TEST_CASE("a request above 1300 bytes leaves over TCP", "[endpoint][rfc3261][18.1.1]") {
    EndpointConfig config = bobs_config();
    config.user_agent = "Bob/1";
    SECTION("1300 are not above") {
        Wire bob(config);
        CHECK(sized_invite(bob, 1300).size() == 1300);
        CHECK(bob.sent[0].flow.transport == Transport::udp);
    }
    SECTION("1301 are") {
        Wire bob(config);
        CHECK(sized_invite(bob, 1301).size() == 1301);
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow == Flow{Transport::tcp, at("192.0.2.1"), at("192.0.2.9")});
        CHECK(value(*Message::parse(bob.sent[0].bytes), Header::via).starts_with("SIP/2.0/TCP "));
        SECTION("and over UDP after all where nobody listens there") {
            const Transmit failed = bob.sent[0];
            bob.sent.clear();
            bob.endpoint.transmit_failed(bob.now, failed.flow);
            bob.drain();
            CHECK(bob.events.empty());
            const Message again = bob.take_only();
            CHECK(bob.last_sent.flow == Flow{Transport::udp, at("192.0.2.1"), at("192.0.2.9")});
            CHECK(value(again, Header::via).starts_with("SIP/2.0/UDP "));
        }
    }
    SECTION("unless the URI demands UDP") {
        Wire bob(config);
        bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9;transport=udp",
                            Body::sdp(std::string(2000, 'x')));
        bob.drain();
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow.transport == Transport::udp);
    }
    SECTION("or we have no TCP") {
        config.listeners.resize(1);
        Wire bob(config);
        bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp(std::string(2000, 'x')));
        bob.drain();
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow.transport == Transport::udp);
    }
}

// RFC 3261 §18.1.1, §18.2.2, RFC 5923: the peer's own connection may be the only way to it.
TEST_CASE("requests in a dialog take the connection that the peer has opened",
          "[endpoint][rfc3261][18]") {
    Wire bob;
    bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK1",
                        .more = "Contact: <sip:alice@192.0.2.9;transport=tcp>|"}),
                Wire::tcp());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0")});
    bob.drain();
    const std::string tag = tag_of(bob.take_only(), Header::to);
    bob.receive(request({.method = "ACK",
                         .via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK2",
                         .to = "<sip:bob@biloxi.example>;tag=" + tag}),
                Wire::tcp());
    SECTION("while it lives") {
        bob.endpoint.session(id).bye(bob.now);
        bob.drain();
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow == Wire::tcp());
        SECTION("and another one where it breaks meanwhile") {
            bob.sent.clear();
            bob.endpoint.connection_closed(bob.now, Wire::tcp());
            bob.drain();
            REQUIRE(bob.sent.size() == 1);
            CHECK(bob.sent[0].flow == Flow{Transport::tcp, at("192.0.2.1"), at("192.0.2.9")});
            CHECK(bob.take_sent() == Lines{"BYE"});
        }
    }
    SECTION("the last one that it has used") {
        bob.receive(request({.method = "OPTIONS",
                             .via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK3",
                             .to = "<sip:bob@biloxi.example>;tag=" + tag,
                             .cseq = "2"}),
                    Wire::tcp(8, 40001));
        bob.take_sent();
        bob.endpoint.session(id).bye(bob.now);
        bob.drain();
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow == Wire::tcp(8, 40001));
    }
    SECTION("and another one where it is gone") {
        bob.endpoint.connection_closed(bob.now, Wire::tcp());
        bob.endpoint.session(id).bye(bob.now);
        bob.drain();
        REQUIRE(bob.sent.size() == 1);
        CHECK(bob.sent[0].flow == Flow{Transport::tcp, at("192.0.2.1"), at("192.0.2.9")});
    }
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// A connection from a proxy leads to the proxy, not to what is behind it.
TEST_CASE("a connection is not used for another host", "[endpoint][rfc3261][8.1.2]") {
    Wire bob;
    bob.receive(invite({.via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK1",
                        .more = "Contact: <sip:alice@192.0.2.77;transport=tcp>|"}),
                Wire::tcp());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0")});
    bob.drain();
    bob.receive(
        request({.method = "ACK",
                 .via = "SIP/2.0/TCP 192.0.2.9:5060;branch=z9hG4bK2",
                 .to = "<sip:bob@biloxi.example>;tag=" + tag_of(bob.take_only(), Header::to)}),
        Wire::tcp());
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == Flow{Transport::tcp, at("192.0.2.1"), at("192.0.2.77")});
}

// RFC 3261 §18.1.1
TEST_CASE("a request to a group names the group in its Via", "[endpoint][rfc3261][18.1.1]") {
    EndpointConfig config = bobs_config();
    config.listeners.push_back({Transport::udp, at("2001:db8::1"), {}});
    Wire bob(config);
    const auto via_of_request = [&](const char* target) {
        bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = target});
        bob.drain();
        return value(bob.take_only(), Header::via);
    };
    CHECK(via_of_request("sip:224.0.1.75").ends_with(";rport;maddr=224.0.1.75;ttl=1"));
    CHECK(via_of_request("sip:[ff02::1]").ends_with(";rport;maddr=[ff02::1]"));
    CHECK(via_of_request("sip:192.0.2.9;maddr=224.0.1.75").ends_with(";maddr=224.0.1.75;ttl=1"));
    CHECK(via_of_request("sip:192.0.2.9").ends_with(";rport"));
}

// RFC 3261 §8.1.2: as if the Route had been a SIPS URI.
TEST_CASE("a SIPS target goes by TLS through whatever proxy", "[endpoint][rfc3261][8.1.2]") {
    Wire bob;
    InviteOptions options;
    options.target = "sips:carol@chicago.example";
    options.route = "<sip:192.0.2.20;lr>";
    options.offer = Body::sdp("v=0");
    bob.endpoint.invite(bob.now, options);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == Flow{Transport::tls, at("192.0.2.1", 5061), at("192.0.2.20", 5061)});
    CHECK(value(bob.take_only(), Header::contact) == "<sips:bob@192.0.2.1:5061>");
}

// RFC 3261 §8.1.2, §12.2.1.1: where a Route is, its first value says where to.
TEST_CASE("an outbound proxy gets every request outside of dialogs", "[endpoint][rfc3261][8.1.2]") {
    EndpointConfig config = bobs_config();
    SECTION("a loose router") {
        config.route = "<sip:192.0.2.20:5070;lr>";
    }
    SECTION("a strict router") {
        config.route = "<sip:192.0.2.20:5070>";
    }
    Wire bob(config);
    bob.endpoint.invite(bob.now, "sip:carol@chicago.example", Body::sdp("v=0"));
    bob.drain();
    bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = "sip:carol@chicago.example"});
    bob.drain();
    REQUIRE(bob.sent.size() == 2);
    for (const Transmit& transmit : bob.sent) {
        CHECK(transmit.flow.remote == at("192.0.2.20", 5070));
        const auto request = Message::parse(transmit.bytes);
        const bool loose = config.route.find(";lr") != std::string::npos;
        CHECK(request->request_uri()
              == (loose ? "sip:carol@chicago.example" : "sip:192.0.2.20:5070"));
        CHECK(value(*request, Header::route)
              == (loose ? "<sip:192.0.2.20:5070;lr>" : "<sip:carol@chicago.example>"));
        CHECK(value(*request, Header::to) == "<sip:carol@chicago.example>");
    }
}

// RFC 3261 §8.1.2: what cannot be reached fails, and is told.
TEST_CASE("a peer whose Contact leads nowhere ends the call as a transport error",
          "[endpoint][rfc3261][8.1.2]") {
    Wire bob;
    const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    const std::string ok = response(bob.take_only(), 200, "p1",
                                    "Contact:<sip:carol@192.0.2.9;transport=pigeon>|", "v=0");
    bob.receive(ok);
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    CHECK(bob.take_sent().empty());
    CHECK(bob.take_events().back() == "Terminated local bye");
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §9.1: "CANCEL is to go the way of its request".
TEST_CASE("CANCEL takes the flow of its INVITE", "[endpoint][rfc3261][9.1]") {
    Wire bob;
    const SessionId id =
        bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9;transport=tcp", Body::sdp("v=0"));
    bob.drain();
    const Flow flow = bob.sent[0].flow;
    bob.receive(response(bob.take_only(), 180, "p1", peers_contact), flow);
    bob.endpoint.session(id).cancel(bob.now);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == flow);
    CHECK(bob.take_sent() == Lines{"CANCEL"});
}

// RFC 3261 §9.1: 64*T1 after the CANCEL nobody waits for the INVITE any more.
TEST_CASE("an INVITE that is cancelled and never answered ends without a trace",
          "[endpoint][rfc3261][9.1]") {
    Wire bob;
    const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    bob.receive(response(bob.take_only(), 180, "p1", peers_contact));
    bob.endpoint.session(id).cancel(bob.now);
    bob.drain();
    const Message cancel = bob.take_only();
    bob.receive(response(cancel, 200));
    bob.take_events();
    bob.run_for(64 * 500ms);
    CHECK(bob.take_events() == Lines{"Terminated local cancelled"});
    bob.run_for(10s);
    CHECK(bob.is_empty());
}

// RFC 4028 §7.3, RFC 3261 §17.1.2.2: on a stream a transaction ends with its response, and the next
// one takes its place.
TEST_CASE("a request that is sent again at once leaves nothing of the first behind",
          "[endpoint][rfc4028][7.3]") {
    EndpointConfig config = bobs_config();
    config.features.timer.use = SessionTimerPolicy::Use::always;
    Wire bob(config);
    Sketch s{.via = "SIP/2.0/TCP 192.0.2.9:40000;branch=z9hG4bK1",
             .more = "Supported: timer|Allow: INVITE, ACK, BYE, UPDATE|"
                     "Contact: <sip:alice@192.0.2.9:40000;transport=tcp>|"};
    bob.receive(invite(s), Wire::tcp());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    s.to = value(bob.take_only(), Header::to);
    s.method = "ACK";
    s.via += "ack";
    bob.receive(request(s), Wire::tcp());
    bob.endpoint.session(id).update(bob.now);
    bob.drain();
    bob.receive(response(bob.take_only(), 422, "a1", "Min-SE:2000|"), Wire::tcp());
    const Message again = bob.take_only();
    CHECK(again.method() == "UPDATE");
    CHECK(value(again, Header::min_se) == "2000");
    bob.receive(response(again, 200, "a1", "Contact:<sip:alice@192.0.2.9;transport=tcp>|"),
                Wire::tcp());
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    bob.receive(response(bob.take_only(), 200), Wire::tcp());
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

TEST_CASE("each request on a connection that fails is told of, though one tries another way",
          "[endpoint][rfc3261][17.1.4]") {
    Wire wire;
    wire.endpoint.invite(wire.now, "sip:carol@biloxi.example;transport=tcp");
    wire.drain();
    wire.endpoint.resolved(wire.now, wire.last<event::Resolve>().id,
                           {at("192.0.2.9"), at("192.0.2.8")});
    wire.endpoint.request(wire.now, {.method = "MESSAGE", .target = "sip:192.0.2.9;transport=tcp"});
    wire.drain();
    wire.take_events();
    const Flow flow = wire.sent.back().flow;
    CHECK(wire.take_sent() == Lines{"INVITE", "MESSAGE"});

    wire.endpoint.transmit_failed(wire.now, flow);
    wire.drain();
    CHECK(wire.take_sent() == Lines{"INVITE"}); // to the other address
    CHECK(wire.take_events() == Lines{"RequestFailed transport"});
    CHECK(wire.endpoint.counts().requests == 0);
}

// The call flows of RFC 3665 §3, as the user agents see them.

#include "offhook/endpoint/endpoint.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/proxy.hpp"
#include "../support/wire.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = 0;
constexpr std::size_t bob = 1;

/// Alice at 192.0.2.1 and Bob at 192.0.2.2, who rings after 50 ms and answers 100 ms later, with
/// whatever stands between them at 192.0.2.11 and above. 10 ms from each to each.
struct Flows {
    explicit Flows(const std::string& route = {}) {
        EndpointConfig config = World::config("alice", at("192.0.2.1"));
        config.route = route;
        config.features.on_challenge = SessionFeatures::Decision::ask;
        config.features.on_redirect = SessionFeatures::Decision::ask;
        world.add(config, "192.0.2.1");
        world.add("bob", "192.0.2.2");
        world.on_event = [this](World& w, std::size_t agent, const Event& event) {
            if (const auto* const call = std::get_if<event::Incoming>(&event))
                ids[agent] = call->session;
            if (const auto* const asked = std::get_if<event::Challenged>(&event)) {
                credentials.push_back({"Proxy-Authorization", answer_to(asked->message)});
                session(agent).authenticate(w.net.now(), asked->request, credentials);
            }
            if (const auto* const moved = std::get_if<event::Redirected>(&event))
                session(agent).follow(w.net.now(), moved->targets.at(0));
            if (const auto* const offer = std::get_if<event::Offer>(&event))
                session(agent).ack(w.net.now(), {.body = Body::sdp("v=0\r\ns=answer\r\n")});
            if (const auto* const hop = std::get_if<event::Resolve>(&event))
                w.net[agent].resolved(w.net.now(), hop->id, hosts);
        };
    }
    Flows(const Flows&) = delete;

    std::size_t proxy(Proxy proxy) {
        const std::string host = proxy.host;
        return world.add("proxy", host, std::move(proxy));
    }
    Endpoint::SessionRef session(std::size_t agent) { return world.net[agent].session(ids[agent]); }
    void call(const std::string& target = "sip:bob@biloxi.example",
              Body offer = Body::sdp("v=0\r\ns=offer\r\n")) {
        ids[alice] = world.net[alice].invite(world.net.now(), target, std::move(offer));
    }
    void ring() {
        REQUIRE(world.run_until([&] { return ids[bob] != SessionId{}; }, 60s));
        world.run_for(50ms);
        session(bob).progress(world.net.now());
        world.run_for(100ms);
    }
    void answer() {
        session(bob).accept(world.net.now(), {.body = Body::sdp("v=0\r\ns=answer\r\n")});
        world.run_for(100ms);
        CHECK(session(alice).state() == State::confirmed);
        CHECK(session(bob).state() == State::confirmed);
    }
    void end(std::size_t agent) {
        session(agent).bye(world.net.now());
        world.run_for(100ms);
        CHECK(session(alice).state() == State::terminated);
        CHECK(session(bob).state() == State::terminated);
        world.run_out();
    }
    static std::string answer_to(const Message& challenge) {
        std::string realm = value(challenge, Header::proxy_authenticate);
        realm = realm.substr(realm.find("realm=\""));
        return "Digest username=\"alice\", " + realm.substr(0, realm.find("\",") + 1);
    }

    World world{1, {.latency = 10ms}};
    SessionId ids[2] = {};
    std::vector<HeaderField> credentials;
    std::vector<Address> hosts;
};

const std::string to_bob = "sip:bob@192.0.2.2";

} // namespace

// RFC 3665 §3.1
TEST_CASE("a session is established and ended between two user agents",
          "[endpoint][rfc3665][3.1]") {
    Flows flows;
    flows.call(to_bob);
    flows.ring();
    flows.answer();
    flows.end(bob);
    CHECK(flows.world.transcript(alice)
          == Lines{"0.000 > INVITE", "0.070 < 180 INVITE", "0.170 < 200 INVITE", "0.170 > ACK",
                   "0.270 < BYE", "0.270 > 200 BYE"});
    CHECK(flows.world.transcript(bob)
          == Lines{"0.010 < INVITE", "0.060 > 180 INVITE", "0.160 > 200 INVITE", "0.180 < ACK",
                   "0.260 > BYE", "0.280 < 200 BYE"});
}

// RFC 3665 §3.2
TEST_CASE("a session is established through two proxies, of which one wants credentials",
          "[endpoint][rfc3665][3.2]") {
    Flows flows("<sip:192.0.2.11;lr>");
    flows.proxy({.host = "192.0.2.11", .next = "192.0.2.12", .realm = "atlanta"});
    flows.proxy({.host = "192.0.2.12", .next = "192.0.2.2", .user = to_bob});
    flows.call();
    flows.ring();
    flows.answer();
    flows.end(bob);
    CHECK(flows.world.transcript(alice)
          == Lines{"0.000 > INVITE", "0.020 < 407 INVITE", "0.020 > ACK", "0.020 > INVITE",
                   "0.040 < 100 INVITE", "0.130 < 180 INVITE", "0.230 < 200 INVITE", "0.230 > ACK",
                   "0.330 < BYE", "0.330 > 200 BYE"});
    CHECK(flows.world.transcript(bob)
          == Lines{"0.050 < INVITE", "0.100 > 180 INVITE", "0.200 > 200 INVITE", "0.260 < ACK",
                   "0.300 > BYE", "0.360 < 200 BYE"});
}

// RFC 3665 §3.3
TEST_CASE("a session is established through two proxies that both want credentials",
          "[endpoint][rfc3665][3.3]") {
    Flows flows("<sip:192.0.2.11;lr>");
    flows.proxy({.host = "192.0.2.11", .next = "192.0.2.12", .realm = "atlanta"});
    flows.proxy({.host = "192.0.2.12", .next = "192.0.2.2", .user = to_bob, .realm = "biloxi"});
    flows.call();
    flows.ring();
    flows.answer();
    CHECK(flows.world.order(alice)
          == Lines{"> INVITE", "< 407 INVITE", "> ACK", "> INVITE", "< 100 INVITE", "< 407 INVITE",
                   "> ACK", "> INVITE", "< 100 INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK"});
    flows.end(alice);
}

// RFC 3665 §3.4: proxy 1 doesn't answer, and the name has another address.
TEST_CASE("a session is established through a second proxy where the first is silent",
          "[endpoint][rfc3665][3.4]") {
    Flows flows("<sip:proxy.atlanta.example;lr>");
    flows.hosts = {at("192.0.2.11"), at("192.0.2.12")};
    flows.proxy({.host = "192.0.2.12",
                 .name = "proxy.atlanta.example",
                 .next = "192.0.2.2",
                 .user = to_bob,
                 .realm = "atlanta"});
    flows.call();
    flows.ring();
    flows.answer();
    const Lines seen = flows.world.transcript(alice);
    CHECK(Lines(seen.begin(), seen.begin() + 8)
          == Lines{"0.000 > INVITE", "0.500 > INVITE", "1.500 > INVITE", "3.500 > INVITE",
                   "7.500 > INVITE", "15.500 > INVITE", "31.500 > INVITE", "32.000 > INVITE"});
    flows.end(bob);
    const Lines order = flows.world.order(alice);
    CHECK(Lines(order.begin() + 8, order.end())
          == Lines{"< 407 INVITE", "> ACK", "> INVITE", "< 100 INVITE", "< 180 INVITE",
                   "< 200 INVITE", "> ACK", "< BYE", "> 200 BYE"});
}

// RFC 3665 §3.5: the gateway of the firewall stays in the way, the proxy behind it doesn't.
TEST_CASE("a session goes on past a proxy that does not record its route",
          "[endpoint][rfc3665][3.5]") {
    Flows flows("<sip:192.0.2.11;lr>");
    flows.proxy({.host = "192.0.2.11", .next = "192.0.2.12"});
    const std::size_t second =
        flows.proxy({.host = "192.0.2.12", .next = "192.0.2.2", .user = to_bob, .records = false});
    flows.call();
    flows.ring();
    flows.answer();
    flows.end(alice);
    CHECK(flows.world.order(alice)
          == Lines{"> INVITE", "< 100 INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK", "> BYE",
                   "< 200 BYE"});
    CHECK(flows.world.order(bob)
          == Lines{"< INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK", "< BYE", "> 200 BYE"});
    CHECK(flows.world.order(second)
          == Lines{"< INVITE", "> 100 INVITE", "> INVITE", "< 180 INVITE", "> 180 INVITE",
                   "< 200 INVITE", "> 200 INVITE"});
}

// RFC 3665 §3.6: Bob has moved, and the ACK brings the answer.
TEST_CASE("a session is established by a redirection, with the answer in the ACK",
          "[endpoint][rfc3665][3.6]") {
    Flows flows;
    flows.world.add(
        "redirector", "192.0.2.11",
        [](const Flow& flow, std::string_view bytes) -> std::vector<Transmit> {
            const Message request = Message::parse(bytes).value();
            if (request.method() == "ACK") return {};
            return {{flow, response(request, 302, "r", "Contact:<sip:bob@192.0.2.13>|")}};
        });
    flows.proxy({.host = "192.0.2.13", .next = "192.0.2.2", .user = to_bob});
    flows.call("sip:bob@192.0.2.11", {});
    flows.ring();
    flows.answer();
    flows.end(bob);
    CHECK(flows.world.transcript(alice)
          == Lines{"0.000 > INVITE", "0.020 < 302 INVITE", "0.020 > ACK", "0.020 > INVITE",
                   "0.040 < 100 INVITE", "0.110 < 180 INVITE", "0.210 < 200 INVITE", "0.210 > ACK",
                   "0.310 < BYE", "0.310 > 200 BYE"});
    CHECK(flows.world.take_events(alice)
          == Lines{"Redirected 302", "Ringing 180", "Answered 200", "Offer", "Confirmed",
                   "Terminated remote bye"});
    CHECK(flows.world.take_events(bob)
          == Lines{"Incoming", "Answer", "Confirmed", "Terminating", "Terminated local bye"});
}

// RFC 3665 §3.7: Bob, whom the test plays, is at another address from the re-INVITE on.
TEST_CASE("a session goes on at the address that a re-INVITE names", "[endpoint][rfc3665][3.7]") {
    Wire wire;
    const SessionId id =
        wire.endpoint.invite(wire.now, "sip:carol@192.0.2.9", Body::sdp("v=0\r\n"));
    wire.drain();
    const Message call = wire.take_only();
    wire.receive(response(call, 100));
    wire.receive(response(call, 180, "p1", peers_contact));
    wire.receive(response(call, 200, "p1", peers_contact, "v=0\r\n"));
    CHECK(wire.take_sent() == Lines{"ACK"});
    CHECK(wire.last_sent.flow.remote == at("192.0.2.9"));
    const Flow moved{Transport::udp, at("192.0.2.1"), at("192.0.2.8")};
    Sketch s;
    s.via = "SIP/2.0/UDP 192.0.2.8:5060;branch=z9hG4bKmoved";
    s.from = "<sip:carol@192.0.2.9>;tag=p1";
    s.to = value(call, Header::from);
    s.call_id = value(call, Header::call_id);
    s.more = "Contact: <sip:carol@192.0.2.8>|";
    wire.receive(invite(s), moved);
    wire.endpoint.session(id).accept(wire.now, {.body = Body::sdp("v=0\r\ns=new\r\n")});
    wire.drain();
    CHECK(wire.take_sent() == Lines{"200 INVITE"});
    CHECK(wire.last_sent.flow.remote == at("192.0.2.8"));
    s.method = "ACK";
    s.via += "2";
    wire.receive(request(s), moved);
    wire.endpoint.session(id).bye(wire.now);
    wire.drain();
    CHECK(wire.take_sent() == Lines{"BYE"});
    CHECK(wire.last_sent.flow.remote == at("192.0.2.8"));
    const Message bye = Message::parse(wire.last_sent.bytes).value();
    CHECK(bye.request_uri() == "sip:carol@192.0.2.8");
    wire.receive(response(bye, 200));
    CHECK(wire.endpoint.session(id).state() == State::terminated);
}

// RFC 3665 §3.8
TEST_CASE("a call that nobody answers is cancelled through two proxies",
          "[endpoint][rfc3665][3.8]") {
    Flows flows("<sip:192.0.2.11;lr>");
    flows.proxy({.host = "192.0.2.11", .next = "192.0.2.12"});
    flows.proxy({.host = "192.0.2.12", .next = "192.0.2.2", .user = to_bob});
    flows.call();
    flows.ring();
    flows.session(alice).cancel(flows.world.net.now());
    flows.world.run_out();
    CHECK(flows.world.transcript(alice)
          == Lines{"0.000 > INVITE", "0.020 < 100 INVITE", "0.110 < 180 INVITE", "0.180 > CANCEL",
                   "0.240 < 200 CANCEL", "0.240 < 487 INVITE", "0.240 > ACK"});
    CHECK(flows.world.transcript(bob)
          == Lines{"0.030 < INVITE", "0.080 > 180 INVITE", "0.210 < CANCEL", "0.210 > 200 CANCEL",
                   "0.210 > 487 INVITE", "0.270 < ACK"});
    CHECK(flows.world.take_events(alice).back() == "Terminated local cancelled");
}

// RFC 3665 §3.9, §3.11: busy at once, or not to be reached after it has rung.
TEST_CASE("a call is refused through two proxies, before or after it rings",
          "[endpoint][rfc3665][3.9][3.11]") {
    const bool rings = GENERATE(false, true);
    const std::string status = rings ? "480" : "486";
    Flows flows("<sip:192.0.2.11;lr>");
    flows.proxy({.host = "192.0.2.11", .next = "192.0.2.12"});
    flows.proxy({.host = "192.0.2.12", .next = "192.0.2.2", .user = to_bob});
    flows.call();
    if (rings)
        flows.ring();
    else
        flows.world.run_until([&] { return flows.ids[bob] != SessionId{}; });
    flows.session(bob).reject(flows.world.net.now(), std::stoi(status));
    flows.world.run_out();
    Lines alices = {"> INVITE", "< 100 INVITE", "< " + status + " INVITE", "> ACK"};
    Lines bobs = {"< INVITE", "> " + status + " INVITE", "< ACK"};
    if (rings) alices.insert(alices.begin() + 2, "< 180 INVITE");
    if (rings) bobs.insert(bobs.begin() + 1, "> 180 INVITE");
    CHECK(flows.world.order(alice) == alices);
    CHECK(flows.world.order(bob) == bobs);
    CHECK(flows.world.take_events(alice).back() == "Terminated remote rejected");
}

// RFC 3665 §3.10: the proxy repeats the INVITE and gives up; the caller sees but 100 and 480.
TEST_CASE("a call to a phone that is off ends with the proxy's 480", "[endpoint][rfc3665][3.10]") {
    Wire wire;
    wire.endpoint.invite(wire.now, "sip:carol@192.0.2.9", Body::sdp("v=0\r\n"));
    wire.drain();
    const Message call = wire.take_only();
    wire.receive(response(call, 100));
    wire.run_for(32s);
    CHECK(wire.take_sent().empty()); // a 100 ends the repetitions
    wire.receive(response(call, 480));
    CHECK(wire.take_sent() == Lines{"ACK"});
    CHECK(wire.take_events() == Lines{"Rejected 480", "Terminated remote rejected"});
}

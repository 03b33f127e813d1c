// Three calls on a simulated network, each as a picture (.svg), as a page whose messages open
// (.html), and as a capture for Wireshark and sngrep (.pcap). There are no sockets, and no time
// passes.
//
//     draw [FOLDER]

#include <chrono>
#include <cstddef>
#include <fstream>
#include <iostream>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/offhook.hpp"
#include "offhook/sim/network.hpp"
#include "offhook/trace/html.hpp"
#include "offhook/trace/pcap.hpp"
#include "offhook/trace/svg.hpp"

using namespace offhook;
using namespace std::chrono_literals;

Body audio() {
    return Body::sdp("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                     "m=audio 4000 RTP/AVP 0\r\n");
}

/// Phones that ring when they are called, and note beside their lifelines what they are told.
struct Stage {
    sim::Network<Endpoint> net;
    std::vector<SessionId> calls = {}; ///< the newest one of each phone

    explicit Stage(sim::Link link) : net(1, link) {}

    std::size_t phone(const std::string& name, const std::string& host, Transport transport) {
        const Address at = *Address::parse(host, 5060);
        const std::string identity = "<sip:" + name + "@" + at.to_string() + ">";
        const Seed seed{static_cast<std::uint8_t>(net.size() + 1)}; // the same run each time
        net.trace().name(at, name);
        calls.emplace_back();
        return net.add(Endpoint({.listeners = {{transport, at}}, .identity = identity}, seed), at);
    }
    auto session(std::size_t phone) { return net[phone].session(calls[phone]); }
    void note(std::size_t phone, const std::string& text) {
        net.trace().note(net.now(), net.address(phone), text);
    }
    void call(std::size_t from, const std::string& target) {
        calls[from] = net[from].invite(net.now(), target, audio());
    }
    void accept(std::size_t phone) { session(phone).accept(net.now(), {.body = audio()}); }
    void hang_up(std::size_t phone) { session(phone).hang_up(net.now()); }

    void run_for(Duration span) {
        net.run_for(span, [this](auto&, std::size_t phone) {
            while (const auto happened = net[phone].poll_event())
                on_event(phone, *happened);
        });
    }
    void on_event(std::size_t phone, const Event& happened) {
        if (const auto* const incoming = std::get_if<event::Incoming>(&happened)) {
            calls[phone] = incoming->session;
            session(phone).progress(net.now());
        }
        if (std::get_if<event::Confirmed>(&happened)) note(phone, "confirmed");
        if (std::get_if<event::Terminated>(&happened)) note(phone, "over");
    }
};

/// Bob answers, would hang up before the ACK is there, and is told why not.
Stage one_call() {
    Stage stage({.latency = 20ms});
    const auto alice = stage.phone("alice", "192.0.2.1", Transport::udp);
    const auto bob = stage.phone("bob", "192.0.2.2", Transport::udp);
    stage.call(alice, "sip:bob@192.0.2.2");
    stage.run_for(1200ms);
    stage.accept(bob);
    stage.run_for(0ms); // the 200 leaves, and its ACK can't be here yet
    if (const auto refused = stage.session(bob).try_bye(stage.net.now()))
        stage.note(bob, refused.message());
    stage.run_for(5s);
    stage.hang_up(bob);
    stage.run_for(1s);
    return stage;
}

/// Alice talks to Bob, who sends her on to Carol; over TCP and IPv6.
Stage among_three() {
    Stage stage({.latency = 35ms});
    const auto alice = stage.phone("alice", "2001:db8:85a3::8a2e:370:7334", Transport::tcp);
    const auto bob = stage.phone("bob", "2001:db8::b0b", Transport::tcp);
    const auto carol = stage.phone("carol", "2001:db8::ca:401", Transport::tcp);
    const auto talk_to = [&](std::size_t other, const std::string& target) {
        stage.call(alice, target);
        stage.run_for(800ms);
        stage.accept(other);
        stage.run_for(4s);
    };
    talk_to(bob, "sip:bob@[2001:db8::b0b];transport=tcp");
    stage.note(bob, "Carol knows; I'll let you go");
    stage.hang_up(bob);
    stage.run_for(400ms);
    talk_to(carol, "sip:carol@[2001:db8::ca:401];transport=tcp");
    stage.hang_up(alice);
    stage.run_for(1s);
    return stage;
}

/// Alice gives up while Bob picks up, and the network loses what it can.
Stage race() {
    Stage stage({.latency = 30ms});
    const auto alice = stage.phone("alice", "192.0.2.1", Transport::udp);
    const auto bob = stage.phone("bob", "192.0.2.2", Transport::udp);
    for (const auto* message : {"INVITE", "SIP/2.0 180", "ACK", "BYE"})
        stage.net.add_rule({.begins = message});
    stage.call(alice, "sip:bob@192.0.2.2");
    stage.run_for(2500ms);
    stage.note(alice, "enough of this");
    stage.hang_up(alice); // CANCEL and 200 cross
    stage.accept(bob);
    stage.run_for(40s);
    return stage;
}

int main(int argc, char** argv) {
    const std::string folder = argc > 1 ? argv[1] : ".";
    const std::pair<std::string, Stage> all[] = {
        {"call", one_call()}, {"three", among_three()}, {"race", race()}};
    for (const auto& [name, stage] : all) {
        const trace::Recorder& seen = stage.net.trace();
        for (const auto& [suffix, content] : {std::pair(".svg", trace::svg(seen)),
                                              {".html", trace::html(seen, {.title = name})},
                                              {".pcap", trace::pcap(seen)}}) {
            const std::string path = folder + "/" + name + suffix;
            if (!(std::ofstream(path, std::ios::binary) << content << std::flush)) {
                std::cerr << "draw: cannot write " << path << "\n";
                return 1;
            }
            std::cout << path << "\n";
        }
    }
}

// Third party call control: a controller that has no media of its own connects two phones, which
// know nothing of each other. It calls both, and hands the description of each to the other one.
// Two of the ways that RFC 3725 knows, drawn; both end as the phones hear each other.

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

#include "offhook/endpoint/handler.hpp"
#include "offhook/offhook.hpp"
#include "offhook/sim/network.hpp"
#include "offhook/trace/ladder.hpp"

using namespace offhook;
using namespace std::chrono_literals;

/// What only one phone would say: so that it can be told who heard it.
Body media_of(const std::string& phone) {
    return Body::sdp("v=0\r\no=" + phone
                     + " 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\n"
                       "t=0 0\r\nm=audio 4000 RTP/AVP 0\r\n");
}

/// A description without media: there is nobody yet to hear. RFC 3725 §4.4
Body no_media() {
    return Body::sdp(
        "v=0\r\no=controller 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n");
}

struct Stage {
    sim::Network<Endpoint> net;
    std::string heard[3] = {}; ///< what each phone was told last of the other one's media
    bool over[3] = {};

    Stage() {
        for (const char* const name : {"controller", "alice", "bob"}) {
            const auto n = static_cast<std::uint8_t>(net.size() + 1);
            const Address at = *Address::parse("192.0.2." + std::to_string(n) + ":5060");
            net.trace().name(at, name);
            net.add(Endpoint({.listeners = {{Transport::udp, at}},
                              .identity = "<sip:" + std::string(name) + "@" + at.host() + ">"},
                             Seed{n}),
                    at);
        }
    }
    Endpoint::SessionRef leg(SessionId session) { return net[0].session(session); }

    /// The phones are like any others: they answer what is asked of them.
    void phone(std::size_t n) {
        const Body own = media_of(n == 1 ? "alice" : "bob");
        dispatch_all(net[n], Handlers{
                                 [&](const event::Incoming& e) {
                                     heard[n] = e.offer.content;
                                     net[n].session(e.session).progress(net.now());
                                     net[n].session(e.session).accept(net.now(), {.body = own});
                                 },
                                 [&](const event::Reinvited& e) {
                                     heard[n] = e.offer.content;
                                     net[n].session(e.session).accept(net.now(), {.body = own});
                                 },
                                 [&](const event::Answer& e) { heard[n] = e.body.content; },
                                 [&](const event::Terminated&) { over[n] = true; },
                             });
    }
    template <class Controller>
    void run_for(Duration span, Controller&& controller) {
        net.run_for(span, [&](auto&, std::size_t n) {
            if (n == 0)
                dispatch_all(net[0], controller);
            else
                phone(n);
        });
    }
};

/// Flow I: Alice is asked for an offer, which goes to Bob; his answer is in her ACK. Short, and the
/// one to take where Bob answers at once: else Alice's 200 comes again and again for want of its
/// ACK. RFC 3725 §4.1
struct FlowI {
    Stage& stage;
    SessionId alice, bob = {};

    void on(const event::Offer& e) {
        if (e.session == alice)
            bob = stage.net[0].invite(stage.net.now(), "sip:bob@192.0.2.3", e.body);
    }
    void on(const event::Answer& e) {
        if (e.session == bob && !e.preview)
            (void)stage.leg(alice).try_ack(stage.net.now(), {.body = e.body});
    }
    /// Whoever hangs up, or is not there, ends it for both. hang_up() does what that takes.
    void on(const event::Terminated& e) {
        stage.leg(e.session == alice ? bob : alice).hang_up(stage.net.now());
    }
};

/// Flow IV: both are first called without media, and a re-INVITE then makes them talk; so nobody's
/// transaction waits for a person. RFC 3725 §4.4
struct FlowIV {
    Stage& stage;
    SessionId alice, bob = {};

    void on(const event::Confirmed& e) {
        if (e.session == alice) bob = stage.net[0].invite(stage.net.now(), "sip:bob@192.0.2.3");
    }
    /// Bob's 200 to an INVITE without an offer brings one: it goes to Alice in a re-INVITE, and her
    /// answer into Bob's ACK.
    void on(const event::Offer& e) {
        if (e.session == bob)
            (void)stage.leg(alice).try_reinvite(stage.net.now(), {.body = e.body});
    }
    void on(const event::Answer& e) {
        if (e.session == alice) (void)stage.leg(bob).try_ack(stage.net.now(), {.body = e.body});
    }
    void on(const event::Terminated& e) {
        stage.leg(e.session == alice ? bob : alice).hang_up(stage.net.now());
    }
};

template <class Flow>
bool connects(const std::string& name, const Body& first_offer) {
    Stage stage;
    Flow flow{stage, stage.net[0].invite(stage.net.now(), "sip:alice@192.0.2.2", first_offer)};
    stage.run_for(2s, flow);
    const bool talk = stage.heard[1] == media_of("bob").content
                      && stage.heard[2] == media_of("alice").content
                      && stage.leg(flow.alice).state() == State::confirmed
                      && stage.leg(flow.bob).state() == State::confirmed;
    stage.leg(flow.alice).hang_up(stage.net.now());
    stage.run_for(2s, flow);
    std::cout << name << "\n\n" << trace::ladder(stage.net.trace()) << "\n";
    if (!talk) std::cerr << name << ": they do not hear each other\n";
    if (!stage.over[1] || !stage.over[2]) std::cerr << name << ": a call goes on\n";
    return talk && stage.over[1] && stage.over[2];
}

int main() {
    const bool first = connects<FlowI>("Flow I", {});
    const bool fourth = connects<FlowIV>("Flow IV", no_media());
    return first && fourth ? 0 : 1;
}

// Alice calls Bob over UDP. Bob answers, and would hang up before the call is confirmed: bye() says
// why it must wait. Once the ACK is there it goes through, and the whole call is drawn.

#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

#include "offhook/core/system_random.hpp"
#include "offhook/endpoint/handler.hpp"
#include "offhook/net/loop.hpp"
#include "offhook/offhook.hpp"
#include "offhook/trace/ladder.hpp"

using namespace offhook;
using namespace std::chrono_literals;

const auto now = net::Loop::now;

Body audio(const Address& at) {
    return Body::sdp("v=0\r\no=- 1 1 IN IP4 " + at.host() + "\r\ns=-\r\nc=IN IP4 " + at.host()
                     + "\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n");
}

// An endpoint knows no sockets: a loop carries its bytes, and the recorder is shown what it sends.
struct Phone {
    trace::Recorder& recorder;
    net::Loop loop;
    Address address = loop.listen(Transport::udp, *Address::parse("127.0.0.1", 0));
    std::string uri;
    Endpoint endpoint;

    Phone(trace::Recorder& shown, std::string name)
        : recorder(shown), uri("sip:" + name + "@" + address.to_string()),
          endpoint({.listeners = {{Transport::udp, address}}, .identity = "<" + uri + ">"},
                   system_seed()) {
        recorder.name(address, name);
    }

    void run(Duration longest) { loop.run_once(endpoint, longest, *this); }

    void sent(TimePoint at, const Flow& flow, std::string_view bytes) {
        recorder.sent(at, flow, bytes);
    }
    void received(TimePoint, const Flow&, std::string_view) {}
    void closed(const Flow&) {}
};

int main() {
    trace::Recorder recorder;
    Phone alice(recorder, "alice"), bob(recorder, "bob");
    bool over = false;

    const Handlers at_alice{
        [](const event::Ringing&) { std::cout << "alice: it rings\n"; },
        [](const event::Answered&) { std::cout << "alice: hello?\n"; },
        [](const event::Terminated&) { std::cout << "alice: he has hung up\n"; },
    };
    const Handlers at_bob{
        [&](const event::Incoming& call) {
            auto session = bob.endpoint.session(call.session);
            // An event tells what was: a CANCEL right behind it has ended this call already.
            if (session.try_progress(now())) return;
            session.accept(now(), {.body = audio(bob.address)});
            bob.run(0ms); // the 200 leaves, and its ACK can't be here yet
            try {
                session.bye(now());
            } catch (const Error& error) {
                std::cout << "bob: " << error.what() << "\n";
                recorder.note(now(), bob.address, error.what());
            }
        },
        [&](const event::Confirmed& call) { bob.endpoint.session(call.session).hang_up(now()); },
        [&](const event::Terminated&) { over = true; },
    };

    alice.endpoint.invite(now(), bob.uri, audio(alice.address));
    for (const auto start = now(); !over && now() - start < 5s;) {
        alice.run(1ms);
        dispatch_all(alice.endpoint, at_alice);
        bob.run(1ms);
        dispatch_all(bob.endpoint, at_bob);
    }
    std::cout << "\n" << trace::ladder(recorder);
    return over ? 0 : 1;
}

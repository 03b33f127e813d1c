// How do I place a call, and what can become of it? invite() gives the session that all events of
// the call name; hang_up() ends it whatever has become of it: CANCEL while it rings, BYE after.

#include "stage.hpp"

using namespace recipes;

int main() {
    Stage stage({{"alice"}, {"bob"}});
    Endpoint &alice = stage[0], &bob = stage[1];
    std::string heard;
    const auto note = [&](const std::string& what) {
        heard += what + " ";
        say("alice: " + what);
    };

    const Handlers at_alice{
        [&](const event::Ringing& e) { note(std::to_string(e.status)); }, // 180, 183, …
        [&](const event::Answer& e) { note(e.preview ? "early-media" : "media"); },
        [&](const event::Answered&) { note("answered"); },
        [&](const event::Confirmed&) { note("confirmed"); }, // its ACK has left
        [&](const event::Rejected& e) { note(std::to_string(e.status)); },
        [&](const event::Terminated& e) { // the last word of every call
            note(e.cause == Cause::bye         ? "bye"
                 : e.cause == Cause::cancelled ? "cancelled"
                                               : "over");
        },
    };
    int calls = 0;
    const Handlers at_bob{[&](const event::Incoming& e) {
        auto session = bob.session(e.session);
        switch (++calls) {
        case 1:
            (void)session.try_progress(stage.now());
            (void)session.try_accept(stage.now(), {.body = audio()});
            break;
        case 2: (void)session.try_progress(stage.now()); break; // and rings on
        case 3: (void)session.try_reject(stage.now(), 486); break;
        }
    }};

    // With nothing but a target and an offer; InviteOptions has all else that an INVITE can hold.
    SessionId call = alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    stage.run_for(1s, at_alice, at_bob);
    check(heard == "180 answered media confirmed ", "bob answers");
    alice.session(call).hang_up(stage.now());
    stage.run_for(1s, at_alice, at_bob);
    check(heard == "180 answered media confirmed bye ", "alice hangs up");

    heard.clear();
    call = alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    stage.run_for(20s, at_alice, at_bob);
    alice.session(call).hang_up(stage.now());
    stage.run_for(1s, at_alice, at_bob);
    check(heard == "180 cancelled ", "alice does not wait");

    heard.clear();
    InviteOptions options;
    options.target = "sip:bob@192.0.2.2";
    options.from = "\"Alice\" <sip:alice@atlanta.example>";
    options.fields = {{"Subject", "lunch"}};
    alice.invite(stage.now(), options); // no offer: the 2xx would bring it
    stage.run_for(1s, at_alice, at_bob);
    check(heard == "486 over ", "bob is busy");

    heard.clear();
    alice.invite(stage.now(), "sip:bob@192.0.2.77", audio());
    stage.run_for(40s, at_alice, at_bob);
    check(heard == "over ", "nobody is there, so the INVITE times out");
}

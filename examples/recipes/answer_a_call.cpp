// How do I answer calls? Each Incoming wants accept(), reject() or redirect() sooner or later, and
// progress() until then. Whoever was meant stands in the INVITE.

#include "stage.hpp"

using namespace recipes;

int main() {
    EndpointConfig config;
    config.users = {"bob", "voicemail", "sales"}; // anybody else is answered with 404
    Stage stage({{"alice"}, {"bob", config}});
    Endpoint &alice = stage[0], &bob = stage[1];
    SessionId rings;

    const Handlers at_bob{
        [&](const event::Incoming& e) {
            auto session = bob.session(e.session);
            const auto uri = Uri::parse(e.invite.request_uri());
            if (uri->user == "sales") { // the caller is told where to go
                (void)session.try_redirect(stage.now(), {"<sip:carol@192.0.2.3>"});
            } else if (uri->user == "voicemail") { // where there is no offer we make one
                (void)session.try_accept(stage.now(), {.body = audio()});
            } else if (bob.session(rings).state() == State::early) {
                (void)session.try_reject(stage.now(), 486); // rings already
            } else {
                (void)session.try_progress(stage.now()); // 180
                rings = e.session;
            }
        },
        [&](const event::Cancelled&) { say("bob: a call missed"); },
        [&](const event::Confirmed&) { say("bob: hello"); },
    };
    std::string heard;
    const Handlers at_alice{
        [&](const event::Answered&) { heard = "answered"; },
        [&](const event::Rejected& e) { heard = std::to_string(e.status); },
        [&](const event::Redirected& e) {
            heard = std::string(e.message.header(Header::contact).value_or(""));
        },
    };
    const auto call = [&](const std::string& user) {
        heard = "nothing";
        const SessionId id = alice.invite(stage.now(), "sip:" + user + "@192.0.2.2", audio());
        stage.run_for(1s, at_alice, at_bob);
        say("alice calls " + user + ": " + heard);
        return id;
    };

    call("voicemail");
    check(heard == "answered", "the voicemail answers at once");
    call("sales");
    check(heard == "<sip:carol@192.0.2.3>", "sales is elsewhere");
    call("nobody");
    check(heard == "404", "nobody is not there");
    const SessionId first = call("bob");
    check(heard == "nothing", "bob's phone rings");
    call("bob");
    check(heard == "486", "one call at a time");
    alice.session(first).hang_up(stage.now()); // bob hears Cancelled
    stage.run_for(1s, at_alice, at_bob);

    const SessionId second = call("bob");
    bob.session(rings).accept(stage.now(), {.body = audio()}); // somebody picks up
    // bye() would throw AckPending: hang_up() remembers, and sends it as soon as it may.
    check(!bob.session(rings).can_bye(), "the ACK is on its way");
    bob.session(rings).hang_up(stage.now());
    stage.run_for(1s, at_alice, at_bob);
    check(heard == "answered", "bob answers");
    check(alice.session(second).state() == State::terminated, "and has hung up");
}

// How do I make sure that no call outlives a peer that is gone? With a session timer one side
// refreshes the call every so often, by itself, and the other one ends it where that stops.
// RFC 4028

#include "stage.hpp"

using namespace recipes;

int main() {
    EndpointConfig config;
    config.features.timer.use = SessionTimerPolicy::Use::always;
    config.features.timer.interval = 1800s;    // 90 s is the least that there is
    Stage stage({{"alice", config}, {"bob"}}); // who wants no timer goes along with one
    Endpoint &alice = stage[0], &bob = stage[1];
    SessionId at_bobs;
    int refreshes = 0;
    std::string end;

    const Handlers at_alice{[&](const event::Refreshed& e) {
        ++refreshes;
        say("alice: for " + std::to_string(e.interval.count()) + " s more, and "
            + (e.by_us ? "I am" : "he is") + " to refresh it");
    }};
    const Handlers at_bob{
        [&](const event::Incoming& e) {
            at_bobs = e.session;
            bob.session(e.session).accept(stage.now(), {.body = audio()});
        },
        [&](const event::Terminated& e) {
            end = e.cause == Cause::expired ? "expired" : "another end";
            say("bob: " + end);
        },
    };

    alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    stage.run_for(1h, at_alice, at_bob);
    check(refreshes == 4, "agreed once, and refreshed every 15 minutes");
    check(end.empty(), "the call lives");

    stage.net().cut(0, 1); // somebody pulls the plug
    stage.run_for(1h, at_alice, at_bob);
    check(end == "expired", "bob notices");
    check(bob.session(at_bobs).state() == State::terminated, "and the call is over");
}

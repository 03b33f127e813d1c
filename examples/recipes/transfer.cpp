// How do I transfer a call? refer() sends the peer elsewhere, Notified tells how that went. Who is
// sent finds the call to place in invite_for(). Bob does it blindly here, and then with Carol on
// another call, in which Alice takes his place. RFC 3515, RFC 3891

#include "offhook/endpoint/referral.hpp"
#include "stage.hpp"

using namespace recipes;

int main() {
    EndpointConfig config;
    config.methods = {"REFER"};
    Stage stage({{"alice", config}, {"bob", config}, {"carol", config}});
    Endpoint &alice = stage[0], &bob = stage[1], &carol = stage[2];

    struct {
        SessionId session, placed;
        UsageId usage;
    } referral = {};
    const auto report = [&](SessionId call, int status) {
        if (call != referral.placed) return;
        (void)alice.session(referral.session).try_notify(stage.now(), referral.usage, status);
        if (status >= 200) referral = {};
    };
    const Handlers at_alice{
        [&](const event::Referred& e) {
            auto invite = invite_for(e);
            auto session = alice.session(e.session);
            const int status = invite ? 202 : 400;
            if (session.try_respond(stage.now(), e.transaction, status) || !invite) return;
            invite->offer = audio();
            referral = {e.session, alice.invite(stage.now(), *invite), e.usage};
        },
        [&](const event::Ringing& e) { report(e.session, e.status); },
        [&](const event::Confirmed& e) { report(e.session, 200); },
        [&](const event::Rejected& e) { report(e.session, e.status); },
        [&](const event::Terminated& e) {
            report(e.session, 503);
        }, // where nothing was said before
    };
    SessionId from_alice;
    int outcome = 0;
    const Handlers at_bob{
        [&](const event::Incoming& e) {
            from_alice = e.session;
            (void)bob.session(e.session).try_accept(stage.now(), {.body = audio()});
        },
        [&](const event::Notified& e) {
            outcome = e.status;
            say("bob: her call to carol: " + std::to_string(e.status));
        },
    };
    SessionId at_carols;
    const Handlers at_carol{[&](const event::Incoming& e) {
        // Whoever names a call of ours knows it; whether it may take it over is ours to decide.
        if (e.replaces) say("carol: she comes in his place");
        at_carols = e.session;
        carol.session(e.session).progress(stage.now());
        carol.session(e.session).accept(stage.now(), {.body = audio()});
    }};
    const auto run = [&] { stage.run_for(2s, at_alice, at_bob, at_carol); };

    const SessionId first = alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    run();
    bob.session(from_alice).refer(stage.now(), "sip:carol@192.0.2.3");
    run();
    check(outcome == 200, "the transfer went well");
    bob.session(from_alice).hang_up(stage.now());
    carol.session(at_carols).hang_up(stage.now());
    run();
    check(alice.session(first).state() == State::terminated, "alice and bob are through");

    alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    const SessionId asked = bob.invite(stage.now(), "sip:carol@192.0.2.3", audio());
    run();
    bob.session(from_alice).refer(stage.now(), in_our_place(bob.session(asked)));
    run();
    check(outcome == 200, "and so did the one that carol knew of");
    check(bob.session(asked).state() == State::terminated, "her call with bob is replaced");
    check(carol.session(at_carols).state() == State::confirmed, "by one with alice");
}

// How do I send early media that the caller is sure to get? By a 183 with the answer, delivered
// reliably: it is sent again until PRACK acknowledges it. UPDATE then changes the media before
// anybody has picked up. RFC 3262, RFC 3311

#include "stage.hpp"

using namespace recipes;

int main() {
    Stage stage({{"alice"}, {"bob"}});
    Endpoint &alice = stage[0], &bob = stage[1];
    SessionId at_bobs;
    bool acknowledged = false;
    std::string media;

    const Handlers at_alice{
        [&](const event::Ringing& e) { // its PRACK has left by itself
            say("alice: " + std::to_string(e.status) + (e.reliable ? ", reliable" : ""));
        },
        [&](const event::Answer& e) {
            media = direction_of(e.body);
            say(std::string("alice: ") + (e.preview ? "a preview: " : "the media: ") + media);
        },
    };
    const Handlers at_bob{
        [&](const event::Incoming& e) {
            at_bobs = e.session;
            MessageOptions options{.body = audio("sendonly")}; // an announcement
            options.delivery = Delivery::reliable;
            // Refused where the caller does not support it; then it can go as it is.
            if (bob.session(e.session).try_progress(stage.now(), 183, options))
                bob.session(e.session).progress(stage.now(), 183, {.body = audio("sendonly")});
        },
        [&](const event::Acknowledged& e) {
            acknowledged = true;
            say("bob: she has the " + std::to_string(e.status));
        },
    };

    stage.net().add_rule({.begins = "SIP/2.0 183", .times = 2}); // the network loses two of them
    const SessionId call = alice.invite(stage.now(), "sip:bob@192.0.2.2", audio("recvonly"));
    stage.run_for(5s, at_alice, at_bob);
    check(acknowledged && media == "sendonly", "the announcement plays");

    bob.session(at_bobs).update(stage.now(), {.body = audio("inactive")});
    stage.run_for(1s, Handlers{[&](const event::Updated& e) {
                      alice.session(e.session).answer(stage.now(), {.body = e.offer});
                      media = direction_of(e.offer);
                  }},
                  at_bob);
    check(media == "inactive", "and is over");

    bob.session(at_bobs).accept(stage.now()); // the media are agreed: the 200 has none
    stage.run_for(1s, at_alice, at_bob);
    check(alice.session(call).state() == State::confirmed, "they talk");
}

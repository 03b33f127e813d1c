#include "offhook/trace/live_ladder.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using trace::LiveLadder;
using trace::Recorder;

namespace {

const Address alice = Address::parse("192.0.2.1", 5060).value();
const Address bob = Address::parse("192.0.2.2", 5060).value();
const Address carol = Address::parse("192.0.2.3", 5060).value();
const TimePoint start{};

std::string request(const std::string& method, const std::string& call_id = "1") {
    return method + " sip:b SIP/2.0\r\nCall-ID: " + call_id + "\r\nCSeq: 1 " + method
           + "\r\nContent-Length: 0\r\n\r\n";
}

} // namespace

TEST_CASE("a live ladder grows row by row", "[trace][live_ladder]") {
    Recorder recorder;
    LiveLadder ladder({.width = 60});
    CHECK(ladder.more(recorder) == "");
    recorder.name(alice, "alice");
    recorder.name(bob, "bob");
    recorder.sent(start, {Transport::udp, alice, bob}, request("INVITE"));
    CHECK("\n" + ladder.more(recorder) == R"(
              alice                                bob
         192.0.2.1:5060                      192.0.2.2:5060
                │                                   │
   0.000        │─────────── INVITE · 1 ───────────▶│
)");
    CHECK(ladder.more(recorder) == "");
    recorder.sent(start + 2s, {Transport::udp, alice, bob}, request("INVITE"));
    recorder.note(start + 2s, bob, "busy");
    CHECK("\n" + ladder.more(recorder) == R"(
                ┊                                   ┊
   2.000        │╌╌╌╌╌╌╌ INVITE · 1 (again) ╌╌╌╌╌╌╌▶│
   2.000        │                              busy ●
)");

    SECTION("and gets a column for who comes later") {
        recorder.lost(start + 2s, {Transport::udp, alice, carol}, request("BYE"));
        CHECK("\n" + ladder.more(recorder) == R"(
                │                                   │

              alice              bob         192.0.2.3:5060
         192.0.2.1:5060    192.0.2.2:5060
                │                 │                 │
   2.000        │───────────── BYE · 1 ──────────╳  │
)");
    }
}

TEST_CASE("a live ladder is no wider than it has to be, and no narrower than can be read",
          "[trace][live_ladder]") {
    Recorder recorder;
    recorder.sent(start, {Transport::udp, alice, bob}, request("OPTIONS"));
    const auto rule = [&](std::size_t width) {
        const std::string text = LiveLadder({.width = width}).more(recorder);
        const std::size_t end = text.find('\n', text.find('\n') + 1);
        const std::string lines = text.substr(text.find('\n'), end - text.find('\n'));
        return lines.rfind("│") - lines.find("│") - 2; // a line takes three bytes
    };
    CHECK(rule(1000) == 46);
    CHECK(rule(60) == 36);
    CHECK(rule(20) == 12);
}

TEST_CASE("a live ladder can show one call alone", "[trace][live_ladder]") {
    Recorder recorder;
    LiveLadder ladder({.call_id = "two"});
    recorder.sent(start, {Transport::udp, alice, bob}, request("INVITE", "one"));
    CHECK(ladder.more(recorder) == "");
    recorder.sent(start, {Transport::udp, alice, bob}, request("BYE", "two"));
    CHECK(ladder.more(recorder).find("BYE") != std::string::npos);
}

TEST_CASE("a live ladder says once that nothing is recorded any more", "[trace][live_ladder]") {
    Recorder recorder(1);
    LiveLadder ladder;
    recorder.note(start, alice, "one");
    CHECK(ladder.more(recorder).find("not recorded") == std::string::npos);
    recorder.note(start, alice, "two");
    CHECK(ladder.more(recorder) == "… what comes from here on is not recorded\n");
    CHECK(ladder.more(recorder) == "");
}

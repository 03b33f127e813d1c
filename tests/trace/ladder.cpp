#include "offhook/trace/ladder.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using trace::ladder;
using trace::Recorder;

namespace {

const Address alice = Address::parse("127.0.0.1", 5060).value();
const Address bob = Address::parse("127.0.0.1", 5070).value();
const Address carol = Address::parse("::1", 5080).value();

std::string message(std::string start_line, std::string cseq, std::string call_id = "1") {
    return start_line + "\r\nCall-ID: " + call_id + "\r\nCSeq: " + cseq
           + "\r\nContent-Length: 0\r\n\r\n";
}

std::string with_sdp(std::string start_line, std::string cseq) {
    return start_line + "\r\nCall-ID: 1\r\nCSeq: " + cseq
           + "\r\nc: application/sdp;x=y\r\nContent-Length: 3\r\n\r\nv=0";
}

/// A recorder with a clock that moves on by hand.
struct Scene {
    Recorder recorder;
    TimePoint now = TimePoint() + 100h;

    Scene() {
        recorder.name(alice, "alice");
        recorder.name(bob, "bob");
    }
    Scene& after(Duration time) {
        now += time;
        return *this;
    }
    Scene& sent(const Address& from, const Address& to, const std::string& bytes) {
        recorder.sent(now, {Transport::udp, from, to}, bytes);
        return *this;
    }
    Scene& lost(const Address& from, const Address& to, const std::string& bytes) {
        recorder.lost(now, {Transport::udp, from, to}, bytes);
        return *this;
    }
    Scene& note(const Address& at, const std::string& text) {
        recorder.note(now, at, text);
        return *this;
    }
};

} // namespace

TEST_CASE("a call is drawn as a ladder", "[trace][ladder]") {
    const std::string invite = with_sdp("INVITE sip:bob@127.0.0.1 SIP/2.0", "1 INVITE");
    Scene scene;
    scene.lost(alice, bob, invite)
        .after(500ms)
        .sent(alice, bob, invite)
        .after(1ms)
        .sent(bob, alice, message("SIP/2.0 180 Ringing", "1 INVITE"))
        .after(2ms)
        .note(bob, "bye() needs the ACK, or Timer L; session is AckWait (UAS). "
                   "hang_up() waits by itself. (RFC 3261 §15)")
        .note(alice, "ringing")
        .after(999600us)
        .sent(bob, alice, with_sdp("SIP/2.0 200 OK", "1 INVITE"))
        .after(1s)
        .sent(alice, bob, message("ACK sip:bob@127.0.0.1:5070 SIP/2.0", "1 ACK"))
        .after(30s)
        .sent(bob, alice, message("BYE sip:alice@127.0.0.1 SIP/2.0", "7 BYE"));

    CHECK("\n" + ladder(scene.recorder) == R"(
              alice                                        bob
         127.0.0.1:5060                              127.0.0.1:5070
                │                                           │
   0.000        │──────────── INVITE · 1 · sdp ──────────╳  │
   0.500        │╌╌╌╌╌╌╌╌ INVITE · 1 · sdp (again) ╌╌╌╌╌╌╌╌▶│
   0.501        │◀──────── 180 Ringing · 1 INVITE ──────────│
   0.503        │  bye() needs the ACK, or Timer L; session ●
                │  is AckWait (UAS). hang_up() waits by     │
                │  itself. (RFC 3261 §15)                   │
   0.503        ● ringing                                   │
   1.502        │◀──────── 200 OK · 1 INVITE · sdp ─────────│
                ┊                                           ┊
   2.502        │───────────────── ACK · 1 ────────────────▶│
                ┊                                           ┊
  32.502        │◀──────────────── BYE · 7 ─────────────────│
                │                                           │
)");
}

TEST_CASE("a ladder has as many participants as there are, and is as wide as they need",
          "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, bob, message("INVITE sip:carol@[::1] SIP/2.0", "1 INVITE"))
        .sent(bob, carol, message("INVITE sip:carol@[::1] SIP/2.0", "1 INVITE"))
        .sent(carol, alice, message("SIP/2.0 200 OK", "1 INVITE"));
    CHECK("\n" + ladder(scene.recorder) == R"(
              alice               bob            [::1]:5080
         127.0.0.1:5060     127.0.0.1:5070
                │                  │                  │
   0.000        │─── INVITE · 1 ──▶│                  │
   0.000        │                  │─── INVITE · 1 ──▶│
   0.000        │◀──────── 200 OK · 1 INVITE ─────────│
                │                  │                  │
)");
}

TEST_CASE("a ladder too wide for the terminal shortens its labels", "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, bob, message("SUBSCRIBE sip:bob@127.0.0.1 SIP/2.0", "2147483647 SUBSCRIBE"))
        .sent(bob, alice, message("SIP/2.0 481 Call/Transaction Does Not Exist", "1 SUBSCRIBE"));
    const std::string text = ladder(scene.recorder, {.width = 50});
    CHECK("\n" + text == R"(
              alice                      bob
         127.0.0.1:5060            127.0.0.1:5070
                │                         │
   0.000        │─── SUBSCRIBE · 21474…──▶│
   0.000        │◀── 481 Call/Transact…───│
                │                         │
)");
}

TEST_CASE("addresses with one name are one participant", "[trace][ladder]") {
    Scene scene;
    scene.recorder.name(carol, "bob");
    scene.sent(alice, bob, message("OPTIONS sip:bob SIP/2.0", "1 OPTIONS"))
        .sent(carol, alice, message("SIP/2.0 200 OK", "1 OPTIONS"));
    const std::string text = ladder(scene.recorder);
    CHECK(text.find("127.0.0.1:5070 +1\n") != std::string::npos);
    CHECK(text.find("5080") == std::string::npos);
}

TEST_CASE("a ladder can show one call alone", "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, bob, message("INVITE sip:b SIP/2.0", "1 INVITE", "one"))
        .sent(alice, carol, message("BYE sip:c SIP/2.0", "2 BYE", "two"));
    const std::string text = ladder(scene.recorder, {.call_id = "two"});
    CHECK(text.find("BYE · 2") != std::string::npos);
    CHECK(text.find("INVITE") == std::string::npos);
    CHECK(text.find("bob") == std::string::npos);
}

TEST_CASE("the same request to another party is no retransmission", "[trace][ladder]") {
    const std::string options = message("OPTIONS sip:b SIP/2.0", "1 OPTIONS");
    Scene scene;
    scene.sent(alice, bob, options).sent(alice, carol, options).sent(bob, alice, options);
    CHECK(ladder(scene.recorder).find("again") == std::string::npos);
}

TEST_CASE("what is no message is drawn as what it is", "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, bob, "\r\n\r\n").sent(alice, bob, "\x1b[2Jgarbage\r\n\r\n");
    const std::string text = ladder(scene.recorder);
    CHECK(text.find(" keep-alive ") != std::string::npos);
    CHECK(text.find(" unreadable: ?[2Jgarbage ") != std::string::npos);
}

TEST_CASE("a ladder says what it leaves out", "[trace][ladder]") {
    Recorder recorder(1);
    CHECK(ladder(recorder).empty());
    recorder.note({}, alice, "alone");
    recorder.note({}, alice, "not recorded");
    CHECK("\n" + ladder(recorder) == R"(
         127.0.0.1:5060
                │
   0.000        ● alone
                │
… and 1 more
)");
}

TEST_CASE("a ladder has colours only where they are asked for", "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, bob, message("INVITE sip:b SIP/2.0", "1 INVITE"))
        .lost(bob, alice, message("SIP/2.0 100 Trying", "1 INVITE"))
        .sent(bob, alice, message("SIP/2.0 180 Ringing", "1 INVITE"))
        .sent(bob, alice, message("SIP/2.0 200 OK", "1 INVITE"))
        .sent(bob, alice, message("SIP/2.0 486 Busy Here", "1 INVITE"))
        .sent(bob, alice, "\r\n\r\n")
        .note(bob, "a remark");
    CHECK(ladder(scene.recorder).find('\x1b') == std::string::npos);
    std::string text = ladder(scene.recorder, {.colours = trace::Colours::on});
    for (const char* const part :
         {"\x1b[1malice\x1b[0m", "\x1b[2m127.0.0.1:5070\x1b[0m\n", "\x1b[2m   0.000\x1b[0m",
          "│\x1b[1;36m──────", "▶\x1b[0m│\n", "│\x1b[31m  ╳", "│\x1b[36m◀───", "│\x1b[32m◀",
          "│\x1b[33m◀", "│\x1b[2m◀", "\x1b[35ma remark\x1b[0m ●",
          "\x1b[2m   0.000\x1b[0m        │                 "}) {
        CAPTURE(part);
        CHECK(text.find(part) != std::string::npos);
    }
    // But for them it is the same text.
    for (std::size_t at; (at = text.find('\x1b')) != std::string::npos;)
        text.erase(at, text.find('m', at) + 1 - at);
    CHECK(text == ladder(scene.recorder));
}

TEST_CASE("what one sends to itself stands at its lifeline", "[trace][ladder]") {
    Scene scene;
    scene.sent(alice, alice, message("OPTIONS sip:a SIP/2.0", "1 OPTIONS"));
    CHECK(ladder(scene.recorder).find("● ↺ OPTIONS · 1\n") != std::string::npos);
}

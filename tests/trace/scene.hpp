#ifndef OFFHOOK_TESTS_TRACE_SCENE_HPP
#define OFFHOOK_TESTS_TRACE_SCENE_HPP

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/trace/recorder.hpp"

namespace offhook::test {

inline Address at(const char* host, std::uint16_t port = 5060) {
    return Address::parse(host, port).value();
}

inline std::string message(const std::string& start_line, const std::string& cseq,
                           const std::string& body = {}) {
    return start_line + "\r\nCall-ID: 1\r\nCSeq: " + cseq + "\r\n"
           + (body.empty() ? "" : "Content-Type: application/sdp\r\n")
           + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

inline std::size_t count(std::string_view text, std::string_view what) {
    std::size_t n = 0;
    for (std::size_t at = 0; (at = text.find(what, at)) != text.npos; at += what.size())
        ++n;
    return n;
}

/// What a peer may write to take over whoever draws it.
inline const std::string hostile = "INFO sip:x SIP/2.0\r\nSubject: </title></pre><script>alert(1)"
                                   "</script>&amp; ]]> \"'\r\nX: \x1b[31m\x01\xff\xfe \xe2\x80\xae"
                                   "\r\n\r\n<b>\xef\xbf\xbe";

/// Five participants with all kinds of names, some seventy messages between any two of them, and
/// all that a picture can show: loss, repetition, notes long and short, what one sends to oneself.
inline trace::Recorder crowd() {
    using namespace std::chrono_literals;
    const Address all[] = {at("192.0.2.1"), at("198.51.100.200", 50600),
                           at("2001:db8:1234:5678:9abc:def0:1234:5678", 50600), at("203.0.113.7"),
                           at("2001:db8::7")};
    trace::Recorder recorder;
    recorder.name(all[0], "alice");
    recorder.name(all[1], "edge.of.a.proxy.with.a.name.that.does.not.end.example.com");
    recorder.name(all[2], "registrar & <presence>");
    recorder.name(all[4], "bob");
    TimePoint now{};
    for (std::size_t i = 0; i < 70; ++i) {
        const Address& from = all[i % 5];
        const Address& to = all[(i / 5 + i) % 5];
        const std::string number = std::to_string(i) + " INVITE";
        const std::string text =
            i % 3 == 0    ? message("INVITE sip:bob@example.com SIP/2.0", number)
            : i % 7 == 0  ? message("SIP/2.0 481 " + std::string(i, 'W'), number, "v=0")
            : i % 11 == 0 ? hostile
            : i % 13 == 0 ? "<nonsense> & ]]>"
            : i % 17 == 0 ? "SIP/2.0 200 <b>&\r\nContent-Type: a/<x>&\"\r\n\r\nx"
                          : message("SIP/2.0 200 OK", number, "v=0");
        const Flow flow{i % 2 ? Transport::udp : Transport::tcp, from, to};
        if (i % 4 == 0) recorder.lost(now, flow, text);
        recorder.sent(now += 100ms, flow, text);
        if (i % 6 == 0) recorder.note(now, from, std::string(3 * i, 'w') + " a note " + hostile);
        if (i % 10 == 0) now += 3s;
    }
    return recorder;
}

} // namespace offhook::test

#endif

#ifndef OFFHOOK_TESTS_MESSAGE_SAMPLES_HPP
#define OFFHOOK_TESTS_MESSAGE_SAMPLES_HPP

#include <string>
#include <string_view>

namespace samples {

inline constexpr std::string_view invite =
    "INVITE sip:bob@biloxi.example.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc33.atlanta.example.com:5060;branch=z9hG4bK776asdhds;rport\r\n"
    "Max-Forwards: 70\r\n"
    "Record-Route: <sip:p2.example.com;lr>, <sip:p1.example.com;lr>\r\n"
    "From: \"Alice\" <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
    "To: Bob <sip:bob@biloxi.example.com>\r\n"
    "Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "Contact: <sip:alice@pc33.atlanta.example.com>\r\n"
    "Subject: lunch,\r\n and then a walk\r\n"
    "X-Mood: curious\r\n"
    "Content-Type: text/plain\r\n"
    "Content-Length: 5\r\n"
    "\r\n"
    "hello";

inline constexpr std::string_view ok =
    "SIP/2.0 200 OK\r\n"
    "v: SIP/2.0/UDP pc33.atlanta.example.com;branch=z9hG4bK776asdhds;received=192.0.2.1\r\n"
    "f: <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
    "t: <sip:bob@biloxi.example.com>;tag=a6c85cf\r\n"
    "i: a84b4c76e66710@pc33.atlanta.example.com\r\n"
    "CSeq: 314159 INVITE\r\n"
    "m: <sip:bob@192.0.2.4>\r\n"
    "l: 0\r\n"
    "\r\n";

/// A request of the five header fields that must be, and those lines that are given.
inline std::string request(std::string_view lines = "", std::string_view body = "",
                           std::string_view start_line = "OPTIONS sip:bob@example.com SIP/2.0") {
    std::string text(start_line);
    text.append("\r\nVia: SIP/2.0/UDP host.example.com;branch=z9hG4bKx\r\n"
                "From: <sip:alice@example.com>;tag=1\r\n"
                "To: <sip:bob@example.com>\r\n"
                "Call-ID: a@b\r\n"
                "CSeq: 1 OPTIONS\r\n");
    return text.append(lines).append("\r\n").append(body);
}

/// `text` with one part of it replaced.
inline std::string with(std::string_view text, std::string_view part, std::string_view other) {
    std::string changed(text);
    return changed.replace(changed.find(part), part.size(), other);
}

} // namespace samples

#endif

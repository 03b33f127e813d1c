#ifndef OFFHOOK_TESTS_SUPPORT_WIRE_HPP
#define OFFHOOK_TESTS_SUPPORT_WIRE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../catch.hpp"
#include "offhook/endpoint/endpoint.hpp"
#include "offhook/message/parse_header.hpp"

#include "endpoint_instances.hpp"

namespace offhook::test {

using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

inline Address at(std::string_view host, std::uint16_t port = 5060) {
    const auto address = Address::parse(host, port);
    REQUIRE(address);
    return *address;
}

/// Bob, who listens at 192.0.2.1 on UDP, TCP and TLS.
inline EndpointConfig bobs_config() {
    EndpointConfig config;
    config.listeners = {{Transport::udp, at("192.0.2.1"), {}},
                        {Transport::tcp, at("192.0.2.1"), {}},
                        {Transport::tls, at("192.0.2.1", 5061), {}}};
    config.identity = "\"Bob\" <sip:bob@biloxi.example>";
    return config;
}

/// What the peer at 192.0.2.9 writes, unless a test says otherwise.
struct Sketch {
    std::string method = "INVITE";
    std::string uri = "sip:bob@192.0.2.1";
    std::string via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK1";
    std::string from = "<sip:alice@atlanta.example>;tag=a1";
    std::string to = "<sip:bob@biloxi.example>";
    std::string call_id = "call@192.0.2.9";
    std::string cseq = "1";
    std::string more = ""; ///< header lines, each ended by '|'
    std::string type = "";
    std::string body = "";
};

inline std::string crlf(std::string_view lines) {
    std::string text;
    for (const char c : lines)
        c == '|' ? text.append("\r\n") : text.append(1, c);
    return text;
}

inline std::string bytes_of(const Sketch& s, std::string_view start_line) {
    std::string text = std::string(start_line) + "|Via: " + s.via + "|Max-Forwards: 70|From: "
                       + s.from + "|To: " + s.to + "|Call-ID: " + s.call_id + "|CSeq: " + s.cseq
                       + " " + s.method + "|" + s.more;
    if (!s.type.empty()) text += "Content-Type: " + s.type + "|";
    return crlf(text + "Content-Length: " + std::to_string(s.body.size()) + "||") + s.body;
}
inline std::string request(const Sketch& s) {
    return bytes_of(s, s.method + " " + s.uri + " SIP/2.0");
}
/// An INVITE with a Contact and an offer, where the sketch has none of its own.
inline std::string invite(Sketch s = {}) {
    if (s.more.find("Contact") == s.more.npos) s.more += "Contact: <sip:alice@192.0.2.9>|";
    if (s.body.empty() && s.type.empty()) {
        s.type = "application/sdp";
        s.body = "v=0\r\n";
    }
    return request(s);
}

inline std::string value(const Message& message, HeaderName name) {
    return std::string(message.header(name).value_or(""));
}
inline std::string tag_of(const Message& message, Header name) {
    const auto party = NameAddr::parse(message.header(name).value_or(""));
    return party ? std::string(party->tag()) : "";
}

/// "Incoming", "Ringing 180", "Terminated remote bye" …
inline std::string describe(const Event& event) {
    struct Namer {
        static std::string cause(const event::Terminated& e) {
            static constexpr const char* names[] = {
                "bye",       "cancelled",   "rejected",       "redirected", "timeout",
                "transport", "ack timeout", "missing answer", "expired",    "peer lost"};
            return std::string(e.by == Party::local ? "local " : "remote ")
                   + names[static_cast<std::size_t>(e.cause)];
        }
        std::string operator()(const event::Incoming&) { return "Incoming"; }
        std::string operator()(const event::Ringing& e) {
            return "Ringing " + std::to_string(e.status);
        }
        std::string operator()(const event::Offer&) { return "Offer"; }
        std::string operator()(const event::Answer& e) { return e.preview ? "Preview" : "Answer"; }
        std::string operator()(const event::Answered& e) {
            return "Answered " + std::to_string(e.status);
        }
        std::string operator()(const event::Referred& e) { return "Referred " + e.refer_to; }
        std::string operator()(const event::Subscribed& e) {
            return "Subscribed " + e.event.text();
        }
        std::string operator()(const event::Resubscribed&) { return "Resubscribed"; }
        std::string operator()(const event::Notified& e) {
            return "Notified " + e.state.text() + " " + std::to_string(e.status);
        }
        std::string operator()(const event::UsageResponded& e) {
            return "UsageResponded " + std::to_string(e.status);
        }
        std::string operator()(const event::UsageEnded&) { return "UsageEnded"; }
        std::string operator()(const event::Confirmed&) { return "Confirmed"; }
        std::string operator()(const event::Reinvited& e) {
            return e.offer ? "Reinvited" : "Reinvited without offer";
        }
        std::string operator()(const event::Updated& e) {
            return e.offer ? "Updated with offer" : "Updated";
        }
        std::string operator()(const event::Acknowledged& e) {
            return "Acknowledged " + std::to_string(e.status) + (e.offer ? " with offer" : "");
        }
        std::string operator()(const event::Modified& e) {
            return "Modified " + std::to_string(e.status);
        }
        std::string operator()(const event::RolledBack& e) {
            return (e.by == Party::local ? "RolledBack local " : "RolledBack remote ")
                   + std::to_string(e.status);
        }
        std::string operator()(const event::Refreshed& e) {
            return "Refreshed " + std::to_string(e.interval.count())
                   + (e.by_us ? " by us" : " by peer");
        }
        std::string operator()(const event::Requested& e) {
            return "Requested " + std::string(e.message.method());
        }
        std::string operator()(const event::Responded& e) {
            return "Responded " + std::to_string(e.status);
        }
        std::string operator()(const event::Challenged& e) {
            return "Challenged " + std::to_string(e.message.status());
        }
        std::string operator()(const event::Redirected& e) {
            return "Redirected " + std::to_string(e.status);
        }
        std::string operator()(const event::Rejected& e) {
            return "Rejected " + std::to_string(e.status);
        }
        std::string operator()(const event::Cancelled&) { return "Cancelled"; }
        std::string operator()(const event::AckTimeout&) { return "AckTimeout"; }
        std::string operator()(const event::Terminating&) { return "Terminating"; }
        std::string operator()(const event::Forked&) { return "Forked"; }
        std::string operator()(const event::Terminated& e) { return "Terminated " + cause(e); }
        std::string operator()(const event::Request& e) {
            return "Request " + std::string(e.request.method());
        }
        std::string operator()(const event::Response& e) {
            return "Response " + std::to_string(e.status);
        }
        std::string operator()(const event::RequestFailed& e) {
            return e.failure == Failure::timeout ? "RequestFailed timeout"
                                                 : "RequestFailed transport";
        }
        std::string operator()(const event::Resolve& e) { return "Resolve " + e.host; }
        std::string operator()(const event::StreamBroken& e) {
            return "StreamBroken " + std::to_string(e.fault.status);
        }
        std::string operator()(const event::SubscriptionIncoming& e) {
            return "SubscriptionIncoming " + std::string(e.request.method());
        }
        std::string operator()(const event::SubscriptionForked&) { return "SubscriptionForked"; }
        std::string operator()(const event::SubscriptionAccepted& e) {
            return "SubscriptionAccepted " + std::to_string(e.status);
        }
        std::string operator()(const event::SubscriptionNotified& e) {
            return "SubscriptionNotified " + e.body.content;
        }
        std::string operator()(const event::SubscriptionRefreshFailed& e) {
            return "SubscriptionRefreshFailed " + std::to_string(e.status);
        }
        std::string operator()(const event::SubscriptionRefreshed&) {
            return "SubscriptionRefreshed";
        }
        std::string operator()(const event::SubscriptionNotifyFailed& e) {
            return "SubscriptionNotifyFailed " + std::to_string(e.status);
        }
        std::string operator()(const event::SubscriptionEnded& e) {
            static constexpr const char* causes[] = {
                "notified", "refused",       "unnotified", "unanswered", "unsubscribed",
                "expired",  "notify failed", "terminated", "none wanted"};
            return std::string("SubscriptionEnded ")
                   + causes[static_cast<std::size_t>(e.end.cause)];
        }
    };
    return std::visit(Namer{}, event);
}

/// One endpoint in virtual time, and the test in the place of everybody else.
class Wire {
public:
    explicit Wire(EndpointConfig config = bobs_config(), const Seed& seed = Seed{1})
        : endpoint(std::move(config), seed) {}

    void receive(std::string_view bytes) { receive(bytes, udp); }
    void receive(std::string_view bytes, const Flow& flow) {
        endpoint.receive(now, flow, bytes);
        drain();
    }
    /// Lets time pass, each deadline at its very instant.
    void run_for(Duration span) {
        const TimePoint end = now + span;
        while (const auto next = endpoint.poll_timeout()) {
            if (*next > end) break;
            if (*next > now) now = *next;
            endpoint.handle_timeout(now);
            drain();
        }
        now = end;
    }
    void drain() {
        while (auto transmit = endpoint.poll_transmit())
            sent.push_back(*std::move(transmit));
        while (auto event = endpoint.poll_event())
            events.push_back(*std::move(event));
    }

    /// What has left since the last call: "200 INVITE" for a response, "BYE" for a request.
    Lines take_sent() {
        Lines lines;
        for (const Transmit& transmit : std::exchange(sent, {})) {
            const auto message = Message::parse(transmit.bytes);
            if (!message) {
                lines.push_back("?");
            } else if (message->is_request()) {
                lines.emplace_back(message->method());
            } else {
                const auto cseq = parse_header<CSeq>(*message, Header::cseq);
                lines.push_back(std::to_string(message->status()) + " "
                                + std::string(cseq ? cseq->method : "?"));
            }
            last_sent = transmit;
        }
        return lines;
    }
    /// The only message that has left since then.
    Message take_only() {
        REQUIRE(sent.size() == 1);
        const auto message = Message::parse(sent.front().bytes);
        REQUIRE(message);
        take_sent();
        return *message;
    }
    /// What happened since the last call.
    Lines take_events() {
        Lines lines;
        for (const Event& event : std::exchange(events, {}))
            lines.push_back(describe(event));
        return lines;
    }
    /// The last event of that type.
    template <class E>
    E last() const {
        for (auto event = events.rbegin(); event != events.rend(); ++event)
            if (const E* const found = std::get_if<E>(&*event)) return *found;
        FAIL("no such event");
        return std::get<E>(events.front());
    }
    bool is_empty() const {
        return endpoint.counts() == Endpoint::Counts{} && !endpoint.poll_timeout();
    }

    static inline const Flow udp{Transport::udp, *Address::parse("192.0.2.1", 5060),
                                 *Address::parse("192.0.2.9", 5060)};
    static Flow tcp(std::uint64_t connection = 7, std::uint16_t port = 40000) {
        return {Transport::tcp, at("192.0.2.1"), at("192.0.2.9", port), connection};
    }

    Endpoint endpoint;
    TimePoint now = TimePoint() + 1h;
    std::vector<Transmit> sent;
    std::vector<Event> events;
    Transmit last_sent;
};

/// The peer's answer to a request of ours; `tag` in To where it has none.
inline std::string response(const Message& request, int status, std::string_view tag = "p1",
                            std::string_view more = "", std::string_view sdp = "") {
    Message message = Message::response(request, status, "Reason", status == 100 ? "" : tag);
    std::string text(more);
    for (std::size_t end; (end = text.find('|')) != text.npos; text.erase(0, end + 1)) {
        const std::size_t colon = text.find(':');
        message.add(std::string_view(text).substr(0, colon),
                    std::string_view(text).substr(colon + 1, end - colon - 1));
    }
    if (!sdp.empty()) message.set_body("application/sdp", sdp);
    return std::move(message).release();
}
inline constexpr std::string_view peers_contact = "Contact:<sip:carol@192.0.2.9>|";

} // namespace offhook::test

#endif

#ifndef OFFHOOK_TESTS_TRANSACTION_LAYER_HPP
#define OFFHOOK_TESTS_TRANSACTION_LAYER_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "../catch.hpp"
#include "offhook/transaction/transactions.hpp"

namespace offhook::test {

using namespace std::chrono_literals;

inline Flow flow_of(Transport transport, std::string_view remote = "192.0.2.2",
                    std::uint16_t port = 5060, std::uint64_t connection = 0) {
    return {transport, *Address::parse("192.0.2.1", 5060), *Address::parse(remote, port),
            connection};
}
inline const Flow udp = flow_of(Transport::udp);
inline const Flow tcp = flow_of(Transport::tcp, "192.0.2.2", 5060, 7);

/// A message of lines that '|' ends, so that it stands on one line of a test.
inline Message message(std::string_view lines) {
    std::string text;
    for (const char c : lines)
        c == '|' ? text.append("\r\n") : text.append(1, c);
    text.append("\r\n");
    auto parsed = Message::parse(std::move(text));
    REQUIRE(parsed);
    return *std::move(parsed);
}

struct Sketch {
    std::string branch = "z9hG4bK1";
    std::string sent_by = "192.0.2.1:5060"; ///< what may follow it, as ";rport", too
    std::string to_tag = "";
    std::string call_id = "call@example.com";
    std::string from_tag = "alice";
    std::string cseq = "1";
    std::string cseq_method = "";
    std::string more = ""; ///< header lines, each ended by '|'
    std::string transport = "UDP";
};

inline std::string common_lines(const Sketch& s, std::string_view method) {
    const std::string branch = s.branch.empty() ? "" : ";branch=" + s.branch;
    const std::string to_tag = s.to_tag.empty() ? "" : ";tag=" + s.to_tag;
    const std::string from_tag = s.from_tag.empty() ? "" : ";tag=" + s.from_tag;
    const std::string cseq_method = s.cseq_method.empty() ? std::string(method) : s.cseq_method;
    return "Via: SIP/2.0/" + s.transport + " " + s.sent_by + branch
           + "|From: Alice <sip:alice@example.com>" + from_tag + "|To: <sip:bob@example.com>"
           + to_tag + "|Call-ID: " + s.call_id + "|CSeq: " + s.cseq + " " + cseq_method + "|"
           + s.more + "Content-Length: 0|";
}
inline Message request(std::string_view method, const Sketch& s = {}) {
    return message(std::string(method) + " sip:bob@example.com SIP/2.0|" + common_lines(s, method));
}
/// A response that a peer sends to request(method, s).
inline Message response(int status, std::string_view method, Sketch s = {}) {
    if (s.to_tag.empty() && status != 100) s.to_tag = "bob";
    return message("SIP/2.0 " + std::to_string(status) + " Reason|" + common_lines(s, method));
}

/// A transaction layer in virtual time, with a log of all that comes out of it: "500 send INVITE"
/// goes to the wire, "500 tu 180" to the TU, the time in milliseconds.
class Layer {
public:
    explicit Layer(const TimerConfig& config = {}, const Limits& limits = {})
        : transactions(config, limits, HashKey{1, 2}) {}

    ClientTransactionId send(Message request, const Flow& flow = udp) {
        const auto id = transactions.send(now, flow, std::move(request));
        drain();
        return id;
    }
    void receive(Message message, const Flow& flow = udp) {
        transactions.receive(now, flow, std::move(message));
        drain();
    }
    /// The TU answers the last request that it got.
    bool respond(int status, std::string_view to_tag = "bob") {
        return respond(server, Message::response(*last_request, status, "Reason",
                                                 status == 100 ? "" : to_tag));
    }
    bool respond(ServerTransactionId id, Message response) {
        const bool done = transactions.respond(now, id, std::move(response));
        drain();
        return done;
    }
    /// Lets time pass, with every timeout at its very instant.
    void run_for(Duration duration) {
        const TimePoint end = now + duration;
        while (const auto next = transactions.poll_timeout()) {
            if (*next > end) break;
            REQUIRE(*next >= now);
            now = *next;
            transactions.handle_timeout(now);
            drain();
        }
        now = end;
        transactions.handle_timeout(now); // too many of them are harmless
        drain();
    }
    void drain() {
        while (auto transmit = transactions.poll_transmit()) {
            const std::string_view bytes = transmit->bytes;
            const bool response = bytes.starts_with("SIP/2.0 ");
            note("send ", response ? bytes.substr(8, 3) : bytes.substr(0, bytes.find(' ')));
            sent.push_back(*std::move(transmit));
        }
        while (auto event = transactions.poll_event()) {
            std::visit([this](auto& e) { on(e); }, *event);
        }
    }
    /// What has come out since it was last asked.
    std::vector<std::string> take_log() { return std::exchange(log, {}); }
    /// True where nothing is left behind.
    bool is_empty() const {
        return transactions.counts() == Transactions::Counts{} && !transactions.poll_timeout();
    }

    Transactions transactions;
    TimePoint now = {};
    std::vector<std::string> log;
    std::vector<Transmit> sent;
    ServerTransactionId server; ///< of the last request
    ServerTransactionId target; ///< of the last CANCEL
    ServerTransactionId invite; ///< of the last ACK
    bool merged = false;        ///< the last request
    std::optional<Message> last_request;
    std::optional<Message> last_response;

private:
    void note(std::string_view what, std::string_view detail) {
        const auto ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch());
        log.push_back(std::to_string(ms.count()).append(" ").append(what).append(detail));
    }
    void on(RequestReceived& e) {
        note("tu ", e.request.method());
        server = e.transaction;
        merged = e.merged;
        last_request = std::move(e.request);
    }
    void on(CancelReceived& e) {
        note("tu ", "CANCEL");
        server = e.transaction;
        target = e.target;
        last_request = std::move(e.request);
    }
    void on(AckReceived& e) {
        note("tu ", e.ack.method());
        invite = e.invite;
    }
    void on(RequestRefused& e) { note("tu refused ", e.request.method()); }
    void on(ResponseReceived& e) {
        note("tu ", std::to_string(e.response.status()));
        last_response = std::move(e.response);
    }
    void on(TimedOut&) { note("tu timed out", ""); }
    void on(TransportFailed&) { note("tu transport failed", ""); }
    void on(ClientEnded&) { note("tu client ended", ""); }
    void on(ResponseFailed&) { note("tu response failed", ""); }
    void on(ServerEnded& e) {
        note("tu server ended: ", e.reason == ServerEnded::Reason::done     ? "done"
                                  : e.reason == ServerEnded::Reason::no_ack ? "no ACK"
                                                                            : "unanswered");
    }
};

using Log = std::vector<std::string>;

} // namespace offhook::test

#endif

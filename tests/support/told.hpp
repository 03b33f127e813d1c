#ifndef OFFHOOK_TESTS_SUPPORT_TOLD_HPP
#define OFFHOOK_TESTS_SUPPORT_TOLD_HPP

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "wire.hpp"

namespace offhook::test {

/// An endpoint in a network whose requests are looked at as they leave: numbers go up (RFC 3261
/// §12.2.1.1), and it is known which 2xx have their ACK.
class Speaker : public Endpoint {
public:
    using Endpoint::Endpoint;

    std::optional<Transmit> poll_transmit() {
        std::optional<Transmit> next = Endpoint::poll_transmit();
        if (next && !next->bytes.starts_with("SIP/2.0 ")) look_at(next->bytes);
        return next;
    }
    /// Whether the 2xx to this INVITE of ours was acknowledged.
    bool acknowledged(const Message& success) const { return acks_.count(name_of(success)) != 0; }
    std::string problem;

private:
    static std::uint64_t hash(std::string_view text) { return std::hash<std::string_view>()(text); }
    static std::string call_of(const Message& message) {
        return value(message, Header::call_id) + " " + tag_of(message, Header::from) + " ";
    }
    static std::uint64_t name_of(const Message& message) {
        const std::string cseq = value(message, Header::cseq);
        return hash(call_of(message) + tag_of(message, Header::to) + " "
                    + cseq.substr(0, cseq.find(' ')));
    }

    void look_at(std::string_view bytes) {
        const auto message = Message::parse(bytes);
        if (!message) {
            problem = "what does not parse was sent";
            return;
        }
        if (message->method() == "ACK") acks_.insert(name_of(*message));
        if (message->method() == "ACK" || message->method() == "CANCEL") return;
        if (!requests_.insert(hash(value(*message, Header::via))).second) return;
        const std::string call = call_of(*message);
        const std::string dialog = call + tag_of(*message, Header::to);
        // What tries another way keeps its number. RFC 3263 §4.3
        if (!requests_.insert(hash(value(*message, Header::cseq) + " " + dialog)).second) return;
        const auto cseq = parse_header<CSeq>(*message, Header::cseq);
        // A call begins with one number, and each of its dialogs goes on from there.
        const auto [begin, first] = begins_.try_emplace(hash(call), cseq->number);
        std::uint32_t& last = numbers_.try_emplace(hash(dialog), begin->second).first->second;
        if (cseq->number <= last && !first)
            problem = "a CSeq number that does not go up: " + value(*message, Header::cseq);
        last = cseq->number;
    }

    std::unordered_set<std::uint64_t> acks_;
    std::unordered_set<std::uint64_t> requests_;
    std::unordered_map<std::uint64_t, std::uint32_t> begins_;  ///< of each call
    std::unordered_map<std::uint64_t, std::uint32_t> numbers_; ///< the last one of each dialog
};

/// What one agent's application was told, and what it may refer to.
struct Said {
    struct Call {
        int ends = 0;
        std::map<TransactionId, int> requests = {}; ///< of ours: how many outcomes
        std::map<UsageId, int> usages = {};         ///< how often each ended
    };
    std::map<std::uint64_t, Call> calls;
    std::map<std::uint64_t, int> subscriptions;             ///< how often each ended
    std::map<std::uint64_t, int> requests;                  ///< outside of calls: how many outcomes
    std::vector<std::pair<SessionId, TransactionId>> asked; ///< that wait for respond()
    std::vector<std::pair<SessionId, TransactionId>> challenged; ///< … authenticate()
    std::vector<event::Request> open; ///< outside of calls, that wait for respond()
    std::vector<std::pair<event::Resolve, TimePoint>> hosts;
    std::vector<Message> successes; ///< that were told of, and want an ACK
};

} // namespace offhook::test

#endif

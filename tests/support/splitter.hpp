#ifndef OFFHOOK_TESTS_SUPPORT_SPLITTER_HPP
#define OFFHOOK_TESTS_SUPPORT_SPLITTER_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/message/via.hpp"
#include "watched_agent.hpp"

namespace offhook::test {

/// A proxy that passes an INVITE on to several at once, as the user agents see it, over UDP. It has
/// no timers: what the agents repeat it passes on again. Record-routes nothing, so that it sees no
/// more than INVITE, CANCEL and the ACK of what is no 2xx. A value.
/// RFC 3261 §16.6, §16.7, §16.10
class Splitter {
public:
    Splitter(std::string host, std::vector<std::string> targets)
        : host_(std::move(host)), targets_(std::move(targets)) {}

    std::vector<Transmit> receive(std::string_view bytes) {
        const auto message = Message::parse(bytes);
        std::vector<Transmit> out;
        if (message && message->is_request())
            pass_on(*message, out);
        else if (message)
            pass_back(*message, out);
        return out;
    }
    std::uint64_t fingerprint() const {
        Mixer mixer;
        for (const Call& call : calls_) {
            mixer.add(call.branch);
            for (const int status : call.finals)
                mixer.add(static_cast<std::uint64_t>(status));
            mixer.add(call.last);
        }
        return mixer.value();
    }

private:
    struct Call {
        std::string branch; ///< of the caller
        std::string invite;
        std::vector<int> finals; ///< of each target; 0: none yet
        std::size_t last = 0;    ///< whose refusal was passed on; from 1
    };

    static std::string branch_of(const Message& message) {
        const std::string top = value(message, Header::via);
        const auto via = Via::parse(top);
        return via ? std::string(via->branch()) : "";
    }
    Call* find(std::string_view branch) {
        for (Call& call : calls_)
            if (call.branch == branch) return &call;
        return nullptr;
    }
    std::string via(std::size_t target, const std::string& branch) const {
        return "SIP/2.0/UDP " + host_ + ":5060;branch=z9hG4bK" + std::to_string(target) + "-"
               + branch;
    }
    Transmit to(std::string_view host, const Message& message) const {
        return {{Transport::udp, at(host_), at(host)}, std::string(message.bytes())};
    }

    void pass_on(const Message& request, std::vector<Transmit>& out) {
        const std::string branch = branch_of(request);
        Call* call = find(branch);
        if (request.method() == "INVITE" && !call)
            call = &calls_.emplace_back(
                Call{branch, std::string(request.bytes()), std::vector<int>(targets_.size(), 0)});
        if (!call) return;
        const std::string top = value(request, Header::via);
        const auto caller = Via::parse(top);
        if (request.method() == "INVITE")
            out.push_back(to(caller->host, Message::response(request, 100, "Trying", "")));
        if (request.method() == "CANCEL") {
            out.push_back(to(caller->host, Message::response(request, 200, "OK", "splitter")));
            return cancel(*call, out);
        }
        for (std::size_t i = 0; i < targets_.size(); ++i) {
            const bool wanted =
                request.method() == "INVITE" ? call->finals[i] == 0 : call->last == i + 1;
            if (!wanted) continue;
            std::string text(request.bytes());
            text.replace(text.find(' ') + 1, request.request_uri().size(), "sip:" + targets_[i]);
            text.insert(text.find("\r\n") + 2, "Via: " + via(i, branch) + "\r\n");
            out.push_back({{Transport::udp, at(host_), at(targets_[i])}, std::move(text)});
        }
    }
    void cancel(const Call& call, std::vector<Transmit>& out) const {
        for (std::size_t i = 0; i < targets_.size(); ++i)
            if (call.finals[i] == 0) out.push_back(of_its_own("CANCEL", call, i, nullptr));
    }
    // RFC 3261 §9.1, §17.1.1.3
    Transmit of_its_own(std::string_view method, const Call& call, std::size_t target,
                        const Message* refusal) const {
        const auto invite = Message::parse(call.invite);
        Message message = Message::request(method, "sip:" + targets_[target]);
        message.add(Header::via, via(target, call.branch));
        message.add(Header::max_forwards, "70");
        message.add(Header::from, value(*invite, Header::from));
        message.add(Header::to, value(refusal ? *refusal : *invite, Header::to));
        message.add(Header::call_id, value(*invite, Header::call_id));
        const auto cseq = parse_header<CSeq>(*invite, Header::cseq);
        message.add(Header::cseq, std::to_string(cseq->number) + " " + std::string(method));
        message.add(Header::content_length, "0");
        return to(targets_[target], message);
    }

    void pass_back(Message response, std::vector<Transmit>& out) {
        const std::string branch = branch_of(response);
        const std::size_t dash = branch.find('-');
        const auto cseq = parse_header<CSeq>(response, Header::cseq);
        if (dash == branch.npos || cseq->method != "INVITE" || response.status() == 100) return;
        Call* const call = find(branch.substr(dash + 1));
        if (!call) return;
        const auto target = static_cast<std::size_t>(branch[7] - '0');
        if (response.status() >= 200) {
            const bool first = call->finals[target] == 0;
            call->finals[target] = response.status();
            if (response.status() < 300 && first) cancel(*call, out);
            if (response.status() >= 300 && !is_best(*call, target))
                return out.push_back(of_its_own("ACK", *call, target, &response));
        }
        response.remove_first(Header::via);
        const std::string top = value(response, Header::via);
        out.push_back(to(Via::parse(top)->host, response));
    }
    // Of refusals the last one goes to the caller, and only where nobody has accepted.
    static bool is_best(Call& call, std::size_t target) {
        if (call.last == 0) {
            for (const int status : call.finals)
                if (status < 300) return false;
            call.last = target + 1;
        }
        return call.last == target + 1;
    }

    std::string host_;
    std::vector<std::string> targets_;
    std::vector<Call> calls_;
};

} // namespace offhook::test

#endif

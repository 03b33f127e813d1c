// Calls at random over a network at random: whatever is lost, and whatever the applications ask
// for, each call ends, and ends once.

#include "offhook/endpoint/endpoint.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"
#include "offhook/sim/dice.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// Two who call each other and do what they like; what breaks a rule is kept in `faults`.
class RandomCalls {
public:
    explicit RandomCalls(std::uint64_t seed) : dice_(seed), world_(seed, link()) {
        for (const char* const host : {"192.0.2.1", "192.0.2.2"}) {
            EndpointConfig config = World::config(host, at(host));
            config.session_timers.unanswered = 40s; // so that who never answers costs less time
            if (dice_.chance(0.2)) config.on_missing_ack = IncomingOptions::NoAck::keep;
            config.methods = {"INFO"};
            if (dice_.chance(0.2)) config.features.reliable = Reliability::off;
            if (dice_.chance(0.2)) config.features.reliable = Reliability::required;
            if (dice_.chance(0.5)) config.features.prack = SessionFeatures::Prack::by_application;
            if (dice_.chance(0.3)) config.features.on_glare = SessionFeatures::Glare::tell;
            if (dice_.chance(0.3)) {
                config.features.timer.use = SessionTimerPolicy::Use::always;
                config.features.timer.interval = 90s;
            }
            world_.add(config, host);
        }
        world_.on_event = [this](World&, std::size_t agent, const Event& event) {
            std::visit([&](const auto& told) { hear(agent, told); }, event);
        };
    }

    void run() {
        for (int i = 0; i < 4; ++i)
            place(dice_.below(2));
        for (int i = 0; i < 30; ++i) {
            world_.run_for(dice_.up_to(dice_.chance(0.2) ? Duration(20s) : Duration(1s)));
            if (dice_.chance(0.02)) world_.net.close_connections(0, 1);
            for (std::size_t agent = 0; agent < 2; ++agent)
                if (!told_[agent].empty()) operate(agent, any(agent));
        }
        // Nobody waits for ever: who still talks hangs up.
        ending_ = true;
        for (std::size_t agent = 0; agent < 2; ++agent)
            for (const auto& [id, ends] : told_[agent])
                hang_up(agent, SessionId::from_integer(id));
        world_.run_out();
        for (const auto& sessions : told_)
            for (const auto& [id, ends] : sessions)
                if (ends != 1) fault("not one Terminated");
        look_at_wire();
    }

    Lines faults;

private:
    sim::Link link() {
        sim::Link link{.latency = 10ms, .jitter = 30ms, .pieces = 200};
        link.loss = 0.1 * static_cast<double>(dice_.below(6));
        link.duplication = dice_.chance(0.5) ? 0.2 : 0;
        link.reordering = dice_.chance(0.5) ? 0.2 : 0;
        link.hold = 700ms;
        return link;
    }
    void fault(const std::string& what) { faults.push_back(what); }
    SessionId any(std::size_t agent) {
        auto each = told_[agent].begin();
        std::advance(each, static_cast<std::ptrdiff_t>(dice_.below(told_[agent].size())));
        return SessionId::from_integer(each->first);
    }
    auto session(std::size_t agent, SessionId id) { return world_.net[agent].session(id); }

    void place(std::size_t agent) {
        InviteOptions options;
        options.target = agent == 0 ? "sip:192.0.2.2" : "sip:192.0.2.1";
        if (dice_.chance(0.3)) options.target += ";transport=tcp";
        if (dice_.chance(0.7)) options.offer = sdp_;
        told_[agent][world_.net[agent].invite(world_.net.now(), options).to_integer()] += 0;
    }

    template <class E>
    void hear(std::size_t agent, const E& told) {
        if constexpr (requires { told.session; }) {
            int& ends = told_[agent][told.session.to_integer()];
            if (ends != 0) fault("an event after Terminated");
            if constexpr (std::is_same_v<E, event::Terminated>) ++ends;
            if constexpr (std::is_same_v<E, event::Answered> || std::is_same_v<E, event::Modified>)
                take_up(told.message);
            if constexpr (std::is_same_v<E, event::Requested>)
                requested_[agent].push_back(told.transaction);
            if (ending_)
                hang_up(agent, told.session);
            else if (dice_.chance(0.5)) // in the middle of what the event tells of
                operate(agent, told.session);
        }
    }

    void take_up(const Message& success) {
        const auto cseq = parse_header<CSeq>(success, Header::cseq);
        if (cseq->method == "INVITE")
            taken_up_.insert(dialog_of(success, Header::from, Header::to) + " "
                             + std::to_string(cseq->number));
    }

    void hang_up(std::size_t agent, SessionId id) {
        session(agent, id).hang_up(world_.net.now(), {}, 300 + static_cast<int>(dice_.below(400)));
    }

    void operate(std::size_t agent, SessionId id) {
        Endpoint& endpoint = world_.net[agent];
        const TimePoint now = world_.net.now();
        auto session = endpoint.session(id);
        const State state = session.state();
        const auto deadline = endpoint.poll_timeout();
        const auto counts = endpoint.counts();
        try {
            switch (dice_.below(26)) {
            case 0: session.progress(now, 101 + static_cast<int>(dice_.below(99))); break;
            case 1: session.progress(now, 183, {.body = sdp_}); break;
            case 2:
            case 3:
            case 4: session.accept(now, {.body = sdp_}); break;
            case 5: session.reject(now, 486); break;
            case 6: session.redirect(now, {"<sip:elsewhere@192.0.2.3>"}); break;
            case 7: session.ack(now, {.body = sdp_}); break;
            case 8: session.cancel(now); break;
            case 9:
                if (dice_.chance(0.3)) session.bye(now);
                break;
            case 10:
            case 11:
                session.progress(now, 183, {.body = sdp_, .delivery = Delivery::reliable});
                break;
            case 12: session.progress(now, 180, {.delivery = Delivery::reliable}); break;
            case 13: session.prack(now); break;
            case 14: session.prack(now, {.body = sdp_}); break;
            case 15:
            case 16: session.reinvite(now, {.body = sdp_}); break;
            case 17: session.reinvite(now, {}); break;
            case 18: session.update(now, {.body = sdp_}); break;
            case 19: session.update(now); break;
            case 20:
            case 21: session.answer(now, {.body = sdp_}); break;
            case 22: session.decline(now, 488); break;
            case 23: session.request(now, "INFO"); break;
            case 24:
                if (!requested_[agent].empty()) session.respond(now, requested_[agent].back(), 200);
                break;
            default:
                if (dice_.chance(0.3)) hang_up(agent, id);
            }
        } catch (const Error&) {
            if (session.state() != state || endpoint.poll_timeout() != deadline
                || endpoint.counts() != counts)
                fault("a refused operation has changed something");
        }
    }

    /// What was sent in one dialog and direction: RFC 3261 §12.2.1.1 for the numbers, §13.2.2.4 for
    /// the ACKs, §15 for the callee's BYE.
    void look_at_wire() {
        std::map<std::string, std::uint32_t> numbers; // by Call-ID and From
        std::set<std::string> callers, branches, requests, acked, arrived;
        std::map<std::string, TimePoint> answered;
        for (const trace::Record& record : world_.net.trace().records()) {
            const auto message = Message::parse(record.text);
            if (!message) {
                fault("what does not parse was sent");
                continue;
            }
            const bool lost = record.kind == trace::Record::Kind::lost;
            const std::string dialog = dialog_of(*message, Header::from, Header::to);
            const std::string reverse = dialog_of(*message, Header::to, Header::from);
            const auto cseq = parse_header<CSeq>(*message, Header::cseq);
            if (!message->is_request()) {
                if (cseq->method != "INVITE" || message->status() / 100 != 2) continue;
                if (callers.count(dialog_of(*message, Header::from, Header::from)))
                    answered.try_emplace(dialog, record.time);
                continue;
            }
            if (message->method() == "INVITE" && tag_of(*message, Header::to).empty())
                callers.insert(dialog_of(*message, Header::from, Header::from));
            if (message->method() == "ACK") {
                acked.insert(dialog + " " + std::to_string(cseq->number));
                if (!lost) arrived.insert(dialog);
            } else if (message->method() != "CANCEL") {
                if (!branches.insert(value(*message, Header::via)).second) continue;
                std::uint32_t& last = numbers[dialog.substr(0, dialog.rfind(' '))];
                // A request that tries another way keeps its number. RFC 3263 §4.3
                if (!requests.insert(value(*message, Header::cseq) + dialog).second) continue;
                if (cseq->number <= last) fault("a CSeq number that does not go up");
                last = cseq->number;
                const auto answer = answered.find(reverse);
                if (message->method() == "BYE" && answer != answered.end()
                    && !arrived.count(reverse) && record.time < answer->second + 32s)
                    fault("a BYE of the callee before the ACK");
            }
        }
        for (const std::string& dialog : taken_up_)
            if (!acked.count(dialog)) fault("a 2xx without its ACK");
    }

    static std::string dialog_of(const Message& message, Header local, Header remote) {
        return value(message, Header::call_id) + " " + tag_of(message, local) + " "
               + tag_of(message, remote);
    }

    sim::Dice dice_;
    World world_;
    std::map<std::uint64_t, int> told_[2]; ///< of each session, how often it ended
    std::set<std::string> taken_up_; ///< dialog and number of each INVITE whose 2xx was told of
    std::vector<TransactionId> requested_[2]; ///< INFO that came, answered or not
    bool ending_ = false;
    const Body sdp_ = Body::sdp("v=0\r\nm=audio 1 RTP/AVP 0\r\n");
};

} // namespace

TEST_CASE("random calls over a random network all end, and each once",
          "[endpoint][rfc3261][12.2.1.1][13.2.2.4][15]") {
    for (std::uint64_t seed = 1; seed <= 300; ++seed) {
        INFO("seed " << seed);
        RandomCalls calls(seed);
        calls.run();
        CHECK(calls.faults == Lines{});
    }
}

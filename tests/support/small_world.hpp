#ifndef OFFHOOK_TESTS_SUPPORT_SMALL_WORLD_HPP
#define OFFHOOK_TESTS_SUPPORT_SMALL_WORLD_HPP

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "explore.hpp"
#include "splitter.hpp"
#include "watched_agent.hpp"

namespace offhook::test {

/// What the applications of a small world may do: each once, whenever it is allowed.
struct Move {
    std::size_t agent;
    Act act;
};

/// One call, with everything that can become of it as steps: which message comes next, which is
/// lost, late or comes twice, the next timer, and what the applications do. Agent 0 calls agent 1,
/// or agents 1 and 2 through a proxy that forks. No time passes while a message is under way that
/// isn't late; one that is late comes at any time. Once nothing moves any more and the call is
/// still up, somebody hangs up.
class SmallWorld {
public:
    enum class Kind : unsigned char { deliver, lose, delay, repeat, timer, move, hang_up };
    struct Step {
        Kind kind;
        std::size_t index = 0; ///< of a parcel, a move or an agent
        unsigned faults = 0;
    };
    struct Options {
        std::size_t callees = 1;
        std::vector<Move> moves = {};
        bool accept_reinvites = true;
        bool offer = true; ///< in the INVITE
        ForkPolicy forks = ForkPolicy::keep_first;
        SessionFeatures features = {};
    };

    explicit SmallWorld(const Options& options) : moves_(options.moves) {
        std::vector<std::string> targets;
        for (std::size_t i = 0; i <= options.callees; ++i) {
            const std::string host = "192.0.2." + std::to_string(i + 1);
            EndpointConfig config;
            config.listeners = {{Transport::udp, at(host), {}}};
            config.identity = "<sip:" + std::string(names[i]) + "@" + host + ">";
            config.methods = {"INFO"};
            config.features = options.features;
            addresses_.push_back(at(host));
            agents_.push_back(std::make_shared<const WatchedAgent>(
                std::move(config), Seed{static_cast<std::uint8_t>(i + 1)},
                options.accept_reinvites));
            if (i > 0) targets.push_back(host);
        }
        addresses_.push_back(at("192.0.2.100"));
        if (options.callees > 1) splitter_.emplace("192.0.2.100", targets);
        used_.assign(moves_.size(), false);
        WatchedAgent& caller = own(0);
        caller.call(now_, options.callees > 1 ? "sip:192.0.2.100" : "sip:" + targets[0],
                    options.offer, options.forks);
        settle(0, caller);
    }

    std::vector<Step> steps() const {
        std::vector<Step> steps;
        bool under_way = false;
        for (std::size_t i = 0; i < wire_.size(); ++i) {
            if (!is_next(i)) continue;
            steps.push_back({Kind::deliver, i});
            under_way = under_way || !wire_[i].late;
        }
        bool waits = false;
        if (!under_way) {
            const std::optional<std::size_t> agent = first_due();
            waits = agent.has_value();
            if (waits) steps.push_back({Kind::timer, *agent});
        }
        for (std::size_t i = 0; i < moves_.size(); ++i)
            if (!used_[i] && agents_[moves_[i].agent]->subject(moves_[i].act))
                steps.push_back({Kind::move, i});
        for (std::size_t i = 0; !under_way && !waits && i < agents_.size(); ++i)
            if (agents_[i]->alive()) steps.push_back({Kind::hang_up, i});
        for (std::size_t i = 0; i < wire_.size(); ++i) {
            if (wire_[i].late || !is_next(i)) continue;
            for (const Kind kind : {Kind::lose, Kind::delay, Kind::repeat})
                steps.push_back({kind, i, 1});
        }
        return steps;
    }

    void take(const Step& step) {
        switch (step.kind) {
        case Kind::deliver: deliver(step.index); break;
        case Kind::lose:
            wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(step.index));
            break;
        case Kind::delay: wire_[step.index].late = true; break;
        case Kind::repeat: {
            Parcel copy = wire_[step.index];
            copy.late = true;
            deliver(step.index);
            wire_.push_back(std::move(copy));
            break;
        }
        case Kind::timer: {
            WatchedAgent& agent = own(step.index);
            now_ = (std::max)(now_, *agent.poll_timeout());
            agent.handle_timeout(now_);
            settle(step.index, agent);
            break;
        }
        case Kind::move: {
            used_[step.index] = true;
            const Move& move = moves_[step.index];
            WatchedAgent& agent = own(move.agent);
            agent.act(now_, move.act);
            settle(move.agent, agent);
            break;
        }
        case Kind::hang_up: {
            WatchedAgent& agent = own(step.index);
            agent.act(now_, Act::hang_up);
            settle(step.index, agent);
            break;
        }
        }
    }

    std::uint64_t fingerprint() const {
        Mixer mixer;
        for (const auto& agent : agents_)
            mixer.add(agent->fingerprint(now_));
        if (splitter_) mixer.add(splitter_->fingerprint());
        for (const bool used : used_)
            mixer.add(std::uint64_t{used});
        // What is on different ways has no order, and neither has what is late.
        std::uint64_t sum = 0;
        for (std::size_t i = 0; i < wire_.size(); ++i) {
            Mixer parcel;
            if (!wire_[i].late)
                for (std::size_t j = 0; j < i; ++j)
                    if (same_way(i, j)) parcel.add(*wire_[j].bytes);
            parcel.add(std::uint64_t{wire_[i].late});
            parcel.add(wire_[i].to);
            parcel.add(wire_[i].from);
            parcel.add(*wire_[i].bytes);
            sum += parcel.value();
        }
        mixer.add(sum);
        return mixer.value();
    }

    std::string problem() const {
        for (std::size_t i = 0; i < agents_.size(); ++i)
            if (!agents_[i]->problem.empty()) return blame(i, agents_[i]->problem);
        if (!wire_.empty() || first_due()) return {};
        // All is quiet.
        std::size_t callees = 0;
        for (std::size_t i = 1; i < agents_.size(); ++i)
            callees += agents_[i]->calls_alive();
        if (agents_[0]->calls_alive() != callees)
            return "one side thinks that the call is over, and the other one does not";
        if (callees != 0) return {};
        for (std::size_t i = 0; i < agents_.size(); ++i) {
            const std::string problem = agents_[i]->problem_at_end();
            if (!problem.empty()) return blame(i, problem);
        }
        return {};
    }

    std::string describe(const Step& step) const {
        const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - begin).count();
        std::string text = std::to_string(ms) + " ms: ";
        switch (step.kind) {
        case Kind::timer: {
            const auto wait = *agents_[step.index]->poll_timeout() - now_;
            return text + names[step.index] + " waits for "
                   + std::to_string(
                       std::chrono::duration_cast<std::chrono::milliseconds>(wait).count())
                   + " ms";
        }
        case Kind::move:
            return text + names[moves_[step.index].agent] + ": "
                   + std::string(name_of(moves_[step.index].act));
        case Kind::hang_up: return text + names[step.index] + ": hang_up()";
        default: break;
        }
        constexpr const char* fates[] = {"", " is lost", " is late", " comes, and comes again"};
        const Parcel& parcel = wire_[step.index];
        const auto message = Message::parse(*parcel.bytes);
        text += (parcel.from < agents_.size() ? names[parcel.from] : "proxy") + std::string(" -> ")
                + names[parcel.to] + ": " + parcel.bytes->substr(0, parcel.bytes->find("\r\n"))
                + " (" + value(*message, Header::cseq) + ")";
        if (step.kind == Kind::deliver && parcel.late) text += ", late";
        return text + fates[static_cast<std::size_t>(step.kind)];
    }

private:
    struct Parcel {
        std::size_t from, to;
        std::shared_ptr<const std::string> bytes;
        bool late = false;
    };
    static constexpr const char* names[] = {"alice", "bob", "carol"};
    static constexpr TimePoint begin = TimePoint() + 1h;

    static std::string blame(std::size_t agent, const std::string& what) {
        return std::string(names[agent]) + ": " + what;
    }
    // A copy of a world shares the agents that no step has touched since.
    WatchedAgent& own(std::size_t i) {
        auto mine = std::make_shared<WatchedAgent>(*agents_[i]);
        WatchedAgent& agent = *mine;
        agents_[i] = std::move(mine);
        return agent;
    }
    std::size_t place_of(const Address& address) const {
        std::size_t place = 0;
        while (place < addresses_.size() && addresses_[place] != address)
            ++place;
        return place;
    }
    void send(std::size_t from, Transmit transmit) {
        const std::size_t to = place_of(transmit.flow.remote);
        if (to == addresses_.size()) return;
        // What may happen to it on the way to the proxy may happen behind it as well.
        if (to == agents_.size()) {
            for (Transmit& passed : splitter_->receive(transmit.bytes))
                send(to, std::move(passed));
            return;
        }
        wire_.push_back({from, to, std::make_shared<const std::string>(std::move(transmit.bytes))});
    }
    void settle(std::size_t i, WatchedAgent& agent) {
        for (Transmit& transmit : std::exchange(agent.sent, {}))
            send(i, std::move(transmit));
        agent.look_ahead(now_);
    }
    void deliver(std::size_t index) {
        const Parcel parcel = wire_[index];
        wire_.erase(wire_.begin() + static_cast<std::ptrdiff_t>(index));
        WatchedAgent& agent = own(parcel.to);
        agent.receive(now_, {Transport::udp, addresses_[parcel.to], addresses_[parcel.from]},
                      *parcel.bytes);
        settle(parcel.to, agent);
    }
    bool same_way(std::size_t i, std::size_t j) const {
        return wire_[i].from == wire_[j].from && wire_[i].to == wire_[j].to && !wire_[i].late
               && !wire_[j].late;
    }
    // First sent, first there, unless it is late.
    bool is_next(std::size_t i) const {
        for (std::size_t j = 0; j < i; ++j)
            if (same_way(i, j)) return false;
        return true;
    }
    std::optional<std::size_t> first_due() const {
        std::optional<std::size_t> first;
        std::optional<TimePoint> time;
        for (std::size_t i = 0; i < agents_.size(); ++i) {
            const auto next = agents_[i]->poll_timeout();
            if (!next || (time && *next >= *time)) continue;
            time = next;
            first = i;
        }
        return first;
    }

    TimePoint now_ = begin;
    std::vector<Address> addresses_; ///< of the agents, and the proxy
    std::vector<std::shared_ptr<const WatchedAgent>> agents_;
    std::optional<Splitter> splitter_;
    std::vector<Parcel> wire_;
    std::vector<Move> moves_;
    std::vector<bool> used_;
};

} // namespace offhook::test

#endif

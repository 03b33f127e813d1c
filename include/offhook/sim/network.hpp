#ifndef OFFHOOK_SIM_NETWORK_HPP
#define OFFHOOK_SIM_NETWORK_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/polled.hpp"
#include "offhook/sim/dice.hpp"
#include "offhook/sim/link.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::sim {

/// Agents, the paths between them, and a clock that moves only when something happens. All of it is
/// a value: a copy is a second world, that goes on from here by itself. The same seed and the same
/// calls give the same run.
///
///     sim::Network<Endpoint> net(seed, {.loss = 0.1});
///     const auto alice = net.add(Endpoint(…), *Address::parse("192.0.2.1", 5060));
///     net[alice].invite(net.now(), …);
///     net.run_for(32s);
///     std::cout << trace::ladder(net.trace());
template <Polled Agent>
class Network {
    struct Ignore {
        void operator()(Network&, std::size_t) const {}
    };

public:
    /// An empty one; each path is such a link until it is told otherwise. The same seed, the same
    /// fate.
    explicit Network(std::uint64_t seed = 1, Link link = {})
        : seed_(seed), dice_(seed), usual_(link) {}

    /// The agent's number; it is at that address, for each transport.
    std::size_t add(Agent agent, const Address& address) {
        agents_.push_back({std::move(agent), address});
        return agents_.size() - 1;
    }
    /// By the number from add(); it must be one.
    Agent& operator[](std::size_t agent) { return agents_[agent].agent; }
    const Agent& operator[](std::size_t agent) const { return agents_[agent].agent; } ///< the same
    /// Where add() put it.
    const Address& address(std::size_t agent) const { return agents_[agent].address; }
    std::size_t size() const { return agents_.size(); } ///< how many agents there are
    std::uint64_t seed() const { return seed_; }        ///< what it was made with

    TimePoint now() const { return now_; } ///< the time that all agents share
    /// What the clock of one agent says, which is now() as long as it has not jumped.
    TimePoint now(std::size_t agent) const { return now_ + agents_[agent].ahead; }
    /// Puts the clock of one agent on by so much, not below 0, at once: its machine has slept. What
    /// is due by then comes at once, and the agent is to be operated at now(agent) from here on.
    void jump(std::size_t agent, Duration span) { agents_[agent].ahead += span; }
    /// What was sent and what was lost; the application may add names and notes.
    trace::Recorder& trace() { return trace_; }
    const trace::Recorder& trace() const { return trace_; } ///< the same, to look at

    /// What each path does from now on that link() has not been called for.
    void usual_link(Link link) { usual_ = link; }
    /// What the path from one agent to another does from now on.
    void link(std::size_t from, std::size_t to, Link link) {
        for (Path& path : paths_)
            if (path.from == from && path.to == to) return void(path.link = link);
        paths_.push_back({from, to, link});
    }
    /// What that path does now.
    Link link(std::size_t from, std::size_t to) const {
        for (const Path& path : paths_)
            if (path.from == from && path.to == to) return path.link;
        return usual_;
    }
    /// Nothing passes between the two, or all does again.
    void cut(std::size_t a, std::size_t b, bool cut = true) {
        for (const auto& [from, to] : {std::pair(a, b), std::pair(b, a)}) {
            Link changed = link(from, to);
            changed.cut = cut;
            link(from, to, changed);
        }
    }
    /// Loses, delays or repeats certain messages to come. The first rule that applies is the one
    /// that does.
    void add_rule(Rule rule) { rules_.push_back(std::move(rule)); }

    /// Ends each stream between the two, and tells both.
    void close_connections(std::size_t a, std::size_t b) {
        for (const std::uint64_t number : connections_between(a, b))
            close(number);
    }
    std::size_t connections() const { return connections_.size(); } ///< streams that are open

    /// Lets time pass. After each input of an agent, and before the first, calls
    /// `after(network, agent)`, which may look at its events and operate it. False where time does
    /// not get on, since an agent has a deadline in the past that it does not deal with.
    template <class After = Ignore>
    bool run_for(Duration span, After&& after = {}) {
        const TimePoint end = now_ + span;
        run_until([] { return false; }, span, after);
        return now_ == end;
    }

    /// Until nothing is under way and nobody waits for a time to come; false where that takes
    /// longer. Every state ends: so a call that is over leaves nothing behind.
    template <class After = Ignore>
    bool run_until_idle(Duration longest, After&& after = {}) {
        return run_until([&] { return !next_time(); }, longest, after);
    }

    /// Until it is true; false where that takes longer.
    template <class Condition, class After = Ignore>
    bool run_until(Condition&& condition, Duration longest, After&& after = {}) {
        const TimePoint end = now_ + longest;
        for (std::size_t i = 0; i < agents_.size(); ++i)
            settle(i, after);
        for (int at_once = 0; at_once < most_at_once; ++at_once) {
            if (condition()) return true;
            const auto next = next_time();
            if (!next || *next > end) {
                now_ = end;
                return condition();
            }
            if (*next > now_) at_once = 0;
            now_ = (std::max)(now_, *next);
            step(after);
        }
        return false;
    }

private:
    struct Member {
        Agent agent;
        Address address;
        Duration ahead = {}; ///< of the clock of all
    };
    struct Path {
        std::size_t from;
        std::size_t to;
        Link link;
    };
    struct Connection {
        std::uint64_t number;
        Transport transport;
        std::size_t opener;
        std::size_t accepter;
        TimePoint arrives[2] = {}; ///< of the last piece under way: to the accepter, to the opener
    };
    enum class Event : std::uint8_t { bytes, closed, failed };
    struct Parcel {
        TimePoint time;
        std::uint64_t order; ///< of what comes at the same time, the first sent is the first there
        std::size_t to;
        Event event;
        Flow flow; ///< as the receiver sees it
        std::string bytes;
    };

    static constexpr int most_at_once = 100'000;

    static bool later(const Parcel& a, const Parcel& b) {
        return std::pair(a.time, a.order) > std::pair(b.time, b.order);
    }

    std::optional<TimePoint> next_time() const {
        std::optional<TimePoint> next;
        if (!parcels_.empty()) next = parcels_.front().time;
        for (const Member& member : agents_) {
            const std::optional<TimePoint> deadline = deadline_of(member);
            if (deadline && (!next || *deadline < *next)) next = deadline;
        }
        return next;
    }
    static std::optional<TimePoint> deadline_of(const Member& member) {
        const std::optional<TimePoint> deadline = member.agent.poll_timeout();
        return deadline ? std::optional(*deadline - member.ahead) : std::nullopt;
    }

    // What arrives comes before the deadlines of the same moment.
    template <class After>
    void step(After& after) {
        if (!parcels_.empty() && parcels_.front().time <= now_) {
            std::pop_heap(parcels_.begin(), parcels_.end(), later);
            const Parcel parcel = std::move(parcels_.back());
            parcels_.pop_back();
            deliver(parcel);
            settle(parcel.to, after);
            return;
        }
        for (std::size_t i = 0; i < agents_.size(); ++i) {
            const std::optional<TimePoint> deadline = deadline_of(agents_[i]);
            if (!deadline || *deadline > now_) continue;
            agents_[i].agent.handle_timeout(now(i));
            settle(i, after);
        }
    }

    void deliver(const Parcel& parcel) {
        Agent& agent = agents_[parcel.to].agent;
        const TimePoint time = now(parcel.to);
        switch (parcel.event) {
        case Event::bytes: agent.receive(time, parcel.flow, parcel.bytes); break;
        case Event::closed: agent.connection_closed(time, parcel.flow); break;
        case Event::failed: agent.transmit_failed(time, parcel.flow); break;
        }
    }

    template <class After>
    void settle(std::size_t i, After& after) {
        send_all(i);
        after(*this, i);
        send_all(i);
    }

    void send_all(std::size_t i) {
        while (auto transmit = agents_[i].agent.poll_transmit())
            send(i, transmit->flow, std::move(transmit->bytes));
    }

    void post(TimePoint time, std::size_t to, Event event, const Flow& flow,
              std::string bytes = {}) {
        parcels_.push_back({time, next_order_++, to, event, flow, std::move(bytes)});
        std::push_heap(parcels_.begin(), parcels_.end(), later);
    }

    void send(std::size_t from, Flow flow, std::string bytes) {
        flow.local = agents_[from].address;
        std::size_t to = 0;
        while (to < agents_.size() && agents_[to].address != flow.remote)
            ++to;
        is_reliable(flow.transport) ? send_stream(from, to, flow, std::move(bytes))
                                    : send_datagram(from, to, flow, std::move(bytes));
    }

    // Where nobody is, a datagram vanishes: no host, no ICMP.
    void send_datagram(std::size_t from, std::size_t to, const Flow& flow, std::string bytes) {
        const Link way = to < agents_.size() ? link(from, to) : Link{.cut = true};
        const Rule rule = apply_rule(bytes);
        // Always the same number of throws: what happens to one datagram changes no other's fate.
        const bool lost = dice_.chance(way.loss);
        const bool twice = dice_.chance(way.duplication);
        const bool held = dice_.chance(way.reordering);
        const bool corrupt = dice_.chance(way.corruption);
        const Duration jitter[] = {dice_.up_to(way.jitter), dice_.up_to(way.jitter)};
        const std::uint64_t where = dice_.below(bytes.size());
        const auto change = static_cast<unsigned char>(1 + dice_.below(255));
        if (lost || way.cut || rule.lose) return trace_.lost(now_, flow, bytes);
        trace_.sent(now_, flow, bytes);
        if (corrupt && !bytes.empty()) {
            bytes[where] = static_cast<char>(static_cast<unsigned char>(bytes[where]) ^ change);
        }
        const Duration base = way.latency + rule.delay + (held ? way.hold : Duration::zero());
        const Flow there{flow.transport, flow.remote, flow.local};
        for (int copy = 0; copy <= static_cast<int>(twice || rule.twice); ++copy)
            post(now_ + base + jitter[copy], to, Event::bytes, there, bytes);
    }

    void send_stream(std::size_t from, std::size_t to, const Flow& flow, std::string bytes) {
        const Link way = to < agents_.size() ? link(from, to) : Link{.cut = true};
        Connection* const connection = way.cut ? nullptr : connection_for(from, to, flow);
        if (!connection) {
            trace_.lost(now_, flow, bytes);
            post(now_ + way.latency, from, Event::failed, flow);
            if (to < agents_.size() && way.cut) close_connections(from, to);
            return;
        }
        trace_.sent(now_, flow, bytes);
        const Flow there{flow.transport, flow.remote, flow.local, connection->number};
        TimePoint& last = connection->arrives[connection->opener == from ? 0 : 1];
        const Rule rule = apply_rule(bytes); // a stream loses nothing, so it delays at most
        last = (std::max)(last, now_ + way.latency + rule.delay + dice_.up_to(way.jitter));
        while (!bytes.empty()) {
            const std::size_t size = way.pieces == 0
                                         ? bytes.size()
                                         : (std::min)(bytes.size(), 1 + dice_.below(way.pieces));
            post(last, to, Event::bytes, there, bytes.substr(0, size));
            bytes.erase(0, size);
        }
    }

    Rule apply_rule(std::string_view bytes) {
        for (Rule& rule : rules_) {
            if (!rule.applies_to(bytes)) continue;
            if (rule.pass > 0) {
                --rule.pass;
                continue;
            }
            --rule.times;
            return rule;
        }
        return {.begins = {}, .lose = false};
    }

    // The connection of that number; for 0 any between the two, or a new one.
    Connection* connection_for(std::size_t from, std::size_t to, const Flow& flow) {
        for (Connection& each : connections_) {
            const bool between = (each.opener == from && each.accepter == to)
                                 || (each.opener == to && each.accepter == from);
            if (between && each.transport == flow.transport
                && (flow.connection == 0 || each.number == flow.connection)) {
                return &each;
            }
        }
        if (flow.connection != 0) return nullptr;
        connections_.push_back({next_connection_++, flow.transport, from, to});
        return &connections_.back();
    }

    std::vector<std::uint64_t> connections_between(std::size_t a, std::size_t b) const {
        std::vector<std::uint64_t> numbers;
        for (const Connection& each : connections_)
            if (std::minmax(each.opener, each.accepter) == std::minmax(a, b))
                numbers.push_back(each.number);
        return numbers;
    }

    // What is under way arrives before the end does.
    void close(std::uint64_t number) {
        const auto found = std::find_if(connections_.begin(), connections_.end(),
                                        [&](const Connection& c) { return c.number == number; });
        const Connection gone = *found;
        connections_.erase(found);
        const Address& opener = agents_[gone.opener].address;
        const Address& accepter = agents_[gone.accepter].address;
        post((std::max)(now_, gone.arrives[0]), gone.accepter, Event::closed,
             {gone.transport, accepter, opener, number});
        post((std::max)(now_, gone.arrives[1]), gone.opener, Event::closed,
             {gone.transport, opener, accepter, number});
    }

    std::uint64_t seed_;
    Dice dice_;
    Link usual_;
    std::vector<Member> agents_;
    std::vector<Path> paths_;
    std::vector<Rule> rules_;
    std::vector<Connection> connections_;
    std::vector<Parcel> parcels_; // a heap
    std::uint64_t next_order_ = 0;
    std::uint64_t next_connection_ = 1;
    TimePoint now_ = TimePoint() + std::chrono::hours(1);
    trace::Recorder trace_;
};

} // namespace offhook::sim

#endif

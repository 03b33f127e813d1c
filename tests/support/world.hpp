#ifndef OFFHOOK_TESTS_SUPPORT_WORLD_HPP
#define OFFHOOK_TESTS_SUPPORT_WORLD_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "offhook/sim/report.hpp"
#include "wire.hpp"

namespace offhook::test {

/// "INVITE" for a request, "180 INVITE" for a response.
inline std::string line_of(std::string_view bytes) {
    const auto message = Message::parse(bytes);
    if (!message) return "?";
    if (message->is_request()) return std::string(message->method());
    const auto cseq = parse_header<CSeq>(*message, Header::cseq);
    return std::to_string(message->status()) + " " + std::string(cseq ? cseq->method : "?");
}

/// A member of a network that keeps the order in which its messages come and go: an Endpoint, or
/// a hand-made element in its place, which gets each datagram and says what leaves.
class Member : public Endpoint {
public:
    using Element = std::function<std::vector<Transmit>(const Flow&, std::string_view)>;

    Member(Endpoint endpoint, Element element = {})
        : Endpoint(std::move(endpoint)), element_(std::move(element)) {}

    void receive(TimePoint now, const Flow& flow, std::string_view bytes) {
        log.push_back({now, line_of(bytes), true});
        if (!element_) return Endpoint::receive(now, flow, bytes);
        for (Transmit& transmit : element_(flow, bytes))
            leaving_.push_back(std::move(transmit));
    }
    std::optional<Transmit> poll_transmit() {
        std::optional<Transmit> next = Endpoint::poll_transmit();
        if (!next && !leaving_.empty()) {
            next = std::move(leaving_.front());
            leaving_.erase(leaving_.begin());
        }
        if (next) log.push_back({{}, line_of(next->bytes), false});
        return next;
    }

    struct Entry {
        TimePoint time; ///< of what has come
        std::string line;
        bool in;
    };
    std::vector<Entry> log;

private:
    Element element_;
    std::vector<Transmit> leaving_;
};

/// Endpoints on a simulated network, with what each was told. Says the seed and draws what happened
/// where a test fails by REQUIRE.
class World {
public:
    explicit World(std::uint64_t seed = 1, sim::Link link = {}) : net(seed, link) {}
    World(const World&) = default;
    ~World() {
        if (std::uncaught_exceptions() > unwinding_) std::cerr << sim::report(net);
    }

    static EndpointConfig config(const std::string& user, const Address& address) {
        EndpointConfig config;
        config.listeners = {{Transport::udp, address, {}}, {Transport::tcp, address, {}}};
        config.identity = "<sip:" + user + "@" + config.listeners[0].sent_by() + ">";
        return config;
    }
    std::size_t add(const std::string& user, const std::string& host) {
        return add(config(user, at(host)), host);
    }
    std::size_t add(EndpointConfig config, const std::string& host) {
        const auto number = static_cast<std::uint8_t>(net.size() + 1);
        net.trace().name(at(host), config.identity);
        events.emplace_back();
        return net.add(Endpoint(std::move(config), Seed{number}), at(host));
    }
    /// A hand-made element, a proxy for one.
    std::size_t add(const std::string& name, const std::string& host, Member::Element element) {
        const std::size_t agent = add(name, host);
        net[agent] = Member(std::move(net[agent]), std::move(element));
        return agent;
    }

    void run_for(Duration span) {
        REQUIRE(net.run_for(span, [this](auto&, std::size_t agent) { collect(agent); }));
    }
    /// Until it is true, and no longer than `longest`.
    template <class Condition>
    bool run_until(Condition&& condition, Duration longest = 30s) {
        return net.run_until(condition, longest,
                             [this](auto&, std::size_t agent) { collect(agent); });
    }
    /// Until nothing is under way and nobody waits; then nothing must be left behind.
    void run_out() {
        REQUIRE(net.run_until_idle(20min, [this](auto&, std::size_t agent) { collect(agent); }));
        for (std::size_t i = 0; i < net.size(); ++i)
            REQUIRE(net[i].counts() == Endpoint::Counts{});
    }
    Lines take_events(std::size_t agent) {
        Lines lines;
        for (const Event& event : std::exchange(events[agent], {}))
            lines.push_back(describe(event));
        return lines;
    }
    /// The start-lines of all that was sent, in order: "INVITE", "200".
    Lines wire() const {
        Lines lines;
        for (const trace::Record& record : net.trace().records()) {
            if (record.kind == trace::Record::Kind::note) continue;
            const bool response = record.text.starts_with("SIP/2.0 ");
            lines.push_back(response ? record.text.substr(8, 3)
                                     : record.text.substr(0, record.text.find(' ')));
        }
        return lines;
    }
    /// What one agent has sent and received, in order, with the seconds since the beginning:
    /// "0.000 > INVITE", "0.100 < 180 INVITE". What is lost is seen by its sender alone.
    Lines transcript(std::size_t agent) const {
        std::vector<TimePoint> sent;
        for (const trace::Record& record : net.trace().records())
            if (record.kind != trace::Record::Kind::note && record.from == net.address(agent))
                sent.push_back(record.time);
        Lines lines;
        std::size_t n = 0;
        for (const Member::Entry& entry : net[agent].log) {
            const TimePoint time = entry.in ? entry.time : sent.at(n++);
            const auto ms =
                std::chrono::duration_cast<std::chrono::milliseconds>(time - begin_).count();
            const std::string fraction = std::to_string(1000 + ms % 1000).substr(1);
            lines.push_back(std::to_string(ms / 1000) + "." + fraction + (entry.in ? " < " : " > ")
                            + entry.line);
        }
        return lines;
    }
    /// The same without the times.
    Lines order(std::size_t agent) const {
        Lines lines;
        for (const Member::Entry& entry : net[agent].log)
            lines.push_back((entry.in ? "< " : "> ") + entry.line);
        return lines;
    }
    std::size_t count(const std::string& line) const {
        std::size_t n = 0;
        for (const std::string& each : wire())
            n += each == line;
        return n;
    }

    sim::Network<Member> net;
    std::vector<std::vector<Event>> events;
    /// Called for each event; may operate the endpoint.
    std::function<void(World&, std::size_t, const Event&)> on_event = [](auto&&...) {};

private:
    void collect(std::size_t agent) {
        while (auto event = net[agent].poll_event()) {
            on_event(*this, agent, *event);
            events[agent].push_back(*std::move(event));
        }
    }
    int unwinding_ = std::uncaught_exceptions();
    TimePoint begin_ = net.now();
};

/// Rings, and accepts with an answer.
inline void accept_calls(World& world, std::size_t agent, const Event& event) {
    const auto* const incoming = std::get_if<event::Incoming>(&event);
    if (!incoming) return;
    world.net[agent].session(incoming->session).progress(world.net.now());
    world.net[agent]
        .session(incoming->session)
        .accept(world.net.now(), {.body = Body::sdp("v=0\r\ns=answer\r\n")});
}

} // namespace offhook::test

#endif

#ifndef OFFHOOK_TESTS_SUPPORT_WORLD_HPP
#define OFFHOOK_TESTS_SUPPORT_WORLD_HPP

#include <cstdint>
#include <exception>
#include <functional>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include "offhook/sim/network.hpp"
#include "offhook/trace/ladder.hpp"
#include "wire.hpp"

namespace offhook::test {

/// Endpoints on a simulated network, with what each was told. Draws the ladder of what happened
/// where a test fails by REQUIRE.
class World {
public:
    explicit World(std::uint64_t seed = 1, sim::Link link = {}) : net(seed, link) {}
    World(const World&) = default;
    ~World() {
        if (std::uncaught_exceptions() > unwinding_) std::cerr << trace::ladder(net.trace());
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

    void run_for(Duration span) {
        REQUIRE(net.run_for(span, [this](auto&, std::size_t agent) { collect(agent); }));
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
    std::size_t count(const std::string& line) const {
        std::size_t n = 0;
        for (const std::string& each : wire())
            n += each == line;
        return n;
    }

    sim::Network<Endpoint> net;
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

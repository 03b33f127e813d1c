#ifndef OFFHOOK_TESTS_SUPPORT_DUO_HPP
#define OFFHOOK_TESTS_SUPPORT_DUO_HPP

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "world.hpp"

namespace offhook::test {

/// Alice, who calls, and Bob, whom she calls, with 50 ms between them. Both answer what has to be
/// answered at once, unless a test sees to it; what they are asked to do and may not, they don't.
class Duo {
public:
    static constexpr std::size_t alice = 0;
    static constexpr std::size_t bob = 1;

    explicit Duo(const std::function<void(EndpointConfig&)>& configure = {}) {
        for (const char* const name : {"alice", "bob"}) {
            const std::string host = name[0] == 'a' ? "192.0.2.1" : "192.0.2.2";
            EndpointConfig config = World::config(name, at(host));
            config.methods = {"INFO", "REFER", "NOTIFY"};
            config.extensions = {"norefersub"};
            if (configure) configure(config);
            world.add(config, host);
        }
        world.on_event = [this](World&, std::size_t agent, const Event& event) {
            hear(agent, event);
        };
    }
    Duo(const Duo&) = delete;

    auto session(std::size_t agent) { return world.net[agent].session(ids[agent]); }
    State state(std::size_t agent) { return session(agent).state(); }
    TimePoint now() const { return world.net.now(); }

    void invite(const Body& offer = Body::sdp("v=0\r\ns=offer 1\r\n")) {
        ids[alice] = world.net[alice].invite(now(), "sip:bob@192.0.2.2", offer);
    }
    bool until(std::size_t agent, State wanted) {
        return world.run_until([&] { return state(agent) == wanted; });
    }
    /// Up to the moment in which Alice hears Bob ring.
    void ring() {
        invite();
        world.run_until([&] { return ids[bob] != SessionId{}; });
        (void)session(bob).try_progress(now());
        until(alice, State::early);
    }
    /// Up to the moment in which both have what confirms the call, and 100 ms more.
    void talk() {
        ring();
        accept();
        world.run_until(
            [&] { return state(alice) == State::confirmed && state(bob) == State::confirmed; });
        world.run_for(100ms);
    }
    void accept() { (void)session(bob).try_accept(now(), {.body = answer()}); }
    void reinvite(std::size_t agent) {
        (void)session(agent).try_reinvite(now(), {.body = offer(agent)});
    }
    void update(std::size_t agent, bool with_offer) {
        (void)session(agent).try_update(now(), {.body = with_offer ? offer(agent) : Body{}});
    }
    void bye(std::size_t agent) { (void)session(agent).try_bye(now()); }
    void refer(std::size_t agent) {
        UsageId usage = 0;
        (void)session(agent).try_refer(now(), "sip:carol@192.0.2.3", {}, ReferSubscription::wanted,
                                       usage);
    }

    /// Hangs up what is still up, and waits until nobody waits for anything. Each session has then
    /// ended, and has been told so once.
    void end() {
        for (const std::size_t agent : {alice, bob})
            if (ids[agent] != SessionId{}) session(agent).hang_up(now());
        world.run_out();
        for (const std::size_t agent : {alice, bob}) {
            int ends = 0;
            for (const Event& event : world.events[agent])
                ends += std::holds_alternative<event::Terminated>(event);
            CHECK(ends == (ids[agent] == SessionId{} ? 0 : 1));
        }
    }

    static Body offer(std::size_t agent) {
        return Body::sdp("v=0\r\ns=offer of " + std::to_string(agent) + "\r\n");
    }
    static Body answer() { return Body::sdp("v=0\r\ns=answer\r\n"); }

    World world{1, {.latency = 50ms}};
    SessionId ids[2] = {};
    bool answering = true; ///< offers, re-INVITEs and requests, at once

private:
    void hear(std::size_t agent, const Event& event) {
        if (const auto* const call = std::get_if<event::Incoming>(&event))
            ids[agent] = call->session;
        if (!answering) return;
        if (std::holds_alternative<event::Reinvited>(event))
            (void)session(agent).try_accept(now(), {.body = answer()});
        if (const auto* const updated = std::get_if<event::Updated>(&event);
            updated && updated->offer)
            (void)session(agent).try_answer(now(), {.body = answer()});
        if (const auto* const offered = std::get_if<event::Offer>(&event);
            offered && offered->answer_by == Operation::ack)
            (void)session(agent).try_ack(now(), {.body = answer()});
        if (const auto* const requested = std::get_if<event::Requested>(&event))
            (void)session(agent).try_respond(now(), requested->transaction, 202);
    }
};

} // namespace offhook::test

#endif

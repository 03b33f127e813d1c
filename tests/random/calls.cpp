// Calls at random between some agents, over networks from perfect to terrible. The applications do
// whatever the interface has, at any time, in the middle of events too. OFFHOOK_RANDOM_CALLS says
// how many calls (10000000 takes hours), OFFHOOK_RANDOM_SEED repeats one world and draws it.

#include <cstdlib>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "../catch.hpp"
#include "../support/told.hpp"
#include "offhook/sim/dice.hpp"
#include "offhook/sim/network.hpp"
#include "offhook/sim/report.hpp"
#include "offhook/trace/ladder.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// One network and a dozen calls on it.
class RandomWorld {
public:
    static constexpr std::size_t calls = 12;

    RandomWorld(std::uint64_t seed, bool traced) : dice_(seed), net_(seed, link()) {
        if (!traced) net_.trace() = trace::Recorder(0);
        const std::size_t agents = 2 + dice_.below(3);
        told_.resize(agents);
        for (std::size_t i = 0; i < agents; ++i) {
            const Address address = at(host(i));
            net_.trace().name(address, std::to_string(i));
            net_.add(Speaker(config(address), Seed{static_cast<std::uint8_t>(i + 1)}), address);
        }
    }

    void run() {
        std::size_t placed = 0;
        while (placed < calls || dice_.chance(0.8)) {
            if (placed < calls && dice_.chance(0.5)) {
                place(dice_.below(net_.size()));
                ++placed;
            }
            pass(dice_.up_to(dice_.chance(0.2) ? Duration(20s) : Duration(1s)));
            meddle();
            for (std::size_t agent = 0; agent < net_.size(); ++agent)
                if (!told_[agent].calls.empty()) operate(agent, any_call(agent));
        }
        finish();
    }

    std::set<std::string> faults;
    std::size_t confirmed = 0; ///< calls at their ends
    std::size_t allowed = 0;   ///< operations
    std::size_t refused = 0;
    const trace::Recorder& trace() const { return net_.trace(); }

private:
    using Net = sim::Network<Speaker>;

    sim::Link link() {
        sim::Link link{.latency = 10ms, .jitter = 30ms, .pieces = 200};
        if (dice_.chance(0.2)) return link;
        link.loss = 0.1 * static_cast<double>(dice_.below(6));
        link.duplication = 0.2 * static_cast<double>(dice_.below(2));
        link.reordering = 0.2 * static_cast<double>(dice_.below(2));
        link.hold = 700ms;
        if (dice_.chance(0.2)) link.jitter = dice_.chance(0.5) ? Duration(2s) : Duration(32s);
        corrupts_ = dice_.chance(0.3);
        if (corrupts_) link.corruption = 0.01;
        return link;
    }
    EndpointConfig config(const Address& address) {
        EndpointConfig config;
        config.listeners = {{Transport::udp, address, {}}, {Transport::tcp, address, {}}};
        config.identity = "<sip:agent@" + config.listeners[0].sent_by() + ">";
        config.methods = {"INFO", "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE", "OPTIONS"};
        if (dice_.chance(0.7)) config.events = {"presence", "refer"};
        config.extensions = {"join"};
        config.session_timers.unanswered = 40s;
        if (dice_.chance(0.2)) config.on_missing_ack = IncomingOptions::NoAck::keep;
        SessionFeatures& features = config.features;
        if (dice_.chance(0.2)) features.reliable = Reliability::off;
        if (dice_.chance(0.2)) features.reliable = Reliability::required;
        if (dice_.chance(0.5)) features.prack = SessionFeatures::Prack::by_application;
        if (dice_.chance(0.3)) features.on_glare = SessionFeatures::Glare::tell;
        if (dice_.chance(0.5)) features.on_redirect = SessionFeatures::Decision::ask;
        if (dice_.chance(0.5)) features.on_challenge = SessionFeatures::Decision::ask;
        features.events = "presence";
        if (dice_.chance(0.3)) {
            features.timer.use = SessionTimerPolicy::Use::always;
            features.timer.interval = 90s;
        }
        if (dice_.chance(0.5)) config.accounts.set({"home", "agent", "secret"});
        return config;
    }
    static std::string host(std::size_t agent) { return "192.0.2." + std::to_string(agent + 1); }

    void fault(const std::string& what) { faults.insert(what); }
    void pass(Duration span) {
        if (!net_.run_for(span, [this](Net&, std::size_t agent) { collect(agent); }))
            fault("time does not get on");
    }
    // Connections break, and paths too for a while.
    void meddle() {
        const std::size_t a = dice_.below(net_.size());
        const std::size_t b = dice_.below(net_.size());
        if (a == b) return;
        if (dice_.chance(0.02)) net_.close_connections(a, b);
        if (dice_.chance(0.02)) net_.cut(a, b);
        if (dice_.chance(0.2)) net_.cut(a, b, false);
    }
    void finish() {
        ending_ = true;
        for (std::size_t a = 0; a < net_.size(); ++a)
            for (std::size_t b = 0; b < a; ++b)
                net_.cut(a, b, false);
        for (std::size_t agent = 0; agent < net_.size(); ++agent) {
            for (const auto& [id, call] : told_[agent].calls)
                hang_up(agent, SessionId::from_integer(id));
            for (const auto& [id, ends] : told_[agent].subscriptions)
                end_subscription(agent, SubscriptionId::from_integer(id));
        }
        const auto after = [this](Net&, std::size_t agent) { collect(agent); };
        if (!net_.run_until_idle(3h, after)) fault("there is no end");
        for (std::size_t agent = 0; agent < net_.size(); ++agent)
            look_at_end(net_[agent], told_[agent]);
    }
    void look_at_end(const Speaker& speaker, const Said& told) {
        if (speaker.counts() != Endpoint::Counts{}) fault("something is left behind");
        if (!speaker.problem.empty()) fault(speaker.problem);
        for (const auto& [id, call] : told.calls) {
            if (call.ends != 1) fault("not one Terminated");
            for (const auto& [usage, ends] : call.usages)
                if (ends != 1) fault("not one UsageEnded");
        }
        for (const auto& [id, ends] : told.subscriptions)
            if (ends != 1) fault("not one SubscriptionEnded");
        for (const auto& [id, outcomes] : told.requests)
            if (outcomes != 1) fault("not one outcome of a request");
        if (corrupts_) return;
        for (const Message& success : told.successes)
            if (!speaker.acknowledged(success)) fault("a 2xx without its ACK");
    }

    SessionId any_call(std::size_t agent) {
        auto each = told_[agent].calls.begin();
        std::advance(each, static_cast<std::ptrdiff_t>(dice_.below(told_[agent].calls.size())));
        return SessionId::from_integer(each->first);
    }
    std::string target(std::size_t not_me) {
        std::size_t peer = dice_.below(net_.size());
        if (peer == not_me) peer = (peer + 1) % net_.size();
        std::string uri = "sip:" + (dice_.chance(0.05) ? std::string("host.example") : host(peer));
        if (dice_.chance(0.2)) uri += ";transport=tcp";
        return uri;
    }

    void place(std::size_t agent) {
        InviteOptions options;
        options.target = target(agent);
        if (dice_.chance(0.7)) options.offer = sdp_;
        if (dice_.chance(0.1)) options.fields = {{"Expires", "5"}};
        told_[agent].calls.try_emplace(net_[agent].invite(net_.now(), options).to_integer());
    }

    void collect(std::size_t agent) {
        while (auto event = net_[agent].poll_event())
            std::visit([&](const auto& told) { hear(agent, told); }, *event);
    }
    template <class E>
    void hear(std::size_t agent, const E& told) {
        // A subscription outlives its call, and so may a challenge of what it sends.
        constexpr bool of_usage = std::is_same_v<E, event::Challenged> || requires {
            told.usage;
        };
        if constexpr (requires { told.session; }) {
            Said::Call& call = told_[agent].calls[told.session.to_integer()];
            if (call.ends != 0 && !of_usage) fault("an event after Terminated");
            note(agent, call, told);
            if (ending_)
                hang_up(agent, told.session);
            else if (dice_.chance(0.5)) // in the middle of what the event tells of
                operate(agent, told.session);
        } else if constexpr (requires { told.subscription; }) {
            int& ends = told_[agent].subscriptions[told.subscription.to_integer()];
            if (ends != 0) fault("an event after SubscriptionEnded");
            if constexpr (std::is_same_v<E, event::SubscriptionEnded>) ++ends;
            if (ending_)
                end_subscription(agent, told.subscription);
            else
                operate(agent, told.subscription);
        } else {
            hear_other(agent, told);
        }
    }
    template <class E>
    void note(std::size_t agent, Said::Call& call, const E& told) {
        Said& all = told_[agent];
        if constexpr (requires { told.usage; }) {
            int& ends = call.usages[told.usage];
            if (ends != 0) fault("an event after UsageEnded");
            if constexpr (std::is_same_v<E, event::UsageEnded>) ++ends;
        }
        if constexpr (std::is_same_v<E, event::Terminated>) ++call.ends;
        if constexpr (std::is_same_v<E, event::Confirmed>) ++confirmed;
        if constexpr (std::is_same_v<E, event::Answered> || std::is_same_v<E, event::Modified>)
            if (value(told.message, Header::cseq).ends_with(" INVITE"))
                all.successes.push_back(told.message);
        if constexpr (
            std::is_same_v<
                E,
                event::
                    Requested> || std::is_same_v<E, event::Referred> || std::is_same_v<E, event::Subscribed>)
            all.asked.emplace_back(told.session, told.transaction);
        if constexpr (std::is_same_v<E, event::Challenged>)
            all.challenged.emplace_back(told.session, told.request);
        if constexpr (std::is_same_v<E, event::Responded>)
            if (told.status >= 200 && ++call.requests[told.request] > 1)
                fault("two outcomes of a request in a call");
    }
    template <class E>
    void hear_other(std::size_t agent, const E& told) {
        Said& all = told_[agent];
        if constexpr (std::is_same_v<E, event::Request>) all.open.push_back(told);
        if constexpr (std::is_same_v<E, event::Response>)
            if (told.status >= 200) ++all.requests[told.request.to_integer()];
        if constexpr (std::is_same_v<E, event::RequestFailed>)
            ++all.requests[told.request.to_integer()];
        if constexpr (std::is_same_v<E, event::Resolve>)
            if (dice_.chance(0.8)) {
                std::vector<Address> addresses;
                for (std::uint64_t n = dice_.below(3); n > 0; --n)
                    addresses.push_back(at(host(dice_.below(net_.size() + 1))));
                net_[agent].resolved(net_.now(), told.id, addresses);
            }
    }

    void hang_up(std::size_t agent, SessionId id) {
        auto session = net_[agent].session(id);
        session.hang_up(net_.now(), {}, 300 + static_cast<int>(dice_.below(400)));
        for (const auto& [usage, ends] : told_[agent].calls[id.to_integer()].usages) {
            if (ends != 0) continue;
            (void)session.try_unsubscribe(net_.now(), usage);
            (void)session.try_end_subscription(net_.now(), usage, TerminationReason::noresource);
        }
    }
    void end_subscription(std::size_t agent, SubscriptionId id) {
        auto subscription = net_[agent].subscription(id);
        (void)subscription.try_reject(net_.now(), 403);
        (void)subscription.try_unsubscribe(net_.now());
        (void)subscription.try_terminate(net_.now(), TerminationReason::noresource);
    }

    // What is refused throws, and changes nothing.
    template <class Ref, class F>
    bool attempt(std::size_t agent, const Ref& ref, F&& act) {
        const Endpoint& endpoint = net_[agent];
        const auto deadline = endpoint.poll_timeout();
        const auto counts = endpoint.counts();
        const auto state = state_of(ref);
        try {
            act();
            ++allowed;
        } catch (const Error&) {
            ++refused;
            if (state_of(ref) != state || endpoint.poll_timeout() != deadline
                || endpoint.counts() != counts)
                fault("a refused operation has changed something");
            return false;
        }
        return true;
    }
    static auto state_of(const SessionRef<Endpoint>& session) {
        const auto* const dialog = session.dialog();
        return std::pair(session.state(),
                         dialog ? dialog->state().local_sequence_number : std::nullopt);
    }
    static auto state_of(const SubscriptionRef<Endpoint>& subscription) {
        return subscription.phase();
    }

    void operate(std::size_t agent, SubscriptionId id) {
        auto subscription = net_[agent].subscription(id);
        const TimePoint now = net_.now();
        attempt(agent, subscription, [&] {
            switch (dice_.below(10)) {
            case 0: subscription.refresh(now); break;
            case 1: subscription.unsubscribe(now); break;
            case 2:
            case 3: subscription.accept(now, {.body = {"text/plain", "here"}}); break;
            case 4: subscription.reject(now, 403); break;
            case 5:
            case 6: subscription.notify(now, {.body = {"text/plain", "there"}}); break;
            case 7: subscription.terminate(now, TerminationReason::rejected); break;
            default: break;
            }
        });
    }
    void operate(std::size_t agent, SessionId id) {
        auto session = net_[agent].session(id);
        for (int i = 0; i < 5; ++i)
            if (attempt(agent, session, [&] { operate(agent, session); })) return;
    }
    void operate(std::size_t agent, SessionRef<Endpoint> session) {
        Endpoint& endpoint = net_[agent];
        Said& told = told_[agent];
        Said::Call& call = told.calls[session.id().to_integer()];
        const TimePoint now = net_.now();
        const MessageOptions sdp{.body = sdp_};
        switch (dice_.below(50)) {
        case 0: return session.progress(now, 101 + static_cast<int>(dice_.below(99)));
        case 1: return session.progress(now, 183, sdp);
        case 2:
        case 3:
        case 4:
        case 5:
        case 44:
        case 45:
        case 46:
        case 47: return session.accept(now, sdp);
        case 6: return session.reject(now, 400 + static_cast<int>(dice_.below(300)));
        case 7: return session.redirect(now, {"<" + target(agent) + ">"});
        case 8:
        case 9: return session.ack(now, sdp);
        case 10: return session.cancel(now);
        case 11: return dice_.chance(0.2) ? session.bye(now) : void();
        case 12:
        case 13: return session.progress(now, 183, {.body = sdp_, .delivery = Delivery::reliable});
        case 14: return session.progress(now, 180, {.delivery = Delivery::reliable});
        case 15: return session.prack(now);
        case 16: return session.prack(now, sdp);
        case 17:
        case 18: return session.reinvite(now, sdp);
        case 19: return session.reinvite(now, {});
        case 20:
        case 21: return session.update(now, sdp);
        case 22: return session.update(now);
        case 23:
        case 24: return session.answer(now, sdp);
        case 25: return session.decline(now, 488);
        case 26: return void(call.requests.try_emplace(session.request(now, "INFO")));
        case 27: return void(call.requests.try_emplace(session.request(now, "OPTIONS")));
        case 28:
        case 29:
            if (!told.asked.empty())
                session.respond(now, told.asked.back().second,
                                dice_.chance(0.8) ? 200 : 100 + static_cast<int>(dice_.below(600)));
            return;
        case 30:
            return session.reject(
                now, 401,
                {.fields = {
                     {"WWW-Authenticate", "Digest realm=\"home\", nonce=\"1\", qop=\"auth\""}}});
        case 31:
            if (!told.challenged.empty())
                endpoint.session(told.challenged.back().first)
                    .authenticate_as(now, told.challenged.back().second,
                                     {"home", "agent", "secret"});
            return;
        case 32: return session.follow(now, target(agent));
        case 33: return void(call.usages.try_emplace(session.refer(now, target(agent))));
        case 34:
            return void(call.usages.try_emplace(
                session.subscribe(now, "presence", std::chrono::seconds(dice_.below(200)))));
        case 35: return session.unsubscribe(now, some_usage());
        case 36: return session.notify(now, some_usage(), {.body = {"text/plain", "x"}});
        case 37: return session.notify(now, some_usage(), 100 + 100 * int(dice_.below(6)));
        case 38: return session.end_subscription(now, some_usage(), TerminationReason::rejected);
        case 39: return session.move(now, "<sip:moved@" + host(agent) + ">", {.body = sdp_});
        case 40: {
            InviteOptions options;
            if (dice_.chance(0.5)) options.target = target(agent);
            options.offer = sdp_;
            const SessionId id = endpoint.replace(now, session.id(), std::move(options));
            told.calls.try_emplace(id.to_integer());
            return;
        }
        case 41: return ask(agent, now);
        case 42:
            if (!told.open.empty())
                endpoint.respond(now, told.open.back(), 100 + static_cast<int>(dice_.below(600)));
            return;
        case 43: {
            SubscribeOptions options;
            options.target = target(agent);
            if (dice_.chance(0.3))
                options.refer_to = target(agent);
            else
                options.event = "presence";
            told.subscriptions.try_emplace(endpoint.subscribe(now, options).to_integer());
            return;
        }
        default:
            if (dice_.chance(0.2)) hang_up(agent, session.id());
        }
    }
    UsageId some_usage() { return static_cast<UsageId>(1 + dice_.below(3)); }
    void ask(std::size_t agent, TimePoint now) {
        const char* const methods[] = {"OPTIONS", "MESSAGE", "REGISTER"};
        const RequestOptions options{.method = methods[dice_.below(3)], .target = target(agent)};
        told_[agent].requests.try_emplace(net_[agent].request(now, options).to_integer());
    }

    sim::Dice dice_;
    bool corrupts_ = false;
    Net net_;
    std::vector<Said> told_;
    bool ending_ = false;
    const Body sdp_ = Body::sdp("v=0\r\nm=audio 1 RTP/AVP 0\r\n");
};

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define OFFHOOK_UNDER_SANITIZER
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define OFFHOOK_UNDER_SANITIZER
#endif
#ifdef OFFHOOK_UNDER_SANITIZER
constexpr std::uint64_t usual_calls = 20'000;
#else
constexpr std::uint64_t usual_calls = 100'000;
#endif

/// How many worlds did not go as they should.
std::uint64_t failures(std::uint64_t seed, std::uint64_t calls) {
    const bool again = std::getenv("OFFHOOK_RANDOM_SEED") != nullptr;
    if (again) seed = sim::number_from("OFFHOOK_RANDOM_SEED", 1);
    std::cout << calls << " calls from seed " << seed << std::endl;
    std::uint64_t failed = 0;
    std::size_t confirmed = 0, allowed = 0, refused = 0;
    for (std::uint64_t n = 0; n < calls && failed < 10; n += RandomWorld::calls, ++seed) {
        RandomWorld world(seed, again);
        world.run();
        confirmed += world.confirmed;
        allowed += world.allowed;
        refused += world.refused;
        if (again) std::cout << trace::ladder(world.trace());
        failed += !world.faults.empty();
        INFO("OFFHOOK_RANDOM_SEED=" << seed << " repeats it");
        if (!world.faults.empty()) CHECK(world.faults == std::set<std::string>{});
        if (again) break;
    }
    std::cout << confirmed << " ends of calls confirmed, " << allowed << " operations, " << refused
              << " refused" << std::endl;
    CHECK(confirmed > 0);
    return failed;
}

} // namespace

TEST_CASE("random calls of many kinds all end, and each once",
          "[random][rfc3261][12.2.1.1][13.2.2.4][15]") {
    CHECK(failures(1, sim::number_from("OFFHOOK_RANDOM_CALLS", usual_calls) / 2) == 0);
}

TEST_CASE("random calls that nobody has seen before all end, and each once", "[random]") {
    const std::uint64_t calls = sim::number_from("OFFHOOK_RANDOM_CALLS", usual_calls) / 2;
    CHECK(failures(std::random_device()(), calls) == 0);
}

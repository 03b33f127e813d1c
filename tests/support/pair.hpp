#ifndef OFFHOOK_TESTS_SUPPORT_PAIR_HPP
#define OFFHOOK_TESTS_SUPPORT_PAIR_HPP

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent.hpp"

namespace test {

/// Two sessions that talk to each other in virtual time, without transactions: each message waits
/// on the way until the test delivers, loses or duplicates it by its name.
template <class M>
class Pair {
public:
    explicit Pair(InviteOptions options = alice_calls_bob(), IncomingOptions at = at_bob())
        : caller(std::move(options)), at_(std::move(at)) {
        on_the_way_.push_back({Side::callee, caller.last("INVITE")});
        log_.push_back("0.000 > INVITE");
        seen_by_caller_ = caller.sent().size();
    }

    Caller<M> caller;
    std::optional<Agent<M>> callee_agent; ///< from the delivery of the INVITE on

    Agent<M>& callee() { return *callee_agent; }
    TimePoint now() const { return caller.now; }

    Pair& deliver(std::string_view name) {
        const Way way = take(name);
        arrive(way);
        return *this;
    }
    Pair& lose(std::string_view name) {
        take(name);
        return *this;
    }
    /// Delivers it twice.
    Pair& duplicate(std::string_view name) {
        const Way way = take(name);
        arrive(way);
        arrive(way);
        return *this;
    }
    /// Delivers all that is on the way, and what that causes, until nothing is left.
    Pair& deliver_all() {
        for (collect(); !on_the_way_.empty(); collect()) {
            const Way way = std::move(on_the_way_.front());
            on_the_way_.erase(on_the_way_.begin());
            arrive(way);
        }
        return *this;
    }
    /// Time passes for both; what they send by themselves then waits on the way.
    Pair& run_for(Duration span) {
        const TimePoint end = now() + span;
        for (;;) {
            collect();
            std::optional<TimePoint> next = caller.session.poll_timeout();
            if (callee_agent) {
                const auto other = callee_agent->session.poll_timeout();
                if (!next || (other && *other < *next)) next = other;
            }
            if (!next || *next > end) break;
            set_now(std::max(now(), *next));
            caller.session.handle_timeout(now());
            if (callee_agent) callee_agent->session.handle_timeout(now());
        }
        set_now(end);
        return *this;
    }

    /// What is on the way: "> BYE" to the callee, "< 200 INVITE" to the caller.
    Lines on_the_way() {
        collect();
        Lines names;
        for (const Way& way : on_the_way_)
            names.push_back(arrow(way.to) + name_of_message(way.out.message));
        return names;
    }
    /// Everything that was sent, with its times, as a ladder from top to bottom.
    Lines ladder() {
        collect();
        return log_;
    }

private:
    enum class Side { caller, callee };
    struct Way {
        Side to;
        Outgoing<M> out;
    };

    static std::string arrow(Side to) { return to == Side::callee ? "> " : "< "; }

    void set_now(TimePoint time) {
        caller.now = time;
        if (callee_agent) callee_agent->now = time;
    }

    void collect() {
        collect_from(caller, seen_by_caller_, Side::callee);
        if (callee_agent) collect_from(*callee_agent, seen_by_callee_, Side::caller);
    }
    void collect_from(Agent<M>& from, std::size_t& seen, Side to) {
        const auto& sent = from.sent();
        for (; seen < sent.size(); ++seen) {
            if (sent[seen].as == SendAs::abandon) continue;
            char time[32];
            std::snprintf(time, sizeof time, "%.3f ",
                          std::chrono::duration<double>(now().time_since_epoch()).count());
            log_.push_back(time + arrow(to) + name_of_message(sent[seen].message));
            on_the_way_.push_back({to, sent[seen]});
        }
    }

    Way take(std::string_view name) {
        collect();
        const auto at = std::find_if(on_the_way_.begin(), on_the_way_.end(), [&](const Way& way) {
            return name_of_message(way.out.message) == name;
        });
        if (at == on_the_way_.end())
            throw std::out_of_range(std::string(name) + " is not on the way");
        Way way = std::move(*at);
        on_the_way_.erase(at);
        return way;
    }

    void arrive(const Way& way) {
        if (way.to == Side::caller) {
            caller.receive(way.out.message, ++transaction_);
        } else if (callee_agent) {
            callee_agent->receive(way.out.message, ++transaction_);
        } else {
            Random random = seeded(9);
            auto session =
                Session<M>::incoming(now(), way.out.message, ++transaction_, at_, random);
            callee_agent.emplace(std::move(*session), now());
        }
    }

    IncomingOptions at_;
    std::vector<Way> on_the_way_;
    Lines log_;
    std::size_t seen_by_caller_ = 0;
    std::size_t seen_by_callee_ = 0;
    TransactionId transaction_ = 100;
};

} // namespace test

#endif

#ifndef OFFHOOK_TESTS_SUPPORT_EXPLORE_HPP
#define OFFHOOK_TESTS_SUPPORT_EXPLORE_HPP

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace offhook::test {

/// What a search goes through: a value that says what may happen next in it.
template <class W>
concept Explorable = std::copyable<W> && requires(W world, const W& seen,
                                                  const typename W::Step& step) {
    { seen.steps() } -> std::same_as<std::vector<typename W::Step>>; // none: it is over
    { step.faults } -> std::convertible_to<unsigned>;                // what it costs
    world.take(step);
    { seen.fingerprint() } -> std::same_as<std::uint64_t>;
    { seen.problem() } -> std::same_as<std::string>; // "" while every rule is kept
    { seen.describe(step) } -> std::same_as<std::string>;
};

/// What a search has found.
struct Explored {
    std::size_t states = 0; ///< different ones
    std::size_t steps = 0;  ///< from one to another
    std::size_t ends = 0;   ///< states in which nothing more can happen
    bool complete = true;   ///< false where `most_states` ended the search
    std::string problem = {};
    std::string transcript = {}; ///< the way to it, a step on each line
};

/// Goes through all that can become of a world with no more than that many faults, each state once,
/// and stops at the first problem. That a way comes back to where it was is a problem too: what
/// goes round never ends.
template <Explorable World>
class Explorer {
    using Step = typename World::Step;
    struct Frame {
        World world;
        std::vector<Step> steps;
        unsigned faults; ///< left
        std::uint64_t fingerprint;
        std::size_t next = 0;
    };

public:
    Explorer(World start, unsigned faults, std::size_t most_states)
        : start_(std::move(start)), faults_(faults), most_states_(most_states) {}

    Explored run() {
        enter(start_, faults_);
        while (!path_.empty() && found_.problem.empty()) {
            Frame& top = path_.back();
            if (top.next == top.steps.size()) {
                on_path_.erase(top.fingerprint);
                path_.pop_back();
                continue;
            }
            const Step step = top.steps[top.next++];
            if (step.faults > top.faults) continue;
            if (visited_.size() >= most_states_) {
                found_.complete = false;
                break;
            }
            World next = top.world;
            next.take(step);
            ++found_.steps;
            enter(std::move(next), top.faults - step.faults);
        }
        found_.states = visited_.size();
        return found_;
    }

private:
    void enter(World world, unsigned faults) {
        found_.problem = world.problem();
        const std::uint64_t fingerprint = world.fingerprint();
        if (found_.problem.empty() && on_path_.count(fingerprint) != 0)
            found_.problem = "this has been before: it never ends";
        if (!found_.problem.empty()) {
            found_.transcript = transcript();
            return;
        }
        // With more faults to come more can become of it.
        const auto [place, first] = visited_.try_emplace(fingerprint, faults);
        if (!first && place->second >= faults) return;
        place->second = faults;
        std::vector<Step> steps = world.steps();
        if (steps.empty()) found_.ends += first;
        on_path_.insert(fingerprint);
        path_.push_back({std::move(world), std::move(steps), faults, fingerprint});
    }

    std::string transcript() const {
        std::string text;
        World world = start_;
        for (const Frame& frame : path_) {
            const Step& step = frame.steps[frame.next - 1];
            text += world.describe(step) + "\n";
            world.take(step);
        }
        return text;
    }

    World start_;
    unsigned faults_;
    std::size_t most_states_;
    std::vector<Frame> path_;
    std::unordered_set<std::uint64_t> on_path_;
    std::unordered_map<std::uint64_t, unsigned> visited_; ///< with how many faults left
    Explored found_;
};

/// The search with no fault first, then with one more each time: so the first problem needs the
/// fewest.
template <Explorable World>
Explored explore(const World& start, unsigned faults, std::size_t most_states) {
    Explored found;
    for (unsigned n = 0; n <= faults && found.problem.empty() && found.complete; ++n)
        found = Explorer<World>(start, n, most_states).run();
    return found;
}

} // namespace offhook::test

#endif

#ifndef OFFHOOK_TRACE_LIVE_LADDER_HPP
#define OFFHOOK_TRACE_LIVE_LADDER_HPP

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/trace/diagram.hpp"
#include "offhook/trace/ladder.hpp"
#include "offhook/trace/ladder_rows.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// A ladder that grows while the call runs. Its columns share the width evenly, since nobody knows
/// yet what is to come; who appears later gets a column too, under a new heading.
///
///     while (…) { …; std::cerr << ladder.more(recorder); }
class LiveLadder {
public:
    /// A ladder that has drawn nothing yet.
    explicit LiveLadder(const LadderOptions& options = {})
        : width_(options.width), colours_(options.colours), diagram_(options.call_id) {}

    /// The lines for what was recorded since the last time, always of the same recorder; often "".
    std::string more(const Recorder& recorder) {
        diagram_.read(recorder);
        std::string out;
        const std::size_t count = diagram_.participants().size();
        if (count != placed_) {
            if (placed_ != 0) out += rows_.lifelines("│") + "\n";
            place();
            placed_ = count;
            out += rows_.heading(diagram_);
        }
        for (; shown_ < diagram_.steps().size(); ++shown_)
            out += rows_.step(diagram_, shown_);
        if (recorder.dropped() != 0 && !std::exchange(full_, true))
            out += "… what comes from here on is not recorded\n";
        return out;
    }

private:
    static constexpr std::size_t widest_gap = 46;

    void place() {
        const auto& participants = diagram_.participants();
        const std::size_t count = participants.size();
        const std::size_t left =
            LadderRows::time_width + greater<std::size_t>(LadderRows::half(participants[0]), 2);
        const std::size_t right = LadderRows::half(participants.back()) + 1;
        const std::size_t gaps = greater<std::size_t>(count - 1, 1);
        const std::size_t room = width_ > left + right ? width_ - left - right : 0;
        const std::size_t gap = greater(lesser(room / gaps, widest_gap), LadderRows::least_gap);
        std::vector<std::size_t> columns{left};
        while (columns.size() < count)
            columns.push_back(columns.back() + gap);
        const std::size_t total = columns.back() + right;
        rows_ =
            LadderRows(std::move(columns), count == 1 ? greater(total, width_) : total, colours_);
    }

    std::size_t width_;
    Colours colours_;
    Diagram diagram_;
    LadderRows rows_;
    std::size_t placed_ = 0; // participants that have a column
    std::size_t shown_ = 0;
    bool full_ = false;
};

} // namespace offhook::trace

#endif

#ifndef OFFHOOK_TRACE_LADDER_HPP
#define OFFHOOK_TRACE_LADDER_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/trace/cells.hpp"
#include "offhook/trace/diagram.hpp"
#include "offhook/trace/ladder_rows.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// How ladder() draws.
struct LadderOptions {
    std::size_t width = 80;         ///< of the terminal, in characters; many participants need more
    std::string_view call_id = {};  ///< only the messages of this call; "": all
    Colours colours = Colours::off; ///< for the kinds of messages
};

/// Draws what was recorded as a sequence diagram for a terminal (UTF-8). See ladder().
class Ladder {
public:
    /// Of what is recorded by now; the recorder is not needed again.
    Ladder(const Recorder& recorder, const LadderOptions& options)
        : options_(options), diagram_(options.call_id), dropped_(recorder.dropped()) {
        diagram_.read(recorder);
        if (!diagram_.steps().empty()) place();
    }

    /// The lines, each with its end; "" where nothing was recorded.
    std::string text() const {
        if (diagram_.steps().empty()) return {};
        std::string out = rows_.heading(diagram_);
        for (std::size_t i = 0; i < diagram_.steps().size(); ++i)
            out += rows_.step(diagram_, i);
        out += rows_.lifelines("│");
        if (dropped_ != 0) out += "… and " + std::to_string(dropped_) + " more\n";
        return out;
    }

private:
    static constexpr std::size_t widest_note = 40;

    // Each gap is as wide as its headings, messages and notes ask for, as long as there is room.
    void place() {
        const auto& participants = diagram_.participants();
        const std::size_t count = participants.size();
        std::vector<std::size_t> gaps(count - 1, LadderRows::least_gap);
        for (std::size_t i = 0; i + 1 < count; ++i)
            gaps[i] = greater(gaps[i], LadderRows::half(participants[i])
                                           + LadderRows::half(participants[i + 1]) + 2);
        for (const Diagram::Step& step : diagram_.steps())
            if (count > 1) widen(gaps, step);

        const std::size_t left =
            LadderRows::time_width + greater<std::size_t>(LadderRows::half(participants[0]), 2);
        std::size_t total = left + LadderRows::half(participants.back()) + 1;
        for (const std::size_t gap : gaps)
            total += gap;
        while (total > options_.width) {
            std::size_t* widest = nullptr;
            for (std::size_t& gap : gaps)
                if (gap > LadderRows::least_gap && (!widest || gap > *widest)) widest = &gap;
            if (!widest) break;
            --*widest;
            --total;
        }
        std::vector<std::size_t> columns{left};
        for (const std::size_t gap : gaps)
            columns.push_back(columns.back() + gap);
        rows_ = LadderRows(std::move(columns), count == 1 ? greater(total, options_.width) : total,
                           options_.colours);
    }

    void widen(std::vector<std::size_t>& gaps, const Diagram::Step& step) const {
        std::size_t first = lesser(step.from, step.to);
        std::size_t last = greater(step.from, step.to);
        std::size_t wanted = Cells(step.label()).size();
        if (first == last) {
            first = LadderRows::note_gap(first, gaps.size() + 1);
            last = first + 1;
            wanted = lesser(wanted, widest_note) + 4;
        } else {
            wanted += LadderRows::around_label + (step.repeated ? LadderRows::again.size() : 0);
        }
        std::size_t span = 0;
        for (std::size_t i = first; i < last; ++i)
            span += gaps[i];
        if (span < wanted) gaps[last - 1] += wanted - span;
    }

    LadderOptions options_;
    Diagram diagram_;
    std::size_t dropped_;
    LadderRows rows_;
};

/// What was recorded, as a sequence diagram for a terminal: a lifeline for each participant, a row
/// for each message and each note, with the seconds since the first. Dashed: the same bytes again.
/// Ending in ╳: known to be lost. A line of dots: nothing happened for a second or more.
///
///                  alice                       bob
///             127.0.0.1:5060             127.0.0.1:5070
///                    │                          │
///        0.000       │──── INVITE · 1 · sdp ───▶│
///        0.500       │╌ INVITE · 1 · sdp (again) ╌▶│
inline std::string ladder(const Recorder& recorder, const LadderOptions& options = {}) {
    return Ladder(recorder, options).text();
}

} // namespace offhook::trace

#endif

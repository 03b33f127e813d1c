#ifndef OFFHOOK_TRACE_LADDER_ROWS_HPP
#define OFFHOOK_TRACE_LADDER_ROWS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/trace/cells.hpp"
#include "offhook/trace/diagram.hpp"

namespace offhook::trace {

/// Colours are escape sequences that only a terminal understands. Who calls knows where the text
/// goes; nothing here asks.
enum class Colours : std::uint8_t { off, on };

/// The lines of a text ladder, once it is settled where its lifelines stand.
class LadderRows {
public:
    static constexpr std::size_t time_width = 9;          ///< of the clock, on the left
    static constexpr std::size_t least_gap = 12;          ///< between two lifelines
    static constexpr std::size_t around_label = 9;        ///< "─── " and " ──▶│"
    static constexpr std::string_view again = " (again)"; ///< of what was sent before

    /// Room that the heading of a participant takes on each side of its lifeline.
    static std::size_t half(const Diagram::Participant& participant) {
        return (greater(Cells(participant.title).size(), participant.subtitle().size()) + 1) / 2;
    }
    /// On which side of its lifeline a note stands: the gap to the right, but for the last one.
    static std::size_t note_gap(std::size_t at, std::size_t participants) {
        return at + 1 < participants ? at : at - 1;
    }

    LadderRows() = default;
    /// `columns` are those of the lifelines.
    LadderRows(std::vector<std::size_t> columns, std::size_t width, Colours colours)
        : x_(std::move(columns)), width_(width), colours_(colours) {}

    /// The names and addresses, and the beginning of the lifelines.
    std::string heading(const Diagram& diagram) const {
        Cells titles(width_, " ");
        Cells subtitles(width_, " ");
        for (std::size_t i = 0; i < x_.size(); ++i) {
            std::size_t room = lesser(width_, 2 * x_[i]);
            if (i > 0) room = lesser(room, x_[i] - x_[i - 1] - 1);
            if (i + 1 < x_.size()) room = lesser(room, x_[i + 1] - x_[i] - 1);
            const auto centred = [&](Cells& row, const std::string& text, std::string_view colour) {
                const Cells cells = Cells(text).elided(room);
                const std::size_t at = x_[i] - cells.size() / 2;
                row.put(at, cells);
                paint(row, at, at + cells.size(), colour);
            };
            centred(titles, diagram.participants()[i].title, "1");
            centred(subtitles, diagram.participants()[i].subtitle(), faint);
        }
        std::string out = titles.text() + "\n";
        if (has_subtitle(diagram)) out += subtitles.text() + "\n";
        return out + lifelines("│");
    }

    /// A line with nothing but the lifelines.
    std::string lifelines(std::string_view line) const { return ruled(line).text() + "\n"; }

    /// The lines of one step, by its number in Diagram::steps().
    std::string step(const Diagram& diagram, std::size_t number) const {
        const Diagram::Step& step = diagram.steps()[number];
        std::string out = diagram.pause_before(number) ? lifelines("┊") : "";
        std::string clock = diagram.clock(step);
        if (clock.size() < time_width - 1) clock.insert(0, time_width - 1 - clock.size(), ' ');
        return out + (step.from == step.to ? note(step, clock) : message(step, clock));
    }

private:
    static constexpr std::string_view faint = "2";

    static std::string_view colour_of(const Diagram::Step& step) {
        if (step.lost) return "31";
        switch (step.sort) {
        case Diagram::Sort::request: return "1;36";
        case Diagram::Sort::provisional: return "36";
        case Diagram::Sort::success: return "32";
        case Diagram::Sort::failure: return "33";
        case Diagram::Sort::note: return "35";
        case Diagram::Sort::other: return faint;
        }
        return faint;
    }

    static bool has_subtitle(const Diagram& diagram) {
        for (const Diagram::Participant& each : diagram.participants())
            if (each.named) return true;
        return false;
    }

    void paint(Cells& row, std::size_t begin, std::size_t end, std::string_view colour) const {
        if (colours_ == Colours::on) row.paint(begin, end, colour);
    }

    Cells ruled(std::string_view line) const {
        Cells row(width_, " ");
        for (const std::size_t x : x_)
            row[x] = line;
        return row;
    }

    std::string message(const Diagram::Step& step, const std::string& clock) const {
        Cells row = ruled("│");
        row.put(0, Cells(clock));
        const bool rightward = step.from < step.to;
        const std::size_t begin = x_[lesser(step.from, step.to)] + 1;
        const std::size_t end = x_[greater(step.from, step.to)];
        for (std::size_t x = begin; x < end; ++x) {
            const bool crosses = row[x] == "│";
            row[x] = crosses ? "┼" : step.repeated ? "╌" : "─";
        }
        row[rightward ? end - 1 : begin] = rightward ? "▶" : "◀";
        if (step.lost) row.put(rightward ? end - 3 : begin, Cells(rightward ? "╳  " : "  ╳"));
        const Cells label =
            Cells(" " + step.label() + (step.repeated ? std::string(again) : "") + " ")
                .elided(end - begin - 6);
        row.put(begin + (end - begin - label.size()) / 2, label);
        paint(row, begin, end, colour_of(step));
        paint(row, 0, clock.size(), faint);
        return row.text() + "\n";
    }

    // A remark, or what one sends to itself.
    std::string note(const Diagram::Step& step, const std::string& clock) const {
        const std::size_t x = x_[step.from];
        std::size_t begin = x + 2;
        std::size_t end = width_;
        if (x_.size() > 1) {
            const std::size_t gap = note_gap(step.from, x_.size());
            begin = x_[gap] + 2;
            end = x_[gap + 1] - 1;
        }
        const bool is_note = step.sort == Diagram::Sort::note;
        const std::vector<Cells> lines =
            Cells(is_note ? step.title : "↺ " + step.label()).wrapped(end - begin);
        std::size_t block = 0;
        for (const Cells& line : lines)
            block = greater(block, line.size());
        std::string out;
        for (std::size_t i = 0; i < lines.size(); ++i) {
            Cells row = ruled("│");
            if (i == 0) row.put(0, Cells(clock));
            if (i == 0) row[x] = "●";
            const std::size_t at = x < begin ? begin : end - block;
            row.put(at, lines[i]);
            paint(row, at, at + lines[i].size(), colour_of(step));
            if (i == 0) paint(row, 0, clock.size(), faint);
            out += row.text() + "\n";
        }
        return out;
    }

    std::vector<std::size_t> x_;
    std::size_t width_ = 0;
    Colours colours_ = Colours::off;
};

} // namespace offhook::trace

#endif

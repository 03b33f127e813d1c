#ifndef OFFHOOK_TRACE_LADDER_HPP
#define OFFHOOK_TRACE_LADDER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "offhook/core/time.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/message.hpp"
#include "offhook/trace/cells.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

struct LadderOptions {
    std::size_t width = 80;        ///< of the terminal, in characters; many participants need more
    std::string_view call_id = {}; ///< only the messages of this call; "": all
};

/// Draws what was recorded as a sequence diagram for a terminal (UTF-8). See ladder().
class Ladder {
public:
    Ladder(const Recorder& recorder, const LadderOptions& options)
        : recorder_(recorder), options_(options) {
        collect();
        mark_repeated();
        place();
    }

    std::string text() const {
        if (steps_.empty()) return {};
        std::string out;
        write_titles(out);
        out += lifelines("│").text() + "\n";
        for (std::size_t i = 0; i < steps_.size(); ++i) {
            if (i > 0 && steps_[i].record->time - steps_[i - 1].record->time >= pause)
                out += lifelines("┊").text() + "\n";
            write(out, steps_[i]);
        }
        out += lifelines("│").text() + "\n";
        if (recorder_.dropped() != 0)
            out += "… and " + std::to_string(recorder_.dropped()) + " more\n";
        return out;
    }

private:
    struct Participant {
        std::string title;
        std::vector<Address> addresses;
        bool named = false;
        std::size_t x = 0; ///< of its lifeline

        std::string subtitle() const {
            if (!named) return {};
            const std::string more = " +" + std::to_string(addresses.size() - 1);
            return addresses.front().to_string() + (addresses.size() > 1 ? more : "");
        }
        std::size_t half() const {
            return ((std::max)(Cells(title).size(), subtitle().size()) + 1) / 2;
        }
    };
    struct Step {
        const Record* record;
        std::size_t from;
        std::size_t to;
        Cells label;
        bool repeated = false;
    };

    static constexpr Duration pause = std::chrono::seconds(1);
    static constexpr std::size_t time_width = 9;
    static constexpr std::size_t least_gap = 12;
    static constexpr std::size_t widest_note = 40;
    static constexpr std::size_t around_label = 9; // "─── " and " ──▶│"

    // What the message is, in a few words: "INVITE · 1 · sdp", "180 Ringing · 1 INVITE".
    static std::string describe(const Message& message) {
        std::string label = message.is_request() ? std::string(message.method())
                                                 : std::to_string(message.status()) + " "
                                                       + std::string(message.reason_phrase());
        if (const auto value = message.header(Header::cseq)) {
            if (const auto cseq = CSeq::parse(*value)) {
                label += " · " + std::to_string(cseq->number);
                if (!message.is_request()) label += " " + std::string(cseq->method);
            }
        }
        if (const auto type = message.header(Header::content_type);
            type && !message.body().empty()) {
            const std::string_view whole = type->substr(0, type->find_first_of("; \t"));
            label += " · " + std::string(whole.substr(whole.find('/') + 1));
        }
        return label;
    }

    void collect() {
        for (const Record& record : recorder_.records()) {
            std::string label = record.text;
            if (record.kind != Record::Kind::note) {
                const auto message = Message::parse(record.text);
                if (!options_.call_id.empty()
                    && (!message || message->header(Header::call_id) != options_.call_id)) {
                    continue;
                }
                const std::string_view first_line =
                    std::string_view(record.text).substr(0, record.text.find_first_of("\r\n"));
                label = message              ? describe(*message)
                        : first_line.empty() ? "keep-alive"
                                             : "unreadable: " + std::string(first_line);
            }
            const std::size_t from = participant(record.from);
            steps_.push_back({&record, from, participant(record.to), Cells(label)});
        }
    }

    std::size_t participant(const Address& address) {
        const std::string_view name = recorder_.name_of(address);
        const std::string title = name.empty() ? address.to_string() : std::string(name);
        std::size_t i = 0;
        while (i < participants_.size() && participants_[i].title != title)
            ++i;
        if (i == participants_.size()) participants_.push_back({title, {}, !name.empty()});
        auto& known = participants_[i].addresses;
        if (std::find(known.begin(), known.end(), address) == known.end()) known.push_back(address);
        return i;
    }

    // A retransmission is the same bytes on the same way again. RFC 3261 §17
    void mark_repeated() {
        std::vector<Step*> sorted;
        for (Step& step : steps_)
            if (step.record->kind != Record::Kind::note) sorted.push_back(&step);
        const auto key = [](const Step* step) {
            return std::tie(step->record->from, step->record->to, step->record->text);
        };
        std::stable_sort(sorted.begin(), sorted.end(),
                         [&](const Step* a, const Step* b) { return key(a) < key(b); });
        for (std::size_t i = 1; i < sorted.size(); ++i)
            if (key(sorted[i]) == key(sorted[i - 1])) sorted[i]->repeated = true;
    }

    // On which side of its lifeline a note stands: the gap to the right, but for the last one.
    std::size_t note_gap(std::size_t at) const {
        return at + 1 < participants_.size() ? at : at - 1;
    }

    void place() {
        if (steps_.empty()) return;
        const std::size_t count = participants_.size();
        std::vector<std::size_t> gaps(count - 1, least_gap);
        for (std::size_t i = 0; i + 1 < count; ++i)
            gaps[i] =
                (std::max)(gaps[i], participants_[i].half() + participants_[i + 1].half() + 2);
        for (const Step& step : steps_) {
            if (count == 1) break;
            const bool is_note = step.from == step.to;
            const auto [low, high] = std::minmax(step.from, step.to);
            const std::size_t first = is_note ? note_gap(low) : low;
            const std::size_t last = is_note ? first : high - 1;
            const std::size_t wanted =
                is_note ? (std::min)(step.label.size(), widest_note) + 4
                        : step.label.size() + around_label + (step.repeated ? again.size() : 0);
            std::size_t span = 0;
            for (std::size_t i = first; i <= last; ++i)
                span += gaps[i];
            if (span < wanted) gaps[last] += wanted - span;
        }
        const std::size_t left = time_width + std::max<std::size_t>(participants_[0].half(), 2);
        std::size_t total = left + participants_.back().half() + 1;
        for (const std::size_t gap : gaps)
            total += gap;
        while (total > options_.width) {
            const auto widest = std::max_element(gaps.begin(), gaps.end());
            if (widest == gaps.end() || *widest <= least_gap) break;
            --*widest;
            --total;
        }
        width_ = count == 1 ? (std::max)(total, options_.width) : total;
        participants_[0].x = left;
        for (std::size_t i = 1; i < count; ++i)
            participants_[i].x = participants_[i - 1].x + gaps[i - 1];
    }

    Cells lifelines(std::string_view line) const {
        Cells row(width_, " ");
        for (const Participant& each : participants_)
            row[each.x] = line;
        return row;
    }

    void write_titles(std::string& out) const {
        Cells titles(width_, " ");
        Cells subtitles(width_, " ");
        for (std::size_t i = 0; i < participants_.size(); ++i) {
            std::size_t room = width_;
            if (i > 0) room = (std::min)(room, participants_[i].x - participants_[i - 1].x - 1);
            if (i + 1 < participants_.size())
                room = (std::min)(room, participants_[i + 1].x - participants_[i].x - 1);
            const auto centred = [&](Cells& row, const std::string& text) {
                const Cells cells = Cells(text).elided(room);
                row.put(participants_[i].x - cells.size() / 2, cells);
            };
            centred(titles, participants_[i].title);
            centred(subtitles, participants_[i].subtitle());
        }
        out += titles.text() + "\n";
        if (!subtitles.text().empty()) out += subtitles.text() + "\n";
    }

    // Seconds since the first record, cut to milliseconds.
    Cells clock(const Step& step) const {
        const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(
            step.record->time - steps_.front().record->time);
        const auto count = static_cast<std::uint64_t>(std::max<std::int64_t>(since.count(), 0));
        const std::string rest = std::to_string(count % 1000);
        std::string text =
            std::to_string(count / 1000) + "." + std::string(3 - rest.size(), '0') + rest;
        text.insert(0, text.size() < time_width - 1 ? time_width - 1 - text.size() : 0, ' ');
        return Cells(text);
    }

    void write(std::string& out, const Step& step) const {
        if (step.from == step.to) return write_note(out, step);
        Cells row = lifelines("│");
        row.put(0, clock(step));
        const bool rightward = step.from < step.to;
        const auto [low, high] = std::minmax(step.from, step.to);
        const std::size_t begin = participants_[low].x + 1;
        const std::size_t end = participants_[high].x;
        for (std::size_t x = begin; x < end; ++x) {
            const bool crosses = row[x] == "│";
            row[x] = crosses ? "┼" : step.repeated ? "╌" : "─";
        }
        row[rightward ? end - 1 : begin] = rightward ? "▶" : "◀";
        if (step.record->kind == Record::Kind::lost) {
            row.put(rightward ? end - 3 : begin, Cells(rightward ? "╳  " : "  ╳"));
        }
        std::string text = " ";
        for (std::size_t i = 0; i < step.label.size(); ++i)
            text += step.label[i];
        const Cells label =
            Cells(text + (step.repeated ? std::string(again) : "") + " ").elided(end - begin - 6);
        row.put(begin + (end - begin - label.size()) / 2, label);
        out += row.text() + "\n";
    }

    void write_note(std::string& out, const Step& step) const {
        const std::size_t x = participants_[step.from].x;
        std::size_t begin = x + 2;
        std::size_t end = width_;
        if (participants_.size() > 1) {
            const std::size_t gap = note_gap(step.from);
            begin = participants_[gap].x + 2;
            end = participants_[gap + 1].x - 1;
        }
        const std::vector<Cells> lines = step.label.wrapped(end - begin);
        std::size_t block = 0;
        for (const Cells& line : lines)
            block = (std::max)(block, line.size());
        for (std::size_t i = 0; i < lines.size(); ++i) {
            Cells row = lifelines("│");
            if (i == 0) row.put(0, clock(step));
            if (i == 0) row[x] = "●";
            row.put(x < begin ? begin : end - block, lines[i]);
            out += row.text() + "\n";
        }
    }

    static constexpr std::string_view again = " (again)";

    const Recorder& recorder_;
    LadderOptions options_;
    std::vector<Participant> participants_;
    std::vector<Step> steps_;
    std::size_t width_ = 0;
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

#ifndef OFFHOOK_TRACE_PICTURE_HPP
#define OFFHOOK_TRACE_PICTURE_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/trace/diagram.hpp"
#include "offhook/trace/lettering.hpp"
#include "offhook/trace/markup.hpp"

namespace offhook::trace {

/// What svg() and html() draw.
struct PictureOptions {
    std::string_view title = {};   ///< above the picture
    std::string_view call_id = {}; ///< only the messages of this call; "": all
};

/// A sequence diagram as pieces of SVG, one below the other, for svg() and html(): each begins at
/// (0, 0), is as wide as the whole, and leaves the lifelines to who puts it somewhere.
class Picture {
public:
    /// A part as wide as the whole.
    struct Piece {
        int height = 0;      ///< in pixels
        std::string drawing; ///< elements of SVG
    };

    /// Of a diagram that outlives it. The lifelines move apart until that least width is filled.
    explicit Picture(const Diagram& diagram, int least_width = 0) : diagram_(diagram) {
        if (!diagram_.participants().empty()) place(least_width);
    }

    /// In pixels, the margins too.
    int width() const { return width_; }
    /// Where the lifelines stand.
    const std::vector<int>& lifelines() const { return x_; }

    /// The participants, each in a box.
    Piece heading() const {
        std::string out;
        for (std::size_t i = 0; i < x_.size(); ++i) {
            const Head head = head_of(i, widest_head);
            out += "<rect class=\"head\" x=\"" + number(x_[i] - head.width / 2)
                   + "\" y=\"0\" width=\"" + number(head.width) + "\" height=\""
                   + number(head_height) + "\" rx=\"10\"/>";
            out += text("name", x_[i], head.subtitle.empty() ? 29 : 22, escaped(head.title));
            if (!head.subtitle.empty()) out += text("address", x_[i], 38, escaped(head.subtitle));
        }
        return {head_height, out};
    }

    /// What shows that nothing happened for a while before a step; often nothing.
    Piece pause(std::size_t number_of_step) const {
        if (!diagram_.pause_before(number_of_step)) return {};
        static constexpr int height = 36;
        std::string out;
        for (const int x : x_) {
            out += line("gap", x, 3, x, height - 3);
            out += line("rest", x, 3, x, height - 3);
        }
        return {height, out};
    }

    /// A message or a note.
    Piece step(std::size_t number_of_step) const {
        const Diagram::Step& step = diagram_.steps()[number_of_step];
        Piece piece = step.sort == Diagram::Sort::note ? note(step)
                      : step.from == step.to           ? loop(step)
                                                       : arrow(step);
        const int baseline = (step.sort == Diagram::Sort::note ? note_middle : arrow_y) + 4;
        piece.drawing = "<g class=\"" + classes(step) + "\">"
                        + text("time", margin + time_width - 12, baseline, diagram_.clock(step))
                        + piece.drawing + "</g>";
        return piece;
    }

    /// The colours, light and dark, and the type; for what is inside an element of class "ladder".
    static std::string_view style() {
        return R"(.ladder text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;text-anchor:middle}
.ladder .title{font-size:19px;font-weight:600;text-anchor:start;fill:#1b2430}
.ladder .name{font-size:15px;font-weight:600;fill:#1b2430}
.ladder .address{font-size:12px;fill:#68758a}
.ladder .time{font-size:12px;text-anchor:end;fill:#8592a5;font-variant-numeric:tabular-nums}
.ladder .label{font-size:13.5px;font-weight:600;fill:currentColor}
.ladder .over{stroke:#fff;stroke-width:6px;stroke-linejoin:round;paint-order:stroke}
.ladder .detail{font-size:12px;font-weight:400;fill:#68758a}
.ladder .mark{font-size:12px;font-weight:600;fill:#c92f2c}
.ladder .twice .mark{fill:#68758a}
.ladder .lost .mark{fill:#c92f2c}
.ladder .said{font-size:12.5px;text-anchor:start;fill:#57491c}
.ladder .paper{fill:#fff}
.ladder .life{stroke:#d3dae3;stroke-width:1.5px}
.ladder .gap{stroke:#fff;stroke-width:3px}
.ladder .rest{stroke:#b4bfcc;stroke-width:1.5px;stroke-dasharray:1.5 5;stroke-linecap:round}
.ladder .head{fill:#f5f7fa;stroke:#d3dae3}
.ladder .box{fill:#fcf6e2;stroke:#eadfb6}
.ladder .dot{fill:#d0a92f}
.ladder .shaft{fill:none;stroke:currentColor;stroke-width:1.75px}
.ladder .tip{fill:currentColor}
.ladder .twice .shaft{stroke-dasharray:5 4}
.ladder .never{stroke:currentColor;stroke-width:1.5px;stroke-dasharray:1 6;stroke-linecap:round;opacity:.45}
.ladder .cross{fill:none;stroke:#c92f2c;stroke-width:2.5px;stroke-linecap:round}
.ladder .request{color:#2b5bc7}.ladder .provisional{color:#5d6b80}.ladder .success{color:#17794a}
.ladder .failure{color:#a85511}.ladder .other{color:#7a8698}
@media (prefers-color-scheme:dark){
.ladder .title,.ladder .name{fill:#e7ebf1}
.ladder .address,.ladder .detail,.ladder .twice .mark{fill:#94a1b3}
.ladder .time{fill:#7d8a9c}
.ladder .over,.ladder .gap{stroke:#11151b}
.ladder .paper{fill:#11151b}
.ladder .life{stroke:#323c49}.ladder .rest{stroke:#4b5868}
.ladder .head{fill:#1a212b;stroke:#323c49}
.ladder .box{fill:#272317;stroke:#4a4223}.ladder .said{fill:#e6d8a3}.ladder .dot{fill:#c9a84a}
.ladder .mark,.ladder .lost .mark{fill:#ff7a73}.ladder .cross{stroke:#ff7a73}
.ladder .request{color:#86a9ff}.ladder .provisional{color:#9aa8bb}.ladder .success{color:#5cc98d}
.ladder .failure{color:#eba553}.ladder .other{color:#8592a5}}
)";
    }

    /// As an attribute has it.
    static std::string number(int value) { return std::to_string(value); }
    /// From one point to another; `kind` is its class.
    static std::string line(std::string_view kind, int x1, int y1, int x2, int y2) {
        return "<line class=\"" + std::string(kind) + "\" x1=\"" + number(x1) + "\" y1=\""
               + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) + "\"/>";
    }
    /// `content` is markup.
    static std::string text(std::string_view kind, int x, int y, const std::string& content) {
        return "<text class=\"" + std::string(kind) + "\" x=\"" + number(x) + "\" y=\"" + number(y)
               + "\">" + content + "</text>";
    }

    static constexpr int margin = 28; ///< around the whole

private:
    struct Head {
        std::string title;
        std::string subtitle;
        int width;
    };

    static constexpr int time_width = 60;
    static constexpr int head_height = 52;
    static constexpr int widest_head = 232;
    static constexpr int least_gap = 168;
    static constexpr int most_gap = 330;
    static constexpr int arrow_y = 31;
    static constexpr int around_label = 48;
    static constexpr int name_size = 16; // bold letters are wider than their size
    static constexpr int label_size = 15;
    static constexpr int detail_size = 12;
    static constexpr int said_size = 13;
    static constexpr int said_line = 17;
    static constexpr int note_middle = 20; // of the dot, and of the first line
    static constexpr int widest_note = 300;
    static constexpr int beside_note = 18; // from the lifeline to the box
    static constexpr int in_note = 12;     // from its border to its text

    static std::string classes(const Diagram::Step& step) {
        std::string names;
        switch (step.sort) {
        case Diagram::Sort::request: names = "request"; break;
        case Diagram::Sort::provisional: names = "provisional"; break;
        case Diagram::Sort::success: names = "success"; break;
        case Diagram::Sort::failure: names = "failure"; break;
        case Diagram::Sort::other: names = "other"; break;
        case Diagram::Sort::note: names = "note"; break;
        }
        return names + (step.repeated ? " twice" : "") + (step.lost ? " lost" : "");
    }
    static std::string mark_of(const Diagram::Step& step) {
        return step.lost ? step.repeated ? "again, lost" : "lost" : step.repeated ? "again" : "";
    }

    Head head_of(std::size_t i, int room) const {
        const Diagram::Participant& each = diagram_.participants()[i];
        Head head{fitted(each.title, name_size, room, each.named ? Elide::end : Elide::middle),
                  fitted(each.subtitle(), detail_size, room, Elide::middle), 0};
        head.width = 32
                     + greater(60, greater(text_width(Cells(head.title), name_size),
                                           text_width(Cells(head.subtitle), detail_size)));
        return head;
    }

    // Like note_gap() of the text: to the right, but for the last one.
    std::size_t note_gap(std::size_t at) const {
        return at + 1 < diagram_.participants().size() || at == 0 ? at : at - 1;
    }

    void place(int least_width) {
        const std::size_t count = diagram_.participants().size();
        std::vector<int> halves;
        for (std::size_t i = 0; i < count; ++i)
            halves.push_back((head_of(i, widest_head).width + 1) / 2);
        // With one participant alone there still is a gap, for its notes.
        std::vector<int> gaps(greater<std::size_t>(count, 2) - 1, least_gap);
        for (std::size_t i = 0; i + 1 < count; ++i)
            gaps[i] = greater(gaps[i], halves[i] + halves[i + 1] + 24);
        for (const Diagram::Step& step : diagram_.steps())
            widen(gaps, step);
        const int left = margin + time_width + greater(halves[0], 30);
        const int right = margin + (count == 1 ? 0 : halves.back());
        width_ = left + right;
        for (const int gap : gaps)
            width_ += gap;
        for (int& gap : gaps)
            gap += greater(0, least_width - width_) / static_cast<int>(gaps.size());
        x_.push_back(left);
        for (std::size_t i = 1; i < count; ++i)
            x_.push_back(x_.back() + gaps[i - 1]);
        width_ = greater(width_, least_width);
        gaps_ = gaps;
    }

    void widen(std::vector<int>& gaps, const Diagram::Step& step) const {
        std::size_t first = lesser(step.from, step.to);
        std::size_t last = greater(step.from, step.to);
        int wanted = text_width(Cells(step.title), label_size)
                     + text_width(Cells(step.detail + mark_of(step)), detail_size) + around_label
                     + 2 * detail_size;
        if (first == last) {
            first = note_gap(first);
            last = first + 1;
            if (step.sort == Diagram::Sort::note) {
                wanted = text_width(Cells(step.title), said_size);
                wanted = lesser(wanted, widest_note - 2 * (beside_note + in_note));
                wanted += 2 * (beside_note + in_note);
            } else {
                wanted += 30;
            }
        }
        int span = 0;
        for (std::size_t i = first; i < last; ++i)
            span += gaps[i];
        gaps[last - 1] = greater(gaps[last - 1], lesser(gaps[last - 1] + wanted - span, most_gap));
    }

    // Title, detail and mark, as much of them as there is room for.
    std::string label(const Diagram::Step& step, int room) const {
        const std::string mark = mark_of(step);
        const int mark_width =
            mark.empty() ? 0 : text_width(Cells(mark), detail_size) + detail_size;
        // A reason phrase may be long; what it answers shall be seen all the same.
        const int detail_width =
            step.detail.empty() ? 0 : text_width(Cells(step.detail), detail_size) + detail_size;
        const std::string title =
            fitted(step.title, label_size, room - mark_width - lesser(detail_width, room * 2 / 5));
        const int left = room - mark_width - text_width(Cells(title), label_size) - detail_size;
        std::string out = escaped(title);
        const auto add = [&](const char* kind, const std::string& what) {
            out +=
                "<tspan class=\"" + std::string(kind) + "\" dx=\"8\">" + escaped(what) + "</tspan>";
        };
        if (!step.detail.empty() && left > 3 * detail_size)
            add("detail", fitted(step.detail, detail_size, left));
        if (!mark.empty()) add("mark", mark);
        return out;
    }

    Piece arrow(const Diagram::Step& step) const {
        const int way = step.from < step.to ? 1 : -1;
        const int from = x_[step.from];
        const int to = x_[step.to];
        const bool crosses = greater(step.from, step.to) - lesser(step.from, step.to) > 1;
        std::string out;
        if (step.lost) {
            const int at = from + (to - from) * 3 / 4;
            out += line("shaft", from, arrow_y, at - 10 * way, arrow_y);
            out += line("never", at + 12 * way, arrow_y, to - 6 * way, arrow_y);
            out += "<path class=\"cross\" d=\"M" + number(at - 5) + " " + number(arrow_y - 5)
                   + "l10 10m0 -10l-10 10\"/>";
        } else {
            out += line("shaft", from, arrow_y, to - 9 * way, arrow_y) + tip(to, arrow_y, way);
        }
        const int room = (to - from) * way - around_label + detail_size;
        out += text(crosses ? "label over" : "label", (from + to) / 2, arrow_y - 10,
                    label(step, room));
        return {46, out};
    }

    static std::string tip(int x, int y, int way) {
        return "<path class=\"tip\" d=\"M" + number(x - way) + " " + number(y) + "l"
               + number(-10 * way) + " -5v10z\"/>";
    }

    // What one sends to itself goes out and comes back, on the side where its notes stand.
    Piece loop(const Diagram::Step& step) const {
        const bool left = step.from > 0 && note_gap(step.from) != step.from;
        const int way = left ? -1 : 1;
        const int x = x_[step.from];
        std::string out = "<path class=\"shaft\" d=\"M" + number(x) + " 14h" + number(26 * way)
                          + "v17H" + number(x + 9 * way) + "\"/>" + tip(x, arrow_y, -way);
        const int room = gaps_[note_gap(step.from)] - 30 - around_label + 2 * detail_size;
        const std::string anchor = left ? "end" : "start";
        out += "<g style=\"text-anchor:" + anchor + "\"><text class=\"label\" x=\""
               + number(x + 38 * way) + "\" y=\"27\" style=\"text-anchor:inherit\">"
               + label(step, room) + "</text></g>";
        return {46, out};
    }

    Piece note(const Diagram::Step& step) const {
        const std::size_t gap = note_gap(step.from);
        const int room = lesser(gaps_[gap], widest_note) - 2 * (beside_note + in_note);
        const std::vector<std::string> lines = wrapped(step.title, said_size, room);
        int widest = 0;
        for (const std::string& each : lines)
            widest = greater(widest, text_width(Cells(each), said_size));
        const int width = widest + 2 * in_note;
        const int height = said_line * static_cast<int>(greater<std::size_t>(lines.size(), 1)) + 13;
        const int x = x_[step.from];
        const int begin = gap == step.from ? x + beside_note : x - beside_note - width;
        std::string out = "<rect class=\"box\" x=\"" + number(begin) + "\" y=\"5\" width=\""
                          + number(width) + "\" height=\"" + number(height) + "\" rx=\"8\"/>"
                          + "<circle class=\"dot\" cx=\"" + number(x) + "\" cy=\""
                          + number(note_middle) + "\" r=\"4.5\"/>";
        int y = note_middle + 4;
        for (const std::string& each : lines) {
            out += text("said", begin + in_note, y, escaped(each));
            y += said_line;
        }
        return {height + 14, out};
    }

    const Diagram& diagram_;
    std::vector<int> x_;
    std::vector<int> gaps_;
    int width_ = 0;
};

} // namespace offhook::trace

#endif

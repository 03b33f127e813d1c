#ifndef OFFHOOK_TRACE_SVG_HPP
#define OFFHOOK_TRACE_SVG_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/trace/diagram.hpp"
#include "offhook/trace/markup.hpp"
#include "offhook/trace/picture.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// What was recorded, as a sequence diagram in one SVG file that needs nothing else. It is light or
/// dark as the reader's screen is; the pointer on a message shows its text. Dashed and "again": the
/// same bytes once more. Broken by a cross: known to be lost. A dotted lifeline: nothing happened
/// for a second or more.
inline std::string svg(const Recorder& recorder, const PictureOptions& options = {}) {
    Diagram diagram(options.call_id);
    diagram.read(recorder);
    const Picture picture(diagram);
    const auto moved = [](int y, const std::string& drawing) {
        return "<g transform=\"translate(0," + Picture::number(y) + ")\">" + drawing + "</g>\n";
    };

    const std::size_t steps = diagram.steps().size();
    const Picture::Piece heading = picture.heading();
    const int top = Picture::margin + (options.title.empty() ? 0 : 48);
    int y = top + heading.height + 14;
    std::string rows;
    for (std::size_t i = 0; i < steps; ++i) {
        const Diagram::Step& step = diagram.steps()[i];
        const Picture::Piece pause = picture.pause(i);
        if (pause.height != 0) rows += moved(y, pause.drawing);
        y += pause.height;
        const Picture::Piece piece = picture.step(i);
        // The tooltip: RFC 3261 §7 messages are text, whatever their bodies are.
        const std::string whole =
            "<title>" + escaped(recorder.records()[step.record].text, Lines::many) + "</title>";
        rows += moved(y, whole + piece.drawing);
        y += piece.height;
    }
    y += 14;
    std::string lifelines;
    for (const int x : picture.lifelines())
        lifelines += Picture::line("life", x, top + heading.height, x, y);
    std::string below;
    // Who reads the end of a long one has long forgotten who is who.
    static constexpr std::size_t many_steps = 12;
    if (steps > many_steps) {
        below += moved(y, heading.drawing);
        y += heading.height;
    }
    if (recorder.dropped() != 0) {
        y += 26;
        below += Picture::text("said", Picture::margin, y,
                               "… and " + std::to_string(recorder.dropped()) + " more");
    }
    const int width = picture.width() == 0 ? 2 * Picture::margin : picture.width();
    const std::string size[] = {Picture::number(width), Picture::number(y + Picture::margin)};
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"ladder\" width=\""
                      + size[0] + "\" height=\"" + size[1] + "\" viewBox=\"0 0 " + size[0] + " "
                      + size[1] + "\" role=\"img\">\n";
    if (!options.title.empty()) out += "<title>" + escaped(options.title) + "</title>\n";
    out += "<style>" + std::string(Picture::style()) + "</style>\n<rect class=\"paper\" width=\""
           + size[0] + "\" height=\"" + size[1] + "\"/>\n";
    if (!options.title.empty()) {
        out += Picture::text("title", Picture::margin, Picture::margin + 20,
                             escaped(fitted(options.title, 20, width - 2 * Picture::margin)))
               + "\n";
    }
    return out + lifelines + "\n" + moved(top, heading.drawing) + rows + below + "</svg>\n";
}

} // namespace offhook::trace

#endif

#ifndef OFFHOOK_TRACE_HTML_HPP
#define OFFHOOK_TRACE_HTML_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/core/flow.hpp"
#include "offhook/trace/diagram.hpp"
#include "offhook/trace/markup.hpp"
#include "offhook/trace/picture.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// Writes one page: see html().
class Page {
public:
    /// Of what is recorded by now. The recorder and the title must outlive it.
    Page(const Recorder& recorder, const PictureOptions& options)
        : recorder_(recorder), title_(options.title), diagram_(read(recorder, options)),
          picture_(diagram_, least_width) {}

    /// The whole document, UTF-8.
    std::string text() const {
        const std::string title = escaped(title_.empty() ? "A trace" : title_);
        // Nothing may be loaded and nothing run, whatever bytes a peer has put into its messages.
        std::string out =
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
            "style-src 'unsafe-inline'\">\n"
            "<meta name=\"viewport\" content=\"width=device-width\">\n"
            "<meta name=\"color-scheme\" content=\"light dark\">\n<title>"
            + title + "</title>\n<style>\n" + std::string(Picture::style()) + std::string(style)
            + "</style>\n</head>\n<body>\n<header>\n<h1>" + title + "</h1>\n<p>" + summary()
            + "</p>\n</header>\n<main class=\"ladder\" style=\"width:" + pixels(picture_.width())
            + background() + "\">\n";
        const Picture::Piece heading = picture_.heading();
        out += "<div class=\"heads\">" + drawn(heading) + "</div>\n";
        for (std::size_t i = 0; i < diagram_.steps().size(); ++i) {
            const Picture::Piece pause = picture_.pause(i);
            if (pause.height != 0) out += "<div>" + drawn(pause) + "</div>\n";
            out += step(i);
        }
        out += "<div class=\"end\"></div>\n</main>\n";
        if (recorder_.dropped() != 0)
            out += "<p>… and " + std::to_string(recorder_.dropped()) + " more</p>\n";
        return out + "</body>\n</html>\n";
    }

private:
    static constexpr int least_width = 720; // for the lines of the messages

    static Diagram read(const Recorder& recorder, const PictureOptions& options) {
        Diagram diagram(options.call_id);
        diagram.read(recorder);
        return diagram;
    }

    static std::string pixels(int value) { return Picture::number(value) + "px"; }

    std::string drawn(const Picture::Piece& piece) const {
        const std::string width = Picture::number(picture_.width());
        const std::string height = Picture::number(piece.height);
        return "<svg width=\"" + width + "\" height=\"" + height + "\" viewBox=\"0 0 " + width + " "
               + height + "\">" + piece.drawing + "</svg>";
    }

    // The lifelines, for as far down as the page goes, whatever is open.
    std::string background() const {
        std::string out;
        for (const int x : picture_.lifelines())
            out += (out.empty() ? ";background:" : ",")
                   + std::string("linear-gradient(var(--life),var(--life)) ") + pixels(x - 1)
                   + " 0/1.5px 100% no-repeat";
        return out;
    }

    static std::string counted(std::size_t count, const std::string& what) {
        return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
    }

    std::string summary() const {
        std::size_t messages = 0;
        std::size_t lost = 0;
        std::size_t again = 0;
        for (const Diagram::Step& step : diagram_.steps()) {
            messages += step.sort != Diagram::Sort::note;
            lost += step.lost;
            again += step.repeated;
        }
        std::string out = counted(messages, "message");
        if (again != 0) out += " · " + std::to_string(again) + " sent again";
        if (lost != 0) out += " · " + std::to_string(lost) + " lost";
        if (!diagram_.steps().empty())
            out += " · " + diagram_.clock(diagram_.steps().back()) + " s";
        return out;
    }

    std::string step(std::size_t i) const {
        const Diagram::Step& step = diagram_.steps()[i];
        const std::string drawing = drawn(picture_.step(i));
        if (step.sort == Diagram::Sort::note) return "<div>" + drawing + "</div>\n";
        const Record& record = recorder_.records()[step.record];
        const auto party = [&](std::size_t participant, const Address& address) {
            const Diagram::Participant& each = diagram_.participants()[participant];
            return (each.named ? "<b>" + escaped(each.title) + "</b> " : "") + address.to_string();
        };
        return "<details id=\"m" + std::to_string(i + 1) + "\"><summary>" + drawing
               + "</summary>\n<div class=\"card\"><p>" + diagram_.clock(step) + " s · "
               + party(step.from, record.from) + " → " + party(step.to, record.to) + " · "
               + std::string(via_name(record.transport)) + " · "
               + counted(record.text.size(), "byte") + (step.repeated ? " · sent again" : "")
               + (step.lost ? " · lost" : "") + "</p><pre>"
               + (step.sort == Diagram::Sort::other ? escaped(record.text, Lines::many)
                                                    : marked(record.text))
               + "</pre></div></details>\n";
    }

    // The start line and the names of the header fields stand out. RFC 3261 §7
    static std::string marked(std::string_view message) {
        const auto take_line = [&] {
            const std::size_t end = message.find('\n');
            const std::string_view line = message.substr(0, end == message.npos ? end : end + 1);
            message.remove_prefix(line.size());
            return line;
        };
        std::string out = "<b>" + escaped(take_line(), Lines::many) + "</b>";
        while (!message.empty() && message.front() != '\r' && message.front() != '\n') {
            std::string_view line = take_line();
            const std::size_t colon = line.find(':');
            if (colon != line.npos && line.front() != ' ' && line.front() != '\t') {
                out += "<i>" + escaped(line.substr(0, colon)) + "</i>";
                line.remove_prefix(colon);
            }
            out += escaped(line, Lines::many);
        }
        return out + escaped(message, Lines::many);
    }

    static constexpr std::string_view style =
        R"(:root{--paper:#fff;--ink:#1b2430;--faint:#68758a;--life:#d3dae3;--card:#f5f7fa;--over:#2b5bc70d;--link:#2b5bc7}
@media (prefers-color-scheme:dark){:root{--paper:#11151b;--ink:#e7ebf1;--faint:#94a1b3;--life:#323c49;--card:#1a212b;--over:#86a9ff14;--link:#86a9ff}}
body{margin:0 auto;padding:0 0 48px;width:max-content;min-width:min(100%,560px);background:var(--paper);color:var(--ink);font:14px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
header,body>p{margin:0;padding:32px 28px 20px}
h1{margin:0;font-size:22px;font-weight:600}
header p,.card p,body>p{margin:4px 0 0;color:var(--faint);font-size:13px}
svg{display:block;overflow:visible}
.heads{position:sticky;top:0;z-index:1;padding:12px 0 0;margin-bottom:14px;background:var(--paper)}
details{scroll-margin-top:84px}
summary{display:block;position:relative;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary::after{content:"";position:absolute;right:14px;top:27px;width:5px;height:5px;border:solid var(--faint);border-width:0 1.5px 1.5px 0;transform:rotate(-45deg);opacity:.6}
[open]>summary::after{transform:rotate(45deg)}
summary:hover{background:var(--over)}
summary:focus-visible{outline:2px solid var(--link);outline-offset:-2px;border-radius:6px}
.card{margin:8px 28px 16px;padding:12px 18px 16px;background:var(--card);border:1px solid var(--life);border-radius:10px}
.card p{margin:0 0 8px}
pre{margin:0;font:12.5px/1.55 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre-wrap;overflow-wrap:anywhere}
pre b{font-weight:600}
pre i{font-style:normal;color:var(--link)}
.end{height:28px}
@media print{.heads{position:static}}
)";

    const Recorder& recorder_;
    std::string_view title_;
    Diagram diagram_;
    Picture picture_;
};

/// What was recorded, as a sequence diagram in one HTML file that needs nothing else, runs no
/// script and loads nothing: a click on a message opens its text. Otherwise like svg().
inline std::string html(const Recorder& recorder, const PictureOptions& options = {}) {
    return Page(recorder, options).text();
}

} // namespace offhook::trace

#endif

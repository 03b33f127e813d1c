#ifndef OFFHOOK_EXAMPLES_UA_PICTURES_HPP
#define OFFHOOK_EXAMPLES_UA_PICTURES_HPP

// The calls as one can look at them: a ladder on the terminal while they run, and files at the end.

#include <sys/ioctl.h>
#include <unistd.h>

#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/net/loop.hpp"
#include "offhook/trace/html.hpp"
#include "offhook/trace/ladder.hpp"
#include "offhook/trace/live_ladder.hpp"
#include "offhook/trace/pcap.hpp"
#include "offhook/trace/svg.hpp"
#include "options.hpp"

namespace ua {

class Pictures {
public:
    Pictures(std::string ladder, std::string pcap, bool quiet)
        : ladder_(std::move(ladder)), pcap_(std::move(pcap)), quiet_(quiet) {}

    /// Whether anybody will look at what is recorded.
    bool wanted() const { return !quiet_ || !ladder_.empty() || !pcap_.empty(); }

    /// The rows of what has been recorded since the last time, on standard error.
    void show(const offhook::trace::Recorder& recorder) {
        if (!quiet_) std::cerr << live_.more(recorder) << std::flush;
    }

    /// Writes the files that were asked for; the one that can't be written, or "".
    std::string save(const offhook::trace::Recorder& recorder) const {
        using namespace offhook::trace;
        if (!ladder_.empty()) {
            const std::string drawing = ladder_.ends_with(".svg")    ? svg(recorder)
                                        : ladder_.ends_with(".html") ? html(recorder)
                                                                     : ladder(recorder);
            if (!write(ladder_, drawing)) return ladder_;
        }
        const auto since_1970 = std::chrono::system_clock::now().time_since_epoch()
                                - offhook::net::Loop::now().time_since_epoch();
        if (!pcap_.empty() && !write(pcap_, pcap(recorder, {.since_1970 = since_1970})))
            return pcap_;
        return {};
    }

private:
    static bool write(const std::string& path, const std::string& content) {
        return static_cast<bool>(std::ofstream(path, std::ios::binary) << content << std::flush);
    }

    static offhook::trace::LadderOptions terminal() {
        offhook::trace::LadderOptions options;
        ::winsize size = {};
        if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0)
            options.width = size.ws_col;
        const char* const no_color = std::getenv("NO_COLOR"); // no-color.org
        if (::isatty(STDERR_FILENO) && !(no_color && *no_color))
            options.colours = offhook::trace::Colours::on;
        return options;
    }

    std::string ladder_;
    std::string pcap_;
    bool quiet_;
    offhook::trace::LiveLadder live_{terminal()};
};

} // namespace ua

#endif

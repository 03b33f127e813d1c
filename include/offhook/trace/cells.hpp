#ifndef OFFHOOK_TRACE_CELLS_HPP
#define OFFHOOK_TRACE_CELLS_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/trace/visible.hpp"

namespace offhook::trace {

/// A text as the cells of a terminal, one character each. What is no visible_character() becomes
/// "?", for what a peer wrote may be anything. Characters that are two cells wide count as one.
class Cells {
public:
    Cells() = default;
    /// The text's characters.
    explicit Cells(std::string_view text) {
        while (!text.empty()) {
            const std::size_t size = visible_character(text);
            cells_.emplace_back(size ? text.substr(0, size) : "?");
            text.remove_prefix(size ? size : 1);
        }
    }
    /// That cell so many times.
    Cells(std::size_t count, std::string_view cell) : cells_(count, std::string(cell)) {}

    /// How many cells there are: the width.
    std::size_t size() const noexcept { return cells_.size(); }
    /// One character's bytes, UTF-8.
    std::string& operator[](std::size_t i) { return cells_[i]; }
    /// One character's bytes, UTF-8.
    const std::string& operator[](std::size_t i) const { return cells_[i]; }

    /// Shortened to `most` cells, the last of them "…".
    Cells elided(std::size_t most) const {
        if (size() <= most) return *this;
        Cells result = part(0, most);
        if (most != 0) result[most - 1] = "…";
        return result;
    }

    /// Lines of at most `width` cells, broken at blanks where there are some.
    std::vector<Cells> wrapped(std::size_t width) const {
        std::vector<Cells> lines;
        width = greater<std::size_t>(width, 1);
        for (std::size_t begin = 0; begin < size();) {
            std::size_t end = lesser(begin + width, size());
            std::size_t next = end;
            if (end < size()) {
                std::size_t blank = end;
                while (blank > begin && cells_[blank] != " ")
                    --blank;
                if (blank > begin) next = (end = blank) + 1;
            }
            lines.push_back(part(begin, end));
            begin = next;
        }
        return lines;
    }

    /// Puts another text over this one; what stands beyond the end is cut off.
    void put(std::size_t at, const Cells& text) {
        for (std::size_t i = 0; i < text.size() && at + i < size(); ++i)
            cells_[at + i] = text[i];
    }

    /// Writes the cells from `begin` to before `end` in a colour: the parameters of an SGR sequence
    /// (ECMA-48 §8.3.117), such as "1;36". Comes last, for a painted cell is no single character.
    void paint(std::size_t begin, std::size_t end, std::string_view colour) {
        end = lesser(end, size());
        if (begin >= end || colour.empty()) return;
        cells_[begin].insert(0, "\x1b[" + std::string(colour) + "m");
        cells_[end - 1] += "\x1b[0m";
    }

    /// The text, without the blanks at its end.
    std::string text() const {
        std::string result;
        std::size_t end = size();
        while (end > 0 && cells_[end - 1] == " ")
            --end;
        for (std::size_t i = 0; i < end; ++i)
            result += cells_[i];
        return result;
    }

private:
    Cells part(std::size_t begin, std::size_t end) const {
        Cells result;
        result.cells_.assign(cells_.begin() + static_cast<std::ptrdiff_t>(begin),
                             cells_.begin() + static_cast<std::ptrdiff_t>(end));
        return result;
    }

    std::vector<std::string> cells_;
};

} // namespace offhook::trace

#endif

#ifndef OFFHOOK_TRACE_CELLS_HPP
#define OFFHOOK_TRACE_CELLS_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace offhook::trace {

/// A text as the cells of a terminal, one character each. What a peer wrote may be anything:
/// control characters, what would turn the writing direction, and bytes that are not UTF-8 become
/// "?". Characters that are two cells wide count as one.
class Cells {
public:
    Cells() = default;
    explicit Cells(std::string_view text) {
        while (!text.empty()) {
            const std::size_t size = character(text);
            cells_.emplace_back(size ? text.substr(0, size) : "?");
            text.remove_prefix(size ? size : 1);
        }
    }
    Cells(std::size_t count, std::string_view cell) : cells_(count, std::string(cell)) {}

    std::size_t size() const noexcept { return cells_.size(); }
    std::string& operator[](std::size_t i) { return cells_[i]; }
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
        width = std::max<std::size_t>(width, 1);
        for (std::size_t begin = 0; begin < size();) {
            std::size_t end = (std::min)(begin + width, size());
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

    // The bytes of the UTF-8 character at the beginning; 0 where it is none that may be shown.
    static std::size_t character(std::string_view text) {
        const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
        if (byte(0) < 0x80) return byte(0) >= 0x20 && byte(0) != 0x7f ? 1 : 0;
        const std::size_t size = byte(0) >= 0xf0 ? 4 : byte(0) >= 0xe0 ? 3 : 2;
        if (byte(0) < 0xc2 || byte(0) > 0xf4 || text.size() < size) return 0;
        std::uint32_t code = byte(0) & (0x7fU >> size);
        for (std::size_t i = 1; i < size; ++i) {
            if ((byte(i) & 0xc0) != 0x80) return 0;
            code = code << 6 | (byte(i) & 0x3fU);
        }
        const bool overlong = code < (size == 4 ? 0x10000U : size == 3 ? 0x800U : 0xa0U);
        const bool surrogate = code >= 0xd800 && code <= 0xdfff;
        const bool turns = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
                           || (code >= 0x2060 && code <= 0x206f) || code == 0xfeff;
        return overlong || surrogate || turns || code > 0x10ffff ? 0 : size;
    }

    std::vector<std::string> cells_;
};

} // namespace offhook::trace

#endif

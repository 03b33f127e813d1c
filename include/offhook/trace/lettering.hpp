#ifndef OFFHOOK_TRACE_LETTERING_HPP
#define OFFHOOK_TRACE_LETTERING_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/trace/cells.hpp"

namespace offhook::trace {

/// About how wide a character is in a sans serif face, in hundredths of its size. Nobody knows the
/// face that the reader has, so it errs on the wide side.
inline int letter_width(const std::string& cell) {
    const char c = cell.front();
    const auto is_in = [c](std::string_view set) { return set.find(c) != set.npos; };
    if (cell.size() > 1) return cell.size() > 2 ? 100 : 64;
    if (is_in("ijlI.,:;'|!` ")) return 33;
    if (is_in("frt()[]/\\-\"")) return 43;
    if (is_in("mwMW@%")) return 98;
    return c >= 'A' && c <= 'Z' ? 71 : 63;
}

/// About how wide a text is, in the unit of `size` and rounded up.
inline int text_width(const Cells& text, int size) {
    int hundredths = 0;
    for (std::size_t i = 0; i < text.size(); ++i)
        hundredths += letter_width(text[i]);
    return (hundredths * size + 99) / 100;
}

/// Where a text that is too wide has its "…".
enum class Elide : unsigned char { middle, end };

/// The text, or as much of it as there is room for.
inline std::string fitted(std::string_view text, int size, int room, Elide where = Elide::end) {
    const Cells cells(text);
    if (text_width(cells, size) <= room) return cells.text();
    int left = 100 * room / size - letter_width("…");
    std::string head;
    std::string tail;
    for (std::size_t first = 0, last = cells.size(); first < last;) {
        const bool from_head = where == Elide::end || first <= cells.size() - last;
        const std::string& next = cells[from_head ? first++ : --last];
        left -= letter_width(next);
        if (left < 0) break;
        from_head ? head += next : tail.insert(0, next);
    }
    return head + "…" + tail;
}

/// Lines of at most that width, broken at blanks where there are some.
inline std::vector<std::string> wrapped(std::string_view text, int size, int room) {
    std::vector<std::string> lines;
    const Cells cells(text);
    for (std::size_t begin = 0; begin < cells.size();) {
        std::size_t end = begin;
        std::size_t blank = begin;
        for (int left = 100 * room / size; end < cells.size(); ++end) {
            left -= letter_width(cells[end]);
            if (cells[end] == " ") blank = end;
            if (left < 0 && end > begin) break;
        }
        const bool at_blank = end < cells.size() && blank > begin;
        if (at_blank) end = blank;
        std::string line;
        for (std::size_t i = begin; i < end; ++i)
            line += cells[i];
        lines.push_back(line);
        begin = end + (at_blank ? 1 : 0);
    }
    return lines;
}

} // namespace offhook::trace

#endif

#ifndef OFFHOOK_MESSAGE_LIST_HPP
#define OFFHOOK_MESSAGE_LIST_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/characters.hpp"

namespace offhook {

/// The values of a comma-separated header field, one after the other, without the LWS around them.
/// A comma in a quoted-string or between "<" and ">" separates nothing; empty values are passed
/// over. One pass over the text, whatever it holds. RFC 3261 §7.3.1
///
///     for (std::string_view value : ListRange(text)) …
class ListRange {
public:
    constexpr explicit ListRange(std::string_view text) : text_(text) {}

    struct End {};
    class Iterator {
    public:
        constexpr explicit Iterator(std::string_view text) : rest_(text) { ++*this; }
        constexpr std::string_view operator*() const { return value_; }
        constexpr Iterator& operator++();
        constexpr bool operator==(End) const { return value_.empty(); }

    private:
        std::string_view rest_;
        std::string_view value_;
    };
    constexpr Iterator begin() const { return Iterator(text_); }
    constexpr End end() const { return {}; }

    /// Empty where the list is.
    constexpr std::string_view first() const { return *begin(); }
    constexpr std::size_t count() const {
        std::size_t n = 0;
        for (auto it = begin(); !(it == end()); ++it)
            ++n;
        return n;
    }

private:
    std::string_view text_;
};

constexpr ListRange::Iterator& ListRange::Iterator::operator++() {
    value_ = {};
    while (value_.empty() && !rest_.empty()) {
        bool quoted = false;
        bool bracketed = false;
        std::size_t i = 0;
        for (; i < rest_.size(); ++i) {
            const char c = rest_[i];
            if (quoted) {
                if (c == '\\') ++i;
                if (c == '"') quoted = false;
            } else if (bracketed) {
                bracketed = c != '>';
            } else if (c == ',') {
                break;
            } else {
                quoted = c == '"';
                bracketed = c == '<';
            }
        }
        value_ = trim(rest_.substr(0, i));
        rest_ = i < rest_.size() ? rest_.substr(i + 1) : std::string_view{};
    }
    return *this;
}

} // namespace offhook

#endif

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
    /// The values of a field value, well formed or not.
    constexpr explicit ListRange(std::string_view text) : text_(text) {}

    struct End {};
    /// Finds one value after the other.
    class Iterator {
    public:
        /// At the first value.
        constexpr explicit Iterator(std::string_view text) : rest_(text) { ++*this; }
        /// The value, never empty; a view of the text.
        constexpr std::string_view operator*() const { return value_; }
        /// On to the next.
        constexpr Iterator& operator++();
        /// Whether there is none left.
        constexpr bool operator==(End) const { return value_.empty(); }

    private:
        std::string_view rest_;
        std::string_view value_;
    };
    /// The values in their order.
    constexpr Iterator begin() const { return Iterator(text_); }
    /// Behind the last of them.
    constexpr End end() const { return {}; }

    /// Empty where the list is.
    constexpr std::string_view first() const { return *begin(); }
    /// How many values there are; reads the whole text.
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

#ifndef OFFHOOK_MESSAGE_SCANNER_HPP
#define OFFHOOK_MESSAGE_SCANNER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// A cursor in the value of a header field or a URI. What does not fit leaves it where it stands,
/// so error() points at the first byte that breaks a rule.
class Scanner {
public:
    /// At the first byte.
    constexpr explicit Scanner(std::string_view text) : text_(text) {}

    /// Whether nothing is left.
    constexpr bool at_end() const { return offset_ == text_.size(); }
    /// Of the cursor, from the beginning of the text.
    constexpr std::size_t offset() const { return offset_; }
    /// From the cursor on.
    constexpr std::string_view rest() const { return text_.substr(offset_); }
    /// What has been passed over since the cursor was at `begin`.
    constexpr std::string_view since(std::size_t begin) const {
        return text_.substr(begin, offset_ - begin);
    }
    /// The next byte; NUL at the end, which no rule takes.
    constexpr char peek() const { return at_end() ? '\0' : text_[offset_]; }
    /// This rule, broken at the cursor.
    constexpr ParseError error(std::string_view rule) const { return {rule, offset_}; }

    /// Passes over `count` bytes, which must be there.
    constexpr void advance(std::size_t count) { offset_ += count; }

    /// SWS; whether there was any.
    constexpr bool skip_lws() { return !take(chars::wsp).empty(); }

    /// The character, if it is the next one.
    constexpr bool accept(char c) {
        if (peek() != c || at_end()) return false;
        ++offset_;
        return true;
    }

    /// The character with LWS around it, as in SLASH, COLON, SEMI, EQUAL. RFC 3261 §25.1
    constexpr bool accept_separator(char c) {
        const std::size_t begin = offset_;
        skip_lws();
        if (!accept(c)) {
            offset_ = begin;
            return false;
        }
        skip_lws();
        return true;
    }

    /// The longest run of characters of the sets; may be empty.
    constexpr std::string_view take(chars::Set sets) {
        const std::size_t begin = offset_;
        while (offset_ < text_.size() && chars::in(text_[offset_], sets))
            ++offset_;
        return since(begin);
    }

    /// The same with `"%" HEXDIG HEXDIG` in between; ends before a malformed escape.
    constexpr std::string_view take_escaped(chars::Set sets) {
        const std::size_t begin = offset_;
        for (;;) {
            take(sets);
            if (text_.size() - offset_ < 3 || text_[offset_] != '%' || !is_hex(text_[offset_ + 1])
                || !is_hex(text_[offset_ + 2])) {
                return since(begin);
            }
            offset_ += 3;
        }
    }

    /// Empty where there is none.
    constexpr std::string_view token() { return take(chars::token); }

    ///     quoted-pair = "\" (%x00-09 / %x0B-0C / %x0E-7F)
    constexpr bool accept_quoted_pair() {
        if (text_.size() - offset_ < 2 || text_[offset_] != '\\') return false;
        if (text_[offset_ + 1] == '\r' || text_[offset_ + 1] == '\n') return false;
        offset_ += 2;
        return true;
    }

    /// A quoted-string with its quotes; empty where there is none or it does not end.
    ///
    ///     quoted-string = DQUOTE *(qdtext / quoted-pair) DQUOTE
    constexpr std::string_view quoted_string() {
        const std::size_t begin = offset_;
        if (!accept('"')) return {};
        for (;;) {
            take(chars::qdtext);
            if (accept('"')) return since(begin);
            if (!accept_quoted_pair()) {
                offset_ = begin;
                return {};
            }
        }
    }

    /// 1*DIGIT of at most `max`, leading zeros allowed. Nothing where there is no digit or the
    /// number is larger, however long.
    constexpr std::optional<std::uint32_t> number(std::uint32_t max) {
        std::uint64_t value = 0;
        std::size_t at = offset_;
        for (; at < text_.size() && is_digit(text_[at]); ++at) {
            value = value * 10 + static_cast<unsigned>(text_[at] - '0');
            if (value > max) return std::nullopt;
        }
        if (at == offset_) return std::nullopt;
        offset_ = at;
        return static_cast<std::uint32_t>(value);
    }

private:
    std::string_view text_;
    std::size_t offset_ = 0;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_RETRY_AFTER_HPP
#define OFFHOOK_MESSAGE_RETRY_AFTER_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// When it makes sense to try again.
///
///     Retry-After = "Retry-After" HCOLON delta-seconds [ comment ] *( SEMI retry-param )
///     retry-param = ("duration" EQUAL delta-seconds) / generic-param
///     comment     = LPAREN *(ctext / quoted-pair / comment) RPAREN
///
/// RFC 3261 §20.33
struct RetryAfter {
    std::chrono::seconds delay{0}; ///< 0 … 2³²−1
    std::string_view comment;      ///< with its parentheses; empty: none
    Parameters parameters;         ///< duration and others

    /// The field value; refused where the number is above 2³²−1 or a comment does not end.
    static constexpr Parsed<RetryAfter> parse(std::string_view text);

    /// How long the callee will be there then; nothing where it is missing or malformed.
    constexpr std::optional<std::chrono::seconds> duration() const {
        return delta_seconds(parameters, "duration");
    }

private:
    static constexpr std::string_view take_comment(Scanner& in);
};

// Empty, and the cursor unmoved, where a comment does not end.
constexpr std::string_view RetryAfter::take_comment(Scanner& in) {
    Scanner ahead = in;
    const std::size_t begin = ahead.offset();
    std::size_t depth = 0;
    do {
        if (ahead.accept('(')) {
            ++depth;
        } else if (ahead.accept(')')) {
            --depth;
        } else if (!ahead.accept_quoted_pair() && ahead.take(chars::ctext).empty()) {
            return {};
        }
    } while (depth != 0);
    in = ahead;
    return in.since(begin);
}

constexpr Parsed<RetryAfter> RetryAfter::parse(std::string_view text) {
    Scanner in(text);
    RetryAfter value;
    in.skip_lws();
    const auto delay = take_delta_seconds(in);
    if (!delay) return in.error("Retry-After: delta-seconds");
    value.delay = *delay;
    in.skip_lws();
    if (in.peek() == '(') {
        value.comment = take_comment(in);
        if (value.comment.empty()) return in.error("Retry-After: comment");
    }
    if (const ParseError error = value.parameters.read(in, "Retry-After: retry-param"))
        return error;
    return value;
}

} // namespace offhook

#endif

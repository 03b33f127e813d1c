#ifndef OFFHOOK_MESSAGE_WARNING_HPP
#define OFFHOOK_MESSAGE_WARNING_HPP

#include <cstdint>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// More than a status code says.
///
///     Warning       = "Warning" HCOLON warning-value *(COMMA warning-value)
///     warning-value = warn-code SP warn-agent SP warn-text
///     warn-code     = 3DIGIT
///     warn-agent    = hostport / pseudonym
///     warn-text     = quoted-string
///
/// RFC 3261 §20.43
struct Warning {
    std::uint16_t code = 0; ///< 000 … 999
    std::string_view agent; ///< who warns: a host, or a pseudonym
    std::string_view text;  ///< as it stands, with its quotes: see unquote()

    /// One value: a header field may hold several, see ListRange.
    static constexpr Parsed<Warning> parse(std::string_view text);
};

constexpr Parsed<Warning> Warning::parse(std::string_view text) {
    Scanner in(text);
    Warning warning;
    in.skip_lws();
    const ParseError code_error = in.error("Warning: warn-code");
    const std::string_view digits = in.take(chars::digit);
    if (digits.size() != 3 || !in.skip_lws()) return code_error;
    for (const char digit : digits)
        warning.code = static_cast<std::uint16_t>(warning.code * 10 + (digit - '0'));
    warning.agent = in.take(chars::gen_value); // token, and ":", "[", "]" of a hostport
    if (warning.agent.empty() || !in.skip_lws()) return in.error("Warning: warn-agent");
    warning.text = in.quoted_string();
    in.skip_lws();
    if (warning.text.empty() || !in.at_end()) return in.error("Warning: warn-text");
    return warning;
}

} // namespace offhook

#endif

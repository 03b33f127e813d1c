#ifndef OFFHOOK_MESSAGE_AUTH_PARAMETERS_HPP
#define OFFHOOK_MESSAGE_AUTH_PARAMETERS_HPP

#include <cstddef>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The parameters of a challenge or of credentials: a view that has been checked once.
///
///     auth-param *(COMMA auth-param)
///     auth-param = auth-param-name EQUAL ( token / quoted-string )
///
/// RFC 3261 §25.1. Names must not repeat; empty elements between commas are passed over.
class AuthParameters {
public:
    /// More than this are refused.
    static constexpr std::size_t most = 64;

    /// Becomes what stands from the cursor to the end; there is at least one parameter.
    constexpr ParseError read(Scanner& in);

    /// The value as it stands, with its quotes; nothing where the name is missing.
    constexpr std::optional<std::string_view> find(std::string_view name) const {
        for (const Parameter& parameter : *this)
            if (iequals(parameter.name, name)) return parameter.value;
        return std::nullopt;
    }
    /// Whether the name is there; names have no case.
    constexpr bool has(std::string_view name) const { return find(name).has_value(); }
    /// The value without quotes, nothing unescaped: a digest wants unquote() of find(). Empty where
    /// the name is missing. RFC 7616 §3.3
    constexpr std::string_view value(std::string_view name) const {
        return without_quotes(find(name).value_or(std::string_view{}));
    }

    struct End {};
    /// Reads the parameters one by one.
    class Iterator {
    public:
        /// At the first parameter.
        constexpr explicit Iterator(std::string_view text) : in_(text) { ++*this; }
        /// What it stands at; views of the text.
        constexpr const Parameter& operator*() const { return parameter_; }
        /// What it stands at; views of the text.
        constexpr const Parameter* operator->() const { return &parameter_; }
        /// On to the next.
        constexpr Iterator& operator++();
        /// Whether there is none left.
        constexpr bool operator==(End) const { return parameter_.name.empty(); }

    private:
        Scanner in_;
        Parameter parameter_;
    };
    /// The parameters in their order.
    constexpr Iterator begin() const { return Iterator(text_); }
    /// Behind the last of them.
    constexpr End end() const { return {}; }

private:
    std::string_view text_;
};

constexpr AuthParameters::Iterator& AuthParameters::Iterator::operator++() {
    parameter_ = {};
    while (in_.accept_separator(',')) {
    }
    parameter_.name = in_.token();
    if (!in_.accept_separator('=')) return *this;
    parameter_.quoted = in_.peek() == '"';
    parameter_.value = parameter_.quoted ? in_.quoted_string() : in_.take(chars::gen_value);
    return *this;
}

constexpr ParseError AuthParameters::read(Scanner& in) {
    const std::size_t begin = in.offset();
    std::size_t count = 0;
    text_ = {};
    while (in.accept_separator(',')) {
    }
    do {
        const std::size_t at = in.offset();
        const std::string_view name = in.token();
        if (name.empty() || !in.accept_separator('=')) return in.error("auth-param");
        if (++count > most) return ParseError{"auth-param: too many", at};
        if (has(name)) return ParseError{"auth-param: repeated", at};
        const bool quoted = in.peek() == '"';
        if ((quoted ? in.quoted_string() : in.take(chars::gen_value)).empty()) {
            return in.error(quoted ? "quoted-string" : "auth-param");
        }
        text_ = in.since(begin);
        in.skip_lws();
        bool more = in.at_end();
        while (in.accept_separator(','))
            more = true;
        if (!more) return in.error("auth-param");
    } while (!in.at_end());
    return {};
}

} // namespace offhook

#endif

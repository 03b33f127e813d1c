#ifndef OFFHOOK_MESSAGE_PARAMETERS_HPP
#define OFFHOOK_MESSAGE_PARAMETERS_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/quoted_string.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// One parameter of a header field value.
struct Parameter {
    std::string_view name;       ///< a token, in the case it was written
    std::string_view value = {}; ///< as it stands, with its quotes; empty for a flag
    bool quoted = false;         ///< then unquote() tells what it means
};

/// The parameters of a header field value: a view that has been checked once and is read again on
/// demand, as there are few.
///
///     *( SEMI generic-param )
///     generic-param = token [ EQUAL gen-value ]
///     gen-value     = token / host / quoted-string
///
/// RFC 3261 §25.1
class Parameters {
public:
    /// More than this in one value are refused, which bounds the search for repeated names.
    static constexpr std::size_t most = 64;

    constexpr Parameters() = default;

    /// A whole text: empty, or `;name=value;flag`.
    static constexpr Parsed<Parameters> parse(std::string_view text);
    /// Becomes what stands from the cursor to the end; anything but parameters there breaks `rule`.
    constexpr ParseError read(Scanner& in, std::string_view rule);

    /// As they stand, from the first ";" on; empty where there are none.
    constexpr std::string_view text() const { return text_; }
    /// Whether there are none.
    constexpr bool empty() const { return text_.empty(); }

    /// The value as it stands, empty for a flag; nothing where the name is missing. Names are
    /// compared without regard to case.
    constexpr std::optional<std::string_view> find(std::string_view name) const {
        for (const Parameter& parameter : *this)
            if (iequals(parameter.name, name)) return parameter.value;
        return std::nullopt;
    }
    /// Whether the name is there; names have no case.
    constexpr bool has(std::string_view name) const { return find(name).has_value(); }

    /// The value as it stands; empty where the name is missing or a flag.
    constexpr std::string_view value(std::string_view name) const {
        return find(name).value_or(std::string_view{});
    }

    /// 1*DIGIT up to `max`; nothing where the name is missing or the value is anything else.
    constexpr std::optional<std::uint32_t> number(std::string_view name,
                                                  std::uint32_t max = UINT32_MAX) const {
        Scanner in(value(name));
        const auto number = in.number(max);
        return in.at_end() ? number : std::nullopt;
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

constexpr Parameters::Iterator& Parameters::Iterator::operator++() {
    parameter_ = {};
    if (!in_.accept_separator(';')) return *this;
    parameter_.name = in_.token();
    if (!in_.accept_separator('=')) return *this;
    parameter_.quoted = in_.peek() == '"';
    parameter_.value = parameter_.quoted ? in_.quoted_string() : in_.take(chars::gen_value);
    return *this;
}

constexpr ParseError Parameters::read(Scanner& in, std::string_view rule) {
    text_ = {};
    in.skip_lws();
    const std::size_t begin = in.offset();
    std::size_t count = 0;
    std::uint64_t seen = 0; // a bit for each kind of name, so that most are never searched for
    while (in.accept(';')) {
        in.skip_lws();
        const std::size_t at = in.offset();
        const std::string_view name = in.token();
        if (name.empty()) return in.error("generic-param");
        if (++count > most) return ParseError{"generic-param: too many", at};
        const auto kind = static_cast<unsigned char>(to_lower(name.front())) + 31 * name.size();
        const std::uint64_t bit = std::uint64_t{1} << (kind % 64);
        if ((seen & bit) != 0 && has(name)) return ParseError{"generic-param: repeated", at};
        seen |= bit;
        if (in.accept_separator('=')) {
            const bool quoted = in.peek() == '"';
            if ((quoted ? in.quoted_string() : in.take(chars::gen_value)).empty()) {
                return in.error(quoted ? "quoted-string" : "gen-value");
            }
        }
        text_ = in.since(begin);
        in.skip_lws();
    }
    if (!in.at_end()) return in.error(rule);
    return {};
}

constexpr Parsed<Parameters> Parameters::parse(std::string_view text) {
    Scanner in(text);
    Parameters parameters;
    if (const ParseError error = parameters.read(in, "generic-param")) return error;
    return parameters;
}

} // namespace offhook

#endif

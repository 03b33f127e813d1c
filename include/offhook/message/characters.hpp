#ifndef OFFHOOK_MESSAGE_CHARACTERS_HPP
#define OFFHOOK_MESSAGE_CHARACTERS_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace offhook {

/// The sets of characters that the grammar is written in, as bits: a parser asks one table once per
/// byte. RFC 3261 §25.1
namespace chars {

/// One set or several, a bit for each.
using Set = std::uint32_t;

inline constexpr Set alpha = 1 << 0;           ///< ALPHA
inline constexpr Set digit = 1 << 1;           ///< DIGIT
inline constexpr Set alphanum = alpha | digit; ///< either of the two
inline constexpr Set hexdig = 1 << 2;          ///< HEXDIG, in both cases
inline constexpr Set wsp = 1 << 3;          ///< SP / HTAB: what LWS is once a message is unfolded
inline constexpr Set token = 1 << 4;        ///< of methods, tags, names of parameters
inline constexpr Set word = 1 << 5;         ///< of a callid: token and more
inline constexpr Set qdtext = 1 << 6;       ///< what a quoted-string may hold unescaped
inline constexpr Set gen_value = 1 << 7;    ///< token, host, and `/@=?&$` that peers do not quote
inline constexpr Set scheme = 1 << 8;       ///< behind the first letter
inline constexpr Set label = 1 << 9;        ///< of a hostname; "_" too, which real names have
inline constexpr Set user = 1 << 10;        ///< unreserved / user-unreserved
inline constexpr Set password = 1 << 11;    ///< of a SIP-URI
inline constexpr Set paramchar = 1 << 12;   ///< param-unreserved / unreserved
inline constexpr Set headerchar = 1 << 13;  ///< hnv-unreserved / unreserved
inline constexpr Set uric = 1 << 14;        ///< of an absoluteURI; "[", "]" and "#" too: IPv6, tel
inline constexpr Set reserved = 1 << 15;    ///< of a URI: not the same as its %HH form
inline constexpr Set token_nodot = 1 << 16; ///< token but for the ".": an event-package, an atom
inline constexpr Set ctext = 1 << 17;       ///< of a comment

/// What every character is in.
struct Table {
    Set sets[256]; ///< by the value of the byte
};

/// Writes the rules of the grammar into a table.
consteval Table make_table() {
    Table table{};
    const auto put = [&](std::string_view characters, Set set) {
        for (const char c : characters)
            table.sets[static_cast<unsigned char>(c)] |= set;
    };
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    constexpr std::string_view digits = "0123456789";
    constexpr Set unreserved = user | password | paramchar | headerchar | uric;
    put(letters, alpha);
    put(digits, digit);
    for (const std::string_view alphanums : {letters, digits})
        put(alphanums, token | token_nodot | word | gen_value | scheme | label | unreserved);
    put("0123456789abcdefABCDEF", hexdig);
    put(" \t", wsp | qdtext | ctext);
    put("\"", ctext);
    put("-.!%*_+`'~", token | word | gen_value);
    put("-!%*_+`'~", token_nodot);
    put("()<>:\\\"/[]?{}", word);
    put("[]:/@=?&$", gen_value);
    put("+-.", scheme);
    put("-_", label);
    put("-_.!~*'()", unreserved);
    put("&=+$,;?/", user);
    put("&=+$,", password);
    put("[]/:&+$", paramchar);
    put("[]/?:+$", headerchar);
    put(";/?:@&=+$,", uric | reserved);
    put("[]#", uric);
    for (int c = 0x21; c < 0x100; ++c) {
        if (c == '"' || c == '\\' || c == 0x7f) continue;
        table.sets[c] |= c == '(' || c == ')' ? qdtext : qdtext | ctext;
    }
    return table;
}

inline constexpr Table table = make_table(); ///< the one that in() asks

/// Whether the character is in one of the sets.
constexpr bool in(char c, Set sets) {
    return (table.sets[static_cast<unsigned char>(c)] & sets) != 0;
}

} // namespace chars

/// ALPHA: a letter of ASCII.
constexpr bool is_alpha(char c) {
    return chars::in(c, chars::alpha);
}
/// DIGIT.
constexpr bool is_digit(char c) {
    return chars::in(c, chars::digit);
}
/// HEXDIG, in both cases.
constexpr bool is_hex(char c) {
    return chars::in(c, chars::hexdig);
}
/// SP or HTAB.
constexpr bool is_lws(char c) {
    return chars::in(c, chars::wsp);
}
/// Whether the character may stand in a token. RFC 3261 §25.1
constexpr bool is_token(char c) {
    return chars::in(c, chars::token);
}

/// Whether the whole text is a token: a method, an option tag, a tag. RFC 3261 §25.1
constexpr bool is_token(std::string_view text) {
    for (const char c : text)
        if (!is_token(c)) return false;
    return !text.empty();
}

/// ASCII only, whatever the locale.
constexpr char to_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Equal but for the case of ASCII letters, as tokens are. RFC 3261 §7.3.1
constexpr bool iequals(std::string_view a, std::string_view b) {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i)
        if (to_lower(a[i]) != to_lower(b[i])) return false;
    return true;
}

/// Without LWS at both ends.
constexpr std::string_view trim(std::string_view text) {
    while (!text.empty() && is_lws(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && is_lws(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace offhook

#endif

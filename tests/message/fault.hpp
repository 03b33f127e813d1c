#ifndef OFFHOOK_TESTS_MESSAGE_FAULT_HPP
#define OFFHOOK_TESTS_MESSAGE_FAULT_HPP

#include <string>
#include <string_view>

#include "offhook/message/parsed.hpp"

/// What a parser says of a text: "ok", or the rule and the byte, as in "Via: sent-by @ 12".
template <class T>
std::string fault_of(const offhook::Parsed<T>& parsed) {
    if (parsed) return "ok";
    return std::string(parsed.error().rule) + " @ " + std::to_string(parsed.error().offset);
}

/// A row of a table of texts that are refused.
struct Malformed {
    std::string_view text;
    std::string_view fault;
};

#endif

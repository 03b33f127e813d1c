#ifndef OFFHOOK_MESSAGE_PARSE_HEADER_HPP
#define OFFHOOK_MESSAGE_PARSE_HEADER_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/header.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// The typed value of a message's first line of that name; of a list the first value. The offset of
/// an error is one in message.bytes(): that of the empty line where there is no such line.
///
///     parse_header<Via>(message, Header::via)
///     parse_header<NameAddr>(message, Header::from)
template <class T>
Parsed<T> parse_header(const Message& message, HeaderName name) {
    const auto line = message.header(name);
    if (!line) return ParseError{"message-header: missing", message.offset_of(message.body()) - 2};
    const bool one_of_many = is_list(name.id) && !ListRange(*line).first().empty();
    const std::string_view value = one_of_many ? ListRange(*line).first() : *line;
    Parsed<T> parsed = T::parse(value);
    if (!parsed) return parsed.error().shifted(message.offset_of(value));
    return parsed;
}
/// The value is a view of the message, which has to live on.
template <class T>
Parsed<T> parse_header(const Message&&, HeaderName) = delete;

} // namespace offhook

#endif

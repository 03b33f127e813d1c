#ifndef OFFHOOK_MESSAGE_TO_TAG_HPP
#define OFFHOOK_MESSAGE_TO_TAG_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/characters.hpp"

namespace offhook {

/// Whether a To has a tag. It need not be well formed: a response has to be made to any request,
/// and must not get a second tag.
///
///     To       = ( "To" / "t" ) HCOLON ( name-addr / addr-spec ) *( SEMI to-param )
///     to-param = tag-param / generic-param
///
/// RFC 3261 §20.39, §8.2.6.2
constexpr bool has_tag(std::string_view to) noexcept {
    bool quoted = false;
    bool bracketed = false;
    for (std::size_t i = 0; i < to.size(); ++i) {
        if (quoted) {
            if (to[i] == '\\')
                ++i;
            else if (to[i] == '"')
                quoted = false;
        } else if (bracketed) {
            bracketed = to[i] != '>';
        } else if (to[i] == '"') {
            quoted = true;
        } else if (to[i] == '<') {
            bracketed = true;
        } else if (to[i] == ';') {
            const std::string_view parameter = trim(to.substr(i + 1));
            if (parameter.size() < 3 || !iequals(parameter.substr(0, 3), "tag")) continue;
            const std::string_view behind = trim(parameter.substr(3));
            if (behind.empty() || behind[0] == '=' || behind[0] == ';') return true;
        }
    }
    return false;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_OPTION_TAGS_HPP
#define OFFHOOK_MESSAGE_OPTION_TAGS_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The option tags of Supported, Require, Proxy-Require and Unsupported; may be none.
///
///     Supported  = "Supported" HCOLON [option-tag *(COMMA option-tag)]
///     option-tag = token
///
/// RFC 3261 §19.2, §20.37
class OptionTags {
public:
    /// Any list of tokens.
    static constexpr Parsed<OptionTags> parse(std::string_view text);

    /// Whether the tag is among them; case does not matter.
    constexpr bool contains(std::string_view tag) const {
        for (const std::string_view each : list_)
            if (iequals(each, tag)) return true;
        return false;
    }
    /// The tags in their order.
    constexpr ListRange::Iterator begin() const { return list_.begin(); }
    /// Behind the last of them.
    constexpr ListRange::End end() const { return list_.end(); }

private:
    ListRange list_{{}};
};

constexpr Parsed<OptionTags> OptionTags::parse(std::string_view text) {
    OptionTags tags;
    tags.list_ = ListRange(text);
    for (const std::string_view tag : tags) {
        Scanner in(tag);
        in.token();
        const auto begin = static_cast<std::size_t>(tag.data() - text.data());
        if (!in.at_end()) return in.error("option-tag").shifted(begin);
    }
    return tags;
}

} // namespace offhook

#endif

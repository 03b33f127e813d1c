#ifndef OFFHOOK_MESSAGE_ALLOW_HPP
#define OFFHOOK_MESSAGE_ALLOW_HPP

#include <string_view>

#include "offhook/message/list.hpp"
#include "offhook/message/option_tags.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// The methods that a user agent understands; may be none.
///
///     Allow = "Allow" HCOLON [Method *(COMMA Method)]
///
/// RFC 3261 §20.5
class Allow {
public:
    /// The field value; refused where something in the list is no token.
    static constexpr Parsed<Allow> parse(std::string_view text);

    /// Methods, unlike option tags, have a case. RFC 3261 §7.1
    constexpr bool contains(std::string_view method) const {
        for (const std::string_view each : *this)
            if (each == method) return true;
        return false;
    }
    /// The methods in their order.
    constexpr ListRange::Iterator begin() const { return methods_.begin(); }
    /// Behind the last of them.
    constexpr ListRange::End end() const { return methods_.end(); }

private:
    OptionTags methods_;
};

constexpr Parsed<Allow> Allow::parse(std::string_view text) {
    const auto methods = OptionTags::parse(text);
    if (!methods) return ParseError{"Allow: Method", methods.error().offset};
    Allow allow;
    allow.methods_ = *methods;
    return allow;
}

} // namespace offhook

#endif

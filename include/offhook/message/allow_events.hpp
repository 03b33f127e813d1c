#ifndef OFFHOOK_MESSAGE_ALLOW_EVENTS_HPP
#define OFFHOOK_MESSAGE_ALLOW_EVENTS_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/event_package.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/parsed.hpp"

namespace offhook {

/// The event packages that a user agent offers.
///
///     Allow-Events = ( "Allow-Events" / "u" ) HCOLON event-type *(COMMA event-type)
///
/// RFC 6665 §8.4
class AllowEvents {
public:
    /// The field value, at least one event-type; refused where one has a parameter.
    static constexpr Parsed<AllowEvents> parse(std::string_view text);

    /// Event types are compared byte by byte. RFC 6665 §8.2.1
    constexpr bool contains(std::string_view event_type) const {
        for (const std::string_view each : *this)
            if (each == event_type) return true;
        return false;
    }
    /// The event types in their order.
    constexpr ListRange::Iterator begin() const { return types_.begin(); }
    /// Behind the last of them.
    constexpr ListRange::End end() const { return types_.end(); }

private:
    ListRange types_{{}};
};

constexpr Parsed<AllowEvents> AllowEvents::parse(std::string_view text) {
    if (ListRange(text).first().empty()) return ParseError{"Allow-Events: event-type", text.size()};
    AllowEvents value;
    value.types_ = ListRange(text);
    for (const std::string_view each : value) {
        const auto begin = static_cast<std::size_t>(each.data() - text.data());
        const auto event = EventPackage::parse(each);
        // A parameter is no part of an event-type.
        const std::size_t fault = event ? event->type.size() : event.error().offset;
        if (fault != each.size() || !event)
            return ParseError{"Allow-Events: event-type", begin + fault};
    }
    return value;
}

} // namespace offhook

#endif

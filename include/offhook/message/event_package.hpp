#ifndef OFFHOOK_MESSAGE_EVENT_PACKAGE_HPP
#define OFFHOOK_MESSAGE_EVENT_PACKAGE_HPP

#include <cstddef>
#include <string_view>

#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The event package of a subscription; a value of Allow-Events too.
///
///     Event       = ( "Event" / "o" ) HCOLON event-type *( SEMI event-param )
///     event-type  = event-package *( "." event-template )
///     event-param = generic-param / ( "id" EQUAL token )
///
/// RFC 6665 §8.4
struct EventPackage {
    std::string_view type; ///< "presence.winfo"
    Parameters parameters; ///< id and the package's own

    /// The field value: an event-type and its parameters.
    static constexpr Parsed<EventPackage> parse(std::string_view text);

    /// "presence"
    constexpr std::string_view package() const { return type.substr(0, type.find('.')); }
    /// "winfo", or several with dots between them; empty where there is none.
    constexpr std::string_view templates() const { return type.substr(package().size() + dot()); }
    /// Tells subscriptions of one dialog apart; empty where it is missing.
    constexpr std::string_view id() const { return parameters.value("id"); }

private:
    constexpr std::size_t dot() const { return package().size() < type.size() ? 1 : 0; }
};

constexpr Parsed<EventPackage> EventPackage::parse(std::string_view text) {
    Scanner in(text);
    EventPackage event;
    in.skip_lws();
    const std::size_t begin = in.offset();
    do {
        if (in.take(chars::token_nodot).empty()) return in.error("Event: event-type");
    } while (in.accept('.'));
    event.type = in.since(begin);
    if (const ParseError error = event.parameters.read(in, "Event: event-param")) return error;
    return event;
}

} // namespace offhook

#endif

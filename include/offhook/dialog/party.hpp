#ifndef OFFHOOK_DIALOG_PARTY_HPP
#define OFFHOOK_DIALOG_PARTY_HPP

// What requests that make dialogs have in common: their From, To, Contact and Route as the
// application gives them.

#include <cstddef>
#include <string>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

namespace detail {

/// The SIP or SIPS URI of a Contact value; one of another kind is empty.
inline Uri contact_uri(std::string_view value) {
    const auto contact = NameAddr::parse(value);
    return contact && contact->parsed_uri().is_sip() ? contact->parsed_uri() : Uri{};
}

/// A value to which a tag can still be added.
inline bool is_untagged_party(std::string_view value) {
    const auto party = NameAddr::parse(value);
    return party && !party->parameters.has("tag");
}

inline bool is_route(std::string_view value) {
    for (const std::string_view item : ListRange(value)) {
        const auto hop = NameAddr::parse(item);
        if (!hop || !hop->bracketed) return false;
    }
    return true;
}

/// A From or To value that a tag can be added to: in brackets, so that the tag is no URI parameter.
inline std::string bracketed(std::string_view value) {
    const auto party = NameAddr::parse(value);
    if (!party || party->bracketed) return std::string(value);
    return std::string("<").append(value).append(">");
}

/// A URI as it may stand in To: without port, header fields and the parameters that say how to get
/// there. RFC 3261 §19.1.1, table 1
inline std::string as_to_uri(std::string_view uri) {
    const auto parsed = Uri::parse(uri);
    if (!parsed || !parsed->is_sip()) return std::string(uri);
    std::string text(uri.substr(
        0, static_cast<std::size_t>(parsed->host.data() + parsed->host.size() - uri.data())));
    for (std::string_view rest = parsed->parameters; !rest.empty();) {
        const UriField field = take_uri_field(rest, ';');
        bool kept = true;
        for (const std::string_view name : {"method", "maddr", "ttl", "transport", "lr"})
            kept = kept && !iequals(field.name, name);
        if (!kept) continue;
        text.append(";").append(field.name);
        if (!field.value.empty()) text.append("=").append(field.value);
    }
    return text;
}

} // namespace detail

} // namespace offhook

#endif

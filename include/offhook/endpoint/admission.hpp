#ifndef OFFHOOK_ENDPOINT_ADMISSION_HPP
#define OFFHOOK_ENDPOINT_ADMISSION_HPP

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/dialog/message_options.hpp"
#include "offhook/endpoint/config.hpp"
#include "offhook/message/content_disposition.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/session/options.hpp"

namespace offhook {

/// A response by which the user agent core refuses a request before anyone looks at its meaning.
struct Denial {
    int status = 0;                       ///< of the response; 0: none, the request goes on
    std::vector<HeaderField> fields = {}; ///< what the response says besides

    /// Whether the request is refused.
    explicit operator bool() const noexcept { return status != 0; }
};

/// How a request stands to what we know already.
enum class Standing : unsigned char {
    first,     ///< outside of dialogs
    merged,    ///< the same request came another way before
    in_dialog, ///< of a dialog of ours
};

namespace detail {

inline std::string joined(const std::vector<std::string>& items, std::string_view first = {}) {
    std::string list(first);
    for (const std::string& item : items)
        list.append(list.empty() ? "" : ", ").append(item);
    return list;
}

inline bool contains(const std::vector<std::string>& items, std::string_view wanted) {
    for (const std::string& item : items)
        if (iequals(item, wanted)) return true;
    return false;
}

} // namespace detail

/// The methods that are handled, as Allow lists them.
inline std::string allowed_methods(const EndpointConfig& config) {
    std::string methods = methods_of(config.features.methods);
    for (const std::string& method : config.methods)
        if (!lists(methods, method)) methods.append(", ").append(method);
    return methods;
}

/// The extensions that are understood, as Supported lists them.
inline std::string supported_extensions(const EndpointConfig& config) {
    return detail::joined(config.extensions, option_tags_of(config.features));
}

/// What we can do, as the 200 to an OPTIONS tells it. RFC 3261 §11.2
inline std::vector<HeaderField> capabilities(const EndpointConfig& config) {
    std::vector<HeaderField> fields = {{"Allow", allowed_methods(config)},
                                       {"Accept", detail::joined(config.content_types)},
                                       {"Accept-Encoding", "identity"},
                                       {"Accept-Language", "en"},
                                       {"Supported", supported_extensions(config)}};
    // RFC 6665 §4.4.4
    if (!config.events.empty()) fields.push_back({"Allow-Events", detail::joined(config.events)});
    return fields;
}

namespace detail {

/// Every value of every line of that name.
inline std::vector<std::string> values_of(const Message& message, Header name) {
    std::vector<std::string> values;
    for (std::size_t n = 0;; ++n) {
        const auto line = message.header(name, n);
        if (!line) return values;
        for (const std::string_view value : ListRange(*line))
            values.emplace_back(value);
    }
}

inline Denial deny_method(const Message& request, const EndpointConfig& config) {
    const std::string_view method = request.method();
    const std::string allowed = allowed_methods(config);
    for (const std::string_view handled : ListRange(allowed))
        if (handled == method) return {};
    // Known but not handled is 405, unknown 501. RFC 3261 §8.2.1, §21.5.2
    for (const std::string_view known : {"REGISTER", "PRACK", "UPDATE", "INFO", "MESSAGE", "REFER",
                                         "SUBSCRIBE", "NOTIFY", "PUBLISH"})
        if (known == method) return Denial{405, {{"Allow", allowed}}};
    return Denial{501, {{"Allow", allowed}}};
}

/// RFC 3261 §8.2.2.1
inline Denial deny_target(const Message& request, const EndpointConfig& config) {
    const auto uri = Uri::parse(request.request_uri());
    if (!uri || !uri->is_sip()) return Denial{416};
    if (config.users.empty()) return {};
    const std::string user = unescape(uri->user);
    for (const std::string& ours : config.users)
        if (ours == user) return {};
    return Denial{404};
}

/// RFC 3261 §8.2.2.3
inline Denial deny_extensions(const Message& request, const EndpointConfig& config) {
    const std::string ours = supported_extensions(config);
    std::vector<std::string> unsupported;
    for (std::string& tag : values_of(request, Header::require)) {
        if (!lists(ours, tag)) unsupported.push_back(std::move(tag));
    }
    if (unsupported.empty()) return {};
    return Denial{420, {{"Unsupported", joined(unsupported)}}};
}

/// RFC 3261 §8.2.3
inline Denial deny_content(const Message& request, const EndpointConfig& config) {
    if (request.body().empty()) return {};
    if (const auto text = request.header(Header::content_disposition)) {
        const auto disposition = ContentDisposition::parse(*text);
        if (disposition && disposition->handling() == ContentDisposition::Handling::optional)
            return {};
    }
    for (const std::string& coding : values_of(request, Header::content_encoding))
        if (!iequals(coding, "identity")) return Denial{415, {{"Accept-Encoding", "identity"}}};
    const std::string_view type = request.header(Header::content_type).value_or("");
    const std::string_view media = trim(type.substr(0, type.find(';')));
    if (contains(config.content_types, media)) return {};
    // Whoever takes MESSAGE takes text. RFC 3428 §7
    if (request.method() == "MESSAGE" && iequals(media, "text/plain")) return {};
    return Denial{415, {{"Accept", joined(config.content_types)}}};
}

} // namespace detail

/// The checks that every request has to pass, in the RFC's order; none where it may go on. The
/// target is that of a request outside of dialogs: within one it is our Contact. RFC 3261 §8.2
inline Denial deny(const Message& request, const EndpointConfig& config, Standing standing) {
    // Subscriptions of a session want their NOTIFYs, and it answers what belongs to none.
    if (standing != Standing::in_dialog || request.method() != "NOTIFY")
        if (Denial denial = detail::deny_method(request, config)) return denial;
    if (standing != Standing::in_dialog)
        if (Denial denial = detail::deny_target(request, config)) return denial;
    if (standing == Standing::merged) return Denial{482}; // §8.2.2.2
    if (Denial denial = detail::deny_extensions(request, config)) return denial;
    // What the application sees within a dialog it also judges by its content.
    const bool own = lists(session_methods, request.method());
    if (standing == Standing::in_dialog && !own) return {};
    return detail::deny_content(request, config);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_REQUEST_RULES_HPP
#define OFFHOOK_SESSION_REQUEST_RULES_HPP

#include <string_view>

#include "offhook/core/error.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/header.hpp"

namespace offhook {

/// Why an INFO or MESSAGE may not hold what these options say; false where it may. RFC 6086 §4.2.1,
/// RFC 3428 §4
inline Refusal request_refusal(std::string_view method, const MessageOptions& options) {
    if (method == "MESSAGE" && has_field(options.fields, Header::contact))
        return {Errc::bad_argument, "request", {}, "no Contact in MESSAGE", "RFC 3428 §4", {}};
    if (method == "INFO" && has_field(options.fields, Header::recv_info))
        return {Errc::bad_argument, "request", {}, "no Recv-Info in INFO", "RFC 6086 §4.2.1", {}};
    return {};
}

/// The same of the response to one. RFC 6086 §4.3.2, RFC 3428 §7
inline Refusal response_refusal(std::string_view method, int status,
                                const MessageOptions& options) {
    const auto refused = [](std::string_view needs, std::string_view section) {
        return Refusal{Errc::bad_argument, "respond", {}, needs, section, {}};
    };
    const std::string_view disposition = options.body.disposition;
    if (method == "INFO" && !options.body.empty()
        && iequals(trim(disposition.substr(0, disposition.find(';'))), "info-package"))
        return refused("no body of an Info Package in a response", "RFC 6086 §4.3.2");
    if (method != "MESSAGE" || status < 200 || status >= 300) return {};
    if (!options.body.empty()) return refused("no body in a 2xx to MESSAGE", "RFC 3428 §7");
    if (has_field(options.fields, Header::contact))
        return refused("no Contact in a 2xx to MESSAGE", "RFC 3428 §7");
    return {};
}

} // namespace offhook

#endif

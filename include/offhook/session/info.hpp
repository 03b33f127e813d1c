#ifndef OFFHOOK_SESSION_INFO_HPP
#define OFFHOOK_SESSION_INFO_HPP

#include <string>
#include <string_view>
#include <utility>

#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"

namespace offhook {

/// What an INFO of an Info Package holds: its name, with parameters where it has some, and a body
/// that is marked as the package's. RFC 6086 §4.2.1, §4.3.1
///
///     call.request(now, "INFO", info_of("dtmf", {"application/dtmf-relay", "Signal=5"}));
///
/// Refused there where the peer has not named the package in Recv-Info.
inline MessageOptions info_of(std::string_view package, Body body = {}) {
    MessageOptions options;
    options.fields.push_back({"Info-Package", std::string(package)});
    options.body = std::move(body);
    if (options.body && options.body.disposition.empty()) options.body.disposition = "Info-Package";
    return options;
}

} // namespace offhook

#endif

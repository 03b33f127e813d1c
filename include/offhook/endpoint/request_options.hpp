#ifndef OFFHOOK_ENDPOINT_REQUEST_OPTIONS_HPP
#define OFFHOOK_ENDPOINT_REQUEST_OPTIONS_HPP

#include <cstdint>
#include <string>
#include <vector>

#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"

namespace offhook {

/// A request of ours outside of sessions.
struct RequestOptions {
    std::string method = {}; ///< any but INVITE, ACK, CANCEL and BYE
    std::string target = {}; ///< Request-URI, and the URI in To
    std::string from = {};   ///< From value without a tag; "" is EndpointConfig::identity
    std::string to = {};     ///< To value where it is not to be `<target>`
    std::string route = {};  ///< "" is EndpointConfig::route
    Body body = {};          ///< empty: none
    std::vector<HeaderField> fields = {}; ///< besides those that it makes by itself
    /// One request may follow another, as those do that refresh a registration: with the Call-ID
    /// of the last response, and a number above that of its CSeq. RFC 3261 §10.2.4
    std::string call_id = {}; ///< "" is a fresh one
    std::uint32_t cseq = 1;   ///< below 2³¹
};

} // namespace offhook

#endif

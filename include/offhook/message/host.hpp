#ifndef OFFHOOK_MESSAGE_HOST_HPP
#define OFFHOOK_MESSAGE_HOST_HPP

#include <cstddef>
#include <string_view>

#include "offhook/core/address.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Takes a host with the brackets of an IPv6 reference; empty, and the cursor unmoved, where there
/// is none.
///
///     host     = hostname / IPv4address / IPv6reference
///     hostname = *( domainlabel "." ) toplabel [ "." ]
///
/// RFC 3261 §25.1; addresses by the rules of RFC 3986, as RFC 5954 §4.1 demands, so 444.555.666.777
/// is none. Labels may hold "_" and the last one may begin with a digit, as names that machines
/// make up do.
inline std::string_view take_host(Scanner& in) {
    Scanner ahead = in;
    const std::size_t begin = ahead.offset();
    bool numeric = true; // the last label: then the host has to be an address
    if (ahead.accept('[')) {
        while (!ahead.take(chars::hexdig).empty() || ahead.accept(':') || ahead.accept('.')) {
        }
        if (!ahead.accept(']')) return {};
    } else {
        do {
            const std::string_view label = ahead.take(chars::label);
            if (label.empty() || label.front() == '-' || label.back() == '-') return {};
            numeric = label.find_first_not_of("0123456789") == std::string_view::npos;
        } while (ahead.accept('.') && chars::in(ahead.peek(), chars::label));
    }
    const std::string_view host = ahead.since(begin);
    if (numeric && !Address::parse(host, 0)) return {};
    in = ahead;
    return host;
}

} // namespace offhook

#endif

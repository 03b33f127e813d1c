#ifndef OFFHOOK_ENDPOINT_SERVER_NAME_HPP
#define OFFHOOK_ENDPOINT_SERVER_NAME_HPP

#include <string>
#include <string_view>

#include "offhook/endpoint/destination.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/via.hpp"

namespace offhook {

/// Who is to show a certificate on the TLS connection that is opened for a message: the host that
/// the first Route names, or the Request-URI where there is none or a strict router has taken its
/// place there, or the topmost Via of a response whose connection is gone. A name, for SNI and for
/// the comparison with the certificate, or an address without brackets; "" where there is none, and
/// then nobody can show it. For what poll_transmit() gives with Transport::tls or wss, and no
/// connection. RFC 5922 §7.3, RFC 3261 §26.3.1
inline std::string server_name_of(std::string_view bytes) {
    const auto message = Message::parse(bytes);
    if (!message) return {};
    std::string host;
    if (message->is_request()) {
        std::string_view hop = next_hop_uri(*message, NextHop::top_route);
        const auto uri = Uri::parse(hop);
        if (message->header(Header::route) && uri && !uri->lr()) hop = message->request_uri();
        const auto destination = destination_of(hop);
        if (destination) host = destination->host;
    } else if (const auto text = message->header(Header::via)) {
        const auto via = Via::parse(ListRange(*text).first());
        if (via) host = via->host;
    }
    const bool bracketed = host.starts_with('[') && host.ends_with(']');
    return bracketed ? host.substr(1, host.size() - 2) : host;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_LISTENERS_HPP
#define OFFHOOK_ENDPOINT_LISTENERS_HPP

#include <string>

#include "offhook/core/flow.hpp"
#include "offhook/endpoint/config.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// Is there an address of ours for that transport?
inline bool listens(const EndpointConfig& config, Transport transport) {
    for (const Listener& listener : config.listeners)
        if (listener.transport == transport) return true;
    return false;
}

/// What a URI means that demands no transport: UDP where we speak it. RFC 3263 §4.1
inline Transport default_transport(const EndpointConfig& config) {
    return listens(config, Transport::udp) ? Transport::udp : config.listeners.front().transport;
}

/// Who speaks for us on a transport: the first listener of that transport and address family, else
/// of the transport, else any, since a client of a stream transport need not listen.
inline const Listener& listener_for(const EndpointConfig& config, Transport transport, bool v6) {
    const Listener* best = nullptr;
    for (const Listener& listener : config.listeners) {
        if (listener.transport != transport) continue;
        if (listener.address.v6 == v6) return listener;
        if (!best) best = &listener;
    }
    return best ? *best : config.listeners.front();
}

/// The one that a message came to.
inline const Listener& listener_of(const EndpointConfig& config, const Flow& flow) {
    for (const Listener& listener : config.listeners)
        if (listener.transport == flow.transport && listener.address == flow.local) return listener;
    return listener_for(config, flow.transport, flow.remote.v6);
}

/// The Contact value that leads to a listener, with the user of our identity; a SIPS URI where
/// `secure`. RFC 3261 §8.1.1.8
inline std::string contact_at(const Listener& listener, const EndpointConfig& config, bool secure) {
    const auto identity = NameAddr::parse(config.identity);
    const auto uri = identity ? Uri::parse(identity->uri) : Parsed<Uri>(ParseError{});
    std::string contact = secure ? "<sips:" : "<sip:";
    if (uri && uri->is_sip() && !uri->user.empty()) contact.append(uri->user).append("@");
    contact.append(listener.sent_by());
    // UDP is what a SIP URI means without it, and TLS what a SIPS URI does.
    if (listener.transport != (secure ? Transport::tls : Transport::udp)) {
        contact.append(";transport=");
        // RFC 7118 §5.2 knows "ws" alone; the scheme says that it is a secure one.
        const bool web = secure && listener.transport == Transport::wss;
        for (const char c : web ? "WS" : via_name(listener.transport))
            contact += to_lower(c);
    }
    return contact + ">";
}

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_DESTINATION_HPP
#define OFFHOOK_ENDPOINT_DESTINATION_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/core/address.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// Where a URI says that a request is to be sent, before names are looked up. RFC 3261 §8.1.2,
/// RFC 3263 §4
struct Destination {
    std::string host;                   ///< name or literal, IPv6 with its brackets
    std::optional<std::uint16_t> port;  ///< as the URI gives it
    std::optional<Transport> transport; ///< as the URI demands it, or TLS for SIPS

    /// The address, if the host is a literal. `fallback` is the transport where none is demanded.
    std::optional<Address> literal(Transport fallback) const {
        return Address::parse(host, port.value_or(default_port(transport.value_or(fallback))));
    }
    friend bool operator==(const Destination&, const Destination&) = default;
};

/// The same place by TLS. RFC 3261 §26.2.2
inline Destination secured(Destination destination) {
    // SIPS over "tcp" means TLS over TCP.
    const bool web =
        destination.transport == Transport::ws || destination.transport == Transport::wss;
    destination.transport = web ? Transport::wss : Transport::tls;
    return destination;
}

/// Nothing for a URI that is neither SIP nor SIPS, names a transport that is not known, or is SIPS
/// over UDP, which there is not. RFC 3261 §19.1.1
inline std::optional<Destination> destination_of(std::string_view text) {
    const auto uri = Uri::parse(text);
    if (!uri || !uri->is_sip()) return std::nullopt;
    const auto maddr = uri->parameter("maddr");
    Destination destination{std::string(maddr.value_or(uri->host)), uri->port, std::nullopt};
    if (const auto name = uri->parameter("transport")) {
        destination.transport = parse_transport(*name);
        if (!destination.transport) return std::nullopt;
    }
    if (!uri->is_sips()) return destination;
    if (destination.transport == Transport::udp) return std::nullopt;
    return secured(std::move(destination));
}

/// The URI that says where a request goes: that of its first Route, or the Request-URI.
inline std::string_view next_hop_uri(const Message& request, NextHop next_hop) {
    const auto route = request.header(Header::route);
    if (next_hop == NextHop::top_route && route) return first_route_uri(*route);
    return request.request_uri();
}

/// Where a request goes: a SIPS Request-URI wants TLS though a Route says nothing of it.
/// RFC 3261 §8.1.2
inline std::optional<Destination> next_destination(const Message& request, NextHop next_hop) {
    auto destination = destination_of(next_hop_uri(request, next_hop));
    if (destination && iequals(request.request_uri().substr(0, 5), "sips:"))
        return secured(std::move(*destination));
    return destination;
}

} // namespace offhook

#endif

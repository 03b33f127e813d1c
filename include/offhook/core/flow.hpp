#ifndef OFFHOOK_CORE_FLOW_HPP
#define OFFHOOK_CORE_FLOW_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/core/address.hpp"

namespace offhook {

/// What carries SIP. RFC 3261 §18, RFC 7118 §5 for WebSocket
enum class Transport : std::uint8_t { udp, tcp, tls, ws, wss };

/// Does it deliver what it accepts, so that nothing has to be sent again? RFC 3261 §17.1.1
constexpr bool is_reliable(Transport transport) {
    return transport != Transport::udp;
}

/// As it stands in a Via: "UDP", "TCP", "TLS", "WS", "WSS". RFC 3261 §25.1: transport
constexpr std::string_view via_name(Transport transport) {
    switch (transport) {
    case Transport::udp: return "UDP";
    case Transport::tcp: return "TCP";
    case Transport::tls: return "TLS";
    case Transport::ws: return "WS";
    case Transport::wss: return "WSS";
    }
    return "UDP";
}

/// The port where none is given. RFC 3261 §19.1.2, RFC 7118 §5.3
constexpr std::uint16_t default_port(Transport transport) {
    switch (transport) {
    case Transport::udp:
    case Transport::tcp: return 5060;
    case Transport::tls: return 5061;
    case Transport::ws: return 80;
    case Transport::wss: return 443;
    }
    return 5060;
}

/// Of a Via's transport or a URI's transport parameter; case does not matter. RFC 3261 §7.3.1
constexpr std::optional<Transport> parse_transport(std::string_view text) {
    constexpr Transport all[] = {Transport::udp, Transport::tcp, Transport::tls, Transport::ws,
                                 Transport::wss};
    for (const Transport transport : all) {
        const std::string_view name = via_name(transport);
        bool same = text.size() == name.size();
        for (std::size_t i = 0; same && i < name.size(); ++i) {
            const char c = text[i];
            same = (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) == name[i];
        }
        if (same) return transport;
    }
    return std::nullopt;
}

/// The way that a message came or leaves.
struct Flow {
    Transport transport = Transport::udp; ///< as the message's top Via names it
    Address local;  ///< our end: where it was received, or what it is sent from
    Address remote; ///< the peer's end
    /// The stream it belongs to, as the application numbers its own; 0 is none. In something to
    /// send, 0 on a stream transport means any open connection to `remote`, or a new one.
    std::uint64_t connection = 0;

    friend bool operator==(const Flow&, const Flow&) = default;
};

} // namespace offhook

#endif

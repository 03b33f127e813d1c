#ifndef OFFHOOK_MESSAGE_VIA_HPP
#define OFFHOOK_MESSAGE_VIA_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/message/host.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// One hop that a request has taken, and that its responses take back.
///
///     via-parm      = sent-protocol LWS sent-by *( SEMI via-params )
///     sent-protocol = protocol-name SLASH protocol-version SLASH transport
///     sent-by       = host [ COLON port ]
///     via-params    = ttl / maddr / received / branch / response-port / generic-param
///     response-port = "rport" [EQUAL 1*DIGIT]
///
/// RFC 3261 §20.42, RFC 3581 §4
struct Via {
    std::string_view protocol;         ///< "SIP"
    std::string_view version;          ///< "2.0"
    std::string_view transport;        ///< "UDP", or anything else
    std::string_view host;             ///< with the brackets of an IPv6 reference
    std::optional<std::uint16_t> port; ///< as written
    Parameters parameters;             ///< branch, received, rport …

    /// One value: a header field may hold several, see ListRange.
    static Parsed<Via> parse(std::string_view text);

    /// Empty where it is missing, as it is for received() and maddr().
    constexpr std::string_view branch() const { return parameters.value("branch"); }
    /// An address; IPv6 with brackets or without. RFC 5118 §4.5
    constexpr std::string_view received() const { return parameters.value("received"); }
    /// A multicast group to answer to. RFC 3261 §18.2.2
    constexpr std::string_view maddr() const { return parameters.value("maddr"); }
    /// Whether the client wants its port told, or has been told it.
    constexpr bool has_rport() const { return parameters.has("rport"); }
    /// 1 … 65535; nothing where there is no such number.
    constexpr std::optional<std::uint16_t> rport() const {
        const auto number = parameters.number("rport", 65535);
        if (!number || *number == 0) return std::nullopt;
        return static_cast<std::uint16_t>(*number);
    }
    /// 0 … 255; nothing where there is no such number.
    constexpr std::optional<std::uint8_t> ttl() const {
        const auto number = parameters.number("ttl", 255);
        if (!number) return std::nullopt;
        return static_cast<std::uint8_t>(*number);
    }
};

inline Parsed<Via> Via::parse(std::string_view text) {
    Scanner in(text);
    Via via;
    in.skip_lws();
    via.protocol = in.token();
    if (via.protocol.empty() || !in.accept_separator('/')) return in.error("Via: sent-protocol");
    via.version = in.token();
    if (via.version.empty() || !in.accept_separator('/')) return in.error("Via: sent-protocol");
    via.transport = in.token();
    if (via.transport.empty()) return in.error("Via: sent-protocol");

    if (!in.skip_lws()) return in.error("Via: LWS");
    via.host = take_host(in);
    if (via.host.empty()) return in.error("Via: sent-by");
    if (in.accept_separator(':')) {
        const auto port = in.number(65535);
        if (!port) return in.error("Via: sent-by");
        via.port = static_cast<std::uint16_t>(*port);
    }

    if (const ParseError error = via.parameters.read(in, "Via: via-parm")) return error;
    return via;
}

} // namespace offhook

#endif

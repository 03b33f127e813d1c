#ifndef OFFHOOK_CORE_ADDRESS_HPP
#define OFFHOOK_CORE_ADDRESS_HPP

#include <array>
#include <charconv>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/extremes.hpp"

namespace offhook {

/// An IP address and a port. Knows no sockets: an adapter copies `bytes` and `port` to and from the
/// operating system's types.
struct Address {
    std::array<std::uint8_t, 16> bytes = {}; ///< network order; IPv4 fills the first four
    std::uint16_t port = 0;                  ///< host order
    bool v6 = false;                         ///< otherwise IPv4

    friend auto operator<=>(const Address&, const Address&) = default;

    /// An IPv4 literal, or an IPv6 literal with or without its brackets; nothing for a host name or
    /// a zone. An IPv4-mapped address stays IPv6. RFC 3261 §25.1: IPv4address, IPv6reference
    static std::optional<Address> parse(std::string_view host, std::uint16_t port);

    /// What to_string() writes: "192.0.2.1:5060", "[2001:db8::1]:5060". RFC 3261 §25.1: hostport
    static std::optional<Address> parse(std::string_view host_and_port);

    /// The literal without brackets and port; IPv6 in its one canonical form. RFC 5952 §4
    std::string host() const;

    /// "192.0.2.1:5060", "[2001:db8::1]:5060"
    std::string to_string() const {
        const std::string port_text = std::to_string(port);
        return v6 ? "[" + host() + "]:" + port_text : host() + ":" + port_text;
    }

    /// 224.0.0.0/4, ff00::/8
    bool is_multicast() const { return v6 ? bytes[0] == 0xff : (bytes[0] & 0xf0) == 0xe0; }

    /// The same address, whatever the ports.
    bool same_host(const Address& other) const { return v6 == other.v6 && bytes == other.bytes; }

private:
    static bool parse_v4(std::string_view text, std::uint8_t* out);
    static bool parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out);
};

inline bool Address::parse_v4(std::string_view text, std::uint8_t* out) {
    for (int part = 0; part < 4; ++part) {
        const char* const end = text.data() + text.size();
        unsigned value = 0;
        const auto result = std::from_chars(text.data(), end, value);
        const auto digits = static_cast<std::size_t>(result.ptr - text.data());
        // "010" is 8 to some readers and 10 to others, so it is nobody's address.
        if (result.ec != std::errc{} || value > 255 || digits > 3) return false;
        if (digits > 1 && text.front() == '0') return false;
        out[part] = static_cast<std::uint8_t>(value);
        text.remove_prefix(digits);
        if (part == 3) break;
        if (text.empty() || text.front() != '.') return false;
        text.remove_prefix(1);
    }
    return text.empty();
}

inline bool Address::parse_v6(std::string_view text, std::array<std::uint8_t, 16>& out) {
    std::size_t used = 0;           // bytes written
    std::optional<std::size_t> gap; // where "::" stands
    if (text.starts_with("::")) {
        gap = 0;
        text.remove_prefix(2);
    }
    while (!text.empty()) {
        if (used == 16) return false;
        const std::size_t length = lesser(text.find(':'), text.size());
        const std::string_view group = text.substr(0, length);
        if (group.find('.') != std::string_view::npos) {
            if (used > 12 || length != text.size() || !parse_v4(group, out.data() + used)) {
                return false;
            }
            used += 4;
            break;
        }
        unsigned value = 0;
        const auto result = std::from_chars(group.data(), group.data() + length, value, 16);
        if (length == 0 || length > 4 || result.ec != std::errc{}
            || result.ptr != group.data() + length) {
            return false;
        }
        out[used++] = static_cast<std::uint8_t>(value >> 8);
        out[used++] = static_cast<std::uint8_t>(value & 0xff);
        text.remove_prefix(length);
        if (text.empty()) break;
        text.remove_prefix(1);
        if (text.empty()) return false; // a single ':' at the end
        if (text.front() == ':') {
            if (gap) return false;
            gap = used;
            text.remove_prefix(1);
        }
    }
    if (!gap) return used == 16;
    if (used == 16) return false;
    const std::size_t zeros = 16 - used;
    for (std::size_t i = 16; i-- > *gap;)
        out[i] = i >= *gap + zeros ? out[i - zeros] : std::uint8_t{0};
    return true;
}

inline std::optional<Address> Address::parse(std::string_view host, std::uint16_t port) {
    Address address;
    address.port = port;
    if (host.starts_with('[')) {
        if (!host.ends_with(']')) return std::nullopt;
        host = host.substr(1, host.size() - 2);
        address.v6 = true;
    }
    if (host.empty()) return std::nullopt;
    address.v6 = address.v6 || host.find(':') != std::string_view::npos;
    const bool valid =
        address.v6 ? parse_v6(host, address.bytes) : parse_v4(host, address.bytes.data());
    return valid ? std::optional(address) : std::nullopt;
}

inline std::optional<Address> Address::parse(std::string_view host_and_port) {
    const std::size_t colon = host_and_port.rfind(':');
    if (colon == std::string_view::npos) return std::nullopt;
    const std::string_view host = host_and_port.substr(0, colon);
    // Without its brackets an IPv6 literal would lose its last group to the port.
    if (host.find(':') != std::string_view::npos && !host.starts_with('[')) return std::nullopt;
    const char* const end = host_and_port.data() + host_and_port.size();
    std::uint16_t number = 0;
    const auto result = std::from_chars(host_and_port.data() + colon + 1, end, number);
    if (result.ec != std::errc{} || result.ptr != end) return std::nullopt;
    return parse(host, number);
}

inline std::string Address::host() const {
    std::string text;
    const auto number = [&](unsigned value, int base) {
        std::array<char, 8> digits{};
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base);
        text.append(digits.data(), end.ptr);
    };
    const auto dotted = [&](std::size_t first) {
        for (std::size_t i = first; i < first + 4; ++i) {
            if (i != first) text += '.';
            number(bytes[i], 10);
        }
    };
    if (!v6) {
        dotted(0);
        return text;
    }
    const auto group = [&](std::size_t i) { return bytes[2 * i] * 256U + bytes[2 * i + 1]; };
    // The longest run of zero groups, the first among equals, and no run of one: RFC 5952 §4.2
    std::size_t run_begin = 8;
    std::size_t run_length = 1;
    for (std::size_t i = 0; i < 8; ++i) {
        std::size_t end = i;
        while (end < 8 && group(end) == 0)
            ++end;
        if (end - i > run_length) {
            run_begin = i;
            run_length = end - i;
        }
    }
    const bool mapped = run_begin == 0 && run_length == 5 && group(5) == 0xffff; // RFC 5952 §5
    for (std::size_t i = 0; i < 8;) {
        if (i == run_begin) {
            text += "::";
            i += run_length;
            continue;
        }
        if (i != 0 && i != run_begin + run_length) text += ':';
        if (mapped && i == 6) {
            dotted(12);
            break;
        }
        number(group(i++), 16);
    }
    return text;
}

} // namespace offhook

#endif

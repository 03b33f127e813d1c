#ifndef OFFHOOK_NET_ADDRESS_HPP
#define OFFHOOK_NET_ADDRESS_HPP

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "offhook/core/address.hpp"
#include "offhook/net/descriptor.hpp"
#include "offhook/net/error.hpp"

namespace offhook::net {

/// An Address as the socket calls want it. Zones of link-local IPv6 addresses are not kept.
struct SocketAddress {
    ::sockaddr_storage storage = {};                 ///< a sockaddr_in or a sockaddr_in6
    ::socklen_t length = sizeof(::sockaddr_storage); ///< in bytes

    SocketAddress() = default;
    /// The same address and port.
    explicit SocketAddress(const Address& address) {
        if (address.v6) {
            ::sockaddr_in6 in = {};
            in.sin6_family = AF_INET6;
            in.sin6_port = htons(address.port);
            std::memcpy(&in.sin6_addr, address.bytes.data(), 16);
            assign(in);
        } else {
            ::sockaddr_in in = {};
            in.sin_family = AF_INET;
            in.sin_port = htons(address.port);
            std::memcpy(&in.sin_addr, address.bytes.data(), 4);
            assign(in);
        }
    }

    /// For the calls, with `length`.
    ::sockaddr* get() noexcept { return reinterpret_cast<::sockaddr*>(&storage); }
    /// For the calls, with `length`.
    const ::sockaddr* get() const noexcept { return reinterpret_cast<const ::sockaddr*>(&storage); }

    /// Port 0 of 0.0.0.0 for what is neither IPv4 nor IPv6.
    Address address() const {
        Address result;
        if (storage.ss_family == AF_INET6) {
            ::sockaddr_in6 in = {};
            std::memcpy(&in, &storage, sizeof in);
            std::memcpy(result.bytes.data(), &in.sin6_addr, 16);
            result.port = ntohs(in.sin6_port);
            result.v6 = true;
        } else if (storage.ss_family == AF_INET) {
            ::sockaddr_in in = {};
            std::memcpy(&in, &storage, sizeof in);
            std::memcpy(result.bytes.data(), &in.sin_addr, 4);
            result.port = ntohs(in.sin_port);
        }
        return result;
    }

private:
    template <class In>
    void assign(const In& in) {
        std::memcpy(&storage, &in, sizeof in);
        length = sizeof in;
    }
};

/// 0.0.0.0 or ::, whatever the port: any address of this machine.
inline bool is_wildcard(const Address& address) {
    return std::all_of(address.bytes.begin(), address.bytes.end(),
                       [](std::uint8_t byte) { return byte == 0; });
}

/// The address that a socket is bound to.
inline Address local_address(int fd) {
    SocketAddress local;
    if (::getsockname(fd, local.get(), &local.length) != 0) return {};
    return local.address();
}

/// A non-blocking socket bound to `local`; IPv6 sockets take no IPv4. Port 0: the system chooses.
inline Descriptor bound_socket(int type, const Address& local, std::error_code& error) {
    Descriptor fd(::socket(local.v6 ? AF_INET6 : AF_INET, type, 0));
    const int on = 1;
    const SocketAddress address(local);
    const bool done =
        fd && fd.set_non_blocking()
        && (!local.v6 || ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) == 0)
        && (type != SOCK_STREAM
            || ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0)
        && ::bind(fd.get(), address.get(), address.length) == 0;
    error = done ? std::error_code() : last_error();
    return done ? std::move(fd) : Descriptor();
}

/// The address from which this machine reaches `remote`, port 0; nothing where it does not. For the
/// Contact and Via of who listens on a wildcard. Sends nothing.
inline std::optional<Address> source_address(const Address& remote) {
    const Descriptor fd(::socket(remote.v6 ? AF_INET6 : AF_INET, SOCK_DGRAM, 0));
    const SocketAddress to(remote);
    if (!fd || ::connect(fd.get(), to.get(), to.length) != 0) return std::nullopt;
    Address local = local_address(fd.get());
    local.port = 0;
    return local;
}

} // namespace offhook::net

#endif

#ifndef OFFHOOK_NET_UDP_SOCKET_HPP
#define OFFHOOK_NET_UDP_SOCKET_HPP

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstring>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#if defined(__linux__)
#include <linux/errqueue.h>
#endif

#include "offhook/core/address.hpp"
#include "offhook/net/address.hpp"

namespace offhook::net {

/// A bound UDP socket. On a wildcard address it tells for each datagram which address of this
/// machine it came to, and sends from the address that it is told. RFC 3261 §18.1.1, §18.2.2
class UdpSocket {
public:
    /// What receive() gives.
    struct Datagram {
        Address local;          ///< of this machine, where it was sent to
        Address remote;         ///< who sent it
        std::string_view bytes; ///< within the buffer given to receive()
    };

    /// Port 0 lets the system choose; local() tells.
    static std::optional<UdpSocket> open(const Address& local, std::error_code& error) {
        UdpSocket result;
        result.fd_ = bound_socket(SOCK_DGRAM, local, error);
        if (!result.fd_) return std::nullopt;
        result.local_ = local_address(result.fd_.get());
        result.set_options();
        return result;
    }

    /// For poll(2).
    int fd() const noexcept { return fd_.get(); }
    /// Where it is bound, with the port that the system chose.
    const Address& local() const noexcept { return local_; }

    /// Would a datagram with this source leave by this socket?
    bool serves(const Address& source) const {
        return source == local_
               || (is_wildcard(local_) && source.v6 == local_.v6 && source.port == local_.port);
    }

    /// A full send buffer is a lost datagram, not an error: SIP sends again.
    std::error_code send(const Address& source, const Address& remote, std::string_view bytes) {
        // A pending ICMP error of an earlier datagram, to whomever, makes one call fail.
        for (int tries = 0; tries < 2; ++tries) {
            if (send_once(source, remote, bytes)) return {};
            if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
            if (errno != ECONNREFUSED && errno != EHOSTUNREACH && errno != EINTR) break;
        }
        return last_error();
    }

    /// The next datagram, at most buffer.size() bytes of it; nothing where none waits.
    std::optional<Datagram> receive(std::span<char> buffer) {
        for (int tries = 0; tries < 16; ++tries) {
            SocketAddress from;
            Control control;
            ::iovec data{buffer.data(), buffer.size()};
            ::msghdr message = header(from, data, control);
            const auto size = ::recvmsg(fd_.get(), &message, 0);
            if (size >= 0) {
                return Datagram{destination(message),
                                from.address(),
                                {buffer.data(), static_cast<std::size_t>(size)}};
            }
            if (errno == EAGAIN || errno == EWOULDBLOCK) break;
        }
        return std::nullopt;
    }

    /// Whose address ICMP called unreachable since the last call, one at a time. Only Linux tells.
    std::optional<Address> take_unreachable() {
#if defined(__linux__)
        for (;;) {
            SocketAddress to;
            Control control;
            char none = 0;
            ::iovec data{&none, sizeof none};
            ::msghdr message = header(to, data, control);
            if (::recvmsg(fd_.get(), &message, MSG_ERRQUEUE) < 0) return std::nullopt;
            for (auto* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
                if (c->cmsg_level != IPPROTO_IP && c->cmsg_level != IPPROTO_IPV6) continue;
                if (c->cmsg_type != IP_RECVERR && c->cmsg_type != IPV6_RECVERR) continue;
                ::sock_extended_err error = {};
                std::memcpy(&error, CMSG_DATA(c), sizeof error);
                // The size of a path's packets is no reason to give the peer up.
                if (error.ee_errno != EMSGSIZE) return to.address();
            }
        }
#else
        return std::nullopt;
#endif
    }

private:
    struct Control {
        alignas(::cmsghdr) char bytes[512] = {};
    };

    UdpSocket() = default;

    static ::msghdr header(SocketAddress& address, ::iovec& data, Control& control) {
        ::msghdr message = {};
        message.msg_name = address.get();
        message.msg_namelen = address.length;
        message.msg_iov = &data;
        message.msg_iovlen = 1;
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        return message;
    }

    // What fails here costs only what it was for.
    void set_options() {
        const auto set = [&](int level, int option) {
            const int on = 1;
            ::setsockopt(fd_.get(), level, option, &on, sizeof on);
        };
        (void)set;
#if defined(__linux__)
        set(local_.v6 ? IPPROTO_IPV6 : IPPROTO_IP, local_.v6 ? IPV6_RECVERR : IP_RECVERR);
        if (is_wildcard(local_)) {
            set(local_.v6 ? IPPROTO_IPV6 : IPPROTO_IP, local_.v6 ? IPV6_RECVPKTINFO : IP_PKTINFO);
        }
#endif
    }

    bool send_once(const Address& source, const Address& remote, std::string_view bytes) {
        SocketAddress to(remote);
        Control control;
        ::iovec data{const_cast<char*>(bytes.data()), bytes.size()};
        ::msghdr message = header(to, data, control);
        message.msg_controllen = 0;
        if (is_wildcard(local_) && !is_wildcard(source)) set_source(message, control, source);
        return ::sendmsg(fd_.get(), &message, 0) >= 0;
    }

    static void set_source(::msghdr& message, Control& control, const Address& source) {
#if defined(__linux__)
        const auto put = [&](int level, int type, const auto& info) {
            message.msg_control = control.bytes;
            message.msg_controllen = CMSG_SPACE(sizeof info);
            auto* c = CMSG_FIRSTHDR(&message);
            c->cmsg_level = level;
            c->cmsg_type = type;
            c->cmsg_len = CMSG_LEN(sizeof info);
            std::memcpy(CMSG_DATA(c), &info, sizeof info);
        };
        if (source.v6) {
            ::in6_pktinfo info = {};
            std::memcpy(&info.ipi6_addr, source.bytes.data(), 16);
            put(IPPROTO_IPV6, IPV6_PKTINFO, info);
        } else {
            ::in_pktinfo info = {};
            std::memcpy(&info.ipi_spec_dst, source.bytes.data(), 4);
            put(IPPROTO_IP, IP_PKTINFO, info);
        }
#else
        (void)message, (void)control, (void)source;
#endif
    }

    Address destination(::msghdr& message) const {
        Address result = local_;
#if defined(__linux__)
        for (auto* c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
            if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO) {
                ::in_pktinfo info = {};
                std::memcpy(&info, CMSG_DATA(c), sizeof info);
                std::memcpy(result.bytes.data(), &info.ipi_spec_dst, 4);
            } else if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO) {
                ::in6_pktinfo info = {};
                std::memcpy(&info, CMSG_DATA(c), sizeof info);
                std::memcpy(result.bytes.data(), &info.ipi6_addr, 16);
            }
        }
#else
        (void)message;
#endif
        return result;
    }

    Descriptor fd_;
    Address local_;
};

} // namespace offhook::net

#endif

#ifndef OFFHOOK_NET_TCP_HPP
#define OFFHOOK_NET_TCP_HPP

#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "offhook/core/flow.hpp"
#include "offhook/net/address.hpp"

namespace offhook::net {

/// One TCP connection, opened or accepted: what is still to be written, and to whom it belongs.
class TcpConnection {
public:
    /// A message on its way, and the flow that it was given with.
    struct Unsent {
        Flow flow;         ///< as it was given to queue()
        std::string bytes; ///< the whole message
    };

    /// What one read gave. `closed` stands for the orderly end and for each error.
    struct Read {
        std::size_t size = 0; ///< bytes; 0 with `closed` false: nothing there yet
        bool closed = false;  ///< nothing more comes
    };

    /// Starts to connect from `flow.local`'s address, any port, to `flow.remote`.
    static std::optional<TcpConnection> open(const Flow& flow, std::error_code& error) {
        Address source = flow.local;
        source.port = 0;
        if (source.v6 != flow.remote.v6) source = Address{.v6 = flow.remote.v6};
        TcpConnection result(bound_socket(SOCK_STREAM, source, error), flow);
        if (error) return std::nullopt;
        const SocketAddress to(flow.remote);
        if (::connect(result.fd(), to.get(), to.length) != 0 && errno != EINPROGRESS) {
            error = last_error();
            return std::nullopt;
        }
        result.connecting_ = true;
        return result;
    }

    /// Takes over a socket that does not block. From now on a message waits for no other to leave
    /// with it (TCP_NODELAY).
    TcpConnection(Descriptor fd, const Flow& flow) : fd_(std::move(fd)), flow_(flow) {
        const int on = 1;
        ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
#if defined(SO_NOSIGPIPE)
        ::setsockopt(fd_.get(), SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on);
#endif
    }

    /// For poll(2).
    int fd() const noexcept {
        return fd_.get();
    }
    /// `local` is where we listen, not the port that a connection of ours happened to get.
    const Flow& flow() const noexcept {
        return flow_;
    }
    /// Has connect() not come to its end yet?
    bool connecting() const noexcept {
        return connecting_;
    }
    /// Is write() to be called once the socket allows it?
    bool wants_to_write() const noexcept {
        return connecting_ || !queue_.empty();
    }
    /// Closes once all is written; what comes in until then is not read.
    bool closing() const noexcept {
        return closing_;
    }
    /// After what is queued; see closing().
    void close_when_sent() noexcept {
        closing_ = true;
    }
    /// Bytes that are queued and not written.
    std::size_t pending_bytes() const noexcept {
        return pending_;
    }
    /// The messages that are not wholly written, the next one first.
    const std::deque<Unsent>& unsent() const noexcept {
        return queue_;
    }

    /// To be written behind all others, by write().
    void queue(Flow flow, std::string bytes) {
        pending_ += bytes.size();
        queue_.push_back({flow, std::move(bytes)});
    }

    /// Call it when the socket may be written to. An error means that the connection is gone.
    std::error_code write() {
        if (connecting_) {
            int status = 0;
            ::socklen_t length = sizeof status;
            if (::getsockopt(fd(), SOL_SOCKET, SO_ERROR, &status, &length) != 0) {
                return last_error();
            }
            if (status != 0) return {status, std::system_category()};
            connecting_ = false;
        }
        while (!queue_.empty()) {
            const std::string& bytes = queue_.front().bytes;
            const auto size = ::send(fd(), bytes.data() + written_, bytes.size() - written_, flags);
            if (size < 0) {
                if (errno == EINTR) continue;
                if (errno == EAGAIN || errno == EWOULDBLOCK) return {};
                return last_error();
            }
            written_ += static_cast<std::size_t>(size);
            pending_ -= static_cast<std::size_t>(size);
            if (written_ < bytes.size()) continue;
            written_ = 0;
            queue_.pop_front();
        }
        return {};
    }

    /// Reads what there is, at most as much as the buffer holds, into its beginning.
    Read read(std::span<char> buffer) {
        for (;;) {
            const auto size = ::recv(fd(), buffer.data(), buffer.size(), 0);
            if (size > 0) return {static_cast<std::size_t>(size), false};
            if (size == 0) return {0, true};
            if (errno == EINTR) continue;
            return {0, errno != EAGAIN && errno != EWOULDBLOCK};
        }
    }

private:
#if defined(MSG_NOSIGNAL)
    static constexpr int flags = MSG_NOSIGNAL;
#else
    static constexpr int flags = 0;
#endif

    Descriptor fd_;
    Flow flow_;
    std::deque<Unsent> queue_;
    std::size_t written_ = 0; // of the first in the queue
    std::size_t pending_ = 0;
    bool connecting_ = false;
    bool closing_ = false;
};

/// A socket that accepts TCP connections.
class TcpListener {
public:
    /// Port 0 lets the system choose; local() tells.
    static std::optional<TcpListener> open(const Address& local, std::error_code& error) {
        TcpListener result;
        result.fd_ = bound_socket(SOCK_STREAM, local, error);
        if (!result.fd_) return std::nullopt;
        if (::listen(result.fd_.get(), SOMAXCONN) != 0) {
            error = last_error();
            return std::nullopt;
        }
        result.local_ = local_address(result.fd_.get());
        return result;
    }

    /// For poll(2).
    int fd() const noexcept { return fd_.get(); }
    /// Where it listens, with the port that the system chose.
    const Address& local() const noexcept { return local_; }

    /// The next connection that waits. No error and none: nobody waits. An error: most
    /// likely the system has no descriptor or memory left, and goes on saying so for a while.
    std::optional<TcpConnection> accept(std::uint64_t number, std::error_code& error) {
        for (;;) {
            SocketAddress remote;
            Descriptor fd(::accept(fd_.get(), remote.get(), &remote.length));
            if (fd && fd.set_non_blocking()) {
                const Flow flow{Transport::tcp, local_address(fd.get()), remote.address(), number};
                return TcpConnection(std::move(fd), flow);
            }
            if (errno == EAGAIN || errno == EWOULDBLOCK) return std::nullopt;
            // A signal, or a caller that has already gone: the next one.
            if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) continue;
            error = last_error();
            return std::nullopt;
        }
    }

private:
    TcpListener() = default;

    Descriptor fd_;
    Address local_;
};

} // namespace offhook::net

#endif

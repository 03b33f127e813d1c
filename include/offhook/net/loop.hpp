#ifndef OFFHOOK_NET_LOOP_HPP
#define OFFHOOK_NET_LOOP_HPP

#include <poll.h>

#include <algorithm>
#include <array>
#include <climits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/polled.hpp"
#include "offhook/core/time.hpp"
#include "offhook/net/tapped.hpp"
#include "offhook/net/tcp.hpp"
#include "offhook/net/udp_socket.hpp"

namespace offhook::net {

/// Safe defaults for what peers could otherwise make grow.
struct LoopLimits {
    std::size_t connections = 10000;         ///< TCP, accepted and opened together
    std::size_t pending_bytes = 1024 * 1024; ///< written to one connection, not yet taken
    int batch = 64;                          ///< datagrams, or reads, of one socket in one round
};

/// Sockets and one poll(2) around an endpoint: no threads, no callbacks.
///
///     net::Loop loop;
///     loop.listen(Transport::udp, *Address::parse("127.0.0.1", 5060));
///     for (;;) {
///         loop.run_once(endpoint, 1s);
///         while (auto event = endpoint.poll_event()) …
///     }
///
/// What the events' operations want to send leaves at the next run_once(), without a wait.
class Loop {
public:
    /// Listens nowhere yet.
    explicit Loop(LoopLimits limits = {}) : limits_(limits) {}

    /// The clock that run_once() passes on.
    static TimePoint now() { return std::chrono::steady_clock::now(); }

    /// Receives there from now on: UDP, or TCP. Port 0 lets the system choose; the result tells.
    /// Throws std::system_error where the system refuses.
    Address listen(Transport transport, const Address& local) {
        std::error_code error;
        const auto bound = try_listen(transport, local, error);
        if (!bound) {
            raise(error,
                  "cannot listen on " + std::string(via_name(transport)) + " " + local.to_string());
        }
        return *bound;
    }

    /// The same with the refusal in `error`.
    std::optional<Address> try_listen(Transport transport, const Address& local,
                                      std::error_code& error) {
        if (transport == Transport::udp) {
            auto socket = UdpSocket::open(local, error);
            if (!socket) return std::nullopt;
            udp_.push_back(std::move(*socket));
            return udp_.back().local();
        }
        if (transport == Transport::tcp) {
            auto listener = TcpListener::open(local, error);
            if (!listener) return std::nullopt;
            listeners_.push_back(std::move(*listener));
            return listeners_.back().local();
        }
        error = std::make_error_code(std::errc::protocol_not_supported);
        return std::nullopt;
    }

    /// A descriptor of the application's, such as standard input: run_once() returns as soon as it
    /// can be read, and readable() then says so. It stays the application's.
    void watch(int fd) { watched_.push_back({fd, false}); }
    /// No more of what watch() began; nothing where it did not.
    void unwatch(int fd) {
        std::erase_if(watched_, [&](const Watched& watched) { return watched.fd == fd; });
    }
    /// Has it something to read, or reached its end, as of the last run_once()?
    bool readable(int fd) const {
        return std::any_of(watched_.begin(), watched_.end(), [&](const Watched& watched) {
            return watched.fd == fd && watched.readable;
        });
    }

    /// Sends what there is to send; waits for something to come, for the endpoint's deadline, or
    /// until `longest` is over; hands it over, and sends what that brings forth. A signal ends the
    /// wait.
    template <Polled Endpoint>
    void run_once(Endpoint& endpoint, Duration longest) {
        const bool told = send_all(endpoint);
        if (wait(told ? Duration::zero() : until(endpoint.poll_timeout(), longest))) {
            dispatch(endpoint);
        }
        const auto deadline = endpoint.poll_timeout();
        if (deadline && *deadline <= now()) endpoint.handle_timeout(now());
        send_all(endpoint);
    }

    /// The same, and shows the tap what passes: see Tapped.
    template <Polled Endpoint, class Tap>
    void run_once(Endpoint& endpoint, Duration longest, Tap& tap) {
        Tapped<Endpoint, Tap> tapped{endpoint, tap};
        run_once(tapped, longest);
    }

    /// Sends what the endpoint has to send. True where something failed at once: the endpoint has
    /// been told, and may have events.
    template <Polled Endpoint>
    bool send_all(Endpoint& endpoint) {
        bool told = false;
        while (auto transmit = endpoint.poll_transmit())
            told |= !send(endpoint, transmit->flow, std::move(transmit->bytes));
        return told;
    }

    /// Closes a connection once all for it has been written; the endpoint is then told.
    void close(std::uint64_t connection) {
        if (const auto found = connections_.find(connection); found != connections_.end()) {
            found->second.close_when_sent();
        }
    }

    /// How many are open, those that are still connecting among them.
    std::size_t connections() const { return connections_.size(); }
    /// Are there bytes that the peers have not taken yet?
    bool sending() const {
        return std::any_of(connections_.begin(), connections_.end(),
                           [](const auto& entry) { return entry.second.wants_to_write(); });
    }

private:
    struct Watched {
        int fd;
        bool readable;
    };
    using Connections = std::map<std::uint64_t, TcpConnection>;
    // After the system had no descriptor left: poll() would report the listener without end.
    static constexpr Duration accept_pause = std::chrono::milliseconds(100);

    Duration until(std::optional<TimePoint> deadline, Duration longest) const {
        const TimePoint at = now();
        if (deadline) longest = (std::min)(longest, *deadline - at);
        if (at < accept_again_) longest = (std::min)(longest, accept_again_ - at);
        return (std::max)(longest, Duration::zero());
    }

    // The order of polled_: watched_, udp_, listeners_, then a connection for each of numbers_.
    bool wait(Duration longest) {
        polled_.clear();
        numbers_.clear();
        for (const Watched& watched : watched_)
            polled_.push_back({watched.fd, POLLIN, 0});
        for (const UdpSocket& socket : udp_)
            polled_.push_back({socket.fd(), POLLIN, 0});
        const bool accepting = connections_.size() < limits_.connections && now() >= accept_again_;
        for (const TcpListener& listener : listeners_)
            polled_.push_back({accepting ? listener.fd() : -1, POLLIN, 0});
        for (const auto& [number, connection] : connections_) {
            const int in = connection.closing() ? 0 : POLLIN;
            const int out = connection.wants_to_write() || connection.closing() ? POLLOUT : 0;
            polled_.push_back({connection.fd(), static_cast<short>(in | out), 0});
            numbers_.push_back(number);
        }
        // Rounded up, or the last millisecond before a deadline would be spent in a spin.
        const auto rounded = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
        const auto timeout = static_cast<int>(std::min<long long>(rounded, INT_MAX));
        const int ready = ::poll(polled_.data(), static_cast<::nfds_t>(polled_.size()), timeout);
        for (std::size_t i = 0; i < watched_.size(); ++i)
            watched_[i].readable = ready > 0 && polled_[i].revents != 0;
        return ready > 0;
    }

    template <class Endpoint>
    void dispatch(Endpoint& endpoint) {
        std::size_t next = watched_.size();
        for (UdpSocket& socket : udp_) {
            if (polled_[next++].revents != 0) receive_datagrams(endpoint, socket);
        }
        for (TcpListener& listener : listeners_) {
            if (polled_[next++].revents != 0) accept_all(listener);
        }
        for (const std::uint64_t number : numbers_) {
            const short ready = polled_[next++].revents;
            if ((ready & ~POLLOUT) != 0) receive_stream(endpoint, number);
            if (ready != 0) write(endpoint, number);
        }
    }

    template <class Endpoint>
    void receive_datagrams(Endpoint& endpoint, UdpSocket& socket) {
        while (const auto remote = socket.take_unreachable()) {
            endpoint.transmit_failed(now(), Flow{Transport::udp, socket.local(), *remote});
            send_all(endpoint);
        }
        for (int n = 0; n < limits_.batch; ++n) {
            const auto datagram = socket.receive(buffer_);
            if (!datagram) return;
            const Flow flow{Transport::udp, datagram->local, datagram->remote};
            endpoint.receive(now(), flow, datagram->bytes);
            send_all(endpoint);
        }
    }

    void accept_all(TcpListener& listener) {
        for (int n = 0; n < limits_.batch && connections_.size() < limits_.connections; ++n) {
            std::error_code error;
            auto connection = listener.accept(next_number_, error);
            if (error) accept_again_ = now() + accept_pause;
            if (!connection) return;
            add(std::move(*connection));
        }
    }

    template <class Endpoint>
    void receive_stream(Endpoint& endpoint, std::uint64_t number) {
        for (int n = 0; n < limits_.batch; ++n) {
            // Looked up each time: what the endpoint sends meanwhile may have ended it.
            const auto found = connections_.find(number);
            if (found == connections_.end() || found->second.connecting()) return;
            const auto [size, closed] = found->second.read(buffer_);
            if (closed) return drop(endpoint, found);
            if (size == 0) return;
            if (found->second.closing()) continue;
            const Flow flow = found->second.flow();
            endpoint.receive(now(), flow, std::string_view(buffer_.data(), size));
            send_all(endpoint);
        }
    }

    template <class Endpoint>
    bool write(Endpoint& endpoint, std::uint64_t number) {
        const auto found = connections_.find(number);
        if (found == connections_.end()) return false;
        TcpConnection& connection = found->second;
        const bool over =
            connection.write() || (connection.closing() && !connection.wants_to_write());
        if (over) drop(endpoint, found);
        return !over;
    }

    // False where it failed and the endpoint has been told.
    template <class Endpoint>
    bool send(Endpoint& endpoint, const Flow& flow, std::string bytes) {
        if (flow.transport == Transport::udp) {
            UdpSocket* const socket = socket_for(flow);
            if (socket && !socket->send(flow.local, flow.remote, bytes)) return true;
        } else if (const auto found = connection_for(flow); found != connections_.end()) {
            TcpConnection& connection = found->second;
            if (connection.pending_bytes() + bytes.size() <= limits_.pending_bytes
                && !connection.closing()) {
                connection.queue(flow, std::move(bytes));
                return connection.connecting() || write(endpoint, found->first);
            }
        }
        endpoint.transmit_failed(now(), flow);
        return false;
    }

    // The socket that the flow names, else the first of its family.
    UdpSocket* socket_for(const Flow& flow) {
        const auto find = [&](auto suits) -> UdpSocket* {
            const auto found = std::find_if(udp_.begin(), udp_.end(), suits);
            return found == udp_.end() ? nullptr : &*found;
        };
        UdpSocket* const own = find([&](const UdpSocket& s) { return s.serves(flow.local); });
        if (own || flow.local.port != 0) return own;
        return find([&](const UdpSocket& s) { return s.local().v6 == flow.remote.v6; });
    }

    Connections::iterator connection_for(const Flow& flow) {
        if (flow.connection != 0) return connections_.find(flow.connection);
        if (flow.transport != Transport::tcp) return connections_.end();
        const auto known = by_peer_.find({flow.local, flow.remote});
        if (known != by_peer_.end()) return connections_.find(known->second);
        if (connections_.size() >= limits_.connections) return connections_.end();
        Flow opened = flow;
        opened.connection = next_number_;
        std::error_code error;
        auto connection = TcpConnection::open(opened, error);
        return connection ? add(std::move(*connection)) : connections_.end();
    }

    Connections::iterator add(TcpConnection&& connection) {
        const Flow flow = connection.flow();
        by_peer_.insert_or_assign({flow.local, flow.remote}, flow.connection);
        return connections_.emplace(next_number_++, std::move(connection)).first;
    }

    // What was never written has failed, each message by the flow that it was given with.
    template <class Endpoint>
    void drop(Endpoint& endpoint, Connections::iterator which) {
        const TcpConnection gone = std::move(which->second);
        connections_.erase(which);
        const auto peer = by_peer_.find({gone.flow().local, gone.flow().remote});
        if (peer != by_peer_.end() && peer->second == gone.flow().connection) by_peer_.erase(peer);
        for (const TcpConnection::Unsent& unsent : gone.unsent())
            endpoint.transmit_failed(now(), unsent.flow);
        endpoint.connection_closed(now(), gone.flow());
    }

    LoopLimits limits_;
    std::vector<Watched> watched_;
    std::vector<UdpSocket> udp_;
    std::vector<TcpListener> listeners_;
    Connections connections_;
    std::map<std::pair<Address, Address>, std::uint64_t> by_peer_;
    std::uint64_t next_number_ = 1;
    TimePoint accept_again_{};
    std::vector<::pollfd> polled_;
    std::vector<std::uint64_t> numbers_;
    std::vector<char> buffer_ = std::vector<char>(65536);
};

} // namespace offhook::net

#endif

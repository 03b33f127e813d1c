#ifndef OFFHOOK_EXAMPLES_ASIO_LOOP_HPP
#define OFFHOOK_EXAMPLES_ASIO_LOOP_HPP

#include <asio.hpp>
#include <asio/ssl.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <deque>
#include <exception>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "offhook/endpoint/server_name.hpp"
#include "offhook/offhook.hpp"

namespace asio_sip {

using namespace offhook;

/// Runs an Endpoint on an io_context: UDP, TCP and TLS, and its timers. One thread at a time: where
/// several run the io_context, all of this belongs on one strand.
///
///     Loop loop(io, tls);
///     const Address at = loop.listen(Transport::tls, *Address::parse("127.0.0.1:5061"));
///     Endpoint endpoint({.listeners = {{Transport::tls, at}}}, system_seed());
///     loop.start(endpoint, [&] { … endpoint.poll_event() … });
///     endpoint.invite(loop.now(), "sips:bob@biloxi.example");
///     loop.flush();                        // after each operation, or each batch of them
class Loop {
public:
    /// `tls` has the certificate that we show, and those that we trust.
    Loop(asio::io_context& io, asio::ssl::context& tls) : io_(io), tls_(tls), timer_(io) {}

    static TimePoint now() { return std::chrono::steady_clock::now(); }

    /// Before start(). Port 0 lets the system choose. Throws std::system_error.
    Address listen(Transport transport, const Address& at) {
        if (transport == Transport::udp) {
            udp_.emplace_back(io_, asio::ip::udp::endpoint(ip(at), at.port));
            return from_system(udp_.back().local_endpoint());
        }
        listeners_.push_back(
            {transport, asio::ip::tcp::acceptor(io_, asio::ip::tcp::endpoint(ip(at), at.port))});
        return from_system(listeners_.back().acceptor.local_endpoint());
    }

    /// From here on the endpoint gets what comes. `settled` is called after each input, once all
    /// has been sent: there may be events.
    template <class Settled>
    void start(Endpoint& endpoint, Settled settled) {
        endpoint_ = &endpoint;
        settled_ = std::move(settled);
        for (asio::ip::udp::socket& socket : udp_)
            spawn(receive_datagrams(socket));
        for (Listener& listener : listeners_)
            spawn(accept(listener));
        flush();
    }

    /// Sends all that there is to send, sets the timer, and tells `settled`.
    void flush() {
        if (stopped_) return;
        while (auto out = endpoint_->poll_transmit())
            send(out->flow, std::move(out->bytes));
        arm();
        settled_();
    }

    /// Ends all that is under way, so that the io_context comes to an end.
    void stop() {
        stopped_ = true;
        timer_.cancel();
        for (asio::ip::udp::socket& socket : udp_)
            socket.close();
        for (Listener& listener : listeners_)
            listener.acceptor.close();
        for (const auto& [number, connection] : connections_)
            connection->socket().close();
    }

private:
    using Plain = asio::ip::tcp::socket;
    using Secure = asio::ssl::stream<Plain>;
    struct Listener {
        Transport transport;
        asio::ip::tcp::acceptor acceptor;
    };
    struct Unsent {
        Flow flow; ///< as the endpoint gave it
        std::string bytes;
    };
    /// A stream: over TCP the same one, without TLS being used.
    struct Connection {
        Connection(Plain plain, asio::ssl::context& tls) : stream(std::move(plain), tls) {}
        Plain& socket() { return stream.next_layer(); }

        Secure stream;
        Flow flow = {};
        std::string server = {}; ///< who is to show a certificate, where we open it
        std::deque<Unsent> unsent = {};
        bool open = false;
        bool writing = false;
    };
    using Connected = std::shared_ptr<Connection>;

    static asio::ip::address ip(const Address& address) {
        if (address.v6) return asio::ip::address_v6(address.bytes);
        asio::ip::address_v4::bytes_type bytes;
        std::memcpy(bytes.data(), address.bytes.data(), bytes.size());
        return asio::ip::address_v4(bytes);
    }
    template <class SystemEndpoint>
    static Address from_system(const SystemEndpoint& from) {
        Address address;
        address.port = from.port();
        address.v6 = from.address().is_v6();
        if (address.v6) {
            address.bytes = from.address().to_v6().to_bytes();
        } else {
            const auto bytes = from.address().to_v4().to_bytes();
            std::memcpy(address.bytes.data(), bytes.data(), bytes.size());
        }
        return address;
    }

    void spawn(asio::awaitable<void> task) {
        asio::co_spawn(io_, std::move(task), [](std::exception_ptr failed) {
            if (failed) std::rethrow_exception(failed);
        });
    }
    /// For co_await: the error goes into `error`, and is no exception.
    static auto or_error(std::error_code& error) {
        return asio::redirect_error(asio::use_awaitable, error);
    }

    void arm() {
        const auto deadline = endpoint_->poll_timeout();
        if (!deadline) return void(timer_.cancel());
        timer_.expires_at(*deadline);
        timer_.async_wait([this](std::error_code error) {
            if (error) return; // set anew
            endpoint_->handle_timeout(now());
            flush();
        });
    }

    asio::awaitable<void> receive_datagrams(asio::ip::udp::socket& socket) {
        std::vector<char> bytes(65536);
        const Address local = from_system(socket.local_endpoint());
        for (;;) {
            std::error_code error;
            asio::ip::udp::endpoint from;
            const std::size_t size =
                co_await socket.async_receive_from(asio::buffer(bytes), from, or_error(error));
            if (!socket.is_open()) co_return;
            if (error) continue; // what ICMP says of an earlier datagram
            endpoint_->receive(now(), {Transport::udp, local, from_system(from)},
                               {bytes.data(), size});
            flush();
        }
    }

    asio::awaitable<void> accept(Listener& listener) {
        for (;;) {
            std::error_code error;
            Plain plain = co_await listener.acceptor.async_accept(or_error(error));
            if (!listener.acceptor.is_open()) co_return;
            if (error) continue;
            const auto connection = std::make_shared<Connection>(std::move(plain), tls_);
            const auto peer = connection->socket().remote_endpoint(error);
            if (error) continue;
            connection->flow = {listener.transport, from_system(listener.acceptor.local_endpoint()),
                                from_system(peer), ++last_connection_};
            connections_[last_connection_] = connection;
            spawn(serve(connection, asio::ssl::stream_base::server));
        }
    }

    /// A stream from its beginning to its end.
    asio::awaitable<void> serve(Connected connection, asio::ssl::stream_base::handshake_type role) {
        std::error_code error;
        const Flow& flow = connection->flow;
        const bool ours = role == asio::ssl::stream_base::client;
        const bool secure = flow.transport == Transport::tls;
        if (ours) {
            const asio::ip::tcp::endpoint peer(ip(flow.remote), flow.remote.port);
            co_await connection->socket().async_connect(peer, or_error(error));
        }
        if (!error && secure) {
            if (ours) {
                // Without a name to compare, any certificate that is signed would do.
                const asio::ssl::host_name_verification names(connection->server);
                connection->stream.set_verify_mode(asio::ssl::verify_peer);
                connection->stream.set_verify_callback(names);
                SSL_set_tlsext_host_name(connection->stream.native_handle(),
                                         connection->server.c_str());
            }
            co_await connection->stream.async_handshake(role, or_error(error));
        }
        connection->open = !error;
        if (!error) start_writing(connection);
        std::vector<char> bytes(65536);
        while (!error) {
            const auto buffer = asio::buffer(bytes);
            const std::size_t size =
                secure ? co_await connection->stream.async_read_some(buffer, or_error(error))
                       : co_await connection->socket().async_read_some(buffer, or_error(error));
            if (size != 0) endpoint_->receive(now(), flow, {bytes.data(), size});
            flush();
        }
        connection->open = false;
        connections_.erase(flow.connection);
        for (const Unsent& lost : connection->unsent)
            endpoint_->transmit_failed(now(), lost.flow);
        endpoint_->connection_closed(now(), flow);
        if (connection->socket().is_open()) connection->socket().close(error);
        flush();
    }

    void start_writing(const Connected& connection) {
        if (!connection->open || connection->writing || connection->unsent.empty()) return;
        connection->writing = true;
        spawn(write(connection));
    }
    asio::awaitable<void> write(Connected connection) {
        std::error_code error;
        while (!error && !connection->unsent.empty()) {
            const auto buffer = asio::buffer(connection->unsent.front().bytes);
            if (connection->flow.transport == Transport::tls)
                co_await asio::async_write(connection->stream, buffer, or_error(error));
            else
                co_await asio::async_write(connection->socket(), buffer, or_error(error));
            if (!error) connection->unsent.pop_front();
        }
        connection->writing = false;
        if (error) connection->socket().close(error); // serve() then sees to the rest
    }

    void send(const Flow& flow, std::string bytes) {
        if (flow.transport == Transport::udp) {
            std::error_code error;
            for (asio::ip::udp::socket& socket : udp_) {
                if (flow.local != from_system(socket.local_endpoint())) continue;
                socket.send_to(asio::buffer(bytes), {ip(flow.remote), flow.remote.port}, 0, error);
                if (!error) return;
            }
            return endpoint_->transmit_failed(now(), flow);
        }
        if (flow.transport != Transport::tcp && flow.transport != Transport::tls)
            return endpoint_->transmit_failed(now(), flow);
        const bool named = flow.connection == 0 && flow.transport == Transport::tls;
        const std::string server = named ? server_name_of(bytes) : std::string();
        Connected connection = connection_for(flow, server);
        if (!connection && flow.connection == 0) {
            connection = std::make_shared<Connection>(Plain(io_), tls_);
            connection->flow = flow;
            connection->flow.connection = ++last_connection_;
            connection->server = server;
            connections_[last_connection_] = connection;
            spawn(serve(connection, asio::ssl::stream_base::client));
        }
        if (!connection) return endpoint_->transmit_failed(now(), flow);
        connection->unsent.push_back({flow, std::move(bytes)});
        start_writing(connection);
    }

    /// Over TLS none that has shown the certificate of another server. RFC 5922 §7
    Connected connection_for(const Flow& flow, const std::string& server) const {
        for (const auto& [number, connection] : connections_) {
            const bool same = connection->flow.transport == flow.transport
                              && connection->flow.remote == flow.remote
                              && connection->server == server;
            if (flow.connection == 0 ? same : number == flow.connection) return connection;
        }
        return nullptr;
    }

    asio::io_context& io_;
    asio::ssl::context& tls_;
    asio::steady_timer timer_;
    Endpoint* endpoint_ = nullptr;
    std::function<void()> settled_ = [] {};
    std::list<asio::ip::udp::socket> udp_;
    std::list<Listener> listeners_;
    std::map<std::uint64_t, Connected> connections_;
    std::uint64_t last_connection_ = 0;
    bool stopped_ = false;
};

} // namespace asio_sip

#endif

// A user agent on standalone Asio, whose calls are coroutines: over UDP, TCP or TLS. Without --call
// it answers one call, and leaves when that is over.
//
//     asio_ua tls 127.0.0.1:5061 --cert me.pem --key me.key --trust peer.pem
//     asio_ua tls 127.0.0.1:0 --cert … --key … --trust … --call sips:bob@127.0.0.1:5061

#include <chrono>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "loop.hpp"
#include "mailbox.hpp"
#include "offhook/core/system_random.hpp"

using namespace asio_sip;
using namespace std::chrono_literals;

struct Agent {
    asio::io_context& io;
    Loop& loop;
    Endpoint& endpoint;
    Mailbox& mailbox;
    bool well = false;

    Body audio() const {
        const std::string host = endpoint.config().listeners.front().address.host();
        return Body::sdp("v=0\r\no=- 1 1 IN IP4 " + host + "\r\ns=-\r\nc=IN IP4 " + host
                         + "\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n");
    }

    /// A call of ours, from its INVITE to its end, in the order in which it happens.
    asio::awaitable<void> call(std::string uri) {
        const SessionId id = endpoint.invite(loop.now(), uri, audio());
        loop.flush();
        if (co_await mailbox.next<event::Answered>(id)) {
            std::cout << "they talk" << std::endl;
            asio::steady_timer talk(io, 300ms);
            co_await talk.async_wait(asio::use_awaitable);
            endpoint.session(id).hang_up(loop.now());
            loop.flush();
            const auto end = co_await mailbox.next<event::Terminated>(id);
            well = end->cause == Cause::bye && end->status == 200;
        }
        std::cout << (well ? "over" : "failed") << std::endl;
        loop.stop();
    }

    /// One of somebody else.
    asio::awaitable<void> answer() {
        const auto incoming = co_await mailbox.next<event::Incoming>();
        auto session = endpoint.session(incoming->session);
        (void)session.try_progress(loop.now());
        const Refusal cancelled = session.try_accept(loop.now(), {.body = audio()});
        loop.flush();
        if (!cancelled && co_await mailbox.next<event::Confirmed>(incoming->session)) {
            std::cout << "they talk, over " << via_name(incoming->flow.transport) << std::endl;
            const auto end = co_await mailbox.next<event::Terminated>(incoming->session);
            well = end->cause == Cause::bye;
        }
        std::cout << (well ? "over" : "failed") << std::endl;
        asio::steady_timer repeats(io, 500ms); // for a BYE that comes again
        co_await repeats.async_wait(asio::use_awaitable);
        loop.stop();
    }
};

int main(int argc, char** argv) {
    const auto transport = parse_transport(argc > 1 ? argv[1] : "");
    const auto address = Address::parse(argc > 2 ? argv[2] : "");
    if (!transport || !address) {
        std::cerr << "usage: asio_ua {udp|tcp|tls} ADDRESS:PORT [--cert FILE --key FILE] "
                     "[--trust FILE] [--call URI]\n";
        return 2;
    }
    try {
        asio::io_context io;
        asio::ssl::context tls(asio::ssl::context::tls);
        std::string target;
        for (int i = 3; i + 1 < argc; i += 2) {
            const std::string_view option = argv[i];
            if (option == "--cert") tls.use_certificate_chain_file(argv[i + 1]);
            if (option == "--key") tls.use_private_key_file(argv[i + 1], asio::ssl::context::pem);
            if (option == "--trust") tls.load_verify_file(argv[i + 1]);
            if (option == "--call") target = argv[i + 1];
        }
        Loop loop(io, tls);
        const Address at = loop.listen(*transport, *address);
        Endpoint endpoint(
            {.listeners = {{*transport, at}}, .identity = "<sip:asio@" + at.to_string() + ">"},
            system_seed());
        Mailbox mailbox(io, endpoint);
        loop.start(endpoint, [&] { mailbox.collect(); });
        std::cout << "listening on " << at.to_string() << std::endl;

        Agent agent{io, loop, endpoint, mailbox};
        asio::co_spawn(io, target.empty() ? agent.answer() : agent.call(target), asio::detached);
        io.run();
        return agent.well ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << "asio_ua: " << error.what() << "\n";
        return 2;
    }
}

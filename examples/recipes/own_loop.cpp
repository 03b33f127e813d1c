// How do I run an endpoint in a loop of my own? Four rules: hand over what comes, send all that
// poll_transmit() gives, call handle_timeout() when poll_timeout() says so, and then look at the
// events. Here with one UDP socket and poll(2); it calls itself.

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "offhook/core/system_random.hpp"
#include "stage.hpp"

using namespace recipes;

sockaddr_in to_system(const Address& address) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_port = htons(address.port);
    std::memcpy(&out.sin_addr, address.bytes.data(), 4);
    return out;
}

Address from_system(const sockaddr_in& in) {
    Address address;
    address.port = ntohs(in.sin_port);
    std::memcpy(address.bytes.data(), &in.sin_addr, 4);
    return address;
}

int main() {
    const auto now = std::chrono::steady_clock::now;
    const int fd = ::socket(AF_INET, SOCK_DGRAM, 0);
    sockaddr_in local = to_system(*Address::parse("127.0.0.1:0"));
    socklen_t size = sizeof local;
    auto* const system_address = reinterpret_cast<sockaddr*>(&local);
    check(::bind(fd, system_address, size) == 0, "a port of one's own");
    ::getsockname(fd, system_address, &size);

    const Address here = from_system(local);
    Endpoint endpoint({.listeners = {{Transport::udp, here}}}, system_seed());
    endpoint.invite(now(), "sip:me@" + here.to_string(), audio());
    int ended = 0;
    const Handlers handlers{
        [&](const event::Incoming& e) {
            (void)endpoint.session(e.session).try_accept(now(), {.body = audio()});
        },
        [&](const event::Answered& e) { endpoint.session(e.session).hang_up(now()); },
        [&](const event::Terminated&) { ++ended; },
    };
    const auto give_up = now() + 5s;

    while (ended < 2 && now() < give_up) {
        dispatch_all(endpoint, handlers);
        while (const auto out = endpoint.poll_transmit()) {
            const sockaddr_in to = to_system(out->flow.remote);
            if (::sendto(fd, out->bytes.data(), out->bytes.size(), 0,
                         reinterpret_cast<const sockaddr*>(&to), sizeof to)
                < 0)
                endpoint.transmit_failed(now(), out->flow); // with UDP that is the way to say it
        }
        Duration longest = 1s;
        if (const auto deadline = endpoint.poll_timeout())
            longest = std::clamp<Duration>(*deadline - now(), 0s, longest);
        pollfd polled{fd, POLLIN, 0};
        const auto rounded_up = std::chrono::ceil<std::chrono::milliseconds>(longest).count();
        if (::poll(&polled, 1, static_cast<int>(rounded_up)) > 0) {
            char bytes[65536];
            sockaddr_in from{};
            size = sizeof from;
            const auto length =
                ::recvfrom(fd, bytes, sizeof bytes, 0, reinterpret_cast<sockaddr*>(&from), &size);
            if (length >= 0)
                endpoint.receive(now(), {Transport::udp, here, from_system(from)},
                                 {bytes, static_cast<std::size_t>(length)});
        }
        endpoint.handle_timeout(now()); // harmless where nothing is due
    }
    ::close(fd);
    check(ended == 2, "both ends of the call are over");
    say("a call with myself, on " + here.to_string());
}

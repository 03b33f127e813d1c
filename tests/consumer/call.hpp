#ifndef CONSUMER_CALL_HPP
#define CONSUMER_CALL_HPP

#include <offhook/offhook.hpp>

#include <cstdio>
#include <string>
#include <utility>
#include <variant>

// The smallest user: two endpoints in one process call each other without sockets or clocks. The
// callee's bye() before the ACK is refused, the caller's ends the call. By the non-throwing twins,
// as some consumers build without exceptions.
namespace consumer {

using namespace offhook;

struct Phone {
    Endpoint endpoint;
    Address address;
    SessionId call = {};
    bool confirmed = false;
    bool over = false;

    Phone(const Address& at, std::string identity, const Seed& seed)
        : endpoint({.listeners = {{Transport::udp, at}}, .identity = std::move(identity)}, seed),
          address(at) {}
};

inline Flow between(const Phone& from, const Phone& to) {
    return {Transport::udp, to.address, from.address};
}

/// Carries what one phone sends to the other; false where there was nothing.
inline bool carry(TimePoint now, Phone& from, Phone& to) {
    bool some = false;
    while (const auto transmit = from.endpoint.poll_transmit()) {
        to.endpoint.receive(now, between(from, to), transmit->bytes);
        some = true;
    }
    return some;
}

template <class E>
const E* get(const Event& event) {
    return std::get_if<E>(&event);
}

/// Answers what comes in; whether hanging up at once was refused as it has to be.
inline bool refused_before_ack(TimePoint now, Phone& callee, const Event& event) {
    bool refused = false;
    if (const auto* const incoming = get<event::Incoming>(event)) {
        callee.call = incoming->session;
        callee.endpoint.session(callee.call).try_accept(now, {.body = Body::sdp("v=0\r\n")});
        const Refusal refusal = callee.endpoint.session(callee.call).try_bye(now);
        std::puts(refusal.message().c_str());
        refused = refusal.error() == Errc::ack_pending;
    }
    if (get<event::Confirmed>(event)) callee.confirmed = true;
    if (get<event::Terminated>(event)) callee.over = true;
    return refused;
}

/// Whether all went as it should.
inline bool make_call() {
    const TimePoint now{};
    Phone alice(*Address::parse("192.0.2.1", 5060), "<sip:alice@192.0.2.1>", Seed{1});
    Phone bob(*Address::parse("192.0.2.2", 5060), "<sip:bob@192.0.2.2>", Seed{2});
    bool refused = false;
    alice.call = alice.endpoint.invite(now, "sip:bob@192.0.2.2", Body::sdp("v=0\r\n"));
    while (carry(now, alice, bob) || carry(now, bob, alice)) {
        while (const auto event = bob.endpoint.poll_event())
            refused = refused_before_ack(now, bob, *event) || refused;
        while (const auto event = alice.endpoint.poll_event()) {
            if (get<event::Answered>(*event)) alice.endpoint.session(alice.call).try_bye(now);
            if (get<event::Terminated>(*event)) alice.over = true;
        }
    }
    return refused && bob.confirmed && bob.over && alice.over;
}

} // namespace consumer

#endif

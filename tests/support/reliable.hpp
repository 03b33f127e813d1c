#ifndef OFFHOOK_TESTS_SUPPORT_RELIABLE_HPP
#define OFFHOOK_TESTS_SUPPORT_RELIABLE_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "../catch.hpp"
#include "agent.hpp"

/// What tests of reliable provisional responses share.
namespace test {

inline const Body other_offer =
    Body::sdp("v=0\r\no=alice 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"
              "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4002 RTP/AVP 8\r\n");
inline const Body other_answer =
    Body::sdp("v=0\r\no=bob 1 2 IN IP4 192.0.2.2\r\ns=-\r\n"
              "c=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5002 RTP/AVP 8\r\n");

inline MessageOptions reliably(Body body = {}) {
    MessageOptions options = with(std::move(body));
    options.delivery = Delivery::reliable;
    return options;
}

template <class M>
M also(M message, Header name, std::string_view value) {
    if (!value.empty()) MessageModel<M>::add(message, name, value);
    return message;
}

inline IncomingOptions bob_with(Reliability reliable) {
    IncomingOptions options = at_bob();
    options.features.reliable = reliable;
    return options;
}

inline InviteOptions alice_with(Reliability reliable) {
    InviteOptions options = alice_calls_bob();
    options.features.reliable = reliable;
    return options;
}

/// A UAS whose peer takes reliable provisional responses, and knows 199.
template <class M>
Callee<M> rung_callee(const Body& body = offer, const IncomingOptions& options = at_bob()) {
    Callee<M> callee(also(invite_of_peer<M>(body), Header::supported, "100rel, 199"), options);
    callee.told();
    return callee;
}

/// A session, of either role, with a re-INVITE of such a peer that waits for its answer.
template <class M, template <class> class A>
A<M> reinvited(A<M> agent, const Body& body = other_offer, std::string_view supported = "100rel") {
    M invite = in_dialog(*agent.session.dialog(), "INVITE", 400);
    MessageModel<M>::add(invite, Header::contact, "<sip:peer@192.0.2.7>");
    add_to(invite, with(body));
    agent.receive(also(std::move(invite), Header::supported, supported), 78);
    agent.wire();
    agent.told();
    return agent;
}

template <class M>
std::uint32_t rseq_of(const M& response) {
    return static_cast<std::uint32_t>(std::stoul(field(response, Header::rseq)));
}

/// A PRACK of the peer, with that RAck.
template <class M>
void pracked(Agent<M>& agent, std::string_view rack, std::uint32_t number, const Body& body = {}) {
    M prack = in_dialog(*agent.session.dialog(), "PRACK", number);
    add_to(prack, with(body));
    agent.receive(also(std::move(prack), Header::rack, rack), 1000 + number);
}

/// The right one for the last 1xx of that name.
template <class M>
std::string rack_for(Agent<M>& agent, std::string_view name) {
    const M response = agent.last(name).message;
    return field(response, Header::rseq) + " " + field(response, Header::cseq);
}

/// A reliable provisional response of the peer to the last INVITE.
template <class M>
void gets_reliable(Agent<M>& agent, int status, std::uint32_t rseq, std::string_view tag = "bob1",
                   const Body& body = {}, std::string_view reason = {}) {
    M response = reply(agent.last("INVITE").message, status, tag, body);
    MessageModel<M>::add(response, Header::require, "100rel");
    MessageModel<M>::add(response, Header::rseq, std::to_string(rseq));
    agent.receive(also(std::move(response), Header::reason, reason));
}

/// A response to the last PRACK.
template <class M>
void gets_for_prack(Agent<M>& agent, int status, const Body& body = {}) {
    const M prack = agent.last("PRACK").message;
    M response = MessageModel<M>::response(prack, status, "Reason", "");
    add_to(response, with(body));
    agent.receive(std::move(response));
}

/// A UAC whose re-INVITE, with an offer or without, has no response yet.
template <class M>
Caller<M> reinviting(const InviteOptions& options = alice_calls_bob(),
                     const Body& body = other_offer) {
    Caller<M> caller(options);
    caller.gets(200, "bob1", answer);
    caller.session.reinvite(caller.now, with(body));
    caller.wire();
    caller.told();
    return caller;
}

inline InviteOptions pracks_by_hand() {
    InviteOptions options = alice_calls_bob();
    options.features.prack = SessionFeatures::Prack::by_application;
    return options;
}

inline InviteOptions without_offer() {
    InviteOptions options = alice_calls_bob();
    options.offer = {};
    return options;
}

inline MessageOptions given_up(std::string reason = "SIP;cause=486") {
    MessageOptions options;
    options.reason = std::move(reason);
    return options;
}

/// Nothing that could still happen to it by itself.
template <class M>
void ends_without_trace(Agent<M>& agent) {
    agent.run_for(200s);
    agent.wire();
    agent.told();
    CHECK(agent.state() == State::terminated);
    CHECK(agent.session.done());
    CHECK(!agent.session.poll_timeout());
}

} // namespace test

#endif

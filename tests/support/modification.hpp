#ifndef OFFHOOK_TESTS_SUPPORT_MODIFICATION_HPP
#define OFFHOOK_TESTS_SUPPORT_MODIFICATION_HPP

#include <string>
#include <string_view>
#include <utility>

#include "agent.hpp"

/// What tests of re-INVITE and UPDATE share: a session in either role, and a peer that asks and
/// answers by hand.
namespace test {

inline const Body offer2 = Body::sdp("v=0\r\no=alice 1 2 IN IP4 192.0.2.1\r\ns=-\r\n"
                                     "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4002 RTP/AVP 0\r\n");
inline const Body answer2 = Body::sdp("v=0\r\no=bob 1 2 IN IP4 192.0.2.2\r\ns=-\r\n"
                                      "c=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5002 RTP/AVP 0\r\n");

inline constexpr std::string_view peer_moved = "<sip:moved@192.0.2.99>";
inline constexpr std::string_view peer_target = "sip:moved@192.0.2.99";

/// What differs between the sessions of these tests.
struct Talk {
    SessionFeatures features = {};
    SessionTimers timers = {};
    std::uint8_t seed = 1;
    Body first = offer; ///< of the INVITE; empty: it has none
};

template <class M>
Agent<M> start_callee(const Talk& talk, M invite) {
    IncomingOptions options = at_bob();
    options.features = talk.features;
    options.timers = talk.timers;
    Random random = seeded(talk.seed);
    return Agent<M>(*Session<M>::incoming(TimePoint{}, std::move(invite), 42, options, random));
}

template <class M>
Caller<M> start_caller(const Talk& talk) {
    InviteOptions options = alice_calls_bob();
    options.features = talk.features;
    options.timers = talk.timers;
    return Caller<M>(options, talk.seed);
}

/// A request of the peer in the dialog that leads.
template <class M>
Agent<M>& asks(Agent<M>& agent, std::string_view method, std::uint32_t number,
               const Body& body = {}, std::string_view contact = peer_moved,
               const std::vector<HeaderField>& fields = {}) {
    M request = in_dialog(*agent.session.dialog(), method, number);
    if (!contact.empty()) MessageModel<M>::add(request, Header::contact, contact);
    MessageOptions options = with(body);
    options.fields = fields;
    add_to(request, options);
    return agent.receive(std::move(request), 1000 + number);
}

template <class M>
Agent<M>& acks(Agent<M>& agent, std::uint32_t number, const Body& body = {}) {
    return asks(agent, "ACK", number, body, "");
}

/// The response of the peer to our last request of that method.
template <class M>
Agent<M>& says(Agent<M>& agent, std::string_view method, int status, const Body& body = {},
               std::string_view contact = "", const std::vector<HeaderField>& fields = {}) {
    M response = reply(agent.last(method).message, status, "", body, contact);
    MessageOptions options;
    options.fields = fields;
    add_to(response, options);
    return agent.receive(std::move(response));
}

/// A session that is confirmed, with nothing under way.
template <class M>
Agent<M> talking(Role role, const Talk& talk = {}) {
    if (role == Role::uac) {
        Caller<M> caller = start_caller<M>(talk);
        caller.gets(200, "bob1", answer);
        caller.wire();
        caller.told();
        return caller;
    }
    Agent<M> callee = start_callee<M>(talk, invite_of_peer<M>());
    callee.session.accept(callee.now, with(answer));
    acks(callee, 314);
    callee.wire();
    callee.told();
    return callee;
}

/// A session on an early dialog whose first offer has its answer, by a reliable 183.
template <class M>
Agent<M> ringing(Role role, const Talk& talk = {}) {
    const std::vector<HeaderField> reliably = {{"Require", "100rel"}, {"RSeq", "7"}};
    if (role == Role::uac) {
        Agent<M> caller = start_caller<M>(talk);
        M response = reply(caller.last("INVITE").message, 183, "bob1", answer);
        MessageOptions options;
        options.fields = reliably;
        add_to(response, options);
        caller.receive(std::move(response));
        says(caller, "PRACK", 200);
        caller.wire();
        caller.told();
        return caller;
    }
    M invite = invite_of_peer<M>();
    MessageModel<M>::add(invite, Header::supported, "100rel");
    Agent<M> callee = start_callee<M>(talk, std::move(invite));
    MessageOptions reliable = with(answer);
    reliable.delivery = Delivery::reliable;
    callee.session.progress(callee.now, 183, reliable);
    const std::string rseq = field(callee.last("183 INVITE").message, Header::rseq);
    asks(callee, "PRACK", 315, {}, "", {{"RAck", rseq + " 314 INVITE"}});
    callee.wire();
    callee.told();
    return callee;
}

template <class M>
std::string target_of(const Agent<M>& agent) {
    return std::string(agent.session.dialog()->remote_target());
}

template <class M>
std::string contact_of(const Agent<M>& agent) {
    return std::string(agent.session.dialog()->local_contact());
}

/// All that ends after the end has ended.
template <class M>
bool comes_to_its_end(Agent<M> agent) {
    agent.run_for(2 * 64 * T1);
    agent.told();
    return agent.session.done();
}

} // namespace test

#endif

#ifndef OFFHOOK_EXAMPLES_UA_EVENTS_HPP
#define OFFHOOK_EXAMPLES_UA_EVENTS_HPP

// What the agent does with the events of the library: it tells them, and does what options ask for.

#include <netdb.h>

#include <cstddef>
#include <cstring>

#include "authentication.hpp"
#include "calls.hpp"
#include "modifying.hpp"
#include "offhook/message/contact.hpp"
#include "offhook/message/list.hpp"
#include "offhook/net/address.hpp"
#include "registration.hpp"
#include "requests.hpp"
#include "transfer.hpp"

namespace ua {

constexpr std::string_view name_of(Cause cause) {
    switch (cause) {
    case Cause::bye: return "bye";
    case Cause::cancelled: return "cancelled";
    case Cause::rejected: return "rejected";
    case Cause::redirected: return "redirected";
    case Cause::timeout: return "timeout";
    case Cause::transport_error: return "transport_error";
    case Cause::ack_timeout: return "ack_timeout";
    case Cause::missing_answer: return "missing_answer";
    case Cause::expired: return "expired";
    case Cause::peer_lost: return "peer_lost";
    }
    return "unknown";
}

inline int Agent::number_of(SessionId session) const {
    const auto found = numbers_.find({session.index, session.generation});
    return found == numbers_.end() ? 0 : found->second;
}

inline void Agent::on(const event::Incoming& e) {
    if (!admit(e)) return;
    Call call{.session = e.session, .incoming = true, .offer = e.offer};
    call.sdp = new_sdp(e.flow.local, e.flow.remote);
    const int number = add(std::move(call));
    emit("incoming", number,
         Json()
             .add("from", uri_of(e.invite.header(Header::from)))
             .add("to", uri_of(e.invite.header(Header::to)))
             .add("uri", e.invite.request_uri())
             .add("call_id", e.invite.header(Header::call_id).value_or(""))
             .add("transport", via_name(e.flow.transport))
             .add("remote", e.flow.remote.to_string())
             .add("offer", !e.offer.empty()));
    if (!e.offer.empty()) emit("offer", number, Json().add("sdp", e.offer.content));

    if (quitting_) return session(number).hang_up(now(), {}, 480);
    if (options_.ring != 0) ring_with(number, options_.ring, options_.ring_sdp, false);
    if (options_.answer == 0) return;
    later(options_.answer_after, [this, number] {
        if (const Call* const waiting = find(number); waiting && !waiting->over)
            answer_with(number, options_.answer, options_.redirect);
    });
}

inline void Agent::on(const event::Ringing& e) {
    const bool sdp = !e.message.body().empty();
    emit("ringing", number_of(e.session),
         Json().add("code", e.status).add("reliable", e.reliable).add("sdp", sdp));
    const int number = number_of(e.session);
    const Call* const call = find(number);
    const bool offer = sdp && call && call->late; // then event::Offer follows
    if (e.reliable && !offer) acknowledge(number, {});
    report(number, e.status);
}

/// A response brought it, for that of an INVITE comes with event::Incoming: ACK or PRACK owes the
/// answer.
inline void Agent::on(const event::Offer& e) {
    const int number = number_of(e.session);
    emit("offer", number, Json().add("sdp", e.body.content));
    Call* const call = find(number);
    if (!call) return;
    const Sdp::Answer answer = call->sdp.answer(e.body.content);
    const MessageOptions options{.body = Body::sdp(answer.text)};
    if (e.answer_by == Operation::prack)
        acknowledge(number, options);
    else
        act(number, [&] { session(number).ack(now(), options); });
    if (!answer.usable) session(number).hang_up(now());
}

inline void Agent::on(const event::Answer& e) {
    emit("answer", number_of(e.session),
         Json().add("preview", e.preview).add("sdp", e.body.content));
}

inline void Agent::on(const event::Answered& e) {
    emit("answered", number_of(e.session), Json().add("code", e.status));
}

inline void Agent::on(const event::Confirmed& e) {
    const int number = number_of(e.session);
    emit("confirmed", number);
    if (Call* const call = find(number)) call->confirmed = true;
    report(number, 200);
    ++confirmed_;
    if (options_.hang_up_after)
        later(*options_.hang_up_after, [this, number] { session(number).hang_up(now()); });
}

inline void Agent::on(const event::Redirected& e) {
    std::vector<std::string> contacts;
    for (std::size_t n = 0; const auto line = e.message.header(Header::contact, n); ++n)
        for (const std::string_view contact : ListRange(*line))
            contacts.emplace_back(uri_of(contact));
    emit("redirected", number_of(e.session),
         Json().add("code", e.status).add("contacts", contacts));
    if (!e.targets.empty())
        act(number_of(e.session),
            [&] { endpoint_.session(e.session).follow(now(), e.targets.front()); });
}

inline void Agent::on(const event::Rejected& e) {
    emit("rejected", number_of(e.session),
         Json().add("code", e.status).add("phrase", e.message.reason_phrase()));
}

inline void Agent::on(const event::Cancelled& e) {
    emit("cancelled", number_of(e.session), Json().add("reason", e.reason));
}

inline void Agent::on(const event::AckTimeout& e) {
    emit("error", number_of(e.session), Json().add("message", "no ACK has come within 64*T1"));
}

inline void Agent::on(const event::Terminated& e) {
    static constexpr std::size_t remembered = 100; // to say of a late command that it is too late
    const int number = number_of(e.session);
    if (number == 0) return; // it was not admitted
    Json members;
    members.add("who", name_of(e.by)).add("reason", name_of(e.cause)).add("code", e.status);
    if (!e.reason.empty()) members.add("text", e.reason);
    emit("terminated", number, members);

    report(number, e.status >= 300 ? e.status : 487);
    numbers_.erase({e.session.index, e.session.generation});
    Call* const call = find(number);
    if (!call) return;
    const bool unanswered = !call->incoming && !call->confirmed && e.by == Party::remote;
    const bool broken = e.cause == Cause::timeout || e.cause == Cause::transport_error
                        || e.cause == Cause::ack_timeout || e.cause == Cause::missing_answer;
    if (unanswered || broken) ++failed_;
    ++ended_;
    call->over = true;
    past_.push_back(number);
    if (past_.size() <= remembered) return;
    calls_.erase(past_.front());
    past_.pop_front();
}

inline void Agent::on(const event::Request& e) {
    const bool message = e.request.method() == "MESSAGE";
    endpoint_.respond(now(), e, message ? 200 : 481);
    if (message) emit("message", 0, Json().add("text", e.request.body()));
}

inline void Agent::on(const event::Response& e) {
    if (e.request == registration_.request) return on_register_response(e);
    emit("response", 0, Json().add("code", e.status).add("phrase", e.response.reason_phrase()));
}

inline void Agent::on(const event::RequestFailed& e) {
    const bool timeout = e.failure == Failure::timeout;
    if (e.request == registration_.request) {
        registration_.call_id.clear(); // nobody has told which number was its last
        registration_.cseq = 0;
        return registration_failed(status_of(e.failure), timeout ? "no answer" : "no way to it");
    }
    ++failed_;
    emit("error", 0,
         Json().add("message",
                    timeout ? "the request was not answered" : "the request could not be sent"));
}

/// Holds up everything until it is done; who has many calls asks a resolver that doesn't block.
inline void Agent::on(const event::Resolve& e) {
    std::vector<Address> addresses;
    ::addrinfo hints = {};
    hints.ai_socktype = e.transport == Transport::udp ? SOCK_DGRAM : SOCK_STREAM;
    ::addrinfo* found = nullptr;
    const int error = ::getaddrinfo(e.host.c_str(), nullptr, &hints, &found);
    for (const ::addrinfo* each = found; each; each = each->ai_next) {
        net::SocketAddress socket;
        std::memcpy(&socket.storage, each->ai_addr, each->ai_addrlen);
        Address address = socket.address();
        address.port = e.port.value_or(default_port(e.transport));
        for (const Listener& listener : endpoint_.config().listeners)
            if (listener.transport == e.transport && listener.address.v6 == address.v6) {
                addresses.push_back(address);
                break;
            }
    }
    if (found) ::freeaddrinfo(found);
    if (addresses.empty()) {
        const char* const why = error != 0 ? ::gai_strerror(error) : "no address that we can reach";
        emit("error", 0, Json().add("message", e.host + ": " + why));
    }
    endpoint_.resolved(now(), e.id, addresses);
}

inline void Agent::on(const event::StreamBroken& e) {
    emit("error", 0,
         Json()
             .add("message", "a stream that can't be read: " + std::string(e.fault.reason))
             .add("remote", e.flow.remote.to_string()));
    loop_.close(e.flow.connection);
}

} // namespace ua

#endif

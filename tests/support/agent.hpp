#ifndef OFFHOOK_TESTS_SUPPORT_AGENT_HPP
#define OFFHOOK_TESTS_SUPPORT_AGENT_HPP

#include <cstddef>
#include <cstdio>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/core/random.hpp"
#include "offhook/message/message_model.hpp"
#include "offhook/session/session.hpp"

#include "plain_message.hpp"
#include "session_instances.hpp"

/// What tests of sessions share: one session in virtual time, with a log of what it sends and
/// tells.
namespace test {

using namespace offhook;
using namespace std::chrono_literals;

using Lines = std::vector<std::string>;

inline constexpr Duration T1 = 500ms;
inline constexpr Duration T2 = 4s;

inline const std::string offer_sdp = "v=0\r\no=alice 1 1 IN IP4 192.0.2.1\r\ns=-\r\n"
                                     "c=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0 8\r\n";
inline const std::string answer_sdp = "v=0\r\no=bob 1 1 IN IP4 192.0.2.2\r\ns=-\r\n"
                                      "c=IN IP4 192.0.2.2\r\nt=0 0\r\nm=audio 5000 RTP/AVP 0\r\n";
inline const Body offer = Body::sdp(offer_sdp);
inline const Body answer = Body::sdp(answer_sdp);

inline MessageOptions with(Body body) {
    MessageOptions options;
    options.body = std::move(body);
    return options;
}

/// The n-th header field line of a name, "" where there is none.
template <class M>
std::string field(const M& message, Header name, std::size_t n = 0) {
    const auto text = MessageModel<M>::header(message, name, n);
    return text ? std::string(*text) : std::string();
}

template <class M>
std::size_t count(const M& message, Header name) {
    std::size_t n = 0;
    while (MessageModel<M>::header(message, name, n))
        ++n;
    return n;
}

/// "BYE", "180 INVITE".
template <class M>
std::string name_of_message(const M& message) {
    const int status = MessageModel<M>::status(message);
    if (status == 0) return std::string(MessageModel<M>::method(message));
    const std::string cseq = field(message, Header::cseq);
    return std::to_string(status) + " " + cseq.substr(cseq.find(' ') + 1);
}

/// Everything in a message that the model shows, line by line.
template <class M>
std::string text_of(const M& message) {
    using Model = MessageModel<M>;
    std::string text = name_of_message(message);
    if (Model::status(message) == 0) text.append(" ").append(Model::request_uri(message));
    for (const HeaderRow& row : header_table)
        for (std::size_t n = 0; row.id != Header::unknown && n < count(message, row.id); ++n)
            if (row.id != Header::content_length)
                text.append("\n").append(row.name).append(": ").append(field(message, row.id, n));
    return text.append("\n\n").append(Model::body(message));
}

inline std::string name_of_cause(Cause cause) {
    static const char* const names[] = {
        "bye",         "cancelled",      "rejected", "redirected", "timeout", "transport_error",
        "ack_timeout", "missing_answer", "expired",  "peer_lost"};
    return names[static_cast<std::size_t>(cause)];
}

/// "Terminated by remote: bye 200"
template <class M>
std::string name_of_event(const typename Session<M>::Event& event) {
    using S = Session<M>;
    if (const auto* e = std::get_if<typename S::Ringing>(&event))
        return (e->reliable ? "Ringing reliably " : "Ringing ") + std::to_string(e->status)
               + " on fork " + std::to_string(e->fork);
    if (const auto* e = std::get_if<typename S::Offer>(&event))
        return e->answer_by == Operation::prack ? "Offer for prack()" : "Offer";
    if (const auto* e = std::get_if<typename S::Answer>(&event))
        return e->preview ? "Answer, as preview" : "Answer";
    if (const auto* e = std::get_if<typename S::Answered>(&event))
        return "Answered " + std::to_string(e->status);
    if (std::get_if<typename S::Confirmed>(&event)) return "Confirmed";
    if (const auto* e = std::get_if<typename S::Redirected>(&event))
        return "Redirected " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::Rejected>(&event))
        return "Rejected " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::Cancelled>(&event))
        return e->reason.empty() ? "Cancelled" : "Cancelled: " + e->reason;
    if (const auto* e = std::get_if<typename S::Reinvited>(&event))
        return e->offer ? "Reinvited" : "Reinvited without offer";
    if (const auto* e = std::get_if<typename S::Updated>(&event))
        return e->offer ? "Updated with offer" : "Updated";
    if (const auto* e = std::get_if<typename S::Acknowledged>(&event))
        return "Acknowledged " + std::to_string(e->status) + (e->offer ? " with offer" : "");
    if (const auto* e = std::get_if<typename S::Modified>(&event))
        return "Modified " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::RolledBack>(&event))
        return (e->by == Party::local ? "RolledBack local " : "RolledBack remote ")
               + std::to_string(e->status) + (e->offer ? " with offer" : "");
    if (const auto* e = std::get_if<typename S::Refreshed>(&event))
        return "Refreshed " + std::to_string(e->interval.count())
               + (e->by_us ? " by us" : " by peer");
    if (const auto* e = std::get_if<typename S::Requested>(&event))
        return "Requested " + std::string(MessageModel<M>::method(e->message));
    if (const auto* e = std::get_if<typename S::Responded>(&event))
        return "Responded " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::Challenged>(&event))
        return "Challenged " + std::to_string(MessageModel<M>::status(e->message));
    if (const auto* e = std::get_if<typename S::Referred>(&event)) return "Referred " + e->refer_to;
    if (const auto* e = std::get_if<typename S::Subscribed>(&event))
        return "Subscribed " + e->event.text() + " for " + std::to_string(e->expires.count());
    if (const auto* e = std::get_if<typename S::Resubscribed>(&event))
        return "Resubscribed for " + std::to_string(e->expires.count());
    if (const auto* e = std::get_if<typename S::Notified>(&event))
        return "Notified " + e->state.text() + (e->status ? " " + std::to_string(e->status) : "");
    if (const auto* e = std::get_if<typename S::UsageResponded>(&event))
        return "UsageResponded " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::UsageEnded>(&event)) {
        static const char* const causes[] = {
            "notified", "refused",       "unnotified", "unanswered",  "unsubscribed",
            "expired",  "notify_failed", "terminated", "none_wanted", "dialog_over"};
        return std::string("UsageEnded: ") + causes[static_cast<int>(e->end.cause)]
               + (e->end.status ? " " + std::to_string(e->end.status) : "")
               + (e->reason.empty() ? "" : " (" + e->reason + ")");
    }
    if (std::get_if<typename S::AckTimeout>(&event)) return "AckTimeout";
    if (std::get_if<typename S::Terminating>(&event)) return "Terminating";
    if (const auto* e = std::get_if<typename S::Terminated>(&event))
        return std::string("Terminated by ") + (e->by == Party::local ? "local" : "remote") + ": "
               + name_of_cause(e->cause) + (e->status ? " " + std::to_string(e->status) : "")
               + (e->reason.empty() ? "" : " (" + e->reason + ")");
    return "Forked";
}

/// All that can be seen of a session, and all that it would still do if it were left alone: equal
/// for two sessions that behave the same from here on.
template <class M>
std::string fingerprint(Session<M> session) {
    std::string text = std::string(describe(session.state(), session.role()));
    const auto drain = [&text](auto& self, Session<M>& of) -> void {
        for (const Operation operation : all_operations)
            text += of.refusal(operation) ? '-' : '+';
        for (const Fork<M>& fork : of.forks()) {
            const DialogState& dialog = fork.dialog.state();
            text += "\n" + std::to_string(fork.number) + " phase "
                    + std::to_string(static_cast<int>(fork.phase)) + " exchange "
                    + std::to_string(static_cast<int>(fork.exchange.state())) + " local "
                    + std::to_string(dialog.local_sequence_number.value_or(0)) + " remote "
                    + std::to_string(dialog.remote_sequence_number.value_or(0))
                    + (dialog.confirmed ? " confirmed" : " early");
            for (int i = 0; i < 8; ++i)
                text.append(" ").append(dialog.text[static_cast<DialogState::Text>(i)]);
        }
        while (auto out = of.poll_transmit())
            text += "\n> " + std::to_string(static_cast<int>(out->as)) + " "
                    + std::to_string(out->transaction) + " " + out->branch + " "
                    + text_of(out->message);
        while (auto event = of.poll_event())
            text += "\n! " + name_of_event<M>(*event);
        while (auto fork = of.poll_fork())
            self(self, *fork);
        if (of.done()) text += "\ndone";
    };
    drain(drain, session);
    for (int i = 0; i < 40; ++i) {
        const auto next = session.poll_timeout();
        if (!next) break;
        text += "\n@ " + std::to_string(next->time_since_epoch().count());
        session.handle_timeout(*next);
        drain(drain, session);
    }
    return text;
}

/// A session in virtual time. What it sends and tells is drained whenever somebody looks.
template <class M>
class Agent {
public:
    using Model = MessageModel<M>;
    using Event = typename Session<M>::Event;

    explicit Agent(Session<M> s, TimePoint start = {}) : session(std::move(s)), now(start) {}

    Session<M> session;
    TimePoint now;

    /// What it has sent since somebody looked last: "INVITE", "180 INVITE", "abandon INVITE".
    Lines wire() {
        poll();
        return std::exchange(wire_, {});
    }
    /// The same with the time since the beginning: "0.500 200 INVITE".
    Lines timed_wire() {
        poll();
        wire_.clear();
        return std::exchange(timed_, {});
    }
    /// What it has told since somebody looked last.
    Lines told() {
        poll();
        return std::exchange(told_, {});
    }
    /// All that it has sent, in full.
    const std::vector<Outgoing<M>>& sent() {
        poll();
        return sent_;
    }
    const std::vector<Event>& events() {
        poll();
        return events_;
    }
    /// The last message of that name.
    const Outgoing<M>& last(std::string_view name) {
        poll();
        for (std::size_t i = sent_.size(); i-- != 0;)
            if (name_of_message(sent_[i].message) == name) return sent_[i];
        throw std::out_of_range(std::string(name) + " was not sent");
    }
    template <class E>
    const E& last_event() {
        poll();
        for (std::size_t i = events_.size(); i-- != 0;)
            if (const E* event = std::get_if<E>(&events_[i])) return *event;
        throw std::out_of_range("no such event");
    }

    Agent& receive(M message, TransactionId transaction = 0) {
        poll();
        session.receive(now, std::move(message), transaction);
        return *this;
    }

    /// Lets time pass, with every timer at its moment.
    Agent& run_for(Duration span) {
        const TimePoint end = now + span;
        for (;;) {
            poll();
            const auto next = session.poll_timeout();
            if (!next || *next > end) break;
            now = std::max(now, *next);
            session.handle_timeout(now);
        }
        now = end;
        return *this;
    }

    State state() const { return session.state(); }
    /// What it is and would still do: see fingerprint().
    std::string snapshot() {
        poll();
        return fingerprint(session);
    }

private:
    void poll() {
        while (auto out = session.poll_transmit()) {
            std::string line =
                (out->as == SendAs::abandon ? "abandon " : "") + name_of_message(out->message);
            char time[32];
            std::snprintf(time, sizeof time, "%.3f ",
                          std::chrono::duration<double>(now.time_since_epoch()).count());
            timed_.push_back(time + line);
            wire_.push_back(std::move(line));
            sent_.push_back(std::move(*out));
        }
        while (auto event = session.poll_event()) {
            told_.push_back(name_of_event<M>(*event));
            events_.push_back(std::move(*event));
        }
    }

    Lines wire_, timed_, told_;
    std::vector<Outgoing<M>> sent_;
    std::vector<Event> events_;
};

inline Random seeded(std::uint8_t number) {
    Seed seed{};
    seed[0] = number;
    return Random(seed);
}

inline InviteOptions alice_calls_bob() {
    InviteOptions options;
    options.target = "sip:bob@biloxi.example";
    options.from = "\"Alice\" <sip:alice@atlanta.example>";
    options.contact = "<sip:alice@192.0.2.1>";
    options.offer = offer;
    return options;
}

inline IncomingOptions at_bob() {
    IncomingOptions options;
    options.contact = "<sip:bob@192.0.2.2>";
    return options;
}

/// A response to a request of the other side, as a peer would write it.
template <class M>
M reply(const M& request, int status, std::string_view tag = "bob1", const Body& body = {},
        std::string_view contact = "<sip:bob@192.0.2.2>") {
    M response = MessageModel<M>::response(request, status, "Reason", tag);
    if (!contact.empty()) MessageModel<M>::add(response, Header::contact, contact);
    add_to(response, with(body));
    return response;
}

/// A request of the peer in a dialog of ours.
template <class M>
M in_dialog(const Dialog<M>& ours, std::string_view method, std::uint32_t number) {
    using Model = MessageModel<M>;
    M request = Model::request(method, "sip:me@192.0.2.9");
    Model::add(request, Header::from, ours.remote_party());
    Model::add(request, Header::to, ours.local_party());
    Model::add(request, Header::call_id, ours.id().call_id);
    Model::add(request, Header::cseq, std::to_string(number) + " " + std::string(method));
    return request;
}

/// A UAC whose peers are the test's.
template <class M>
class Caller : public Agent<M> {
public:
    explicit Caller(const InviteOptions& options = alice_calls_bob(), std::uint8_t seed = 1)
        : Agent<M>([&] {
              Random random = seeded(seed);
              return Session<M>::outgoing(TimePoint{}, options, random);
          }()) {
        invite_ = this->last("INVITE").message;
        this->wire();
    }

    const M& invite() const { return *invite_; }

    Caller& run_for(Duration span) {
        Agent<M>::run_for(span);
        return *this;
    }

    /// A response to the INVITE. `tag` names the fork.
    Caller& gets(int status, std::string_view tag = "bob1", const Body& body = {}) {
        this->receive(reply(*invite_, status, tag, body));
        return *this;
    }
    /// A response to the last BYE or CANCEL.
    Caller& gets_for(std::string_view method, int status) {
        const M request = this->last(method).message;
        this->receive(MessageModel<M>::response(request, status, "Reason", ""));
        return *this;
    }
    /// A request of the peer behind the n-th dialog.
    Caller& requested(std::string_view method, std::uint32_t number = 1, std::size_t fork = 0) {
        this->receive(in_dialog(this->session.forks().at(fork).dialog, method, number), 77);
        return *this;
    }

private:
    std::optional<M> invite_;
};

template <class M>
Caller<M> confirmed_caller() {
    Caller<M> caller;
    caller.gets(200, "bob1", answer);
    caller.wire();
    caller.told();
    return caller;
}

/// The INVITE of a peer.
template <class M>
M invite_of_peer(const Body& body = offer) {
    using Model = MessageModel<M>;
    M invite = Model::request("INVITE", "sip:bob@biloxi.example");
    Model::add(invite, Header::via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
    Model::add(invite, Header::max_forwards, "70");
    Model::add(invite, Header::from, "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    Model::add(invite, Header::to, "<sip:bob@biloxi.example>");
    Model::add(invite, Header::call_id, "call1@192.0.2.1");
    Model::add(invite, Header::cseq, "314 INVITE");
    Model::add(invite, Header::contact, "<sip:alice@192.0.2.1>");
    add_to(invite, with(body));
    return invite;
}

/// A UAS whose peer is the test's.
template <class M>
class Callee : public Agent<M> {
public:
    explicit Callee(M invite = invite_of_peer<M>(), const IncomingOptions& options = at_bob())
        : Agent<M>([&] {
              Random random = seeded(2);
              return *Session<M>::incoming(TimePoint{}, invite, 42, options, random);
          }()),
          invite_(std::move(invite)) {}

    const M& invite() const { return invite_; }

    Callee& run_for(Duration span) {
        Agent<M>::run_for(span);
        return *this;
    }

    Callee& ring(int status = 180) {
        this->session.progress(this->now, status);
        return *this;
    }
    Callee& answers(const Body& body = answer) {
        this->session.accept(this->now, with(body));
        return *this;
    }
    Callee& gets_ack(const Body& body = {}, std::uint32_t number = 314) {
        M ack = in_dialog(*this->session.dialog(), "ACK", number);
        add_to(ack, with(body));
        this->receive(std::move(ack));
        return *this;
    }
    Callee& gets_cancel(std::string_view reason = {}, std::uint32_t number = 314) {
        M cancel = MessageModel<M>::request("CANCEL", "sip:bob@biloxi.example");
        for (const Header name : {Header::from, Header::to, Header::call_id})
            MessageModel<M>::add(cancel, name, field(invite_, name));
        MessageModel<M>::add(cancel, Header::cseq, std::to_string(number) + " CANCEL");
        if (!reason.empty()) MessageModel<M>::add(cancel, Header::reason, reason);
        this->receive(std::move(cancel), 43);
        return *this;
    }
    Callee& requested(std::string_view method, std::uint32_t number = 315) {
        this->receive(in_dialog(*this->session.dialog(), method, number), 77);
        return *this;
    }
    /// A response to the last BYE.
    Callee& gets_for(std::string_view method, int status) {
        const M request = this->last(method).message;
        this->receive(MessageModel<M>::response(request, status, "Reason", ""));
        return *this;
    }

private:
    M invite_;
};

template <class M>
Callee<M> confirmed_callee() {
    Callee<M> callee;
    callee.answers().gets_ack();
    callee.wire();
    callee.told();
    return callee;
}

/// What a session of a test handles: REFER, and SUBSCRIBE to "presence" and "dialog".
inline SessionFeatures with_subscriptions() {
    SessionFeatures features;
    features.methods.refer = true;
    features.methods.subscribe = true;
    features.events = "presence, dialog";
    return features;
}

/// Either role in Confirmed, ready for subscriptions; its log is empty.
template <class M>
Agent<M> subscribing_agent(Role role, SessionFeatures features = with_subscriptions()) {
    if (role == Role::uac) {
        InviteOptions options = alice_calls_bob();
        options.features = std::move(features);
        Caller<M> caller(options);
        caller.gets(200, "bob1", answer);
        caller.wire();
        caller.told();
        return caller;
    }
    IncomingOptions options = at_bob();
    options.features = std::move(features);
    Callee<M> callee(invite_of_peer<M>(), options);
    callee.answers().gets_ack();
    callee.wire();
    callee.told();
    return callee;
}

/// A request of the peer in the dialog that leads, with these header fields and body.
template <class M>
M from_peer_with(Agent<M>& agent, std::string_view method, std::uint32_t number,
                 std::vector<HeaderField> fields, Body body = {}) {
    M request = in_dialog(agent.session.forks().at(0).dialog, method, number);
    MessageOptions options;
    options.fields = std::move(fields);
    options.body = std::move(body);
    add_to(request, options);
    return request;
}

/// A NOTIFY of the peer.
template <class M>
M notify_of_peer(Agent<M>& agent, std::uint32_t number, std::string_view event,
                 std::string_view state, Body body = {}) {
    return from_peer_with(
        agent, "NOTIFY", number,
        {{"Event", std::string(event)}, {"Subscription-State", std::string(state)}},
        std::move(body));
}

/// A response to the last request of that method, with further header fields.
template <class M>
void answered(Agent<M>& agent, std::string_view method, int status,
              std::vector<HeaderField> fields = {}) {
    M response = MessageModel<M>::response(agent.last(method).message, status, "Reason", "");
    MessageOptions options;
    options.fields = std::move(fields);
    add_to(response, options);
    agent.receive(std::move(response));
}

} // namespace test

#endif

// The call logic on messages that are not offhook's: the application keeps its parser, its sockets
// and its transactions, and asks a Session what to send and what may be done.

#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/random.hpp"
#include "offhook/message/copied_fields.hpp"
#include "offhook/session/session.hpp"

// What the application has already: any message type that copies.
struct MyMessage {
    int status = 0; // 0: a request
    std::string method, uri, reason, body;
    std::multimap<std::string, std::string> fields;
};

template <>
struct offhook::MessageModel<MyMessage> {
    static int status(const MyMessage& m) { return m.status; }
    static std::string_view method(const MyMessage& m) { return m.method; }
    static std::string_view request_uri(const MyMessage& m) { return m.uri; }
    static std::string_view body(const MyMessage& m) { return m.body; }
    static std::optional<std::string_view> header(const MyMessage& m, Header name, std::size_t n) {
        const auto [begin, end] = m.fields.equal_range(std::string(name_of(name)));
        auto at = begin;
        while (at != end && n-- > 0)
            ++at;
        return at == end ? std::nullopt : std::optional<std::string_view>(at->second);
    }
    static MyMessage request(std::string_view method, std::string_view uri) {
        return {0, std::string(method), std::string(uri), {}, {}, {}};
    }
    static MyMessage response(const MyMessage& request, int status, std::string_view reason,
                              std::string_view to_tag) {
        MyMessage m{status, {}, {}, std::string(reason), {}, {}};
        copy_fields(request, m, to_tag);
        return m;
    }
    static void add(MyMessage& m, HeaderName name, std::string_view value) {
        m.fields.emplace(name.text, value);
    }
    static void set_body(MyMessage& m, std::string_view type, std::string_view content) {
        m.fields.emplace("Content-Type", type);
        m.body = content;
    }
};

using Session = offhook::Session<MyMessage>;

// Stands for the application's own transaction layer: says what it is asked for, and takes it
// across.
struct MyStack {
    const char* name;
    Session* peer;
    offhook::TimePoint now;

    void client_transaction(const MyMessage& m) { carry("a client transaction for", m); }
    void respond(offhook::TransactionId id, const MyMessage& m) {
        carry(("in server transaction " + std::to_string(id) + ":").c_str(), m);
    }
    void past_the_transactions(const MyMessage& m) { carry("past the transactions:", m); }
    void carry(const char* how, const MyMessage& m) {
        std::printf("%-6s %s %s\n", name, how,
                    m.status ? (std::to_string(m.status) + " " + m.reason).c_str()
                             : m.method.c_str());
        if (peer) peer->receive(now, m, ++last_transaction);
    }
    static inline offhook::TransactionId last_transaction = 0;
};

void carry_out(Session& session, MyStack& stack) {
    while (auto out = session.poll_transmit()) {
        switch (out->as) {
        case offhook::SendAs::request:
        case offhook::SendAs::cancel: stack.client_transaction(out->message); break;
        case offhook::SendAs::response: stack.respond(out->transaction, out->message); break;
        case offhook::SendAs::ack: stack.past_the_transactions(out->message); break;
        case offhook::SendAs::abandon: break; // ends the INVITE's client transaction
        }
    }
}

int main() {
    const offhook::TimePoint now{};           // your clock's
    offhook::Random random(offhook::Seed{1}); // offhook::system_seed() outside of examples
    const auto sdp = offhook::Body::sdp("v=0\r\n");

    offhook::InviteOptions call;
    call.target = "sip:bob@192.0.2.2";
    call.from = call.contact = "<sip:alice@192.0.2.1>";
    call.offer = sdp;
    Session alice = Session::outgoing(now, call, random);
    const MyMessage invite = alice.poll_transmit()->message; // what Bob's parser has read

    auto incoming = Session::incoming(now, invite, 1, {.contact = "<sip:bob@192.0.2.2>"}, random);
    if (!incoming) return 1; // to be answered with 400
    Session& bob = *incoming;
    MyStack bobs{"Bob", &alice, now}, alices{"Alice", &bob, now};

    bob.progress(now, 180);
    try {
        bob.bye(now);
    } catch (const offhook::ByeOnEarlyDialog& refused) {
        std::printf("%-6s %s\n", "Bob", refused.what());
    }
    bob.accept(now, {.body = sdp});
    carry_out(bob, bobs);
    carry_out(alice, alices);
    bob.bye(now, {.reason = "Q.850;cause=16"});
    carry_out(bob, bobs);
    carry_out(alice, alices);
    return alice.state() == offhook::State::terminated ? 0 : 1;
}

#include "offhook/session/requesting.hpp"

#include "offhook/session/in_dialog.hpp"
#include "offhook/session/info.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"
#include "../support/pair.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace test;

namespace {

using Fields = std::vector<std::pair<Header, std::string>>;

template <class M>
M plus(M message, const Fields& fields) {
    for (const auto& [name, value] : fields)
        MessageModel<M>::add(message, name, value);
    return message;
}

SessionFeatures everything() {
    SessionFeatures features;
    features.methods = {true, true, true, true, true, true};
    features.recv_info = "foo, Bar;param=1";
    return features;
}

InviteOptions calling_with(const SessionFeatures& features) {
    InviteOptions options = alice_calls_bob();
    options.features = features;
    return options;
}

IncomingOptions called_with(const SessionFeatures& features) {
    IncomingOptions options = at_bob();
    options.features = features;
    return options;
}

template <class M>
Agent<M> quiet(Agent<M> agent) {
    agent.wire();
    agent.told();
    return agent;
}

/// A call with a peer that says these things in its INVITE, or 2xx; early, or confirmed.
template <class M>
Agent<M> call_of(Role role, const SessionFeatures& features, const Fields& peer = {},
                 bool early = false) {
    if (role == Role::uac) {
        Caller<M> caller(calling_with(features));
        caller.receive(
            plus(reply(caller.invite(), early ? 180 : 200, "bob1", early ? Body{} : answer), peer));
        return quiet<M>(std::move(caller));
    }
    Callee<M> callee(plus(invite_of_peer<M>(), peer), called_with(features));
    if (early)
        callee.ring();
    else
        callee.answers().gets_ack();
    return quiet<M>(std::move(callee));
}

template <class M>
void requested(Agent<M>& agent, std::string_view method, std::uint32_t number,
               const Fields& fields = {}, TransactionId transaction = 77) {
    agent.receive(plus(in_dialog(*agent.session.dialog(), method, number), fields), transaction);
}

/// The peer's answer to the last request of that name.
template <class M>
void answer_to(Agent<M>& agent, std::string_view method, int status, const Fields& fields = {},
               const Body& body = {}) {
    M response = MessageModel<M>::response(agent.last(method).message, status, "Reason", "");
    add_to(response, with(body));
    agent.receive(plus(std::move(response), fields));
}

const Role roles[] = {Role::uac, Role::uas};
const Fields takes_foo = {{Header::recv_info, "foo"}};
const Body bytes{"application/foo", "1 2 3", {}};

Errc code_of(const Refusal& refusal) {
    return refusal.code;
}

template <class M>
Refusal asked(Agent<M>& agent, std::string_view method, const MessageOptions& options = {}) {
    TransactionId id = 0;
    return agent.session.try_request(agent.now, method, options, id);
}

} // namespace

// RFC 3261 §12.2.1
TEMPLATE_TEST_CASE("a request in the dialog leaves in either role, early or confirmed",
                   "[session][rfc3261][12.2.1.1]", Message, PlainMessage) {
    const int status = GENERATE(200, 202, 302, 403, 405, 469, 489, 501, 600);
    for (const Role role : roles)
        for (const bool early : {true, false})
            for (const char* const method : {"INFO", "MESSAGE", "OPTIONS", "NOTIFY", "X-NEW"}) {
                auto agent = call_of<TestType>(role, {}, {}, early);
                MessageOptions options = with({"text/plain", "hello", {}});
                options.fields = {{"X-Mine", "1"}};
                options.reason = "SIP;cause=200";
                const TransactionId id = agent.session.request(agent.now, method, options);
                CHECK(agent.wire() == Lines{method});
                const Outgoing<TestType>& out = agent.last(method);
                CHECK(out.as == SendAs::request);
                CHECK(out.transaction == id);
                const Dialog<TestType>& dialog = *agent.session.dialog();
                CHECK(field(out.message, Header::from) == std::string(dialog.local_party()));
                CHECK(field(out.message, Header::to) == std::string(dialog.remote_party()));
                CHECK(field(out.message, Header::cseq)
                      == (role == Role::uac ? "2 " : "1 ") + std::string(method));
                CHECK(field(out.message, Header::reason) == "SIP;cause=200");
                CHECK(MessageModel<TestType>::body(out.message) == "hello");
                answer_to(agent, method, 100);
                CHECK(agent.told().empty());
                answer_to(agent, method, status);
                CHECK(agent.told() == Lines{"Responded " + std::to_string(status)});
                const auto& responded =
                    agent.template last_event<typename Session<TestType>::Responded>();
                CHECK(responded.request == id);
                REQUIRE(responded.message);
                CHECK(MessageModel<TestType>::status(*responded.message) == status);
                CHECK(agent.state() == (early ? State::early : State::confirmed));
                answer_to(agent, method, status); // once more: a repetition
                CHECK(agent.told().empty());
                CHECK(agent.wire().empty());
            }
}

TEMPLATE_TEST_CASE("what request() cannot send is refused, and changes nothing",
                   "[session][rfc3261][12.2]", Message, PlainMessage) {
    Caller<TestType> none;
    CHECK(code_of(asked(none, "INFO")) == Errc::no_dialog);
    Callee<TestType> ringing;
    CHECK(code_of(asked(ringing, "INFO")) == Errc::no_dialog);
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, {});
        const std::string before = agent.snapshot();
        for (const char* const method : {"INVITE", "ACK", "CANCEL", "BYE", "PRACK", "UPDATE",
                                         "REFER", "SUBSCRIBE", "", "IN FO", "INFO\r\n"})
            CHECK(code_of(asked(agent, method)) == Errc::bad_argument);
        MessageOptions other;
        other.fork = 9;
        CHECK(code_of(asked(agent, "INFO", other)) == Errc::unknown_handle);
        MessageOptions unsafe;
        unsafe.fields = {{"X-Mine", "1\r\nEvil: 2"}};
        CHECK(code_of(asked(agent, "INFO", unsafe)) == Errc::unsafe_value);
        CHECK(agent.snapshot() == before);
        agent.session.bye(agent.now);
        CHECK(code_of(asked(agent, "INFO")) == Errc::session_terminated);
        CHECK_THROWS_AS(agent.session.request(agent.now, "INFO"), SessionTerminated);
    }
}

// RFC 3261 §12.2.2: requests that the application sees to.
TEMPLATE_TEST_CASE("a request of the peer waits for respond(), in either role, early or confirmed",
                   "[session][rfc3261][12.2.2]", Message, PlainMessage) {
    for (const Role role : roles)
        for (const bool early : {true, false})
            for (const char* const method : {"INFO", "MESSAGE", "NOTIFY", "PUBLISH", "X-NEW"}) {
                auto agent = call_of<TestType>(role, everything(), {}, early);
                requested(agent, method, 500);
                CHECK(agent.wire().empty());
                CHECK(agent.told() == Lines{"Requested " + std::string(method)});
                const auto& seen =
                    agent.template last_event<typename Session<TestType>::Requested>();
                CHECK(seen.transaction == 77);
                MessageOptions options;
                options.fields = {{"X-Mine", "1"}};
                options.phrase = "Fine";
                options.reason = "Q.850;cause=16";
                agent.session.respond(agent.now, 77, 202, options);
                const std::string name = "202 " + std::string(method);
                CHECK(agent.wire() == Lines{name});
                CHECK(agent.last(name).transaction == 77);
                CHECK(field(agent.last(name).message, Header::reason) == "Q.850;cause=16");
                // Twice is once too often.
                const std::string before = agent.snapshot();
                CHECK_THROWS_AS(agent.session.respond(agent.now, 77, 200), UnknownHandle);
                CHECK(code_of(agent.session.try_respond(agent.now, 78, 200))
                      == Errc::unknown_handle);
                CHECK(agent.snapshot() == before);
            }
}

// RFC 3515 §2.4.2, RFC 6665 §4.2.1: they make a usage, and are told as such.
TEMPLATE_TEST_CASE("a REFER or SUBSCRIBE of the peer waits for respond() as well",
                   "[session][rfc3261][12.2.2][rfc3515][2.4.2][rfc6665][4.2.1]", Message,
                   PlainMessage) {
    SessionFeatures features = everything();
    features.events = "presence";
    for (const Role role : roles)
        for (const bool early : {true, false}) {
            auto agent = call_of<TestType>(role, features, {}, early);
            requested(agent, "REFER", 500, {{Header::refer_to, "<sip:carol@h>"}}, 77);
            requested(agent, "SUBSCRIBE", 501, {{Header::event, "presence"}}, 78);
            CHECK(agent.wire().empty());
            CHECK(agent.told() == Lines{"Referred <sip:carol@h>", "Subscribed presence for 3600"});
            MessageOptions options;
            options.fields = {{"X-Mine", "1"}};
            options.phrase = "Not here";
            agent.session.respond(agent.now, 78, 403, options);
            agent.session.respond(agent.now, 77, 603, options);
            CHECK(agent.wire() == Lines{"403 SUBSCRIBE", "603 REFER"});
            CHECK(agent.last("603 REFER").transaction == 77);
            for (const TransactionId transaction : {TransactionId{77}, TransactionId{78}})
                CHECK(code_of(agent.session.try_respond(agent.now, transaction, 200))
                      == Errc::unknown_handle);
            CHECK(agent.state() == (early ? State::early : State::confirmed));
        }
}

TEMPLATE_TEST_CASE("respond() takes final responses, and no unsafe values",
                   "[session][rfc3261][12.2.2][rfc4320]", Message, PlainMessage) {
    auto agent = call_of<TestType>(Role::uas, everything());
    requested(agent, "INFO", 500);
    const std::string before = agent.snapshot();
    for (const int status : {-1, 0, 100, 183, 199, 700})
        CHECK(code_of(agent.session.try_respond(agent.now, 77, status)) == Errc::bad_argument);
    MessageOptions unsafe;
    unsafe.phrase = "a\nb";
    CHECK(code_of(agent.session.try_respond(agent.now, 77, 200, unsafe)) == Errc::unsafe_value);
    CHECK(agent.snapshot() == before);
    for (const int status : {200, 299, 300, 404, 503, 699}) {
        auto copy = agent;
        copy.session.respond(copy.now, 77, status);
        CHECK(copy.wire() == Lines{std::to_string(status) + " INFO"});
    }
}

TEMPLATE_TEST_CASE("several requests of the peer wait at the same time, each by its transaction",
                   "[session][rfc3261][12.2.2]", Message, PlainMessage) {
    auto agent = call_of<TestType>(Role::uac, everything());
    requested(agent, "INFO", 500, {}, 80);
    requested(agent, "MESSAGE", 501, {}, 81);
    requested(agent, "INFO", 502, {}, 82);
    agent.session.respond(agent.now, 81, 200);
    agent.session.respond(agent.now, 82, 415);
    agent.session.respond(agent.now, 80, 200);
    CHECK(agent.wire() == Lines{"200 MESSAGE", "415 INFO", "200 INFO"});
    CHECK(field(agent.last("200 INFO").message, Header::cseq) == "500 INFO");
}

// RFC 3261 §8.2.1
TEMPLATE_TEST_CASE("a method that nobody handles gets 405, an unknown one 501, with Allow",
                   "[session][rfc3261][8.2.1][12.2.2]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, {});
        std::uint32_t number = 500;
        for (const char* const method :
             {"INFO", "MESSAGE", "REFER", "NOTIFY", "SUBSCRIBE", "REGISTER", "PUBLISH"}) {
            requested(agent, method, ++number);
            CHECK(agent.wire() == Lines{"405 " + std::string(method)});
        }
        CHECK(field(agent.last("405 INFO").message, Header::allow) == std::string(session_methods));
        requested(agent, "X-NEW", ++number);
        requested(agent, "info", ++number); // methods have a case
        CHECK(agent.wire() == Lines{"501 X-NEW", "501 info"});
        requested(agent, "OPTIONS", ++number);
        CHECK(agent.wire() == Lines{"200 OPTIONS"});
        CHECK(field(agent.last("200 OPTIONS").message, Header::allow)
              == std::string(session_methods));
        CHECK(agent.told().empty());
        CHECK(agent.state() == State::confirmed);
    }
}

// RFC 6665 §4.1.3
TEMPLATE_TEST_CASE("a NOTIFY of no subscription is the application's only where it handles NOTIFY",
                   "[session][rfc6665][4.1.3]", Message, PlainMessage) {
    for (const Role role : roles) {
        SessionFeatures features;
        features.methods.refer = true;
        auto agent = call_of<TestType>(role, features);
        agent.session.refer(agent.now, "sip:carol@chicago.example");
        agent.wire();
        requested(agent, "NOTIFY", 500, {{Header::event, "presence"}});
        requested(agent, "NOTIFY", 501);
        CHECK(agent.wire() == Lines{"481 NOTIFY", "489 NOTIFY"});
        CHECK(agent.told().empty());

        features.methods.notify = true;
        auto taking = call_of<TestType>(role, features);
        taking.session.refer(taking.now, "sip:carol@chicago.example");
        taking.wire();
        requested(taking, "NOTIFY", 500, {{Header::event, "presence"}});
        CHECK(taking.wire().empty());
        CHECK(taking.told() == Lines{"Requested NOTIFY"});
    }
}

// RFC 3261 §12.2.2: "If the remote sequence number is not empty, but the sequence number of the
// request is lower than the remote sequence number, the request is out of order and MUST be
// rejected with a 500 (Server Internal Error) response."
TEMPLATE_TEST_CASE("an INFO out of order gets 500, and the application does not see it",
                   "[session][rfc3261][12.2.2]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything());
        requested(agent, "INFO", 500);
        requested(agent, "INFO", 499);
        requested(agent, "MESSAGE", 500);
        CHECK(agent.wire() == Lines{"500 INFO", "500 MESSAGE"});
        CHECK(agent.told() == Lines{"Requested INFO"});
        requested(agent, "INFO", 900); // gaps are allowed
        CHECK(agent.told() == Lines{"Requested INFO"});
        TestType strange = in_dialog(*agent.session.dialog(), "INFO", 901);
        TestType broken = MessageModel<TestType>::request("INFO", "sip:me@192.0.2.9");
        for (const Header name : {Header::from, Header::to, Header::call_id})
            MessageModel<TestType>::add(broken, name, field(strange, name));
        MessageModel<TestType>::add(broken, Header::cseq, "many INFO");
        agent.receive(broken, 78);
        CHECK(agent.wire() == Lines{"400 INFO"});
        CHECK(agent.told().empty());
    }
}

// The transaction of the peer has ended by then: RFC 4320 §4.1 leaves nothing to say.
TEMPLATE_TEST_CASE("a request that the application never answers is forgotten after 64·T1",
                   "[session][rfc4320][4.1]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything());
        requested(agent, "INFO", 500);
        agent.told();
        agent.run_for(32s - 1ns);
        auto copy = agent;
        copy.session.respond(copy.now, 77, 200);
        CHECK(copy.wire() == Lines{"200 INFO"});
        agent.run_for(1ns);
        CHECK(code_of(agent.session.try_respond(agent.now, 77, 200)) == Errc::unknown_handle);
        CHECK(agent.wire().empty());
        CHECK(agent.told().empty());
        CHECK(agent.state() == State::confirmed);
    }
}

// RFC 3261 §12.2.1.2: "If the response for a request within a dialog is a 481
// (Call/Transaction Does Not Exist) or a 408 (Request Timeout), the UAC SHOULD terminate the
// dialog"; RFC 5057 §5.1 adds what ends the dialog or the call, and what does not.
TEMPLATE_TEST_CASE("a response that ends the dialog or the call's part of it leads to BYE",
                   "[session][rfc3261][12.2.1.2][rfc5057][5.1]", Message, PlainMessage) {
    struct Row {
        const char* method;
        int status;
        bool over;
    };
    const Row rows[] = {
        {"INFO", 481, true},     {"INFO", 408, true},     {"INFO", 404, true},
        {"INFO", 410, true},     {"INFO", 482, true},     {"INFO", 483, true},
        {"INFO", 502, true},     {"INFO", 604, true},     {"INFO", 480, true},
        {"INFO", 405, false},    {"INFO", 501, false},    {"INFO", 469, false},
        {"INFO", 403, false},    {"INFO", 500, false},    {"INFO", 503, false},
        {"INFO", 489, false},    {"INFO", 486, false},    {"INFO", 600, false},
        {"MESSAGE", 481, true},  {"MESSAGE", 408, true},  {"MESSAGE", 404, true},
        {"MESSAGE", 480, false}, {"MESSAGE", 405, false}, {"OPTIONS", 481, true},
        {"NOTIFY", 481, false},  {"NOTIFY", 408, false},  {"NOTIFY", 480, false},
        {"NOTIFY", 404, true},
    };
    for (const Role role : roles)
        for (const Row& row : rows) {
            INFO(row.method << " " << row.status);
            auto agent = call_of<TestType>(role, everything());
            agent.session.request(agent.now, row.method);
            agent.wire();
            answer_to(agent, row.method, row.status);
            const std::string responded = "Responded " + std::to_string(row.status);
            if (!row.over) {
                CHECK(agent.told() == Lines{responded});
                CHECK(agent.wire().empty());
                CHECK(agent.state() == State::confirmed);
                continue;
            }
            CHECK(agent.told() == Lines{responded, "Terminating"});
            CHECK(agent.wire() == Lines{"BYE"});
            answer_to(agent, "BYE", 481);
            CHECK(agent.told()
                  == Lines{"Terminated by local: peer_lost " + std::to_string(row.status)});
        }
}

TEMPLATE_TEST_CASE(
    "a request that gets no response ends the call, one that cannot be sent does not",
    "[session][rfc3261][12.2.1.2][8.1.3.1]", Message, PlainMessage) {
    const Role role = GENERATE(Role::uac, Role::uas);
    auto agent = call_of<TestType>(role, everything());
    const TransactionId id = agent.session.request(agent.now, "INFO");
    SECTION("timer F") {
        agent.session.failed(agent.now, agent.last("INFO").message, Failure::timeout);
        CHECK(agent.told() == Lines{"Responded 408", "Terminating"});
    }
    SECTION("silence") {
        agent.run_for(32s);
        CHECK(agent.told() == Lines{"Responded 408", "Terminating"});
        CHECK_FALSE(agent.template last_event<typename Session<TestType>::Responded>().message);
    }
    SECTION("a transport error") {
        agent.session.failed(agent.now, agent.last("INFO").transaction, Failure::transport);
        CHECK(agent.told() == Lines{"Responded 503"});
        CHECK(agent.state() == State::confirmed);
        CHECK(agent.template last_event<typename Session<TestType>::Responded>().request == id);
    }
}

// RFC 3261 §15.1.2: what is pending when the call ends is answered.
TEMPLATE_TEST_CASE("requests that are open at the end of the call are brought to an end",
                   "[session][rfc3261][15.1.2]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything());
        const TransactionId id = agent.session.request(agent.now, "INFO");
        agent.session.request(agent.now, "MESSAGE");
        requested(agent, "INFO", 500);
        agent.told();
        agent.wire();
        auto copy = agent;
        requested(copy, "BYE", 501, {}, 90);
        CHECK(copy.wire() == Lines{"200 BYE", "487 INFO"});
        CHECK(copy.told() == Lines{"Responded 481", "Responded 481", "Terminated by remote: bye"});
        agent.session.bye(agent.now);
        CHECK(agent.wire() == Lines{"487 INFO", "BYE"});
        CHECK(agent.told() == Lines{"Responded 481", "Responded 481", "Terminating"});
        CHECK(code_of(agent.session.try_respond(agent.now, 77, 200)) == Errc::unknown_handle);
        const auto late =
            MessageModel<TestType>::response(agent.last("INFO").message, 200, "OK", "");
        agent.receive(late);
        answer_to(agent, "BYE", 200);
        CHECK(agent.told() == Lines{"Terminated by local: bye 200"});
        CHECK(id != 0);
        agent.run_for(32s);
        CHECK(agent.session.done());
    }
}

// RFC 3261 §22.2
TEMPLATE_TEST_CASE("a request in the dialog that is challenged waits for authenticate()",
                   "[session][rfc3261][22.2]", Message, PlainMessage) {
    const int status = GENERATE(401, 407);
    for (const Role role : roles) {
        SessionFeatures features = everything();
        auto plain = call_of<TestType>(role, features);
        plain.session.request(plain.now, "INFO");
        answer_to(plain, "INFO", status);
        CHECK(plain.told() == Lines{"Responded " + std::to_string(status)});

        features.on_challenge = SessionFeatures::Decision::ask;
        auto agent = call_of<TestType>(role, features);
        const TransactionId id =
            agent.session.request(agent.now, "INFO", with({"text/plain", "hello", {}}));
        const auto first = agent.last("INFO");
        answer_to(agent, "INFO", status);
        CHECK(agent.told() == Lines{"Challenged " + std::to_string(status)});
        CHECK(agent.template last_event<typename Session<TestType>::Challenged>().request == id);
        agent.wire();
        CHECK(code_of(agent.session.try_authenticate(agent.now, id + 9, {}))
              == Errc::unknown_handle);
        agent.session.authenticate(agent.now, id, {{"Authorization", "Digest username=\"a\""}});
        CHECK(agent.wire() == Lines{"INFO"});
        const auto second = agent.last("INFO");
        CHECK(second.transaction != first.transaction);
        CHECK(second.branch != first.branch);
        CHECK(sequence_number_of(second.message) == *sequence_number_of(first.message) + 1);
        CHECK(field(second.message, Header::authorization) == "Digest username=\"a\"");
        CHECK(MessageModel<TestType>::body(second.message) == "hello");
        answer_to(agent, "INFO", status);
        CHECK(agent.told() == Lines{"Challenged " + std::to_string(status)});
        agent.session.authenticate(agent.now, id, {{"Authorization", "Digest username=\"b\""}});
        CHECK(count(agent.last("INFO").message, Header::authorization) == 1);
        answer_to(agent, "INFO", 200);
        CHECK(agent.told() == Lines{"Responded 200"});
        CHECK(agent.template last_event<typename Session<TestType>::Responded>().request == id);

        // Nobody decides: the challenge counts.
        agent.session.request(agent.now, "INFO");
        answer_to(agent, "INFO", status);
        agent.told();
        agent.run_for(60s);
        CHECK(agent.told() == Lines{"Responded " + std::to_string(status)});
        CHECK(agent.state() == State::confirmed);
    }
}

// RFC 6086 §5.2.3: "The sender of an initial INVITE request MUST include a Recv-Info header field
// in the initial INVITE request, even if the sender is not willing to receive INFO requests
// associated with any Info Package."
TEMPLATE_TEST_CASE("who takes INFO names its Info Packages, or none, in INVITE and UPDATE",
                   "[session][rfc6086][5.2.2][5.2.3]", Message, PlainMessage) {
    SessionFeatures features;
    const Caller<TestType> silent(calling_with(features));
    CHECK(count(silent.invite(), Header::recv_info) == 0);
    features.methods.info = true;
    const Caller<TestType> empty(calling_with(features));
    CHECK(count(empty.invite(), Header::recv_info) == 1);
    CHECK(field(empty.invite(), Header::recv_info).empty());
    features.recv_info = "foo, Bar;param=1";
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, features);
        agent.session.update(agent.now);
        CHECK(field(agent.last("UPDATE").message, Header::recv_info) == features.recv_info);
        answer_to(agent, "UPDATE", 200);
        agent.session.reinvite(agent.now, with(offer));
        CHECK(field(agent.last("INVITE").message, Header::recv_info) == features.recv_info);
        // §7.1, table: none in other requests.
        agent.session.request(agent.now, "INFO");
        CHECK(count(agent.last("INFO").message, Header::recv_info) == 0);
    }
}

// RFC 6086 §5.2.3: "The receiver of a request that contains a Recv-Info header field MUST include a
// Recv-Info header field in a reliable 18x/2xx response to the request, even if the request
// contains an empty Recv-Info header field"; "A UA MUST NOT include a Recv-Info header field in a
// response if the associated request did not contain a Recv-Info header field."
TEMPLATE_TEST_CASE("a response names Info Packages where the request does, and only there",
                   "[session][rfc6086][5.2.3]", Message, PlainMessage) {
    const SessionFeatures features = everything();
    for (const char* const theirs : {"foo", "", "-"}) {
        INFO(theirs);
        Fields fields = {{Header::supported, "100rel"}};
        const bool named = std::string_view(theirs) != "-";
        if (named) fields.emplace_back(Header::recv_info, theirs);
        Callee<TestType> callee(plus(invite_of_peer<TestType>(), fields), called_with(features));
        MessageOptions reliably;
        reliably.delivery = Delivery::reliable;
        callee.session.progress(callee.now, 183, reliably);
        TestType prack = in_dialog(*callee.session.dialog(), "PRACK", 315);
        MessageModel<TestType>::add(prack, Header::rack,
                                    field(callee.last("183 INVITE").message, Header::rseq)
                                        + " 314 INVITE");
        callee.receive(prack, 78);
        callee.answers().gets_ack();
        TestType update = plus(in_dialog(*callee.session.dialog(), "UPDATE", 316), fields);
        callee.receive(update, 79);
        for (const char* const name : {"183 INVITE", "200 INVITE", "200 UPDATE"}) {
            INFO(name);
            CHECK(count(callee.last(name).message, Header::recv_info) == (named ? 1U : 0U));
            CHECK(field(callee.last(name).message, Header::recv_info)
                  == (named ? features.recv_info : ""));
        }
    }
}

// RFC 6086 §4.2.2: "If a UA receives an INFO request associated with an Info Package that the UA
// has not indicated willingness to receive, the UA MUST send a 469 (Bad Info Package) response (see
// Section 11.6), which contains a Recv-Info header field with Info Packages for which the UA is
// willing to receive INFO requests."
TEMPLATE_TEST_CASE("an INFO of an Info Package that is not taken gets 469 with Recv-Info",
                   "[session][rfc6086][4.2.2][7.2]", Message, PlainMessage) {
    struct Row {
        const char* package;
        int status; ///< 0: the application sees it
    };
    const Row rows[] = {
        {"foo", 0},       {"foo;a=b", 0}, {"Bar", 0},   {"Bar;param=2", 0}, {"FOO", 469},
        {"bar", 469},     {"param", 469}, {"fo", 469},  {"other", 469},     {"", 400},
        {"foo,Bar", 400}, {";a", 400},    {"a b", 400}, {"\"foo\"", 400},
    };
    for (const Role role : roles)
        for (const bool early : {true, false})
            for (const Row& row : rows) {
                INFO(row.package);
                auto agent = call_of<TestType>(role, everything(), {}, early);
                requested(agent, "INFO", 500, {{Header::info_package, row.package}});
                if (row.status == 0) {
                    CHECK(agent.told() == Lines{"Requested INFO"});
                    CHECK(agent.wire().empty());
                    continue;
                }
                const std::string name = std::to_string(row.status) + " INFO";
                CHECK(agent.told().empty());
                CHECK(agent.wire() == Lines{name});
                CHECK(field(agent.last(name).message, Header::recv_info)
                      == (row.status == 469 ? "foo, Bar;param=1" : ""));
                CHECK(agent.state() == (early ? State::early : State::confirmed));
            }
    // A legacy INFO names no package.
    auto agent = call_of<TestType>(Role::uas, everything());
    requested(agent, "INFO", 500);
    CHECK(agent.told() == Lines{"Requested INFO"});
    // Willing to take INFO, and no package at all.
    SessionFeatures none;
    none.methods.info = true;
    auto other = call_of<TestType>(Role::uas, none);
    requested(other, "INFO", 500, {{Header::info_package, "foo"}});
    CHECK(other.wire() == Lines{"469 INFO"});
    CHECK(count(other.last("469 INFO").message, Header::recv_info) == 1);
    CHECK(field(other.last("469 INFO").message, Header::recv_info).empty());
}

// RFC 6086 §4.2.1: "When a UA sends an INFO request associated with an Info Package, it MUST
// include an Info-Package header field that indicates which Info Package is associated with the
// request."
TEMPLATE_TEST_CASE("an INFO of an Info Package names it, and marks its body",
                   "[session][rfc6086][4.2.1]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything(), takes_foo);
        agent.session.request(agent.now, "INFO", info_of("foo;a=b", bytes));
        const TestType info = agent.last("INFO").message;
        CHECK(field(info, Header::info_package) == "foo;a=b");
        CHECK(field(info, Header::content_disposition) == "Info-Package");
        CHECK(field(info, Header::content_type) == "application/foo");
        CHECK(MessageModel<TestType>::body(info) == "1 2 3");
        agent.session.request(agent.now, "INFO", info_of("foo"));
        CHECK(count(agent.last("INFO").message, Header::content_disposition) == 0);
        agent.session.request(
            agent.now, "INFO",
            info_of("foo", {"application/foo", "1", "Info-Package;handling=optional"}));
        CHECK(field(agent.last("INFO").message, Header::content_disposition)
              == "Info-Package;handling=optional");
        // A legacy INFO has no Info-Package.
        agent.session.request(agent.now, "INFO", with(bytes));
        CHECK(count(agent.last("INFO").message, Header::info_package) == 0);
    }
}

// RFC 6086 §4.2.1: a UA "MUST NOT send an INFO request for an Info Package inside an invite dialog
// usage if the remote UA has not indicated willingness to receive that Info Package within that
// dialog."
TEMPLATE_TEST_CASE("an INFO of an Info Package that the peer does not take is refused",
                   "[session][rfc6086][4.2.1][5.2.2]", Message, PlainMessage) {
    const auto taken = [](Agent<TestType> agent, std::string_view package) {
        const Refusal refused = asked(agent, "INFO", info_of(package, bytes));
        CHECK((!refused || refused.code == Errc::not_supported));
        return !refused;
    };
    for (const Role role : roles) {
        CHECK_FALSE(taken(call_of<TestType>(role, everything()), "foo"));
        CHECK_FALSE(taken(call_of<TestType>(role, everything(), {{Header::recv_info, ""}}), "foo"));
        auto agent = call_of<TestType>(
            role, everything(), {{Header::recv_info, "a, foo;x=y"}, {Header::recv_info, "Bar"}});
        for (const char* const package : {"a", "foo", "foo;z", "Bar"})
            CHECK(taken(agent, package));
        for (const char* const package : {"b", "Foo", "bar", "x"})
            CHECK_FALSE(taken(agent, package));
        CHECK(code_of(asked(agent, "INFO", info_of("a b", bytes))) == Errc::bad_argument);
        CHECK(code_of(asked(agent, "INFO", info_of("", bytes))) == Errc::bad_argument);
        // A Recv-Info that does not parse names nothing.
        auto broken = call_of<TestType>(role, everything(), {{Header::recv_info, "foo, \"bar"}});
        CHECK_FALSE(taken(broken, "foo"));
        // Where no Info Package is named, nothing is refused.
        CHECK_FALSE(asked(broken, "INFO", with(bytes)));
        MessageOptions own;
        own.fields = {{"Recv-Info", "foo"}};
        CHECK(code_of(asked(agent, "INFO", own)) == Errc::bad_argument);

        // §4.2.2: a 469 shows the set, and does not change it.
        agent.session.request(agent.now, "INFO", info_of("foo"));
        answer_to(agent, "INFO", 469, {{Header::recv_info, "b"}});
        CHECK_FALSE(taken(agent, "b"));
        CHECK(taken(agent, "foo"));

        // The latest Recv-Info counts; a message without one changes nothing.
        auto update = in_dialog(*agent.session.dialog(), "UPDATE", 500);
        agent.receive(update, 90);
        CHECK(taken(agent, "foo"));
        agent.receive(
            plus(in_dialog(*agent.session.dialog(), "UPDATE", 501), {{Header::recv_info, "new"}}),
            91);
        CHECK_FALSE(taken(agent, "foo"));
        CHECK(taken(agent, "new"));
        agent.session.update(agent.now);
        answer_to(agent, "UPDATE", 200, {{Header::recv_info, "newer"}});
        CHECK(taken(agent, "newer"));
        CHECK_FALSE(taken(agent, "new"));
        agent.session.reinvite(agent.now, with(offer));
        answer_to(agent, "INVITE", 200, {{Header::recv_info, "newest"}}, answer);
        CHECK(taken(agent, "newest"));
    }
}

// RFC 6086 §5.2.4: "If the receiver of a request that contains a Recv-Info header field rejects the
// request, both the sender and receiver of the request MUST roll back to the set of Info Packages
// that was used before the request was sent."
TEMPLATE_TEST_CASE("the Info Packages of a request that is rejected are forgotten",
                   "[session][rfc6086][5.2.4]", Message, PlainMessage) {
    const std::string method = GENERATE("INVITE", "UPDATE");
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything(), takes_foo);
        const auto offered = [&](std::uint32_t number) {
            TestType request = in_dialog(*agent.session.dialog(), method, number);
            MessageModel<TestType>::add(request, Header::contact, "<sip:peer@192.0.2.9>");
            MessageModel<TestType>::add(request, Header::recv_info, "bar");
            add_to(request, with(offer));
            agent.receive(request, 90);
        };
        offered(500);
        CHECK_FALSE(asked(agent, "INFO", info_of("foo")));
        if (method == "INVITE")
            agent.session.reject(agent.now, 488);
        else
            agent.session.decline(agent.now, 488);
        CHECK_FALSE(asked(agent, "INFO", info_of("foo")));
        CHECK(asked(agent, "INFO", info_of("bar")));
        offered(501);
        if (method == "INVITE")
            agent.session.accept(agent.now, with(answer));
        else
            agent.session.answer(agent.now, with(answer));
        CHECK(asked(agent, "INFO", info_of("foo")));
        CHECK_FALSE(asked(agent, "INFO", info_of("bar")));
        // An error response names nothing.
        agent.session.update(agent.now);
        answer_to(agent, "UPDATE", 488, {{Header::recv_info, "other"}});
        CHECK(asked(agent, "INFO", info_of("other")));
        CHECK_FALSE(asked(agent, "INFO", info_of("bar")));
    }
}

// RFC 6086 §4.2.1: "the UA that sends the initial INVITE request MUST be prepared to receive INFO
// requests from multiple remote UAs during the early dialog phase. In addition, the UA MUST be
// prepared to receive different Recv-Info header field values from different remote UAs."
TEMPLATE_TEST_CASE("early dialogs have Info Packages and INFOs of their own",
                   "[session][rfc6086][4.2.1]", Message, PlainMessage) {
    Caller<TestType> caller(calling_with(everything()));
    for (const char* const tag : {"bob1", "bob2"})
        caller.receive(plus(reply(caller.invite(), 183, tag),
                            {{Header::require, "100rel"},
                             {Header::rseq, "1"},
                             {Header::recv_info, tag == std::string("bob1") ? "foo" : "bar"}}));
    caller.wire();
    caller.told();
    for (const std::size_t fork : {std::size_t{0}, std::size_t{1}}) {
        caller.requested("INFO", 1, fork);
        CHECK(caller.told() == Lines{"Requested INFO"});
        caller.session.respond(caller.now, 77, 200);
        CHECK(caller.wire() == Lines{"200 INFO"});
        MessageOptions info = info_of(fork == 0 ? "foo" : "bar", bytes);
        info.fork = static_cast<std::uint32_t>(fork + 1);
        CHECK_FALSE(asked(caller, "INFO", info));
        CHECK(
            field(caller.last("INFO").message, Header::to).ends_with(fork == 0 ? "bob1" : "bob2"));
        info.fork = fork == 0 ? 2 : 1;
        CHECK(code_of(asked(caller, "INFO", info)) == Errc::not_supported);
        caller.wire();
    }
}

// RFC 6086 §4.3.2: "A UA MUST NOT include a message body associated with an Info Package in an INFO
// response."
TEMPLATE_TEST_CASE("a response to INFO has no body of an Info Package", "[session][rfc6086][4.3.2]",
                   Message, PlainMessage) {
    auto agent = call_of<TestType>(Role::uas, everything());
    requested(agent, "INFO", 500, {{Header::info_package, "foo"}});
    for (const char* const disposition : {"Info-Package", "info-package ; handling=optional"})
        CHECK(code_of(agent.session.try_respond(agent.now, 77, 200,
                                                with({"application/foo", "1", disposition})))
              == Errc::bad_argument);
    CHECK(agent.wire().empty());
    agent.session.respond(agent.now, 77, 200, with({"text/plain", "1", {}}));
    CHECK(agent.wire() == Lines{"200 INFO"});
}

// RFC 3428 §4: "User Agents MUST NOT insert Contact header fields into MESSAGE requests." §7: "A
// 2xx response to a MESSAGE request MUST NOT contain a body. […] A UAS MUST NOT insert a Contact
// header field into a 2xx response."
TEMPLATE_TEST_CASE("MESSAGE has no Contact, and its 2xx neither Contact nor body",
                   "[session][rfc3428][4][7]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything());
        MessageOptions contact;
        contact.fields = {{"m", "<sip:a@b>"}};
        CHECK(code_of(asked(agent, "MESSAGE", contact)) == Errc::bad_argument);
        agent.session.request(agent.now, "MESSAGE", with({"text/plain", "Hello", {}}));
        const TestType message = agent.last("MESSAGE").message;
        CHECK(count(message, Header::contact) == 0);
        CHECK(field(message, Header::content_type) == "text/plain");
        requested(agent, "MESSAGE", 500, {{Header::content_type, "text/plain"}});
        for (const int status : {200, 202})
            for (const MessageOptions& wrong : {contact, with({"text/plain", "1", {}})})
                CHECK(code_of(agent.session.try_respond(agent.now, 77, status, wrong))
                      == Errc::bad_argument);
        auto copy = agent;
        copy.session.respond(copy.now, 77, 480, with({"text/plain", "gone", {}}));
        CHECK(copy.wire().back() == "480 MESSAGE");
        agent.session.respond(agent.now, 77, 200);
        CHECK(count(agent.last("200 MESSAGE").message, Header::contact) == 0);
        CHECK(MessageModel<TestType>::body(agent.last("200 MESSAGE").message).empty());
    }
}

// RFC 3428 §8: "A UAC SHOULD NOT initiate overlapping MESSAGE transactions inside a dialog, and
// MUST NOT do so unless the route set for that dialog uses a congestion-controlled transport at
// every hop."
TEMPLATE_TEST_CASE("one MESSAGE waits for the response to the one before", "[session][rfc3428][8]",
                   Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, everything());
        agent.session.request(agent.now, "MESSAGE");
        CHECK_THROWS_AS(agent.session.request(agent.now, "MESSAGE"), RequestPending);
        agent.session.request(agent.now, "INFO"); // others may
        agent.session.request(agent.now, "INFO");
        answer_to(agent, "MESSAGE", 202);
        agent.session.request(agent.now, "MESSAGE");
        CHECK(agent.wire() == Lines{"MESSAGE", "INFO", "INFO", "MESSAGE"});
    }
}

// RFC 3326 §2: "A SIP message MAY contain more than one Reason value (i.e., multiple Reason lines),
// but all of them MUST have different protocol values (e.g., one SIP and another Q.850)."
TEMPLATE_TEST_CASE("Reason values of ours parse, and each is of another protocol",
                   "[session][rfc3326][2]", Message, PlainMessage) {
    MessageOptions options;
    const auto refused = [&](const char* reason) {
        options.reason = reason;
        return check(options, "bye").code == Errc::bad_argument;
    };
    for (const char* const fine :
         {"SIP;cause=200", "Q.850;cause=16;text=\"Terminated\"", "SIP;cause=200;text=\"a, b\"",
          "SIP;cause=200, Q.850;cause=16", "a,b,c"}) {
        INFO(fine);
        CHECK_FALSE(refused(fine));
    }
    for (const char* const wrong :
         {";cause=1", "SIP;cause=1, sip;cause=2", "a,b,A", "SIP cause", "SIP;text=\"a", " , "}) {
        INFO(wrong);
        CHECK(refused(wrong));
    }
    auto agent = call_of<TestType>(Role::uac, {});
    options.reason = "SIP;cause=200, SIP;cause=600";
    CHECK_THROWS_AS(agent.session.bye(agent.now, options), BadArgument);
    agent.session.hang_up(agent.now, options); // never refused
    CHECK(count(agent.last("BYE").message, Header::reason) == 0);
}

// RFC 3326 §2
TEMPLATE_TEST_CASE("Reason leaves in BYE, CANCEL and responses, and is told as it came",
                   "[session][rfc3326][2]", Message, PlainMessage) {
    MessageOptions options;
    options.reason = "SIP;cause=200;text=\"Call completed elsewhere\", Q.850;cause=26";
    for (const Role role : roles) {
        auto agent = call_of<TestType>(role, {});
        agent.session.bye(agent.now, options);
        CHECK(field(agent.last("BYE").message, Header::reason) == options.reason);
        auto other = call_of<TestType>(role, {});
        requested(
            other, "BYE", 500,
            {{Header::reason, "SIP;cause=200;text=\"x\""}, {Header::reason, "Q.850;cause=16"}});
        CHECK(other.told()
              == Lines{"Terminated by remote: bye (SIP;cause=200;text=\"x\", Q.850;cause=16)"});
        // What does not parse is told all the same, and harms nothing.
        auto broken = call_of<TestType>(role, {});
        requested(broken, "BYE", 500, {{Header::reason, ";;\"\x01"}});
        CHECK(broken.wire() == Lines{"200 BYE"});
        CHECK(broken.told() == Lines{"Terminated by remote: bye (;;\"\x01)"});
    }
    Caller<TestType> caller;
    caller.gets(180);
    caller.session.cancel(caller.now, options);
    CHECK(field(caller.last("CANCEL").message, Header::reason) == options.reason);
    Callee<TestType> cancelled;
    cancelled.gets_cancel("SIP;cause=200");
    CHECK(cancelled.told()
          == Lines{"Offer", "Cancelled: SIP;cause=200",
                   "Terminated by remote: cancelled 487 (SIP;cause=200)"});
    Callee<TestType> rejecting;
    rejecting.session.progress(rejecting.now, 183, options);
    CHECK(field(rejecting.last("183 INVITE").message, Header::reason) == options.reason);
    rejecting.session.reject(rejecting.now, 480, options);
    CHECK(field(rejecting.last("480 INVITE").message, Header::reason) == options.reason);
}

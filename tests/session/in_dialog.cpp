#include "offhook/session/in_dialog.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

template <class M>
Agent<M> confirmed_agent(Role role) {
    if (role == Role::uac) return confirmed_caller<M>();
    return confirmed_callee<M>();
}

/// The response to the last BYE of that agent.
template <class M>
M answer_to_bye(Agent<M>& agent, int status) {
    return MessageModel<M>::response(agent.last("BYE").message, status, "Reason", "");
}

template <class M>
M from_peer(Agent<M>& agent, std::string_view method, std::uint32_t number) {
    return in_dialog(*agent.session.dialog(), method, number);
}

} // namespace

// RFC 3261 §15.1.1: a request in the dialog; the session is over as it leaves.
TEMPLATE_TEST_CASE("a BYE ends the session as it leaves", "[session][rfc3261][15.1.1]", Message,
                   PlainMessage) {
    for (const Role role : {Role::uac, Role::uas}) {
        auto agent = confirmed_agent<TestType>(role);
        MessageOptions options;
        options.reason = "SIP;cause=200";
        options.fields = {{"X-Mine", "1"}};
        options.body = {"text/plain", "goodbye", {}};
        agent.session.bye(agent.now, options);
        CHECK(agent.state() == State::terminating);
        CHECK(agent.told() == Lines{"Terminating"});
        const Outgoing<TestType>& bye = agent.last("BYE");
        CHECK(bye.as == SendAs::request);
        CHECK(bye.branch.starts_with("z9hG4bK"));
        const Dialog<TestType>& dialog = *agent.session.dialog();
        CHECK(text_of(bye.message)
              == "BYE " + std::string(dialog.remote_target())
                     + "\nCall-ID: " + std::string(dialog.id().call_id)
                     + "\nContent-Type: text/plain\nCSeq: " + (role == Role::uac ? "2" : "1")
                     + " BYE\nFrom: " + std::string(dialog.local_party())
                     + "\nMax-Forwards: 70\nSupported: 100rel, timer, replaces, norefersub, "
                       "tdialog, 199\nTo: "
                     + std::string(dialog.remote_party()) + "\nReason: SIP;cause=200\n\ngoodbye");
    }
}

// RFC 3261 §12.2.1.2, §15.1.1: 481, 408, silence; and whatever else is final.
TEMPLATE_TEST_CASE("every outcome of a BYE ends the session",
                   "[session][rfc3261][12.2.1.2][15.1.1]", Message, PlainMessage) {
    const Role role = GENERATE(Role::uac, Role::uas);
    auto agent = confirmed_agent<TestType>(role);
    agent.session.bye(agent.now);
    agent.told();
    agent.wire();
    SECTION("a final response") {
        const int status = GENERATE(200, 202, 302, 401, 407, 408, 481, 500, 603);
        agent.receive(answer_to_bye(agent, 100));
        CHECK(agent.state() == State::terminating);
        agent.receive(answer_to_bye(agent, status));
        CHECK(agent.told() == Lines{"Terminated by local: bye " + std::to_string(status)});
    }
    SECTION("timer F") {
        agent.session.failed(agent.now, agent.last("BYE").message, Failure::timeout);
        CHECK(agent.told() == Lines{"Terminated by local: bye 408"});
    }
    SECTION("a transport error") {
        agent.session.failed(agent.now, agent.last("BYE").transaction, Failure::transport);
        CHECK(agent.told() == Lines{"Terminated by local: bye 503"});
    }
    SECTION("silence, of the peer and of the transaction layer") {
        agent.run_for(32s - 1ns);
        CHECK(agent.state() == State::terminating);
        agent.run_for(1ns);
        CHECK(agent.told() == Lines{"Terminated by local: bye 408"});
    }
    CHECK(agent.state() == State::terminated);
    agent.run_for(32s);
    CHECK(agent.wire().empty());
    CHECK(agent.told().empty());
    CHECK(agent.session.done());
}

// faults.md 58
TEMPLATE_TEST_CASE("a response to another BYE ends nothing", "[session][rfc3261][15.1.1]", Message,
                   PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.bye(agent.now);
    const std::string before = agent.snapshot();
    const TestType bye = agent.last("BYE").message;
    struct Row {
        Header changed;
        const char* value;
    };
    for (const Row& row :
         {Row{Header::call_id, "another"}, Row{Header::to, "<sip:b@h>;tag=another"},
          Row{Header::from, "<sip:b@h>;tag=another"}, Row{Header::cseq, "99 BYE"},
          Row{Header::cseq, "BYE"}, Row{Header::cseq, "2 INFO"}}) {
        INFO(name_of(row.changed) << ": " << row.value);
        TestType other = MessageModel<TestType>::request("BYE", "sip:b@h");
        for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
            MessageModel<TestType>::add(other, name,
                                        name == row.changed ? row.value : field(bye, name));
        agent.receive(MessageModel<TestType>::response(other, 200, "OK", ""));
        if (std::string_view(row.value) != "2 INFO") // there its method says BYE all the same
            agent.session.failed(agent.now, other, Failure::timeout);
        CHECK(agent.snapshot() == before);
    }
}

// RFC 3261 §15.1.2
TEMPLATE_TEST_CASE("a BYE of the peer is answered 200, and ends the session",
                   "[session][rfc3261][15.1.2]", Message, PlainMessage) {
    for (const Role role : {Role::uac, Role::uas}) {
        auto agent = confirmed_agent<TestType>(role);
        TestType bye = from_peer(agent, "BYE", 1000);
        MessageModel<TestType>::add(bye, Header::reason, "Q.850;cause=16");
        MessageModel<TestType>::add(bye, Header::via, "SIP/2.0/UDP h;branch=z9hG4bKx");
        agent.receive(bye, 77);
        CHECK(agent.wire() == Lines{"200 BYE"});
        CHECK(agent.last("200 BYE").transaction == 77);
        CHECK(text_of(agent.last("200 BYE").message)
              == "200 BYE\nCall-ID: " + field(bye, Header::call_id) + "\nCSeq: 1000 BYE\nFrom: "
                     + field(bye, Header::from) + "\nTo: " + field(bye, Header::to)
                     + "\nVia: SIP/2.0/UDP h;branch=z9hG4bKx\n\n");
        CHECK(agent.told() == Lines{"Terminated by remote: bye (Q.850;cause=16)"});
        CHECK_THROWS_AS(agent.session.bye(agent.now), SessionTerminated);
        agent.run_for(32s);
        CHECK(agent.session.done());
        CHECK(agent.wire().empty());

        agent.receive(from_peer(agent, "BYE", 1001), 78); // that dialog is no more
        CHECK(agent.wire() == Lines{"481 BYE"});
    }
}

TEMPLATE_TEST_CASE("BYEs that cross are both answered, and end the session once",
                   "[session][rfc3261][15.1.2]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.bye(agent.now);
    agent.receive(from_peer(agent, "BYE", 1000), 77);
    CHECK(agent.wire() == Lines{"BYE", "200 BYE"});
    CHECK(agent.told() == Lines{"Terminating"});
    agent.receive(answer_to_bye(agent, GENERATE(200, 481)));
    CHECK(agent.told().size() == 1);
    CHECK(agent.state() == State::terminated);
}

// RFC 3261 §12.2.2
TEMPLATE_TEST_CASE("a request out of order gets 500, one without CSeq 400",
                   "[session][rfc3261][12.2.2]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.receive(from_peer(agent, "INFO", 1000), 5);
    agent.receive(from_peer(agent, "INFO", 1000), 6);
    agent.receive(from_peer(agent, "BYE", 999), 7);
    CHECK(agent.wire() == Lines{"405 INFO", "500 INFO", "500 BYE"});
    CHECK(agent.last("500 BYE").transaction == 7);
    CHECK(agent.state() == State::confirmed);
    TestType bye = MessageModel<TestType>::request("BYE", "sip:me@h");
    const TestType whole = from_peer(agent, "BYE", 2000);
    for (const Header name : {Header::from, Header::to, Header::call_id})
        MessageModel<TestType>::add(bye, name, field(whole, name));
    agent.receive(bye, 8);
    CHECK(MessageModel<TestType>::status(agent.sent().back().message) == 400);
    CHECK(agent.state() == State::confirmed);
    agent.receive(from_peer(agent, "BYE", 5000), 9); // a gap is no error
    CHECK(agent.state() == State::terminated);
}

// RFC 3261 §12.2.2, §15.1.2. faults.md 58
TEMPLATE_TEST_CASE("a request of another dialog gets 481", "[session][rfc3261][12.2.2][15.1.2]",
                   Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const std::string before = agent.snapshot();
    const TestType whole = from_peer(agent, "BYE", 1000);
    struct Row {
        Header changed;
        const char* value;
    };
    for (const Row& row :
         {Row{Header::call_id, "another"}, Row{Header::from, "<sip:b@h>;tag=other"},
          Row{Header::to, "<sip:b@h>;tag=other"}, Row{Header::to, "<sip:b@h>"},
          Row{Header::from, "<sip:b@h>"}}) {
        INFO(name_of(row.changed) << ": " << row.value);
        TestType bye = MessageModel<TestType>::request("BYE", "sip:me@h");
        for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
            MessageModel<TestType>::add(bye, name,
                                        name == row.changed ? row.value : field(whole, name));
        CHECK_FALSE(agent.session.matches(bye));
        agent.receive(bye, 7);
        CHECK(agent.wire() == Lines{"481 BYE"});
        CHECK(agent.snapshot() == before);
    }
    CHECK(agent.session.matches(whole));
}

// RFC 3261 §8.2.1, §11.2, §21.4.6, §21.5.2
TEMPLATE_TEST_CASE("a method that a session does not handle gets 405 or 501, and Allow",
                   "[session][rfc3261][8.2.1][11.2]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const std::string handled = "INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE";
    std::uint32_t number = 1000;
    for (const char* method : {"INFO", "REFER", "NOTIFY", "MESSAGE", "SUBSCRIBE", "REGISTER"}) {
        agent.receive(from_peer(agent, method, ++number), 5);
        const TestType& response = agent.last(std::string("405 ") + method).message;
        CHECK(field(response, Header::allow) == handled);
    }
    agent.receive(from_peer(agent, "X-ANY", ++number), 5);
    CHECK(field(agent.last("501 X-ANY").message, Header::allow) == handled);
    agent.receive(from_peer(agent, "OPTIONS", 2000), 5);
    CHECK(field(agent.last("200 OPTIONS").message, Header::allow) == handled);
    CHECK(agent.state() == State::confirmed);
    CHECK(agent.told().empty());
}

// RFC 3261 §14.2, RFC 6141 §4.6: a rejected re-INVITE leaves everything as it was. faults.md 63
TEMPLATE_TEST_CASE("a re-INVITE that is refused with 488 leaves the remote target as it was",
                   "[session][rfc3261][12.2.2][14.2][rfc6141][4.6]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    const std::string target(agent.session.dialog()->remote_target());
    TestType invite = from_peer(agent, "INVITE", 1000);
    MessageModel<TestType>::add(invite, Header::contact, "<sip:moved@192.0.2.99>");
    add_to(invite, with(offer));
    agent.receive(invite, 5);
    CHECK(agent.wire().empty());
    CHECK(agent.told() == Lines{"Reinvited"});
    CHECK(agent.session.dialog()->remote_target() == target);
    MessageOptions warning;
    warning.fields = {{"Warning", "304 192.0.2.2 \"no such codec\""}};
    agent.session.reject(agent.now, 488, warning);
    CHECK(agent.wire() == Lines{"488 INVITE"});
    CHECK(agent.last("488 INVITE").transaction == 5);
    CHECK(field(agent.last("488 INVITE").message, Header::warning)
          == "304 192.0.2.2 \"no such codec\"");
    CHECK(agent.session.dialog()->remote_target() == target);
    CHECK(agent.told() == Lines{"RolledBack remote 488 with offer"});
    CHECK(agent.state() == State::confirmed);
    agent.session.bye(agent.now);
    CHECK(MessageModel<TestType>::request_uri(agent.last("BYE").message) == target);
}

// RFC 3261 §14.2: ours is pending. faults.md 70
TEMPLATE_TEST_CASE("an INVITE of the callee while ours is pending gets 491",
                   "[session][rfc3261][14.2]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    caller.told();
    const std::string early = caller.snapshot();
    caller.requested("INVITE", 1);
    CHECK(caller.wire() == Lines{"491 INVITE"});
    CHECK(caller.told().empty());

    InviteOptions late = alice_calls_bob();
    late.offer = {};
    Caller<TestType> owing(late);
    owing.gets(200, "bob1", offer);
    owing.requested("INVITE", 1);
    CHECK(owing.wire() == Lines{"491 INVITE"});
    CHECK(owing.state() == State::ack_wait);
}

TEMPLATE_TEST_CASE("while our BYE is under way other requests get 481",
                   "[session][rfc3261][15.1.1]", Message, PlainMessage) {
    auto agent = confirmed_agent<TestType>(GENERATE(Role::uac, Role::uas));
    agent.session.bye(agent.now);
    agent.wire();
    agent.receive(from_peer(agent, "INVITE", 1000), 5);
    agent.receive(from_peer(agent, "INFO", 1001), 5);
    CHECK(agent.wire() == Lines{"481 INVITE", "481 INFO"});
}

// RFC 3261 §25.1: nothing that the application gives can end a header field.
TEMPLATE_TEST_CASE("an unsafe value is refused by each operation, and changes nothing",
                   "[session][rfc3261][25.1]", Message, PlainMessage) {
    MessageOptions reason, field_value, phrase, type;
    reason.reason = "x\r\nVia: y";
    field_value.fields = {{"Subject", std::string("a\0b", 3)}};
    phrase.phrase = "OK\nX: y";
    type.body = {"text/plain\r", "x", {}};
    InviteOptions no_offer = alice_calls_bob();
    no_offer.offer = {};
    for (const MessageOptions& options : {reason, field_value, phrase, type}) {
        Callee<TestType> callee;
        std::string before = callee.snapshot();
        CHECK_THROWS_AS(callee.session.progress(callee.now, 180, options), UnsafeValue);
        CHECK_THROWS_AS(callee.session.accept(callee.now, options), UnsafeValue);
        CHECK_THROWS_AS(callee.session.reject(callee.now, 486, options), UnsafeValue);
        CHECK_THROWS_AS(callee.session.redirect(callee.now, {"<sip:c@h>"}, 302, options),
                        UnsafeValue);
        CHECK(callee.snapshot() == before);

        Caller<TestType> caller;
        caller.gets(180);
        before = caller.snapshot();
        CHECK_THROWS_AS(caller.session.cancel(caller.now, options), UnsafeValue);
        CHECK_THROWS_AS(caller.session.bye(caller.now, options), UnsafeValue);
        CHECK(caller.snapshot() == before);

        Caller<TestType> owing(no_offer);
        owing.gets(200, "bob1", offer);
        before = owing.snapshot();
        CHECK_THROWS_AS(owing.session.ack(owing.now, options), UnsafeValue);
        CHECK(owing.snapshot() == before);

        // hang_up() always works, and leaves such options out.
        auto confirmed = confirmed_caller<TestType>();
        auto plain = confirmed;
        confirmed.session.hang_up(confirmed.now, options);
        plain.session.hang_up(plain.now);
        CHECK(confirmed.snapshot() == plain.snapshot());
        CHECK(confirmed.wire() == Lines{"BYE"});
        caller.session.hang_up(caller.now, options);
        CHECK(caller.wire() == Lines{"CANCEL"});
        callee.session.hang_up(callee.now, options);
        CHECK(callee.wire() == Lines{"603 INVITE"});
        owing.session.hang_up(owing.now, options);
        CHECK(owing.wire() == Lines{"ACK", "BYE"});
    }
}

TEMPLATE_TEST_CASE("requests that we send have branches and numbers of their own",
                   "[session][rfc3261][8.1.1.7]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "bob1").gets(180, "bob2").gets(180, "bob3");
    MessageOptions second, third;
    second.fork = 2;
    third.fork = 3;
    caller.session.bye(caller.now, second);
    caller.session.bye(caller.now, third);
    caller.gets(200, "bob1", answer);
    std::vector<std::string> branches;
    std::vector<TransactionId> numbers;
    for (const auto& out : caller.sent()) {
        for (const std::string& other : branches)
            CHECK(out.branch != other);
        branches.push_back(out.branch);
        if (out.as != SendAs::request) continue;
        for (const TransactionId other : numbers)
            CHECK(out.transaction != other);
        numbers.push_back(out.transaction);
    }
    CHECK(branches.size() == 4);
    CHECK(numbers.size() == 3);
}

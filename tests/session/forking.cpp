#include "offhook/session/forking.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

MessageOptions of_fork(std::uint32_t number) {
    MessageOptions options;
    options.fork = number;
    return options;
}

/// A UAC with early dialogs bob1, bob2 …
template <class M>
Caller<M> early_caller(int forks, InviteOptions options = alice_calls_bob()) {
    Caller<M> caller(options);
    for (int i = 1; i <= forks; ++i)
        caller.gets(180, "bob" + std::to_string(i));
    caller.wire();
    caller.told();
    return caller;
}

InviteOptions keeping_all() {
    InviteOptions options = alice_calls_bob();
    options.forks = ForkPolicy::keep_all;
    return options;
}

template <class M>
std::string to_of(Agent<M>& agent, std::string_view name) {
    return field(agent.last(name).message, Header::to);
}

} // namespace

// RFC 3261 §15: the caller may send BYE on an early dialog, and ends that one alone.
TEMPLATE_TEST_CASE("the caller ends one early dialog by BYE, and the INVITE goes on",
                   "[session][rfc3261][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(3);
    SECTION("the one that leads, and the next one leads then") {
        caller.session.bye(caller.now);
        CHECK(to_of(caller, "BYE") == "<sip:bob@biloxi.example>;tag=bob1");
        CHECK(caller.session.dialog()->id().remote_tag == "bob2");
    }
    SECTION("another one, by its number") {
        caller.session.bye(caller.now, of_fork(3));
        CHECK(to_of(caller, "BYE") == "<sip:bob@biloxi.example>;tag=bob3");
        CHECK(caller.session.dialog()->id().remote_tag == "bob1");
        const std::string before = caller.snapshot();
        for (const std::uint32_t number : {3u, 4u}) // left already; never was
            CHECK_THROWS_AS(caller.session.bye(caller.now, of_fork(number)), UnknownHandle);
        CHECK(caller.snapshot() == before);
    }
    CHECK(field(caller.last("BYE").message, Header::cseq) == "2 BYE");
    CHECK(caller.state() == State::early);
    CHECK(caller.told().empty());
    caller.gets_for("BYE", 200);
    CHECK(caller.state() == State::early);
    caller.gets(200, "bob2", answer);
    CHECK(caller.state() == State::confirmed);
    CHECK(to_of(caller, "ACK") == "<sip:bob@biloxi.example>;tag=bob2");
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
}

TEMPLATE_TEST_CASE("a BYE on the only early dialog ends the call, when the INVITE has ended too",
                   "[session][rfc3261][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(1);
    caller.session.bye(caller.now);
    CHECK(caller.wire() == Lines{"BYE"});
    CHECK(caller.state() == State::terminating);
    CHECK(caller.told() == Lines{"Terminating"});
    SECTION("200, 487") {
        caller.gets_for("BYE", 200);
        CHECK(caller.state() == State::terminating);
        caller.gets(487, "bob1");
    }
    SECTION("487, 200") {
        caller.gets(487, "bob1");
        CHECK(caller.state() == State::terminating);
        caller.gets_for("BYE", 200);
    }
    SECTION("200, and a timeout of the INVITE") {
        caller.gets_for("BYE", 200);
        caller.session.failed(caller.now, caller.invite(), Failure::timeout);
    }
    CHECK(caller.told() == Lines{"Terminated by local: bye 200"});
    CHECK(caller.session.done());
    CHECK(caller.wire().empty());
}

// Other forks may ring unheard: CANCEL ends these, and §9.1 the wait.
TEMPLATE_TEST_CASE("an INVITE that goes on after its only early dialog was left is cancelled",
                   "[session][rfc3261][9.1][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(1);
    caller.session.bye(caller.now);
    caller.gets_for("BYE", 200);
    caller.wire();
    caller.told();
    caller.run_for(32s - 1ns);
    CHECK(caller.wire().empty());
    caller.run_for(1ns);
    CHECK(caller.wire() == Lines{"CANCEL"});
    SECTION("in vain") {
        caller.run_for(32s);
        CHECK(caller.wire() == Lines{"abandon INVITE"});
    }
    SECTION("with success") {
        caller.gets(487, "bob1");
    }
    SECTION("too late") {
        caller.gets(200, "bob2", answer);
        CHECK(caller.wire() == Lines{"ACK", "BYE"});
        caller.gets_for("BYE", 200);
    }
    CHECK(caller.told() == Lines{"Terminated by local: bye 200"});
}

// RFC 5407 §3.1.3: the BYE has ended the dialog, and the 2xx gets its ACK all the same.
TEMPLATE_TEST_CASE("a 2xx that crosses the BYE of its early dialog is acknowledged and no more",
                   "[session][rfc3261][15][rfc5407][3.1.3]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(1);
    caller.session.bye(caller.now);
    caller.wire();
    caller.told();
    SECTION("before the response to the BYE") {
        caller.gets(200, "bob1", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.state() == State::terminating);
        caller.gets_for("BYE", 200);
    }
    SECTION("after it") {
        caller.gets_for("BYE", 200);
        caller.gets(200, "bob1", answer);
        CHECK(caller.wire() == Lines{"ACK"});
    }
    CHECK(field(caller.last("ACK").message, Header::cseq) == "1 ACK");
    CHECK(caller.told() == Lines{"Terminated by local: bye 200"});
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.run_for(32s);
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("a 2xx after the BYE of its early dialog was refused gets ACK and another BYE",
                   "[session][rfc3261][13.2.2.4][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(1);
    caller.session.bye(caller.now);
    const int status = GENERATE(481, 408, 500, 0);
    if (status)
        caller.gets_for("BYE", status);
    else
        caller.session.failed(caller.now, caller.last("BYE").message, Failure::timeout);
    caller.wire();
    caller.told();
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(field(caller.last("BYE").message, Header::cseq) == "3 BYE");
    CHECK(caller.state() == State::terminating);
    caller.gets_for("BYE", 200);
    CHECK(caller.told() == Lines{"Terminated by local: bye 200"});
}

TEMPLATE_TEST_CASE(
    "a 2xx does not bring back an early dialog that was left, though BYE was refused",
    "[session][rfc3261][13.2.2.4][15]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.forks = GENERATE(ForkPolicy::keep_first, ForkPolicy::keep_all);
    Caller<TestType> caller(options);
    caller.gets(180, "bob1").gets(180, "bob2");
    caller.session.bye(caller.now, of_fork(1));
    caller.gets_for("BYE", 481);
    caller.wire();
    caller.told();
    const bool answered = GENERATE(false, true);
    if (answered) {
        caller.gets(200, "bob2", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed"});
    }
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(to_of(caller, "BYE") == "<sip:bob@biloxi.example>;tag=bob1");
    CHECK(caller.told().empty());
    CHECK(caller.state() == (answered ? State::confirmed : State::early));
    CHECK_FALSE(caller.session.poll_fork());
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
}

TEMPLATE_TEST_CASE("a 2xx on an early dialog that was left does not stand in the way of another",
                   "[session][rfc3261][13.2.2.4][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2);
    caller.session.bye(caller.now, of_fork(1));
    caller.gets(200, "bob1", answer).gets_for("BYE", 200);
    CHECK(caller.wire() == Lines{"BYE", "ACK"});
    CHECK(caller.state() == State::early);
    CHECK(caller.told().empty());
    SECTION("which comes") {
        caller.gets(200, "bob2", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed"});
        CHECK(caller.session.dialog()->id().remote_tag == "bob2");
    }
    SECTION("which never comes") {
        caller.run_for(32s - 1ns);
        CHECK(caller.told().empty());
        caller.run_for(1ns);
        CHECK(caller.told() == Lines{"Terminated by local: timeout 408"});
        CHECK(caller.session.done());
    }
    SECTION("and CANCEL would be a no-op: hang_up() ends the other dialogs by BYE") {
        CHECK_FALSE(caller.session.can_cancel());
        CHECK_THROWS_AS(caller.session.cancel(caller.now), AlreadyAnswered);
        caller.session.hang_up(caller.now);
        CHECK(caller.wire() == Lines{"BYE"});
        CHECK(to_of(caller, "BYE") == "<sip:bob@biloxi.example>;tag=bob2");
        caller.gets_for("BYE", 200);
        CHECK(caller.told() == Lines{"Terminating", "Terminated by local: bye 200"});
    }
}

// RFC 3261 §13.2.2.4. faults.md 56
TEMPLATE_TEST_CASE("a second fork's 2xx gets ACK and BYE, on that fork and no other",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2);
    caller.gets(200, "bob1", answer);
    caller.wire();
    caller.told();
    const std::string_view tag = GENERATE("bob2", "bob3");
    caller.gets(200, tag, answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    const std::string other = "<sip:bob@biloxi.example>;tag=" + std::string(tag);
    CHECK(to_of(caller, "ACK") == other);
    CHECK(to_of(caller, "BYE") == other);
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.told().empty());
    caller.gets(200, tag, answer);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(to_of(caller, "ACK") == other);
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(to_of(caller, "ACK") == "<sip:bob@biloxi.example>;tag=bob1");
    caller.gets_for("BYE", 200);
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.told().empty());

    caller.session.bye(caller.now);
    CHECK(to_of(caller, "BYE") == "<sip:bob@biloxi.example>;tag=bob1");
    caller.gets_for("BYE", 200);
    CHECK(caller.told() == Lines{"Terminating", "Terminated by local: bye 200"});
}

TEMPLATE_TEST_CASE("a session is not done while the BYE of another fork is under way",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    auto caller = confirmed_caller<TestType>();
    caller.run_for(31s).gets(200, "bob2", answer).run_for(1s);
    caller.wire();
    caller.requested("BYE");
    CHECK(caller.told() == Lines{"Terminated by remote: bye"});
    CHECK(caller.wire() == Lines{"200 BYE"});
    CHECK_FALSE(caller.session.done());
    caller.run_for(31s);
    CHECK(caller.session.done());
}

// RFC 3261 §13.2.2.4: even there the ACK answers the offer.
TEMPLATE_TEST_CASE("the offer in a 2xx that is not wanted is declined in its ACK",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.offer = {};
    Caller<TestType> caller(options);
    const std::string declined = declined_answer(offer).content;
    SECTION("of a second fork") {
        caller.gets(200, "bob1", offer);
        caller.gets(200, "bob2", offer);
    }
    SECTION("after CANCEL") {
        caller.gets(180);
        caller.session.cancel(caller.now);
        caller.wire();
        caller.gets(200, "bob1", offer);
    }
    SECTION("after an early BYE") {
        caller.gets(180);
        caller.session.bye(caller.now);
        caller.gets(200, "bob1", offer);
        CHECK(caller.wire() == Lines{"BYE", "ACK"});
        CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == declined);
        return;
    }
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(field(caller.last("ACK").message, Header::content_type) == "application/sdp");
    CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == declined);
}

// RFC 3261 §13.2.2.4, §15: each 2xx may stay a session.
TEMPLATE_TEST_CASE("with keep_all each further 2xx becomes a session of its own",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2, keeping_all());
    caller.gets(200, "bob1", answer);
    CHECK_FALSE(caller.session.poll_fork());
    caller.gets(200, "bob2", answer).gets(200, "bob3", answer);
    CHECK(caller.wire() == Lines{"ACK"});

    Agent<TestType> second(*caller.session.poll_fork());
    Agent<TestType> third(*caller.session.poll_fork());
    CHECK_FALSE(caller.session.poll_fork());
    CHECK(second.wire() == Lines{"ACK"});
    CHECK(second.told() == Lines{"Answered 200", "Answer", "Confirmed"});
    CHECK(to_of(second, "ACK") == "<sip:bob@biloxi.example>;tag=bob2");
    CHECK(to_of(third, "ACK") == "<sip:bob@biloxi.example>;tag=bob3");
    CHECK(second.session.dialog()->id().remote_tag == "bob2");

    // Its messages are its own from here on.
    const auto again = [&](const char* tag) { return reply(caller.invite(), 200, tag, answer); };
    CHECK(caller.session.matches(again("bob1")));
    CHECK_FALSE(caller.session.matches(again("bob2")));
    CHECK(second.session.matches(again("bob2")));
    CHECK_FALSE(second.session.matches(again("bob3")));
    CHECK_FALSE(second.session.matches(again("bob4")));
    CHECK(caller.session.matches(again("bob4")));
    const std::string before = caller.snapshot();
    caller.receive(again("bob2"));
    second.receive(again("bob1"));
    CHECK(caller.snapshot() == before);
    second.wire();
    second.receive(again("bob2"));
    CHECK(second.wire() == Lines{"ACK"});

    caller.wire();
    caller.receive(in_dialog(*second.session.dialog(), "BYE", 1), 5);
    CHECK(caller.wire() == Lines{"481 BYE"});
    second.receive(in_dialog(*second.session.dialog(), "BYE", 1), 5);
    CHECK(second.wire() == Lines{"200 BYE"});
    CHECK(caller.state() == State::confirmed);
    CHECK(third.state() == State::confirmed);

    third.session.bye(third.now);
    CHECK(third.last("BYE").branch != third.last("ACK").branch);
    CHECK(third.last("BYE").transaction != caller.last("INVITE").transaction);
    third.receive(MessageModel<TestType>::response(third.last("BYE").message, 200, "OK", ""));
    third.run_for(32s);
    third.told();
    CHECK(third.session.done());
}

TEMPLATE_TEST_CASE("with keep_all each offer of a 2xx is answered for itself",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    InviteOptions options = keeping_all();
    options.offer = {};
    Caller<TestType> caller(options);
    caller.gets(200, "bob1", offer).gets(200, "bob2", offer);
    CHECK(caller.wire().empty());
    Agent<TestType> second(*caller.session.poll_fork());
    CHECK(second.state() == State::ack_wait);
    CHECK(second.told() == Lines{"Answered 200", "Offer"});
    second.session.ack(second.now, with(answer));
    CHECK(second.wire() == Lines{"ACK"});
    CHECK(to_of(second, "ACK") == "<sip:bob@biloxi.example>;tag=bob2");
    CHECK(caller.state() == State::ack_wait);
    caller.session.ack(caller.now, with(answer));
    CHECK(to_of(caller, "ACK") == "<sip:bob@biloxi.example>;tag=bob1");
}

TEMPLATE_TEST_CASE("a session that has handed over a fork is done when that was polled",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller(keeping_all());
    caller.gets(200, "bob1", answer).gets(200, "bob2", answer).requested("BYE").run_for(32s);
    caller.wire();
    caller.told();
    CHECK(caller.state() == State::terminated);
    CHECK_FALSE(caller.session.done());
    CHECK(caller.session.poll_fork());
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("with keep_all a 2xx after our BYE is ended all the same",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller(keeping_all());
    caller.gets(200, "bob1", answer);
    caller.session.bye(caller.now);
    caller.wire();
    caller.gets(200, "bob2", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK_FALSE(caller.session.poll_fork());
}

// RFC 3261 §9.1, §15: hanging up ends every dialog that comes of it.
TEMPLATE_TEST_CASE("each 2xx that crosses the CANCEL gets ACK and BYE",
                   "[session][rfc3261][9.1][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2, GENERATE(alice_calls_bob(), keeping_all()));
    caller.session.cancel(caller.now);
    caller.wire();
    caller.gets(200, "bob2", answer).gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE", "ACK", "BYE"});
    CHECK(caller.told() == Lines{"Terminating"});
    // What bob2, whose 2xx came first, says to the BYE is the outcome.
    const auto answer_bye = [&](std::size_t n, int status) {
        const TestType& bye = caller.sent().at(n).message;
        caller.receive(MessageModel<TestType>::response(bye, status, "Reason", ""));
    };
    const bool in_order = GENERATE(true, false);
    in_order ? answer_bye(3, 486) : answer_bye(5, 200);
    CHECK(caller.state() == State::terminating);
    in_order ? answer_bye(5, 200) : answer_bye(3, 486);
    CHECK(caller.told() == Lines{"Terminated by local: cancelled 486"});
}

// RFC 3261 §13.2.2.4: 64·T1 after the first 2xx.
TEMPLATE_TEST_CASE("early dialogs without 2xx end 64·T1 after the first one",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2);
    caller.gets(200, "bob1", answer).run_for(31s).gets(200, "bob3", answer); // prolongs nothing
    caller.run_for(1s - 1ns);
    caller.wire();
    caller.requested("INFO", 1, 1);
    CHECK(caller.wire() == Lines{"405 INFO"});
    caller.run_for(1ns).requested("INFO", 2, 1);
    CHECK(caller.wire() == Lines{"481 INFO"});
    caller.gets(200, "bob2", answer);
    CHECK(caller.wire().empty());
    CHECK(caller.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("no more forks are followed than the application wants",
                   "[session][rfc3261][12.1]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.early_dialogs = 2;
    auto caller = early_caller<TestType>(2, options);
    caller.gets(180, "bob3");
    CHECK(caller.told() == Lines{"Ringing 180 on fork 0"});
    CHECK(caller.session.forks().size() == 2);
    caller.gets(200, "bob4", answer).gets(200, "bob5", answer).gets(200, "bob6", answer);
    CHECK(caller.session.forks().size() == 4);
    CHECK(caller.wire() == Lines{"ACK", "ACK", "BYE"});

    options.early_dialogs = 0;
    auto deaf = early_caller<TestType>(2, options);
    CHECK(deaf.session.forks().empty());
    deaf.gets(200, "bob1", answer);
    CHECK(deaf.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("a 1xx does not bring back an early dialog that was left",
                   "[session][rfc3261][15]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2);
    caller.session.bye(caller.now, of_fork(2));
    caller.gets(183, "bob2", answer);
    CHECK(caller.told().empty());
    caller.requested("BYE", 1, 0);
    CHECK(caller.state() == State::initial);
    caller.gets(180, "bob1").gets(180, "bob2");
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.dialog() == nullptr);
    CHECK(caller.told().empty());
}

TEMPLATE_TEST_CASE("a BYE of the callee on an early dialog ends that one alone",
                   "[session][rfc3261][15.1.2]", Message, PlainMessage) {
    auto caller = early_caller<TestType>(2);
    caller.requested("BYE", 1, 0);
    CHECK(caller.wire() == Lines{"200 BYE"});
    CHECK(caller.state() == State::early);
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
    caller.requested("BYE", 1, 1);
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.dialog() == nullptr);
    CHECK(caller.told().empty());
    SECTION("a new fork makes another") {
        caller.gets(180, "bob3");
        CHECK(caller.state() == State::early);
        CHECK(caller.session.dialog()->id().remote_tag == "bob3");
        caller.gets(200, "bob3", answer);
        CHECK(caller.state() == State::confirmed);
    }
    SECTION("the INVITE fails") {
        caller.gets(487, "bob1");
        CHECK(caller.told() == Lines{"Rejected 487", "Terminated by remote: rejected 487"});
    }
    SECTION("a 2xx on such a dialog is acknowledged, and no call") {
        caller.wire();
        caller.gets(200, "bob1", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.state() == State::initial);
        caller.session.hang_up(caller.now);
        CHECK(caller.told() == Lines{"Terminating", "Terminated by local: bye"});
        CHECK(caller.wire().empty());
    }
}

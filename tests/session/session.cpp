#include "offhook/session/session.hpp"

#include "../catch.hpp"
#include "../support/pair.hpp"

#include <string>

using namespace offhook;
using namespace test;

TEMPLATE_TEST_CASE("a call from INVITE to BYE", "[session][rfc3261][13][15]", Message,
                   PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.progress(pair.now());
    pair.deliver("180 INVITE").run_for(3s).callee().session.accept(pair.now(), with(answer));
    pair.deliver("200 INVITE").deliver("ACK").run_for(60s).caller.session.bye(pair.now());
    pair.deliver("BYE").deliver("200 BYE").run_for(1h);

    CHECK(pair.ladder()
          == Lines{"0.000 > INVITE", "0.000 < 180 INVITE", "3.000 < 200 INVITE", "3.000 > ACK",
                   "63.000 > BYE", "63.000 < 200 BYE"});
    CHECK(pair.caller.told()
          == Lines{"Ringing 180 on fork 1", "Answered 200", "Answer", "Confirmed", "Terminating",
                   "Terminated by local: bye 200"});
    CHECK(pair.callee().told() == Lines{"Offer", "Confirmed", "Terminated by remote: bye"});
    CHECK(pair.caller.session.done());
    CHECK(pair.callee().session.done());
}

TEMPLATE_TEST_CASE("a call that the callee ends", "[session][rfc3261][15]", Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(answer));
    pair.deliver_all().callee().session.bye(pair.now());
    pair.deliver_all();
    CHECK(pair.ladder()
          == Lines{"0.000 > INVITE", "0.000 < 200 INVITE", "0.000 > ACK", "0.000 < BYE",
                   "0.000 > 200 BYE"});
    CHECK(pair.caller.told().back() == "Terminated by remote: bye");
    CHECK(pair.callee().told().back() == "Terminated by local: bye 200");
}

TEMPLATE_TEST_CASE("both ends of a dialog see it as each other's", "[session][rfc3261][12]",
                   Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(answer));
    pair.deliver_all();
    const Dialog<TestType>& a = *pair.caller.session.dialog();
    const Dialog<TestType>& b = *pair.callee().session.dialog();
    CHECK(a.id() == DialogId{b.id().call_id, b.id().remote_tag, b.id().local_tag});
    CHECK(a.local_party() == b.remote_party());
    CHECK(a.remote_party() == b.local_party());
    CHECK(a.remote_target() == "sip:bob@192.0.2.2");
    CHECK(b.remote_target() == "sip:alice@192.0.2.1");
    CHECK(a.state().local_sequence_number == b.state().remote_sequence_number);
}

// RFC 3261 §13.2.2.4, §13.3.1.4
TEMPLATE_TEST_CASE("a lost ACK comes with the next 2xx", "[session][rfc3261][13.2.2.4][13.3.1.4]",
                   Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(answer));
    pair.deliver("200 INVITE").lose("ACK").run_for(500ms);
    CHECK(pair.on_the_way() == Lines{"< 200 INVITE"});
    pair.deliver("200 INVITE").deliver("ACK").run_for(1h);
    CHECK(pair.callee().state() == State::confirmed);
    CHECK(pair.ladder()
          == Lines{"0.000 > INVITE", "0.000 < 200 INVITE", "0.000 > ACK", "0.500 < 200 INVITE",
                   "0.500 > ACK"});
}

TEMPLATE_TEST_CASE("whatever arrives twice has its effect once", "[session][rfc3261][13][15]",
                   Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.progress(pair.now());
    pair.duplicate("180 INVITE").callee().session.accept(pair.now(), with(answer));
    pair.duplicate("200 INVITE").duplicate("ACK").lose("ACK").caller.session.bye(pair.now());
    pair.deliver("BYE").duplicate("200 BYE").run_for(1h);
    CHECK(pair.caller.told()
          == Lines{"Ringing 180 on fork 1", "Ringing 180 on fork 1", "Answered 200", "Answer",
                   "Confirmed", "Terminating", "Terminated by local: bye 200"});
    CHECK(pair.callee().told() == Lines{"Offer", "Confirmed", "Terminated by remote: bye"});
    CHECK(pair.on_the_way().empty());
}

// RFC 3261 §15: until the ACK comes, or the transaction ends.
TEMPLATE_TEST_CASE("the callee may send BYE once the ACK has come", "[session][rfc3261][15]",
                   Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(answer));
    pair.deliver("200 INVITE"); // the ACK is on its way
    CHECK_THROWS_AS(pair.callee().session.bye(pair.now()), AckPending);
    SECTION("which it does") {
        pair.deliver("ACK").callee().session.bye(pair.now());
        CHECK(pair.on_the_way() == Lines{"< BYE"});
    }
    SECTION("which it never does") {
        pair.lose("ACK").run_for(32s);
        CHECK(pair.on_the_way().back() == "< BYE");
    }
}

// RFC 3261 §9.1, §15: the race that nobody can win.
TEMPLATE_TEST_CASE("CANCEL and 200 that cross end in ACK and BYE",
                   "[session][rfc3261][9.1][9.2][15]", Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.progress(pair.now());
    pair.deliver("180 INVITE").caller.session.cancel(pair.now());
    pair.callee().session.accept(pair.now(), with(answer));
    pair.deliver("CANCEL").deliver("200 INVITE");
    CHECK(pair.on_the_way() == Lines{"< 200 CANCEL", "> ACK", "> BYE"});
    pair.deliver_all().run_for(1h);
    CHECK(pair.caller.told().back() == "Terminated by local: cancelled 200");
    CHECK(pair.callee().told() == Lines{"Offer", "Confirmed", "Terminated by remote: bye"});
    CHECK(pair.caller.session.done());
    CHECK(pair.callee().session.done());
}

TEMPLATE_TEST_CASE("CANCEL ends a call that rings", "[session][rfc3261][9.1][9.2]", Message,
                   PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").caller.session.hang_up(pair.now());
    CHECK(pair.on_the_way().empty()); // held
    pair.callee().session.progress(pair.now());
    pair.deliver_all();
    CHECK(pair.ladder()
          == Lines{"0.000 > INVITE", "0.000 < 180 INVITE", "0.000 > CANCEL", "0.000 < 200 CANCEL",
                   "0.000 < 487 INVITE"});
    CHECK(pair.caller.told() == Lines{"Terminated by local: cancelled 487"});
    CHECK(pair.callee().told()
          == Lines{"Offer", "Cancelled", "Terminated by remote: cancelled 487"});
    CHECK(pair.caller.session.done());
    CHECK(pair.callee().session.done());
}

// RFC 5407 §3.1.3
TEMPLATE_TEST_CASE("an early BYE and 200 that cross leave no session behind",
                   "[session][rfc3261][15][rfc5407][3.1.3]", Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.progress(pair.now());
    pair.deliver("180 INVITE").caller.session.bye(pair.now());
    pair.callee().session.accept(pair.now(), with(answer));
    pair.deliver("BYE").deliver("200 INVITE");
    CHECK(pair.on_the_way() == Lines{"< 200 BYE", "> ACK"});
    pair.deliver_all().run_for(1h);
    CHECK(pair.caller.told().back() == "Terminated by local: bye 200");
    CHECK(pair.callee().told() == Lines{"Offer", "Terminated by remote: bye"});
    CHECK(pair.caller.session.done());
    CHECK(pair.callee().session.done());
}

TEMPLATE_TEST_CASE("BYEs that cross on the wire end both sides", "[session][rfc3261][15.1.2]",
                   Message, PlainMessage) {
    Pair<TestType> pair;
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(answer));
    pair.deliver_all().caller.session.bye(pair.now());
    pair.callee().session.bye(pair.now());
    pair.deliver_all().run_for(1h);
    CHECK(pair.caller.told().back() == "Terminated by local: bye 200");
    CHECK(pair.callee().told().back() == "Terminated by local: bye 200");
    CHECK(pair.caller.session.done());
    CHECK(pair.callee().session.done());
}

// RFC 3261 §13.2.1: the two exchanges that every user agent knows.
TEMPLATE_TEST_CASE("an offer in the 200 is answered in the ACK", "[session][rfc3261][13.2.1]",
                   Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.offer = {};
    Pair<TestType> pair(options);
    pair.deliver("INVITE").callee().session.accept(pair.now(), with(offer));
    pair.deliver("200 INVITE").caller.session.ack(pair.now(), with(answer));
    pair.deliver("ACK");
    CHECK(pair.caller.told() == Lines{"Answered 200", "Offer", "Confirmed"});
    CHECK(pair.callee().told() == Lines{"Answer", "Confirmed"});
}

TEMPLATE_TEST_CASE("proxies that record a route carry every later request",
                   "[session][rfc3261][12.1.1][12.1.2][12.2.1.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    TestType invite = caller.invite();
    for (const char* hop : {"<sip:p2.example;lr>", "<sip:p1.example;lr>"}) // the last one on top
        MessageModel<TestType>::add(invite, Header::record_route, hop);
    Callee<TestType> callee(invite);
    callee.answers();
    caller.receive(callee.last("200 INVITE").message);
    CHECK(field(caller.last("ACK").message, Header::route)
          == "<sip:p1.example;lr>, <sip:p2.example;lr>");
    callee.receive(caller.last("ACK").message);
    callee.session.bye(callee.now);
    CHECK(field(callee.last("BYE").message, Header::route)
          == "<sip:p2.example;lr>, <sip:p1.example;lr>");
    CHECK(callee.last("BYE").next_hop == NextHop::top_route);
}

// Any packet may be lost: both sides end all the same, in bounded time.
TEMPLATE_TEST_CASE("every state ends, whatever is lost",
                   "[session][rfc3261][9.1][13.3.1.4][15.1.1]", Message, PlainMessage) {
    const int lost_from = GENERATE(range(0, 6)); // messages from this one on are lost
    const bool callee_hangs_up = GENERATE(false, true);
    INFO("from message " << lost_from << " on everything is lost");
    Pair<TestType> pair;
    int sent = 0;
    const auto pass = [&](const char* name) {
        for (const std::string& waiting : pair.on_the_way())
            if (waiting.substr(2) == name) {
                if (sent++ < lost_from)
                    pair.deliver(name);
                else
                    pair.lose(name);
                return;
            }
    };
    pass("INVITE");
    if (pair.callee_agent) {
        pair.callee().session.progress(pair.now());
        pass("180 INVITE");
        pair.callee().session.accept(pair.now(), with(answer));
        pass("200 INVITE");
        pass("ACK");
    }
    if (callee_hangs_up && pair.callee_agent)
        pair.callee().session.hang_up(pair.now());
    else
        pair.caller.session.hang_up(pair.now());
    pass("BYE");
    pass("200 BYE");
    pair.run_for(5min);
    CHECK((pair.caller.state() == State::terminated || pair.caller.state() == State::confirmed));
    if (pair.caller.state() == State::terminated) {
        pair.caller.told();
        CHECK(pair.caller.session.done());
    }
    if (pair.callee_agent && (callee_hangs_up || lost_from < 4)) {
        pair.callee().told();
        CHECK(pair.callee().session.done());
    }
}

TEMPLATE_TEST_CASE("a session is a value: its copy behaves the same from then on", "[session]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(183, "bob1", answer);
    Caller<TestType> copy = caller;
    CHECK(copy.snapshot() == caller.snapshot());

    const auto live = [](Caller<TestType>& one) {
        one.gets(200, "bob1", answer).gets(200, "bob2", answer);
        one.run_for(1s).gets(200, "bob1", answer);
        one.session.bye(one.now);
        one.gets_for("BYE", 200);
        std::string story;
        for (const auto& out : one.sent())
            story += out.branch + "\n" + text_of(out.message) + "\n";
        for (const std::string& line : one.told())
            story += line + "\n";
        return story;
    };
    const std::string before = copy.snapshot();
    const std::string story = live(caller);
    CHECK(copy.snapshot() == before); // and lives by itself
    CHECK(live(copy) == story);

    Callee<TestType> callee;
    callee.answers();
    Callee<TestType> other = callee;
    callee.gets_ack();
    CHECK(other.state() == State::ack_wait);
    other.run_for(32s);
    CHECK(other.state() == State::terminating);
    CHECK(callee.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("a timeout that is not due changes nothing", "[session]", Message,
                   PlainMessage) {
    Callee<TestType> callee;
    callee.ring();
    Caller<TestType> caller;
    caller.gets(180);
    for (Agent<TestType>* agent :
         {static_cast<Agent<TestType>*>(&callee), static_cast<Agent<TestType>*>(&caller)}) {
        const std::string before = agent->snapshot();
        agent->session.handle_timeout(agent->now);
        agent->session.handle_timeout(*agent->session.poll_timeout() - 1ns);
        CHECK(agent->snapshot() == before);
    }
}

TEMPLATE_TEST_CASE("a session is done only when nothing is left to be polled", "[session]", Message,
                   PlainMessage) {
    Callee<TestType> callee;
    Session<TestType> session = callee.session;
    session.reject(callee.now, 486);
    CHECK(session.state() == State::terminated);
    CHECK_FALSE(session.done());
    while (session.poll_transmit()) {
    }
    CHECK_FALSE(session.done());
    while (session.poll_event())
        CHECK_FALSE((session.done() && session.poll_event()));
    CHECK(session.done());
    CHECK_FALSE(session.poll_timeout());
}

#include "offhook/session/provisional.hpp"

#include "../catch.hpp"
#include "../support/reliable.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace offhook;
using namespace test;

// RFC 3262 §3: reliably where the INVITE requires it; only where it supports it; 420 where it
// requires what we don't do.
TEMPLATE_TEST_CASE("a 1xx is reliable where both sides can, and one of them wants it",
                   "[session][rfc3262][3][8.1]", Message, PlainMessage) {
    struct Row {
        Reliability ours;
        std::string_view header; // of the peer
        std::string_view as_agreed, reliable;
    };
    const Row rows[] = {
        {Reliability::off, "", "unreliable", "NotSupported"},
        {Reliability::off, "Supported", "unreliable", "NotSupported"},
        {Reliability::off, "Require", "420", "420"},
        {Reliability::supported, "", "unreliable", "NotSupported"},
        {Reliability::supported, "Supported", "unreliable", "reliable"},
        {Reliability::supported, "Require", "reliable", "reliable"},
        {Reliability::required, "", "421", "421"},
        {Reliability::required, "Supported", "reliable", "reliable"},
        {Reliability::required, "Require", "reliable", "reliable"},
    };
    for (const Row& row : rows)
        for (const Delivery delivery : {Delivery::as_agreed, Delivery::reliable}) {
            CAPTURE(static_cast<int>(row.ours), row.header, static_cast<int>(delivery));
            TestType invite = invite_of_peer<TestType>();
            if (!row.header.empty())
                MessageModel<TestType>::add(invite, header_from(row.header), "foo, 100REL");
            Callee<TestType> callee(invite, bob_with(row.ours));
            std::string found;
            if (callee.state() == State::terminated) {
                found = callee.wire().at(0).substr(0, 3);
            } else {
                MessageOptions options;
                options.delivery = delivery;
                const Refusal refused = callee.session.try_progress(callee.now, 180, options);
                if (refused) {
                    found = exception_of(refused.code);
                    CHECK(callee.wire().empty());
                } else {
                    const TestType& sent = callee.last("180 INVITE").message;
                    found = count(sent, Header::rseq) == 1 ? "reliable" : "unreliable";
                    CHECK((field(sent, Header::require) == "100rel") == (found == "reliable"));
                }
            }
            CHECK(found == (delivery == Delivery::reliable ? row.reliable : row.as_agreed));
        }
}

TEMPLATE_TEST_CASE("an INVITE that requires 100rel gets 420 where that is off",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee(also(invite_of_peer<TestType>(), Header::require, "100rel"),
                            bob_with(Reliability::off));
    CHECK(callee.wire() == Lines{"420 INVITE"});
    CHECK(field(callee.last("420 INVITE").message, Header::unsupported) == "100rel");
    CHECK(callee.told() == Lines{"Terminated by local: rejected 420"});
    CHECK(callee.session.done());

    Callee<TestType> confirmed(invite_of_peer<TestType>(), bob_with(Reliability::off));
    confirmed.answers().gets_ack();
    TestType invite = in_dialog(*confirmed.session.dialog(), "INVITE", 400);
    confirmed.receive(also(std::move(invite), Header::require, "100rel"), 78);
    CHECK(confirmed.wire().back() == "420 INVITE");
    CHECK(field(confirmed.last("420 INVITE").message, Header::unsupported) == "100rel");
    CHECK(confirmed.state() == State::confirmed);
}

TEMPLATE_TEST_CASE("an INVITE without 100rel gets 421 where we always need it",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee(invite_of_peer<TestType>(), bob_with(Reliability::required));
    CHECK(callee.wire() == Lines{"421 INVITE"});
    CHECK(field(callee.last("421 INVITE").message, Header::require) == "100rel");
    CHECK(callee.told() == Lines{"Terminated by local: rejected 421"});
    CHECK(callee.session.done());

    Callee<TestType> able(also(invite_of_peer<TestType>(), Header::supported, "100rel"),
                          bob_with(Reliability::required));
    able.answers().gets_ack();
    Callee<TestType> again = reinvited(able, other_offer, "");
    again.ring();
    CHECK(count(again.last("180 INVITE").message, Header::rseq) == 0);
}

// RFC 3262 §3: Require and RSeq. RFC 3311 §4: Allow with UPDATE.
TEMPLATE_TEST_CASE("a reliable 1xx says what it has to", "[session][rfc3262][3]", Message,
                   PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably(answer));
    const TestType& sent = callee.last("183 INVITE").message;
    CHECK(text_of(sent)
          == "183 INVITE\n"
             "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE\n"
             "Call-ID: call1@192.0.2.1\n"
             "Contact: <sip:bob@192.0.2.2>\n"
             "Content-Type: application/sdp\n"
             "CSeq: 314 INVITE\n"
             "From: \"Alice\" <sip:alice@atlanta.example>;tag=alice1\n"
             "Require: 100rel\n"
             "Supported: 100rel, timer, replaces, norefersub, tdialog, 199\n"
             "To: "
                 + field(sent, Header::to) + "\nVia: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nRSeq: "
                 + field(sent, Header::rseq) + "\n\n" + answer_sdp);
    CHECK(field(sent, Header::to).find(";tag=") != std::string::npos);
    CHECK(callee.last("183 INVITE").transaction == 42);
}

TEMPLATE_TEST_CASE("RSeq and RAck are the library's alone to write", "[session][rfc3262][7]",
                   Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    MessageOptions options = reliably();
    options.fields = {{"RSeq", "1"}};
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, options), BadArgument);
    options.fields = {{"RAck", "1 1 INVITE"}};
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, options), BadArgument);
}

// RFC 3262 §3: never a 100.
TEMPLATE_TEST_CASE("a 100 is not sent reliably", "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    CHECK_THROWS_AS(callee.session.progress(callee.now, 100, reliably()), BadArgument);
    CHECK(callee.wire().empty());
}

// RFC 3262 §3: one more each time, in a space of each INVITE's own.
TEMPLATE_TEST_CASE("RSeq begins anywhere, and grows by one", "[session][rfc3262][3]", Message,
                   PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably());
    const std::uint32_t first = rseq_of(callee.last("183 INVITE").message);
    CHECK(first >= 1);
    CHECK(first <= 0x7fffffff);
    for (std::uint32_t n = 1; n < 4; ++n) {
        pracked(callee, rack_for(callee, "183 INVITE"), 314 + n);
        callee.session.progress(callee.now, 183, reliably());
        CHECK(rseq_of(callee.last("183 INVITE").message) == first + n);
    }
    callee.answers().gets_ack();
    Callee<TestType> again = reinvited(callee);
    again.session.progress(again.now, 183, reliably());
    CHECK(rseq_of(again.last("183 INVITE").message) != first + 4);
}

// RFC 3262 §3: at intervals that double from T1 on, for 64·T1; then 5xx to the INVITE.
TEMPLATE_TEST_CASE("a reliable 1xx without PRACK is sent again, and then the INVITE gets 504",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 180, reliably());
    const std::string first = text_of(callee.last("180 INVITE").message);
    callee.run_for(64 * T1 - 1ns);
    CHECK(callee.timed_wire()
          == Lines{"0.000 180 INVITE", "0.500 180 INVITE", "1.500 180 INVITE", "3.500 180 INVITE",
                   "7.500 180 INVITE", "15.500 180 INVITE", "31.500 180 INVITE"});
    CHECK(text_of(callee.last("180 INVITE").message) == first);
    CHECK(callee.state() == State::early);
    callee.run_for(1ns);
    CHECK(callee.wire() == Lines{"504 INVITE"});
    CHECK(callee.told() == Lines{"Terminated by remote: timeout 504"});

    SECTION("and its PRACK may come still") {
        pracked(callee, rack_for(callee, "180 INVITE"), 315);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        CHECK(callee.session.done());
    }
    SECTION("or never") {
        CHECK(!callee.session.done());
        ends_without_trace(callee);
    }
}

TEMPLATE_TEST_CASE("a reliable 1xx to a re-INVITE without PRACK ends that alone",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    const auto check = [](auto agent) {
        agent.session.progress(agent.now, 183, reliably(answer));
        agent.run_for(64 * T1);
        const Lines wire = agent.wire();
        CHECK(wire.size() == 8);
        CHECK(wire.back() == "504 INVITE");
        CHECK(agent.told() == Lines{"RolledBack remote 504 with offer"});
        CHECK(agent.state() == State::confirmed);
        agent.run_for(64 * T1);
        agent.session.bye(agent.now);
        ends_without_trace(agent);
    };
    check(reinvited(confirmed_callee<TestType>()));
    check(reinvited(confirmed_caller<TestType>()));
}

// RFC 3262 §3: a matching PRACK gets 2xx and ends the retransmissions; one that matches nothing
// gets 481.
TEMPLATE_TEST_CASE("PRACK ends the retransmissions of its 1xx", "[session][rfc3262][3]", Message,
                   PlainMessage) {
    const auto check = [](auto agent, std::uint32_t number) {
        agent.session.progress(agent.now, 183, reliably());
        agent.run_for(600ms);
        agent.wire();
        pracked(agent, rack_for(agent, "183 INVITE"), number);
        CHECK(agent.wire() == Lines{"200 PRACK"});
        CHECK(agent.last("200 PRACK").transaction == 1000 + number);
        CHECK(agent.told() == Lines{"Acknowledged 183"});
        agent.run_for(40s);
        CHECK(agent.wire().empty());
        CHECK(agent.told().empty());

        pracked(agent, rack_for(agent, "183 INVITE"), number + 1); // once more
        CHECK(agent.wire() == Lines{"481 PRACK"});
        CHECK(agent.told().empty());
    };
    check(rung_callee<TestType>(), 315);
    check(reinvited(confirmed_callee<TestType>()), 401);
    check(reinvited(confirmed_caller<TestType>()), 401);
}

TEMPLATE_TEST_CASE("a PRACK that matches no 1xx gets 481, and one without RAck 400",
                   "[session][rfc3262][3][7.2]", Message, PlainMessage) {
    const auto check = [](auto agent, std::uint32_t cseq) {
        std::uint32_t number = cseq + 1;
        const std::string invite = " " + std::to_string(cseq);
        pracked(agent, "1" + invite + " INVITE", number++); // nothing is out
        CHECK(agent.wire() == Lines{"481 PRACK"});
        agent.session.progress(agent.now, 183, reliably());
        agent.wire();
        const std::uint32_t rseq = rseq_of(agent.last("183 INVITE").message);
        const std::string right = std::to_string(rseq);
        const std::pair<std::string, std::string_view> rows[] = {
            {std::to_string(rseq + 1) + invite + " INVITE", "481 PRACK"},
            {std::to_string(rseq - 1) + invite + " INVITE", "481 PRACK"},
            {right + " " + std::to_string(cseq + 1) + " INVITE", "481 PRACK"},
            {right + " " + std::to_string(cseq - 1) + " INVITE", "481 PRACK"},
            {right + invite + " UPDATE", "481 PRACK"},
            {right + invite + " invite", "481 PRACK"},
            {"", "400 PRACK"},
            {right, "400 PRACK"},
            {right + invite, "400 PRACK"},
            {"0" + invite + " INVITE", "400 PRACK"},
            {"-1" + invite + " INVITE", "400 PRACK"},
            {"4294967296" + invite + " INVITE", "400 PRACK"},
        };
        for (const auto& [rack, expected] : rows) {
            CAPTURE(rack);
            pracked(agent, rack, number++);
            CHECK(agent.wire() == Lines{std::string(expected)});
        }
        CHECK(agent.told().empty());
        agent.run_for(T1);
        CHECK(agent.wire() == Lines{"183 INVITE"});
        pracked(agent, right + invite + " INVITE", number++);
        CHECK(agent.wire() == Lines{"200 PRACK"});
    };
    check(rung_callee<TestType>(), 314);
    check(reinvited(confirmed_callee<TestType>()), 400);
}

// RFC 3261 §12.2.2: PRACK is a request in the dialog like any other.
TEMPLATE_TEST_CASE("a PRACK out of order gets 500, and one of another dialog 481",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably());
    callee.wire();
    pracked(callee, rack_for(callee, "183 INVITE"), 314);
    CHECK(callee.wire() == Lines{"500 PRACK"});
    TestType stray = TestType(callee.invite());
    TestType prack = MessageModel<TestType>::request("PRACK", "sip:bob@192.0.2.2");
    for (const Header name : {Header::from, Header::call_id})
        MessageModel<TestType>::add(prack, name, field(stray, name));
    MessageModel<TestType>::add(prack, Header::to, "<sip:bob@biloxi.example>;tag=other");
    MessageModel<TestType>::add(prack, Header::cseq, "315 PRACK");
    callee.receive(also(prack, Header::rack, rack_for(callee, "183 INVITE")), 5);
    CHECK(callee.wire() == Lines{"481 PRACK"});
    callee.run_for(T1);
    CHECK(callee.wire() == Lines{"183 INVITE"});
}

// RFC 3262 §3: the second waits until the first is acknowledged.
TEMPLATE_TEST_CASE("a further reliable 1xx waits for the PRACK of the one before",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    const auto check = [](auto agent, std::uint32_t number) {
        agent.session.progress(agent.now, 183, reliably());
        agent.session.progress(agent.now, 180, reliably());
        agent.session.progress(agent.now, 182, reliably());
        CHECK(agent.wire() == Lines{"183 INVITE"});
        const std::uint32_t first = rseq_of(agent.last("183 INVITE").message);
        agent.session.progress(agent.now, 181); // an unreliable one doesn't
        CHECK(agent.wire() == Lines{"181 INVITE"});
        agent.run_for(700ms);
        CHECK(agent.wire() == Lines{"183 INVITE"});
        pracked(agent, rack_for(agent, "183 INVITE"), number);
        CHECK(agent.wire() == Lines{"200 PRACK", "180 INVITE"});
        CHECK(rseq_of(agent.last("180 INVITE").message) == first + 1);
        agent.run_for(T1 - 1ns);
        CHECK(agent.wire().empty());
        agent.run_for(1ns);
        CHECK(agent.wire() == Lines{"180 INVITE"});
        pracked(agent, rack_for(agent, "180 INVITE"), number + 1);
        CHECK(agent.wire() == Lines{"200 PRACK", "182 INVITE"});
        CHECK(rseq_of(agent.last("182 INVITE").message) == first + 2);
        CHECK(agent.told() == Lines{"Acknowledged 183", "Acknowledged 180"});
        // RFC 3262 §3: no new one after a final response.
        agent.session.reject(agent.now, 486);
        agent.run_for(60s);
        CHECK(agent.wire() == Lines{"486 INVITE"});
    };
    check(rung_callee<TestType>(), 315);
    check(reinvited(confirmed_callee<TestType>()), 401);
}

TEMPLATE_TEST_CASE("what waits behind a reliable 1xx is not sent after a final response",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably());
    callee.session.progress(callee.now, 180, reliably());
    callee.session.reject(callee.now, 486);
    CHECK(callee.wire() == Lines{"183 INVITE", "486 INVITE"});
    CHECK_THROWS_AS(callee.session.progress(callee.now, 180, reliably()), SessionTerminated);
    pracked(callee, rack_for(callee, "183 INVITE"), 315);
    CHECK(callee.wire() == Lines{"200 PRACK"});
    callee.run_for(60s);
    CHECK(callee.wire().empty());
    CHECK(callee.session.done());
}

// RFC 3262 §3, §5: the 2xx waits for the PRACK of a 1xx with a description.
TEMPLATE_TEST_CASE("a 2xx waits until a reliable 1xx with a description has its PRACK",
                   "[session][rfc3262][3][5]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.timers.unanswered = 10s;
    Callee<TestType> callee = rung_callee<TestType>(offer, options);
    callee.session.progress(callee.now, 183, reliably(answer));
    callee.session.progress(callee.now, 180, reliably());
    MessageOptions said;
    said.fields = {{"Subject", "lunch"}};
    callee.session.accept(callee.now, said, 202);
    CHECK(callee.wire() == Lines{"183 INVITE"});
    CHECK(callee.state() == State::early);

    SECTION("and then leaves at once") {
        callee.run_for(11s); // the application has answered
        callee.wire();
        pracked(callee, rack_for(callee, "183 INVITE"), 315);
        CHECK(callee.wire() == Lines{"200 PRACK", "180 INVITE", "202 INVITE"});
        CHECK(field(callee.last("202 INVITE").message, Header::subject) == "lunch");
        CHECK(MessageModel<TestType>::body(callee.last("202 INVITE").message).empty());
        CHECK(callee.state() == State::ack_wait);
        pracked(callee, rack_for(callee, "180 INVITE"), 316);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        callee.gets_ack();
        CHECK(callee.told() == Lines{"Acknowledged 183", "Confirmed"});
    }
    SECTION("while nothing else can answer") {
        CHECK_THROWS_AS(callee.session.accept(callee.now), AlreadyAnswered);
        CHECK_THROWS_AS(callee.session.progress(callee.now), AlreadyAnswered);
        CHECK_THROWS_AS(callee.session.reject(callee.now, 486), AlreadyAnswered);
        CHECK_THROWS_AS(callee.session.redirect(callee.now, {}, 302), AlreadyAnswered);
    }
    SECTION("unless CANCEL comes") {
        callee.gets_cancel();
        CHECK(callee.wire() == Lines{"200 CANCEL", "487 INVITE"});
        CHECK(callee.told() == Lines{"Cancelled", "Terminated by remote: cancelled 487"});
        pracked(callee, rack_for(callee, "183 INVITE"), 315);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        CHECK(callee.session.done());
    }
    SECTION("or BYE") {
        callee.requested("BYE");
        CHECK(callee.wire() == Lines{"200 BYE", "487 INVITE"});
        CHECK(callee.told() == Lines{"Terminated by remote: bye"});
        ends_without_trace(callee);
    }
    SECTION("or hang_up()") {
        callee.session.hang_up(callee.now);
        CHECK(callee.wire() == Lines{"603 INVITE"});
        CHECK(callee.told() == Lines{"Terminated by local: rejected 603"});
        ends_without_trace(callee);
    }
    SECTION("or no PRACK at all") {
        callee.run_for(64 * T1);
        CHECK(callee.wire().back() == "504 INVITE");
        CHECK(callee.told() == Lines{"Terminated by remote: timeout 504"});
        ends_without_trace(callee);
    }
}

TEMPLATE_TEST_CASE("a 2xx to a re-INVITE waits for PRACK as the first one does",
                   "[session][rfc3262][3][5]", Message, PlainMessage) {
    const auto check = [](auto agent) {
        agent.session.progress(agent.now, 183, reliably(answer));
        agent.session.accept(agent.now);
        CHECK(agent.wire() == Lines{"183 INVITE"});
        CHECK_THROWS_AS(agent.session.reject(agent.now, 488), AlreadyAnswered);
        pracked(agent, rack_for(agent, "183 INVITE"), 401);
        CHECK(agent.wire() == Lines{"200 PRACK", "200 INVITE"});
        agent.receive(in_dialog(*agent.session.dialog(), "ACK", 400));
        agent.run_for(60s);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"Acknowledged 183"});
    };
    check(reinvited(confirmed_callee<TestType>()));
    check(reinvited(confirmed_caller<TestType>()));
}

// RFC 6141 §3.8: what is in force is not undone by CANCEL; and the 2xx waits. RFC 3262 §5
TEMPLATE_TEST_CASE("the 2xx that follows CANCEL of a re-INVITE waits for PRACK too",
                   "[session][rfc3262][5][rfc6141]", Message, PlainMessage) {
    Callee<TestType> callee = reinvited(confirmed_callee<TestType>());
    callee.session.progress(callee.now, 183, reliably(answer));
    callee.wire();
    SECTION("where the application has not answered") {
        callee.gets_cancel({}, 400);
        CHECK(callee.wire() == Lines{"200 CANCEL"});
        pracked(callee, rack_for(callee, "183 INVITE"), 401);
        CHECK(callee.wire() == Lines{"200 PRACK", "200 INVITE"});
    }
    SECTION("and where it has") {
        callee.session.accept(callee.now, {}, 202);
        callee.gets_cancel({}, 400);
        CHECK(callee.wire() == Lines{"200 CANCEL"});
        pracked(callee, rack_for(callee, "183 INVITE"), 401);
        CHECK(callee.wire() == Lines{"200 PRACK", "202 INVITE"});
    }
}

// RFC 3261 §9.2: a CANCEL has no effect on an INVITE that has its final response, nor on a later
// one.
TEMPLATE_TEST_CASE("a late CANCEL of the INVITE leaves the re-INVITE after it alone",
                   "[session][rfc3261][9.2]", Message, PlainMessage) {
    Callee<TestType> callee = reinvited(confirmed_callee<TestType>());
    callee.gets_cancel();
    CHECK(callee.wire() == Lines{"200 CANCEL"});
    CHECK(callee.told().empty());
    callee.session.accept(callee.now, with(answer));
    CHECK(callee.wire() == Lines{"200 INVITE"});
}

// RFC 3262 §3: a final response may come first, but its PRACK is processed all the same.
TEMPLATE_TEST_CASE("a 2xx does not wait for a reliable 1xx without a description",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    const auto check = [](auto agent, std::uint32_t number) {
        agent.session.progress(agent.now, 180, reliably());
        agent.session.accept(agent.now, with(answer));
        CHECK(agent.wire() == Lines{"180 INVITE", "200 INVITE"});
        agent.receive(in_dialog(*agent.session.dialog(), "ACK", number - 1));
        agent.run_for(20s);
        CHECK(agent.wire().empty()); // neither is sent again
        agent.told();
        pracked(agent, rack_for(agent, "180 INVITE"), number);
        CHECK(agent.wire() == Lines{"200 PRACK"});
        CHECK(agent.told().empty());
        pracked(agent, rack_for(agent, "180 INVITE"), number + 1);
        CHECK(agent.wire() == Lines{"481 PRACK"});
        CHECK(agent.state() == State::confirmed);
    };
    check(rung_callee<TestType>(), 315);
    check(reinvited(confirmed_callee<TestType>()), 401);
}

TEMPLATE_TEST_CASE("a late PRACK is expected for 64 times T1", "[session][rfc3262][3]", Message,
                   PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 180, reliably());
    callee.session.reject(callee.now, 486);
    callee.wire();
    callee.told();
    const std::string right = rack_for(callee, "180 INVITE");
    pracked(callee, std::to_string(rseq_of(callee.last("180 INVITE").message) + 1) + " 314 INVITE",
            315);
    pracked(callee, right.substr(0, right.find(' ')) + " 313 INVITE", 316);
    pracked(callee, right.substr(0, right.find(' ')) + " 314 BYE", 317);
    CHECK(callee.wire() == Lines{"481 PRACK", "481 PRACK", "481 PRACK"});
    callee.requested("INFO", 318);
    CHECK(callee.wire() == Lines{"481 INFO"});
    callee.run_for(64 * T1 - 1ns);
    CHECK(!callee.session.done());
    SECTION("within that time") {
        pracked(callee, right, 320);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        CHECK(callee.session.done());
    }
    SECTION("and no longer") {
        callee.run_for(1ns);
        CHECK(callee.session.done());
        pracked(callee, right, 320);
        CHECK(callee.wire() == Lines{"481 PRACK"});
    }
}

TEMPLATE_TEST_CASE("the PRACK of a 1xx to a re-INVITE may come after a BYE of either side",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Callee<TestType> callee = reinvited(confirmed_callee<TestType>());
    callee.session.progress(callee.now, 183, reliably());
    callee.wire();
    SECTION("of ours") {
        callee.session.hang_up(callee.now);
        CHECK(callee.wire() == Lines{"487 INVITE", "BYE"});
        pracked(callee, rack_for(callee, "183 INVITE"), 401);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        callee.gets_for("BYE", 200);
        callee.told();
        CHECK(callee.session.done());
    }
    SECTION("of the peer's") {
        callee.requested("BYE", 402);
        CHECK(callee.wire() == Lines{"200 BYE", "487 INVITE"});
        pracked(callee, rack_for(callee, "183 INVITE"), 403);
        CHECK(callee.wire() == Lines{"200 PRACK"});
        callee.told();
        CHECK(callee.session.done());
    }
}

// RFC 3262 §5: where the INVITE has no offer, the first reliable 1xx has to bring one, and its
// PRACK the answer.
TEMPLATE_TEST_CASE("the first reliable 1xx brings the offer that the INVITE left out",
                   "[session][rfc3262][5][rfc6337][2.2]", Message, PlainMessage) {
    const auto check = [](auto agent, std::uint32_t number) {
        CHECK_THROWS_AS(agent.session.progress(agent.now, 180, reliably()), OfferAnswerConflict);
        CHECK_THROWS_AS(agent.session.progress(agent.now, 180, with(answer)), OfferAnswerConflict);
        agent.session.progress(agent.now, 180); // an unreliable one need not
        agent.session.progress(agent.now, 183, reliably(answer));
        CHECK(agent.wire() == Lines{"180 INVITE", "183 INVITE"});
        CHECK_THROWS_AS(agent.session.progress(agent.now, 183, reliably(answer)),
                        OfferAnswerConflict);
        CHECK_THROWS_AS(agent.session.accept(agent.now, with(answer)), OfferAnswerConflict);
        pracked(agent, rack_for(agent, "183 INVITE"), number, offer);
        CHECK(agent.wire() == Lines{"200 PRACK"});
        CHECK(agent.told() == Lines{"Answer", "Acknowledged 183"});
        CHECK(agent.session.forks().at(0).exchange.established());
        agent.session.progress(agent.now, 180, reliably()); // and no further one has to
        pracked(agent, rack_for(agent, "180 INVITE"), number + 1);
        agent.session.accept(agent.now);
        CHECK(agent.wire() == Lines{"180 INVITE", "200 PRACK", "200 INVITE"});
        agent.receive(in_dialog(*agent.session.dialog(), "ACK", number - 1));
        CHECK(agent.state() == State::confirmed);
    };
    check(rung_callee<TestType>(Body{}), 315);
    check(reinvited(confirmed_callee<TestType>(), Body{}), 401);
    check(reinvited(confirmed_caller<TestType>(), Body{}), 401);
}

TEMPLATE_TEST_CASE("a PRACK without the answer that it owes ends the INVITE",
                   "[session][rfc3262][5]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>(Body{});
    callee.session.progress(callee.now, 183, reliably(answer));
    Callee<TestType> again = reinvited(confirmed_callee<TestType>(), Body{});
    again.session.progress(again.now, 183, reliably(answer));
    again.session.progress(again.now, 180, reliably());
    SECTION("of a session that is to be") {
        pracked(callee, rack_for(callee, "183 INVITE"), 315);
        CHECK(callee.wire() == Lines{"183 INVITE", "200 PRACK", "488 INVITE"});
        CHECK(callee.told()
              == Lines{"Acknowledged 183", "Terminated by local: missing_answer 488"});
        CHECK(callee.session.done());
    }
    SECTION("or a re-INVITE, whose session stays") {
        pracked(again, rack_for(again, "183 INVITE"), 401);
        CHECK(again.wire() == Lines{"183 INVITE", "200 PRACK", "488 INVITE"});
        CHECK(again.told() == Lines{"Acknowledged 183", "RolledBack remote 488"});
        CHECK(again.state() == State::confirmed);
        CHECK(!again.session.forks().at(0).exchange.outstanding());
    }
    SECTION("and a reject of the INVITE withdraws the offer") {
        again.session.reject(again.now, 486);
        CHECK(again.told() == Lines{"RolledBack remote 486"});
        CHECK(!again.session.forks().at(0).exchange.outstanding());
        again.wire();
        pracked(again, rack_for(again, "183 INVITE"), 401, offer);
        CHECK(again.wire() == Lines{"200 PRACK"});
        CHECK(again.told().empty());
    }
}

// RFC 3262 §5: the answer to an offer in PRACK stands in its 2xx. RFC 6337 §3.2
TEMPLATE_TEST_CASE("an offer in PRACK is answered in its 200",
                   "[session][rfc3262][5][rfc6337][3.2]", Message, PlainMessage) {
    const auto check = [](auto agent, std::uint32_t number) {
        agent.session.progress(agent.now, 183, reliably(answer));
        agent.wire();
        pracked(agent, rack_for(agent, "183 INVITE"), number, offer);
        CHECK(agent.wire().empty());
        CHECK(agent.told() == Lines{"Acknowledged 183 with offer"});
        CHECK_THROWS_AS(agent.session.answer(agent.now, {}), OfferAnswerConflict);
        agent.run_for(10s); // the 1xx is acknowledged all the same
        CHECK(agent.wire().empty());
        agent.session.answer(agent.now, with(other_answer));
        CHECK(agent.wire() == Lines{"200 PRACK"});
        CHECK(text_of(agent.last("200 PRACK").message).ends_with("\n\n" + other_answer.content));
        CHECK_THROWS_AS(agent.session.answer(agent.now, with(other_answer)), WrongState);
        CHECK(agent.session.forks().at(0).exchange.established());
        agent.session.accept(agent.now);
        CHECK(agent.wire() == Lines{"200 INVITE"});
    };
    check(rung_callee<TestType>(), 315);
    check(reinvited(confirmed_callee<TestType>()), 401);
}

TEMPLATE_TEST_CASE("a PRACK whose offer is refused may come again without it",
                   "[session][rfc6337][2.3]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably(answer));
    callee.wire();
    pracked(callee, rack_for(callee, "183 INVITE"), 315, other_offer);
    callee.told();
    SECTION("declined by the application") {
        callee.session.decline(callee.now);
        CHECK(callee.wire() == Lines{"488 PRACK"});
        CHECK(callee.told() == Lines{"RolledBack remote 488 with offer"});
    }
    SECTION("or by the time") {
        callee.run_for(32 * T1);
        CHECK(callee.wire() == Lines{"504 PRACK"});
        CHECK(callee.told() == Lines{"RolledBack remote 504 with offer"});
    }
    CHECK(callee.session.forks().at(0).exchange.established());
    pracked(callee, rack_for(callee, "183 INVITE"), 316);
    CHECK(callee.wire() == Lines{"200 PRACK"});
    pracked(callee, rack_for(callee, "183 INVITE"), 317);
    CHECK(callee.wire() == Lines{"481 PRACK"});
    callee.answers({}).gets_ack();
    CHECK(callee.told() == Lines{"Confirmed"});
}

TEMPLATE_TEST_CASE("a description in PRACK that is no offer and no answer is passed over",
                   "[session][rfc6337][2.2]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 180, reliably());
    callee.wire();
    pracked(callee, rack_for(callee, "180 INVITE"), 315, other_offer);
    CHECK(callee.wire() == Lines{"200 PRACK"});
    CHECK(callee.told() == Lines{"Acknowledged 180"});
    CHECK(callee.session.forks().at(0).exchange.offered_by_peer());
    callee.answers().gets_ack();
    CHECK(callee.told() == Lines{"Confirmed"});
}

// RFC 6337 §3.1.1: what an unreliable 1xx showed is what the reliable one brings, and then no
// response brings any.
TEMPLATE_TEST_CASE("a reliable 1xx brings the answer that was shown before",
                   "[session][rfc6337][3.1.1]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, with(answer));
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, reliably(other_answer)),
                    OfferAnswerConflict);
    callee.session.progress(callee.now, 183, reliably(answer));
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, reliably(answer)),
                    OfferAnswerConflict);
    CHECK_THROWS_AS(callee.session.progress(callee.now, 183, with(answer)), OfferAnswerConflict);
    CHECK_THROWS_AS(callee.session.accept(callee.now, with(answer)), OfferAnswerConflict);
    callee.session.progress(callee.now, 180);
    pracked(callee, rack_for(callee, "183 INVITE"), 315, other_offer);
    callee.wire();
    callee.session.accept(callee.now); // brings nothing, though an offer in PRACK waits
    CHECK(callee.wire() == Lines{"200 INVITE"});
    CHECK(MessageModel<TestType>::body(callee.last("200 INVITE").message).empty());
    callee.session.answer(callee.now, with(other_answer));
    CHECK(callee.wire() == Lines{"200 PRACK"});
}

// RFC 3311 §5.1: the callee's UPDATE has no offer before the PRACK of its answer.
TEMPLATE_TEST_CASE("an UPDATE makes no offer before the PRACK of our answer",
                   "[session][rfc3311][5.1]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.session.progress(callee.now, 183, reliably(answer));
    CHECK_THROWS_AS(callee.session.update(callee.now, with(other_answer)), OfferAnswerConflict);
    pracked(callee, rack_for(callee, "183 INVITE"), 315);
    callee.session.update(callee.now, with(other_answer));
    CHECK(callee.wire() == Lines{"183 INVITE", "200 PRACK", "UPDATE"});
}

// RFC 3262 §3: once every two and a half minutes is enough where it is reliable.
TEMPLATE_TEST_CASE("a reliable 1xx asks for more time every two and a half minutes",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    IncomingOptions options = at_bob();
    options.timers.unanswered = Duration::zero();
    Callee<TestType> callee = rung_callee<TestType>(offer, options);
    callee.ring(181); // unreliably
    callee.run_for(10s);
    callee.session.progress(callee.now, 180, reliably());
    pracked(callee, rack_for(callee, "180 INVITE"), 315);
    const std::uint32_t first = rseq_of(callee.last("180 INVITE").message);
    callee.wire();
    callee.run_for(150s - 1ns);
    CHECK(callee.wire().empty());
    callee.run_for(1ns);
    CHECK(callee.wire() == Lines{"180 INVITE"});
    CHECK(rseq_of(callee.last("180 INVITE").message) == first + 1);
    pracked(callee, rack_for(callee, "180 INVITE"), 316);
    callee.wire();
    callee.run_for(150s);
    CHECK(callee.wire() == Lines{"180 INVITE"});
    pracked(callee, rack_for(callee, "180 INVITE"), 317);
    callee.ring(182); // unreliable ones come each minute again
    callee.wire();
    callee.run_for(60s);
    CHECK(callee.wire() == Lines{"182 INVITE"});
}

// RFC 6228 §5: only where the caller knows it, and with a Reason; no option tag 199 in it.
TEMPLATE_TEST_CASE("a 199 says why the early dialog is over", "[session][rfc6228][5]", Message,
                   PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>(offer, bob_with(Reliability::required));
    callee.session.progress(callee.now, 180, reliably());
    pracked(callee, rack_for(callee, "180 INVITE"), 315);
    callee.wire();
    callee.told();
    CHECK_THROWS_AS(callee.session.progress(callee.now, 199), BadArgument);
    CHECK_THROWS_AS(callee.session.progress(callee.now, 199, given_up(";cause=486\r\nX: y")),
                    UnsafeValue);
    MessageOptions described = given_up();
    described.body = answer;
    CHECK_THROWS_AS(callee.session.progress(callee.now, 199, described), OfferAnswerConflict);
    described.delivery = Delivery::reliable;
    CHECK_THROWS_AS(callee.session.progress(callee.now, 199, described), OfferAnswerConflict);
    callee.session.progress(callee.now, 199, given_up());
    CHECK(callee.wire() == Lines{"199 INVITE"});
    const TestType& sent = callee.last("199 INVITE").message;
    CHECK(field(sent, Header::reason) == "SIP;cause=486");
    CHECK(field(sent, Header::to) == field(callee.last("180 INVITE").message, Header::to));
    CHECK(field(sent, Header::to).find(";tag=") != std::string::npos);
    for (const Header name :
         {Header::supported, Header::require, Header::proxy_require, Header::rseq})
        CHECK(count(sent, name) == 0);
    CHECK(MessageModel<TestType>::body(sent).empty());

    // RFC 6228 §7: as after a final response.
    callee.requested("UPDATE", 316).requested("INFO", 317).requested("BYE", 318);
    CHECK(callee.wire() == Lines{"481 UPDATE", "481 INFO", "481 BYE"});
    pracked(callee, rack_for(callee, "180 INVITE"), 319);
    CHECK(callee.wire() == Lines{"481 PRACK"});
    CHECK(!callee.session.can_accept());
    CHECK(!callee.session.can_progress());
    CHECK_THROWS_AS(callee.session.accept(callee.now, with(answer)), WrongState);
    CHECK_THROWS_AS(callee.session.progress(callee.now, 180), WrongState);
    CHECK_THROWS_AS(callee.session.update(callee.now), UnknownHandle);
    CHECK_THROWS_AS(callee.session.request(callee.now, "INFO"), UnknownHandle);
    callee.run_for(100s); // it is not repeated
    CHECK(callee.wire().empty());
    SECTION("and the final response follows") {
        callee.session.reject(callee.now, 486);
    }
    SECTION("or CANCEL") {
        callee.gets_cancel();
    }
    SECTION("or the end of the time") {
        callee.run_for(100s);
    }
    CHECK(callee.state() == State::terminated);
    callee.wire();
    callee.told();
    CHECK(callee.session.done());
}

TEMPLATE_TEST_CASE("no 199 goes to a caller that does not know it", "[session][rfc6228][5]",
                   Message, PlainMessage) {
    for (const std::string_view supported : {"", "100rel", "1999, 19"}) {
        Callee<TestType> callee(also(invite_of_peer<TestType>(), Header::supported, supported));
        CHECK_THROWS_AS(callee.session.progress(callee.now, 199, given_up()), NotSupported);
        CHECK(callee.wire().empty());
        CHECK(callee.session.can_accept());
    }
    Callee<TestType> again =
        reinvited(confirmed_callee<TestType>(), other_offer, "100rel, 199"); // no early dialog
    CHECK_THROWS_AS(again.session.progress(again.now, 199, given_up()), NotSupported);
}

TEMPLATE_TEST_CASE("a final response is not preceded by a 199 of itself", "[session][rfc6228][5]",
                   Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.ring();
    callee.session.reject(callee.now, 486);
    CHECK(callee.wire() == Lines{"180 INVITE", "486 INVITE"});
}

// RFC 6228 §5, §7: reliably only where the INVITE requires that; its PRACK is processed.
TEMPLATE_TEST_CASE("a reliable 199 takes its PRACK", "[session][rfc6228][5][7]", Message,
                   PlainMessage) {
    Callee<TestType> callee(also(also(invite_of_peer<TestType>(), Header::supported, "199"),
                                 Header::require, "100rel"));
    callee.session.progress(callee.now, 199, given_up());
    const TestType& sent = callee.last("199 INVITE").message;
    CHECK(field(sent, Header::require) == "100rel");
    CHECK(count(sent, Header::require) == 1);
    CHECK(count(sent, Header::supported) == 0);
    callee.run_for(T1);
    CHECK(callee.wire() == Lines{"199 INVITE", "199 INVITE"});
    pracked(callee, rack_for(callee, "199 INVITE"), 315);
    CHECK(callee.wire() == Lines{"200 PRACK"});
    CHECK(callee.told() == Lines{"Offer", "Acknowledged 199"});
    callee.requested("INFO", 316);
    callee.session.reject(callee.now, 486);
    CHECK(callee.wire() == Lines{"481 INFO", "486 INVITE"});
    callee.told();
    CHECK(callee.session.done());
}

TEMPLATE_TEST_CASE("a reliable 199 brings the offer that the INVITE left out",
                   "[session][rfc6228][5][8]", Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>(Body{});
    MessageOptions options = given_up();
    options.delivery = Delivery::reliable;
    CHECK_THROWS_AS(callee.session.progress(callee.now, 199, options), OfferAnswerConflict);
    SECTION("without any stream") {
        options.body = Body::sdp("v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n");
        callee.session.progress(callee.now, 199, options);
        pracked(callee, rack_for(callee, "199 INVITE"), 315, answer);
        CHECK(callee.wire() == Lines{"199 INVITE", "200 PRACK"});
    }
    SECTION("or is sent unreliably") {
        callee.session.progress(callee.now, 199, given_up());
        CHECK(count(callee.last("199 INVITE").message, Header::rseq) == 0);
        CHECK(MessageModel<TestType>::body(callee.last("199 INVITE").message).empty());
    }
}

TEMPLATE_TEST_CASE("a 199 is not repeated, nor is the 1xx before it", "[session][rfc6228][5]",
                   Message, PlainMessage) {
    Callee<TestType> callee = rung_callee<TestType>();
    callee.ring();
    callee.session.progress(callee.now, 199, given_up());
    callee.wire();
    callee.run_for(170s);
    CHECK(callee.wire().empty());
    CHECK(callee.state() == State::early);
}

// RFC 6141 §4.6: the Contact of a re-INVITE counts once a reliable response to it has left.
TEMPLATE_TEST_CASE("a reliable 1xx to a re-INVITE takes up its Contact", "[session][rfc6141][4.6]",
                   Message, PlainMessage) {
    const auto check = [](auto agent) {
        const auto target = [&agent] {
            agent.session.request(agent.now, "INFO");
            const std::string info = text_of(agent.last("INFO").message);
            return info.substr(0, info.find('\n'));
        };
        const std::string before = target();
        CHECK(before != "INFO sip:peer@192.0.2.7");
        agent.session.progress(agent.now, 180);
        CHECK(target() == before);
        agent.session.progress(agent.now, 183, reliably());
        CHECK(target() == "INFO sip:peer@192.0.2.7");
    };
    check(reinvited(confirmed_callee<TestType>()));
    check(reinvited(confirmed_caller<TestType>()));
}

// RFC 6228 §7, RFC 3261 §15.1.2: PRACK, too, belongs to one dialog.
TEMPLATE_TEST_CASE("a PRACK on a dialog that has ended acknowledges nothing of another",
                   "[session][rfc3262][3]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "bob1").gets(200, "bob2", answer);
    const Dialog<TestType> other = caller.session.forks().at(0).dialog;
    Caller<TestType> again = reinvited(caller);
    again.session.progress(again.now, 183, reliably());
    again.wire();
    TestType prack = in_dialog(other, "PRACK", 401);
    again.receive(also(std::move(prack), Header::rack, rack_for(again, "183 INVITE")), 9);
    CHECK(again.wire() == Lines{"481 PRACK"});
    pracked(again, rack_for(again, "183 INVITE"), 401);
    CHECK(again.wire() == Lines{"200 PRACK"});
}

// RFC 6141 §3.3: "If any of the changes requested in a re-INVITE or in any transaction within it
// have already been executed, the UAS SHOULD return a 2xx response."
TEMPLATE_TEST_CASE("a re-INVITE whose changes are in force is accepted, whatever then goes wrong",
                   "[session][rfc6141][3.3]", Message, PlainMessage) {
    auto agent = reinvited<TestType>(confirmed_callee<TestType>());
    agent.session.progress(agent.now, 183, reliably(other_answer));
    pracked(agent, rack_for(agent, "183 INVITE"), 401);
    agent.told();
    REQUIRE(agent.session.forks()[0].exchange.state() == OfferAnswer::State::agreed);
    agent.session.progress(agent.now, 180, reliably()); // whose PRACK does not come
    agent.run_for(64 * T1);
    CHECK(agent.wire().back() == "200 INVITE");
    CHECK(agent.told().empty());
    CHECK(agent.state() == State::confirmed);
}

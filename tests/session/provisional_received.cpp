#include "offhook/session/provisional.hpp"

#include "../catch.hpp"
#include "../support/pair.hpp"
#include "../support/reliable.hpp"

#include <string>

using namespace offhook;
using namespace test;

// RFC 3262 §4: Supported in each INVITE, or Require; Require in nothing else.
TEMPLATE_TEST_CASE("an INVITE says whether 100rel is supported or required",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    const auto lists_100rel = [](const TestType& message, Header name) {
        return any_lists(message, name, "100rel");
    };
    Caller<TestType> plain(alice_with(Reliability::off));
    CHECK(!lists_100rel(plain.invite(), Header::supported));
    CHECK(!lists_100rel(plain.invite(), Header::require));
    for (const Reliability ours : {Reliability::supported, Reliability::required}) {
        const bool required = ours == Reliability::required;
        Caller<TestType> caller(alice_with(ours));
        CHECK(lists_100rel(caller.invite(), Header::supported));
        CHECK(lists_100rel(caller.invite(), Header::require) == required);
        gets_reliable(caller, 183, 1, "bob1", answer);
        caller.session.update(caller.now, with(other_offer));
        gets_for_prack(caller, 200);
        caller.gets_for("UPDATE", 500).gets(200);
        caller.session.request(caller.now, "OPTIONS");
        caller.session.reinvite(caller.now, with(other_offer));
        const TestType again = caller.last("INVITE").message;
        CHECK(lists_100rel(again, Header::supported));
        CHECK(lists_100rel(again, Header::require) == required);
        caller.session.bye(caller.now);
        for (const std::string_view name : {"PRACK", "UPDATE", "ACK", "OPTIONS", "BYE"})
            CHECK(count(caller.last(name).message, Header::require) == 0);
    }
}

// RFC 3262 §4, §7.2: one PRACK, in the dialog that the 1xx makes.
TEMPLATE_TEST_CASE("a reliable 1xx makes a dialog, and gets a PRACK in it",
                   "[session][rfc3262][4][7.2]", Message, PlainMessage) {
    Caller<TestType> caller;
    gets_reliable(caller, 180, 776656);
    CHECK(caller.state() == State::early);
    CHECK(caller.wire() == Lines{"PRACK"});
    CHECK(caller.told() == Lines{"Ringing reliably 180 on fork 1"});
    const Outgoing<TestType>& out = caller.last("PRACK");
    CHECK(out.as == SendAs::request);
    CHECK(text_of(out.message)
          == "PRACK sip:bob@192.0.2.2\nCall-ID: " + field(caller.invite(), Header::call_id)
                 + "\nCSeq: 2 PRACK\nFrom: " + field(caller.invite(), Header::from)
                 + "\nMax-Forwards: 70\nSupported: 100rel, timer, replaces, norefersub, tdialog, "
                   "199\n"
                   "To: <sip:bob@biloxi.example>;tag=bob1\nRAck: 776656 1 INVITE\n\n");
    gets_for_prack(caller, 200);
    gets_reliable(caller, 182, 776657);
    CHECK(field(caller.last("PRACK").message, Header::rack) == "776657 1 INVITE");
    CHECK(field(caller.last("PRACK").message, Header::cseq) == "3 PRACK");
    gets_for_prack(caller, 200);
    caller.gets(486);
    caller.wire();
    caller.told();
    CHECK(caller.session.done());
}

// RFC 3262 §4: what is repeated is discarded, what is out of order neither acknowledged nor
// processed.
TEMPLATE_TEST_CASE("a reliable 1xx that is repeated or out of order is passed over",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        gets_reliable(caller, 180, 10);
        caller.wire();
        caller.told();
        for (const std::uint32_t rseq : {10U, 12U, 9U, 1U, 13U}) {
            gets_reliable(caller, 183, rseq, "bob1", answer);
            CHECK(caller.wire().empty());
            CHECK(caller.told().empty());
        }
        gets_reliable(caller, 183, 11, "bob1", answer);
        CHECK(caller.wire() == Lines{"PRACK"});
        CHECK(caller.told() == Lines{"Ringing reliably 183 on fork 1", "Answer"});
        gets_reliable(caller, 182, 12);
        CHECK(caller.wire() == Lines{"PRACK"});
    };
    check(Caller<TestType>());
    check(reinviting<TestType>());
}

// RFC 3262 §4: the tag is ignored in a 100.
TEMPLATE_TEST_CASE("a 100 is not acknowledged, whatever it says", "[session][rfc3262][4]", Message,
                   PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        gets_reliable(caller, 100, 5);
        CHECK(caller.wire().empty());
        CHECK(caller.told().empty());
        gets_reliable(caller, 180, 77);
        CHECK(caller.wire() == Lines{"PRACK"});
    };
    check(Caller<TestType>());
    check(reinviting<TestType>());
}

TEMPLATE_TEST_CASE("a 1xx is acknowledged only where it has both Require and RSeq",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    struct Row {
        Reliability ours;
        std::string_view require, rseq;
        bool reliable;
    };
    const Row rows[] = {
        {Reliability::supported, "100rel", "1", true},
        {Reliability::supported, "foo, 100rel", "4294967295", true},
        {Reliability::required, "100rel", "1", true},
        {Reliability::off, "100rel", "1", false},
        {Reliability::supported, "", "1", false},
        {Reliability::supported, "foo", "1", false},
        {Reliability::supported, "100rel", "", false},
        {Reliability::supported, "100rel", "0", false},
        {Reliability::supported, "100rel", "x", false},
        {Reliability::supported, "100rel", "4294967296", false},
    };
    for (const Row& row : rows) {
        CAPTURE(row.require, row.rseq);
        Caller<TestType> caller(alice_with(row.ours));
        TestType response = also(reply(caller.invite(), 180), Header::require, row.require);
        caller.receive(also(response, Header::rseq, row.rseq));
        CHECK(caller.wire().size() == (row.reliable ? 1 : 0));
        CHECK(caller.told()
              == Lines{row.reliable ? "Ringing reliably 180 on fork 1" : "Ringing 180 on fork 1"});
    }
}

TEMPLATE_TEST_CASE("each fork has RSeq numbers of its own", "[session][rfc3262][4]", Message,
                   PlainMessage) {
    Caller<TestType> caller;
    gets_reliable(caller, 183, 100, "bob1");
    gets_reliable(caller, 183, 7, "bob2");
    const TestType second = caller.last("PRACK").message;
    CHECK(field(second, Header::rack) == "7 1 INVITE");
    CHECK(field(second, Header::to) == "<sip:bob@biloxi.example>;tag=bob2");
    gets_reliable(caller, 180, 8, "bob1"); // the next of the other one
    CHECK(caller.wire() == Lines{"PRACK", "PRACK"});
    gets_reliable(caller, 180, 101, "bob1");
    CHECK(field(caller.last("PRACK").message, Header::to) == "<sip:bob@biloxi.example>;tag=bob1");
    gets_reliable(caller, 180, 8, "bob2");
    CHECK(caller.wire() == Lines{"PRACK", "PRACK"});
}

// RFC 3262 §5: the answer to the offer of a reliable 1xx stands in its PRACK.
TEMPLATE_TEST_CASE("an offer in a reliable 1xx is answered by prack()",
                   "[session][rfc3262][5][rfc6337][2.2]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        CHECK_THROWS_AS(caller.session.prack(caller.now, with(answer)), WrongState);
        const TestType invite = caller.last("INVITE").message;
        caller.receive(reply(invite, 183, "bob1", offer)); // in an unreliable one it is none
        CHECK(caller.told() == Lines{"Ringing 183 on fork 1"});
        gets_reliable(caller, 183, 10, "bob1", offer);
        CHECK(caller.told() == Lines{"Ringing reliably 183 on fork 1", "Offer for prack()"});
        CHECK(caller.template last_event<typename Session<TestType>::Offer>().body == offer);
        CHECK(caller.wire().empty());
        CHECK(caller.session.can_prack());
        const std::string before = caller.snapshot();
        CHECK_THROWS_AS(caller.session.prack(caller.now), OfferAnswerConflict);
        MessageOptions wrong = with(answer);
        wrong.fork = 9;
        CHECK_THROWS_AS(caller.session.prack(caller.now, wrong), UnknownHandle);
        CHECK(caller.snapshot() == before);
        gets_reliable(caller, 180, 11); // what comes before the PRACK comes again
        CHECK(caller.told().empty());
        MessageOptions said = with(answer);
        said.fields = {{"Subject", "lunch"}};
        caller.session.prack(caller.now, said);
        CHECK(caller.wire() == Lines{"PRACK"});
        const TestType prack = caller.last("PRACK").message;
        CHECK(field(prack, Header::rack).starts_with("10 "));
        CHECK(field(prack, Header::subject) == "lunch");
        CHECK(text_of(prack).ends_with("\n\n" + answer_sdp));
        CHECK(!caller.session.can_prack());
        CHECK(caller.session.forks().at(0).exchange.established());
        gets_for_prack(caller, 200);
        gets_reliable(caller, 180, 11);
        CHECK(caller.wire() == Lines{"PRACK"});
        caller.receive(reply(invite, 200));
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(MessageModel<TestType>::body(caller.last("ACK").message).empty());
        CHECK(caller.state() == State::confirmed);
    };
    check(Caller<TestType>(without_offer()));
    check(reinviting<TestType>(alice_calls_bob(), Body{}));
}

TEMPLATE_TEST_CASE("prack() takes the fork that is meant, and the first that waits otherwise",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    Caller<TestType> caller(without_offer());
    for (const std::string_view tag : {"bob1", "bob2", "bob3"})
        gets_reliable(caller, 183, 10, tag, offer);
    caller.requested("BYE", 1, 0); // the first is over
    caller.wire();
    MessageOptions third = with(answer);
    third.fork = 3;
    caller.session.prack(caller.now, third);
    CHECK(field(caller.last("PRACK").message, Header::to).ends_with("tag=bob3"));
    caller.session.prack(caller.now, with(answer));
    CHECK(field(caller.last("PRACK").message, Header::to).ends_with("tag=bob2"));
    CHECK(!caller.session.can_prack());
}

// RFC 3261 §13.2.1, RFC 6337 §3.1.1: the first description is the answer.
TEMPLATE_TEST_CASE("the answer in a reliable 1xx is the answer, and what follows says no more",
                   "[session][rfc3262][5][rfc6337][3.1.1]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        gets_reliable(caller, 183, 10, "bob1", answer);
        CHECK(caller.told() == Lines{"Ringing reliably 183 on fork 1", "Answer"});
        CHECK(caller.session.forks().at(0).exchange.established());
        gets_reliable(caller, 183, 11, "bob1", other_answer);
        const TestType invite = caller.last("INVITE").message;
        caller.receive(reply(invite, 180, "bob1", other_answer));
        caller.told();
        caller.receive(reply(invite, 200, "bob1", other_answer));
        CHECK(caller.wire() == Lines{"PRACK", "PRACK", "ACK"});
        for (const std::string& line : caller.told())
            CHECK(line.find("Answer,") == std::string::npos);
        CHECK(caller.template last_event<typename Session<TestType>::Answer>().body == answer);
        CHECK(caller.state() == State::confirmed);
    };
    check(Caller<TestType>());
    check(reinviting<TestType>());
}

TEMPLATE_TEST_CASE("a preview is the answer once a reliable 1xx brings one",
                   "[session][rfc6337][3.1.1]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        const TestType invite = caller.last("INVITE").message;
        caller.receive(reply(invite, 183, "bob1", answer));
        caller.receive(reply(invite, 183, "bob1", other_answer)); // the first one counts
        gets_reliable(caller, 180, 9);                            // has none
        CHECK(caller.told()
              == Lines{"Ringing 183 on fork 1", "Answer, as preview", "Ringing 183 on fork 1",
                       "Ringing reliably 180 on fork 1"});
        gets_reliable(caller, 183, 10, "bob1", other_answer);
        CHECK(caller.told() == Lines{"Ringing reliably 183 on fork 1", "Answer"});
        CHECK(caller.template last_event<typename Session<TestType>::Answer>().body == answer);
        caller.receive(reply(invite, 200, "bob1"));
        CHECK(caller.state() == State::confirmed);
        CHECK(caller.wire() == Lines{"PRACK", "PRACK", "ACK"});
    };
    check(Caller<TestType>());
    check(reinviting<TestType>());
}

// RFC 3262 §5: a further offer in the PRACK of an answer.
TEMPLATE_TEST_CASE("prack() may bring another offer, and the 200 its answer",
                   "[session][rfc3262][5][rfc6337][3.2]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        gets_reliable(caller, 180, 10);
        CHECK(caller.wire().empty()); // the application sends it
        CHECK_THROWS_AS(caller.session.prack(caller.now, with(other_offer)), OfferAnswerConflict);
        caller.session.prack(caller.now);
        CHECK(caller.wire() == Lines{"PRACK"});
        gets_for_prack(caller, 200);
        gets_reliable(caller, 183, 11, "bob1", answer);
        CHECK(caller.wire().empty());
        caller.session.prack(caller.now, with(other_offer));
        CHECK(caller.wire() == Lines{"PRACK"});
        CHECK(text_of(caller.last("PRACK").message).ends_with("\n\n" + other_offer.content));
        caller.told();
        SECTION("which is told") {
            gets_for_prack(caller, 200, other_answer);
            CHECK(caller.told() == Lines{"Answer"});
            CHECK(caller.template last_event<typename Session<TestType>::Answer>().body
                  == other_answer);
        }
        SECTION("refused, it is sent again without") { // RFC 6337 §2.3
            gets_for_prack(caller, 488);
            CHECK(caller.told() == Lines{"RolledBack local 488 with offer"});
            CHECK(caller.wire() == Lines{"PRACK"});
            const TestType again = caller.last("PRACK").message;
            CHECK(field(again, Header::rack).starts_with("11 "));
            CHECK(MessageModel<TestType>::body(again).empty());
            gets_for_prack(caller, 488);
            CHECK(caller.wire().empty());
        }
        SECTION("without an answer it is off") {
            gets_for_prack(caller, 200);
            CHECK(caller.told() == Lines{"RolledBack local 200 with offer"});
            CHECK(caller.wire().empty());
        }
        SECTION("without a response too") {
            caller.run_for(64 * T1);
            CHECK(caller.told() == Lines{"RolledBack local 408 with offer"});
        }
        CHECK(caller.session.forks().at(0).exchange.established());
        CHECK(!caller.session.forks().at(0).exchange.outstanding());
        const TestType invite = caller.last("INVITE").message;
        caller.receive(reply(invite, 200));
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.state() == State::confirmed);
    };
    SECTION("in the first INVITE") {
        check(Caller<TestType>(pracks_by_hand()));
    }
    SECTION("in a re-INVITE") {
        check(reinviting<TestType>(pracks_by_hand()));
    }
}

TEMPLATE_TEST_CASE("an offer in PRACK is off when its dialog ends", "[session][rfc3262][5]",
                   Message, PlainMessage) {
    Caller<TestType> caller(pracks_by_hand());
    gets_reliable(caller, 183, 11, "bob1", answer);
    caller.session.prack(caller.now, with(other_offer));
    SECTION("by a final response") {
        caller.gets(486);
        caller.told();
        gets_for_prack(caller, 488);
        CHECK(caller.told().empty());
    }
    SECTION("or by BYE") {
        caller.gets(200);
        caller.session.bye(caller.now);
        caller.wire();
        caller.told();
        gets_for_prack(caller, 488);
        CHECK(caller.wire().empty());
        CHECK(caller.told().empty());
    }
    ends_without_trace(caller);
}

// RFC 3262 §9: a PRACK may be challenged as any other request.
TEMPLATE_TEST_CASE("a PRACK that is challenged is sent again with credentials",
                   "[session][rfc3262][9]", Message, PlainMessage) {
    InviteOptions options = without_offer();
    options.features.on_challenge = SessionFeatures::Decision::ask;
    Caller<TestType> caller(options);
    gets_reliable(caller, 183, 10, "bob1", offer);
    caller.session.prack(caller.now, with(answer));
    caller.told();
    gets_for_prack(caller, 401);
    CHECK(caller.told() == Lines{"Challenged 401"});
    const TransactionId id =
        caller.template last_event<typename Session<TestType>::Challenged>().request;
    caller.wire();
    SECTION("as a new request for the same 1xx") {
        caller.session.authenticate(caller.now, id, {{"Authorization", "Digest a=\"b\""}});
        CHECK(caller.wire() == Lines{"PRACK"});
        const TestType again = caller.last("PRACK").message;
        CHECK(field(again, Header::rack) == "10 1 INVITE");
        CHECK(field(again, Header::cseq) == "3 PRACK");
        CHECK(field(again, Header::authorization) == "Digest a=\"b\"");
        CHECK(text_of(again).ends_with("\n\n" + answer_sdp));
        gets_for_prack(caller, 200);
        CHECK(caller.told().empty());
        caller.gets(200);
        CHECK(caller.state() == State::confirmed);
    }
    SECTION("unless the application does not mind") {
        caller.run_for(60s);
        CHECK(caller.wire().empty());
        CHECK(!caller.session.can_authenticate());
        CHECK(caller.state() == State::early);
    }
}

TEMPLATE_TEST_CASE("a PRACK without a response leaves the INVITE to the peer",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    Caller<TestType> caller;
    gets_reliable(caller, 180, 10);
    caller.run_for(64 * T1);
    caller.told();
    CHECK(caller.wire() == Lines{"PRACK"});
    CHECK(caller.state() == State::early);
    caller.gets(504);
    CHECK(caller.told() == Lines{"Rejected 504", "Terminated by remote: rejected 504"});
    caller.wire();
    CHECK(caller.session.done());
}

// RFC 3262 §4: what comes after the final response may be discarded.
TEMPLATE_TEST_CASE("a reliable 1xx that a 2xx has overtaken is discarded", "[session][rfc3262][4]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(200, "bob1", answer);
    caller.wire();
    caller.told();
    gets_reliable(caller, 183, 10, "bob1", other_answer);
    gets_reliable(caller, 183, 10, "bob2", other_answer);
    CHECK(caller.wire().empty());
    CHECK(caller.told().empty());
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.session.forks().size() == 1);
}

TEMPLATE_TEST_CASE("a 2xx may overtake prack()", "[session][rfc3262][4]", Message, PlainMessage) {
    Caller<TestType> caller(without_offer());
    gets_reliable(caller, 183, 10, "bob1", offer);
    caller.gets(200);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(MessageModel<TestType>::body(caller.last("ACK").message).empty());
    CHECK(caller.state() == State::confirmed);
    caller.session.prack(caller.now, with(answer));
    CHECK(caller.wire() == Lines{"PRACK"});
    CHECK(text_of(caller.last("PRACK").message).ends_with("\n\n" + answer_sdp));
}

TEMPLATE_TEST_CASE("after cancel() a reliable 1xx gets its PRACK all the same",
                   "[session][rfc3262][4]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller, bool ends) {
        gets_reliable(caller, 183, 10, "bob1", offer);
        caller.session.cancel(caller.now);
        CHECK(caller.wire() == Lines{"CANCEL"});
        SECTION("by prack() where that is owed") {
            caller.session.prack(caller.now, with(answer));
            CHECK(caller.wire() == Lines{"PRACK"});
            caller.told();
            gets_reliable(caller, 180, 11);
            CHECK(caller.wire() == Lines{"PRACK"});
            CHECK(caller.told().empty());
        }
        SECTION("or never") {
            caller.told();
        }
        const TestType invite = caller.last("INVITE").message;
        caller.receive(reply(invite, 487));
        caller.wire();
        if (ends) {
            CHECK(caller.told() == Lines{"Terminated by local: cancelled 487"});
            ends_without_trace(caller);
        } else {
            CHECK(caller.told() == Lines{"RolledBack local 487"});
            CHECK(caller.state() == State::confirmed);
            CHECK(!caller.session.can_prack());
        }
        CHECK(!caller.session.forks().at(0).exchange.offered_by_us());
    };
    SECTION("of the first INVITE") {
        check(Caller<TestType>(without_offer()), true);
    }
    SECTION("of a re-INVITE") {
        check(reinviting<TestType>(alice_calls_bob(), Body{}), false);
    }
}

TEMPLATE_TEST_CASE("an offer in a reliable 1xx after cancel() is declined by itself",
                   "[session][rfc3262][5]", Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        caller.gets(100);
        caller.session.cancel(caller.now);
        caller.wire();
        gets_reliable(caller, 183, 10, "bob1", offer);
        CHECK(caller.wire().back() == "PRACK");
        CHECK(text_of(caller.last("PRACK").message).find("m=audio 0 RTP/AVP 0 8")
              != std::string::npos);
        CHECK(caller.told().empty());
        CHECK(!caller.session.can_prack());
    };
    check(Caller<TestType>(without_offer()));
    Caller<TestType> again = reinviting<TestType>(alice_calls_bob(), Body{});
    const TestType invite = again.last("INVITE").message;
    again.receive(reply(invite, 100));
    again.session.cancel(again.now);
    again.wire();
    gets_reliable(again, 183, 10, "bob1", offer);
    CHECK(again.wire() == Lines{"PRACK"});
    CHECK(again.told().empty());
}

// RFC 6228 §4: the option tag goes into Supported, and only there.
TEMPLATE_TEST_CASE("an INVITE says in Supported that it knows 199", "[session][rfc6228][4]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    CHECK(any_lists(caller.invite(), Header::supported, "199"));
    CHECK(count(caller.invite(), Header::require) == 0);
    CHECK(count(caller.invite(), Header::proxy_require) == 0);
    Caller<TestType> strict(alice_with(Reliability::required));
    CHECK(field(strict.invite(), Header::require) == "100rel");
}

// RFC 6228 §4, §7: one dialog is over, and others go on.
TEMPLATE_TEST_CASE("a 199 ends its early dialog, and no other", "[session][rfc6228][4][7]", Message,
                   PlainMessage) {
    Caller<TestType> caller;
    caller.gets(183, "bob1").gets(180, "bob2");
    caller.told();
    caller.gets(199, "bob1");
    CHECK(caller.told() == Lines{"Ringing 199 on fork 1"});
    CHECK(caller.wire().empty()); // no BYE
    CHECK(caller.state() == State::early);
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
    // Nothing more is sent on it.
    MessageOptions first;
    first.fork = 1;
    CHECK_THROWS_AS(caller.session.request(caller.now, "INFO", first), UnknownHandle);
    CHECK_THROWS_AS(caller.session.update(caller.now, first), UnknownHandle);
    CHECK_THROWS_AS(caller.session.bye(caller.now, first), UnknownHandle);
    gets_reliable(caller, 183, 5, "bob1");
    CHECK(caller.wire().empty());
    CHECK(caller.told().empty());

    SECTION("of which one may answer") {
        caller.gets(200, "bob2", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(caller.state() == State::confirmed);
    }
    SECTION("and further ones may follow the last") {
        caller.gets(199, "bob2");
        CHECK(caller.state() == State::initial);
        CHECK(caller.session.dialog() == nullptr);
        CHECK(caller.session.can_cancel());
        caller.gets(180, "bob3");
        CHECK(caller.state() == State::early);
        CHECK(caller.session.dialog()->id().remote_tag == "bob3");
        caller.gets(486, "bob3");
        CHECK(caller.state() == State::terminated);
    }
    SECTION("and hang_up() is CANCEL as ever") {
        caller.gets(199, "bob2");
        caller.session.hang_up(caller.now);
        CHECK(caller.wire() == Lines{"CANCEL"});
        caller.gets_for("CANCEL", 200).gets(487, "");
        ends_without_trace(caller);
    }
}

TEMPLATE_TEST_CASE("a 2xx on a dialog that a 199 has ended is acknowledged, and gets BYE",
                   "[session][rfc6228][7][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(183, "bob1").gets(180, "bob2").gets(199, "bob1");
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    caller.gets_for("BYE", 200).gets(200, "bob2", answer);
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
}

// RFC 6228 §4: an unreliable one of a dialog that has not been heard of is discarded.
TEMPLATE_TEST_CASE("an unreliable 199 makes no dialog", "[session][rfc6228][4]", Message,
                   PlainMessage) {
    Caller<TestType> caller;
    caller.gets(199, "bob1").gets(199, "");
    CHECK(caller.told().empty());
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.forks().empty());
    caller.gets(180, "bob1"); // it was faster
    CHECK(caller.told() == Lines{"Ringing 180 on fork 1"});
    CHECK(caller.state() == State::early);
}

// RFC 6228 §4: a reliable one is acknowledged; RFC 3262 §5: with the answer to its offer.
TEMPLATE_TEST_CASE("a reliable 199 is acknowledged, even where it is the first of its dialog",
                   "[session][rfc6228][4][8]", Message, PlainMessage) {
    SECTION("on a new dialog") {
        Caller<TestType> caller;
        gets_reliable(caller, 199, 5, "bob1", {}, "SIP;cause=486");
        CHECK(caller.wire() == Lines{"PRACK"});
        CHECK(field(caller.last("PRACK").message, Header::rack) == "5 1 INVITE");
        CHECK(caller.told() == Lines{"Ringing reliably 199 on fork 1"});
        CHECK(caller.state() == State::initial);
        gets_for_prack(caller, 200);
        gets_reliable(caller, 199, 5, "bob1");
        CHECK(caller.wire().empty());
    }
    SECTION("with an offer, which is declined") {
        Caller<TestType> caller(without_offer());
        gets_reliable(caller, 199, 5, "bob1",
                      Body::sdp("v=0\r\no=- 1 1 IN IP4 192.0.2.2\r\ns=-\r\nt=0 0\r\n"));
        CHECK(caller.told() == Lines{"Ringing reliably 199 on fork 1"});
        CHECK(caller.wire() == Lines{"PRACK"});
        CHECK(text_of(caller.last("PRACK").message).find("t=0 0") != std::string::npos);
        CHECK(!caller.session.can_prack());
    }
    SECTION("where the application sends every PRACK") {
        Caller<TestType> caller(pracks_by_hand());
        gets_reliable(caller, 199, 5, "bob1");
        CHECK(caller.wire() == Lines{"PRACK"});
    }
    SECTION("and takes a PRACK along that is owed") {
        Caller<TestType> caller(without_offer());
        gets_reliable(caller, 183, 5, "bob1", offer);
        CHECK(caller.wire().empty());
        caller.gets(199, "bob1");
        CHECK(caller.wire() == Lines{"PRACK"});
        CHECK(text_of(caller.last("PRACK").message).find("m=audio 0 ") != std::string::npos);
        CHECK(!caller.session.can_prack());
    }
}

// RFC 3262 §5: each exchange that INVITE, PRACK, their 2xx and a reliable 1xx allow, between two
// sessions. RFC 6337 §2.2, table 1
TEMPLATE_TEST_CASE("two sessions make each exchange of RFC 3262", "[session][rfc3262][5]", Message,
                   PlainMessage) {
    SECTION("INVITE and reliable 1xx, PRACK and its 200") {
        Pair<TestType> pair(pracks_by_hand());
        pair.deliver("INVITE");
        pair.callee().session.progress(pair.now(), 183, reliably(answer));
        pair.lose("183 INVITE").run_for(T1).duplicate("183 INVITE");
        pair.caller.session.prack(pair.now(), with(other_offer));
        pair.deliver("PRACK");
        pair.callee().session.answer(pair.now(), with(other_answer));
        pair.callee().session.accept(pair.now());
        pair.deliver("200 INVITE").deliver("200 PRACK").deliver_all();
        CHECK(pair.ladder()
              == Lines{"0.000 > INVITE", "0.000 < 183 INVITE", "0.500 < 183 INVITE",
                       "0.500 > PRACK", "0.500 < 200 PRACK", "0.500 < 200 INVITE", "0.500 > ACK"});
        CHECK(pair.caller.told()
              == Lines{"Ringing reliably 183 on fork 1", "Answer", "Answered 200", "Confirmed",
                       "Answer"});
        CHECK(pair.callee().told() == Lines{"Offer", "Acknowledged 183 with offer", "Confirmed"});
    }
    SECTION("reliable 1xx and PRACK") {
        Pair<TestType> pair(without_offer());
        pair.deliver("INVITE");
        pair.callee().session.progress(pair.now(), 183, reliably(offer));
        pair.callee().session.accept(pair.now());
        pair.deliver("183 INVITE");
        CHECK(pair.on_the_way().empty());
        pair.caller.session.prack(pair.now(), with(answer));
        pair.deliver_all();
        CHECK(pair.caller.told()
              == Lines{"Ringing reliably 183 on fork 1", "Offer for prack()", "Answered 200",
                       "Confirmed"});
        CHECK(pair.callee().told() == Lines{"Answer", "Acknowledged 183", "Confirmed"});
    }
    SECTION("INVITE and 2xx") {
        Pair<TestType> pair;
        pair.deliver("INVITE");
        pair.callee().session.progress(pair.now(), 180, reliably());
        pair.deliver_all();
        pair.callee().session.accept(pair.now(), with(answer));
        pair.deliver_all();
        CHECK(pair.callee().told() == Lines{"Offer", "Acknowledged 180", "Confirmed"});
    }
    SECTION("2xx and ACK") {
        Pair<TestType> pair(without_offer());
        pair.deliver("INVITE");
        pair.callee().session.accept(pair.now(), with(offer));
        pair.deliver("200 INVITE");
        pair.caller.session.ack(pair.now(), with(answer));
        pair.deliver_all();
        CHECK(pair.callee().told() == Lines{"Answer", "Confirmed"});
    }
}

// RFC 6141 §4.7, §4.9: the Contact of a reliable 1xx counts at once, that of another one does not.
TEMPLATE_TEST_CASE("the PRACK goes to the Contact of its 1xx", "[session][rfc6141][4.7][4.9]",
                   Message, PlainMessage) {
    const auto check = [](Caller<TestType> caller) {
        const TestType invite = caller.last("INVITE").message;
        const auto target = [&caller](std::string_view method) {
            return std::string(MessageModel<TestType>::request_uri(caller.last(method).message));
        };
        gets_reliable(caller, 183, 5);
        CHECK(target("PRACK") == "sip:bob@192.0.2.2");
        caller.receive(reply(invite, 180, "bob1", {}, "<sip:bob@192.0.2.3>"));
        caller.session.request(caller.now, "INFO");
        CHECK(target("INFO") == "sip:bob@192.0.2.2");
        TestType moved = reply(invite, 180, "bob1", {}, "<sip:bob@192.0.2.4>");
        caller.receive(also(also(moved, Header::require, "100rel"), Header::rseq, "6"));
        CHECK(target("PRACK") == "sip:bob@192.0.2.4");
    };
    check(Caller<TestType>());
    check(reinviting<TestType>());
}

// RFC 3262 §4, RFC 3261 §9.1: the INVITE is cancelled, and the callee still waits for its PRACK. It
// has an offer for which we can't make up the refusal, as it is no SDP.
TEMPLATE_TEST_CASE("an offer that nothing can decline gets its PRACK all the same after CANCEL",
                   "[session][rfc3262][4][rfc3261][9.1]", Message, PlainMessage) {
    InviteOptions late = alice_calls_bob();
    late.offer = {};
    Caller<TestType> caller(late);
    caller.gets(180);
    caller.session.cancel(caller.now);
    caller.wire();
    gets_reliable(caller, 183, 1, "bob1", Body{"multipart/mixed;boundary=x", "--x--", {}});
    CHECK(caller.wire() == Lines{"PRACK"});
    CHECK(MessageModel<TestType>::body(caller.last("PRACK").message).empty());
    CHECK(caller.session.forks()[0].exchange.state() != OfferAnswer::State::offer_received);
    gets_reliable(caller, 183, 2); // the next one finds the dialog in order
    CHECK(caller.wire() == Lines{"PRACK"});
    caller.gets(487);
    CHECK(caller.state() == State::terminated);
}

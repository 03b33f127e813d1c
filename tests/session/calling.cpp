#include "offhook/session/calling.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

InviteOptions without_offer() {
    InviteOptions options = alice_calls_bob();
    options.offer = {};
    return options;
}

/// A UAC that owes the answer to the offer in a 2xx.
template <class M>
Caller<M> owing_caller() {
    Caller<M> caller(without_offer());
    caller.gets(200, "bob1", offer);
    return caller;
}

} // namespace

// RFC 3261 §8.1.1, §13.2.1
TEMPLATE_TEST_CASE("an INVITE has all that a request outside of a dialog needs",
                   "[session][rfc3261][8.1.1][13.2.1]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.target = "sip:bob@biloxi.example:5070;transport=tcp;user=phone";
    options.route = "<sip:p1.example;lr>, <sip:p2.example;lr>";
    options.fields = {{"Subject", "lunch"}};
    Caller<TestType> caller(options);
    const Outgoing<TestType>& out = caller.last("INVITE");
    CHECK(out.as == SendAs::request);
    CHECK(out.next_hop == NextHop::top_route);
    const std::string from = field(out.message, Header::from);
    const std::string tag = from.substr(from.find(";tag=") + 5);
    CHECK(text_of(out.message)
          == "INVITE sip:bob@biloxi.example:5070;transport=tcp;user=phone\n"
             "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, PRACK, UPDATE\n"
             "Call-ID: "
                 + field(out.message, Header::call_id)
                 + "\nContact: <sip:alice@192.0.2.1>\n"
                   "Content-Type: application/sdp\n"
                   "CSeq: 1 INVITE\n"
                   "From: \"Alice\" <sip:alice@atlanta.example>;tag="
                 + tag
                 + "\nMax-Forwards: 70\n"
                   "Route: <sip:p1.example;lr>, <sip:p2.example;lr>\n"
                   "Subject: lunch\n"
                   "Supported: 100rel, timer, replaces, norefersub, tdialog, 199\n"
                   "To: <sip:bob@biloxi.example;user=phone>\n\n"
                 + offer_sdp);
    CHECK(tag.size() * 5 >= 96); // 5 random bits to a letter
    CHECK(field(out.message, Header::call_id).size() * 5 >= 128);
    CHECK(out.branch.starts_with("z9hG4bK"));
    CHECK(out.branch.size() == 7 + 32);
}

TEMPLATE_TEST_CASE("a call on behalf of another has the hops that are left to that", "[session]",
                   Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.max_forwards = 7;
    Caller<TestType> caller(options);
    CHECK(field(caller.last("INVITE").message, Header::max_forwards) == "7");
}

TEMPLATE_TEST_CASE("tags, Call-IDs and branches come from the random source alone",
                   "[session][rfc3261][19.3]", Message, PlainMessage) {
    const auto names = [](std::uint8_t seed) {
        Caller<TestType> caller(alice_calls_bob(), seed);
        return field(caller.invite(), Header::from) + field(caller.invite(), Header::call_id)
               + caller.last("INVITE").branch;
    };
    CHECK(names(1) == names(1));
    CHECK(names(1) != names(2));
}

TEMPLATE_TEST_CASE("what the application knows better replaces Allow and Supported",
                   "[session][rfc3261][13.2.1]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.fields = {{"Allow", "INVITE, ACK, BYE, CANCEL, INFO"}, {"k", "replaces"}};
    Caller<TestType> caller(options);
    CHECK(count(caller.invite(), Header::allow) == 1);
    CHECK(field(caller.invite(), Header::allow) == "INVITE, ACK, BYE, CANCEL, INFO");
    CHECK(count(caller.invite(), Header::supported) == 1);
    CHECK(field(caller.invite(), Header::supported) == "replaces");
}

// RFC 3261 §12.1, §13.2.2.1. faults.md 57
TEMPLATE_TEST_CASE("a 100 makes no dialog, tag or not, and each further tag in a 1xx does",
                   "[session][rfc3261][12.1][13.2.2.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(100, "bob1");
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.forks().empty());
    CHECK(caller.told().empty());

    caller.gets(183, "bob1").gets(180, "bob1").gets(183, "bob2");
    CHECK(caller.state() == State::early);
    CHECK(caller.session.forks().size() == 2);
    CHECK(caller.told()
          == Lines{"Ringing 183 on fork 1", "Ringing 180 on fork 1", "Ringing 183 on fork 2"});
    CHECK(caller.session.dialog()->id().remote_tag == "bob1");
}

// RFC 3261 §12.1: a 1xx without a tag makes none. faults.md 69
TEMPLATE_TEST_CASE("a 1xx without tag is told, and makes no dialog", "[session][rfc3261][12.1]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "");
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.dialog() == nullptr);
    CHECK(caller.told() == Lines{"Ringing 180 on fork 0"});
    CHECK_THROWS_AS(caller.session.bye(caller.now), NoDialog);
}

// faults.md 69
TEMPLATE_TEST_CASE("without Contact in 18x and 2xx the ACK and the BYE follow the INVITE",
                   "[session][rfc3261][12.1.2]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.receive(reply(caller.invite(), 180, "bob1", {}, ""));
    caller.receive(reply(caller.invite(), 200, "bob1", answer, ""));
    CHECK(caller.wire() == Lines{"ACK"});
    caller.session.bye(caller.now);
    for (const char* method : {"ACK", "BYE"})
        CHECK(MessageModel<TestType>::request_uri(caller.last(method).message)
              == "sip:bob@biloxi.example");
}

// RFC 6141 §4.7, §4.9: an unreliable 1xx refreshes no target.
TEMPLATE_TEST_CASE("a further 1xx leaves the remote target as it is, and the 2xx sets it",
                   "[session][rfc6141][4.7][4.9]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.receive(reply(caller.invite(), 180, "bob1", {}, "<sip:first@h>"));
    caller.receive(reply(caller.invite(), 183, "bob1", {}, "<sip:second@h>"));
    CHECK(caller.session.dialog()->remote_target() == "sip:first@h");
    caller.receive(reply(caller.invite(), 200, "bob1", answer, "<sip:third@h>"));
    CHECK(caller.session.dialog()->remote_target() == "sip:third@h");
    CHECK(MessageModel<TestType>::request_uri(caller.last("ACK").message) == "sip:third@h");
}

// RFC 3261 §13.2.2.4
TEMPLATE_TEST_CASE("a 2xx is acknowledged at once, and the session is confirmed",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "bob1").gets(200, "bob1", answer);
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.told() == Lines{"Ringing 180 on fork 1", "Answered 200", "Answer", "Confirmed"});
    CHECK(caller.template last_event<typename Session<TestType>::Answer>().body == answer);
    CHECK(caller.session.forks().size() == 1);
    CHECK(caller.session.dialog()->confirmed());

    const Outgoing<TestType>& ack = caller.last("ACK");
    CHECK(ack.as == SendAs::ack);
    CHECK(text_of(ack.message)
          == "ACK sip:bob@192.0.2.2\nCall-ID: " + field(caller.invite(), Header::call_id)
                 + "\nCSeq: 1 ACK\nFrom: " + field(caller.invite(), Header::from)
                 + "\nMax-Forwards: 70\nTo: <sip:bob@biloxi.example>;tag=bob1\n\n");
    CHECK(ack.branch != caller.last("INVITE").branch); // a transaction of its own. §17.1.1.3
    CHECK(ack.branch.starts_with("z9hG4bK"));
}

TEST_CASE("the bytes of an ACK", "[session][rfc3261][13.2.2.4]") {
    Caller<Message> caller;
    caller.gets(200, "bob1", answer);
    CHECK(caller.last("ACK").message.bytes()
          == "ACK sip:bob@192.0.2.2 SIP/2.0\r\nMax-Forwards: 70\r\nFrom: "
                 + field(caller.invite(), Header::from)
                 + "\r\nTo: <sip:bob@biloxi.example>;tag=bob1\r\nCall-ID: "
                 + field(caller.invite(), Header::call_id)
                 + "\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n");
}

// RFC 3261 §13.2.2.4: the ACK goes out for every retransmission, for 64·T1 from the first 2xx.
TEMPLATE_TEST_CASE("the same ACK answers each retransmission of the 2xx",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(200, "bob1", answer);
    const std::string first = text_of(caller.last("ACK").message);
    const std::string branch = caller.last("ACK").branch;
    caller.wire();
    caller.told();
    for (int i = 0; i < 3; ++i) {
        caller.run_for(9s).gets(200, "bob1", answer);
        CHECK(caller.wire() == Lines{"ACK"});
        CHECK(text_of(caller.last("ACK").message) == first);
        CHECK(caller.last("ACK").branch == branch);
    }
    CHECK(caller.told().empty());
    caller.run_for(5s - 1ns);
    CHECK(caller.session.poll_timeout() == TimePoint{} + 32s);
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.run_for(1ns).gets(200, "bob1", answer);
    CHECK(caller.wire().empty());
    CHECK(caller.state() == State::confirmed);
    CHECK_FALSE(caller.session.poll_timeout());
}

TEMPLATE_TEST_CASE("after our BYE a retransmitted 2xx is still acknowledged",
                   "[session][rfc3261][13.2.2.4][rfc5407][3.1.6]", Message, PlainMessage) {
    auto caller = confirmed_caller<TestType>();
    caller.session.bye(caller.now);
    CHECK(caller.wire() == Lines{"BYE"});
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(caller.state() == State::terminating);
    caller.gets_for("BYE", 200);
    CHECK(caller.state() == State::terminated);
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.told();
    CHECK_FALSE(caller.session.done());
    caller.run_for(32s);
    CHECK(caller.session.done());
}

// RFC 3261 §13.2.2.4: the credentials of the INVITE.
TEMPLATE_TEST_CASE("the ACK has the credentials of the INVITE",
                   "[session][rfc3261][13.2.2.4][22.1]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.fields = {{"Authorization", "Digest username=\"a\""},
                      {"Proxy-Authorization", "Digest username=\"b\""},
                      {"Proxy-Authorization", "Digest username=\"c\""}};
    Caller<TestType> caller(options);
    caller.gets(200, "bob1", answer);
    const TestType& ack = caller.last("ACK").message;
    CHECK(field(ack, Header::authorization) == "Digest username=\"a\"");
    CHECK(field(ack, Header::proxy_authorization, 0) == "Digest username=\"b\"");
    CHECK(field(ack, Header::proxy_authorization, 1) == "Digest username=\"c\"");
    CHECK(count(ack, Header::subject) == 0);
}

// RFC 3261 §8.2.2.3: the ACK for a 2xx has only those Require and Proxy-Require values that the
// INVITE had. The peer has accepted by then, and can refuse an ACK nothing.
TEMPLATE_TEST_CASE("an ACK requires nothing that its INVITE did not", "[session][rfc3261][8.2.2.3]",
                   Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.fields = {{"Require", "x-a"}, {"Proxy-Require", "x-b"}};
    Caller<TestType> caller(options);
    const auto check_subset = [&](Header name, std::string_view value) {
        REQUIRE(field(caller.invite(), name) == value);
        const TestType& ack = caller.last("ACK").message;
        for (std::size_t i = 0; i < count(ack, name); ++i)
            CHECK(field(ack, name, i) == value);
    };
    caller.gets(200, "bob1", answer);
    check_subset(Header::require, "x-a");
    check_subset(Header::proxy_require, "x-b");
}

// RFC 3261 §13.2.1: the answer has to be in the 2xx.
TEMPLATE_TEST_CASE("a 2xx without the answer that it owes is acknowledged, and ended by BYE",
                   "[session][rfc3261][13.2.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(200);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(caller.told() == Lines{"Answered 200", "Terminating"});
    caller.gets_for("BYE", 200);
    CHECK(caller.told() == Lines{"Terminated by local: missing_answer 200"});
}

TEMPLATE_TEST_CASE("a call without any session description is a call",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller(without_offer());
    caller.gets(180).gets(200);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(caller.told() == Lines{"Ringing 180 on fork 1", "Answered 200", "Confirmed"});

    InviteOptions photo = without_offer();
    photo.offer = {"image/jpeg", "...", {}}; // disposition "render": no offer
    Caller<TestType> other(photo);
    other.gets(200);
    CHECK(other.told() == Lines{"Answered 200", "Confirmed"});
}

// RFC 3261 §13.2.1, §13.2.2.4: the offer in the 2xx, the answer in the ACK.
TEMPLATE_TEST_CASE("the offer of a 2xx is answered in the ACK",
                   "[session][rfc3261][13.2.1][13.2.2.4]", Message, PlainMessage) {
    Caller<TestType> caller(without_offer());
    CHECK(MessageModel<TestType>::body(caller.invite()).empty());
    caller.gets(183, "bob1", answer); // a 1xx can hold neither offer nor answer here: RFC 6337 §2.2
    CHECK(caller.told() == Lines{"Ringing 183 on fork 1"});
    caller.gets(200, "bob1", offer);
    CHECK(caller.wire().empty());
    CHECK(caller.state() == State::ack_wait);
    CHECK(caller.told() == Lines{"Answered 200", "Offer"});
    CHECK(caller.template last_event<typename Session<TestType>::Offer>().body == offer);

    caller.gets(200, "bob1", offer); // a retransmission: the answer is still owed
    CHECK(caller.wire().empty());
    CHECK(caller.told().empty());

    const std::string before = caller.snapshot();
    CHECK_THROWS_AS(caller.session.ack(caller.now, {}), OfferAnswerConflict);
    CHECK_THROWS_AS(caller.session.ack(caller.now, with({"text/plain", "x", {}})),
                    OfferAnswerConflict);
    CHECK_THROWS_AS(caller.session.bye(caller.now), AnswerPending);
    CHECK(caller.snapshot() == before);

    caller.session.ack(caller.now, with(answer));
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(caller.told() == Lines{"Confirmed"});
    CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == answer_sdp);
    caller.gets(200, "bob1", offer);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == answer_sdp);
    caller.requested("INVITE", 1);
    CHECK(caller.wire().empty()); // no 491: no offer is open any more
    CHECK(caller.told() == Lines{"Reinvited without offer"});
    caller.session.bye(caller.now);
    CHECK(caller.wire() == Lines{"487 INVITE", "BYE"});
}

// RFC 3261 §13.2.2.4: even the ACK before a BYE holds a valid answer.
TEMPLATE_TEST_CASE("whoever hangs up instead of answering an offer declines it in the ACK",
                   "[session][rfc3261][13.2.2.4]", Message, PlainMessage) {
    const std::string declined = declined_answer(offer).content;
    CHECK(declined.find("m=audio 0 RTP/AVP 0 8\r\n") != std::string::npos);
    auto caller = owing_caller<TestType>();
    SECTION("by hang_up()") {
        caller.session.hang_up(caller.now);
        CHECK(caller.wire() == Lines{"ACK", "BYE"});
        CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == declined);
        caller.gets_for("BYE", 200);
        caller.told();
        caller.run_for(32s);
        CHECK(caller.session.done());
    }
    SECTION("by forgetting it for 64·T1") {
        caller.told();
        caller.run_for(32s - 1ns);
        CHECK(caller.wire().empty());
        caller.run_for(1ns);
        CHECK(caller.wire() == Lines{"ACK", "BYE"});
        CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == declined);
        caller.gets_for("BYE", 200);
        CHECK(caller.told() == Lines{"Terminating", "Terminated by local: timeout 200"});
        CHECK_FALSE(caller.session.done()); // its 2xx can come again
        caller.run_for(32s);
        CHECK(caller.session.done());
    }
    SECTION("because the peer sends BYE first") {
        caller.told();
        caller.requested("BYE");
        CHECK(caller.wire() == Lines{"200 BYE", "ACK"});
        CHECK(MessageModel<TestType>::body(caller.last("ACK").message) == declined);
        CHECK(caller.told() == Lines{"Terminated by remote: bye"});
    }
    CHECK(MessageModel<TestType>::body(caller.last("INVITE").message).empty());
}

// RFC 3261 §13.2.1: the first description is the answer, later ones are ignored. RFC 6337 §3.1.1
TEMPLATE_TEST_CASE("the answer that a 1xx shows is the answer, whatever comes later",
                   "[session][rfc3261][13.2.1][rfc6337][3.1.1]", Message, PlainMessage) {
    const Body other = Body::sdp("v=0\r\nother");
    Caller<TestType> caller;
    caller.gets(183, "bob1", answer).gets(183, "bob1", other).gets(180);
    CHECK(caller.told()
          == Lines{"Ringing 183 on fork 1", "Answer, as preview", "Ringing 183 on fork 1",
                   "Ringing 180 on fork 1"});
    CHECK(caller.template last_event<typename Session<TestType>::Answer>().body == answer);
    SECTION("the 2xx repeats it") {
        caller.gets(200, "bob1", answer);
    }
    SECTION("the 2xx has another one") {
        caller.gets(200, "bob1", other);
    }
    SECTION("the 2xx has none") {
        caller.gets(200, "bob1");
    }
    CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed"});
    const auto& final_answer = caller.template last_event<typename Session<TestType>::Answer>();
    CHECK(final_answer.body == answer);
    CHECK_FALSE(final_answer.preview);
    CHECK(caller.wire() == Lines{"ACK"});
}

TEMPLATE_TEST_CASE("each fork shows an answer of its own", "[session][rfc6337][3.1.1]", Message,
                   PlainMessage) {
    const Body other = Body::sdp("v=0\r\nother");
    Caller<TestType> caller;
    caller.gets(183, "bob1", answer).gets(183, "bob2", other);
    CHECK(caller.template last_event<typename Session<TestType>::Answer>().fork == 2);
    caller.gets(200, "bob2");
    CHECK(caller.template last_event<typename Session<TestType>::Answer>().body == other);
}

// RFC 3261 §9.1
TEMPLATE_TEST_CASE("a CANCEL repeats its INVITE", "[session][rfc3261][9.1]", Message,
                   PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.route = "<sip:p1.example;lr>, <sip:p2.example;lr>";
    options.fields = {{"Require", "x"}, {"Proxy-Require", "y"}, {"Subject", "lunch"}};
    Caller<TestType> caller(options);
    caller.gets(180);
    MessageOptions reason;
    reason.reason = "SIP;cause=200;text=\"Call completed elsewhere\"";
    caller.session.cancel(caller.now, reason);
    CHECK(caller.wire() == Lines{"CANCEL"});
    const Outgoing<TestType>& out = caller.last("CANCEL");
    CHECK(out.as == SendAs::cancel);
    CHECK(out.branch == caller.last("INVITE").branch);
    CHECK(out.transaction == caller.last("INVITE").transaction);
    CHECK(out.next_hop == caller.last("INVITE").next_hop);
    CHECK(text_of(out.message)
          == "CANCEL sip:bob@biloxi.example\nCall-ID: " + field(caller.invite(), Header::call_id)
                 + "\nCSeq: 1 CANCEL\nFrom: " + field(caller.invite(), Header::from)
                 + "\nMax-Forwards: 70\nRoute: <sip:p1.example;lr>, <sip:p2.example;lr>\n"
                   "Supported: 100rel, timer, replaces, norefersub, tdialog, 199\n"
                   "To: <sip:bob@biloxi.example>\n"
                   "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\n\n");
}

// RFC 3261 §9.1: no Require, no Proxy-Require.
TEMPLATE_TEST_CASE("a CANCEL takes no Require and no Proxy-Require", "[session][rfc3261][9.1]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    const std::string before = caller.snapshot();
    for (const char* name : {"Require", "Proxy-Require"}) {
        MessageOptions options;
        options.fields = {{name, "x"}};
        CHECK_THROWS_AS(caller.session.cancel(caller.now, options), BadArgument);
        CHECK(caller.snapshot() == before);
        Caller<TestType> other = caller;
        other.session.hang_up(other.now, options);
        CHECK(count(other.last("CANCEL").message, Header::require) == 0);
        CHECK(count(other.last("CANCEL").message, Header::proxy_require) == 0);
    }
}

// RFC 3261 §9.1: not before a provisional response.
TEMPLATE_TEST_CASE("a CANCEL waits for a provisional response", "[session][rfc3261][9.1]", Message,
                   PlainMessage) {
    Caller<TestType> caller;
    caller.session.cancel(caller.now);
    CHECK(caller.wire().empty());
    CHECK_FALSE(caller.session.can_cancel());
    CHECK_THROWS_AS(caller.session.cancel(caller.now), AlreadyCancelled);
    SECTION("100 is one") {
        caller.gets(100);
        CHECK(caller.wire() == Lines{"CANCEL"});
        caller.gets(180);
        CHECK(caller.wire().empty());
        CHECK(caller.told().empty()); // nobody cares any more that it rings
        CHECK_THROWS_AS(caller.session.cancel(caller.now), AlreadyCancelled);
    }
    SECTION("180 is one") {
        caller.gets(180);
        CHECK(caller.wire() == Lines{"CANCEL"});
    }
    SECTION("a final response comes first") {
        caller.gets(486);
        CHECK(caller.wire().empty());
        CHECK(caller.told() == Lines{"Terminated by local: cancelled 486"});
    }
    SECTION("a 2xx comes first") {
        caller.gets(200, "bob1", answer);
        CHECK(caller.wire() == Lines{"ACK", "BYE"});
    }
    SECTION("no response comes at all") {
        caller.session.failed(caller.now, caller.invite(), Failure::timeout);
        CHECK(caller.wire().empty());
        CHECK(caller.told() == Lines{"Terminated by local: cancelled 408"});
        CHECK(caller.session.done());
    }
    SECTION("and nobody says that none came") {
        caller.run_for(32s - 1ns);
        CHECK(caller.state() == State::initial);
        caller.run_for(1ns);
        CHECK(caller.wire() == Lines{"abandon INVITE"});
        CHECK(caller.told() == Lines{"Terminated by local: cancelled 408"});
        CHECK(caller.session.done());
    }
}

// RFC 3261 §9.1, §15. faults.md 52
TEMPLATE_TEST_CASE("a 2xx that crosses the CANCEL is acknowledged, and ended by BYE",
                   "[session][rfc3261][9.1][15]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    caller.told();
    MessageOptions reason;
    reason.reason = "Q.850;cause=16";
    caller.session.cancel(caller.now, reason);
    CHECK(caller.wire() == Lines{"CANCEL"});
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(field(caller.last("BYE").message, Header::reason) == "Q.850;cause=16");
    CHECK(field(caller.last("BYE").message, Header::cseq) == "2 BYE");
    CHECK(caller.told() == Lines{"Terminating"});
    CHECK_THROWS_AS(caller.session.cancel(caller.now), SessionTerminated);
    caller.gets_for("CANCEL", 481);
    CHECK(caller.told().empty());
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.gets_for("BYE", 200);
    CHECK(caller.told() == Lines{"Terminated by local: cancelled 200"});
    caller.run_for(32s);
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("a cancelled INVITE ends with its final response", "[session][rfc3261][9.1]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    caller.session.cancel(caller.now);
    caller.told();
    caller.gets_for("CANCEL", 200);
    CHECK(caller.state() == State::early);
    // faults.md 67: whatever it is, nothing is tried again.
    const int status = GENERATE(487, 401, 407, 302, 500);
    caller.gets(status);
    CHECK(caller.told() == Lines{"Terminated by local: cancelled " + std::to_string(status)});
    CHECK(caller.wire() == Lines{"CANCEL"});
    CHECK(caller.session.done());
}

// RFC 3261 §9.1: 64·T1 after the CANCEL the INVITE counts as cancelled. faults.md 51
TEMPLATE_TEST_CASE("a CANCEL that no final response follows is given up after 64·T1",
                   "[session][rfc3261][9.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    caller.run_for(10s);
    caller.session.cancel(caller.now);
    caller.gets_for("CANCEL", 200);
    caller.told();
    caller.wire();
    caller.run_for(32s - 1ns);
    CHECK(caller.wire().empty());
    CHECK(caller.state() == State::early);
    caller.run_for(1ns);
    CHECK(caller.wire() == Lines{"abandon INVITE"});
    CHECK(caller.sent().back().transaction == caller.last("INVITE").transaction);
    CHECK(caller.told() == Lines{"Terminated by local: cancelled 408"});
    CHECK(caller.session.done());
    caller.gets(200, "bob1", answer); // its transaction is gone
    CHECK(caller.wire().empty());
}

TEMPLATE_TEST_CASE("an INVITE that nobody answers is cancelled", "[session][rfc3261][9.1][13.2.1]",
                   Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    Duration limit = 3min;
    SECTION("after three minutes") {}
    SECTION("after the time that the application gives") {
        options.timers.unanswered = limit = 20s;
    }
    // RFC 3261 §13.2.1: CANCEL when Expires is over.
    SECTION("when its Expires is over") {
        options.fields = {{"Expires", "30"}};
        limit = 30s;
    }
    SECTION("when its Expires is over, and nothing else limits it") {
        options.timers.unanswered = 0s;
        options.fields = {{"Expires", "600"}};
        limit = 600s;
    }
    SECTION("even where its Expires is longer") {
        options.fields = {{"Expires", "100000"}};
    }
    SECTION("even where its Expires says nothing") {
        options.fields = {{"Expires", "soon"}};
    }
    Caller<TestType> caller(options);
    caller.gets(180);
    caller.told();
    caller.run_for(limit - 1ns);
    CHECK(caller.wire().empty());
    caller.run_for(1ns);
    CHECK(caller.wire() == Lines{"CANCEL"});
    caller.gets(487);
    CHECK(caller.told() == Lines{"Terminated by local: timeout 487"});
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("an answered INVITE is not cancelled by any timer", "[session][rfc3261][9.1]",
                   Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.fields = {{"Expires", "10"}};
    Caller<TestType> caller(options);
    caller.gets(180).gets(200, "bob1", answer);
    caller.wire();
    caller.run_for(1h);
    CHECK(caller.wire().empty());
    CHECK(caller.state() == State::confirmed);

    options.fields.clear();
    options.timers.unanswered = 0s;
    Caller<TestType> patient(options);
    patient.gets(180);
    CHECK_FALSE(patient.session.poll_timeout());
}

// RFC 3261 §13.2.2.2, §13.2.2.3
TEMPLATE_TEST_CASE("a final response above 299 ends the INVITE and all early dialogs",
                   "[session][rfc3261][12.3][13.2.2.2][13.2.2.3]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "bob1").gets(180, "bob2");
    caller.told();
    const int status = GENERATE(300, 302, 399, 400, 486, 503, 603, 699);
    caller.gets(status, "bob2");
    const std::string number = std::to_string(status);
    CHECK(caller.told()
          == (status < 400
                  ? Lines{"Redirected " + number, "Terminated by remote: redirected " + number}
                  : Lines{"Rejected " + number, "Terminated by remote: rejected " + number}));
    CHECK(caller.wire().empty()); // its ACK belongs to the transaction. §17.1.1.3
    CHECK(caller.session.done());
    caller.requested("BYE", 1, 0);
    CHECK(caller.wire() == Lines{"481 BYE"});
    // RFC 3261 §13.2.2.3: further final responses are ignored.
    caller.gets(200, "bob1", answer).gets(486, "bob1");
    CHECK(caller.wire().empty());
    CHECK(caller.told().empty());
}

TEMPLATE_TEST_CASE("a final response after the 2xx changes nothing", "[session][rfc3261][13.2.2.3]",
                   Message, PlainMessage) {
    auto caller = confirmed_caller<TestType>();
    const std::string before = caller.snapshot();
    caller.gets(486, "bob1").gets(603, "bob2").gets(180, "bob3");
    CHECK(caller.snapshot() == before);
}

// RFC 3261 §8.1.3.1, §13.2.2
TEMPLATE_TEST_CASE("an INVITE without response ends as if 408 or 503 had come",
                   "[session][rfc3261][8.1.3.1][13.2.2]", Message, PlainMessage) {
    Caller<TestType> caller;
    SECTION("timer B, named by the request") {
        caller.session.failed(caller.now, caller.invite(), Failure::timeout);
        CHECK(caller.told() == Lines{"Terminated by local: timeout 408"});
    }
    SECTION("timer B, named by the number") {
        caller.session.failed(caller.now, caller.last("INVITE").transaction, Failure::timeout);
        CHECK(caller.told() == Lines{"Terminated by local: timeout 408"});
    }
    SECTION("a transport error") {
        caller.gets(180);
        caller.told();
        caller.session.failed(caller.now, caller.invite(), Failure::transport);
        CHECK(caller.told() == Lines{"Terminated by local: transport_error 503"});
    }
    CHECK(caller.session.done());
    caller.session.failed(caller.now, caller.invite(), Failure::timeout); // once is enough
    CHECK(caller.told().empty());
}

TEMPLATE_TEST_CASE("a failure of what is not ours changes nothing", "[session][rfc3261][8.1.3.1]",
                   Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180);
    caller.session.cancel(caller.now);
    const std::string before = caller.snapshot();
    caller.session.failed(caller.now, caller.last("CANCEL").message, Failure::timeout);
    caller.session.failed(caller.now, TransactionId{999}, Failure::timeout);
    TestType other = MessageModel<TestType>::request("INVITE", "sip:x@h");
    MessageModel<TestType>::add(other, Header::cseq, "2 INVITE");
    caller.session.failed(caller.now, other, Failure::timeout);
    CHECK(caller.snapshot() == before);

    auto confirmed = confirmed_caller<TestType>();
    confirmed.session.failed(confirmed.now, confirmed.invite(), Failure::transport);
    CHECK(confirmed.state() == State::confirmed);
}

// faults.md 47, 48
TEMPLATE_TEST_CASE("a response that matches nothing changes nothing",
                   "[session][rfc3261][8.1.3][17.1.3]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    Caller<TestType> caller;
    caller.gets(180);
    caller.told();
    const std::string before = caller.snapshot();
    struct Row {
        Header changed;
        const char* value; ///< "": the header field lacks
    };
    for (const Row& row :
         {Row{Header::call_id, "another"}, Row{Header::call_id, ""}, Row{Header::from, ""},
          Row{Header::from, "<sip:alice@atlanta.example>"},
          Row{Header::from, "<sip:alice@atlanta.example>;tag=another"}, Row{Header::from, "<sip:"},
          Row{Header::to, ""}, Row{Header::to, "<sip:"}, Row{Header::cseq, ""},
          Row{Header::cseq, "x"}, Row{Header::cseq, "2 INVITE"}, Row{Header::cseq, "1 OPTIONS"},
          Row{Header::cseq, "1 invite"}})
        for (const int status : {180, 200, 486}) {
            if (status == 486 && row.changed == Header::to) continue; // its To says nothing
            INFO(status << ' ' << name_of(row.changed) << ": " << row.value);
            TestType request = Model::request("INVITE", "sip:bob@biloxi.example");
            for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
                if (name != row.changed)
                    Model::add(request, name, field(caller.invite(), name));
                else if (*row.value)
                    Model::add(request, name, row.value);
            const auto response = Model::response(request, status, "Reason", "new");
            if (status == 180 && row.changed == Header::to) {
                // It belongs to the INVITE and names no dialog.
                Agent<TestType> other = caller;
                other.receive(response);
                CHECK(other.session.forks().size() == 1);
                continue;
            }
            caller.receive(response);
            CHECK(caller.snapshot() == before);
        }
    caller.gets(180, "new"); // and this one does belong to it
    CHECK(caller.snapshot() != before);
}

TEMPLATE_TEST_CASE("a peer without tags is called, and hung up on",
                   "[session][rfc3261][12.1.2][12.2.1.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.gets(180, "").gets(200, "", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK(field(caller.last("ACK").message, Header::to) == "<sip:bob@biloxi.example>");
    caller.gets(200, "", answer);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.requested("INFO", 1);
    CHECK(caller.wire() == Lines{"405 INFO"});
    caller.session.bye(caller.now);
    CHECK(field(caller.last("BYE").message, Header::to) == "<sip:bob@biloxi.example>");
    caller.receive(MessageModel<TestType>::response(caller.last("BYE").message, 200, "OK", ""));
    CHECK(caller.state() == State::terminated);
}

// RFC 3261 §9.1: CANCEL "SHOULD NOT be sent … after" a final response; it would end nothing.
TEMPLATE_TEST_CASE("a CANCEL that waited for a 1xx does not leave after the 2xx",
                   "[session][rfc3261][9.1]", Message, PlainMessage) {
    Caller<TestType> caller;
    caller.session.cancel(caller.now);
    CHECK(caller.wire().empty()); // nothing has come yet that could be cancelled
    caller.gets(200, "bob1", answer);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    caller.gets(180, "bob2");
    CHECK(caller.wire().empty());
    caller.gets_for("BYE", 200);
    CHECK(caller.state() == State::terminated);
}

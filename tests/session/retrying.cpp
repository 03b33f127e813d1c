#include "offhook/session/retrying.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

using Decision = SessionFeatures::Decision;

const std::vector<HeaderField> to_callee = {{"Authorization", "Digest username=\"alice\""}};
const std::vector<HeaderField> to_proxy = {{"Proxy-Authorization", "Digest username=\"alice\""}};

InviteOptions asking() {
    InviteOptions options = alice_calls_bob();
    options.features.on_challenge = Decision::ask;
    options.features.on_redirect = Decision::ask;
    return options;
}

IncomingOptions bob_asking() {
    IncomingOptions options = at_bob();
    options.features.on_challenge = Decision::ask;
    return options;
}

/// A caller that asks, and answers to its latest INVITE.
template <class M>
struct Asking : Caller<M> {
    explicit Asking(const InviteOptions& options = asking()) : Caller<M>(options) {}

    Asking& gets(int status, std::string_view tag = "bob1", const Body& body = {}) {
        this->receive(reply(this->last("INVITE").message, status, tag, body));
        return *this;
    }
    Asking& gets_redirected(const std::vector<std::string>& contacts, int status = 302) {
        M response = reply(this->last("INVITE").message, status, "bob1", {}, "");
        for (const std::string& contact : contacts)
            MessageModel<M>::add(response, Header::contact, contact);
        this->receive(std::move(response));
        return *this;
    }
    Asking& gets_too_small(int min_se, std::string_view method = "INVITE") {
        M response = MessageModel<M>::response(this->last(method).message, 422, "Small", "bob1");
        MessageModel<M>::add(response, Header::min_se, std::to_string(min_se));
        this->receive(std::move(response));
        return *this;
    }
    Asking& authenticates(const std::vector<HeaderField>& credentials = to_callee) {
        this->session.authenticate(this->now, asked(), credentials);
        return *this;
    }
    /// The request of the last Challenged.
    TransactionId asked() {
        return this->template last_event<typename Session<M>::Challenged>().request;
    }
    std::vector<std::string> targets() {
        return this->template last_event<typename Session<M>::Redirected>().targets;
    }
    Asking& confirmed() {
        gets(200, "bob1", answer);
        this->wire();
        this->told();
        return *this;
    }
    std::string uri() {
        return std::string(MessageModel<M>::request_uri(this->last("INVITE").message));
    }
    std::string sent_field(std::string_view method, Header name) {
        return field(this->last(method).message, name);
    }
};

} // namespace

// RFC 3261 §8.1.3.5: the same Call-ID, To and From, and a sequence number one higher; §22.2: with
// the credentials.
TEMPLATE_TEST_CASE("an INVITE that is challenged is sent again with credentials",
                   "[session][auth][rfc3261][8.1.3.5][22.2][22.3]", Message, PlainMessage) {
    const int status = GENERATE(401, 407);
    const bool proxy = status == 407;
    const Header name = proxy ? Header::proxy_authorization : Header::authorization;
    Asking<TestType> caller;
    const Outgoing<TestType> first = caller.last("INVITE");
    caller.gets(status);
    CHECK(caller.told() == Lines{"Challenged " + std::to_string(status)});
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.can_authenticate());
    CHECK_FALSE(caller.session.can_follow());
    CHECK(caller.wire().empty());

    caller.authenticates(proxy ? to_proxy : to_callee);
    CHECK(caller.wire() == Lines{"INVITE"});
    const Outgoing<TestType> second = caller.last("INVITE");
    for (const Header same : {Header::from, Header::to, Header::call_id, Header::contact})
        CHECK(field(second.message, same) == field(first.message, same));
    CHECK(MessageModel<TestType>::body(second.message) == offer_sdp);
    CHECK(field(first.message, Header::cseq) == "1 INVITE");
    CHECK(field(second.message, Header::cseq) == "2 INVITE");
    CHECK(second.branch != first.branch);
    CHECK(second.transaction != first.transaction);
    CHECK(field(second.message, name) == to_callee[0].value);
    CHECK_FALSE(caller.session.can_authenticate());

    SECTION("and makes the call, whose ACK shows them too") {
        caller.gets(180).gets(200, "bob1", answer);
        CHECK(caller.told()
              == Lines{"Ringing 180 on fork 1", "Answered 200", "Answer", "Confirmed"});
        CHECK(caller.sent_field("ACK", Header::cseq) == "2 ACK");
        CHECK(field(caller.last("ACK").message, name) == to_callee[0].value);
        caller.wire();
        // RFC 3261 §13.2.2.4: each fork's 2xx has an ACK of its own.
        caller.gets(200, "bob2", answer);
        CHECK(caller.wire() == Lines{"ACK", "BYE"});
        CHECK(field(caller.last("ACK").message, name) == to_callee[0].value);
        CHECK(field(caller.last("BYE").message, name).empty());
    }
    SECTION("and a CANCEL names the INVITE that is under way") {
        caller.gets(180);
        caller.session.cancel(caller.now);
        CHECK(caller.last("CANCEL").branch == second.branch);
        CHECK(caller.last("CANCEL").transaction == second.transaction);
        CHECK(caller.sent_field("CANCEL", Header::cseq) == "2 CANCEL");
        CHECK(field(caller.last("CANCEL").message, name).empty());
        caller.gets(487);
        CHECK(caller.state() == State::terminated);
    }
    SECTION("where the late answers to the first one count for nothing") {
        caller.told();
        caller.receive(reply(first.message, 180));
        caller.receive(reply(first.message, status));
        caller.receive(reply(first.message, 486));
        CHECK(caller.told().empty());
        CHECK(caller.state() == State::initial);
    }
    SECTION("and a second challenge has the credentials replaced") {
        caller.gets(status);
        caller.authenticates({{std::string(name_of(name)), "Digest username=\"bob\""}});
        CHECK(count(caller.last("INVITE").message, name) == 1);
        CHECK(caller.sent_field("INVITE", name) == "Digest username=\"bob\"");
        CHECK(caller.sent_field("INVITE", Header::cseq) == "3 INVITE");
    }
}

TEMPLATE_TEST_CASE("a challenge ends the INVITE where nobody wants to be asked", "[session][auth]",
                   Message, PlainMessage) {
    const int status = GENERATE(401, 407);
    Caller<TestType> caller;
    caller.gets(status);
    CHECK(caller.told()
          == Lines{"Rejected " + std::to_string(status),
                   "Terminated by remote: rejected " + std::to_string(status)});
}

// RFC 3261 §22.1: every challenge with a nonce of its own must not make INVITEs without end.
TEMPLATE_TEST_CASE("an INVITE is tried with credentials a bounded number of times",
                   "[session][auth][rfc3261][22.1]", Message, PlainMessage) {
    InviteOptions options = asking();
    options.features.authentication_tries = 2;
    Asking<TestType> caller(options);
    caller.gets(401).authenticates().gets(407).authenticates();
    caller.told();
    caller.gets(401);
    CHECK(caller.told() == Lines{"Rejected 401", "Terminated by remote: rejected 401"});
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("a challenge that nobody answers in time counts as the response",
                   "[session][auth]", Message, PlainMessage) {
    InviteOptions options = asking();
    options.timers.decision = 5s;
    Asking<TestType> caller(options);

    SECTION("to an INVITE") {
        caller.gets(401).told();
        caller.run_for(4999ms);
        CHECK(caller.told().empty());
        caller.run_for(1ms);
        CHECK(caller.told() == Lines{"Rejected 401", "Terminated by remote: rejected 401"});
        CHECK_THROWS_AS(caller.authenticates(), Error);
    }
    SECTION("to a re-INVITE") {
        caller.confirmed();
        caller.session.reinvite(caller.now, with(offer));
        caller.gets(407);
        caller.told();
        caller.run_for(4999ms);
        CHECK(caller.told().empty());
        caller.run_for(1ms);
        CHECK(caller.told() == Lines{"RolledBack local 407 with offer"});
        CHECK(caller.session.can_reinvite());
    }
    SECTION("to a request in the dialog") {
        caller.confirmed();
        caller.session.request(caller.now, "INFO");
        caller.gets_for("INFO", 401);
        caller.told();
        caller.run_for(5s);
        CHECK(caller.told() == Lines{"Responded 401"});
        CHECK(caller.state() == State::confirmed);
    }
    SECTION("to a BYE") {
        caller.confirmed();
        caller.session.bye(caller.now);
        caller.gets_for("BYE", 401);
        CHECK(caller.told() == Lines{"Terminating", "Challenged 401"});
        caller.run_for(5s);
        CHECK(caller.told() == Lines{"Terminated by local: bye 401"});
    }
    SECTION("before the time of the INVITE is over") {
        InviteOptions hasty = asking();
        hasty.timers.unanswered = 3s;
        Asking<TestType> other(hasty);
        other.gets(401).told();
        other.run_for(3s);
        CHECK(other.told() == Lines{"Rejected 401", "Terminated by remote: rejected 401"});
        CHECK(other.wire().empty());
    }
    SECTION("before the time of the re-INVITE is over") {
        InviteOptions hasty = asking();
        hasty.timers.unanswered = 3s;
        Asking<TestType> other(hasty);
        other.confirmed();
        other.session.reinvite(other.now, with(offer));
        other.gets(401).wire();
        other.told();
        other.run_for(3s);
        CHECK(other.told().empty());
        other.run_for(1min);
        CHECK(other.told() == Lines{"RolledBack local 401 with offer"});
        CHECK(other.wire().empty());
    }
}

TEMPLATE_TEST_CASE("a challenge that is given up counts at once", "[session][auth]", Message,
                   PlainMessage) {
    Asking<TestType> caller;
    CHECK_FALSE(caller.session.give_up(caller.now, 1));

    SECTION("for an INVITE") {
        caller.gets(401).told();
        CHECK_FALSE(caller.session.give_up(caller.now, caller.asked() + 1));
        CHECK(caller.session.give_up(caller.now, caller.asked()));
        CHECK(caller.told() == Lines{"Rejected 401", "Terminated by remote: rejected 401"});
    }
    SECTION("for a re-INVITE") {
        caller.confirmed();
        caller.session.reinvite(caller.now, with(offer));
        caller.gets(401).told();
        CHECK_FALSE(caller.session.give_up(caller.now, caller.asked() + 1));
        CHECK(caller.session.give_up(caller.now, caller.asked()));
        CHECK(caller.told() == Lines{"RolledBack local 401 with offer"});
    }
    SECTION("for another request") {
        caller.confirmed();
        caller.session.request(caller.now, "INFO");
        CHECK_FALSE(caller.session.give_up(caller.now, 2));
        caller.gets_for("INFO", 401);
        caller.told();
        CHECK_FALSE(caller.session.give_up(caller.now, caller.asked() + 1));
        CHECK(caller.session.give_up(caller.now, caller.asked()));
        CHECK(caller.told() == Lines{"Responded 401"});
    }
}

TEMPLATE_TEST_CASE("an INVITE that was cancelled is not tried again",
                   "[session][auth][rfc3261][9.1]", Message, PlainMessage) {
    const int status = GENERATE(401, 407, 302, 422);
    const bool ringing = GENERATE(false, true);
    Asking<TestType> caller;
    if (ringing) caller.gets(180);
    caller.session.cancel(caller.now);
    caller.wire();
    caller.told();
    if (status == 302)
        caller.gets_redirected({"<sip:carol@192.0.2.3>"});
    else if (status == 422)
        caller.gets_too_small(1800);
    else
        caller.gets(status);
    CHECK(caller.wire().empty());
    CHECK(caller.told() == Lines{"Terminated by local: cancelled " + std::to_string(status)});
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("an INVITE that waits for a decision ends with cancel() and hang_up()",
                   "[session][auth]", Message, PlainMessage) {
    const bool redirected = GENERATE(false, true);
    const bool cancel = GENERATE(false, true);
    Asking<TestType> caller;
    redirected ? caller.gets_redirected({"<sip:carol@192.0.2.3>"}) : caller.gets(401);
    caller.told();
    if (cancel)
        caller.session.cancel(caller.now);
    else
        caller.session.hang_up(caller.now);
    CHECK(caller.wire().empty()); // nothing is under way
    CHECK(caller.told()
          == Lines{std::string("Terminated by local: cancelled ") + (redirected ? "302" : "401")});
    CHECK(caller.session.done());
}

TEMPLATE_TEST_CASE("early dialogs end with the challenge to their INVITE", "[session][auth][fork]",
                   Message, PlainMessage) {
    Asking<TestType> caller;
    caller.gets(180, "bob1").gets(183, "bob2");
    caller.session.update(caller.now);
    caller.session.request(caller.now, "INFO");
    caller.wire();
    caller.told();
    caller.gets(401, "bob3");
    CHECK(caller.told() == Lines{"RolledBack local 487", "Responded 481", "Challenged 401"});
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.dialog() == nullptr);
    CHECK(caller.session.forks().empty());

    caller.authenticates().gets(180, "bob2");
    CHECK(caller.told() == Lines{"Ringing 180 on fork 3"});
    CHECK(caller.session.dialog()->id().remote_tag == "bob2");
    caller.gets(200, "bob2", answer);
    CHECK(caller.state() == State::confirmed);
}

// RFC 3261 §16.7: a proxy passes on each 2xx, whatever it has passed on before.
TEMPLATE_TEST_CASE("a 2xx that follows the challenge makes the call after all",
                   "[session][auth][fork]", Message, PlainMessage) {
    Asking<TestType> caller;
    caller.gets(401).told();
    caller.gets(200, "bob2", answer);
    CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed"});
    CHECK(caller.wire() == Lines{"ACK"});
    CHECK_FALSE(caller.session.can_authenticate());
    caller.run_for(10min);
    CHECK(caller.told().empty());
    CHECK(caller.state() == State::confirmed);
}

// RFC 3261 §13.2.2.4: every 2xx gets its ACK.
TEMPLATE_TEST_CASE("a 2xx to an INVITE that was sent again meanwhile gets ACK and BYE",
                   "[session][auth][fork][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Asking<TestType> caller;
    const TestType first = caller.last("INVITE").message;
    caller.gets(401).authenticates().wire();
    caller.told();
    const TestType late = reply(first, 200, "other", answer, "<sip:other@192.0.2.7>");
    caller.receive(late);
    CHECK(caller.wire() == Lines{"ACK", "BYE"});
    CHECK(caller.sent_field("ACK", Header::cseq) == "1 ACK");
    CHECK(caller.sent_field("BYE", Header::cseq) == "3 BYE");
    CHECK(MessageModel<TestType>::request_uri(caller.last("BYE").message) == "sip:other@192.0.2.7");
    CHECK(caller.session.dialog() == nullptr);
    caller.receive(late);
    CHECK(caller.wire() == Lines{"ACK"});
    caller.gets_for("BYE", 200);
    CHECK(caller.told().empty());

    caller.gets(180, "bob1").gets(200, "bob1", answer);
    CHECK(caller.state() == State::confirmed);
    CHECK(caller.session.dialog()->id().remote_tag == "bob1");
    CHECK(caller.sent_field("ACK", Header::cseq) == "2 ACK");
}

// RFC 3261 §22.2, §14.1
TEMPLATE_TEST_CASE("a re-INVITE that is challenged is sent again with credentials",
                   "[session][auth][rfc3261][22.2]", Message, PlainMessage) {
    Asking<TestType> caller;
    caller.confirmed();
    caller.session.reinvite(caller.now, with(offer));
    const Outgoing<TestType> first = caller.last("INVITE");
    caller.gets(180).gets(401);
    CHECK(caller.told() == Lines{"Ringing 180 on fork 1", "Challenged 401"});
    CHECK_FALSE(caller.session.can_reinvite());

    SECTION("and changes the session") {
        caller.authenticates();
        const Outgoing<TestType> second = caller.last("INVITE");
        CHECK(field(second.message, Header::cseq) == "3 INVITE");
        CHECK(second.branch != first.branch);
        CHECK(field(second.message, Header::to) == field(first.message, Header::to));
        CHECK(field(second.message, Header::authorization) == to_callee[0].value);
        CHECK(MessageModel<TestType>::body(second.message) == offer_sdp);
        caller.wire();
        caller.gets(200, "bob1", answer);
        CHECK(caller.told() == Lines{"Modified 200", "Answer"});
        CHECK(caller.sent_field("ACK", Header::cseq) == "3 ACK");
        CHECK(caller.sent_field("ACK", Header::authorization) == to_callee[0].value);
    }
    SECTION("a bounded number of times") {
        for (int i = 0; i < 3; ++i)
            caller.authenticates().gets(401);
        CHECK(caller.told()
              == Lines{"Challenged 401", "Challenged 401", "RolledBack local 401 with offer"});
    }
    SECTION("unless it is cancelled meanwhile") {
        caller.session.cancel(caller.now);
        CHECK(caller.told() == Lines{"RolledBack local 487 with offer"});
        CHECK_FALSE(caller.session.can_authenticate());
        CHECK(caller.session.can_reinvite());
    }
    SECTION("unless the call ends meanwhile") {
        caller.wire();
        caller.session.hang_up(caller.now);
        CHECK(caller.wire() == Lines{"BYE"});
        CHECK(caller.told() == Lines{"Terminating"});
        CHECK_THROWS_AS(caller.authenticates(), Error);
        caller.gets_for("BYE", 200);
        CHECK(caller.told() == Lines{"Terminated by local: bye 200"});
        CHECK(caller.session.done() == false); // the INVITE's 2xx can be repeated
    }
}

TEMPLATE_TEST_CASE("a re-INVITE that was cancelled is not tried again with credentials",
                   "[session][auth]", Message, PlainMessage) {
    Asking<TestType> caller;
    caller.confirmed();
    caller.session.reinvite(caller.now, with(offer));
    caller.session.cancel(caller.now);
    caller.wire();
    caller.gets(401);
    CHECK(caller.told() == Lines{"RolledBack local 401 with offer"});
    CHECK(caller.wire().empty());
}

TEMPLATE_TEST_CASE("a callee's re-INVITE and BYE are sent again with credentials too",
                   "[session][auth][rfc3261][22.2]", Message, PlainMessage) {
    Callee<TestType> callee(invite_of_peer<TestType>(), bob_asking());
    callee.answers().gets_ack();
    callee.session.reinvite(callee.now, with(offer));
    callee.receive(reply(callee.last("INVITE").message, 407, ""));
    callee.wire();
    using Challenged = typename Session<TestType>::Challenged;
    callee.session.authenticate(callee.now, callee.template last_event<Challenged>().request,
                                to_proxy);
    CHECK(callee.wire() == Lines{"INVITE"});
    CHECK(field(callee.last("INVITE").message, Header::proxy_authorization) == to_proxy[0].value);
    callee.receive(reply(callee.last("INVITE").message, 200, "", answer));
    callee.wire();
    callee.session.bye(callee.now);
    callee.gets_for("BYE", 407);
    callee.session.authenticate(callee.now, callee.template last_event<Challenged>().request,
                                to_proxy);
    CHECK(callee.wire() == Lines{"BYE", "BYE"});
    CHECK(field(callee.last("BYE").message, Header::proxy_authorization) == to_proxy[0].value);
    callee.gets_for("BYE", 200);
    CHECK(callee.state() == State::terminated);
}

// RFC 3261 §22.2: each request but ACK and CANCEL.
TEMPLATE_TEST_CASE("every request in the dialog that is challenged is sent again with credentials",
                   "[session][auth][rfc3261][22.2][22.3]", Message, PlainMessage) {
    const int status = GENERATE(401, 407);
    const std::string method = GENERATE("UPDATE", "BYE", "INFO", "OPTIONS", "PRACK");
    const auto& credentials = status == 401 ? to_callee : to_proxy;
    const Header name = status == 401 ? Header::authorization : Header::proxy_authorization;
    InviteOptions options = asking();
    options.features.timer.use = SessionTimerPolicy::Use::off;
    Asking<TestType> caller(options);
    TransactionId id = 0;
    if (method == "PRACK") {
        TestType reliable = reply(caller.last("INVITE").message, 180);
        MessageModel<TestType>::add(reliable, Header::require, "100rel");
        MessageModel<TestType>::add(reliable, Header::rseq, "7");
        caller.receive(reliable);
    } else {
        caller.confirmed();
        if (method == "UPDATE")
            caller.session.update(caller.now, with(offer));
        else if (method == "BYE")
            caller.session.bye(caller.now);
        else
            id = caller.session.request(caller.now, method, with({"text/plain", "hello", {}}));
    }
    caller.told();
    const Outgoing<TestType> first = caller.last(method);
    caller.gets_for(method, status);
    REQUIRE(caller.told() == Lines{"Challenged " + std::to_string(status)});
    if (id) CHECK(caller.asked() == id);
    CHECK_THROWS_AS(caller.session.authenticate(caller.now, caller.asked() + 99, credentials),
                    Error);
    caller.wire();
    caller.authenticates(credentials);
    CHECK(caller.wire() == Lines{method});
    const Outgoing<TestType> second = caller.last(method);
    CHECK(field(first.message, Header::cseq) == "2 " + method);
    CHECK(field(second.message, Header::cseq) == "3 " + method);
    CHECK(second.branch != first.branch);
    CHECK(second.transaction != first.transaction);
    for (const Header same : {Header::from, Header::to, Header::call_id, Header::rack,
                              Header::contact, Header::content_type, Header::supported})
        CHECK(field(second.message, same) == field(first.message, same));
    CHECK(MessageModel<TestType>::body(second.message)
          == MessageModel<TestType>::body(first.message));
    CHECK(field(second.message, name) == credentials[0].value);

    // The answer to the first try says nothing any more.
    caller.receive(MessageModel<TestType>::response(first.message, 486, "Late", ""));
    CHECK(caller.told().empty());

    SECTION("and its answer counts") {
        caller.receive(reply(second.message, 200, "", method == "UPDATE" ? answer : Body{}));
        Lines told;
        if (method == "UPDATE") told = {"Modified 200", "Answer"};
        if (method == "BYE") told = {"Terminated by local: bye 200"};
        if (id) told = {"Responded 200"};
        CHECK(caller.told() == told);
    }
    SECTION("a bounded number of times") {
        caller.gets_for(method, status);
        caller.authenticates(credentials);
        caller.gets_for(method, status);
        caller.authenticates(credentials);
        caller.told();
        caller.wire();
        caller.gets_for(method, status);
        CHECK_FALSE(caller.session.can_authenticate());
        CHECK(caller.wire().empty());
        const std::string text = std::to_string(status);
        Lines told;
        if (method == "UPDATE") told = {"RolledBack local " + text + " with offer"};
        if (method == "BYE") told = {"Terminated by local: bye " + text};
        if (id) told = {"Responded " + text};
        CHECK(caller.told() == told);
    }
    SECTION("and silence ends it as it would have ended the first one") {
        caller.session.failed(caller.now, second.transaction, Failure::timeout);
        Lines told;
        if (method == "UPDATE") told = {"RolledBack local 408 with offer", "Terminating"};
        if (method == "BYE") told = {"Terminated by local: bye 408"};
        if (id) told = {"Responded 408", "Terminating"};
        CHECK(caller.told() == told);
    }
}

TEMPLATE_TEST_CASE("what waits for credentials ends with the peer's BYE", "[session][auth]",
                   Message, PlainMessage) {
    Asking<TestType> caller;
    caller.confirmed();
    caller.session.request(caller.now, "INFO");
    caller.gets_for("INFO", 401);
    caller.told();
    caller.requested("BYE");
    CHECK(caller.told() == Lines{"Responded 481", "Terminated by remote: bye"});
    CHECK_FALSE(caller.session.can_authenticate());
}

TEMPLATE_TEST_CASE("the BYE of another fork may be challenged as well, but not after the end",
                   "[session][auth][fork]", Message, PlainMessage) {
    Asking<TestType> caller;
    caller.confirmed();
    caller.gets(200, "bob2", answer);
    const TestType bye = caller.last("BYE").message;
    SECTION("while the call lives") {
        caller.receive(MessageModel<TestType>::response(bye, 401, "No", ""));
        CHECK(caller.told() == Lines{"Challenged 401"});
        caller.authenticates();
        CHECK(caller.sent_field("BYE", Header::authorization) == to_callee[0].value);
        caller.gets_for("BYE", 200);
        CHECK(caller.told().empty());
        CHECK(caller.state() == State::confirmed);
    }
    SECTION("once it is over nothing is told any more") {
        caller.requested("BYE");
        caller.told();
        caller.receive(MessageModel<TestType>::response(bye, 401, "No", ""));
        CHECK(caller.told().empty());
        caller.run_for(1min);
        CHECK(caller.session.done());
    }
}

TEMPLATE_TEST_CASE("credentials that break the message are refused and change nothing",
                   "[session][auth]", Message, PlainMessage) {
    Asking<TestType> caller;
    caller.gets(401);
    const std::string before = caller.snapshot();
    CHECK_THROWS_AS(caller.authenticates({{"Authorization", "Digest\r\nX: 1"}}), UnsafeValue);
    CHECK_THROWS_AS(caller.authenticates({{"Via", "SIP/2.0/UDP x"}}), BadArgument);
    CHECK_THROWS_AS(caller.session.authenticate(caller.now, caller.asked() + 1, to_callee), Error);
    CHECK(caller.snapshot() == before);
}

// RFC 3261 §8.1.3.4, §21.3
TEMPLATE_TEST_CASE("a redirected INVITE follows the target that the application chooses",
                   "[session][redirect][rfc3261][8.1.3.4][21.3.1][21.3.2][21.3.3]", Message,
                   PlainMessage) {
    const int status = GENERATE(300, 301, 302);
    Asking<TestType> caller;
    const Outgoing<TestType> first = caller.last("INVITE");
    caller.gets(180);
    caller.told();
    caller.gets_redirected(
        {"<sip:low@192.0.2.3>;q=0.1, <sip:high@192.0.2.4;method=INVITE?X=1>;q=0.9",
         "<sip:mid@192.0.2.5>;q=0.5", "<mailto:bob@biloxi.example>"},
        status);
    CHECK(caller.told() == Lines{"Redirected " + std::to_string(status)});
    CHECK(
        caller.targets()
        == Lines{"sip:high@192.0.2.4;method=INVITE?X=1", "sip:mid@192.0.2.5", "sip:low@192.0.2.3"});
    CHECK(caller.state() == State::initial);
    CHECK(caller.session.can_follow());
    CHECK_FALSE(caller.session.can_authenticate());
    CHECK(caller.wire().empty());
    const std::string before = caller.snapshot();
    CHECK_THROWS_AS(caller.session.follow(caller.now, "sip:elsewhere@192.0.2.6"), Error);
    CHECK_THROWS_AS(caller.session.follow(caller.now, "no URI at all"), BadArgument);
    CHECK(caller.snapshot() == before);

    caller.session.follow(caller.now, caller.targets()[0]);
    CHECK(caller.wire() == Lines{"INVITE"});
    const Outgoing<TestType> second = caller.last("INVITE");
    CHECK(caller.uri() == "sip:high@192.0.2.4");
    for (const Header same : {Header::from, Header::to, Header::call_id, Header::contact,
                              Header::allow, Header::supported, Header::content_type})
        CHECK(field(second.message, same) == field(first.message, same));
    CHECK(MessageModel<TestType>::body(second.message) == offer_sdp);
    CHECK(field(second.message, Header::cseq) == "2 INVITE");
    CHECK(second.branch != first.branch);
    CHECK(second.next_hop == NextHop::request_uri);
    CHECK_FALSE(caller.session.can_follow());

    SECTION("where it is answered") {
        caller.gets(200, "high", answer);
        CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed"});
    }
    SECTION("and the next one where it fails") {
        caller.gets(486);
        CHECK(caller.told() == Lines{"Redirected 486"});
        CHECK(caller.targets() == Lines{"sip:mid@192.0.2.5", "sip:low@192.0.2.3"});
        // Out of its turn.
        caller.session.follow(caller.now, "sip:low@192.0.2.3");
        CHECK(caller.uri() == "sip:low@192.0.2.3");
        CHECK(caller.sent_field("INVITE", Header::to) == field(first.message, Header::to));
        caller.gets(404);
        caller.session.follow(caller.now, "sip:mid@192.0.2.5");
        caller.told();
        caller.gets(480);
        CHECK(caller.told() == Lines{"Rejected 480", "Terminated by remote: rejected 480"});
    }
    SECTION("and the next one where it does not answer") {
        const auto [failure, as] = GENERATE(std::pair(Failure::timeout, "Redirected 408"),
                                            std::pair(Failure::transport, "Redirected 503"));
        caller.session.failed(caller.now, second.transaction, failure);
        CHECK(caller.told() == Lines{as});
        caller.session.follow(caller.now, "sip:mid@192.0.2.5");
        CHECK(caller.uri() == "sip:mid@192.0.2.5");
    }
    SECTION("but none after a 6xx") {
        caller.gets(603);
        CHECK(caller.told() == Lines{"Rejected 603", "Terminated by remote: rejected 603"});
    }
    SECTION("and the targets of a further redirection join the others") {
        caller.gets_redirected({"<sip:more@192.0.2.8>;q=0.3", "<sip:bob@biloxi.example>",
                                "<sip:MID@192.0.2.5>;q=0.7",
                                "<sip:high@192.0.2.4;method=INVITE?X=1>"});
        CHECK(caller.targets()
              == Lines{"sip:MID@192.0.2.5", "sip:mid@192.0.2.5", "sip:more@192.0.2.8",
                       "sip:low@192.0.2.3"});
    }
    SECTION("and a challenge there leaves the others for later") {
        caller.gets(401);
        CHECK(caller.told() == Lines{"Challenged 401"});
        CHECK_FALSE(caller.session.can_follow());
        CHECK(caller.session.can_authenticate());
        caller.authenticates();
        CHECK(caller.uri() == "sip:high@192.0.2.4");
        caller.told();
        caller.gets(486);
        CHECK(caller.told() == Lines{"Redirected 486"});
        caller.session.follow(caller.now, "sip:mid@192.0.2.5");
        // What was shown to one is nothing to the next.
        CHECK(caller.sent_field("INVITE", Header::authorization).empty());
    }
    SECTION("or none where nobody chooses in time") {
        caller.gets(486);
        caller.told();
        caller.run_for(1min);
        CHECK(caller.told() == Lines{"Rejected 486", "Terminated by remote: rejected 486"});
    }
}

// RFC 3261 §8.1.3.4: the user should know when the next hop is not secure any more.
// RFC 3911 §5: the redirected INVITE MUST contain the same Join header field as the first one.
TEMPLATE_TEST_CASE("a redirected INVITE keeps what the application has put into the first one",
                   "[session][redirect][rfc3911][5]", Message, PlainMessage) {
    InviteOptions options = alice_calls_bob();
    options.features.on_redirect = SessionFeatures::Decision::ask;
    options.fields = {{"Join", "12345600@atlanta.example;from-tag=1234567;to-tag=23431"},
                      {"Subject", "lunch"}};
    Caller<TestType> caller(options);
    TestType moved = reply(caller.invite(), 302, "bob1", {}, "<sip:carol@192.0.2.7>");
    caller.receive(std::move(moved));
    caller.session.follow(caller.now, "sip:carol@192.0.2.7");
    const TestType& second = caller.last("INVITE").message;
    CHECK(field(second, Header::cseq) == "2 INVITE");
    CHECK(field(second, Header::join) == "12345600@atlanta.example;from-tag=1234567;to-tag=23431");
    CHECK(field(second, Header::subject) == "lunch");
}

TEMPLATE_TEST_CASE("a redirection away from SIPS is shown before anything follows it",
                   "[session][redirect][rfc3261][8.1.3.4]", Message, PlainMessage) {
    InviteOptions options = asking();
    options.target = "sips:bob@biloxi.example";
    options.contact = "<sips:alice@192.0.2.1>";
    Asking<TestType> caller(options);
    caller.gets_redirected({"<sip:bob@192.0.2.3>", "<sips:bob@192.0.2.3>;q=0.5"});
    CHECK(caller.targets() == Lines{"sip:bob@192.0.2.3", "sips:bob@192.0.2.3"});
    CHECK(caller.wire().empty());
    caller.session.follow(caller.now, "sips:bob@192.0.2.3");
    CHECK(caller.uri() == "sips:bob@192.0.2.3");
}

TEMPLATE_TEST_CASE("a redirection ends the INVITE where it names nothing to follow",
                   "[session][redirect][rfc3261][8.1.3.4][21.3.4]", Message, PlainMessage) {
    Asking<TestType> caller;
    const auto [status, contacts] =
        GENERATE(table<int, std::vector<std::string>>({{302, {}},
                                                       {302, {"<sip:bob@biloxi.example>"}},
                                                       {302, {"<mailto:bob@biloxi.example>", "?"}},
                                                       {305, {"<sip:proxy.biloxi.example>"}},
                                                       {380, {}}}));
    caller.gets_redirected(contacts, status);
    const std::string text = std::to_string(status);
    CHECK(caller.told() == Lines{"Redirected " + text, "Terminated by remote: redirected " + text});
    CHECK(caller.targets().empty());
    CHECK(caller.session.done());
}

// RFC 3261 §8.1.3.4: no URI enters the target set twice.
TEMPLATE_TEST_CASE("servers that send an INVITE to each other are asked once each",
                   "[session][redirect][rfc3261][8.1.3.4]", Message, PlainMessage) {
    const bool challenged = GENERATE(false, true);
    Asking<TestType> caller;
    caller.gets_redirected({"<sip:other@192.0.2.3>"});
    caller.session.follow(caller.now, caller.targets().at(0));
    if (challenged) caller.gets(401).authenticates();
    caller.told();
    caller.gets_redirected({"<sip:bob@biloxi.example>"});
    CHECK(caller.told() == Lines{"Redirected 302", "Terminated by remote: redirected 302"});
}

TEMPLATE_TEST_CASE("an INVITE follows a bounded number of redirections", "[session][redirect]",
                   Message, PlainMessage) {
    InviteOptions options = asking();
    options.redirections = 3;
    Asking<TestType> caller(options);
    int followed = 0;
    while (caller.state() != State::terminated && followed < 10) {
        caller.gets_redirected({"<sip:" + std::to_string(followed) + "@192.0.2.3>"});
        if (!caller.session.can_follow()) break;
        caller.session.follow(caller.now, caller.targets().at(0));
        ++followed;
    }
    CHECK(followed == 3);
    CHECK(caller.state() == State::terminated);
}

// RFC 4028 §7.3: again, with the Min-SE of the 422; §7.4: the largest one heard.
TEMPLATE_TEST_CASE("an INVITE that got 422 is sent again with a larger interval",
                   "[session][timer][rfc4028][7.3][7.4]", Message, PlainMessage) {
    InviteOptions options = asking();
    options.features.timer.use = SessionTimerPolicy::Use::always;
    options.features.timer.interval = 100s;
    Asking<TestType> caller(options);
    const Outgoing<TestType> first = caller.last("INVITE");
    caller.gets(180);
    caller.told();
    caller.gets_too_small(300);
    CHECK(caller.wire() == Lines{"INVITE"});
    CHECK(caller.told().empty());
    CHECK(caller.state() == State::initial);
    const Outgoing<TestType> second = caller.last("INVITE");
    for (const Header same : {Header::from, Header::to, Header::call_id, Header::supported,
                              Header::require, Header::proxy_require})
        CHECK(field(second.message, same) == field(first.message, same));
    CHECK(field(second.message, Header::cseq) == "2 INVITE");
    CHECK(second.branch != first.branch);
    CHECK(field(second.message, Header::min_se) == "300");
    CHECK(field(second.message, Header::session_expires).starts_with("300"));

    SECTION("also with the credentials that it had") {
        caller.gets(401).authenticates().gets_too_small(400);
        CHECK(caller.sent_field("INVITE", Header::cseq) == "4 INVITE");
        CHECK(caller.sent_field("INVITE", Header::authorization) == to_callee[0].value);
        CHECK(caller.sent_field("INVITE", Header::min_se) == "400");
    }
    SECTION("a bounded number of times") {
        int tries = 1;
        for (; caller.state() != State::terminated && tries < 20; ++tries)
            caller.gets_too_small(300 + tries);
        CHECK(tries < 10);
        CHECK(caller.told().back() == "Terminated by remote: rejected 422");
    }
    SECTION("but not where it asks for no more than it was given") {
        caller.gets_too_small(300);
        CHECK(caller.told() == Lines{"Rejected 422", "Terminated by remote: rejected 422"});
    }
}

TEMPLATE_TEST_CASE("each target of a redirection may ask for credentials anew",
                   "[session][redirect][auth]", Message, PlainMessage) {
    InviteOptions options = asking();
    options.features.authentication_tries = 1;
    Asking<TestType> caller(options);
    caller.gets(401).authenticates().gets_redirected({"<sip:carol@192.0.2.3>"});
    caller.session.follow(caller.now, "sip:carol@192.0.2.3");
    caller.told();
    caller.gets(401);
    CHECK(caller.told() == Lines{"Challenged 401"});
    caller.authenticates().gets(401);
    CHECK(caller.told() == Lines{"Rejected 401", "Terminated by remote: rejected 401"});
}

TEMPLATE_TEST_CASE("a PRACK that waits for credentials does not outlive its INVITE",
                   "[session][auth][rfc3262]", Message, PlainMessage) {
    Asking<TestType> caller;
    TestType reliable = reply(caller.last("INVITE").message, 180);
    MessageModel<TestType>::add(reliable, Header::require, "100rel");
    MessageModel<TestType>::add(reliable, Header::rseq, "7");
    caller.receive(reliable);
    caller.gets_for("PRACK", 401);
    REQUIRE(caller.session.can_authenticate());
    caller.gets(486).told();
    CHECK_FALSE(caller.session.can_authenticate());
    CHECK(caller.session.done());
}

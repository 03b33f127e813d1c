#include "offhook/session/refreshing.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"
#include "../support/pair.hpp"

#include <string>
#include <utility>
#include <vector>

using namespace offhook;
using namespace test;

namespace {

using Use = SessionTimerPolicy::Use;
using Side = SessionTimerPolicy::Side;
using Fields = std::vector<std::pair<Header, std::string>>;

const Fields by_us = {{Header::session_expires, "1800;refresher=uac"}, {Header::require, "timer"}};
const std::string with_update = "INVITE, ACK, BYE, UPDATE";
const std::string without_update = "INVITE, ACK, BYE";

template <class M>
M plus(M message, const Fields& fields) {
    for (const auto& [name, value] : fields)
        MessageModel<M>::add(message, name, value);
    return message;
}

InviteOptions calling_with(const SessionTimerPolicy& policy) {
    InviteOptions options = alice_calls_bob();
    options.features.timer = policy;
    return options;
}

IncomingOptions called_with(const SessionTimerPolicy& policy) {
    IncomingOptions options = at_bob();
    options.features.timer = policy;
    return options;
}

/// The peer's answer to the last request of that name.
template <class M>
void answer_to(Agent<M>& agent, std::string_view method, int status, const Fields& fields = {},
               const Body& body = {}) {
    M response = MessageModel<M>::response(agent.last(method).message, status, "Reason", "");
    if (status < 300 && method != "BYE")
        MessageModel<M>::add(response, Header::contact, "<sip:peer@192.0.2.9>");
    add_to(response, with(body));
    agent.receive(plus(std::move(response), fields));
}

/// A confirmed call with a session interval of 1800 s.
template <class M>
Agent<M> timed(Role role, bool we_refresh, const std::string& allow = with_update,
               SessionTimerPolicy policy = {}) {
    const bool uac = we_refresh == (role == Role::uac);
    const Fields fields = {
        {Header::session_expires, uac ? "1800;refresher=uac" : "1800;refresher=uas"},
        {role == Role::uac ? Header::require : Header::supported, "timer"},
        {Header::allow, allow}};
    const auto quiet = [](Agent<M> agent) {
        agent.wire();
        agent.told();
        return agent;
    };
    if (role == Role::uac) {
        Caller<M> caller(calling_with(policy));
        caller.receive(plus(reply(caller.invite(), 200, "bob1", answer), fields));
        return quiet(std::move(caller));
    }
    Callee<M> callee(plus(invite_of_peer<M>(), fields), called_with(policy));
    callee.answers().gets_ack();
    return quiet(std::move(callee));
}

/// A request of the peer in the call.
template <class M>
void requested(Agent<M>& agent, std::string_view method, std::uint32_t number, const Fields& fields,
               const Body& body = {}) {
    M request = in_dialog(*agent.session.dialog(), method, number);
    MessageModel<M>::add(request, Header::contact, "<sip:peer@192.0.2.9>");
    add_to(request, with(body));
    agent.receive(plus(std::move(request), fields), 77);
}

const Role roles[] = {Role::uac, Role::uas};

Fields answered_by(const char* refresher, int interval = 1800) {
    return {{Header::session_expires, std::to_string(interval) + ";refresher=" + refresher},
            {Header::require, "timer"},
            {Header::allow, with_update}};
}

} // namespace

// RFC 4028 §7.1: "A UAC that supports the session timer extension defined here MUST include a
// Supported header field in each request (except ACK), listing the option tag 'timer'." And no
// Require, which would fail the call at a peer without it.
TEMPLATE_TEST_CASE("the INVITE asks for the session timer as the application wants it",
                   "[session][rfc4028][7.1]", Message, PlainMessage) {
    struct Row {
        SessionTimerPolicy policy;
        bool supported;
        const char* session_expires;
        const char* min_se;
    };
    const Row rows[] = {
        {{.use = Use::off}, false, "", ""},
        {{.use = Use::on_request}, true, "", ""},
        {{}, true, "1800", ""},
        {{.interval = 600s, .minimum = 300s}, true, "600", "300"},
        {{.use = Use::on_request, .minimum = 300s}, true, "", "300"},
        {{.refresher = Side::self}, true, "1800;refresher=uac", ""},
        {{.refresher = Side::peer}, true, "1800", ""}, // §7.4: nobody knows yet whether it can
    };
    for (const Row& row : rows) {
        const Caller<TestType> caller(calling_with(row.policy));
        const TestType& invite = caller.invite();
        INFO(text_of(invite));
        CHECK(any_lists(invite, Header::supported, "timer") == row.supported);
        CHECK(field(invite, Header::session_expires) == row.session_expires);
        CHECK(field(invite, Header::min_se) == row.min_se);
        CHECK(count(invite, Header::require) == 0);
        CHECK(count(invite, Header::proxy_require) == 0);
    }
}

// RFC 4028 §7.1
TEMPLATE_TEST_CASE("each request but ACK says that the session timer is supported",
                   "[session][rfc4028][7.1][7.4]", Message, PlainMessage) {
    const bool off = GENERATE(false, true);
    for (const Role role : roles) {
        auto agent =
            timed<TestType>(role, false, with_update, {.use = off ? Use::off : Use::on_request});
        agent.session.update(agent.now);
        agent.session.request(agent.now, "INFO");
        answer_to(agent, "UPDATE", 200);
        agent.session.reinvite(agent.now, with(offer));
        answer_to(agent, "INVITE", 180);
        agent.session.cancel(agent.now);
        answer_to(agent, "INVITE", 200, {}, answer);
        agent.session.bye(agent.now);
        for (const char* const method : {"UPDATE", "INFO", "INVITE", "CANCEL", "BYE"}) {
            INFO(method);
            CHECK(any_lists(agent.last(method).message, Header::supported, "timer") == !off);
            // §7.4: a refresh says the same as the INVITE that made the dialog.
            CHECK(field(agent.last(method).message, Header::supported)
                  == option_tags_of(agent.session.features()));
            CHECK(count(agent.last(method).message, Header::supported) == 1);
            CHECK(count(agent.last(method).message, Header::require) == 0);
        }
        CHECK(count(agent.last("ACK").message, Header::supported) == 0);
    }
    MessageOptions own;
    own.fields = {{"Require", "timer"}};
    auto agent = timed<TestType>(Role::uac, false);
    agent.session.request(agent.now, "INFO", own);
    CHECK(any_lists(agent.last("INFO").message, Header::supported, "timer"));
    agent.session.reinvite(agent.now, own);
    CHECK(any_lists(agent.last("INVITE").message, Header::supported, "timer"));
    own.fields = {{"k", "timer, x"}};
    agent.session.request(agent.now, "INFO", own);
    CHECK(field(agent.last("INFO").message, Header::supported) == "timer, x");
    CHECK(count(agent.last("INFO").message, Header::supported) == 1);
}

// RFC 4028 §9, table 2
TEMPLATE_TEST_CASE("the 2xx grants the session timer, names the refresher and requires the timer",
                   "[session][rfc4028][9]", Message, PlainMessage) {
    struct Row {
        SessionTimerPolicy policy;
        Fields invite;
        const char* session_expires;
        bool require;
        const char* told;
    };
    const Fields timer = {{Header::supported, "timer"}};
    const auto asks = [&](const char* expires) {
        Fields fields = timer;
        fields.emplace_back(Header::session_expires, expires);
        return fields;
    };
    const Row rows[] = {
        {{.use = Use::off}, asks("1800"), "", false, ""},
        {{.use = Use::on_request}, timer, "", false, ""},
        {{.use = Use::on_request}, {}, "", false, ""},
        {{.use = Use::on_request},
         asks("1800"),
         "1800;refresher=uac",
         true,
         "Refreshed 1800 by peer"},
        {{.use = Use::on_request},
         asks("7200"),
         "7200;refresher=uac",
         true,
         "Refreshed 7200 by peer"},
        {{.use = Use::on_request},
         asks("900;refresher=uas"),
         "900;refresher=uas",
         true,
         "Refreshed 900 by us"},
        {{.use = Use::on_request, .refresher = Side::self},
         asks("900"),
         "900;refresher=uas",
         true,
         "Refreshed 900 by us"},
        {{.use = Use::on_request, .refresher = Side::self},
         asks("900;refresher=uac"),
         "900;refresher=uac",
         true,
         "Refreshed 900 by peer"},
        {{}, timer, "1800;refresher=uac", true, "Refreshed 1800 by peer"},
        {{}, asks("7200"), "1800;refresher=uac", true, "Refreshed 1800 by peer"},
        // A proxy asked, for a UAC without the extension: only we can refresh.
        {{.use = Use::on_request},
         {{Header::session_expires, "1800"}},
         "1800;refresher=uas",
         false,
         "Refreshed 1800 by us"},
        {{}, {}, "1800;refresher=uas", false, "Refreshed 1800 by us"},
        {{.alone = false}, {}, "", false, ""},
    };
    for (const Row& row : rows) {
        Callee<TestType> callee(plus(invite_of_peer<TestType>(), row.invite),
                                called_with(row.policy));
        callee.answers();
        const TestType& success = callee.last("200 INVITE").message;
        INFO(text_of(callee.invite()) << text_of(success));
        CHECK(field(success, Header::session_expires) == row.session_expires);
        CHECK(any_lists(success, Header::require, "timer") == row.require);
        // RFC 4028 §5: Min-SE is for requests and the 422.
        CHECK(count(success, Header::min_se) == 0);
        CHECK(any_lists(success, Header::supported, "timer") == (row.policy.use != Use::off));
        callee.told();
        callee.gets_ack();
        Lines told{"Confirmed"};
        if (*row.told) told.emplace_back(row.told);
        CHECK(callee.told() == told);
    }
}

// RFC 4028 §7.2
TEMPLATE_TEST_CASE("the caller is told of the timer that the 2xx starts, with the ACK",
                   "[session][rfc4028][7.2]", Message, PlainMessage) {
    struct Row {
        SessionTimerPolicy policy;
        Fields success;
        const char* told;
    };
    const Row rows[] = {
        {{.use = Use::off}, answered_by("uac"), ""},
        {{.use = Use::on_request}, {}, ""},
        {{.use = Use::on_request}, answered_by("uac"), "Refreshed 1800 by us"},
        {{.use = Use::on_request}, answered_by("uas", 600), "Refreshed 600 by peer"},
        {{}, {}, "Refreshed 1800 by us"}, // the peer does not know it: alone
        {{.alone = false}, {}, ""},
        {{}, {{Header::supported, "timer"}}, ""},
    };
    const bool late = GENERATE(false, true);
    for (const Row& row : rows) {
        InviteOptions options = calling_with(row.policy);
        if (late) options.offer = {};
        Caller<TestType> caller(options);
        caller.receive(
            plus(reply(caller.invite(), 200, "bob1", late ? offer : answer), row.success));
        if (late) caller.session.ack(caller.now, with(answer));
        const Lines told = caller.told();
        INFO(text_of(reply(caller.invite(), 200)) << row.told);
        Lines end{"Confirmed"};
        if (*row.told) end.emplace_back(row.told);
        REQUIRE(told.size() > end.size());
        CHECK(Lines(told.end() - static_cast<std::ptrdiff_t>(end.size()), told.end()) == end);
    }
}

// RFC 4028 §9: "When sending the 422 response, the UAS MUST include a Min-SE header field with the
// value of its minimum interval."
TEMPLATE_TEST_CASE("INVITE, re-INVITE and UPDATE with too small an interval get 422 with Min-SE",
                   "[session][rfc4028][6][9]", Message, PlainMessage) {
    const SessionTimerPolicy policy{.use = Use::on_request, .minimum = 300s};
    const Fields small = {{Header::supported, "timer"}, {Header::session_expires, "120"}};
    Callee<TestType> callee(plus(invite_of_peer<TestType>(), small), called_with(policy));
    CHECK(callee.wire() == Lines{"422 INVITE"});
    CHECK(field(callee.last("422 INVITE").message, Header::min_se) == "300");
    CHECK(callee.told() == Lines{"Terminated by local: rejected 422"});
    CHECK(callee.session.done());
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, false, with_update, policy);
        requested(agent, "INVITE", 400, small, offer);
        requested(agent, "UPDATE", 401, small);
        requested(agent, "UPDATE", 402, small, offer);
        CHECK(agent.wire() == Lines{"422 INVITE", "422 UPDATE", "422 UPDATE"});
        CHECK(field(agent.last("422 INVITE").message, Header::min_se) == "300");
        CHECK(field(agent.last("422 UPDATE").message, Header::min_se) == "300");
        CHECK(agent.told().empty());
        // The refused ones have extended nothing.
        agent.run_for(1768s);
        CHECK(agent.wire() == Lines{"BYE"});
    }
    // §8.1: a UAC that does not know the extension would only lose the call.
    Callee<TestType> plain(plus(invite_of_peer<TestType>(), {{Header::session_expires, "120"}}),
                           called_with(policy));
    plain.answers();
    CHECK(plain.wire() == Lines{"200 INVITE"});
}

// RFC 3261 §8.2.2.3
TEMPLATE_TEST_CASE("an INVITE that requires the session timer gets 420 where it is off",
                   "[session][rfc4028][7.1][rfc3261][8.2.2.3]", Message, PlainMessage) {
    const Fields require = {{Header::require, "timer"}, {Header::session_expires, "1800"}};
    Callee<TestType> callee(plus(invite_of_peer<TestType>(), require),
                            called_with({.use = Use::off}));
    CHECK(callee.wire() == Lines{"420 INVITE"});
    CHECK(field(callee.last("420 INVITE").message, Header::unsupported) == "timer");
    Callee<TestType> other(plus(invite_of_peer<TestType>(), require),
                           called_with({.use = Use::on_request}));
    other.answers();
    CHECK(other.wire() == Lines{"200 INVITE"});
}

// RFC 4028 §7.3: "This new request constitutes a new transaction and SHOULD have the same value as
// the Call-ID, To, and From of the previous request, but the CSeq should contain a new sequence
// number that is one higher than the previous."
TEMPLATE_TEST_CASE("an INVITE that got 422 is sent again with Min-SE, as a new transaction",
                   "[session][rfc4028][7.3][7.4]", Message, PlainMessage) {
    Caller<TestType> caller(calling_with({}));
    const auto first = caller.last("INVITE");
    caller.receive(plus(reply(first.message, 422, "p1"), {{Header::min_se, "3600"}}));
    CHECK(caller.wire() == Lines{"INVITE"});
    CHECK(caller.told().empty());
    const auto second = caller.last("INVITE");
    CHECK(second.transaction != first.transaction);
    CHECK(second.branch != first.branch);
    for (const Header name : {Header::call_id, Header::from, Header::to, Header::supported,
                              Header::contact, Header::allow})
        CHECK(field(second.message, name) == field(first.message, name));
    CHECK(field(second.message, Header::cseq) == "2 INVITE");
    CHECK(field(second.message, Header::session_expires) == "3600");
    CHECK(field(second.message, Header::min_se) == "3600");
    CHECK(MessageModel<TestType>::body(second.message) == offer_sdp);

    SECTION("and goes through") {
        caller.receive(plus(reply(second.message, 200, "bob1", answer), answered_by("uac", 3600)));
        CHECK(caller.told()
              == Lines{"Answered 200", "Answer", "Confirmed", "Refreshed 3600 by us"});
        CHECK(caller.wire() == Lines{"ACK"});
        caller.run_for(1800s);
        // §7.4: without dialog, what 422s said is forgotten once there is one.
        CHECK(field(caller.last("UPDATE").message, Header::min_se).empty());
        CHECK(field(caller.last("UPDATE").message, Header::session_expires)
              == "3600;refresher=uac");
    }
    SECTION("four times at most") {
        for (int i = 2; i <= 4; ++i) {
            caller.receive(plus(reply(caller.last("INVITE").message, 422, "p1"),
                                {{Header::min_se, std::to_string(3600 * i)}}));
            CHECK(caller.wire() == Lines{"INVITE"});
        }
        caller.receive(
            plus(reply(caller.last("INVITE").message, 422, "p1"), {{Header::min_se, "90000"}}));
        CHECK(caller.wire().empty());
        CHECK(caller.told() == Lines{"Rejected 422", "Terminated by remote: rejected 422"});
        CHECK(caller.session.done());
    }
    SECTION("not where it asks for no more than it got, or for nothing") {
        const char* const min_se = GENERATE("3600", "90", "", "x");
        caller.receive(plus(reply(second.message, 422, "p1"), {{Header::min_se, min_se}}));
        CHECK(caller.wire().empty());
        CHECK(caller.told() == Lines{"Rejected 422", "Terminated by remote: rejected 422"});
    }
    SECTION("not once it is cancelled") {
        caller.receive(reply(second.message, 180, "p1"));
        caller.session.cancel(caller.now);
        caller.wire();
        caller.receive(plus(reply(second.message, 422, "p1"), {{Header::min_se, "9999"}}));
        CHECK(caller.wire().empty());
        CHECK(caller.told().back() == "Terminated by local: cancelled 422");
        CHECK(caller.session.done());
    }
}

// RFC 4028 §7.3, §7.4
TEMPLATE_TEST_CASE("a re-INVITE or UPDATE that got 422 is sent again with Min-SE, in the dialog",
                   "[session][rfc4028][7.3][7.4]", Message, PlainMessage) {
    const std::string method = GENERATE("INVITE", "UPDATE");
    const bool by_timer = GENERATE(true, false);
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true, method == "INVITE" ? without_update : with_update);
        if (by_timer)
            agent.run_for(900s);
        else if (method == "INVITE")
            agent.session.reinvite(agent.now, with(offer));
        else
            agent.session.update(agent.now, with(offer));
        CHECK(agent.wire() == Lines{method});
        const TestType first = agent.last(method).message;
        answer_to(agent, method, 422, {{Header::min_se, "2400"}});
        CHECK(agent.wire() == Lines{method});
        const TestType second = agent.last(method).message;
        CHECK(sequence_number_of(second) == *sequence_number_of(first) + 1);
        for (const Header name : {Header::call_id, Header::from, Header::to, Header::supported})
            CHECK(field(second, name) == field(first, name));
        CHECK(field(second, Header::min_se) == "2400");
        CHECK(field(second, Header::session_expires) == "2400;refresher=uac");
        CHECK(MessageModel<TestType>::body(second) == MessageModel<TestType>::body(first));
        for (int i = 2; i <= 4; ++i)
            answer_to(agent, method, 422, {{Header::min_se, std::to_string(2400 * i)}});
        CHECK(agent.wire() == Lines(3, method));
        CHECK(agent.told().empty());
        answer_to(agent, method, 422, {{Header::min_se, "99999"}});
        CHECK(agent.wire().empty());
        CHECK(agent.told() == (by_timer ? Lines{} : Lines{"RolledBack local 422 with offer"}));
        CHECK(agent.state() == State::confirmed);
    }
}

// RFC 4028 §7.2, §7.4, §9: "It is RECOMMENDED that this refresh be sent once half the session
// interval has elapsed"; by UPDATE without an offer where the peer knows it.
TEMPLATE_TEST_CASE("the refresher sends UPDATE at half the interval, three intervals long",
                   "[session][rfc4028][7.2][7.4][9]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true);
        for (int i = 0; i < 6; ++i) {
            agent.run_for(900s - 1ns);
            CHECK(agent.wire().empty());
            agent.run_for(1ns);
            CHECK(agent.wire() == Lines{"UPDATE"});
            const TestType& update = agent.last("UPDATE").message;
            CHECK(field(update, Header::session_expires) == "1800;refresher=uac");
            CHECK(MessageModel<TestType>::body(update).empty());
            CHECK(field(update, Header::contact)
                  == std::string(agent.session.dialog()->local_contact()));
            answer_to(agent, "UPDATE", 200, answered_by("uac"));
            CHECK(agent.told() == Lines{"Refreshed 1800 by us"});
        }
        agent.session.bye(agent.now);
        answer_to(agent, "BYE", 200);
        agent.told();
        agent.wire();
        agent.run_for(3600s);
        CHECK(agent.wire().empty());
        CHECK(agent.session.done());
        CHECK_FALSE(agent.session.poll_timeout());
    }
}

// RFC 4028 §7.4: "a re-INVITE SHOULD contain [an offer], even if the details of the session have
// not changed. In that case, the offer MUST indicate that it has not changed."
TEMPLATE_TEST_CASE("a peer without UPDATE is refreshed by re-INVITE, with our latest description",
                   "[session][rfc4028][7.4]", Message, PlainMessage) {
    const Role role = GENERATE(Role::uac, Role::uas);
    auto agent = timed<TestType>(role, true, without_update);
    Body ours = role == Role::uac ? offer : answer;
    for (int i = 0; i < 3; ++i) {
        agent.run_for(900s);
        CHECK(agent.wire() == Lines{"INVITE"});
        const TestType& invite = agent.last("INVITE").message;
        CHECK(MessageModel<TestType>::body(invite) == ours.content);
        CHECK(field(invite, Header::content_type) == "application/sdp");
        CHECK(field(invite, Header::session_expires) == "1800;refresher=uac");
        answer_to(agent, "INVITE", 200, by_us, answer);
        CHECK(agent.wire() == Lines{"ACK"});
        CHECK(agent.told() == Lines{"Refreshed 1800 by us"});
    }
    // What the session has been changed to is what is repeated.
    ours = Body::sdp("v=0\r\ns=changed\r\n");
    SECTION("by our re-INVITE") {
        agent.session.reinvite(agent.now, with(ours));
        answer_to(agent, "INVITE", 200, by_us, answer);
    }
    SECTION("by the peer's") {
        requested(agent, "INVITE", 900,
                  {{Header::supported, "timer"}, {Header::session_expires, "1800;refresher=uas"}},
                  offer);
        agent.session.accept(agent.now, with(ours));
        agent.receive(in_dialog(*agent.session.dialog(), "ACK", 900));
    }
    SECTION("by an offer in our 2xx") {
        requested(agent, "INVITE", 900,
                  {{Header::supported, "timer"}, {Header::session_expires, "1800;refresher=uas"}});
        agent.session.accept(agent.now, with(ours));
        auto ack = in_dialog(*agent.session.dialog(), "ACK", 900);
        add_to(ack, with(answer));
        agent.receive(std::move(ack));
    }
    SECTION("by an answer in our ACK") {
        agent.session.reinvite(agent.now, {});
        answer_to(agent, "INVITE", 200, by_us, offer);
        CHECK(agent.told() == Lines{"Modified 200", "Offer"});
        agent.session.ack(agent.now, with(ours));
        CHECK(agent.told() == Lines{"Refreshed 1800 by us"});
    }
    agent.wire();
    agent.run_for(900s);
    CHECK(agent.wire() == Lines{"INVITE"});
    CHECK(MessageModel<TestType>::body(agent.last("INVITE").message) == ours.content);
}

// RFC 4028 §10: "SHOULD follow the rules specific to that response code and retry if possible."
TEMPLATE_TEST_CASE("a peer that lists UPDATE and refuses it is refreshed by re-INVITE next",
                   "[session][rfc4028][7.4][10]", Message, PlainMessage) {
    const int status = GENERATE(405, 501);
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true);
        agent.run_for(900s);
        answer_to(agent, "UPDATE", status);
        CHECK(agent.told().empty());
        CHECK(agent.wire() == Lines{"UPDATE"});
        agent.run_for(434s); // halfway to the moment for BYE, at 1768 s
        CHECK(agent.wire() == Lines{"INVITE"});
        CHECK(MessageModel<TestType>::body(agent.last("INVITE").message)
              == (role == Role::uac ? offer_sdp : answer_sdp));
        answer_to(agent, "INVITE", 200, by_us, answer);
        CHECK(agent.told() == Lines{"Refreshed 1800 by us"});
        agent.wire();
        agent.run_for(900s);
        CHECK(agent.wire() == Lines{"INVITE"});
    }
}

// RFC 4028 §7.4
TEMPLATE_TEST_CASE("a description that an UPDATE of ours has changed is what a re-INVITE repeats",
                   "[session][rfc4028][7.4]", Message, PlainMessage) {
    const Body changed = Body::sdp("v=0\r\ns=changed\r\n");
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true);
        agent.session.update(agent.now, with(changed));
        answer_to(agent, "UPDATE", 200, by_us, answer);
        agent.run_for(900s);
        answer_to(agent, "UPDATE", 405);
        agent.wire();
        agent.run_for(434s);
        CHECK(agent.wire() == Lines{"INVITE"});
        CHECK(MessageModel<TestType>::body(agent.last("INVITE").message) == changed.content);
    }
}

// RFC 4028 §10
TEMPLATE_TEST_CASE("a refresh that finds nobody ends the session, any other refusal does not",
                   "[session][rfc4028][10]", Message, PlainMessage) {
    const std::string method = GENERATE("INVITE", "UPDATE");
    for (const Role role : roles)
        for (const int status : {300, 403, 408, 481, 488, 500, 503, 603}) {
            INFO(status);
            auto agent =
                timed<TestType>(role, true, method == "INVITE" ? without_update : with_update);
            agent.run_for(900s);
            agent.wire();
            answer_to(agent, method, status);
            if (status == 408 || status == 481) {
                CHECK(agent.wire() == Lines{"BYE"});
                CHECK(agent.told() == Lines{"Terminating"});
                answer_to(agent, "BYE", 481);
                CHECK(agent.told()
                      == Lines{"Terminated by local: peer_lost " + std::to_string(status)});
                continue;
            }
            CHECK(agent.wire().empty());
            CHECK(agent.told().empty());
            agent.run_for(434s);
            CHECK(agent.wire() == Lines{method});
            answer_to(agent, method, status); // the same once more: no further try
            agent.run_for(434s - 1ns);
            CHECK(agent.wire().empty());
            agent.run_for(1ns);
            CHECK(agent.wire() == Lines{"BYE"});
            answer_to(agent, "BYE", 200);
            CHECK(agent.told() == Lines{"Terminating", "Terminated by local: expired 200"});
        }
}

TEMPLATE_TEST_CASE("a refresh that is not answered ends the session", "[session][rfc4028][10]",
                   Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true);
        agent.run_for(900s + 32s);
        CHECK(agent.wire() == Lines{"UPDATE", "BYE"});
        CHECK(agent.told() == Lines{"Terminating"});
        agent.run_for(32s);
        CHECK(agent.told() == Lines{"Terminated by local: peer_lost 408"});
        agent.run_for(32s);
        CHECK(agent.session.done());
        CHECK_FALSE(agent.session.poll_timeout());
    }
}

// RFC 4028 §10: "if the side not performing refreshes does not receive a session refresh request
// before the session expiration, it SHOULD send a BYE […] slightly before the session expiration.
// The minimum of 32 seconds and one third of the session interval is RECOMMENDED."
TEMPLATE_TEST_CASE("who waits for a refresh in vain sends BYE before the session expires",
                   "[session][rfc4028][10]", Message, PlainMessage) {
    struct Row {
        int interval;
        Duration bye;
    };
    for (const Role role : roles)
        for (const Row& row : {Row{1800, 1768s}, Row{90, 60s}, Row{96, 64s}, Row{120, 88s}}) {
            auto agent = timed<TestType>(role, false);
            requested(agent, "UPDATE", 400,
                      {{Header::supported, "timer"},
                       {Header::session_expires, std::to_string(row.interval) + ";refresher=uac"}});
            CHECK(agent.wire() == Lines{"200 UPDATE"});
            CHECK(agent.told()
                  == Lines{"Updated", "Refreshed " + std::to_string(row.interval) + " by peer"});
            agent.run_for(row.bye - 1ns);
            CHECK(agent.wire().empty());
            agent.run_for(1ns);
            CHECK(agent.wire() == Lines{"BYE"});
            CHECK(agent.told() == Lines{"Terminating"});
            answer_to(agent, "BYE", 200);
            CHECK(agent.told() == Lines{"Terminated by local: expired 200"});
            agent.run_for(32s);
            CHECK(agent.session.done());
            CHECK_FALSE(agent.session.poll_timeout());
        }
}

TEMPLATE_TEST_CASE("a refresh waits while another modification is under way",
                   "[session][rfc4028][10]", Message, PlainMessage) {
    const Role role = GENERATE(Role::uac, Role::uas);
    auto agent = timed<TestType>(role, true);
    agent.run_for(899s);
    SECTION("our re-INVITE, which is the refresh") {
        agent.session.reinvite(agent.now, with(offer));
        agent.run_for(5s);
        CHECK(agent.wire() == Lines{"INVITE"});
        answer_to(agent, "INVITE", 200, answered_by("uac"), answer);
        CHECK(agent.told() == Lines{"Modified 200", "Answer", "Refreshed 1800 by us"});
        agent.run_for(900s - 1ns);
        CHECK(agent.wire() == Lines{"ACK"});
        agent.run_for(1ns);
        CHECK(agent.wire() == Lines{"UPDATE"});
    }
    SECTION("our re-INVITE, which is refused") {
        agent.session.reinvite(agent.now, with(offer));
        agent.run_for(5s);
        CHECK(agent.wire() == Lines{"INVITE"});
        answer_to(agent, "INVITE", 488);
        agent.told();
        agent.run_for(432s);
        CHECK(agent.wire() == Lines{"UPDATE"});
    }
    SECTION("an UPDATE of the peer that waits for answer()") {
        requested(agent, "UPDATE", 400, {{Header::supported, "timer"}}, offer);
        agent.run_for(5s);
        CHECK(agent.wire().empty());
        agent.session.decline(agent.now);
        agent.run_for(0s);
        CHECK(agent.wire() == Lines{"488 UPDATE", "UPDATE"});
    }
    SECTION("a re-INVITE of the peer that waits for accept()") {
        requested(agent, "INVITE", 400, {{Header::supported, "timer"}}, offer);
        agent.run_for(5s);
        CHECK(agent.wire().empty());
        agent.session.reject(agent.now, 488);
        agent.run_for(0s);
        CHECK(agent.wire() == Lines{"488 INVITE", "UPDATE"});
    }
    SECTION("but not for a request that modifies nothing") {
        IncomingOptions taken = called_with({});
        taken.features.methods.info = true;
        Callee<TestType> callee(
            plus(invite_of_peer<TestType>(), {{Header::supported, "timer"},
                                              {Header::session_expires, "1800;refresher=uas"},
                                              {Header::allow, with_update}}),
            taken);
        callee.answers().gets_ack();
        callee.run_for(899s);
        callee.wire();
        callee.requested("INFO");
        callee.run_for(1s);
        CHECK(callee.wire() == Lines{"UPDATE"});
    }
}

// RFC 4028 §10: while a refresh could still come through, the session lives to its very end.
TEMPLATE_TEST_CASE("with a modification under way BYE waits for the expiration itself",
                   "[session][rfc4028][10]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, false);
        agent.run_for(1767s);
        agent.session.reinvite(agent.now, with(offer));
        agent.run_for(33s - 1ns);
        CHECK(agent.wire() == Lines{"INVITE"});
        agent.run_for(1ns);
        CHECK(agent.wire() == Lines{"BYE"});
        CHECK(agent.told() == Lines{"Terminating"});
    }
}

TEMPLATE_TEST_CASE("a refresh of the peer begins the interval anew", "[session][rfc4028][9]",
                   Message, PlainMessage) {
    const std::string method = GENERATE("INVITE", "UPDATE");
    const bool ours = GENERATE(false, true);
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, ours);
        const Fields refresh = {
            {Header::supported, "timer"},
            {Header::session_expires, ours ? "1800;refresher=uas" : "1800;refresher=uac"}};
        for (std::uint32_t i = 0; i < 3; ++i) {
            agent.run_for(890s);
            CHECK(agent.wire().empty());
            requested(agent, method, 400 + i, refresh, method == "INVITE" ? offer : Body{});
            if (method == "INVITE") {
                agent.session.accept(agent.now, with(answer));
                agent.receive(in_dialog(*agent.session.dialog(), "ACK", 400 + i));
            }
            CHECK(agent.wire() == Lines{"200 " + method});
            const TestType& success = agent.last("200 " + method).message;
            CHECK(field(success, Header::session_expires)
                  == (ours ? "1800;refresher=uas" : "1800;refresher=uac"));
            CHECK(any_lists(success, Header::require, "timer"));
            const Lines told = agent.told();
            CHECK(told.back() == (ours ? "Refreshed 1800 by us" : "Refreshed 1800 by peer"));
        }
        agent.run_for(ours ? 900s : 1768s);
        CHECK(agent.wire() == Lines{ours ? "UPDATE" : "BYE"});
    }
}

// RFC 4028 §9: no Session-Expires in either: there is no timer any more.
TEMPLATE_TEST_CASE("a request of the peer without Session-Expires can end the timer",
                   "[session][rfc4028][9]", Message, PlainMessage) {
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true, with_update, {.use = Use::on_request});
        requested(agent, "UPDATE", 400, {{Header::supported, "timer"}});
        CHECK(agent.wire() == Lines{"200 UPDATE"});
        CHECK(agent.told() == Lines{"Updated"});
        agent.run_for(2h);
        CHECK(agent.wire().empty());
        CHECK(agent.state() == State::confirmed);
    }
}

// RFC 3261 §14.1, RFC 3311 §5.3
TEMPLATE_TEST_CASE("a refresh that got 491 is tried again a little later, and nobody is told",
                   "[session][rfc4028][10][rfc3261][14.1]", Message, PlainMessage) {
    const std::string method = GENERATE("INVITE", "UPDATE");
    for (const Role role : roles) {
        auto agent = timed<TestType>(role, true, method == "INVITE" ? without_update : with_update);
        agent.run_for(900s);
        agent.wire();
        answer_to(agent, method, 491);
        CHECK(agent.told().empty());
        agent.run_for(role == Role::uac ? 2099ms : 0ms);
        CHECK(agent.wire().size() <= (role == Role::uac ? 0U : 1U));
        agent.run_for(4s);
        CHECK(agent.last(method).transaction != 0);
        answer_to(agent, method, 200, answered_by("uac"), method == "INVITE" ? answer : Body{});
        CHECK(agent.told() == Lines{"Refreshed 1800 by us"});
        agent.wire();
        agent.run_for(900s);
        CHECK(agent.wire().size() == 1);
    }
}

// RFC 4028 §7.2: each fork has a session interval of its own.
TEMPLATE_TEST_CASE("each call that a fork makes is refreshed on its own", "[session][rfc4028][7.2]",
                   Message, PlainMessage) {
    InviteOptions options = calling_with({});
    options.forks = ForkPolicy::keep_all;
    Caller<TestType> caller(options);
    caller.receive(plus(reply(caller.invite(), 200, "bob1", answer), answered_by("uac")));
    caller.run_for(2s);
    caller.receive(plus(reply(caller.invite(), 200, "bob2", answer), answered_by("uac", 600)));
    auto fork = caller.session.poll_fork();
    REQUIRE(fork);
    Agent<TestType> other(std::move(*fork), caller.now);
    CHECK(other.told() == Lines{"Answered 200", "Answer", "Confirmed", "Refreshed 600 by us"});
    CHECK(other.wire() == Lines{"ACK"});
    other.run_for(300s - 1ns);
    CHECK(other.wire().empty());
    other.run_for(1ns);
    CHECK(other.wire() == Lines{"UPDATE"});
    CHECK(field(other.last("UPDATE").message, Header::to).ends_with("tag=bob2"));
    CHECK(field(other.last("UPDATE").message, Header::session_expires) == "600;refresher=uac");
    caller.wire();
    caller.run_for(898s);
    CHECK(caller.wire() == Lines{"UPDATE"});
    CHECK(field(caller.last("UPDATE").message, Header::to).ends_with("tag=bob1"));
}

// RFC 4028 §8.2: the proxy answers for a UAS that does not know the extension.
TEMPLATE_TEST_CASE("a proxy that answers for the peer makes us the refresher",
                   "[session][rfc4028][7.2][8.2]", Message, PlainMessage) {
    Caller<TestType> caller(calling_with({.use = Use::on_request}));
    caller.receive(
        plus(reply(caller.invite(), 200, "bob1", answer),
             {{Header::session_expires, "600;refresher=uac"}, {Header::require, "timer"}}));
    CHECK(caller.told() == Lines{"Answered 200", "Answer", "Confirmed", "Refreshed 600 by us"});
    caller.wire();
    caller.run_for(300s);
    CHECK(caller.wire() == Lines{"INVITE"}); // no Allow: nobody knows of UPDATE
    CHECK(field(caller.last("INVITE").message, Header::session_expires) == "600;refresher=uac");
}

// A 2xx without its ACK starts the timer all the same: RFC 4028 §9 counts from the 2xx.
TEMPLATE_TEST_CASE("a call that is kept without its ACK is refreshed", "[session][rfc4028][9]",
                   Message, PlainMessage) {
    IncomingOptions options = called_with({});
    options.on_missing_ack = IncomingOptions::NoAck::keep;
    Callee<TestType> callee(
        plus(invite_of_peer<TestType>(), {{Header::supported, "timer"},
                                          {Header::session_expires, "1800;refresher=uas"},
                                          {Header::allow, with_update}}),
        options);
    callee.answers();
    callee.told();
    callee.run_for(32s);
    CHECK(callee.told() == Lines{"AckTimeout", "Refreshed 1800 by us"});
    callee.wire();
    callee.run_for(900s - 32s);
    CHECK(callee.wire() == Lines{"UPDATE"});
}

// RFC 4028 §7.4: both sides of a real exchange.
TEMPLATE_TEST_CASE("two sessions keep each other alive, whoever refreshes",
                   "[session][rfc4028][7][9]", Message, PlainMessage) {
    const auto by_caller = GENERATE(true, false);
    SessionTimerPolicy policy{};
    policy.refresher = by_caller ? Side::self : Side::peer;
    SessionTimerPolicy other{.use = Use::on_request};
    if (!by_caller) other.refresher = Side::self;
    Pair<TestType> pair(calling_with(policy), called_with(other));
    pair.deliver("INVITE");
    pair.callee().session.accept(pair.now(), with(answer));
    pair.deliver_all();
    pair.caller.told();
    pair.callee().told();
    for (int i = 0; i < 6; ++i) {
        pair.run_for(900s);
        CHECK(pair.on_the_way() == Lines{by_caller ? "> UPDATE" : "< UPDATE"});
        pair.deliver_all();
        CHECK(pair.caller.told()
              == (by_caller ? Lines{"Refreshed 1800 by us"}
                            : Lines{"Updated", "Refreshed 1800 by peer"}));
        CHECK(pair.callee().told()
              == (by_caller ? Lines{"Updated", "Refreshed 1800 by peer"}
                            : Lines{"Refreshed 1800 by us"}));
    }
    pair.run_for(900s).lose("UPDATE").run_for(32s);
    pair.deliver_all(); // BYE
    CHECK(pair.caller.state() == State::terminated);
    CHECK(pair.callee().state() == State::terminated);
}

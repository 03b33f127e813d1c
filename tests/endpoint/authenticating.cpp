#include "offhook/endpoint/authenticating.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/guard.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

EndpointConfig bobs_account(std::string_view password = "zanzibar") {
    EndpointConfig config = bobs_config();
    config.accounts.set({"biloxi.example", "bob", std::string(password)});
    config.methods = {"INFO"};
    config.features.timer.use = SessionTimerPolicy::Use::off;
    return config;
}

/// Bob has called carol; the test is carol, and the proxies on the way.
struct Calling {
    Wire bob;
    SessionId id;
    Message invite = Message::request("X", "sip:x");

    explicit Calling(EndpointConfig config = bobs_account(), InviteOptions options = {})
        : bob(std::move(config)) {
        options.target = "sip:carol@192.0.2.9";
        options.offer = Body::sdp("v=0");
        id = bob.endpoint.invite(bob.now, options);
        bob.drain();
        invite = bob.take_only();
    }

    /// The last request that leaves on this; its ACK, where it was an INVITE, goes first.
    Message next(std::string_view bytes) {
        bob.receive(bytes);
        REQUIRE_FALSE(bob.sent.empty());
        const auto last = Message::parse(bob.sent.back().bytes);
        REQUIRE(last);
        bob.take_sent();
        return *last;
    }
    Message ack() { return next(response(invite, 200, "carol", peers_contact, "v=0")); }
    void confirm() {
        ack();
        bob.take_events();
    }
    template <class F>
    Message operate(F&& act) {
        act(bob.endpoint.session(id));
        bob.drain();
        return bob.take_only();
    }
    Message bye() {
        return operate([&](auto session) { session.bye(bob.now); });
    }
};

} // namespace

// RFC 3261 §22.2, §22.3: with the credentials, as a new transaction.
TEST_CASE("an endpoint with an account answers the challenge to its INVITE by itself",
          "[endpoint][auth][rfc3261][22.2][22.3][8.1.3.5]") {
    const auto by = GENERATE(Challenger::user_agent, Challenger::proxy);
    Guard<> guard(by);
    Calling call;
    const Message first = call.invite;
    CHECK(shown(first, "username").empty());

    call.bob.receive(guard.demand(call.bob.now, first));
    CHECK(call.bob.take_events().empty());
    REQUIRE(call.bob.sent.size() == 2);
    const Message second = *Message::parse(call.bob.sent.back().bytes);
    CHECK(call.bob.take_sent() == Lines{"ACK", "INVITE"});
    CHECK(guard.accepts(call.bob.now, second));
    CHECK(second.header(credentials_header(by)));
    CHECK(shown(second, "algorithm") == "SHA-256");
    CHECK(shown(second, "nc") == "00000001");
    for (const Header same : {Header::call_id, Header::from, Header::to, Header::contact})
        CHECK(value(second, same) == value(first, same));
    CHECK(value(second, Header::cseq) == "2 INVITE");
    CHECK(value(second, Header::via) != value(first, Header::via));
    CHECK(second.body() == first.body());

    call.invite = second;
    const Message ack = call.ack();
    CHECK(ack.method() == "ACK");
    CHECK(value(ack, Header::cseq) == "2 ACK");
    CHECK(value(ack, credentials_header(by)) == value(second, credentials_header(by)));
    CHECK(call.bob.take_events() == Lines{"Answered 200", "Answer", "Confirmed"});
    // The 2xx comes again, and so does its ACK. RFC 3261 §13.2.2.4
    CHECK(call.ack().bytes() == ack.bytes());

    // RFC 3261 §22.2: what was asked once is shown unasked, with one more on the count.
    const Message bye = call.bye();
    CHECK(guard.accepts(call.bob.now, bye));
    CHECK(shown(bye, "nc") == "00000002");
    CHECK(shown(bye, "nonce") == shown(second, "nonce"));
    call.bob.receive(response(bye, 200));
    call.bob.run_for(1min);
    CHECK(call.bob.take_events() == Lines{"Terminating", "Terminated local bye"});
    CHECK(call.bob.is_empty());
}

TEST_CASE("an endpoint answers with the algorithm that it is asked for",
          "[endpoint][auth][rfc8760][2.4]") {
    Calling call;
    const auto try_it = [&](auto guard, std::string_view algorithm) {
        const Message second = call.next(guard.demand(call.bob.now, call.invite));
        CHECK(guard.accepts(call.bob.now, second));
        CHECK(shown(second, "algorithm") == algorithm);
    };
    SECTION("MD5") {
        try_it(Guard<BasicDigestServer<Md5>>(), "MD5");
    }
    SECTION("SHA-256") {
        try_it(Guard<BasicDigestServer<Sha256>>(), "SHA-256");
    }
    SECTION("SHA-512-256") {
        try_it(Guard<BasicDigestServer<Sha512_256>>(), "SHA-512-256");
    }
    SECTION("over the body too, where that is all that is offered") {
        DigestServerOptions options;
        options.auth = false;
        options.auth_int = true;
        Guard<> guard(Challenger::proxy, options);
        const Message second = call.next(guard.demand(call.bob.now, call.invite));
        CHECK(shown(second, "qop") == "auth-int");
        Message forged = second;
        forged.set_body("application/sdp", "v=1");
        CHECK_FALSE(guard.accepts(call.bob.now, forged));
        CHECK(guard.accepts(call.bob.now, second));
    }
    // RFC 7616 §3.3: then it is MD5.
    SECTION("MD5 where it names none") {
        const Message second =
            call.next(response(call.invite, 407, "p1",
                               "Proxy-Authenticate:Digest realm=\"biloxi.example\", "
                               "nonce=\"n1\", qop=\"auth\"|"));
        CHECK(shown(second, "response").size() == 32);
        CHECK_FALSE(Credentials::parse(value(second, Header::proxy_authorization))
                        ->parameters.has("algorithm"));
    }
}

TEST_CASE("a user agent and a proxy that ask for the same INVITE are both answered",
          "[endpoint][auth][rfc3261][22.3]") {
    Guard<> proxy(Challenger::proxy);
    Guard<> agent(Challenger::user_agent);
    Calling call;
    const Message second = call.next(proxy.demand(call.bob.now, call.invite));
    CHECK(proxy.accepts(call.bob.now, second));
    const Message third = call.next(agent.demand(call.bob.now, second));
    CHECK(proxy.accepts(call.bob.now, third));
    CHECK(agent.accepts(call.bob.now, third));
    call.invite = third;
    const Message ack = call.ack();
    CHECK(ack.header(Header::authorization));
    CHECK(ack.header(Header::proxy_authorization));
}

// RFC 3261 §22.1: no credentials that have been rejected are tried again.
TEST_CASE("a wrong password ends the call after one try", "[endpoint][auth][rfc3261][22.1]") {
    Guard<> guard;
    Calling call(bobs_account("wrong"));
    const Message second = call.next(guard.demand(call.bob.now, call.invite));
    CHECK_FALSE(guard.accepts(call.bob.now, second));
    call.bob.receive(guard.demand(call.bob.now, second));
    CHECK(call.bob.take_sent() == Lines{"ACK"});
    CHECK(call.bob.take_events() == Lines{"Rejected 401", "Terminated remote rejected"});
    call.bob.run_for(1min);
    CHECK(call.bob.is_empty());
}

// A server that finds each nonce stale would be answered for ever.
TEST_CASE("an endless row of challenges is answered a bounded number of times",
          "[endpoint][auth][rfc3261][22.1]") {
    EndpointConfig config = bobs_account();
    config.limits.authentication_tries = GENERATE(Catch::Generators::as<std::size_t>{}, 0, 1, 3);
    Guard<> guard(Challenger::proxy);
    std::size_t tries = 0;

    SECTION("for an INVITE") {
        Calling call(config);
        Message last = call.invite;
        for (; tries < 10 && call.bob.take_events().empty(); ++tries)
            last = call.next(guard.demand(call.bob.now, last, Stale::yes));
        CHECK(tries == config.limits.authentication_tries + 1);
        CHECK(last.method() == "ACK");
    }
    SECTION("for a request in the dialog") {
        Calling call(config);
        call.confirm();
        Message last = call.operate([&](auto session) { session.request(call.bob.now, "INFO"); });
        for (; tries < 10; ++tries) {
            call.bob.receive(guard.demand(call.bob.now, last, Stale::yes));
            if (call.bob.sent.empty()) break;
            last = call.bob.take_only();
        }
        CHECK(tries == config.limits.authentication_tries);
        CHECK(call.bob.take_events() == Lines{"Responded 407"});
    }
    SECTION("for a request outside of calls") {
        Wire bob(config);
        bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = "sip:carol@192.0.2.9"});
        bob.drain();
        Message last = bob.take_only();
        for (; tries < 10; ++tries) {
            bob.receive(guard.demand(bob.now, last, Stale::yes));
            if (bob.sent.empty()) break;
            last = bob.take_only();
        }
        CHECK(tries == config.limits.authentication_tries);
        CHECK(bob.take_events() == Lines{"Response 407"});
        bob.run_for(1min);
        CHECK(bob.is_empty());
    }
}

TEST_CASE("a stale nonce is replaced, and the count begins anew", "[endpoint][auth]") {
    DigestServerOptions options;
    options.nonce_lifetime = 10s;
    Guard<> guard(Challenger::user_agent, options);
    Calling call;
    const Message second = call.next(guard.demand(call.bob.now, call.invite));
    REQUIRE(guard.accepts(call.bob.now, second));
    call.invite = second;
    call.confirm();
    call.bob.run_for(20s);
    const Message bye = call.bye();
    CHECK(shown(bye, "nc") == "00000002");
    CHECK(guard.verdict(call.bob.now, bye).standing == DigestStanding::stale);
    // Many servers that let a nonce expire do not say so.
    const Stale stale = GENERATE(Stale::yes, Stale::no);
    const Message again = call.next(guard.demand(call.bob.now, bye, stale));
    CHECK(again.method() == "BYE");
    CHECK(shown(again, "nc") == "00000001");
    CHECK(shown(again, "nonce") != shown(bye, "nonce"));
    CHECK(guard.accepts(call.bob.now, again));
    call.bob.receive(response(again, 200));
    CHECK(call.bob.take_events() == Lines{"Terminating", "Terminated local bye"});
}

TEST_CASE("Authentication-Info names the nonce of the next request",
          "[endpoint][auth][rfc7616][3.5]") {
    Guard<> guard;
    Calling call;
    const Message second = call.next(guard.demand(call.bob.now, call.invite));
    call.bob.receive(response(
        second, 200, "carol",
        std::string(peers_contact) + "Authentication-Info:nextnonce=\"the next\"|", "v=0"));
    call.bob.take_sent();
    const Message bye = call.bye();
    CHECK(shown(bye, "nonce") == "the next");
    CHECK(shown(bye, "nc") == "00000001");
}

// RFC 3261 §22.2
TEST_CASE("each request of a call that is challenged is answered by itself",
          "[endpoint][auth][rfc3261][22.2]") {
    const std::string method = GENERATE("INVITE", "UPDATE", "INFO", "BYE");
    Guard<> guard(GENERATE(Challenger::user_agent, Challenger::proxy));
    Calling call;
    call.confirm();
    const Message first = call.operate([&](auto session) {
        if (method == "INVITE") session.reinvite(call.bob.now, {.body = Body::sdp("v=1")});
        if (method == "UPDATE") session.update(call.bob.now, {.body = Body::sdp("v=1")});
        if (method == "INFO")
            session.request(call.bob.now, "INFO", {.body = {"text/plain", "x", {}}});
        if (method == "BYE") session.bye(call.bob.now);
    });
    call.bob.take_events();
    const Message second = call.next(guard.demand(call.bob.now, first));
    CHECK(call.bob.take_events().empty());
    CHECK(second.method() == method);
    CHECK(value(second, Header::cseq) == "3 " + method);
    CHECK(second.body() == first.body());
    CHECK(guard.accepts(call.bob.now, second));
    call.bob.receive(response(second, 200, "", peers_contact,
                              method == "INVITE" || method == "UPDATE" ? "v=1" : ""));
    if (method == "INVITE") {
        const Message ack = call.bob.take_only();
        for (const Header name : {Header::authorization, Header::proxy_authorization})
            CHECK(value(ack, name) == value(second, name));
    }
    const Lines told = call.bob.take_events();
    if (method == "INFO") CHECK(told == Lines{"Responded 200"});
    if (method == "BYE") CHECK(told == Lines{"Terminated local bye"});
    if (told.size() == 2) CHECK(told == Lines{"Modified 200", "Answer"});
    if (method != "BYE") CHECK(guard.accepts(call.bob.now, call.bye()));
}

TEST_CASE("a PRACK that is challenged is answered by itself", "[endpoint][auth][rfc3262]") {
    Guard<> guard(Challenger::proxy);
    Calling call;
    const Message prack = call.next(
        response(call.invite, 180, "carol", std::string(peers_contact) + "Require:100rel|RSeq:1|"));
    REQUIRE(prack.method() == "PRACK");
    const Message second = call.next(guard.demand(call.bob.now, prack));
    CHECK(second.method() == "PRACK");
    CHECK(value(second, Header::rack) == "1 1 INVITE");
    CHECK(guard.accepts(call.bob.now, second));
}

TEST_CASE("a called endpoint answers challenges to its requests as well", "[endpoint][auth]") {
    Guard<> guard;
    Wire bob(bobs_account());
    bob.receive(invite());
    const SessionId id = bob.last<event::Incoming>().session;
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0")});
    bob.drain();
    const std::string to = value(*Message::parse(bob.sent.back().bytes), Header::to);
    bob.receive(
        request({.method = "ACK", .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK2", .to = to}));
    bob.take_sent();
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    bob.take_events();
    bob.receive(guard.demand(bob.now, bob.take_only()));
    CHECK(guard.accepts(bob.now, bob.take_only()));
    CHECK(bob.take_events().empty());
}

// A peer that names a realm of its own choice gathers digests of passwords.
TEST_CASE("a realm that the application has not named is never answered",
          "[endpoint][auth][rfc3261][22.1]") {
    DigestServerOptions options;
    options.realm = "evil.example";
    Guard<> guard(Challenger::user_agent, options);
    SECTION("to a BYE") {
        Calling call;
        call.confirm();
        call.bob.receive(guard.demand(call.bob.now, call.bye()));
        CHECK(call.bob.sent.empty());
        CHECK(call.bob.take_events() == Lines{"Terminating", "Terminated local bye"});
    }
    SECTION("to a BYE in a call where another realm has been answered") {
        Guard<> ours(Challenger::user_agent);
        Calling call;
        call.invite = call.next(ours.demand(call.bob.now, call.invite));
        call.confirm();
        call.bob.receive(guard.demand(call.bob.now, call.bye()));
        CHECK(call.bob.sent.empty());
    }
    SECTION("to an INVITE") {
        Calling call;
        call.bob.receive(guard.demand(call.bob.now, call.invite));
        CHECK(call.bob.take_sent() == Lines{"ACK"});
        CHECK(call.bob.take_events() == Lines{"Rejected 401", "Terminated remote rejected"});
    }
    SECTION("to a request outside of calls") {
        Wire bob(bobs_account());
        bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = "sip:carol@192.0.2.9"});
        bob.drain();
        bob.receive(guard.demand(bob.now, bob.take_only()));
        CHECK(bob.sent.empty());
        CHECK(bob.take_events() == Lines{"Response 401"});
        bob.run_for(1min);
        CHECK(bob.is_empty());
    }
}

// RFC 3261 §22.1: the realm is shown to the user, who may know what to say.
TEST_CASE("an application that wants to be asked names the account itself",
          "[endpoint][auth][rfc3261][22.1]") {
    const bool accounts = GENERATE(false, true);
    EndpointConfig config = accounts ? bobs_account() : bobs_config();
    DigestServerOptions options;
    if (accounts) options.realm = "other.example";
    Guard<> guard(Challenger::user_agent, options);
    const std::string realm = guard.server.options().realm;
    InviteOptions invite;
    if (GENERATE(false, true))
        config.features.on_challenge = SessionFeatures::Decision::ask;
    else
        invite.features.on_challenge = SessionFeatures::Decision::ask;
    Calling call(config, invite);
    call.bob.receive(guard.demand(call.bob.now, call.invite));
    CHECK(call.bob.take_sent() == Lines{"ACK"});
    const auto asked = call.bob.last<event::Challenged>();
    CHECK(asked.session == call.id);
    CHECK(call.bob.take_events() == Lines{"Challenged 401"});
    auto session = call.bob.endpoint.session(call.id);
    CHECK_THROWS_AS(session.authenticate_as(call.bob.now, asked.request, {"x.example", "bob", "y"}),
                    BadArgument);
    CHECK_THROWS_AS(session.authenticate_as(call.bob.now, asked.request, {realm, "b\nb", "y"}),
                    UnsafeValue);
    CHECK_THROWS_AS(session.authenticate_as(call.bob.now, asked.request + 7, {realm, "bob", "y"}),
                    Error);
    call.bob.drain();
    CHECK(call.bob.sent.empty());

    SECTION("rightly") {
        const Message second = call.operate([&](auto of) {
            of.authenticate_as(call.bob.now, asked.request, {realm, "bob", "zanzibar"});
        });
        CHECK(guard.accepts(call.bob.now, second));
        call.invite = second;
        call.confirm();
        CHECK(guard.accepts(call.bob.now, call.bye()));
    }
    SECTION("at the second try") {
        const Message second = call.operate([&](auto of) {
            of.authenticate_as(call.bob.now, asked.request, {realm, "bob", "wrong"});
        });
        call.bob.receive(guard.demand(call.bob.now, second));
        call.bob.take_sent();
        const auto again = call.bob.last<event::Challenged>();
        CHECK(call.bob.take_events() == Lines{"Challenged 401"});
        // "A UAC MUST NOT re-attempt requests with the credentials that have just been rejected"
        CHECK_THROWS_AS(
            session.authenticate_as(call.bob.now, again.request, {realm, "bob", "wrong"}),
            BadArgument);
        call.bob.drain();
        CHECK(call.bob.sent.empty());
        const Message third = call.operate([&](auto of) {
            of.authenticate_as(call.bob.now, again.request, {realm, "bob", "zanzibar"});
        });
        CHECK(guard.accepts(call.bob.now, third));
    }
    SECTION("by credentials that it has made itself") {
        const Message second = call.operate([&](auto of) {
            of.authenticate(call.bob.now, asked.request, {{"Authorization", "Digest mine=1"}});
        });
        CHECK(value(second, Header::authorization) == "Digest mine=1");
        call.invite = second;
        CHECK(value(call.ack(), Header::authorization) == "Digest mine=1");
    }
    SECTION("or not at all") {
        call.bob.run_for(2min);
        CHECK(call.bob.take_events() == Lines{"Rejected 401", "Terminated remote rejected"});
        CHECK(call.bob.is_empty());
        CHECK_THROWS_AS(session.authenticate_as(call.bob.now, asked.request, {realm, "b", "y"}),
                        Error);
    }
}

TEST_CASE("without accounts a challenge is a refusal", "[endpoint][auth]") {
    Guard<> guard(Challenger::proxy);
    Calling call{bobs_config()};
    call.bob.receive(guard.demand(call.bob.now, call.invite));
    CHECK(call.bob.take_events() == Lines{"Rejected 407", "Terminated remote rejected"});
    CHECK_THROWS_AS(call.bob.endpoint.session(call.id).authenticate_as(
                        call.bob.now, 1, {"biloxi.example", "bob", "y"}),
                    Error);
}

TEST_CASE("an INVITE that is cancelled meanwhile shows no credentials", "[endpoint][auth]") {
    Guard<> guard(Challenger::proxy);
    Calling call;
    call.bob.endpoint.session(call.id).cancel(call.bob.now);
    call.bob.receive(guard.demand(call.bob.now, call.invite));
    CHECK(call.bob.take_sent() == Lines{"ACK"});
    CHECK(call.bob.take_events() == Lines{"Terminated local cancelled"});
}

TEST_CASE("a CANCEL goes the way of the INVITE that has credentials", "[endpoint][auth]") {
    Guard<> guard(Challenger::proxy);
    Calling call;
    const Message second = call.next(guard.demand(call.bob.now, call.invite));
    call.bob.receive(response(second, 180, "carol", peers_contact));
    const Message cancel = call.operate([&](auto session) { session.cancel(call.bob.now); });
    CHECK(value(cancel, Header::via) == value(second, Header::via));
    CHECK(value(cancel, Header::cseq) == "2 CANCEL");
    CHECK_FALSE(cancel.header(Header::proxy_authorization));
}

// RFC 3261 §22.1: the ACK of every 2xx to the INVITE.
TEST_CASE("each fork's 2xx is acknowledged with the credentials of the INVITE",
          "[endpoint][auth][fork][rfc3261][22.1]") {
    Guard<> guard(Challenger::proxy);
    InviteOptions options;
    options.forks = GENERATE(ForkPolicy::keep_first, ForkPolicy::keep_all);
    Calling call(bobs_account(), options);
    call.invite = call.next(guard.demand(call.bob.now, call.invite));
    REQUIRE(guard.accepts(call.bob.now, call.invite));
    call.confirm();
    call.bob.receive(response(call.invite, 200, "other", peers_contact, "v=0"));
    const Message ack = *Message::parse(call.bob.sent.front().bytes);
    CHECK(ack.method() == "ACK");
    CHECK(value(ack, Header::proxy_authorization)
          == value(call.invite, Header::proxy_authorization));
    call.bob.take_sent();
    if (options.forks == ForkPolicy::keep_first) return;
    // Two calls do not count the same nonce: the other one is asked anew.
    const SessionId other = call.bob.last<event::Forked>().fork;
    call.bob.endpoint.session(other).bye(call.bob.now);
    call.bob.drain();
    const Message bye = call.bob.take_only();
    CHECK_FALSE(bye.header(Header::proxy_authorization));
    CHECK(guard.accepts(call.bob.now, call.next(guard.demand(call.bob.now, bye))));
    CHECK(guard.accepts(call.bob.now, call.bye()));
}

TEST_CASE("another call shows nothing of what one was asked", "[endpoint][auth][rfc3261][22.3]") {
    Guard<> guard(Challenger::proxy);
    Calling call;
    call.next(guard.demand(call.bob.now, call.invite));
    call.bob.endpoint.invite(call.bob.now, "sip:carol@192.0.2.9");
    call.bob.drain();
    CHECK(shown(call.bob.take_only(), "username").empty());
}

TEST_CASE("a request outside of calls is sent again with credentials",
          "[endpoint][auth][rfc3261][22.2][8.1.3.5]") {
    const std::string method = GENERATE("REGISTER", "MESSAGE", "OPTIONS");
    Guard<> guard(GENERATE(Challenger::user_agent, Challenger::proxy));
    Wire bob(bobs_account());
    const RequestId id = bob.endpoint.request(
        bob.now, {.method = method, .target = "sip:192.0.2.9", .body = {"text/plain", "hi", {}}});
    bob.drain();
    const Message first = bob.take_only();
    bob.receive(guard.demand(bob.now, first));
    CHECK(bob.take_events().empty());
    const Message second = bob.take_only();
    CHECK(guard.accepts(bob.now, second));
    for (const Header same : {Header::call_id, Header::from, Header::to, Header::supported})
        CHECK(value(second, same) == value(first, same));
    CHECK(value(second, Header::cseq) == "2 " + method);
    CHECK(value(second, Header::via) != value(first, Header::via));
    CHECK(second.count(Header::via) == 1);
    CHECK(second.body() == "hi");
    SECTION("and its answer is the request's") {
        bob.receive(response(second, 200));
        CHECK(bob.last<event::Response>().request == id);
        CHECK(bob.take_events() == Lines{"Response 200"});
    }
    SECTION("and its silence too") {
        bob.run_for(32s);
        CHECK(bob.take_events() == Lines{"RequestFailed timeout"});
    }
    SECTION("once more where the nonce was stale") {
        bob.receive(guard.demand(bob.now, second, Stale::yes));
        CHECK(value(bob.take_only(), Header::cseq) == "3 " + method);
    }
    bob.run_for(2min);
    CHECK(bob.is_empty());
}

TEST_CASE("a request that follows another counts on from its number with credentials",
          "[endpoint][auth][rfc3261][10.2.4][22.2]") {
    Guard<> guard(Challenger::user_agent);
    Wire bob(bobs_account());
    bob.endpoint.request(
        bob.now,
        {.method = "REGISTER", .target = "sip:192.0.2.9", .call_id = "one@boot", .cseq = 7});
    bob.drain();
    const Message first = bob.take_only();
    CHECK(value(first, Header::cseq) == "7 REGISTER");
    bob.receive(guard.demand(bob.now, first));
    const Message second = bob.take_only();
    CHECK(guard.accepts(bob.now, second));
    CHECK(value(second, Header::cseq) == "8 REGISTER");
    CHECK(value(second, Header::call_id) == "one@boot");
}

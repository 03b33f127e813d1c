#include "offhook/endpoint/operations.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

RequestOptions message_to(std::string target) {
    RequestOptions options;
    options.method = "MESSAGE";
    options.target = std::move(target);
    options.body = {"text/plain", "hello", {}};
    return options;
}

} // namespace

// RFC 3261 §8.1.1: what every request has, and how it is made.
TEST_CASE("a request outside of sessions has all that it needs", "[endpoint][rfc3261][8.1.1]") {
    EndpointConfig config = bobs_config();
    config.user_agent = "Bob/1";
    config.extensions = {"x-known"};
    Wire bob(config);
    RequestOptions options = message_to("sip:carol@192.0.2.9:5070;transport=udp;method=MESSAGE"
                                        "?From=mallory&Route=%3Csip:192.0.2.66%3E&Contact=x");
    options.fields = {{"Subject", "tea"}};
    bob.endpoint.request(bob.now, options);
    bob.drain();
    REQUIRE(bob.sent.size() == 1);
    CHECK(bob.sent[0].flow == Flow{Transport::udp, at("192.0.2.1"), at("192.0.2.9", 5070)});
    const Message request = bob.take_only();
    CHECK(request.method() == "MESSAGE");
    CHECK(request.request_uri() == "sip:carol@192.0.2.9:5070;transport=udp");
    CHECK(value(request, Header::to) == "<sip:carol@192.0.2.9>");
    CHECK(value(request, Header::from).starts_with("\"Bob\" <sip:bob@biloxi.example>;tag="));
    CHECK(tag_of(request, Header::from).size() >= 20); // ≥ 96 bits, 5 in each character
    CHECK(value(request, Header::call_id).size() >= 26);
    CHECK(value(request, Header::cseq) == "1 MESSAGE");
    CHECK(value(request, Header::max_forwards) == "70");
    CHECK(value(request, Header::via).starts_with("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK"));
    CHECK(value(request, Header::via).ends_with(";rport"));
    CHECK(value(request, Header::user_agent) == "Bob/1");
    CHECK(value(request, Header::subject) == "tea");
    CHECK(request.count(Header::from) == 1); // RFC 3261 §19.1.5
    CHECK(request.count(Header::route) == 0);
    CHECK(request.count(Header::contact) == 0);
    CHECK(value(request, Header::supported)
          == "100rel, timer, replaces, norefersub, tdialog, 199, x-known");
    CHECK(value(request, Header::content_type) == "text/plain");
    CHECK(request.body() == "hello");
    CHECK_FALSE(validate_request(request));

    options.target = "sip:dave@192.0.2.9"; // one MESSAGE at a time to each. RFC 3428 §8
    bob.endpoint.request(bob.now, options);
    bob.drain();
    const Message second = bob.take_only();
    for (const Header unique : {Header::call_id, Header::from, Header::via})
        CHECK(value(second, unique) != value(request, unique));
}

// RFC 3261 §11.1
TEST_CASE("OPTIONS says which bodies may come back", "[endpoint][rfc3261][11.1]") {
    Wire bob;
    bob.endpoint.request(bob.now, {.method = "OPTIONS", .target = "sip:192.0.2.9"});
    bob.drain();
    CHECK(value(bob.take_only(), Header::accept) == "application/sdp");
    bob.endpoint.request(
        bob.now, {.method = "OPTIONS", .target = "sip:192.0.2.9", .fields = {{"Accept", "a/b"}}});
    bob.drain();
    CHECK(value(bob.take_only(), Header::accept) == "a/b");
}

// RFC 3261 §8.1.3: what becomes of it.
TEST_CASE("each request outside of sessions ends in one event", "[endpoint][rfc3261][8.1.3]") {
    Wire bob;
    const RequestId id = bob.endpoint.request(bob.now, message_to("sip:carol@192.0.2.9"));
    bob.drain();
    CHECK(bob.endpoint.counts().requests == 1);
    const Message request = bob.take_only();
    SECTION("a response") {
        bob.receive(response(request, 200));
        CHECK(bob.last<event::Response>().request == id);
        CHECK(value(bob.last<event::Response>().response, Header::call_id)
              == value(request, Header::call_id));
        CHECK(bob.take_events() == Lines{"Response 200"});
        bob.receive(response(request, 200));
        CHECK(bob.take_events().empty());
    }
    SECTION("provisional ones before") {
        bob.receive(response(request, 100));
        bob.receive(response(request, 500));
        CHECK(bob.take_events() == Lines{"Response 100", "Response 500"});
    }
    SECTION("silence, treated as 408") {
        bob.run_for(64 * 500ms);
        CHECK(bob.last<event::RequestFailed>().request == id);
        CHECK(bob.take_events() == Lines{"RequestFailed timeout"});
        CHECK(bob.take_sent().size() == 10); // after 0.5, 1.5, 3.5, 7.5, 11.5 … 31.5 s
    }
    SECTION("a transport error, treated as 503") {
        bob.endpoint.transmit_failed(bob.now, bob.last_sent.flow);
        bob.drain();
        CHECK(bob.take_events() == Lines{"RequestFailed transport"});
        bob.run_for(1min);
        CHECK(bob.take_sent().empty());
    }
    SECTION("an answer that is not one: to two, from elsewhere, broken") {
        std::string two = response(request, 200);
        two.insert(two.find("From:"), "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx\r\n");
        bob.receive(two); // RFC 3261 §8.1.3.3
        std::string other = response(request, 200);
        other.replace(other.find("192.0.2.1:5060"), 9, "192.0.2.7"); // RFC 3261 §18.1.2
        bob.receive(other);
        std::string method = response(request, 200);
        method.replace(method.find("1 MESSAGE"), 9, "1 INVITE!"); // RFC 3261 §17.1.3
        bob.receive(method);
        CHECK(bob.take_events().empty());
        bob.receive(response(request, 200));
        CHECK(bob.take_events() == Lines{"Response 200"});
    }
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §8.1.3.2: a code that is not known is the x00 of its class, a 1xx is 183.
TEST_CASE("responses of unknown codes are taken by their class", "[endpoint][rfc3261][8.1.3.2]") {
    const auto events_after = [](int status) {
        Wire bob;
        const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
        bob.drain();
        bob.receive(response(bob.take_only(), status, "p1", peers_contact, "v=0"));
        const Lines lines = bob.take_events();
        bob.endpoint.session(id).hang_up(bob.now);
        return lines;
    };
    for (const int status : {183, 198})
        CHECK(events_after(status) == Lines{"Ringing " + std::to_string(status), "Preview"});
    CHECK(events_after(100).empty());
    for (const int status : {200, 299})
        CHECK(events_after(status)
              == Lines{"Answered " + std::to_string(status), "Answer", "Confirmed"});
    for (const int status : {300, 399})
        CHECK(events_after(status)
              == Lines{"Redirected " + std::to_string(status), "Terminated remote redirected"});
    for (const int status : {400, 499, 500, 599, 600, 699})
        CHECK(events_after(status)
              == Lines{"Rejected " + std::to_string(status), "Terminated remote rejected"});
}

// RFC 3261 §8.2.6.2
TEST_CASE("all responses to a request have the same tag", "[endpoint][rfc3261][8.2.6.2]") {
    EndpointConfig config = bobs_config();
    config.methods = {"SUBSCRIBE"};
    config.user_agent = "Bob/1";
    Wire bob(config);
    const Flow tcp = Wire::tcp();
    bob.receive(request({.method = "SUBSCRIBE"}), tcp);
    const auto request = bob.last<event::Request>();
    CHECK(request.flow == tcp);
    CHECK(bob.endpoint.respond(bob.now, request, 100));
    CHECK(bob.endpoint.respond(bob.now, request, 202, {.fields = {{"Expires", "60"}}}));
    bob.drain();
    REQUIRE(bob.sent.size() == 2);
    const auto trying = Message::parse(bob.sent[0].bytes);
    const auto accepted = Message::parse(bob.sent[1].bytes);
    CHECK(tag_of(*trying, Header::to) == "");
    CHECK(tag_of(*accepted, Header::to) != "");
    CHECK(value(*accepted, Header::expires) == "60");
    CHECK(value(*accepted, Header::server) == "Bob/1");
    CHECK(accepted->reason_phrase() == "Accepted");

    CHECK_FALSE(bob.endpoint.respond(bob.now, request, 500)); // it has its final response
    CHECK(bob.endpoint.try_respond(bob.now, request, 500).code == Errc::unknown_handle);
}

// RFC 4320 §4.2: a silent application holds nothing for ever, and may speak too late.
TEST_CASE("a request that the application never answers is forgotten", "[endpoint][rfc4320]") {
    EndpointConfig config = bobs_config();
    config.methods = {"MESSAGE"};
    Wire bob(config);
    bob.receive(request({.method = "MESSAGE"}));
    CHECK(bob.endpoint.counts().server_transactions == 1);
    bob.run_for(64 * 500ms);
    CHECK(bob.is_empty());
    CHECK(bob.take_sent() == Lines{"100 MESSAGE"});
    CHECK_FALSE(bob.endpoint.respond(bob.now, bob.last<event::Request>(), 200));
    bob.drain();
    CHECK(bob.take_sent().empty());
}

TEST_CASE("an operation with unusable arguments is refused, and does nothing", "[endpoint]") {
    EndpointConfig config = bobs_config();
    config.methods = {"MESSAGE"};
    config.limits.sessions = 1;
    Wire bob(config);
    const auto untouched = [&] {
        bob.drain();
        return bob.sent.empty() && bob.is_empty();
    };
    SECTION("request") {
        RequestId id;
        for (const char* method : {"", "GET IT", "INVITE", "ACK", "CANCEL", "BYE"}) {
            RequestOptions options = message_to("sip:192.0.2.9");
            options.method = method;
            CHECK_THROWS_AS(bob.endpoint.request(bob.now, options), BadArgument);
            CHECK(bob.endpoint.try_request(bob.now, options, id).tried == "request");
        }
        for (const char* target :
             {"", "mailto:x@y", "sip:", "http://192.0.2.9", "sip:a@b;transport=x"})
            CHECK_THROWS_AS(bob.endpoint.request(bob.now, message_to(target)), BadArgument);
        RequestOptions injected = message_to("sip:192.0.2.9");
        injected.fields = {{"Subject", "a\r\nVia: b"}};
        CHECK_THROWS_AS(bob.endpoint.request(bob.now, injected), UnsafeValue);
        injected.fields.clear();
        injected.from = "<sip:bob@biloxi.example>;tag=mine";
        CHECK_THROWS_AS(bob.endpoint.request(bob.now, injected), BadArgument);
        CHECK_FALSE(id);
        CHECK(untouched());
    }
    SECTION("invite") {
        SessionId id;
        for (const char* target : {"", "tel:+1", "sip:a@b;transport=x"}) {
            CHECK_THROWS_AS(bob.endpoint.invite(bob.now, target), BadArgument);
            InviteOptions options;
            options.target = target;
            CHECK(bob.endpoint.try_invite(bob.now, options, id).code == Errc::bad_argument);
        }
        CHECK_FALSE(id);
        CHECK(untouched());
        bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9");
        CHECK_THROWS_AS(bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9"), LimitReached);
        CHECK(bob.endpoint.counts().sessions == 1);
        CHECK_NOTHROW(bob.endpoint.request(bob.now, message_to("sip:192.0.2.9")));
    }
    SECTION("respond") {
        bob.receive(request({.method = "MESSAGE"}));
        const auto request = bob.last<event::Request>();
        for (const int status : {0, 99, 700, -1})
            CHECK_THROWS_AS(bob.endpoint.respond(bob.now, request, status), BadArgument);
        CHECK_THROWS_AS(bob.endpoint.respond(bob.now, request, 200, {.phrase = "a\nb"}),
                        UnsafeValue);
        bob.drain();
        CHECK(bob.sent.empty());
        CHECK(bob.endpoint.respond(bob.now, request, 200));
    }
}

// RFC 3263 §4: names are the application's to look up.
TEST_CASE("a host name asks for its addresses", "[endpoint][rfc3263]") {
    Wire bob;
    SECTION("for a request") {
        bob.endpoint.request(bob.now, message_to("sip:carol@chicago.example:5070"));
        bob.drain();
        CHECK(bob.take_sent().empty());
        const auto question = bob.last<event::Resolve>();
        CHECK(question.host == "chicago.example");
        CHECK(question.port == 5070);
        CHECK(question.transport == Transport::udp);
        bob.take_events();
        SECTION("answered") {
            bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9", 5070)});
            bob.drain();
            REQUIRE(bob.sent.size() == 1);
            CHECK(bob.sent[0].flow.remote == at("192.0.2.9", 5070));
            bob.receive(response(bob.take_only(), 200));
            CHECK(bob.take_events() == Lines{"Response 200"});
            bob.run_for(5s);
            CHECK(bob.is_empty());
            bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9", 5070)}); // once is enough
            bob.drain();
            CHECK(bob.sent.empty());
        }
        SECTION("answered that there are none") {
            bob.endpoint.resolved(bob.now, question.id, {});
            bob.drain();
            CHECK(bob.take_events() == Lines{"RequestFailed transport"});
        }
        SECTION("not answered") {
            bob.run_for(64 * 500ms);
            CHECK(bob.take_events() == Lines{"RequestFailed timeout"});
            CHECK(bob.is_empty());
            bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9")}); // too late
            bob.drain();
            CHECK(bob.sent.empty());
        }
    }
    SECTION("for a call, and once for all that it sends there") {
        const SessionId id = bob.endpoint.invite(bob.now, "sips:carol@chicago.example");
        bob.drain();
        const auto question = bob.last<event::Resolve>();
        CHECK(question.transport == Transport::tls);
        CHECK_FALSE(question.port);
        SECTION("answered") {
            bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9", 5061)});
            bob.drain();
            const Message invite = bob.take_only();
            bob.take_events();
            bob.receive(response(invite, 200, "p1", "Contact:<sips:carol@chicago.example>|", "v=0"),
                        bob.last_sent.flow);
            CHECK(bob.take_events() == Lines{"Answered 200", "Offer"});
            bob.endpoint.session(id).ack(bob.now, {.body = Body::sdp("v=0")});
            bob.drain();
            CHECK(bob.take_sent() == Lines{"ACK"});
            CHECK(bob.last_sent.flow.remote == at("192.0.2.9", 5061));
            CHECK(bob.take_events() == Lines{"Confirmed"});
        }
        SECTION("answered that there are none") {
            bob.endpoint.resolved(bob.now, question.id, {});
            bob.drain();
            CHECK(bob.take_events()
                  == Lines{"Resolve chicago.example", "Terminated local transport"});
        }
        SECTION("not answered") {
            bob.run_for(64 * 500ms);
            CHECK(bob.take_events()
                  == Lines{"Resolve chicago.example", "Terminated local timeout"});
        }
        SECTION("given up before: nothing leaves") {
            bob.endpoint.session(id).hang_up(bob.now);
            bob.drain();
            CHECK(bob.take_events()
                  == Lines{"Resolve chicago.example", "Terminated local cancelled"});
            CHECK(bob.is_empty());
            bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9", 5061)});
            bob.drain();
            CHECK(bob.sent.empty());
        }
    }
    bob.run_for(10min);
    CHECK(bob.endpoint.counts().client_transactions == 0);
}

TEST_CASE("each host is asked for once in a call", "[endpoint][rfc3263]") {
    Wire bob;
    bob.endpoint.invite(bob.now, "sip:carol@chicago.example", Body::sdp("v=0"));
    bob.drain();
    bob.endpoint.resolved(bob.now, bob.last<event::Resolve>().id, {at("192.0.2.9")});
    bob.drain();
    const Message invite = bob.take_only();
    bob.events.clear();
    bob.receive(response(invite, 200, "p1", "Contact:<sip:carol@paris.example>|", "v=0"));
    CHECK(bob.last<event::Resolve>().host == "paris.example");
    bob.endpoint.resolved(bob.now, bob.last<event::Resolve>().id, {at("192.0.2.10")});
    bob.events.clear();
    bob.receive(
        response(invite, 200, "p2", "Contact:<sip:carol@paris.example>|", "v=0")); // ACK, BYE
    bob.receive(response(invite, 200, "p3", "Contact:<sip:carol@chicago.example>|", "v=0"));
    CHECK(bob.take_events().empty());
    CHECK(bob.take_sent() == Lines{"ACK", "ACK", "BYE", "ACK", "BYE"});
    CHECK(bob.last_sent.flow.remote == at("192.0.2.9"));
}

// The peer's Contact can be a name as well, and its 2xx comes again and again meanwhile.
TEST_CASE("ACK and BYE wait for a name in their order, and each once", "[endpoint][rfc3263]") {
    Wire bob;
    const SessionId id = bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    const Message invite = bob.take_only();
    const std::string ok =
        response(invite, 200, "p1", "Contact:<sip:carol@chicago.example>|", "v=0");
    bob.receive(ok);
    bob.receive(ok);
    bob.receive(ok);
    CHECK(bob.take_sent().empty());
    const auto question = bob.last<event::Resolve>();
    CHECK(bob.take_events()
          == Lines{"Resolve chicago.example", "Answered 200", "Answer", "Confirmed"});
    bob.endpoint.session(id).bye(bob.now);
    bob.drain();
    CHECK(bob.take_events() == Lines{"Terminating"});
    SECTION("answered") {
        bob.endpoint.resolved(bob.now, question.id, {at("192.0.2.9", 5080)});
        bob.drain();
        CHECK(bob.take_sent() == Lines{"ACK", "BYE"});
        CHECK(bob.last_sent.flow.remote == at("192.0.2.9", 5080));
        bob.receive(ok); // known by now
        CHECK(bob.take_sent() == Lines{"ACK"});
        bob.endpoint.transmit_failed(bob.now, bob.last_sent.flow);
        bob.drain();
        CHECK(bob.take_events() == Lines{"Terminated local bye"});
    }
    SECTION("never") {
        bob.run_for(64 * 500ms);
        CHECK(bob.take_events() == Lines{"Terminated local bye"});
    }
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

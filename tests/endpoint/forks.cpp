// One INVITE of ours, several who answer: a proxy between us has forked it.

#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// A call whose INVITE is on the wire; the test answers as everybody that it reaches.
struct Forked {
    Wire bob;
    SessionId id;
    Message invite = Message::request("X", "sip:x");

    explicit Forked(ForkPolicy policy, EndpointConfig config = bobs_config()) : bob(config) {
        InviteOptions options;
        options.target = "sip:carol@192.0.2.9";
        options.offer = Body::sdp("v=0");
        options.forks = policy;
        id = bob.endpoint.invite(bob.now, options);
        bob.drain();
        invite = bob.take_only();
    }
    static std::string contact(std::string_view tag) {
        return "Contact:<sip:" + std::string(tag) + "@192.0.2.9>|";
    }
    void ring(std::string_view tag) { bob.receive(response(invite, 180, tag, contact(tag))); }
    void answer(std::string_view tag) {
        bob.receive(response(invite, 200, tag, contact(tag), "v=0"));
    }
    /// What left: "ACK one" for an ACK in the dialog with that tag.
    Lines take_sent() {
        Lines lines;
        for (const Transmit& transmit : bob.sent) {
            const auto request = Message::parse(transmit.bytes);
            lines.push_back(std::string(request->method()) + " " + tag_of(*request, Header::to));
            CHECK(request->request_uri() == "sip:" + tag_of(*request, Header::to) + "@192.0.2.9");
        }
        last = bob.sent.empty() ? "" : bob.sent.back().bytes;
        bob.sent.clear();
        return lines;
    }
    std::string last;
};

std::string bye_from(const Message& invite, std::string_view tag) {
    return request({.method = "BYE",
                    .via = "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK" + std::string(tag),
                    .from = value(invite, Header::to) + ";tag=" + std::string(tag),
                    .to = value(invite, Header::from),
                    .call_id = value(invite, Header::call_id)});
}

} // namespace

// RFC 3261 §13.2.2.4: all dialogs of a fork are acknowledged; those that we do not keep get BYE.
TEST_CASE("of two who answer the first stays and the other gets BYE",
          "[endpoint][rfc3261][13.2.2.4]") {
    Forked call(ForkPolicy::keep_first);
    Wire& bob = call.bob;
    call.ring("one");
    call.ring("two");
    CHECK(bob.take_events() == Lines{"Ringing 180", "Ringing 180"});
    call.answer("two");
    CHECK(bob.take_events() == Lines{"Answered 200", "Answer", "Confirmed"});
    CHECK(call.take_sent() == Lines{"ACK two"});
    call.answer("one");
    CHECK(call.take_sent() == Lines{"ACK one", "BYE one"});
    const auto bye = Message::parse(call.last);
    CHECK(bob.take_events().empty());

    SECTION("either 2xx is acknowledged again when it comes again") {
        call.answer("one");
        CHECK(call.take_sent() == Lines{"ACK one"});
        call.answer("two");
        CHECK(call.take_sent() == Lines{"ACK two"});
        call.answer("one");
        CHECK(call.take_sent() == Lines{"ACK one"});
    }
    SECTION("the end of the other is not the end of the call") {
        bob.receive(response(*bye, 200));
        CHECK(bob.take_events().empty());
        CHECK(bob.endpoint.session(call.id).state() == State::confirmed);
    }
    bob.receive(response(*bye, 200));
    bob.endpoint.session(call.id).bye(bob.now);
    bob.drain();
    CHECK(call.take_sent() == Lines{"BYE two"});
    bob.receive(response(*Message::parse(call.last), 200));
    CHECK(bob.take_events() == Lines{"Terminating", "Terminated local bye"});
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// RFC 3261 §13.2.2.4: or both stay, each a session of its own.
TEST_CASE("of two who answer both may stay", "[endpoint][rfc3261][13.2.2.4]") {
    Forked call(ForkPolicy::keep_all);
    Wire& bob = call.bob;
    call.ring("one");
    call.answer("one");
    call.answer("two");
    const auto forked = bob.last<event::Forked>();
    CHECK(forked.session == call.id);
    CHECK(bob.take_events()
          == Lines{"Ringing 180", "Answered 200", "Answer", "Confirmed", "Forked", "Answered 200",
                   "Answer", "Confirmed"});
    CHECK(call.take_sent() == Lines{"ACK one", "ACK two"});
    CHECK(bob.endpoint.counts().sessions == 2);

    SECTION("each acknowledges its own 2xx again") {
        call.answer("two");
        CHECK(call.take_sent() == Lines{"ACK two"});
        call.answer("one");
        CHECK(call.take_sent() == Lines{"ACK one"});
        CHECK(bob.take_events().empty());
    }
    SECTION("each is ended by its own BYE") {
        bob.receive(bye_from(call.invite, "two"));
        CHECK(bob.take_sent() == Lines{"200 BYE"});
        CHECK(bob.last<event::Terminated>().session == forked.fork);
        CHECK(bob.endpoint.session(call.id).state() == State::confirmed);
        CHECK(bob.endpoint.session(forked.fork).state() == State::terminated);
    }
    SECTION("the second goes on without the first") {
        bob.receive(bye_from(call.invite, "one"));
        CHECK(bob.last<event::Terminated>().session == call.id);
        CHECK(bob.take_sent() == Lines{"200 BYE"});
        call.answer("two");
        CHECK(call.take_sent() == Lines{"ACK two"});
        bob.run_for(64s);
        CHECK(bob.endpoint.counts().sessions == 1);
        bob.receive(bye_from(call.invite, "two"));
        CHECK(bob.take_sent() == Lines{"200 BYE"});
    }
    SECTION("a third becomes a third") {
        call.answer("three");
        CHECK(call.take_sent() == Lines{"ACK three"});
        CHECK(bob.endpoint.counts().sessions == 3);
        bob.endpoint.session(bob.last<event::Forked>().fork).hang_up(bob.now);
        bob.drain();
        CHECK(call.take_sent() == Lines{"BYE three"});
    }
    bob.endpoint.session(call.id).hang_up(bob.now);
    bob.endpoint.session(forked.fork).hang_up(bob.now);
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

// Limits::sessions holds for forks as well; but what has answered wants ACK and BYE.
TEST_CASE("a fork above the limit of sessions is hung up at once", "[endpoint]") {
    EndpointConfig config = bobs_config();
    config.limits.sessions = 1;
    Forked call(ForkPolicy::keep_all, config);
    call.answer("one");
    call.answer("two");
    CHECK(call.take_sent() == Lines{"ACK one", "ACK two", "BYE two"});
    call.bob.receive(bye_from(call.invite, "one"));
    call.bob.run_for(64s);
    CHECK(call.bob.is_empty());
}

// RFC 3261 §13.2.2.1: the forks that one INVITE may make us follow are limited.
TEST_CASE("more early dialogs than the limit are passed over", "[endpoint][rfc3261][13.2.2.1]") {
    EndpointConfig config = bobs_config();
    config.limits.early_dialogs = 2;
    Forked call(ForkPolicy::keep_first, config);
    for (const char* tag : {"one", "two", "three", "four"})
        call.ring(tag);
    std::vector<std::uint32_t> forks;
    for (const Event& event : call.bob.events)
        if (const auto* const ringing = std::get_if<event::Ringing>(&event))
            forks.push_back(ringing->fork);
    CHECK(forks == std::vector<std::uint32_t>{1, 2, 0, 0});
    call.bob.endpoint.session(call.id).hang_up(call.bob.now);
    call.bob.run_for(3min);
    CHECK(call.bob.is_empty());
}

// RFC 3261 §9.1, §15: CANCEL is too late for those who have answered.
TEST_CASE("a cancelled call that two have answered ends both", "[endpoint][rfc3261][9.1]") {
    Forked call(ForkPolicy::keep_first);
    call.ring("one");
    call.bob.endpoint.session(call.id).cancel(call.bob.now);
    call.bob.drain();
    CHECK(call.bob.take_sent() == Lines{"CANCEL"});
    call.answer("one");
    CHECK(call.take_sent() == Lines{"ACK one", "BYE one"});
    call.answer("two");
    CHECK(call.take_sent() == Lines{"ACK two", "BYE two"});
    call.bob.run_for(2min);
    CHECK(call.bob.take_events().back() == "Terminated local cancelled");
    CHECK(call.bob.is_empty());
}

// RFC 3261 §12.2.2: a request on any of the early dialogs finds the call.
TEST_CASE("each early dialog takes requests of its own", "[endpoint][rfc3261][12.2.2]") {
    Forked call(ForkPolicy::keep_first);
    call.ring("one");
    call.ring("two");
    call.bob.sent.clear();
    for (const char* tag : {"one", "two"}) {
        call.bob.receive(request({.method = "OPTIONS",
                                  .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK" + std::string(tag),
                                  .from = "<sip:carol@192.0.2.9>;tag=" + std::string(tag),
                                  .to = value(call.invite, Header::from),
                                  .call_id = value(call.invite, Header::call_id)}));
        CHECK(call.bob.take_sent() == Lines{"200 OPTIONS"});
    }
    call.bob.receive(request({.method = "OPTIONS",
                              .via = "SIP/2.0/UDP 192.0.2.9;branch=z9hG4bKthree",
                              .from = "<sip:carol@192.0.2.9>;tag=three",
                              .to = value(call.invite, Header::from),
                              .call_id = value(call.invite, Header::call_id)}));
    CHECK(call.bob.take_sent() == Lines{"481 OPTIONS"});
}

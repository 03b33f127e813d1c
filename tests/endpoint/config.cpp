#include "offhook/endpoint/config.hpp"

#include <chrono>

#include "../catch.hpp"
#include "offhook/endpoint/endpoint.hpp"

using namespace offhook;
using namespace std::chrono_literals;

TEST_CASE("a listener names itself by its address or by its host", "[endpoint]") {
    Listener listener{Transport::udp, *Address::parse("2001:db8::1", 5060), {}};
    CHECK(listener.sent_by() == "[2001:db8::1]:5060");
    listener.host = "pc33.atlanta.example";
    CHECK(listener.sent_by() == "pc33.atlanta.example:5060");
}

// What would go out in every message has to be fit for it. RFC 3261 §25.1
TEST_CASE("a configuration of which no endpoint can be made is refused", "[endpoint]") {
    struct Row {
        Errc code;
        void (*change)(EndpointConfig&);
    };
    const Row rows[] = {
        {Errc::bad_argument, [](EndpointConfig& c) { c.listeners.clear(); }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.listeners[0].host = "a b"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.listeners[0].host = "a\r\nX: b"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.listeners[0].host = "a;branch=x"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.identity = ""; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.identity = "<sip:a@b>;tag=1"; }},
        {Errc::unsafe_value, [](EndpointConfig& c) { c.identity = "<sip:a@b>\r\nX: y"; }},
        {Errc::unsafe_value, [](EndpointConfig& c) { c.user_agent = "a\nb"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.route = "sip:proxy"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.route = "<sip:a;lr>, nonsense"; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.methods = {"GET IT"}; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.extensions = {""}; }},
        {Errc::unsafe_value, [](EndpointConfig& c) { c.content_types = {"a/b\r\nX: y"}; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.timers.t1 = 0s; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.timers.t2 = 1ms; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.timers.t4 = -1s; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.session_timers.unanswered = -1s; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.session_timers.provisional_refresh = -1s; }},
        {Errc::bad_argument, [](EndpointConfig& c) { c.retry_after = -1s; }},
    };
    EndpointConfig good;
    good.listeners = {{Transport::udp, *Address::parse("192.0.2.1", 5060), {}}};
    CHECK_FALSE(check(good));
    CHECK_NOTHROW(Endpoint(good, Seed{}));
    int row_number = 0;
    for (const Row& row : rows) {
        CAPTURE(row_number++);
        EndpointConfig bad = good;
        row.change(bad);
        CHECK(check(bad).code == row.code);
        CHECK_THROWS_AS(Endpoint(bad, Seed{}), Error);
    }
}

// RFC 3261 §8.1.1.3, §20.20
TEST_CASE("who says nothing of itself is Anonymous", "[endpoint][rfc3261][8.1.1.3]") {
    EndpointConfig config;
    config.listeners = {{Transport::udp, *Address::parse("192.0.2.1", 5060), {}}};
    Endpoint endpoint(config, Seed{});
    endpoint.invite(TimePoint(), "sip:carol@192.0.2.9", Body::sdp("v=0"));
    const auto invite = Message::parse(endpoint.poll_transmit()->bytes);
    CHECK(invite->header(Header::from)
              ->starts_with("\"Anonymous\" <sip:anonymous@anonymous.invalid>;tag="));
}

TEST_CASE("the timers of sessions follow those of transactions", "[endpoint]") {
    EndpointConfig config;
    config.listeners = {{Transport::udp, *Address::parse("192.0.2.1", 5060), {}}};
    config.timers = {.t1 = 100ms, .t2 = 800ms};
    const Endpoint endpoint(config, Seed{});
    CHECK(endpoint.config().session_timers.t1 == 100ms);
    CHECK(endpoint.config().session_timers.t2 == 800ms);
}

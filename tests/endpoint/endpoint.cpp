#include "offhook/endpoint/endpoint.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"
#include "../support/world.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

std::vector<std::string> bytes_sent(const World& world) {
    std::vector<std::string> all;
    for (const trace::Record& record : world.net.trace().records())
        all.push_back(record.text);
    return all;
}

void call_and_hang_up(World& world) {
    const SessionId id =
        world.net[0].invite(world.net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0\r\n"));
    world.run_for(1s);
    world.net[0].session(id).hang_up(world.net.now());
    world.run_out();
}

World two_of_them(std::uint64_t seed = 1) {
    World world(seed, {.loss = 0.4, .duplication = 0.2});
    world.add("alice", "192.0.2.1");
    world.add("bob", "192.0.2.2");
    world.on_event = accept_calls;
    return world;
}

} // namespace

TEST_CASE("the same seeds give the same bytes", "[endpoint]") {
    World one = two_of_them();
    World other = two_of_them();
    call_and_hang_up(one);
    call_and_hang_up(other);
    CHECK(bytes_sent(one) == bytes_sent(other));
    CHECK(bytes_sent(one).size() > 6);
    World third = two_of_them(2);
    call_and_hang_up(third);
    CHECK(bytes_sent(one) != bytes_sent(third));
}

TEST_CASE("copies of an endpoint go on alike, and apart", "[endpoint]") {
    World one = two_of_them();
    const SessionId id =
        one.net[0].invite(one.net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0\r\n"));
    one.run_for(300ms);
    World other = one;
    one.net[0].session(id).hang_up(one.net.now());
    one.run_for(10s);
    World third = other;
    CHECK(other.net[0].session(id).state() != State::terminated);
    other.net[0].session(id).hang_up(other.net.now());
    other.run_for(10s);
    CHECK(bytes_sent(one) == bytes_sent(other));
    one.run_out();
    other.run_out();
    CHECK(bytes_sent(one) == bytes_sent(other));
    CHECK(one.take_events(0) == other.take_events(0));
    third.run_for(10s);
    CHECK(third.net[0].session(id).state() == State::confirmed);
}

namespace {

/// Randomness that counts: what is drawn shows in what is sent.
struct Counting {
    int drawn = 0;
    std::string token(std::size_t bits) {
        return "t" + std::to_string(++drawn) + "x" + std::to_string(bits);
    }
    HashKey key() { return {static_cast<std::uint64_t>(++drawn), 0}; }
};

} // namespace

// RFC 3261 §19.3, §8.1.1.4: at least so many bits.
TEST_CASE("the application's own randomness makes tags and Call-IDs", "[endpoint][rfc3261][19.3]") {
    BasicEndpoint<Counting> endpoint(bobs_config(), Counting{});
    endpoint.invite(TimePoint(), "sip:carol@192.0.2.9", Body::sdp("v=0"));
    const auto invite = Message::parse(endpoint.poll_transmit()->bytes);
    CHECK(tag_of(*invite, Header::from).ends_with("x96"));
    CHECK(value(*invite, Header::call_id).ends_with("x128"));
}

TEST_CASE("a timeout too early or too often does no harm", "[endpoint]") {
    Wire bob;
    bob.endpoint.handle_timeout(bob.now);
    bob.endpoint.invite(bob.now, "sip:carol@192.0.2.9", Body::sdp("v=0"));
    bob.drain();
    CHECK(bob.take_sent() == Lines{"INVITE"});
    const auto deadline = bob.endpoint.poll_timeout();
    REQUIRE(deadline);
    for (int i = 0; i < 10; ++i)
        bob.endpoint.handle_timeout(bob.now + i * 49ms);
    bob.drain();
    CHECK(bob.sent.empty());
    CHECK(bob.endpoint.poll_timeout() == deadline);
    bob.endpoint.handle_timeout(bob.now + 1h); // all at once, and much too late
    bob.drain();
    CHECK(bob.take_events() == Lines{"Terminated local timeout"});
}

// Many at once: each with its own answers, and nothing left behind.
TEST_CASE("a thousand calls through loss and duplication end and leave nothing", "[endpoint]") {
    World world(7, {.jitter = 20ms, .loss = 0.1, .duplication = 0.1, .reordering = 0.05});
    world.add("alice", "192.0.2.1");
    world.add("bob", "192.0.2.2");
    world.on_event = accept_calls;
    std::vector<SessionId> calls;
    for (int i = 0; i < 1000; ++i) {
        calls.push_back(
            world.net[0].invite(world.net.now(), "sip:bob@192.0.2.2", Body::sdp("v=0\r\n")));
    }
    world.run_for(40s);
    CHECK(world.net[0].counts().sessions == 1000);
    for (std::size_t i = 0; i < calls.size(); ++i)
        world.net[0].session(calls[i]).bye(world.net.now());
    world.run_out();
    std::size_t confirmed = 0;
    for (const std::string& line : world.take_events(1))
        confirmed += line == "Confirmed";
    CHECK(confirmed == 1000);
}

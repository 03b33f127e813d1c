// Header fields that are too many, too long or too odd, in a call that has to stand that.

#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

std::string lines(const std::string& name, const std::string& value, int count) {
    std::string text;
    for (int i = 0; i < count; ++i)
        text += name + ": " + value + "|";
    return text;
}
std::size_t count_of(const Message& message, Header name) {
    std::size_t n = 0;
    while (message.header(name, n))
        ++n;
    return n;
}

} // namespace

TEST_CASE("an INVITE with a tag of 250 characters that comes twice is one call",
          "[fault][rfc3261][17.2.3]") {
    Wire bob;
    const std::string tag(250, 't');
    const std::string text = invite({.from = "<sip:alice@atlanta.example>;tag=" + tag});
    bob.receive(text);
    bob.receive(text);
    const SessionId id = bob.last<event::Incoming>().session;
    CHECK(bob.take_events() == Lines{"Incoming"});
    CHECK(bob.take_sent() == Lines{"100 INVITE"});
    bob.endpoint.session(id).accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    CHECK(tag_of(bob.take_only(), Header::from) == tag);
    bob.endpoint.session(id).hang_up(bob.now);
    bob.run_for(128s);
    CHECK(bob.is_empty());
}

TEST_CASE("a header field may stand there three times and more", "[fault][rfc3261][7.3.1]") {
    Wire bob;
    bob.receive(invite({.more = lines("Via", "SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK2", 3)
                                + lines("Record-Route", "<sip:192.0.2.7;lr>", 3)
                                + lines("Accept", "application/sdp", 3)
                                + lines("Supported", "timer,", 3)}));
    bob.endpoint.session(bob.last<event::Incoming>().session)
        .accept(bob.now, {.body = Body::sdp("v=0\r\n")});
    bob.drain();
    const Message success = bob.take_only();
    CHECK(count_of(success, Header::via) == 4);
    CHECK(count_of(success, Header::record_route) == 3);
}

TEST_CASE("hundreds of header fields of a kind are answered, and too many refused",
          "[fault][rfc3261][21.4.1]") {
    for (const char* const name : {"Accept", "Route", "Record-Route", "Via"}) {
        INFO(name);
        const std::string value = std::string(name) == "Accept" ? "application/sdp"
                                  : std::string(name) == "Via"
                                      ? "SIP/2.0/UDP 192.0.2.8;branch=z9hG4bK2"
                                      : "<sip:192.0.2.1;lr>";
        for (const int count : {33, 200, 400}) {
            Wire bob;
            bob.receive(invite({.more = lines(name, value, count)}));
            if (count < 256) {
                bob.endpoint.session(bob.last<event::Incoming>().session).reject(bob.now, 486);
                bob.drain();
                CHECK(bob.take_sent() == Lines{"486 INVITE"});
            } else {
                CHECK(bob.take_events().empty());
                CHECK(bob.take_sent() == Lines{"400 INVITE"});
            }
            bob.run_for(64s);
            CHECK(bob.is_empty());
        }
    }
}

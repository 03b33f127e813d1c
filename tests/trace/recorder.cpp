#include "offhook/trace/recorder.hpp"

#include "../catch.hpp"

using namespace offhook;
using trace::Record;
using trace::Recorder;

namespace {

const Address alice = Address::parse("192.0.2.1", 5060).value();
const Address bob = Address::parse("192.0.2.2", 5060).value();
const Flow datagrams{Transport::udp, alice, bob};
const Flow stream{Transport::tcp, alice, bob, 3};
const std::string options = "OPTIONS sip:bob@192.0.2.2 SIP/2.0\r\nContent-Length: 0\r\n\r\n";
const TimePoint now{};

} // namespace

TEST_CASE("what is sent and what is received run opposite ways", "[trace][recorder]") {
    Recorder recorder;
    recorder.sent(now, datagrams, "one");
    recorder.received(now + std::chrono::seconds(1), datagrams, "two");
    recorder.lost(now, datagrams, "three");
    recorder.note(now, bob, "four");

    const auto& records = recorder.records();
    REQUIRE(records.size() == 4);
    CHECK((records[0].from == alice && records[0].to == bob && records[0].text == "one"));
    CHECK((records[1].from == bob && records[1].to == alice && records[1].text == "two"));
    CHECK(records[1].time - records[0].time == std::chrono::seconds(1));
    CHECK((records[2].from == alice && records[2].kind == Record::Kind::lost));
    CHECK((records[3].from == bob && records[3].kind == Record::Kind::note));
}

// RFC 3261 §18.3: a stream shows no message boundaries of its own.
TEST_CASE("the pieces of a stream become messages", "[trace][recorder][rfc3261][18.3]") {
    Recorder recorder;
    recorder.received(now, stream, "\r\n\r\n" + options.substr(0, 20));
    CHECK(recorder.records().empty());
    recorder.received(now, stream, options.substr(20) + options);
    REQUIRE(recorder.records().size() == 2);
    CHECK(recorder.records()[0].text == options);
    CHECK(recorder.records()[1].text == options);

    SECTION("each connection by itself") {
        Flow other = stream;
        other.connection = 4;
        recorder.received(now, stream, options.substr(0, 20));
        recorder.received(now, other, options);
        recorder.received(now, stream, options.substr(20));
        REQUIRE(recorder.records().size() == 4);
        CHECK(recorder.records()[2].text == options);
        CHECK(recorder.records()[3].text == options);
    }
    SECTION("and a new connection begins anew") {
        recorder.received(now, stream, options.substr(0, 20));
        recorder.closed(stream);
        recorder.received(now, stream, options);
        CHECK(recorder.records().size() == 3);
        CHECK(recorder.records()[2].text == options);
    }
}

TEST_CASE("a recorder that is full keeps the beginning and counts the rest", "[trace][recorder]") {
    Recorder recorder(2);
    for (const char* text : {"one", "two", "three", "four"})
        recorder.sent(now, datagrams, text);
    REQUIRE(recorder.records().size() == 2);
    CHECK(recorder.records()[1].text == "two");
    CHECK(recorder.dropped() == 2);
}

TEST_CASE("the last name of an address counts", "[trace][recorder]") {
    Recorder recorder;
    CHECK(recorder.name_of(alice) == "");
    recorder.name(alice, "a");
    recorder.name(bob, "bob");
    recorder.name(alice, "alice");
    CHECK(recorder.name_of(alice) == "alice");
    CHECK(recorder.name_of(bob) == "bob");
}

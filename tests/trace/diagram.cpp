#include "offhook/trace/diagram.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using trace::Diagram;
using trace::Recorder;
using Sort = trace::Diagram::Sort;

namespace {

const Address alice = Address::parse("192.0.2.1", 5060).value();
const Address bob = Address::parse("192.0.2.2", 5060).value();
const Address carol = Address::parse("192.0.2.3", 5060).value();
const Flow there{Transport::udp, alice, bob};
const Flow back{Transport::udp, bob, alice};
const TimePoint start{};

std::string message(const std::string& start_line, const std::string& fields) {
    return start_line + "\r\n" + fields + "Content-Length: 0\r\n\r\n";
}

Diagram read(const Recorder& recorder) {
    Diagram diagram;
    diagram.read(recorder);
    return diagram;
}

} // namespace

TEST_CASE("a step says what kind of message it is", "[trace][diagram]") {
    struct Row {
        std::string text;
        Sort sort;
        std::string label;
    };
    const Row rows[] = {
        {message("BYE sip:b SIP/2.0", "CSeq: 2 BYE\r\n"), Sort::request, "BYE · 2"},
        {message("SIP/2.0 199 Early", "CSeq: 1 INVITE\r\n"), Sort::provisional,
         "199 Early · 1 INVITE"},
        {message("SIP/2.0 200 OK", "CSeq: 1 INVITE\r\n"), Sort::success, "200 OK · 1 INVITE"},
        {message("SIP/2.0 299 Fine", ""), Sort::success, "299 Fine"},
        {message("SIP/2.0 300 Elsewhere", "CSeq: x\r\n"), Sort::failure, "300 Elsewhere"},
        {"INFO sip:b SIP/2.0\r\nContent-Type: a/b;c\r\nContent-Length: 1\r\n\r\nx", Sort::request,
         "INFO · b"},
        {"\r\n\r\n", Sort::other, "keep-alive"},
        {"nonsense\r\nmore", Sort::other, "unreadable: nonsense"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.label);
        Recorder recorder;
        recorder.sent(start, there, row.text);
        const Diagram diagram = read(recorder);
        REQUIRE(diagram.steps().size() == 1);
        CHECK(diagram.steps()[0].sort == row.sort);
        CHECK(diagram.steps()[0].label() == row.label);
        CHECK((diagram.steps()[0].from == 0 && diagram.steps()[0].to == 1));
    }
}

// RFC 3261 §17: a retransmission is the same bytes on the same way again.
TEST_CASE("the same bytes on the same way are sent again", "[trace][diagram][rfc3261][17]") {
    Recorder recorder;
    recorder.lost(start, there, "one");
    recorder.sent(start, back, "one");
    recorder.sent(start, there, "one");
    recorder.sent(start, there, "two");
    recorder.note(start, alice, "two");
    recorder.sent(start, {Transport::udp, alice, carol}, "one");
    recorder.sent(start, {Transport::udp, carol, bob}, "one");
    recorder.sent(start, there, "\r\n\r\n");
    recorder.sent(start, there, "\r\n\r\n"); // a keep-alive, each time anew
    const Diagram diagram = read(recorder);
    std::string marks;
    for (const Diagram::Step& step : diagram.steps())
        marks += step.lost ? "lost " : step.repeated ? "again " : "new ";
    CHECK(marks == "lost new again new new new new new new ");
    CHECK(diagram.steps()[4].sort == Sort::note);
}

TEST_CASE("a diagram goes on where it has stopped reading", "[trace][diagram]") {
    Recorder recorder;
    Diagram diagram;
    recorder.sent(start, there, "one");
    diagram.read(recorder);
    diagram.read(recorder);
    CHECK(diagram.steps().size() == 1);
    recorder.sent(start + 1s, there, "one");
    diagram.read(recorder);
    REQUIRE(diagram.steps().size() == 2);
    CHECK(diagram.steps()[1].repeated);
    CHECK(diagram.steps()[1].record == 1);
}

TEST_CASE("time is told since the first step", "[trace][diagram]") {
    Recorder recorder;
    for (const Duration time : {Duration(5s), Duration(5999999us), Duration(6999998us),
                                Duration(7999998us), Duration(4s)})
        recorder.note(start + time, alice, "");
    const Diagram diagram = read(recorder);
    std::string told;
    for (std::size_t i = 0; i < diagram.steps().size(); ++i)
        told += (diagram.pause_before(i) ? "| " : "") + diagram.clock(diagram.steps()[i]) + " ";
    CHECK(told == "0.000 0.999 1.999 | 2.999 0.000 ");
}

TEST_CASE("a participant with several addresses shows one of them", "[trace][diagram]") {
    Recorder recorder;
    recorder.name(alice, "both");
    recorder.name(bob, "both");
    recorder.sent(start, there, "one");
    const Diagram diagram = read(recorder);
    REQUIRE(diagram.participants().size() == 1);
    CHECK(diagram.participants()[0].subtitle() == "192.0.2.1:5060 +1");
    Recorder nameless;
    nameless.sent(start, there, "one");
    CHECK(read(nameless).participants()[0].title == "192.0.2.1:5060");
    CHECK(read(nameless).participants()[0].subtitle() == "");
}

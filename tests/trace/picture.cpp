#include "offhook/trace/picture.hpp"

#include <optional>

#include "../catch.hpp"
#include "scene.hpp"
#include "xml.hpp"

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using trace::Diagram;
using trace::Picture;
using trace::Recorder;

namespace {

const Address alice = at("192.0.2.1");
const Address bob = at("192.0.2.2");
const Address carol = at("192.0.2.3");
const TimePoint start{};

/// A picture, and the diagram that it is of.
struct Drawn {
    Diagram diagram;
    std::optional<Picture> picture;

    explicit Drawn(const Recorder& recorder, int least_width = 0) {
        diagram.read(recorder);
        picture.emplace(diagram, least_width);
    }
    std::string step(std::size_t i) const { return picture->step(i).drawing; }
};

Recorder with(const std::string& text, const Address& from = alice, const Address& to = bob) {
    Recorder recorder;
    recorder.sent(start, {Transport::udp, from, to}, text);
    return recorder;
}

bool has(const std::string& text, const std::string& what) {
    return text.find(what) != text.npos;
}

const std::string invite = message("INVITE sip:b SIP/2.0", "1 INVITE");

} // namespace

TEST_CASE("an arrow runs from one lifeline to the other", "[trace][picture]") {
    const Drawn there(with(invite));
    const int left = there.picture->lifelines().at(0);
    const int right = there.picture->lifelines().at(1);
    CHECK(has(there.step(0), Picture::line("shaft", left, 31, right - 9, 31)));
    CHECK(has(there.step(0), "<path class=\"tip\" d=\"M" + std::to_string(right - 1) + " 31l-10 "));
    Recorder recorder = with(invite);
    recorder.sent(start, {Transport::udp, bob, alice}, message("SIP/2.0 200 OK", "1 INVITE"));
    const Drawn back(recorder);
    const int far = back.picture->lifelines().at(1);
    CHECK(has(back.step(1), Picture::line("shaft", far, 31, left + 9, 31)));
    CHECK(has(back.step(1), "<path class=\"tip\" d=\"M" + std::to_string(left + 1) + " 31l10 "));
}

TEST_CASE("a picture colours messages by their kind", "[trace][picture]") {
    Recorder recorder;
    for (const char* const line :
         {"BYE sip:b SIP/2.0", "SIP/2.0 180 Ringing", "SIP/2.0 200 OK", "SIP/2.0 302 Moved"})
        recorder.sent(start, {Transport::udp, alice, bob}, message(line, "1 BYE"));
    recorder.sent(start, {Transport::udp, alice, bob}, "\r\n\r\n");
    recorder.note(start, alice, "note");
    const Drawn drawn(recorder);
    std::size_t i = 0;
    for (const char* const kind : {"request", "provisional", "success", "failure", "other", "note"})
        CHECK(drawn.step(i++).starts_with("<g class=\"" + std::string(kind) + "\">"));
}

TEST_CASE("what is lost or sent again is marked in the picture", "[trace][picture]") {
    Recorder recorder;
    const Flow flow{Transport::udp, alice, bob};
    recorder.sent(start, flow, invite);
    recorder.sent(start, flow, invite);
    recorder.lost(start, flow, invite);
    recorder.lost(start, flow, "new");
    const Drawn drawn(recorder);
    struct Row {
        const char* classes;
        const char* mark;
        bool lost;
    };
    const Row rows[] = {{"request", "", false},
                        {"request twice", ">again<", false},
                        {"request twice lost", ">again, lost<", true},
                        {"other lost", ">lost<", true}};
    for (std::size_t i = 0; i < 4; ++i) {
        const std::string text = drawn.step(i);
        CAPTURE(text);
        CHECK(text.starts_with("<g class=\"" + std::string(rows[i].classes) + "\">"));
        CHECK(has(text, rows[i].mark));
        CHECK(has(text, "class=\"mark\"") == (*rows[i].mark != '\0'));
        CHECK(has(text, "class=\"cross\"") == rows[i].lost);
        CHECK(has(text, "class=\"never\"") == rows[i].lost);
        CHECK(has(text, "class=\"tip\"") != rows[i].lost); // it comes to no end
    }
}

TEST_CASE("a broken arrow stops short of its end", "[trace][picture]") {
    Recorder recorder;
    recorder.lost(start, {Transport::udp, alice, bob}, "there");
    recorder.lost(start, {Transport::udp, bob, alice}, "back");
    const Drawn drawn(recorder);
    const int left = drawn.picture->lifelines().at(0);
    const int right = drawn.picture->lifelines().at(1);
    const int far = left + (right - left) * 3 / 4;
    const int near = right - (right - left) * 3 / 4;
    CHECK(has(drawn.step(0), Picture::line("shaft", left, 31, far - 10, 31)));
    CHECK(has(drawn.step(0), "class=\"cross\" d=\"M" + std::to_string(far - 5) + " 26l"));
    CHECK(has(drawn.step(1), Picture::line("shaft", right, 31, near + 10, 31)));
}

TEST_CASE("only a label across a lifeline covers it", "[trace][picture]") {
    Recorder recorder = with(invite);
    recorder.sent(start, {Transport::udp, bob, carol}, invite);
    recorder.sent(start, {Transport::udp, carol, alice}, invite);
    const Drawn drawn(recorder);
    CHECK_FALSE(has(drawn.step(0), "label over"));
    CHECK_FALSE(has(drawn.step(1), "label over"));
    CHECK(has(drawn.step(2), "label over"));
}

TEST_CASE("a note stands beside its lifeline, on the side of another", "[trace][picture]") {
    Recorder recorder = with(invite);
    recorder.note(start, alice, "a short one");
    recorder.note(start, bob, "a short one");
    recorder.note(start, bob, std::string(200, 'n'));
    const Drawn drawn(recorder);
    const int left = drawn.picture->lifelines().at(0);
    const int right = drawn.picture->lifelines().at(1);
    const std::string dot = "<circle class=\"dot\" cx=\"";
    CHECK(has(drawn.step(1), "class=\"box\" x=\"" + std::to_string(left + 18) + "\""));
    CHECK(has(drawn.step(1), dot + std::to_string(left) + "\""));
    CHECK(has(drawn.step(2), dot + std::to_string(right) + "\""));
    for (const Element& element : elements(drawn.step(2)))
        if (element.name == "rect")
            CHECK(std::stoi(element.attribute("x")) + std::stoi(element.attribute("width"))
                  == right - 18);
    CHECK(count(drawn.step(2), "class=\"said\"") == 1);
    std::vector<int> rows;
    for (const Element& element : elements(drawn.step(3)))
        if (element.attribute("class") == "said") rows.push_back(std::stoi(element.attribute("y")));
    for (std::size_t i = 1; i < rows.size(); ++i)
        CHECK(rows[i] == rows[i - 1] + 17);
    CHECK(count(drawn.step(3), "class=\"said\"") > 5);
    CHECK(drawn.picture->step(3).height > drawn.picture->step(2).height + 5 * 17);
}

TEST_CASE("what one sends to itself is an arrow out and back", "[trace][picture]") {
    Recorder recorder = with(invite);
    recorder.sent(start, {Transport::udp, alice, alice}, invite);
    recorder.sent(start, {Transport::udp, bob, bob}, invite);
    const Drawn drawn(recorder);
    CHECK(has(drawn.step(1), "14h26v17H"));
    CHECK(has(drawn.step(2), "14h-26v17H"));
    CHECK(has(drawn.step(2), "text-anchor:end"));
}

TEST_CASE("one who is alone has room for notes beside", "[trace][picture]") {
    Recorder recorder;
    recorder.note(start, alice, "alone");
    recorder.sent(start, {Transport::udp, alice, alice}, invite);
    const Drawn drawn(recorder);
    REQUIRE(drawn.picture->lifelines().size() == 1);
    const int x = drawn.picture->lifelines()[0];
    CHECK(has(drawn.step(0), "class=\"box\" x=\"" + std::to_string(x + 18) + "\""));
    CHECK(has(drawn.step(1), "14h26v17H"));
    CHECK(drawn.picture->width() >= x + 168);
}

TEST_CASE("a name stands above its address, an address alone in the middle", "[trace][picture]") {
    Recorder recorder = with(invite);
    recorder.name(alice, "alice");
    const std::string heading = Drawn(recorder).picture->heading().drawing;
    CHECK(has(heading, " y=\"22\">alice<"));
    CHECK(has(heading, " y=\"38\">192.0.2.1:5060<"));
    CHECK(has(heading, " y=\"29\">192.0.2.2:5060<"));
}

TEST_CASE("a pause is drawn where nothing happened for a second", "[trace][picture]") {
    Recorder recorder = with(invite);
    recorder.sent(start + 999ms, {Transport::udp, alice, bob}, invite);
    recorder.sent(start + 1999ms, {Transport::udp, alice, bob}, invite);
    const Drawn drawn(recorder);
    CHECK(drawn.picture->pause(0).height == 0);
    CHECK(drawn.picture->pause(1).height == 0);
    CHECK(drawn.picture->pause(2).height > 0);
    CHECK(count(drawn.picture->pause(2).drawing, "class=\"rest\"") == 2);
}

TEST_CASE("a long label is shortened, and says all the same what it answers", "[trace][picture]") {
    const Drawn drawn(with(message("SIP/2.0 481 " + std::string(5000, 'x'), "12345 INVITE")));
    CHECK(has(drawn.step(0), "xx\u2026<tspan"));
    CHECK(has(drawn.step(0), ">12345 INVITE<"));
    CHECK(drawn.step(0).size() < 1000);
    CHECK(drawn.picture->width() <= 600);
}

TEST_CASE("headings do not overlap, however long the names", "[trace][picture]") {
    Recorder recorder;
    recorder.name(alice, std::string(500, 'm'));
    recorder.name(bob, std::string(500, 'w'));
    recorder.sent(start, {Transport::udp, alice, bob}, invite);
    const Drawn drawn(recorder);
    const auto& x = drawn.picture->lifelines();
    const std::string heading = drawn.picture->heading().drawing;
    CHECK(has(heading, "mm\u2026"));
    std::vector<int> edges;
    for (const Element& element : elements(heading)) {
        if (element.name != "rect") continue;
        edges.push_back(std::stoi(element.attribute("x")));
        edges.push_back(edges.back() + std::stoi(element.attribute("width")));
    }
    REQUIRE(edges.size() == 4);
    CHECK(edges[0] >= 28);
    CHECK(edges[1] < edges[2]);
    CHECK((edges[0] + edges[1]) / 2 == x[0]);
    CHECK(drawn.picture->width() - edges[3] >= 27);
}

TEST_CASE("lifelines move apart until a picture is as wide as wanted", "[trace][picture]") {
    const Drawn narrow(with(invite));
    const Drawn wide(with(invite), 1000);
    CHECK(narrow.picture->width() < 500);
    CHECK(wide.picture->width() == 1000);
    CHECK(wide.picture->lifelines()[0] == narrow.picture->lifelines()[0]);
    CHECK(wide.picture->lifelines()[1] - narrow.picture->lifelines()[1]
          == 1000 - narrow.picture->width());
    CHECK(Drawn(with(invite), 100).picture->width() == narrow.picture->width());
}

TEST_CASE("a picture of nothing is empty", "[trace][picture]") {
    const Drawn drawn((Recorder()));
    CHECK(drawn.picture->width() == 0);
    CHECK(drawn.picture->heading().drawing.empty());
}

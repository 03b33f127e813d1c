#include "offhook/trace/svg.hpp"

#include <cstdlib>

#include "../catch.hpp"
#include "scene.hpp"
#include "xml.hpp"

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using trace::Recorder;
using trace::svg;

namespace {

const Address alice = at("192.0.2.1");
const Address bob = at("192.0.2.2");
const Flow there{Transport::udp, alice, bob};

} // namespace

TEST_CASE("an SVG file is well-formed, whatever the peers send", "[trace][svg]") {
    for (const Recorder& recorder : {crowd(), Recorder()}) {
        const std::string text = svg(recorder, {.title = hostile});
        CHECK(ill_formed(text) == "");
        CHECK(text.find("<script") == text.npos);
    }
}

TEST_CASE("nothing in an SVG file is outside of it", "[trace][svg]") {
    const std::string text = svg(crowd(), {.title = std::string(500, 'W')});
    double width = 0;
    double height = 0;
    double down = 0; // of the group that we are in
    double lowest = 0;
    std::size_t seen = 0;
    for (const Element& element : elements(text)) {
        const auto value = [&](const char* name) {
            return std::strtod(element.attribute(name).c_str(), nullptr);
        };
        if (element.name == "svg") {
            width = value("width");
            height = value("height");
            CHECK(element.attribute("viewBox")
                  == "0 0 " + element.attribute("width") + " " + element.attribute("height"));
            continue;
        }
        const std::string moved = element.attribute("transform");
        if (!moved.empty()) down = std::strtod(moved.c_str() + moved.find(',') + 1, nullptr);
        if (element.name != "line" && element.name != "rect" && element.name != "text") continue;
        ++seen;
        const bool lifeline = element.attribute("class") == "life";
        const double x = element.name == "line" ? (std::min)(value("x1"), value("x2")) : value("x");
        const double right =
            element.name == "line" ? (std::max)(value("x1"), value("x2")) : x + value("width");
        const double y = (lifeline ? 0 : down) + (element.name == "line" ? value("y2") : value("y"))
                         + value("height");
        CHECK((x >= 0 && right <= width));
        CHECK((y >= 0 && y <= height));
        if (element.attribute("class") != "paper") lowest = (std::max)(lowest, y);
    }
    CHECK(seen > 300);
    CHECK(height - lowest == trace::Picture::margin);
}

TEST_CASE("rows of an SVG file stand below each other", "[trace][svg]") {
    Recorder recorder;
    recorder.sent({}, there, "one");
    recorder.note({}, alice, std::string(200, 'n'));
    recorder.sent(TimePoint() + 5s, there, "two");
    const std::string text = svg(recorder);
    std::vector<int> rows;
    for (const Element& element : elements(text)) {
        const std::string moved = element.attribute("transform");
        if (!moved.empty()) rows.push_back(std::atoi(moved.c_str() + moved.find(',') + 1));
    }
    trace::Diagram diagram;
    diagram.read(recorder);
    const trace::Picture picture(diagram);
    REQUIRE(rows.size() == 5);
    CHECK(rows[1] == rows[0] + picture.heading().height + 14);
    CHECK(rows[2] == rows[1] + picture.step(0).height);
    CHECK(rows[3] == rows[2] + picture.step(1).height);
    CHECK(rows[4] == rows[3] + picture.pause(2).height);
}

TEST_CASE("a message in an SVG file brings its text along", "[trace][svg]") {
    Recorder recorder;
    recorder.sent({}, there, "INFO sip:<b> SIP/2.0\r\nContent-Length: 0\r\n\r\n");
    CHECK(svg(recorder).find("<title>INFO sip:&lt;b&gt; SIP/2.0\nContent-Length: 0\n\n</title>")
          != std::string::npos);
}

TEST_CASE("an SVG file has a title where one is given", "[trace][svg]") {
    Recorder recorder;
    recorder.note({}, alice, "note");
    CHECK(svg(recorder).find("class=\"title\"") == std::string::npos);
    CHECK(svg(recorder, {.title = "A & B"}).find(">A &amp; B</text>") != std::string::npos);
    CHECK(svg(recorder, {.title = "A & B"}).find("<title>A &amp; B</title>") != std::string::npos);
}

TEST_CASE("a long SVG file names its participants at both ends", "[trace][svg]") {
    Recorder recorder;
    recorder.name(alice, "alice");
    for (int i = 0; i < 12; ++i)
        recorder.sent({}, there, std::to_string(i));
    CHECK(count(svg(recorder), ">alice<") == 1);
    recorder.sent({}, there, "one more");
    CHECK(count(svg(recorder), ">alice<") == 2);
}

TEST_CASE("an SVG file can show one call alone", "[trace][svg]") {
    Recorder recorder;
    recorder.sent({}, there, message("BYE sip:b SIP/2.0", "1 BYE"));
    recorder.sent({}, there, "INFO sip:b SIP/2.0\r\nCall-ID: 2\r\n\r\n");
    const std::string text = svg(recorder, {.call_id = "2"});
    CHECK(text.find("BYE") == text.npos);
    CHECK(text.find(">INFO") != text.npos);
}

TEST_CASE("an SVG file says what it leaves out", "[trace][svg]") {
    Recorder recorder(1);
    recorder.sent({}, there, "one");
    CHECK(svg(recorder).find("more") == std::string::npos);
    recorder.sent({}, there, "two");
    const std::string text = svg(recorder);
    CHECK(text.find("… and 1 more") != std::string::npos);
    int end = 0;
    int said = 0;
    for (const Element& element : elements(text)) {
        if (element.attribute("class") == "life") end = std::stoi(element.attribute("y2"));
        if (element.attribute("class") == "said") said = std::stoi(element.attribute("y"));
    }
    CHECK(said >= end + 20);
}

TEST_CASE("an SVG file is light or dark as the screen is, and needs nothing else", "[trace][svg]") {
    const std::string text = svg(crowd());
    CHECK(text.find("@media (prefers-color-scheme:dark)") != text.npos);
    for (const char* const outside : {"url(", "@import", "href", "<image", "<script"})
        CHECK(text.find(outside) == text.npos);
}

#include "offhook/trace/html.hpp"

#include "../catch.hpp"
#include "scene.hpp"
#include "xml.hpp"

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using trace::html;
using trace::Recorder;

namespace {

const Address alice = at("192.0.2.1");
const Address bob = at("192.0.2.2");
const Flow there{Transport::tcp, alice, bob};

/// The elements of HTML that have no end, closed: then it is XML.
std::string as_xml(std::string text) {
    text.erase(0, text.find("<html"));
    for (std::size_t at = 0; (at = text.find("<meta", at)) != text.npos; ++at)
        text.insert(text.find('>', at), "/");
    return text;
}

bool has(const std::string& text, const std::string& what) {
    return text.find(what) != text.npos;
}

} // namespace

TEST_CASE("a page is well-formed, whatever the peers send", "[trace][html]") {
    for (const Recorder& recorder : {crowd(), Recorder()})
        CHECK(ill_formed(as_xml(html(recorder, {.title = hostile}))) == "");
}

TEST_CASE("a page runs nothing and loads nothing", "[trace][html]") {
    const std::string page = html(crowd(), {.title = hostile});
    CHECK(page.starts_with("<!DOCTYPE html>"));
    CHECK(has(page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                    "style-src 'unsafe-inline'\">"));
    for (const Element& element : elements(as_xml(page))) {
        CHECK(element.name != "script");
        for (const auto& [key, value] : element.attributes) {
            CHECK_FALSE(key.starts_with("on"));
            CHECK((key != "src" && key != "href"));
        }
    }
    CHECK_FALSE(has(page, "url("));
    CHECK_FALSE(has(page, "@import"));
}

TEST_CASE("each message of a page opens, and no note does", "[trace][html]") {
    Recorder recorder;
    recorder.sent({}, there, "one");
    recorder.note({}, alice, "a note");
    recorder.sent({}, there, "two");
    const std::string page = html(recorder);
    CHECK(count(page, "<details") == 2);
    CHECK(has(page, "<details id=\"m1\">"));
    CHECK(has(page, "<details id=\"m3\">"));
    CHECK(has(page, "<pre>two</pre>"));
    CHECK_FALSE(has(page, "<pre>a note"));
}

TEST_CASE("an open message says how it went, and stands there in full", "[trace][html]") {
    Recorder recorder;
    recorder.name(alice, "al<i>ce");
    const std::string text =
        "INFO sip:b SIP/2.0\r\nSubject: a:\r\n b: c\r\n\td: e\r\nCSeq: 1 INFO\r\n\r\n"
        "body: <x>\r\n";
    recorder.sent({}, there, text);
    recorder.lost(TimePoint() + 1500ms, there, text);
    const std::string page = html(recorder);
    CHECK(has(
        page,
        std::string("<p>0.000 s · <b>al&lt;i&gt;ce</b> 192.0.2.1:5060 → 192.0.2.2:5060 · TCP · ")
            + std::to_string(text.size()) + " bytes</p>"));
    CHECK(has(page, "<p>1.500 s · "));
    CHECK(has(page, " bytes · sent again · lost</p>"));
    CHECK(has(page, "<pre><b>INFO sip:b SIP/2.0\n</b><i>Subject</i>: a:\n b: c\n\td: e\n"
                    "<i>CSeq</i>: 1 INFO\n\nbody: &lt;x&gt;\n</pre>"));
}

TEST_CASE("a page sums up what it shows", "[trace][html]") {
    Recorder recorder;
    recorder.sent({}, there, "one");
    CHECK(has(html(recorder), "<h1>A trace</h1>\n<p>1 message · 0.000 s</p>"));
    recorder.sent(TimePoint() + 1s, there, "one");
    recorder.lost(TimePoint() + 2s, there, "one");
    recorder.note(TimePoint() + 2500ms, alice, "note");
    CHECK(has(html(recorder, {.title = "T & U"}),
              "<h1>T &amp; U</h1>\n<p>3 messages · 2 sent again · 1 lost · 2.500 s</p>"));
    CHECK(has(html(Recorder()), "<p>0 messages</p>"));
}

TEST_CASE("lifelines of a page go through it from top to end", "[trace][html]") {
    Recorder recorder;
    recorder.sent({}, there, "one");
    recorder.sent(TimePoint() + 9s, there, "two");
    const std::string page = html(recorder);
    CHECK(count(page, "linear-gradient(var(--life),var(--life))") == 2);
    CHECK(count(page, "class=\"rest\"") == 2); // where nothing happened
    CHECK(has(page, "<main class=\"ladder\" style=\"width:720px;background:"));
}

TEST_CASE("a page can show one call alone", "[trace][html]") {
    Recorder recorder;
    recorder.sent({}, there, message("BYE sip:b SIP/2.0", "1 BYE"));
    recorder.sent({}, there, "INFO sip:b SIP/2.0\r\nCall-ID: 2\r\n\r\n");
    const std::string page = html(recorder, {.call_id = "2"});
    CHECK_FALSE(has(page, "BYE"));
    CHECK(has(page, "<b>INFO sip:b SIP/2.0\n</b>"));
}

TEST_CASE("a page says what it leaves out", "[trace][html]") {
    Recorder recorder(1);
    recorder.sent({}, there, "one");
    CHECK_FALSE(has(html(recorder), " more</p>"));
    recorder.sent({}, there, "two");
    CHECK(has(html(recorder), "<p>… and 1 more</p>"));
}

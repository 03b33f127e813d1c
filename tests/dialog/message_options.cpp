#include "offhook/dialog/message_options.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;

// RFC 3261 §25.1: what would end a header field, and begin another, never gets into a message.
TEST_CASE("CR, LF and NUL are refused in each option of a message", "[session][rfc3261][25.1]") {
    for (const char evil : {'\r', '\n', '\0'}) {
        const std::string text = std::string("a") + evil + "b";
        MessageOptions reason, type, disposition, field_value, phrase;
        reason.reason = text;
        type.body = {text, "x", {}};
        disposition.body = {"text/plain", "x", text};
        field_value.fields = {{"X-Ok", "fine"}, {"X-Evil", text}};
        phrase.phrase = text;
        for (const MessageOptions& options : {reason, type, disposition, field_value, phrase}) {
            const Refusal refused = check(options, "bye");
            CHECK(refused.code == Errc::unsafe_value);
            CHECK(refused.tried == "bye");
            CHECK(refused.section == "RFC 3261 §25.1");
        }
        MessageOptions name;
        name.fields = {{text, "x"}};
        CHECK(check(name, "bye").code == Errc::bad_argument);
        MessageOptions content;
        content.body = {"application/octet-stream", text, {}};
        CHECK_FALSE(check(content, "bye")); // a body may hold any byte
    }
}

TEST_CASE("options that would break the grammar are refused", "[session][rfc3261][25.1]") {
    const auto refused = [](HeaderField field) {
        MessageOptions options;
        options.fields = {std::move(field)};
        return check(options, "bye").code;
    };
    CHECK(refused({"", "x"}) == Errc::bad_argument);
    CHECK(refused({"X Y", "x"}) == Errc::bad_argument);
    CHECK(refused({"X:", "x"}) == Errc::bad_argument);
    CHECK(refused({"X-Y", ""}) == Errc::allowed);
    CHECK(refused({"Subject", "x"}) == Errc::allowed);
    for (const char* own :
         {"Via", "v", "from", "F", "To", "t", "Call-ID", "i", "CSeq", "Max-Forwards", "Route",
          "Record-Route", "Content-Type", "c", "Content-Length", "l", "Content-Disposition"}) {
        INFO(own);
        CHECK(refused({own, "x"}) == Errc::bad_argument);
    }

    MessageOptions body;
    body.body.content = "x";
    CHECK(check(body, "bye").needs == "the media type of the body");
    body.body.type = "no slash";
    CHECK(check(body, "bye").needs == "the media type of the body");
    body.body.type = "text/plain";
    CHECK_FALSE(check(body, "bye"));
    body.body.disposition = "a b";
    CHECK(check(body, "bye").needs == "a Content-Disposition that parses");
    body.body.disposition = "render;handling=optional";
    CHECK_FALSE(check(body, "bye"));
}

TEMPLATE_TEST_CASE("reason, header fields and body are added to a message",
                   "[session][rfc3261][7.4][rfc3326]", Message, PlainMessage) {
    TestType message = MessageModel<TestType>::request("BYE", "sip:bob@h");
    MessageOptions options;
    options.reason = "Q.850;cause=16";
    options.fields = {{"Subject", "one"}, {"s", "two"}, {"X-Mine", "three"}};
    options.body = {"text/plain", "hello", "render"};
    add_to(message, options);
    CHECK(test::text_of(message)
          == "BYE sip:bob@h\nContent-Disposition: render\nContent-Type: text/plain\nSubject: one\n"
             "Subject: two\nReason: Q.850;cause=16\n\nhello");

    TestType bare = MessageModel<TestType>::request("BYE", "sip:bob@h");
    add_to(bare, {});
    CHECK(test::text_of(bare) == "BYE sip:bob@h\n\n");
}

TEST_CASE("a reason phrase is the usual one unless another is given", "[session][rfc3261][7.2]") {
    CHECK(phrase_of(486, {}) == "Busy Here");
    MessageOptions options;
    options.phrase = "At lunch";
    CHECK(phrase_of(486, options) == "At lunch");
}

TEST_CASE("a field is found by its long and compact name", "[session][rfc3261][7.3.3]") {
    CHECK(has_field({{"X", "y"}, {"m", "<sip:a@h>"}}, Header::contact));
    CHECK(has_field({{"CONTACT", "<sip:a@h>"}}, Header::contact));
    CHECK_FALSE(has_field({{"X", "y"}}, Header::contact));
}

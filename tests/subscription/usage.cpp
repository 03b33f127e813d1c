#include "offhook/subscription/usage.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

using namespace offhook;
using namespace test;

namespace {
template <class M>
M holding(Header name, std::string_view value) {
    M message = MessageModel<M>::request("NOTIFY", "sip:a@b.example");
    MessageModel<M>::add(message, name, value);
    return message;
}
} // namespace

// RFC 6665 §8.2.1, and its examples
TEMPLATE_TEST_CASE("an event is compared byte by byte by type and id alone",
                   "[subscription][rfc6665][8.2.1]", PlainMessage, Message) {
    const auto key = [](std::string_view text) {
        return EventKey::in(holding<TestType>(Header::event, text));
    };
    CHECK(key("foo; id=1234") == key("foo; param=abcd; id=1234"));
    CHECK(key("foo; id=1234") != key("foo"));
    CHECK(key("foo; id=1234") != key("Foo; id=1234"));
    CHECK(key("foo; id=a") != key("foo; id=A"));
    CHECK(key("foo.bar") != key("foo"));
    CHECK_FALSE(key(""));
    CHECK_FALSE(EventKey::in(MessageModel<TestType>::request("NOTIFY", "sip:a@b.example")));
    // "There MUST be exactly one event type listed per "Event" header field."
    CHECK_FALSE(key("foo, bar"));
    TestType twice = holding<TestType>(Header::event, "foo");
    MessageModel<TestType>::add(twice, Header::event, "foo");
    CHECK_FALSE(EventKey::in(twice));
    CHECK(key("foo;x=y;id=1")->text() == "foo;id=1");
    CHECK(key("foo;x=y")->text() == "foo");
}

// RFC 3515 §2.4.6
TEST_CASE("the NOTIFYs of REFERs in one dialog are told apart by their id",
          "[subscription][rfc3515][2.4.6]") {
    CHECK(belongs_to_refer({"refer", ""}, 5, true));
    CHECK(belongs_to_refer({"refer", "5"}, 5, true));
    CHECK(belongs_to_refer({"refer", "5"}, 5, false));
    CHECK_FALSE(belongs_to_refer({"refer", ""}, 5, false));
    CHECK_FALSE(belongs_to_refer({"refer", "6"}, 5, true));
    CHECK_FALSE(belongs_to_refer({"presence", "5"}, 5, true));
    CHECK(EventKey::of_refer(7).text() == "refer;id=7");
    CHECK(EventKey::of_refer().text() == "refer");
}

TEMPLATE_TEST_CASE("times in a message are read or found broken", "[subscription][rfc6665][3.1.1]",
                   PlainMessage, Message) {
    using M = TestType;
    CHECK(read_expires(holding<M>(Header::expires, "60")).value == 60s);
    CHECK_FALSE(read_expires(holding<M>(Header::expires, "60")).broken());
    CHECK(read_expires(holding<M>(Header::expires, "x")).broken());
    CHECK_FALSE(read_expires(holding<M>(Header::expires, "x")).value);
    CHECK_FALSE(read_expires(holding<M>(Header::min_expires, "60")).present);
    CHECK_FALSE(read_expires(holding<M>(Header::min_expires, "60")).broken());
    CHECK(read_expires(holding<M>(Header::min_expires, "60"), Header::min_expires).value == 60s);
    CHECK(read_retry_after(holding<M>(Header::retry_after, "5 (lunch);duration=9")) == 5s);
    CHECK_FALSE(read_retry_after(holding<M>(Header::retry_after, "x")));
    CHECK_FALSE(read_retry_after(holding<M>(Header::expires, "60")));
}

TEMPLATE_TEST_CASE("Refer-Sub is true, false or nothing", "[subscription][rfc4488][4]",
                   PlainMessage, Message) {
    using M = TestType;
    CHECK(declines_subscription(holding<M>(Header::refer_sub, "false")));
    CHECK(declines_subscription(holding<M>(Header::refer_sub, " False ;x=true")));
    CHECK_FALSE(declines_subscription(holding<M>(Header::refer_sub, "true")));
    CHECK_FALSE(declines_subscription(holding<M>(Header::refer_sub, "no")));
    CHECK_FALSE(declines_subscription(holding<M>(Header::expires, "1")));
}

TEMPLATE_TEST_CASE("a REFER has one Refer-To that can be read", "[subscription][rfc3515][2.4.2]",
                   PlainMessage, Message) {
    using M = TestType;
    CHECK(has_one_refer_to(holding<M>(Header::refer_to, "<sip:a@b?Replaces=x>")));
    CHECK_FALSE(has_one_refer_to(holding<M>(Header::refer_to, "<sip:")));
    CHECK_FALSE(has_one_refer_to(holding<M>(Header::expires, "1")));
    M twice = holding<M>(Header::refer_to, "<sip:a@b>");
    MessageModel<M>::add(twice, Header::refer_to, "<sip:c@d>");
    CHECK_FALSE(has_one_refer_to(twice));
    CHECK(as_refer_to("sip:a@b;x=y?Replaces=z") == "<sip:a@b;x=y?Replaces=z>");
    CHECK(as_refer_to("\"A\" <sip:a@b>") == "\"A\" <sip:a@b>");
}

// RFC 3515 §2.4.5: "The body of a NOTIFY MUST begin with a SIP Response Status-Line"
TEST_CASE("a sipfrag is a status line", "[subscription][rfc3515][2.4.5]") {
    CHECK(sipfrag(603).content == "SIP/2.0 603 Decline\r\n");
    CHECK(sipfrag(200, "Fine").content == "SIP/2.0 200 Fine\r\n");
    CHECK(sipfrag(200).type == "message/sipfrag;version=2.0");
}

// RFC 5057: the dialog of a call serves for subscriptions too.
TEMPLATE_TEST_CASE("a subscription writes its requests in the dialog of a call",
                   "[subscription][rfc5057][5][rfc6665][4.5.2]", PlainMessage, Message) {
    Callee<TestType> callee;
    callee.answers().gets_ack();
    Dialog<TestType> dialog = *callee.session.dialog();
    const auto subscribe = subscribe_in(dialog, EventKey{"dialog", "1"}.text(), 60s).message;
    CHECK(name_of_message(subscribe) == "SUBSCRIBE");
    CHECK(field(subscribe, Header::event) == "dialog;id=1");
    CHECK(field(subscribe, Header::expires) == "60");
    CHECK(field(subscribe, Header::contact) == "<sip:bob@192.0.2.2>");
    const auto notify = notify_in(dialog, EventKey::of_refer(7),
                                  {Notice::Substate::active, 60s, {}, {}}, with(sipfrag(100)))
                            .message;
    CHECK(field(notify, Header::event) == "refer;id=7");
    CHECK(field(notify, Header::subscription_state) == "active;expires=60");
    CHECK(field(notify, Header::cseq) == "2 NOTIFY");
    CHECK(body_of(notify) == sipfrag(100));
    CHECK(read_notice(notify) == Notice{Notice::Substate::active, 60s, {}, {}});
    const auto refer = refer_in(dialog, "sip:c@d.example", false).message;
    CHECK(field(refer, Header::refer_to) == "<sip:c@d.example>");
    CHECK(field(refer, Header::refer_sub) == "false");
    CHECK(field(refer, Header::cseq) == "3 REFER");
    CHECK(count(refer_in(dialog, "sip:c@d.example").message, Header::refer_sub) == 0);
}

#include "offhook/dialog/dialog.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using test::count;
using test::field;

namespace {

template <class M>
M invite() {
    using Model = MessageModel<M>;
    M message = Model::request("INVITE", "sip:bob@biloxi.example");
    Model::add(message, Header::max_forwards, "70");
    Model::add(message, Header::from, "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    Model::add(message, Header::to, "<sip:bob@biloxi.example>");
    Model::add(message, Header::call_id, "call1@192.0.2.1");
    Model::add(message, Header::cseq, "314159 INVITE");
    Model::add(message, Header::contact, "<sip:alice@192.0.2.1>");
    return message;
}

template <class M>
M with(M message, Header name, std::string_view value) {
    MessageModel<M>::add(message, name, value);
    return message;
}

template <class M>
Dialog<M> uac(int status = 200) {
    return *Dialog<M>::from_response(invite<M>(), test::reply(invite<M>(), status));
}

template <class M>
Dialog<M> uas() {
    return *Dialog<M>::from_request(invite<M>(), "bob1", "<sip:bob@192.0.2.2>");
}

/// An INVITE with one header field changed, or left out where the value is empty.
template <class M>
M invite_but(Header changed, std::string_view value) {
    using Model = MessageModel<M>;
    M message = Model::request("INVITE", "sip:bob@biloxi.example");
    for (const Header name :
         {Header::from, Header::to, Header::call_id, Header::cseq, Header::contact})
        if (name != changed)
            Model::add(message, name, field(invite<M>(), name));
        else if (!value.empty())
            Model::add(message, name, value);
    return message;
}

} // namespace

// RFC 3261 §12.1.2
TEMPLATE_TEST_CASE("the UAC makes its dialog of its request and the response",
                   "[dialog][rfc3261][12.1.2]", Message, PlainMessage) {
    auto response = test::reply(invite<TestType>(), 200);
    response = with(response, Header::record_route, "<sip:p1.example;lr;a=1>, <sip:p2.example;lr>");
    const Dialog<TestType> dialog = *Dialog<TestType>::from_response(invite<TestType>(), response);

    CHECK(dialog.role() == Role::uac);
    CHECK(dialog.id() == DialogId{"call1@192.0.2.1", "alice1", "bob1"});
    CHECK(dialog.route_set() == "<sip:p2.example;lr>, <sip:p1.example;lr;a=1>");
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.2");
    CHECK(dialog.local_contact() == "<sip:alice@192.0.2.1>");
    CHECK(dialog.local_party() == "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    CHECK(dialog.remote_party() == "<sip:bob@biloxi.example>;tag=bob1");
    CHECK(dialog.state().local_sequence_number == 314159u);
    CHECK_FALSE(dialog.state().remote_sequence_number);
    CHECK(dialog.confirmed());
    CHECK_FALSE(dialog.secure());
}

// RFC 3261 §12.1.1
TEMPLATE_TEST_CASE("the UAS makes its dialog of the request and its own tag",
                   "[dialog][rfc3261][12.1.1]", Message, PlainMessage) {
    auto request = with(invite<TestType>(), Header::record_route, "<sip:p1.example;lr;a=1>");
    request = with(request, Header::record_route, "<sip:p2.example;lr>");
    const Dialog<TestType> dialog =
        *Dialog<TestType>::from_request(request, "bob1", "<sip:bob@192.0.2.2>");

    CHECK(dialog.role() == Role::uas);
    CHECK(dialog.id() == DialogId{"call1@192.0.2.1", "bob1", "alice1"});
    CHECK(dialog.route_set() == "<sip:p1.example;lr;a=1>, <sip:p2.example;lr>");
    CHECK(dialog.remote_target() == "sip:alice@192.0.2.1");
    CHECK(dialog.local_contact() == "<sip:bob@192.0.2.2>");
    CHECK(dialog.local_party() == "<sip:bob@biloxi.example>;tag=bob1");
    CHECK(dialog.remote_party() == "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    CHECK_FALSE(dialog.state().local_sequence_number);
    CHECK(dialog.state().remote_sequence_number == 314159u);
    CHECK_FALSE(dialog.confirmed());
}

// RFC 3261 §12.1: 101 to 199 with a To tag, and 2xx.
TEMPLATE_TEST_CASE("only 101 to 199 with a To tag and 2xx make a dialog at the UAC",
                   "[dialog][rfc3261][12.1]", Message, PlainMessage) {
    struct Row {
        int status;
        const char* tag;
        const char* rule; ///< "" where a dialog is made
        bool confirmed;
    };
    for (const Row& row :
         {Row{100, "x", "Status-Code", false}, Row{101, "x", "", false}, Row{180, "x", "", false},
          Row{199, "x", "", false}, Row{180, "", "To: tag", false}, Row{200, "x", "", true},
          Row{299, "x", "", true}, Row{200, "", "", true}, Row{300, "x", "Status-Code", false},
          Row{486, "x", "Status-Code", false}}) {
        INFO(row.status << " with tag " << row.tag);
        const auto dialog = Dialog<TestType>::from_response(
            invite<TestType>(), test::reply(invite<TestType>(), row.status, row.tag));
        CHECK(dialog.error().rule == row.rule);
        REQUIRE(dialog.has_value() == (row.rule[0] == '\0'));
        if (dialog) CHECK(dialog->confirmed() == row.confirmed);
    }
}

TEMPLATE_TEST_CASE("what no dialog can be made of is refused with the rule that it breaks",
                   "[dialog][rfc3261][12.1.1][12.1.2]", Message, PlainMessage) {
    struct Row {
        Header changed;
        const char* value;
        const char* rule;
    };
    for (const Row& row :
         {Row{Header::from, "", "From"}, Row{Header::to, "", "To"},
          Row{Header::call_id, "", "Call-ID"}, Row{Header::cseq, "", "CSeq"},
          Row{Header::cseq, "2147483648 INVITE", "CSeq"}, Row{Header::contact, "", "Contact"},
          Row{Header::contact, "*", "Contact"},
          Row{Header::contact, "<tel:+12015550123>", "Contact"},
          Row{Header::contact, "<sip:a@192.0.2.1>, <sip:b@192.0.2.1>", "Contact"},
          Row{Header::to, "<sip:bob@biloxi.example>;tag=old", "To: tag"}}) {
        INFO(name_of(row.changed) << ": " << row.value);
        const auto request = invite_but<TestType>(row.changed, row.value);
        CHECK(Dialog<TestType>::from_request(request, "bob1", "<sip:bob@192.0.2.2>").error().rule
              == row.rule);
        if (row.changed == Header::contact || row.value[0] == '<') continue;
        // The response repeats all but CSeq, which the UAC has in its request.
        CHECK(Dialog<TestType>::from_response(request, test::reply(request, 200)).error().rule
              == row.rule);
    }
    const auto broken = invite_but<TestType>(Header::from, "<sip:alice@");
    CHECK_FALSE(Dialog<TestType>::from_request(broken, "bob1", "<sip:bob@192.0.2.2>"));
}

// RFC 3261 §12.1.1, §12.1.2, §12.2.1.1: a null tag is left out of what we send.
TEMPLATE_TEST_CASE("a peer of RFC 2543 has no tag", "[dialog][rfc3261][12.1.1][12.1.2][12.2.1.1]",
                   Message, PlainMessage) {
    SECTION("as caller") {
        const auto request = invite_but<TestType>(Header::from, "<sip:alice@atlanta.example>");
        Dialog<TestType> dialog =
            *Dialog<TestType>::from_request(request, "bob1", "<sip:bob@192.0.2.2>");
        CHECK(dialog.id().remote_tag.empty());
        CHECK(field(dialog.request("BYE").message, Header::to) == "<sip:alice@atlanta.example>");
        CHECK(dialog.matches(test::in_dialog(dialog, "BYE", 314160)));
    }
    SECTION("as callee") {
        Dialog<TestType> dialog = *Dialog<TestType>::from_response(
            invite<TestType>(), test::reply(invite<TestType>(), 200, ""));
        CHECK(dialog.id().remote_tag.empty());
        CHECK(field(dialog.request("BYE").message, Header::to) == "<sip:bob@biloxi.example>");
        CHECK(dialog.matches(test::in_dialog(dialog, "BYE", 1)));
        CHECK_FALSE(dialog.matches(test::in_dialog(uac<TestType>(), "BYE", 1)));
    }
}

// RFC 3261 §12.2.1.1
TEMPLATE_TEST_CASE("a request in a dialog is built of its state", "[dialog][rfc3261][12.2.1.1]",
                   Message, PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    const DialogRequest<TestType> bye = dialog.request("BYE");
    CHECK(test::text_of(bye.message)
          == "BYE sip:bob@192.0.2.2\n"
             "Call-ID: call1@192.0.2.1\n"
             "CSeq: 314160 BYE\n"
             "From: \"Alice\" <sip:alice@atlanta.example>;tag=alice1\n"
             "Max-Forwards: 70\n"
             "To: <sip:bob@biloxi.example>;tag=bob1\n\n");
    CHECK(bye.next_hop == NextHop::request_uri);
    CHECK(dialog.made(bye.message));
    CHECK_FALSE(dialog.matches(bye.message)); // it is not the peer's
}

TEST_CASE("the bytes of a request in a dialog", "[dialog][rfc3261][12.2.1.1]") {
    CHECK(uac<Message>().request("BYE").message.bytes()
          == "BYE sip:bob@192.0.2.2 SIP/2.0\r\n"
             "Max-Forwards: 70\r\n"
             "From: \"Alice\" <sip:alice@atlanta.example>;tag=alice1\r\n"
             "To: <sip:bob@biloxi.example>;tag=bob1\r\n"
             "Call-ID: call1@192.0.2.1\r\n"
             "CSeq: 314160 BYE\r\n"
             "Content-Length: 0\r\n\r\n");
}

TEMPLATE_TEST_CASE("a dialog behind proxies routes by its route set", "[dialog][rfc3261][12.2.1.1]",
                   Message, PlainMessage) {
    const auto routed = [](const char* record_route) {
        auto response =
            with(test::reply(invite<TestType>(), 200), Header::record_route, record_route);
        return Dialog<TestType>::from_response(invite<TestType>(), response)->request("BYE");
    };
    const auto loose = routed("<sip:p2.example;lr>, <sip:p1.example;lr;a=1>");
    CHECK(MessageModel<TestType>::request_uri(loose.message) == "sip:bob@192.0.2.2");
    CHECK(field(loose.message, Header::route) == "<sip:p1.example;lr;a=1>, <sip:p2.example;lr>");
    CHECK(count(loose.message, Header::route) == 1);
    CHECK(loose.next_hop == NextHop::top_route);

    const auto strict = routed("<sip:p2.example;lr>, <sip:p1.example;method=BYE;a=1>");
    CHECK(MessageModel<TestType>::request_uri(strict.message) == "sip:p1.example;a=1");
    CHECK(field(strict.message, Header::route) == "<sip:p2.example;lr>, <sip:bob@192.0.2.2>");
    CHECK(strict.next_hop == NextHop::request_uri);
}

// RFC 3261 §12.2.1.1: one counter for each direction. faults.md 59
TEMPLATE_TEST_CASE("each direction counts its requests for itself, by one",
                   "[dialog][rfc3261][12.2.1.1][12.2.2]", Message, PlainMessage) {
    Dialog<TestType> dialog = uas<TestType>();
    CHECK(field(dialog.request("BYE").message, Header::cseq) == "1 BYE"); // §8.1.1.5: below 2³¹
    CHECK(dialog.receive(test::in_dialog(dialog, "INFO", 314160)) == Order::in_order);
    CHECK(field(dialog.request("INFO").message, Header::cseq) == "2 INFO");
    CHECK(dialog.receive(test::in_dialog(dialog, "INFO", 314161)) == Order::in_order);
    CHECK(field(dialog.request("BYE").message, Header::cseq) == "3 BYE");
    CHECK(dialog.state().remote_sequence_number == 314161u);

    Dialog<TestType> other = uac<TestType>();
    CHECK(other.receive(test::in_dialog(other, "INFO", 7)) == Order::in_order);
    CHECK(field(other.request("INFO").message, Header::cseq) == "314160 INFO");
}

// RFC 3261 §12.2.2: lower is out of order, a gap is no error, the number is taken.
TEMPLATE_TEST_CASE("requests of the peer are in order when their number rises",
                   "[dialog][rfc3261][12.2.2]", Message, PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    const auto receive = [&](std::uint32_t number) {
        return dialog.receive(test::in_dialog(dialog, "INFO", number));
    };
    SECTION("the first may have any number") {
        CHECK(receive(0) == Order::in_order);
        CHECK(dialog.state().remote_sequence_number == 0u);
        CHECK(receive(0) == Order::out_of_order);
    }
    SECTION("a gap is no error") {
        CHECK(receive(10) == Order::in_order);
        CHECK(receive(1000) == Order::in_order);
        CHECK(dialog.state().remote_sequence_number == 1000u);
    }
    SECTION("lower and equal ones change nothing") {
        CHECK(receive(10) == Order::in_order);
        CHECK(receive(9) == Order::out_of_order);
        CHECK(receive(10) == Order::out_of_order);
        CHECK(dialog.state().remote_sequence_number == 10u);
        CHECK(receive(11) == Order::in_order);
    }
    SECTION("the highest is 2^31 - 1") {
        CHECK(receive(0x7fff'fffe) == Order::in_order);
        CHECK(receive(0x7fff'ffff) == Order::in_order);
        CHECK(receive(0x7fff'ffff) == Order::out_of_order);
        CHECK(receive(0x8000'0000) == Order::malformed);
        CHECK(receive(1) == Order::out_of_order);
    }
    SECTION("a CSeq that cannot be read") {
        CHECK(dialog.receive(invite_but<TestType>(Header::cseq, "x INFO")) == Order::malformed);
        CHECK(dialog.receive(invite_but<TestType>(Header::cseq, "")) == Order::malformed);
        CHECK_FALSE(dialog.state().remote_sequence_number);
    }
}

// RFC 3261 §13.2.2.4: same number as the INVITE. faults.md 61
TEMPLATE_TEST_CASE("an ACK has the number of its INVITE, whatever was sent since",
                   "[dialog][rfc3261][13.2.2.4]", Message, PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    (void)dialog.request("PRACK");
    (void)dialog.request("UPDATE");
    const auto ack = dialog.ack(314159);
    CHECK(MessageModel<TestType>::method(ack.message) == "ACK");
    CHECK(field(ack.message, Header::cseq) == "314159 ACK");
    CHECK(count(ack.message, Header::contact) == 0);
    CHECK(field(dialog.request("BYE").message, Header::cseq) == "314162 BYE");
}

// RFC 3261 §12.2.1.1: Contact in target refresh requests, RFC 3311 §5.1
TEMPLATE_TEST_CASE("target refresh requests carry the same Contact as before",
                   "[dialog][rfc3261][12.2.1.1]", Message, PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    for (const char* method : {"INVITE", "UPDATE", "SUBSCRIBE", "NOTIFY", "REFER"})
        CHECK(field(dialog.request(method).message, Header::contact) == "<sip:alice@192.0.2.1>");
    for (const char* method : {"BYE", "INFO", "PRACK"})
        CHECK(count(dialog.request(method).message, Header::contact) == 0);
}

// RFC 3261 §12.1.1
TEMPLATE_TEST_CASE("a response that makes a dialog repeats Record-Route and has our Contact",
                   "[dialog][rfc3261][12.1.1]", Message, PlainMessage) {
    auto request = with(invite<TestType>(), Header::record_route,
                        "<sip:p1.example;lr;x=1>;unknown=1, <sip:p2.example>");
    request = with(request, Header::record_route, "\"three\" <sip:p3.example;lr>");
    const Dialog<TestType> dialog =
        *Dialog<TestType>::from_request(request, "bob1", "<sip:bob@192.0.2.2>");
    for (const int status : {101, 180, 199, 200, 299}) {
        INFO(status);
        const auto response = dialog.response(request, status, "Reason");
        CHECK(MessageModel<TestType>::status(response) == status);
        CHECK(field(response, Header::to) == "<sip:bob@biloxi.example>;tag=bob1");
        CHECK(count(response, Header::record_route) == 2);
        CHECK(field(response, Header::record_route, 0)
              == "<sip:p1.example;lr;x=1>;unknown=1, <sip:p2.example>");
        CHECK(field(response, Header::record_route, 1) == "\"three\" <sip:p3.example;lr>");
        CHECK(field(response, Header::contact) == "<sip:bob@192.0.2.2>");
        CHECK(count(response, Header::contact) == 1);
    }
    for (const int status : {302, 486, 603}) {
        const auto response = dialog.response(request, status, "Reason");
        CHECK(count(response, Header::record_route) == 0);
        CHECK(count(response, Header::contact) == 0);
        CHECK(field(response, Header::to) == "<sip:bob@biloxi.example>;tag=bob1");
    }
    const auto bye = dialog.response(test::in_dialog(dialog, "BYE", 314160), 200, "OK");
    CHECK(count(bye, Header::contact) == 0);
    CHECK(field(bye, Header::to) == "<sip:bob@biloxi.example>;tag=bob1");
}

// RFC 3261 §12.1.1: SIPS in the Request-URI, in the top Record-Route, or without one in Contact.
TEMPLATE_TEST_CASE("the UAS's Contact is a SIPS URI where the request asks for that",
                   "[dialog][rfc3261][12.1.1]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    struct Row {
        const char* request_uri;
        const char* record_route;
        const char* contact;
        bool sips;
        bool secure;
    };
    for (const Row& row :
         {Row{"sip:bob@biloxi.example", "", "<sip:alice@192.0.2.1>", false, false},
          Row{"sips:bob@biloxi.example", "", "<sips:alice@192.0.2.1>", true, true},
          Row{"SIPS:bob@biloxi.example", "<sip:p1.example;lr>", "<sip:a@192.0.2.1>", true, true},
          Row{"sip:bob@biloxi.example", "<sips:p1.example;lr>, <sip:p2.example;lr>",
              "<sip:alice@192.0.2.1>", true, false},
          Row{"sip:bob@biloxi.example", "<sip:p1.example;lr>, <sips:p2.example;lr>",
              "<sips:alice@192.0.2.1>", false, false},
          Row{"sip:bob@biloxi.example", "", "<sips:alice@192.0.2.1>", true, false}}) {
        INFO(row.request_uri << ' ' << row.record_route << ' ' << row.contact);
        TestType request = Model::request("INVITE", row.request_uri);
        for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
            Model::add(request, name, field(invite<TestType>(), name));
        Model::add(request, Header::contact, row.contact);
        if (*row.record_route) Model::add(request, Header::record_route, row.record_route);
        const auto contact_of = [&](const char* ours) {
            return std::string(
                Dialog<TestType>::from_request(request, "bob1", ours)->local_contact());
        };
        CHECK(contact_of("\"B\" <sip:bob@192.0.2.2>;x")
              == (row.sips ? "\"B\" <sips:bob@192.0.2.2>;x" : "\"B\" <sip:bob@192.0.2.2>;x"));
        CHECK(contact_of("sip:bob@192.0.2.2")
              == (row.sips ? "sips:bob@192.0.2.2" : "sip:bob@192.0.2.2"));
        CHECK(contact_of("<sips:bob@192.0.2.2>") == "<sips:bob@192.0.2.2>");
        CHECK(Dialog<TestType>::from_request(request, "b", "<sip:b@h>")->secure() == row.secure);
    }
}

// RFC 3261 §12.1.2: the "secure" flag.
TEMPLATE_TEST_CASE("a dialog made with a SIPS Request-URI is secure", "[dialog][rfc3261][12.1.2]",
                   Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    TestType request = Model::request("INVITE", "sips:bob@biloxi.example");
    for (const Header name : {Header::from, Header::to, Header::call_id, Header::cseq})
        Model::add(request, name, field(invite<TestType>(), name));
    Model::add(request, Header::contact, "<sips:alice@192.0.2.1>");
    Dialog<TestType> dialog = *Dialog<TestType>::from_response(request, test::reply(request, 200));
    CHECK(dialog.secure());
    CHECK(field(dialog.request("INVITE").message, Header::contact) == "<sips:alice@192.0.2.1>");
}

// RFC 3261 §13.2.2.4: the 2xx recomputes the route set, and no number. RFC 6141 §4.7, §4.9
TEMPLATE_TEST_CASE("the 2xx confirms an early dialog with its own route set and target",
                   "[dialog][rfc3261][13.2.2.4][rfc6141][4.7]", Message, PlainMessage) {
    auto ringing = with(test::reply(invite<TestType>(), 180), Header::record_route, "<sip:old;lr>");
    Dialog<TestType> dialog = *Dialog<TestType>::from_response(invite<TestType>(), ringing);
    CHECK_FALSE(dialog.confirmed());
    CHECK(dialog.route_set() == "<sip:old;lr>");
    (void)dialog.request("PRACK");
    CHECK(dialog.receive(test::in_dialog(dialog, "UPDATE", 5)) == Order::in_order);

    auto success = test::reply(invite<TestType>(), 200, "bob1", {}, "<sip:bob@192.0.2.22>");
    dialog.confirm(with(success, Header::record_route, "<sip:p2;lr>, <sip:p1;lr>"));
    CHECK(dialog.confirmed());
    CHECK(dialog.route_set() == "<sip:p1;lr>, <sip:p2;lr>");
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.22");
    CHECK(dialog.state().local_sequence_number == 314160u);
    CHECK(dialog.state().remote_sequence_number == 5u);

    dialog.confirm(test::reply(invite<TestType>(), 200, "bob1", {}, ""));
    CHECK(dialog.route_set().empty());
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.22"); // a 2xx without Contact leaves it
}

// faults.md 69
TEMPLATE_TEST_CASE("a response without a usable Contact leaves the Request-URI as remote target",
                   "[dialog][rfc3261][12.1.2]", Message, PlainMessage) {
    for (const char* contact : {"", "*", "<tel:+12015550123>", "<sip:a@h>, <sip:b@h>", "<sip:"}) {
        INFO(contact);
        for (const int status : {180, 200}) {
            auto dialog = Dialog<TestType>::from_response(
                invite<TestType>(), test::reply(invite<TestType>(), status, "bob1", {}, contact));
            REQUIRE(dialog);
            CHECK(dialog->remote_target() == "sip:bob@biloxi.example");
        }
    }
}

// RFC 6141 §4.6, §4.7: the caller says when a refresh takes effect; nothing else moves the target.
TEMPLATE_TEST_CASE("the remote target changes by a refresh alone, and the route set never",
                   "[dialog][rfc3261][12.2.1.2][12.2.2][rfc6141][4.6][4.7]", Message,
                   PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    auto reinvite = test::in_dialog(dialog, "INVITE", 1);
    reinvite = with(reinvite, Header::contact, "<sip:bob@192.0.2.99>");
    reinvite = with(reinvite, Header::record_route, "<sip:p9;lr>");

    CHECK(dialog.receive(reinvite) == Order::in_order);
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.2"); // received, not answered
    (void)dialog.response(reinvite, 488, "Not Acceptable Here");
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.2");

    dialog.refresh_remote_target(reinvite);
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.99");
    CHECK(dialog.route_set().empty());

    dialog.refresh_remote_target(test::in_dialog(dialog, "INVITE", 2)); // no Contact
    CHECK(dialog.remote_target() == "sip:bob@192.0.2.99");
    CHECK(MessageModel<TestType>::request_uri(dialog.request("BYE").message)
          == "sip:bob@192.0.2.99");
}

// faults.md 58: Call-ID alone is not enough.
TEMPLATE_TEST_CASE("a message belongs to a dialog by Call-ID and both tags",
                   "[dialog][rfc3261][12.2.2]", Message, PlainMessage) {
    using Model = MessageModel<TestType>;
    const Dialog<TestType> dialog = uac<TestType>();
    struct Row {
        const char* from;
        const char* to;
        const char* call_id;
        bool matches;
    };
    for (const Row& row :
         {Row{"<sip:b@h>;tag=bob1", "<sip:a@h>;tag=alice1", "call1@192.0.2.1", true},
          Row{"<sip:b@h>;tag=BOB1", "sip:a@h;tag=alice1", "call1@192.0.2.1", true},
          Row{"<sip:b@h>;tag=alice1", "<sip:a@h>;tag=bob1", "call1@192.0.2.1", false},
          Row{"<sip:b@h>;tag=bob2", "<sip:a@h>;tag=alice1", "call1@192.0.2.1", false},
          Row{"<sip:b@h>;tag=bob1", "<sip:a@h>;tag=alice2", "call1@192.0.2.1", false},
          Row{"<sip:b@h>;tag=bob1", "<sip:a@h>;tag=alice1", "Call1@192.0.2.1", false},
          Row{"<sip:b@h>", "<sip:a@h>", "call1@192.0.2.1", false},
          Row{"", "<sip:a@h>;tag=alice1", "call1@192.0.2.1", false},
          Row{"<sip:b@h>;tag=bob1", "", "call1@192.0.2.1", false},
          Row{"<sip:b@h>;tag=bob1", "<sip:a@h>;tag=alice1", "", false},
          Row{"<sip:b@", "<sip:a@h>;tag=alice1", "call1@192.0.2.1", false}}) {
        INFO(row.from << ' ' << row.to << ' ' << row.call_id);
        TestType request = Model::request("BYE", "sip:alice@192.0.2.1");
        TestType response = Model::request("BYE", "x");
        for (const auto& [name, value] :
             {std::pair{Header::from, row.from}, std::pair{Header::to, row.to},
              std::pair{Header::call_id, row.call_id}}) {
            if (*value) Model::add(request, name, value);
            const Header other = name == Header::from ? Header::to
                                 : name == Header::to ? Header::from
                                                      : name;
            if (*value) Model::add(response, other, value);
        }
        CHECK(dialog.matches(request) == row.matches);
        CHECK(dialog.made(response) == row.matches);
        CHECK(dialog.matches(Model::response(response, 200, "OK", "")) == row.matches);
    }
}

TEMPLATE_TEST_CASE("a dialog is a value", "[dialog]", Message, PlainMessage) {
    Dialog<TestType> dialog = uac<TestType>();
    Dialog<TestType> copy = dialog;
    CHECK(copy == dialog);
    CHECK(test::text_of(copy.request("BYE").message)
          == test::text_of(dialog.request("BYE").message));
    CHECK(copy == dialog);
    (void)copy.request("INFO");
    CHECK_FALSE(copy == dialog);
    CHECK(dialog.state().local_sequence_number == 314160u);
}

// RFC 6665 §4.4.1
TEMPLATE_TEST_CASE("the dialog of a NOTIFY has its route, its Contact and its tag",
                   "[dialog][rfc6665][4.4.1]", PlainMessage, Message) {
    using M = TestType;
    using Model = MessageModel<M>;
    const auto notify = [](Header changed, std::string_view value) {
        M message = Model::request("NOTIFY", "sip:alice@192.0.2.1");
        const auto add = [&](Header name, std::string_view text) {
            const std::string_view shown = name == changed ? value : text;
            if (!shown.empty()) Model::add(message, name, shown);
        };
        add(Header::from, "<sip:bob@biloxi.example>;tag=n1");
        add(Header::to, "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
        add(Header::call_id, "call1@192.0.2.1");
        add(Header::cseq, "9 NOTIFY");
        add(Header::contact, "<sip:n@192.0.2.7>");
        add(Header::record_route, "<sip:p1;lr>, <sip:p2;lr>");
        return message;
    };
    const auto made = Dialog<M>::from_notify(invite<M>(), notify(Header::via, ""));
    REQUIRE(made);
    Dialog<M> dialog = *made;
    CHECK(dialog.role() == Role::uac);
    CHECK(dialog.confirmed());
    CHECK_FALSE(dialog.secure());
    CHECK(dialog.id() == DialogId{"call1@192.0.2.1", "alice1", "n1"});
    CHECK(dialog.remote_target() == "sip:n@192.0.2.7");
    CHECK(dialog.local_contact() == "<sip:alice@192.0.2.1>");
    CHECK(dialog.route_set() == "<sip:p1;lr>, <sip:p2;lr>");
    CHECK(dialog.matches(notify(Header::via, "")));
    CHECK(dialog.receive(notify(Header::via, "")) == Order::out_of_order);
    CHECK(field(dialog.request("SUBSCRIBE").message, Header::cseq) == "314160 SUBSCRIBE");

    struct {
        Header changed;
        const char* value;
        const char* rule;
    } const rows[] = {{Header::from, "", "From"},
                      {Header::from, "<sip:bob@biloxi.example>", "From: tag"},
                      {Header::cseq, "x NOTIFY", "CSeq"},
                      {Header::contact, "", "Contact"},
                      {Header::contact, "<mailto:a@b>", "Contact"}};
    for (const auto& row : rows) {
        INFO(name_of(row.changed) << ": " << row.value);
        const auto refused = Dialog<M>::from_notify(invite<M>(), notify(row.changed, row.value));
        REQUIRE_FALSE(refused);
        CHECK(refused.error().rule == row.rule);
    }
    CHECK_FALSE(
        Dialog<M>::from_notify(invite_but<M>(Header::call_id, ""), notify(Header::via, "")));
    CHECK_FALSE(
        Dialog<M>::from_notify(invite_but<M>(Header::contact, ""), notify(Header::via, "")));
}

// RFC 6141 §4.4, RFC 3261 §12.1.1
TEMPLATE_TEST_CASE("our Contact changes as a whole, and stays a SIPS URI where it was one",
                   "[dialog][rfc6141][4.4][rfc3261][12.1.1]", Message, PlainMessage) {
    auto dialog = uac<TestType>();
    dialog.set_local_contact("<sip:alice@192.0.2.50>;+sip.flag");
    CHECK(dialog.local_contact() == "<sip:alice@192.0.2.50>;+sip.flag");
    CHECK(field(dialog.request("UPDATE").message, Header::contact)
          == "<sip:alice@192.0.2.50>;+sip.flag");
    auto secure =
        *Dialog<TestType>::from_request(invite<TestType>(), "bob1", "<sips:bob@192.0.2.2>");
    secure.set_local_contact("<sip:bob@192.0.2.50>");
    CHECK(secure.local_contact() == "<sips:bob@192.0.2.50>");
}

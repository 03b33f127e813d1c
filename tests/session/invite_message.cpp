#include "offhook/session/invite_message.hpp"

#include "../catch.hpp"
#include "../support/agent.hpp"

#include <string>

using namespace offhook;
using namespace test;

namespace {

template <class Change>
Refusal refused(Change change) {
    InviteOptions options = alice_calls_bob();
    change(options);
    const Refusal refusal = invite_refusal(options);
    Random random = seeded(1);
    if (refusal)
        CHECK_THROWS_AS(Session<PlainMessage>::outgoing({}, options, random), Error);
    else
        CHECK_NOTHROW(Session<PlainMessage>::outgoing({}, options, random));
    CHECK(Session<Message>::check(options).code == refusal.code);
    return refusal;
}

} // namespace

// RFC 3261 §8.1.1, §25.1
TEST_CASE("an INVITE is refused where an option would break it",
          "[session][rfc3261][8.1.1][25.1]") {
    using O = InviteOptions;
    CHECK_FALSE(refused([](O&) {}));
    for (std::string O::*member : {&O::target, &O::from, &O::contact, &O::to, &O::route})
        for (const char evil : {'\r', '\n', '\0'}) {
            const Refusal why = refused([&](O& o) { (o.*member).append(1, evil).append("X: y"); });
            CHECK(why.code == Errc::unsafe_value);
            CHECK(why.section == "RFC 3261 §25.1");
        }
    CHECK(refused([](O& o) { o.fields = {{"Subject", "a\r\nX: y"}}; }).code == Errc::unsafe_value);
    CHECK(refused([](O& o) { o.offer.type = "a/b\n"; }).code == Errc::unsafe_value);

    const auto needs = [](auto change) {
        const Refusal why = refused(change);
        CHECK(why.code == Errc::bad_argument);
        CHECK(why.tried == "invite");
        return std::string(why.needs);
    };
    CHECK(needs([](O& o) { o.target = ""; }) == "a target that is a URI");
    CHECK(needs([](O& o) { o.target = "bob"; }) == "a target that is a URI");
    CHECK(needs([](O& o) { o.target = "<sip:bob@h>"; }) == "a target that is a URI");
    CHECK(needs([](O& o) { o.from = ""; }) == "a From that is a URI or name-addr without a tag");
    CHECK(needs([](O& o) { o.from = "<sip:a@h>;tag=x"; })
          == "a From that is a URI or name-addr without a tag");
    CHECK(needs([](O& o) { o.from = "<sip:a@h>;tag"; })
          == "a From that is a URI or name-addr without a tag");
    CHECK(needs([](O& o) { o.to = "<sip:b@h>;tag=x"; })
          == "a To that is a URI or name-addr without a tag");
    CHECK(needs([](O& o) { o.contact = ""; }) == "a Contact with one SIP or SIPS URI");
    CHECK(needs([](O& o) { o.contact = "<tel:+1>"; }) == "a Contact with one SIP or SIPS URI");
    CHECK(needs([](O& o) { o.contact = "<sip:a@h>, <sip:b@h>"; })
          == "a Contact with one SIP or SIPS URI");
    CHECK(needs([](O& o) { o.route = "sip:p1;lr"; }) == "a route set of name-addrs");
    CHECK(needs([](O& o) { o.route = "<sip:p1;lr>, nonsense"; }) == "a route set of name-addrs");
    CHECK(needs([](O& o) {
              o.fields = {{"m", "<sip:x@h>"}};
          })
          == "no Contact among the header fields");
    CHECK(needs([](O& o) {
              o.fields = {{"To", "<sip:x@h>"}};
          })
          == "no header field that the library writes");
    CHECK(needs([](O& o) { o.offer = {"", "v=0", {}}; }) == "the media type of the body");
    CHECK(needs([](O& o) { o.timers.t1 = 0s; }) == "timers of positive length");
    CHECK(needs([](O& o) { o.timers.t2 = 100ms; }) == "timers of positive length");
    CHECK(needs([](O& o) { o.timers.unanswered = -1s; }) == "timers of positive length");
}

// RFC 3261 §12.1.2
TEST_CASE("a SIPS target or first route needs a SIPS Contact", "[session][rfc3261][12.1.2]") {
    using O = InviteOptions;
    const auto sips_needed = [](const char* target, const char* route) {
        const Refusal plain = refused([&](O& o) {
            o.target = target;
            o.route = route;
        });
        const Refusal secure = refused([&](O& o) {
            o.target = target;
            o.route = route;
            o.contact = "<sips:alice@192.0.2.1>";
        });
        CHECK_FALSE(secure);
        if (plain) CHECK(plain.section == "RFC 3261 §12.1.2");
        return static_cast<bool>(plain);
    };
    CHECK(sips_needed("sips:bob@biloxi.example", ""));
    CHECK(sips_needed("sip:bob@biloxi.example", "<sips:p1.example;lr>, <sip:p2.example;lr>"));
    CHECK_FALSE(sips_needed("sip:bob@biloxi.example", "<sip:p1.example;lr>, <sips:p2.example;lr>"));
    CHECK_FALSE(sips_needed("tel:+12015550123", ""));
}

// RFC 3261 §12.1.1, §25.1
TEST_CASE("an INVITE is taken up with a Contact of one SIP or SIPS URI",
          "[session][rfc3261][12.1.1][25.1]") {
    Random random = seeded(1);
    const auto take_up = [&](const char* contact, SessionTimers timers = {}) {
        IncomingOptions options;
        options.contact = contact;
        options.timers = timers;
        return Session<Message>::incoming({}, invite_of_peer<Message>(), 1, options, random);
    };
    CHECK(take_up("<sip:bob@192.0.2.2>"));
    CHECK(take_up("sips:bob@192.0.2.2"));
    CHECK_THROWS_AS(take_up("<sip:bob@192.0.2.2>\r\nX: y"), UnsafeValue);
    for (const char* contact : {"", "*", "<tel:+1>", "<sip:a@h>, <sip:b@h>"})
        CHECK_THROWS_AS(take_up(contact), BadArgument);
    SessionTimers timers;
    timers.t1 = 0s;
    CHECK_THROWS_AS(take_up("<sip:bob@192.0.2.2>", timers), BadArgument);
}

// RFC 3261 §19.1.1, table 1; §20.39
TEST_CASE("To holds the target without what belongs to the way there",
          "[session][rfc3261][19.1.1]") {
    CHECK(detail::as_to_uri("sip:bob@biloxi.example:5060;transport=tcp;user=phone;lr;x?Subject=y")
          == "sip:bob@biloxi.example;user=phone;x");
    CHECK(detail::as_to_uri("sips:bob:pw@[2001:db8::1]:5061;maddr=1.2.3.4;ttl=1;method=BYE")
          == "sips:bob:pw@[2001:db8::1]");
    CHECK(detail::as_to_uri("tel:+1;phone-context=x") == "tel:+1;phone-context=x");

    InviteOptions options = alice_calls_bob();
    options.to = "sip:bob@biloxi.example;user=phone";
    options.from = "sip:alice@atlanta.example";
    Caller<PlainMessage> caller(options);
    CHECK(field(caller.invite(), Header::to) == "<sip:bob@biloxi.example;user=phone>");
    CHECK(field(caller.invite(), Header::from).starts_with("<sip:alice@atlanta.example>;tag="));
}

TEST_CASE("a strict first route of the caller becomes the Request-URI",
          "[session][rfc3261][12.2.1.1]") {
    InviteOptions options = alice_calls_bob();
    options.route = "<sip:p1.example>, <sip:p2.example;lr>";
    Caller<PlainMessage> caller(options);
    CHECK(caller.invite().uri == "sip:p1.example");
    CHECK(field(caller.invite(), Header::route) == "<sip:p2.example;lr>, <sip:bob@biloxi.example>");
    CHECK(caller.last("INVITE").next_hop == NextHop::request_uri);
}

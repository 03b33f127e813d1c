#include "offhook/subscription/subscription_options.hpp"

#include "../catch.hpp"
#include "../support/subscription_agent.hpp"

using namespace offhook;
using namespace test;

TEST_CASE("a SUBSCRIBE needs options that make one", "[subscription][rfc6665][3.1.2]") {
    using S = Subscription<Message>;
    const auto refused_as = [](auto change) {
        SubscribeOptions options = to_presence();
        change(options);
        return S::check(options).code;
    };
    CHECK_FALSE(S::check(to_presence()));
    CHECK_FALSE(S::check(to_refer()));
    CHECK(refused_as([](auto& o) { o.target = "bob"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.from = "<sip:a@b>;tag=1"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.to = "<sip:a@b>;tag=1"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.route = "sip:p.example"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.contact = "<mailto:a@b>"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.target = "sips:bob@biloxi.example"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.route = "<sips:p.example;lr>"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.event = ""; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.event = "a b"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.event = "refer"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.refer_to = "<sip:"; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.policy.t1 = 0s; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.body.content = "x"; }) == Errc::bad_argument);
    for (const char* name :
         {"Contact", "m", "Event", "o", "Expires", "Refer-To", "Refer-Sub", "Subscription-State"})
        CHECK(refused_as([&](auto& o) { o.fields = {{name, "x"}}; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.fields = {{"To", "x"}}; }) == Errc::bad_argument);
    CHECK(refused_as([](auto& o) { o.event = "a\r\nb"; }) == Errc::unsafe_value);
    CHECK(refused_as([](auto& o) { o.refer_to = "a\nb"; }) == Errc::unsafe_value);
    CHECK(refused_as([](auto& o) { o.fields = {{"X", "a\nb"}}; }) == Errc::unsafe_value);
    SubscribeOptions options = to_presence();
    options.event.clear();
    Random random = seeded(1);
    CHECK_THROWS_AS(S::outgoing(TimePoint{}, options, random), BadArgument);
    CHECK(S::check(options).tried == "subscribe");
    options = to_refer();
    options.target.clear();
    CHECK(S::check(options).tried == "refer");
}

TEST_CASE("a notifier needs options that make sense", "[subscription][rfc6665][4.2.1.1]") {
    using S = Subscription<Message>;
    CHECK_FALSE(S::check(at_notifier()));
    NotifierOptions options = at_notifier();
    options.contact = "<tel:+1>";
    CHECK(S::check(options).code == Errc::bad_argument);
    Random random = seeded(1);
    CHECK_THROWS_AS(S::incoming(TimePoint{}, subscribe_of_peer<Message>(), 1, options, random),
                    BadArgument);
    options.contact = "<sip:a@b>\r\n";
    CHECK(S::check(options).code == Errc::unsafe_value);
    options = at_notifier();
    options.events = {"presence", ""};
    CHECK(S::check(options).code == Errc::bad_argument);
    options = at_notifier();
    options.t1 = 0s;
    CHECK(S::check(options).code == Errc::bad_argument);
    options = at_notifier();
    options.policy.maximum = 0s;
    CHECK(S::check(options).code == Errc::bad_argument);
}

#include "offhook/session/redirect_targets.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using Added = RedirectTargets::Added;

namespace {

/// Adds one value of a Contact header field.
Added add(RedirectTargets& targets, std::string_view text) {
    const auto contact = Contact::parse(text);
    REQUIRE(contact);
    return targets.add(*contact);
}

/// All that is left, in the order in which it is tried.
std::string rest_of(RedirectTargets targets) {
    std::string all;
    while (const auto target = targets.next())
        all.append(target->uri).append(" ");
    return all;
}

} // namespace

// RFC 3261 §8.1.3.4: a common mechanism is to order the set by the "q" parameter value.
TEST_CASE("redirections are followed in the order of q", "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com");
    CHECK(rest_of(targets).empty());
    CHECK(add(targets, "<sip:low@h>;q=0.2") == Added::target);
    CHECK(add(targets, "<sip:default@h>") == Added::target);
    CHECK(add(targets, "<sip:one@h>;q=1.0") == Added::target);
    CHECK(add(targets, "<sip:malformed@h>;q=high") == Added::target);
    CHECK(add(targets, "<sip:zero@h>;q=0") == Added::target);
    CHECK(rest_of(targets) == "sip:default@h sip:one@h sip:malformed@h sip:low@h sip:zero@h ");
    REQUIRE(targets.waiting().size() == 5);
    CHECK(targets.waiting()[3].q == 200);
    CHECK(targets.waiting()[0].q == 1000);
    CHECK(targets.aside().empty());
}

// RFC 3261 §8.1.3.4: when a failure for a contact address is received, the next one is tried, and
// what a redirection of that one adds is tried in its place.
TEST_CASE("a target that redirects again adds to those that wait", "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com");
    add(targets, "<sip:a@h>;q=0.9");
    add(targets, "<sip:b@h>;q=0.5");
    CHECK(targets.next()->uri == "sip:a@h");
    add(targets, "<sip:c@h>;q=0.7");
    add(targets, "<sip:d@h>;q=0.1");
    CHECK(targets.next()->uri == "sip:c@h");
    CHECK(targets.next()->uri == "sip:b@h");
    CHECK(targets.next()->uri == "sip:d@h");
    CHECK_FALSE(targets.next());
    CHECK(targets.tried()
          == std::vector<std::string>{"sip:bob@example.com", "sip:a@h", "sip:c@h", "sip:b@h",
                                      "sip:d@h"});
    CHECK_FALSE(targets.looped());
}

// RFC 3261 §8.1.3.4: MUST NOT add any given URI to the target set more than once.
TEST_CASE("no URI is tried twice, however it is written", "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com");
    CHECK(add(targets, "<sip:a@h;transport=tcp>;q=0.5") == Added::target);
    CHECK(add(targets, "<sip:%61@H;transport=TCP>") == Added::repeated);
    CHECK_FALSE(targets.looped());
    CHECK(add(targets, "<sip:A@h;transport=tcp>") == Added::target);
    CHECK(add(targets, "<sip:a@h>") == Added::target);
    CHECK(rest_of(targets) == "sip:A@h;transport=tcp sip:a@h sip:a@h;transport=tcp ");
}

// RFC 3261 §8.1.3.4: two locations can be configured to redirect to each other.
TEST_CASE("servers that redirect to each other come to an end", "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@one.example");
    CHECK(add(targets, "<sip:bob@two.example>") == Added::target);
    CHECK(targets.next());
    SECTION("at the first Request-URI") {
        CHECK(add(targets, "<sip:bob@ONE.example>") == Added::repeated);
    }
    SECTION("at a target that was tried") {
        CHECK(add(targets, "<sip:bob@two.example;x=y>") == Added::repeated);
    }
    CHECK(targets.looped());
    CHECK_FALSE(targets.next());
}

TEST_CASE("no more redirections are followed than the limit allows",
          "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com", 2);
    CHECK(add(targets, "<sip:a@h>;q=0.5") == Added::target);
    CHECK(add(targets, "<sip:b@h>;q=0.6") == Added::target);
    CHECK(add(targets, "<sip:c@h>;q=0.5") == Added::over_limit);
    CHECK(add(targets, "<sip:d@h>;q=0.7") == Added::target); // a takes its place no more
    CHECK(rest_of(targets) == "sip:d@h sip:b@h ");

    CHECK(targets.next()->uri == "sip:d@h");
    CHECK(add(targets, "<sip:e@h>;q=0.8") == Added::target);
    CHECK(targets.waiting().size() == 1);
    CHECK(targets.next()->uri == "sip:e@h");
    CHECK(add(targets, "<sip:f@h>") == Added::over_limit);
    CHECK_FALSE(targets.next());

    RedirectTargets none("sip:bob@example.com", 0);
    CHECK(add(none, "<sip:a@h>") == Added::over_limit);
    CHECK(add(none, "<tel:1>") == Added::over_limit);
    CHECK_FALSE(none.next());
}

TEST_CASE("five redirections are followed unless the application wants it otherwise",
          "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com");
    for (const char user : {'a', 'b', 'c', 'd', 'e', 'f', 'g'}) {
        add(targets, std::string("<sip:") + user + "@h>");
        targets.next();
    }
    CHECK(targets.tried().size() == 1 + Limits{}.redirections);
}

TEST_CASE("what is neither SIP nor SIPS is set aside for the application",
          "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com", 2);
    CHECK(add(targets, "<tel:+1-201>;q=0.1") == Added::aside);
    CHECK(add(targets, "<TEL:+1-201>") == Added::repeated);
    CHECK(add(targets, "<mailto:bob@example.com>;expires=60") == Added::aside);
    CHECK(add(targets, "<http://example.com>") == Added::over_limit);
    CHECK(add(targets, "*") == Added::unusable);
    CHECK(targets.add(Contact{}) == Added::unusable);
    CHECK_FALSE(targets.looped());
    CHECK_FALSE(targets.next());
    REQUIRE(targets.aside().size() == 2);
    CHECK(targets.aside()[0].uri == "tel:+1-201");
    CHECK(targets.aside()[0].q == 100);
    CHECK(targets.aside()[1].expires == 60s);
    CHECK(add(targets, "<sips:a@h>") == Added::target);
}

// RFC 3261 §8.1.3.4: from a SIPS URI to another the client SHOULD inform the user.
TEST_CASE("a redirection from SIPS to SIP says that it is one", "[session][rfc3261][8.1.3.4]") {
    RedirectTargets secure("sips:bob@example.com");
    add(secure, "<sip:bob@example.com>");
    add(secure, "<SIPS:bob@h>");
    CHECK(secure.next()->downgraded);
    add(secure, "<sip:c@h>;q=0.1");
    CHECK_FALSE(secure.next()->downgraded);
    CHECK(secure.next()->downgraded); // what counts is the first Request-URI

    RedirectTargets plain("sip:bob@example.com");
    add(plain, "<sip:a@h>");
    add(plain, "<sips:b@h>");
    CHECK_FALSE(plain.next()->downgraded);
    add(plain, "<sip:c@h>");
    CHECK_FALSE(plain.next()->downgraded);
    CHECK_FALSE(plain.next()->downgraded);
}

// RFC 3261 §8.1.3.4: the entire URI, except for the "method-param" and "header" parameters.
// §21.3.3: without an explicit expiration time the address is only valid once.
TEST_CASE("a redirection's target gives the whole Request-URI and how long it holds",
          "[session][rfc3261][8.1.3.4]") {
    RedirectTargets targets("sip:bob@example.com");
    add(targets,
        "\"B\" "
        "<sip:b;x@h:5070;transport=tcp;method=INVITE;maddr=m;y=z?Subject=foo&a=b>;expires=90");
    add(targets, "<sip:c@h>");
    add(targets, "sip:d@h;expires=never");
    const auto target = targets.next();
    REQUIRE(target);
    CHECK(target->uri == "sip:b;x@h:5070;transport=tcp;method=INVITE;maddr=m;y=z?Subject=foo&a=b");
    CHECK(target->request_uri() == "sip:b;x@h:5070;transport=tcp;maddr=m;y=z");
    CHECK(target->expires == 90s);
    CHECK_FALSE(targets.next()->expires);
    CHECK_FALSE(targets.next()->expires);
}

TEST_CASE("a set of redirections is a value", "[session]") {
    RedirectTargets targets("sip:bob@example.com");
    add(targets, "<sip:a@h>");
    RedirectTargets copy = targets;
    CHECK(copy == targets);
    CHECK(copy.next());
    CHECK_FALSE(copy == targets);
    CHECK(rest_of(targets) == "sip:a@h ");
}

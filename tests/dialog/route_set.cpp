#include "offhook/dialog/route_set.hpp"

#include "../catch.hpp"
#include "../support/plain_message.hpp"

#include <string>

#include "offhook/message/message_model.hpp"

using namespace offhook;

namespace {

template <class M>
M with_record_route(std::initializer_list<const char*> lines) {
    M message = MessageModel<M>::request("INVITE", "sip:bob@biloxi.example");
    for (const char* line : lines)
        MessageModel<M>::add(message, Header::record_route, line);
    return message;
}

} // namespace

// RFC 3261 §12.1.1: the UAS takes the Record-Route in order; §12.1.2: the UAC in reverse order.
// Both keep every URI parameter.
TEMPLATE_TEST_CASE("a route set is the Record-Route in order at the UAS, in reverse at the UAC",
                   "[dialog][rfc3261][12.1.1][12.1.2]", Message, PlainMessage) {
    const auto message =
        with_record_route<TestType>({"<sip:p1.example;lr;x=1>, \"Two, the second\" "
                                     "<sip:p2.example:5080;transport=tcp;lr>;rr=on",
                                     "<sips:p3.example;lr=yes>"});
    CHECK(recorded_route(message, RouteOrder::as_recorded)
          == "<sip:p1.example;lr;x=1>, <sip:p2.example:5080;transport=tcp;lr>, "
             "<sips:p3.example;lr=yes>");
    CHECK(recorded_route(message, RouteOrder::reversed)
          == "<sips:p3.example;lr=yes>, <sip:p2.example:5080;transport=tcp;lr>, "
             "<sip:p1.example;lr;x=1>");
}

TEMPLATE_TEST_CASE("without Record-Route the route set is empty",
                   "[dialog][rfc3261][12.1.1][12.1.2]", Message, PlainMessage) {
    CHECK(recorded_route(with_record_route<TestType>({}), RouteOrder::as_recorded).empty());
    CHECK(recorded_route(with_record_route<TestType>({""}), RouteOrder::reversed).empty());
    CHECK(recorded_route(with_record_route<TestType>({"<not a uri>, <sip:p2.example;lr>, ,"}),
                         RouteOrder::reversed)
          == "<sip:p2.example;lr>");
}

TEST_CASE("without a route set the remote target is the Request-URI, and there is no Route",
          "[dialog][rfc3261][12.2.1.1]") {
    const Routing routing = route_to("sip:bob@192.0.2.2:5070;transport=tcp", "");
    CHECK(routing.request_uri == "sip:bob@192.0.2.2:5070;transport=tcp");
    CHECK(routing.route.empty());
    CHECK(routing.next_hop == NextHop::request_uri);
}

TEST_CASE("a loose first router leaves the remote target in the Request-URI",
          "[dialog][rfc3261][12.2.1.1]") {
    const Routing routing =
        route_to("sip:bob@192.0.2.2", "<sip:p1.example;LR;x=1>, <sip:p2.example>");
    CHECK(routing.request_uri == "sip:bob@192.0.2.2");
    CHECK(routing.route == "<sip:p1.example;LR;x=1>, <sip:p2.example>");
    CHECK(routing.next_hop == NextHop::top_route);
}

// The example of RFC 3261 §12.2.1.1.
TEST_CASE("a strict first router becomes the Request-URI, and the remote target the last Route",
          "[dialog][rfc3261][12.2.1.1]") {
    const Routing routing =
        route_to("sip:user@remoteua;x=1", "<sip:proxy1>,<sip:proxy2>,<sip:proxy3;lr>,<sip:proxy4>");
    CHECK(routing.request_uri == "sip:proxy1");
    CHECK(routing.route == "<sip:proxy2>,<sip:proxy3;lr>,<sip:proxy4>, <sip:user@remoteua;x=1>");
    CHECK(routing.next_hop == NextHop::request_uri);

    const Routing alone = route_to("sip:user@remoteua", "<sip:proxy1>");
    CHECK(alone.request_uri == "sip:proxy1");
    CHECK(alone.route == "<sip:user@remoteua>");
}

TEST_CASE("a comma in a parameter of the first route divides nothing", "[dialog][rfc3261][7.3.1]") {
    const Routing routing = route_to("sip:user@remoteua", "<sip:p1>;note=\"a,b\", <sip:p2;lr>");
    CHECK(routing.request_uri == "sip:p1");
    CHECK(routing.route == "<sip:p2;lr>, <sip:user@remoteua>");
}

// RFC 3261 §19.1.1, table 1: no method parameter and no header fields in a Request-URI.
TEST_CASE("a Request-URI sheds method and header fields, and nothing else",
          "[dialog][rfc3261][12.2.1.1][19.1.1]") {
    CHECK(as_request_uri("sip:p1;method=INVITE") == "sip:p1");
    CHECK(as_request_uri("sip:p1;a=1;Method=BYE;b=2?Subject=x&To=y") == "sip:p1;a=1;b=2");
    CHECK(as_request_uri("sip:p1:5080;methods=x;user=phone") == "sip:p1:5080;methods=x;user=phone");
    CHECK(as_request_uri("sip:a;method=x?y@p1;method=z;lr") == "sip:a;method=x?y@p1;lr");
    CHECK(as_request_uri("sip:[2001:db8::1]:5060;method=x") == "sip:[2001:db8::1]:5060");
    CHECK(as_request_uri("tel:+1-201-555-0123;method=x") == "tel:+1-201-555-0123;method=x");

    const Routing strict = route_to("sip:bob@192.0.2.2", "<sip:p1;method=INVITE?Subject=x>");
    CHECK(strict.request_uri == "sip:p1");
    CHECK(route_to("sip:bob@192.0.2.2?Subject=x", "").request_uri == "sip:bob@192.0.2.2");
}

TEST_CASE("the first route is the URI of the first name-addr", "[dialog][rfc3261][20.34]") {
    CHECK(first_route_uri("\"A, B\" <sip:p1;lr>;x=y, <sip:p2>") == "sip:p1;lr");
    CHECK(first_route_uri("").empty());
    CHECK(first_route_uri("<sip:p1").empty());
}

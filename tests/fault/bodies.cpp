// Bodies of several parts are the application's to take apart: whatever they look like, they are
// handed over as they came.

#include <string>

#include "../catch.hpp"
#include "../support/wire.hpp"

using namespace offhook;
using namespace offhook::test;

namespace {

/// Bob is told of a body of several parts, byte for byte, and can answer and end the call.
void check_multipart(const std::string& type, const std::string& body) {
    EndpointConfig config = bobs_config();
    config.content_types = {"multipart/mixed"};
    Wire bob(config);
    bob.receive(invite({.type = type, .body = body}));
    const auto incoming = bob.last<event::Incoming>();
    CHECK(incoming.offer == Body{type, body, {}});
    bob.endpoint.session(incoming.session).reject(bob.now, 488);
    bob.drain();
    CHECK(bob.take_sent() == Lines{"488 INVITE"});
    bob.run_for(64s);
    CHECK(bob.is_empty());
}

} // namespace

TEST_CASE("a multipart with bare line feeds and another boundary is handed over as it is",
          "[fault][rfc3261][7.4]") {
    check_multipart("multipart/mixed;boundary=one", "--two\n\nv=0\n--two--\n");
}

TEST_CASE("a multipart that ends right behind its boundary is handed over as it is",
          "[fault][rfc3261][7.4]") {
    check_multipart("multipart/mixed;boundary=one", "--one");
}

TEST_CASE("a multipart of nothing but its end is handed over as it is", "[fault][rfc3261][7.4]") {
    check_multipart("multipart/mixed;boundary=one", "--one--");
}

TEST_CASE("a multipart that names no boundary is handed over as it is", "[fault][rfc3261][7.4]") {
    check_multipart("multipart/mixed;type=x", "--one\r\n\r\nv=0\r\n--one--\r\n");
}

TEST_CASE("a multipart in a thousand others is handed over as it is", "[fault][rfc3261][7.4]") {
    std::string body = "v=0\r\n";
    for (int depth = 0; depth < 1000; ++depth)
        body = "--x\r\nContent-Type: multipart/mixed;boundary=x\r\n\r\n" + body;
    check_multipart("multipart/mixed;boundary=x", body);
}

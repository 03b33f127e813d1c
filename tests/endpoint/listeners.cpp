#include "offhook/endpoint/listeners.hpp"

#include <string>

#include "../catch.hpp"

using namespace offhook;

namespace {

Address at(std::string_view host, std::uint16_t port) {
    return *Address::parse(host, port);
}

} // namespace

TEST_CASE("the listener that fits best speaks for a flow", "[endpoint]") {
    EndpointConfig config;
    config.listeners = {{Transport::tcp, at("192.0.2.1", 5060), {}},
                        {Transport::udp, at("192.0.2.2", 5060), {}},
                        {Transport::udp, at("2001:db8::1", 5060), {}},
                        {Transport::udp, at("192.0.2.3", 5060), {}}};
    const auto index = [&](const Listener& listener) {
        return &listener - config.listeners.data();
    };
    CHECK(index(listener_for(config, Transport::udp, false)) == 1);
    CHECK(index(listener_for(config, Transport::udp, true)) == 2);
    CHECK(index(listener_for(config, Transport::tcp, true)) == 0); // of the transport at least
    CHECK(index(listener_for(config, Transport::tls, true)) == 0); // a client need not listen

    Flow flow{Transport::udp, at("192.0.2.3", 5060), at("192.0.2.9", 5060)};
    CHECK(index(listener_of(config, flow)) == 3);
    flow.local = at("192.0.2.4", 5060);
    CHECK(index(listener_of(config, flow)) == 1);
    flow.transport = Transport::tcp;
    flow.local = at("192.0.2.3", 5060);
    CHECK(index(listener_of(config, flow)) == 0);

    CHECK(listens(config, Transport::udp));
    CHECK_FALSE(listens(config, Transport::tls));
    CHECK(default_transport(config) == Transport::udp);
    config.listeners.resize(1);
    CHECK(default_transport(config) == Transport::tcp);
}

// RFC 3261 §8.1.1.8, §19.1.1, RFC 7118 §5.2: what a Contact says leads back to the listener.
TEST_CASE("a Contact names transport and scheme of its listener", "[endpoint][rfc3261][8.1.1.8]") {
    EndpointConfig config;
    config.identity = "\"Bob\" <sip:bob%20b@biloxi.example;user=ip>";
    struct Row {
        Transport transport;
        bool secure;
        const char* contact;
    };
    const Row rows[] = {
        {Transport::udp, false, "<sip:bob%20b@192.0.2.1:5060>"},
        {Transport::tcp, false, "<sip:bob%20b@192.0.2.1:5060;transport=tcp>"},
        {Transport::tcp, true, "<sips:bob%20b@192.0.2.1:5060;transport=tcp>"},
        {Transport::tls, true, "<sips:bob%20b@192.0.2.1:5060>"},
        {Transport::tls, false, "<sip:bob%20b@192.0.2.1:5060;transport=tls>"},
        {Transport::ws, false, "<sip:bob%20b@192.0.2.1:5060;transport=ws>"},
        {Transport::wss, true, "<sips:bob%20b@192.0.2.1:5060;transport=ws>"},
    };
    for (const Row& row : rows)
        CHECK(contact_at({row.transport, at("192.0.2.1", 5060), {}}, config, row.secure)
              == row.contact);
    CHECK(contact_at({Transport::udp, at("2001:db8::1", 5060), {}}, config, false)
          == "<sip:bob%20b@[2001:db8::1]:5060>");
    CHECK(contact_at({Transport::udp, at("192.0.2.1", 5070), "pc33.biloxi.example"}, config, false)
          == "<sip:bob%20b@pc33.biloxi.example:5070>");
    config.identity = "<tel:+15551234>";
    CHECK(contact_at({Transport::udp, at("192.0.2.1", 5060), {}}, config, false)
          == "<sip:192.0.2.1:5060>");
}

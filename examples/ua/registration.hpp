#ifndef OFFHOOK_EXAMPLES_UA_REGISTRATION_HPP
#define OFFHOOK_EXAMPLES_UA_REGISTRATION_HPP

// How the agent tells a registrar where it is: REGISTER, refreshed until the agent quits.
// RFC 3261 §10.2

#include <algorithm>
#include <chrono>

#include "calls.hpp"
#include "offhook/endpoint/destination.hpp"
#include "offhook/endpoint/listeners.hpp"
#include "offhook/message/contact.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/expires.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/uri_compare.hpp"

namespace ua {

/// Where the registrar is to send our calls: the listener from which REGISTER leaves.
inline std::string contact_for(const EndpointConfig& config, std::string_view registrar) {
    const auto route = NameAddr::parse(config.route);
    const auto destination = destination_of(route ? route->uri : registrar);
    const Transport transport =
        destination ? destination->transport.value_or(default_transport(config)) : Transport::udp;
    const auto address = destination ? destination->literal(transport) : std::nullopt;
    return contact_at(listener_for(config, transport, address && address->v6), config, false);
}

/// How long the registrar keeps that Contact; nothing where it has it not. RFC 3261 §10.2.4
inline std::optional<std::chrono::seconds> granted(const Message& response,
                                                   std::string_view contact) {
    const auto ours = Uri::parse(uri_of(contact));
    for (std::size_t n = 0; const auto line = response.header(Header::contact, n); ++n) {
        for (const std::string_view each : ListRange(*line)) {
            const auto binding = Contact::parse(each);
            if (!binding || binding->wildcard) continue;
            const auto uri = Uri::parse(binding->address.uri);
            if (!ours || !uri || !equivalent(*ours, *uri)) continue;
            if (const auto expires = binding->expires()) return expires;
            const auto all = Expires::parse(response.header(Header::expires).value_or(""));
            return all ? all->interval : std::chrono::seconds(3600);
        }
    }
    return std::nullopt;
}

inline void Agent::enlist() {
    registration_.expires = options_.expires;
    send_register();
}

inline void Agent::send_register() {
    const EndpointConfig& config = endpoint_.config();
    RequestOptions options;
    options.method = "REGISTER";
    options.target = options_.registrar;
    options.to = "<" + std::string(uri_of(config.identity)) + ">"; // the address of record
    options.fields = {{"Contact", contact_for(config, options_.registrar)},
                      {"Expires", std::to_string(registration_.expires.count())}};
    options.call_id = registration_.call_id;
    options.cseq = registration_.cseq + 1;
    act(0, [&] { registration_.request = endpoint_.request(now(), options); });
}

inline void Agent::renew_after(Duration delay) {
    const auto due = ++registration_.due;
    later(delay, [this, due] {
        if (due == registration_.due && !registration_.request && !quitting_) send_register();
    });
}

/// Takes our Contact back, as the agent quits. One REGISTER at a time: what is under way comes to
/// its end first. RFC 3261 §10.2, §10.2.2
inline void Agent::delist() {
    if (registration_.request || !registration_.registered) return;
    registration_.expires = {};
    send_register();
}

inline void Agent::on_register_response(const event::Response& e) {
    using namespace std::chrono_literals;
    if (e.status < 200) return;
    registration_.request = {};
    // The next one is one more, also where this one had to be sent again with credentials.
    const auto cseq = CSeq::parse(e.response.header(Header::cseq).value_or(""));
    if (cseq) registration_.cseq = cseq->number;
    registration_.call_id = e.response.header(Header::call_id).value_or("");

    const auto least = Expires::parse(e.response.header(Header::min_expires).value_or(""));
    if (e.status == 423 && least && least->interval > registration_.expires && !quitting_) {
        registration_.expires = least->interval; // RFC 3261 §10.2.8
        return send_register();
    }
    if (e.status >= 300) return registration_failed(e.status, e.response.reason_phrase());
    if (registration_.expires == 0s) {
        registration_.registered = false;
        return emit("unregistered", 0, Json().add("registrar", options_.registrar));
    }
    const std::string contact = contact_for(endpoint_.config(), options_.registrar);
    const auto expires = granted(e.response, contact);
    if (!expires || *expires == 0s) return registration_failed(e.status, "it has no Contact of us");
    registration_.registered = true;
    emit("registered", 0,
         Json()
             .add("registrar", options_.registrar)
             .add("contact", uri_of(contact))
             .add("expires", expires->count()));
    if (quitting_) return delist();
    // In time for a REGISTER that has to be repeated until it times out.
    renew_after(*expires > 80s ? *expires - 40s : Duration(*expires) / 2);
}

/// What may get better by itself is tried again.
inline void Agent::registration_failed(int status, std::string_view why) {
    using namespace std::chrono_literals;
    registration_.request = {};
    const bool was_to_end = registration_.expires == 0s;
    registration_.registered = registration_.registered && !was_to_end;
    ++failed_;
    emit("registration_failed", 0,
         Json().add("registrar", options_.registrar).add("code", status).add("why", why));
    if (quitting_) return was_to_end ? void() : delist();
    if (status == 408 || status >= 500) renew_after(30s);
}

} // namespace ua

#endif

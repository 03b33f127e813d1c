#ifndef OFFHOOK_TRANSACTION_RESPONSE_TARGET_HPP
#define OFFHOOK_TRANSACTION_RESPONSE_TARGET_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/flow.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/via.hpp"

namespace offhook {

/// The hop that a message came from or goes back to: the first value of the first Via.
inline std::string_view top_via_text(const Message& message) {
    return ListRange(message.header(Header::via).value_or("")).first();
}
/// The same in its parts; a ParseError where there is none or it is malformed.
inline Parsed<Via> top_via(const Message& message) {
    return Via::parse(top_via_text(message));
}

/// Writes into a request's top Via where it really came from: `received` where the sent-by says
/// something else or the client asks by `rport`, and the port where it asks for that. What the
/// client itself claims to be `received` is overruled. `via` is the parsed top Via.
/// RFC 3261 §18.2.1, RFC 3581 §4
inline void stamp_via(Message& request, const Via& via, const Address& source) {
    const auto sent_by = Address::parse(via.host, 0);
    const bool truthful = sent_by && sent_by->same_host(source);
    if (truthful && !via.has_rport() && !via.parameters.has("received")) return;

    const std::string_view line = request.header(Header::via).value_or("");
    const std::string_view top = ListRange(line).first();
    std::string stamped(top.substr(0, top.size() - via.parameters.text().size()));
    stamped.reserve(line.size() + 64);
    for (const Parameter& parameter : via.parameters) {
        if (iequals(parameter.name, "received")) continue;
        stamped.append(";").append(parameter.name);
        if (!parameter.value.empty()) {
            stamped.append("=").append(parameter.value);
        } else if (iequals(parameter.name, "rport")) {
            stamped.append("=").append(std::to_string(source.port));
        }
    }
    stamped.append(";received=").append(source.host());
    const std::size_t end = static_cast<std::size_t>(top.data() - line.data()) + top.size();
    request.replace_first(Header::via, stamped.append(line.substr(end)));
}

/// The same for who has not read the Via; one that cannot be read stays as it is.
inline void stamp_via(Message& request, const Address& source) {
    if (const auto via = top_via(request)) stamp_via(request, *via, source);
}

/// Where the response goes to a request with this top Via, stamped or not, that came from `source`:
/// always so with UDP, and with a stream when its connection is gone. The address is the one that
/// stamp_via() writes down as `received`, so no other that the Via claims can draw responses to
/// itself, but for `maddr`. RFC 3261 §18.2.2, RFC 3581 §4
inline Address response_address(const Via& via, Transport transport, const Address& source) {
    const std::uint16_t sent_by = via.port.value_or(default_port(transport));
    Address address = source;
    address.port = sent_by;
    if (is_reliable(transport)) return address;
    if (const auto maddr = Address::parse(via.maddr(), sent_by)) return *maddr;
    if (via.has_rport()) address.port = via.rport().value_or(source.port);
    return address;
}

/// The flow on which a response to a request leaves while nothing has failed. `message` is either
/// of them, `arrived` is the flow of the request: the response leaves from where that arrived. RFC
/// 3261 §18.2.2, RFC 3581 §4
inline Flow response_flow(const Message& message, const Flow& arrived) {
    Flow flow = arrived;
    if (is_reliable(flow.transport)) return flow;
    if (const auto via = top_via(message)) {
        flow.remote = response_address(*via, flow.transport, arrived.remote);
    }
    return flow;
}

} // namespace offhook

#endif

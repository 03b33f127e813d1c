#ifndef OFFHOOK_DIALOG_ROUTE_SET_HPP
#define OFFHOOK_DIALOG_ROUTE_SET_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/uri.hpp"

namespace offhook {

/// Which URI of a request says where it is sent to. RFC 3261 §8.1.2
enum class NextHop : unsigned char {
    request_uri, ///< no Route, or the first router is a strict one, whose URI the Request-URI is
    top_route,   ///< the first Route value
};

/// The Request-URI and the Route of a request to `remote_target` by a route set.
struct Routing {
    std::string request_uri; ///< of the request to be sent
    std::string route;       ///< the value of one Route header field; empty: none is to be added
    NextHop next_hop = NextHop::request_uri; ///< which of them says where to
};

/// The order in which Record-Route becomes the route set: the UAS takes it as it stands, the UAC
/// from the end. RFC 3261 §12.1.1, §12.1.2
enum class RouteOrder : unsigned char { as_recorded, reversed };

/// The route set of a dialog as the value of a Route header field: `<sip:p1;lr>, <sip:p2;lr>`.
/// Values that are no name-addr are passed over.
template <Modelled M>
std::string recorded_route(const M& message, RouteOrder order) {
    std::vector<std::string> uris;
    for (std::size_t n = 0;; ++n) {
        const auto line = MessageModel<M>::header(message, Header::record_route, n);
        if (!line) break;
        const std::string_view text = *line;
        for (const std::string_view item : ListRange(text)) {
            if (const auto hop = NameAddr::parse(item)) uris.emplace_back(hop->uri);
        }
    }
    std::string route;
    for (std::size_t i = 0; i < uris.size(); ++i) {
        if (i != 0) route += ", ";
        route += '<';
        route += uris[order == RouteOrder::as_recorded ? i : uris.size() - 1 - i];
        route += '>';
    }
    return route;
}

/// The URI of the first value of a Route header field; empty where there is none.
inline std::string_view first_route_uri(std::string_view route) {
    const auto hop = NameAddr::parse(ListRange(route).first());
    return hop ? hop->uri : std::string_view{};
}

/// A URI without what is not allowed in a Request-URI: header fields and the method parameter.
/// RFC 3261 §19.1.1, table 1
inline std::string as_request_uri(std::string_view uri) {
    const auto parsed = Uri::parse(uri);
    if (!parsed || !parsed->is_sip()) return std::string(uri);
    // Both ";" and "?" may stand in a user part, so what is cut begins behind the host.
    const char* const host_ends = parsed->host.data() + parsed->host.size();
    const std::size_t tail = static_cast<std::size_t>(host_ends - uri.data());
    std::string text(uri.substr(0, uri.find('?', tail)));
    for (std::size_t at = text.find(';', tail); at != std::string::npos;) {
        const std::size_t next = lesser(text.find(';', at + 1), text.size());
        const std::string_view parameter = std::string_view(text).substr(at + 1, next - at - 1);
        if (iequals(parameter.substr(0, parameter.find('=')), "method"))
            text.erase(at, next - at);
        else
            at = next;
        if (at >= text.size()) break;
    }
    return text;
}

/// Request-URI and Route by the rules for loose and strict routers. `route` is a route set as
/// recorded_route() gives it. RFC 3261 §12.2.1.1
inline Routing route_to(std::string_view remote_target, std::string_view route) {
    const std::string_view first = first_route_uri(route);
    if (first.empty()) return {as_request_uri(remote_target), {}, NextHop::request_uri};
    const auto router = Uri::parse(first);
    if (router && router->lr())
        return {as_request_uri(remote_target), std::string(route), NextHop::top_route};

    const ListRange hops(route);
    auto second = hops.begin();
    ++second;
    std::string rest;
    if (!(second == hops.end())) {
        rest = route.substr(static_cast<std::size_t>((*second).data() - route.data()));
        rest += ", ";
    }
    rest.append("<").append(remote_target).append(">");
    return {as_request_uri(first), std::move(rest), NextHop::request_uri};
}

} // namespace offhook

#endif

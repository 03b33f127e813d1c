#ifndef OFFHOOK_TESTS_SUPPORT_PROXY_HPP
#define OFFHOOK_TESTS_SUPPORT_PROXY_HPP

#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/message/list.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/via.hpp"
#include "world.hpp"

namespace offhook::test {

/// A proxy as the user agents see one, over UDP, for Member: it says 100, records its route,
/// challenges what brings no credentials for its realm, and passes all else on. It keeps no
/// transactions, repeats nothing and doesn't fork. RFC 3261 §16.4 to §16.7, §16.11
struct Proxy {
    std::string host;       ///< where it is, port 5060
    std::string name = {};  ///< what else it is called in a Route
    std::string next = {};  ///< host to which its domains lead
    std::string user = {};  ///< Request-URI of whom its domains are; "" changes none
    std::string realm = {}; ///< "" challenges nobody
    bool records = true;
    std::set<std::string> refused = {}; ///< branches of what it challenged: their ACK ends here

    std::vector<Transmit> operator()(const Flow&, std::string_view bytes) {
        const auto parsed = Message::parse(bytes);
        if (!parsed) return {};
        return parsed->is_request() ? pass_on(*parsed) : pass_back(*parsed);
    }

private:
    std::vector<Transmit> pass_on(Message request) {
        const std::string top = value(request, Header::via);
        const auto via = Via::parse(top);
        const std::string branch(via->branch());
        const std::string method(request.method());
        if (method == "ACK" && refused.count(branch)) return {};
        std::vector<Transmit> out;
        if (method == "INVITE") {
            if (!realm.empty() && !has_credentials(request)) {
                refused.insert(branch);
                Message response = Message::response(request, 407, "Proxy Auth", "p" + host);
                response.add(Header::proxy_authenticate,
                             "Digest realm=\"" + realm + "\", nonce=\"1\"");
                return {to(*via, std::move(response))};
            }
            out.push_back(to(*via, Message::response(request, 100, "Trying", "")));
        }
        std::vector<std::string> routes;
        while (const auto line = request.header(Header::route)) {
            for (const std::string_view route : ListRange(*line))
                routes.emplace_back(route);
            request.remove_first(Header::route);
        }
        if (!routes.empty() && (host_of(routes[0]) == host || host_of(routes[0]) == name))
            routes.erase(routes.begin());
        const std::string uri(request.request_uri());
        std::string hop = routes.empty() ? std::string(Uri::parse(uri)->host) : host_of(routes[0]);
        std::string target = uri;
        if (routes.empty() && (hop == host || !Address::parse(hop, 5060))) {
            hop = next;
            if (!user.empty()) target = user;
        }
        request.set(Header::max_forwards, "69");
        for (const std::string& route : routes)
            request.add(Header::route, route);
        std::string text = std::move(request).release();
        text.replace(text.find(' ') + 1, uri.size(), target);
        std::string added =
            "Via: SIP/2.0/UDP " + host + ":5060;branch=z9hG4bK" + host + branch + "\r\n";
        if (records && method == "INVITE") added += "Record-Route: <sip:" + host + ";lr>\r\n";
        text.insert(text.find("\r\n") + 2, added);
        out.push_back({{Transport::udp, at(host), at(hop)}, std::move(text)});
        return out;
    }

    std::vector<Transmit> pass_back(Message response) {
        if (response.status() == 100) return {};
        response.remove_first(Header::via);
        const std::string top = value(response, Header::via);
        const auto via = Via::parse(top);
        if (!via) return {};
        return {to(*via, response)};
    }

    Transmit to(const Via& via, Message message) const {
        const Flow flow{Transport::udp, at(host), at(via.host)};
        return {flow, std::move(message).release()};
    }
    static std::string host_of(std::string_view route) {
        return std::string(Uri::parse(NameAddr::parse(route)->uri)->host);
    }
    bool has_credentials(const Message& request) const {
        for (std::size_t n = 0;; ++n) {
            const auto line = request.header(Header::proxy_authorization, n);
            if (!line) return false;
            if (line->find("realm=\"" + realm) != line->npos) return true;
        }
    }
};

} // namespace offhook::test

#endif

#ifndef OFFHOOK_EXAMPLES_RECIPES_STAGE_HPP
#define OFFHOOK_EXAMPLES_RECIPES_STAGE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/endpoint/compiled.hpp"
#include "offhook/endpoint/handler.hpp"
#include "offhook/sim/network.hpp"
#include "offhook/trace/ladder.hpp"

namespace recipes {

using namespace offhook;
using namespace std::chrono_literals;

/// Phones on a simulated network, where a second takes a microsecond. What a recipe does with one
/// of them, an application does with its endpoint; its sockets and its clock stand in for the rest.
class Stage {
public:
    struct Phone {
        std::string name;
        EndpointConfig config = {};
    };

    /// sip:alice@192.0.2.1, sip:bob@192.0.2.2 and so on.
    explicit Stage(std::vector<Phone> phones) {
        for (Phone& phone : phones) {
            const auto number = static_cast<std::uint8_t>(net_.size() + 1);
            const Address at = *Address::parse("192.0.2." + std::to_string(number) + ":5060");
            phone.config.listeners = {{Transport::udp, at}};
            phone.config.identity = "<sip:" + phone.name + "@" + at.host() + ">";
            net_.trace().name(at, phone.name);
            net_.add(Endpoint(std::move(phone.config), Seed{number}),
                     at); // system_seed() elsewhere
        }
    }

    Endpoint& operator[](std::size_t phone) { return net_[phone]; }
    sim::Network<Endpoint>& net() { return net_; }
    TimePoint now() const { return net_.now(); }

    /// Lets time pass; each phone's events go to its handler.
    template <class... H>
    void run_for(Duration span, const H&... handlers) {
        net_.run_for(span, [&](auto& net, std::size_t phone) {
            std::size_t n = 0;
            ((n++ == phone ? dispatch_all(net[phone], handlers) : void()), ...);
        });
    }

private:
    sim::Network<Endpoint> net_;
};

/// One stream of audio: "sendrecv", "sendonly", "recvonly" or "inactive". An application has a
/// description of its own, which names the ports that its media come and go on.
inline Body audio(std::string_view direction = "sendrecv") {
    return Body::sdp("v=0\r\no=- 1 1 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.9\r\nt=0 0\r\n"
                     "m=audio 4000 RTP/AVP 0\r\na="
                     + std::string(direction) + "\r\n");
}

/// What audio() was made with.
inline std::string direction_of(const Body& body) {
    const std::size_t begin = body.content.rfind("a=");
    if (begin == std::string::npos) return "sendrecv";
    return body.content.substr(begin + 2, body.content.size() - begin - 4);
}

inline void say(const std::string& text) {
    std::cout << text << "\n";
}

/// A recipe that does not do what it says is no recipe.
inline void check(bool holds, std::string_view what) {
    if (holds) return;
    std::cerr << "failed: " << what << "\n";
    std::exit(1);
}

} // namespace recipes

#endif

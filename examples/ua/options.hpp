#ifndef OFFHOOK_EXAMPLES_UA_OPTIONS_HPP
#define OFFHOOK_EXAMPLES_UA_OPTIONS_HPP

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/address.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/session/features.hpp"

namespace ua {

/// What was asked for can't be understood, or isn't built yet: exit status 2.
struct BadUsage : std::runtime_error {
    using std::runtime_error::runtime_error;
};

struct Options {
    struct Listen {
        offhook::Transport transport;
        offhook::Address address;
    };
    std::vector<Listen> listen;
    std::string identity;
    std::string route;
    std::string call;
    int ring = 0;
    bool ring_sdp = false;
    int answer = 0;
    offhook::Duration answer_after{};
    std::string redirect;
    bool late_offer = false;
    offhook::Reliability reliable = offhook::Reliability::supported;
    std::optional<std::chrono::seconds> session_expires;
    std::optional<std::chrono::seconds> min_se;
    std::string refresher; ///< "uac", "uas"; "": as the other side likes
    std::string user;
    std::string password;
    std::string require_auth; ///< NAME:SECRET
    std::optional<offhook::Duration> hang_up_after;
    std::uint64_t calls = 0;
    std::optional<offhook::Duration> timeout;
    std::string ladder;
    std::string pcap;
    bool quiet = false;
    bool help = false;
};

/// Each reads the whole text, or throws BadUsage that says what would have been right.
namespace read {

inline std::uint64_t number(std::string_view text, std::uint64_t least, std::uint64_t most) {
    std::uint64_t value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end || value < least || value > most) {
        throw BadUsage("'" + std::string(text) + "' is not a number from " + std::to_string(least)
                       + " to " + std::to_string(most));
    }
    return value;
}

inline int status(std::string_view text, int least, int most) {
    return static_cast<int>(
        number(text, static_cast<std::uint64_t>(least), static_cast<std::uint64_t>(most)));
}

inline offhook::Duration seconds(std::string_view text) {
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, value);
    if (result.ec != std::errc{} || result.ptr != end || !(value >= 0 && value <= 1e8))
        throw BadUsage("'" + std::string(text) + "' is not a number of seconds");
    return std::chrono::duration_cast<offhook::Duration>(std::chrono::duration<double>(value));
}

inline std::string uri(std::string_view text) {
    const auto uri = offhook::Uri::parse(text);
    if (!uri || !uri->is_sip())
        throw BadUsage("'" + std::string(text) + "' is not a SIP URI, such as sip:bob@192.0.2.1");
    return std::string(text);
}

/// A URI, or a name-addr such as `"Alice" <sip:alice@atlanta.example>`.
inline std::string party(std::string_view text) {
    const auto party = offhook::NameAddr::parse(text);
    if (!party || !party->tag().empty())
        throw BadUsage("'" + std::string(text)
                       + "' is not \"Name\" <SIP-URI>, nor a plain SIP URI");
    uri(party->uri);
    return std::string(text);
}

inline std::string route(std::string_view text) {
    uri(text);
    const auto hop = offhook::Uri::parse(text);
    return "<" + std::string(text) + (hop->lr() ? ">" : ";lr>");
}

inline Options::Listen listen(std::string_view text) {
    const std::size_t first = text.find(':');
    const std::size_t last = text.rfind(':');
    const auto transport = offhook::parse_transport(text.substr(0, first));
    if (transport && first < last && last != std::string_view::npos
        && (transport == offhook::Transport::udp || transport == offhook::Transport::tcp)) {
        const auto port = static_cast<std::uint16_t>(number(text.substr(last + 1), 0, 65535));
        const auto host = text.substr(first + 1, last - first - 1);
        if (const auto address = offhook::Address::parse(host, port)) return {*transport, *address};
    }
    throw BadUsage("'" + std::string(text) + "' is not udp:HOST:PORT or tcp:HOST:PORT, "
                   + "HOST being an IP address");
}

inline offhook::Reliability reliability(std::string_view text) {
    if (text == "no") return offhook::Reliability::off;
    if (text == "supported") return offhook::Reliability::supported;
    if (text == "required") return offhook::Reliability::required;
    throw BadUsage("'" + std::string(text) + "' is not no, supported or required");
}

inline std::chrono::seconds interval(std::string_view text) {
    return std::chrono::seconds(number(text, 90, UINT32_MAX)); // RFC 4028 §4
}

inline std::string refresher(std::string_view text) {
    if (text != "uac" && text != "uas")
        throw BadUsage("'" + std::string(text) + "' is not uac or uas");
    return std::string(text);
}

inline std::string account(std::string_view text) {
    const std::size_t colon = text.find(':');
    if (colon == 0 || colon == std::string_view::npos)
        throw BadUsage("'" + std::string(text) + "' is not NAME:SECRET");
    return std::string(text);
}

inline std::string ladder(std::string_view text) {
    if (!text.ends_with(".txt") && !text.ends_with(".svg") && !text.ends_with(".html"))
        throw BadUsage("'" + std::string(text) + "' does not end in .txt, .svg or .html");
    return std::string(text);
}

} // namespace read

struct Option {
    std::string_view name;
    std::string_view argument; ///< "" takes none
    std::string_view help;     ///< "" is not yet built
    void (*set)(Options&, std::string_view) = nullptr;
};

using Text = std::string_view;
inline constexpr Option all_options[] = {
    {"--listen", "udp:HOST:PORT|tcp:HOST:PORT",
     "where to receive; may be given several times (default udp:127.0.0.1:5060)",
     [](Options& o, Text t) { o.listen.push_back(read::listen(t)); }},
    {"--identity", "SIP-URI", "From of our requests (default sip:ua@HOST:PORT)",
     [](Options& o, Text t) { o.identity = read::party(t); }},
    {"--route", "SIP-URI", "outbound proxy", [](Options& o, Text t) { o.route = read::route(t); }},
    {"--call", "SIP-URI", "place this call at start",
     [](Options& o, Text t) { o.call = read::uri(t); }},
    {"--ring", "CODE", "answer incoming INVITEs with this 1xx at once",
     [](Options& o, Text t) { o.ring = read::status(t, 101, 199); }},
    {"--ring-sdp", "", "put the answer into that 1xx", [](Options& o, Text) { o.ring_sdp = true; }},
    {"--answer", "CODE", "then answer with this final code; none: wait for a command",
     [](Options& o, Text t) { o.answer = read::status(t, 200, 699); }},
    {"--answer-after", "SECONDS", "delay between the two",
     [](Options& o, Text t) { o.answer_after = read::seconds(t); }},
    {"--redirect", "SIP-URI", "Contact for a 3xx (default --answer 302)",
     [](Options& o, Text t) { o.redirect = read::uri(t); }},
    {"--late-offer", "", "our INVITEs carry no offer",
     [](Options& o, Text) { o.late_offer = true; }},
    {"--100rel", "no|supported|required", "provisional responses with PRACK (default supported)",
     [](Options& o, Text t) { o.reliable = read::reliability(t); }},
    {"--session-expires", "SECONDS", "session timer: ask for this interval, 90 at least",
     [](Options& o, Text t) { o.session_expires = read::interval(t); }},
    {"--min-se", "SECONDS", "session timer: refuse what is shorter",
     [](Options& o, Text t) { o.min_se = read::interval(t); }},
    {"--refresher", "uac|uas", "session timer: who is to refresh",
     [](Options& o, Text t) { o.refresher = read::refresher(t); }},
    {"--user", "NAME", "answers digest challenges, with --password",
     [](Options& o, Text t) { o.user = t; }},
    {"--password", "SECRET", "of --user", [](Options& o, Text t) { o.password = t; }},
    {"--require-auth", "NAME:SECRET", "challenges incoming INVITEs",
     [](Options& o, Text t) { o.require_auth = read::account(t); }},
    {"--hang-up-after", "SECONDS", "after the call is confirmed",
     [](Options& o, Text t) { o.hang_up_after = read::seconds(t); }},
    {"--calls", "N", "exit once N calls have ended",
     [](Options& o, Text t) { o.calls = read::number(t, 1, UINT64_MAX); }},
    {"--timeout", "SECONDS", "give up then, exit 3",
     [](Options& o, Text t) { o.timeout = read::seconds(t); }},
    {"--ladder", "FILE", "write the calls as a sequence diagram: .txt, .svg or .html",
     [](Options& o, Text t) { o.ladder = read::ladder(t); }},
    {"--pcap", "FILE", "write the messages as a capture for Wireshark or sngrep",
     [](Options& o, Text t) { o.pcap = t; }},
    {"--quiet", "", "no sequence diagram on standard error",
     [](Options& o, Text) { o.quiet = true; }},
    {"--help", "", "this text", [](Options& o, Text) { o.help = true; }},
};

/// Throws BadUsage.
inline Options parse_options(std::span<char* const> arguments) {
    Options options;
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        const Option* option = nullptr;
        for (const Option& each : all_options)
            if (each.name == name) option = &each;
        if (!option) throw BadUsage("unknown option '" + std::string(name) + "'; see --help");
        if (!option->set) throw BadUsage(std::string(name) + " is not yet built");
        std::string_view argument;
        if (!option->argument.empty()) {
            if (++i == arguments.size())
                throw BadUsage(std::string(name) + " needs " + std::string(option->argument));
            argument = arguments[i];
        }
        try {
            option->set(options, argument);
        } catch (const BadUsage& bad) {
            throw BadUsage(std::string(name) + ": " + bad.what());
        }
    }
    if (!options.redirect.empty() && options.answer == 0) options.answer = 302;
    const bool redirects = options.answer >= 300 && options.answer < 400;
    if (redirects == options.redirect.empty())
        throw BadUsage("--redirect SIP-URI and --answer 3xx belong together");
    if (options.ring_sdp && options.ring == 0) throw BadUsage("--ring-sdp needs --ring CODE");
    if (options.user.empty() != options.password.empty())
        throw BadUsage("--user NAME and --password SECRET belong together");
    if (options.session_expires && options.min_se && *options.session_expires < *options.min_se)
        throw BadUsage("--session-expires is below --min-se");
    if (options.answer_after > offhook::Duration::zero() && options.answer == 0)
        throw BadUsage("--answer-after needs --answer CODE");
    if (options.listen.empty()) options.listen.push_back(read::listen("udp:127.0.0.1:5060"));
    return options;
}

} // namespace ua

#endif

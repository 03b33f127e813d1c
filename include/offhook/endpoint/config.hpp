#ifndef OFFHOOK_ENDPOINT_CONFIG_HPP
#define OFFHOOK_ENDPOINT_CONFIG_HPP

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/auth/digest_accounts.hpp"
#include "offhook/core/address.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/core/limits.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/list.hpp"
#include "offhook/message/name_addr.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/via.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/options.hpp"
#include "offhook/subscription/notifier.hpp"
#include "offhook/transaction/timers.hpp"

namespace offhook {

/// An address at which the application receives, and which our Via and Contact tell the peers.
struct Listener {
    Transport transport = Transport::udp; ///< by which it receives
    Address address = {};                 ///< as in Flow::local
    std::string host = {}; ///< what Via and Contact say instead of the address; "" is the address

    /// "192.0.2.1:5060", "[2001:db8::1]:5060", "pc33.atlanta.example:5060"
    std::string sent_by() const {
        return host.empty() ? address.to_string() : host + ":" + std::to_string(address.port);
    }
};

/// What an Endpoint is, to itself and to its peers.
struct EndpointConfig {
    /// At least one; the first that fits a flow speaks for it.
    std::vector<Listener> listeners = {};
    /// Our From value where a call names none: `"Alice" <sip:alice@atlanta.example>`.
    std::string identity = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
    /// User-Agent and Server value; "" sends neither.
    std::string user_agent = {};
    /// Outbound proxy: the value of a Route header field.
    std::string route = {};
    /// Users of Request-URIs that are ours, without escapes; else 404. Empty: all are.
    std::vector<std::string> users = {};
    /// Further methods, which come as event::Request outside of sessions and as event::Requested
    /// within them; else 405.
    std::vector<std::string> methods = {};
    /// Option tags that the application sees to; else 420. With "join" a call may ask to be a
    /// conference with another: event::Incoming::joins.
    std::vector<std::string> extensions = {};
    /// Event packages to which peers may subscribe: then SUBSCRIBE outside of dialogs comes as
    /// event::SubscriptionIncoming where `methods` has it, another package gets 489, and with
    /// "refer" among them REFER comes so too. Empty: both come as event::Request.
    std::vector<std::string> events = {};
    /// Which subscriptions to these are granted.
    NotifierPolicy notifier = {};
    /// Users of Request-URIs that are conferences: a Join that names no dialog is ignored there.
    /// RFC 3911 §4
    std::vector<std::string> conferences = {};
    /// Bodies taken; else 415.
    std::vector<std::string> content_types = {"application/sdp"};
    /// Above Limits::transactions drop requests instead of answering 503.
    bool overload_silence = false;
    /// Told where a limit refuses a request: 486 for that of sessions, 503 for that of
    /// transactions.
    std::chrono::seconds retry_after = std::chrono::seconds(10);
    /// Of transactions.
    TimerConfig timers = {};
    /// Of sessions; its t1 and t2 follow `timers`.
    SessionTimers session_timers = {};
    /// Of sessions; its methods are those of `methods` too.
    SessionFeatures features = {};
    /// Who we are, for those who challenge our requests: a realm that is not here is never
    /// answered. With accounts 401 and 407 are answered by the endpoint itself; only what it has no
    /// answer to ends the request, or is told where `features.on_challenge` says so. With hashes of
    /// one's own: a Session alone, a BasicDigestClient, and authenticate(). RFC 3261 §22
    DigestAccounts accounts = {};
    /// What becomes of a call whose ACK never comes. RFC 3261 §13.3.1.4
    IncomingOptions::NoAck on_missing_ack = IncomingOptions::NoAck::bye;
    /// How much peers may make it keep.
    Limits limits = {};
};

/// Why no Endpoint can be made of it; false where one can.
inline Refusal check(const EndpointConfig& config) {
    const auto refused = [](Errc code, std::string_view needs, std::string_view section = {}) {
        return Refusal{code, "Endpoint", {}, needs, section, {}};
    };
    for (const std::string* text : {&config.identity, &config.user_agent, &config.route})
        if (!is_safe_value(*text))
            return refused(Errc::unsafe_value, "values without CR, LF and NUL", "RFC 3261 §25.1");
    if (config.listeners.empty())
        return refused(Errc::bad_argument, "at least one listener", "RFC 3261 §18.1.1");
    for (const Listener& listener : config.listeners) {
        const std::string via = "SIP/2.0/UDP " + listener.sent_by();
        const auto parsed = Via::parse(via);
        if (!parsed || !parsed->parameters.text().empty())
            return refused(Errc::bad_argument, "listeners whose host is one", "RFC 3261 §20.42");
    }
    const auto identity = NameAddr::parse(config.identity);
    if (!identity || identity->parameters.has("tag"))
        return refused(Errc::bad_argument, "an identity that is a name-addr without a tag",
                       "RFC 3261 §8.1.1.3");
    for (const std::string_view item : ListRange(config.route)) {
        const auto hop = NameAddr::parse(item);
        if (!hop || !hop->bracketed)
            return refused(Errc::bad_argument, "a route of name-addrs", "RFC 3261 §20.34");
    }
    for (const auto* tokens : {&config.methods, &config.extensions, &config.events})
        for (const std::string& token : *tokens)
            if (!is_token(token))
                return refused(Errc::bad_argument, "methods, extensions and events that are tokens",
                               "RFC 3261 §25.1");
    for (const std::string& type : config.content_types)
        if (!is_safe_value(type))
            return refused(Errc::unsafe_value, "values without CR, LF and NUL", "RFC 3261 §25.1");
    if (!config.notifier.valid())
        return refused(Errc::bad_argument, "a policy of notifiers that can be kept",
                       "RFC 6665 §4.2.1");
    if (const Refusal bad = features_refusal(config.features, "Endpoint")) return bad;
    if (config.timers.t1 <= Duration::zero() || config.timers.t2 < config.timers.t1
        || config.timers.t4 < Duration::zero()
        || config.session_timers.unanswered < Duration::zero()
        || config.session_timers.provisional_refresh < Duration::zero()
        || config.retry_after < std::chrono::seconds::zero())
        return refused(Errc::bad_argument, "timers of positive length, t2 not below t1",
                       "RFC 3261 §17.1.1.1");
    return {};
}

/// The same configuration, complete; throws where check() refuses it.
inline EndpointConfig checked(EndpointConfig config) {
    if (const Refusal refused = check(config)) raise(refused);
    config.session_timers.t1 = config.timers.t1;
    config.session_timers.t2 = config.timers.t2;
    HandledMethods& handled = config.features.methods;
    for (const std::string& method : config.methods) {
        if (method == "INFO")
            handled.info = true;
        else if (method == "MESSAGE")
            handled.message = true;
        else if (method == "REFER")
            handled.refer = true;
        else if (method == "NOTIFY")
            handled.notify = true;
        else if (method == "SUBSCRIBE")
            handled.subscribe = true;
        else
            handled.other = true;
    }
    return config;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_OPTIONS_HPP
#define OFFHOOK_SUBSCRIPTION_SUBSCRIPTION_OPTIONS_HPP

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/party.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/event_package.hpp"
#include "offhook/message/refer_to.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/subscription/notifier.hpp"
#include "offhook/subscription/subscriber.hpp"

namespace offhook {

/// What a SUBSCRIBE of ours holds, or a REFER, where `refer_to` is not empty.
struct SubscribeOptions {
    /// What becomes of NOTIFYs from further nodes that a fork of the SUBSCRIBE has reached, as the
    /// event package has it. RFC 6665 §5.4.9
    enum class Forks : unsigned char {
        keep_first, ///< 481
        keep_all,   ///< each is a subscription of its own: Subscription::poll_fork()
    };

    std::string target = {};  ///< Request-URI, and the URI in To
    std::string from = {};    ///< From value without a tag
    std::string contact = {}; ///< Contact value with a SIP or SIPS URI
    std::string to = {};      ///< To value where it is not to be `<target>`
    std::string route = {};   ///< pre-existing route set as a Route value
    std::string event = {};   ///< Event value: "presence"; of a REFER it is always "refer"
    /// REFER: the URI or name-addr that the recipient is to turn to. RFC 3515 §2.1
    std::string refer_to = {};
    /// REFER: without one, the recipient is asked for no subscription. To be used only where the
    /// request can not fork: with a GRUU as target. RFC 4488 §5
    bool refer_subscription = true;
    std::vector<HeaderField> fields = {}; ///< in each SUBSCRIBE: Accept, Supported …
    Body body = {};                       ///< in each SUBSCRIBE: a filter of the package
    Forks forks = Forks::keep_first;      ///< what other nodes become
    std::uint32_t most_forks = 16;        ///< further ones get 481
    SubscriberPolicy policy = {};         ///< how long, and how it is refreshed
};

/// How a SUBSCRIBE or REFER that comes is taken up.
struct NotifierOptions {
    std::string contact = {};             ///< our Contact value; a GRUU. RFC 6665 §4.5.1
    std::vector<std::string> events = {}; ///< event types: another one gets 489; none: any is taken
    bool without_subscription = true;     ///< grants a REFER its wish. RFC 4488 §4
    NotifierPolicy policy = {};           ///< how long they last
    Duration t1 = std::chrono::milliseconds(500); ///< above 0. RFC 3261 §17.1.1.1
};

/// Refuses header fields that a subscription writes by itself. RFC 6665 §3.1
inline Refusal own_field_refusal(const MessageOptions& options, std::string_view tried) {
    for (const Header name : {Header::contact, Header::event, Header::expires, Header::refer_to,
                              Header::refer_sub, Header::subscription_state})
        if (has_field(options.fields, name))
            return {Errc::bad_argument, tried, {}, "no header field of a subscription",
                    "RFC 6665 §3.1",    {}};
    return {};
}

/// Why no SUBSCRIBE or REFER can be made of these options; false where one can.
/// RFC 3261 §8.1.1, RFC 6665 §3.1.2
inline Refusal subscribe_refusal(const SubscribeOptions& options) {
    const std::string_view tried = options.refer_to.empty() ? "subscribe" : "refer";
    const auto refused = [tried](std::string_view needs, std::string_view section) {
        return Refusal{Errc::bad_argument, tried, {}, needs, section, {}};
    };
    for (const std::string* text : {&options.target, &options.from, &options.contact, &options.to,
                                    &options.route, &options.event, &options.refer_to})
        if (!is_safe_value(*text))
            return {Errc::unsafe_value, tried, {}, "values without CR, LF and NUL",
                    "RFC 3261 §25.1",   {}};
    const auto target = Uri::parse(options.target);
    if (!target) return refused("a target that is a URI", "RFC 3261 §8.1.1.1");
    if (!detail::is_untagged_party(options.from))
        return refused("a From that is a URI or name-addr without a tag", "RFC 3261 §8.1.1.3");
    if (!options.to.empty() && !detail::is_untagged_party(options.to))
        return refused("a To that is a URI or name-addr without a tag", "RFC 3261 §8.1.1.2");
    if (!detail::is_route(options.route))
        return refused("a route set of name-addrs", "RFC 3261 §20.34");
    const Uri contact = detail::contact_uri(options.contact);
    if (!contact.is_sip())
        return refused("a Contact with one SIP or SIPS URI", "RFC 3261 §8.1.1.8");
    const auto first_hop = Uri::parse(first_route_uri(options.route));
    if ((target->is_sips() || (first_hop && first_hop->is_sips())) && !contact.is_sips())
        return refused("a SIPS URI in Contact, as in the target or first route",
                       "RFC 3261 §12.1.2");
    if (options.refer_to.empty() && !EventPackage::parse(options.event))
        return refused("the event package", "RFC 6665 §3.1.2");
    if (options.refer_to.empty() && EventPackage::parse(options.event)->type == "refer")
        return refused("a refer_to for the event refer", "RFC 3515 §2.4.4");
    if (!options.refer_to.empty() && !ReferTo::parse(options.refer_to))
        return refused("a refer_to that is a URI or name-addr", "RFC 3515 §2.1");
    const MessageOptions added{{}, options.body, options.fields, {}, 0};
    if (const Refusal refused_field = own_field_refusal(added, tried)) return refused_field;
    if (!options.policy.valid()) return refused("a policy that is valid", "RFC 6665 §3.1.1");
    return check(added, tried);
}

/// Why nothing can be taken up with these options; false where it can.
inline Refusal notifier_refusal(const NotifierOptions& options) {
    if (!is_safe_value(options.contact))
        return {Errc::unsafe_value, "incoming", {}, "values without CR, LF and NUL",
                "RFC 3261 §25.1",   {}};
    if (!detail::contact_uri(options.contact).is_sip())
        return {Errc::bad_argument, "incoming", {}, "a Contact with one SIP or SIPS URI",
                "RFC 3261 §12.1.1", {}};
    for (const std::string& event : options.events)
        if (!EventPackage::parse(event))
            return {Errc::bad_argument, "incoming", {}, "event packages", "RFC 6665 §4.4.4", {}};
    if (!options.policy.valid() || options.t1 <= Duration::zero())
        return {Errc::bad_argument,  "incoming", {}, "a policy and a T1 that are valid",
                "RFC 6665 §4.2.1.1", {}};
    return {};
}

} // namespace offhook

#endif

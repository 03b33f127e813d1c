#ifndef OFFHOOK_SESSION_INVITE_MESSAGE_HPP
#define OFFHOOK_SESSION_INVITE_MESSAGE_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/error.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/party.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/model.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/session/options.hpp"

namespace offhook {

/// Why these features make no session; false where they do. RFC 4028 §4, RFC 6086 §5.2
inline Refusal features_refusal(const SessionFeatures& features, std::string_view tried) {
    if (!features.timer.valid())
        return {
            Errc::bad_argument, tried, {}, "a session interval of 90 s at least, not below Min-SE",
            "RFC 4028 §4",      {}};
    if (!is_safe_value(features.recv_info) || !is_safe_value(features.events))
        return {Errc::unsafe_value, tried, {}, "values without CR, LF and NUL",
                "RFC 3261 §25.1",   {}};
    return {};
}

/// Why no INVITE can be made of these options; false where one can. RFC 3261 §8.1.1, §12.1.2
inline Refusal invite_refusal(const InviteOptions& options) {
    const auto refused = [](std::string_view needs, std::string_view section) {
        return Refusal{Errc::bad_argument, "invite", {}, needs, section, {}};
    };
    for (const std::string* text :
         {&options.target, &options.from, &options.contact, &options.to, &options.route})
        if (!is_safe_value(*text))
            return {Errc::unsafe_value, "invite", {}, "values without CR, LF and NUL",
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
    if (has_field(options.fields, Header::contact))
        return refused("no Contact among the header fields", "RFC 3261 §8.1.1.8");
    if (!options.timers.valid()) return refused("timers of positive length", "RFC 3261 §17.1.1.1");
    if (const Refusal bad = features_refusal(options.features, "invite")) return bad;
    return check(MessageOptions{{}, options.offer, options.fields, {}, 0, {}}, "invite");
}

/// Why no INVITE can be taken up with these options; false where one can. RFC 3261 §12.1.1
inline Refusal incoming_refusal(const IncomingOptions& options) {
    if (!is_safe_value(options.contact))
        return {Errc::unsafe_value, "incoming", {}, "values without CR, LF and NUL",
                "RFC 3261 §25.1",   {}};
    if (!detail::contact_uri(options.contact).is_sip())
        return {Errc::bad_argument, "incoming", {}, "a Contact with one SIP or SIPS URI",
                "RFC 3261 §12.1.1", {}};
    if (!options.timers.valid())
        return {Errc::bad_argument,          "incoming",           {},
                "timers of positive length", "RFC 3261 §17.1.1.1", {}};
    if (const Refusal bad = features_refusal(options.features, "incoming")) return bad;
    return {};
}

/// Adds what says which methods and extensions we know, unless the application says more. A
/// response to a `request` names Info Packages only where that does. RFC 3261 §13.2.1,
/// RFC 3311 §4, RFC 6086 §5.2.3
template <Modelled M>
void add_capabilities(M& message, const SessionFeatures& features,
                      const std::vector<HeaderField>& fields, const M* request = nullptr) {
    using Model = MessageModel<M>;
    if (!has_field(fields, Header::allow))
        Model::add(message, Header::allow, methods_of(features.methods));
    if (!has_field(fields, Header::supported))
        Model::add(message, Header::supported, option_tags_of(features));
    const bool asked = !request || Model::header(*request, Header::recv_info, 0);
    if (asked && features.methods.info && !has_field(fields, Header::recv_info))
        Model::add(message, Header::recv_info, features.recv_info);
    // RFC 6665 §4.4.4
    if (!features.events.empty() && !has_field(fields, Header::allow_events))
        Model::add(message, Header::allow_events, features.events);
}

/// The INVITE outside of any dialog, complete but for its Via. RFC 3261 §8.1.1, §13.2.1
template <Modelled M>
M invite_message(const InviteOptions& options, const Routing& routing, std::string_view from_tag,
                 std::string_view call_id, std::uint32_t number) {
    using Model = MessageModel<M>;
    M invite = Model::request("INVITE", routing.request_uri);
    Model::add(invite, Header::max_forwards, std::to_string(options.max_forwards));
    if (!routing.route.empty()) Model::add(invite, Header::route, routing.route);
    Model::add(invite, Header::from,
               detail::bracketed(options.from).append(";tag=").append(from_tag));
    Model::add(invite, Header::to,
               options.to.empty() ? "<" + detail::as_to_uri(options.target) + ">"
                                  : detail::bracketed(options.to));
    Model::add(invite, Header::call_id, call_id);
    Model::add(invite, Header::cseq, std::to_string(number) + " INVITE");
    Model::add(invite, Header::contact, options.contact);
    add_capabilities(invite, options.features, options.fields);
    if (options.features.reliable == Reliability::required)
        Model::add(invite, Header::require, "100rel");
    add_to(invite, MessageOptions{{}, options.offer, options.fields, {}, 0, {}});
    return invite;
}

/// What the refusal of an offer says that the application has left alone. RFC 3261 §14.2,
/// RFC 3311 §5.2
inline MessageOptions unanswered_offer() {
    MessageOptions options;
    options.fields.push_back({"Warning", "399 offhook \"The offer was not answered in time\""});
    return options;
}

} // namespace offhook

#endif

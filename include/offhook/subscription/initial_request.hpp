#ifndef OFFHOOK_SUBSCRIPTION_INITIAL_REQUEST_HPP
#define OFFHOOK_SUBSCRIPTION_INITIAL_REQUEST_HPP

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/party.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/model.hpp"
#include "offhook/subscription/subscription_options.hpp"
#include "offhook/subscription/usage.hpp"

namespace offhook {

/// The SUBSCRIBE or REFER outside of any dialog, complete but for its Via. RFC 3261 §8.1.1,
/// RFC 6665 §4.1.2.1, RFC 3515 §2.4.1
template <Modelled M>
DialogRequest<M> initial_request(const SubscribeOptions& options, std::string_view tag,
                                 std::string_view call_id, std::uint32_t number,
                                 std::chrono::seconds expires) {
    using Model = MessageModel<M>;
    const std::string_view method = options.refer_to.empty() ? "SUBSCRIBE" : "REFER";
    const Routing routing = route_to(options.target, options.route);
    DialogRequest<M> request{Model::request(method, routing.request_uri), routing.next_hop};
    M& message = request.message;
    Model::add(message, Header::max_forwards, "70");
    if (!routing.route.empty()) Model::add(message, Header::route, routing.route);
    Model::add(message, Header::from, detail::bracketed(options.from).append(";tag=").append(tag));
    Model::add(message, Header::to,
               options.to.empty() ? "<" + detail::as_to_uri(options.target) + ">"
                                  : detail::bracketed(options.to));
    Model::add(message, Header::call_id, call_id);
    Model::add(message, Header::cseq, std::to_string(number).append(" ").append(method));
    Model::add(message, Header::contact, options.contact);
    if (options.refer_to.empty())
        add_subscribe(message, options.event, expires);
    else
        add_refer(message, options.refer_to, options.refer_subscription);
    add_to(message, MessageOptions{{}, options.body, options.fields, {}, 0});
    return request;
}

} // namespace offhook

#endif

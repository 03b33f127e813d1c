#ifndef OFFHOOK_ENDPOINT_OPERATIONS_HPP
#define OFFHOOK_ENDPOINT_OPERATIONS_HPP

// What the application asks of an Endpoint.

#include "offhook/endpoint/endpoint.hpp"
#include "offhook/message/call_id.hpp"
#include "offhook/session/request_rules.hpp"

namespace offhook {

template <RandomSource R>
SessionId BasicEndpoint<R>::invite(TimePoint now, InviteOptions options) {
    SessionId id;
    if (const Refusal refused = try_invite(now, std::move(options), id)) raise(refused);
    return id;
}

template <RandomSource R>
SessionId BasicEndpoint<R>::invite(TimePoint now, std::string_view target, Body offer) {
    InviteOptions options;
    options.target = target;
    options.offer = std::move(offer);
    return invite(now, std::move(options));
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_invite(TimePoint now, InviteOptions options, SessionId& id) {
    if (full())
        return {Errc::limit_reached, "invite", {}, "fewer sessions than Limits::sessions", {}, {}};
    if (const Refusal refused = fill_in(options)) return refused;
    if (const Refusal refused = Session::check(options)) return refused;
    const bool asks = options.features.on_challenge == SessionFeatures::Decision::ask;
    ask_for_challenges(options.features);
    const CallId call = adopt(Session::outgoing(now, options, random_), {});
    calls_.find(call)->asks = asks;
    drain(now, call);
    pump(now);
    id = public_id(call);
    return {};
}

template <RandomSource R>
Refusal BasicEndpoint<R>::fill_in(InviteOptions& options) const {
    if (options.from.empty()) options.from = config_.identity;
    if (options.route.empty()) options.route = config_.route;
    const std::string_view next =
        options.route.empty() ? std::string_view(options.target) : first_route_uri(options.route);
    const auto destination = destination_of(next);
    if (!destination)
        return {Errc::bad_argument, "invite", {}, "a SIP or SIPS URI to send it to",
                "RFC 3261 §8.1.2",  {}};
    const bool secure = iequals(std::string_view(options.target).substr(0, 5), "sips:")
                        || iequals(next.substr(0, 5), "sips:");
    const Destination place = secure ? secured(*destination) : *destination;
    const Transport transport = place.transport.value_or(default_transport(config_));
    const auto address = place.literal(transport);
    if (options.contact.empty())
        options.contact =
            contact_at(listener_for(config_, transport, address && address->v6), config_, secure);
    options.timers = config_.session_timers;
    options.early_dialogs = static_cast<std::uint32_t>(config_.limits.early_dialogs);
    options.redirections = static_cast<std::uint32_t>(config_.limits.redirections);
    if (options.features == SessionFeatures{}) options.features = config_.features;
    options.features.methods = config_.features.methods;
    if (options.features.events.empty()) options.features.events = config_.features.events;
    return {};
}

template <RandomSource R>
RequestId BasicEndpoint<R>::request(TimePoint now, const RequestOptions& options) {
    RequestId id;
    if (const Refusal refused = try_request(now, options, id)) raise(refused);
    return id;
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_request(TimePoint now, const RequestOptions& options, RequestId& id) {
    const auto named = [](Refusal refused) {
        refused.tried = "request";
        return refused;
    };
    const bool sessions_own = options.method == "INVITE" || options.method == "ACK"
                              || options.method == "CANCEL" || options.method == "BYE";
    if (!is_token(options.method) || sessions_own)
        return {
            Errc::bad_argument, "request", {}, "a method that is a token, and none of a session",
            "RFC 3261 §25.1",   {}};
    if (options.method == "INFO")
        return {Errc::bad_argument,
                "request",
                {},
                "a method that needs no session",
                "RFC 6086 §4.2.1",
                "SessionRef::request()"};
    if (options.cseq >= std::uint32_t{1} << 31U)
        return {Errc::bad_argument,  "request", {}, "a sequence number below 2^31",
                "RFC 3261 §8.1.1.5", {}};
    const auto given = offhook::CallId::parse(options.call_id);
    if (!options.call_id.empty() && (!given || given->text != options.call_id))
        return {Errc::bad_argument, "request", {}, "a Call-ID that is one or two words",
                "RFC 3261 §20.8",   {}};
    InviteOptions as_invite;
    as_invite.target = options.target;
    as_invite.from = options.from;
    as_invite.to = options.to;
    as_invite.route = options.route;
    as_invite.offer = options.body;
    if (const Refusal refused = fill_in(as_invite)) return named(refused);
    if (const Refusal refused = Session::check(as_invite)) return named(refused);
    MessageOptions more{{}, options.body, options.fields, {}, 0, {}};
    if (const Refusal refused = check(more, "request")) return refused;
    if (const Refusal refused = request_refusal(options.method, more)) return refused;
    bool pending = false;
    std::string receiver;
    if (options.method == "MESSAGE") receiver = options.target;
    if (!receiver.empty())
        requests_.for_each(
            [&](auto, const Request& sent) { pending = pending || sent.message_to == receiver; });
    if (pending)
        return {Errc::request_pending, "request", {}, "no other MESSAGE to that URI under way",
                "RFC 3428 §8",         {}};
    // RFC 3261 §11.1
    if (options.method == "OPTIONS" && !has_field(more.fields, Header::accept))
        more.fields.push_back({"Accept", detail::joined(config_.content_types)});
    if (!has_field(more.fields, Header::supported))
        more.fields.push_back({"Supported", supported_extensions(config_)});

    const Routing routing = route_to(options.target, as_invite.route);
    Message message = Message::request(options.method, routing.request_uri);
    message.add(Header::max_forwards, "70");
    if (!routing.route.empty()) message.add(Header::route, routing.route);
    message.add(Header::from, detail::bracketed(as_invite.from) + ";tag=" + random_.token(96));
    message.add(Header::to, options.to.empty() ? "<" + detail::as_to_uri(options.target) + ">"
                                               : detail::bracketed(options.to));
    message.add(Header::call_id, options.call_id.empty() ? random_.token(128) : options.call_id);
    message.add(Header::cseq, std::to_string(options.cseq) + " " + options.method);
    add_to(message, more);
    const Handle<Request> handle = requests_.emplace(Request{{}, std::move(receiver)});
    id = {handle.index, handle.generation};
    Outgoing<Message> out{SendAs::request, std::move(message), routing.next_hop, 0,
                          "z9hG4bK" + random_.token(128)};
    if (!config_.accounts.empty()) {
        out.transaction = options.cseq;
        requests_.find(handle)->retry = Retry{out, BasicAuthenticator<R>(config_.accounts)};
    }
    deliver(now, Owner{{}, id, out.transaction, {}}, std::move(out));
    pump(now);
    return {};
}

template <RandomSource R>
void BasicEndpoint<R>::resolved(TimePoint now, ResolveId id,
                                const std::vector<Address>& addresses) {
    const Handle<Waiting> handle{id.index, id.generation};
    const Waiting* const found = waiting_.find(handle);
    if (!found) return;
    if (addresses.empty()) {
        stop_waiting(now, handle, Failure::transport);
        return pump(now);
    }
    Waiting waiting = *found;
    timers_.cancel(waiting.timer);
    waiting_.erase(handle);
    if (Call* const call = calls_.find(waiting.owner.call)) {
        std::erase(call->waiting, handle);
        call->hosts.push_back({waiting.destination, addresses});
    }
    for (Outgoing<Message>& out : waiting.out) {
        waiting.owner.number = out.transaction;
        set_out(now, waiting.owner, std::move(out), waiting.destination, addresses);
    }
    pump(now);
}

template <RandomSource R>
bool BasicEndpoint<R>::respond(TimePoint now, const event::Request& request, int status,
                               const MessageOptions& options) {
    const Refusal refused = try_respond(now, request, status, options);
    if (refused && refused.code != Errc::unknown_handle) raise(refused);
    return !refused;
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_respond(TimePoint now, const event::Request& request, int status,
                                      const MessageOptions& options) {
    if (const Refusal refused = check(options, "respond")) return refused;
    if (status < 100 || status > 699)
        return {Errc::bad_argument, "respond", {}, "a status of 100 to 699", "RFC 3261 §7.2", {}};
    if (const Refusal refused = response_refusal(request.request.method(), status, options))
        return refused;
    // One tag in all responses to a request but the 100. RFC 3261 §8.2.6.2
    Message response = Message::response(request.request, status, phrase_of(status, options),
                                         status == 100 ? "" : tag_for(request.request));
    add_to(response, options);
    if (!config_.user_agent.empty()) response.add(Header::server, config_.user_agent);
    const bool sent = transactions_.respond(now, request.transaction, std::move(response));
    pump(now);
    if (sent) return {};
    return {Errc::unknown_handle, "respond", {}, "a request without a final response", {}, {}};
}

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_INCOMING_HPP
#define OFFHOOK_ENDPOINT_INCOMING_HPP

// Endpoint's way from bytes to sessions and events.

#include "offhook/endpoint/endpoint.hpp"
#include "offhook/message/salvage.hpp"
#include "offhook/message/status.hpp"
#include "offhook/transaction/response_target.hpp"

namespace offhook {

template <RandomSource R>
void BasicEndpoint<R>::receive(TimePoint now, const Flow& flow, std::string_view bytes) {
    const bool stream = flow.transport == Transport::tcp || flow.transport == Transport::tls;
    if (!stream) {
        if (bytes.size() > config_.limits.message_bytes) {
            if (auto request = salvage(bytes.substr(0, config_.limits.message_bytes)))
                refuse(flow, std::move(*request), 513, {});
        } else if (bytes.find_first_not_of("\r\n") != std::string_view::npos) { // else a keep-alive
            receive_message(now, flow, bytes);
        }
        return pump(now);
    }
    StreamFramer& framer = streams_.framer(flow.connection, config_.limits);
    framer.feed(bytes);
    for (StreamItem item; (item = framer.next()).kind != StreamItem::Kind::need_more;) {
        switch (item.kind) {
        case StreamItem::Kind::need_more: break;
        case StreamItem::Kind::ping: transactions_.transmit(flow, "\r\n"); break;
        case StreamItem::Kind::message: receive_message(now, flow, item.bytes); break;
        case StreamItem::Kind::fault:
            if (auto request = salvage(item.bytes))
                refuse(flow, std::move(*request), item.fault.status, item.fault.reason);
            events_.push(event::StreamBroken{flow, item.fault});
            break;
        }
    }
    pump(now);
}

template <RandomSource R>
void BasicEndpoint<R>::receive_message(TimePoint now, const Flow& flow, std::string_view bytes) {
    auto message = Message::parse(bytes);
    if (!message) {
        if (auto request = salvage(bytes))
            refuse(flow, std::move(*request), 400,
                   std::string("Bad ").append(message.error().rule));
    } else if (!message->is_request()) {
        if (!validate_response(*message, config_.limits))
            transactions_.receive(now, flow, std::move(*message));
    } else if (const ProtocolFault fault = validate_request(*message, config_.limits)) {
        refuse(flow, std::move(*message), fault.status, fault.reason);
    } else {
        transactions_.receive(now, flow, std::move(*message));
    }
}

/// Answers without a transaction: each repetition of such a request gets the same answer again.
template <RandomSource R>
void BasicEndpoint<R>::refuse(const Flow& flow, Message request, int status,
                              std::string_view phrase, const std::vector<HeaderField>& fields) {
    if (request.method() == "ACK" || !request.header(Header::via)) return;
    stamp_via(request, flow.remote);
    if (!top_via(request)) return;
    if (phrase.empty()) phrase = reason_phrase_of(status);
    Message response = Message::response(request, status, phrase, tag_for(request));
    for (const HeaderField& field : fields)
        response.add(HeaderName(std::string_view(field.name)), field.value);
    if (!config_.user_agent.empty()) response.add(Header::server, config_.user_agent);
    const Flow back = response_flow(request, flow);
    transactions_.transmit(back, std::move(response).release());
}

/// The same tag for the same request and for its CANCEL, from nothing but the request.
/// RFC 3261 §8.2.6.2, §8.2.7, §9.2
template <RandomSource R>
std::string BasicEndpoint<R>::tag_for(const Message& request) const {
    std::string text;
    for (const Header name : {Header::via, Header::call_id, Header::from})
        text.append(request.header(name).value_or(""));
    const Digest digest = siphash128(key_, text);
    return std::to_string(digest[0]) + std::to_string(digest[1]);
}

template <RandomSource R>
void BasicEndpoint<R>::pump(TimePoint now) {
    while (auto event = transactions_.poll_event())
        std::visit([&](auto& happened) { on(now, happened); }, *event);
}

template <RandomSource R>
void BasicEndpoint<R>::on(TimePoint now, RequestReceived& received) {
    const Message& request = received.request;
    const auto to = NameAddr::parse(request.header(Header::to).value_or(""));
    const bool in_dialog = to && !to->tag().empty();
    const Known known = in_dialog ? owner_of(request, true) : Known{};
    if (subscriptions_.find(known.subscription)) return receive(now, known.subscription, received);
    const CallId id = known.call;
    Call* const call = calls_.find(id);
    if (in_dialog && !call) return answer(now, received.transaction, request, 481);
    const auto denial = deny(request, config_,
                             in_dialog         ? Standing::in_dialog
                             : received.merged ? Standing::merged
                                               : Standing::first);
    if (denial) return answer(now, received.transaction, request, denial.status, denial.fields);

    const bool reinvite = in_dialog && request.method() == "INVITE";
    const Claims claims = reinvite ? Claims{} : claims_of(now, request);
    if (claims.status)
        return answer(now, received.transaction, request, claims.status, {}, claims.phrase);

    if (in_dialog) {
        call->flow = received.flow;
        if (request.method() == "INVITE") server_owners_.set(received.transaction, id);
        call->session.receive(now, std::move(received.request), received.transaction.to_integer());
        return drain(now, id);
    }
    const std::string_view method = request.method();
    // What only a dialog gives a meaning. RFC 3261 §15.1.2, RFC 3262 §3, RFC 3311 §5.2
    if (method == "BYE" || method == "PRACK" || method == "UPDATE")
        return answer(now, received.transaction, request, 481);
    // OPTIONS asks what an INVITE would meet. RFC 3261 §11.2
    if (full() && (method == "INVITE" || method == "OPTIONS"))
        return answer(now, received.transaction, request, 486, {{"Retry-After", retry_after()}});
    if (method == "INVITE") return take_invite(now, received, claims);
    if (method == "OPTIONS")
        return answer(now, received.transaction, request, 200, capabilities(config_));
    const bool subscribes = (method == "SUBSCRIBE" && !config_.events.empty())
                            || (method == "REFER" && detail::contains(config_.events, "refer"));
    if (subscribes) return take_subscribe(now, received);
    const SessionId target = target_of(request);
    events_.push(
        event::Request{received.transaction, std::move(received.request), received.flow, target});
}

template <RandomSource R>
void BasicEndpoint<R>::take_invite(TimePoint now, RequestReceived& received, const Claims& claims) {
    Message invite = received.request;
    // A client of RFC 2543, which knows no magic cookie, may leave Contact out, and From serves.
    const auto via = top_via(invite);
    const auto from = NameAddr::parse(invite.header(Header::from).value_or(""));
    if (via && !has_magic_cookie(via->branch()) && from && !invite.count(Header::contact))
        invite.add(Header::contact, "<" + std::string(from->uri) + ">");

    const auto uri = Uri::parse(invite.request_uri());
    IncomingOptions options;
    options.contact =
        contact_at(listener_of(config_, received.flow), config_, uri && uri->is_sips());
    options.on_missing_ack = config_.on_missing_ack;
    options.timers = config_.session_timers;
    options.features = config_.features;
    ask_for_challenges(options.features);
    auto session = Session::incoming(now, std::move(invite), received.transaction.to_integer(),
                                     options, random_);
    if (!session)
        return answer(now, received.transaction, received.request, 400, {},
                      std::string("Bad ").append(session.error().rule));
    const SessionId target = target_of(received.request);
    const CallId id = adopt(std::move(*session), received.flow);
    calls_.find(id)->asks = config_.features.on_challenge == SessionFeatures::Decision::ask;
    calls_.find(id)->replaces = claims.replaces;
    if (calls_.find(id)->session.state() == State::terminated) { // refused by itself
        while (calls_.find(id)->session.poll_event())
            continue;
        return drain(now, id);
    }
    server_owners_.set(received.transaction, id);
    Body offer;
    while (auto event = calls_.find(id)->session.poll_event())
        if (auto* const brought = std::get_if<event::Offer>(&*event))
            offer = std::move(brought->body);
    events_.push(event::Incoming{public_id(id), std::move(offer), std::move(received.request),
                                 received.flow, public_id(claims.replaces), public_id(claims.joins),
                                 target});
    drain(now, id);
}

template <RandomSource R>
void BasicEndpoint<R>::on(TimePoint now, CancelReceived& received) {
    const CallId* const id = server_owners_.find(received.target);
    Call* const call = id ? calls_.find(*id) : nullptr;
    if (!call)
        return answer(now, received.transaction, received.request, received.target ? 200 : 481);
    const CallId owner = *id;
    call->session.receive(now, std::move(received.request), received.transaction.to_integer());
    drain(now, owner);
}

template <RandomSource R>
void BasicEndpoint<R>::on(TimePoint now, AckReceived& received) {
    const CallId id = owner_of(received.ack, true).call;
    Call* const call = calls_.find(id);
    if (!call) return;
    call->flow = received.flow;
    call->session.receive(now, std::move(received.ack));
    drain(now, id);
}

template <RandomSource R>
void BasicEndpoint<R>::on(TimePoint, RequestRefused& refused) {
    if (config_.overload_silence) return;
    refuse(refused.flow, std::move(refused.request), 503, {}, {{"Retry-After", retry_after()}});
}

template <RandomSource R>
void BasicEndpoint<R>::on(TimePoint now, ResponseReceived& received) {
    const Owner* const found = client_owners_.find(received.transaction);
    if (!found) return;
    const Owner owner = *found;
    const int status = received.response.status();
    if (status == 503 && detour(now, owner)) return client_owners_.erase(received.transaction);
    if (status >= 300) detours_.erase(owner.detour); // answered: no other way is to be tried
    const bool challenge = status == 401 || status == 407;
    if (owner.request) {
        if (challenge && request_again(now, owner.request, received.response)) return;
        events_.push(event::Response{owner.request, status, std::move(received.response)});
        if (status >= 200) requests_.erase({owner.request.index, owner.request.generation});
        return;
    }
    if (Call* const asked = calls_.find(owner.call); asked && asked->authenticator)
        if (status >= 200 && !challenge)
            asked->authenticator->finished(owner.number, &received.response);
    if (Subscribed* const subscribed = subscriptions_.find(owner.subscription)) {
        subscribed->subscription.receive(now, std::move(received.response));
        return drain(now, owner.subscription);
    }
    // A fork that has become a session of its own gets the retransmissions of its 2xx.
    const CallId by_dialog = status >= 200 ? owner_of(received.response, false).call : owner.call;
    const CallId id = calls_.find(by_dialog) ? by_dialog : owner.call;
    Call* const call = calls_.find(id);
    if (!call) return;
    call->session.receive(now, std::move(received.response));
    drain(now, id);
}

template <RandomSource R>
void BasicEndpoint<R>::failed(TimePoint now, ClientTransactionId transaction, Failure failure) {
    const Owner* const found = client_owners_.find(transaction);
    if (!found) return;
    const Owner owner = *found;
    client_owners_.erase(transaction);
    if (!detour(now, owner)) failed(now, owner, failure);
}

template <RandomSource R>
void BasicEndpoint<R>::failed(TimePoint now, const Owner& owner, Failure failure) {
    detours_.erase(owner.detour);
    if (owner.request) {
        requests_.erase({owner.request.index, owner.request.generation});
        events_.push(event::RequestFailed{owner.request, failure});
    } else if (Call* const call = calls_.find(owner.call)) {
        if (call->authenticator) call->authenticator->finished(owner.number, nullptr);
        call->session.failed(now, owner.number, failure);
        drain(now, owner.call);
    } else if (Subscribed* const subscribed = subscriptions_.find(owner.subscription)) {
        subscribed->subscription.failed(now, owner.number, failure);
        drain(now, owner.subscription);
    }
}

template <RandomSource R>
void BasicEndpoint<R>::forget(ClientTransactionId transaction) {
    if (const Owner* const owner = client_owners_.find(transaction)) detours_.erase(owner->detour);
    client_owners_.erase(transaction);
}

template <RandomSource R>
void BasicEndpoint<R>::answer(TimePoint now, ServerTransactionId transaction,
                              const Message& request, int status,
                              const std::vector<HeaderField>& fields, std::string_view phrase) {
    if (phrase.empty()) phrase = reason_phrase_of(status);
    Message response = Message::response(request, status, phrase, tag_for(request));
    for (const HeaderField& field : fields)
        response.add(HeaderName(std::string_view(field.name)), field.value);
    if (!config_.user_agent.empty()) response.add(Header::server, config_.user_agent);
    transactions_.respond(now, transaction, std::move(response));
}

template <RandomSource R>
typename BasicEndpoint<R>::Known BasicEndpoint<R>::owner_of(const Message& message,
                                                            bool is_request) {
    const auto local =
        NameAddr::parse(message.header(is_request ? Header::to : Header::from).value_or(""));
    const auto remote =
        NameAddr::parse(message.header(is_request ? Header::from : Header::to).value_or(""));
    const auto call_id = message.header(Header::call_id);
    if (!local || !remote || !call_id) return {};
    for (const std::string_view remote_tag : {remote->tag(), std::string_view()})
        if (const Known* known = dialogs_.find(dialog_key(*call_id, local->tag(), remote_tag)))
            return *known;
    return {};
}

template <RandomSource R>
void BasicEndpoint<R>::connection_closed(TimePoint now, const Flow& flow) {
    streams_.erase(flow.connection);
    transactions_.connection_closed(now, flow);
    pump(now);
}

template <RandomSource R>
void BasicEndpoint<R>::transmit_failed(TimePoint now, const Flow& flow) {
    transactions_.transport_failed(now, flow);
    pump(now);
}

} // namespace offhook

#endif

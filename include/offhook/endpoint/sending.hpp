#ifndef OFFHOOK_ENDPOINT_SENDING_HPP
#define OFFHOOK_ENDPOINT_SENDING_HPP

// Where Endpoint's requests go, and what becomes of them where that place fails.

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

template <RandomSource R>
void BasicEndpoint<R>::deliver(TimePoint now, const Owner& owner, Outgoing<Message> out) {
    authorize(owner, out);
    const Call* const call = calls_.find(owner.call);
    if (out.as == SendAs::abandon) {
        if (!call) return;
        transactions_.abandon(now, call->invite);
        return forget(call->invite);
    }
    if (out.as == SendAs::cancel) {
        // The way of the INVITE and its branch, which another way may have changed. RFC 3261 §9.1
        const Flow* const flow = call ? transactions_.flow(call->invite) : nullptr;
        const Owner* const invite = call ? client_owners_.find(call->invite) : nullptr;
        if (!flow || !invite) return;
        if (const Detour* const taken = detours_.find(invite->detour))
            out.branch = taken->out.branch;
        return dispatch(now, owner, std::move(out), *flow);
    }
    const auto destination = next_destination(out.message, out.next_hop);
    if (!destination) {
        if (out.as == SendAs::request) failed(now, owner, Failure::transport);
        return;
    }
    const Transport transport = destination->transport.value_or(default_transport(config_));
    if (const auto address = destination->literal(transport))
        return set_out(now, owner, std::move(out), *destination, {*address});
    if (call) {
        for (const Resolved& known : call->hosts)
            if (known.destination == *destination)
                return set_out(now, owner, std::move(out), *destination, known.addresses);
    }
    wait(now, owner, std::move(out), *destination, transport);
}

/// Asks for the addresses of a host, once for all that one call sends there meanwhile.
template <RandomSource R>
void BasicEndpoint<R>::wait(TimePoint now, const Owner& owner, Outgoing<Message> out,
                            const Destination& destination, Transport transport) {
    Call* const call = calls_.find(owner.call);
    for (const Handle<Waiting> id : call ? call->waiting : std::vector<Handle<Waiting>>{}) {
        Waiting& waiting = *waiting_.find(id);
        if (waiting.destination != destination) continue;
        // A 2xx that comes again wants the same ACK again, and that is waiting already.
        for (const Outgoing<Message>& other : waiting.out)
            if (other.branch == out.branch) return;
        return waiting.out.push_back(std::move(out));
    }
    const Handle<Waiting> id = waiting_.emplace(Waiting{owner, {}, destination});
    Waiting& waiting = *waiting_.find(id);
    waiting.out.push_back(std::move(out));
    waiting.timer = timers_.schedule(now + 64 * config_.timers.t1, Timer{{}, id});
    if (call) call->waiting.push_back(id);
    events_.push(
        event::Resolve{{id.index, id.generation}, destination.host, destination.port, transport});
}

template <RandomSource R>
void BasicEndpoint<R>::stop_waiting(TimePoint now, Handle<Waiting> id, Failure failure) {
    Waiting* const found = waiting_.find(id);
    if (!found) return;
    Waiting waiting = std::move(*found);
    timers_.cancel(waiting.timer);
    waiting_.erase(id);
    if (Call* const call = calls_.find(waiting.owner.call)) std::erase(call->waiting, id);
    for (const Outgoing<Message>& out : waiting.out) {
        waiting.owner.number = out.transaction;
        if (out.as == SendAs::request) failed(now, waiting.owner, failure);
    }
}

/// Sends a request the best way that there is to one of the addresses, and keeps the others in case
/// that it fails: first the connection that the peer itself has opened, which may be the only way
/// through a NAT; a stream where it is too large for UDP; then one address after the other.
template <RandomSource R>
void BasicEndpoint<R>::set_out(TimePoint now, Owner owner, Outgoing<Message> out,
                               const Destination& destination,
                               const std::vector<Address>& addresses) {
    std::vector<Flow> ways;
    Flow flow;
    flow.transport = destination.transport.value_or(default_transport(config_));
    flow.remote = addresses.front();
    Flow last; // of the peer's last request
    if (const Call* const call = calls_.find(owner.call)) last = call->flow;
    if (const auto* const other = subscriptions_.find(owner.subscription)) last = other->flow;
    if (is_open_way(last, flow)) ways.push_back(last);
    const bool large = !destination.transport && flow.transport == Transport::udp
                       && out.as == SendAs::request && is_large(out, flow);
    for (const Address& address : addresses) {
        flow.remote = address;
        if (large) {
            ways.push_back(flow);
            ways.back().transport = Transport::tcp;
        }
        ways.push_back(flow);
    }
    if (ways.size() > 1 && out.as == SendAs::request)
        owner.detour = detours_.emplace(Detour{out, {ways.begin() + 1, ways.end()}});
    dispatch(now, owner, std::move(out), ways.front());
}

/// Sends a request on its next way; false where there is none, or nobody waits for it any more. A
/// client transaction that has failed may have had a response: an early dialog stays where it is.
/// RFC 3263 §4.3, RFC 3261 §18.1.1
template <RandomSource R>
bool BasicEndpoint<R>::detour(TimePoint now, const Owner& owner) {
    Detour* const detour = detours_.find(owner.detour);
    if (!detour || detour->ways.empty()) return false;
    Call* const call = calls_.find(owner.call);
    const bool invite = detour->out.message.method() == "INVITE";
    if (invite && (!call || call->session.state() != State::initial)) return false;
    if (invite && call->session.refusal(Operation::cancel)) return false;
    const Flow way = detour->ways.front();
    detour->ways.erase(detour->ways.begin());
    // What follows to the same host, such as an ACK, is not to begin with what has failed.
    if (call) {
        for (Resolved& host : call->hosts) {
            if (std::erase(host.addresses, way.remote) != 0)
                host.addresses.insert(host.addresses.begin(), way.remote);
        }
    }
    detour->out.branch = "z9hG4bK" + random_.token(128);
    dispatch(now, owner, detour->out, way);
    return true;
}

/// Puts the Via on and hands the request to the transactions.
template <RandomSource R>
void BasicEndpoint<R>::dispatch(TimePoint now, const Owner& owner, Outgoing<Message> out,
                                Flow flow) {
    const Listener& listener = listener_for(config_, flow.transport, flow.remote.v6);
    if (listener.transport == flow.transport && flow.local == Address{})
        flow.local = listener.address;
    out.message.insert_first(Header::via, via(flow, out.branch));
    announce(out.message);
    if (!config_.user_agent.empty()) out.message.add(Header::user_agent, config_.user_agent);
    if (out.as == SendAs::ack)
        return transactions_.transmit(flow, std::move(out.message).release());

    const bool invite = out.message.method() == "INVITE";
    const ClientTransactionId id = transactions_.send(now, flow, std::move(out.message));
    if (out.as == SendAs::cancel) return;
    if (!id) return failed(now, owner, Failure::transport);
    client_owners_.add(id, owner);
    if (Call* const call = calls_.find(owner.call); call && invite) call->invite = id;
}

/// Whether the peer's last request came on a connection that lives and leads to the same host.
/// RFC 3261 §18, RFC 7118 §5
template <RandomSource R>
bool BasicEndpoint<R>::is_open_way(const Flow& last, const Flow& flow) const {
    if (last.connection == 0 || last.transport != flow.transport) return false;
    if (flow.transport == Transport::ws || flow.transport == Transport::wss) return true;
    return streams_.contains(last.connection) && last.remote.same_host(flow.remote);
}

template <RandomSource R>
std::string BasicEndpoint<R>::via(const Flow& flow, std::string_view branch) const {
    std::string via("SIP/2.0/");
    via.append(via_name(flow.transport)).append(" ");
    via.append(listener_for(config_, flow.transport, flow.remote.v6).sent_by());
    via.append(";branch=").append(branch).append(";rport");
    if (!flow.remote.is_multicast()) return via;
    // RFC 3261 §18.1.1
    const std::string group = flow.remote.host();
    return via.append(flow.remote.v6 ? ";maddr=[" + group + "]" : ";maddr=" + group + ";ttl=1");
}

/// Too large for a path of unknown MTU. RFC 3261 §18.1.1
template <RandomSource R>
bool BasicEndpoint<R>::is_large(const Outgoing<Message>& out, const Flow& flow) const {
    constexpr std::size_t largest = 1300;
    if (!listens(config_, Transport::tcp)) return false;
    std::size_t size = out.message.bytes().size() + via(flow, out.branch).size() + 7;
    if (!config_.user_agent.empty()) size += config_.user_agent.size() + 14;
    return size > largest;
}

} // namespace offhook

#endif

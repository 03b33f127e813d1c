#ifndef OFFHOOK_EXAMPLES_UA_CALLS_HPP
#define OFFHOOK_EXAMPLES_UA_CALLS_HPP

// What the agent does with its calls, whether a command or an option asks for it.

#include <cstddef>
#include <utility>

#include "agent.hpp"
#include "offhook/core/error.hpp"
#include "offhook/net/address.hpp"

namespace ua {

/// The URI of a From, To or Contact value.
inline std::string_view uri_of(std::optional<std::string_view> value) {
    const auto party = NameAddr::parse(value.value_or(""));
    return party ? party->uri : std::string_view{};
}

constexpr std::string_view name_of(Party party) {
    return party == Party::local ? "local" : "remote";
}

/// Which extensions a call uses in that role.
inline SessionFeatures features_of(const Options& options, Role role) {
    SessionFeatures features;
    features.reliable = options.reliable;
    features.prack = SessionFeatures::Prack::by_application; // it may bring an offer along
    features.on_challenge = SessionFeatures::Decision::ask;
    if (options.follow) features.on_redirect = SessionFeatures::Decision::ask;
    using Policy = SessionTimerPolicy;
    if (options.min_se) features.timer.minimum = *options.min_se;
    if (options.session_expires) {
        features.timer.use = Policy::Use::always;
        features.timer.interval = *options.session_expires;
    }
    if (features.timer.interval < features.timer.minimum)
        features.timer.interval = features.timer.minimum;
    if (!options.refresher.empty()) {
        const bool self = (options.refresher == "uac") == (role == Role::uac);
        features.timer.refresher = self ? Policy::Side::self : Policy::Side::peer;
    }
    return features;
}

/// Does what the library may refuse; a refusal becomes an event, and a note in the ladder.
template <class F>
bool Agent::act(int number, F&& operation) {
    try {
        operation();
        return true;
    } catch (const Error& refused) {
        ++refused_;
        emit("refused", number,
             Json()
                 .add("operation", refused.tried())
                 .add("type", exception_of(static_cast<Errc>(refused.code().value())))
                 .add("section", refused.section())
                 .add("message", refused.what()));
        note(refused.what());
        return false;
    }
}

inline int Agent::add(Call call) {
    numbers_[{call.session.index, call.session.generation}] = ++newest_;
    calls_.emplace(newest_, std::move(call));
    return newest_;
}

inline Sdp Agent::new_sdp(const Address& local, const Address& remote) const {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since_epoch).count();
    const bool anywhere = net::is_wildcard(local);
    return {anywhere ? net::source_address(remote).value_or(local) : local,
            static_cast<std::uint64_t>(seconds + newest_)};
}

inline Call* Agent::find(int number) {
    const auto found = calls_.find(number);
    return found == calls_.end() ? nullptr : &found->second;
}

/// Of a call that has ended, or that never was, it refuses each operation.
inline Endpoint::SessionRef Agent::session(int number) {
    const Call* const call = find(number);
    return endpoint_.session(call ? call->session : SessionId{});
}

/// Its number; 0 where it was refused.
inline int Agent::place_call(const std::string& target, bool late_offer, InviteOptions invite) {
    const auto& listeners = endpoint_.config().listeners;
    const auto destination = destination_of(target);
    const auto remote = destination ? destination->literal(Transport::udp) : std::nullopt;
    Address local = listeners.front().address;
    for (const Listener& listener : listeners)
        if (remote && listener.address.v6 == remote->v6) local = listener.address;

    Call call{.sdp = new_sdp(local, remote.value_or(local))};
    call.late = late_offer;
    invite.target = target;
    invite.features = features_of(options_, Role::uac);
    if (!late_offer) invite.offer = Body::sdp(call.sdp.offer());
    if (!act(0, [&] { call.session = endpoint_.invite(now(), invite); })) {
        ++failed_;
        return 0;
    }
    const int number = add(std::move(call));
    emit("calling", number, Json().add("uri", target));
    return number;
}

/// With `with_answer`, or an offer where the INVITE has none, which only a reliable 1xx can bring.
inline void Agent::ring_with(int number, int status, bool with_answer, bool reliably) {
    Call* const call = find(number);
    MessageOptions options;
    if (reliably) options.delivery = Delivery::reliable;
    if (call && with_answer)
        options.body = Body::sdp(call->offer.empty() ? call->sdp.offer(call->direction)
                                                     : call->sdp.answer(call->offer.content).text);
    act(number, [&] { session(number).progress(now(), status, options); });
}

inline void Agent::answer_with(int number, int status, const std::string& contact) {
    MessageOptions options;
    Call* const call = find(number);
    if (call && status < 300 && session(number).owes_description()) {
        const bool offered = !call->offer.empty();
        const Sdp::Answer answer = offered ? call->sdp.answer(call->offer.content)
                                           : Sdp::Answer{call->sdp.offer(call->direction), true};
        options.body = Body::sdp(answer.text);
        if (!answer.usable) status = 488;
    }
    act(number, [&] {
        if (status < 300)
            session(number).accept(now(), options, status);
        else if (status < 400)
            session(number).redirect(now(), {"<" + contact + ">"}, status);
        else
            session(number).reject(now(), status);
    });
}

} // namespace ua

#endif

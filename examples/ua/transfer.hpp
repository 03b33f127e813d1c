#ifndef OFFHOOK_EXAMPLES_UA_TRANSFER_HPP
#define OFFHOOK_EXAMPLES_UA_TRANSFER_HPP

// How the agent transfers a call, and lets itself be transferred: REFER, Replaces, and the NOTIFYs
// that tell how it went.

#include "commands.hpp"
#include "offhook/endpoint/referral.hpp"

namespace ua {

/// The peer sends us to somebody else: we call there, and tell it what becomes of that.
inline void Agent::on(const event::Referred& e) {
    const int number = number_of(e.session);
    auto invite = invite_for(e);
    const std::string target = invite ? invite->target : e.refer_to;
    emit("refer", number, Json().add("target", target).add("usable", invite.has_value()));
    if (!invite || quitting_)
        return (void)act(
            number, [&] { session(number).respond(now(), e.transaction, invite ? 603 : 400); });
    if (!act(number, [&] { session(number).respond(now(), e.transaction, 202); })) return;
    if (Call* const call = find(number)) call->referred_by = e.usage;

    const int placed = place_call(target, options_.late_offer, std::move(*invite));
    if (Call* const call = find(placed))
        call->on_behalf_of = number;
    else
        tell_referrer(number, 503);
}

/// How far the call has come that a REFER has made us place.
inline void Agent::report(int number, int status) {
    Call* const call = find(number);
    if (!call || call->on_behalf_of == 0) return;
    const int referrer = call->on_behalf_of;
    if (status >= 200) call->on_behalf_of = 0;
    tell_referrer(referrer, status);
}

inline void Agent::tell_referrer(int number, int status) {
    Call* const call = find(number);
    if (!call || call->referred_by == 0) return;
    const UsageId usage = call->referred_by;
    if (status >= 200) call->referred_by = 0;
    // The referrer may have lost interest meanwhile.
    (void)session(number).try_notify(now(), usage, status);
}

/// What becomes of our REFER.
inline void Agent::on(const event::Notified& e) {
    emit("notify", number_of(e.session), Json().add("code", e.status).add("state", e.state.text()));
}

inline void Agent::on(const event::UsageEnded& e) {
    emit("subscription_ended", number_of(e.session), Json().add("reason", e.reason));
}

inline void Agent::refer(int number, Words words) {
    expect(words, 1, 1);
    transfer(number, words[0]);
}

/// The peer of this call is to replace us in that one.
inline void Agent::refer_replace(int number, Words words) {
    expect(words, 1, 1);
    const int other = static_cast<int>(read::number(words[0], 1, 1'000'000'000));
    const std::string target = in_our_place(session(other));
    if (target.empty()) throw BadUsage("call " + words[0] + " has no dialog");
    transfer(number, target);
}

inline void Agent::transfer(int number, const std::string& target) {
    const MessageOptions options{
        .fields = {{"Referred-By", "<" + std::string(uri_of(endpoint_.config().identity)) + ">"}}};
    act(number, [&] { session(number).refer(now(), target, options); });
}

inline void Agent::notify(int number, Words words) {
    expect(words, 1, 1);
    const int status = read::status(words[0], 100, 699);
    const Call* const call = find(number);
    if (!call || call->referred_by == 0) throw BadUsage("nobody has referred this call");
    act(number, [&] { session(number).notify(now(), call->referred_by, status); });
}

} // namespace ua

#endif

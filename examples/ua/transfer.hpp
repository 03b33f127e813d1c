#ifndef OFFHOOK_EXAMPLES_UA_TRANSFER_HPP
#define OFFHOOK_EXAMPLES_UA_TRANSFER_HPP

// How the agent transfers a call, and lets itself be transferred: REFER, Replaces, and the NOTIFYs
// that tell how it went.

#include "commands.hpp"
#include "offhook/message/refer_to.hpp"
#include "offhook/message/replaces.hpp"
#include "offhook/message/uri_headers.hpp"

namespace ua {

/// The peer sends us to somebody else: we call there, and tell it what becomes of that.
inline void Agent::on(const event::Referred& e) {
    const int number = number_of(e.session);
    const auto to = ReferTo::parse(e.refer_to);
    const auto headers = to ? UriHeaders::parse(to->uri) : Parsed<UriHeaders>(ParseError{});
    const bool usable = to && headers && to->uri.is_sip() && to->method() == "INVITE";
    const std::string target = usable ? as_request_uri(to->address.uri) : "";
    emit("refer", number, Json().add("target", usable ? target : e.refer_to).add("usable", usable));
    if (!usable || quitting_)
        return (void)act(
            number, [&] { session(number).respond(now(), e.transaction, usable ? 603 : 400); });
    if (!act(number, [&] { session(number).respond(now(), e.transaction, 202); })) return;
    if (Call* const call = find(number)) call->referred_by = e.usage;

    InviteOptions invite;
    if (const auto replaces = headers->find(Header::replaces))
        invite.fields.push_back({"Replaces", std::string(*replaces)});
    if (const auto referrer = e.message.header(Header::referred_by))
        invite.fields.push_back({"Referred-By", std::string(*referrer)});
    const int placed = place_call(target, options_.late_offer, std::move(invite));
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
    const auto* const dialog = session(other).dialog();
    if (!dialog) throw BadUsage("call " + words[0] + " has no dialog");
    const DialogId id = dialog->id();
    const DialogName name{id.call_id, id.local_tag, id.remote_tag};
    transfer(number,
             ReferTo::write(dialog->remote_target(), Replaces::write(name.from_other_side())));
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

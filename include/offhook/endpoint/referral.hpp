#ifndef OFFHOOK_ENDPOINT_REFERRAL_HPP
#define OFFHOOK_ENDPOINT_REFERRAL_HPP

#include <optional>
#include <string>

#include "offhook/dialog/route_set.hpp"
#include "offhook/endpoint/events.hpp"
#include "offhook/message/refer_to.hpp"
#include "offhook/message/replaces.hpp"
#include "offhook/message/uri_headers.hpp"
#include "offhook/session/options.hpp"

namespace offhook {

/// The INVITE that a REFER asks for, its Replaces and Referred-By included; what it offers is the
/// application's to say, and so is the body part of a Referred-By with a token. Nothing for a REFER
/// that asks for something else than a call, or whose Replaces is none. RFC 3515 §2.4.2, RFC 3891
/// §4, RFC 3892 §2.2
///
///     [&](const event::Referred& e) {
///         auto invite = invite_for(e);
///         endpoint.session(e.session).respond(now, e.transaction, invite ? 202 : 603);
///         if (invite) endpoint.invite(now, *invite);  // and notify() tells what becomes of it
///     }
inline std::optional<InviteOptions> invite_for(const event::Referred& referred) {
    const auto to = ReferTo::parse(referred.refer_to);
    if (!to || !to->uri.is_sip() || to->method() != "INVITE") return std::nullopt;
    const auto headers = UriHeaders::parse(to->uri);
    if (!headers) return std::nullopt;
    InviteOptions invite;
    invite.target = as_request_uri(to->address.uri);
    const auto replaces = headers->find(Header::replaces);
    if (replaces && !Replaces::parse(*replaces)) return std::nullopt;
    if (replaces) invite.fields.push_back({"Replaces", std::string(*replaces)});
    if (const auto by = referred.message.header(Header::referred_by))
        invite.fields.push_back({"Referred-By", std::string(*by)});
    return invite;
}

/// What to refer() somebody to who shall take our place in this call: its peer, and the dialog to
/// replace; "" where that may not be replaced: there is none, it ends, or it is the early dialog of
/// a call that we have made ourselves. `session` is a SessionRef. RFC 3891 §4
///
///     endpoint.session(to_bob).refer(now, in_our_place(endpoint.session(to_carol)));
template <class Session>
std::string in_our_place(const Session& session) {
    const auto* const dialog = session.dialog();
    const State state = session.state();
    const bool theirs = state == State::early && session.role() == Role::uas;
    if (!dialog || !(theirs || state == State::ack_wait || state == State::confirmed)) return {};
    return ReferTo::write(dialog->remote_target(),
                          Replaces::write(session.dialog_name().from_other_side()));
}

} // namespace offhook

#endif

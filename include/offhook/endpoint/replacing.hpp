#ifndef OFFHOOK_ENDPOINT_REPLACING_HPP
#define OFFHOOK_ENDPOINT_REPLACING_HPP

// Endpoint's calls that name other calls: Replaces (RFC 3891), Join (RFC 3911), and Target-Dialog
// (RFC 4538).

#include "offhook/endpoint/endpoint.hpp"
#include "offhook/message/parse_header.hpp"

namespace offhook {

/// The call that has a dialog of that name, with the dialog, one that lives before one that is
/// over; nothing where several would fit. RFC 3891 §3
template <RandomSource R>
typename BasicEndpoint<R>::Named BasicEndpoint<R>::named(const DialogName& name) {
    const auto fits = [](std::string_view wanted, std::string_view tag) {
        return iequals(wanted, tag) || (wanted == "0" && tag.empty());
    };
    Named found;
    for (const std::string_view remote_tag : {name.remote_tag, std::string_view()}) {
        const Known* const known =
            dialogs_.find(dialog_key(name.call_id, name.local_tag, remote_tag));
        const Call* const call = known ? calls_.find(known->call) : nullptr;
        if (!call) continue;
        for (const Fork<Message>& fork : call->session.forks()) {
            const DialogId names = fork.dialog.id();
            if (fork.phase == Fork<Message>::Phase::moved || !fits(name.local_tag, names.local_tag)
                || !fits(name.remote_tag, names.remote_tag))
                continue;
            const Named other{known->call, call, &fork};
            if (found.fork && found.lives() && other.lives()) return {};
            if (!found.fork || other.lives()) found = other;
        }
    }
    return found;
}

/// Where that dialog is between its INVITE and its end.
template <RandomSource R>
State BasicEndpoint<R>::Named::state() const {
    using Phase = typename Fork<Message>::Phase;
    switch (fork->phase) {
    case Phase::early: {
        // Cancelled, or another fork was faster.
        const bool cancelled = (call->session.pending() & detail::set(Pending::cancelling)) != 0;
        const bool passed_over = call->session.state() > State::early;
        return cancelled || passed_over ? State::terminating : call->session.state();
    }
    case Phase::answered: return State::ack_wait;
    case Phase::confirmed: return State::confirmed;
    case Phase::leaving: return State::terminating;
    case Phase::gone:
    case Phase::moved: break;
    }
    return State::terminated;
}

/// The status that refuses an INVITE with such a claim; 0 where it may go on, with `call`.
template <RandomSource R>
int BasicEndpoint<R>::judge(TimePoint now, Claim claim, const DialogName& name, CallId& call) {
    const Named found = named(name);
    if (!found.call) {
        const Digest key = dialog_key(name.call_id, name.local_tag, name.remote_tag);
        return ended_.contains(now, key) ? 603 : 481;
    }
    call = found.id;
    return refused_with(claim, found.call->session.role(), found.state());
}

/// What a request outside of dialogs says of other dialogs, and the response that it gets for that.
/// RFC 3891 §3, RFC 3911 §4
template <RandomSource R>
typename BasicEndpoint<R>::Claims BasicEndpoint<R>::claims_of(TimePoint now,
                                                              const Message& request) {
    Claims claims;
    const bool invite = request.method() == "INVITE";
    const bool replaces = request.count(Header::replaces) != 0;
    const bool joins = request.count(Header::join) != 0;
    const bool can_join = detail::contains(config_.extensions, "join");
    const auto bad = [&](std::string_view why) {
        claims.status = 400;
        claims.phrase = why;
        return claims;
    };
    if (replaces && joins) return bad("Both Replaces and Join");
    if (!invite && replaces) return bad("Replaces Outside INVITE");
    if (!invite && joins && can_join) return bad("Join Outside INVITE");
    if (replaces) {
        const auto value = parse_header<Replaces>(request, Header::replaces);
        if (!value) return bad("Malformed Replaces Header Field");
        const Claim claim = value->early_only() ? Claim::replaces_early_only : Claim::replaces;
        claims.status = judge(now, claim, {value->call_id.text, value->to_tag(), value->from_tag()},
                              claims.replaces);
    }
    if (joins && can_join) {
        const auto value = parse_header<Join>(request, Header::join);
        if (!value) return bad("Malformed Join Header Field");
        claims.status =
            judge(now, Claim::joins, {value->call_id.text, value->to_tag(), value->from_tag()},
                  claims.joins);
        // Who calls the conference itself has no need of the dialog. RFC 3911 §4
        const auto uri = Uri::parse(request.request_uri());
        if (!claims.joins && uri && detail::contains(config_.conferences, unescape(uri->user)))
            claims.status = 0;
    }
    return claims;
}

/// The session that a request proves to know; none where it proves nothing. RFC 4538 §4
template <RandomSource R>
SessionId BasicEndpoint<R>::target_of(const Message& request) {
    if (!request.header(Header::target_dialog)) return {};
    const auto value = parse_header<TargetDialog>(request, Header::target_dialog);
    if (!value) return {};
    const Named found = named(value->dialog());
    return found.call && found.lives() ? public_id(found.id) : SessionId{};
}

/// A call that was accepted ends the one in whose place it is: by BYE, or by CANCEL. RFC 3891 §3
template <RandomSource R>
void BasicEndpoint<R>::end_replaced(TimePoint now, CallId id) {
    Call& call = *calls_.find(id);
    const State state = call.session.state();
    if (!call.replaces || (state != State::ack_wait && state != State::confirmed)) return;
    const CallId replaced = std::exchange(call.replaces, {});
    if (Call* const other = calls_.find(replaced)) {
        other->session.hang_up(now);
        drain(now, replaced);
    }
}

/// So that an INVITE that names one of its dialogs is told that it came too late. RFC 3891 §3
template <RandomSource R>
void BasicEndpoint<R>::remember_dialogs(TimePoint now, const Call& call) {
    for (const Fork<Message>& fork : call.session.forks()) {
        const DialogId names = fork.dialog.id();
        if (fork.phase != Fork<Message>::Phase::moved)
            ended_.add(now, dialog_key(names.call_id, names.local_tag, names.remote_tag),
                       now + 64 * config_.timers.t1, config_.limits.sessions);
    }
}

template <RandomSource R>
SessionId BasicEndpoint<R>::replace(TimePoint now, SessionId replaced, InviteOptions options,
                                    Replaceable which) {
    SessionId id;
    if (const Refusal refused = try_replace(now, replaced, std::move(options), which, id))
        raise(refused);
    return id;
}

template <RandomSource R>
Refusal BasicEndpoint<R>::try_replace(TimePoint now, SessionId replaced, InviteOptions options,
                                      Replaceable which, SessionId& id) {
    const Call* const call = find(replaced);
    if (!call)
        return {replaced ? Errc::session_terminated : Errc::unknown_handle,
                "replace",
                {},
                "a session that lives",
                {},
                {}};
    const State state = call->session.state();
    const Role role = call->session.role();
    const auto refused = [&](Errc code, std::string_view needs) {
        return Refusal{code, "replace", describe(state, role), needs, "RFC 3891 §4", {}};
    };
    if (state >= State::terminating)
        return refused(Errc::session_terminated, "a session that lives");
    if (state == State::initial) return refused(Errc::no_dialog, "a dialog");
    if (state == State::early && role == Role::uac)
        return refused(Errc::wrong_role, "an early dialog that the peer has made");
    const Dialog<Message>& dialog = *call->session.dialog();
    const DialogId names = dialog.id();
    if (options.target.empty()) options.target = dialog.remote_target();
    options.fields.push_back(
        replaces_field({names.call_id, names.remote_tag, names.local_tag}, which));
    return try_invite(now, std::move(options), id);
}

template <class Endpoint>
DialogName SessionRef<Endpoint>::dialog_name() const noexcept {
    const Dialog<Message>* const known = dialog();
    if (!known) return {};
    const DialogId names = known->id();
    return {names.call_id, names.local_tag, names.remote_tag};
}

} // namespace offhook

#endif

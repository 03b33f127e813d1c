#ifndef OFFHOOK_ENDPOINT_SESSION_OPERATIONS_HPP
#define OFFHOOK_ENDPOINT_SESSION_OPERATIONS_HPP

// What the application asks of an Endpoint's sessions, through SessionRef.

#include "offhook/endpoint/endpoint.hpp"

namespace offhook {

template <class Endpoint>
State SessionRef<Endpoint>::state() const noexcept {
    const auto* const call = endpoint_->find(id_);
    return call ? call->session.state() : State::terminated;
}

template <class Endpoint>
Role SessionRef<Endpoint>::role() const noexcept {
    const auto* const call = endpoint_->find(id_);
    return call ? call->session.role() : Role::uac;
}

template <class Endpoint>
const Dialog<Message>* SessionRef<Endpoint>::dialog() const noexcept {
    const auto* const call = endpoint_->find(id_);
    return call ? call->session.dialog() : nullptr;
}

template <class Endpoint>
bool SessionRef<Endpoint>::owes_description() const noexcept {
    const auto* const call = endpoint_->find(id_);
    return call && call->session.owes_description();
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::refusal(Operation operation) const noexcept {
    const auto* const call = endpoint_->find(id_);
    if (call) return call->session.refusal(operation);
    // They can come after the end, but not once all is gone.
    const bool late = operation == Operation::unsubscribe || operation == Operation::notify;
    if (id_ && !late) return offhook::refusal(operation, Role::uac, State::terminated);
    return {Errc::unknown_handle, name_of(operation), {}, "the id of a session", {}, {}};
}

template <class Endpoint>
template <class F>
Refusal SessionRef<Endpoint>::run(TimePoint now, Operation operation, F&& act) {
    auto* const call = endpoint_->find(id_);
    if (!call) return refusal(operation);
    const Refusal refused = act(call->session);
    if (refused) return refused;
    endpoint_->drain(now, Endpoint::private_id(id_));
    endpoint_->pump(now);
    return {};
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_progress(TimePoint now, int status,
                                           const MessageOptions& options) {
    return run(now, Operation::progress,
               [&](auto& session) { return session.try_progress(now, status, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_accept(TimePoint now, const MessageOptions& options, int status) {
    return run(now, Operation::accept,
               [&](auto& session) { return session.try_accept(now, options, status); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_reject(TimePoint now, int status, const MessageOptions& options) {
    return run(now, Operation::reject,
               [&](auto& session) { return session.try_reject(now, status, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_redirect(TimePoint now, const std::vector<std::string>& contacts,
                                           int status, const MessageOptions& options) {
    return run(now, Operation::redirect,
               [&](auto& session) { return session.try_redirect(now, contacts, status, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_ack(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::ack, [&](auto& session) { return session.try_ack(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_cancel(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::cancel,
               [&](auto& session) { return session.try_cancel(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_bye(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::bye, [&](auto& session) { return session.try_bye(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_prack(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::prack,
               [&](auto& session) { return session.try_prack(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_reinvite(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::reinvite,
               [&](auto& session) { return session.try_reinvite(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_update(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::update,
               [&](auto& session) { return session.try_update(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_move(TimePoint now, std::string_view contact,
                                       const MessageOptions& options) {
    return run(now, Operation::update,
               [&](auto& session) { return session.try_move(now, contact, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_answer(TimePoint now, const MessageOptions& options) {
    return run(now, Operation::answer,
               [&](auto& session) { return session.try_answer(now, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_decline(TimePoint now, int status,
                                          const MessageOptions& options) {
    return run(now, Operation::decline,
               [&](auto& session) { return session.try_decline(now, status, options); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_request(TimePoint now, std::string_view method,
                                          const MessageOptions& options, TransactionId& id) {
    return run(now, Operation::request,
               [&](auto& session) { return session.try_request(now, method, options, id); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_respond(TimePoint now, TransactionId transaction, int status,
                                          const MessageOptions& options) {
    return run(now, Operation::request, [&](auto& session) {
        return session.try_respond(now, transaction, status, options);
    });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_authenticate(TimePoint now, TransactionId request,
                                               const std::vector<HeaderField>& credentials) {
    return run(now, Operation::authenticate,
               [&](auto& session) { return session.try_authenticate(now, request, credentials); });
}

template <class Endpoint>
Refusal SessionRef<Endpoint>::try_follow(TimePoint now, std::string_view target) {
    return run(now, Operation::follow, [&](auto& session) {
        const Refusal refused = session.try_follow(now, target);
        auto& authenticator = endpoint_->find(id_)->authenticator;
        if (!refused && authenticator) authenticator->forget_realms();
        return refused;
    });
}

template <class Endpoint>
bool SessionRef<Endpoint>::give_up(TimePoint now, TransactionId request) {
    bool waited = false;
    (void)run(now, Operation::authenticate, [&](auto& session) {
        waited = session.give_up(now, request);
        return Refusal{};
    });
    return waited;
}

template <class Endpoint>
void SessionRef<Endpoint>::hang_up(TimePoint now, const MessageOptions& options, int status) {
    (void)run(now, Operation::hang_up, [&](auto& session) {
        session.hang_up(now, options, status);
        return Refusal{};
    });
}

} // namespace offhook

#endif

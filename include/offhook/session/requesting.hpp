#ifndef OFFHOOK_SESSION_REQUESTING_HPP
#define OFFHOOK_SESSION_REQUESTING_HPP

// Requests of a Session within its dialogs, but for INVITE, and what becomes of them.

#include "offhook/dialog/response_effect.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/request_rules.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
Refusal Session<M>::try_request(TimePoint now, std::string_view method,
                                const MessageOptions& options, TransactionId& id) {
    if (const Refusal refused = refusal(Operation::request)) return refused;
    if (const Refusal refused = offhook::check(options, "request")) return refused;
    if (const Refusal refused = request_refusal(method, options)) return refused;
    bool own = false;
    for (const std::string_view name :
         {"INVITE", "ACK", "CANCEL", "BYE", "PRACK", "UPDATE", "REFER", "SUBSCRIBE"})
        own = own || name == method;
    if (!is_token(method) || own)
        return {Errc::bad_argument,
                "request",
                {},
                "a method that is a token, and none that has an operation of its own",
                "RFC 3261 §25.1",
                {}};
    Fork<M>* const fork = options.fork == 0 ? leading() : fork_numbered(options.fork);
    if (!fork || fork->phase >= Phase::leaving)
        return {Errc::unknown_handle,    "request",
                describe(state_, role_), "the number of a dialog that lives",
                "RFC 3261 §12.2",        {}};
    if (const Refusal refused = method_refusal(*fork, method, options)) return refused;
    id = send_request(now, *fork, method, options, Purpose::application).id;
    return {};
}

/// What the dialog does not allow a request of ours now. RFC 6086 §4.2.1, RFC 3428 §8
template <Modelled M>
Refusal Session<M>::method_refusal(const Fork<M>& fork, std::string_view method,
                                   const MessageOptions& options) const {
    const auto refused = [&](Errc code, std::string_view needs, std::string_view section) {
        return Refusal{code, "request", describe(state_, role_), needs, section, {}};
    };
    for (const ClientRequest<M>& sent : requests_)
        if (method == "MESSAGE" && sent.method == method && sent.fork == fork.number)
            return refused(Errc::request_pending, "no other MESSAGE under way", "RFC 3428 §8");
    for (const HeaderField& field : options.fields) {
        if (method != "INFO" || header_from(field.name) != Header::info_package) continue;
        const auto package = InfoPackage::parse(field.value);
        if (!package) return refused(Errc::bad_argument, "an Info-Package", "RFC 6086 §9.2");
        const auto taken =
            RecvInfo::parse(fork.peer_packages ? std::string_view(*fork.peer_packages) : "");
        if (!taken || !taken->contains(package->name))
            return refused(Errc::not_supported, "the Info Package in the peer's Recv-Info",
                           "RFC 6086 §4.2.1");
    }
    return {};
}

template <Modelled M>
ClientRequest<M>& Session<M>::send_request(TimePoint now, Fork<M>& fork, std::string_view method,
                                           const MessageOptions& options, Purpose purpose) {
    const TransactionId id = transactions_ + 1;
    requests_.push_back(
        {id, 0, fork.number, 0, std::string(method), purpose, options, TimePoint{}});
    build_request(now, fork, requests_.back());
    return requests_.back();
}

/// Sends it, for the first time or once more, as a new transaction. RFC 3261 §12.2.1.1
template <Modelled M>
void Session<M>::build_request(TimePoint now, Fork<M>& fork, ClientRequest<M>& request) {
    DialogRequest<M> built = fork.dialog.request(request.method);
    request.transaction = ++transactions_;
    request.number = *fork.dialog.state().local_sequence_number;
    request.ends = now + 64 * timers_.t1;
    request.held.reset();
    if (request.purpose == Purpose::update) {
        add_capabilities(built.message, features_, request.options.fields);
        add_refresh(built.message, update_->refresh);
    } else if (!has_field(request.options.fields, Header::supported)) {
        Model::add(built.message, Header::supported, option_tags_of(features_)); // RFC 4028 §7.1
    }
    this->note_number(request);
    add_to(built.message, request.options);
    send({SendAs::request, std::move(built.message), built.next_hop, request.transaction,
          branches_.next()});
}

template <Modelled M>
void Session<M>::on_response(TimePoint now, ClientRequest<M>& request, M response) {
    const int status = Model::status(response);
    if (status < 200 || request.held) return;
    // After Terminated nothing is told but of subscriptions that go on.
    const bool over = state_ == State::terminated && request.purpose != Purpose::usage;
    if (over || !asks(response, request.authentications))
        return finish_request(now, request.id, status, &response);
    request.ends = now + timers_.decision;
    request.held = response;
    emit(typename Events::Challenged{{}, request.id, std::move(response)});
}

/// The final response to a request of ours, or that there is none: then `response` is null.
template <Modelled M>
void Session<M>::finish_request(TimePoint now, TransactionId id, int status, const M* response) {
    std::size_t i = 0;
    while (i != requests_.size() && requests_[i].id != id)
        ++i;
    if (i == requests_.size()) return;
    const ClientRequest<M> request = std::move(requests_[i]);
    requests_.erase(requests_.begin() + static_cast<std::ptrdiff_t>(i));
    // RFC 6665 leaves out what RFC 5057 says of 502.
    const bool spared =
        (request.method == "SUBSCRIBE" || request.method == "NOTIFY") && !ends_subscription(status);
    const bool whole =
        !spared && effect_of_response(status, request.method) == ResponseEffect::dialog;
    if (request.purpose == Purpose::usage) this->on_usage_response(now, request, status, response);
    if (whole) this->end_usages(request.fork);
    switch (request.purpose) {
    case Purpose::bye:
        if (Fork<M>* const fork = fork_numbered(request.fork)) bye_done(*fork, status);
        return;
    case Purpose::prack: return on_prack_response(now, request, status, response);
    case Purpose::update:
        if (update_ && update_->request == id) on_update_response(now, status, response);
        return;
    case Purpose::application:
        emit(typename Events::Responded{
            {}, id, status, response ? std::optional<M>(*response) : std::nullopt});
        break;
    case Purpose::usage: break;
    }
    // What the call is asked for ends the call, RFC 3261 §12.2.1.2; else only the usage: RFC 5057.
    const bool ours = request.purpose == Purpose::application
                      && usage_of(request.method) != UsageKind::subscription;
    const bool silent = status == 408 || status == 481;
    const bool usage = effect_of_response(status, request.method) == ResponseEffect::usage;
    if (whole || (ours && (silent || usage)))
        if (const Fork<M>* const fork = fork_numbered(request.fork)) lose_peer(now, *fork, status);
}

template <Modelled M>
void Session<M>::handle_request_timeouts(TimePoint now) {
    for (std::size_t i = 0; i < requests_.size();) {
        if (requests_[i].ends > now) {
            ++i;
            continue;
        }
        const std::optional<M> held = std::move(requests_[i].held);
        const int status = held ? Model::status(*held) : status_of(Failure::timeout);
        finish_request(now, requests_[i].id, status, held ? &*held : nullptr);
    }
    for (std::size_t i = 0; i < open_.size();) {
        if (open_[i].ends > now) {
            ++i;
        } else if (open_[i].offer) {
            MessageOptions late = unanswered_offer();
            late.fork = open_[i].fork;
            withdraw_offer(504, late); // RFC 3311 §5.2
        } else {
            close_request(TransactionId(open_[i].transaction));
        }
    }
}

/// A dialog whose peer knows it no more, or does not answer, is over. RFC 3261 §12.2.1.2
template <Modelled M>
void Session<M>::lose_peer(TimePoint now, const Fork<M>& fork, int status) {
    if (effect_of_response(status, {}) == ResponseEffect::dialog) this->end_usages(fork.number);
    if (&fork == leading() && state_ == State::confirmed) leave(now, Cause::peer_lost, {}, status);
}

template <Modelled M>
void Session<M>::failed(TimePoint now, const M& request, Failure failure) {
    const std::string method(Model::method(request));
    const auto number = sequence_number_of(request);
    if (method == "INVITE") {
        if (client_ && client_->number == number) return failed(now, client_->transaction, failure);
        if (reinvite_ && reinvite_->number == number) failed(now, reinvite_->transaction, failure);
        return;
    }
    for (const ClientRequest<M>& sent : requests_) {
        const Fork<M>* const fork = fork_numbered(sent.fork);
        if (sent.method == method && sent.number == number && fork && fork->dialog.made(request))
            return failed(now, TransactionId(sent.transaction), failure);
    }
}

template <Modelled M>
void Session<M>::failed(TimePoint now, TransactionId transaction, Failure failure) {
    const int status = status_of(failure);
    for (const ClientRequest<M>& request : requests_)
        if (request.transaction == transaction && !request.held)
            return finish_request(now, TransactionId(request.id), status, nullptr);
    if (reinvite_ && reinvite_->transaction == transaction && reinvite_->under_way())
        return fail_reinvite(now, reinvite_->cancelled() ? 487 : status, std::nullopt);
    if (!client_ || client_->transaction != transaction || client_->answered || client_->held)
        return;
    if (client_->targets && !client_->cancelled() && state_ <= State::early) {
        // The next target may do better. RFC 3261 §8.1.3.1, §8.1.3.4
        M response = Model::response(client_->message, status, reason_phrase_of(status), {});
        if (hold_invite(now, response)) return;
    }
    const bool cancelled = client_->cancelled() && !client_->timed_out;
    end_early_dialogs();
    client_.reset();
    if (state_ == State::terminating) return settle();
    const Cause cause = cancelled                     ? Cause::cancelled
                        : failure == Failure::timeout ? Cause::timeout
                                                      : Cause::transport_error;
    terminate(Party::local, cause, status);
}

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_IN_DIALOG_HPP
#define OFFHOOK_SESSION_IN_DIALOG_HPP

// Requests and responses within the dialogs of a Session, in the same way in either role.

#include "offhook/dialog/response_effect.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/info_package.hpp"
#include "offhook/message/recv_info.hpp"
#include "offhook/message/status.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/request_rules.hpp"
#include "offhook/session/session.hpp"

namespace offhook {

template <Modelled M>
void Session<M>::receive_response(TimePoint now, M response) {
    const auto text = Model::header(response, Header::cseq, 0);
    if (!text || !matches(response)) return;
    const auto cseq = CSeq::parse(*text);
    if (!cseq) return;
    const int status = Model::status(response);
    if (cseq->method != "INVITE") {
        const Fork<M>* const fork = fork_of(response);
        for (ClientRequest<M>& request : requests_)
            if (fork && request.fork == fork->number && request.number == cseq->number
                && request.method == cseq->method)
                return on_response(now, request, std::move(response));
        return;
    }
    if (client_ && cseq->number == client_->number) {
        if (status < 200) return on_provisional(now, std::move(response));
        if (status < 300) return on_success(now, std::move(response));
        return on_failure(now, std::move(response));
    }
    if (client_ && cseq->number < client_->number && status >= 200 && status < 300)
        return on_earlier_success(now, response, cseq->number);
    if (reinvite_ && cseq->number == reinvite_->number && fork_of(response) == leading())
        return on_reinvite_response(now, std::move(response));
    if (const Fork<M>* const fork = fork_of(response); fork && status >= 200 && status < 300)
        repeat_ack(fork->number, cseq->number);
}

template <Modelled M>
void Session<M>::receive_request(TimePoint now, const M& request, TransactionId transaction) {
    const std::string method(Model::method(request));
    if (method == "CANCEL") return on_cancel(now, request, transaction);
    Fork<M>* const fork = fork_of(request);
    if (method == "ACK") return fork ? on_ack(now, *fork, request) : void();
    const bool prack_due = method == "PRACK" && (server_ || !late_pracks_.empty());
    const bool lives = fork && (fork->phase < Phase::gone || this->has_usages(*fork));
    if (!fork || (!lives && !prack_due)) return respond(request, transaction, 481);
    switch (fork->dialog.receive(request)) {
    case Order::malformed: return respond(request, transaction, 400);
    case Order::out_of_order: return respond(request, transaction, 500);
    case Order::in_order: break;
    }
    if (this->on_usage_request(now, *fork, request, transaction)) return;
    if (fork->phase >= Phase::gone && !prack_due) return respond(request, transaction, 481);
    if (method == "PRACK") return on_prack(now, *fork, request, transaction);
    if (method == "BYE") return on_bye(now, *fork, request, transaction);
    if (fork->phase == Phase::leaving) return respond(request, transaction, 481);
    if (method == "INVITE") return on_reinvite(now, *fork, request, transaction);
    if (method == "UPDATE") return on_update(now, *fork, request, transaction);
    on_request(now, *fork, request, transaction);
}

/// A request that says nothing of the session itself.
template <Modelled M>
void Session<M>::on_request(TimePoint now, Fork<M>& fork, const M& request,
                            TransactionId transaction) {
    MessageOptions options;
    if (const int status = request_status(request, options))
        return respond(request, transaction, status, options);
    open_.push_back({transaction, fork.number, request, {}, now + 64 * timers_.t1});
    emit(typename Events::Requested{{}, transaction, request});
}

/// What a request is answered with that the application does not see; 0: it does.
template <Modelled M>
int Session<M>::request_status(const M& request, MessageOptions& options) const {
    const std::string method(Model::method(request));
    const HandledMethods& handled = features_.methods;
    options.fields.push_back({"Allow", methods_of(handled)});
    if (method == "OPTIONS") return 200;
    if (method == "INFO" && handled.info) {
        const auto package = Model::header(request, Header::info_package, 0);
        if (!package) return 0; // of before RFC 6086
        const auto name = InfoPackage::parse(*package);
        if (!name) return 400;
        const auto taken = RecvInfo::parse(features_.recv_info);
        if (taken && taken->contains(name->name)) return 0;
        options.fields = {{"Recv-Info", features_.recv_info}};
        return 469;
    }
    const std::pair<std::string_view, bool> known[] = {
        {"INFO", handled.info},     {"MESSAGE", handled.message},     {"REFER", handled.refer},
        {"NOTIFY", handled.notify}, {"SUBSCRIBE", handled.subscribe}, {"REGISTER", handled.other},
        {"PUBLISH", handled.other},
    };
    for (const auto& [name, taken] : known)
        if (name == method) return taken ? 0 : 405;
    return handled.other ? 0 : 501;
}

template <Modelled M>
void Session<M>::respond(const M& request, TransactionId transaction, int status,
                         const MessageOptions& options) {
    const std::string_view tag =
        forks_.empty() ? std::string_view{} : forks_[0].dialog.id().local_tag;
    M response = Model::response(request, status, phrase_of(status, options), tag);
    add_to(response, options);
    send({SendAs::response, std::move(response), {}, transaction, {}});
}

template <Modelled M>
Refusal Session<M>::try_respond(TimePoint now, TransactionId transaction, int status,
                                const MessageOptions& options) {
    if (const Refusal refused = offhook::check(options, "respond")) return refused;
    if (status < 200 || status > 699)
        return {Errc::bad_argument, "respond", {}, "a status of 200 to 699", "RFC 4320 §4.1", {}};
    for (const ServerRequest<M>& request : open_) {
        if (request.transaction != transaction || request.offer) continue;
        if (Usage* const usage = this->waiting_on(transaction))
            return this->answer_usage(now, *usage, ServerRequest<M>(request), status, options);
        if (const Refusal refused =
                offhook::response_refusal(Model::method(request.message), status, options))
            return refused;
        respond(request.message, transaction, status, options);
        close_request(transaction);
        return {};
    }
    if (Usage* const usage = this->undecided_on(transaction))
        return this->decide_late(now, *usage, status, options);
    return {Errc::unknown_handle,
            "respond",
            describe(state_, role_),
            "a request that waits for a response",
            {},
            {}};
}

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
        add_to(built.message, update_->refresh);
    } else if (!has_field(request.options.fields, Header::supported)) {
        Model::add(built.message, Header::supported, option_tags_of(features_)); // RFC 4028 §7.1
    }
    this->note_number(request);
    add_to(built.message, request.options);
    send({SendAs::request, std::move(built.message), built.next_hop, request.transaction,
          next_branch()});
}

template <Modelled M>
void Session<M>::on_response(TimePoint now, ClientRequest<M>& request, M response) {
    const int status = Model::status(response);
    if (status < 200 || request.held) return;
    // Nothing is told after Terminated.
    if (state_ == State::terminated || !asks(response, request.authentications))
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
            withdraw_offer(504, unanswered_offer()); // RFC 3311 §5.2
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

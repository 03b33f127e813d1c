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
void Session<M>::receive(TimePoint now, M message, TransactionId transaction) {
    if (Model::status(message) != 0)
        receive_response(now, std::move(message));
    else
        receive_request(now, message, transaction);
    this->end_orphans();
}

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
    // Allow lists it, and it belongs to no subscription. RFC 6665 §4.1.3
    if (method == "NOTIFY" && handled.refer && !handled.notify) return 481;
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

/// The non-throwing respond().
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

} // namespace offhook

#endif

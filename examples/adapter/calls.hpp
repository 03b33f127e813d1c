#ifndef ADAPTER_CALLS_HPP
#define ADAPTER_CALLS_HPP

// The calls of one application, whatever stack is below: polled as a Session is. One session for
// each Call-ID, which ForkPolicy::keep_first grants. What belongs to no call is refused here; an
// application would answer OPTIONS, MESSAGE and the like.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "offhook/core/fifo.hpp"
#include "offhook/core/system_random.hpp"
#include "offhook/session/session.hpp"

template <offhook::Modelled M>
class Calls {
    using Model = offhook::MessageModel<M>;
    using Out = offhook::Outgoing<M>;

public:
    using Session = offhook::Session<M>;

    explicit Calls(offhook::IncomingOptions incoming) : incoming_(std::move(incoming)) {}

    void call(offhook::TimePoint now, const offhook::InviteOptions& options) {
        auto session = Session::outgoing(now, options, random_);
        Out invite = *session.poll_transmit(); // it knows the Call-ID
        sessions_.emplace(call_id_of(invite.message), std::move(session));
        transmits_.push(std::move(invite));
    }

    void receive(offhook::TimePoint now, const M& message, offhook::TransactionId transaction) {
        const auto at = sessions_.find(call_id_of(message));
        if (at != sessions_.end()) return at->second.receive(now, message, transaction);
        if (Model::status(message) != 0 || Model::method(message) == "ACK") return;
        if (Model::method(message) != "INVITE") return refuse(message, transaction, 481);
        auto session = Session::incoming(now, message, transaction, incoming_, random_);
        if (session)
            sessions_.emplace(call_id_of(message), std::move(*session));
        else
            refuse(message, transaction, session.error().rule == "To: tag" ? 481 : 400);
    }
    void failed(offhook::TimePoint now, const M& request, offhook::Failure failure) {
        const auto at = sessions_.find(call_id_of(request));
        if (at != sessions_.end()) at->second.failed(now, request, failure);
    }
    /// Whether an INVITE has made a call already, whose 2xx has ended its transaction in a stack of
    /// before RFC 6026. §7.1
    bool comes_again(const M& invite) const {
        const auto to = Model::header(invite, offhook::Header::to, 0);
        return to && !offhook::has_tag(*to) && sessions_.contains(call_id_of(invite));
    }

    void handle_timeout(offhook::TimePoint now) {
        for (auto& [id, session] : sessions_)
            session.handle_timeout(now);
        std::erase_if(sessions_, [](const auto& call) { return call.second.done(); });
    }
    std::optional<offhook::TimePoint> poll_timeout() const {
        std::optional<offhook::TimePoint> next;
        for (const auto& [id, session] : sessions_)
            if (const auto due = session.poll_timeout(); due && (!next || *due < *next)) next = due;
        return next;
    }
    std::optional<Out> poll_transmit() {
        for (auto& [id, session] : sessions_)
            if (auto out = session.poll_transmit()) return out;
        return transmits_.pop();
    }

    auto begin() { return sessions_.begin(); }
    auto end() { return sessions_.end(); }

private:
    static std::string call_id_of(const M& message) {
        const auto line = Model::header(message, offhook::Header::call_id, 0);
        return line ? std::string(*line) : std::string();
    }
    void refuse(const M& request, offhook::TransactionId transaction, int status) {
        transmits_.push({offhook::SendAs::response,
                         Model::response(request, status, offhook::reason_phrase_of(status), {}),
                         {},
                         transaction,
                         {}});
    }

    offhook::IncomingOptions incoming_;
    offhook::Random random_{offhook::system_seed()};
    std::map<std::string, Session, std::less<>> sessions_; // by Call-ID
    offhook::Fifo<Out> transmits_;
};

#endif

#ifndef OFFHOOK_EXAMPLES_ASIO_MAILBOX_HPP
#define OFFHOOK_EXAMPLES_ASIO_MAILBOX_HPP

#include <asio.hpp>

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

#include "offhook/endpoint/events.hpp"

namespace asio_sip {

using namespace offhook;

/// An Endpoint's events for coroutines: each call has a queue of its own, and one is for calls that
/// come in and for all that belongs to no call.
///
///     const auto answered = co_await mailbox.next<event::Answered>(call);
///     if (!answered) …                                // the call has ended before
class Mailbox {
public:
    Mailbox(asio::io_context& io, Endpoint& endpoint) : endpoint_(endpoint), arrived_(io) {
        arrived_.expires_at(asio::steady_timer::time_point::max());
    }

    /// What Loop::start() calls: takes the events, and wakes whoever waits.
    void collect() {
        bool any = false;
        while (auto event = endpoint_.poll_event()) {
            queues_[owner_of(*event)].push_back(std::move(*event));
            any = true;
        }
        if (any) arrived_.cancel();
    }

    /// The next event of a call; of those that belong to none where no call is named.
    asio::awaitable<Event> next(SessionId call = {}) {
        for (;;) {
            const auto queue = queues_.find(call);
            if (queue != queues_.end()) {
                Event event = std::move(queue->second.front());
                queue->second.pop_front();
                if (queue->second.empty()) queues_.erase(queue);
                co_return event;
            }
            std::error_code woken;
            co_await arrived_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
        }
    }

    /// The next one of that kind, past all others; nothing where the call ends before.
    template <class E>
    asio::awaitable<std::optional<E>> next(SessionId call = {}) {
        for (;;) {
            Event event = co_await next(call);
            if (E* const wanted = std::get_if<E>(&event)) co_return std::move(*wanted);
            if (std::holds_alternative<event::Terminated>(event)) co_return std::nullopt;
        }
    }

private:
    static SessionId owner_of(const Event& event) {
        return std::visit(
            [](const auto& e) {
                using E = std::remove_cvref_t<decltype(e)>;
                if constexpr (!std::is_same_v<E, event::Incoming> && requires { e.session; })
                    return e.session;
                else
                    return SessionId{};
            },
            event);
    }

    Endpoint& endpoint_;
    asio::steady_timer arrived_; ///< never on its own: collect() cancels the wait
    std::map<SessionId, std::deque<Event>> queues_;
};

} // namespace asio_sip

#endif

#ifndef OFFHOOK_TESTS_SUPPORT_SUBSCRIPTION_AGENT_HPP
#define OFFHOOK_TESTS_SUPPORT_SUBSCRIPTION_AGENT_HPP

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "agent.hpp"
#include "offhook/subscription/subscription.hpp"

/// One subscription in virtual time, with a log of what it sends and tells.
namespace test {

template <class M>
std::string name_of_subscription_event(const typename Subscription<M>::Event& event) {
    using S = Subscription<M>;
    if (const auto* e = std::get_if<typename S::Accepted>(&event))
        return "Accepted " + std::to_string(e->status);
    if (const auto* e = std::get_if<typename S::Notified>(&event))
        return "Notified " + e->notice.text() + (e->body ? " " + e->body.content : "");
    if (const auto* e = std::get_if<typename S::RefreshFailed>(&event))
        return "RefreshFailed " + std::to_string(e->status) + (e->message ? "" : " by itself");
    if (const auto* e = std::get_if<typename S::Refreshed>(&event))
        return "Refreshed " + std::to_string(e->expires.count());
    if (const auto* e = std::get_if<typename S::NotifyFailed>(&event))
        return "NotifyFailed " + std::to_string(e->status) + (e->message ? "" : " by itself");
    static const char* const causes[] = {"notified",      "refused",      "unnotified",
                                         "unanswered",    "unsubscribed", "expired",
                                         "notify_failed", "terminated",   "none_wanted"};
    const auto& e = std::get<typename S::Ended>(event);
    return std::string("Ended ") + causes[static_cast<std::size_t>(e.end.cause)]
           + (e.end.status ? " " + std::to_string(e.end.status) : "")
           + (e.reason.empty() ? "" : " " + e.reason);
}

template <class M>
class SubscriptionAgent {
public:
    explicit SubscriptionAgent(Subscription<M> s, TimePoint start = {})
        : subscription(std::move(s)), now(start) {}

    Subscription<M> subscription;
    TimePoint now;

    Lines wire() {
        poll();
        return std::exchange(wire_, {});
    }
    Lines told() {
        poll();
        return std::exchange(told_, {});
    }
    const std::vector<Outgoing<M>>& sent() {
        poll();
        return sent_;
    }
    const Outgoing<M>& last(std::string_view name) {
        poll();
        for (std::size_t i = sent_.size(); i-- != 0;)
            if (name_of_message(sent_[i].message) == name) return sent_[i];
        throw std::out_of_range(std::string(name) + " was not sent");
    }
    SubscriptionAgent& receive(M message, TransactionId transaction = 77) {
        poll();
        subscription.receive(now, std::move(message), transaction);
        return *this;
    }
    /// A response to the last request of that name.
    SubscriptionAgent& gets(int status, std::string_view to, Header name = Header::unknown,
                            std::string_view value = {}) {
        M response = reply(last(to).message, status, "n1", {}, "<sip:notifier@192.0.2.2>");
        if (name != Header::unknown) MessageModel<M>::add(response, name, value);
        return receive(std::move(response));
    }
    SubscriptionAgent& run_for(Duration span) {
        const TimePoint end = now + span;
        for (;;) {
            poll();
            const auto next = subscription.poll_timeout();
            if (!next || *next > end) break;
            now = std::max(now, *next);
            subscription.handle_timeout(now);
        }
        now = end;
        return *this;
    }
    SubscriptionPhase phase() const { return subscription.phase(); }
    bool done() {
        poll();
        return subscription.done();
    }

private:
    void poll() {
        while (auto out = subscription.poll_transmit()) {
            wire_.push_back(name_of_message(out->message));
            sent_.push_back(std::move(*out));
        }
        while (auto event = subscription.poll_event())
            told_.push_back(name_of_subscription_event<M>(*event));
    }

    Lines wire_, told_;
    std::vector<Outgoing<M>> sent_;
};

inline SubscribeOptions to_presence() {
    SubscribeOptions options;
    options.target = "sip:bob@biloxi.example";
    options.from = "\"Alice\" <sip:alice@atlanta.example>";
    options.contact = "<sip:alice@192.0.2.1>";
    options.event = "presence";
    options.fields = {{"Accept", "application/pidf+xml"}};
    return options;
}

inline SubscribeOptions to_refer() {
    SubscribeOptions options = to_presence();
    options.event.clear();
    options.fields.clear();
    options.refer_to = "sip:carol@chicago.example";
    return options;
}

/// A subscriber whose notifiers are the test's.
template <class M>
class Watcher : public SubscriptionAgent<M> {
public:
    explicit Watcher(const SubscribeOptions& options = to_presence())
        : SubscriptionAgent<M>([&] {
              Random random = seeded(1);
              return Subscription<M>::outgoing(TimePoint{}, options, random);
          }()) {
        first_ = this->sent().front().message;
        this->wire();
    }

    const M& first() const { return *first_; }

    /// A NOTIFY of the node with that tag.
    M notify(std::string_view state, std::uint32_t number = 1, std::string_view tag = "n1",
             std::string_view event = "presence", std::string_view body = "") const {
        using Model = MessageModel<M>;
        M message = Model::request("NOTIFY", "sip:alice@192.0.2.1");
        Model::add(message, Header::record_route, "<sip:p1.example;lr>");
        Model::add(message, Header::record_route, "<sip:p2.example;lr>");
        Model::add(message, Header::from, "<sip:bob@biloxi.example>;tag=" + std::string(tag));
        Model::add(message, Header::to, field(*first_, Header::from));
        Model::add(message, Header::call_id, field(*first_, Header::call_id));
        Model::add(message, Header::cseq, std::to_string(number) + " NOTIFY");
        Model::add(message, Header::contact, "<sip:notifier@192.0.2.2>");
        if (!event.empty()) Model::add(message, Header::event, event);
        if (!state.empty()) Model::add(message, Header::subscription_state, state);
        if (!body.empty()) Model::set_body(message, "text/plain", body);
        return message;
    }
    Watcher& notified(std::string_view state, std::uint32_t number = 1, std::string_view tag = "n1",
                      std::string_view event = "presence", std::string_view body = "") {
        this->receive(notify(state, number, tag, event, body));
        return *this;
    }
    Watcher& accepted(int status = 200, std::string_view expires = "3600") {
        this->gets(status, "SUBSCRIBE", Header::expires, expires);
        return *this;
    }

private:
    std::optional<M> first_;
};

template <class M>
Watcher<M> active_watcher(const SubscribeOptions& options = to_presence()) {
    Watcher<M> watcher(options);
    watcher.accepted().notified("active;expires=3600");
    watcher.wire();
    watcher.told();
    return watcher;
}

/// The SUBSCRIBE of a peer; a REFER where there is a Refer-To.
template <class M>
M subscribe_of_peer(std::string_view event = "presence", std::string_view expires = "600",
                    std::string_view refer_to = {}) {
    using Model = MessageModel<M>;
    const std::string method = refer_to.empty() ? "SUBSCRIBE" : "REFER";
    M message = Model::request(method, "sip:bob@biloxi.example");
    Model::add(message, Header::via, "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1");
    Model::add(message, Header::record_route, "<sip:p1.example;lr>");
    Model::add(message, Header::max_forwards, "70");
    Model::add(message, Header::from, "\"Alice\" <sip:alice@atlanta.example>;tag=alice1");
    Model::add(message, Header::to, "<sip:bob@biloxi.example>");
    Model::add(message, Header::call_id, "sub1@192.0.2.1");
    Model::add(message, Header::cseq, "7 " + method);
    Model::add(message, Header::contact, "<sip:alice@192.0.2.1>");
    if (!event.empty()) Model::add(message, Header::event, event);
    if (!expires.empty()) Model::add(message, Header::expires, expires);
    if (!refer_to.empty()) Model::add(message, Header::refer_to, refer_to);
    return message;
}

template <class M>
M refer_of_peer() {
    return subscribe_of_peer<M>("", "", "<sip:carol@chicago.example>");
}

inline NotifierOptions at_notifier() {
    NotifierOptions options;
    options.contact = "<sip:bob@192.0.2.2>";
    return options;
}

/// A notifier whose subscriber is the test's.
template <class M>
class Watched : public SubscriptionAgent<M> {
public:
    explicit Watched(M request = subscribe_of_peer<M>(),
                     const NotifierOptions& options = at_notifier())
        : SubscriptionAgent<M>([&] {
              Random random = seeded(2);
              return Subscription<M>::incoming(TimePoint{}, std::move(request), 42, options,
                                               random);
          }()) {}

    /// A further SUBSCRIBE in the dialog.
    Watched& subscribed(std::string_view expires, std::uint32_t number = 8,
                        std::string_view event = "presence") {
        M message = in_dialog(*this->subscription.dialog(), "SUBSCRIBE", number);
        if (!event.empty()) MessageModel<M>::add(message, Header::event, event);
        if (!expires.empty()) MessageModel<M>::add(message, Header::expires, expires);
        MessageModel<M>::add(message, Header::contact, "<sip:alice@192.0.2.77>");
        this->receive(std::move(message), 43);
        return *this;
    }
    std::string last_state() {
        return field(this->last("NOTIFY").message, Header::subscription_state);
    }
};

template <class M>
Watched<M> active_watched() {
    Watched<M> watched;
    watched.subscription.accept(watched.now, with({"text/plain", "open", {}}));
    watched.gets(200, "NOTIFY");
    watched.wire();
    watched.told();
    return watched;
}

} // namespace test

#endif

#ifndef OFFHOOK_TESTS_SUPPORT_WATCHED_AGENT_HPP
#define OFFHOOK_TESTS_SUPPORT_WATCHED_AGENT_HPP

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "wire.hpp"

namespace offhook::test {

/// Puts values into one number.
class Mixer {
public:
    void add(std::uint64_t value) {
        value = (state_ ^ value) * 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 32)) * 0xbf58476d1ce4e5b9;
        state_ = value ^ (value >> 29);
    }
    void add(std::string_view text) { add(std::hash<std::string_view>()(text)); }
    void add(Duration span) { add(static_cast<std::uint64_t>(span.count())); }
    std::uint64_t value() const { return state_; }

private:
    std::uint64_t state_ = 0x243f6a8885a308d3;
};

/// What an application asks of its calls.
enum class Act : unsigned char {
    ring,
    ring_reliably,
    offer_reliably, ///< a reliable 183 with a description
    accept,
    reject,
    cancel,
    bye,
    reinvite,
    update,
    info,
    hang_up,
};
inline constexpr std::string_view name_of(Act act) {
    constexpr std::string_view names[] = {"progress(180)",
                                          "progress(180, reliable)",
                                          "progress(183, reliable, sdp)",
                                          "accept()",
                                          "reject(486)",
                                          "cancel()",
                                          "bye()",
                                          "reinvite(offer)",
                                          "update(offer)",
                                          "request(INFO)",
                                          "hang_up()"};
    return names[static_cast<std::size_t>(act)];
}
inline constexpr Operation operation_of(Act act) {
    constexpr Operation operations[] = {
        Operation::progress, Operation::progress, Operation::progress, Operation::accept,
        Operation::reject,   Operation::cancel,   Operation::bye,      Operation::reinvite,
        Operation::update,   Operation::request,  Operation::hang_up};
    return operations[static_cast<std::size_t>(act)];
}

/// An endpoint with an application that answers offers and requests at once, and an eye on the
/// rules that both have to keep. A value.
class WatchedAgent {
public:
    WatchedAgent(EndpointConfig config, const Seed& seed, bool accepts_reinvites)
        : endpoint_(std::move(config), seed), accepts_reinvites_(accepts_reinvites) {}

    /// What left, in order; taken by who carries it.
    std::vector<Transmit> sent;
    /// The first rule that was broken.
    std::string problem;

    void call(TimePoint now, std::string_view target, bool with_offer, ForkPolicy forks) {
        InviteOptions options;
        options.target = target;
        if (with_offer) options.offer = offer();
        options.forks = forks;
        know(endpoint_.invite(now, std::move(options)));
        drain(now);
    }
    void receive(TimePoint now, const Flow& flow, std::string_view bytes) {
        const Endpoint::Counts before = endpoint_.counts();
        const std::uint64_t number = std::hash<std::string_view>()(bytes);
        const auto place = std::lower_bound(received_.begin(), received_.end(), number);
        const bool first = place == received_.end() || *place != number;
        if (first) received_.insert(place, number);
        if (first) hear_offer(bytes);
        if (before.sessions + before.client_transactions != 0) owe_ack(now, bytes);
        endpoint_.receive(now, flow, bytes);
        drain(now);
    }
    void handle_timeout(TimePoint now) {
        const std::optional<std::uint64_t> expected = forecast_.front_at(now);
        endpoint_.handle_timeout(now);
        drain(now, expected);
    }
    std::optional<TimePoint> poll_timeout() const { return endpoint_.poll_timeout(); }
    Endpoint::Counts counts() const { return endpoint_.counts(); }

    /// The call that an act is about.
    std::optional<SessionId> subject(Act act) const {
        for (const Call& call : calls_)
            if (call.ends == 0 && !ref(call.id).refusal(operation_of(act))) return call.id;
        return std::nullopt;
    }
    bool alive() const {
        return std::any_of(calls_.begin(), calls_.end(), [this](const Call& call) {
            return ref(call.id).state() < State::terminating;
        });
    }
    std::size_t calls_alive() const {
        return static_cast<std::size_t>(
            std::count_if(calls_.begin(), calls_.end(), [this](const Call& call) {
                return ref(call.id).state() < State::terminating;
            }));
    }
    /// Does it; a refusal is an answer too.
    void act(TimePoint now, Act act) {
        const std::optional<SessionId> id = subject(act);
        if (!id) return;
        auto session = endpoint_.session(*id);
        Call& call = *find(*id);
        Refusal refused;
        switch (act) {
        case Act::ring: refused = session.try_progress(now); break;
        case Act::ring_reliably:
            refused = session.try_progress(now, 180, {.delivery = Delivery::reliable});
            break;
        case Act::offer_reliably:
            refused = session.try_progress(
                now, 183, {.body = description(session), .delivery = Delivery::reliable});
            break;
        case Act::accept: refused = session.try_accept(now, {.body = description(session)}); break;
        case Act::reject: refused = session.try_reject(now, 486); break;
        case Act::cancel: refused = session.try_cancel(now); break;
        case Act::bye: refused = session.try_bye(now); break;
        case Act::reinvite:
            refused = session.try_reinvite(now, {.body = offer()});
            call.modifications += !refused;
            break;
        case Act::update:
            refused = session.try_update(now, {.body = offer()});
            call.modifications += !refused;
            break;
        case Act::info: {
            TransactionId request = 0;
            refused = session.try_request(now, "INFO", {}, request);
            call.requests += !refused;
            break;
        }
        case Act::hang_up: session.hang_up(now); break;
        }
        drain(now);
    }

    /// What is left when all is over must be nothing.
    std::string problem_at_end() const {
        if (counts() != Endpoint::Counts{}) return "something is left behind";
        if (!owed_.empty()) return "a 2xx has no ACK. RFC 3261 §13.2.2.4";
        for (const Call& call : calls_) {
            if (call.ends != 1) return "a call has not ended";
            if (call.modifications != 0) return "a modification has no outcome";
            if (call.requests != 0) return "a request has no outcome";
        }
        return {};
    }

    /// Looks ahead: what the endpoint would do if nothing came any more. Tries in passing that
    /// what is refused changes nothing. To be called after each input.
    void look_ahead(TimePoint now) {
        Endpoint copy = endpoint_;
        forecast_.entries.clear();
        static std::unordered_set<std::uint64_t> tried; // an exception costs more than all the rest
        if (tried.insert(fingerprint(now)).second) try_misuse(now, copy);
        for (int i = 0; i < most_silent; ++i) {
            const auto next = copy.poll_timeout();
            if (!next) return;
            copy.handle_timeout(*next);
            Mixer mixer;
            while (const auto transmit = copy.poll_transmit())
                mixer.add(transmit->bytes);
            while (const auto event = copy.poll_event())
                mixer.add(test::describe(*event));
            forecast_.entries.push_back({*next, mixer.value()});
        }
        fault("left alone it goes on for ever");
    }
    /// What it is, as far as it can make a difference: all that it would do by itself, what may be
    /// asked of it, its dialogs, and what it has seen.
    std::uint64_t fingerprint(TimePoint now) const {
        Mixer mixer;
        for (const Forecast::Entry& entry : forecast_.entries) {
            mixer.add(entry.time - now);
            mixer.add(entry.what);
        }
        for (const std::uint64_t number : received_)
            mixer.add(number);
        const Endpoint::Counts n = counts();
        for (const std::size_t count : {n.sessions, n.client_transactions, n.server_transactions,
                                        n.timers, n.index, owed_.size(), calls_.size()})
            mixer.add(count);
        for (const Call& call : calls_) {
            auto session = ref(call.id);
            mixer.add(static_cast<std::uint64_t>(session.state()));
            for (const Operation operation : all_operations)
                mixer.add(static_cast<std::uint64_t>(session.refusal(operation).code));
            mixer.add(static_cast<std::uint64_t>(call.ends * 64 + call.answers * 16
                                                 + call.modifications * 4 + call.requests));
            if (const auto* const dialog = session.dialog()) {
                mixer.add(dialog->state().local_sequence_number.value_or(0));
                mixer.add(dialog->state().remote_sequence_number.value_or(0));
                mixer.add(dialog->remote_target());
                mixer.add(dialog->id().remote_tag);
            }
        }
        return mixer.value();
    }

private:
    struct Call {
        SessionId id;
        int ends = 0;
        int answers = 0;
        int modifications = 0; ///< of ours without an outcome
        int requests = 0;
    };
    struct Forecast {
        struct Entry {
            TimePoint time;
            std::uint64_t what;
        };
        std::vector<Entry> entries;
        /// As long as nothing has come in between, the next entry is what has to happen.
        std::optional<std::uint64_t> front_at(TimePoint now) const {
            if (entries.empty() || entries.front().time != now) return std::nullopt;
            return entries.front().what;
        }
    };
    static constexpr int most_silent = 400;

    static Body offer() { return Body::sdp("v=0\r\ns=offer\r\n"); }
    static Body answer() { return Body::sdp("v=0\r\ns=answer\r\n"); }
    template <class Session>
    Body description(const Session& session) const {
        return !session.owes_description() ? Body{} : owes_answer_ ? answer() : offer();
    }

    // Looking at a session needs no more than looking at its endpoint.
    SessionRef<Endpoint> ref(SessionId id) const {
        return const_cast<Endpoint&>(endpoint_).session(id);
    }
    void fault(std::string what) {
        if (problem.empty()) problem = std::move(what);
    }
    Call* find(SessionId id) {
        for (Call& call : calls_)
            if (call.id == id) return &call;
        return nullptr;
    }
    Call& know(SessionId id) {
        if (Call* const call = find(id)) return *call;
        return calls_.emplace_back(Call{id});
    }

    void drain(TimePoint now, std::optional<std::uint64_t> expected = {}) {
        Mixer mixer;
        send_all(mixer);
        std::vector<Event> events;
        while (auto event = endpoint_.poll_event())
            events.push_back(*std::move(event));
        if (expected) {
            for (const Event& event : events)
                mixer.add(test::describe(event));
            if (mixer.value() != *expected)
                fault("a copy that misuse was tried on goes another way");
        }
        for (const Event& event : events) {
            std::visit([&](const auto& told) { hear(now, told); }, event);
            send_all(mixer);
        }
        if (!events.empty()) drain(now);
    }
    void send_all(Mixer& mixer) {
        while (auto transmit = endpoint_.poll_transmit()) {
            mixer.add(transmit->bytes);
            look_at(transmit->bytes);
            sent.push_back(*std::move(transmit));
        }
    }

    template <class E>
    void hear(TimePoint now, const E& told) {
        if constexpr (requires { told.session; }) {
            Call& call = know(told.session);
            if (call.ends != 0) fault("an event after Terminated: " + test::describe(told));
            if constexpr (std::is_same_v<E, event::Incoming>) owes_answer_ = bool(told.offer);
            if constexpr (std::is_same_v<E, event::Reinvited>) owes_answer_ = bool(told.offer);
            if constexpr (std::is_same_v<E, event::Terminated>) {
                ++call.ends;
                call.modifications = call.requests = 0;
            }
            if constexpr (std::is_same_v<E, event::Answered>)
                if (++call.answers != 1) fault("answered twice");
            if constexpr (std::is_same_v<E, event::Modified>)
                if (--call.modifications < 0) fault("two outcomes of a modification");
            if constexpr (std::is_same_v<E, event::RolledBack>) {
                if (told.by == Party::local && call.modifications > 0) --call.modifications;
                told.by == Party::local ? ours_.clear() : theirs_.clear();
            }
            if constexpr (std::is_same_v<E, event::AckTimeout>) ours_.clear();
            if constexpr (std::is_same_v<E, event::Responded>)
                if (told.status >= 200 && --call.requests < 0) fault("two outcomes of a request");
            if (call.ends == 0) answer(now, endpoint_.session(told.session), told);
        }
    }
    template <class E>
    void answer(TimePoint now, SessionRef<Endpoint> session, const E& told) {
        Refusal refused;
        if constexpr (std::is_same_v<E, event::Reinvited>)
            if (accepts_reinvites_) refused = session.try_accept(now, {.body = answer()});
        if constexpr (std::is_same_v<E, event::Updated> || std::is_same_v<E, event::Acknowledged>)
            if (told.offer) refused = session.try_answer(now, {.body = answer()});
        if constexpr (std::is_same_v<E, event::Offer>) {
            if (told.answer_by == Operation::ack)
                refused = session.try_ack(now, {.body = answer()});
            if (told.answer_by == Operation::prack)
                refused = session.try_prack(now, {.body = answer()});
        }
        if constexpr (std::is_same_v<E, event::Requested>)
            refused = session.try_respond(now, told.transaction, 200);
        // What an event asks for may be over by a later event of the same input.
        if (refused && session.state() < State::terminating && refused.code == Errc::bad_argument)
            fault("what an event asks for is refused: " + std::string(refused.tried));
    }

    static std::string dialog_of(const Message& message, Header local, Header remote) {
        return value(message, Header::call_id) + " " + tag_of(message, local) + " "
               + tag_of(message, remote);
    }
    // Each copy of a 2xx gets one, until 64·T1 after the first 2xx to that INVITE. RFC 3261
    // §13.2.2.4. After a refusal the transaction takes no 2xx any more. RFC 6026 §7.2
    void owe_ack(TimePoint now, std::string_view bytes) {
        if (bytes.size() < 9 || !bytes.starts_with("SIP/2.0 ") || bytes[8] < '2') return;
        const auto message = Message::parse(bytes);
        const auto cseq = parse_header<CSeq>(*message, Header::cseq);
        if (cseq->method != "INVITE") return;
        const std::string number = std::to_string(cseq->number);
        const std::string invite = dialog_of(*message, Header::from, Header::from) + " " + number;
        const bool success = bytes[8] == '2';
        auto done = done_.begin();
        while (done != done_.end() && done->first != invite)
            ++done;
        if (done == done_.end()) done = done_.insert(done, {invite, success ? now + 32s : now});
        if (success && now < done->second)
            owed_.push_back(dialog_of(*message, Header::from, Header::to) + " " + number);
    }
    // An offer of the peer waits for our answer; an answer, or a refusal, ends ours.
    void hear_offer(std::string_view bytes) {
        const auto message = Message::parse(bytes);
        if (!message) return;
        const bool request = message->is_request();
        const std::string peer = value(*message, Header::call_id) + " "
                                 + tag_of(*message, request ? Header::from : Header::to);
        const std::string cseq = value(*message, Header::cseq);
        if (message->body() == offer().content) theirs_.push_back({peer, request ? cseq : ""});
        if (message->body() == answer().content) answered(peer);
        if (!request && message->status() >= 300)
            std::erase_if(ours_, [&](const Offer& each) { return each.request == cseq; });
    }
    void answered(const std::string& peer) {
        std::erase_if(ours_, [&](const Offer& each) { return each.peer == peer; });
        answered_.push_back(peer);
    }
    // One offer at a time, and none before that of the peer is answered. RFC 3264 §4, RFC 6337 §2
    void look_at_offer(const Message& message) {
        const bool request = message.is_request();
        const std::string call = value(message, Header::call_id) + " ";
        const std::string peer = call + tag_of(message, request ? Header::to : Header::from);
        const std::string cseq = value(message, Header::cseq);
        if (message.body() == answer().content || (!request && message.status() >= 300))
            std::erase_if(theirs_, [&](const Offer& each) {
                return each.peer == peer
                       && (each.request.empty() || each.request == cseq || request);
            });
        if (message.body() == answer().content) answered_.push_back(peer);
        if (message.body() != offer().content) return;
        for (const Offer& each : ours_)
            if (each.request != cseq
                && (each.peer == peer
                    || (each.peer == call
                        && std::find(answered_.begin(), answered_.end(), peer) == answered_.end())))
                fault("an offer while one of ours is not answered. RFC 3264 §4");
        for (const Offer& each : theirs_)
            if (each.peer == peer) fault("an offer while the peer's is not answered. RFC 3264 §4");
        ours_.push_back({peer, cseq});
    }

    // What leaves: RFC 3261 §12.2.1.1 for the numbers, §13.2.2.4 for the ACKs.
    void look_at(const std::string& bytes) {
        const auto message = Message::parse(bytes);
        if (!message) return fault("what does not parse was sent");
        const std::uint64_t text = std::hash<std::string>()(bytes);
        if (std::find(looked_at_.begin(), looked_at_.end(), text) == looked_at_.end()) {
            looked_at_.push_back(text);
            look_at_offer(*message);
        }
        if (!message->is_request()) return;
        const auto cseq = parse_header<CSeq>(*message, Header::cseq);
        const std::string dialog = dialog_of(*message, Header::from, Header::to);
        if (message->method() == "ACK")
            std::erase(owed_, dialog + " " + std::to_string(cseq->number));
        if (message->method() == "ACK" || message->method() == "CANCEL") return;
        const std::uint64_t branch = std::hash<std::string>()(value(*message, Header::via));
        if (std::find(branches_.begin(), branches_.end(), branch) != branches_.end()) return;
        branches_.push_back(branch);
        const std::string whole = dialog_of(*message, Header::from, Header::from);
        std::uint32_t before = 0;
        for (const auto& [name, number] : numbers_)
            if (name == dialog || name == whole) before = (std::max)(before, number);
        if (cseq->number <= before) fault("a CSeq number that does not go up. RFC 3261 §12.2.1.1");
        numbers_.emplace_back(tag_of(*message, Header::to).empty() ? whole : dialog, cseq->number);
    }

    // What is refused throws, and changes nothing.
    void try_misuse(TimePoint now, Endpoint& copy) {
        for (const Call& call : calls_) {
            const auto counts = copy.counts();
            const auto deadline = copy.poll_timeout();
            const State state = copy.session(call.id).state();
            for (const Act act : {Act::ring, Act::accept, Act::reject, Act::cancel, Act::bye,
                                  Act::reinvite, Act::update, Act::info}) {
                if (!copy.session(call.id).refusal(operation_of(act))) continue;
                if (!throws(now, copy, call.id, act))
                    fault("what is refused does not throw: " + std::string(name_of(act)));
                if (copy.counts() != counts || copy.poll_timeout() != deadline
                    || copy.session(call.id).state() != state || copy.poll_transmit()
                    || copy.poll_event())
                    fault("what is refused changes something: " + std::string(name_of(act)));
            }
        }
    }
    static bool throws(TimePoint now, Endpoint& endpoint, SessionId id, Act act) {
        auto session = endpoint.session(id);
        try {
            switch (act) {
            case Act::ring: session.progress(now); break;
            case Act::accept: session.accept(now, {.body = answer()}); break;
            case Act::reject: session.reject(now, 486); break;
            case Act::cancel: session.cancel(now); break;
            case Act::bye: session.bye(now); break;
            case Act::reinvite: session.reinvite(now, {.body = offer()}); break;
            case Act::update: session.update(now, {.body = offer()}); break;
            default: session.request(now, "INFO"); break;
            }
        } catch (const Error&) {
            return true;
        }
        return false;
    }

    Endpoint endpoint_;
    bool accepts_reinvites_;
    bool owes_answer_ = false; ///< to the INVITE that came last
    std::vector<Call> calls_;
    std::vector<std::uint64_t> received_; ///< sorted: each message once
    Forecast forecast_;
    std::vector<std::string> owed_;                       ///< 2xx without an ACK
    std::vector<std::pair<std::string, TimePoint>> done_; ///< until when 2xx are taken
    struct Offer {
        std::string peer;    ///< Call-ID and tag
        std::string request; ///< CSeq of what it came with
    };
    std::vector<Offer> ours_;
    std::vector<Offer> theirs_;
    std::vector<std::string> answered_;    ///< with whom an answer has been exchanged
    std::vector<std::uint64_t> looked_at_; ///< of what was sent
    std::vector<std::uint64_t> branches_;
    std::vector<std::pair<std::string, std::uint32_t>> numbers_;
};

} // namespace offhook::test

#endif

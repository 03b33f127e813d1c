#ifndef OFFHOOK_SESSION_SESSION_HPP
#define OFFHOOK_SESSION_SESSION_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/box.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/fifo.hpp"
#include "offhook/core/random.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/model.hpp"
#include "offhook/session/client_invite.hpp"
#include "offhook/session/events.hpp"
#include "offhook/session/fork.hpp"
#include "offhook/session/guarded_operations.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/options.hpp"
#include "offhook/session/server_invite.hpp"

namespace offhook {

/// A call from its INVITE to its end, at either side, on the message type `M` of any SIP stack:
/// give it messages and the time, and poll what it wants sent and what it has to tell. A value: it
/// copies, and knows nothing of sockets, clocks, parsers or transactions. RFC 3261 §13 to §15
///
///     session.receive(now, message, transaction);     // or an operation, or handle_timeout(now)
///     while (auto out = session.poll_transmit()) …    // to your transactions, as out->as says
///     while (auto event = session.poll_event()) …
///     arm(session.poll_timeout());
///
/// Operations that the protocol forbids now throw, and change nothing: GuardedOperations.
template <Modelled M>
class Session : public SessionEvents<M>, public GuardedOperations<Session<M>> {
    using Events = SessionEvents<M>;
    using Model = MessageModel<M>;
    using Phase = typename Fork<M>::Phase;
    using Exchange = OfferAnswer::Input;

public:
    using typename Events::Event;

    /// Sends an INVITE. Throws BadArgument for options that make no INVITE, as check() tells, and
    /// UnsafeValue for CR, LF or NUL. Tag, Call-ID and branches come from `random`.
    template <RandomSource R>
    static Session outgoing(TimePoint now, const InviteOptions& options, R& random) {
        Session session(Role::uac, random.key());
        if (const Refusal refused =
                session.start(now, options, random.token(96), random.token(128)))
            raise(refused);
        return session;
    }

    /// Why outgoing() would throw; false where it would not.
    static Refusal check(const InviteOptions& options) { return invite_refusal(options); }

    /// Takes up an INVITE that belongs to no dialog. Refused: one that no dialog can be made of;
    /// the rule names what is wrong with it, and 400 answers it (481 where it is a To tag). Throws
    /// BadArgument or UnsafeValue where check() finds fault with the options.
    template <RandomSource R>
    static Parsed<Session> incoming(TimePoint now, M invite, TransactionId transaction,
                                    const IncomingOptions& options, R& random) {
        if (const Refusal refused = check(options)) raise(refused);
        Session session(Role::uas, random.key());
        const std::string tag = random.token(96);
        auto dialog = Dialog<M>::from_request(invite, tag, options.contact);
        if (!dialog) return dialog.error();
        session.ring_in(now, std::move(invite), transaction, options, std::move(*dialog));
        return session;
    }

    /// Why incoming() would throw; false where it would not.
    static Refusal check(const IncomingOptions& options) { return incoming_refusal(options); }

    /// Takes a message of this call; a stray one is answered with 481 or dropped. Requests:
    /// `transaction` names the server transaction, and comes back with the response. A CANCEL is
    /// one that the transaction layer has matched with our INVITE; an ACK is one of a 2xx.
    void receive(TimePoint now, M message, TransactionId transaction = 0) {
        if (Model::status(message) != 0)
            receive_response(now, std::move(message));
        else
            receive_request(now, message, transaction);
    }

    /// The client transaction of a request that we sent has ended without a final response.
    void failed(TimePoint now, const M& request, Failure failure);
    /// The same, by the number that came with the request: Outgoing::transaction.
    void failed(TimePoint now, TransactionId request, Failure failure);

    /// Does what is due; harmless where nothing is.
    void handle_timeout(TimePoint now);
    /// When handle_timeout() is to be called next.
    std::optional<TimePoint> poll_timeout() const;
    std::optional<Outgoing<M>> poll_transmit() { return transmits_.pop(); }
    std::optional<Event> poll_event() { return events_.pop(); }
    /// With ForkPolicy::keep_all: a session that another 2xx to our INVITE has made. From then on
    /// the messages of its dialog are its own, further retransmissions of that 2xx among them:
    /// matches() tells.
    std::optional<Session> poll_fork() { return handed_over_.pop(); }

    State state() const noexcept { return state_; }
    Role role() const noexcept { return role_; }
    /// True once nothing of it is needed any more: it may be destroyed. Later than
    /// State::terminated by the time in which a further 2xx, the ACK, or the response to a BYE of
    /// another fork can still come.
    bool done() const noexcept {
        return state_ == State::terminated && !client_ && !server_ && !leaving()
               && transmits_.empty() && events_.empty() && handed_over_.empty();
    }
    /// The dialog that leads: the confirmed one, else the first early one; null before any. A UAS
    /// has it from the beginning, as its tag is chosen by then.
    const Dialog<M>* dialog() const noexcept {
        return leading_ < forks_.size() ? &forks_[leading_].dialog : nullptr;
    }
    /// All dialogs that the INVITE has made, in the order of their appearance.
    const std::vector<Fork<M>>& forks() const noexcept { return forks_; }
    /// True for a request or response of this call: by Call-ID and tags, where there is a dialog,
    /// and for an answer to our INVITE whatever its To tag.
    bool matches(const M& message) const;

    /// Why an operation would be refused now, by role and state; false where it would not.
    Refusal refusal(Operation operation) const noexcept {
        if (operation == Operation::cancel && client_ && state_ <= State::early) {
            // A 2xx can have come on an early dialog that we had left, while another one leads.
            if (client_->answered)
                return {Errc::already_answered,  "cancel",
                        describe(state_, role_), "an INVITE without a final response",
                        "RFC 3261 §9.1",         "bye() or hang_up() ends the session"};
            if (client_->cancel != ClientInvite<M>::Cancel::none)
                return {Errc::already_cancelled, "cancel",
                        describe(state_, role_), "an INVITE that is not cancelled",
                        "RFC 3261 §9.1",         "the session ends by itself"};
        }
        return offhook::refusal(operation, role_, state_);
    }

    /// The non-throwing twins of the operations: true where refused.
    Refusal try_progress(TimePoint now, int status = 180, const MessageOptions& options = {});
    Refusal try_accept(TimePoint now, const MessageOptions& options = {}, int status = 200);
    Refusal try_reject(TimePoint now, int status, const MessageOptions& options = {});
    Refusal try_redirect(TimePoint now, const std::vector<std::string>& contacts, int status = 302,
                         const MessageOptions& options = {});
    Refusal try_ack(TimePoint now, const MessageOptions& options);
    Refusal try_cancel(TimePoint now, const MessageOptions& options = {});
    Refusal try_bye(TimePoint now, const MessageOptions& options = {});

    /// Ends the call by whatever this state and role allow: CANCEL, BYE, a final response of
    /// `status` (300 … 699), or BYE as soon as the ACK has come. Never refused; does nothing after
    /// the end. Only of an unsafe `options` nothing is sent but what the call needs.
    void hang_up(TimePoint now, const MessageOptions& options = {}, int status = 603);

private:
    Session(Role role, HashKey branch_key) : branch_key_(branch_key), role_(role) {}

    // calling.hpp
    Refusal start(TimePoint now, const InviteOptions& options, std::string_view tag,
                  std::string_view call_id);
    void receive_response(TimePoint now, M response);
    void on_provisional(TimePoint now, M response);
    void on_success(TimePoint now, M response);
    void on_failure(M response);
    void take_description(Fork<M>& fork, const M& success);
    void take_up(TimePoint now, Fork<M>& fork, M success);
    void send_ack(Fork<M>& fork, const MessageOptions& options);
    void send_cancel(TimePoint now);
    void handle_client_timeout(TimePoint now);
    void abandon_invite();
    void end_invite(TimePoint now);

    // forking.hpp
    Fork<M>* fork_of(const M& message);
    Fork<M>* fork_of_response(const M& response);
    void hand_over(TimePoint now, Fork<M>& fork, M success);
    bool lead_with_next_early_dialog();
    void end_early_dialogs();

    // answering.hpp
    void ring_in(TimePoint now, M invite, TransactionId transaction, const IncomingOptions& options,
                 Dialog<M> dialog);
    void on_ack(TimePoint now, const M& ack);
    void on_cancel(const M& cancel, TransactionId transaction);
    void on_missing_ack(TimePoint now);
    void finish_invite(int status, const MessageOptions& options);
    Refusal description_refusal(std::string_view tried, std::string_view needs) const;
    Refusal preview_refusal(const Body& body, std::string_view tried) const;
    static Refusal contact_refusal(const MessageOptions& options, std::string_view tried);
    void handle_server_timeout(TimePoint now);

    // in_dialog.hpp
    void receive_request(TimePoint now, const M& request, TransactionId transaction);
    void respond(const M& request, TransactionId transaction, int status,
                 const MessageOptions& options = {});
    void refuse_reinvite(const Fork<M>& fork, const M& invite, TransactionId transaction);
    void on_bye(Fork<M>& fork, const M& bye, TransactionId transaction);
    void on_bye_response(const M& response);
    void send_bye(TimePoint now, Fork<M>& fork, const MessageOptions& options);
    void bye_done(Fork<M>& fork, int status);
    void leave(TimePoint now, Cause cause, const MessageOptions& options);
    void leave_early_dialogs(TimePoint now, const MessageOptions& options);
    bool leaving() const noexcept;
    void settle();
    void terminate(Party by, Cause cause, int status, std::string reason = {});
    HashKey next_key();
    std::string next_branch();

    Fork<M>* leading() { return leading_ < forks_.size() ? &forks_[leading_] : nullptr; }
    void emit(Event event) { events_.push(std::move(event)); }
    void send(Outgoing<M> out) { transmits_.push(std::move(out)); }

    HashKey branch_key_; ///< branches are its pseudo-random function of a counter
    std::uint32_t keys_ = 0;
    TransactionId requests_ = 0;
    std::uint32_t forks_seen_ = 0;
    Role role_;
    State state_ = State::initial;
    Cause ended_as_ = Cause::bye; ///< from our BYE on, until its response
    int ended_status_ = 0;
    std::size_t leading_ = 0; ///< index into forks_; their number where none leads
    std::vector<Fork<M>> forks_;
    Box<ClientInvite<M>> client_; ///< while responses to our INVITE can come
    Box<ServerInvite<M>> server_; ///< until the ACK
    SessionTimers timers_;
    Fifo<Session> handed_over_;
    Fifo<Outgoing<M>> transmits_;
    Fifo<Event> events_;
};

} // namespace offhook

#include "offhook/session/answering.hpp"
#include "offhook/session/calling.hpp"
#include "offhook/session/forking.hpp"
#include "offhook/session/in_dialog.hpp"

#endif

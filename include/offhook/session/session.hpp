#ifndef OFFHOOK_SESSION_SESSION_HPP
#define OFFHOOK_SESSION_SESSION_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/fifo.hpp"
#include "offhook/core/random.hpp"
#include "offhook/dialog/branch_maker.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/message/rack.hpp"
#include "offhook/session/client_invite.hpp"
#include "offhook/session/client_request.hpp"
#include "offhook/session/events.hpp"
#include "offhook/session/fork.hpp"
#include "offhook/session/further_usages.hpp"
#include "offhook/session/glare.hpp"
#include "offhook/session/guarded_operations.hpp"
#include "offhook/session/invite_message.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/reinvite.hpp"
#include "offhook/session/server_invite.hpp"
#include "offhook/session/server_request.hpp"
#include "offhook/session/transitions.hpp"

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
class Session : public SessionEvents<M>,
                public GuardedOperations<Session<M>>,
                public FurtherUsages<Session<M>, M> {
    friend class FurtherUsages<Session<M>, M>;
    using Events = SessionEvents<M>;
    using Model = MessageModel<M>;
    using Phase = typename Fork<M>::Phase;
    using Carrier = OfferAnswer::Carrier;
    using Meaning = OfferAnswer::Meaning;
    using Direction = OfferAnswer::Direction;
    using Purpose = typename ClientRequest<M>::Purpose;
    using Cancel = typename InviteRequest<M>::Cancel;

public:
    using typename Events::Event; ///< what poll_event() gives
    using GuardedOperations<Session>::respond;

    /// Sends an INVITE. Throws BadArgument for options that make no INVITE, as check() tells, and
    /// UnsafeValue for CR, LF or NUL. Tag, Call-ID and branches come from `random`.
    template <RandomSource R>
    static Session outgoing(TimePoint now, const InviteOptions& options, R& random);
    /// Why outgoing() would throw; false where it would not.
    static Refusal check(const InviteOptions& options) { return invite_refusal(options); }

    /// Takes up an INVITE that belongs to no dialog. Refused: one that no dialog can be made of;
    /// the rule names what is wrong with it, and 400 answers it (481 where it is a To tag). Throws
    /// BadArgument or UnsafeValue where check() finds fault with the options.
    template <RandomSource R>
    static Parsed<Session> incoming(TimePoint now, M invite, TransactionId transaction,
                                    const IncomingOptions& options, R& random);
    /// Why incoming() would throw; false where it would not.
    static Refusal check(const IncomingOptions& options) { return incoming_refusal(options); }

    /// Takes a message of this call; a stray one is answered with 481 or dropped. Requests:
    /// `transaction` names the server transaction, and comes back with the response. A CANCEL is
    /// one that the transaction layer has matched with our INVITE; an ACK is one of a 2xx.
    void receive(TimePoint now, M message, TransactionId transaction = 0);
    /// The client transaction of a request that we sent has ended without a final response.
    void failed(TimePoint now, const M& request, Failure failure);
    /// The same, by the number that came with the request: Outgoing::transaction.
    void failed(TimePoint now, TransactionId transaction, Failure failure);

    /// Does what is due; harmless where nothing is.
    void handle_timeout(TimePoint now);
    /// When handle_timeout() is to be called next.
    std::optional<TimePoint> poll_timeout() const;
    std::optional<Outgoing<M>> poll_transmit() { return transmits_.pop(); } ///< the next to send
    std::optional<Event> poll_event() { return events_.pop(); }             ///< the next to tell
    /// With ForkPolicy::keep_all: a session that another 2xx to our INVITE has made. From then on
    /// the messages of its dialog are its own, further retransmissions of that 2xx among them:
    /// matches() tells.
    std::optional<Session> poll_fork() { return handed_over_.pop(); }

    State state() const noexcept { return state_; } ///< how far the call is
    Role role() const noexcept { return role_; }    ///< uac: we sent the INVITE
    /// True once nothing of it is needed any more: it may be destroyed. Later than
    /// State::terminated by the time in which a further 2xx, the ACK, or the response to a BYE of
    /// another fork can still come.
    bool done() const noexcept;
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

    /// Why an operation would be refused now; false where it would not. What it is called with can
    /// still be refused.
    Refusal refusal(Operation operation) const noexcept;
    /// What is under way besides, as a set of Pending.
    unsigned pending() const noexcept;
    const SessionFeatures& features() const noexcept { return features_; } ///< as it was made with
    /// Whether accept() has to bring a description, the answer or an offer: not once a reliable 1xx
    /// has brought it. RFC 6337 §2.2
    bool owes_description() const noexcept;

    /// The non-throwing twins of the operations: true where refused.
    Refusal try_progress(TimePoint now, int status = 180, const MessageOptions& options = {});
    Refusal try_accept(TimePoint now, const MessageOptions& options = {}, int status = 200);
    Refusal try_reject(TimePoint now, int status, const MessageOptions& options = {});
    Refusal try_redirect(TimePoint now, const std::vector<std::string>& contacts, int status = 302,
                         const MessageOptions& options = {});
    Refusal try_ack(TimePoint now, const MessageOptions& options);
    Refusal try_prack(TimePoint now, const MessageOptions& options = {});
    Refusal try_cancel(TimePoint now, const MessageOptions& options = {});
    Refusal try_reinvite(TimePoint now, const MessageOptions& options);
    Refusal try_update(TimePoint now, const MessageOptions& options = {});
    Refusal try_move(TimePoint now, std::string_view contact, const MessageOptions& options = {});
    Refusal try_answer(TimePoint now, const MessageOptions& options);
    Refusal try_decline(TimePoint now, int status = 488, const MessageOptions& options = {});
    /// `id` is set where it is not refused.
    Refusal try_request(TimePoint now, std::string_view method, const MessageOptions& options,
                        TransactionId& id);
    Refusal try_respond(TimePoint now, TransactionId transaction, int status,
                        const MessageOptions& options = {});
    Refusal try_authenticate(TimePoint now, TransactionId request,
                             const std::vector<HeaderField>& credentials);
    Refusal try_follow(TimePoint now, std::string_view target);
    Refusal try_bye(TimePoint now, const MessageOptions& options = {});
    /// Nobody will authenticate() or follow() what this request got: its response counts at once.
    /// False where none waits.
    bool give_up(TimePoint now, TransactionId request);

    /// Ends the call by whatever this state and role allow: CANCEL, BYE, a final response of
    /// `status` (300 … 699), or BYE as soon as the ACK has come. Never refused; does nothing after
    /// the end. Only of an unsafe `options` nothing is sent but what the call needs.
    void hang_up(TimePoint now, const MessageOptions& options = {}, int status = 603);

private:
    Session(Role role, HashKey branch_key) : branches_(branch_key), role_(role) {}
    // calling.hpp
    Refusal start(TimePoint now, const InviteOptions& options, std::string_view tag,
                  std::string_view call_id);
    InviteRequest<M> first_invite(TimePoint now, const InviteOptions& options,
                                  const SessionTimer& timer, std::string_view tag,
                                  std::string_view call_id, std::uint32_t number);
    void on_provisional(TimePoint now, M response);
    void on_success(TimePoint now, M response);
    void on_failure(TimePoint now, M response);
    void fail_invite(M response);
    void take_description(Fork<M>& fork, const M& success);
    void take_up(TimePoint now, Fork<M>& fork, M success);
    void handle_client_timeout(TimePoint now);
    void abandon_invite();
    void end_invite(TimePoint now);
    // retrying.hpp
    bool asks(const M& response, std::uint8_t authentications) const;
    bool hold_invite(TimePoint now, M& response);
    bool find_targets(const M& response);
    void on_earlier_success(TimePoint now, const M& success, std::uint32_t number);
    void forget_early_dialogs();
    void invite_again(TimePoint now);
    void reinvite_again(TimePoint now);
    // acknowledging.hpp
    void transmit(const InviteRequest<M>& invite);
    void abandon(const InviteRequest<M>& invite);
    void send_ack(TimePoint now, Fork<M>& fork, const InviteRequest<M>& invite,
                  const MessageOptions& options);
    bool repeat_ack(std::uint32_t fork, std::uint32_t number);
    void request_cancel(TimePoint now, InviteRequest<M>& invite, const MessageOptions& options);
    void send_cancel(TimePoint now, InviteRequest<M>& invite);
    // forking.hpp
    Fork<M>* fork_of(const M& message);
    Fork<M>* fork_of_response(const M& response);
    Fork<M>* fork_numbered(std::uint32_t number);
    void hand_over(TimePoint now, Fork<M>& fork, M success);
    bool lead_with_next_early_dialog();
    void end_early_dialogs();
    void give_up_early_dialog(Fork<M>& fork);
    // answering.hpp
    void ring_in(TimePoint now, M invite, TransactionId transaction, const IncomingOptions& options,
                 Dialog<M> dialog);
    Body take_invite(TimePoint now, Fork<M>& fork, M invite, TransactionId transaction,
                     bool reinvite);
    std::pair<int, MessageOptions> invite_refusal_by_us(Fork<M>& fork, const M& request,
                                                        bool first);
    void expect_late_prack(TimePoint now, const ServerInvite<M>& invite);
    void succeed(TimePoint now, MessageOptions options, int status);
    void send_success(TimePoint now, const MessageOptions& options, int status);
    void finish_invite(TimePoint now, int status, const MessageOptions& options);
    void on_cancel(TimePoint now, const M& cancel, TransactionId transaction);
    void on_reinvite(TimePoint now, Fork<M>& fork, const M& invite, TransactionId transaction);
    void end_their_reinvite(TimePoint now, int status);
    void roll_back_reinvite(TimePoint now, int status, const MessageOptions& options = {});
    Refusal description_refusal(std::string_view tried, std::string_view needs,
                                std::string_view section = "RFC 3261 §13.2.1") const;
    Refusal preview_refusal(const Body& body, std::string_view tried) const;
    Refusal success_refusal(const Body& body) const;
    static Refusal contact_refusal(const MessageOptions& options, std::string_view tried);
    // awaiting.hpp
    void on_ack(TimePoint now, Fork<M>& fork, const M& ack);
    void handle_awaited_timeout(TimePoint now);
    void on_missing_ack(TimePoint now, const AwaitedAck<M>& awaited);
    void handle_server_timeout(TimePoint now);
    // provisional.hpp
    Refusal provisional_refusal(const MessageOptions& options, bool reliable) const;
    Refusal early_end_refusal(const MessageOptions& options) const;
    void send_reliable(TimePoint now, int status, M response, bool described);
    void repeat_provisional(TimePoint now);
    void transmit_reliable();
    void on_prack(TimePoint now, Fork<M>& fork, const M& prack, TransactionId transaction);
    bool take_late_prack(const RAck& rack);
    void expect_prack_again(const ServerRequest<M>& prack);
    std::optional<std::uint32_t> reliable_number(const M& response) const;
    void on_early_description(Fork<M>& fork, const M& response, bool reliable);
    void on_reliable(TimePoint now, Fork<M>& fork, const M& response, bool wanted);
    void acknowledge(TimePoint now, Fork<M>& fork, const MessageOptions& options);
    void on_prack_response(TimePoint now, const ClientRequest<M>& prack, int status,
                           const M* response);
    // reinviting.hpp
    void send_reinvite(TimePoint now, Modification wanted, std::uint8_t authentications = 0);
    void on_reinvite_response(TimePoint now, M response);
    void on_reinvite_success(TimePoint now, M response);
    void on_reinvite_failure(TimePoint now, M response);
    void close_reinvite(Fork<M>& fork);
    void fail_reinvite(TimePoint now, int status, std::optional<M> response);
    void end_reinvite(TimePoint now);
    void handle_reinvite_timeout(TimePoint now);
    bool modifying(const Fork<M>& fork) const noexcept;
    // updating.hpp
    bool update_fits(const Fork<M>& fork, const Body& body) const noexcept;
    void send_update(TimePoint now, Modification wanted);
    void on_update(TimePoint now, Fork<M>& fork, const M& update, TransactionId transaction);
    void on_update_response(TimePoint now, int status, const M* response);
    void handle_update_timeout(TimePoint now);
    unsigned open_modifications(const Fork<M>& fork) const noexcept;
    bool refuse_glare(Fork<M>& fork, Meeting meeting, const M& request, TransactionId transaction);
    ServerRequest<M>* offered(std::uint32_t fork = 0) noexcept;
    void drop_open_of(const Fork<M>& fork);
    Refusal no_offer_refusal(std::string_view tried) const;
    void withdraw_offer(int status, const MessageOptions& options);
    void accept_update(TimePoint now, Fork<M>& fork, const M& update, TransactionId transaction,
                       const MessageOptions& options);
    void close_request(TransactionId transaction);
    // refreshing.hpp
    void refresh(TimePoint now);
    void note_peer(Fork<M>& fork, const M& message);
    void note_packages(Fork<M>& fork, const M& message);
    void describe_ours(Fork<M>& fork, const Body& body);
    void forget_ours(Fork<M>& fork);
    void start_timer(TimePoint now, Fork<M>& fork, const RefreshRequest& sent, const M& success);
    void tell_timer(const Fork<M>& fork);
    void handle_session_timer(TimePoint now);
    SessionTimer::Exchange refreshing() const noexcept;
    // in_dialog.hpp
    void receive_response(TimePoint now, M response);
    void receive_request(TimePoint now, const M& request, TransactionId transaction);
    void respond(const M& request, TransactionId transaction, int status,
                 const MessageOptions& options = {});
    void on_request(TimePoint now, Fork<M>& fork, const M& request, TransactionId transaction);
    int request_status(const M& request, MessageOptions& options) const;
    Refusal method_refusal(const Fork<M>& fork, std::string_view method,
                           const MessageOptions& options) const;
    ClientRequest<M>& send_request(TimePoint now, Fork<M>& fork, std::string_view method,
                                   const MessageOptions& options, Purpose purpose);
    void build_request(TimePoint now, Fork<M>& fork, ClientRequest<M>& request);
    void on_response(TimePoint now, ClientRequest<M>& request, M response);
    void finish_request(TimePoint now, TransactionId id, int status, const M* response);
    void handle_request_timeouts(TimePoint now);
    void lose_peer(TimePoint now, const Fork<M>& fork, int status);
    // ending.hpp
    void on_bye(TimePoint now, Fork<M>& fork, const M& bye, TransactionId transaction);
    void send_bye(TimePoint now, Fork<M>& fork, const MessageOptions& options);
    void bye_done(Fork<M>& fork, int status);
    void leave(TimePoint now, Cause cause, const MessageOptions& options, int status = 0);
    void leave_early_dialogs(TimePoint now, const MessageOptions& options);
    void drop_open();
    bool leaving() const noexcept;
    void settle();
    void terminate(Party by, Cause cause, int status, std::string reason = {});

    Fork<M>* leading() { return leading_ < forks_.size() ? &forks_[leading_] : nullptr; }
    void take(SessionStep step) noexcept { state_ = state_after(role_, state_, step); }
    void emit(Event event) { events_.push(std::move(event)); }
    void send(Outgoing<M> out) { transmits_.push(std::move(out)); }

    BranchMaker branches_;
    TransactionId transactions_ = 0;
    std::uint32_t forks_seen_ = 0;
    Role role_;
    State state_ = State::initial;
    bool keep_unacknowledged_ = false; ///< IncomingOptions::NoAck::keep
    Cause ended_as_ = Cause::bye;      ///< from our BYE on, until its response
    int ended_status_ = 0;
    std::size_t leading_ = 0; ///< index into forks_; their number where none leads
    std::vector<Fork<M>> forks_;
    Box<ClientInvite<M>> client_; ///< while responses to our INVITE can come
    Box<ServerInvite<M>> server_; ///< their INVITE or re-INVITE without a final response
    Box<Reinvite<M>> reinvite_;   ///< ours
    Box<Update> update_;          ///< ours
    std::vector<AwaitedAck<M>> awaited_;
    std::vector<LatePrack> late_pracks_;
    std::vector<SentAck<M>> acks_;
    std::vector<ClientRequest<M>> requests_;
    std::vector<ServerRequest<M>> open_;
    Box<MessageOptions> hang_up_; ///< BYE as soon as the ACK has come or will not come
    SessionTimers timers_;
    SessionFeatures features_;
    Fifo<Session> handed_over_;
    Fifo<Outgoing<M>> transmits_;
    Fifo<Event> events_;
};

} // namespace offhook

#include "offhook/session/acknowledging.hpp"
#include "offhook/session/answering.hpp"
#include "offhook/session/awaiting.hpp"
#include "offhook/session/calling.hpp"
#include "offhook/session/ending.hpp"
#include "offhook/session/forking.hpp"
#include "offhook/session/in_dialog.hpp"
#include "offhook/session/provisional.hpp"
#include "offhook/session/referring.hpp"
#include "offhook/session/refreshing.hpp"
#include "offhook/session/reinviting.hpp"
#include "offhook/session/requesting.hpp"
#include "offhook/session/retrying.hpp"
#include "offhook/session/subscribing.hpp"
#include "offhook/session/timing.hpp"
#include "offhook/session/updating.hpp"
#include "offhook/session/usages_ending.hpp"

#endif

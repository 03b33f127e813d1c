#ifndef OFFHOOK_ENDPOINT_SESSION_REF_HPP
#define OFFHOOK_ENDPOINT_SESSION_REF_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/auth/digest_accounts.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/dialog.hpp"
#include "offhook/message/dialog_name.hpp"
#include "offhook/message/message_model.hpp"
#include "offhook/session/events.hpp"
#include "offhook/session/guarded_operations.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/usages.hpp"

namespace offhook {

/// A session of an Endpoint, to be operated on: what Session offers, with its effects carried on to
/// the transactions at once. Made for one expression; valid as long as the endpoint stays where it
/// is. After the end of the session its state is terminated, and operations are refused as
/// SessionTerminated.
template <class Endpoint>
class SessionRef : public GuardedOperations<SessionRef<Endpoint>> {
public:
    /// What Endpoint::session() gives.
    SessionRef(Endpoint& endpoint, SessionId id) : endpoint_(&endpoint), id_(id) {}

    /// Names it, also after its end.
    SessionId id() const noexcept { return id_; }
    /// Terminated also where nothing is left of it.
    State state() const noexcept;
    /// Role::uac after the end of the session.
    Role role() const noexcept;
    /// The dialog that leads; null before any, and after the end. Valid until the next input.
    const Dialog<Message>* dialog() const noexcept;
    /// As Session::owes_description().
    bool owes_description() const noexcept;
    /// The names of that dialog, as a Refer-To, Replaces, Join or Target-Dialog wants them after
    /// from_other_side(); empty where there is none. Views of it.
    DialogName dialog_name() const noexcept;
    /// Why an operation would be refused now; false where it would not.
    Refusal refusal(Operation operation) const noexcept;

    /// The non-throwing progress(): true where refused, as all of these.
    Refusal try_progress(TimePoint now, int status = 180, const MessageOptions& options = {});
    /// The non-throwing accept().
    Refusal try_accept(TimePoint now, const MessageOptions& options = {}, int status = 200);
    /// The non-throwing reject().
    Refusal try_reject(TimePoint now, int status, const MessageOptions& options = {});
    /// The non-throwing redirect().
    Refusal try_redirect(TimePoint now, const std::vector<std::string>& contacts, int status = 302,
                         const MessageOptions& options = {});
    /// The non-throwing ack().
    Refusal try_ack(TimePoint now, const MessageOptions& options);
    /// The non-throwing cancel().
    Refusal try_cancel(TimePoint now, const MessageOptions& options = {});
    /// The non-throwing bye().
    Refusal try_bye(TimePoint now, const MessageOptions& options = {});
    /// The non-throwing prack().
    Refusal try_prack(TimePoint now, const MessageOptions& options = {});
    /// The non-throwing reinvite().
    Refusal try_reinvite(TimePoint now, const MessageOptions& options);
    /// The non-throwing update().
    Refusal try_update(TimePoint now, const MessageOptions& options = {});
    /// The non-throwing move().
    Refusal try_move(TimePoint now, std::string_view contact, const MessageOptions& options = {});
    /// The non-throwing answer().
    Refusal try_answer(TimePoint now, const MessageOptions& options);
    /// The non-throwing decline().
    Refusal try_decline(TimePoint now, int status = 488, const MessageOptions& options = {});
    /// The non-throwing request(); `id` is set where it is not refused.
    Refusal try_request(TimePoint now, std::string_view method, const MessageOptions& options,
                        TransactionId& id);
    /// The non-throwing respond().
    Refusal try_respond(TimePoint now, TransactionId transaction, int status,
                        const MessageOptions& options = {});
    /// The non-throwing authenticate().
    Refusal try_authenticate(TimePoint now, TransactionId request,
                             const std::vector<HeaderField>& credentials);
    /// Answers an event::Challenged as this user, with the digest that its realm asks for. Later
    /// requests of the call show it unasked. RFC 3261 §22.2
    void authenticate_as(TimePoint now, TransactionId request, DigestAccount account);
    /// The non-throwing authenticate_as().
    Refusal try_authenticate_as(TimePoint now, TransactionId request, DigestAccount account);
    /// The non-throwing follow().
    Refusal try_follow(TimePoint now, std::string_view target);
    /// The non-throwing refer(); `usage` is set where it is not refused.
    Refusal try_refer(TimePoint now, std::string_view target, const MessageOptions& options,
                      ReferSubscription subscription, UsageId& usage);
    /// The non-throwing subscribe(); `usage` is set where it is not refused.
    Refusal try_subscribe(TimePoint now, std::string_view event, std::chrono::seconds expires,
                          const MessageOptions& options, UsageId& usage);
    /// The non-throwing unsubscribe().
    Refusal try_unsubscribe(TimePoint now, UsageId usage);
    /// The non-throwing notify().
    Refusal try_notify(TimePoint now, UsageId usage, const MessageOptions& options,
                       Notifier::State as = Notifier::State::active);
    /// The non-throwing notify().
    Refusal try_notify(TimePoint now, UsageId usage, int status, std::string_view phrase = {});
    /// The non-throwing end_subscription().
    Refusal try_end_subscription(TimePoint now, UsageId usage, TerminationReason reason,
                                 const MessageOptions& options = {},
                                 std::optional<std::chrono::seconds> retry_after = {});

    /// As Session::give_up().
    bool give_up(TimePoint now, TransactionId request);
    /// As Session::hang_up(): never refused.
    void hang_up(TimePoint now, const MessageOptions& options = {}, int status = 603);

private:
    template <class F>
    Refusal run(TimePoint now, Operation operation, F&& act);

    Endpoint* endpoint_;
    SessionId id_;
};

} // namespace offhook

#endif

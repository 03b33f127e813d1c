#ifndef OFFHOOK_ENDPOINT_AUTHENTICATOR_HPP
#define OFFHOOK_ENDPOINT_AUTHENTICATOR_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/auth/auth_field.hpp"
#include "offhook/auth/digest_accounts.hpp"
#include "offhook/auth/digest_attempt.hpp"
#include "offhook/auth/digest_client.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/random.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/message/challenge.hpp"
#include "offhook/message/cseq.hpp"
#include "offhook/message/message_model.hpp"
#include "offhook/message/quoted_string.hpp"

namespace offhook {

/// What the requests of one call show to whoever has challenged one of them: one DigestClient, and
/// which of its attempts belongs to which request. An Endpoint makes one with the first challenge.
/// RFC 3261 §22. `Lazy` is any type: what this does is compiled where an Endpoint uses it.
template <class Lazy>
class BasicAuthenticator {
public:
    /// With the users as whom it may answer, each for its realm.
    explicit BasicAuthenticator(DigestAccounts accounts) : accounts_(std::move(accounts)) {}

    /// A request got 401 or 407; `tries` as for DigestClient::challenged().
    DigestDecision challenged(TransactionId request, const Message& response, std::size_t tries) {
        Try& made = find_or_add(request);
        made.challenges = challenges_of(response);
        return client_.challenged(accounts_, made.challenges, made.attempt, tries);
    }

    /// The application has named an account, also in place of one that was rejected; that one
    /// itself is not tried once more. RFC 3261 §22.1
    DigestDecision named(TransactionId request, DigestAccount account, std::size_t tries) {
        Try* const made = find(request);
        if (!made || !has_asked(made->challenges, account.realm))
            return {DigestOutcome::unknown_realm, account.realm};
        const DigestAccount* const before = accounts_.find(account.realm);
        const bool same =
            before && before->username == account.username && before->password == account.password;
        accounts_.set(std::move(account));
        const DigestDecision decision =
            client_.challenged(accounts_, made->challenges, made->attempt, tries);
        if (decision.outcome != DigestOutcome::rejected) return decision;
        if (same) return decision;
        made->attempt = {};
        return client_.challenged(accounts_, made->challenges, made->attempt, tries);
    }

    /// The INVITE goes to somebody else, who sees no credentials before it asks.
    void forget_realms() {
        client_ = {};
        tries_.clear();
    }

    /// The request is sent again as this transaction.
    void sent_again(TransactionId request, TransactionId transaction) {
        if (Try* const made = find(request)) made->transaction = transaction;
    }

    /// Adds the credentials to a request that is about to leave: the ACK of a 2xx has those of its
    /// INVITE, and what the application has written itself stands. RFC 3261 §22.1
    template <RandomSource R>
    void authorize(Message& request, TransactionId transaction, R& random) {
        if (request.header(Header::authorization) || request.header(Header::proxy_authorization))
            return;
        const auto cseq = CSeq::parse(request.header(Header::cseq).value_or(""));
        const std::uint32_t number = cseq ? cseq->number : 0;
        if (request.method() == "ACK") {
            for (const Invite& invite : invites_)
                if (invite.number == number) add(request, invite.fields);
            return;
        }
        Try* const known = find(transaction);
        DigestAttempt attempt = known ? known->attempt : DigestAttempt{};
        std::vector<AuthField> fields = client_.authorize(
            accounts_, {request.method(), request.request_uri(), request.body()}, attempt, random);
        if (fields.empty()) return;
        (known ? *known : find_or_add(transaction)).attempt = std::move(attempt);
        const bool invite = request.method() == "INVITE";
        add(request, fields);
        if (!invite) return;
        if (invites_.size() == most_invites) invites_.erase(invites_.begin());
        invites_.push_back({number, std::move(fields)});
    }

    /// It has another final response; null where it has none.
    void finished(TransactionId transaction, const Message* response) {
        for (std::size_t i = 0; i < tries_.size(); ++i) {
            if (tries_[i].transaction != transaction) continue;
            const auto info =
                response ? response->header(Header::authentication_info) : std::nullopt;
            if (info) client_.authentication_info(*info, tries_[i].attempt);
            tries_.erase(tries_.begin() + static_cast<std::ptrdiff_t>(i));
            return;
        }
    }

    /// For a call that another fork has made: the ACK of its 2xx needs the same credentials, but
    /// two that count the same nonce would get into each other's way.
    BasicAuthenticator for_fork() const {
        BasicAuthenticator other(accounts_);
        other.invites_ = invites_;
        return other;
    }

private:
    /// A request on its way through its challenges.
    struct Try {
        TransactionId request;     ///< as the session names it
        TransactionId transaction; ///< the latest one
        DigestAttempt attempt = {};
        std::vector<AuthField> challenges = {};
    };
    struct Invite {
        std::uint32_t number; ///< of its CSeq
        std::vector<AuthField> fields;
    };
    static constexpr std::size_t most_tries = 16; ///< a request that is pushed out starts anew
    static constexpr std::size_t most_invites = 4;

    static bool has_asked(const std::vector<AuthField>& challenges, std::string_view realm) {
        for (const AuthField& field : challenges)
            if (const auto challenge = Challenge::parse(field.value))
                if (unquote(challenge->realm()) == realm) return true;
        return false;
    }
    static void add(Message& message, const std::vector<AuthField>& fields) {
        for (const AuthField& field : fields)
            message.add(field.name, field.value);
    }
    Try* find(TransactionId request) {
        for (Try& made : tries_)
            if (made.request == request || made.transaction == request) return &made;
        return nullptr;
    }
    Try& find_or_add(TransactionId request) {
        if (Try* const made = find(request)) return *made;
        if (tries_.size() == most_tries) tries_.erase(tries_.begin());
        return tries_.emplace_back(Try{request, request});
    }

    DigestAccounts accounts_;
    Late<DigestClient, Lazy> client_;
    std::vector<Try> tries_;
    std::vector<Invite> invites_; ///< the latest that showed something
};

/// By itself, outside of an Endpoint.
using Authenticator = BasicAuthenticator<void>;

} // namespace offhook

#endif

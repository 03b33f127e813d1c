#ifndef OFFHOOK_AUTH_DIGEST_CLIENT_HPP
#define OFFHOOK_AUTH_DIGEST_CLIENT_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/auth/auth_field.hpp"
#include "offhook/auth/digest.hpp"
#include "offhook/auth/digest_accounts.hpp"
#include "offhook/auth/digest_attempt.hpp"
#include "offhook/auth/md5.hpp"
#include "offhook/auth/nonce_count.hpp"
#include "offhook/auth/sha256.hpp"
#include "offhook/auth/sha512_256.hpp"
#include "offhook/core/limits.hpp"
#include "offhook/core/random.hpp"
#include "offhook/message/auth_parameters.hpp"
#include "offhook/message/challenge.hpp"
#include "offhook/message/characters.hpp"
#include "offhook/message/quoted_string.hpp"
#include "offhook/message/safe_value.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// The client's side of Digest for all requests with one Call-ID: which realms have asked, with
/// what nonce, and how often it has been used. What they have asked once is shown to them in every
/// later request unasked. RFC 3261 §22, RFC 7616, RFC 8760
///
///     DigestAttempt attempt;
///     for (AuthField& field : client.authorize(accounts, request, attempt, random)) … add it
///     … 401 or 407:
///     if (client.challenged(accounts, challenges_of(response), attempt).outcome == retry) … again
///
/// The hashes are those that the client answers with. Leaving MD5 out is the protection against a
/// peer that takes the better challenges away. RFC 8760 §3
template <Hash... Hashes>
class BasicDigestClient {
public:
    /// Takes the challenges of a 401 or 407. For each realm the topmost one counts that is
    /// understood (RFC 8760 §2.4). One that can be answered is enough for a retry. `tries` bounds
    /// the repetitions of the request, whatever the server says. Once the application has named an
    /// account for an unknown realm it may be called with the same challenges again; once it has
    /// another password for one that rejects, with a new attempt.
    DigestDecision challenged(const DigestAccounts& accounts, std::span<const AuthField> challenges,
                              DigestAttempt& attempt,
                              std::size_t tries = Limits{}.authentication_tries);

    /// The Authorization and Proxy-Authorization lines that the request is to have, in place of
    /// those that it had. They are counted: call it once for each time that the request goes out in
    /// a transaction of its own. None for ACK, which repeats those of its INVITE as they stand, nor
    /// for CANCEL. RFC 3261 §22.1
    template <RandomSource R>
    std::vector<AuthField> authorize(const DigestAccounts& accounts, const DigestRequest& request,
                                     DigestAttempt& attempt, R& random);

    /// Takes the Authentication-Info of a 2xx: its nextnonce is that of the next request. The field
    /// names no realm, so it counts only where the request showed credentials to one. RFC 7616 §3.5
    void authentication_info(std::string_view value, const DigestAttempt& attempt);

private:
    using Algorithms = DigestAlgorithms<Hashes...>;

    /// What a challenge asks. Texts that end in _text keep the server's quotes and escapes: they go
    /// back as they came.
    struct Terms {
        Challenger by = Challenger::user_agent;
        std::string realm = {};
        std::string realm_text = {};
        std::string opaque_text = {};    ///< empty where there is none
        std::string algorithm_text = {}; ///< empty where the server does not name it
        DigestAlgorithm algorithm = {};
        Qop qop = Qop::none;
        bool userhash = false;
    };
    struct Offer {
        Terms terms = {};
        std::string nonce_text = {};
        bool stale = false;
    };
    /// What the latest challenge of a realm asks, and how its nonce has been used.
    struct Space {
        Terms terms = {};
        bool open = false; ///< whether to show credentials
        std::string nonce_text = {};
        std::string cnonce = {}; ///< kept as long as the nonce: DigestAlgorithms::response()
        NonceCount count = NonceCount();
        std::uint32_t nonces = 0; ///< nonces so far

        void take_nonce(std::string text) {
            if (nonce_text == text) return;
            nonce_text = std::move(text);
            cnonce.clear();
            count = NonceCount();
            ++nonces;
        }
    };

    static std::optional<Offer> understand(const AuthField& field);
    static std::string quoted(const AuthParameters& parameters, std::string_view name);
    static DigestAttempt::Shown& shown_in(DigestAttempt& attempt, std::size_t space) {
        if (attempt.shown_.size() <= space) attempt.shown_.resize(space + 1);
        return attempt.shown_[space];
    }
    static bool rejects(const Space& space, const DigestAttempt::Shown& shown, const Offer& offer);
    static std::string credentials(const Space& space, const DigestAccount& account,
                                   const DigestRequest& request, std::string_view count);
    std::size_t place(const Terms& terms);

    std::vector<Space> spaces_; // at most two for each realm that the application has named
};

/// With the algorithms of RFC 8760.
using DigestClient = BasicDigestClient<Sha256, Sha512_256, Md5>;

template <Hash... Hashes>
DigestDecision BasicDigestClient<Hashes...>::challenged(const DigestAccounts& accounts,
                                                        std::span<const AuthField> challenges,
                                                        DigestAttempt& attempt, std::size_t tries) {
    DigestDecision decision;
    bool retry = false;
    std::vector<bool> settled;
    for (const AuthField& field : challenges) {
        auto offer = understand(field);
        if (!offer) continue;
        const std::string& realm = offer->terms.realm;
        if (!accounts.find(realm)) {
            if (decision.outcome == DigestOutcome::not_understood)
                decision = {DigestOutcome::unknown_realm, realm};
            continue;
        }
        const std::size_t i = place(offer->terms);
        settled.resize(spaces_.size());
        if (settled[i]) continue;
        settled[i] = true;

        Space& space = spaces_[i];
        DigestAttempt::Shown& shown = shown_in(attempt, i);
        if (rejects(space, shown, *offer)) {
            decision = {DigestOutcome::rejected, realm};
            space.open = false;
            continue;
        }
        shown.asked = true;
        retry = true;
        space.open = true;
        space.take_nonce(std::move(offer->nonce_text));
        space.terms = std::move(offer->terms);
    }
    if (!retry) return decision;
    if (attempt.tries_ >= tries) return {DigestOutcome::exhausted};
    ++attempt.tries_;
    return {DigestOutcome::retry};
}

template <Hash... Hashes>
template <RandomSource R>
std::vector<AuthField> BasicDigestClient<Hashes...>::authorize(const DigestAccounts& accounts,
                                                               const DigestRequest& request,
                                                               DigestAttempt& attempt, R& random) {
    std::vector<AuthField> fields;
    if (!is_challengeable(request.method)) return fields;
    for (std::size_t i = 0; i < spaces_.size(); ++i) {
        Space& space = spaces_[i];
        DigestAttempt::Shown& shown = shown_in(attempt, i);
        shown.nonce = 0;
        const DigestAccount* account = accounts.find(space.terms.realm);
        if (!space.open || !account) continue;
        const std::string count = space.count.next();
        if (count.empty()) {
            space.open = false; // worn out: be asked anew
            continue;
        }
        if (space.cnonce.empty()) space.cnonce = random.token(128);
        shown.nonce = space.nonces;
        fields.push_back(
            {credentials_header(space.terms.by), credentials(space, *account, request, count)});
    }
    return fields;
}

template <Hash... Hashes>
void BasicDigestClient<Hashes...>::authentication_info(std::string_view value,
                                                       const DigestAttempt& attempt) {
    AuthParameters parameters;
    Scanner in(value);
    if (!is_safe_value(value) || parameters.read(in) || parameters.value("nextnonce").empty())
        return;
    Space* only = nullptr;
    for (std::size_t i = 0; i < attempt.shown_.size() && i < spaces_.size(); ++i) {
        if (attempt.shown_[i].nonce == 0 || spaces_[i].terms.by == Challenger::proxy) continue;
        if (only) return;
        only = &spaces_[i];
    }
    if (only) only->take_nonce(quoted(parameters, "nextnonce"));
}

template <Hash... Hashes>
auto BasicDigestClient<Hashes...>::understand(const AuthField& field) -> std::optional<Offer> {
    if (!is_safe_value(field.value)) return std::nullopt; // a quoted-pair may hold NUL
    const auto challenge = Challenge::parse(field.value);
    if (!challenge || !challenge->is_digest() || challenge->nonce().empty()) return std::nullopt;
    const AuthParameters& given = challenge->parameters;
    const auto algorithm = Algorithms::find(challenge->algorithm());
    if (!algorithm || !given.has("realm")) return std::nullopt;

    Offer offer;
    Terms& terms = offer.terms;
    if (challenge->offers_qop("auth")) {
        terms.qop = Qop::auth; // rather than auth-int: bodies are rewritten on the way
    } else if (challenge->offers_qop("auth-int")) {
        terms.qop = Qop::auth_int;
    } else if (!challenge->qop().empty() || algorithm->session) {
        return std::nullopt; // "-sess" needs a cnonce, and that a qop. RFC 3261 §22.4
    }
    if (field.name == Header::proxy_authenticate) terms.by = Challenger::proxy;
    terms.realm_text = quoted(given, "realm");
    terms.realm = unquote(terms.realm_text);
    if (given.has("opaque")) terms.opaque_text = quoted(given, "opaque");
    terms.algorithm = *algorithm;
    terms.algorithm_text = challenge->algorithm();
    terms.userhash = iequals(given.value("userhash"), "true");
    offer.nonce_text = quoted(given, "nonce");
    offer.stale = challenge->stale();
    return offer;
}

template <Hash... Hashes>
std::string BasicDigestClient<Hashes...>::quoted(const AuthParameters& parameters,
                                                 std::string_view name) {
    return '"' + std::string(parameters.value(name)) + '"';
}

/// Whether the challenge says that the credentials which the request had are wrong. Those that were
/// shown unasked are not judged by a new nonce: many servers that let one expire do not say stale,
/// so what they ask in this request gets one answer.
template <Hash... Hashes>
bool BasicDigestClient<Hashes...>::rejects(const Space& space, const DigestAttempt::Shown& shown,
                                           const Offer& offer) {
    if (shown.nonce == 0 || offer.stale) return false;
    return shown.asked || (shown.nonce == space.nonces && offer.nonce_text == space.nonce_text);
}

template <Hash... Hashes>
std::size_t BasicDigestClient<Hashes...>::place(const Terms& terms) {
    for (std::size_t i = 0; i < spaces_.size(); ++i)
        if (spaces_[i].terms.by == terms.by && spaces_[i].terms.realm == terms.realm) return i;
    spaces_.emplace_back().terms = terms;
    return spaces_.size() - 1;
}

template <Hash... Hashes>
std::string
BasicDigestClient<Hashes...>::credentials(const Space& space, const DigestAccount& account,
                                          const DigestRequest& request, std::string_view count) {
    const Terms& terms = space.terms;
    const std::string nonce = unquote(space.nonce_text);
    const std::string ha1 =
        Algorithms::ha1(terms.algorithm, account.username, account.realm, account.password);
    const std::string response = Algorithms::response(
        terms.algorithm, ha1,
        {request.method, request.uri, request.body, nonce, terms.qop, count, space.cnonce});
    std::string username = account.username;
    if (terms.userhash) username = Algorithms::userhash(terms.algorithm, username, account.realm);

    std::string text = "Digest username=" + quote(username);
    text.append(", realm=").append(terms.realm_text);
    text.append(", nonce=").append(space.nonce_text);
    text.append(", uri=").append(quote(request.uri));
    text.append(", response=").append(quote(response));
    if (!terms.algorithm_text.empty()) text.append(", algorithm=").append(terms.algorithm_text);
    if (terms.qop != Qop::none) {
        text.append(", cnonce=").append(quote(space.cnonce));
        text.append(", qop=").append(name_of(terms.qop));
        text.append(", nc=").append(count);
    }
    if (!terms.opaque_text.empty()) text.append(", opaque=").append(terms.opaque_text);
    if (terms.userhash) text += ", userhash=true";
    return text;
}

} // namespace offhook

#endif

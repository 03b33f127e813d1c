#ifndef OFFHOOK_AUTH_DIGEST_SERVER_HPP
#define OFFHOOK_AUTH_DIGEST_SERVER_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "offhook/auth/auth_field.hpp"
#include "offhook/auth/constant_time.hpp"
#include "offhook/auth/digest.hpp"
#include "offhook/auth/digest_claim.hpp"
#include "offhook/auth/digest_server_options.hpp"
#include "offhook/auth/md5.hpp"
#include "offhook/auth/nonce_maker.hpp"
#include "offhook/auth/replay_guard.hpp"
#include "offhook/auth/sha256.hpp"
#include "offhook/core/error.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/credentials.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/quoted_string.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/uri_compare.hpp"

namespace offhook {

/// Whether a challenge says that only the nonce was too old, so that the client need not ask its
/// user for the password again. RFC 7616 §3.3
enum class Stale : unsigned char { no, yes };

/// The server's side of Digest for one realm. A value, without any state for those who only ask: a
/// nonce shows by itself that it is ours, and the count of a nonce is kept once a digest made with
/// it has turned out right. RFC 3261 §22, RFC 7616, RFC 8760
///
///     const auto read = server.read(now, request, credentials_of(message, by));
///     if (auto* claim = std::get_if<DigestClaim>(&read))
///         verdict = server.verify(*claim, request, DigestSecret::password(find(claim->user)));
///
/// The hashes are those that it asks for, the most preferred first. ACK and CANCEL are not for it:
/// is_challengeable().
template <Hash... Hashes>
class BasicDigestServer {
public:
    /// Throws what check() refuses.
    BasicDigestServer(DigestServerOptions options, HashKey key)
        : options_(std::move(options)), nonces_(key), counts_(options_.nonces) {
        if (const Refusal refused = check(options_)) raise(refused);
    }

    /// The lines of a 401 or 407: one for each hash, in the order of preference. RFC 8760 §2.3
    std::vector<AuthField> challenges(TimePoint now, Stale stale = Stale::no);

    /// Looks for credentials that are for this realm, well-formed, made for this request and with a
    /// nonce of ours that is still good.
    std::variant<DigestVerdict, DigestClaim> read(TimePoint now, const DigestRequest& request,
                                                  std::span<const AuthField> credentials) const;

    /// Whether the claim is right, for the same request. The count of its nonce is recorded only
    /// then, so nobody without the password can use it up.
    DigestVerdict verify(const DigestClaim& claim, const DigestRequest& request,
                         const DigestSecret& secret);

    /// As the constructor was given them.
    const DigestServerOptions& options() const { return options_; }

private:
    using Algorithms = DigestAlgorithms<Hashes...>;
    using Reading = std::variant<DigestVerdict, DigestClaim>;

    Reading read_one(TimePoint now, const DigestRequest& request, std::string_view line) const;
    /// The rule of a parameter that is missing or malformed; empty where there is none.
    static std::string_view incomplete(const Credentials& credentials);
    bool offers(Qop qop) const;
    bool is_for(std::string_view uri, const DigestRequest& request) const;
    static bool same_uri(std::string_view a, std::string_view b);
    static std::string text(const Credentials& credentials, std::string_view name) {
        return unquote(credentials.parameters.find(name).value_or(std::string_view{}));
    }

    DigestServerOptions options_;
    NonceMaker nonces_;
    ReplayGuard counts_;
};

/// Asks for SHA-256, and MD5 from those who know nothing better. BasicDigestServer<Sha256> is the
/// one that nobody can talk down. RFC 8760 §3
using DigestServer = BasicDigestServer<Sha256, Md5>;

template <Hash... Hashes>
std::vector<AuthField> BasicDigestServer<Hashes...>::challenges(TimePoint now, Stale stale) {
    std::string_view qop = options_.auth ? "auth" : "auth-int";
    if (options_.auth && options_.auth_int) qop = "auth,auth-int";
    const std::string begin = "Digest realm=" + quote(options_.realm)
                              + ", nonce=" + quote(nonces_.make(now))
                              + (stale == Stale::yes ? ", stale=true, algorithm=" : ", algorithm=");
    std::vector<AuthField> fields;
    for (std::size_t i = 0; i < Algorithms::count; ++i) {
        std::string value = begin + Algorithms::name({i, options_.session}) + ", qop=" + quote(qop);
        fields.push_back({challenge_header(options_.by), std::move(value)});
    }
    return fields;
}

template <Hash... Hashes>
auto BasicDigestServer<Hashes...>::read(TimePoint now, const DigestRequest& request,
                                        std::span<const AuthField> credentials) const -> Reading {
    DigestVerdict verdict;
    for (const AuthField& field : credentials) {
        if (field.name != credentials_header(options_.by)) continue;
        Reading each = read_one(now, request, field.value);
        const auto* refused = std::get_if<DigestVerdict>(&each);
        if (!refused) return each;
        if (refused->standing > verdict.standing) verdict = *refused;
    }
    return verdict;
}

template <Hash... Hashes>
auto BasicDigestServer<Hashes...>::read_one(TimePoint now, const DigestRequest& request,
                                            std::string_view line) const -> Reading {
    const DigestVerdict challenge{DigestStanding::challenge};
    const auto credentials = Credentials::parse(line);
    if (!credentials) return DigestVerdict{DigestStanding::bad_request, {}, credentials.error()};
    // No other scheme counts, and a value for another realm is not ours. RFC 3261 §22.3, §22.4
    if (!credentials->is_digest() || text(*credentials, "realm") != options_.realm)
        return challenge;

    const auto bad = [&](std::string_view rule, std::size_t offset) -> DigestVerdict {
        return {DigestStanding::bad_request, {}, {rule, offset}};
    };
    const std::string_view rule = incomplete(*credentials);
    if (!rule.empty()) return bad(rule, line.size());
    // A client that has not been challenged may say so with empty values. RFC 8760 §2.7
    if (credentials->nonce().empty() || credentials->response().empty()) return challenge;

    const auto algorithm = Algorithms::find(credentials->algorithm());
    if (!algorithm || algorithm->session != options_.session) return challenge;
    const bool named = credentials->parameters.has("qop");
    const auto qop = named ? qop_from(credentials->qop()) : Qop::none;
    if (!qop || !offers(*qop)) return challenge;
    const std::string uri = text(*credentials, "uri");
    if (!is_for(uri, request)) {
        const auto at = credentials->uri().data() - line.data();
        return bad("digest-uri: not the Request-URI", static_cast<std::size_t>(at));
    }

    const auto nonce = nonces_.read(text(*credentials, "nonce"));
    if (!nonce || nonce->made > now || now - nonce->made > options_.nonce_lifetime)
        return DigestVerdict{DigestStanding::stale};
    constexpr std::string_view names[] = {Hashes::name...};
    return DigestClaim{text(*credentials, "username"), names[algorithm->hash], uri,
                       std::string(line), nonce->serial};
}

template <Hash... Hashes>
DigestVerdict BasicDigestServer<Hashes...>::verify(const DigestClaim& claim,
                                                   const DigestRequest& request,
                                                   const DigestSecret& secret) {
    const auto credentials = Credentials::parse(claim.line);
    if (!credentials) return {};
    const auto algorithm = Algorithms::find(credentials->algorithm());
    if (!algorithm) return {};
    const Qop qop = qop_from(credentials->qop()).value_or(Qop::none);
    const std::string nonce = text(*credentials, "nonce");
    const std::string cnonce = text(*credentials, "cnonce");
    const std::string ha1 =
        secret.kind == DigestSecret::Kind::ha1
            ? std::string(secret.text)
            : Algorithms::ha1(*algorithm, claim.user, options_.realm, secret.text);
    const std::string right =
        Algorithms::response(*algorithm, ha1,
                             {request.method, claim.uri, request.body, nonce, qop,
                              credentials->parameters.value("nc"), cnonce});
    const bool same = equal_in_constant_time(right, credentials->response());
    if (!same || secret.kind == DigestSecret::Kind::unknown_user) return {};

    // Without a qop nothing is counted, so the nonce is good for this one request.
    constexpr std::uint32_t all = UINT32_MAX;
    const std::uint32_t count = qop == Qop::none ? all : credentials->nonce_count().value_or(0);
    if (!counts_.take(claim.serial, count)) return {DigestStanding::stale};
    return {DigestStanding::accepted, claim.user};
}

template <Hash... Hashes>
std::string_view BasicDigestServer<Hashes...>::incomplete(const Credentials& credentials) {
    const AuthParameters& given = credentials.parameters;
    if (!given.has("username")) return "digest-response: username";
    if (given.has("username*")) return "digest-response: username and username*";
    if (!given.has("nonce")) return "digest-response: nonce";
    if (!given.has("uri")) return "digest-response: uri";
    if (!given.has("response")) return "digest-response: response";
    if (!given.has("qop")) return {};
    if (credentials.cnonce().empty()) return "digest-response: cnonce";
    if (!credentials.nonce_count()) return "digest-response: nc";
    return {};
}

template <Hash... Hashes>
bool BasicDigestServer<Hashes...>::offers(Qop qop) const {
    switch (qop) {
    case Qop::auth: return options_.auth;
    case Qop::auth_int: return options_.auth_int;
    case Qop::none: break;
    }
    return options_.without_qop && !options_.session; // "-sess" needs a cnonce
}

template <Hash... Hashes>
bool BasicDigestServer<Hashes...>::is_for(std::string_view uri,
                                          const DigestRequest& request) const {
    if (same_uri(uri, request.uri)) return true;
    for (const std::string& own : options_.own_uris)
        if (same_uri(uri, own)) return true;
    return false;
}

template <Hash... Hashes>
bool BasicDigestServer<Hashes...>::same_uri(std::string_view a, std::string_view b) {
    if (a == b) return true;
    const auto x = Uri::parse(a);
    const auto y = Uri::parse(b);
    return x && y && equivalent(*x, *y);
}

} // namespace offhook

#endif

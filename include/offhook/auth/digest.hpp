#ifndef OFFHOOK_AUTH_DIGEST_HPP
#define OFFHOOK_AUTH_DIGEST_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "offhook/auth/hash.hpp"
#include "offhook/message/characters.hpp"

namespace offhook {

/// What a digest covers.
///
///     qop-value = "auth" / "auth-int" / token
///
/// RFC 7616 §3.3
enum class Qop : unsigned char {
    none,    ///< not named: as RFC 2069 had it, without a count or a nonce of the client
    auth,    ///< the method and the URI
    auth_int ///< the body too
};

/// As it is written; empty for none.
constexpr std::string_view name_of(Qop qop) noexcept {
    return qop == Qop::auth ? "auth" : qop == Qop::auth_int ? "auth-int" : "";
}
/// Nothing for a value that is not known.
constexpr std::optional<Qop> qop_from(std::string_view text) noexcept {
    if (iequals(text, "auth")) return Qop::auth;
    if (iequals(text, "auth-int")) return Qop::auth_int;
    return std::nullopt;
}

/// What is public in a digest. All texts without quotes and with quoted-pairs resolved, which is
/// the unq() of RFC 7616 §3.3.
struct DigestInput {
    std::string_view method;           ///< empty in the rspauth of a response: RFC 7616 §3.5
    std::string_view uri;              ///< that of the credentials
    std::string_view body = {};        ///< the whole entity; only auth-int takes it
    std::string_view nonce = {};       ///< the server's
    Qop qop = Qop::none;               ///< none: in the way of RFC 2069, without the next two
    std::string_view nonce_count = {}; ///< the eight hexadecimal digits as they are sent
    std::string_view cnonce = {};      ///< the client's nonce
};

/// The H(A1) of an algorithm without "-sess": what a server keeps in place of a password. RFC 7616
/// §3.4.2
template <Hash H>
std::string digest_ha1(std::string_view username, std::string_view realm,
                       std::string_view password) {
    return hash_of<H>({username, realm, password});
}

/// The H(A1) of the "-sess" variant, made from that of the plain one. RFC 7616 §3.4.2
template <Hash H>
std::string digest_session_ha1(std::string_view ha1, std::string_view nonce,
                               std::string_view cnonce) {
    return hash_of<H>({ha1, nonce, cnonce});
}

/// The user name of a client that answers userhash=true. RFC 7616 §3.4.4
template <Hash H>
std::string digest_userhash(std::string_view username, std::string_view realm) {
    return hash_of<H>({username, realm});
}

/// The value of the response parameter. RFC 7616 §3.4.1, §3.4.3; RFC 2617 §3.2.2.1 without a qop
template <Hash H>
std::string digest_response(std::string_view ha1, const DigestInput& in) {
    const std::string ha2 = in.qop == Qop::auth_int
                                ? hash_of<H>({in.method, in.uri, hash_of<H>({in.body})})
                                : hash_of<H>({in.method, in.uri});
    if (in.qop == Qop::none) return hash_of<H>({ha1, in.nonce, ha2});
    return hash_of<H>({ha1, in.nonce, in.nonce_count, in.cnonce, name_of(in.qop), ha2});
}

/// An algorithm of the algorithm parameter, out of those that somebody supports.
struct DigestAlgorithm {
    std::size_t hash = 0; ///< which of the hashes
    bool session = false; ///< whether it is the "-sess" variant

    friend constexpr bool operator==(const DigestAlgorithm&, const DigestAlgorithm&) = default;
};

/// The same computations where the hash is one of several and a peer says which.
template <Hash... Hashes>
struct DigestAlgorithms {
    static constexpr std::size_t count = sizeof...(Hashes); ///< of the hashes
    static_assert(count > 0);

    /// What the value of an algorithm parameter names; empty, as where it is missing, it is MD5.
    /// Nothing where it is none of ours. RFC 7616 §3.3
    static constexpr std::optional<DigestAlgorithm> find(std::string_view text) {
        constexpr std::string_view sess = "-sess";
        if (text.empty()) text = "MD5";
        const std::size_t stem = text.size() > sess.size() ? text.size() - sess.size() : 0;
        const bool session = iequals(text.substr(stem), sess);
        if (session) text = text.substr(0, stem);
        std::size_t i = 0;
        const bool found = ((iequals(text, Hashes::name) || (++i, false)) || ...);
        if (!found) return std::nullopt;
        return DigestAlgorithm{i, session};
    }

    /// As the algorithm parameter has it.
    static std::string name(DigestAlgorithm algorithm) {
        std::string text = with(algorithm, []<class H>(Tag<H>) { return std::string(H::name); });
        return algorithm.session ? text + "-sess" : text;
    }

    /// digest_ha1(), which depends on the hash alone.
    static std::string ha1(DigestAlgorithm algorithm, std::string_view username,
                           std::string_view realm, std::string_view password) {
        return with(algorithm,
                    [&]<class H>(Tag<H>) { return digest_ha1<H>(username, realm, password); });
    }

    /// digest_userhash(), which depends on the hash alone.
    static std::string userhash(DigestAlgorithm algorithm, std::string_view username,
                                std::string_view realm) {
        return with(algorithm,
                    [&]<class H>(Tag<H>) { return digest_userhash<H>(username, realm); });
    }

    /// digest_response() from what ha1() gives, for both variants. The session key is taken from
    /// the nonces of this very request. A client that keeps its cnonce for as long as the nonce
    /// agrees with those who take it from the first request alone.
    static std::string response(DigestAlgorithm algorithm, std::string_view ha1,
                                const DigestInput& in) {
        return with(algorithm, [&]<class H>(Tag<H>) {
            if (!algorithm.session) return digest_response<H>(ha1, in);
            return digest_response<H>(digest_session_ha1<H>(ha1, in.nonce, in.cnonce), in);
        });
    }

private:
    template <class H>
    using Tag = std::type_identity<H>;

    template <class Make>
    static std::string with(DigestAlgorithm algorithm, Make make) {
        std::string text;
        std::size_t i = 0;
        const auto one_of = [&](auto tag) {
            if (i++ == algorithm.hash) text = make(tag);
        };
        (one_of(Tag<Hashes>{}), ...);
        return text;
    }
};

} // namespace offhook

#endif

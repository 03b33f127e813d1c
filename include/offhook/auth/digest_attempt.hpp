#ifndef OFFHOOK_AUTH_DIGEST_ATTEMPT_HPP
#define OFFHOOK_AUTH_DIGEST_ATTEMPT_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "offhook/auth/hash.hpp"

namespace offhook {

/// What a challenge leads to.
enum class DigestOutcome : unsigned char {
    retry,          ///< authorize() the request once more and send it with a new CSeq and branch
    not_understood, ///< nothing there that we can answer: no Digest, an unknown algorithm or qop
    unknown_realm,  ///< the application has named none of the realms
    rejected,       ///< the user name or the password is wrong
    exhausted       ///< the server still asks after so many tries
};

/// What is to be done about a challenge.
struct DigestDecision {
    DigestOutcome outcome = DigestOutcome::not_understood; ///< retry, or why not
    /// The realm that is unknown or that rejects, to show to the user. RFC 3261 §22.1
    std::string realm = {};

    friend bool operator==(const DigestDecision&, const DigestDecision&) = default;
};

/// The way of one request through its challenges: make a new one for each request, and keep it for
/// the request's repetitions.
class DigestAttempt {
public:
    /// How often the request has been sent again.
    std::size_t tries() const { return tries_; }

private:
    template <Hash... Hashes>
    friend class BasicDigestClient;

    struct Shown {
        std::uint32_t nonce = 0; ///< the nonce of what was last sent, counted; 0: nothing was
        bool asked = false;      ///< whether the realm has challenged this very request
    };
    std::vector<Shown> shown_; // a protection space each
    std::size_t tries_ = 0;
};

} // namespace offhook

#endif

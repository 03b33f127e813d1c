#ifndef OFFHOOK_AUTH_SHA256_HPP
#define OFFHOOK_AUTH_SHA256_HPP

#include <cstdint>
#include <string_view>

#include "offhook/auth/sha2.hpp"

namespace offhook {

/// SHA-256, which every digest implementation must know today. FIPS 180-4 §6.2, RFC 7616 §3.7
class Sha256 : public Sha2<std::uint32_t, 32> {
public:
    static constexpr std::string_view name = "SHA-256"; ///< in the algorithm parameter

    // FIPS 180-4 §5.3.3
    constexpr Sha256()
        : Sha2({0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab,
                0x5be0cd19}) {}
};

} // namespace offhook

#endif

#ifndef OFFHOOK_AUTH_SHA512_256_HPP
#define OFFHOOK_AUTH_SHA512_256_HPP

#include <cstdint>
#include <string_view>

#include "offhook/auth/sha2.hpp"

namespace offhook {

/// SHA-512/256: not the first half of SHA-512, since it starts from a state of its own. FIPS 180-4
/// §6.7; its name in a digest is that of RFC 7616 §6.1
class Sha512_256 : public Sha2<std::uint64_t, 32> {
public:
    static constexpr std::string_view name = "SHA-512-256"; ///< in the algorithm parameter

    // FIPS 180-4 §5.3.6.2
    constexpr Sha512_256()
        : Sha2({0x22312194fc2bf72c, 0x9f555fa3c84c64c2, 0x2393b86b6f53b151, 0x963877195940eabd,
                0x96283ee2a88effe3, 0xbe5e1e2553863992, 0x2b0199fc2c85b8aa, 0x0eb72ddc81c52ca2}) {}
};

} // namespace offhook

#endif

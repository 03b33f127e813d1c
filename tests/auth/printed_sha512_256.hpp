#ifndef OFFHOOK_TESTS_AUTH_PRINTED_SHA512_256_HPP
#define OFFHOOK_TESTS_AUTH_PRINTED_SHA512_256_HPP

#include <cstdint>
#include <string_view>

#include "offhook/auth/sha2.hpp"

/// What the example of RFC 7616 §3.9.2 was printed with: the first half of SHA-512, which is not
/// SHA-512/256 (erratum 4897). An application's own hash to the library.
class PrintedSha512_256 : public offhook::Sha2<std::uint64_t, 32> {
public:
    static constexpr std::string_view name = "SHA-512-256";

    constexpr PrintedSha512_256()
        : Sha2({0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179}) {}
};

#endif

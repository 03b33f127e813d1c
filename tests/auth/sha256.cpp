#include "offhook/auth/sha256.hpp"

#include <cstddef>
#include <string>

#include "../catch.hpp"

using offhook::hash_of;
using offhook::Sha256;

// FIPS 180-4, the examples of NIST; RFC 8760 §2.6 has the one of the empty text.
TEST_CASE("SHA-256 gives the vectors of NIST", "[auth][fips180-4]") {
    CHECK(hash_of<Sha256>({""})
          == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(hash_of<Sha256>({"abc"})
          == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(hash_of<Sha256>({"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"})
          == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(hash_of<Sha256>({std::string(1000000, 'a')})
          == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// What another implementation makes of all lengths about the ends of blocks.
TEST_CASE("SHA-256 is right at every length", "[auth][fips180-4]") {
    std::string all;
    for (std::size_t length = 0; length <= 200; ++length)
        all += hash_of<Sha256>({std::string(length, '\xa5')});
    CHECK(hash_of<Sha256>({all})
          == "90619f45c6b71fab6fec99077a193e731254d5fe061c6b8356b5121351d06815");
}

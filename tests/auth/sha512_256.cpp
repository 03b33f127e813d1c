#include "offhook/auth/sha512_256.hpp"

#include <cstddef>
#include <string>

#include "../catch.hpp"

using offhook::hash_of;
using offhook::Sha512_256;

// FIPS 180-4, the examples of NIST
TEST_CASE("SHA-512/256 gives the vectors of NIST", "[auth][fips180-4]") {
    CHECK(hash_of<Sha512_256>({"abc"})
          == "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
    CHECK(hash_of<Sha512_256>(
              {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopq"
               "klmnopqrlmnopqrsmnopqrstnopqrstu"})
          == "3928e184fb8690f840da3988121d31be65cb9d3ef83ee6146feac861e19b563a");
    CHECK(hash_of<Sha512_256>({""})
          == "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a");
}

// What another implementation makes of all lengths about the ends of blocks.
TEST_CASE("SHA-512/256 is right at every length", "[auth][fips180-4]") {
    std::string all;
    for (std::size_t length = 0; length <= 300; ++length)
        all += hash_of<Sha512_256>({std::string(length, '\xa5')});
    CHECK(hash_of<Sha512_256>({all})
          == "86b3ede2feeb9c4f3b6fac5c7815f059739010399ee11b9d1324c978eff01ec2");
}

#include "offhook/auth/md5.hpp"

#include <cstddef>
#include <string>

#include "../catch.hpp"

using offhook::hash_of;
using offhook::Md5;

// RFC 1321 A.5
TEST_CASE("MD5 gives the vectors of its RFC", "[auth][rfc1321]") {
    CHECK(hash_of<Md5>({""}) == "d41d8cd98f00b204e9800998ecf8427e");
    CHECK(hash_of<Md5>({"a"}) == "0cc175b9c0f1b6a831c399e269772661");
    CHECK(hash_of<Md5>({"abc"}) == "900150983cd24fb0d6963f7d28e17f72");
    CHECK(hash_of<Md5>({"message digest"}) == "f96b697d7cb7938d525a2f31aaf161d0");
    CHECK(hash_of<Md5>({"abcdefghijklmnopqrstuvwxyz"}) == "c3fcd3d76192e4007dfb496cca67e13b");
    CHECK(hash_of<Md5>({"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"})
          == "d174ab98d277d9f5a5611c2c9f419d9f");
    CHECK(hash_of<Md5>({"1234567890123456789012345678901234567890123456789012345678901234567890123"
                        "4567890"})
          == "57edf4a22be3c955ac49da2e2107b67a");
}

// What another implementation makes of all lengths about the ends of blocks.
TEST_CASE("MD5 is right at every length", "[auth][rfc1321]") {
    std::string all;
    for (std::size_t length = 0; length <= 200; ++length)
        all += hash_of<Md5>({std::string(length, '\xa5')});
    CHECK(hash_of<Md5>({all}) == "12a52ee961f56344641f5e6aa1f9f087");
}

TEST_CASE("MD5 does not mind how its text is cut", "[auth][rfc1321]") {
    const std::string text(150, 'x');
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        Md5 hash;
        hash.update(text.substr(0, cut));
        hash.update(text.substr(cut));
        CHECK(offhook::to_hex(hash.finish()) == hash_of<Md5>({text}));
    }
}

#include "offhook/core/digest_map.hpp"

#include "../catch.hpp"

#include <map>

#include "offhook/core/random.hpp"

using namespace offhook;

TEST_CASE("a digest finds the value that was put in with it", "[core]") {
    DigestMap<int> map;
    CHECK(map.find({1, 2}) == nullptr);
    CHECK_FALSE(map.erase({1, 2}));
    CHECK(map.insert({1, 2}, 12));
    CHECK(map.insert({1, 3}, 13)); // the halves both count
    CHECK_FALSE(map.insert({1, 2}, 99));
    CHECK(*map.find({1, 2}) == 12);
    CHECK(*map.find({1, 3}) == 13);
    CHECK(map.size() == 2);
    CHECK(map.erase({1, 2}));
    CHECK(map.find({1, 2}) == nullptr);
    CHECK(*map.find({1, 3}) == 13);
    CHECK_FALSE(map.empty());
    CHECK(map.insert({0, 0}, 7)); // a digest like any other
    CHECK(*map.find({0, 0}) == 7);
}

// Digests from a small set, so that long runs collide, wrap round the end and are erased in the
// middle.
TEST_CASE("a long random use of crowded digests agrees with a sorted map", "[core]") {
    Random random{Seed{}};
    DigestMap<std::uint64_t> map;
    std::map<Digest, std::uint64_t> model;
    for (std::uint64_t n = 0; n < 50000; ++n) {
        const std::uint64_t spread = n < 25000 ? 8 : 4096;
        const Digest digest{random.next() % spread - spread / 2, random.next() % 8};
        if (random.next() % 2 == 0) {
            REQUIRE(map.insert(digest, n) == model.emplace(digest, n).second);
        } else {
            REQUIRE(map.erase(digest) == (model.erase(digest) == 1));
        }
        REQUIRE(map.size() == model.size());
        const Digest other{random.next() % spread - spread / 2, random.next() % 8};
        const auto expected = model.find(other);
        const std::uint64_t* const found = map.find(other);
        REQUIRE((found != nullptr) == (expected != model.end()));
        if (found) REQUIRE(*found == expected->second);
    }
    for (const auto& [digest, value] : model)
        REQUIRE(*map.find(digest) == value);
}

TEST_CASE("a copied map changes for itself alone", "[core]") {
    DigestMap<int> map;
    map.insert({1, 1}, 1);
    DigestMap<int> copy = map;
    copy.erase({1, 1});
    CHECK(*map.find({1, 1}) == 1);
    CHECK(copy.empty());
}

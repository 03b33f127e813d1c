#include "offhook/endpoint/owners.hpp"

#include "../catch.hpp"
#include "offhook/core/slab.hpp"

using namespace offhook;

TEST_CASE("an owner is found by the id that it was set for, and by no other", "[endpoint]") {
    using Id = Handle<struct Something>;
    Owners<Id, int> owners;
    CHECK(owners.find(Id{}) == nullptr);
    CHECK(owners.find(Id{3, 1}) == nullptr);
    owners.set(Id{3, 1}, 7);
    REQUIRE(owners.find(Id{3, 1}));
    CHECK(*owners.find(Id{3, 1}) == 7);
    CHECK(owners.find(Id{3, 2}) == nullptr);
    CHECK(owners.find(Id{2, 1}) == nullptr);
    CHECK(owners.find(Id{}) == nullptr); // index 0 of an entry that was never set

    owners.set(Id{3, 2}, 8);
    owners.erase(Id{3, 1}); // stale: the place has been taken again
    CHECK(owners.find(Id{3, 1}) == nullptr);
    CHECK(*owners.find(Id{3, 2}) == 8);
    owners.erase(Id{3, 2});
    CHECK(owners.find(Id{3, 2}) == nullptr);
    owners.erase(Id{9, 1});
}

TEST_CASE("an owner that is still to be told stays beside the next one with its index",
          "[endpoint]") {
    using Id = Handle<struct Something>;
    Owners<Id, int> owners;
    owners.add(Id{3, 1}, 7);
    owners.add(Id{3, 2}, 8);
    owners.add(Id{3, 3}, 9);
    REQUIRE(owners.find(Id{3, 1}));
    CHECK(*owners.find(Id{3, 1}) == 7);
    CHECK(*owners.find(Id{3, 2}) == 8);
    CHECK(*owners.find(Id{3, 3}) == 9);
    CHECK(owners.find(Id{}) == nullptr);

    owners.erase(Id{});
    owners.erase(Id{3, 2});
    CHECK(owners.find(Id{3, 2}) == nullptr);
    owners.erase(Id{3, 3});
    CHECK(owners.find(Id{3, 3}) == nullptr);
    REQUIRE(owners.find(Id{3, 1}));
    owners.erase(Id{3, 1});
    CHECK(owners.find(Id{3, 1}) == nullptr);
}

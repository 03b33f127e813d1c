#include "offhook/endpoint/owners.hpp"

#include "../catch.hpp"
#include "offhook/core/slab.hpp"

using namespace offhook;

TEST_CASE("an owner is found by the id that it was set for, and by no other", "[endpoint]") {
    using Id = Handle<struct Something>;
    Owners<Id, int> owners;
    CHECK(owners.find(Id{}) == nullptr);
    CHECK(owners.find(Id{3, 1}) == nullptr);
    CHECK(owners.set(Id{3, 1}, 7) == 0);
    REQUIRE(owners.find(Id{3, 1}));
    CHECK(*owners.find(Id{3, 1}) == 7);
    CHECK(owners.find(Id{3, 2}) == nullptr);
    CHECK(owners.find(Id{2, 1}) == nullptr);
    CHECK(owners.find(Id{}) == nullptr); // index 0 of an entry that was never set

    CHECK(owners.set(Id{3, 2}, 8) == 7);
    owners.erase(Id{3, 1}); // stale: the place has been taken again
    CHECK(owners.find(Id{3, 1}) == nullptr);
    CHECK(*owners.find(Id{3, 2}) == 8);
    owners.erase(Id{3, 2});
    CHECK(owners.find(Id{3, 2}) == nullptr);
    owners.erase(Id{9, 1});
}

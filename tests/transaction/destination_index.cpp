#include "offhook/transaction/destination_index.hpp"

#include "../catch.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

using namespace offhook;

namespace {

struct Item {
    int value = 0;
    DestinationLink<Item> link = {};
};

struct Fixture {
    Slab<Item> slab;
    DestinationIndex<Item> index;

    Handle<Item> join(const Digest& digest, int value) {
        const Handle<Item> handle = slab.emplace(Item{value});
        index.join(slab, digest, handle);
        return handle;
    }
    std::vector<int> members(const Digest& digest) {
        std::vector<int> values;
        index.for_each(slab, digest,
                       [&](Handle<Item> h) { values.push_back(slab.find(h)->value); });
        std::sort(values.begin(), values.end());
        return values;
    }
};

constexpr Digest here = {1, 1};
constexpr Digest there = {2, 2};

} // namespace

TEST_CASE("members are found by their destination", "[transaction]") {
    Fixture f;
    CHECK(f.members(here).empty());
    f.join(here, 1);
    f.join(there, 2);
    f.join(here, 3);
    CHECK(f.members(here) == std::vector{1, 3});
    CHECK(f.members(there) == std::vector{2});
    CHECK(f.index.size() == 2);
}

TEST_CASE("members leave from the front, the middle and the end", "[transaction]") {
    const std::size_t first = GENERATE(0u, 1u, 2u);
    const std::size_t second = GENERATE(0u, 1u);
    Fixture f;
    std::vector<Handle<Item>> handles;
    std::vector<int> left = {0, 1, 2};
    for (const int value : left)
        handles.push_back(f.join(here, value));
    for (const std::size_t i : {first, second, std::size_t{0}}) {
        f.index.leave(f.slab, here, handles[i]);
        f.slab.erase(handles[i]);
        handles.erase(handles.begin() + static_cast<std::ptrdiff_t>(i));
        left.erase(left.begin() + static_cast<std::ptrdiff_t>(i));
        CHECK(f.members(here) == left);
    }
    CHECK(f.index.size() == 0);
}

TEST_CASE("a member may leave while all are visited", "[transaction]") {
    Fixture f;
    for (int i = 0; i < 5; ++i)
        f.join(here, i);
    int visited = 0;
    f.index.for_each(f.slab, here, [&](Handle<Item> handle) {
        ++visited;
        if (f.slab.find(handle)->value % 2 != 0) return;
        f.index.leave(f.slab, here, handle);
        f.slab.erase(handle);
    });
    CHECK(visited == 5);
    CHECK(f.members(here) == std::vector{1, 3});
}

#include "offhook/core/slab.hpp"

#include "../catch.hpp"

#include <map>
#include <string>

using namespace offhook;

TEST_CASE("a handle finds its value until that is erased, and never another", "[core]") {
    Slab<std::string> slab;
    const Handle<std::string> a = slab.emplace("a");
    const Handle<std::string> b = slab.emplace(3, 'b');
    CHECK(*slab.find(a) == "a");
    CHECK(*slab.find(b) == "bbb");
    CHECK(slab.size() == 2);

    CHECK(slab.erase(a));
    CHECK_FALSE(slab.erase(a));
    CHECK(slab.find(a) == nullptr);
    CHECK(slab.size() == 1);

    const Handle<std::string> c = slab.emplace("c");
    CHECK(c.index == a.index); // the place is used again
    CHECK(slab.find(a) == nullptr);
    CHECK(*slab.find(c) == "c");
    CHECK(*slab.find(b) == "bbb");
}

TEST_CASE("a default handle, and one of another slab, find nothing", "[core]") {
    Slab<int> slab;
    CHECK_FALSE(Handle<int>{});
    CHECK(slab.find(Handle<int>{}) == nullptr);
    CHECK_FALSE(slab.erase(Handle<int>{}));
    CHECK(slab.emplace(1));
    CHECK(slab.find(Handle<int>{}) == nullptr);
    CHECK(slab.find(Handle<int>{7, 1}) == nullptr);
}

TEST_CASE("a handle goes through an integer unchanged", "[core]") {
    const Handle<int> handle{0x89abcdef, 0x12345678};
    CHECK(handle.to_integer() == 0x1234567889abcdef);
    CHECK(Handle<int>::from_integer(handle.to_integer()) == handle);
    CHECK(Handle<int>{}.to_integer() == 0);
}

TEST_CASE("handles are keys of a map", "[core]") {
    std::map<Handle<int>, std::string> names;
    names[{1, 1}] = "a";
    names[{2, 1}] = "b";
    names[{1, 2}] = "another in the place of a";
    CHECK(names.size() == 3);
    CHECK(names[{1, 1}] == "a");
    CHECK(names.count({2, 2}) == 0);
}

TEST_CASE("a copied slab answers to the same handles with values of its own", "[core]") {
    Slab<std::string> slab;
    const auto a = slab.emplace("a");
    const auto gone = slab.emplace("gone");
    slab.erase(gone);
    Slab<std::string> copy = slab;
    *copy.find(a) = "changed";
    CHECK(*slab.find(a) == "a");
    CHECK(copy.find(gone) == nullptr);
    CHECK(copy.emplace("x") == slab.emplace("y")); // and both go on alike
}

TEST_CASE("for_each meets the living alone, each once", "[core]") {
    Slab<int> slab;
    std::map<std::uint64_t, int> expected;
    for (int i = 0; i < 100; ++i) {
        const auto handle = slab.emplace(i);
        if (i % 3 == 0) slab.erase(handle);
    }
    slab.for_each([&](Handle<int> handle, int& value) { expected[handle.to_integer()] = value; });
    CHECK(expected.size() == slab.size());
    const Slab<int>& constant = slab;
    constant.for_each([&](Handle<int> handle, const int& value) {
        CHECK(expected.at(handle.to_integer()) == value);
        CHECK(*constant.find(handle) == value);
    });
}

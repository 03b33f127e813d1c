#include "offhook/dialog/branch_maker.hpp"

#include "../catch.hpp"

#include <set>

using namespace offhook;

// RFC 3261 §8.1.1.7
TEST_CASE("branches have the cookie and do not repeat", "[dialog][rfc3261][8.1.1.7]") {
    BranchMaker maker(HashKey{1, 2});
    BranchMaker same = maker;
    BranchMaker other(HashKey{1, 3});
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string branch = maker.next();
        CHECK(branch.substr(0, 7) == "z9hG4bK");
        CHECK(branch.size() == 39);
        CHECK(branch == same.next());
        CHECK(seen.insert(branch).second);
        CHECK(seen.insert(other.next()).second);
    }
}

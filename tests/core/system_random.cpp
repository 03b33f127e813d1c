#include "offhook/core/system_random.hpp"

#include "../catch.hpp"

#include <set>

TEST_CASE("each seed from the system is another, and filled to its end", "[core]") {
    const offhook::Seed a = offhook::system_seed();
    CHECK(a != offhook::system_seed());
    CHECK(std::set<std::uint8_t>(a.begin(), a.end()).size() > 12);
    std::set<std::uint8_t> last;
    for (int i = 0; i < 32; ++i)
        last.insert(offhook::system_seed().back());
    CHECK(last.size() > 4);
}

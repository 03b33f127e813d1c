#include "offhook/session/glare.hpp"

#include "../catch.hpp"

#include <set>

using namespace offhook;

namespace {

constexpr unsigned only(Open what) {
    return 1U << static_cast<unsigned>(what);
}

constexpr Open all_open[] = {Open::our_invite, Open::their_invite, Open::their_update,
                             Open::our_exchange, Open::their_exchange};

} // namespace

// RFC 3261 §14.2, RFC 3311 §5.2, RFC 6337 §4.3
TEST_CASE("each request that meets something open gets the status of its rule",
          "[glare][rfc3261][14.2][rfc3311][5.2][rfc6337][4.3]") {
    // our INVITE, their INVITE, their UPDATE, our offer, their offer
    const int invite[] = {491, 500, 500, 491, 500};
    const int update[] = {0, 0, 500, 0, 0};
    const int offering[] = {0, 0, 500, 491, 500};
    for (const Open what : all_open) {
        const auto i = static_cast<std::size_t>(what);
        CHECK(glare_status(Meeting::invite, only(what)) == invite[i]);
        CHECK(glare_status(Meeting::update, only(what)) == update[i]);
        CHECK(glare_status(Meeting::update_with_offer, only(what)) == offering[i]);
    }
    for (const Meeting meeting : {Meeting::invite, Meeting::update, Meeting::update_with_offer})
        CHECK(glare_status(meeting, 0) == 0);
}

// RFC 3261 §14.2: a second INVITE of theirs is a matter of their own order first.
TEST_CASE("of several things that are open the first rule decides",
          "[glare][rfc3261][14.2][rfc3311][5.2]") {
    CHECK(glare_status(Meeting::invite, only(Open::their_invite) | only(Open::our_exchange))
          == 500);
    CHECK(glare_status(Meeting::invite, only(Open::our_invite) | only(Open::their_update)) == 491);
    CHECK(glare_status(Meeting::update_with_offer,
                       only(Open::their_update) | only(Open::our_exchange))
          == 500);
}

// RFC 3261 §14.1: 2.1 to 4 s in units of 10 ms for the owner of the Call-ID, else 0 to 2 s.
TEST_CASE("the time to wait after a 491 takes each value of its window",
          "[glare][rfc3261][14.1][rfc3311][5.3]") {
    using std::chrono::milliseconds;
    std::set<Duration> owner, other;
    for (std::uint64_t random = 0; random < 2000; ++random) {
        owner.insert(glare_delay(Role::uac, random));
        other.insert(glare_delay(Role::uas, random));
    }
    CHECK(owner.size() == 191);
    CHECK(*owner.begin() == milliseconds(2100));
    CHECK(*owner.rbegin() == milliseconds(4000));
    CHECK(other.size() == 201);
    CHECK(*other.begin() == milliseconds(0));
    CHECK(*other.rbegin() == milliseconds(2000));
    for (const auto& window : {owner, other})
        for (const Duration each : window)
            CHECK(each % milliseconds(10) == Duration::zero());
}

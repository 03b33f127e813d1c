#include "offhook/subscription/resubscription.hpp"

#include "../catch.hpp"

using namespace offhook;
using namespace std::chrono_literals;
using When = Resubscription::When;

// RFC 6665 §4.1.3: each reason code, with retry-after and without
TEST_CASE("a reason advises when to subscribe again, and whether retry-after counts",
          "[subscription][rfc6665][4.1.3]") {
    const auto advised = [](std::string_view reason) {
        return Resubscription::advised(reason, std::nullopt);
    };
    const auto with_60 = [](std::string_view reason) {
        return Resubscription::advised(reason, 60s);
    };
    CHECK(advised("deactivated") == Resubscription{When::at_once, 0s});
    CHECK(with_60("deactivated") == Resubscription{When::at_once, 0s});
    CHECK(advised("probation") == Resubscription{When::later, 0s});
    CHECK(with_60("probation") == Resubscription{When::later, 60s});
    CHECK(advised("rejected") == Resubscription{When::never, 0s});
    CHECK(with_60("rejected") == Resubscription{When::never, 0s});
    CHECK(advised("timeout") == Resubscription{When::free, 0s});
    CHECK(with_60("timeout") == Resubscription{When::free, 0s});
    CHECK(advised("giveup") == Resubscription{When::free, 0s});
    CHECK(with_60("giveup") == Resubscription{When::free, 60s});
    CHECK(advised("noresource") == Resubscription{When::never, 0s});
    CHECK(with_60("noresource") == Resubscription{When::never, 0s});
    CHECK(advised("invariant") == Resubscription{When::never, 0s});
    CHECK(with_60("invariant") == Resubscription{When::never, 0s});

    CHECK(advised("Rejected") == Resubscription{When::never, 0s});
}

TEST_CASE("without a reason that is known one may subscribe again once retry-after has passed",
          "[subscription][rfc6665][4.1.3]") {
    for (const char* reason : {"", "expired", "reject"}) {
        CHECK(Resubscription::advised(reason, {}) == Resubscription{When::free, 0s});
        CHECK(Resubscription::advised(reason, 30s) == Resubscription{When::free, 30s});
    }
}

TEST_CASE("each reason for the end of a subscription has its name",
          "[subscription][rfc6665][4.1.3]") {
    using R = TerminationReason;
    CHECK(name_of(R::deactivated) == "deactivated");
    CHECK(name_of(R::probation) == "probation");
    CHECK(name_of(R::rejected) == "rejected");
    CHECK(name_of(R::timeout) == "timeout");
    CHECK(name_of(R::giveup) == "giveup");
    CHECK(name_of(R::noresource) == "noresource");
    CHECK(name_of(R::invariant) == "invariant");
    for (const auto& row : Resubscription::table)
        CHECK(row.section == "RFC 6665 §4.1.3");
}

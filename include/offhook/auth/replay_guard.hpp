#ifndef OFFHOOK_AUTH_REPLAY_GUARD_HPP
#define OFFHOOK_AUTH_REPLAY_GUARD_HPP

#include <cstddef>
#include <cstdint>
#include <vector>

namespace offhook {

/// The last nc of the nonces in use, so that no request counts twice: a table that never grows.
/// Each nonce has one place by its serial number, which a later one may take; whoever then comes
/// with the earlier one is asked again with a new nonce. So what is forgotten is never taken for
/// new. RFC 7616 §3.4, §5.5
class ReplayGuard {
public:
    /// How many nonces are remembered at most; 16 bytes each.
    explicit ReplayGuard(std::size_t size) : places_(size == 0 ? 1 : size) {}

    /// Records a request whose digest is right. False where it is a replay, or where that cannot be
    /// ruled out.
    bool take(std::uint64_t serial, std::uint32_t count) {
        Place& place = places_[static_cast<std::size_t>(serial % places_.size())];
        if (serial < place.serial || count == 0) return false;
        if (serial == place.serial && count <= place.count) return false;
        place = {serial, count};
        return true;
    }

private:
    struct Place {
        std::uint64_t serial = 0;
        std::uint32_t count = 0;
    };
    std::vector<Place> places_;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_CORE_DIGEST_MAP_HPP
#define OFFHOOK_CORE_DIGEST_MAP_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace offhook {

/// What stands for a key text: its siphash128 under a secret key. Without that key nobody can make
/// two texts with one digest, and by chance a million live texts share one with odds of 2^-89.
using Digest = std::array<std::uint64_t, 2>;

/// A hash table from digests to small values. The digest is its own hash, so a look-up touches
/// about one cache line, and no key text is kept. Open addressing, linear probing, at most half
/// full; erasing moves the followers up and leaves no tombstones.
template <class Value>
class DigestMap {
public:
    /// Null where it is not there. Valid until the next change.
    Value* find(const Digest& digest) {
        if (slots_.empty()) return nullptr;
        Slot& slot = slots_[place(digest)];
        return slot.used ? &slot.value : nullptr;
    }

    /// False where the digest was there already; then its value stays.
    bool insert(const Digest& digest, Value value) {
        if (slots_.size() < 2 * (size_ + 1)) grow();
        Slot& slot = slots_[place(digest)];
        if (slot.used) return false;
        slot = {digest, std::move(value), true};
        ++size_;
        return true;
    }

    /// False where it was not there.
    bool erase(const Digest& digest) {
        if (!find(digest)) return false;
        std::size_t hole = place(digest);
        for (std::size_t i = after(hole); slots_[i].used; i = after(i)) {
            // An entry may move up unless its home lies between the hole and itself.
            const std::size_t distance = (i - home(slots_[i].digest)) & mask();
            if (distance < ((i - hole) & mask())) continue;
            slots_[hole] = std::move(slots_[i]);
            hole = i;
        }
        slots_[hole] = {};
        --size_;
        return true;
    }

    /// How many digests it holds.
    std::size_t size() const { return size_; }
    /// Whether it holds none.
    bool empty() const { return size_ == 0; }

private:
    struct Slot {
        Digest digest = {};
        Value value = {};
        bool used = false;
    };

    std::size_t mask() const { return slots_.size() - 1; }
    std::size_t home(const Digest& digest) const {
        return static_cast<std::size_t>(digest[0]) & mask();
    }
    std::size_t after(std::size_t i) const { return (i + 1) & mask(); }
    /// Where the digest is, or where it would be put.
    std::size_t place(const Digest& digest) const {
        std::size_t i = home(digest);
        while (slots_[i].used && slots_[i].digest != digest)
            i = after(i);
        return i;
    }
    void grow() {
        std::vector<Slot> old(slots_.empty() ? 16 : 2 * slots_.size());
        old.swap(slots_);
        for (Slot& slot : old) {
            if (slot.used) slots_[place(slot.digest)] = std::move(slot);
        }
    }

    std::vector<Slot> slots_; // 2^n of them
    std::size_t size_ = 0;
};

} // namespace offhook

#endif

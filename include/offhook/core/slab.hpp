#ifndef OFFHOOK_CORE_SLAB_HPP
#define OFFHOOK_CORE_SLAB_HPP

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace offhook {

/// Names one T in a Slab. Once that T is gone the handle finds nothing, though its place be taken
/// again. A default handle names nothing.
template <class T>
struct Handle {
    std::uint32_t index = 0;      ///< the place in the Slab
    std::uint32_t generation = 0; ///< 0 in a handle that names nothing

    /// Whether it names anything, be that gone by now.
    constexpr explicit operator bool() const { return generation != 0; }
    /// Whatever the order: for maps of the application's.
    friend constexpr auto operator<=>(const Handle&, const Handle&) = default;

    /// For timer keys and user data.
    constexpr std::uint64_t to_integer() const { return std::uint64_t{generation} << 32 | index; }
    /// The handle of which to_integer() gave the value.
    static constexpr Handle from_integer(std::uint64_t value) {
        return {static_cast<std::uint32_t>(value), static_cast<std::uint32_t>(value >> 32)};
    }
};

/// Owns values and names them by handles, each operation O(1). Places are used again and never
/// given back, so it needs the memory of the most values that it ever held. A copy answers to the
/// same handles. A T* is good until the next emplace().
template <class T>
class Slab {
public:
    /// Makes a T from the arguments, at the first free place.
    template <class... Args>
    Handle<T> emplace(Args&&... args) {
        if (free_ == none) {
            free_ = static_cast<std::uint32_t>(slots_.size());
            slots_.emplace_back();
        }
        const std::uint32_t index = free_;
        Slot& slot = slots_[index];
        slot.value.emplace(std::forward<Args>(args)...);
        free_ = slot.next_free;
        ++size_;
        return {index, slot.generation};
    }

    /// Null where the handle is stale or names nothing.
    T* find(Handle<T> handle) {
        return const_cast<T*>(static_cast<const Slab&>(*this).find(handle));
    }
    /// Null where the handle is stale or names nothing.
    const T* find(Handle<T> handle) const {
        if (handle.index >= slots_.size()) return nullptr;
        const Slot& slot = slots_[handle.index];
        return slot.value && slot.generation == handle.generation ? &*slot.value : nullptr;
    }

    /// False where the handle was stale.
    bool erase(Handle<T> handle) {
        if (!find(handle)) return false;
        Slot& slot = slots_[handle.index];
        slot.value.reset();
        if (++slot.generation == 0) slot.generation = 1;
        slot.next_free = free_;
        free_ = handle.index;
        --size_;
        return true;
    }

    /// How many values it owns.
    std::size_t size() const { return size_; }
    /// Whether it owns none.
    bool empty() const { return size_ == 0; }

    /// Calls f(handle, value) for each; f must not emplace.
    template <class F>
    void for_each(F&& f) {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            Slot& slot = slots_[i];
            if (slot.value) {
                f(Handle<T>{static_cast<std::uint32_t>(i), slot.generation}, *slot.value);
            }
        }
    }
    /// Calls f(handle, value) for each.
    template <class F>
    void for_each(F&& f) const {
        for (std::size_t i = 0; i < slots_.size(); ++i) {
            const Slot& slot = slots_[i];
            if (slot.value) {
                f(Handle<T>{static_cast<std::uint32_t>(i), slot.generation}, *slot.value);
            }
        }
    }

private:
    static constexpr std::uint32_t none = 0xffffffff;

    struct Slot {
        std::optional<T> value;
        std::uint32_t generation = 1;
        std::uint32_t next_free = none;
    };

    std::vector<Slot> slots_;
    std::uint32_t free_ = none;
    std::size_t size_ = 0;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_CORE_TIMER_QUEUE_HPP
#define OFFHOOK_CORE_TIMER_QUEUE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "offhook/core/time.hpp"

namespace offhook {

/// Names one timer of a TimerQueue; harmless once that timer has fired or been cancelled. A default
/// id names none.
struct TimerId {
    std::uint32_t slot = 0;       ///< its place in the queue
    std::uint32_t generation = 0; ///< 0 in an id that names none

    /// Whether it names a timer, be that over by now.
    constexpr explicit operator bool() const { return generation != 0; }
    friend constexpr bool operator==(const TimerId&, const TimerId&) = default;
};

/// Keys in the order of their times, first come first served among equal times. schedule() and
/// pop() are O(log n), cancel() is O(1) amortised: it leaves a dead entry behind, and all the dead
/// are swept out before they outnumber the living. A copy answers to the same ids.
template <class Key>
class TimerQueue {
public:
    /// Adds a timer, whose key pop() gives once `when` has come.
    TimerId schedule(TimePoint when, Key key) {
        if (free_.empty()) {
            free_.push_back(static_cast<std::uint32_t>(slots_.size()));
            slots_.emplace_back();
        }
        const std::uint32_t index = free_.back();
        free_.pop_back();
        Slot& slot = slots_[index];
        slot.key.emplace(std::move(key));
        const TimerId id{index, slot.generation};
        heap_.push_back({when, sequence_++, id});
        rise(heap_.size() - 1);
        return id;
    }

    /// Takes a timer out; nothing where it has fired or been cancelled before.
    void cancel(TimerId id) {
        if (!alive(id)) return;
        release(id);
        // next() is const, so the top is always a live one.
        while (!heap_.empty() && !alive(heap_.front().id))
            drop_top();
        if (heap_.size() > 2 * size() + 64) sweep();
    }

    /// When the first timer is due.
    std::optional<TimePoint> next() const {
        if (heap_.empty()) return std::nullopt;
        return heap_.front().when;
    }

    /// Takes out the first timer if it is due at `now`.
    std::optional<Key> pop(TimePoint now) {
        if (heap_.empty() || heap_.front().when > now) return std::nullopt;
        const TimerId id = heap_.front().id;
        std::optional<Key> key = std::move(slots_[id.slot].key);
        cancel(id);
        return key;
    }

    /// The timers that can still fire.
    std::size_t size() const { return slots_.size() - free_.size(); }
    /// Whether no timer can fire any more.
    bool empty() const { return heap_.empty(); }

private:
    struct Slot {
        std::optional<Key> key;
        std::uint32_t generation = 1;
    };
    struct Entry {
        TimePoint when;
        std::uint64_t sequence;
        TimerId id;
    };

    static bool later(const Entry& a, const Entry& b) {
        return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
    bool alive(TimerId id) const {
        return id.slot < slots_.size() && slots_[id.slot].generation == id.generation;
    }
    void release(TimerId id) {
        Slot& slot = slots_[id.slot];
        slot.key.reset();
        if (++slot.generation == 0) slot.generation = 1;
        free_.push_back(id.slot);
    }
    void drop_top() {
        heap_.front() = heap_.back();
        heap_.pop_back();
        sink(0);
    }
    void sweep() {
        std::erase_if(heap_, [this](const Entry& entry) { return !alive(entry.id); });
        for (std::size_t i = heap_.size() / 2; i-- > 0;)
            sink(i);
    }

    // A binary heap: the parent of i, at (i - 1) / 2, is never later than i.
    void rise(std::size_t i) {
        for (; i > 0 && later(heap_[(i - 1) / 2], heap_[i]); i = (i - 1) / 2)
            std::swap(heap_[i], heap_[(i - 1) / 2]);
    }
    void sink(std::size_t i) {
        for (std::size_t child; (child = 2 * i + 1) < heap_.size(); i = child) {
            if (child + 1 < heap_.size() && later(heap_[child], heap_[child + 1])) ++child;
            if (!later(heap_[i], heap_[child])) return;
            std::swap(heap_[i], heap_[child]);
        }
    }

    std::vector<Entry> heap_; // the earliest first
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_;
    std::uint64_t sequence_ = 0;
};

} // namespace offhook

#endif

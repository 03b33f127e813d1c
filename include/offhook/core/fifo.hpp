#ifndef OFFHOOK_CORE_FIFO_HPP
#define OFFHOOK_CORE_FIFO_HPP

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace offhook {

/// What waits to be polled: first in, first out. One input makes a few, then all are drained, and
/// the memory is used again for the next; so a vector with a mark does what a deque would, and
/// allocates nothing in the steady state.
template <class T>
class Fifo {
public:
    /// Puts it last.
    void push(T value) { items_.push_back(std::move(value)); }

    /// Takes out the first; nothing where none waits.
    std::optional<T> pop() {
        if (empty()) return std::nullopt;
        std::optional<T> value(std::move(items_[next_++]));
        if (next_ == items_.size()) {
            items_.clear();
            next_ = 0;
        } else if (next_ >= 64 && 2 * next_ >= items_.size()) {
            // Never wholly drained: drop the half that is behind us.
            items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(next_));
            next_ = 0;
        }
        return value;
    }

    /// How many wait.
    std::size_t size() const { return items_.size() - next_; }
    /// Whether none waits.
    bool empty() const { return size() == 0; }

private:
    std::vector<T> items_;
    std::size_t next_ = 0;
};

} // namespace offhook

#endif

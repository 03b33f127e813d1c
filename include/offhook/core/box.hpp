#ifndef OFFHOOK_CORE_BOX_HPP
#define OFFHOOK_CORE_BOX_HPP

#include <utility>

namespace offhook {

/// A value that lives on the heap while it exists and costs one pointer while it does not: what a
/// session needs only while its INVITE is in progress. Copies deeply, so whoever holds it stays a
/// value.
template <class T>
class Box {
public:
    Box() noexcept = default;
    /// Holds the value.
    Box(T value) : value_(new T(std::move(value))) {}
    /// A copy of the value, where there is one.
    Box(const Box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
    /// Takes the value; the other is left empty.
    Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
    /// Takes or copies the other's value; its own is gone.
    Box& operator=(Box other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Box() { delete value_; }

    /// Whether there is a value.
    explicit operator bool() const noexcept { return value_ != nullptr; }
    /// The value, which must be there.
    T& operator*() noexcept { return *value_; }
    /// The value, which must be there.
    const T& operator*() const noexcept { return *value_; }
    /// The value's members; it must be there.
    T* operator->() noexcept { return value_; }
    /// The value's members; it must be there.
    const T* operator->() const noexcept { return value_; }
    /// Ends the value; nothing where there is none.
    void reset() noexcept { delete std::exchange(value_, nullptr); }

private:
    T* value_ = nullptr;
};

} // namespace offhook

#endif

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
    Box(T value) : value_(new T(std::move(value))) {}
    Box(const Box& other) : value_(other.value_ ? new T(*other.value_) : nullptr) {}
    Box(Box&& other) noexcept : value_(std::exchange(other.value_, nullptr)) {}
    Box& operator=(Box other) noexcept {
        std::swap(value_, other.value_);
        return *this;
    }
    ~Box() { delete value_; }

    explicit operator bool() const noexcept { return value_ != nullptr; }
    T& operator*() noexcept { return *value_; }
    const T& operator*() const noexcept { return *value_; }
    T* operator->() noexcept { return value_; }
    const T* operator->() const noexcept { return value_; }
    void reset() noexcept { delete std::exchange(value_, nullptr); }

private:
    T* value_ = nullptr;
};

} // namespace offhook

#endif

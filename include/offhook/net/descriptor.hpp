#ifndef OFFHOOK_NET_DESCRIPTOR_HPP
#define OFFHOOK_NET_DESCRIPTOR_HPP

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace offhook::net {

/// Owns a file descriptor; closes it at its end.
class Descriptor {
public:
    Descriptor() = default;
    /// Takes the descriptor over; −1: none.
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    /// The other owns none afterwards.
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    /// The two change owners: what was owned here closes with the other.
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }

    /// −1 where it owns none.
    int get() const noexcept { return fd_; }
    /// Whether it owns one.
    explicit operator bool() const noexcept { return fd_ >= 0; }

    /// Calls on it return at once, and programs that this one starts do not inherit it.
    bool set_non_blocking() const noexcept {
        const int flags = ::fcntl(fd_, F_GETFL);
        return flags >= 0 && ::fcntl(fd_, F_SETFL, flags | O_NONBLOCK) == 0
               && ::fcntl(fd_, F_SETFD, FD_CLOEXEC) == 0;
    }

private:
    int fd_ = -1;
};

} // namespace offhook::net

#endif

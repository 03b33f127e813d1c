#ifndef OFFHOOK_NET_ERROR_HPP
#define OFFHOOK_NET_ERROR_HPP

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace offhook::net {

/// What the operating system said last, as a std::error_code.
inline std::error_code last_error() noexcept {
    return {errno, std::system_category()};
}

/// Throws the std::system_error: "cannot listen on udp 192.0.2.1:5060: Address already in use".
/// The one place where net throws; without exceptions it calls std::abort.
[[noreturn]] inline void raise(std::error_code error, const std::string& what) {
#if defined(__cpp_exceptions)
    throw std::system_error(error, what);
#else
    (void)error;
    (void)what;
    std::abort();
#endif
}

} // namespace offhook::net

#endif

#ifndef OFFHOOK_CORE_LIMITS_HPP
#define OFFHOOK_CORE_LIMITS_HPP

#include <cstddef>

namespace offhook {

/// How much the outside may make us hold. What exceeds a limit is refused with the status that the
/// RFC names for it, or dropped where it names none; what is already there is left alone. The
/// defaults suit a server of some 100,000 calls; a phone can do with far less.
struct Limits {
    /// One message, in bytes: 413 (RFC 3261 §21.4.11) to a request, or the end of the stream.
    std::size_t message_bytes = 65535;
    /// Header field lines in one message: 400.
    std::size_t header_fields = 256;
    /// Bytes of unfinished message that one stream may hold; then it is closed.
    std::size_t stream_pending_bytes = 131072;
    /// Transactions of both sides at once. Above it a new request gets a 503 with no transaction to
    /// hold it (RFC 3261 §21.5.4, §8.2.7).
    std::size_t transactions = 200000;
    /// Sessions at once: 486 with Retry-After (RFC 3261 §21.4.24).
    std::size_t sessions = 100000;
    /// Early dialogs that the forks of one INVITE of ours may make; a response that would make
    /// another is passed over. RFC 3261 §13.2.2.1
    std::size_t early_dialogs = 16;
    /// Subscriptions at once: 503.
    std::size_t subscriptions = 100000;
    /// Times that one request is tried again with credentials. RFC 3261 §22.1
    std::size_t authentication_tries = 3;
    /// Targets that one INVITE tries after redirections. RFC 3261 §8.1.3.4
    std::size_t redirections = 5;
    /// Multipart bodies within multipart bodies.
    std::size_t body_depth = 8;
};

} // namespace offhook

#endif

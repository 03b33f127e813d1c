#ifndef OFFHOOK_MESSAGE_PROTOCOL_FAULT_HPP
#define OFFHOOK_MESSAGE_PROTOCOL_FAULT_HPP

#include <cstddef>
#include <string_view>

namespace offhook {

/// What a peer did wrong, and what it is to be told.
struct ProtocolFault {
    int status = 400;        ///< the response to a request; 0: drop it, as any broken response
    std::string_view rule;   ///< a literal: the rule that the message breaks
    std::size_t offset = 0;  ///< the byte of the message where it does
    std::string_view reason; ///< a literal, fit to be the Reason-Phrase. RFC 3261 §21.4.1

    /// Whether there is a fault.
    constexpr explicit operator bool() const noexcept { return !rule.empty(); }
};

} // namespace offhook

#endif

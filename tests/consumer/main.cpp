#include <offhook/offhook.hpp>

#include <cstdio>

// The smallest user: a refusal of the library, as text and as std::error_code.
int main() {
    const offhook::Refusal refusal{.code = offhook::Errc::ack_pending,
                                   .tried = "bye",
                                   .state = "AckWait (UAS)",
                                   .needs = "the ACK, or Timer L",
                                   .section = "RFC 3261 §15"};
    std::puts(refusal.message().c_str());
    return refusal.error() == offhook::Errc::ack_pending ? 0 : 1;
}

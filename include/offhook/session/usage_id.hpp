#ifndef OFFHOOK_SESSION_USAGE_ID_HPP
#define OFFHOOK_SESSION_USAGE_ID_HPP

#include <cstdint>

namespace offhook {

/// Names a subscription in the dialogs of a session, from 1 on; never used again. RFC 5057
using UsageId = std::uint32_t;

} // namespace offhook

#endif

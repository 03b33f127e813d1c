#ifndef OFFHOOK_OFFHOOK_HPP
#define OFFHOOK_OFFHOOK_HPP

/// An Endpoint, and all that it is made of. Included by itself where it is wanted: what adapts and
/// shows it (net/, trace/, sim/, core/system_random.hpp, endpoint/handler.hpp), what asks callers
/// who they are (endpoint/challenging.hpp), and what helps with transfers and certificates
/// (endpoint/referral.hpp, endpoint/server_name.hpp).

#include "offhook/endpoint/endpoint.hpp"

#endif

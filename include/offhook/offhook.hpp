#ifndef OFFHOOK_OFFHOOK_HPP
#define OFFHOOK_OFFHOOK_HPP

/// All of the library but what is included by itself where it is wanted: net/, trace/, sim/, and
/// core/system_random.hpp.

#include "offhook/endpoint/endpoint.hpp"

#endif

#ifndef OFFHOOK_TESTS_SUPPORT_ENDPOINT_INSTANCES_HPP
#define OFFHOOK_TESTS_SUPPORT_ENDPOINT_INSTANCES_HPP

// Compiled once, in instances.cpp, and not in each test.
#include "offhook/endpoint/compiled.hpp"

#include "session_instances.hpp"

#endif

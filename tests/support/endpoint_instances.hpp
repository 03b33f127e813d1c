#ifndef OFFHOOK_TESTS_SUPPORT_ENDPOINT_INSTANCES_HPP
#define OFFHOOK_TESTS_SUPPORT_ENDPOINT_INSTANCES_HPP

#include "offhook/endpoint/endpoint.hpp"

#include "session_instances.hpp"

// Compiled once, in instances.cpp, and not in each test.
extern template class offhook::BasicTransactions<offhook::TuEvent>;
extern template class offhook::Subscription<offhook::Message>;
extern template class offhook::BasicEndpoint<offhook::Random>;
extern template class offhook::SessionRef<offhook::Endpoint>;
extern template class offhook::SubscriptionRef<offhook::Endpoint>;

#endif

#ifndef CONSUMER_SECOND_HPP
#define CONSUMER_SECOND_HPP

// What another unit hands on without looking into it.
#include <offhook/fwd.hpp>

bool call_of_second_unit();
bool is_idle(const offhook::Endpoint& endpoint);

#endif

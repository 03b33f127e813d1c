// The whole library once more, in a unit of its own: the two must link.
#include "second.hpp"

#include "../call.hpp"

bool call_of_second_unit() {
    return consumer::make_call();
}

bool is_idle(const offhook::Endpoint& endpoint) {
    return endpoint.counts() == offhook::Endpoint::Counts{};
}

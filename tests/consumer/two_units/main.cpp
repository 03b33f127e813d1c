#include "second.hpp"

#include "../call.hpp"

int main() {
    const consumer::Phone idle(*offhook::Address::parse("192.0.2.3", 5060), "<sip:carol@192.0.2.3>",
                               offhook::Seed{});
    const bool good = consumer::make_call() && call_of_second_unit() && is_idle(idle.endpoint);
    return good ? 0 : 1;
}

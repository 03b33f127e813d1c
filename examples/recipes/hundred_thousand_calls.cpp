// How many calls does one process hold? Two endpoints here, which pass each other their bytes by
// hand, and all of their calls are up at once. No time passes but that of the calls.
//
//     hundred_thousand_calls [CALLS]

#include <cstdio>
#include <cstdlib>
#include <new>

#include "stage.hpp"

using namespace recipes;

// All memory of the process, counted: each piece has its size in front of it.
static std::size_t held = 0;
constexpr std::size_t front = alignof(std::max_align_t);

void* operator new(std::size_t size) {
    void* const piece = std::malloc(size + front);
    if (!piece) throw std::bad_alloc();
    *static_cast<std::size_t*>(piece) = size;
    held += size;
    return static_cast<char*>(piece) + front;
}
void operator delete(void* memory) noexcept {
    if (!memory) return;
    void* const piece = static_cast<char*>(memory) - front;
    held -= *static_cast<std::size_t*>(piece);
    std::free(piece);
}
void operator delete(void* memory, std::size_t) noexcept {
    operator delete(memory);
}

int main(int argc, char** argv) {
    const std::size_t calls = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 100'000;
    const Address at[] = {*Address::parse("192.0.2.1:5060"), *Address::parse("192.0.2.2:5060")};
    Endpoint caller({.listeners = {{Transport::udp, at[0]}}}, Seed{1});
    Endpoint callee({.listeners = {{Transport::udp, at[1]}}}, Seed{2});
    TimePoint now = TimePoint() + 1h;
    std::vector<SessionId> up;
    up.reserve(calls);
    std::size_t ended = 0;

    const Handlers at_caller{[&](const event::Confirmed& e) { up.push_back(e.session); }};
    const Handlers at_callee{
        [&](const event::Incoming& e) { callee.session(e.session).accept(now, {.body = audio()}); },
        [&](const event::Terminated&) { ++ended; },
    };
    const auto pass = [&](Endpoint& from, Endpoint& to, const Address& here, const Address& there) {
        bool passed = false;
        for (; const auto out = from.poll_transmit(); passed = true)
            to.receive(now, {Transport::udp, there, here}, out->bytes);
        return passed;
    };
    const auto settle = [&] {
        bool busy = true;
        while (busy) {
            busy = pass(caller, callee, at[0], at[1]);
            dispatch_all(callee, at_callee);
            busy |= pass(callee, caller, at[1], at[0]);
            dispatch_all(caller, at_caller);
        }
    };
    const auto wait = [&](Duration span) { // as long as it takes a transaction to be forgotten
        for (const TimePoint end = now + span; now < end; now += 1s) {
            caller.handle_timeout(now);
            callee.handle_timeout(now);
            settle();
        }
    };

    const std::size_t before = held;
    const auto begin = std::chrono::steady_clock::now();
    for (std::size_t n = 0; n < calls; ++n) {
        caller.invite(now, "sip:bob@192.0.2.2", audio());
        settle();
    }
    const std::size_t fresh = held - before;
    wait(64s);
    const std::size_t steady = held - before;
    check(up.size() == calls, "all calls are up");
    for (const SessionId call : up)
        caller.session(call).bye(now);
    settle();
    const auto end = std::chrono::steady_clock::now();
    wait(64s);
    check(ended == calls, "and all are over");
    check(caller.counts() == Endpoint::Counts{} && callee.counts() == Endpoint::Counts{},
          "and nothing is left");

    const double seconds = std::chrono::duration<double>(end - begin).count();
    std::printf("%zu calls: %zu bytes each at either end, %zu right after the ACK; %.1f s\n", calls,
                steady / calls / 2, fresh / calls / 2, seconds);
    check(steady / calls / 2 < 10'000, "a call is small");
}

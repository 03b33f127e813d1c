#ifndef OFFHOOK_TRANSACTION_TRANSACTION_CONTEXT_HPP
#define OFFHOOK_TRANSACTION_TRANSACTION_CONTEXT_HPP

#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>

#include "offhook/core/fifo.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/time.hpp"
#include "offhook/core/timer_queue.hpp"
#include "offhook/transaction/key.hpp"
#include "offhook/transaction/timers.hpp"
#include "offhook/transaction/transaction_events.hpp"

namespace offhook {

/// What fires: an input of one transaction.
struct TransactionTimer {
    std::uint64_t transaction; ///< a handle's integer
    bool server;               ///< whose machine it is: then `input` is a ServerInput
    std::uint8_t input;        ///< ClientInput or ServerInput
};

/// What the client and the server transactions share: the time of the current input, the timers,
/// and what waits to be polled.
template <class E>
struct BasicTransactionContext {
    using Event = E; ///< what is told to the TU: a variant that can hold each of TuEvent
    /// Without any transaction.
    BasicTransactionContext(const TimerConfig& timing, HashKey key) : config(timing), keys(key) {}

    /// Queues bytes that are to leave on that flow.
    void transmit(const Flow& flow, std::string bytes) { transmits.push({flow, std::move(bytes)}); }

    TimerConfig config;                           ///< T1, T2, T4 and what follows from them
    KeyMaker keys;                                ///< what the indexes are keyed by
    TimePoint now = {};                           ///< of the current input
    TimerQueue<Late<TransactionTimer, E>> timers; ///< of all transactions
    Fifo<Late<Transmit, E>> transmits;            ///< for poll_transmit()
    Fifo<Event> events;                           ///< for poll_event()
};

/// Where the transactions are used by themselves.
using TransactionContext = BasicTransactionContext<TuEvent>;

/// One of the two timers that a transaction can have at a time: what is repeated, and the end.
template <class Input>
struct RunningTimer {
    TimerId id;       ///< none: it does not run
    Input input = {}; ///< as which it fires
    bool due = false; ///< of zero seconds: fires as soon as the transition is done

    /// In place of what is running.
    template <class T, class Context>
    void start(Context& context, Handle<T> transaction, Input timer, Duration duration) {
        cancel(context);
        input = timer;
        due = duration == Duration::zero();
        if (due) return;
        const bool server = !std::is_same_v<T, ClientTransaction>;
        id = context.timers.schedule(context.now + duration, {transaction.to_integer(), server,
                                                              static_cast<std::uint8_t>(timer)});
    }
    /// Nothing where it does not run.
    template <class Context>
    void cancel(Context& context) {
        context.timers.cancel(id);
        id = {};
    }
};

} // namespace offhook

#endif

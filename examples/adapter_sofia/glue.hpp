#ifndef ADAPTER_SOFIA_GLUE_HPP
#define ADAPTER_SOFIA_GLUE_HPP

// Sessions on nta's transactions: what comes goes to the calls, what the calls want sent goes to
// the transactions.

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "adapter/calls.hpp"
#include "adapter_sofia/message.hpp"
#include "adapter_sofia/stack.hpp"

class SofiaCalls : public SofiaStack {
public:
    using Session = offhook::Session<SofiaMessage>;
    Calls<SofiaMessage> calls;

    SofiaCalls(const std::string& uri, offhook::IncomingOptions incoming)
        : SofiaStack(uri), calls(std::move(incoming)) {}

    static offhook::TimePoint now() { return std::chrono::steady_clock::now(); }

    void run(offhook::Duration longest) {
        carry_out();
        const auto due = calls.poll_timeout();
        wait(due && *due - now() < longest ? *due - now() : longest);
        calls.handle_timeout(now());
        carry_out();
    }

private:
    void received(msg_t* message, std::uint64_t id) override {
        calls.receive(now(), SofiaMessage(message), id);
    }
    bool comes_again(msg_t* invite) override {
        return calls.comes_again(SofiaMessage(msg_ref_create(invite)));
    }

    void carry_out() {
        while (auto out = calls.poll_transmit()) {
            switch (out->as) {
            case offhook::SendAs::request:
            case offhook::SendAs::cancel: start(out->message.release(), out->branch); break;
            case offhook::SendAs::ack: send(out->message.release(), out->branch); break;
            case offhook::SendAs::response:
                respond(out->transaction, out->message.release());
                break;
            case offhook::SendAs::abandon: abandon(out->branch); break;
            }
        }
    }
};

#endif

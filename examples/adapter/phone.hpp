#ifndef ADAPTER_PHONE_HPP
#define ADAPTER_PHONE_HPP

// The application of both adapters: it has sessions, and does not ask on whose messages they run.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "offhook/core/address.hpp"
#include "offhook/endpoint/handler.hpp"
#include "offhook/session/session.hpp"

namespace phone {

using namespace std::chrono_literals;
using offhook::Cause;

inline constexpr const char* usage =
    "usage: --listen IP:PORT [--calls N] [--late-offer] {call URI | cancel URI | answer | ring}\n"
    "  call     makes N calls (1), ends each with bye() once it stands, and exits\n"
    "  cancel   the same, but ends each with cancel() once it rings\n"
    "  answer   answers calls until it gets SIGINT or SIGTERM, and tries bye() before the ACK\n"
    "  ring     lets them ring\n"
    "Exit status 0: each call was ended by a BYE or a CANCEL, as it should.\n";

struct Options {
    std::optional<offhook::Address> listen = std::nullopt;
    std::string target = {}; ///< empty: waits for calls
    bool answered = true;    ///< false: a call rings and is cancelled
    int calls = 1;
    bool late_offer = false; ///< the 2xx brings the offer, and the ACK the answer

    std::string uri() const { return "sip:" + listen->to_string(); }
    std::string contact() const { return "<" + uri() + ">"; }
    offhook::Body sdp() const {
        return offhook::Body::sdp("v=0\r\no=- 1 1 IN IP4 " + listen->host() + "\r\ns=-\r\nc=IN IP4 "
                                  + listen->host() + "\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n");
    }

    static std::optional<Options> parse(int count, char** words) {
        Options options;
        std::string_view verb;
        for (int i = 1; i < count; ++i) {
            const std::string_view word = words[i];
            const bool more = i + 1 < count;
            if (word == "--listen" && more)
                options.listen = offhook::Address::parse(words[++i]);
            else if (word == "--calls" && more)
                options.calls = std::atoi(words[++i]);
            else if (word == "--late-offer")
                options.late_offer = true;
            else if (word == "answer" || word == "ring")
                verb = word;
            else if ((word == "call" || word == "cancel") && more)
                verb = word, options.target = words[++i];
            else
                return std::nullopt;
        }
        options.answered = verb == "call" || verb == "answer";
        if (verb.empty() || !options.listen) return std::nullopt;
        return options;
    }
};

inline volatile std::sig_atomic_t stopped = 0;

template <class Stack>
class Phone {
    using Session = typename Stack::Session;

public:
    Phone(Stack& stack, const Options& options) : stack_(stack), options_(options) {}

    int run() {
        for (const int signal : {SIGINT, SIGTERM})
            std::signal(signal, [](int) { stopped = 1; });
        const int wanted = options_.target.empty() ? 0 : options_.calls;
        for (int made = 0; !stopped && (wanted == 0 || ended_ != wanted);) {
            if (made < wanted) {
                call();
                ++made;
            }
            stack_.run(50ms);
            for (auto& [id, session] : stack_.calls)
                attend(session);
        }
        std::printf("%d calls, %d failed\n", ended_, failed_);
        return failed_ != 0;
    }

private:
    void call() {
        offhook::InviteOptions call;
        call.target = options_.target;
        call.from = call.contact = options_.contact();
        if (!options_.late_offer) call.offer = options_.sdp();
        stack_.calls.call(Stack::now(), call);
    }

    void answer(Session& session) {
        session.progress(Stack::now());
        if (!options_.answered) return;
        session.accept(Stack::now(), {.body = options_.sdp()});
        try {
            session.bye(Stack::now());
        } catch (const offhook::AckPending& refused) {
            std::printf("%s\n", refused.what());
        }
    }

    void attend(Session& session) {
        const bool caller = session.role() == offhook::Role::uac;
        if (!caller && session.state() == offhook::State::initial) answer(session);
        const offhook::Handlers at{
            [&](const typename Session::Ringing&) {
                if (!options_.answered && session.can_cancel()) session.cancel(Stack::now());
            },
            [&](const typename Session::Offer&) {
                if (session.can_ack()) session.ack(Stack::now(), {.body = options_.sdp()});
            },
            [&](const typename Session::Confirmed&) {
                if (caller && session.can_bye())
                    session.bye(Stack::now(), {.reason = "Q.850;cause=16"});
            },
            [&](const typename Session::Terminated& end) {
                ++ended_;
                failed_ += end.cause != (options_.answered ? Cause::bye : Cause::cancelled);
            },
        };
        offhook::dispatch_all(session, at);
    }

    Stack& stack_;
    const Options& options_;
    int ended_ = 0;
    int failed_ = 0;
};

} // namespace phone

#endif

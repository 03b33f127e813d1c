#ifndef ADAPTER_PHONE_HPP
#define ADAPTER_PHONE_HPP

// The application of both adapters: it has sessions, and does not ask on whose messages they run.

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "offhook/core/address.hpp"
#include "offhook/session/session.hpp"

namespace phone {

using namespace std::chrono_literals;

inline constexpr const char* usage =
    "usage: --listen IP:PORT [--calls N] [--late-offer] {call URI | answer}\n"
    "  call     makes N calls (1), ends each with bye() once it stands, and exits\n"
    "  answer   answers calls until it gets SIGINT or SIGTERM\n"
    "Exit status 0: each call was ended by a BYE.\n";

struct Options {
    std::optional<offhook::Address> listen = std::nullopt;
    std::string target = {}; ///< empty: answers
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
        bool said = false;
        for (int i = 1; i < count; ++i) {
            const std::string_view word = words[i];
            const bool more = i + 1 < count;
            if (word == "--listen" && more) {
                const std::string_view text = words[++i];
                const auto colon = text.rfind(':');
                if (colon == text.npos) return std::nullopt;
                const int port = std::atoi(words[i] + colon + 1);
                options.listen = offhook::Address::parse(text.substr(0, colon),
                                                         static_cast<std::uint16_t>(port));
            } else if (word == "--calls" && more)
                options.calls = std::atoi(words[++i]);
            else if (word == "--late-offer")
                options.late_offer = true;
            else if (word == "answer")
                said = true;
            else if (word == "call" && more)
                said = true, options.target = words[++i];
            else
                return std::nullopt;
        }
        if (!said || !options.listen) return std::nullopt;
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
        std::printf("%d calls ended, %d of them not by a BYE\n", ended_, failed_);
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
        session.progress(Stack::now(), 180);
        session.accept(Stack::now(), {.body = options_.sdp()});
        try {
            session.bye(Stack::now());
        } catch (const offhook::AckPending& refused) {
            std::printf("%s\n", refused.what());
        }
    }

    void attend(Session& session) {
        const bool new_one = session.state() == offhook::State::initial;
        if (new_one && session.role() == offhook::Role::uas) answer(session);
        while (const auto event = session.poll_event()) {
            if (const auto* const offer = std::get_if<typename Session::Offer>(&*event)) {
                if (offer->answer_by == offhook::Operation::ack)
                    session.ack(Stack::now(), {.body = options_.sdp()});
            } else if (std::holds_alternative<typename Session::Confirmed>(*event)) {
                if (session.role() == offhook::Role::uac)
                    session.bye(Stack::now(), {.reason = "Q.850;cause=16"});
            } else if (const auto* const end = std::get_if<typename Session::Terminated>(&*event)) {
                ++ended_;
                failed_ += end->cause != offhook::Cause::bye;
            }
        }
    }

    Stack& stack_;
    const Options& options_;
    int ended_ = 0;
    int failed_ = 0;
};

} // namespace phone

#endif

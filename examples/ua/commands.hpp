#ifndef OFFHOOK_EXAMPLES_UA_COMMANDS_HPP
#define OFFHOOK_EXAMPLES_UA_COMMANDS_HPP

// What the agent does with the lines of its standard input.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <iterator>
#include <sstream>

#include "calls.hpp"

namespace ua {

struct Agent::Command {
    std::string_view name;
    std::string_view arguments;
    void (Agent::*run)(int number, Words words); ///< none: not yet built
};

inline constexpr Agent::Command Agent::all_commands[] = {
    {"call", "URI [late]", &Agent::call},
    {"ring", "[CODE] [reliable] [sdp]", &Agent::ring},
    {"answer", "[CODE]", &Agent::answer},
    {"reject", "CODE", &Agent::reject},
    {"redirect", "URI", &Agent::redirect},
    {"cancel", "", &Agent::cancel},
    {"bye", "", &Agent::bye},
    {"hangup", "", &Agent::hang_up},
    {"options", "URI", &Agent::ask_options},
    {"state", "", &Agent::state},
    {"wait", "EVENT [SECONDS]", &Agent::wait},
    {"quit", "", &Agent::quit},
    {"reinvite", "[late|hold|resume]", &Agent::reinvite},
    {"update", "[offer|hold|resume|empty]", &Agent::update},
    {"info", "TYPE BODY", &Agent::info},
    {"message", "TEXT", &Agent::message},
    {"refer", "URI", &Agent::refer},
    {"refer-replace", "CALL", &Agent::refer_replace},
    {"notify", "STATUS", &Agent::notify},
    {"prack-offer", "on|off", &Agent::prack_offer},
    {"snapshot", "FILE", nullptr},
    {"restore", "FILE", nullptr},
};

inline std::string Agent::command_help() {
    std::string text;
    for (const Command& command : all_commands)
        if (command.run)
            text.append("  ")
                .append(command.name)
                .append(command.arguments.empty() ? "" : " ")
                .append(command.arguments)
                .append("\n");
    return text;
}

/// Takes what standard input has at the moment.
inline void Agent::read_commands() {
    std::array<char, 4096> bytes{};
    const auto size = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (size > 0) {
        input_.append(bytes.data(), static_cast<std::size_t>(size));
    } else {
        input_ended_ = true;
        loop_.unwatch(STDIN_FILENO);
        if (!input_.empty()) input_ += '\n';
    }
    std::size_t begin = 0;
    for (std::size_t end; (end = input_.find('\n', begin)) != std::string::npos; begin = end + 1)
        commands_.push_back(input_.substr(begin, end - begin));
    input_.erase(0, begin);
}

/// Goes on with the commands; false where there is none, or an event is awaited first.
inline bool Agent::obey() {
    if (wait_) {
        const bool come = history_.take(wait_->event, wait_->call, newest_);
        if (!come && now() < wait_->until) return false;
        const std::string event = std::move(wait_->event);
        wait_.reset();
        if (!come) {
            emit("error", 0, Json().add("message", "waited in vain for " + event));
            quit("a wait ran out", 1);
        }
        return true;
    }
    if (commands_.empty() || quitting_) return false;
    const std::string line = std::move(commands_.front());
    commands_.pop_front();
    try {
        execute(line);
    } catch (const BadUsage& bad) {
        emit("error", 0, Json().add("message", line + ": " + bad.what()));
        const bool someone_typed_it = ::isatty(STDIN_FILENO) == 1;
        if (!someone_typed_it) quit("a bad command", 2);
    }
    return true;
}

inline void Agent::execute(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words(std::istream_iterator<std::string>(in), {});
    if (words.empty() || words.front().starts_with('#')) return;
    int number = 0;
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (std::all_of(words.front().begin(), words.front().end(), is_digit)) {
        number = static_cast<int>(read::number(words.front(), 1, 1'000'000'000));
        words.erase(words.begin());
    }
    if (words.empty()) throw BadUsage("a call's number, and no command");
    const auto command =
        std::find_if(std::begin(all_commands), std::end(all_commands),
                     [&](const Command& each) { return each.name == words.front(); });
    if (command == std::end(all_commands)) throw BadUsage("no such command; see --help");
    if (!command->run) {
        quit("a command that is not yet built", 2);
        throw BadUsage("not yet built");
    }
    const bool waits = command->name == "wait";
    if (!waits) history_.command();
    (this->*command->run)(number == 0 && !waits ? newest_ : number, Words(words).subspan(1));
}

/// Words that the command does not take are a mistake of whoever wrote it.
inline void Agent::expect(Words words, std::size_t least, std::size_t most) {
    if (words.size() < least) throw BadUsage("something is missing; see --help");
    if (words.size() > most) throw BadUsage("more than it takes; see --help");
}

inline void Agent::call(int, Words words) {
    expect(words, 1, 2);
    if (words.size() == 2 && words[1] != "late") throw BadUsage("expected: call URI [late]");
    place_call(words[0], options_.late_offer || words.size() == 2);
}

inline void Agent::ring(int number, Words words) {
    expect(words, 0, 3);
    int status = 180;
    bool sdp = false;
    bool reliable = false;
    for (const std::string& word : words) {
        if (word == "reliable")
            reliable = true;
        else if (word == "sdp")
            sdp = true;
        else
            status = read::status(word, 101, 199);
    }
    ring_with(number, status, sdp, reliable);
}

inline void Agent::answer(int number, Words words) {
    expect(words, 0, 1);
    const int status = words.empty() ? 200 : read::status(words[0], 200, 699);
    if (status >= 300 && status < 400) throw BadUsage("for a 3xx say: redirect URI");
    answer_with(number, status, {});
}

inline void Agent::reject(int number, Words words) {
    expect(words, 1, 1);
    answer_with(number, read::status(words[0], 400, 699), {});
}

inline void Agent::redirect(int number, Words words) {
    expect(words, 1, 1);
    answer_with(number, 302, words[0]);
}

inline void Agent::cancel(int number, Words words) {
    expect(words, 0, 0);
    act(number, [&] { session(number).cancel(now()); });
}

inline void Agent::bye(int number, Words words) {
    expect(words, 0, 0);
    act(number, [&] { session(number).bye(now()); });
}

inline void Agent::hang_up(int number, Words words) {
    expect(words, 0, 0);
    session(number).hang_up(now());
}

inline void Agent::ask_options(int, Words words) {
    expect(words, 1, 1);
    const bool sent =
        act(0, [&] { endpoint_.request(now(), {.method = "OPTIONS", .target = words[0]}); });
    if (!sent) ++failed_;
}

inline void Agent::state(int number, Words words) {
    expect(words, 0, 0);
    Json members;
    if (const Call* const call = find(number)) {
        const auto of_call = session(number);
        const Role role = call->incoming ? Role::uas : Role::uac;
        members.add("state", describe(of_call.state(), role));
        if (const auto* const dialog = of_call.dialog()) {
            const DialogId id = dialog->id();
            members.add("call_id", id.call_id)
                .add("local_tag", id.local_tag)
                .add("remote_tag", id.remote_tag);
        }
    }
    const auto counts = endpoint_.counts();
    members.add("live_calls", live_calls())
        .add("sessions", counts.sessions)
        .add("client_transactions", counts.client_transactions)
        .add("server_transactions", counts.server_transactions)
        .add("timers", counts.timers);
    emit("state", number, members);
}

inline void Agent::wait(int number, Words words) {
    expect(words, 1, 2);
    const Duration most = words.size() == 2 ? read::seconds(words[1]) : std::chrono::seconds(30);
    wait_ = Wait{words[0], number, now() + most};
}

inline void Agent::quit(int, Words words) {
    expect(words, 0, 0);
    quit("quit", 0);
}

} // namespace ua

#endif

#ifndef OFFHOOK_EXAMPLES_UA_REQUESTS_HPP
#define OFFHOOK_EXAMPLES_UA_REQUESTS_HPP

// Requests within a call that leave it as it is: INFO, MESSAGE, and what comes of them.

#include "commands.hpp"

namespace ua {

namespace detail {

/// All words from the first on, as they were typed but for the blanks between them.
inline std::string joined(std::span<const std::string> words) {
    std::string text;
    for (const std::string& word : words)
        text.append(text.empty() ? "" : " ").append(word);
    return text;
}

/// A body of several lines, as a command can hold it: each `\n` typed there ends one.
inline std::string lines(std::string text) {
    for (std::size_t at = 0; (at = text.find("\\n", at)) != std::string::npos; at += 2)
        text.replace(at, 2, "\r\n");
    return text;
}

} // namespace detail

inline void Agent::on(const event::Requested& e) {
    const int number = number_of(e.session);
    const std::string_view method = e.message.method();
    Json members;
    members.add("type", e.message.header(Header::content_type).value_or(""));
    if (method == "INFO") {
        emit("info", number, members.add("body", e.message.body()));
    } else if (method == "MESSAGE") {
        emit("message", number, members.add("text", e.message.body()));
    } else {
        (void)session(number).try_respond(now(), e.transaction, 481);
        return;
    }
    // A BYE right behind it has answered it already.
    (void)session(number).try_respond(now(), e.transaction, 200);
}

inline void Agent::on(const event::Responded& e) {
    emit("response", number_of(e.session), Json().add("code", e.status));
}

inline void Agent::info(int number, Words words) {
    expect(words, 2, words.size());
    act(number, [&] {
        session(number).request(
            now(), "INFO",
            {.body = {words[0], detail::lines(detail::joined(words.subspan(1))), {}}});
    });
}

inline void Agent::message(int number, Words words) {
    expect(words, 1, words.size());
    act(number, [&] {
        session(number).request(now(), "MESSAGE",
                                {.body = {"text/plain", detail::joined(words), {}}});
    });
}

} // namespace ua

#endif

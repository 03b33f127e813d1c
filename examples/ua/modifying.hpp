#ifndef OFFHOOK_EXAMPLES_UA_MODIFYING_HPP
#define OFFHOOK_EXAMPLES_UA_MODIFYING_HPP

// How the agent changes a call, and lets it be changed: re-INVITE, UPDATE, PRACK, session timer.

#include "commands.hpp"

namespace ua {

/// Our answer to an offer within a call.
inline std::string Agent::answer_to(int number, const Body& offer) {
    Call* const call = find(number);
    return call ? call->sdp.answer(offer.content).text : std::string();
}

inline void Agent::on(const event::Reinvited& e) {
    const int number = number_of(e.session);
    emit("reinvite", number, Json().add("offer", !e.offer.empty()));
    Call* const call = find(number);
    if (!call) return;
    if (e.offer) emit("offer", number, Json().add("sdp", e.offer.content));
    const Sdp::Answer answer = e.offer ? call->sdp.answer(e.offer.content)
                                       : Sdp::Answer{call->sdp.offer(call->direction), true};
    act(number, [&] {
        if (answer.usable)
            session(number).accept(now(), {.body = Body::sdp(answer.text)});
        else
            session(number).reject(now(), 488); // RFC 3261 §14.2
    });
}

inline void Agent::on(const event::Updated& e) {
    const int number = number_of(e.session);
    emit("updated", number, Json().add("who", "remote").add("offer", !e.offer.empty()));
    if (e.offer)
        act(number, [&] {
            session(number).answer(now(), {.body = Body::sdp(answer_to(number, e.offer))});
        });
}

inline void Agent::on(const event::Acknowledged& e) {
    const int number = number_of(e.session);
    emit("acknowledged", number, Json().add("code", e.status).add("offer", !e.offer.empty()));
    if (e.offer)
        act(number, [&] {
            session(number).answer(now(), {.body = Body::sdp(answer_to(number, e.offer))});
        });
}

inline void Agent::on(const event::Modified& e) {
    emit("updated", number_of(e.session), Json().add("who", "local").add("code", e.status));
}

inline void Agent::on(const event::RolledBack& e) {
    emit("rolled_back", number_of(e.session),
         Json().add("who", name_of(e.by)).add("code", e.status));
}

inline void Agent::on(const event::Refreshed& e) {
    emit("refreshed", number_of(e.session),
         Json().add("interval", e.interval.count()).add("by_us", e.by_us));
}

/// The PRACK of a reliable 1xx, with an offer where `prack-offer on` wants one and it may be made.
inline void Agent::acknowledge(int number, const MessageOptions& options) {
    Call* const call = find(number);
    if (!call) return;
    MessageOptions full = options;
    if (full.body.empty() && prack_offers_) {
        full.body = Body::sdp(call->sdp.offer(call->direction));
        if (!session(number).try_prack(now(), full)) return;
        full.body = {};
    }
    act(number, [&] { session(number).prack(now(), full); });
}

inline void Agent::reinvite(int number, Words words) {
    expect(words, 0, 1);
    const std::string_view how = words.empty() ? std::string_view() : words[0];
    if (!how.empty() && how != "late" && how != "hold" && how != "resume")
        throw BadUsage("expected: reinvite [late|hold|resume]");
    Call* const call = find(number);
    if (call && how == "hold") call->direction = "sendonly";
    if (call && how == "resume") call->direction = "sendrecv";
    if (call) call->late = how == "late";
    MessageOptions options;
    if (call && how != "late") options.body = Body::sdp(call->sdp.offer(call->direction));
    act(number, [&] { session(number).reinvite(now(), options); });
}

inline void Agent::update(int number, Words words) {
    expect(words, 0, 1);
    const std::string_view how = words.empty() ? std::string_view("offer") : words[0];
    if (how != "offer" && how != "empty" && how != "hold" && how != "resume")
        throw BadUsage("expected: update [offer|hold|resume|empty]");
    Call* const call = find(number);
    if (call && how == "hold") call->direction = "sendonly";
    if (call && how == "resume") call->direction = "sendrecv";
    MessageOptions options;
    if (call && how != "empty") options.body = Body::sdp(call->sdp.offer(call->direction));
    act(number, [&] { session(number).update(now(), options); });
}

inline void Agent::prack_offer(int, Words words) {
    expect(words, 1, 1);
    if (words[0] != "on" && words[0] != "off") throw BadUsage("expected: prack-offer on|off");
    prack_offers_ = words[0] == "on";
}

} // namespace ua

#endif

#ifndef OFFHOOK_SESSION_GLARE_HPP
#define OFFHOOK_SESSION_GLARE_HPP

#include <chrono>
#include <cstdint>
#include <string_view>

#include "offhook/core/time.hpp"
#include "offhook/dialog/dialog_state.hpp"

namespace offhook {

/// What is under way in a dialog and stands in the way of another modification.
enum class Open : unsigned char {
    our_invite,     ///< no final response yet
    their_invite,   ///< the same of theirs
    their_update,   ///< not answered yet
    our_exchange,   ///< an offer of ours that is not answered, whatever carried it
    their_exchange, ///< the same of theirs
};

/// The INVITE or UPDATE of the peer that meets it.
enum class Meeting : unsigned char {
    invite,            ///< a re-INVITE, with an offer or without
    update,            ///< without an offer
    update_with_offer, ///< UPDATE
};

/// How a collision of modifications is answered: who comes too early gets 500 and a time to wait,
/// who crosses ours 491.
struct GlareRule {
    Meeting request;          ///< what comes
    Open meets;               ///< what is in its way
    int status;               ///< 491 or 500
    std::string_view section; ///< the rule
};

/// What no row names goes on; the first row that fits decides.
inline constexpr GlareRule glare_rules[] = {
    {Meeting::invite, Open::their_invite, 500, "RFC 3261 §14.2"},
    {Meeting::invite, Open::our_invite, 491, "RFC 3261 §14.2"},
    {Meeting::invite, Open::their_update, 500, "RFC 6337 §4.3, UAS-UsI"},
    {Meeting::invite, Open::our_exchange, 491, "RFC 5407 §3.1.5"},
    {Meeting::invite, Open::their_exchange, 500, "RFC 6337 §4.3, UAS-IsI"},
    {Meeting::update, Open::their_update, 500, "RFC 3311 §5.2"},
    {Meeting::update_with_offer, Open::their_update, 500, "RFC 3311 §5.2"},
    {Meeting::update_with_offer, Open::our_exchange, 491, "RFC 3311 §5.2"},
    {Meeting::update_with_offer, Open::their_exchange, 500, "RFC 3311 §5.2"},
};

/// The status that refuses the request; 0: none. `open` is a set of bits, one for each Open.
constexpr int glare_status(Meeting request, unsigned open) noexcept {
    for (const GlareRule& rule : glare_rules)
        if (rule.request == request && (open & (1U << static_cast<unsigned>(rule.meets))) != 0)
            return rule.status;
    return 0;
}

/// How long to wait before a request that got 491 is tried again: the owner of the Call-ID 2.1 to
/// 4 s, the other one up to 2 s, in steps of 10 ms, so that one of them comes first. `random` is
/// any number. RFC 3261 §14.1, RFC 3311 §5.3
constexpr Duration glare_delay(Role role, std::uint64_t random) noexcept {
    const std::uint64_t steps = role == Role::uac ? 210 + random % 191 : random % 201;
    return std::chrono::milliseconds(10 * steps);
}

} // namespace offhook

#endif

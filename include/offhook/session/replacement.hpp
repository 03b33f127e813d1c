#ifndef OFFHOOK_SESSION_REPLACEMENT_HPP
#define OFFHOOK_SESSION_REPLACEMENT_HPP

#include <string_view>

#include "offhook/dialog/dialog_state.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/message/dialog_name.hpp"
#include "offhook/message/join.hpp"
#include "offhook/message/replaces.hpp"
#include "offhook/message/target_dialog.hpp"
#include "offhook/session/operation.hpp"
#include "offhook/session/state.hpp"

namespace offhook {

/// What a new INVITE wants with a dialog that it names.
enum class Claim : unsigned char {
    replaces,            ///< take its place
    replaces_early_only, ///< the same, unless it is confirmed
    joins,               ///< be a conference with it
};

/// Each of them once.
inline constexpr Claim all_claims[] = {Claim::replaces, Claim::replaces_early_only, Claim::joins};

/// A row of the table of what is refused: which claims on a dialog of which role and state.
struct ClaimRule {
    unsigned claims;          ///< set of bits, one for each Claim
    unsigned roles;           ///< one for each Role that we have in the dialog
    unsigned states;          ///< one for each State
    int status;               ///< that refuses it
    std::string_view section; ///< the rule
};

namespace detail {

inline constexpr unsigned replacing = set(Claim::replaces, Claim::replaces_early_only);
inline constexpr unsigned any_claim = replacing | set(Claim::joins);

} // namespace detail

/// The whole table; what no row names may go on. Nobody can know a dialog that is not early yet.
inline constexpr ClaimRule claim_rules[] = {
    {detail::any_claim, detail::both, detail::set(State::initial), 481, "RFC 3891 §3, RFC 3911 §4"},
    {detail::any_claim, detail::both, detail::over, 603, "RFC 3891 §3, RFC 3911 §4"},
    {detail::replacing, detail::set(Role::uas), detail::set(State::early), 481, "RFC 3891 §3"},
    {detail::set(Claim::replaces_early_only), detail::both, detail::answered, 486, "RFC 3891 §3"},
};

/// The status that refuses a claim on a dialog of ours; 0 where the application decides.
constexpr int refused_with(Claim claim, Role role, State state) noexcept {
    for (const ClaimRule& rule : claim_rules)
        if ((rule.claims & detail::set(claim)) != 0 && (rule.roles & detail::set(role)) != 0
            && (rule.states & detail::set(state)) != 0)
            return rule.status;
    return 0;
}

/// Makes an INVITE take the place of a dialog, as one of InviteOptions::fields. The dialog is seen
/// from the receiver's side: of one's own it is DialogName::from_other_side(). RFC 3891 §4
inline HeaderField replaces_field(const DialogName& receivers,
                                  Replaceable which = Replaceable::any) {
    return {"Replaces", Replaces::write(receivers, which)};
}

/// Makes an INVITE join a dialog of its receiver, as one of InviteOptions::fields. RFC 3911 §5
inline HeaderField join_field(const DialogName& receivers) {
    return {"Join", Join::write(receivers)};
}

/// Shows the receiver of a request that its sender knows a dialog of it. RFC 4538 §3
inline HeaderField target_dialog_field(const DialogName& receivers) {
    return {"Target-Dialog", TargetDialog::write(receivers)};
}

} // namespace offhook

#endif

#ifndef OFFHOOK_DIALOG_DIALOG_STATE_HPP
#define OFFHOOK_DIALOG_DIALOG_STATE_HPP

#include <cstdint>
#include <optional>
#include <string_view>

#include "offhook/core/packed_text.hpp"
#include "offhook/message/characters.hpp"

namespace offhook {

/// Who made the request that created the dialog. RFC 3261 §12.1
enum class Role : unsigned char {
    uac, ///< sent the INVITE
    uas, ///< received it
};

/// What names a dialog at one of its ends; the other end has the tags the other way round. Views:
/// valid as long as what they were taken from. RFC 3261 §12
struct DialogId {
    std::string_view call_id;    ///< its case counts
    std::string_view local_tag;  ///< of this end
    std::string_view remote_tag; ///< "" for a peer of RFC 2543 that sends none

    /// Tags are tokens, which have no case; a Call-ID has. RFC 3261 §7.3.1, §20.8
    friend bool operator==(const DialogId& a, const DialogId& b) noexcept {
        return a.call_id == b.call_id && iequals(a.local_tag, b.local_tag)
               && iequals(a.remote_tag, b.remote_tag);
    }
};

/// The state of a dialog as plain data. RFC 3261 §12.1.1, §12.1.2
struct DialogState {
    /// The texts of it, each by its name.
    enum class Text : unsigned char {
        call_id,       ///< of all its messages
        local_tag,     ///< never empty
        remote_tag,    ///< "" for a peer of RFC 2543 that sends none
        local_party,   ///< our From (or To) value with its tag, as it goes into requests
        remote_party,  ///< the peer's, with its tag if it has one
        remote_target, ///< URI of the peer's Contact
        local_contact, ///< our Contact value
        route_set,     ///< as the value of a Route header field; "" is the empty set
    };

    PackedText<Text, 8> text;                            ///< all of its texts in one string
    std::optional<std::uint32_t> local_sequence_number;  ///< empty until we send a request
    std::optional<std::uint32_t> remote_sequence_number; ///< empty until the peer sends one
    Role role = Role::uac;                               ///< who made the request that created it
    bool confirmed = false;                              ///< else early
    bool secure = false; ///< made with a SIPS Request-URI, and so over TLS

    /// Its names from our side. Views of it.
    DialogId id() const noexcept {
        return {text[Text::call_id], text[Text::local_tag], text[Text::remote_tag]};
    }

    friend bool operator==(const DialogState&, const DialogState&) = default;
};

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_DIALOG_NAME_HPP
#define OFFHOOK_MESSAGE_DIALOG_NAME_HPP

#include <string>
#include <string_view>

namespace offhook {

/// What names a dialog in a message outside of it: in Replaces, Join and Target-Dialog. It is seen
/// from one of the dialog's two sides. RFC 3261 §12
struct DialogName {
    std::string_view call_id;    ///< byte by byte
    std::string_view local_tag;  ///< empty: the side has none, as RFC 2543 allowed
    std::string_view remote_tag; ///< the same of the other side

    /// The same dialog as the other side sees it, for a message that goes there.
    constexpr DialogName from_other_side() const { return {call_id, remote_tag, local_tag}; }

    friend constexpr bool operator==(const DialogName&, const DialogName&) = default;
};

namespace detail {

/// Whether a tag of Replaces or Join is that of a dialog's side. "0" stands for a missing tag, and
/// for itself. RFC 3891 §6.1, RFC 3911 §7.1
constexpr bool names_tag(std::string_view named, std::string_view tag) {
    return named == tag || (named == "0" && tag.empty());
}

/// The value of a Replaces or a Join.
inline std::string write_dialog_name(const DialogName& as_receiver_sees_it) {
    const DialogName& name = as_receiver_sees_it;
    const auto written = [](std::string_view tag) { return tag.empty() ? "0" : tag; };
    std::string text(name.call_id);
    text.append(";to-tag=").append(written(name.local_tag));
    text.append(";from-tag=").append(written(name.remote_tag));
    return text;
}

} // namespace detail

} // namespace offhook

#endif

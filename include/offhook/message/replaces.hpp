#ifndef OFFHOOK_MESSAGE_REPLACES_HPP
#define OFFHOOK_MESSAGE_REPLACES_HPP

#include <string>
#include <string_view>

#include "offhook/message/call_id.hpp"
#include "offhook/message/dialog_name.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Whether an INVITE may take the place of a dialog that is confirmed. RFC 3891 §3
enum class Replaceable : unsigned char { any, early_only };

/// Names the dialog that an INVITE is to take the place of.
///
///     Replaces       = "Replaces" HCOLON callid *(SEMI replaces-param)
///     replaces-param = to-tag / from-tag / early-flag / generic-param
///     early-flag     = "early-only"
///
/// RFC 3891 §6.1. Exactly one to-tag and one from-tag must be there.
struct Replaces {
    CallId call_id;        ///< of the dialog
    Parameters parameters; ///< the tags, early-only and others

    /// The field value; refused where a tag is missing or empty.
    static constexpr Parsed<Replaces> parse(std::string_view text);
    /// A value that names this dialog of its receiver. From one's own dialog with the receiver
    /// that is DialogName::from_other_side().
    static std::string write(const DialogName& dialog, Replaceable which = Replaceable::any);

    /// The local tag, as the receiver sees it. "0" matches a dialog without that tag too.
    constexpr std::string_view to_tag() const { return parameters.value("to-tag"); }
    /// The remote tag, as the receiver sees it.
    constexpr std::string_view from_tag() const { return parameters.value("from-tag"); }
    /// Whether only a dialog without a final response may be replaced.
    constexpr bool early_only() const { return parameters.has("early-only"); }
    /// Whether it names this dialog of its receiver.
    constexpr bool names(const DialogName& dialog) const {
        return call_id.text == dialog.call_id && detail::names_tag(to_tag(), dialog.local_tag)
               && detail::names_tag(from_tag(), dialog.remote_tag);
    }
};

constexpr Parsed<Replaces> Replaces::parse(std::string_view text) {
    Scanner in(text);
    const auto call_id = CallId::parse(in);
    if (!call_id) return ParseError{"Replaces: callid", call_id.error().offset};
    Replaces value{*call_id, {}};
    if (const ParseError error = value.parameters.read(in, "Replaces: replaces-param"))
        return error;
    if (value.to_tag().empty()) return in.error("Replaces: to-tag");
    if (value.from_tag().empty()) return in.error("Replaces: from-tag");
    return value;
}

inline std::string Replaces::write(const DialogName& dialog, Replaceable which) {
    std::string text = detail::write_dialog_name(dialog);
    if (which == Replaceable::early_only) text += ";early-only";
    return text;
}

} // namespace offhook

#endif

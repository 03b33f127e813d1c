#ifndef OFFHOOK_MESSAGE_JOIN_HPP
#define OFFHOOK_MESSAGE_JOIN_HPP

#include <string>
#include <string_view>

#include "offhook/message/call_id.hpp"
#include "offhook/message/dialog_name.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Names the dialog that an INVITE wants to be a conference with.
///
///     Join       = "Join" HCOLON callid *(SEMI join-param)
///     join-param = to-tag / from-tag / generic-param
///
/// RFC 3911 §7.1. Exactly one to-tag and one from-tag must be there.
struct Join {
    CallId call_id;        ///< of the dialog
    Parameters parameters; ///< the tags and others

    /// The field value; refused where a tag is missing or empty.
    static constexpr Parsed<Join> parse(std::string_view text);
    /// A value that names this dialog of its receiver.
    static std::string write(const DialogName& dialog) { return detail::write_dialog_name(dialog); }

    /// The local tag, as the receiver sees it. "0" matches a dialog without that tag too.
    constexpr std::string_view to_tag() const { return parameters.value("to-tag"); }
    /// The remote tag, as the receiver sees it.
    constexpr std::string_view from_tag() const { return parameters.value("from-tag"); }
    /// Whether it names this dialog of its receiver.
    constexpr bool names(const DialogName& dialog) const {
        return call_id.text == dialog.call_id && detail::names_tag(to_tag(), dialog.local_tag)
               && detail::names_tag(from_tag(), dialog.remote_tag);
    }
};

constexpr Parsed<Join> Join::parse(std::string_view text) {
    Scanner in(text);
    const auto call_id = CallId::parse(in);
    if (!call_id) return ParseError{"Join: callid", call_id.error().offset};
    Join value{*call_id, {}};
    if (const ParseError error = value.parameters.read(in, "Join: join-param")) return error;
    if (value.to_tag().empty()) return in.error("Join: to-tag");
    if (value.from_tag().empty()) return in.error("Join: from-tag");
    return value;
}

} // namespace offhook

#endif

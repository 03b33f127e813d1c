#ifndef OFFHOOK_MESSAGE_TARGET_DIALOG_HPP
#define OFFHOOK_MESSAGE_TARGET_DIALOG_HPP

#include <string>
#include <string_view>

#include "offhook/message/call_id.hpp"
#include "offhook/message/dialog_name.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Names a dialog that the sender of a request knows of, as a reason to trust it.
///
///     Target-Dialog = "Target-Dialog" HCOLON callid *(SEMI td-param)
///     td-param      = remote-param / local-param / generic-param
///     remote-param  = "remote-tag" EQUAL token
///     local-param   = "local-tag" EQUAL token
///
/// RFC 4538 §7. Without both tags it means nothing and has to be ignored (§4), so it is refused.
struct TargetDialog {
    CallId call_id;        ///< of the dialog
    Parameters parameters; ///< the tags and others

    /// The field value; refused where a tag is missing or empty.
    static constexpr Parsed<TargetDialog> parse(std::string_view text);
    /// A value that names this dialog of its receiver, which has both tags.
    static std::string write(const DialogName& dialog);

    /// The dialog as the receiver sees it.
    constexpr DialogName dialog() const {
        return {call_id.text, parameters.value("local-tag"), parameters.value("remote-tag")};
    }
    /// Whether it names this dialog of its receiver.
    constexpr bool names(const DialogName& a_dialog) const { return dialog() == a_dialog; }
};

constexpr Parsed<TargetDialog> TargetDialog::parse(std::string_view text) {
    Scanner in(text);
    const auto call_id = CallId::parse(in);
    if (!call_id) return ParseError{"Target-Dialog: callid", call_id.error().offset};
    TargetDialog value{*call_id, {}};
    if (const ParseError error = value.parameters.read(in, "Target-Dialog: td-param")) return error;
    if (value.dialog().remote_tag.empty()) return in.error("Target-Dialog: remote-param");
    if (value.dialog().local_tag.empty()) return in.error("Target-Dialog: local-param");
    return value;
}

inline std::string TargetDialog::write(const DialogName& dialog) {
    std::string text(dialog.call_id);
    text.append(";local-tag=").append(dialog.local_tag);
    text.append(";remote-tag=").append(dialog.remote_tag);
    return text;
}

} // namespace offhook

#endif

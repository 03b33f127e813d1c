#ifndef OFFHOOK_MESSAGE_CONTENT_DISPOSITION_HPP
#define OFFHOOK_MESSAGE_CONTENT_DISPOSITION_HPP

#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What a body is for, and whether it has to be understood.
///
///     Content-Disposition = "Content-Disposition" HCOLON disp-type *( SEMI disp-param )
///     handling-param      = "handling" EQUAL ( "optional" / "required" / other-handling )
///
/// RFC 3261 §20.11
struct ContentDisposition {
    /// What a receiver is to do who does not understand the body: refuse it with 415, or pass it
    /// over.
    enum class Handling : unsigned char { required, optional };

    std::string_view type; ///< "session", "render", "early-session" …
    Parameters parameters; ///< handling and others

    /// The field value: a disp-type and its parameters.
    static constexpr Parsed<ContentDisposition> parse(std::string_view text);

    /// Disposition types have no case.
    constexpr bool is(std::string_view a_type) const { return iequals(type, a_type); }
    /// Required unless it says "optional".
    constexpr Handling handling() const {
        return iequals(parameters.value("handling"), "optional") ? Handling::optional
                                                                 : Handling::required;
    }
};

constexpr Parsed<ContentDisposition> ContentDisposition::parse(std::string_view text) {
    Scanner in(text);
    ContentDisposition value;
    in.skip_lws();
    value.type = in.token();
    if (value.type.empty()) return in.error("Content-Disposition: disp-type");
    if (const ParseError error = value.parameters.read(in, "Content-Disposition: disp-param"))
        return error;
    return value;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_MESSAGE_REFER_SUB_HPP
#define OFFHOOK_MESSAGE_REFER_SUB_HPP

#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Whether a REFER makes a subscription: asked for in the request, told in the 2xx. Where it is
/// missing it does.
///
///     Refer-Sub       = "Refer-Sub" HCOLON refer-sub-value *(SEMI exten)
///     refer-sub-value = "true" / "false"
///     exten           = generic-param
///
/// RFC 4488 §4
struct ReferSub {
    bool subscribes = true; ///< "true"
    Parameters parameters;  ///< those of extensions

    /// The field value; refused where it says neither "true" nor "false", in whatever case.
    static constexpr Parsed<ReferSub> parse(std::string_view text);
    /// As parse() reads it.
    constexpr std::string_view write() const { return subscribes ? "true" : "false"; }
};

constexpr Parsed<ReferSub> ReferSub::parse(std::string_view text) {
    Scanner in(text);
    ReferSub value;
    in.skip_lws();
    const ParseError error = in.error("Refer-Sub: refer-sub-value");
    const std::string_view word = in.token();
    if (iequals(word, "false")) {
        value.subscribes = false;
    } else if (!iequals(word, "true")) {
        return error;
    }
    if (const ParseError fault = value.parameters.read(in, "Refer-Sub: exten")) return fault;
    return value;
}

} // namespace offhook

#endif

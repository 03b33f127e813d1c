#ifndef OFFHOOK_MESSAGE_INFO_PACKAGE_HPP
#define OFFHOOK_MESSAGE_INFO_PACKAGE_HPP

#include <string_view>

#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// What an INFO is about; a value of Recv-Info too.
///
///     Info-Package      = "Info-Package" HCOLON Info-package-type
///     Info-package-type = Info-package-name *( SEMI Info-package-param )
///     Info-package-name = token
///
/// RFC 6086 §9.2
struct InfoPackage {
    std::string_view name; ///< case-sensitive: RFC 6086 §7.2
    Parameters parameters; ///< the package's own

    /// The field value: one name and its parameters.
    static constexpr Parsed<InfoPackage> parse(std::string_view text);
};

constexpr Parsed<InfoPackage> InfoPackage::parse(std::string_view text) {
    Scanner in(text);
    InfoPackage value;
    in.skip_lws();
    value.name = in.token();
    if (value.name.empty()) return in.error("Info-Package: Info-package-name");
    if (const ParseError error = value.parameters.read(in, "Info-Package: Info-package-param"))
        return error;
    return value;
}

} // namespace offhook

#endif

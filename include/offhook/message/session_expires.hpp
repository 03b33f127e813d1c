#ifndef OFFHOOK_MESSAGE_SESSION_EXPIRES_HPP
#define OFFHOOK_MESSAGE_SESSION_EXPIRES_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

#include "offhook/message/characters.hpp"
#include "offhook/message/delta_seconds.hpp"
#include "offhook/message/parameters.hpp"
#include "offhook/message/parsed.hpp"
#include "offhook/message/scanner.hpp"

namespace offhook {

/// Which side keeps the session alive. RFC 4028 §4
enum class Refresher : unsigned char { uac, uas };

/// How long a session lives without a refresh, and who refreshes it.
///
///     Session-Expires = ("Session-Expires" / "x") HCOLON delta-seconds *(SEMI se-params)
///     refresher-param = "refresher" EQUAL ("uas" / "uac")
///
/// RFC 4028 §4
struct SessionExpires {
    std::chrono::seconds interval{0};   ///< 0 … 2³²−1
    std::optional<Refresher> refresher; ///< nothing: it does not say
    Parameters parameters;              ///< refresher and others

    /// The field value; refused where a refresher is neither "uac" nor "uas".
    static constexpr Parsed<SessionExpires> parse(std::string_view text);
};

/// The shortest session interval that is accepted.
///
///     Min-SE = "Min-SE" HCOLON delta-seconds *(SEMI generic-param)
///
/// RFC 4028 §5
struct MinSE {
    std::chrono::seconds interval{0}; ///< 0 … 2³²−1
    Parameters parameters;            ///< none are defined

    /// The field value; refused where the number is above 2³²−1.
    static constexpr Parsed<MinSE> parse(std::string_view text);
};

constexpr Parsed<SessionExpires> SessionExpires::parse(std::string_view text) {
    Scanner in(text);
    SessionExpires value;
    in.skip_lws();
    const auto interval = take_delta_seconds(in);
    if (!interval) return in.error("Session-Expires: delta-seconds");
    value.interval = *interval;
    if (const ParseError error = value.parameters.read(in, "Session-Expires: se-params"))
        return error;
    if (const auto refresher = value.parameters.find("refresher")) {
        if (iequals(*refresher, "uac")) {
            value.refresher = Refresher::uac;
        } else if (iequals(*refresher, "uas")) {
            value.refresher = Refresher::uas;
        } else {
            const auto at = refresher->empty()
                                ? text.size()
                                : static_cast<std::size_t>(refresher->data() - text.data());
            return ParseError{"Session-Expires: refresher-param", at};
        }
    }
    return value;
}

constexpr Parsed<MinSE> MinSE::parse(std::string_view text) {
    Scanner in(text);
    MinSE value;
    in.skip_lws();
    const auto interval = take_delta_seconds(in);
    if (!interval) return in.error("Min-SE: delta-seconds");
    value.interval = *interval;
    if (const ParseError error = value.parameters.read(in, "Min-SE: generic-param")) return error;
    return value;
}

} // namespace offhook

#endif

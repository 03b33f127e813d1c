#ifndef OFFHOOK_SESSION_SESSION_REFRESH_HPP
#define OFFHOOK_SESSION_SESSION_REFRESH_HPP

#include <chrono>
#include <optional>
#include <string_view>

#include "offhook/message/session_expires.hpp"

namespace offhook {

/// No session interval is shorter, and a missing Min-SE stands for this. RFC 4028 §4, §5
inline constexpr std::chrono::seconds shortest_session_interval{90};

/// What an INVITE or UPDATE says of the session timer; `uac` is whoever sends it, whichever side
/// made the dialog. RFC 4028 §7.1, §7.4
struct RefreshRequest {
    std::optional<std::chrono::seconds> interval = {}; ///< Session-Expires
    std::optional<Refresher> refresher = {};           ///< its parameter
    std::optional<std::chrono::seconds> min_se = {};   ///< Min-SE
    bool timer_supported = false;                      ///< `timer` in Supported

    friend constexpr bool operator==(const RefreshRequest&, const RefreshRequest&) = default;
};

/// What the 2xx to it says. RFC 4028 §7.2, §9
struct RefreshAnswer {
    std::optional<std::chrono::seconds> interval = {}; ///< Session-Expires; none: no timer
    std::optional<Refresher> refresher = {};           ///< its parameter
    bool timer_required = false;                       ///< `timer` in Require
    bool timer_supported = false;                      ///< `timer` in Supported

    friend constexpr bool operator==(const RefreshAnswer&, const RefreshAnswer&) = default;
};

/// What any other final response to it says; a timeout counts as 408. RFC 4028 §7.3, §10
struct RefreshRefusal {
    int status;                                           ///< 300 … 699
    std::optional<std::chrono::seconds> min_se = {};      ///< of a 422
    std::optional<std::chrono::seconds> retry_after = {}; ///< Retry-After
};

/// Whom the UAS names as refresher in its 2xx. RFC 4028 §9, table 2
struct UasRefresher {
    /// One case of the table.
    struct Row {
        bool uac_supports;               ///< `timer` in Supported of the request
        std::optional<Refresher> asked;  ///< the refresher that it names
        std::optional<Refresher> answer; ///< none: as the UAS likes
        bool require;                    ///< `timer` in Require of the 2xx
        std::string_view section;        ///< the rule
    };

    /// The second and third row should not happen. The UAC may be no refresher there, for its
    /// request does not allow the Require that would tell it so.
    static constexpr Row table[] = {
        {false, std::nullopt, Refresher::uas, false, "RFC 4028 §9"},
        {false, Refresher::uac, Refresher::uas, false, "RFC 4028 §9"},
        {false, Refresher::uas, Refresher::uas, false, "RFC 4028 §9"},
        {true, std::nullopt, std::nullopt, true, "RFC 4028 §9"},
        {true, Refresher::uac, Refresher::uac, true, "RFC 4028 §9"},
        {true, Refresher::uas, Refresher::uas, true, "RFC 4028 §9"},
    };

    /// The row for a request; each has one.
    static constexpr const Row* find(bool uac_supports, std::optional<Refresher> asked) noexcept {
        for (const Row& row : table)
            if (row.uac_supports == uac_supports && row.asked == asked) return &row;
        return nullptr;
    }
};

/// What the UAC makes of a 2xx. RFC 4028 §7.2
struct UacRefresher {
    /// Whom the 2xx names as refresher.
    enum class Named : unsigned char {
        no_interval, ///< no Session-Expires
        nobody,      ///< Session-Expires without the parameter
        uac,         ///< the sender of the request
        uas,         ///< the sender of the 2xx
    };

    /// What follows.
    enum class Outcome : unsigned char {
        off,        ///< no timer
        uac,        ///< we refresh
        uas,        ///< the peer refreshes
        unanswered, ///< nobody but us can: we refresh at the interval asked for, or nobody does
    };

    /// Whether a row asks for a fact.
    enum class If : unsigned char { either, yes, no };

    /// One case of §7.2.
    struct Row {
        Named named;              ///< what the 2xx says
        If asked;                 ///< Session-Expires in the request
        If uas_supports;          ///< `timer` in Supported of the 2xx
        Outcome outcome;          ///< what it means
        std::string_view section; ///< the rule
    };

    /// Where the parameter, which must be there, is not, we refresh: a refresh too many harms
    /// nothing, one that each side expects of the other ends the session.
    static constexpr Row table[] = {
        {Named::uac, If::either, If::either, Outcome::uac, "RFC 4028 §7.2"},
        {Named::uas, If::either, If::either, Outcome::uas, "RFC 4028 §7.2"},
        {Named::nobody, If::either, If::either, Outcome::uac, "RFC 4028 §7.2"},
        {Named::no_interval, If::no, If::either, Outcome::off, "RFC 4028 §7.2"},
        {Named::no_interval, If::yes, If::yes, Outcome::off, "RFC 4028 §7.2"},
        {Named::no_interval, If::yes, If::no, Outcome::unanswered, "RFC 4028 §7.2"},
    };

    /// Whom it names.
    static constexpr Named named(const RefreshAnswer& answer) noexcept {
        if (!answer.interval) return Named::no_interval;
        if (!answer.refresher) return Named::nobody;
        return *answer.refresher == Refresher::uac ? Named::uac : Named::uas;
    }

    /// The row for a 2xx; each has one.
    static constexpr const Row* find(Named named, bool asked, bool uas_supports) noexcept {
        for (const Row& row : table)
            if (row.named == named && holds(row.asked, asked)
                && holds(row.uas_supports, uas_supports))
                return &row;
        return nullptr;
    }

private:
    static constexpr bool holds(If condition, bool fact) noexcept {
        return condition == If::either || (condition == If::yes) == fact;
    }
};

} // namespace offhook

#endif

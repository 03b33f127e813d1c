#ifndef OFFHOOK_SESSION_REDIRECT_TARGETS_HPP
#define OFFHOOK_SESSION_REDIRECT_TARGETS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/limits.hpp"
#include "offhook/dialog/route_set.hpp"
#include "offhook/message/contact.hpp"
#include "offhook/message/uri.hpp"
#include "offhook/message/uri_compare.hpp"

namespace offhook {

/// Where a request that is redirected goes next: the target set of RFC 3261 §8.1.3.4, tried one by
/// one in the order of "q". It begins with the Request-URI of the first request, grows with the
/// Contacts of each 3xx, and gives no URI out twice, so two servers that redirect to each other end
/// it.
///
///     RedirectTargets targets(request_uri);
///     for (… : Contacts of the 3xx) targets.add(contact);
///     while (auto target = targets.next()) …          // a 3xx to it adds again
///
/// `Lazy` is any type: what this does is compiled where a Session uses it.
template <class Lazy>
class BasicRedirectTargets {
public:
    /// A URI to try, as a Contact gave it.
    struct Target {
        std::string uri;         ///< as the Contact has it; its header fields: UriHeaders
        std::uint16_t q = 1000;  ///< in thousandths
        bool downgraded = false; ///< the first request had a SIPS URI, this one has none: the user
                                 ///< should be told (§8.1.3.4)
        /// How long it may be kept for other requests; nothing: for this one alone. §21.3.3
        std::optional<std::chrono::seconds> expires = {};

        /// The URI as a Request-URI: without header fields and method. §8.1.3.4
        std::string request_uri() const { return as_request_uri(uri); }
        friend bool operator==(const Target&, const Target&) = default;
    };

    /// What became of a Contact.
    enum class Added : unsigned char {
        target,     ///< it will be tried, if none before it succeeds
        repeated,   ///< the set has that URI, or had it: a loop, or a Contact that came twice
        aside,      ///< it is neither SIP nor SIPS: the application may know what to do with it
        over_limit, ///< as many preferred ones are there already
        unusable,   ///< "*" names no one place
    };

    /// At most `limit` targets are given out.
    explicit BasicRedirectTargets(std::string_view request_uri,
                                  std::size_t limit = Limits{}.redirections)
        : left_(limit), most_aside_(limit), given_{std::string(request_uri)} {}

    /// Takes a Contact of a 3xx, in the order of "q".
    Added add(const Contact& contact);

    /// The next one to try; nothing at the end, where the request has failed.
    std::optional<Target> next();

    /// Takes one that waits out of its turn, by its URI; false where it does not wait.
    bool choose(std::string_view uri);

    /// Targets that wait, the preferred first.
    const std::vector<Target>& waiting() const { return waiting_; }
    /// The URIs that were tried, the first Request-URI among them, in their order.
    const std::vector<std::string>& tried() const { return given_; }
    /// Contacts of other schemes, in the order in which they came.
    const std::vector<Target>& aside() const { return aside_; }
    /// Whether a 3xx named a URI that had been tried before.
    bool looped() const { return looped_; }

    friend bool operator==(const BasicRedirectTargets&, const BasicRedirectTargets&) = default;

private:
    static bool same(std::string_view known, const Uri& uri) {
        const auto parsed = Uri::parse(known);
        return parsed && equivalent(*parsed, uri);
    }
    static bool contains(const std::vector<Target>& targets, const Uri& uri) {
        for (const Target& target : targets)
            if (same(target.uri, uri)) return true;
        return false;
    }
    Added put_aside(Target target, const Uri& uri);

    std::size_t left_; ///< how many may still be given out
    std::size_t most_aside_;
    bool looped_ = false;
    std::vector<std::string> given_;
    std::vector<Target> waiting_; ///< never more than may still be given out
    std::vector<Target> aside_;
};

/// By themselves, outside of a Session.
using RedirectTargets = BasicRedirectTargets<void>;

template <class Lazy>
auto BasicRedirectTargets<Lazy>::add(const Contact& contact) -> Added {
    const Uri uri = contact.address.parsed_uri();
    Target target{std::string(contact.address.uri), contact.q().value_or(1000), false,
                  contact.expires()};
    if (!uri.is_sip()) return put_aside(std::move(target), uri);
    for (const std::string& known : given_) {
        if (!same(known, uri)) continue;
        looped_ = true;
        return Added::repeated;
    }
    if (contains(waiting_, uri)) return Added::repeated;

    const auto first = Uri::parse(given_.front());
    target.downgraded = first && first->is_sips() && !uri.is_sips();
    std::size_t at = 0;
    while (at != waiting_.size() && waiting_[at].q >= target.q)
        ++at;
    // What stands behind as many others as may be tried will never be: later ones only push it on.
    if (at >= left_) return Added::over_limit;
    waiting_.insert(waiting_.begin() + static_cast<std::ptrdiff_t>(at), std::move(target));
    if (waiting_.size() > left_) waiting_.pop_back();
    return Added::target;
}

template <class Lazy>
auto BasicRedirectTargets<Lazy>::put_aside(Target target, const Uri& uri) -> Added {
    if (uri.text.empty()) return Added::unusable; // the wildcard has no address
    if (contains(aside_, uri)) return Added::repeated;
    if (aside_.size() == most_aside_) return Added::over_limit;
    aside_.push_back(std::move(target));
    return Added::aside;
}

template <class Lazy>
auto BasicRedirectTargets<Lazy>::next() -> std::optional<Target> {
    if (waiting_.empty()) return std::nullopt;
    Target target = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    given_.push_back(target.uri);
    --left_;
    return target;
}

template <class Lazy>
bool BasicRedirectTargets<Lazy>::choose(std::string_view uri) {
    for (std::size_t i = 0; i != waiting_.size(); ++i) {
        if (waiting_[i].uri != uri) continue;
        given_.push_back(waiting_[i].uri);
        waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
        --left_;
        return true;
    }
    return false;
}

} // namespace offhook

#endif

#ifndef OFFHOOK_ENDPOINT_ENDED_DIALOGS_HPP
#define OFFHOOK_ENDPOINT_ENDED_DIALOGS_HPP

#include <cstddef>
#include <optional>

#include "offhook/core/digest_map.hpp"
#include "offhook/core/fifo.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/siphash.hpp"
#include "offhook/core/time.hpp"

namespace offhook {

/// Dialogs that were there until a moment ago: an INVITE that names one crossed its end. Needs no
/// timer, as old ones make room for new ones. `Lazy` is any type: what this does is compiled where
/// an Endpoint uses it. RFC 3891 §3, RFC 3911 §4
template <class Lazy>
class BasicEndedDialogs {
public:
    /// Remembers a dialog until then, at most `most` of them.
    void add(TimePoint now, const Digest& dialog, TimePoint until, std::size_t most) {
        if (!oldest_) oldest_ = order_.pop();
        while (oldest_ && (oldest_->until <= now || until_.size() >= most)) {
            until_.erase(oldest_->dialog);
            oldest_ = order_.pop();
        }
        if (until_.size() < most && until_.insert(dialog, until)) order_.push({dialog, until});
    }

    /// Whether its time has not passed.
    bool contains(TimePoint now, const Digest& dialog) {
        const TimePoint* const until = until_.find(dialog);
        return until && now < *until;
    }

    /// How many are kept, perhaps some whose time has passed.
    std::size_t size() const { return until_.size(); }

private:
    struct Entry {
        Digest dialog;
        TimePoint until;
    };
    DigestMap<Late<TimePoint, Lazy>> until_;
    Fifo<Entry> order_;
    std::optional<Entry> oldest_ = {}; ///< taken from order_ to look at it
};

/// By themselves, outside of an Endpoint.
using EndedDialogs = BasicEndedDialogs<void>;

} // namespace offhook

#endif

#ifndef OFFHOOK_SESSION_USAGES_HPP
#define OFFHOOK_SESSION_USAGES_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "offhook/core/box.hpp"
#include "offhook/core/late.hpp"
#include "offhook/core/time.hpp"
#include "offhook/dialog/body.hpp"
#include "offhook/dialog/message_options.hpp"
#include "offhook/dialog/outgoing.hpp"
#include "offhook/session/usage_id.hpp"
#include "offhook/subscription/event_key.hpp"
#include "offhook/subscription/notifier.hpp"
#include "offhook/subscription/subscriber.hpp"

namespace offhook {

/// Whether a REFER asks for the subscription that tells what becomes of it. Without one is for
/// recipients that know RFC 4488; others subscribe us all the same.
enum class ReferSubscription : unsigned char { wanted, unwanted };

/// A subscription in a dialog that a call has made, at either side. RFC 5057 §3
struct Usage {
    UsageId id = 0;                          ///< by which the application knows it
    std::uint32_t fork = 0;                  ///< number of the dialog
    EventKey event;                          ///< event type and id
    std::variant<Subscriber, Notifier> side; ///< which one we are, and its state
    std::uint32_t refer = 0;      ///< CSeq number of the REFER that made it; 0: SUBSCRIBE did
    bool first_refer = false;     ///< of its dialog: the id of its event may be missing
    bool without = false;         ///< the REFER asks for no subscription
    std::string event_value = {}; ///< subscriber: Event as each SUBSCRIBE has it
    MessageOptions repeated = {}; ///< subscriber: goes into each SUBSCRIBE
    Body state = {};              ///< notifier: what the last NOTIFY told
    /// Notifier: the server transaction that waits for respond().
    std::optional<TransactionId> waiting = {};
    /// Notifier: that of a REFER which had to be accepted before respond() decided.
    std::optional<TransactionId> undecided = {};

    /// Null where we are the notifier.
    Subscriber* subscriber() noexcept { return std::get_if<Subscriber>(&side); }
    /// Null where we are the subscriber.
    Notifier* notifier() noexcept { return std::get_if<Notifier>(&side); }
    /// Null where we are the notifier.
    const Subscriber* subscriber() const noexcept { return std::get_if<Subscriber>(&side); }
    /// Null where we are the subscriber.
    const Notifier* notifier() const noexcept { return std::get_if<Notifier>(&side); }

    /// How it ended; none while it has not.
    const std::optional<SubscriptionEnd>& end() const noexcept {
        return subscriber() ? subscriber()->end() : notifier()->end();
    }
    /// When its side has something to do; none: never.
    std::optional<TimePoint> next_timeout() const noexcept {
        return subscriber() ? subscriber()->next_timeout() : notifier()->next_timeout();
    }
    /// Whether a NOTIFY or SUBSCRIBE with that Event belongs to it. RFC 3515 §2.4.6
    bool is_of(const EventKey& key) const {
        return refer != 0 ? belongs_to_refer(key, refer, first_refer) : key == event;
    }
};

/// All of a session's: a pointer while there are none, as in most calls. `Lazy` is any type: what
/// this does is compiled where a Session uses it.
template <class Lazy>
class BasicUsages {
    using Usage = Late<offhook::Usage, Lazy>;

public:
    /// More than so many at a time are refused to the peer, so that it can't fill the memory.
    static constexpr std::size_t most_of_peer = 16;

    /// None lives.
    bool empty() const noexcept { return !list_; }
    /// Whether there has been one.
    bool ever() const noexcept { return last_ != 0; }
    /// How many live.
    std::size_t size() const noexcept { return list_ ? list_->size() : 0; }
    /// By place, below size().
    Usage& operator[](std::size_t i) noexcept { return (*list_)[i]; }
    /// The same.
    const Usage& operator[](std::size_t i) const noexcept { return (*list_)[i]; }

    /// Gives it a number, unless it comes from another session and has one.
    Usage& add(Usage usage) {
        if (usage.id == 0) usage.id = ++last_;
        last_ = usage.id > last_ ? usage.id : last_;
        if (!list_) list_ = std::vector<Usage>();
        list_->push_back(std::move(usage));
        return list_->back();
    }
    /// Takes one out, by its place.
    Usage take(std::size_t i) {
        Usage usage = std::move((*list_)[i]);
        list_->erase(list_->begin() + static_cast<std::ptrdiff_t>(i));
        if (list_->empty()) list_.reset();
        return usage;
    }
    /// Null where it is over.
    const Usage* find(UsageId id) const noexcept {
        for (std::size_t i = 0; i < size(); ++i)
            if ((*list_)[i].id == id) return &(*list_)[i];
        return nullptr;
    }
    /// The same.
    Usage* find(UsageId id) noexcept {
        return const_cast<Usage*>(static_cast<const BasicUsages&>(*this).find(id));
    }

private:
    Box<std::vector<Usage>> list_;
    UsageId last_ = 0;
};

/// By themselves, outside of a Session.
using Usages = BasicUsages<void>;

} // namespace offhook

#endif

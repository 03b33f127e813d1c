#ifndef OFFHOOK_EXAMPLES_UA_HISTORY_HPP
#define OFFHOOK_EXAMPLES_UA_HISTORY_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <iterator>
#include <string>
#include <string_view>

namespace ua {

/// The events that no `wait` has been satisfied by. An event may come before the command that waits
/// for it is read, so it counts where it came since the last command that did something; and what
/// comes once in a call's life counts for that call whenever it came.
class History {
public:
    void happened(std::string_view event, int call) {
        if (events_.size() == most) events_.pop_front();
        events_.push_back({++last_, std::string(event), call});
    }

    /// A command is carried out: what came before it is past.
    void command() { past_ = last_; }

    /// Takes the first such event of the call; of `newest` or any later one where `call` is 0.
    bool take(std::string_view event, int call, int newest) {
        const auto found = std::find_if(events_.begin(), events_.end(), [&](const Entry& entry) {
            if (entry.event != event || (call != 0 && entry.call != call)) return false;
            return entry.number > past_
                   || (comes_once(event) && (call != 0 || entry.call == newest));
        });
        if (found == events_.end()) return false;
        events_.erase(found);
        return true;
    }

private:
    struct Entry {
        std::uint64_t number;
        std::string event;
        int call;
    };
    static constexpr std::size_t most = 1000;

    static bool comes_once(std::string_view event) {
        static constexpr std::string_view all[] = {"incoming",   "answered", "confirmed",
                                                   "redirected", "rejected", "cancelled",
                                                   "terminated"};
        return std::find(std::begin(all), std::end(all), event) != std::end(all);
    }

    std::deque<Entry> events_;
    std::uint64_t last_ = 0;
    std::uint64_t past_ = 0;
};

} // namespace ua

#endif

#ifndef OFFHOOK_ENDPOINT_STREAMS_HPP
#define OFFHOOK_ENDPOINT_STREAMS_HPP

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "offhook/core/late.hpp"
#include "offhook/core/limits.hpp"
#include "offhook/message/stream_framer.hpp"

namespace offhook {

/// A framer for each open stream, by the number that the application gave it. Found by binary
/// search: streams come and go seldom, and their bytes come often. `Lazy` is any type: what this
/// does is compiled where an Endpoint uses it.
template <class Lazy>
class Streams {
public:
    /// That of a stream; a new one where there is none.
    StreamFramer& framer(std::uint64_t connection, const Limits& limits) {
        const std::size_t i = place(connection);
        if (i == streams_.size() || streams_[i].first != connection)
            streams_.emplace(streams_.begin() + static_cast<std::ptrdiff_t>(i), connection,
                             StreamFramer(limits));
        return streams_[i].second;
    }
    /// The stream is gone.
    void erase(std::uint64_t connection) {
        if (contains(connection))
            streams_.erase(streams_.begin() + static_cast<std::ptrdiff_t>(place(connection)));
    }
    /// Whether one is open.
    bool contains(std::uint64_t connection) const {
        const std::size_t i = place(connection);
        return i != streams_.size() && streams_[i].first == connection;
    }
    /// How many are open.
    std::size_t size() const noexcept { return streams_.size(); }

private:
    std::size_t place(std::uint64_t connection) const {
        std::size_t low = 0;
        for (std::size_t high = streams_.size(); low < high;) {
            const std::size_t middle = (low + high) / 2;
            if (streams_[middle].first < connection)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    std::vector<std::pair<std::uint64_t, Late<StreamFramer, Lazy>>> streams_;
};

} // namespace offhook

#endif

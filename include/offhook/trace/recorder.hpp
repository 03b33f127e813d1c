#ifndef OFFHOOK_TRACE_RECORDER_HPP
#define OFFHOOK_TRACE_RECORDER_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "offhook/core/flow.hpp"
#include "offhook/core/time.hpp"
#include "offhook/message/stream_framer.hpp"

namespace offhook::trace {

/// One message that passed by, or one remark of the application's.
struct Record {
    /// What a record is of.
    enum class Kind : std::uint8_t {
        message, ///< it passed by
        lost,    ///< sent, and known never to arrive: a simulated network knows
        note,    ///< `from` is whom it is about
    };
    TimePoint time;                       ///< when it passed by or was said
    Kind kind = Kind::message;            ///< what `text` is
    Transport transport = Transport::udp; ///< means nothing in a note
    Address from;                         ///< who sent it
    Address to;                           ///< whom it was sent to; of a note `from`
    std::string text;                     ///< the bytes of the message, or the remark
};

/// Keeps what it is shown, for ladder() and its like. It is a value and changes nothing of what it
/// looks at: the application hands it a copy of what it sends and receives.
///
/// Where one recorder watches both ends of a flow, feed it what each of them sends, or each message
/// is there twice.
class Recorder {
public:
    /// Keeps the first `most` records and counts what comes later.
    explicit Recorder(std::size_t most = 10000) : most_(most) {}

    /// One whole message, on its way from flow.local to flow.remote.
    void sent(TimePoint now, const Flow& flow, std::string_view bytes) {
        add({now, Record::Kind::message, flow.transport, flow.local, flow.remote, {}}, bytes);
    }

    /// Bytes that came from flow.remote: a datagram, or any piece of a stream.
    void received(TimePoint now, const Flow& flow, std::string_view bytes) {
        const Record record{now, Record::Kind::message, flow.transport, flow.remote, flow.local,
                            {}};
        if (!is_reliable(flow.transport)) return add(record, bytes);
        StreamFramer& framer = framer_of(flow);
        framer.feed(bytes);
        for (StreamItem item; (item = framer.next()).kind != StreamItem::Kind::need_more;)
            if (item.kind != StreamItem::Kind::ping) add(record, item.bytes);
    }

    /// A message that leaves flow.local and never arrives.
    void lost(TimePoint now, const Flow& flow, std::string_view bytes) {
        add({now, Record::Kind::lost, flow.transport, flow.local, flow.remote, {}}, bytes);
    }

    /// The connection has ended; what was unfinished on it is forgotten.
    void closed(const Flow& flow) {
        std::erase_if(streams_, [&](const Stream& stream) { return stream.flow == flow; });
    }

    /// A remark at the lifeline of who is at that address: "bye() refused: …".
    void note(TimePoint now, const Address& at, std::string_view text) {
        add({now, Record::Kind::note, Transport::udp, at, at, {}}, text);
    }

    /// Who is at that address. Several addresses with one name are one participant.
    void name(const Address& address, std::string_view name) {
        const auto known = find_name(address);
        if (known == names_.end()) {
            names_.emplace_back(address, name);
        } else {
            known->second = name;
        }
    }
    /// "" where it has got none.
    std::string_view name_of(const Address& address) const {
        for (const auto& [known, name] : names_)
            if (known == address) return name;
        return {};
    }

    /// In the order in which they came.
    const std::vector<Record>& records() const noexcept { return records_; }
    /// How many there were no room for.
    std::size_t dropped() const noexcept { return dropped_; }

private:
    struct Stream {
        Flow flow;
        StreamFramer framer;
    };
    static constexpr std::size_t most_streams = 1000;

    std::vector<std::pair<Address, std::string>>::iterator find_name(const Address& address) {
        return std::find_if(names_.begin(), names_.end(),
                            [&](const auto& entry) { return entry.first == address; });
    }

    void add(Record record, std::string_view text) {
        if (records_.size() >= most_) {
            ++dropped_;
            return;
        }
        record.text = text;
        records_.push_back(std::move(record));
    }

    StreamFramer& framer_of(const Flow& flow) {
        for (Stream& stream : streams_)
            if (stream.flow == flow) return stream.framer;
        if (streams_.size() >= most_streams) streams_.erase(streams_.begin());
        return streams_.emplace_back(Stream{flow, StreamFramer()}).framer;
    }

    std::size_t most_;
    std::size_t dropped_ = 0;
    std::vector<Record> records_;
    std::vector<std::pair<Address, std::string>> names_;
    std::vector<Stream> streams_;
};

} // namespace offhook::trace

#endif

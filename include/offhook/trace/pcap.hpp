#ifndef OFFHOOK_TRACE_PCAP_HPP
#define OFFHOOK_TRACE_PCAP_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "offhook/core/extremes.hpp"
#include "offhook/core/flow.hpp"
#include "offhook/core/time.hpp"
#include "offhook/trace/recorder.hpp"

namespace offhook::trace {

/// What pcap() writes.
struct PcapOptions {
    /// What a TimePoint of the trace is short of the time since 1970: what the calendar's clock
    /// says at some moment, less what the trace's clock says then.
    Duration since_1970 = {};
    bool lost = false; ///< with what never arrived: then it is the capture at the sender
};

/// Writes a capture: see pcap().
class Capture {
public:
    /// A file of no packets.
    explicit Capture(const PcapOptions& options) : options_(options) {
        // The file's head: version 2.4, no offset, whole packets, LINKTYPE_RAW.
        little(0xa1b2c3d4, 4);
        little(2, 2);
        little(4, 2);
        little(0, 4);
        little(0, 4);
        little(longest_packet, 4);
        little(101, 4);
    }

    /// Adds the packets of one message; nothing for a note, and for what was lost as the options
    /// say.
    void add(const Record& record) {
        if (record.kind == Record::Kind::note) return;
        if (record.kind == Record::Kind::lost && !options_.lost) return;
        std::string_view rest = record.text;
        if (!is_reliable(record.transport)) {
            add_packet(record, udp, udp_head(record, rest.substr(0, longest_datagram)));
            return;
        }
        Stream& stream = stream_of(record);
        const std::size_t side = stream.opener == record.from ? 0 : 1;
        while (!rest.empty()) {
            const std::string_view segment = rest.substr(0, longest_segment);
            rest.remove_prefix(segment.size());
            add_packet(
                record, tcp,
                tcp_head(record, stream.next[side], stream.next[1 - side], rest.empty(), segment));
            stream.next[side] += static_cast<std::uint32_t>(segment.size());
        }
    }

    /// The file as it is by now.
    const std::string& bytes() const noexcept { return out_; }

private:
    struct Stream {
        Address opener;
        Address accepter;
        std::uint32_t next[2] = {1, 1}; ///< sequence number of the opener's next byte, the other's
    };

    static constexpr std::uint32_t longest_packet = 65535;
    static constexpr std::size_t longest_datagram = longest_packet - 60;
    static constexpr std::size_t longest_segment = 1400;
    static constexpr std::uint8_t tcp = 6;
    static constexpr std::uint8_t udp = 17;

    void little(std::uint64_t value, int bytes) {
        for (int i = 0; i < bytes; ++i)
            out_ += static_cast<char>(value >> 8 * i & 0xff);
    }
    static void big(std::string& to, std::uint64_t value, int bytes) {
        for (int i = bytes; i-- > 0;)
            to += static_cast<char>(value >> 8 * i & 0xff);
    }

    Stream& stream_of(const Record& record) {
        for (Stream& each : streams_)
            if ((each.opener == record.from && each.accepter == record.to)
                || (each.opener == record.to && each.accepter == record.from)) {
                return each;
            }
        streams_.push_back({record.from, record.to});
        return streams_.back();
    }

    static std::string udp_head(const Record& record, std::string_view payload) {
        std::string head;
        big(head, record.from.port, 2);
        big(head, record.to.port, 2);
        big(head, 8 + payload.size(), 2);
        big(head, 0, 2);
        return head.append(payload);
    }

    // RFC 9293 §3.1: data offset 5, ACK, and PSH at the end of a message.
    static std::string tcp_head(const Record& record, std::uint32_t sequence,
                                std::uint32_t acknowledged, bool end, std::string_view payload) {
        std::string head;
        big(head, record.from.port, 2);
        big(head, record.to.port, 2);
        big(head, sequence, 4);
        big(head, acknowledged, 4);
        big(head, end ? 0x5018 : 0x5010, 2);
        big(head, 65535, 2);
        big(head, 0, 4);
        return head.append(payload);
    }

    // IPv4 among IPv6 is ::ffff:a.b.c.d. RFC 4291 §2.5.5.2
    static std::string address(const Address& address, bool v6) {
        const char* const bytes = reinterpret_cast<const char*>(address.bytes.data());
        if (address.v6) return {bytes, 16};
        return (v6 ? std::string(10, '\0') + "\xff\xff" : std::string()) + std::string(bytes, 4);
    }

    // RFC 1071
    static std::uint16_t checksum(std::string_view data) {
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < data.size(); ++i)
            sum += static_cast<std::uint32_t>(static_cast<unsigned char>(data[i]))
                   << (i % 2 ? 0 : 8);
        while (sum > 0xffff)
            sum = (sum & 0xffff) + (sum >> 16);
        return static_cast<std::uint16_t>(~sum & 0xffff);
    }
    static void store(std::string& to, std::size_t at, std::uint16_t value) {
        to[at] = static_cast<char>(value >> 8);
        to[at + 1] = static_cast<char>(value & 0xff);
    }

    void add_packet(const Record& record, std::uint8_t protocol, std::string payload) {
        const bool v6 = record.from.v6 || record.to.v6;
        const std::string addresses = address(record.from, v6) + address(record.to, v6);
        std::string pseudo = addresses; // RFC 9293 §3.1, RFC 8200 §8.1: all that is summed up
        big(pseudo, payload.size(), 4);
        big(pseudo, protocol, 4);
        const std::uint16_t sum = checksum(pseudo + payload);
        // For UDP 0 would say that there is no checksum. RFC 768
        store(payload, protocol == udp ? 6 : 16, protocol == udp && sum == 0 ? 0xffff : sum);

        std::string packet;
        if (v6) { // RFC 8200 §3
            big(packet, 0x60000000, 4);
            big(packet, payload.size(), 2);
            big(packet, protocol, 1);
            big(packet, hops, 1);
            packet += addresses;
        } else { // RFC 791 §3.1
            big(packet, 0x4500, 2);
            big(packet, 20 + payload.size(), 2);
            big(packet, ++packets_, 2);
            big(packet, 0x4000, 2); // don't fragment
            big(packet, hops, 1);
            big(packet, protocol, 1);
            big(packet, 0, 2);
            packet += addresses;
            store(packet, 10, checksum(packet));
        }
        packet += payload;

        const auto time = std::chrono::duration_cast<std::chrono::microseconds>(
            record.time.time_since_epoch() + options_.since_1970);
        const auto micros = static_cast<std::uint64_t>(greater<std::int64_t>(time.count(), 0));
        little(micros / 1'000'000, 4);
        little(micros % 1'000'000, 4);
        little(packet.size(), 4);
        little(packet.size(), 4);
        out_ += packet;
    }

    static constexpr std::uint8_t hops = 64;

    PcapOptions options_;
    std::vector<Stream> streams_;
    std::uint16_t packets_ = 0;
    std::string out_;
};

/// What was recorded, as a capture file that Wireshark, tshark and sngrep open: the messages as
/// they would have been on the wire, behind IP headers made up for them. Notes are left out. On
/// what would have been TLS or a WebSocket the text stands bare, on TCP.
inline std::string pcap(const Recorder& recorder, const PcapOptions& options = {}) {
    Capture capture(options);
    for (const Record& record : recorder.records())
        capture.add(record);
    return capture.bytes();
}

} // namespace offhook::trace

#endif

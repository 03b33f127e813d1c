#include "offhook/trace/pcap.hpp"

#include "../catch.hpp"
#include "scene.hpp"

using namespace offhook;
using namespace offhook::test;
using namespace std::chrono_literals;
using trace::pcap;
using trace::Recorder;

namespace {

const Address alice = at("192.0.2.1", 5060);
const Address bob = at("198.51.100.2", 5070);
const Address carol = at("2001:db8::c", 5061);
const Flow datagrams{Transport::udp, alice, bob};
const TimePoint start = TimePoint() + 2s + 345678us;

std::string hex(std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

const std::string file_head = "d4c3b2a1" // microseconds, little-endian
                              "02000400"
                              "00000000"
                              "00000000"
                              "ffff0000"
                              "65000000"; // LINKTYPE_RAW

/// The packets of a capture, each without the record's head.
std::vector<std::string> packets(const std::string& file) {
    std::vector<std::string> all;
    const auto length = [&](std::size_t at) {
        std::size_t value = 0;
        for (std::size_t i = 4; i-- > 0;)
            value = value << 8 | static_cast<unsigned char>(file[at + i]);
        return value;
    };
    for (std::size_t at = 24; at < file.size();) {
        REQUIRE(length(at + 8) == length(at + 12));
        all.push_back(file.substr(at + 16, length(at + 8)));
        at += 16 + length(at + 8);
    }
    return all;
}

std::size_t number(const std::string& bytes, std::size_t at, std::size_t size) {
    std::size_t value = 0;
    for (std::size_t i = at; i < at + size; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[i]);
    return value;
}

/// The sum over all 16-bit words, carries added: 0xffff where a checksum among them is right.
std::size_t folded(std::string bytes) {
    if (bytes.size() % 2) bytes += '\0';
    std::size_t sum = 0;
    for (std::size_t i = 0; i < bytes.size(); i += 2)
        sum += number(bytes, i, 2);
    while (sum > 0xffff)
        sum = (sum & 0xffff) + (sum >> 16);
    return sum;
}

/// Of what the IP packet carries, with the pseudo header.
std::size_t folded_payload(const std::string& packet) {
    const bool v6 = number(packet, 0, 1) >> 4 == 6;
    const std::string payload = packet.substr(v6 ? 40 : 20);
    const std::string addresses = v6 ? packet.substr(8, 32) : packet.substr(12, 8);
    std::string rest{static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size()), 0};
    rest += v6 ? packet[6] : packet[9];
    return folded(addresses + rest + payload);
}

} // namespace

TEST_CASE("a datagram is captured to the byte", "[trace][pcap]") {
    Recorder recorder;
    recorder.sent(start, datagrams, "hello");
    CHECK(hex(pcap(recorder))
          == file_head
                 + "02000000" // 2 s
                   "4e460500" // 345678 us
                   "21000000"
                   "21000000"
                   "4500002100014000"
                   "40114e94" // UDP
                   "c0000201"
                   "c6336402"
                   "13c413ce"
                   "000da838"
                   "68656c6c6f");
}

TEST_CASE("an empty trace is an empty capture", "[trace][pcap]") {
    CHECK(hex(pcap(Recorder())) == file_head);
}

TEST_CASE("the times of a capture are those of the calendar", "[trace][pcap]") {
    Recorder recorder;
    recorder.sent(start, datagrams, "hello");
    CHECK(hex(pcap(recorder, {.since_1970 = 1700000000s})).substr(48, 16)
          == "02f15365"
             "4e460500");
    // Before 1970 there is no time in such a file.
    CHECK(hex(pcap(recorder, {.since_1970 = -10s})).substr(48, 16) == "0000000000000000");
}

TEST_CASE("what never arrived is captured only where it is asked for", "[trace][pcap]") {
    Recorder recorder;
    recorder.lost(start, datagrams, "one");
    recorder.note(start, alice, "note");
    recorder.sent(start, datagrams, "two");
    CHECK(packets(pcap(recorder)).size() == 1);
    CHECK(packets(pcap(recorder, {.lost = true})).size() == 2);
}

TEST_CASE("a message between addresses of both kinds is captured as IPv6", "[trace][pcap]") {
    Recorder recorder;
    recorder.sent(start, {Transport::udp, alice, carol}, "hello!");
    const auto all = packets(pcap(recorder));
    REQUIRE(all.size() == 1);
    CHECK(hex(all[0]).substr(0, 88)
          == "60000000000e1140"
             "00000000000000000000ffffc0000201"
             "20010db800000000000000000000000c"
             "13c413c5");
    CHECK(all[0].size() == 40 + 8 + 6);
    CHECK(folded_payload(all[0]) == 0xffff);
}

// RFC 768: an all zero checksum means that there is none, so a computed zero becomes all ones.
TEST_CASE("a UDP checksum that comes to zero is written as all ones", "[trace][pcap][rfc768]") {
    Recorder recorder;
    recorder.sent(start, datagrams, std::string("\0\0", 2));
    const std::string before = packets(pcap(recorder)).at(0);
    Recorder zero; // the checksum itself, as payload, makes the sum all ones
    zero.sent(start, datagrams, before.substr(26, 2));
    const std::string packet = packets(pcap(zero)).at(0);
    CHECK(number(packet, 26, 2) == 0xffff);
    CHECK(folded_payload(packet) == 0xffff);
}

// RFC 1071 §2: the carries of adding the carries count too.
TEST_CASE("a checksum adds its carries until there are none", "[trace][pcap][rfc1071][2]") {
    Recorder recorder;
    for (int i = 0; i < 16; ++i)
        recorder.sent(start, datagrams,
                      std::string(2, static_cast<char>(0x11 * i)) + std::string(40000, '\xff'));
    for (const std::string& packet : packets(pcap(recorder)))
        CHECK(folded_payload(packet) == 0xffff);
}

TEST_CASE("a stream is captured as segments whose numbers go on", "[trace][pcap]") {
    const Flow there{Transport::tcp, alice, bob, 1};
    const Flow back{Transport::tcp, bob, alice, 1};
    Recorder recorder;
    recorder.sent(start, there, std::string(3000, 'a'));
    recorder.sent(start, back, "answer");
    recorder.sent(start, {Transport::tcp, alice, carol, 2}, "other");
    recorder.sent(start, there, "more");
    const auto all = packets(pcap(recorder));
    REQUIRE(all.size() == 6);
    struct Row {
        std::size_t sequence, acknowledged, flags, payload;
    };
    const Row rows[] = {{1, 1, 0x10, 1400}, {1401, 1, 0x10, 1400}, {2801, 1, 0x18, 200},
                        {1, 3001, 0x18, 6}, {1, 1, 0x18, 5},       {3001, 7, 0x18, 4}};
    for (std::size_t i = 0; i < 6; ++i) {
        CAPTURE(i);
        const std::size_t head = i == 4 ? 40 : 20;
        const std::string& packet = all[i];
        CHECK(number(packet, i == 4 ? 6 : 9, 1) == 6); // TCP
        CHECK(number(packet, head + 4, 4) == rows[i].sequence);
        CHECK(number(packet, head + 8, 4) == rows[i].acknowledged);
        CHECK(number(packet, head + 12, 2) == 0x5000 + rows[i].flags);
        CHECK(packet.size() == head + 20 + rows[i].payload);
        CHECK(folded_payload(packet) == 0xffff);
    }
    CHECK(number(all[3], 20, 2) == 5070);
    CHECK(number(all[3], 22, 2) == 5060);
}

TEST_CASE("packets of a capture are numbered, and their checksums right", "[trace][pcap]") {
    const auto all = packets(pcap(crowd()));
    CHECK(all.size() == 70);
    std::size_t number_before = 0;
    for (const std::string& packet : all) {
        CHECK(folded_payload(packet) == 0xffff);
        if (number(packet, 0, 1) >> 4 == 6) continue;
        CHECK(folded(packet.substr(0, 20)) == 0xffff);
        CHECK(number(packet, 2, 2) == packet.size());
        CHECK(number(packet, 4, 2) == ++number_before);
    }
}

TEST_CASE("a datagram longer than a packet can be is cut", "[trace][pcap]") {
    Recorder recorder;
    recorder.sent(start, datagrams, std::string(70000, 'a'));
    const auto all = packets(pcap(recorder));
    REQUIRE(all.size() == 1);
    CHECK(all[0].size() == 65535 - 60 + 28);
    CHECK(number(all[0], 2, 2) == all[0].size());
    CHECK(folded_payload(all[0]) == 0xffff);
}

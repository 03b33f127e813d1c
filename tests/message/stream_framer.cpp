#include "offhook/message/stream_framer.hpp"

#include <string>
#include <string_view>
#include <vector>

#include "offhook/message/message.hpp"

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;
using Kind = StreamItem::Kind;

namespace {

/// All items of what is fed, as text: "PING", the messages, "FAULT status rule offset".
void drain(StreamFramer& framer, std::vector<std::string>& items) {
    for (StreamItem item; (item = framer.next()).kind != Kind::need_more;) {
        if (item.kind == Kind::ping) items.emplace_back("PING");
        if (item.kind == Kind::message) items.emplace_back(item.bytes);
        if (item.kind == Kind::fault)
            items.push_back("FAULT " + std::to_string(item.fault.status) + " "
                            + std::string(item.fault.rule) + " " + std::to_string(item.fault.offset)
                            + "\n" + std::string(item.bytes));
    }
}

std::vector<std::string> framed(const std::vector<std::string_view>& chunks, Limits limits = {}) {
    StreamFramer framer(limits);
    std::vector<std::string> items;
    for (const std::string_view chunk : chunks) {
        framer.feed(chunk);
        drain(framer, items);
    }
    return items;
}

std::vector<std::string> byte_by_byte(std::string_view stream, Limits limits = {}) {
    std::vector<std::string_view> chunks;
    for (std::size_t i = 0; i != stream.size(); ++i)
        chunks.push_back(stream.substr(i, 1));
    return framed(chunks, limits);
}

/// Fed at once, in any two parts, and byte by byte: the items are the same.
void check_framed(std::string_view stream, const std::vector<std::string>& items,
                  Limits limits = {}) {
    CAPTURE(stream);
    CHECK(framed({stream}, limits) == items);
    CHECK(byte_by_byte(stream, limits) == items);
    for (std::size_t at = 0; at <= stream.size(); ++at) {
        const auto in_two = framed({stream.substr(0, at), stream.substr(at)}, limits);
        if (in_two == items) continue;
        CAPTURE(at);
        CHECK(in_two == items);
    }
}

const std::string bye = "BYE sip:a SIP/2.0\r\nl:0\r\n\r\n";
const std::string info = "INFO sip:a SIP/2.0\r\nContent-Length: 8\r\nX: y\r\n\r\nab\r\n\r\ncd";

} // namespace

// RFC 3261 §18.3: on a stream Content-Length says where a message ends.
TEST_CASE("a stream is cut into the same messages however it is split",
          "[message][rfc3261][18.3]") {
    check_framed(bye + info + bye, {bye, info, bye});
    check_framed(std::string(samples::invite) + std::string(samples::ok),
                 {std::string(samples::invite), std::string(samples::ok)});
    check_framed(bye.substr(0, bye.size() - 1), {});
    check_framed(info + info.substr(0, info.size() - 1), {info});
}

// Fault 5, CVE-2018-12584: the body in a read of its own, and more data behind it.
TEST_CASE("what is behind a body that came late is the next message", "[message][fault]") {
    StreamFramer framer;
    framer.feed(info.substr(0, info.size() - 8));
    CHECK(framer.next().kind == Kind::need_more);
    framer.feed("ab\r\n\r\ncd" + bye + "REST");
    CHECK(framer.next().bytes == info);
    CHECK(framer.next().bytes == bye);
    CHECK(framer.next().kind == Kind::need_more);
    CHECK(framer.pending() == 4);
}

// Fault 6, Kamailio, and RFC 3261 §7.3.1, §7.3.3
TEST_CASE("a Content-Length is found folded, compact and in any case",
          "[message][fault][rfc3261][18.3]") {
    for (const char* line :
         {"Content-Length:\r\n 2\r\n", "content-length \t:\r\n\t2\r\n \r\n", "L : 2\r\n",
          "X: y\r\n l: 7\r\nl: 2\r\n", "Content-Length: 00002\r\nX:\r\n", "x\r\nl:2\r\n"}) {
        const std::string message = std::string("A b SIP/2.0\r\n") + line + "\r\nxy";
        check_framed(message + bye, {message, bye});
    }
}

// RFC 5626 §4.4.1: CRLF CRLF is a ping. RFC 3261 §7.5: CRLFs before a start-line are passed over.
TEST_CASE("keep-alives are told and single line ends passed over", "[message][rfc5626][4.4.1]") {
    check_framed("\r\n\r\n", {"PING"});
    check_framed("\r\n\r\n\r\n\r\n", {"PING", "PING"});
    check_framed("\r\n" + bye + "\r\n" + bye, {bye, bye});
    check_framed("\r\n\r\n\r\n" + bye + "\r\n\r\n" + info, {"PING", bye, "PING", info});
    check_framed("\r\n\r", {});
}

// RFC 3261 §18.3, §20.14: without Content-Length, or with one that is none, the stream is lost.
TEST_CASE("a stream without a usable Content-Length ends in a fault",
          "[message][fault][rfc3261][18.3]") {
    const std::string start = "BYE sip:a SIP/2.0\r\n"; // 19 bytes
    const auto check = [&](const std::string& lines, const std::string& fault) {
        const std::string header = start + lines + "\r\n";
        check_framed(bye + header + bye, {bye, "FAULT " + fault + "\n" + header});
    };
    check("X: y\r\n", "400 Content-Length: missing 25");
    check("", "400 Content-Length: missing 19");
    check("X: y\r\n l: 7\r\n", "400 Content-Length: missing 32");
    check("l: 0\r\nContent-Length: 0\r\n", "400 Content-Length: more than one 41");
    check("l: five\r\n", "400 Content-Length 22");
    check("l: -1\r\n", "400 Content-Length 22");
    check("l:\r\n", "400 Content-Length 21");
    check("l: \r\n \r\n", "400 Content-Length 25");
    check("l: 1\r\n 2\r\n", "400 Content-Length 23");
    check("l: 1 2\r\n", "400 Content-Length 24");
    // Faults 2, 3, 7 (CVE-2026-23457): nothing that would be another number in 32 bits.
    check("l: 4294967328\r\n", "400 Content-Length 22");
    check("l: 18446744073709551616\r\n", "400 Content-Length 22");
    check("l: 4000000000\r\n", "413 SIP-message: size 22");
    check("l: 2147483648\r\n", "413 SIP-message: size 22");
}

// Faults 7 and 8: what never ends is given up at the limit, and holds no more than that.
TEST_CASE("a message above the limit ends the stream as soon as that is known",
          "[message][fault][limits]") {
    Limits limits;
    limits.message_bytes = info.size();
    check_framed(info + info, {info, info}, limits);
    limits.message_bytes = info.size() - 1;
    check_framed(info, {"FAULT 413 SIP-message: size 36\n" + info.substr(0, info.size() - 8)},
                 limits);
    limits.message_bytes = bye.size() - 1;
    check_framed(bye, {"FAULT 413 SIP-message: size 25\n" + bye.substr(0, 25)}, limits);
    check_framed(std::string(100, 'x'), {"FAULT 413 SIP-message: size 25\n" + std::string(25, 'x')},
                 limits);
    limits.message_bytes = 1000;
    limits.stream_pending_bytes = 10;
    check_framed(std::string(11, '\n'),
                 {"FAULT 413 SIP-message: size 10\n" + std::string(10, '\n')}, limits);
    check_framed(std::string(10, '\n'), {}, limits);
}

TEST_CASE("nothing comes of a stream after its fault", "[message]") {
    StreamFramer framer;
    framer.feed("A\r\n\r\n");
    const StreamItem item = framer.next();
    CHECK(item.kind == Kind::fault);
    CHECK(item.fault.reason == "Bad Content-Length");
    CHECK(framer.next().kind == Kind::need_more);
    const std::size_t pending = framer.pending();
    framer.feed(bye);
    CHECK(framer.next().kind == Kind::need_more);
    CHECK(framer.pending() == pending);
}

// A stream of single bytes takes as many looks as bytes: quadratic work would not end here.
TEST_CASE("a megabyte byte by byte is framed in linear time", "[message]") {
    std::string message = "INFO sip:a SIP/2.0\r\nl: 30000\r\n";
    for (int i = 0; i != 2000; ++i)
        message += "X: 0123456789\r\n";
    message += "\r\n" + std::string(30000, '\n');
    StreamFramer framer;
    std::size_t found = 0;
    for (int i = 0; i != 16; ++i)
        for (std::size_t at = 0; at != message.size(); ++at) {
            framer.feed({message.data() + at, 1});
            found += framer.next().kind == Kind::message;
        }
    CHECK(found == 16);
    CHECK(framer.pending() == 0);
}

// Two that disagree where a message ends let one hide in the other.
TEST_CASE("framer and parser agree on where a message ends", "[message][fault]") {
    for (const char* line : {"l: 2\r\n", "Content-Length:\r\n 2\r\n", "X: y\r\n l: 9\r\nl : 2\r\n",
                             "l\t: 2\t\r\n", "L:2 \r\n\t\r\n"}) {
        const std::string stream = std::string("A b SIP/2.0\r\n") + line + "\r\nxyzzy";
        const auto items = framed({stream});
        REQUIRE(items.size() == 1);
        const auto message = Message::parse(stream);
        REQUIRE(message);
        CHECK(message->body() == "xy");
        CHECK(items[0].size() == message->bytes().size());
    }
}

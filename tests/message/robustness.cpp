#include "offhook/message/message.hpp"

#include <memory>
#include <random>
#include <string>
#include <string_view>

#include "offhook/message/salvage.hpp"
#include "offhook/message/stream_framer.hpp"
#include "offhook/message/validate.hpp"

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;

namespace {

/// Everything that is done with what came from a peer. The bytes lie in an allocation of their own
/// size, so that the address sanitizer sees each step over their end.
void check_reading(std::string_view bytes) {
    const auto exact = std::make_unique<char[]>(bytes.size());
    bytes.copy(exact.get(), bytes.size());
    const std::string_view input(exact.get(), bytes.size());

    StreamFramer framer;
    framer.feed(input);
    while (framer.next().kind != StreamItem::Kind::need_more) {
    }

    const auto message = Message::parse(input);
    if (!message) {
        REQUIRE(message.error().offset <= bytes.size());
        if (const auto request = salvage(input)) {
            const Message answer = Message::response(*request, 400, "Bad Request", "t");
            REQUIRE(Message::parse(answer.bytes()));
        }
        return;
    }
    // What was accepted is accepted again, and is the same.
    const auto again = Message::parse(message->bytes());
    REQUIRE(again);
    REQUIRE(again->bytes() == message->bytes());
    REQUIRE(again->fields().size() == message->fields().size());

    const auto fault =
        message->is_request() ? validate_request(*message) : validate_response(*message);
    if (fault) REQUIRE(fault.offset <= message->bytes().size());
    if (message->is_request()) {
        const Message answer = Message::response(*message, 500, "Server Internal Error", "t");
        const auto read = Message::parse(answer.bytes());
        REQUIRE(read);
        REQUIRE(read->fields().size() == answer.fields().size());
    }
}

} // namespace

TEST_CASE("a message cut short at any byte is refused or keeps a shorter body",
          "[message][fault]") {
    for (const std::string_view whole : {samples::invite, samples::ok})
        for (std::size_t size = 0; size != whole.size(); ++size) {
            check_reading(whole.substr(0, size));
            REQUIRE_FALSE(Message::parse(whole.substr(0, size)));
        }
}

TEST_CASE("any single byte may be changed without harm", "[message][fault]") {
    for (const std::string_view whole : {samples::invite, samples::ok}) {
        std::string text(whole);
        for (std::size_t at = 0; at != text.size(); ++at)
            for (const unsigned byte : {0x00u, 0x01u, 0x09u, 0x0au, 0x0du, 0x20u, 0x22u, 0x25u,
                                        0x2cu, 0x2fu, 0x30u, 0x39u, 0x3au, 0x3bu, 0x3cu, 0x3eu,
                                        0x40u, 0x5bu, 0x5cu, 0x61u, 0x7fu, 0x80u, 0xffu}) {
                text[at] = static_cast<char>(byte);
                check_reading(text);
                text[at] = whole[at];
            }
    }
}

TEST_CASE("pieces of messages in any order do no harm", "[message][fault]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::string_view pieces[] = {"INVITE sip:a@b SIP/2.0\r\n",
                                       "SIP/2.0 200 OK\r\n",
                                       "\r\n",
                                       "\r",
                                       "\n",
                                       " ",
                                       "\t",
                                       ":",
                                       "Via: SIP/2.0/UDP a;branch=z9hG4bKx\r\n",
                                       "v:",
                                       "To: <sip:a@b>\r\n",
                                       "t: \"",
                                       "\\",
                                       "<",
                                       ">",
                                       ",",
                                       ";",
                                       "=",
                                       "From: <sip:a@b>;tag=1\r\n",
                                       "Call-ID: x\r\n",
                                       "CSeq: 1 INVITE\r\n",
                                       "l: 3\r\n",
                                       "Content-Length: 99999999999\r\n",
                                       "m: *\r\n",
                                       "\xff",
                                       std::string_view("\0", 1)};
    for (int run = 0; run != 4000; ++run) {
        std::string text = random() % 4 ? samples::request() : "";
        if (!text.empty()) text.resize(text.size() - random() % 3);
        for (std::size_t n = random() % 12; n != 0; --n)
            text.insert(random() % 2 ? text.size() : random() % (text.size() + 1),
                        pieces[random() % std::size(pieces)]);
        check_reading(text);
    }
}

TEST_CASE("random bytes do no harm", "[message][fault]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    for (int run = 0; run != 4000; ++run) {
        std::string text(random() % 200, '\0');
        for (char& c : text)
            c = static_cast<char>(random());
        check_reading(text);
    }
}

// Faults 21 (sipgo), 13, 20, 27
TEST_CASE("inputs that broke other stacks are answered or dropped", "[message][fault]") {
    for (const char* line : {"m:0;0<", "V:// ;0=;", "m:0\"<", "T:", "To: \"Bob\\", "m: %",
                             "Via: SIP/2.0/UDP :]", "From: /", "To: <sip:a@b>;tag="})
        for (const char* end : {"\r\n", ""})
            check_reading(samples::request(std::string(line) + end));
    check_reading(samples::request("", "", "OPTIONS sip:" + std::string(60000, 'a') + " SIP/2.0"));
    check_reading(samples::with(samples::request(), "tag=1", "tag=" + std::string(60000, 'a')));
    check_reading(
        samples::with(samples::request(), "CSeq: 1 OPTIONS", "CSeq: 1 " + std::string(60000, 'a')));
}

// Work must grow with the size of the input, whatever it is made of.
TEST_CASE("64 kB of any one character are read at once", "[message][fault]") {
    for (const char* piece : {";", ",", "\"", "\\", "<", ">", " ", "a", "(", ";tag", "\r\n ",
                              "\"\\", "a:\r\n", "v:a\r\n", "f:a\r\n", "%", ";a=\"", "<;", "0"}) {
        std::string many;
        while (many.size() < 65000)
            many += piece;
        check_reading(many);
        check_reading(samples::request("Subject: " + many + "\r\n"));
        check_reading(samples::with(samples::request(), "<sip:bob@example.com>", many));
        check_reading(samples::with(samples::request(), "SIP/2.0/UDP host", many));
    }
}

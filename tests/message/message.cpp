#include "offhook/message/message.hpp"

#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;

namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

Lines lines_of(const Message& message) {
    Lines lines;
    for (const auto field : message.fields())
        lines.emplace_back(field.name, field.value);
    return lines;
}

std::vector<std::string> values_of(const Message& message, HeaderName name) {
    std::vector<std::string> values;
    for (std::size_t n = 0; const auto value = message.header(name, n); ++n)
        values.emplace_back(*value);
    return values;
}

/// What the index says is what a parser finds in the bytes.
void check_index(const Message& message) {
    const auto again = Message::parse(message.bytes());
    REQUIRE(again);
    CHECK(again->bytes() == message.bytes());
    CHECK(lines_of(*again) == lines_of(message));
    CHECK(again->body() == message.body());
    CHECK(again->status() == message.status());
    CHECK(again->method() == message.method());
    CHECK(again->request_uri() == message.request_uri());
    CHECK(again->reason_phrase() == message.reason_phrase());
    CHECK(again->version() == message.version());
}

} // namespace

TEST_CASE("a request is read into its parts", "[message][rfc3261][7.1]") {
    const auto message = Message::parse(samples::invite);
    REQUIRE(message);
    CHECK(message->is_request());
    CHECK(message->status() == 0);
    CHECK(message->reason_phrase() == "");
    CHECK(message->method() == "INVITE");
    CHECK(message->request_uri() == "sip:bob@biloxi.example.com");
    CHECK(message->version() == "SIP/2.0");
    CHECK(message->body() == "hello");
    CHECK(message->fields().size() == 12);
    CHECK(message->header(Header::max_forwards) == "70");
    CHECK(message->header("mAX-fORWARDS") == "70");
    CHECK(message->header("x-mood") == "curious");
    CHECK(message->header("X-Moo") == std::nullopt);
    CHECK(message->header(Header::subject) == "lunch,   and then a walk");
    CHECK(message->header(Header::max_forwards, 1) == std::nullopt);
    CHECK(message->header(Header::route) == std::nullopt);
    CHECK(message->count(Header::via) == 1);
    CHECK(message->count("x-mood") == 1);
    CHECK(message->count("x-nothing") == 0);
    CHECK(message->offset_of(message->method()) == 0);
    CHECK(message->offset_of(*message->header(Header::max_forwards)) == samples::invite.find("70"));
}

TEST_CASE("a response is read into its parts", "[message][rfc3261][7.2]") {
    const auto message = Message::parse(samples::ok);
    REQUIRE(message);
    CHECK_FALSE(message->is_request());
    CHECK(message->status() == 200);
    CHECK(message->reason_phrase() == "OK");
    CHECK(message->method() == "");
    CHECK(message->request_uri() == "");
    CHECK(message->version() == "SIP/2.0");
    CHECK(message->body() == "");
    CHECK(message->header(Header::via)->substr(0, 12) == "SIP/2.0/UDP ");
    CHECK(message->header(Header::call_id) == "a84b4c76e66710@pc33.atlanta.example.com");
    CHECK((*message->fields().begin()).name == "v");
    CHECK((*message->fields().begin()).id == Header::via);
}

// RFC 3261 §7.3.1: lines of one name keep their order, long and compact, whatever is between them.
TEST_CASE("lines of one name are counted in their order", "[message][rfc3261][7.3.1]") {
    const auto message = Message::parse(samples::request("v: two\r\nX: y\r\nVIA:three\r\n"));
    REQUIRE(message);
    CHECK(message->count("v") == 3);
    CHECK(message->header(Header::via, 1) == "two");
    CHECK(message->header("Via", 2) == "three");
    CHECK(message->header(Header::via, 3) == std::nullopt);
}

// RFC 3261 §7.5: implementations should ignore CRLFs before the start-line.
TEST_CASE("line ends before the start-line are passed over and counted in offsets",
          "[message][rfc3261][7.5]") {
    const auto message = Message::parse("\r\n\r\n" + std::string(samples::invite));
    REQUIRE(message);
    CHECK(message->bytes().substr(0, 6) == "INVITE");

    const auto broken = Message::parse("\r\n\r\n(OPTIONS sip:a SIP/2.0\r\n\r\n");
    REQUIRE_FALSE(broken);
    CHECK(broken.error() == ParseError{"Request-Line: Method", 4});
    const auto owned = Message::parse(std::string("\r\n\r\n(OPTIONS sip:a SIP/2.0\r\n\r\n"));
    REQUIRE_FALSE(owned);
    CHECK(owned.error() == ParseError{"Request-Line: Method", 4});
    const auto ping = Message::parse("\r\n\r\n");
    REQUIRE_FALSE(ping);
    CHECK(ping.error() == ParseError{"SIP-message: empty line", 4});
}

// RFC 3261 §18.3: over UDP what is behind the body is dropped; without Content-Length the body goes
// to the end of the datagram.
TEST_CASE("Content-Length says where a datagram's message ends", "[message][rfc3261][18.3]") {
    const auto cut = Message::parse(samples::request("Content-Length: 3\r\n", "abcdef"));
    REQUIRE(cut);
    CHECK(cut->body() == "abc");
    CHECK(cut->bytes() == samples::request("Content-Length: 3\r\n", "abc"));
    const auto open = Message::parse(samples::request("", "abcdef"));
    REQUIRE(open);
    CHECK(open->body() == "abcdef");
}

TEST_CASE("a message owned by the caller is read in place", "[message]") {
    std::string bytes(samples::invite);
    const char* const data = bytes.data();
    const auto message = Message::parse(std::move(bytes));
    REQUIRE(message);
    CHECK(message->bytes().data() == data);
    CHECK(message->body() == "hello");
}

TEST_CASE("copies and moves keep the index, for few header fields and for many", "[message]") {
    for (const int more : {0, 20, 21, 100}) {
        std::string lines;
        for (int i = 0; i != more; ++i)
            lines += "X-" + std::to_string(i) + ": y\r\n";
        const std::string text = samples::request(lines);
        auto parsed = Message::parse(text);
        REQUIRE(parsed);
        Message copy = *parsed;
        const Lines lines_before = lines_of(*parsed);
        Message moved = std::move(*parsed);
        CHECK(lines_of(moved) == lines_before);
        copy.add("Y", "z");
        CHECK(moved.bytes() == text);
        check_index(copy);
        copy = moved;
        CHECK(lines_of(copy) == lines_before);
        moved = std::move(copy);
        CHECK(lines_of(moved) == lines_before);
        moved = *&moved;
        CHECK(lines_of(moved) == lines_before);
        CHECK(std::move(moved).release() == text);
    }
}

// RFC 3261 §7.1, §20.14
TEST_CASE("a request is built line by line", "[message][rfc3261][7.1]") {
    Message bye = Message::request("BYE", "sip:bob@192.0.2.4");
    CHECK(bye.bytes() == "BYE sip:bob@192.0.2.4 SIP/2.0\r\nContent-Length: 0\r\n\r\n");
    check_index(bye);
    bye.add(Header::max_forwards, "70");
    bye.add("X-Empty", "");
    bye.insert_first(Header::via, "SIP/2.0/UDP a;branch=z9hG4bK1");
    bye.add("f", " <sip:a@b>;tag=1\t");
    CHECK(bye.bytes()
          == "BYE sip:bob@192.0.2.4 SIP/2.0\r\n"
             "Via: SIP/2.0/UDP a;branch=z9hG4bK1\r\n"
             "Max-Forwards: 70\r\n"
             "X-Empty: \r\n"
             "f: <sip:a@b>;tag=1\r\n"
             "Content-Length: 0\r\n\r\n");
    check_index(bye);
    CHECK(bye.header(Header::from) == "<sip:a@b>;tag=1");
}

TEST_CASE("a body brings its type and its length and goes again", "[message][rfc3261][20.14]") {
    Message message = Message::request("MESSAGE", "sip:b@c");
    message.set_body("text/plain", "hello, world");
    CHECK(message.bytes()
          == "MESSAGE sip:b@c SIP/2.0\r\nContent-Type: text/plain\r\n"
             "Content-Length: 12\r\n\r\nhello, world");
    check_index(message);
    message.add("X-Late", "1");
    CHECK(message.bytes()
          == "MESSAGE sip:b@c SIP/2.0\r\nContent-Type: text/plain\r\n"
             "X-Late: 1\r\nContent-Length: 12\r\n\r\nhello, world");
    message.set_body("text/html", "hi");
    CHECK(message.bytes()
          == "MESSAGE sip:b@c SIP/2.0\r\nContent-Type: text/html\r\n"
             "X-Late: 1\r\nContent-Length: 2\r\n\r\nhi");
    check_index(message);
    message.set_body("", "");
    CHECK(message.bytes() == "MESSAGE sip:b@c SIP/2.0\r\nX-Late: 1\r\nContent-Length: 0\r\n\r\n");
    check_index(message);
}

TEST_CASE("a message that came without Content-Length gets one with its new body", "[message]") {
    auto message = Message::parse("INVITE sip:a SIP/2.0\r\nX: y\r\n\r\nold body");
    REQUIRE(message);
    message->set_body("a/b", "new");
    CHECK(message->bytes()
          == "INVITE sip:a SIP/2.0\r\nX: y\r\nContent-Type: a/b\r\n"
             "Content-Length: 3\r\n\r\nnew");
    check_index(*message);
}

TEST_CASE("Content-Length follows the body and nothing else", "[message]") {
    Message message = Message::request("MESSAGE", "sip:b@c");
    message.set_body("a/b", "xyz");
    const std::string before(message.bytes());
    message.add(Header::content_length, "7");
    message.insert_first("l", "7");
    message.set("content-length", "7");
    CHECK_FALSE(message.replace_first(Header::content_length, "7"));
    CHECK_FALSE(message.remove_first(Header::content_length));
    CHECK(message.remove("L") == 0);
    CHECK(message.bytes() == before);
}

TEST_CASE("lines are replaced and removed where they stand", "[message]") {
    const auto parsed =
        Message::parse("INVITE sip:a SIP/2.0\r\nX: 1\r\nRoute:  <sip:a>  \r\nX:2\r\n"
                       "x : 3\r\nY: 4\r\n\r\nbody");
    REQUIRE(parsed);
    Message message = *parsed;
    SECTION("set leaves one") {
        message.set("x", "other");
        CHECK(message.bytes()
              == "INVITE sip:a SIP/2.0\r\nX: other\r\nRoute:  <sip:a>  \r\n"
                 "Y: 4\r\n\r\nbody");
    }
    SECTION("set adds one where there is none") {
        message.set(Header::subject, "s");
        CHECK(message.bytes()
              == "INVITE sip:a SIP/2.0\r\nX: 1\r\nRoute:  <sip:a>  \r\nX:2\r\n"
                 "x : 3\r\nY: 4\r\nSubject: s\r\n\r\nbody");
    }
    SECTION("replace_first leaves the others") {
        CHECK(message.replace_first(Header::route, ""));
        CHECK(message.header(Header::route) == "");
        CHECK(message.replace_first("X", "long value"));
        CHECK(values_of(message, "X") == std::vector<std::string>{"long value", "2", "3"});
        CHECK_FALSE(message.replace_first("Z", "1"));
    }
    SECTION("remove_first takes the first") {
        CHECK(message.remove_first("X"));
        CHECK(message.bytes()
              == "INVITE sip:a SIP/2.0\r\nRoute:  <sip:a>  \r\nX:2\r\nx : 3\r\n"
                 "Y: 4\r\n\r\nbody");
        CHECK_FALSE(message.remove_first("Z"));
    }
    SECTION("remove takes all") {
        CHECK(message.remove("x") == 3);
        CHECK(message.remove("x") == 0);
        CHECK(message.remove("Y") == 1);
        CHECK(message.bytes() == "INVITE sip:a SIP/2.0\r\nRoute:  <sip:a>  \r\n\r\nbody");
    }
    check_index(message);
}

TEST_CASE("a message may be given views of itself", "[message]") {
    Message message = Message::request("MESSAGE", "sip:b@c");
    message.add("X-A", std::string(600, 'a'));
    message.add("X-B", *message.header("X-A"));
    message.insert_first((*message.fields().begin()).name, *message.header("X-B"));
    CHECK(values_of(message, "X-A") == std::vector<std::string>(2, std::string(600, 'a')));
    message.set("X-B", message.request_uri());
    CHECK(message.header("X-B") == "sip:b@c");
    message.set_body("a/b", std::string(3000, 'c'));
    message.set_body(*message.header(Header::content_type), message.body().substr(2000));
    CHECK(message.body() == std::string(1000, 'c'));
    CHECK(message.header(Header::content_type) == "a/b");
    check_index(message);
}

// RFC 3261 §8.2.6.2
TEST_CASE("a response copies what it must from its request", "[message][rfc3261][8.2.6.2]") {
    auto request = Message::parse(samples::invite);
    REQUIRE(request);
    request->insert_first("v", "SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp");
    request->add(Header::timestamp, "54");

    CHECK(Message::response(*request, 180, "Ringing", "a6c85cf").bytes()
          == "SIP/2.0 180 Ringing\r\n"
             "Via: SIP/2.0/UDP proxy.example.com;branch=z9hG4bKp\r\n"
             "Via: SIP/2.0/UDP pc33.atlanta.example.com:5060;branch=z9hG4bK776asdhds;rport\r\n"
             "From: \"Alice\" <sip:alice@atlanta.example.com>;tag=1928301774\r\n"
             "To: Bob <sip:bob@biloxi.example.com>;tag=a6c85cf\r\n"
             "Call-ID: a84b4c76e66710@pc33.atlanta.example.com\r\n"
             "CSeq: 314159 INVITE\r\n"
             "Content-Length: 0\r\n\r\n");

    SECTION("a tag that is there stays the only one") {
        request->set(Header::to, "<sip:bob@b>;tag=old");
        const Message ok = Message::response(*request, 200, "OK", "new");
        CHECK(ok.header(Header::to) == "<sip:bob@b>;tag=old");
        check_index(ok);
    }
    SECTION("no tag is added where none is given") {
        const Message ok = Message::response(*request, 200, "OK");
        CHECK(ok.header(Header::to) == "Bob <sip:bob@biloxi.example.com>");
    }
    SECTION("a 100 has the Timestamp, no other response has") {
        CHECK(Message::response(*request, 100, "Trying").header(Header::timestamp) == "54");
        CHECK_FALSE(Message::response(*request, 101, "?").header(Header::timestamp));
        CHECK_FALSE(Message::response(*request, 200, "OK").header(Header::timestamp));
    }
    SECTION("status and phrase are what was asked for") {
        Message busy = Message::response(*request, 486, "", "t");
        CHECK(busy.status() == 486);
        CHECK(busy.bytes().substr(0, 13) == "SIP/2.0 486 \r");
        busy.set_body("a/b", "x");
        check_index(busy);
    }
}

// Fault 9, CVE-2025-68274: a request with no To, and a reply is made to it.
TEST_CASE("a response can be made to a request without To", "[message][fault]") {
    const auto request = Message::parse("INVITE sip:a SIP/2.0\r\nVia: v\r\n\r\n");
    REQUIRE(request);
    const Message response = Message::response(*request, 400, "Bad Request", "tag");
    CHECK(response.bytes() == "SIP/2.0 400 Bad Request\r\nVia: v\r\nContent-Length: 0\r\n\r\n");
    check_index(response);
}

// Fault 26, CVE-2018-7284: the index has no fixed size.
TEST_CASE("hundreds of header field lines are all kept", "[message][fault]") {
    for (const char* name : {"Accept", "Route", "Via", "Record-Route", "X-Any"}) {
        std::string text = "INVITE sip:a SIP/2.0\r\n";
        for (int i = 0; i != 500; ++i)
            text.append(name).append(": ").append(std::to_string(i)).append("\r\n");
        const auto message = Message::parse(text + "\r\n");
        REQUIRE(message);
        CHECK(message->count(name) == 500);
        CHECK(message->header(name, 32) == "32");
        CHECK(message->header(name, 499) == "499");
        const Message response = Message::response(*message, 200, "OK");
        CHECK(response.count(Header::via) == (std::string_view(name) == "Via" ? 500 : 0));
    }
}

TEST_CASE("CR, LF and NUL make a value unsafe", "[message]") {
    CHECK(is_safe_value(""));
    CHECK(is_safe_value("a \t\x01\x7f\xff"));
    CHECK_FALSE(is_safe_value("a\rb"));
    CHECK_FALSE(is_safe_value("a\n"));
    CHECK_FALSE(is_safe_value(std::string_view("\0", 1)));
}

// Every sequence of changes leaves the bytes and the index as a list of lines would be.
TEST_CASE("random changes keep text and index as a plain list of lines has them",
          "[message][property]") {
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto below = [&](std::size_t n) { return random() % n; };
    const std::vector<std::string> names{"Via", "v", "X-A", "x-a", "X-B", "Route", "Subject"};
    const auto same = [](const std::string& a, const std::string& b) {
        return HeaderName(std::string_view(a)) == HeaderName(std::string_view(b));
    };

    for (int run = 0; run != 60; ++run) {
        Message message = Message::request("INVITE", "sip:a");
        Lines model{{"Content-Length", "0"}};
        std::string body;
        for (int step = 0; step != 60; ++step) {
            const std::string name = names[below(names.size())];
            const std::string value(below(40), static_cast<char>('a' + below(26)));
            const auto first = std::find_if(model.begin(), model.end(), [&](const auto& line) {
                return same(line.first, name);
            });
            const auto behind_all = [&] {
                return model.end() - (model.back().first == "Content-Length");
            };
            switch (below(7)) {
            case 0:
            case 1:
                message.add(name.c_str(), value);
                model.insert(behind_all(), {name, value});
                break;
            case 2:
                message.insert_first(name.c_str(), value);
                model.insert(model.begin(), {name, value});
                break;
            case 3:
                message.set(name.c_str(), value);
                if (first == model.end()) {
                    model.insert(behind_all(), {name, value});
                } else {
                    first->second = value;
                    model.erase(std::remove_if(first + 1, model.end(),
                                               [&](const auto& l) { return same(l.first, name); }),
                                model.end());
                }
                break;
            case 4:
                CHECK(message.remove_first(name.c_str()) == (first != model.end()));
                if (first != model.end()) model.erase(first);
                break;
            case 5:
                CHECK(message.replace_first(name.c_str(), value) == (first != model.end()));
                if (first != model.end()) first->second = value;
                break;
            default: {
                body = value;
                message.set_body("a/b", body);
                const auto type = std::find_if(model.begin(), model.end(), [](const auto& line) {
                    return line.first == "Content-Type";
                });
                if (type == model.end()) model.insert(behind_all(), {"Content-Type", "a/b"});
                for (auto& [line_name, line_value] : model)
                    if (line_name == "Content-Length") line_value = std::to_string(body.size());
            }
            }
            REQUIRE(lines_of(message) == model);
            REQUIRE(message.body() == body);
        }
        check_index(message);
    }
}

#include "offhook/message/validate.hpp"

#include <fstream>
#include <iterator>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "offhook/message/message.hpp"
#include "offhook/message/salvage.hpp"

#include "../catch.hpp"

using namespace offhook;

namespace {

std::string torture(const std::string& name) {
    std::ifstream file(OFFHOOK_TESTS_DIR "/message/rfc4475/" + name + ".dat", std::ios::binary);
    REQUIRE(file);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Message parsed(const std::string& name) {
    const auto message = Message::parse(torture(name));
    CAPTURE(name);
    REQUIRE(message);
    return *message;
}

std::string body_of(const std::string& text) {
    return text.substr(text.find("\r\n\r\n") + 4);
}

/// A message that has to be accepted, and what the layers above make of it in a UAS.
struct Valid {
    const char* name;
    std::size_t fields;
    std::size_t body;
    const char* later; ///< what the UAS core answers, or why it processes the message
};

/// A message that is refused: by Message::parse, or else by validate_request or _response.
struct Invalid {
    const char* name;
    enum By { parse, validation } by;
    int status; ///< 0: dropped
    std::string_view rule;
    std::string_view where; ///< what stands where the fault begins
};

} // namespace

// RFC 4475 §3.1.1, §3.3, §3.4
TEST_CASE("the valid torture messages are accepted whole", "[message][rfc4475]") {
    static const Valid rows[] = {
        {"wsinv", 14, 150, "processed"},                                       // §3.1.1.1
        {"intmeth", 8, 0, "501: a method that nobody knows"},                  // §3.1.1.2
        {"esc01", 9, 150, "processed"},                                        // §3.1.1.3
        {"escnull", 9, 0, "405 unless a registrar"},                           // §3.1.1.4
        {"esc02", 10, 0, "501: RE%47IST%45R is not REGISTER"},                 // §3.1.1.5
        {"lwsdisp", 7, 0, "processed"},                                        // §3.1.1.6
        {"longreq", 43, 150, "processed"},                                     // §3.1.1.7
        {"dblreq", 8, 0, "405 unless a registrar; what is behind is dropped"}, // §3.1.1.8
        {"semiuri", 8, 0, "processed"},                                        // §3.1.1.9
        {"transports", 12, 0, "processed"},                                    // §3.1.1.10
        {"mpart01", 14, 553, "processed"},                                     // §3.1.1.11
        {"unreason", 8, 154, "a 200 to no request of ours"},                   // §3.1.1.12
        {"noreason", 7, 0, "a 100 to no request of ours"},                     // §3.1.1.13
        {"baddate", 10, 150, "processed: Date is of no use to us"},            // §3.1.2.12
        {"unkscm", 7, 0, "416"},                                               // §3.3.2
        {"novelsc", 7, 0, "416"},                                              // §3.3.3
        {"unksm2", 8, 0, "405 unless a registrar"},                            // §3.3.4
        {"bext01", 9, 0, "420 with both tags of Require in Unsupported"},      // §3.3.5
        {"invut", 9, 40, "415"},                                               // §3.3.6
        {"regaut01", 8, 0, "405 unless a registrar"},                          // §3.3.7
        {"zeromf", 7, 0, "processed: Max-Forwards matters to proxies"},        // §3.3.11
        {"cparam01", 8, 0, "405 unless a registrar"},                          // §3.3.12
        {"cparam02", 8, 0, "405 unless a registrar"},                          // §3.3.13
        {"regescrt", 8, 0, "405 unless a registrar"},                          // §3.3.14
        {"sdp01", 10, 150, "406: no Accept of application/sdp"},               // §3.3.15
        {"inv2543", 7, 105, "processed: RFC 2543 syntax"},                     // §3.4.1
    };
    for (const Valid& row : rows) {
        CAPTURE(row.name);
        const std::string text = torture(row.name);
        const Message message = parsed(row.name);
        CHECK(message.fields().size() == row.fields);
        CHECK(message.body() == body_of(text).substr(0, row.body));
        CHECK(message.body().size() == row.body);
        CHECK_FALSE(
            (message.is_request() ? validate_request(message) : validate_response(message)));
        const auto again = Message::parse(message.bytes());
        REQUIRE(again);
        CHECK(again->bytes() == message.bytes());
    }
}

// RFC 4475 §3.1.2, §3.2, §3.3: the status that each section names, and the byte that earns it.
TEST_CASE("the invalid torture messages are refused as the RFC says", "[message][rfc4475]") {
    static const Invalid rows[] = {
        {"badinv01", Invalid::validation, 400, "generic-param", ";,;,,\r\n"},           // §3.1.2.1
        {"clerr", Invalid::parse, 400, "Content-Length: message-body", "9999\r\n"},     // §3.1.2.2
        {"ncl", Invalid::parse, 400, "Content-Length", "-999\r\n"},                     // §3.1.2.3
        {"scalar02", Invalid::validation, 400, "CSeq: number", "36893488147419103232"}, // §3.1.2.4
        {"scalarlg", Invalid::validation, 0, "CSeq: number", "9292394834772304023312"}, // §3.1.2.5
        {"quotbal", Invalid::validation, 400, "quoted-string", "\"Mr. J. User"},        // §3.1.2.6
        {"ltgtruri", Invalid::validation, 400, "scheme", "<sip:user@example.com> SIP"}, // §3.1.2.7
        {"lwsruri", Invalid::validation, 400, "uri-parameters", " lr SIP/2.0\r\n"},     // §3.1.2.8
        {"lwsstart", Invalid::validation, 400, "scheme", " sip:user@example.com  SIP"}, // §3.1.2.9
        {"trws", Invalid::parse, 400, "Request-Line: SIP-Version", "\r\nVia:"},        // §3.1.2.10
        {"escruri", Invalid::validation, 400, "Request-URI: headers", "Route=%3Csip"}, // §3.1.2.11
        {"regbadct", Invalid::validation, 400, "addr-spec: needs <>", "?Route=%3C"},   // §3.1.2.13
        {"badaspec", Invalid::validation, 400, "scheme", " sip:t.watson@"},            // §3.1.2.14
        {"baddn", Invalid::parse, 400, "SIP-message: empty line", ""},                 // §3.1.2.15
        {"badvers", Invalid::validation, 505, "SIP-Version", "SIP/7.0\r\n"},           // §3.1.2.16
        {"mismatch01", Invalid::validation, 400, "CSeq: Method", "INVITE\r\nVia"},     // §3.1.2.17
        {"mismatch02", Invalid::validation, 400, "CSeq: Method", "INVITE\r\nContact"}, // §3.1.2.18
        {"bigcode", Invalid::parse, 0, "Status-Line: Status-Code", "4294967301 "},     // §3.1.2.19
        {"badbranch", Invalid::validation, 400, "Via: branch", "z9hG4bK\r\n"},         // §3.2.1
        {"insuf", Invalid::validation, 400, "message-header: missing", "\r\nv=0\r\n"}, // §3.3.1
        {"multi01", Invalid::validation, 400, "message-header: more than one",
         "CSeq: 59 INVITE"}, // §3.3.8
        {"mcl01", Invalid::parse, 400, "Content-Length: more than one",
         "5\r\nContent-Type"},                                                       // §3.3.9
        {"bcast", Invalid::validation, 0, "Via: more than one", "SIP/2.0/UDP 255."}, // §3.3.10
    };
    for (const Invalid& row : rows) {
        CAPTURE(row.name);
        const std::string text = torture(row.name);
        const auto message = Message::parse(text);
        ProtocolFault fault;
        if (row.by == Invalid::parse) {
            REQUIRE_FALSE(message);
            fault.rule = message.error().rule;
            fault.offset = message.error().offset;
            // What parsing refuses can be answered where it is a request.
            const auto request = salvage(text);
            CHECK(request.has_value() == (row.status != 0));
            fault.status = request ? 400 : 0;
        } else {
            REQUIRE(message);
            const auto found =
                message->is_request() ? validate_request(*message) : validate_response(*message);
            REQUIRE(found);
            fault = found;
        }
        CHECK(fault.status == row.status);
        CHECK(fault.rule == row.rule);
        CHECK(text.substr(fault.offset, row.where.size()) == row.where);
        CHECK(fault.offset == (row.where.empty() ? text.size() : text.find(row.where)));
    }
}

// RFC 4475 §3.1.2.15: in the archive this message lacks its empty line; with it, it is the display
// name that is at fault.
TEST_CASE("an unquoted display name with a comma is refused at the comma", "[message][rfc4475]") {
    const std::string text = torture("baddn") + "\r\n";
    const auto message = Message::parse(text);
    REQUIRE(message);
    const auto fault = validate_request(*message);
    REQUIRE(fault);
    CHECK(fault.status == 400);
    CHECK(fault.rule == "addr-spec");
    CHECK(fault.offset == text.find(", Alexander"));
    CHECK(fault.reason == "Malformed From Header Field");
}

// RFC 4475 §3.1.1.1
TEST_CASE("the tortuous INVITE is unfolded to the values that it means", "[message][rfc4475]") {
    const Message message = parsed("wsinv");
    CHECK(message.header(Header::to)
          == "sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
    CHECK(message.header(Header::max_forwards) == "0068");
    CHECK(message.header(Header::content_length) == "150");
    CHECK(message.header(Header::subject) == "");
    CHECK(message.header("unknownheaderwithunusualvalue") == ";;,,;;,;");
    CHECK(message.count(Header::via) == 2);
    CHECK(parse_header<CSeq>(message, Header::cseq)->number == 9);
    CHECK(parse_header<Via>(message, Header::via)->branch() == "390skdjuw");
    CHECK(parse_header<NameAddr>(message, Header::from)->tag() == "98asjd8");
}

// RFC 4475 §3.1.1.2, §3.1.1.7
TEST_CASE("wide and long values arrive byte by byte", "[message][rfc4475]") {
    using namespace std::string_view_literals;
    const Message wide = parsed("intmeth");
    CHECK(wide.method() == "!interesting-Method0123456789_*+`.%indeed'~");
    CHECK(wide.header(Header::to)->substr(0, 25) == "\"BEL:\\\x07 NUL:\\\0 DEL:\\\x7F\" <s"sv);
    const Message longest = parsed("longreq");
    CHECK(longest.count(Header::via) == 34);
    CHECK(parse_header<NameAddr>(longest, Header::from)->tag().size() == 155);
}

// RFC 4475 §3.1.1.11
TEST_CASE("a binary body keeps its NULs", "[message][rfc4475]") {
    const Message message = parsed("mpart01");
    CHECK(message.body().find('\0') != message.body().npos);
    CHECK(message.body().ends_with("\r\n--7a9cbec02ceef655--\r\n"));
}

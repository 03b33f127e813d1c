#include "offhook/message/layout_reader.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;

namespace {

ParseError fault_in(std::string text) {
    Layout layout;
    return LayoutReader(text, layout).read();
}

struct Refused {
    std::string text;
    std::string_view rule;
    std::size_t offset;
};

template <class Table>
void check_refused(const Table& table) {
    for (const Refused& row : table) {
        CAPTURE(row.text);
        const auto fault = fault_in(row.text);
        REQUIRE(fault);
        CHECK(fault.rule == row.rule);
        CHECK(fault.offset == row.offset);
    }
}

/// The value of the one header field, as it is read.
std::string value_in(std::string text) {
    Layout layout;
    const auto fault = LayoutReader(text, layout).read();
    if (fault || layout.fields.size() != 1) return "refused";
    return text.substr(layout.fields[0].value, layout.fields[0].value_size);
}

using namespace std::string_literals;

} // namespace

// RFC 3261 §7.1: Method SP Request-URI SP SIP-Version CRLF, with single SPs and nothing else.
TEST_CASE("a broken Request-Line is refused where it breaks", "[message][rfc3261][7.1]") {
    check_refused(std::initializer_list<Refused>{
        {" OPTIONS sip:a SIP/2.0\r\n\r\n", "Request-Line: Method", 0},
        {"OPT(ONS sip:a SIP/2.0\r\n\r\n", "Request-Line: Method", 3},
        {"OPTIONS\tsip:a SIP/2.0\r\n\r\n", "Request-Line: Method", 7},
        {"OPTIONS\r\n\r\n", "Request-Line: Method", 7},
        {"OPTIONS \r\n\r\n", "Request-Line: SIP-Version", 8},
        {"OPTIONS SIP/2.0\r\n\r\n", "Request-Line: Request-URI", 8},
        {"OPTIONS  SIP/2.0\r\n\r\n", "Request-Line: Request-URI", 8},
        {"OPTIONS sip:a\r\n\r\n", "Request-Line: SIP-Version", 8},
        {"OPTIONS sip:a SIP/2.0 \r\n\r\n", "Request-Line: SIP-Version", 22},
        {"OPTIONS sip:a HTTP/1.1\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a ABC/2.0\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/2\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/2.\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/20.\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/.20\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/200\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/2.0.1\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/2.x\r\n\r\n", "Request-Line: SIP-Version", 14},
        {"OPTIONS sip:a SIP/2.0\r\n continued: 1\r\n\r\n", "message-header: header-name", 23},
    });
    CHECK_FALSE(fault_in("OPTIONS sip:a SIP/2.0\r\n\r\n"));
    CHECK_FALSE(fault_in("o sip:a sip/17.20\r\n\r\n"));
    std::string shortest = "o a SIP/2.0\r\n\r\n";
    Layout layout;
    CHECK_FALSE(LayoutReader(shortest, layout).read());
    CHECK(layout.start_line[0].in(shortest) == "o");
    CHECK(layout.start_line[1].in(shortest) == "a");
    CHECK(layout.start_line[2].in(shortest) == "SIP/2.0");
}

// RFC 3261 §7.2, §21: SIP-Version SP Status-Code SP Reason-Phrase CRLF, 100 to 699.
TEST_CASE("a broken Status-Line is refused where it breaks", "[message][rfc3261][7.2]") {
    check_refused(std::initializer_list<Refused>{
        {"SIP/2 200 OK\r\n\r\n", "Status-Line: SIP-Version", 0},
        {"SIP/2.0\r\n\r\n", "Status-Line: Status-Code", 7},
        {"SIP/2.0 \r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 20\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 20 OK\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 2000 OK\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 200OK\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 099 Low\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 700 High\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 2x0 OK\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0 20x OK\r\n\r\n", "Status-Line: Status-Code", 8},
        {"SIP/2.0  200 OK\r\n\r\n", "Status-Line: Status-Code", 8},
    });
    for (const auto& [line, status, reason] : {std::tuple{"SIP/2.0 100 Trying", 100, "Trying"},
                                               {"sip/2.0 699 a  b ", 699, "a  b "},
                                               {"SIP/2.0 200 ", 200, ""},
                                               {"SIP/2.0 200", 200, ""},
                                               {"SIP/7.0 404 \t", 404, "\t"}}) {
        CAPTURE(line);
        std::string text = line + "\r\n\r\n"s;
        Layout layout;
        CHECK_FALSE(LayoutReader(text, layout).read());
        CHECK(layout.status == status);
        CHECK(layout.start_line[0].in(text) == text.substr(0, 7));
        CHECK(layout.start_line[1].in(text) == text.substr(8, 3));
        CHECK(layout.start_line[2].in(text) == reason);
    }
}

// RFC 3261 §7.3.1, §25.1: message-header = header-name HCOLON header-value CRLF
TEST_CASE("a broken header field line is refused where it breaks", "[message][rfc3261][7.3.1]") {
    const std::string start = "BYE sip:a SIP/2.0\r\n"; // 19 bytes
    check_refused(std::initializer_list<Refused>{
        {start + ": x\r\n\r\n", "message-header: header-name", 19},
        {start + "To\r\n\r\n", "message-header: header-name", 21},
        {start + "To \r\n\r\n", "message-header: HCOLON", 22},
        {start + "To x: y\r\n\r\n", "message-header: HCOLON", 22},
        {start + "T(o: y\r\n\r\n", "message-header: header-name", 20},
        {start + "X: y\r\n@: y\r\n\r\n", "message-header: header-name", 25},
        {start + std::string(65536, 'x') + ": y\r\n\r\n", "message-header: header-name", 65555},
    });
    CHECK_FALSE(fault_in(start + std::string(65535, 'x') + ": y\r\n\r\n"));
}

// Fault 28, CVE-2020-28361: a blank before the colon is allowed (HCOLON), another byte is not.
TEST_CASE("blanks before the colon do not hide a header field and other bytes break it",
          "[message][fault][rfc3261][25.1]") {
    std::string text = "BYE sip:a SIP/2.0\r\nX-Bypass-me : 1\r\nTo \t : <sip:a@b>\r\n\r\n";
    Layout layout;
    REQUIRE_FALSE(LayoutReader(text, layout).read());
    CHECK(layout.fields[0].name_size == 11);
    CHECK(layout.fields[1].id == Header::to);
    CHECK(text.substr(layout.fields[1].value, layout.fields[1].value_size) == "<sip:a@b>");

    CHECK(fault_in("BYE sip:a SIP/2.0\r\nTo\x01: <sip:a@b>\r\n\r\n")
          == ParseError{"message-header: header-name", 21});
}

// RFC 3261 §7.3.1: a line that begins with a blank continues the one before; that is one SP.
TEST_CASE("folded lines become one without moving a byte", "[message][rfc3261][7.3.1]") {
    const std::string start = "BYE sip:a SIP/2.0\r\n";
    CHECK(value_in(start + "X: a\r\n b\r\n\r\n") == "a   b");
    CHECK(value_in(start + "X: a\r\n\tb\r\n\r\n") == "a  \tb");
    CHECK(value_in(start + "X:\r\n a\r\n \r\n\r\n") == "a");
    CHECK(value_in(start + "X: \r\n\t\r\n \r\n\r\n") == "");
    CHECK(value_in(start + "X:\t a \t\r\n\r\n") == "a");
    CHECK(value_in(start + "X:\r\n\r\n") == "");
    CHECK(value_in(start + "X: a\r\nb\r\n\r\n") == "refused");

    std::string text = start + "X: a\r\n b\r\nY: c\r\n\r\nbody\r\n x";
    Layout layout;
    REQUIRE_FALSE(LayoutReader(text, layout).read());
    CHECK(text == start + "X: a   b\r\nY: c\r\n\r\nbody\r\n x");
    CHECK(layout.fields[1].begin == 29);
    CHECK(layout.empty_line == 35);
}

// RFC 3261 §7: every line ends in CRLF, and the empty line must be there.
TEST_CASE("lines end in CRLF and the header ends in an empty line", "[message][rfc3261][7]") {
    check_refused(std::initializer_list<Refused>{
        {"", "SIP-message: empty line", 0},
        {"\r", "SIP-message: empty line", 1},
        {"BYE sip:a SIP/2.0", "SIP-message: empty line", 17},
        {"BYE sip:a SIP/2.0\r", "SIP-message: empty line", 18},
        {"BYE sip:a SIP/2.0\r\n", "SIP-message: empty line", 19},
        {"BYE sip:a SIP/2.0\r\n\r", "SIP-message: empty line", 20},
        {"BYE sip:a SIP/2.0\r\nX", "SIP-message: empty line", 20},
        {"BYE sip:a SIP/2.0\r\nX ", "SIP-message: empty line", 21},
        {"BYE sip:a SIP/2.0\r\nX:", "SIP-message: empty line", 21},
        {"BYE sip:a SIP/2.0\r\nX: y\r", "SIP-message: empty line", 24},
        {"BYE sip:a SIP/2.0\r\nX: y\r\n", "SIP-message: empty line", 25},
        {"BYE sip:a SIP/2.0\r\nX: y\r\n ", "SIP-message: empty line", 26},
        {"BYE sip:a SIP/2.0\n\n", "SIP-message: CRLF", 17},
        {"BYE sip:a SIP/2.0\rX\r\n\r\n", "SIP-message: CRLF", 17},
        {"BYE sip:a SIP/2.0\r\nX: y\n\r\n\r\n", "SIP-message: CRLF", 23},
        {"BYE sip:a SIP/2.0\r\nX: y\rz\r\n\r\n", "SIP-message: CRLF", 23},
        {"BYE sip:a SIP/2.0\r\nX: y\r\r\n\r\n", "SIP-message: CRLF", 23},
        {"BYE sip:a SIP/2.0\r\nX: y\r\n z\n\r\n\r\n", "SIP-message: CRLF", 27},
        {"BYE sip:a SIP/2.0\r\nX: y\r\n\rz", "message-header: header-name", 25},
    });
}

// RFC 4475 §3.1.1.2: a quoted-pair may hold NUL; nothing else in a header may.
TEST_CASE("NUL is allowed in the quoted-pair of a quoted-string alone", "[message][rfc4475]") {
    const std::string start = "BYE sip:a SIP/2.0\r\n";
    CHECK(value_in(start + "X: \"a\\\0\"\r\n\r\n"s) == "\"a\\\0\""s);
    CHECK(value_in(start + "X: \"\\\"\\\0\" \"\\\0\"\r\n\r\n"s) == "\"\\\"\\\0\" \"\\\0\""s);
    check_refused(std::initializer_list<Refused>{
        {"BYE sip:\0a SIP/2.0\r\n\r\n"s, "SIP-message: NUL", 8},
        {"BYE sip:\"\\\0\" SIP/2.0\r\n\r\n"s, "SIP-message: NUL", 10},
        {start + "X: \0\r\n\r\n"s, "SIP-message: NUL", 22},
        {start + "X: \"\0\"\r\n\r\n"s, "SIP-message: NUL", 23},
        {start + "X: \\\0\r\n\r\n"s, "SIP-message: NUL", 23},
        {start + "X: \"\\\\\0\"\r\n\r\n"s, "SIP-message: NUL", 25},
        {start + "X: \"\\\0\"\\\0\r\n\r\n"s, "SIP-message: NUL", 27},
        {start + "X: \"\\\0\"\r\nY: \0\r\n\r\n"s, "SIP-message: NUL", 31},
        {start + "X\0: y\r\n\r\n"s, "message-header: header-name", 20},
    });
    // Thousands of them take one look at each byte.
    std::string many = start + "X: \"";
    for (int i = 0; i != 30000; ++i)
        many += "\\\0"s;
    CHECK_FALSE(fault_in(many + "\"\r\n\r\n"));
}

// Fault 29: NUL, bare CR, bare LF and 8-bit bytes at every position of the header.
TEST_CASE("a control byte anywhere in the header is refused there and an 8-bit byte is no fault",
          "[message][fault]") {
    const std::string whole(samples::invite);
    const std::size_t header = whole.find("\r\n\r\n") + 4;
    for (std::size_t at = 0; at != whole.size(); ++at) {
        CAPTURE(at);
        if (whole[at] == '\r' || whole[at] == '\n') continue;
        for (const char byte : {'\0', '\r', '\n'}) {
            std::string text = whole;
            text[at] = byte;
            const auto fault = fault_in(text);
            CAPTURE(static_cast<int>(byte));
            if (at >= header) {
                CHECK_FALSE(fault);
                continue;
            }
            REQUIRE(fault);
            CHECK(fault.offset == at);
        }
        std::string text = whole;
        text[at] = '\xe9';
        const auto fault = fault_in(text);
        if (fault) CHECK((fault.offset <= at && at < header));
    }
    CHECK(value_in("BYE sip:a SIP/2.0\r\nX: \xc3\xa9\xff\x80\r\n\r\n") == "\xc3\xa9\xff\x80");
}

// Faults 1 to 3 (CVE-2023-28097, CVE-2026-23457): a length that does not fit is never cut to one
// that does. RFC 4475 §3.1.2.2–3
TEST_CASE("a Content-Length above what is there, negative or no number is refused",
          "[message][fault][rfc3261][20.14]") {
    const std::string start = "BYE sip:a SIP/2.0\r\nContent-Length: "; // 35 bytes
    check_refused(std::initializer_list<Refused>{
        {start + "5\r\n\r\nbody", "Content-Length: message-body", 35},
        {start + "2147483648\r\n\r\nbody", "Content-Length: message-body", 35},
        {start + "4294967295\r\n\r\nbody", "Content-Length: message-body", 35},
        {start + "4294967296\r\n\r\nbody", "Content-Length", 35},
        {start + "4294967328\r\n\r\nbody", "Content-Length", 35},
        {start + "18446744073709551617\r\n\r\nbody", "Content-Length", 35},
        {start + "-1\r\n\r\nbody", "Content-Length", 35},
        {start + "+1\r\n\r\nbody", "Content-Length", 35},
        {start + "five\r\n\r\nbody", "Content-Length", 35},
        {start + "\r\n\r\nbody", "Content-Length", 35},
        {start + "1 2\r\n\r\nbody", "Content-Length", 37},
        {start + "1\r\n 2\r\n\r\nbody", "Content-Length", 39},
        {start + "1,1\r\n\r\nbody", "Content-Length", 36},
        {start + "1\r\nl: 1\r\n\r\nbody", "Content-Length: more than one", 41},
    });
    for (const char* length : {"4", "0", "0004", "000000000000000000004"})
        CHECK_FALSE(fault_in(start + length + "\r\n\r\nbody"));
}

// Fault 6: a Content-Length that stands on the line after its name.
TEST_CASE("a folded Content-Length counts", "[message][fault][rfc3261][7.3.1]") {
    std::string text = "BYE sip:a SIP/2.0\r\nContent-Length:\r\n 2\r\n \r\n\r\nbody";
    Layout layout;
    CHECK_FALSE(LayoutReader(text, layout).read());
    CHECK(text == "BYE sip:a SIP/2.0\r\nContent-Length:   2   \r\n\r\nbo");
}

// Fault 18, CVE-2022-31001: the beginning of a keyword at the end of the text.
TEST_CASE("a text that ends within a keyword is refused at its end", "[message][fault]") {
    for (const std::string_view word : {"SIP/2.0 200 OK", "INVITE sip:a SIP/2.0", "Content-Length"})
        for (std::size_t size = 0; size <= word.size(); ++size)
            CHECK(fault_in(std::string(word.substr(0, size)))
                  == ParseError{"SIP-message: empty line", size});
    CHECK(fault_in("I\r\n\r\n") == ParseError{"Request-Line: Method", 1});
    CHECK(fault_in("SIP\r\n\r\n") == ParseError{"Request-Line: Method", 3});
    CHECK(fault_in("SIP/\r\n\r\n") == ParseError{"Status-Line: SIP-Version", 0});
}

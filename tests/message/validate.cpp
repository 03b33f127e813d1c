#include "offhook/message/validate.hpp"

#include <optional>
#include <string>

#include "../catch.hpp"
#include "samples.hpp"

using namespace offhook;
using samples::request;
using samples::with;

namespace {

Message parsed(const std::string& text) {
    const auto message = Message::parse(text);
    REQUIRE(message);
    return *message;
}

/// The fault has this status, rule and reason, and begins at `where` in the text.
void check_fault(const std::string& text, int status, std::string_view rule, std::string_view where,
                 std::string_view reason) {
    CAPTURE(text);
    const Message message = parsed(text);
    const auto fault =
        message.is_request() ? validate_request(message) : validate_response(message);
    REQUIRE(fault);
    CHECK(fault.status == status);
    CHECK(fault.rule == rule);
    CHECK(text.substr(fault.offset, where.size()) == where);
    CHECK(fault.offset == text.find(where));
    CHECK(fault.reason == reason);
}

bool accepted(const std::string& text) {
    const Message message = parsed(text);
    return !(message.is_request() ? validate_request(message) : validate_response(message));
}

std::string response(std::string_view lines = "") {
    return request(lines, "", "SIP/2.0 200 OK");
}

} // namespace

TEST_CASE("a usual request and a usual response are valid", "[message][rfc3261][8.2]") {
    CHECK(accepted(std::string(samples::invite)));
    CHECK(accepted(std::string(samples::ok)));
    CHECK(accepted(request()));
    CHECK(accepted(response()));
    CHECK(accepted(request("", "", "OPTIONS sip:bob@example.com sip/2.0")));
}

// RFC 3261 §21.5.6: another SIP version is 505, before all else.
TEST_CASE("a request of another SIP version is answered with 505", "[message][rfc3261][21.5.6]") {
    check_fault(request("", "", "OPTIONS % SIP/3.0"), 505, "SIP-Version", "SIP/3.0",
                "Version Not Supported");
    check_fault(request("", "", "OPTIONS sip:a SIP/2.00"), 505, "SIP-Version", "SIP/2.00",
                "Version Not Supported");
}

// RFC 3261 §8.1.1: these five must be there. Fault 9, CVE-2025-68274: no To.
TEST_CASE("a request without a mandatory header field is answered with 400",
          "[message][fault][rfc3261][8.1.1]") {
    const std::string reasons[][2] = {{"Via: ", "Missing Via Header Field"},
                                      {"From: ", "Missing From Header Field"},
                                      {"To: ", "Missing To Header Field"},
                                      {"Call-ID: ", "Missing Call-ID Header Field"},
                                      {"CSeq: ", "Missing CSeq Header Field"}};
    for (const auto& [name, reason] : reasons) {
        std::string text = with(request(), name, "X: ");
        const auto fault = validate_request(parsed(text));
        REQUIRE(fault);
        CHECK(fault.status == 400);
        CHECK(fault.rule == "message-header: missing");
        CHECK(fault.offset == text.size() - 2);
        CHECK(fault.reason == reason);
    }
}

// Faults 12 and 13 (CVE-2018-14767, CVE-2020-27507), RFC 4475 §3.3.8
TEST_CASE("a header field that steers the request may not be there twice",
          "[message][fault][rfc3261][7.3.1]") {
    check_fault(request("t: <sip:c@d>;tag=\r\n"), 400, "message-header: more than one", "t: <sip:c",
                "Repeated Header Field");
    for (const char* line : {"From: <sip:a@b>;tag=2", "Call-ID: a@b", "CSeq: 1 OPTIONS"})
        check_fault(
            request(std::string(line) + "\r\nX: y\r\n"), 400, "message-header: more than one",
            std::string_view(line) == "From: <sip:a@b>;tag=2" ? line : line + std::string("\r\nX"),
            "Repeated Header Field");
    for (const char* name : {"Max-Forwards", "Content-Type", "Content-Disposition", "Expires",
                             "Event", "RAck", "Refer-To", "Replaces", "Join", "Target-Dialog",
                             "Session-Expires", "Min-SE", "Subscription-State"})
        check_fault(request(std::string(name) + ": 1\r\n" + name + ": 2\r\n"), 400,
                    "message-header: more than one", name + std::string(": 2"),
                    "Repeated Header Field");
}

// RFC 3261 §8.2.2: what is not needed for processing the request is no reason to refuse it.
TEST_CASE("broken or repeated header fields that steer nothing are passed over",
          "[message][rfc3261][8.2.2]") {
    CHECK(
        accepted(request("Subject: a\r\ns: b\r\nUser-Agent: \r\nUser-Agent: (\r\nDate: x\r\n"
                         "Date: never\r\nFoo: y\r\nFoo: z\r\nUnknown-Header: \"\r\nServer:\r\n")));
}

// Fault 25, belle-sip: the same list header three times or more.
TEST_CASE("list header fields may come in any number of lines",
          "[message][fault][rfc3261][7.3.1]") {
    for (const char* name : {"Allow", "Supported", "Accept", "Route", "Record-Route", "Contact"}) {
        std::string lines;
        for (int i = 0; i != 50; ++i)
            lines.append(name).append(": <sip:a@b>, <sip:c@d>\r\n");
        CHECK(accepted(request(lines)));
    }
}

// RFC 3261 §20: syntax of what the transaction and the dialog are made of. Faults 14, 17, 20, 21.
TEST_CASE("malformed values are refused at the byte where they break",
          "[message][fault][rfc3261][20]") {
    const auto check = [](std::string_view part, std::string_view other, std::string_view rule,
                          std::string_view where, std::string_view reason) {
        check_fault(with(request(), part, other), 400, rule, where, reason);
    };
    const char* via = "SIP/2.0/UDP host.example.com;branch=z9hG4bKx";
    check(via, "SIP/2.0/UDP :]", "Via: sent-by", ":]", "Malformed Via Header Field");
    check(via, "SIP/2.0/UDP a, SIP:2.0/UDP b", "Via: sent-protocol", ":2.0/UDP b",
          "Malformed Via Header Field");
    check(via, "", "Via: sent-protocol", "\r\nFrom", "Malformed Via Header Field");
    check(via, " , ", "Via: sent-protocol", ", \r\nFrom", "Malformed Via Header Field");
    check("<sip:bob@example.com>\r\n", "\"Bob\\\r\n", "quoted-string", "\"Bob",
          "Malformed To Header Field");
    check("<sip:bob@example.com>\r\n", "\r\n", "addr-spec", "\r\nCall-ID",
          "Malformed To Header Field");
    check("<sip:alice@example.com>;tag=1", "<sip:a@b%>", "escaped", "%>",
          "Malformed From Header Field");
    check("a@b", "a b", "Call-ID: callid", "b\r\nCSeq", "Malformed Call-ID Header Field");
    check("1 OPTIONS", "1", "CSeq: LWS", "\r\n\r\n", "Malformed CSeq Header Field");
    // Fault 21, seeds of a fuzzer
    check_fault(request("m:0\"<\r\n"), 400, "addr-spec", "\"<\r", "Malformed Contact Header Field");
    check_fault(request("V:// ;0=;\r\n"), 400, "Via: sent-protocol", "// ;",
                "Malformed Via Header Field");
    check_fault(request("m: *, %\r\n"), 400, "addr-spec", "\r\n\r\n",
                "Malformed Contact Header Field");
    check_fault(request("Record-Route: <sip:a;lr>, <sip:>\r\n"), 400, "host", ">\r\n\r\n",
                "Malformed Record-Route Header Field");
    check_fault(request("Max-Forwards: 256\r\n"), 400, "Max-Forwards", "256",
                "Malformed Max-Forwards Header Field");
    CHECK(accepted(request("Max-Forwards: 0\r\nm: *\r\n")));
}

// Fault 4, Kamailio: a sequence number must be below 2³¹. RFC 3261 §8.1.1.5
TEST_CASE("a CSeq number of 2^31 and more is refused", "[message][fault][rfc3261][8.1.1.5]") {
    CHECK(accepted(with(request(), "1 OPTIONS", "2147483647 OPTIONS")));
    for (const char* number : {"2147483648", "4294967295", "4294967296", "4294967297"})
        check_fault(with(request(), "1 OPTIONS", number + std::string(" OPTIONS")), 400,
                    "CSeq: number", number, "Malformed CSeq Header Field");
}

// RFC 3261 §8.1.1.5: the method of CSeq is that of the request, in the same case.
TEST_CASE("a CSeq of another method is answered with 400", "[message][rfc3261][8.1.1.5]") {
    for (const char* method : {"INVITE", "options", "OPTION"})
        check_fault(with(request(), "1 OPTIONS", std::string("1 ") + method), 400, "CSeq: Method",
                    std::string(method) + "\r\n\r\n", "CSeq Method Mismatch");
}

// Fault 11, AST-2017-002: no branch, and a method of a kilobyte in CSeq.
TEST_CASE("a Via without branch and a CSeq method of a kilobyte are taken as they are",
          "[message][fault]") {
    const std::string method(1024, 'M');
    std::string text = with(request("", "", method + " sip:a@b SIP/2.0"), ";branch=z9hG4bKx", "");
    CHECK(accepted(with(text, "1 OPTIONS", "1 " + method)));
    check_fault(text, 400, "CSeq: Method", "OPTIONS", "CSeq Method Mismatch");
}

// RFC 4475 §3.2.1: a branch that is the cookie and nothing more identifies no transaction.
TEST_CASE("an empty transaction id in the branch is answered with 400", "[message][rfc4475]") {
    check_fault(with(request(), "z9hG4bKx", "z9hG4bK"), 400, "Via: branch", "z9hG4bK",
                "Malformed Via Header Field");
    check_fault(with(request(), "z9hG4bKx", "Z9HG4BK"), 400, "Via: branch", "Z9HG4BK",
                "Malformed Via Header Field");
    CHECK(accepted(with(request(), "z9hG4bKx", "z9hG4b")));
}

// Fault 10 and RFC 3261 §8.2.2, §12.1.1: RFC 2543 peers have no From tag. Fault 13: any length.
TEST_CASE("a From without tag and one of 500 characters are accepted",
          "[message][fault][rfc3261][8.2]") {
    CHECK(accepted(with(request(), ";tag=1", "")));
    CHECK(accepted(with(request(), ";tag=1", ";tag=" + std::string(500, 't'))));
    check_fault(with(request(), ";tag=1", ";tag=1;tag=2"), 400, "generic-param: repeated", "tag=2",
                "Malformed From Header Field");
}

// RFC 3261 §8.2.2.1, §19.1.1 table 1
TEST_CASE("a malformed Request-URI is answered with 400 and an unknown scheme is not",
          "[message][rfc3261][8.2.2.1]") {
    const auto uri = [](const std::string& text) {
        return request("", "", "OPTIONS " + text + " SIP/2.0");
    };
    check_fault(uri("<sip:a@b>"), 400, "scheme", "<sip:a@b>", "Malformed Request-URI");
    check_fault(uri("sip:a@b; lr"), 400, "uri-parameters", " lr SIP", "Malformed Request-URI");
    check_fault(uri("sip:a@b?Route=%3Csip:c%3E"), 400, "Request-URI: headers",
                "Route=", "Malformed Request-URI");
    CHECK(accepted(uri("tel:+1-201-555-0123")));
    CHECK(accepted(uri("nobodyKnowsThisScheme:totallyopaquecontent")));
    // Fault 27, drachtio #238
    CHECK(accepted(uri("sip:" + std::string(5000, 'u') + "@example.com")));
}

TEST_CASE("more header fields than the limit are answered with 400", "[message][limits]") {
    Limits limits;
    limits.header_fields = 6;
    CHECK_FALSE(validate_request(parsed(request("X: 1\r\n")), limits));
    const std::string text = request("X: 1\r\nX: 2\r\n", "body");
    const auto fault = validate_request(parsed(text), limits);
    REQUIRE(fault);
    CHECK(fault.status == 400);
    CHECK(fault.rule == "SIP-message: too many header fields");
    CHECK(fault.offset == text.find("\r\nbody"));
    CHECK(fault.reason == "Too Many Header Fields");
}

// RFC 3261 §8.1.3.3: a response with more than one Via value is dropped; §18.1.2.
TEST_CASE("a broken response is dropped", "[message][rfc3261][8.1.3.3]") {
    check_fault(response("v: SIP/2.0/UDP other.example.com\r\n"), 0, "Via: more than one",
                "SIP/2.0/UDP other", "");
    check_fault(with(response(), "bKx", "bKx, SIP/2.0/UDP second"), 0, "Via: more than one",
                "SIP/2.0/UDP host", "");
    check_fault(with(response(), "1 OPTIONS", "4294967297 OPTIONS"), 0, "CSeq: number",
                "4294967297", "Malformed CSeq Header Field");
    check_fault(with(response(), "SIP/2.0 200", "SIP/3.0 200"), 0, "SIP-Version", "SIP/3.0",
                "Version Not Supported");
    CHECK(accepted(with(response(), ";branch=z9hG4bKx", "")));
    CHECK(accepted(with(response(), "OPTIONS", "ANY")));
}

// RFC 3261 §20: the UAC MUST ignore a header field that is not applicable in a response, and the
// UAS one that is not in a request.
TEST_CASE("a header field that means nothing in a response or a request is ignored there",
          "[message][rfc3261][20]") {
    for (const char* name : {"Event", "Join", "Max-Forwards", "RAck", "Refer-To", "Replaces",
                             "Subscription-State", "Target-Dialog"}) {
        CAPTURE(name);
        const std::string line = std::string(name) + ": ;;,\r\n";
        CHECK(accepted(response(line + line)));
        CHECK_FALSE(accepted(request(line + line)));
    }
    CHECK(accepted(request("RSeq: 1\r\nRSeq: x\r\n")));
    CHECK_FALSE(accepted(response("RSeq: 1\r\nRSeq: 2\r\n")));
    CHECK(accepted(response("Route: ;\r\nProxy-Authorization: x\r\nPriority:\r\n")));
}

// RFC 3261 §19.1.1: elements processing URIs SHOULD ignore any disallowed components.
TEST_CASE("a component that a URI may not have in its place is ignored",
          "[message][rfc3261][19.1.1]") {
    const char* odd = "<sip:a@b:5070;method=BYE;maddr=h;ttl=1;transport=tcp;lr?Subject=x>";
    CHECK(accepted(with(request(), "<sip:bob@example.com>", odd)));
    CHECK(accepted(with(response(), "<sip:bob@example.com>", odd)));
    CHECK(accepted(request("Contact: " + std::string(odd) + "\r\n")));
    CHECK(accepted(request("Record-Route: " + std::string(odd) + "\r\n")));
    CHECK(accepted(request("", "", "OPTIONS sip:bob@example.com;method=BYE SIP/2.0")));
}

#include "offhook/message/copied_fields.hpp"

#include <string>
#include <string_view>

#include "../catch.hpp"
#include "offhook/message/message_model.hpp"

using namespace offhook;

namespace {

std::string answered(std::string_view to, std::string_view tag) {
    Message request = Message::request("BYE", "sip:bob@example.com");
    MessageModel<Message>::add(request, Header::via, "SIP/2.0/UDP p;branch=z9hG4bK1");
    MessageModel<Message>::add(request, Header::max_forwards, "70");
    MessageModel<Message>::add(request, Header::via, "SIP/2.0/UDP a;branch=z9hG4bK2");
    MessageModel<Message>::add(request, Header::from, "<sip:a@a>;tag=1");
    MessageModel<Message>::add(request, Header::to, to);
    MessageModel<Message>::add(request, Header::call_id, "c");
    MessageModel<Message>::add(request, Header::cseq, "2 BYE");
    Message response = Message::response(Message::request("BYE", "sip:b"), 200, "OK", {});
    copy_fields(request, response, tag);
    return std::string(response.bytes());
}

std::string with_to(std::string_view to) {
    return "SIP/2.0 200 OK\r\n"
           "Via: SIP/2.0/UDP p;branch=z9hG4bK1\r\n"
           "Via: SIP/2.0/UDP a;branch=z9hG4bK2\r\n"
           "From: <sip:a@a>;tag=1\r\n"
           "To: "
           + std::string(to)
           + "\r\n"
             "Call-ID: c\r\n"
             "CSeq: 2 BYE\r\n"
             "Content-Length: 0\r\n"
             "\r\n";
}

} // namespace

// RFC 3261 §8.2.6.2: the Via header field values in the response MUST equal those in the request
// and MUST maintain the same ordering; From, Call-ID, CSeq and To equal those of the request.
TEST_CASE("a composed response repeats the lines of its request and nothing else",
          "[rfc3261][8.2.6.2]") {
    CHECK(answered("<sip:b@b>;tag=2", "3") == with_to("<sip:b@b>;tag=2"));
}

// RFC 3261 §8.2.6.2: if the To of the request did not contain a tag, the UAS adds one.
TEST_CASE("a composed response adds a tag only to a To without one", "[rfc3261][8.2.6.2]") {
    CHECK(answered("<sip:b@b>", "3") == with_to("<sip:b@b>;tag=3"));
    CHECK(answered("<sip:b@b;tag=2>", "3") == with_to("<sip:b@b;tag=2>;tag=3"));
    CHECK(answered("<sip:b@b>", "") == with_to("<sip:b@b>"));
}

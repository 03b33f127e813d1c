#include "offhook/auth/auth_field.hpp"

#include <vector>

#include "../catch.hpp"
#include "offhook/message/message.hpp"
#include "offhook/message/message_model.hpp"

using namespace offhook;

// RFC 3261 §22.2, §22.3
TEST_CASE("a user agent asks with 401 and a proxy with 407", "[auth][rfc3261][22.2][22.3]") {
    CHECK(challenge_status(Challenger::user_agent) == 401);
    CHECK(challenge_header(Challenger::user_agent) == Header::www_authenticate);
    CHECK(credentials_header(Challenger::user_agent) == Header::authorization);
    CHECK(challenge_status(Challenger::proxy) == 407);
    CHECK(challenge_header(Challenger::proxy) == Header::proxy_authenticate);
    CHECK(credentials_header(Challenger::proxy) == Header::proxy_authorization);
}

// RFC 3261 §22.1: an ACK gets no response, and a CANCEL cannot be sent again.
TEST_CASE("neither ACK nor CANCEL is ever challenged", "[auth][rfc3261][22.1]") {
    CHECK_FALSE(is_challengeable("ACK"));
    CHECK_FALSE(is_challengeable("CANCEL"));
    for (const char* method : {"INVITE", "BYE", "PRACK", "UPDATE", "REGISTER", "FOO", "ack"})
        CHECK(is_challengeable(method));
}

// RFC 3261 §22.3: a forking proxy puts the challenges of all branches into one response.
TEST_CASE("all challenges of a response are taken, in their order and whole",
          "[auth][rfc3261][22.3][rfc8760][2.5]") {
    Message response = Message::response(Message::request("OPTIONS", "sip:a@b"), 401, "No");
    response.add(Header::proxy_authenticate, "Digest realm=\"p\", nonce=\"1\"");
    response.add(Header::www_authenticate, "Digest realm=\"b\", nonce=\"2\"");
    response.add(Header::www_authenticate, "Digest realm=\"a\", nonce=\"3\"");
    response.add(Header::authorization, "Digest realm=\"a\", nonce=\"3\"");
    CHECK(
        challenges_of(response)
        == std::vector<AuthField>{{Header::www_authenticate, "Digest realm=\"b\", nonce=\"2\""},
                                  {Header::www_authenticate, "Digest realm=\"a\", nonce=\"3\""},
                                  {Header::proxy_authenticate, "Digest realm=\"p\", nonce=\"1\""}});
}

TEST_CASE("a server sees the credentials that are for its side", "[auth][rfc3261][22.3]") {
    Message request = Message::request("OPTIONS", "sip:a@b");
    CHECK(credentials_of(request, Challenger::proxy).empty());
    request.add(Header::proxy_authorization, "Digest realm=\"p\"");
    request.add(Header::authorization, "Digest realm=\"a\"");
    request.add(Header::proxy_authorization, "Digest realm=\"q\"");
    CHECK(credentials_of(request, Challenger::user_agent)
          == std::vector<AuthField>{{Header::authorization, "Digest realm=\"a\""}});
    CHECK(credentials_of(request, Challenger::proxy)
          == std::vector<AuthField>{{Header::proxy_authorization, "Digest realm=\"p\""},
                                    {Header::proxy_authorization, "Digest realm=\"q\""}});
}

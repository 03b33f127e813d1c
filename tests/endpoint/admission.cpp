#include "offhook/endpoint/admission.hpp"

#include <string>
#include <vector>

#include "../catch.hpp"

using namespace offhook;

namespace {

Message request(std::string_view method, std::string_view uri = "sip:bob@192.0.2.1",
                std::vector<HeaderField> fields = {}, std::string_view body = {}) {
    Message message = Message::request(method, uri);
    for (const HeaderField& field : fields)
        message.add(HeaderName(std::string_view(field.name)), field.value);
    if (!body.empty()) message.set_body("application/sdp", body);
    return message;
}

int status_of_denial(const Message& message, const EndpointConfig& config,
                     Standing standing = Standing::first) {
    const auto denial = deny(message, config, standing);
    return denial ? denial.status : 0;
}

} // namespace

// RFC 3261 §8.2, §12.2.2: within a dialog neither target nor merging is looked at.
TEST_CASE("a request is admitted by its standing", "[endpoint][rfc3261][8.2]") {
    EndpointConfig config;
    config.users = {"bob"};
    const Message good = request("INVITE");
    const Message other = request("INVITE", "sip:carol@192.0.2.1");
    const Message phone = request("INVITE", "tel:+1");
    CHECK(status_of_denial(good, config) == 0);
    CHECK(status_of_denial(good, config, Standing::merged) == 482);
    CHECK(status_of_denial(good, config, Standing::in_dialog) == 0);
    CHECK(status_of_denial(other, config) == 404);
    CHECK(status_of_denial(other, config, Standing::merged) == 404);
    CHECK(status_of_denial(other, config, Standing::in_dialog) == 0);
    CHECK(status_of_denial(phone, config) == 416);
    CHECK(status_of_denial(phone, config, Standing::in_dialog) == 0);
    CHECK(status_of_denial(request("REGISTER"), config, Standing::in_dialog) == 405);
    CHECK(status_of_denial(request("INVITE", "sip:x", {{"Require", "a"}}), config,
                           Standing::in_dialog)
          == 420);
}

// RFC 3261 §20.32, §7.3.1: option tags have no case; every line counts.
TEST_CASE("what is not known of Require is named, all of it", "[endpoint][rfc3261][8.2.2.3]") {
    EndpointConfig config;
    config.extensions = {"Alpha", "beta"};
    const auto denial = deny(
        request("INVITE", "sip:bob@192.0.2.1", {{"Require", "alpha, x"}, {"Require", "BETA,y"}}),
        config, Standing::first);
    REQUIRE(denial);
    CHECK(denial.status == 420);
    REQUIRE(denial.fields.size() == 1);
    CHECK(denial.fields[0].name == "Unsupported");
    CHECK(denial.fields[0].value == "x, y");
    CHECK_FALSE(deny(request("INVITE", "sip:bob@192.0.2.1", {{"Require", "ALPHA, Beta"}}), config,
                     Standing::first));
}

// RFC 6228 §11.2
TEST_CASE("an INVITE may require 199", "[endpoint][rfc6228][11.2]") {
    CHECK_FALSE(deny(request("INVITE", "sip:bob@192.0.2.1", {{"Require", "199"}}), EndpointConfig(),
                     Standing::first));
}

// RFC 3261 §8.2.3, §20.11, §20.12
TEST_CASE("a body is taken by type and coding, where it matters", "[endpoint][rfc3261][8.2.3]") {
    EndpointConfig config;
    const char* const uri = "sip:bob@192.0.2.1";
    CHECK(status_of_denial(request("INVITE", uri, {}, "v=0"), config) == 0);
    CHECK(status_of_denial(request("INVITE", uri, {{"Content-Encoding", "gzip"}}), config) == 0);
    CHECK(status_of_denial(request("INVITE", uri, {{"e", "gzip"}}, "x"), config) == 415);
    CHECK(status_of_denial(request("INVITE", uri, {{"Content-Encoding", "identity, gzip"}}, "x"),
                           config)
          == 415);
    CHECK(status_of_denial(request("INVITE", uri, {{"Content-Encoding", "Identity"}}, "x"), config)
          == 0);
    CHECK(status_of_denial(request("INVITE", uri,
                                   {{"Content-Encoding", "gzip"},
                                    {"Content-Disposition", "session;handling=OPTIONAL"}},
                                   "x"),
                           config)
          == 0);
    CHECK(status_of_denial(request("INVITE", uri,
                                   {{"Content-Encoding", "gzip"},
                                    {"Content-Disposition", "session;handling=required"}},
                                   "x"),
                           config)
          == 415);
    Message message = request("INVITE", uri);
    message.set_body("Application/SDP ;charset=utf-8", "v=0");
    CHECK(status_of_denial(message, config) == 0);
    message.set_body("text/plain", "x");
    CHECK(status_of_denial(message, config) == 415);
    config.content_types.push_back("text/plain");
    CHECK(status_of_denial(message, config) == 0);
    CHECK(deny(request("INVITE", uri, {{"e", "gzip"}}, "x"), config, Standing::first).fields[0].name
          == "Accept-Encoding");
}

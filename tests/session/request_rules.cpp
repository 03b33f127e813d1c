#include "offhook/session/request_rules.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

namespace {

MessageOptions with_field(const char* name) {
    MessageOptions options;
    options.fields = {{name, "<sip:a@b>"}};
    return options;
}

MessageOptions with_body(const char* disposition) {
    MessageOptions options;
    options.body = {"text/plain", "1", disposition};
    return options;
}

} // namespace

TEST_CASE("a header field that its method forbids is refused, in its compact form too",
          "[session][rfc3428][4][rfc6086][4.2.1]") {
    CHECK(request_refusal("MESSAGE", with_field("Contact")));
    CHECK(request_refusal("MESSAGE", with_field("m")));
    CHECK(request_refusal("INFO", with_field("recv-info")));
    CHECK_FALSE(request_refusal("MESSAGE", with_field("Recv-Info")));
    CHECK_FALSE(request_refusal("INFO", with_field("Contact")));
    CHECK_FALSE(request_refusal("OPTIONS", with_field("Contact")));
    CHECK_FALSE(request_refusal("MESSAGE", {}));
}

TEST_CASE("only a 2xx to MESSAGE is without body, and a response to INFO without a package's",
          "[session][rfc3428][7][rfc6086][4.3.2]") {
    for (const int status : {200, 299}) {
        CHECK(response_refusal("MESSAGE", status, with_body("")));
        CHECK(response_refusal("MESSAGE", status, with_field("Contact")));
        CHECK_FALSE(response_refusal("MESSAGE", status, with_field("X-Mine")));
        CHECK(response_refusal("INFO", status, with_body("Info-Package")));
        CHECK_FALSE(response_refusal("INFO", status, with_body("render")));
        CHECK_FALSE(response_refusal("INFO", status, with_field("Contact")));
        CHECK_FALSE(response_refusal("X-NEW", status, with_body("Info-Package")));
    }
    for (const int status : {100, 199, 300, 480}) {
        CHECK_FALSE(response_refusal("MESSAGE", status, with_body("")));
        CHECK_FALSE(response_refusal("MESSAGE", status, with_field("Contact")));
    }
    CHECK(response_refusal("INFO", 480, with_body("info-package ; a=b")));
    CHECK_FALSE(response_refusal("INFO", 480, with_body("")));
}

#include "offhook/auth/digest_server_options.hpp"

#include <string>

#include "../catch.hpp"

using namespace offhook;

// RFC 3261 §22.1: realms are globally unique; §22.4: there is always a qop.
TEST_CASE("a server without a realm or a qop, or with an unsafe realm, is refused",
          "[auth][rfc3261][22.1][22.4][faults][80]") {
    DigestServerOptions options;
    CHECK(check(options).code == Errc::bad_argument);
    options.realm = "example.com";
    CHECK_FALSE(check(options));
    options.auth = false;
    CHECK(check(options).code == Errc::bad_argument);
    options.auth_int = true;
    CHECK_FALSE(check(options));
    for (const char c : {'\r', '\n', '\0'}) {
        options.realm = std::string("a") + c;
        CHECK(check(options).code == Errc::unsafe_value);
    }
}

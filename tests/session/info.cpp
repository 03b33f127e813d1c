#include "offhook/session/info.hpp"

#include "../catch.hpp"

#include <string>

using namespace offhook;

// RFC 6086 §4.2.1, §4.3.1
TEST_CASE("what an INFO of an Info Package holds is put together", "[session][rfc6086][4.2.1]") {
    const MessageOptions options = info_of("foo;a=b", {"application/foo", "1", {}});
    REQUIRE(options.fields.size() == 1);
    CHECK(options.fields[0].name == "Info-Package");
    CHECK(options.fields[0].value == "foo;a=b");
    CHECK(options.body == Body{"application/foo", "1", "Info-Package"});
    CHECK_FALSE(check(options, "request"));
    CHECK(info_of("foo").body == Body{});
    CHECK(
        info_of("foo", {"application/foo", "1", "info-package;handling=required"}).body.disposition
        == "info-package;handling=required");
}

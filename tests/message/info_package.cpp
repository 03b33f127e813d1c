#include "offhook/message/info_package.hpp"

#include "../catch.hpp"
#include "fault.hpp"

using offhook::InfoPackage;

TEST_CASE("an Info-Package is a name and parameters", "[message][rfc6086][9.2]") {
    CHECK(InfoPackage::parse(" infoX ")->name == "infoX");
    const auto value = InfoPackage::parse("foo.1;a=\"b;c\" ; d");
    REQUIRE(value);
    CHECK(value->name == "foo.1");
    CHECK(value->parameters.value("a") == "\"b;c\"");
    CHECK(value->parameters.has("d"));
}

TEST_CASE("a malformed Info-Package is refused where it breaks", "[message][rfc6086][9.2]") {
    const Malformed rows[] = {
        {"", "Info-Package: Info-package-name @ 0"},
        {" ;a", "Info-Package: Info-package-name @ 1"},
        {"a,b", "Info-Package: Info-package-param @ 1"},
        {"a b", "Info-Package: Info-package-param @ 2"},
        {"a;", "generic-param @ 2"},
    };
    for (const Malformed& row : rows) {
        CAPTURE(row.text);
        CHECK(fault_of(InfoPackage::parse(row.text)) == row.fault);
    }
}

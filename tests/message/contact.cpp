#include "offhook/message/contact.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include "../catch.hpp"
#include "fault.hpp"

using offhook::Contact;
using namespace std::chrono_literals;

TEST_CASE("a Contact is an address with a preference and a lifetime", "[message][rfc3261][20.10]") {
    const auto contact = Contact::parse("\"Bob\" <sips:bob@192.0.2.4>;expires=60;q=0.25");
    REQUIRE(contact);
    CHECK_FALSE(contact->wildcard);
    CHECK(contact->address.uri == "sips:bob@192.0.2.4");
    CHECK(contact->expires() == 60s);
    CHECK(contact->q() == 250);
}

TEST_CASE("a star alone is the Contact of a registrar's all", "[message][rfc3261][20.10]") {
    CHECK(Contact::parse(" * ")->wildcard);
    CHECK(Contact::parse("*")->wildcard);
    CHECK(Contact::parse("*")->address.parsed_uri().text.empty());
    CHECK_FALSE(Contact::parse("*")->expires());
    CHECK_FALSE(Contact::parse("*;expires=0"));
    CHECK_FALSE(Contact::parse("**"));
    CHECK_FALSE(Contact::parse("* <sip:a@b>")->wildcard); // a display name
}

TEST_CASE("a preference is 0 to 1 with three digits at most", "[message][rfc3261][25.1]") {
    struct Row {
        std::string_view text;
        int thousandths; // -1: none
    };
    const Row rows[] = {
        {"0", 0},       {"1", 1000},    {"0.", 0},       {"1.", 1000},  {"0.5", 500}, {"0.05", 50},
        {"0.005", 5},   {"0.999", 999}, {"1.000", 1000}, {"1.001", -1}, {"1.1", -1},  {"2", -1},
        {"0.0005", -1}, {"1.0000", -1}, {"10", -1},      {"0,5", -1},   {"0.a", -1},  {"a", -1},
        {"-1", -1},     {"00.5", -1},   {"\"0.5\"", -1},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        const std::string text = "<sip:a@b>;q=" + std::string(row.text);
        const auto contact = Contact::parse(text);
        if (row.text == "0,5") {
            CHECK_FALSE(contact); // a comma ends the value
            continue;
        }
        REQUIRE(contact);
        CHECK((contact->q() ? int{*contact->q()} : -1) == row.thousandths);
    }
    CHECK_FALSE(Contact::parse("<sip:a@b>")->q());
    CHECK_FALSE(Contact::parse("<sip:a@b>;q")->q());
}

// RFC 4475 §3.1.2.4: an overlarge lifetime may be treated as the default, so it is none.
TEST_CASE("a lifetime that is no number of 32 bits is none", "[message][rfc4475][3.1.2.4]") {
    CHECK(Contact::parse("<sip:a@b>;expires=4294967295")->expires() == 4294967295s);
    CHECK_FALSE(Contact::parse("<sip:a@b>;expires=4294967296")->expires());
    CHECK_FALSE(Contact::parse("<sip:a@b>;expires=280297596632815")->expires());
    CHECK_FALSE(Contact::parse("<sip:a@b>;expires=soon")->expires());
    CHECK_FALSE(Contact::parse("<sip:a@b>")->expires());
    CHECK(Contact::parse("<sip:a@b>;expires=0")->expires() == 0s);
}

TEST_CASE("a Contact that is no address is refused as one", "[message][faults][17][21]") {
    CHECK(fault_of(Contact::parse("%")) == "addr-spec @ 1");
    CHECK(fault_of(Contact::parse("0;0<")) == "addr-spec @ 1");
    CHECK(fault_of(Contact::parse("0\"<")) == "addr-spec @ 1");
    CHECK(fault_of(Contact::parse("")) == "addr-spec @ 0");
}

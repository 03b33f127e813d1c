#include "offhook/message/header.hpp"

#include <string>
#include <utility>

#include "../catch.hpp"

using namespace offhook;

// Each name is found in any case, and nothing that is only like it.
TEST_CASE("every header name is recognised in any case and no other text is",
          "[message][rfc3261][7.3.1]") {
    for (std::size_t i = 1; i != header_table.size(); ++i) {
        const HeaderRow& row = header_table[i];
        std::string name(row.name);
        CAPTURE(name);
        CHECK(header_from(name) == row.id);
        CHECK(name_of(row.id) == name);
        for (char& c : name)
            c = static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
        CHECK(header_from(name) == row.id);
        for (char& c : name)
            c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
        CHECK(header_from(name) == row.id);

        CHECK(header_from(name + "x") == Header::unknown);
        if (name.size() > 2) CHECK(header_from(name.substr(1)) == Header::unknown);
        for (std::size_t at = 0; at != name.size(); ++at) {
            std::string other = name;
            other[at] = '!';
            CHECK(header_from(other) == Header::unknown);
            other[at] = static_cast<char>(name[at] ^ 0x40); // '-' becomes 'm', 'a' becomes '!'
            CHECK(header_from(other) == Header::unknown);
        }
    }
    CHECK(header_from("") == Header::unknown);
    CHECK(header_from("Foo") == Header::unknown);
    CHECK(header_from(std::string(70000, 'v')) == Header::unknown);
}

// RFC 3261 §7.3.3 and §20, RFC 3515, 3892, 6665, 4028, 8224, 3841: the compact forms.
TEST_CASE("every compact form stands for its long name", "[message][rfc3261][7.3.3]") {
    const std::pair<char, Header> forms[] = {
        {'a', Header::accept_contact},
        {'b', Header::referred_by},
        {'c', Header::content_type},
        {'d', Header::request_disposition},
        {'e', Header::content_encoding},
        {'f', Header::from},
        {'i', Header::call_id},
        {'j', Header::reject_contact},
        {'k', Header::supported},
        {'l', Header::content_length},
        {'m', Header::contact},
        {'n', Header::identity_info},
        {'o', Header::event},
        {'r', Header::refer_to},
        {'s', Header::subject},
        {'t', Header::to},
        {'u', Header::allow_events},
        {'v', Header::via},
        {'x', Header::session_expires},
        {'y', Header::identity},
    };
    for (int c = 0; c != 256; ++c) {
        const std::string name(1, static_cast<char>(c));
        Header expected = Header::unknown;
        for (const auto& [letter, id] : forms)
            if (c == letter || c == letter - 32) expected = id;
        CAPTURE(c);
        CHECK(header_from(name) == expected);
    }
}

TEST_CASE("the table says which header fields may be joined and which stand once",
          "[message][rfc3261][7.3.1]") {
    for (const Header id : {Header::via, Header::contact, Header::route, Header::record_route,
                            Header::supported, Header::require, Header::allow, Header::path})
        CHECK((is_list(id) && !single_value(id)));
    for (const Header id : {Header::to, Header::from, Header::call_id, Header::cseq,
                            Header::max_forwards, Header::content_length, Header::refer_to})
        CHECK((!is_list(id) && single_value(id)));
    // RFC 3261 §7.3.1: their commas are part of the one value, and they may come again.
    for (const Header id :
         {Header::www_authenticate, Header::authorization, Header::proxy_authenticate,
          Header::proxy_authorization, Header::unknown})
        CHECK((!is_list(id) && !single_value(id)));
}

TEST_CASE("a header name is the same as text, as enumerator and as compact form", "[message]") {
    CHECK(HeaderName("via") == HeaderName(Header::via));
    CHECK(HeaderName("V") == HeaderName(Header::via));
    CHECK(HeaderName("V").text == "V");
    CHECK(HeaderName(Header::call_id).text == "Call-ID");
    CHECK(HeaderName("X-Foo") == HeaderName(std::string_view("x-fOO")));
    CHECK_FALSE(HeaderName("X-Foo") == HeaderName("X-Bar"));
    CHECK_FALSE(HeaderName("X-Foo") == HeaderName(Header::via));
}

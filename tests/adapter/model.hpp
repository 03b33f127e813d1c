#ifndef ADAPTER_MODEL_HPP
#define ADAPTER_MODEL_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "../catch.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/model.hpp"

// What offhook asks of any message model, on the model of a stack: its parser splits lists or keeps
// them whole, and writes values its own way, but it may lose nothing.

template <class M>
std::string lines(const M& message, offhook::Header name) {
    std::string all;
    for (std::size_t n = 0;; ++n) {
        const auto line = offhook::MessageModel<M>::header(message, name, n);
        if (!line) return all;
        if (n != 0) all += ", ";
        all += *line;
    }
}

template <class M>
void check_model(M (*parse)(std::string_view)) {
    using Model = offhook::MessageModel<M>;
    using offhook::Header;

    const std::string multipart = "--x\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n\r\n--x\r\n"
                                  "Content-Type: text/plain\r\n\r\nhello\r\n--x--\r\n";
    const M invite = parse("INVITE sip:bob@192.0.2.2:5062;transport=udp SIP/2.0\r\n"
                           "Via: SIP/2.0/UDP p.example.com:5060;branch=z9hG4bKp\r\n"
                           "v: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa\r\n"
                           "Max-Forwards: 70\r\n"
                           "Record-Route: <sip:p2.example.com;lr>,\r\n"
                           " <sip:p1.example.com;lr>\r\n"
                           "f: \"Alice, A.\" <sip:alice@example.com>;tag=1928\r\n"
                           "t: <sip:bob@example.com>\r\n"
                           "i: a84b4c76e66710@192.0.2.1\r\n"
                           "CSeq: 314159 INVITE\r\n"
                           "m: <sip:alice@192.0.2.1:5062>\r\n"
                           "k: timer, 100rel\r\n"
                           "Require: 100rel\r\n"
                           "Allow: INVITE, ACK, BYE\r\n"
                           "x: 1800;refresher=uac\r\n"
                           "Reason: Q.850;cause=16;text=\"a, b\"\r\n"
                           "Recv-Info: foo, bar\r\n"
                           "c: multipart/mixed;boundary=x\r\n"
                           "Content-Length: "
                           + std::to_string(multipart.size()) + "\r\n\r\n" + multipart);

    SECTION("reads a request") {
        CHECK(Model::status(invite) == 0);
        CHECK(Model::method(invite) == "INVITE");
        CHECK(Model::request_uri(invite) == "sip:bob@192.0.2.2:5062;transport=udp");
        CHECK(lines(invite, Header::via)
              == "SIP/2.0/UDP p.example.com:5060;branch=z9hG4bKp, "
                 "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKa");
        CHECK(lines(invite, Header::record_route)
              == "<sip:p2.example.com;lr>, <sip:p1.example.com;lr>");
        CHECK(lines(invite, Header::from) == "\"Alice, A.\" <sip:alice@example.com>;tag=1928");
        CHECK(lines(invite, Header::to) == "<sip:bob@example.com>");
        CHECK(lines(invite, Header::call_id) == "a84b4c76e66710@192.0.2.1");
        CHECK(lines(invite, Header::cseq) == "314159 INVITE");
        CHECK(lines(invite, Header::contact) == "<sip:alice@192.0.2.1:5062>");
        CHECK(lines(invite, Header::supported) == "timer, 100rel");
        CHECK(lines(invite, Header::require) == "100rel");
        CHECK(lines(invite, Header::allow) == "INVITE, ACK, BYE");
        CHECK(lines(invite, Header::session_expires) == "1800;refresher=uac");
        CHECK(lines(invite, Header::reason) == "Q.850;cause=16;text=\"a, b\"");
        CHECK(lines(invite, Header::recv_info) == "foo, bar");
        CHECK(lines(invite, Header::max_forwards) == "70");
        CHECK(lines(invite, Header::route).empty());
        CHECK(lines(invite, Header::rack).empty());
    }
    SECTION("keeps a multipart whole") {
        CHECK(lines(invite, Header::content_type).substr(0, 16) == "multipart/mixed;");
        const std::string body(Model::body(invite));
        CHECK(body.find("v=0\r\n") != std::string::npos);
        CHECK(body.find("hello\r\n") != std::string::npos);
        CHECK(body.find("--x--") != std::string::npos);
    }
    SECTION("answers it") {
        const M ringing = Model::response(invite, 180, "Ringing", "8321");
        CHECK(Model::status(ringing) == 180);
        for (const Header name : {Header::via, Header::from, Header::call_id, Header::cseq})
            CHECK(lines(ringing, name) == lines(invite, name));
        CHECK(lines(ringing, Header::to) == "<sip:bob@example.com>;tag=8321");
        CHECK(lines(ringing, Header::record_route).empty());
        CHECK(Model::body(ringing).empty());
    }
    SECTION("builds a request") {
        M info = Model::request("INFO", "sip:bob@192.0.2.2");
        Model::add(info, Header::route, "<sip:p1.example.com;lr>, <sip:p2.example.com;lr>");
        Model::add(info, Header::rack, "1 2 INVITE");
        Model::add(info, "X-Own", "a, b");
        Model::add(info, Header::authorization, "Digest username=\"a\", realm=\"r, s\"");
        Model::set_body(info, "text/plain", std::string_view("a\0b", 3));
        const M copy = info;
        Model::add(info, Header::supported, "timer");
        for (const M* const read : {&std::as_const(info), &copy}) {
            CHECK(Model::method(*read) == "INFO");
            CHECK(Model::request_uri(*read) == "sip:bob@192.0.2.2");
            CHECK(lines(*read, Header::route)
                  == "<sip:p1.example.com;lr>, <sip:p2.example.com;lr>");
            CHECK(lines(*read, Header::rack) == "1 2 INVITE");
            CHECK(lines(*read, Header::authorization) == "Digest username=\"a\", realm=\"r, s\"");
            CHECK(lines(*read, Header::content_type) == "text/plain");
            CHECK(Model::body(*read) == std::string_view("a\0b", 3));
        }
        CHECK(lines(info, Header::supported) == "timer");
        CHECK(lines(copy, Header::supported).empty()); // a message of its own
    }
}

#endif

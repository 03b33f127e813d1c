#ifndef ADAPTER_OSIP_MESSAGE_HPP
#define ADAPTER_OSIP_MESSAGE_HPP

// libosip2's messages under offhook: a handle that copies, and the nine functions.

#include <osipparser2/osip_message.h>
#include <osipparser2/osip_parser.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "offhook/message/copied_fields.hpp"
#include "offhook/message/header.hpp"
#include "offhook/message/model.hpp"

/// Owns an osip_message_t; a copy is a message of its own.
class OsipMessage {
    struct Free {
        void operator()(osip_message_t* message) const { osip_message_free(message); }
    };
    std::unique_ptr<osip_message_t, Free> message_;

public:
    OsipMessage() {
        osip_message_t* made = nullptr;
        osip_message_init(&made);
        message_.reset(made);
        osip_message_set_version(made, osip_strdup("SIP/2.0"));
    }
    explicit OsipMessage(const osip_message_t* from) {
        osip_message_t* copy = nullptr;
        osip_message_clone(from, &copy);
        message_.reset(copy);
    }
    OsipMessage(const OsipMessage& other) : OsipMessage(other.get()) {}
    OsipMessage(OsipMessage&&) = default;
    OsipMessage& operator=(OsipMessage other) {
        message_ = std::move(other.message_);
        return *this;
    }

    osip_message_t* get() const { return message_.get(); }
    /// For libosip2's events, which own what they carry.
    osip_message_t* release() { return message_.release(); }
};

template <>
struct offhook::MessageModel<OsipMessage> {
    using Text = std::optional<std::string>;

    static int status(const OsipMessage& m) { return osip_message_get_status_code(m.get()); }
    static std::string_view method(const OsipMessage& m) { return m.get()->sip_method; }
    static std::string request_uri(const OsipMessage& m) {
        return written(m.get()->req_uri, osip_uri_to_str).value_or("");
    }

    // What libosip2 takes apart it can also write; all else it keeps as text.
    static Text header(const OsipMessage& message, Header name, std::size_t n) {
        const osip_message_t& m = *message.get();
        switch (name) {
        case Header::via: return nth(m.vias, n, osip_via_to_str);
        case Header::from: return only(m.from, n, osip_from_to_str);
        case Header::to: return only(m.to, n, osip_to_to_str);
        case Header::call_id: return only(m.call_id, n, osip_call_id_to_str);
        case Header::cseq: return only(m.cseq, n, osip_cseq_to_str);
        case Header::contact: return nth(m.contacts, n, osip_contact_to_str);
        case Header::record_route: return nth(m.record_routes, n, osip_record_route_to_str);
        case Header::route: return nth(m.routes, n, osip_route_to_str);
        case Header::content_type: return only(m.content_type, n, osip_content_type_to_str);
        case Header::allow: return nth(m.allows, n, osip_content_length_to_str);
        case Header::accept: return nth(m.accepts, n, osip_accept_to_str);
        case Header::authorization: return nth(m.authorizations, n, osip_authorization_to_str);
        case Header::proxy_authorization:
            return nth(m.proxy_authorizations, n, osip_authorization_to_str);
        case Header::www_authenticate:
            return nth(m.www_authenticates, n, osip_www_authenticate_to_str);
        case Header::proxy_authenticate:
            return nth(m.proxy_authenticates, n, osip_www_authenticate_to_str);
        default: return other(m.headers, n, name);
        }
    }

    // libosip2 parts a multipart, which counts as a whole here.
    static std::string body(const OsipMessage& m) {
        if (osip_list_size(&m.get()->bodies) == 0) return {};
        char* text = nullptr;
        std::size_t length = 0;
        if (osip_message_to_str(m.get(), &text, &length) != OSIP_SUCCESS) return {};
        const std::string_view whole(text, length);
        const std::string content(whole.substr(whole.find("\r\n\r\n") + 4));
        osip_free(text);
        return content;
    }

    static OsipMessage request(std::string_view method, std::string_view request_uri) {
        OsipMessage m;
        osip_message_set_method(m.get(), osip_strdup(std::string(method).c_str()));
        osip_uri_init(&m.get()->req_uri);
        osip_uri_parse(m.get()->req_uri, std::string(request_uri).c_str());
        return m;
    }

    static OsipMessage response(const OsipMessage& request, int status, std::string_view reason,
                                std::string_view to_tag) {
        OsipMessage m;
        osip_message_set_status_code(m.get(), status);
        osip_message_set_reason_phrase(m.get(), osip_strdup(std::string(reason).c_str()));
        copy_fields(request, m, to_tag);
        return m;
    }

    static void add(OsipMessage& m, HeaderName name, std::string_view value) {
        osip_message_set_multiple_header(m.get(), std::string(name.text).data(),
                                         std::string(value).data());
    }
    static void set_body(OsipMessage& m, std::string_view type, std::string_view content) {
        osip_message_set_content_type(m.get(), std::string(type).c_str());
        osip_message_set_body(m.get(), content.data(), content.size());
    }

private:
    template <class T>
    static Text written(const T* value, int (*write)(const T*, char**)) {
        char* text = nullptr;
        if (!value || write(value, &text) != OSIP_SUCCESS) return std::nullopt;
        Text copy(text);
        osip_free(text);
        return copy;
    }
    template <class T>
    static Text only(const T* value, std::size_t n, int (*write)(const T*, char**)) {
        return n == 0 ? written(value, write) : std::nullopt;
    }
    template <class T>
    static Text nth(const osip_list_t& list, std::size_t n, int (*write)(const T*, char**)) {
        return written(static_cast<T*>(osip_list_get(&list, static_cast<int>(n))), write);
    }
    static Text other(const osip_list_t& list, std::size_t n, Header name) {
        for (int i = 0; i < osip_list_size(&list); ++i) {
            const auto& line = *static_cast<osip_header_t*>(osip_list_get(&list, i));
            if (header_from(line.hname) == name && n-- == 0) return line.hvalue ? line.hvalue : "";
        }
        return std::nullopt;
    }
};

#endif
